-- SPDX-License-Identifier: BSD-2-Clause
-- What one source asked, in order, each query with its answer.
stepped AS (
	SELECT query.*, set_hash,
		t_ns - lag(t_ns) OVER (PARTITION BY ip ORDER BY t_ns, number, set_hash) AS dt_ns
	FROM query JOIN run USING (run_id)
),
report AS (
	SELECT
		(SELECT address FROM source WHERE source.run_id = stepped.run_id AND source.ip = stepped.ip) AS source,
		strftime('%Y-%m-%dT%H:%M:%S', t_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', t_ns % 1000000000), 1, time_digits + 1) || 'Z' AS t,
		round(dt_ns / 1e6, max(time_digits - 3, 0)) AS dt_ms,
		(SELECT address FROM server WHERE server.run_id = stepped.run_id AND server.ip = server_ip) AS server,
		id,
		sport,
		iif(transport = 1, 'tcp', 'udp') AS proto,
		rtrim(iif(flags & 0x8000, 'QR ', '') || iif(flags & 0x0400, 'AA ', '') || iif(flags & 0x0200, 'TC ', '')
			|| iif(flags & 0x0100, 'RD ', '') || iif(flags & 0x0080, 'RA ', '') || iif(flags & 0x0020, 'AD ', '')
			|| iif(flags & 0x0010, 'CD ', '') || iif(dnssec_ok, 'DO', '')) AS flags,
		edns_size,
		qname,
		coalesce(rrtype.name, 'TYPE' || stepped.qtype) AS qtype,
		strftime('%Y-%m-%dT%H:%M:%S', response_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', response_ns % 1000000000), 1, time_digits + 1) || 'Z' AS response_t,
		response_bytes,
		coalesce(rcode.name, CAST(stepped.rcode AS TEXT)) AS rcode,
		tc,
		CASE requery WHEN 1 THEN 'first' WHEN 2 THEN 'hot' WHEN 3 THEN 'warm' WHEN 4 THEN 'cool'
			WHEN 5 THEN 'refresh' WHEN 6 THEN 'retransmit' END AS requery,
		ip AS source_ip,
		server_ip,
		qname_wire AS zone_wire,
		t_ns,
		number,
		set_hash
	FROM stepped JOIN (SELECT time_digits FROM whole)
		LEFT JOIN rrtype ON rrtype.code = stepped.qtype LEFT JOIN rcode ON rcode.code = stepped.rcode
)
