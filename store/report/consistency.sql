-- SPDX-License-Identifier: BSD-2-Clause
-- Which keys each server gave, from when to when, as far as it was asked: authoritative answers only. Periods that
-- differ in their TTL alone are one row, here and where a run goes on where another ended.
given AS MATERIALIZED (
	SELECT zone_id, server_ip, nsid, server_address, hash, signer_tags, rrset_seen.first_ns, rrset_seen.last_ns,
		rrset_seen.count,
		(
			SELECT soa.soa_serial
			FROM rrset_seen AS other CROSS JOIN rrset AS soa
				ON soa.run_id = other.run_id AND soa.rrset = other.rrset
			WHERE other.run_id = rrset_seen.run_id AND other.zone_id = rrset_seen.zone_id AND other.type = 6
				AND other.server_ip = rrset_seen.server_ip AND other.nsid = rrset_seen.nsid
				AND other.authoritative = 1
				AND other.first_ns <= rrset_seen.last_ns AND other.last_ns >= rrset_seen.first_ns
			ORDER BY other.number DESC
			LIMIT 1
		) AS soa_serial
	FROM rrset_seen JOIN rrset USING (run_id, rrset, zone_id)
	WHERE rrset_seen.type = 48 AND authoritative = 1
),
marked AS (
	SELECT *,
		hash IS NOT lag(hash) OVER server OR signer_tags IS NOT lag(signer_tags) OVER server AS begins
	FROM given
	WINDOW server AS (PARTITION BY zone_id, server_ip, nsid ORDER BY first_ns, last_ns, hash)
),
numbered AS (
	SELECT *,
		sum(begins) OVER (PARTITION BY zone_id, server_ip, nsid ORDER BY first_ns, last_ns, hash) AS island
	FROM marked
),
period AS (
	SELECT zone_id, server_ip, nsid, max(server_address) AS server_address, max(hash) AS hash,
		max(signer_tags) AS signer_tags,
		max(soa_serial) AS soa_serial, -- the later: serials grow, but for a turn of their circle
		sum(count) AS count, min(first_ns) AS first_ns, max(last_ns) AS last_ns
	FROM numbered
	GROUP BY zone_id, server_ip, nsid, island
),
sets AS (SELECT zone_id, count(DISTINCT hex(hash)) AS n FROM period GROUP BY zone_id),
report AS (
	SELECT
		zone.name AS zone,
		server_address AS server,
		-- Printed as it is when it is plain ASCII, else as octets.
		CASE
			WHEN length(nsid) = 0 THEN NULL
			WHEN instr(nsid, x'00') = 0 AND NOT CAST(nsid AS TEXT) GLOB '*[^ -~]*' THEN CAST(nsid AS TEXT)
			ELSE '0x' || lower(hex(nsid))
		END AS nsid,
		lower(hex(substr(hash, 1, 8))) AS dnskey_hash,
		signer_tags AS signers,
		soa_serial,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS "from",
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS "to",
		count AS responses,
		sets.n AS key_sets,
		zone.name_wire AS zone_wire,
		server_ip,
		nsid AS nsid_octets,
		first_ns,
		last_ns
	FROM period JOIN zone USING (zone_id) JOIN sets USING (zone_id)
)
