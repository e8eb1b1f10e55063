#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# month.sh KEYSTORM OUT.db CAPTURE -- a month as `live` writes it: 31 days in hourly runs, 44,640 bins of a minute, 100 zones
# asked in each, 1,000 offenders of whom a tenth is there in any hour, among 1,000 sources an hour, a storm in every zone;
# judged by the program. What CAPTURE had gives way. Takes minutes; KS_MONTH_DAYS for another number of days.
set -eu
[ $# -eq 3 ] || { echo 'usage: month.sh KEYSTORM OUT.db CAPTURE' >&2; exit 2; }
hours=$((${KS_MONTH_DAYS:-31} * 24))
"$1" analyze -q -d "$2" "$3"
sqlite3 "$2" <<SQL
PRAGMA foreign_keys = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -200000;
BEGIN;
DELETE FROM bin; DELETE FROM traffic; DELETE FROM zone_bin; DELETE FROM flow; DELETE FROM behaviour; DELETE FROM query;
DELETE FROM behaviour_cell; DELETE FROM behaviour_server; DELETE FROM source; DELETE FROM rrset_seen; DELETE FROM run_zone;
DELETE FROM source_stack; DELETE FROM bound; DELETE FROM server; DELETE FROM opening; DELETE FROM clients;
UPDATE run SET run_id = 1, bin_s = 60, first_ns = 1793491200000000000, last_ns = 1793494799000000000, vantage = 'M';
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
INSERT INTO n WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 1999) SELECT i FROM c;
-- An hour a run.
CREATE TEMP TABLE first_run AS SELECT * FROM run;
INSERT INTO run SELECT 1 + h, CAST(printf('%016d', h) AS BLOB), tool_version, sensor, vantage, vantage_given, partial, queries_only,
	responses_only, anonymized, bin_s, NULL, time_digits, first_ns + h * 3600000000000, last_ns + h * 3600000000000
	FROM first_run, (SELECT i AS h FROM n WHERE i BETWEEN 1 AND $hours - 1);
CREATE TEMP TABLE first_input AS SELECT * FROM input WHERE position = 0;
UPDATE first_input SET first_ns = (SELECT first_ns FROM first_run), last_ns = (SELECT last_ns FROM first_run);
DELETE FROM input;
INSERT INTO input SELECT run.run_id, 0, path, container, state, note, CAST(printf('%016d', run.run_id) AS BLOB), size_bytes, packets,
	linktype, snaplen, run.first_ns, run.last_ns FROM run, first_input;
CREATE TEMP TABLE first_counter AS SELECT * FROM counter;
DELETE FROM counter;
INSERT INTO counter SELECT run.run_id, kind, name, position, value, note FROM run, first_counter ORDER BY 1, 2, 3;
INSERT OR IGNORE INTO zone (name_wire, name, labels)
	SELECT CAST(char(4) || printf('z%03d', i) || char(0) AS BLOB), printf('z%03d.', i), 1 FROM n WHERE i < 100;
CREATE TEMP TABLE z AS SELECT zone_id, CAST(substr(name, 2, 3) AS INTEGER) AS k FROM zone WHERE name GLOB 'z[0-9][0-9][0-9].' ORDER BY 1;
CREATE TEMP TABLE s AS SELECT i AS k, CAST(char(10, 1, 1, 1 + i) AS BLOB) AS ip, printf('10.1.1.%d', 1 + i) AS address FROM n WHERE i < 2;
CREATE TEMP TABLE o AS SELECT i AS k, CAST(char(10, 2, i / 100 + 1, i % 100 + 1) AS BLOB) AS ip,
	printf('10.2.%d.%d', i / 100 + 1, i % 100 + 1) AS address FROM n WHERE i < 2000;
CREATE TEMP TABLE m AS SELECT i AS k FROM n WHERE i < 60;
INSERT INTO run_zone SELECT run_id, zone_id, 1, 1000, 2, 0 FROM run, z ORDER BY 1, 2;
INSERT INTO server SELECT run_id, ip, address, 100000, 100000, 100000, 0, 113900000, 90000000, first_ns, last_ns FROM run, s ORDER BY 1, 2;
INSERT INTO zone_server SELECT run_id, zone_id, ip FROM run, z, s ORDER BY 1, 2, 3;
-- Nothing is random and everything differs: a storm for 33 hours, some hours later from zone to zone.
INSERT INTO zone_bin
	SELECT run_id, zone_id, t_s, q, 0, 1, q - 1, 0, 0, 0, 0, q, q * 1139, storm, q * 57, q * 57 * 57, q * 5353, q * 5353 * 5353
	FROM (
		SELECT run_id, zone_id, t_s, storm, iif(storm, 900, 3) + (t_s / 60 * 7919 + k * 104729) % (7 + k) AS q
		FROM (
			SELECT run_id, zone_id, z.k AS k, first_ns / 1000000000 + m.k * 60 AS t_s,
				run_id >= 100 + z.k * 6 AND run_id < 133 + z.k * 6 AS storm
			FROM run, z, m
		)
	)
	ORDER BY 1, 2, 3;
UPDATE run_zone SET requeries = s FROM (SELECT run_id AS r, zone_id AS z, sum(rq_hot + rq_warm + rq_cool) AS s FROM zone_bin GROUP BY 1, 2)
	WHERE run_id = r AND zone_id = z;
INSERT INTO bin
	SELECT run_id, t_s, ip, 0, qtype, q, q, q * 40, q * 400, q, 0, 0, q * 68, q * 428
	FROM (
		SELECT run_id, first_ns / 1000000000 + m.k * 60 AS t_s, ip, t.code AS qtype,
			1000 / (t.rowid + 1) + (run_id * 60 + m.k * 7919) % (300 + t.rowid) AS q
		FROM run, m, s, (SELECT rowid, code FROM rrtype WHERE code IN (1, 2, 6, 12, 15, 16, 28, 33, 43, 48, 65)) AS t
	)
	ORDER BY 1, 2, 3, 4, 5;
INSERT INTO traffic
	SELECT run_id, first_ns / 1000000000 + m.k * 60, ip, q, q, q * 68, q * 428, q * 86, q * 446
	FROM (SELECT *, 5000 + (run_id * 7919) % 3001 AS q FROM run), m, s
	ORDER BY 1, 2, 3;
INSERT INTO flow
	SELECT run_id, zone_id, ip, address, q, 0, 0, 1, q - 1, 0, 0, 0, 0, q, q * 1139, first_ns + 240000000000, last_ns
	FROM (SELECT run_id, first_ns, last_ns, zone_id, ip, address, 2900 - 2 * o.k + z.k AS q FROM run, z, o
		WHERE o.k < 1000 AND (o.k + z.k) % 33 = 0 AND (o.k + run_id) % 10 = 0)
	ORDER BY 1, 2, 3;
INSERT INTO source
	SELECT run_id, ip, address, sum(queries), 0, sum(queries), sum(queries), 0, sum(rq_hot), sum(queries), 0, 0, sum(queries) * 40,
		sum(response_dns_bytes), 0, 0, sum(response_dns_bytes), 1, min(first_ns), max(last_ns), 0
	FROM flow GROUP BY run_id, ip;
INSERT INTO source
	SELECT run_id, ip, address, 100 + o.k, 0, 100 + o.k, 1, 0, 0, 100, 0, 0, 4000, 60000, 0, 0, 1500, 1, first_ns, last_ns, 0
	FROM run, o WHERE o.k >= 1000 AND (o.k + run_id) % 10 > 0
	ORDER BY 1, 2;
INSERT INTO behaviour
	SELECT run_id, zone_id, ip, queries, queries - 1, queries - 1, 10, 10, queries, 0, 0, 0, 1, last_ns, 10, 0, 30000000000, 0, 0, 0, 0, 0, 0
	FROM flow;
INSERT INTO query
	SELECT run_id, ip, i, CAST(char(10, 1, 1, 1 + i % 2) AS BLOB), first_ns + i * 36000000000,
		first_ns + i * 36000000000 + 3000000, CAST(char(4) || 'z000' || char(0) AS BLOB), 'z000.', 48, i, 5353, 0, 1, 1232, 0,
		iif(i = 0, 1, 2), 1139, 0, 0, 64, 0, 60, 0
	FROM run, (SELECT ip FROM o WHERE k < 20), (SELECT i FROM n WHERE i < 100)
	ORDER BY 1, 2, 3;
COMMIT;
SQL
"$1" judge -d "$2" >/dev/null
