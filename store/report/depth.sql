-- SPDX-License-Identifier: BSD-2-Clause
-- DNSKEY and DS load by how deep the name lies, reverse and telephone number trees apart.
-- The trees by the end of their wire form: what ends so and has the labels lies in them.
asked AS MATERIALIZED (
	SELECT zone_id, sum(dnskey_queries) AS dnskey_queries, sum(ds_queries) AS ds_queries, max(answered) AS answered
	FROM run_zone
	GROUP BY zone_id
	HAVING sum(dnskey_queries) + sum(ds_queries) > 0
),
again AS MATERIALIZED (SELECT zone_id, sum(rq_hot + rq_warm + rq_cool) AS n FROM zone_bin GROUP BY zone_id),
placed AS (
	SELECT
		asked.*,
		labels,
		CASE
			WHEN labels >= 2 AND substr(name_wire, -14) = x'07696e2d61646472046172706100' THEN 'in-addr.arpa.'
			WHEN labels >= 2 AND substr(name_wire, -10) = x'03697036046172706100' THEN 'ip6.arpa.'
			WHEN labels >= 2 AND substr(name_wire, -11) = x'0465313634046172706100' THEN 'e164.arpa.'
			ELSE 'other'
		END AS tree,
		(SELECT n FROM again WHERE again.zone_id = asked.zone_id) AS requeries
	FROM asked JOIN zone USING (zone_id)
),
report AS (
	SELECT
		tree,
		labels AS depth,
		count(*) AS names,
		sum(answered) AS zones,
		sum(dnskey_queries) AS dnskey_queries,
		sum(ds_queries) AS ds_queries,
		(sum(dnskey_queries) + sum(ds_queries)) * 1.0
			/ nullif((SELECT sum(dnskey_queries) + sum(ds_queries) FROM asked), 0) AS share,
		-- Unknown where answers were not captured.
		iif((SELECT one_sided FROM whole), NULL, coalesce(sum(requeries), 0)) AS requeries
	FROM placed
	GROUP BY tree, labels
)
