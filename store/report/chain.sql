-- SPDX-License-Identifier: BSD-2-Clause
-- Does the chain of trust reach the zone? What its parent said last against the keys that its servers gave last.
latest AS MATERIALIZED (
	SELECT run_id, rrset, zone_id, server_ip, nsid, signer_tags, max(last_ns) AS last_ns
	FROM rrset_seen
	WHERE type = 48 AND authoritative
	GROUP BY zone_id, server_ip, nsid
),
-- NULL: nobody asked for signatures. `own`: one of them names a key of the set.
served AS (
	SELECT latest.zone_id, count(DISTINCT hex(server_ip)) AS servers, max(latest.last_ns) AS last_ns,
		max(signer_tags <> '') AS signed,
		max(instr(' ' || signer_tags || ' ', ' ' || tag || ' ') > 0) AS own
	FROM latest LEFT JOIN rrset_key USING (run_id, rrset)
	GROUP BY latest.zone_id
),
parent AS MATERIALIZED (
	SELECT zone_id, run_id, rrset, max(last_ns) AS last_ns
	FROM rrset_seen
	WHERE type = 43 AND authoritative
	GROUP BY zone_id
),
said AS (
	SELECT parent.zone_id, denial, parent.last_ns,
		(SELECT group_concat(tag, ' ') FROM (
			SELECT DISTINCT tag FROM rrset_ds WHERE rrset_ds.run_id = parent.run_id AND rrset_ds.rrset = parent.rrset ORDER BY tag
		)) AS ds
	FROM parent JOIN rrset USING (run_id, rrset)
),
-- Revoked keys fit nothing (RFC 5011 section 2.1).
fitting AS (
	SELECT parent.zone_id,
		max(digest = CASE digest_type WHEN 1 THEN sha1 WHEN 2 THEN sha256 WHEN 4 THEN sha384 END) AS fits,
		max(digest_type NOT IN (1, 2, 4)) AS strange
	FROM parent -- in this order: each is found by what stands before it
		CROSS JOIN rrset_ds ON rrset_ds.run_id = parent.run_id AND rrset_ds.rrset = parent.rrset
		CROSS JOIN latest ON latest.zone_id = parent.zone_id
		CROSS JOIN rrset_key ON rrset_key.run_id = latest.run_id AND rrset_key.rrset = latest.rrset
			AND rrset_key.tag = rrset_ds.tag AND rrset_key.algorithm = rrset_ds.algorithm AND NOT rrset_key.flags & 128
		CROSS JOIN dkey ON dkey.run_id = latest.run_id AND dkey.zone_id = latest.zone_id AND dkey.algorithm = rrset_key.algorithm
			AND dkey.identity = rrset_key.identity AND dkey.flags = rrset_key.flags
	GROUP BY parent.zone_id
),
judged AS (
	SELECT served.*, name, name_wire, ds, denial, said.last_ns AS asked_ns,
		CASE
			WHEN name_wire = x'00' THEN 'root'
			WHEN said.zone_id IS NULL THEN 'unknown'
			WHEN denial IS NOT NULL THEN iif(signed, 'island', 'insecure')
			WHEN fits THEN 'linked'
			WHEN strange THEN 'unknown'
			ELSE 'broken'
		END AS link
	FROM served
		JOIN zone USING (zone_id)
		LEFT JOIN said ON said.zone_id = served.zone_id
		LEFT JOIN fitting ON fitting.zone_id = served.zone_id
),
report AS (
	SELECT
		name AS zone,
		link,
		ds,
		denial AS denied_by,
		signed,
		nullif(substr(
			CASE link
				WHEN 'island' THEN '; ISLAND: signed, but its parent denies a DS'
				WHEN 'broken' THEN '; BROKEN: no DS of its parent fits a key that its servers gave last'
				ELSE ''
			END
			|| iif(signed = 0, '; UNSIGNED: its keys carry no signature', '')
			|| iif(signed AND own = 0, '; STRANGER: no signature over its keys is by one of them', ''), 3), '') AS warning,
		servers,
		strftime('%Y-%m-%dT%H:%M:%S', asked_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', asked_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS parent_last,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		CASE link WHEN 'broken' THEN 0 WHEN 'island' THEN 1 WHEN 'insecure' THEN 2 WHEN 'unknown' THEN 3 ELSE 4 END AS place,
		name_wire AS zone_wire
	FROM judged
)
