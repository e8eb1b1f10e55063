-- SPDX-License-Identifier: BSD-2-Clause
-- What habits say of each other: run when they have been written, where there are any.

-- Zone-local: of all zones a source fails with, those below aside, only this one; and it asks for the keys of some
-- zone above, or primes, without failing there. (Who trusts a key of the zone itself needs no key above it.) 0: others
-- fail too, or it is the root; NULL: nothing above was seen.
WITH RECURSIVE
	-- As all_flow.offends, but for those few only that were followed: who repeats is.
	hot AS MATERIALIZED (
		SELECT zone_id, ip
		FROM run CROSS JOIN flow USING (run_id)
		WHERE NOT queries_only AND NOT responses_only AND zone_id IN (SELECT zone_id FROM habit)
			AND (+zone_id, +ip) IN (SELECT zone_id, ip FROM habit)
		GROUP BY zone_id, ip
		HAVING sum(queries) >= 10 AND sum(rq_hot + rq_warm + rq_cool) * 2 >= sum(queries - rq_retransmit)
	),
	-- Strip label by label. A label is at most 63 octets long, so its length is a character of its own.
	up (zone_id, wire) AS (
		SELECT DISTINCT zone_id, name_wire FROM hot JOIN zone USING (zone_id)
		UNION
		SELECT zone_id, substr(wire, unicode(CAST(substr(wire, 1, 1) AS TEXT)) + 2) FROM up WHERE length(wire) > 1
	),
	above AS MATERIALIZED (
		SELECT up.zone_id, zone.zone_id AS above_id
		FROM up JOIN zone ON zone.name_wire = up.wire
		WHERE zone.zone_id <> up.zone_id
	),
	verdict AS (
		SELECT
			hot.zone_id,
			hot.ip,
			CASE
				WHEN (SELECT labels FROM zone WHERE zone.zone_id = hot.zone_id) = 0 THEN 0
				WHEN EXISTS (
					SELECT 1 FROM hot AS other
					WHERE other.ip = hot.ip AND other.zone_id <> hot.zone_id AND NOT EXISTS (
						SELECT 1 FROM above WHERE above.zone_id = other.zone_id AND above_id = hot.zone_id
					)
				) THEN 0
				WHEN EXISTS (
					SELECT 1
					FROM above CROSS JOIN run CROSS JOIN flow
						ON flow.run_id = run.run_id AND flow.zone_id = above_id AND flow.ip = hot.ip
					WHERE above.zone_id = hot.zone_id
				) OR EXISTS (
					SELECT 1
					FROM run CROSS JOIN manner USING (run_id)
					WHERE manner.ip = hot.ip AND priming_queries > 0
				) THEN 1
			END AS is_local
		FROM hot
	)
UPDATE habit SET zone_local = is_local
FROM verdict
WHERE habit.zone_id = verdict.zone_id AND habit.ip = verdict.ip;
