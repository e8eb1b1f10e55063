-- SPDX-License-Identifier: BSD-2-Clause
-- What comes back for an octet asked, by type, over UDP: TCP cannot be aimed at others by a forged source.
-- Runs that saw one direction only count, but not in the factors.
part AS (
	SELECT qtype,
		sum(queries) AS queries,
		sum(responses) AS responses,
		sum(query_dns_bytes) AS query_bytes,
		sum(response_dns_bytes) AS response_bytes,
		sum(iif(one_sided, NULL, query_dns_bytes)) AS query_dns,
		sum(iif(one_sided, NULL, response_dns_bytes)) AS response_dns,
		sum(iif(one_sided, NULL, query_ip_bytes)) AS query_ip,
		sum(iif(one_sided, NULL, response_ip_bytes)) AS response_ip
	FROM udp_type -- of the time asked for: amplification-own.sql
	GROUP BY qtype
),
report AS (
	SELECT
		coalesce(name, 'TYPE' || qtype) AS qtype,
		queries,
		responses,
		query_bytes,
		response_bytes,
		response_dns * 1.0 / nullif(query_dns, 0) AS baf,
		response_ip * 1.0 / nullif(query_ip, 0) AS baf_ip,
		NULL AS source,
		part.qtype AS code
	FROM part LEFT JOIN rrtype ON rrtype.code = part.qtype
)
