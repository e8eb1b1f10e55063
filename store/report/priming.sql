-- SPDX-License-Identifier: BSD-2-Clause
-- Who asks for the name servers of the root, and how often keys are asked for right behind it.
report AS (
	SELECT
		max(address) AS source,
		sum(priming_queries) AS priming_queries,
		sum(primed_queries) AS primed_queries,
		sum(primed_queries) * 1.0 / sum(priming_queries) AS primed_share,
		ip AS source_ip
	FROM manner
	WHERE priming_queries > 0
	GROUP BY ip
)
