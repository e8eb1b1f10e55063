-- SPDX-License-Identifier: BSD-2-Clause
-- Is it a storm? One row.
tally AS (
	SELECT
		sum(value) FILTER (WHERE name = 'packets') AS packets,
		sum(value) FILTER (WHERE name = 'dns_messages') AS dns_messages,
		sum(value) FILTER (WHERE name = 'queries') AS queries,
		sum(value) FILTER (WHERE name = 'responses') AS responses
	FROM run CROSS JOIN counter USING (run_id)
	WHERE kind = 'total'
),
keys (n) AS MATERIALIZED (SELECT sum(queries) FROM key_bin),
requery AS (
	SELECT
		ip,
		queries - err >= 10 AND again * 2 >= classed AS offends,
		queries * 1000 >= n AND queries / span_s >= 0.1 AND again * 2 >= classed AS heavy
	FROM flow_sum, keys, whole -- shared.sql
),
requerying AS (
	-- NULL when no run saw queries and answers: then nobody can be told from anybody.
	SELECT
		iif(whole.one_sided, NULL, count(DISTINCT ip) FILTER (WHERE offends)) AS offenders,
		iif(whole.one_sided, NULL, count(DISTINCT ip) FILTER (WHERE heavy)) AS heavy_hitters
	FROM whole LEFT JOIN requery
),
found AS (
	SELECT
		(SELECT count(*) FROM input WHERE state <> 'unreadable') AS files,
		tally.*,
		(SELECT sources FROM source_count) AS sources,
		(SELECT count(DISTINCT zone_id) FROM run_zone WHERE answered) AS zones,
		(SELECT coalesce(n, 0) FROM keys) AS dnskey_queries,
		-- Storms are looked for in queries.
		(SELECT iif(responses_only, NULL, (SELECT count(*) FROM storm)) FROM whole) AS storms,
		EXISTS (SELECT 1 FROM judged) AS judged,
		requerying.*,
		-- Of packet time: the clock of whoever reads this does not count.
		(
			SELECT
				strftime('%Y-%m-%d ', t_ns / 1000000000, 'unixepoch')
				|| iif(origin = 'own', note, zone || ' ' || event || coalesce(' ' || tag, '') || coalesce(': ' || nullif(note, ''), ''))
				|| iif(planned, ' (planned)', '')
			FROM milestone, whole
			WHERE t_ns > last_ns
			ORDER BY t_ns, zone_wire, event, tag
			LIMIT 1
		) AS next_milestone
	FROM tally, requerying
),
-- The storm of the zone with most queries; without any, the source that asked most of those that ask too often.
foremost AS (
	SELECT diagnosis_id, verdict, lead_db
	FROM diagnosis
	WHERE storm_id IS NOT NULL OR verdict <> 'healthy'
	ORDER BY storm_id IS NULL, queries DESC, (SELECT queries FROM storm WHERE storm.storm_id = diagnosis.storm_id) DESC, diagnosis_id
	LIMIT 1
),
report AS (
	SELECT
		files,
		packets,
		dns_messages,
		queries,
		responses,
		sources,
		zones,
		dnskey_queries,
		dnskey_queries * 1.0 / nullif(queries, 0) AS dnskey_share,
		iif(judged, storms, NULL) AS storms,
		offenders,
		heavy_hitters,
		CASE
			WHEN coalesce(dns_messages, 0) = 0 THEN 'undetermined'
			WHEN NOT judged THEN NULL
			WHEN storms = 0 AND offenders = 0
				-- So few queries cannot show anybody to be anything: half of twenty make an offender.
				THEN CASE
					WHEN (SELECT verdict FROM foremost) = 'broken-zone' THEN 'broken-zone'
					WHEN queries < 20 THEN 'undetermined'
					ELSE 'healthy'
				END
			ELSE coalesce((SELECT verdict FROM foremost), 'undetermined')
		END AS verdict,
		iif(judged AND (storms > 0 OR offenders > 0 OR (SELECT verdict FROM foremost) = 'broken-zone'),
			(SELECT lead_db FROM foremost), NULL) AS lead_db,
		next_milestone,
		iif(judged, (
			SELECT group_concat(decided_by, '; ')
			FROM (
				SELECT decided_by
				FROM foremost CROSS JOIN finding USING (diagnosis_id) CROSS JOIN weight USING (evidence)
				WHERE verdict = 'undetermined' AND missing IS NOT NULL
				GROUP BY decided_by
				ORDER BY min(missing)
				LIMIT 3
			)
		), NULL) AS to_decide
	FROM found
)
