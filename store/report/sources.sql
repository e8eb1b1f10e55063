-- SPDX-License-Identifier: BSD-2-Clause
-- Who asks, and whose traffic is mostly keys and signatures.
-- A source stands out when its share is three times that of the whole database. The caps keep that
-- possible where the whole is already high: half of one's queries for DNSKEY, or nine tenths of one's
-- response octets in keys and signatures, is no ordinary resolver anywhere.
everybody (dnskey_bar, sigkey_bar) AS (
	SELECT
		min(0.5, 3.0 * sum(dnskey_queries) / nullif(sum(queries), 0)),
		min(0.9, 3.0 * sum(sigkey_dns_bytes) / nullif(sum(response_dns_bytes), 0))
	FROM (
		SELECT queries, dnskey_queries, response_dns_bytes, sigkey_dns_bytes FROM source
		UNION ALL SELECT queries, dnskey_queries, response_dns_bytes, sigkey_dns_bytes FROM source_rest
	)
),
shared AS (
	SELECT *,
		dnskey_queries * 1.0 / nullif(queries, 0) AS dnskey_share,
		sigkey_dns_bytes * 1.0 / nullif(response_dns_bytes, 0) AS sigkey_share
	FROM all_source
),
tagged AS (
	SELECT *,
		coalesce(dnskey_queries >= 10 AND dnskey_share >= dnskey_bar, 0) AS dnskey_heavy,
		coalesce(response_dns_bytes >= 10000 AND sigkey_share >= sigkey_bar, 0) AS rrsig_heavy
	FROM shared, everybody
),
report AS (
	SELECT
		address AS source,
		queries,
		responses,
		dnskey_queries,
		dnskey_share,
		sigkey_share AS rrsig_bytes_share,
		CASE
			WHEN dnskey_heavy AND rrsig_heavy THEN 'dnskey-heavy,rrsig-heavy'
			WHEN dnskey_heavy THEN 'dnskey-heavy'
			WHEN rrsig_heavy THEN 'rrsig-heavy'
			ELSE 'background'
		END AS flow,
		query_dns_bytes AS query_bytes,
		response_dns_bytes AS response_bytes,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		ip AS source_ip,
		first_ns,
		last_ns
	FROM tagged
)
