-- SPDX-License-Identifier: BSD-2-Clause
-- Not a report: the rows of report qtypes that are about DNSKEY, for the picture of the summary.
width (w, coarse_s) AS (SELECT bin_s, coarse_s FROM whole),
asked AS (
	SELECT t_s, queries, iif(coarse_s IS NULL, w, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
	FROM width, key_bin -- shared.sql
),
summed AS (SELECT t_s / wide * wide AS t_s, max(wide) AS bin_s, sum(queries) AS queries FROM asked GROUP BY 1),
report AS (
	SELECT
		strftime('%Y-%m-%dT%H:%M:%SZ', t_s, 'unixepoch') AS t,
		'DNSKEY' AS qtype,
		queries,
		queries * 1.0 / bin_s AS qps,
		bin_s,
		t_s
	FROM summed
)
