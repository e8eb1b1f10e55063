-- SPDX-License-Identifier: BSD-2-Clause
-- Who asks, and whose traffic is mostly keys and signatures.
-- The tags are judgements (judge/traits.sql): a source without a row there is background.
shared AS (
	SELECT *,
		dnskey_queries * 1.0 / nullif(queries - err, 0) AS dnskey_share,
		sigkey_dns_bytes * 1.0 / nullif(response_dns_bytes, 0) AS sigkey_share
	FROM all_source
),
report AS (
	SELECT
		address AS source,
		queries,
		responses,
		dnskey_queries,
		dnskey_share,
		sigkey_share AS rrsig_bytes_share,
		iif((SELECT 1 FROM judged) IS NULL, NULL,
			coalesce((SELECT flow FROM trait WHERE trait.ip = shared.ip), 'background')) AS flow,
		query_dns_bytes AS query_bytes,
		response_dns_bytes AS response_bytes,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		err,
		udp_response_dns_bytes * 1.0 / nullif(udp_query_dns_bytes, 0) AS baf,
		ip AS source_ip,
		first_ns,
		last_ns
	FROM shared
)
