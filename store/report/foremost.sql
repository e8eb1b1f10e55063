-- SPDX-License-Identifier: BSD-2-Clause
-- Not a report: what the summary tells of report hitters, in the same order. Ranks, running shares and whatever else is
-- known of each source are the greater part of that report's work, and are not asked for here.
report AS (
	SELECT
		address AS source,
		name AS zone,
		queries * 1.0 / nullif(all_queries, 0) AS share,
		rr,
		coalesce(queries, response_dns_bytes) AS sort_key,
		queries,
		ip
	FROM all_flow JOIN zone USING (zone_id)
)
