-- SPDX-License-Identifier: BSD-2-Clause
-- Queries and responses per bin and type, and which type explains the growth.
width (w, whole_span, coarse_s, stored) AS ( -- coarse_s NULL: all as wide as asked for; stored: the widest there are
	SELECT iif(step_s > 0, step_s, bin_s), coalesce(step_s < 0, 0), iif(step_s > 0, NULL, coarse_s),
		iif(EXISTS (SELECT 1 FROM coarse), coarse_s, bin_s)
	FROM option, whole
),
-- Bins that begin in the time asked for, folded into rows of the width; as limits that an index can serve.
kept AS (
	SELECT
		width.*,
		iif(from_ns IS NULL, -9223372036854775807, (from_ns / 1000000000 + (from_ns % 1000000000 > 0) + w - 1) / w * w) AS low_s,
		iif(to_ns IS NULL, 9223372036854000000, (to_ns / 1000000000 + (to_ns % 1000000000 > 0) + w - 1) / w * w) AS end_s
	FROM option, width
),
-- The first quarter of the bins against the rest, as rates; the span is that of all servers. Here too the width and the
-- limits: to name an expression is to have it compiled with all that it names in turn.
quarter AS (
	SELECT *, (a + (b - a + 1) / 4) * stored AS edge_s, (b - a + 1) / 4 AS n_before, b - a + 1 - (b - a + 1) / 4 AS n_after
	FROM (
		SELECT
			kept.*,
			min((SELECT min(t_s) FROM bin WHERE bin.run_id = run.run_id AND t_s >= low_s AND t_s < end_s)) / stored AS a,
			max((SELECT max(t_s) FROM bin WHERE bin.run_id = run.run_id AND t_s >= low_s AND t_s < end_s)) / stored AS b
		FROM run, kept
	)
),
-- Rows come in order of time: behind the last one that is asked for only what grew is of interest. Each time at which a
-- message was seen has a row at least. (Bins that were added up are left out of this, for rows of several widths do not
-- follow from the times alone.)
reach (last_s) AS MATERIALIZED ( -- NULL: all is read
	SELECT iif(count(*) = most, max(t_s) + w, NULL)
	FROM (
		SELECT DISTINCT t_s / w * w AS t_s, w, most
		FROM option CROSS JOIN kept CROSS JOIN (
			SELECT t_s FROM bin, option WHERE most IS NOT NULL AND (server IS NULL OR ip = server) GROUP BY run_id, t_s
		)
		WHERE coarse_s IS NULL AND NOT whole_span AND t_s >= low_s AND t_s < end_s
		ORDER BY 1
		LIMIT (SELECT coalesce(most, 0) FROM option)
	)
),
-- The bins in question; what is within a time whose bins were added up is as wide as they are.
placed AS (
	SELECT t_s, qtype, queries, responses, query_dns_bytes, response_dns_bytes, edge_s, low_s, end_s,
		iif(coarse_s IS NULL, w, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
	FROM quarter CROSS JOIN option CROSS JOIN reach CROSS JOIN run CROSS JOIN bin USING (run_id)
	WHERE NOT whole_span AND bin.t_s >= low_s AND bin.t_s < coalesce(last_s, end_s + coalesce(coarse_s, 0))
		AND (server IS NULL OR ip = server)
),
-- One pass over the bins; of the whole span there is no time to sort them by. What lies before the edge is told by bins
-- as stored, so that growth does not depend on the step.
summed AS MATERIALIZED (
	SELECT t_s / wide * wide AS t_s, max(wide) AS bin_s, qtype,
		sum(queries) AS queries, sum(responses) AS responses,
		sum(query_dns_bytes) AS query_bytes, sum(response_dns_bytes) AS response_bytes,
		sum(iif(t_s < edge_s, queries, 0)) AS before
	FROM placed
	WHERE t_s / wide * wide >= low_s AND t_s / wide * wide < end_s
	GROUP BY 1, 3
	UNION ALL
	SELECT NULL, NULL, qtype,
		sum(queries) AS queries, sum(responses) AS responses,
		sum(query_dns_bytes) AS query_bytes, sum(response_dns_bytes) AS response_bytes,
		sum(iif(t_s < edge_s, queries, 0)) AS before
	FROM quarter CROSS JOIN option CROSS JOIN run CROSS JOIN bin USING (run_id)
	WHERE whole_span AND bin.t_s >= low_s AND bin.t_s < end_s AND (server IS NULL OR ip = server)
	GROUP BY 3
),
grown AS (
	SELECT qtype, queries, before FROM summed, reach WHERE last_s IS NULL
	UNION ALL
	SELECT qtype, sum(queries), sum(iif(t_s < edge_s, queries, 0))
	FROM reach CROSS JOIN quarter CROSS JOIN option CROSS JOIN run CROSS JOIN bin USING (run_id)
	WHERE last_s IS NOT NULL AND bin.t_s >= low_s AND bin.t_s < end_s AND (server IS NULL OR ip = server)
	GROUP BY qtype
),
increase AS MATERIALIZED (
	SELECT qtype, total(queries - before) / n_after - total(before) / nullif(n_before, 0) AS qpb
	FROM grown, quarter
	GROUP BY qtype
),
increase_all (qpb) AS MATERIALIZED (SELECT sum(qpb) FROM increase),
extent (from_s, seconds) AS (
	SELECT
		max(first_ns, coalesce(from_ns, first_ns)) / 1000000000,
		nullif(min(last_ns, coalesce(to_ns, last_ns)) - max(first_ns, coalesce(from_ns, first_ns)), 0) / 1e9
	FROM whole, option
),
report AS (
	SELECT
		strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(t_s, from_s), 'unixepoch') AS t,
		coalesce(name, 'TYPE' || summed.qtype) AS qtype,
		queries,
		responses,
		queries * 1.0 / coalesce(bin_s, seconds) AS qps,
		query_bytes,
		response_bytes,
		iif(increase_all.qpb > 0, increase.qpb / increase_all.qpb, NULL) AS share_of_increase,
		bin_s,
		t_s,
		summed.qtype AS code
	FROM summed CROSS JOIN extent CROSS JOIN increase_all
		LEFT JOIN increase ON increase.qtype = summed.qtype LEFT JOIN rrtype ON rrtype.code = summed.qtype
)
