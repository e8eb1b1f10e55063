-- SPDX-License-Identifier: BSD-2-Clause
-- How sources began: sweeps over a zone's servers, restarts, returns.
-- A sweep goes round: four servers or more, four fifths of those known, in less than two seconds, and hardly a server
-- twice. A zone's servers are those seen to answer over the source's own IP version; it may have asked more.
known AS MATERIALIZED (
	SELECT run_id, zone_id, octets, servers AS n FROM zone_set
),
began AS (
	SELECT
		opening.*,
		max(opening.servers, coalesce(
			(SELECT max(n) FROM known WHERE known.zone_id = opening.zone_id AND octets = length(opening.ip)), 0
		)) AS zone_servers
	FROM opening
),
shaped AS (
	SELECT *,
		servers >= 4 AND servers * 5 >= zone_servers * 4 AND queries * 4 <= servers * 5 AND length_ns < 2000000000 AS sweeps
	FROM began
),
report AS (
	SELECT
		strftime('%Y-%m-%dT%H:%M:%S', t_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', t_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS t,
		address AS source,
		name AS zone,
		CASE
			WHEN silence_ns >= 30 * 86400 * 1000000000 THEN 'return'
			WHEN silence_ns IS NOT NULL AND primed THEN 'restart'
			WHEN silence_ns IS NULL AND sweeps THEN 'sweep'
			ELSE 'search'
		END AS kind,
		silence_ns / 1e9 AS silence_s,
		queries,
		servers,
		zone_servers,
		length_ns / 1e6 AS length_ms,
		sweeps,
		primed,
		ip AS source_ip,
		name_wire AS zone_wire,
		t_ns,
		run_id
	FROM shaped JOIN zone USING (zone_id)
)
