#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM DATA DASHBOARD -- the queries of the dashboard with sqlite3: each runs, each has rows where a storm and
# a rollover were captured, and what it says is what the reports say. TAP.
set -u
[ $# -eq 3 ] || { echo 'usage: run.sh KEYSTORM DATA DASHBOARD' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
data=$(cd "$2" && pwd)
dashboard=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
. "$(dirname "$0")/../differential/common.sh"
need sqlite3 jq
make_scratch
cd "$scratch" || exit 2
"$KEYSTORM" analyze -q -d t.db "$data/root-rollover-one-server.pcap" || exit 1

number=0
check() { # check NAME COMMAND...
	number=$((number + 1))
	name=$1
	shift
	if "$@" >said 2>&1; then
		echo "ok $number - $name"
	else
		failed=1
		echo "not ok $number - $name"
		head -n 5 said | sed 's/^/# /'
		echo "$name" >&2
	fi
}
# As Grafana asks: milliseconds for the range, here an hour around the capture; no writing.
ask() { # ask FILTER: rows of the query that jq finds, as JSON
	jq -r "$1" "$dashboard" | sed 's/\$__from/1795294800000/g; s/\$__to/1795302000000/g' >sql
	sqlite3 -readonly -json t.db <sql >rows.json && jq -e 'length > 0' rows.json
}
n=$(jq '.panels | length' "$dashboard")
i=0
while [ $i -lt "$n" ]; do
	title=$(jq -r ".panels[$i].title" "$dashboard")
	check "$title" ask ".panels[$i].targets[0].rawQueryText"
	if [ "$(jq -r ".panels[$i].targets[0].queryType" "$dashboard")" = 'time series' ]; then
		check "$title: times are whole seconds, in order" jq -e 'map(.time) | all(type == "number" and floor == .) and . == sort' rows.json
	fi
	i=$((i + 1))
done
check 'annotations' ask '.annotations.list[0].target.rawQueryText'
check 'both texts of a query are the same' jq -e '[.. | objects | select(has("rawQueryText")) | .rawQueryText == .queryText] | all and length > 10' "$dashboard"
check 'views only' jq -e '[.. | .rawQueryText? // empty | scan("(?:FROM|JOIN) (\\w+)")[0] | startswith("v_")] | all' "$dashboard"

ask '.panels[] | select(.title == "Traffic in and out").targets[0].rawQueryText' >/dev/null
cp rows.json traffic.json
"$KEYSTORM" report traffic -d t.db -f json | jq '[.rows[] | .out_bps]' >want
check 'traffic is that of the report' sh -c 'jq -e --slurpfile want want "(map(.out) | length) == (\$want[0] | length) and ([map(.out), \$want[0]] | transpose | all((.[0] - .[1]) | fabs < 1e-3))" traffic.json'
echo "1..$number"
exit $failed
