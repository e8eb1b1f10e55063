-- SPDX-License-Identifier: BSD-2-Clause
-- What happened to the keys of zones, as far as answers showed it, beside what the calendar knows.
told AS (
	SELECT
		zone.name AS zone,
		zone.name_wire AS zone_wire,
		t_ns,
		before_ns,
		all_ns,
		kind AS event,
		algorithm,
		tag,
		iif(identity IS NULL, NULL, lower(hex(substr(identity, 1, 4)))) AS key,
		server_ip,
		server_address AS server,
		-- Printed as it is when it is plain ASCII, else as octets.
		CASE
			WHEN nsid IS NULL OR length(nsid) = 0 THEN NULL
			WHEN instr(nsid, x'00') = 0 AND NOT CAST(nsid AS TEXT) GLOB '*[^ -~]*' THEN CAST(nsid AS TEXT)
			ELSE '0x' || lower(hex(nsid))
		END AS nsid,
		phase,
		method,
		warning,
		'seen' AS source,
		servers,
		detail,
		event_id
	FROM event JOIN zone USING (zone_id)
	UNION ALL
	SELECT zone, zone_wire, t_ns, NULL, NULL, event, NULL, tag, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'calendar', NULL,
		nullif(iif(planned, 'planned: ', '') || note, ''), 0
	FROM milestone
),
report AS (
	SELECT
		zone,
		strftime('%Y-%m-%dT%H:%M:%S', t_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', t_ns % 1000000000), 1, coalesce((SELECT time_digits FROM whole), 6) + 1) || 'Z' AS t,
		event,
		algorithm,
		tag,
		key,
		server,
		nsid,
		phase,
		warning,
		source,
		strftime('%Y-%m-%dT%H:%M:%S', before_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', before_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS t_before,
		strftime('%Y-%m-%dT%H:%M:%S', all_ns / 1000000000, 'unixepoch')
			|| substr(printf('.%09d', all_ns % 1000000000), 1, (SELECT time_digits FROM whole) + 1) || 'Z' AS t_all,
		servers,
		method,
		detail,
		zone_wire,
		server_ip,
		t_ns,
		event_id
	FROM told
)
