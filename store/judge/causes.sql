-- SPDX-License-Identifier: BSD-2-Clause
-- What is known of suspects (suspects.sql) and their zones, for the judge: one row a zone, one a source and zone. Temporary
-- tables, since several questions are asked of them.

-- The zones above each zone that matters. A label is at most 63 octets long, so its length is a character of its own.
CREATE TEMP TABLE cause_above AS
WITH RECURSIVE
	up (zone_id, wire) AS (
		SELECT DISTINCT zone_id, name_wire FROM cause_flow JOIN zone USING (zone_id)
		UNION
		SELECT zone_id, name_wire FROM storm JOIN zone USING (zone_id)
		UNION
		SELECT zone_id, substr(wire, unicode(CAST(substr(wire, 1, 1) AS TEXT)) + 2) FROM up WHERE length(wire) > 1
	)
SELECT up.zone_id, zone.zone_id AS above_id
FROM up JOIN zone ON zone.name_wire = up.wire;
CREATE INDEX temp.cause_above_zone ON cause_above (zone_id, above_id);

CREATE TEMP TABLE cause_zone AS
WITH
	wanted AS MATERIALIZED (SELECT zone_id FROM storm UNION SELECT zone_id FROM cause_suspect),
	asked AS MATERIALIZED (
		SELECT
			zone_id,
			ip,
			sum(queries) AS n,
			sum(iif(queries_only OR responses_only, NULL, rq_hot + rq_warm + rq_cool)) AS requeries,
			sum(iif(queries_only OR responses_only, NULL, queries - err - rq_retransmit)) AS classed
		FROM wanted CROSS JOIN run CROSS JOIN flow USING (run_id, zone_id)
		GROUP BY zone_id, ip
		HAVING sum(queries) > 0
	),
	bare_source AS MATERIALIZED (
		SELECT ip, n >= 10 AS surely
		FROM (
			SELECT asker.ip, sum(dnskey_queries) AS n
			FROM run CROSS JOIN (SELECT DISTINCT ip FROM asked) AS asker
				CROSS JOIN source ON source.run_id = run.run_id AND source.ip = asker.ip
			GROUP BY asker.ip
			HAVING sum(dnskey_queries) >= 3 AND sum(dnskey_queries) >= 0.98 * sum(source.queries)
		) AS one
		WHERE NOT EXISTS (SELECT 1 FROM run CROSS JOIN manner USING (run_id) WHERE manner.ip = one.ip AND priming_queries > 0)
	),
	crowd AS MATERIALIZED (
		SELECT
			zone_id,
			count(*) AS sources,
			sum(n) AS queries,
			ks_few(n, 0.8) AS few,
			-- Who asks for nothing else serves no clients, so whether he is content says nothing of theirs.
			total(classed > 0 AND ip NOT IN (SELECT ip FROM bare_source WHERE surely)) AS validating,
			-- Of a few queries for nothing but keys nobody knows; that they were in vain counts for nobody.
			total(requeries >= 3 AND requeries * 2 >= classed AND ip NOT IN (SELECT ip FROM bare_source)) AS elevated
		FROM asked
		GROUP BY zone_id
	),
	-- What does not validate, whoever looks: out of its time; or not made by the key it names, and no other of it is.
	bad_zone (zone_id, n) AS MATERIALIZED (
		SELECT zone_id, sum(n)
		FROM (
			SELECT zone_id, sum(expired + future) + iif(sum(good) = 0, sum(bogus), 0) AS n FROM signature GROUP BY zone_id, type
			UNION ALL
			SELECT zone_id, 1 FROM event WHERE kind = 'DS_MISMATCH' OR kind = 'SIG_EXPIRED' OR kind = 'SIG_FUTURE'
		)
		GROUP BY zone_id
		HAVING sum(n) > 0
	),
	digest AS MATERIALIZED (
		SELECT DISTINCT rrset.zone_id, rrset_ds.digest
		FROM wanted CROSS JOIN rrset ON rrset.zone_id = wanted.zone_id AND rrset.type = 43
			CROSS JOIN rrset_ds ON rrset_ds.run_id = rrset.run_id AND rrset_ds.rrset = rrset.rrset
	)
SELECT
	zone_id,
	name,
	crowd.sources,
	crowd.few AS sources_80,
	crowd.validating,
	crowd.elevated,
	(SELECT count(DISTINCT server_ip) FROM run CROSS JOIN zone_server USING (run_id)
		WHERE zone_server.zone_id = wanted.zone_id) AS servers,
	(
		SELECT total(n) FROM cause_above JOIN bad_zone ON bad_zone.zone_id = above_id
		WHERE cause_above.zone_id = wanted.zone_id
	) AS bad,
	EXISTS (SELECT 1 FROM signature WHERE signature.zone_id = wanted.zone_id AND type = 48 AND good > 0) AND (
		labels = 0
		OR EXISTS (
			SELECT 1 FROM digest JOIN dkey ON dkey.zone_id = digest.zone_id AND digest IN (sha1, sha256, sha384)
			WHERE digest.zone_id = wanted.zone_id
		)
		OR EXISTS (SELECT 1 FROM rrset WHERE rrset.zone_id = wanted.zone_id AND type = 43 AND denial IS NOT NULL)
	) AS good,
	crowd.queries
FROM wanted JOIN zone USING (zone_id) JOIN crowd USING (zone_id);

-- Of each source: what is the same for all its zones.
CREATE TEMP TABLE cause_source AS
WITH
	suspect AS MATERIALIZED (SELECT DISTINCT ip FROM cause_suspect),
	hot AS MATERIALIZED (
		SELECT ip, zone_id FROM cause_flow WHERE requeries >= 3 AND requeries * 2 >= classed
	),
	-- A chain that fails at one zone fails at those below it: only the topmost counts.
	topmost AS (
		SELECT ip, zone_id
		FROM hot
		WHERE NOT EXISTS (
			SELECT 1 FROM cause_above JOIN hot AS other ON other.zone_id = above_id
			WHERE cause_above.zone_id = hot.zone_id AND above_id <> hot.zone_id AND other.ip = hot.ip
		)
	),
	hot_zones AS MATERIALIZED (
		SELECT ip, count(*) AS n, sum(EXISTS (SELECT 1 FROM event WHERE event.zone_id = topmost.zone_id)) AS changed
		FROM topmost
		GROUP BY ip
	),
	-- Asked again while the answer was good: of the sample, in the order of each name and type.
	other AS (
		SELECT
			ip,
			qtype,
			t_ns < lag(response_ns) OVER names + lag(keep_s) OVER names * 1000000000 AS again
		FROM query
		WHERE qtype <> 48 AND qtype <> 43 AND ip IN (SELECT ip FROM suspect)
		WINDOW names AS (PARTITION BY run_id, ip, qname_wire, qtype ORDER BY number)
	),
	others AS MATERIALIZED (
		SELECT
			ip,
			count(*) AS n,
			total(again) AS again,
			sum(qtype = 255 OR qtype = 16) AS probing,
			count(DISTINCT qtype) AS types
		FROM other
		GROUP BY ip
	),
	icmp_of AS MATERIALIZED (
		SELECT ip, total(iif(kind = 'port unreachable', packets, 0)) AS refused, total(iif(kind = 'too big', packets, 0)) AS big
		FROM icmp
		GROUP BY ip
	),
	counted AS MATERIALIZED (
		SELECT
			suspect.ip,
			sum(source.queries) AS queries,
			sum(dnskey_queries) AS dnskey_queries,
			sum(ds_queries) AS ds_queries,
			sum(tcp_queries) AS tcp_queries,
			sum(tcp_syns) AS tcp_syns,
			min(source.first_ns) AS first_ns
		FROM run CROSS JOIN suspect CROSS JOIN source ON source.run_id = run.run_id AND source.ip = suspect.ip
		GROUP BY suspect.ip
	),
	primed AS MATERIALIZED (
		SELECT ip, sum(priming_queries) AS n FROM run CROSS JOIN suspect CROSS JOIN manner USING (run_id, ip) GROUP BY ip
	)
SELECT
	ip,
	counted.queries,
	counted.dnskey_queries,
	counted.ds_queries,
	coalesce(primed.n, 0) AS priming,
	coalesce(counted.tcp_queries, 0) AS tcp_queries,
	coalesce(counted.tcp_syns, 0) AS tcp_syns,
	counted.first_ns,
	coalesce(icmp_of.refused, 0) AS refused,
	coalesce(icmp_of.big, 0) AS big,
	coalesce(hot_zones.n, 0) AS hot_zones,
	coalesce(hot_zones.changed, 0) AS hot_zones_changed,
	coalesce(others.n, 0) AS others,
	coalesce(others.again, 0) AS others_again,
	coalesce(others.probing, 0) AS others_probing,
	coalesce(others.types, 0) AS other_types
FROM suspect LEFT JOIN counted USING (ip) LEFT JOIN icmp_of USING (ip) LEFT JOIN hot_zones USING (ip) LEFT JOIN others USING (ip)
	LEFT JOIN primed USING (ip);
CREATE INDEX temp.cause_source_ip ON cause_source (ip);

-- Who was sampled, and whether all that he asked was kept.
CREATE TEMP TABLE cause_sampled AS
SELECT suspect.ip, run_id, (
		SELECT max(number) - min(number) + 1 = count(*) FROM query WHERE query.run_id = run.run_id AND query.ip = suspect.ip
	) AS without_gap -- NULL: not sampled in that run
FROM run CROSS JOIN (SELECT DISTINCT ip FROM cause_suspect) AS suspect;
-- Of those that were: in most runs of many hardly anybody is.
CREATE INDEX temp.cause_sampled_ip ON cause_sampled (ip, run_id) WHERE without_gap IS NOT NULL;

-- The sampled queries for the keys of the zones in question; with the suspects in the order of their index, each source's
-- stand together and in the order in which they were asked. A sampled query stands for those up to the next one of its source.
CREATE TEMP VIEW cause_key AS
SELECT
	cause_suspect.zone_id,
	cause_suspect.ip,
	query.run_id,
	number,
	t_ns,
	flags,
	dnssec_ok,
	sport,
	id,
	hop_limit,
	transport,
	tc,
	coalesce(edns_size, 0) AS size,
	server_cookie,
	iif(without_gap, 1, coalesce((
			SELECT following.number FROM query AS following
			WHERE following.run_id = query.run_id AND following.ip = query.ip AND following.number > query.number
			ORDER BY following.number LIMIT 1
		) - number, 1)) AS stands_for
FROM cause_suspect
	CROSS JOIN zone ON zone.zone_id = cause_suspect.zone_id
	CROSS JOIN cause_sampled ON cause_sampled.ip = cause_suspect.ip AND without_gap IS NOT NULL
	CROSS JOIN query ON query.run_id = cause_sampled.run_id AND query.ip = cause_suspect.ip
		AND qtype = 48 AND qname_wire = name_wire;

-- Of each source and zone: the sampled queries for the zone's keys, and what it says of its anchors.
CREATE TEMP TABLE cause_sample AS
WITH
	counted AS MATERIALIZED (
		SELECT
			zone_id,
			ip,
			ks_sampled(flags, dnssec_ok, sport, id, hop_limit, transport, tc, size, server_cookie) AS sums
		FROM cause_key
		GROUP BY zone_id, ip
	),
	-- Few ever change what they ask with, so only theirs are looked at in order.
	step AS (
		SELECT
			counted.zone_id,
			counted.ip,
			transport = 0 AND lag(transport) OVER mine = 0
				AND (size < lag(size) OVER mine OR dnssec_ok < lag(dnssec_ok) OVER mine) AS smaller
		FROM counted CROSS JOIN cause_key USING (zone_id, ip)
		WHERE ks_part(sums, 10)
		WINDOW mine AS (PARTITION BY counted.zone_id, counted.ip, run_id ORDER BY number)
	),
	shrunk AS MATERIALIZED (
		SELECT zone_id, ip, total(smaller) AS n FROM step GROUP BY zone_id, ip
	)
SELECT
	counted.zone_id,
	counted.ip,
	ks_part(sums, 0) AS keys,
	ks_part(sums, 1) AS keys_rd,
	ks_part(sums, 2) AS keys_no_do,
	ks_part(sums, 3) AS keys_ports, -- 1: always the same; 2: not
	ks_part(sums, 4) AS keys_ids,
	ks_part(sums, 5) AS keys_hops,
	ks_part(sums, 6) AS hop,
	ks_part(sums, 7) AS keys_udp,
	ks_part(sums, 8) AS keys_cut,
	ks_part(sums, 9) AS cookies,
	coalesce(shrunk.n, 0.0) AS keys_smaller
FROM counted LEFT JOIN shrunk ON shrunk.zone_id = counted.zone_id AND shrunk.ip = counted.ip;
CREATE INDEX temp.cause_sample_flow ON cause_sample (zone_id, ip);

CREATE TEMP TABLE cause_signal AS
WITH
	said AS (
		SELECT zone_id, ta_signal.ip, tags, sum(ta_signal.queries) AS n
		FROM cause_suspect
			CROSS JOIN zone USING (zone_id)
			CROSS JOIN ta_signal ON ta_signal.ip = cause_suspect.ip AND ta_signal.zone_wire = name_wire
		WHERE (via = 'qname' OR via = 'option') AND forwarded < ta_signal.queries
		GROUP BY zone_id, ta_signal.ip, tags
	),
	fits AS (
		SELECT said.*, max(instr(' ' || tags || ' ', ' ' || tag || ' ') > 0) AS has
		FROM said JOIN current_key USING (zone_id)
		GROUP BY zone_id, ip, tags
	)
SELECT zone_id, ip, total(iif(has, 0, n)) AS lacks, total(iif(has, n, 0)) AS has
FROM fits
GROUP BY zone_id, ip;

-- How much of each storm is whose: its queries inside, less what it asked before in as long a time. Who was not sampled
-- is taken to have asked evenly.
CREATE TEMP TABLE cause_share AS
WITH
	edge AS (SELECT min(first_ns) AS first_ns FROM run),
	counted AS MATERIALIZED (
		SELECT storm_id, cause_key.ip, ks_around(t_ns, start_s, end_s, stands_for) AS sums
		FROM storm CROSS JOIN cause_key ON cause_key.zone_id = storm.zone_id
		GROUP BY storm_id, cause_key.ip
	),
	sampled AS (
		SELECT storm_id, ip, ks_part(sums, 0) * 1.0 AS before, ks_part(sums, 1) * 1.0 AS inside, ks_part(sums, 2) * 1.0 AS behind
		FROM counted
	)
SELECT
	storm.storm_id,
	storm.zone_id,
	cause_suspect.ip,
	cause_suspect.queries * coalesce(
		max(0.0, inside - iif(began_before, 0.0,
			before * (end_s - start_s) / max(1.0, start_s - edge.first_ns / 1000000000))) / (before + inside + behind),
		max(0, min(last_ns, end_s * 1000000000) - max(cause_suspect.first_ns, start_s * 1000000000)) * 1.0
			/ max(1, last_ns - cause_suspect.first_ns)
	) AS queries
FROM storm CROSS JOIN cause_suspect ON cause_suspect.zone_id = storm.zone_id
	LEFT JOIN sampled ON sampled.storm_id = storm.storm_id AND sampled.ip = cause_suspect.ip, edge;

-- Of each storm: the queries inside and before, by hop limit and port; and who came with it, from how many networks, as
-- evenly spread ones would be. A source came with the last storm that began before it.
CREATE TEMP TABLE cause_onset (zone_id INTEGER, start_s INTEGER, end_s INTEGER, storm_id INTEGER, PRIMARY KEY (zone_id, start_s)) WITHOUT ROWID;
INSERT OR IGNORE INTO cause_onset SELECT zone_id, start_s, end_s, storm_id FROM storm WHERE NOT began_before;
CREATE TEMP TABLE cause_pattern AS
WITH
	edge AS MATERIALIZED (SELECT min(first_ns) / 1000000000 AS first_s FROM run),
	newcomer AS MATERIALIZED (
		SELECT
			(
				SELECT storm_id FROM cause_onset
				WHERE cause_onset.zone_id = came.zone_id AND start_s <= came.first_s
				ORDER BY start_s DESC
				LIMIT 1
			) AS storm_id,
			ip,
			n,
			first_s
		FROM (
			SELECT zone_id, flow.ip, sum(flow.queries - flow.err) AS n, min(flow.first_ns) / 1000000000 AS first_s
			FROM (SELECT DISTINCT zone_id FROM cause_onset) CROSS JOIN run CROSS JOIN flow USING (run_id, zone_id)
			GROUP BY zone_id, flow.ip
		) AS came
	),
	network AS (
		SELECT
			storm_id,
			sum(n) AS n,
			sum(iif((SELECT sum(source.queries) > sum(dnskey_queries) FROM run CROSS JOIN source USING (run_id)
				WHERE source.ip = newcomer.ip), 0, n)) AS only_keys
		FROM newcomer CROSS JOIN cause_onset USING (storm_id)
		WHERE newcomer.first_s < cause_onset.end_s
		GROUP BY storm_id, length(ip), substr(ip, 1, iif(length(ip) = 4, 3, 6))
	),
	spread AS MATERIALIZED (
		SELECT storm_id, total(n) AS newcomers, total(only_keys) AS newcomers_only, total(n) * total(n) / total(1.0 * n * n) AS networks
		FROM network
		GROUP BY storm_id
	),
	binned AS MATERIALIZED (
		SELECT zone_id, t_s, sum(queries) AS n, sum(hops) AS h, sum(hops_squares) AS hh, sum(ports) AS p, sum(ports_squares) AS pp
		FROM (SELECT DISTINCT zone_id FROM cause_onset) CROSS JOIN run CROSS JOIN zone_bin USING (run_id, zone_id)
		GROUP BY zone_id, t_s
	)
SELECT
	storm_id,
	total(iif(t_s < start_s, n, 0)) AS n0,
	total(iif(t_s < start_s, h, 0)) AS h0,
	total(iif(t_s < start_s, hh, 0)) AS hh0,
	total(iif(t_s < start_s, p, 0)) AS p0,
	total(iif(t_s < start_s, pp, 0)) AS pp0,
	max(0.0, start_s - edge.first_s) AS s0,
	total(iif(t_s >= start_s, n, 0)) AS n1,
	total(iif(t_s >= start_s, h, 0)) AS h1,
	total(iif(t_s >= start_s, hh, 0)) AS hh1,
	total(iif(t_s >= start_s, p, 0)) AS p1,
	total(iif(t_s >= start_s, pp, 0)) AS pp1,
	1.0 * (end_s - start_s) AS s1,
	newcomers,
	newcomers_only,
	networks
FROM spread CROSS JOIN cause_onset USING (storm_id) CROSS JOIN binned USING (zone_id), edge
WHERE networks >= 16 AND t_s < end_s
GROUP BY storm_id;
