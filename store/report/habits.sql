-- SPDX-License-Identifier: BSD-2-Clause
-- How sources ask for the keys of a zone that they fail with, and whether they got over it.
-- Over it: seen for two of its pauses and more without another requery; without a memory class, half a minute or two
-- and a half.
-- The servers that spray and coverage are measured against, and how they are known.
set_of (run, zone, octets, zone_servers, given) AS MATERIALIZED (
	SELECT run_id, zone_id, octets, servers, seen >= 2 AND given > 0 FROM zone_set
),
followed AS MATERIALIZED (
	SELECT
		zone_id,
		ip,
		sum(queries) AS queries,
		sum(bursts) AS bursts,
		sum(failing_bursts) AS failing_bursts,
		max(max_waiting) AS max_waiting,
		max(last_requery_ns) AS last_ns,
		max(zone_servers) AS zone_servers,
		max(given) AS given
	FROM behaviour LEFT JOIN set_of ON run = run_id AND zone = zone_id AND octets = length(ip)
	GROUP BY zone_id, ip
	HAVING sum(failing_bursts) > 0
),
judged_habit AS MATERIALIZED (
	SELECT
		followed.*,
		habit.*,
		name,
		name_wire,
		iif(given IS NULL, NULL, iif(given, 'given', 'seen')) AS servers_origin,
		CASE memory_class WHEN '30s' THEN 65 WHEN '60s' THEN 130 WHEN '600s' THEN 1250 WHEN 'none' THEN 30 WHEN 'ttl' THEN NULL ELSE 150 END
			* 1000000000 AS quiet_ns,
		(
			SELECT address FROM run CROSS JOIN flow ON flow.run_id = run.run_id AND flow.zone_id = followed.zone_id
			WHERE flow.ip = followed.ip
			LIMIT 1
		) AS address,
		(SELECT min(source.first_ns) FROM run CROSS JOIN source USING (run_id) WHERE source.ip = followed.ip) AS first_ns,
		(SELECT max(source.last_ns) FROM run CROSS JOIN source USING (run_id) WHERE source.ip = followed.ip) AS seen_ns
	FROM followed JOIN zone USING (zone_id) LEFT JOIN habit USING (zone_id, ip)
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
