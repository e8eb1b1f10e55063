-- SPDX-License-Identifier: BSD-2-Clause
-- Names asked for in lookaside registries, and whether what the registry says still fits the zone: is one of the tags
-- that of a current key? The zone is what stands before the label "dlv".
told AS (
	SELECT
		qname_wire,
		max(qname) AS qname,
		sum(queries) AS queries,
		sum(responses) AS responses,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM lookaside
	GROUP BY qname_wire
),
placed AS (
	SELECT *,
		iif(instr(qname_wire, x'03646c76') > 0,
			CAST(substr(qname_wire, 1, instr(qname_wire, x'03646c76') - 1) || x'00' AS BLOB), NULL) AS zone_wire,
		(
			SELECT tags FROM lookaside AS latest
			WHERE latest.qname_wire = told.qname_wire AND told_ns IS NOT NULL
			ORDER BY told_ns DESC, run_id
			LIMIT 1
		) AS tags
	FROM told
),
report AS (
	SELECT
		qname,
		(SELECT name FROM zone WHERE name_wire = zone_wire) AS zone,
		queries,
		responses,
		tags,
		iif(tags IS NULL, NULL, (
			SELECT max(instr(' ' || tags || ' ', ' ' || tag || ' ') > 0)
			FROM current_key
			WHERE name_wire = zone_wire
		)) AS fits,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		zone_wire,
		first_ns,
		last_ns
	FROM placed
)
