-- SPDX-License-Identifier: BSD-2-Clause
-- Signatures by signer, type covered, key and validity: those that need attention first. What is still served is
-- judged at the end of the capture; a signature that a later one of the same key and type came after, when it was
-- seen last.
added AS (
	SELECT zone_id, type, tag, algorithm, inception_s, expiration_s, folded,
		min(least_validity_s) AS validity_s,
		max(original_ttl_s) AS ttl_s,
		sum(count) AS count,
		sum(expired) AS expired,
		min(first_expired_ns) AS first_expired_ns,
		max(last_expired_ns) AS last_expired_ns,
		sum(good) AS good,
		sum(bogus) AS bogus,
		sum(unsupported) AS unsupported,
		max(bogus_why) AS why,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM signature
	GROUP BY zone_id, type, tag, algorithm, inception_s, expiration_s, folded
),
dated AS (
	SELECT *,
		iif(max(first_ns) OVER (PARTITION BY zone_id, type, tag, algorithm) > last_ns,
			last_ns, (SELECT last_ns FROM whole)) / 1000000000 AS judged_s
	FROM added
),
judged AS (
	SELECT *,
		CASE
			WHEN expiration_s < judged_s THEN 'expired'
			WHEN inception_s > judged_s THEN 'future'
			WHEN expiration_s - judged_s < 7 * 86400 THEN 'expiring'
			ELSE 'ok'
		END AS state,
		CASE
			WHEN bogus > 0 THEN 'bogus'
			WHEN good > 0 THEN 'good'
			WHEN unsupported > 0 THEN 'unsupported'
			ELSE 'unknown'
		END AS verified
	FROM dated
),
report AS (
	SELECT
		zone.name AS zone,
		coalesce(rrtype.name, 'TYPE' || type) AS type,
		tag AS signer_tag,
		algorithm,
		strftime('%Y-%m-%dT%H:%M:%SZ', inception_s, 'unixepoch') AS inception,
		strftime('%Y-%m-%dT%H:%M:%SZ', expiration_s, 'unixepoch') AS expiration,
		expiration_s - judged_s AS remaining_s,
		validity_s * 1.0 / nullif(ttl_s, 0) AS ratio_to_ttl,
		state,
		verified,
		why,
		count,
		expired AS seen_expired,
		strftime('%Y-%m-%dT%H:%M:%S', first_expired_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_expired_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z'
			AS first_expired,
		strftime('%Y-%m-%dT%H:%M:%S', last_expired_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_expired_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z'
			AS last_expired,
		folded,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		state IN ('ok', 'expiring') AND verified <> 'bogus' AS calm,
		zone.name_wire AS zone_wire,
		type AS type_code,
		inception_s,
		expiration_s,
		first_ns,
		last_ns
	FROM judged
		JOIN zone USING (zone_id)
		LEFT JOIN rrtype ON rrtype.code = type
)
