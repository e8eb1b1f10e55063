-- SPDX-License-Identifier: BSD-2-Clause
-- The storms found, their strength, their course and what they cost.
-- Of zones; or, when one is asked for, those that a server saw.
found AS (
	SELECT storm.*, NULL AS ip, NULL AS address FROM storm, option WHERE server IS NULL
	UNION ALL
	SELECT server_storm.* FROM server_storm, option WHERE ip = server
),
measured AS (
	SELECT found.*, zone.name, zone.name_wire,
		cause.storm_id IS NOT NULL AS has_cause,
		cause.kind || coalesce(' ' || cause.tag, '')
			|| iif(cause.above, ' of ' || cause.zone, '') || iif(cause.event_id IS NULL, ' (calendar)', '') AS trigger_text,
		cause.lag_s, cause.lag_most_s, cause.zone AS trigger_zone, cause.event_id IS NULL AS trigger_told,
		iif(ip IS NULL, (
			SELECT group_concat(what, '; ')
			FROM (
				SELECT kind || coalesce(' ' || tag, '') || iif(above, ' of ' || zone, '')
					|| iif(event_id IS NULL, iif(planned, ' (calendar, planned)', ' (calendar)'), '') AS what
				FROM storm_candidate
				WHERE storm_candidate.storm_id = found.storm_id AND place > 1
				GROUP BY what
				ORDER BY min(place)
			)
		), NULL) AS other_triggers,
		repair.kind || coalesce(' ' || repair.tag, '') || iif(storm_repair.above, ' of ' || repair_zone.name, '') AS repair,
		storm_repair.to_end_s AS repair_s,
		storm_repair.to_half_s AS repair_half_s,
		-- Those who asked again; where nobody did, those who asked. Nobody counts them by server.
		iif(ip IS NULL,
			(SELECT coalesce(nullif(count(DISTINCT ip) FILTER (WHERE rq_hot + rq_warm + rq_cool > 0), 0), count(DISTINCT ip))
			FROM run CROSS JOIN flow ON flow.run_id = run.run_id AND flow.zone_id = found.zone_id
			WHERE queries > 0
			AND run.last_ns >= start_s * 1000000000 AND run.first_ns < end_s * 1000000000
			AND flow.last_ns >= start_s * 1000000000 AND flow.first_ns < end_s * 1000000000), NULL) AS sources
	FROM found LEFT JOIN zone USING (zone_id)
		LEFT JOIN storm_repair ON ip IS NULL AND storm_repair.storm_id = found.storm_id
		LEFT JOIN event AS repair ON repair.event_id = storm_repair.event_id
		LEFT JOIN zone AS repair_zone ON repair_zone.zone_id = repair.zone_id
		LEFT JOIN storm_candidate AS cause ON ip IS NULL AND cause.storm_id = found.storm_id AND cause.place = 1
),
report AS (
	SELECT
		name AS zone,
		iif(began_before, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', start_s, 'unixepoch')) AS start,
		iif(open, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', end_s, 'unixepoch')) AS "end",
		peak_qps,
		base_qps,
		uplift,
		uplift_lo,
		uplift_hi,
		-- Tests and shares against everything make no sense for one server.
		iif(ip IS NULL, severity, NULL) AS severity,
		iif(ip IS NULL, byte_share, NULL) AS byte_share,
		sources,
		half_life_s,
		residual,
		residual_lo,
		residual_hi,
		trigger_text AS "trigger",
		lag_s,
		iif(ip IS NULL, (SELECT verdict FROM diagnosis WHERE diagnosis.storm_id = measured.storm_id), NULL) AS verdict,
		iif(ip IS NULL, (SELECT lead_db FROM diagnosis WHERE diagnosis.storm_id = measured.storm_id), NULL) AS lead_db,
		uplift_is_lower_bound,
		mean_qps,
		duration_s,
		iif(ip IS NULL, severity_unknown, NULL) AS severity_unknown,
		open AS still_elevated,
		half_life_at_least_s,
		iif(ip IS NULL, residual_share, NULL) AS residual_share,
		iif(ip IS NULL, residual_share_lo, NULL) AS residual_share_lo,
		iif(ip IS NULL, residual_share_hi, NULL) AS residual_share_hi,
		residual_lo > 1 AS higher_than_before,
		rise,
		rise_s,
		baseline,
		baseline_bins,
		dispersion,
		strftime('%Y-%m-%dT%H:%M:%SZ', second_start_s, 'unixepoch') AS second_start,
		-- The same to two bins. Where the other method sees nothing it does not agree.
		iif(began_before OR bin_s IS NULL, NULL, coalesce(abs(second_start_s - start_s) <= 2 * bin_s, 0)) AS second_agrees,
		unknown_bins,
		growth,
		growth_lo,
		growth_hi,
		answer_bytes,
		answered_bps,
		predicted_bps,
		predicted_ip_bps,
		predicted_wire_bps,
		address AS server,
		lag_most_s,
		trigger_zone,
		iif(has_cause, iif(trigger_told, 'calendar', 'seen'), NULL) AS trigger_source,
		other_triggers,
		repair,
		repair_s,
		repair_half_s,
		name_wire AS zone_wire,
		ip AS server_ip,
		start_s * 1000000000 AS first_ns,
		end_s * 1000000000 - 1 AS last_ns
	FROM measured
)
