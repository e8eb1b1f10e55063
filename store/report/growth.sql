-- SPDX-License-Identifier: BSD-2-Clause
-- How a zone's storms grow from one rollover to the next, and what that lets expect.
report AS (
	SELECT
		name AS zone,
		row_number() OVER (PARTITION BY storm.zone_id ORDER BY start_s, storm.storm_id) AS number,
		iif(began_before, NULL, strftime('%Y-%m-%dT%H:%M:%SZ', start_s, 'unixepoch')) AS start,
		uplift,
		uplift_lo,
		uplift_hi,
		uplift_is_lower_bound,
		apart_s,
		growth,
		growth_lo,
		growth_hi,
		doubling_s,
		doubling_lo_s,
		doubling_hi_s,
		next_uplift,
		next_uplift_lo,
		next_uplift_hi,
		storm_candidate.kind || coalesce(' ' || storm_candidate.tag, '')
			|| iif(above, ' of ' || storm_candidate.zone, '') || iif(event_id IS NULL, ' (calendar)', '') AS "trigger",
		name_wire AS zone_wire,
		start_s * 1000000000 AS first_ns,
		end_s * 1000000000 - 1 AS last_ns
	FROM storm JOIN zone USING (zone_id)
		LEFT JOIN storm_outlook USING (storm_id)
		LEFT JOIN storm_candidate ON storm_candidate.storm_id = storm.storm_id AND place = 1
)
