-- SPDX-License-Identifier: BSD-2-Clause
-- Bits and packets per bin, towards the server (in) and from it (out).
-- A bin in which a run was capturing but saw nothing is 0; a bin outside every run is not known and not listed.
-- Losses are known of live captures only, and not by server.
width (w, whole_span, coarse_s) AS ( -- coarse_s NULL: all as wide as asked for
	SELECT iif(step_s > 0, step_s, bin_s), coalesce(step_s < 0, 0), iif(step_s > 0, NULL, coarse_s) FROM option, whole
),
-- Rows come in order of time: behind the last one that is asked for nothing is read. Each time at which a packet was seen
-- has one. (Bins that were added up are left out of this, for rows of several widths do not follow from the times alone.)
reach (end_s) AS MATERIALIZED (
	SELECT iif(count(*) = most, max(t_s) + w, 9223372036854000000)
	FROM option, width, (
		SELECT DISTINCT t_s / w * w AS t_s
		FROM width, option, (
			SELECT t_s FROM traffic, option WHERE most IS NOT NULL AND (server IS NULL OR ip = server) GROUP BY run_id, t_s
		)
		WHERE coarse_s IS NULL AND NOT whole_span
			AND (from_ns IS NULL OR t_s / w * w * 1000000000 >= from_ns) AND (to_ns IS NULL OR t_s / w * w * 1000000000 < to_ns)
		ORDER BY 1
		LIMIT (SELECT coalesce(most, 0) FROM option)
	)
),
-- Each run's bins from its first to its last. A run of more than a million (one absurd time stamp is
-- enough) is not filled: its own bins are all there is to say.
quiet (t_s, last_s, s) AS (
	SELECT a / s * s, min(b / s * s, end_s), s
	FROM (
		SELECT
			iif(rolled_from_s IS NULL OR coarse_s IS NULL, w, bin_s) AS s,
			whole_span,
			(SELECT min(t_s) FROM traffic WHERE traffic.run_id = run.run_id) AS a,
			(SELECT max(t_s) FROM traffic WHERE traffic.run_id = run.run_id) AS b
		FROM run, width
	), reach
	WHERE b / s - a / s < 1000000 AND NOT whole_span
	UNION ALL
	SELECT t_s + s, last_s, s FROM quiet WHERE t_s + s <= last_s
),
-- Sums by (run_id, t_s) come in the order of the primary keys; folding them is then a matter of a few rows.
part (t_s, in_wire, out_wire, in_packets, out_packets, in_dns, out_dns, in_ip, out_ip, lost) AS (
	SELECT t_s, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM quiet
	UNION ALL
	SELECT t_s, in_wire, out_wire, in_packets, out_packets, 0, 0, in_ip, out_ip, 0
	FROM (
		SELECT t_s, sum(in_wire_bytes) AS in_wire, sum(out_wire_bytes) AS out_wire,
			sum(in_packets) AS in_packets, sum(out_packets) AS out_packets,
			sum(in_ip_bytes) AS in_ip, sum(out_ip_bytes) AS out_ip
		FROM option CROSS JOIN reach CROSS JOIN traffic
		WHERE run_id IN (SELECT run_id FROM run) AND t_s < end_s AND (server IS NULL OR ip = server)
		GROUP BY run_id, t_s
	)
	UNION ALL
	SELECT t_s, 0, 0, 0, 0, in_dns, out_dns, 0, 0, 0
	FROM (
		SELECT t_s, sum(query_dns_bytes) AS in_dns, sum(response_dns_bytes) AS out_dns
		FROM option CROSS JOIN reach CROSS JOIN bin
		WHERE run_id IN (SELECT run_id FROM run) AND t_s < end_s AND (server IS NULL OR ip = server)
		GROUP BY run_id, t_s
	)
	UNION ALL
	SELECT t_s, 0, 0, 0, 0, 0, 0, 0, 0, kernel + device FROM drops
),
placed AS (
	SELECT part.*, iif(part.t_s / coarse_s * coarse_s IN (SELECT t_s FROM coarse), coarse_s, w) AS wide FROM part, width
),
-- Files do not tell what was lost when they were written.
watched (lost_known) AS (
	SELECT EXISTS (SELECT 1 FROM input WHERE container = 'live')
),
-- The seconds that the row of the whole span stands for.
extent (from_s, seconds) AS (
	SELECT
		max(first_ns, coalesce(from_ns, first_ns)) / 1000000000,
		nullif(min(last_ns, coalesce(to_ns, last_ns)) - max(first_ns, coalesce(from_ns, first_ns)), 0) / 1e9
	FROM whole, option
),
summed AS (
	SELECT iif(whole_span, from_s, t_s / wide * wide) AS at_s, iif(whole_span, seconds, max(wide)) AS seconds,
		iif(whole_span, NULL, max(wide)) AS bin_s,
		sum(in_wire) * 8 AS in_wire, sum(out_wire) * 8 AS out_wire,
		sum(in_packets) AS in_packets, sum(out_packets) AS out_packets,
		sum(in_dns) * 8 AS in_dns, sum(out_dns) * 8 AS out_dns,
		sum(in_ip) * 8 AS in_ip, sum(out_ip) * 8 AS out_ip, sum(lost) AS lost
	FROM placed, width, extent, option
	WHERE (from_ns IS NULL OR t_s / wide * wide * 1000000000 >= from_ns) AND (to_ns IS NULL OR t_s / wide * wide * 1000000000 < to_ns)
	GROUP BY 1
),
report AS (
	SELECT
		strftime('%Y-%m-%dT%H:%M:%SZ', at_s, 'unixepoch') AS t,
		in_wire * 1.0 / seconds AS in_bps,
		out_wire * 1.0 / seconds AS out_bps,
		in_packets * 1.0 / seconds AS in_pps,
		out_packets * 1.0 / seconds AS out_pps,
		in_dns * 1.0 / seconds AS in_dns_bps,
		out_dns * 1.0 / seconds AS out_dns_bps,
		in_ip * 1.0 / seconds AS in_ip_bps,
		out_ip * 1.0 / seconds AS out_ip_bps,
		iif(lost_known, lost, NULL) AS dropped,
		bin_s,
		at_s AS t_s
	FROM summed, watched
)
