-- SPDX-License-Identifier: BSD-2-Clause
-- How sources ask for the keys of a zone that they fail with, and whether they got over it.
-- Over it: seen for two of its pauses and more without another requery; without a memory class, half a minute or two
-- and a half.
-- The servers that spray and coverage are measured against, and how they are known. (Looked up by scalar subqueries:
-- SQLite makes an index for those, but would look through all of them for each row of a join or of an aggregate.)
set_of (run, zone, octets, servers) AS MATERIALIZED ( -- twice their number, and 1 where they were given
	SELECT run_id, zone_id, octets, servers * 2 + (seen >= 2 AND given > 0) FROM zone_set
),
failing AS MATERIALIZED (
	SELECT
		zone_id,
		ip,
		sum(queries) AS queries,
		sum(bursts) AS bursts,
		sum(failing_bursts) AS failing_bursts,
		max(max_waiting) AS max_waiting,
		max(last_requery_ns) AS last_ns
	FROM behaviour
	GROUP BY zone_id, ip
	HAVING sum(failing_bursts) > 0
),
-- Of those that come first no more than are asked for.
followed AS MATERIALIZED (
	SELECT failing.*, name, name_wire
	FROM failing JOIN zone USING (zone_id)
	ORDER BY queries DESC, length(ip), ip, name
	LIMIT (SELECT coalesce(most, -1) FROM option)
),
behaved AS MATERIALIZED (
	SELECT
		followed.zone_id,
		followed.ip,
		(SELECT servers FROM set_of WHERE run = run_id AND zone = followed.zone_id AND octets = length(followed.ip)) AS servers
	FROM run CROSS JOIN behaviour USING (run_id)
		CROSS JOIN followed ON followed.zone_id = behaviour.zone_id AND followed.ip = behaviour.ip
),
measured AS MATERIALIZED (
	SELECT zone_id, ip, max(servers >> 1) AS zone_servers, max(servers & 1) AS given FROM behaved GROUP BY zone_id, ip
),
-- When a source was there: of each once, however many zones it fails with.
present AS MATERIALIZED (
	SELECT source.ip, min(source.first_ns) AS first_ns, max(source.last_ns) AS seen_ns
	FROM (SELECT DISTINCT ip FROM followed) AS one CROSS JOIN run CROSS JOIN source USING (run_id, ip)
	GROUP BY source.ip
),
judged_habit AS MATERIALIZED (
	SELECT
		followed.*,
		habit.*,
		zone_servers,
		iif(given IS NULL, NULL, iif(given, 'given', 'seen')) AS servers_origin,
		CASE memory_class WHEN '30s' THEN 65 WHEN '60s' THEN 130 WHEN '600s' THEN 1250 WHEN 'none' THEN 30 WHEN 'ttl' THEN NULL ELSE 150 END
			* 1000000000 AS quiet_ns,
		(
			SELECT address FROM run CROSS JOIN flow ON flow.run_id = run.run_id AND flow.zone_id = followed.zone_id
			WHERE flow.ip = followed.ip
			LIMIT 1
		) AS address,
		(SELECT first_ns FROM present WHERE present.ip = followed.ip) AS first_ns,
		(SELECT seen_ns FROM present WHERE present.ip = followed.ip) AS seen_ns
	FROM followed JOIN measured USING (zone_id, ip) LEFT JOIN habit USING (zone_id, ip)
),
report AS (
	SELECT
		address AS source,
		name AS zone,
		queries,
		bursts,
		failing_bursts,
		memory_class,
		max_waiting,
		halted_share,
		min_search_interval_s,
		rfc9520,
		zone_local,
		dnskey_per_query,
		demand_slope,
		demand_correlation,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last_requery,
		seen_ns - last_ns >= quiet_ns AS recovered,
		-- The silence began when it was still at it.
		iif(seen_ns - last_ns >= quiet_ns, (
			SELECT iif(primed, 'restart', 'silence')
			FROM run CROSS JOIN opening USING (run_id)
			WHERE opening.ip = judged_habit.ip AND t_ns > last_ns AND t_ns - silence_ns <= last_ns + quiet_ns
			ORDER BY t_ns
			LIMIT 1
		), NULL) AS recovered_by,
		(SELECT returned_s FROM trait WHERE trait.ip = judged_habit.ip) AS returned_s,
		coverage,
		zone_servers,
		servers_origin,
		late_repeats,
		day_night,
		ip AS source_ip,
		name_wire AS zone_wire,
		first_ns,
		last_ns
	FROM judged_habit
)
