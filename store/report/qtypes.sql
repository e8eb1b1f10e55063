-- SPDX-License-Identifier: BSD-2-Clause
-- Queries and responses per bin and type, and which type explains the growth.
width (w, whole_span, coarse_s) AS ( -- coarse_s NULL: all as wide as asked for
	SELECT iif(step_s > 0, step_s, bin_s), coalesce(step_s < 0, 0), iif(step_s > 0, NULL, coarse_s) FROM option, whole
),
-- The widest of the bins as stored.
stored (s) AS (
	SELECT iif(EXISTS (SELECT 1 FROM coarse), coarse_s, bin_s) FROM whole
),
part AS (
	SELECT run_id, t_s, qtype, sum(queries) AS queries, sum(responses) AS responses,
		sum(query_dns_bytes) AS query_dns_bytes, sum(response_dns_bytes) AS response_dns_bytes
	FROM bin, option
	WHERE server IS NULL OR ip = server
	GROUP BY run_id, t_s, qtype
),
placed AS (
	SELECT part.*, iif(part.t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide FROM part, width
),
chosen AS MATERIALIZED (
	SELECT
		t_s / wide * wide AS t_s,
		wide,
		t_s / s AS number, -- of the bin as stored; growth must not depend on the step
		qtype,
		queries,
		responses,
		query_dns_bytes,
		response_dns_bytes
	FROM placed, stored, option
	WHERE (from_ns IS NULL OR t_s / wide * wide * 1000000000 >= from_ns) AND (to_ns IS NULL OR t_s / wide * wide * 1000000000 < to_ns)
),
-- The first quarter of the bins against the rest, as rates; the span is that of all servers.
edges (a, b) AS (
	SELECT min(t_s) / s, max(t_s) / s
	FROM (
		SELECT t_s, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide
		FROM (SELECT DISTINCT run_id, t_s FROM bin), width
	), stored, option
	WHERE (from_ns IS NULL OR t_s / wide * wide * 1000000000 >= from_ns) AND (to_ns IS NULL OR t_s / wide * wide * 1000000000 < to_ns)
),
quarter (first_number, n_before, n_after) AS (
	SELECT a, (b - a + 1) / 4, b - a + 1 - (b - a + 1) / 4 FROM edges
),
increase AS (
	SELECT qtype,
		total(queries) FILTER (WHERE number >= first_number + n_before) / n_after
			- total(queries) FILTER (WHERE number < first_number + n_before) / nullif(n_before, 0) AS qpb
	FROM chosen, quarter
	GROUP BY qtype
),
increase_all (qpb) AS (SELECT sum(qpb) FROM increase),
extent (from_s, seconds) AS (
	SELECT
		max(first_ns, coalesce(from_ns, first_ns)) / 1000000000,
		nullif(min(last_ns, coalesce(to_ns, last_ns)) - max(first_ns, coalesce(from_ns, first_ns)), 0) / 1e9
	FROM whole, option
),
summed AS (
	SELECT iif(whole_span, from_s, t_s) AS t_s, qtype, iif(whole_span, seconds, max(wide)) AS seconds,
		iif(whole_span, NULL, max(wide)) AS bin_s,
		sum(queries) AS queries, sum(responses) AS responses,
		sum(query_dns_bytes) AS query_bytes, sum(response_dns_bytes) AS response_bytes
	FROM chosen, width, extent
	GROUP BY 1, qtype
),
report AS (
	SELECT
		strftime('%Y-%m-%dT%H:%M:%SZ', t_s, 'unixepoch') AS t,
		coalesce(name, 'TYPE' || qtype) AS qtype,
		queries,
		responses,
		queries * 1.0 / seconds AS qps,
		query_bytes,
		response_bytes,
		iif(increase_all.qpb > 0, increase.qpb / increase_all.qpb, NULL) AS share_of_increase,
		bin_s,
		t_s,
		summed.qtype AS code
	FROM summed JOIN increase USING (qtype) JOIN increase_all LEFT JOIN rrtype ON rrtype.code = summed.qtype
)
