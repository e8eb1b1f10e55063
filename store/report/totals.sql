-- SPDX-License-Identifier: BSD-2-Clause
-- Everything added up, one row.
report AS (
	SELECT
		sum(value) FILTER (WHERE name = 'packets') AS packets,
		sum(value) FILTER (WHERE name = 'dns_messages') AS dns_messages,
		sum(value) FILTER (WHERE name = 'queries') AS queries,
		sum(value) FILTER (WHERE name = 'responses') AS responses,
		sum(value) FILTER (WHERE name = 'udp') AS udp,
		sum(value) FILTER (WHERE name = 'tcp') AS tcp,
		sum(value) FILTER (WHERE name = 'ipv4') AS ipv4,
		sum(value) FILTER (WHERE name = 'ipv6') AS ipv6,
		sum(value) FILTER (WHERE name = 'do_queries') AS do_queries,
		sum(value) FILTER (WHERE name = 'tc_responses') AS tc_responses,
		sum(value) FILTER (WHERE name = 'icmp_quoted') AS icmp_quoted,
		(SELECT sources FROM source_count) AS sources,
		sum(value) FILTER (WHERE name = 'malformed') AS malformed,
		sum(value) FILTER (WHERE name = 'query_bytes') AS query_bytes,
		sum(value) FILTER (WHERE name = 'response_bytes') AS response_bytes
	FROM run CROSS JOIN counter USING (run_id)
	WHERE kind = 'total'
)
