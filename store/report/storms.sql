-- SPDX-License-Identifier: BSD-2-Clause
-- The storms found, their strength and their share of what was sent.
measured AS (
	SELECT storm.*, name, name_wire,
		(SELECT sum(response_dns_bytes) FROM run JOIN zone_bin USING (run_id)
			WHERE zone_bin.zone_id = storm.zone_id AND t_s >= start_s AND t_s < end_s) AS zone_bytes,
		(SELECT sum(response_dns_bytes) FROM run JOIN bin USING (run_id)
			WHERE t_s >= start_s AND t_s < end_s) AS all_bytes,
		-- Those who asked again; where nobody did, those who asked.
		(SELECT coalesce(nullif(count(DISTINCT ip) FILTER (WHERE rq_hot + rq_warm + rq_cool > 0), 0), count(DISTINCT ip))
			FROM run JOIN flow USING (run_id)
			WHERE flow.zone_id = storm.zone_id AND queries > 0
			AND flow.last_ns >= start_s * 1000000000 AND flow.first_ns < end_s * 1000000000) AS sources
	FROM storm JOIN zone USING (zone_id)
),
report AS (
	SELECT
		name AS zone,
		iif(began_before, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', start_s, 'unixepoch')) AS start,
		iif(open, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', end_s, 'unixepoch')) AS "end",
		peak_qps,
		base_qps,
		uplift,
		NULL AS uplift_lo,
		NULL AS uplift_hi,
		NULL AS severity,
		coalesce(zone_bytes, 0) * 1.0 / nullif(all_bytes, 0) AS byte_share,
		sources,
		NULL AS half_life_s,
		NULL AS residual,
		NULL AS residual_lo,
		NULL AS residual_hi,
		NULL AS "trigger",
		NULL AS lag_s,
		NULL AS verdict,
		NULL AS lead_db,
		uplift_is_lower_bound,
		name_wire AS zone_wire,
		start_s * 1000000000 AS first_ns,
		end_s * 1000000000 - 1 AS last_ns
	FROM measured
)
