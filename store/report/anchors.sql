-- SPDX-License-Identifier: BSD-2-Clause
-- Which trust anchors sources say they hold, and whether the zone's current key is among them. What a sentinel asks
-- about is not what the source trusts, so it lacks nothing.
said AS MATERIALIZED (
	SELECT ip, max(address) AS address, zone_wire, zone, tags, iif(via LIKE 'sentinel%', 'sentinel', via) AS how,
		sum(queries) AS queries, sum(forwarded) AS forwarded,
		min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM ta_signal
	GROUP BY ip, zone_wire, tags, how
),
lists AS (
	SELECT DISTINCT zone_wire, tags FROM said WHERE how <> 'sentinel'
),
compared AS MATERIALIZED (
	SELECT zone_wire, tags, max(instr(' ' || tags || ' ', ' ' || tag || ' ') > 0) = 0 AS lacking
	FROM lists JOIN current_key ON name_wire = zone_wire
	GROUP BY zone_wire, tags
),
asked AS MATERIALIZED (
	SELECT name_wire, ip, sum(queries) AS n FROM flow JOIN zone USING (zone_id) GROUP BY name_wire, ip
),
report AS (
	SELECT
		said.zone,
		address AS source,
		said.tags,
		how AS via,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		iif(how = 'sentinel', NULL, lacking) AS lacks_current,
		coalesce(n, 0) AS dnskey_queries,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		queries,
		forwarded,
		said.ip AS source_ip,
		said.zone_wire,
		first_ns,
		last_ns
	FROM said
		LEFT JOIN compared ON compared.zone_wire = said.zone_wire AND compared.tags = said.tags
		LEFT JOIN asked ON asked.name_wire = said.zone_wire AND asked.ip = said.ip
)
