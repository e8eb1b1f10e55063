-- SPDX-License-Identifier: BSD-2-Clause
-- Who asks, and whose traffic is mostly keys and signatures.
-- The tags are judgements (judge/traits.sql): a source without a row there is background.
-- Where the foremost are enough they are found by their queries alone, and all else is added up of them only.
seen AS MATERIALIZED (
	SELECT run.run_id, queries_only OR responses_only AS one_sided, floor
	FROM run LEFT JOIN bound ON bound.run_id = run.run_id AND name = 'source'
),
foremost AS MATERIALIZED (
	SELECT ip
	FROM seen CROSS JOIN source USING (run_id)
	WHERE (SELECT most FROM option) IS NOT NULL
	GROUP BY ip
	ORDER BY sum(queries) - cast(total(floor) AS INTEGER) DESC, length(ip), ip
	LIMIT (SELECT coalesce(most, 0) FROM option)
),
looked_at AS (
	SELECT one_sided, floor, ip, address, queries, err, responses, dnskey_queries, query_dns_bytes, response_dns_bytes,
		sigkey_dns_bytes, tcp_query_dns_bytes, tcp_response_dns_bytes, first_ns, last_ns
	FROM foremost CROSS JOIN seen CROSS JOIN source USING (run_id, ip)
	UNION ALL
	SELECT one_sided, floor, ip, address, queries, err, responses, dnskey_queries, query_dns_bytes, response_dns_bytes,
		sigkey_dns_bytes, tcp_query_dns_bytes, tcp_response_dns_bytes, first_ns, last_ns
	FROM seen CROSS JOIN source USING (run_id)
	WHERE (SELECT most FROM option) IS NULL
),
-- As view all_source.
summed AS (
	SELECT
		ip,
		max(address) AS address,
		sum(queries) + cast((SELECT total(floor) FROM seen) - total(floor) AS INTEGER) AS queries,
		sum(err) + cast((SELECT total(floor) FROM seen) - total(floor) AS INTEGER) AS err,
		sum(responses) AS responses,
		sum(dnskey_queries) AS dnskey_queries,
		sum(query_dns_bytes) AS query_dns_bytes,
		sum(response_dns_bytes) AS response_dns_bytes,
		sum(sigkey_dns_bytes) AS sigkey_dns_bytes,
		sum(iif(one_sided, NULL, query_dns_bytes - tcp_query_dns_bytes)) AS udp_query_dns_bytes,
		sum(iif(one_sided, NULL, response_dns_bytes - tcp_response_dns_bytes)) AS udp_response_dns_bytes,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM looked_at
	GROUP BY ip
),
shared AS (
	SELECT *,
		dnskey_queries * 1.0 / nullif(queries - err, 0) AS dnskey_share,
		sigkey_dns_bytes * 1.0 / nullif(response_dns_bytes, 0) AS sigkey_share
	FROM summed
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
