-- SPDX-License-Identifier: BSD-2-Clause
-- Offenders by how their DNSKEY queries look: software that shipped one stale key makes one large cluster.
-- An offender belongs to its most frequent fingerprint; NULL where none found room.
offence AS (
	SELECT ip, max(address) AS address, sum(queries) AS queries
	FROM all_flow
	WHERE offends
	GROUP BY ip
),
-- As many caches as fingerprints in use at once: the most that overlap do so where one of them begins.
overlap AS (
	SELECT a.ip, a.fingerprint, count(*) AS n
	FROM all_stack AS a JOIN all_stack AS b ON b.ip = a.ip AND b.first_ns <= a.first_ns AND b.last_ns >= a.first_ns
	WHERE a.ip IN (SELECT ip FROM offence)
	GROUP BY a.ip, a.fingerprint
),
caches AS MATERIALIZED (SELECT ip, max(n) AS n FROM overlap GROUP BY ip),
main_stack AS MATERIALIZED (SELECT ip, fingerprint FROM all_stack WHERE place = 1),
member AS MATERIALIZED (
	SELECT offence.*, fingerprint, coalesce(caches.n, 1) AS caches,
		row_number() OVER (PARTITION BY fingerprint ORDER BY queries DESC, length(ip), ip) AS place
	FROM offence LEFT JOIN main_stack USING (ip) LEFT JOIN caches USING (ip)
),
asked AS MATERIALIZED (
	SELECT fingerprint, count(DISTINCT zone_id) AS zones
	FROM member JOIN all_flow USING (ip)
	WHERE offends
	GROUP BY fingerprint
),
report AS (
	SELECT
		member.fingerprint,
		count(*) AS sources,
		sum(queries) AS queries,
		sum(queries) * 1.0 / (SELECT sum(queries) FROM offence) AS share,
		max(address) FILTER (WHERE place = 1) AS example,
		max(zones) AS zones,
		sum(caches) AS min_caches
	FROM member JOIN asked ON asked.fingerprint IS member.fingerprint
	GROUP BY member.fingerprint
)
