-- SPDX-License-Identifier: BSD-2-Clause
-- What costs validators more work than is usual, by zone and server.
added AS (
	SELECT zone_id, kind, server_ip, max(server_address) AS server_address,
		max(greatest) AS greatest,
		max(threshold) AS threshold,
		sum(responses) AS responses,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM exhaustion
	GROUP BY zone_id, kind, server_ip
),
report AS (
	SELECT
		zone.name AS zone,
		kind AS problem,
		greatest AS count,
		threshold,
		responses,
		server_address AS server,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		zone.name_wire AS zone_wire,
		server_ip,
		first_ns,
		last_ns
	FROM added JOIN zone USING (zone_id)
)
