-- SPDX-License-Identifier: BSD-2-Clause
-- What it takes to storm (DOMAIN 4-01), each for itself: the source asks for signatures, gets them, its check fails, and it
-- does not remember that.
-- Each has a row at least, so no more of them are looked at than rows are asked for.
judged_source AS MATERIALIZED (
	SELECT diagnosis_id, zone_id, name, name_wire, diagnosis.ip, diagnosis.address, queries
	FROM diagnosis JOIN zone USING (zone_id)
	WHERE storm_id IS NULL
	ORDER BY queries DESC, name, length(diagnosis.ip), diagnosis.ip
	LIMIT (SELECT coalesce(most, -1) FROM option)
),
signed AS MATERIALIZED (
	SELECT zone_id, total(iif(signer_tags <> '', count, 0)) AS signed, total(iif(signer_tags IS NULL, 0, count)) AS told
	FROM rrset_seen
	WHERE type = 48 AND authoritative AND zone_id IN (SELECT zone_id FROM judged_source)
	GROUP BY zone_id
),
-- Of each source once, however many zones it asks for: in which runs it was sampled at all.
sampled_in AS MATERIALIZED (
	SELECT judged.ip, run_id
	FROM (SELECT DISTINCT ip FROM judged_source) AS judged CROSS JOIN run
	WHERE EXISTS (SELECT 1 FROM query WHERE query.run_id = run.run_id AND query.ip = judged.ip)
),
sampled AS MATERIALIZED (
	SELECT
		judged_source.diagnosis_id,
		count(*) AS asked,
		total(dnssec_ok) AS with_do
	FROM sampled_in CROSS JOIN query USING (run_id, ip)
		CROSS JOIN judged_source ON judged_source.ip = query.ip AND name_wire = qname_wire
	WHERE qtype = 48
	GROUP BY judged_source.diagnosis_id
),
repeated AS MATERIALIZED (
	SELECT
		judged_source.diagnosis_id,
		sum(iif(queries_only OR responses_only, NULL, rq_hot)) AS hot,
		sum(flow.queries - flow.err) AS seen
	FROM run CROSS JOIN flow USING (run_id)
		CROSS JOIN judged_source ON judged_source.zone_id = flow.zone_id AND judged_source.ip = flow.ip
	GROUP BY judged_source.diagnosis_id
),
checked AS (
	SELECT
		diagnosis_id,
		max(evidence = 'says-stale' AND state = 'present') AS stale,
		max(evidence = 'zone-bad' AND state = 'present') AS bad,
		total(iif((evidence = 'says-stale' OR evidence = 'zone-bad') AND state = 'present', value, 0)) AS n
	FROM judged_source CROSS JOIN finding USING (diagnosis_id)
	GROUP BY diagnosis_id
),
listed (diagnosis_id, place, condition, met, count, of, note) AS (
	SELECT
		diagnosis_id, 1, 'asks for signatures',
		CASE WHEN asked IS NULL THEN 'unknown' WHEN with_do > 0 THEN 'yes' ELSE 'no' END,
		CAST(with_do AS INTEGER), asked, 'sampled DNSKEY queries with DO'
	FROM judged_source LEFT JOIN sampled USING (diagnosis_id)
	UNION ALL
	SELECT
		diagnosis_id, 2, 'gets signatures',
		CASE WHEN coalesce(told, 0) = 0 THEN 'unknown' WHEN signed > 0 THEN 'yes' ELSE 'no' END,
		iif(coalesce(told, 0) = 0, NULL, CAST(signed AS INTEGER)), nullif(CAST(told AS INTEGER), 0),
		'the zone''s DNSKEY answers with RRSIG'
	FROM judged_source LEFT JOIN signed USING (zone_id)
	UNION ALL
	SELECT
		diagnosis_id, 3, 'its check fails',
		iif(stale OR bad, 'yes', 'unknown'),
		iif(stale OR bad, CAST(n AS INTEGER), NULL), NULL,
		CASE
			WHEN bad THEN 'the zone, or one above it, does not validate'
			WHEN stale THEN 'says that it holds no current key'
			ELSE 'packets do not tell, unless it says so or the zone is broken'
		END
	FROM checked
	UNION ALL
	SELECT
		diagnosis_id, 4, 'does not remember',
		CASE WHEN hot IS NULL THEN 'unknown' WHEN hot > 0 THEN 'yes' ELSE 'no' END,
		hot, iif(hot IS NULL, NULL, seen), 'asked again within 5 s of the answer'
	FROM repeated
),
report AS (
	SELECT
		name AS zone,
		address AS source,
		condition,
		met,
		count,
		of,
		note,
		place,
		queries,
		name_wire AS zone_wire,
		ip AS source_ip
	FROM listed JOIN judged_source USING (diagnosis_id)
)
