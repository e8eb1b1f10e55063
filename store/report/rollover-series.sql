-- SPDX-License-Identifier: BSD-2-Clause
-- A zone's key traffic bin by bin, with what happened to it.
width (w, whole_span, coarse_s) AS ( -- coarse_s NULL: all as wide as asked for
	SELECT iif(step_s > 0, step_s, bin_s), coalesce(step_s < 0, 0), iif(step_s > 0, NULL, coarse_s) FROM option, whole
),
kept (from_s, end_s) AS ( -- bins that begin in the span asked for
	SELECT coalesce(from_ns, -9223372036854775807) / 1e9, coalesce(to_ns, 9223372036854775807) / 1e9 FROM option
),
asked AS (
	SELECT zone_id, iif(whole_span, 0, t_s / wide * wide) AS t_s,
		sum(queries) AS queries,
		sum(rq_hot + rq_warm + rq_cool) AS requeries,
		sum(queries - rq_retransmit) AS transactions,
		sum(zone_bin.response_dns_bytes) AS response_bytes,
		sum(sources_new) AS new_offenders,
		max(queries_only) AS queries_only,
		max(responses_only) AS responses_only
	FROM (
		SELECT zone_bin.*, iif(zone_bin.t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide FROM zone_bin, width
	) AS zone_bin JOIN run USING (run_id), width, kept
	WHERE t_s / wide * wide >= from_s AND t_s / wide * wide < end_s
	GROUP BY 1, 2
),
everything AS (
	SELECT iif(whole_span, 0, t_s / wide * wide) AS t_s, sum(queries) AS queries
	FROM (
		SELECT t_s, queries, iif(t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide
		FROM (SELECT t_s, sum(queries) AS queries FROM bin GROUP BY run_id, t_s), width
	), width, kept
	WHERE t_s / wide * wide >= from_s AND t_s / wide * wide < end_s
	GROUP BY 1
),
-- What was seen, and what the calendar has for the time of the capture.
known AS (
	SELECT zone_id, t_ns, event_id, kind || coalesce(' ' || tag, '') AS what FROM event
	UNION ALL
	SELECT zone_id, t_ns, 0, event || coalesce(' ' || tag, '') || ' (calendar)'
	FROM milestone JOIN zone ON zone.name_wire = milestone.zone_wire, whole
	WHERE t_ns >= first_ns AND t_ns <= last_ns
),
happened AS (
	SELECT zone_id, t_s, group_concat(what, ', ') AS events
	FROM (
		SELECT zone_id, iif(whole_span, 0, s / wide * wide) AS t_s, what
		FROM (
			SELECT known.*, t_ns / 1000000000 AS s,
				iif(t_ns / 1000000000 / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide
			FROM known, width
		), width, kept
		WHERE s / wide * wide >= from_s AND s / wide * wide < end_s
		ORDER BY zone_id, t_ns, event_id, what
	)
	GROUP BY zone_id, t_s
),
instant AS (
	SELECT zone_id, t_s FROM asked
	UNION
	SELECT zone_id, t_s FROM happened
),
extent (begin_s, seconds) AS (
	SELECT
		max(first_ns, coalesce(from_ns, first_ns)) / 1000000000,
		nullif(min(last_ns, coalesce(to_ns, last_ns)) - max(first_ns, coalesce(from_ns, first_ns)), 0) / 1e9
	FROM whole, option
),
joined AS MATERIALIZED (
	SELECT instant.zone_id, iif(whole_span, begin_s, instant.t_s) AS t_s, iif(whole_span, seconds, wide) AS seconds,
		iif(whole_span, NULL, wide) AS bin_s, asked.*, everything.queries AS all_queries, events
	FROM (
			SELECT instant.*, iif(instant.t_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide FROM instant, width
		) AS instant
		JOIN width
		JOIN extent
		LEFT JOIN asked ON asked.zone_id = instant.zone_id AND asked.t_s = instant.t_s
		LEFT JOIN everything ON everything.t_s = instant.t_s
		LEFT JOIN happened ON happened.zone_id = instant.zone_id AND happened.t_s = instant.t_s
),
report AS (
	SELECT
		name AS zone,
		strftime('%Y-%m-%dT%H:%M:%SZ', joined.t_s, 'unixepoch') AS t,
		iif(responses_only, NULL, coalesce(queries, 0)) * 1.0 / seconds AS dnskey_qps,
		iif(responses_only, NULL, coalesce(all_queries, 0)) * 1.0 / seconds AS all_qps,
		iif(queries_only, NULL, coalesce(response_bytes, 0)) * 8.0 / seconds AS response_bps,
		iif(queries_only OR responses_only, NULL, requeries * 1.0 / nullif(transactions, 0)) AS requery_ratio,
		iif(queries_only OR responses_only, NULL, coalesce(new_offenders, 0)) AS new_offenders,
		events AS event,
		bin_s,
		name_wire AS zone_wire,
		joined.t_s AS at_s
	FROM joined JOIN zone ON zone.zone_id = joined.zone_id
)
