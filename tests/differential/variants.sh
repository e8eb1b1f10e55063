#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# variants.sh KEYSTORM SCENE [SCENE-NAME] -- is the cause found where nothing is as in the scene that it was looked at
# with? Other rates, lifetimes, numbers of servers, IPv6, strangers among the traffic; then captures that lack something:
# one direction, one server of several, packets, half of the time. What has all must be found: storms of the planted zones
# with the planted verdict and a lead of ten decibans. What lacks something may be undetermined, but whatever is decided
# must be true: of storms and of those who were planted. TAP.
set -u
[ $# -ge 2 ] || { echo 'usage: variants.sh KEYSTORM SCENE [SCENE-NAME]' >&2; exit 2; }
keystorm=$1 scene=$2 only=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need jq
make_scratch

# found or open, scene, settings of it.
variants() {
	for name in h1-dos h2-reflection h3-no-cache h4-loop h5-stale h6-broken h7-lost h8-monitoring clock-skew; do
		echo "found $name ttl=900 noise=60"
		echo "found $name ttl=86400 servers=6"
		echo "found $name pace=50 v6=1"
		echo "open $name pace=200 servers=2"
		echo "open $name loss=5"
		echo "open $name loss=30"
		echo "open $name side=1"
		echo "open $name side=2"
		echo "open $name one-server=1"
		echo "open $name from=96"
		echo "open $name to=97"
	done
	echo 'found h2-carpet pace=60 noise=60'
	echo 'found h2-carpet v6=1 servers=4'
	echo 'open h2-carpet loss=30'
	echo 'open h2-carpet side=1'
	echo 'open h2-carpet from=96'
	echo 'open healthy ttl=600 servers=3 v6=1'
	echo 'open healthy loss=20 noise=60'
	echo 'open healthy side=1'
	echo 'open d12-slow-burn ttl=3600 v6=1 noise=60'
	echo 'open d12-slow-burn one-server=1'
}

wrong='
def open: . == "undetermined" or . == "healthy" or . == null;
$truth[0] as $t | ($t.storms | map({key: .zone, value: .}) | from_entries) as $want |
([$t.offenders[] | {key: "\(.source) \(.zone)", value: .verdict}] | from_entries) as $blamed |
($storms[0].rows[] | select(if $want[.zone] == null then (.verdict | open | not) and (.verdict != $t.verdict)
	elif .verdict == $want[.zone].verdict then .lead_db < 10
	elif $kind == "found" then true else .verdict | open | not end)
	| "storm of \(.zone): \(.verdict) by \(.lead_db) dB, not \($want[.zone].verdict)"),
(if $kind == "found" then $want | keys[] | select(. as $zone | [$storms[0].rows[].zone] | index($zone) | not) | "no storm of \(.)" else empty end),
($hitters[0].rows[] | $blamed["\(.source) \(.zone)"] as $verdict | select($verdict != null and .verdict != $verdict
	and (.verdict | open | not)) | "\(.source) \(.zone): \(.verdict), not \($verdict)")'

number=0
list=$(variants | grep -e " $only" )
echo "1..$(echo "$list" | wc -l)"
echo "$list" >"$scratch/list"
while read -r kind name settings; do
	number=$((number + 1))
	"$scene" "$name" 7 "$scratch/it.pcap" $settings || exit 2
	"$keystorm" analyze -q --no-progress -d "$scratch/it.db" "$scratch/it.pcap" >/dev/null 2>&1
	for report in storms hitters; do
		"$keystorm" report $report --limit all -d "$scratch/it.db" -f json >"$scratch/$report"
	done
	jq -rn --arg kind "$kind" --slurpfile truth "$scratch/it.truth.json" --slurpfile storms "$scratch/storms" \
		--slurpfile hitters "$scratch/hitters" "$wrong" >"$scratch/wrong" 2>&1
	if [ ! -s "$scratch/wrong" ]; then
		echo "ok $number - $name $settings: $(jq -r '[.rows[].verdict] | join(" ")' "$scratch/storms")"
	else
		failed=1
		echo "not ok $number - $name $settings ($kind)"
		sort "$scratch/wrong" | head -n 6 | sed 's/^/#   /'
	fi
	rm -f "$scratch"/it.*
done <"$scratch/list"
exit $failed
