-- SPDX-License-Identifier: BSD-2-Clause
-- DNSKEY and DS load by how deep the name lies, reverse and telephone number trees apart.
-- Zones by the end of their wire form: what ends so and has the labels lies in the tree.
placed AS MATERIALIZED (
	SELECT
		labels,
		CASE
			WHEN labels >= 2 AND substr(name_wire, -14) = x'07696e2d61646472046172706100' THEN 'in-addr.arpa.'
			WHEN labels >= 2 AND substr(name_wire, -10) = x'03697036046172706100' THEN 'ip6.arpa.'
			WHEN labels >= 2 AND substr(name_wire, -11) = x'0465313634046172706100' THEN 'e164.arpa.'
			ELSE 'other'
		END AS tree,
		zone_id
	FROM zone
	WHERE zone_id IN (SELECT zone_id FROM run_zone WHERE answered)
),
zones AS MATERIALIZED (SELECT tree, labels, count(*) AS n FROM placed GROUP BY tree, labels),
again AS MATERIALIZED (
	SELECT tree, labels, sum(requeries) AS n FROM run_zone JOIN placed USING (zone_id) GROUP BY tree, labels
),
report AS (
	SELECT
		tree,
		labels AS depth,
		coalesce((SELECT n FROM zones WHERE zones.tree = depth.tree AND zones.labels = depth.labels), 0) AS zones,
		sum(dnskey_queries) AS dnskey_queries,
		sum(ds_queries) AS ds_queries,
		(sum(dnskey_queries) + sum(ds_queries)) * 1.0
			/ nullif((SELECT sum(dnskey_queries) + sum(ds_queries) FROM depth), 0) AS share,
		-- Unknown where answers were not captured.
		iif((SELECT one_sided FROM whole), NULL,
			coalesce((SELECT n FROM again WHERE again.tree = depth.tree AND again.labels = depth.labels), 0)) AS requeries
	FROM depth
	GROUP BY tree, labels
)
