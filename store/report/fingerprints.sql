-- SPDX-License-Identifier: BSD-2-Clause
-- Offenders by how their DNSKEY queries look: software that shipped one stale key makes one large cluster.
-- An offender belongs to its most frequent fingerprint; NULL where none found room.
offending AS MATERIALIZED (SELECT zone_id, ip, address, queries FROM all_flow WHERE offends),
offence AS (
	SELECT ip, max(address) AS address, sum(queries) AS queries
	FROM offending
	GROUP BY ip
),
-- As many caches as fingerprints in use at once: the most that overlap do so where one of them begins. CD does not
-- count: BIND sets it when it looks after its own trust anchors.
-- (Look-ups by address are written as scalar subqueries: SQLite makes an index for those, not for joins of CTEs.)
stack AS MATERIALIZED (SELECT * FROM all_stack WHERE ip IN (SELECT ip FROM offence)),
overlap AS (
	SELECT ip,
		(SELECT count(DISTINCT replace(b.fingerprint, ' cd', '')) FROM stack AS b WHERE b.ip = a.ip AND b.first_ns <= a.first_ns AND b.last_ns >= a.first_ns) AS n
	FROM stack AS a
),
caches AS MATERIALIZED (SELECT ip, max(n) AS n FROM overlap GROUP BY ip),
labelled AS MATERIALIZED (
	SELECT *,
		(SELECT stack.fingerprint FROM stack WHERE stack.ip = offence.ip AND place = 1) AS fingerprint,
		coalesce((SELECT n FROM caches WHERE caches.ip = offence.ip), 1) AS caches
	FROM offence
),
member AS MATERIALIZED (
	SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY queries DESC, length(ip), ip) AS place
	FROM labelled
),
pair AS MATERIALIZED (
	SELECT zone_id, (SELECT fingerprint FROM labelled WHERE labelled.ip = offending.ip) AS fingerprint
	FROM offending
),
asked AS MATERIALIZED (SELECT fingerprint, count(DISTINCT zone_id) AS zones FROM pair GROUP BY fingerprint),
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
