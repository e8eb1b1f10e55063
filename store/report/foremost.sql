-- SPDX-License-Identifier: BSD-2-Clause
-- Not a report: what the summary tells of report hitters, in the same order. Ranks, running shares and whatever else is
-- known of each source are the greater part of that report's work, and are not asked for here: the sums are those of
-- shared.sql, and names are looked up of so many as are asked for.
chosen AS MATERIALIZED (
	SELECT flow_sum.*, zone.name, coalesce(queries, response_dns_bytes) AS sort_key
	FROM flow_sum JOIN zone USING (zone_id)
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
		queries * 1.0 / nullif((SELECT sum(queries) FROM key_bin), 0) AS share,
		again * 1.0 / nullif(classed, 0) AS rr,
		sort_key,
		queries,
		ip
	FROM chosen
)
