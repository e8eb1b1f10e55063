#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make.sh KEYSTORM OUT.db CAPTURE -- a week of a large operator as facts: 1,000 offenders, 100 zones, 10,080 bins of a
# minute, a storm in every zone; judged by the program. What CAPTURE had gives way.
set -eu
[ $# -eq 3 ] || { echo 'usage: make.sh KEYSTORM OUT.db CAPTURE' >&2; exit 2; }
"$1" analyze -q -d "$2" "$3"
sqlite3 "$2" <<'SQL'
PRAGMA foreign_keys = OFF;
PRAGMA synchronous = OFF;
BEGIN;
DELETE FROM bin; DELETE FROM traffic; DELETE FROM zone_bin; DELETE FROM flow; DELETE FROM behaviour; DELETE FROM query;
DELETE FROM behaviour_cell; DELETE FROM behaviour_server; DELETE FROM source; DELETE FROM rrset_seen; DELETE FROM run_zone;
DELETE FROM source_stack; DELETE FROM bound; DELETE FROM server;
UPDATE run SET bin_s = 60, first_ns = 1795219200000000000, last_ns = 1795823999000000000, vantage = 'M';
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
INSERT INTO n WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 10079) SELECT i FROM c;
INSERT OR IGNORE INTO zone (name_wire, name, labels)
	SELECT CAST(char(4) || printf('z%03d', i) || char(0) AS BLOB), printf('z%03d.', i), 1 FROM n WHERE i < 100;
CREATE TEMP TABLE z AS SELECT zone_id, CAST(substr(name, 2, 3) AS INTEGER) AS k FROM zone WHERE name GLOB 'z[0-9][0-9][0-9].';
CREATE TEMP TABLE s AS SELECT i AS k, CAST(char(10, 1, 1, 1 + i) AS BLOB) AS ip, printf('10.1.1.%d', 1 + i) AS address FROM n WHERE i < 2;
CREATE TEMP TABLE o AS SELECT i AS k, CAST(char(10, 2, i / 100 + 1, i % 100 + 1) AS BLOB) AS ip,
	printf('10.2.%d.%d', i / 100 + 1, i % 100 + 1) AS address FROM n WHERE i < 1000;
INSERT INTO run_zone SELECT run_id, zone_id, 1, 100000, 2, 0 FROM run, z;
INSERT INTO server SELECT run_id, ip, address, 1000000, 1000000, 1000000, 0, 1139000000, 900000000, first_ns, last_ns FROM run, s;
-- Nothing is random and everything differs: a storm for 2,000 minutes, a little later from zone to zone.
INSERT INTO zone_bin
	SELECT run_id, zone_id, 1795219200 + i * 60, q, 0, 1, q - 1, 0, 0, 0, 0, q, q * 1139, i = 4000 + k * 20, q * 57, q * 57 * 57, q * 5353,
		q * 5353 * 5353
	FROM run, (SELECT zone_id, k, i, iif(i >= 4000 + k * 20 AND i < 6000 + k * 20, 900, 3) + (i * 7919 + k * 104729) % (7 + k) AS q FROM z, n)
	ORDER BY 1, 2, 3;
UPDATE run_zone SET requeries = s FROM (SELECT run_id AS r, zone_id AS z, sum(rq_hot + rq_warm + rq_cool) AS s FROM zone_bin GROUP BY 1, 2)
	WHERE run_id = r AND zone_id = z;
INSERT INTO bin
	SELECT run_id, 1795219200 + i * 60, ip, 0, qtype, q, q, q * 40, q * 400, q, 0, 0, q * 68, q * 428
	FROM run, (SELECT n.i, ip, t.code AS qtype, 1000 / (t.rowid + 1) + (n.i * 7919) % (300 + t.rowid) AS q
		FROM n, s, (SELECT rowid, code FROM rrtype WHERE code IN (1, 2, 6, 12, 15, 16, 28, 33, 43, 48, 65)) AS t)
	ORDER BY 1, 2, 3, 4, 5;
INSERT INTO traffic
	SELECT run_id, 1795219200 + i * 60, ip, q, q, q * 68, q * 428, q * 86, q * 446
	FROM run, (SELECT i, ip, 5000 + iif(i BETWEEN 4000 AND 8000, 90000, 0) + (i * 7919) % 3001 AS q FROM n, s)
	ORDER BY 1, 2, 3;
INSERT INTO flow
	SELECT run_id, zone_id, ip, address, q, 0, 0, 1, q - 1, 0, 0, 0, 0, q, q * 1139, first_ns + 240000000000000, last_ns
	FROM run, (SELECT zone_id, ip, address, 9000 - 8 * o.k + z.k AS q FROM z, o WHERE (o.k + z.k) % 33 = 0);
INSERT INTO source
	SELECT run_id, ip, address, sum(queries), 0, sum(queries), sum(queries), 0, sum(rq_hot), sum(queries), 0, 0, sum(queries) * 40,
		sum(response_dns_bytes), 0, 0, sum(response_dns_bytes), 1, min(first_ns), max(last_ns), 0
	FROM flow GROUP BY run_id, ip;
INSERT INTO behaviour
	SELECT run_id, zone_id, ip, queries, queries - 1, queries - 1, 10, 10, queries, 0, 0, 0, 1, last_ns, 10, 0, 30000000000, 0, 0, 0, 0, 0, 0
	FROM flow;
INSERT INTO query
	SELECT run_id, CAST(char(10, 2, 1, 1) AS BLOB), i, CAST(char(10, 1, 1, 1 + i % 2) AS BLOB), first_ns + 240000000000000 + i * 36000000000,
		first_ns + 240000000000000 + i * 36000000000 + 3000000, CAST(char(4) || 'z000' || char(0) AS BLOB), 'z000.', 48, i, 5353, 0, 1, 1232, 0,
		iif(i = 0, 1, 2), 1139, 0, 0, 64, 0, 60, 0
	FROM run, n;
COMMIT;
SQL
"$1" judge -d "$2" >/dev/null
