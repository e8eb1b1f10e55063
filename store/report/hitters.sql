-- SPDX-License-Identifier: BSD-2-Clause
-- Who asks for which key too often. Ranks, shares and running shares are over all rows: a filter or a limit
-- chooses rows, it never changes what a row says.
keyed AS (
	SELECT zone_id, offends, ip, address, memory_class, sci, spray, median_gap_ms, min_search_interval_s, rfc9520, zone_local, name, name_wire, queries, err, hot, warm, cool, refresh, rr, heavy, guaranteed, all_queries,
		hot + warm + cool AS requeries, response_dns_bytes, first_ns, last_ns,
		CASE ranked_by
			WHEN 'err' THEN err
			WHEN 'heavy' THEN heavy
			WHEN 'guaranteed' THEN guaranteed
			WHEN 'hot' THEN hot
			WHEN 'warm' THEN warm
			WHEN 'cool' THEN cool
			WHEN 'requeries' THEN hot + warm + cool
			WHEN 'refresh' THEN refresh
			WHEN 'rr' THEN rr
			WHEN 'response_bytes' THEN response_dns_bytes
			WHEN 'sci' THEN sci
			WHEN 'spray' THEN spray
			WHEN 'median_gap_ms' THEN median_gap_ms
			WHEN 'min_search_interval_s' THEN min_search_interval_s
			WHEN 'zone_local' THEN zone_local
			-- Where only answers were captured they say at least who got most.
			ELSE coalesce(queries, response_dns_bytes)
		END AS sort_key
	FROM all_flow JOIN zone USING (zone_id) LEFT JOIN habit USING (zone_id, ip), option
),
ranked AS (
	SELECT *,
		row_number() OVER ranking AS rank,
		sum(queries) OVER ranking AS cum_queries
	FROM keyed
	WINDOW ranking AS (ORDER BY sort_key DESC NULLS LAST, queries DESC, length(ip), ip, name ROWS UNBOUNDED PRECEDING)
),
report AS (
	SELECT
		rank,
		address AS source,
		name AS zone,
		heavy,
		queries,
		err,
		guaranteed,
		queries * 1.0 / nullif(all_queries, 0) AS share,
		cum_queries * 1.0 / nullif(all_queries, 0) AS cum_share,
		hot,
		warm,
		cool,
		refresh,
		rr,
		memory_class,
		sci,
		spray,
		median_gap_ms,
		response_dns_bytes AS response_bytes,
		-- What the source said last of its own anchors; what it seems to pass on for others counts after that.
		(
			SELECT tags
			FROM ta_signal
			WHERE ta_signal.ip = ranked.ip AND zone_wire = name_wire AND via IN ('qname', 'option')
			ORDER BY forwarded < ta_signal.queries DESC, ta_signal.last_ns DESC, tags, via
			LIMIT 1
		) AS tags,
		(SELECT fingerprint FROM all_stack WHERE all_stack.ip = ranked.ip AND place = 1) AS fingerprint,
		-- Who is not told of is ordinary, or beyond the bound of what is judged.
		CASE
			WHEN (SELECT 1 FROM judged) IS NULL THEN NULL
			ELSE coalesce(
				(SELECT verdict FROM diagnosis WHERE diagnosis.zone_id = ranked.zone_id AND diagnosis.ip = ranked.ip),
				iif(offends, 'undetermined', iif(rr IS NULL, NULL, 'healthy'))
			)
		END AS verdict,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		requeries,
		min_search_interval_s,
		rfc9520,
		-- Nothing remarkable: one cache, as far as anybody can tell from its queries.
		iif((SELECT 1 FROM judged) IS NULL, NULL, coalesce(
			(SELECT min_caches FROM trait WHERE trait.ip = ranked.ip),
			(SELECT 1 FROM run CROSS JOIN source_stack USING (run_id) WHERE source_stack.ip = ranked.ip LIMIT 1)
		)) AS min_caches,
		zone_local,
		ip AS source_ip,
		name_wire AS zone_wire,
		first_ns,
		last_ns
	FROM ranked
)
