-- SPDX-License-Identifier: BSD-2-Clause
-- Who began to set CD. The bit alone is no alarm, nor are a few queries with it: BIND looks up its servers' addresses
-- so. An alarm is a source that had twenty queries and more without it, and from then on sets it in at least half,
-- ten or more; or one that asks again with CD for what it was refused.
changed AS (
	SELECT
		ip,
		max(address) AS address,
		max(plain_before) AS plain_before,
		sum(cd_queries) AS cd_queries,
		sum(cd_retries) AS retries,
		min(cd_first_ns) AS first_ns,
		max(cd_last_ns) AS last_ns,
		(SELECT sum(source.queries) FROM run CROSS JOIN source USING (run_id) WHERE source.ip = manner.ip) AS queries
	FROM manner
	WHERE plain_before IS NOT NULL
	GROUP BY ip
),
report AS (
	SELECT
		address AS source,
		queries,
		plain_before,
		cd_queries,
		min(1.0, cd_queries * 1.0 / nullif(queries - plain_before, 0)) AS cd_share,
		retries,
		CASE
			WHEN retries > 0 THEN 'after-servfail'
			WHEN plain_before >= 20 AND cd_queries >= 10 AND cd_queries * 2 >= queries - plain_before THEN 'changed'
		END AS alarm,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		ip AS source_ip,
		first_ns,
		last_ns
	FROM changed
)
