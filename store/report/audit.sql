-- SPDX-License-Identifier: BSD-2-Clause
-- Ten questions of an audit, as far as packets can answer them. A finding says of one zone that it is right or wrong
-- by one question; a question nobody was found for has no data, as has one about events that were not judged yet.
subject AS ( -- zones whose keys were seen, from their own servers
	SELECT DISTINCT zone_id
	FROM rrset_seen JOIN zone USING (zone_id), option
	WHERE rrset_seen.type = 48 AND authoritative AND (option.zone IS NULL OR name_wire = option.zone)
),
signer AS ( -- what a key signs; CDS may be signed by either
	SELECT zone_id, tag, algorithm, max(type = 48) AS signs_keys, max(type NOT IN (48, 59, 60)) AS signs_data
	FROM signature
	GROUP BY zone_id, tag, algorithm
),
apart AS (
	SELECT zone_id, NOT max(signs_keys AND signs_data) AS fine
	FROM signer
	GROUP BY zone_id
	HAVING max(signs_keys) AND max(signs_data)
),
valid AS ( -- 24 hours: of whichever signature was seen with least of its life left
	SELECT zone_id,
		min(CASE WHEN original_ttl_s > 0 THEN least_validity_s * 1.0 / original_ttl_s END) AS least_ratio,
		min(expiration_s - last_ns / 1000000000) AS least_left_s,
		total(expired) AS expired,
		total(future) AS future
	FROM signature
	WHERE bogus = 0 OR good > 0
	GROUP BY zone_id
),
delegated AS ( -- what the parent said last of the zone's DS
	SELECT zone_id, denial IS NULL AS has_ds, max(rrset_seen.last_ns) AS last_ns
	FROM rrset_seen JOIN rrset USING (run_id, rrset, zone_id)
	WHERE rrset_seen.type = 43 AND authoritative
	GROUP BY zone_id
),
broken AS (SELECT DISTINCT zone_id FROM event WHERE kind = 'DS_MISMATCH'),
-- The last keys of each server, with what signed them.
latest AS (
	SELECT run_id, rrset, zone_id, server_ip, nsid, signer_algorithms, max(last_ns) AS last_ns
	FROM rrset_seen
	WHERE type = 48 AND authoritative
	GROUP BY zone_id, server_ip, nsid
),
algorithms AS (
	SELECT zone_id, server_ip, nsid, ' ' || signer_algorithms || ' ' AS signed,
		group_concat(algorithm, ' ') AS listed,
		max(signer_algorithms IS NOT NULL AND instr(' ' || signer_algorithms || ' ', ' ' || algorithm || ' ') = 0) AS unsigned
	FROM (
		SELECT DISTINCT latest.zone_id, server_ip, nsid, signer_algorithms, algorithm
		FROM latest JOIN rrset_key USING (run_id, rrset)
		WHERE flags & 256
		ORDER BY latest.zone_id, server_ip, nsid, algorithm
	)
	GROUP BY zone_id, server_ip, nsid
),
one_set AS (
	SELECT zone_id,
		count(DISTINCT listed) = 1 AND NOT max(unsigned)
			AND zone_id NOT IN (SELECT zone_id FROM dkey WHERE unusable) AS fine
	FROM algorithms
	GROUP BY zone_id
),
early AS (
	SELECT zone_id, count(*) AS steps, total(warning GLOB 'TOO_EARLY*' OR warning GLOB 'HOLD_DOWN*' OR warning GLOB 'ORDER*') AS warned
	FROM event
	WHERE phase IS NOT NULL
	GROUP BY zone_id
),
node AS (
	SELECT zone_id, count(DISTINCT hex(server_ip)) AS servers, count(DISTINCT nullif(hex(nsid), '')) AS nsids
	FROM latest
	GROUP BY zone_id
),
unlike AS (
	SELECT DISTINCT zone_id FROM event WHERE kind = 'INCONSISTENT' OR warning GLOB 'DS_FIRST*' OR warning GLOB 'FLAPPING*'
),
finding (question, zone_id, fine) AS (
	SELECT 1, zone_id, fine FROM apart
	UNION ALL
	SELECT 2, zone_id, least_ratio >= 3.0 AND least_left_s >= 86400 FROM valid WHERE least_ratio IS NOT NULL
	UNION ALL
	SELECT 3, zone_id, zone_id NOT IN broken FROM delegated, judged WHERE has_ds
	UNION ALL
	SELECT 4, zone_id, fine FROM one_set
	UNION ALL
	SELECT 5, zone_id, future = 0 FROM valid
	UNION ALL
	SELECT 7, zone_id, warned = 0 FROM early, judged
	UNION ALL
	SELECT 9, zone_id, has_ds FROM delegated
		WHERE zone_id IN (SELECT zone_id FROM latest WHERE signer_algorithms <> '')
	UNION ALL
	SELECT 10, zone_id, zone_id NOT IN unlike FROM node, judged WHERE servers > 1 OR nsids > 1
),
counted AS (
	SELECT question, count(*) AS n, sum(NOT fine) AS wrong
	FROM finding JOIN subject USING (zone_id)
	GROUP BY question
),
-- The first three zones that are wrong.
example AS (
	SELECT question, group_concat(name, ' ') AS zones
	FROM (
		SELECT question, name, row_number() OVER (PARTITION BY question ORDER BY labels, name) AS place
		FROM finding JOIN subject USING (zone_id) JOIN zone USING (zone_id)
		WHERE NOT fine
		ORDER BY question, place
	)
	WHERE place <= 3
	GROUP BY question
),
reported (reports, about_algorithms) AS (
	SELECT total(kind = 'report'), total(kind = 'ede' AND code IN (1, 2)) FROM failure
),
-- `seen`: what the packets can say; without it the answer is never pass.
item (number, question, seen, right, wrong) AS (
	VALUES
		(1, 'Are ZSK and KSK apart, and is the KSK offline?', 0,
			'the keys are apart; where the KSK is kept cannot be seen', 'one key signs everything'),
		(2, 'Are signatures valid for 3 times the TTL, and is their expiry watched?', 1,
			'validity is at least 3 times the TTL and nothing was served with less than 24 h left',
			'validity is below 3 times the TTL, or less than 24 h were left'),
		(3, 'Does the DS match the current KSK?', 1, 'a DS of the parent fits a key of every server', 'no DS fits'),
		(4, 'Is one set of algorithms in use everywhere?', 1, 'all servers list the same algorithms, each signs, and all keys can be read',
			'servers differ, an algorithm does not sign, or a key is unusable'),
		(5, 'Are clocks right?', 1, 'no signature was served before its inception', 'signatures were served before their inception'),
		(6, 'Are validation failures noticed, and logs kept?', 0, '', ''),
		(7, 'Are rollovers documented and tested?', 0, 'no step was taken too early; documents cannot be seen',
			'steps were taken too early or out of order'),
		(8, 'What do resolvers do when validation fails: SERVFAIL, or an insecure answer?', 0, '', ''),
		(9, 'Are there islands of security?', 1, 'the parent has a DS', 'signed, and the parent denies a DS'),
		(10, 'Do all servers and anycast nodes serve the same?', 1, 'their keys do not differ for long', 'their keys differ')
),
report AS (
	SELECT
		item.question,
		CASE
			WHEN counted.wrong > 0 THEN 'fail'
			WHEN NOT seen THEN 'not observable'
			WHEN counted.n > 0 THEN 'pass'
			ELSE 'no data'
		END AS result,
		CASE
			WHEN number = 6 THEN printf('error reports of resolvers seen: %d; whether anybody reads them cannot be seen',
				reports)
			WHEN number = 8 THEN 'it takes the clients'' side of a resolver'
			WHEN counted.wrong > 0 THEN printf('%s, in %d of %d: %s%s', item.wrong, counted.wrong, counted.n, example.zones,
				iif(counted.wrong > 3, ' ...', ''))
			WHEN counted.n > 0 THEN printf('%s, in %d of %d', item.right, counted.n, counted.n)
			ELSE 'nothing was seen that tells'
		END
			|| iif(number = 4 AND about_algorithms > 0,
				printf('; resolvers reported unsupported algorithms: %d', about_algorithms), '') AS evidence,
		number,
		counted.n AS zones,
		counted.wrong AS zones_wrong
	FROM item LEFT JOIN counted ON counted.question = number LEFT JOIN example ON example.question = number, reported
)
