-- SPDX-License-Identifier: BSD-2-Clause
-- Which networks ask for which key too often: hitters, added up by prefix. A prefix has what its sources in the table
-- have counted (queries - err), and what those had who left it (flow_net): exact, unless rests were given away in
-- turn. A length that no rest has (beyond /24 and /64) must do with the sources and their err; one shorter than those
-- of the rests cannot know how many of its prefixes are missing, only how many queries are.
width AS MATERIALIZED (
	SELECT
		len4,
		len6,
		iif(len4 <= 24, 24, NULL) AS rest4,
		CASE WHEN len6 <= 48 THEN 48 WHEN len6 <= 64 THEN 64 END AS rest6
	FROM option
),
missing (floor, lost) AS MATERIALIZED (SELECT cast(total(floor) AS INTEGER), cast(total(lost) AS INTEGER) FROM bound WHERE name = 'flow_net'),
part AS (
	SELECT
		zone_id,
		ks_net(all_flow.ip, len4, len6) AS net,
		iif(iif(length(all_flow.ip) = 4, rest4, rest6) IS NULL, queries, queries - err) AS queries,
		iif(iif(length(all_flow.ip) = 4, rest4, rest6) IS NULL, err, 0) AS err,
		classed, hot, warm, cool, refresh, response_dns_bytes, first_ns, last_ns,
		-- As all_stack has them, and the tags as hitters does: a search of an index for each row, no join.
		(
			SELECT fingerprint || iif(sum(mixed_queries) * 2 > sum(cased_queries), ' 0x20', '')
			FROM run CROSS JOIN source_stack USING (run_id)
			WHERE source_stack.ip = all_flow.ip
			GROUP BY fingerprint
			ORDER BY sum(source_stack.queries) DESC, 1
			LIMIT 1
		) AS fingerprint,
		(
			SELECT tags
			FROM ta_signal
			WHERE ta_signal.ip = all_flow.ip AND zone_wire = name_wire AND via IN ('qname', 'option')
			ORDER BY forwarded < ta_signal.queries DESC, ta_signal.last_ns DESC, tags, via
			LIMIT 1
		) AS tags
	FROM width CROSS JOIN all_flow JOIN zone USING (zone_id)
	UNION ALL
	SELECT
		zone_id,
		ks_net(ip, len4, len6),
		iif(responses_only, NULL, queries - iif(iif(length(ip) = 4, len4, len6) = bits, coalesce(floor, 0), err)),
		iif(iif(length(ip) = 4, len4, len6) = bits, err - coalesce(floor, 0), 0),
		iif(queries_only OR responses_only, NULL, queries - err - rq_retransmit),
		iif(queries_only OR responses_only, NULL, rq_hot),
		iif(queries_only OR responses_only, NULL, rq_warm),
		iif(queries_only OR responses_only, NULL, rq_cool),
		iif(queries_only OR responses_only, NULL, rq_refresh),
		iif(queries_only, NULL, response_dns_bytes),
		flow_net.first_ns,
		flow_net.last_ns,
		NULL,
		NULL
	FROM flow_net JOIN run USING (run_id) LEFT JOIN bound ON bound.run_id = flow_net.run_id AND name = 'flow_net', width
	WHERE bits = iif(length(ip) = 4, rest4, rest6)
),
added AS (
	SELECT
		zone_id,
		net,
		CASE
			WHEN iif(length(net) = 4, rest4, rest6) IS NULL THEN 0
			WHEN iif(length(net) = 4, len4 = rest4, len6 = rest6) THEN missing.floor
			ELSE missing.lost
		END AS unknown,
		sum(queries) AS queries,
		sum(err) AS err,
		sum(classed) AS classed,
		sum(hot) AS hot,
		sum(warm) AS warm,
		sum(cool) AS cool,
		sum(refresh) AS refresh,
		sum(response_dns_bytes) AS response_dns_bytes,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns,
		iif(count(fingerprint) = count(*) AND min(fingerprint) = max(fingerprint), min(fingerprint), NULL) AS fingerprint,
		iif(count(tags) = count(*) AND min(tags) = max(tags), min(tags), NULL) AS tags
	FROM part, width, missing
	GROUP BY zone_id, net
),
asked (n) AS MATERIALIZED (SELECT sum(queries) FROM bin WHERE qtype = 48),
counted AS (
	SELECT
		net, zone_id, name, name_wire, hot, warm, cool, refresh, classed, response_dns_bytes, added.first_ns, added.last_ns, fingerprint, tags,
		queries + unknown AS queries,
		err + unknown AS err,
		hot + warm + cool AS requeries,
		asked.n AS all_queries,
		span_s
	FROM added JOIN zone USING (zone_id), asked, whole
),
judged_net AS (
	SELECT *,
		requeries * 1.0 / nullif(classed, 0) AS rr,
		queries * 1000 >= all_queries AND queries / span_s >= 0.1 AND requeries * 2 >= classed AS heavy,
		(queries - err) * 1000 >= all_queries AS guaranteed
	FROM counted
),
keyed AS (
	SELECT judged_net.*,
		CASE ranked_by
			WHEN 'err' THEN err
			WHEN 'heavy' THEN heavy
			WHEN 'guaranteed' THEN guaranteed
			WHEN 'hot' THEN hot
			WHEN 'warm' THEN warm
			WHEN 'cool' THEN cool
			WHEN 'requeries' THEN requeries
			WHEN 'refresh' THEN refresh
			WHEN 'rr' THEN rr
			WHEN 'response_bytes' THEN response_dns_bytes
			ELSE coalesce(queries, response_dns_bytes)
		END AS sort_key
	FROM judged_net, option
),
ranked AS (
	SELECT *,
		row_number() OVER ranking AS rank,
		sum(queries) OVER ranking AS cum_queries
	FROM keyed
	WINDOW ranking AS (ORDER BY sort_key DESC NULLS LAST, queries DESC, length(net), net, name ROWS UNBOUNDED PRECEDING)
),
report AS (
	SELECT
		rank,
		ks_net_text(net, len4, len6) AS source,
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
		NULL AS memory_class,
		NULL AS sci,
		NULL AS spray,
		NULL AS median_gap_ms,
		response_dns_bytes AS response_bytes,
		tags,
		fingerprint,
		NULL AS verdict,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		requeries,
		net AS source_ip,
		name_wire AS zone_wire,
		first_ns,
		last_ns
	FROM ranked, width
)
