-- SPDX-License-Identifier: BSD-2-Clause
-- What comes back for an octet asked, by who gets it, over UDP: the prefixes of sources by octets answered. What was
-- seen counts (queries without err), so that octets and queries are of the same messages.
width AS MATERIALIZED (
	SELECT
		len4,
		len6,
		iif(len4 <= 24, 24, NULL) AS rest4,
		CASE WHEN len6 <= 48 THEN 48 WHEN len6 <= 64 THEN 64 END AS rest6,
		from_ns,
		to_ns
	FROM option
),
part AS (
	SELECT
		ks_net(ip, len4, len6) AS net,
		queries - err - tcp_queries AS queries,
		responses - tcp_responses AS responses,
		query_dns_bytes - tcp_query_dns_bytes AS query_bytes,
		response_dns_bytes - tcp_response_dns_bytes AS response_bytes,
		queries_only OR responses_only AS one_sided,
		source.first_ns,
		source.last_ns
	FROM source JOIN run USING (run_id), width
	UNION ALL
	SELECT
		ks_net(ip, len4, len6),
		queries - err - tcp_queries,
		responses - tcp_responses,
		query_dns_bytes - tcp_query_dns_bytes,
		response_dns_bytes - tcp_response_dns_bytes,
		queries_only OR responses_only,
		source_net.first_ns,
		source_net.last_ns
	FROM source_net JOIN run USING (run_id), width
	WHERE bits = iif(length(ip) = 4, rest4, rest6)
),
report AS (
	SELECT
		NULL AS qtype,
		sum(queries) AS queries,
		sum(responses) AS responses,
		sum(query_bytes) AS query_bytes,
		sum(response_bytes) AS response_bytes,
		sum(iif(one_sided, NULL, response_bytes)) * 1.0 / nullif(sum(iif(one_sided, NULL, query_bytes)), 0) AS baf,
		NULL AS baf_ip,
		ks_net_text(net, len4, len6) AS source,
		net AS code
	FROM part, width
	WHERE (from_ns IS NULL OR last_ns >= from_ns) AND (to_ns IS NULL OR first_ns < to_ns)
	GROUP BY net
	HAVING sum(queries) + sum(responses) > 0
)
