-- SPDX-License-Identifier: BSD-2-Clause
-- A zone's key traffic bin by bin, with what happened to it.
-- The longest report there is: a row for each zone and bin. Where no bin needs folding rows go as they are stored, and
-- of those that come in order no more are made than are asked for.
width (w, whole_span, coarse_s) AS ( -- coarse_s NULL: all as wide as asked for
	SELECT iif(step_s > 0, step_s, bin_s), coalesce(step_s < 0, 0), iif(step_s > 0, NULL, coarse_s) FROM option, whole
),
-- Bins that begin in the time asked for, folded into rows of the width; as limits of stored bins.
kept AS (
	SELECT
		width.*,
		iif(from_ns IS NULL, -9223372036854775807, (from_ns / 1000000000 + (from_ns % 1000000000 > 0) + w - 1) / w * w) AS low_s,
		iif(to_ns IS NULL, 9223372036854000000, (to_ns / 1000000000 + (to_ns % 1000000000 > 0) + w - 1) / w * w) AS end_s
	FROM option, width
),
-- With the width and the limits: to name an expression is to have it compiled with all that it names in turn.
manner AS (
	SELECT kept.*, CASE
			WHEN whole_span THEN 'whole'
			WHEN (SELECT count(*) FROM run) = 1 AND w = bin_s AND kept.coarse_s IS NULL THEN 'as stored'
			ELSE 'folded'
		END AS way
	FROM kept, whole
),
place AS MATERIALIZED (
	SELECT zone_id, name, name_wire, row_number() OVER (ORDER BY name, zone_id) AS place
	FROM zone, option
	WHERE option.zone IS NULL OR name_wire = option.zone
),
-- What was seen, and what the calendar has for the time of the capture.
known AS (
	SELECT zone_id, t_ns, event_id, kind || coalesce(' ' || tag, '') AS what FROM event
	UNION ALL
	SELECT zone_id, t_ns, 0, event || coalesce(' ' || tag, '') || ' (calendar)'
	FROM milestone JOIN zone ON zone.name_wire = milestone.zone_wire, whole
	WHERE t_ns >= first_ns AND t_ns <= last_ns
),
happened AS MATERIALIZED (
	SELECT zone_id, t_s, max(wide) AS wide, group_concat(what, ', ') AS events
	FROM (
		SELECT zone_id, CAST(iif(whole_span, 0, s / wide * wide) AS INTEGER) AS t_s, wide, what
		FROM (
			SELECT known.*, kept.*, t_ns / 1000000000 AS s,
				iif(coarse_s IS NULL, w, iif(t_ns / 1000000000 / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
			FROM known, kept
		)
		WHERE s / wide * wide >= low_s AND s / wide * wide < end_s
		ORDER BY zone_id, t_ns, event_id, what
	)
	GROUP BY zone_id, t_s
),
-- Of zones, in order, no more than have the rows that are asked for. (Where bins were added up the rows of a zone are not
-- so easily counted: then all.)
reached (place, n) AS (
	SELECT 0, 0 FROM manner, option WHERE way = 'folded' AND coarse_s IS NULL AND most IS NOT NULL
	UNION ALL
	SELECT place.place, n + (
			SELECT count(DISTINCT t_s / w)
			FROM run CROSS JOIN zone_bin ON zone_bin.run_id = run.run_id AND zone_bin.zone_id = place.zone_id
			WHERE t_s >= low_s AND t_s < end_s
		)
	FROM reached CROSS JOIN option CROSS JOIN kept CROSS JOIN place ON place.place = reached.place + 1
	WHERE n < most
),
wanted AS MATERIALIZED (
	SELECT place.*
	FROM (SELECT max(place) AS last FROM reached) CROSS JOIN place
	WHERE last IS NULL OR place <= last
),
asked AS (
	SELECT place, zone_id, t_s, queries, rq_hot + rq_warm + rq_cool AS requeries, queries - rq_retransmit AS transactions,
		zone_bin.response_dns_bytes AS response_bytes, sources_new, queries_only, responses_only
	FROM manner CROSS JOIN run CROSS JOIN place CROSS JOIN zone_bin USING (run_id, zone_id)
	WHERE way = 'as stored' AND t_s >= low_s AND t_s < end_s
	UNION ALL
	SELECT place, zone_id, CAST(t_s / wide * wide AS INTEGER), sum(queries), sum(requeries), sum(transactions),
		sum(response_bytes), sum(sources_new), max(queries_only), max(responses_only)
	FROM (
		SELECT place, zone_id, t_s, low_s, end_s, queries, rq_hot + rq_warm + rq_cool AS requeries,
			queries - rq_retransmit AS transactions, zone_bin.response_dns_bytes AS response_bytes,
			sources_new, queries_only, responses_only,
			iif(coarse_s IS NULL, w, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
		FROM manner CROSS JOIN run CROSS JOIN wanted CROSS JOIN zone_bin USING (run_id, zone_id)
		WHERE way = 'folded' AND t_s >= low_s AND t_s < end_s + coalesce(coarse_s, 0)
	)
	WHERE t_s / wide * wide >= low_s AND t_s / wide * wide < end_s
	GROUP BY 1, 2, 3
	UNION ALL
	SELECT place, zone_id, 0, sum(queries), sum(requeries), sum(transactions),
		sum(response_bytes), sum(sources_new), max(queries_only), max(responses_only)
	FROM (
		SELECT place, zone_id, sum(queries) AS queries, sum(rq_hot + rq_warm + rq_cool) AS requeries,
			sum(queries - rq_retransmit) AS transactions, sum(zone_bin.response_dns_bytes) AS response_bytes,
			sum(sources_new) AS sources_new, queries_only, responses_only
		FROM manner CROSS JOIN run CROSS JOIN place CROSS JOIN zone_bin USING (run_id, zone_id)
		WHERE way = 'whole' AND t_s >= low_s AND t_s < end_s
		GROUP BY run_id, place
	)
	GROUP BY place
	UNION ALL
	-- Bins in which something happened and nobody asked.
	SELECT place, zone_id, t_s, NULL, NULL, NULL, NULL, NULL, NULL, NULL
	FROM kept CROSS JOIN happened CROSS JOIN place USING (zone_id)
	WHERE NOT EXISTS (
		SELECT 1
		FROM run CROSS JOIN zone_bin ON zone_bin.run_id = run.run_id AND zone_bin.zone_id = happened.zone_id
			AND zone_bin.t_s >= iif(whole_span, low_s, happened.t_s) AND zone_bin.t_s < iif(whole_span, end_s, happened.t_s + wide)
	)
),
chosen AS MATERIALIZED (
	SELECT *, iif(coarse_s IS NULL, w, iif(t_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
	FROM (SELECT * FROM asked ORDER BY place, t_s LIMIT (SELECT coalesce(most, -1) FROM option)), width
),
-- Queries of all kinds, at the times of these rows.
stretch (low_s, end_s) AS MATERIALIZED (
	SELECT iif(whole_span, -9223372036854775807, min(t_s)), iif(whole_span, 9223372036854000000, max(t_s + wide)) FROM chosen
),
everything AS MATERIALIZED (
	SELECT CAST(iif(whole_span, 0, t_s / wide * wide) AS INTEGER) AS t_s, sum(queries) AS queries
	FROM (
		SELECT kept.*, t_s, queries,
			iif(coarse_s IS NULL, w, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w)) AS wide
		FROM kept, (
			SELECT t_s, sum(queries) AS queries
			FROM stretch CROSS JOIN bin
			WHERE run_id IN (SELECT run_id FROM run) AND t_s >= low_s AND t_s < end_s
			GROUP BY run_id, t_s
		)
	)
	WHERE t_s / wide * wide >= low_s AND t_s / wide * wide < end_s
	GROUP BY 1
),
extent (begin_s, seconds) AS (
	SELECT
		max(first_ns, coalesce(from_ns, first_ns)) / 1000000000,
		nullif(min(last_ns, coalesce(to_ns, last_ns)) - max(first_ns, coalesce(from_ns, first_ns)), 0) / 1e9
	FROM whole, option
),
report AS (
	SELECT
		name AS zone,
		strftime('%Y-%m-%dT%H:%M:%SZ', iif(width.whole_span, begin_s, chosen.t_s), 'unixepoch') AS t,
		iif(responses_only, NULL, coalesce(chosen.queries, 0)) * 1.0 / iif(width.whole_span, seconds, chosen.wide) AS dnskey_qps,
		iif(responses_only, NULL, coalesce(everything.queries, 0)) * 1.0 / iif(width.whole_span, seconds, chosen.wide) AS all_qps,
		iif(queries_only, NULL, coalesce(response_bytes, 0)) * 8.0 / iif(width.whole_span, seconds, chosen.wide) AS response_bps,
		iif(queries_only OR responses_only, NULL, requeries * 1.0 / nullif(transactions, 0)) AS requery_ratio,
		iif(queries_only OR responses_only, NULL, coalesce(sources_new, 0)) AS new_offenders,
		events AS event,
		iif(width.whole_span, NULL, chosen.wide) AS bin_s,
		name_wire AS zone_wire,
		place.place,
		chosen.t_s AS at_s
	FROM width CROSS JOIN extent CROSS JOIN chosen CROSS JOIN place ON place.zone_id = chosen.zone_id
		LEFT JOIN everything ON everything.t_s = chosen.t_s
		LEFT JOIN happened ON happened.zone_id = chosen.zone_id AND happened.t_s = chosen.t_s
)
