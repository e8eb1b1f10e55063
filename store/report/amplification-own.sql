-- SPDX-License-Identifier: BSD-2-Clause
-- The view udp_type for our own queries, and for a time that is asked for: without sorting the bins by type.
udp_type (qtype, one_sided, queries, responses, query_dns_bytes, response_dns_bytes, query_ip_bytes, response_ip_bytes) AS (
	WITH RECURSIVE
		folded (sums) AS MATERIALIZED (
			SELECT ks_fold(qtype * 2 + (queries_only OR responses_only), queries, responses, query_dns_bytes,
				response_dns_bytes, query_ip_bytes, response_ip_bytes)
			FROM option CROSS JOIN run CROSS JOIN bin USING (run_id)
			WHERE transport = 0
				AND (from_ns IS NULL OR t_s * 1000000000 >= from_ns) AND (to_ns IS NULL OR t_s * 1000000000 < to_ns)
		),
		place (n, at) AS (
			SELECT 1, 1 FROM folded WHERE sums IS NOT NULL
			UNION ALL
			SELECT n + 1, at + 7 FROM place CROSS JOIN folded WHERE n < ks_part(sums, 0)
		)
	SELECT ks_part(sums, at) >> 1, ks_part(sums, at) & 1, ks_part(sums, at + 1), ks_part(sums, at + 2),
		ks_part(sums, at + 3), ks_part(sums, at + 4), ks_part(sums, at + 5), ks_part(sums, at + 6)
	FROM folded CROSS JOIN place
),
