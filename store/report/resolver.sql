-- SPDX-License-Identifier: BSD-2-Clause
-- What is seen at a resolver only (DOMAIN 4-12, 5-06 to 5-08, 5-21, 5-26, audit 8). Elsewhere it is not computable. Shares
-- are of the sampled queries of its clients.
view AS (SELECT coalesce(max(vantage = 'R'), 0) AS here FROM run),
resolvers AS MATERIALIZED (SELECT ip FROM server GROUP BY ip HAVING sum(recursive) > sum(authoritative)),
asked AS MATERIALIZED (
	SELECT
		query.*,
		lead(t_ns) OVER again AS next_ns,
		lead(server_ip) OVER again AS next_server,
		lead(rcode) OVER again AS next_rcode,
		lead(ad) OVER again AS next_ad,
		lead(flags) OVER again & 16 AS next_cd
	FROM run CROSS JOIN query USING (run_id), view
	WHERE here AND server_ip IN (SELECT ip FROM resolvers)
	WINDOW again AS (PARTITION BY run_id, query.ip, qname_wire, qtype ORDER BY t_ns, number)
),
tally AS (
	SELECT
		sum(response_ns IS NOT NULL) AS answers,
		count(*) AS queries,
		total(rcode = 2) AS servfail,
		total((rcode = 2 OR response_ns IS NULL) AND next_server <> server_ip AND next_ns - t_ns <= 10000000000) AS moved,
		total(rcode = 2 OR response_ns IS NULL) AS failed,
		avg(iif((rcode = 2 OR response_ns IS NULL) AND next_server <> server_ip AND next_ns - t_ns <= 10000000000,
			(next_ns - t_ns) / 1e9, NULL)) AS moved_s,
		total(rcode = 2 AND next_rcode = 0 AND next_ad = 0 AND NOT next_cd AND next_server = server_ip
			AND next_ns - t_ns <= 60000000000) AS insecure,
		total(keep_s <= 30) AS brief,
		sum(keep_s IS NOT NULL) AS kept
	FROM asked
),
-- Extended errors of DNSSEC, RFC 8914: of one zone, or of many.
coded AS MATERIALIZED (
	SELECT code, coalesce(zone_wire, x'') AS zone_wire, max(zone) AS zone, sum(count) AS n
	FROM failure, view
	WHERE here AND kind = 'ede'
	GROUP BY code, coalesce(zone_wire, x'')
),
dnssec AS MATERIALIZED (
	SELECT zone_wire, max(zone) AS zone, sum(n) AS n
	FROM coded
	WHERE code IN (1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 27)
	GROUP BY zone_wire
),
-- Names to zones whose keys were seen: the nearest above.
named AS MATERIALIZED (SELECT DISTINCT qname_wire FROM asked WHERE ad OR rcode = 2),
above (qname_wire, wire) AS (
	SELECT qname_wire, qname_wire FROM named
	UNION ALL
	SELECT qname_wire, substr(wire, unicode(CAST(substr(wire, 1, 1) AS TEXT)) + 2) FROM above WHERE length(wire) > 1
),
owner AS MATERIALIZED (
	SELECT qname_wire, zone_id, max(labels) AS labels
	FROM above JOIN zone ON zone.name_wire = above.wire
	WHERE EXISTS (SELECT 1 FROM run_zone WHERE run_zone.zone_id = zone.zone_id AND answered) AND labels > 0
	GROUP BY qname_wire
),
flag AS MATERIALIZED (
	SELECT
		zone_id,
		max(iif(ad, t_ns, NULL)) AS last_ns,
		count(*) FILTER (WHERE ad) AS with_ad,
		count(*) AS n
	FROM asked JOIN owner USING (qname_wire)
	WHERE response_ns IS NOT NULL
	GROUP BY zone_id
),
since AS MATERIALIZED (
	SELECT flag.*,
		(SELECT count(*) FROM asked JOIN owner USING (qname_wire)
			WHERE owner.zone_id = flag.zone_id AND t_ns > flag.last_ns AND response_ns IS NOT NULL) AS later
	FROM flag
	WHERE with_ad > 0
),
listed (place, question, result, zone, value, count, of, since_ns, note) AS (
	SELECT 1, 'servfail', iif(here, iif(servfail > 0, 'seen', 'none'), 'not computable'), NULL,
		iif(here, servfail / nullif(answers, 0), NULL), iif(here, CAST(servfail AS INTEGER), NULL), iif(here, answers, NULL), NULL,
		'share of answers with SERVFAIL'
	FROM view, tally
	UNION ALL
	SELECT 2, 'codes', 'seen', zone, n * 1.0 / sum(n) OVER (), n, NULL, NULL,
		'EDE ' || code || coalesce(' ' || (SELECT name FROM ede WHERE ede.code = coded.code), '')
	FROM coded
	UNION ALL
	SELECT 3, 'spread',
		CASE WHEN NOT here THEN 'not computable'
			WHEN (SELECT count(*) FROM dnssec) = 0 THEN 'none'
			WHEN (SELECT count(*) FROM dnssec) >= 3 THEN 'many zones'
			ELSE 'few zones' END,
		(SELECT zone FROM dnssec ORDER BY n DESC, zone LIMIT 1),
		(SELECT max(n) * 1.0 / sum(n) FROM dnssec), iif(here, (SELECT count(*) FROM dnssec), NULL), NULL, NULL,
		'zones with DNSSEC errors; one: look there, many: look at the resolver'
	FROM view
	UNION ALL
	SELECT 4, 'cd-surge', CASE WHEN NOT here THEN 'not computable' WHEN retries > 0 THEN 'seen' ELSE 'none' END, NULL,
		NULL, iif(here, retries, NULL), NULL, iif(here, first_ns, NULL), 'asked again with CD=1 within 60 s of SERVFAIL'
	FROM view, (SELECT coalesce(sum(cd_retries), 0) AS retries, min(iif(cd_retries > 0, cd_first_ns, NULL)) AS first_ns FROM manner)
	UNION ALL
	SELECT 5, 'ad-lost', 'seen', name, with_ad * 1.0 / n, later, n, last_ns, 'answers since the last with AD'
	FROM since JOIN zone USING (zone_id)
	WHERE later >= 20 AND later >= 0.2 * n
	UNION ALL
	SELECT 5, 'ad-lost', iif(here, 'none', 'not computable'), NULL, NULL, NULL, NULL, NULL, 'no zone lost AD for good'
	FROM view
	WHERE NOT EXISTS (SELECT 1 FROM since WHERE later >= 20 AND later >= 0.2 * n)
	UNION ALL
	SELECT 6, 'other-resolver', CASE WHEN NOT here THEN 'not computable' WHEN moved > 0 THEN 'seen' ELSE 'none' END, NULL,
		iif(here, moved_s, NULL), iif(here, CAST(moved AS INTEGER), NULL), iif(here, CAST(failed AS INTEGER), NULL), NULL,
		'asked another resolver within 10 s of a failure; value: seconds lost by that'
	FROM view, tally
	UNION ALL
	SELECT 7, 'insecure-fallback', CASE WHEN NOT here THEN 'not computable' WHEN insecure > 0 THEN 'seen' ELSE 'none' END, NULL,
		NULL, iif(here, CAST(insecure AS INTEGER), NULL), iif(here, CAST(servfail AS INTEGER), NULL), NULL,
		'SERVFAIL, then within 60 s an answer without AD, CD not set'
	FROM view, tally
	UNION ALL
	SELECT 8, 'stale-answers',
		CASE WHEN NOT here THEN 'not computable' WHEN EXISTS (SELECT 1 FROM coded WHERE code IN (3, 19)) THEN 'seen' ELSE 'none' END,
		NULL, iif(here, brief / nullif(kept, 0), NULL), iif(here, (SELECT coalesce(sum(n), 0) FROM coded WHERE code IN (3, 19)), NULL),
		NULL, NULL, 'EDE 3 and 19; value: share of answers with a TTL of 30 s or less'
	FROM view, tally
),
report AS (
	SELECT
		question,
		result,
		zone,
		value,
		count,
		of,
		strftime('%Y-%m-%dT%H:%M:%SZ', since_ns / 1000000000, 'unixepoch') AS since,
		note,
		place,
		(SELECT name_wire FROM zone WHERE zone.name = listed.zone) AS zone_wire
	FROM listed
)
