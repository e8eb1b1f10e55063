#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# size.sh KEYSTORM GEN -- how large the database of a segment of `keystorm live` becomes, by what is in it.
#
# A segment is written like a capture: here 3,600,000 packets of 100,000 sources, which is an hour of 500 queries a second
# and their answers (the bins of an hour are made of what came in three minutes: KS_BENCH_BIN makes 60 of them).
set -eu
[ $# -ge 2 ] || { echo 'usage: size.sh KEYSTORM GEN' >&2; exit 2; }
command -v sqlite3 >/dev/null 2>&1 || { echo 'skipped: sqlite3 is not installed'; exit 77; }
keystorm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
gen=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cd "$scratch"
"$gen" "${KS_BENCH_PACKETS:-3600000}" hour.pcap
"$keystorm" analyze -q --bin "${KS_BENCH_BIN:-3}" -d size.db hour.pcap
sqlite3 size.db "WITH part AS (
	SELECT pgsize, CASE
		WHEN name IN ('bin', 'traffic', 'zone_bin', 'drops') THEN 'bins'
		WHEN name = 'query' THEN 'sampled queries'
		WHEN name IN (SELECT s.name FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE c.name = 'run_id')
			THEN 'all other facts'
		ELSE 'judgements, names, indices' END AS what
	FROM dbstat)
SELECT printf('%-28s %7.2f MB', what, sum(pgsize) / 1e6) FROM part GROUP BY what ORDER BY sum(pgsize) DESC;
SELECT printf('%-28s %7.2f MB', 'together', sum(pgsize) / 1e6) FROM dbstat"
