-- SPDX-License-Identifier: BSD-2-Clause
-- What failed and why, as resolvers say it. A name whose zone is not known stands for itself.
added AS (
	SELECT kind, code, coalesce(zone_wire, qname_wire) AS place_wire, max(coalesce(zone, qname)) AS place, qtype,
		sum(count) AS n, min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM failure
	GROUP BY kind, code, place_wire, qtype
),
report AS (
	SELECT
		kind,
		added.code,
		coalesce(ede.name, iif(added.code >= 49152, 'private use', 'unassigned')) AS meaning,
		place AS zone,
		coalesce(rrtype.name, 'TYPE' || qtype) AS qtype,
		n AS count,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		place_wire AS zone_wire,
		qtype AS type_code,
		first_ns,
		last_ns
	FROM added
		LEFT JOIN ede ON ede.code = added.code
		LEFT JOIN rrtype ON rrtype.code = qtype
)
