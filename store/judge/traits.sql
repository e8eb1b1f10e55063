-- SPDX-License-Identifier: BSD-2-Clause
-- What sums and comparisons over tables say of sources: run when storms and habits have been written.

INSERT INTO trait (ip, flow, min_caches, returned_s)
WITH
	-- At least as many caches as fingerprints in use at once: the most that overlap do so where one of them begins.
	-- CD does not count: BIND sets it when it looks after its own trust anchors.
	several AS MATERIALIZED (SELECT run_id, ip FROM source_stack GROUP BY run_id, ip HAVING count(*) > 1),
	overlap AS (
		SELECT several.ip, count(DISTINCT replace(other.fingerprint, ' cd', '')) AS n
		FROM several
			CROSS JOIN source_stack AS stack USING (run_id, ip)
			CROSS JOIN source_stack AS other ON other.run_id = several.run_id AND other.ip = several.ip
				AND other.first_ns <= stack.first_ns AND other.last_ns >= stack.first_ns
		GROUP BY several.run_id, several.ip, stack.fingerprint
	),
	caches AS MATERIALIZED (SELECT ip, max(n) AS n FROM overlap GROUP BY ip HAVING max(n) > 1),

	-- What servers get ordinarily: all they get, less the repeats for the zone at hand. Octets are taken as they are:
	-- without the repeats what is left of a stormy server would be no measure.
	server_sum AS MATERIALIZED (
		SELECT ip, sum(queries) AS queries, sum(response_dns_bytes) AS bytes, sum(sigkey_dns_bytes) AS sigkey_bytes
		FROM server
		GROUP BY ip
	),
	server_dnskey AS MATERIALIZED (SELECT ip, sum(queries) AS n FROM bin WHERE qtype = 48 GROUP BY ip),
	pair AS MATERIALIZED (SELECT DISTINCT zone_id, server_ip FROM zone_server),
	zone_sum AS MATERIALIZED (
		SELECT
			zone_id,
			sum(server_sum.queries) AS queries,
			sum(server_dnskey.n) AS dnskey,
			sum(server_sum.bytes) AS bytes,
			sum(server_sum.sigkey_bytes) AS sigkey_bytes
		FROM pair
			LEFT JOIN server_sum ON server_sum.ip = server_ip
			LEFT JOIN server_dnskey ON server_dnskey.ip = server_ip
		GROUP BY zone_id
	),
	-- Three times the ordinary stands out. The caps keep that possible where the ordinary is high: half of one's
	-- queries for DNSKEY, or nine tenths of one's octets in keys and signatures, is no ordinary resolver anywhere.
	-- Everywhere: for zones whose servers are not known, and sources that ask for no keys.
	everywhere AS MATERIALIZED (
		SELECT
			min(0.5, 3.0 * (SELECT sum(n) FROM server_dnskey) / nullif(sum(queries), 0)) AS dnskey,
			min(0.9, 3.0 * sum(sigkey_bytes) / nullif(sum(bytes), 0)) AS sigkey
		FROM server_sum
	),

	-- In a single run whoever is to be here has a row that says so, and few have.
	asked AS MATERIALIZED (
		SELECT zone_id, ip, sum(queries) AS queries
		FROM flow
		WHERE queries >= 10 OR (SELECT count(*) FROM run) > 1
		GROUP BY zone_id, ip
		HAVING sum(queries) >= 10
	),
	again AS MATERIALIZED (
		SELECT
			zone_id,
			(
				SELECT count(DISTINCT ip) FROM run CROSS JOIN flow USING (run_id) WHERE flow.zone_id = busy.zone_id
			) AS sources,
			(
				SELECT sum(rq_hot + rq_warm + rq_cool) FROM run CROSS JOIN zone_bin USING (run_id)
				WHERE zone_bin.zone_id = busy.zone_id
			) AS requeries,
			(
				SELECT sum(dnskey_queries) FROM run CROSS JOIN run_zone USING (run_id)
				WHERE run_zone.zone_id = busy.zone_id
			) AS queries
		FROM (SELECT DISTINCT zone_id FROM asked) AS busy
	),
	bar AS MATERIALIZED (
		SELECT
			again.zone_id,
			3.0 * (again.queries - requeries) / sources AS zone_queries,
			min(0.5, 3.0 * max(0, dnskey - requeries) / nullif(max(0, zone_sum.queries - requeries), 0)) AS dnskey
		FROM again LEFT JOIN zone_sum USING (zone_id)
	),
	-- Run by run, here and below: what one run says of sources stands together, what all say of one source does not.
	dnskey_heavy AS MATERIALIZED (
		SELECT ip
		FROM run
			CROSS JOIN (
				SELECT ip AS candidate, min(coalesce(bar.dnskey, everywhere.dnskey)) AS bar
				FROM asked JOIN bar USING (zone_id), everywhere
				WHERE asked.queries >= zone_queries
				GROUP BY ip
			)
			CROSS JOIN source ON source.run_id = run.run_id AND ip = candidate
		GROUP BY candidate
		HAVING sum(dnskey_queries) * 1.0 / nullif(sum(source.queries), 0) >= bar
	),

	sigkey_bar AS MATERIALIZED (
		SELECT zone_id, min(0.9, 3.0 * sigkey_bytes / nullif(bytes, 0)) AS sigkey FROM zone_sum
	),
	-- Who does not reach the lowest bar of all need not be looked at; and who reaches it over all runs does so in one
	-- of them.
	lowest AS MATERIALIZED (
		SELECT min((SELECT sigkey FROM everywhere), coalesce((SELECT min(sigkey) FROM sigkey_bar), 0.9)) AS sigkey
	),
	laden AS MATERIALIZED (
		SELECT ip, sum(sigkey_dns_bytes) * 1.0 / sum(response_dns_bytes) AS share
		FROM run
			CROSS JOIN (
				SELECT DISTINCT ip AS candidate, lowest.sigkey AS bar
				FROM lowest CROSS JOIN source
				WHERE (response_dns_bytes >= 10000 OR (SELECT count(*) FROM run) > 1)
					AND sigkey_dns_bytes >= response_dns_bytes * lowest.sigkey * 0.999999999
			)
			CROSS JOIN source ON source.run_id = run.run_id AND ip = candidate
		GROUP BY candidate
		HAVING sum(response_dns_bytes) >= 10000 AND sum(sigkey_dns_bytes) >= sum(response_dns_bytes) * bar
	),
	-- Its own servers: those of the zones whose keys it asks for, by how often.
	laden_bar AS MATERIALIZED (
		SELECT ip, sum(queries * sigkey) / sum(iif(sigkey IS NULL, NULL, queries)) AS sigkey
		FROM flow JOIN sigkey_bar USING (zone_id)
		WHERE ip IN (SELECT ip FROM laden)
		GROUP BY ip
	),
	rrsig_heavy AS MATERIALIZED (
		SELECT ip
		FROM laden, everywhere
		WHERE share >= coalesce((SELECT sigkey FROM laden_bar WHERE laden_bar.ip = laden.ip), everywhere.sigkey)
	),

	-- Returned: not seen for thirty days, then asking again for keys just delivered.
	-- Only whoever has a run that ended thirty days before another began can be, and half a month, counted from the epoch,
	-- in which none ended; of these the ends and beginnings of all runs stand in order, so that the last end before a
	-- beginning is at hand.
	lasting AS MATERIALIZED (
		SELECT ip
		FROM source
		WHERE (SELECT count(*) FROM run) > 1
		GROUP BY ip
		HAVING max(first_ns) - min(last_ns) >= 30 * 86400 * 1000000000
			AND count(DISTINCT last_ns / 1296000000000000) <= max(last_ns) / 1296000000000000 - min(last_ns) / 1296000000000000
	),
	edge (ip, t_ns, requeries, ended_ns) AS (
		SELECT ip, source.first_ns, requeries, NULL FROM run CROSS JOIN lasting CROSS JOIN source USING (run_id, ip)
		UNION ALL
		SELECT ip, source.last_ns, 0, source.last_ns FROM run CROSS JOIN lasting CROSS JOIN source USING (run_id, ip)
	),
	absence AS (
		SELECT ip, t_ns - before_ns AS silence_ns
		FROM (
			SELECT ip, t_ns, requeries, max(ended_ns) OVER (
					PARTITION BY ip ORDER BY t_ns, ended_ns IS NOT NULL ROWS UNBOUNDED PRECEDING
				) AS before_ns
			FROM edge
		)
		WHERE requeries > 0
		UNION ALL
		SELECT opening.ip, silence_ns
		FROM opening JOIN behaviour ON behaviour.ip = opening.ip AND last_requery_ns >= opening.t_ns
		WHERE silence_ns >= 30 * 86400 * 1000000000
	),
	returned AS MATERIALIZED (
		SELECT ip, max(silence_ns) / 1e9 AS s FROM absence WHERE silence_ns >= 30 * 86400 * 1000000000 GROUP BY ip
	),

	-- To name an expression is to have it compiled with all that it names in turn: so each is named once here, and what
	-- is found of one source put together.
	marked (ip, is_dnskey, is_rrsig, caches, returned_s) AS (
		SELECT ip, 0, 0, n, NULL FROM caches
		UNION ALL
		SELECT ip, 1, 0, NULL, NULL FROM dnskey_heavy
		UNION ALL
		SELECT ip, 0, 1, NULL, NULL FROM rrsig_heavy
		UNION ALL
		SELECT ip, 0, 0, NULL, s FROM returned
	)
SELECT
	ip,
	CASE max(is_dnskey) + 2 * max(is_rrsig)
		WHEN 1 THEN 'dnskey-heavy'
		WHEN 2 THEN 'rrsig-heavy'
		WHEN 3 THEN 'dnskey-heavy,rrsig-heavy'
	END,
	coalesce(
		max(caches),
		(SELECT 1 FROM run CROSS JOIN source_stack USING (run_id) WHERE source_stack.ip = marked.ip LIMIT 1)
	),
	max(returned_s)
FROM marked
GROUP BY ip;
