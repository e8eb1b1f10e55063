-- SPDX-License-Identifier: BSD-2-Clause
-- Keys, what they sign, and what is wrong with them. SEP is a hint: the role is what a key was seen to do.
form AS ( -- REVOKE makes another form of a key
	SELECT zone_id, algorithm, identity, flags, max(tag) AS tag, max(protocol) AS protocol, max(bits) AS bits,
		max(exponent) AS exponent, max(unusable) AS unusable, max(sha1) AS sha1, max(sha256) AS sha256, max(sha384) AS sha384,
		sum(count) AS responses, min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM dkey
	GROUP BY zone_id, algorithm, identity, flags
),
-- Signatures name no more than tag and algorithm. CDS may be signed by either kind of key (RFC 7344 section 4.1).
made AS (
	SELECT zone_id, tag, algorithm, type, total(good) AS good, total(bogus) AS bogus
	FROM signature
	GROUP BY zone_id, tag, algorithm, type
),
signer AS (
	SELECT zone_id, tag, algorithm, max(type = 48) AS signs_keys, max(type NOT IN (48, 59, 60)) AS signs_data,
		group_concat(type_name, ' ') AS types, total(good) AS good, total(bogus) AS bogus
	FROM (
		SELECT made.*, coalesce(rrtype.name, 'TYPE' || type) AS type_name
		FROM made LEFT JOIN rrtype ON rrtype.code = type
		ORDER BY type
	)
	GROUP BY zone_id, tag, algorithm
),
namesake AS (
	SELECT zone_id, algorithm, tag, count(DISTINCT hex(identity)) AS keys
	FROM form
	GROUP BY zone_id, algorithm, tag
),
parent AS ( -- what it said last
	SELECT zone_id, run_id, rrset, max(last_ns) AS last_ns
	FROM rrset_seen
	WHERE type = 43 AND authoritative
	GROUP BY zone_id
),
-- DS with the tag and algorithm of a form; NULL: of a digest type that nobody can compare.
delegated AS (
	SELECT form.zone_id, form.algorithm, form.identity, form.flags,
		max(digest = CASE digest_type WHEN 1 THEN sha1 WHEN 2 THEN sha256 WHEN 4 THEN sha384 END) AS fits,
		max(digest_type NOT IN (1, 2, 4)) AS strange
	FROM parent JOIN rrset_ds USING (run_id, rrset)
		JOIN form ON form.zone_id = parent.zone_id AND form.tag = rrset_ds.tag AND form.algorithm = rrset_ds.algorithm
	GROUP BY form.zone_id, form.algorithm, form.identity, form.flags
),
report AS (
	SELECT
		zone.name AS zone,
		form.tag,
		form.algorithm,
		lower(hex(substr(form.identity, 1, 4))) AS key,
		CASE WHEN signs_keys AND signs_data THEN 'csk' WHEN signs_keys THEN 'ksk' WHEN signs_data THEN 'zsk' END AS role,
		form.flags & 1 <> 0 AS sep,
		form.flags & 128 <> 0 AS revoked,
		types AS signs,
		CASE WHEN fits THEN 1 WHEN parent.zone_id IS NULL OR strange THEN NULL ELSE 0 END AS has_ds,
		bits,
		exponent,
		CASE
			WHEN unusable THEN printf('UNUSABLE: not to be read as a key of algorithm %d', form.algorithm)
			WHEN form.flags & 256 = 0 THEN 'NO_ZONE: the ZONE flag is not set, validators pass it over'
			WHEN protocol <> 3 THEN printf('PROTOCOL: %d instead of 3, validators pass it over', protocol)
			WHEN bogus > 0 AND good = 0 THEN 'UNFIT: of its signatures that were checked none fits'
			WHEN keys > 1 THEN printf('COLLISION: %d keys of the zone have this tag and algorithm', keys)
		END AS warning,
		strftime('%Y-%m-%dT%H:%M:%S', form.first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', form.first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', form.last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', form.last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		responses,
		zone.name_wire AS zone_wire,
		form.identity,
		form.flags,
		form.first_ns,
		form.last_ns
	FROM form
		JOIN zone USING (zone_id)
		LEFT JOIN signer ON signer.zone_id = form.zone_id AND signer.tag = form.tag AND signer.algorithm = form.algorithm
		LEFT JOIN namesake ON namesake.zone_id = form.zone_id AND namesake.algorithm = form.algorithm AND namesake.tag = form.tag
		LEFT JOIN parent ON parent.zone_id = form.zone_id
		LEFT JOIN delegated ON delegated.zone_id = form.zone_id AND delegated.algorithm = form.algorithm
			AND delegated.identity = form.identity AND delegated.flags = form.flags
)
