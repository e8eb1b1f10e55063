-- SPDX-License-Identifier: BSD-2-Clause
-- Which networks ask: sources, added up by prefix; see hitters-prefix.sql for how sources that left the table count.
width AS MATERIALIZED (
	SELECT
		len4,
		len6,
		iif(len4 <= 24, 24, NULL) AS rest4,
		CASE WHEN len6 <= 48 THEN 48 WHEN len6 <= 64 THEN 64 END AS rest6
	FROM option
),
missing (floor, lost) AS MATERIALIZED (SELECT cast(total(floor) AS INTEGER), cast(total(lost) AS INTEGER) FROM bound WHERE name = 'source_net'),
part AS (
	SELECT
		ks_net(ip, len4, len6) AS net,
		iif(iif(length(ip) = 4, rest4, rest6) IS NULL, queries, queries - err) AS queries,
		iif(iif(length(ip) = 4, rest4, rest6) IS NULL, err, 0) AS err,
		responses, dnskey_queries, query_dns_bytes, response_dns_bytes, sigkey_dns_bytes,
		udp_query_dns_bytes, udp_response_dns_bytes, first_ns, last_ns
	FROM all_source, width
	UNION ALL
	SELECT
		ks_net(ip, len4, len6),
		queries - iif(iif(length(ip) = 4, len4, len6) = bits, coalesce(floor, 0), err),
		iif(iif(length(ip) = 4, len4, len6) = bits, err - coalesce(floor, 0), 0),
		responses,
		dnskey_queries,
		query_dns_bytes,
		response_dns_bytes,
		sigkey_dns_bytes,
		iif(queries_only OR responses_only, NULL, query_dns_bytes - tcp_query_dns_bytes),
		iif(queries_only OR responses_only, NULL, response_dns_bytes - tcp_response_dns_bytes),
		source_net.first_ns,
		source_net.last_ns
	FROM source_net JOIN run USING (run_id) LEFT JOIN bound ON bound.run_id = source_net.run_id AND name = 'source_net', width
	WHERE bits = iif(length(ip) = 4, rest4, rest6)
),
added AS (
	SELECT
		net,
		CASE
			WHEN iif(length(net) = 4, rest4, rest6) IS NULL THEN 0
			WHEN iif(length(net) = 4, len4 = rest4, len6 = rest6) THEN missing.floor
			ELSE missing.lost
		END AS unknown,
		sum(queries) AS listed_queries,
		sum(err) AS listed_err,
		sum(responses) AS responses,
		sum(dnskey_queries) AS dnskey_queries,
		sum(query_dns_bytes) AS query_dns_bytes,
		sum(response_dns_bytes) AS response_dns_bytes,
		sum(sigkey_dns_bytes) AS sigkey_dns_bytes,
		sum(udp_query_dns_bytes) AS udp_query_dns_bytes,
		sum(udp_response_dns_bytes) AS udp_response_dns_bytes,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM part, width, missing
	GROUP BY net
),
everybody (dnskey_bar, sigkey_bar) AS MATERIALIZED (
	SELECT
		min(0.5, 3.0 * sum(dnskey_queries) / nullif(sum(queries), 0)),
		min(0.9, 3.0 * sum(sigkey_dns_bytes) / nullif(sum(response_dns_bytes), 0))
	FROM (
		SELECT queries - err AS queries, dnskey_queries, response_dns_bytes, sigkey_dns_bytes FROM source
		UNION ALL SELECT queries, dnskey_queries, response_dns_bytes, sigkey_dns_bytes FROM source_rest
	)
),
shared AS (
	SELECT *,
		listed_queries + unknown AS queries,
		listed_err + unknown AS err,
		dnskey_queries * 1.0 / nullif(listed_queries - listed_err, 0) AS dnskey_share,
		sigkey_dns_bytes * 1.0 / nullif(response_dns_bytes, 0) AS sigkey_share
	FROM added
),
tagged AS (
	SELECT *,
		coalesce(dnskey_queries >= 10 AND dnskey_share >= dnskey_bar, 0) AS dnskey_heavy,
		coalesce(response_dns_bytes >= 10000 AND sigkey_share >= sigkey_bar, 0) AS rrsig_heavy
	FROM shared, everybody
),
report AS (
	SELECT
		ks_net_text(net, len4, len6) AS source,
		queries,
		responses,
		dnskey_queries,
		dnskey_share,
		sigkey_share AS rrsig_bytes_share,
		CASE
			WHEN dnskey_heavy AND rrsig_heavy THEN 'dnskey-heavy,rrsig-heavy'
			WHEN dnskey_heavy THEN 'dnskey-heavy'
			WHEN rrsig_heavy THEN 'rrsig-heavy'
			ELSE 'background'
		END AS flow,
		query_dns_bytes AS query_bytes,
		response_dns_bytes AS response_bytes,
		strftime('%Y-%m-%dT%H:%M:%S', first_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', first_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS first,
		strftime('%Y-%m-%dT%H:%M:%S', last_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', last_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS last,
		err,
		udp_response_dns_bytes * 1.0 / nullif(udp_query_dns_bytes, 0) AS baf,
		net AS source_ip,
		first_ns,
		last_ns
	FROM tagged, width
)
