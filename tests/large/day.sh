#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# day.sh KEYSTORM CAPTURE -- a day of hourly runs, as `live` writes it: what is read of many runs. How SQLite makes every
# report; that the first rows are the same whether they or all are asked for, since where not all are shown not all is
# read; and that storms are the same whether bins come run by run or sorted. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: day.sh KEYSTORM CAPTURE' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
capture=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../differential/common.sh"
. "$here/common.sh"
need sqlite3 jq
make_scratch
cd "$scratch" || exit 2

# More than the month's own storms, which take hours to come: the bins of one zone rise for an hour.
KS_MONTH_DAYS=1 sh "$here/month.sh" "$KEYSTORM" t.db "$capture" || { echo 'Bail out! no database'; exit 1; }
sqlite3 t.db 'UPDATE zone_bin SET queries = queries * 100, rq_hot = queries * 100 - 1, responses = queries * 100
	WHERE run_id = 12 AND zone_id IN (SELECT zone_id FROM zone WHERE name < "z010.")'
"$KEYSTORM" judge -d t.db >/dev/null

sh "$here/plans.sh" t.db >plans
sed 's/^/# /' plans
is 'reports whose plan is no good' "$(grep -c '^not ok' plans)" -eq 0
is 'storms in ten zones' "$(sqlite3 t.db 'SELECT count(DISTINCT zone_id) FROM storm')" -eq 10

first_rows() { # first_rows N REPORT [OPTION]...: as they are when no more are asked for, and of all
	n=$1
	shift
	"$KEYSTORM" report "$@" -d t.db -f json --limit "$n" | jq -c .rows >few.json
	"$KEYSTORM" report "$@" -d t.db -f json --limit all | jq -c ".rows[:$n]" >first.json
	is "the first $n rows: $*" "$(md5sum <few.json)" = "$(md5sum <first.json)"
	is "there are $n" "$(jq length few.json)" -eq "$n"
}
noon=$(sqlite3 t.db "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', first_ns / 1000000000 + 10, 'unixepoch') FROM run WHERE run_id = 13")
begin=$(sqlite3 t.db "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', first_ns / 1000000000, 'unixepoch') FROM run WHERE run_id = 1")
both_ways() {
	first_rows 1 traffic
	first_rows 70 traffic
	first_rows 5 traffic --step 600 --server 10.1.1.1
	first_rows 70 traffic --from "$noon"
	first_rows 100 qtypes
	first_rows 13 qtypes --step 3600
	first_rows 70 qtypes --server 10.1.1.2 --to "$noon"
	first_rows 3 rollover-series
	first_rows 1500 rollover-series
	first_rows 40 rollover-series --step 3600
	first_rows 70 rollover-series --from "$noon" --zone z007.
	first_rows 20 sources
	first_rows 20 hitters
	first_rows 7 conditions
	first_rows 5 conditions --zone z007.
	first_rows 7 habits
	first_rows 2 habits --zone z007.
}
both_ways
# What reports share when all are asked for is added up once.
"$KEYSTORM" report all -d t.db -f json >all.json
for report in summary hitters fingerprints quality storms sources habits; do
	is "rows of $report among all reports" \
		"$(jq -c --arg report "$report" '.rows[] | select(.report == $report) | .rows' all.json | md5sum)" = \
		"$("$KEYSTORM" report "$report" -d t.db -f json | jq -c .rows | md5sum)"
done
# The rows of one width that two runs have of the same time are one row.
cp t.db two.db
sqlite3 t.db "UPDATE run SET first_ns = first_ns - 5400000000000, last_ns = last_ns - 5400000000000 WHERE run_id = 3;
	UPDATE bin SET t_s = t_s - 5400 WHERE run_id = 3; UPDATE traffic SET t_s = t_s - 5400 WHERE run_id = 3;
	UPDATE zone_bin SET t_s = t_s - 5400 WHERE run_id = 3"
both_ways
mv two.db t.db

# A packet that changes nothing, in a run that thereby begins before another ends.
storms() { sqlite3 t.db 'SELECT * FROM storm' | md5sum; }
before=$(storms)
sqlite3 t.db "INSERT INTO traffic SELECT 2, t_s, x'', 0, 0, 0, 0, 0, 0 FROM traffic WHERE run_id = 1 GROUP BY 2 LIMIT 1"
"$KEYSTORM" judge -d t.db >/dev/null
is 'storms of runs that overlap' "$(storms)" = "$before"
is 'the day began' "$("$KEYSTORM" report traffic -d t.db -f json --limit 1 | jq -r '.rows[0].t')" = "$begin"
echo "1..$number"
exit $failed
