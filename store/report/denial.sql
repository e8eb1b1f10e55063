-- SPDX-License-Identifier: BSD-2-Clause
-- How zones deny names, and with which parameters (RFC 9276).
digit (value, letter) AS (
	VALUES (0, '0'), (1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5'), (6, '6'), (7, '7'), (8, '8'), (9, '9'), (10, 'A'),
		(11, 'B'), (12, 'C'), (13, 'D'), (14, 'E'), (15, 'F')
),
-- The first record of NSEC3PARAM RRsets: behind two octets of length, hash algorithm, flags, iterations, salt.
parameter AS (
	SELECT zone_id, hex(substr(wire, 3, 1)) AS algorithm, hex(substr(wire, 5, 2)) AS iterations,
		substr(wire, 8) AS salt, count, first_ns, last_ns
	FROM rrset
	WHERE type = 51 AND length(wire) >= 7
),
given AS (
	SELECT zone_id, kind, hash_algorithm, iterations, salt, count, opt_out, first_ns, last_ns FROM nsec
	UNION ALL
	SELECT zone_id, 'NSEC3PARAM',
		(SELECT value FROM digit WHERE letter = substr(algorithm, 1, 1)) * 16
			+ (SELECT value FROM digit WHERE letter = substr(algorithm, 2, 1)),
		(SELECT value FROM digit WHERE letter = substr(iterations, 1, 1)) * 4096
			+ (SELECT value FROM digit WHERE letter = substr(iterations, 2, 1)) * 256
			+ (SELECT value FROM digit WHERE letter = substr(iterations, 3, 1)) * 16
			+ (SELECT value FROM digit WHERE letter = substr(iterations, 4, 1)),
		salt, count, NULL, first_ns, last_ns
	FROM parameter
),
added AS (
	SELECT zone_id, kind, hash_algorithm, iterations, salt, sum(count) AS records, sum(opt_out) AS opt_out,
		min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM given
	GROUP BY zone_id, kind, hash_algorithm, iterations, salt
),
judged AS (
	SELECT *,
		CASE
			WHEN kind = 'NSEC' THEN NULL
			WHEN hash_algorithm <> 1 OR iterations > 50 THEN 'error'
			WHEN iterations > 0 THEN 'warning'
			WHEN length(salt) > 0 THEN 'note'
		END AS level
	FROM added
),
report AS (
	SELECT
		zone.name AS zone,
		kind AS denial,
		level,
		iif(kind = 'NSEC', NULL, hash_algorithm) AS hash_algorithm,
		iif(kind = 'NSEC', NULL, iterations) AS iterations,
		iif(kind = 'NSEC', NULL, length(salt)) AS salt_bytes,
		nullif(lower(hex(salt)), '') AS salt,
		iif(kind = 'NSEC3', opt_out * 1.0 / records, NULL) AS opt_out_share,
		CASE
			WHEN level IS NULL THEN NULL
			WHEN hash_algorithm <> 1 THEN 'HASH: validators know hash algorithm 1 and no other'
			WHEN level = 'error' THEN printf('ITERATIONS: %d, and above 50 validators take the zone for insecure or fail', iterations)
			WHEN level = 'warning' THEN printf('ITERATIONS: %d instead of 0, which costs servers and validators and protects nothing', iterations)
			ELSE 'SALT: it protects nothing'
		END AS warning,
		records,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		CASE level WHEN 'error' THEN 0 WHEN 'warning' THEN 1 WHEN 'note' THEN 2 ELSE 3 END AS place,
		salt AS salt_octets,
		zone.name_wire AS zone_wire,
		first_ns,
		last_ns
	FROM judged JOIN zone USING (zone_id)
)
