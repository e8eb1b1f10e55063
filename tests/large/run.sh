#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM CAPTURE -- a week of 1,000 offenders, 100 zones and 10,080 bins stays a page that a browser opens and
# a mail takes: its size, the bounds of its plots, and how SQLite makes every report. TAP. With KS_TIME set also how long it took (for benchmarks).
set -u
[ $# -eq 2 ] || { echo 'usage: run.sh KEYSTORM CAPTURE' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
capture=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../differential/common.sh"
. "$here/common.sh"
need sqlite3 jq
make_scratch
cd "$scratch" || exit 2

sh "$here/make.sh" "$KEYSTORM" t.db "$capture" || { echo 'Bail out! no database'; exit 1; }
is 'offenders' "$("$KEYSTORM" report summary -d t.db -f json | jq '.rows[0].offenders')" -eq 1000
is 'storms' "$("$KEYSTORM" report storms -d t.db -f json | jq '.rows | length')" -ge 100
began=$(date +%s%N)
"$KEYSTORM" report all -f html -d t.db -o page.html || failed=1
[ -z "${KS_TIME:-}" ] || echo "# page: $((($(date +%s%N) - began) / 1000000)) ms"
is 'octets of the page' "$(wc -c <page.html)" -lt 2000000
sed -n 's,.*<script type="application/json">\(.*\)</script>.*,\1,p' page.html >data
is 'points of a line' "$(jq -s '[.[].series[].y | length] | max' data)" -eq 1440
is 'a point is seven bins' "$(jq -s '.[0].step_s' data)" -eq 420
is 'marks of the sequence' "$(grep -c '<path class="mark k[0-9]" d=.*<title>' page.html)" -eq 2000
is 'rows of heavy hitters' "$(sed -n '/id="hitters"/,/<\/table>/p' page.html | grep -c '^<tr>')" -eq 300
is 'and how many there are' "$(grep -cE '300 of [0-9]{4} rows' page.html)" -eq 1
# The highest of the bins of a point is the point.
"$KEYSTORM" report traffic -d t.db -f json >traffic.json
is 'the peak of the line' "$(jq -s '.[0].series[0].y | max' data)" = "$(jq '[.rows[].out_bps] | max' traffic.json)"
# The text of a series ends on the screen, with a word about the rest.
"$KEYSTORM" report rollover-series -d t.db >series.txt
is 'rows of a series as text' "$(grep -c '^z000' series.txt)" -eq 2048
is 'and that there are more' "$(grep -c '^the first 2048 rows' series.txt)" -eq 1
is 'unless they are asked for' "$("$KEYSTORM" report traffic -d t.db --limit all | grep -c '^2026-')" -eq 10080
# How each report is made.
sh "$here/plans.sh" t.db >plans
sed 's/^/# /' plans
is 'reports whose plan is no good' "$(grep -c '^not ok' plans)" -eq 0
is 'reports' "$(grep -c ' v_' plans)" -ge 30
echo "1..$number"
exit $failed
