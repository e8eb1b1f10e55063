-- SPDX-License-Identifier: BSD-2-Clause
-- No report: sums that stand before each report that names them. Where several of them are asked of one database they are
-- made once (shared.c).
-- Queries for keys, bin by bin.
key_bin AS (
	SELECT run_id, t_s, sum(queries) AS queries FROM bin WHERE qtype = 48 GROUP BY run_id, t_s
),
-- Of each source and zone over all runs what tells who asks most, who asks again and who is heavy: as in view all_flow, of
-- which the rest is not needed.
flow_run AS MATERIALIZED (
	SELECT run.run_id, queries_only, responses_only, floor
	FROM run LEFT JOIN bound ON bound.run_id = run.run_id AND name = 'flow'
),
flow_sum AS (
	SELECT
		zone_id,
		ip,
		sum(iif(responses_only, NULL, queries)) + cast((SELECT total(floor) FROM flow_run) - total(floor) AS INTEGER) AS queries,
		sum(err) + cast((SELECT total(floor) FROM flow_run) - total(floor) AS INTEGER) AS err,
		sum(iif(queries_only OR responses_only, NULL, rq_hot + rq_warm + rq_cool)) AS again,
		sum(iif(queries_only OR responses_only, NULL, queries - err - rq_retransmit)) AS classed,
		sum(iif(queries_only, NULL, response_dns_bytes)) AS response_dns_bytes
	FROM flow_run CROSS JOIN flow USING (run_id)
	GROUP BY zone_id, ip
),
