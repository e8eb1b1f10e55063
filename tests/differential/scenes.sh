#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# scenes.sh KEYSTORM SCENE -- captures of which the cause is known (tests/support/scene.h), each against two oracles.
# tshark: DNSKEY queries of every source and zone. The truth that was written with the capture: which zones have a
# storm, its start and end (to two bins), mean and highest rate, which events came before, and who offends. The verdicts
# are not compared here: see verdicts.sh. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: scenes.sh KEYSTORM SCENE' >&2; exit 2; }
keystorm=$1 scene=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark jq
make_scratch

# "SOURCE ZONE QUERIES", sorted.
by_tshark() { # by_tshark CAPTURE
	tshark -n -r "$1" -Y 'dns.flags.response == 0 && dns.qry.type == 48 && !icmp' -T fields -E separator=/t \
		-E occurrence=f -e ip.src -e ipv6.src -e dns.qry.name 2>/dev/null |
		awk -F '\t' '{ zone = $3 == "<Root>" ? "." : tolower($3) "."; n[$1 $2 " " zone]++ }
			END { for (key in n) print key, n[key] }' | LC_ALL=C sort
}

by_keystorm() { # by_keystorm DATABASE
	"$keystorm" report hitters --limit all -d "$1" -f csv | awk -F , 'NR > 1 { print $2, $3, $5 }' | LC_ALL=C sort
}

# Sources that ask again for half of their DNSKEY queries, of ten or more.
offenders() { # offenders DATABASE
	"$keystorm" report hitters --limit all -d "$1" -f csv |
		awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
			NR > 1 && $at["queries"] >= 10 && $at["rr"] >= 0.5 { print $at["source"], $at["zone"] }' |
		LC_ALL=C sort
}

# Lines that tell what differs; nothing when all is well.
storms_differ='
def seconds: if . == null then null else sub("\\.[0-9]+Z$"; "Z") | fromdateiso8601 end;
def near($truth; $within): . != null and (. - $truth | fabs) <= $within;
$truth[0] as $t | $storms[0].rows as $found | $events[0].rows as $events
| ($t.storms[] | . as $want
	| [$found[] | select(.zone == $want.zone)] as $of_zone
	| if ($of_zone | length) != 1 then "\(.zone) has \($of_zone | length) storms"
	  else $of_zone[0]
		| (select(.start | seconds | near($want.start; $t.tolerance.start_s) | not)
			| "\(.zone) starts at \(.start), not \($want.start | todate)"),
		  (select(if $want.end == null then .end != null else .end | seconds | near($want.end; $t.tolerance.end_s) | not end)
			| "\(.zone) ends at \(.end), not \($want.end)"),
		  (select(.mean_qps | near($want.mean_qps; $want.mean_qps * $t.tolerance.rate) | not)
			| "\(.zone) has a mean of \(.mean_qps), not \($want.mean_qps)"),
		  (select(.peak_qps | near($want.peak_qps; $want.peak_qps * 0.001) | not)
			| "\(.zone) has a peak of \(.peak_qps), not \($want.peak_qps)")
	  end),
  ($found[] | select(.zone as $zone | all($t.storms[]; .zone != $zone)) | "a storm of \(.zone)"),
  ($t.events // [] | .[] | . as $want
	| [$events[] | select(.source == "seen" and .zone == $want.zone and .event == $want.event
		and ($want.tag == null or .tag == $want.tag)
		and (.t | seconds) >= $want.t and (.t_before | seconds) <= $want.t)]
	| select(length == 0) | "no \($want.event) of \($want.zone) at \($want.t | todate)")'

tell() { # tell VERDICT NAME FILE: a line of TAP, and what was wrong
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		failed=1
		echo "not ok $number - $2"
		head -n 15 "$3" | sed 's/^/#   /'
	fi
}

names=$("$scene" | grep -v '^root-2019$') # of months: see history.sh
echo "1..$(($(echo "$names" | wc -l) * 3))"
number=0
for name in $names; do
	"$scene" "$name" 1 "$scratch/it.pcap" || exit 2
	"$keystorm" analyze -q --no-progress -d "$scratch/it.db" "$scratch/it.pcap" >/dev/null 2>"$scratch/stderr"
	by_tshark "$scratch/it.pcap" >"$scratch/want"
	by_keystorm "$scratch/it.db" >"$scratch/got"
	[ -s "$scratch/want" ] && diff "$scratch/want" "$scratch/got" >"$scratch/wrong"
	tell $? "$name: DNSKEY queries by source and zone" "$scratch/wrong"
	"$keystorm" report storms -d "$scratch/it.db" -f json >"$scratch/storms"
	"$keystorm" report rollovers --limit all -d "$scratch/it.db" -f json >"$scratch/events"
	jq -rn --slurpfile truth "$scratch/it.truth.json" --slurpfile storms "$scratch/storms" \
		--slurpfile events "$scratch/events" "$storms_differ" >"$scratch/wrong" 2>&1
	[ ! -s "$scratch/wrong" ]
	tell $? "$name: storms and what came before them" "$scratch/wrong"
	jq -r '.offenders[] | "\(.source) \(.zone)"' "$scratch/it.truth.json" | LC_ALL=C sort >"$scratch/want"
	offenders "$scratch/it.db" >"$scratch/got"
	diff "$scratch/want" "$scratch/got" >"$scratch/wrong"
	tell $? "$name: offenders" "$scratch/wrong"
	rm -f "$scratch"/it.*
done
exit $failed
