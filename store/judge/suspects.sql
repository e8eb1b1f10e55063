-- SPDX-License-Identifier: BSD-2-Clause
-- Whoever may be a cause, for the judge: temporary tables, one row a source and zone. Work: the flows of zones with a storm,
-- and of sources that were followed.

-- Counts of a (source, zone). Followed: who repeats is; in the zones of storms also who asks for a thousandth of all.
CREATE TEMP TABLE cause_flow AS
WITH
	stormy AS MATERIALIZED (
		SELECT zone_id, (
				SELECT sum(dnskey_queries) FROM run CROSS JOIN run_zone USING (run_id)
				WHERE run_zone.zone_id = found.zone_id
			) AS queries
		FROM (SELECT DISTINCT zone_id FROM storm) AS found
	),
	loud AS (
		SELECT flow.zone_id, flow.ip
		FROM stormy CROSS JOIN run CROSS JOIN flow ON flow.run_id = run.run_id AND flow.zone_id = stormy.zone_id
		GROUP BY flow.zone_id, flow.ip
		HAVING sum(flow.queries) >= 3 AND sum(flow.queries) * 1000 >= stormy.queries
		ORDER BY sum(flow.queries) DESC, length(flow.ip), flow.ip
		LIMIT 4096
	),
	named AS (SELECT zone_id, ip FROM habit UNION SELECT zone_id, ip FROM loud)
SELECT
	zone_id,
	ip,
	max(flow.address) AS address,
	sum(flow.queries) AS queries,
	sum(iif(queries_only OR responses_only, NULL, rq_hot + rq_warm + rq_cool)) AS requeries,
	sum(iif(queries_only OR responses_only, NULL, flow.queries - err - rq_retransmit)) AS classed,
	sum(iif(queries_only OR responses_only, NULL, responses)) AS answered,
	sum(response_dns_bytes) * 1.0 / nullif(sum(responses), 0) AS answer_bytes,
	min(flow.first_ns) AS first_ns,
	max(flow.last_ns) AS last_ns,
	zone_id IN (SELECT zone_id FROM stormy) AS in_storm
-- All flows once: to look for each in every run takes many times as long as to pass by those not meant.
FROM run CROSS JOIN flow USING (run_id)
WHERE NOT responses_only AND (+zone_id, +ip) IN named
GROUP BY zone_id, ip;

-- Who asks again most of the time, and who is loud in a storm; the foremost of them.
CREATE TEMP TABLE cause_suspect AS
SELECT *
FROM cause_flow
WHERE in_storm OR (requeries >= 2 AND requeries * 2 >= classed)
ORDER BY queries DESC, length(ip), ip, zone_id
LIMIT 4096;
CREATE INDEX temp.cause_suspect_ip ON cause_suspect (ip);
CREATE INDEX temp.cause_suspect_flow ON cause_suspect (zone_id, ip);
