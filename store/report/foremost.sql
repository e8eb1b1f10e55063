-- SPDX-License-Identifier: BSD-2-Clause
-- Not a report: what the summary tells of report hitters, in the same order. Ranks, running shares and whatever else is
-- known of each source are the greater part of that report's work, and are not asked for here: the sums are those of view
-- all_flow, and names are looked up of so many as are asked for.
seen AS MATERIALIZED (
	SELECT run.run_id, queries_only, responses_only, floor
	FROM run LEFT JOIN bound ON bound.run_id = run.run_id AND name = 'flow'
),
merged AS (
	SELECT
		zone_id,
		ip,
		sum(iif(responses_only, NULL, queries)) + cast((SELECT total(floor) FROM seen) - total(floor) AS INTEGER) AS queries,
		sum(iif(queries_only OR responses_only, NULL, rq_hot + rq_warm + rq_cool)) AS again,
		sum(iif(queries_only OR responses_only, NULL, queries - err - rq_retransmit)) AS classed,
		sum(iif(queries_only, NULL, response_dns_bytes)) AS response_dns_bytes
	FROM seen CROSS JOIN flow USING (run_id)
	GROUP BY zone_id, ip
),
chosen AS MATERIALIZED (
	SELECT merged.*, zone.name, coalesce(queries, response_dns_bytes) AS sort_key
	FROM merged JOIN zone USING (zone_id)
	ORDER BY sort_key DESC NULLS LAST, queries DESC, length(ip), ip, name
	LIMIT (SELECT coalesce(most, -1) FROM option)
),
report AS (
	SELECT
		(
			SELECT address FROM run CROSS JOIN flow ON flow.run_id = run.run_id AND flow.zone_id = chosen.zone_id
			WHERE flow.ip = chosen.ip
			LIMIT 1
		) AS source,
		name AS zone,
		queries * 1.0 / nullif((SELECT sum(queries) FROM bin WHERE qtype = 48), 0) AS share,
		again * 1.0 / nullif(classed, 0) AS rr,
		sort_key,
		queries,
		ip
	FROM chosen
)
