-- SPDX-License-Identifier: BSD-2-Clause
-- Why packets did not count as DNS, and what else one should know before believing the rest.
-- The counters of kind packet add up to `packets`.
merged AS (
	SELECT name, kind, sum(value) AS value, min(note) AS note, min(position) AS position
	FROM counter
	WHERE value > 0 OR name IN ('packets', 'dns', 'not_dns', 'fragments_pending') -- most are 0, in every run
	GROUP BY kind, name
),
report AS (
	SELECT name AS counter, value, note, kind, position, NULL AS hash,
		CASE kind WHEN 'total' THEN 0 WHEN 'packet' THEN 1 WHEN 'loss' THEN 2 ELSE 3 END AS place
	FROM merged
	WHERE CASE kind
		WHEN 'total' THEN name = 'packets'
		WHEN 'packet' THEN value > 0 OR name IN ('dns', 'not_dns', 'fragments_pending')
		ELSE value > 0
	END
	UNION ALL
	SELECT 'input', packets, path || ': ' || iif(note = '', state, note), 'input', 0, hash, 4
	FROM input
	WHERE state <> 'whole'
	UNION ALL
	SELECT 'sources_summed', sum(sources), 'sources without a row of their own, for there are too many: they count in totals, not in report sources',
		'notice', 1000, NULL, 3
	FROM source_rest
	HAVING count(*) > 0
	UNION ALL
	SELECT 'events_left_out', events, 'events of zones to which more than 1024 things happened: not in rollovers', 'notice', 1001, NULL, 3
	FROM event_rest
	WHERE events > 0
	UNION ALL
	SELECT 'zones_judged_in_part', zones, 'zones of which so many different records were seen that events may be missing in rollovers', 'notice', 1002, NULL, 3
	FROM event_rest
	WHERE zones > 0
	UNION ALL
	SELECT 'kernel_drops', sum(kernel), 'packets lost in ' || count(DISTINCT t_s) || ' bins because the ring was full, marked in report traffic: give more --ring, or a narrower --filter',
		'loss', -2, NULL, 2
	FROM drops
	WHERE kernel > 0
	HAVING count(*) > 0
	UNION ALL
	SELECT 'interface_drops', sum(device), 'packets that the interface dropped in ' || count(DISTINCT t_s) || ' bins, marked in report traffic; some may be of protocols that nobody here speaks',
		'loss', -1, NULL, 2
	FROM drops
	WHERE device > 0
	HAVING count(*) > 0
)
