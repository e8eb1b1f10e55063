#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# halves.sh KEYSTORM FOLDER SCENE -- do two halves say what the whole says? Every capture of FOLDER, and some scenes (see
# tests/support/scene.h) in the middle of their storms, is cut in two by time; the databases of the halves are merged.
# Totals, sources, clients and the counts of hitters must be equal, of the scenes also storms, events and signals.
#
# What may differ is what hangs on a state that does not cross the cut: of each source and zone, the DNSKEY queries
# of the second half up to its first answer there are `first` (nothing is known of keys delivered), so they are no
# requeries, and as many of them as were retransmissions count in the ratio. Never more: requeries of the halves are
# at most those of the whole, and at least those less the queries up to that answer.
#
# Verdicts: those of storms, and of sources that are heavy in both and asked a hundred times or more, must be equal. The
# rest may be decided in one and undetermined, or healthy, in the other, but no two may contradict each other: each run
# samples queries anew, so halves have more of them on record than the whole where memory was short; and the gap across
# the cut is measured in neither, which tells where an index stands at its threshold. So of storms and heavy sources a
# kind of evidence may be known in one and unknown in the other, but not present in one and absent in the other; and
# where all kinds of a storm say the same, its lead must be the same. TAP.
set -u
[ $# -eq 3 ] || { echo 'usage: halves.sh KEYSTORM FOLDER SCENE' >&2; exit 2; }
keystorm=$1 folder=$2 scene=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need editcap capinfos tshark jq sqlite3
make_scratch

# What must be equal. Malformed messages and TCP are counted where a stream is whole, so captures with TCP across the
# cut say so themselves: see `crosses`.
without_tag() { # the flow tag measures by queries that are no repeats, so that the cut may move it
	sed -E 's/,("dnskey-heavy,rrsig-heavy"|dnskey-heavy|rrsig-heavy|background),/,TAG,/'
}

facts() { # facts DATABASE
	"$keystorm" report totals -d "$1" -f csv
	"$keystorm" report clients -d "$1" -f csv
	"$keystorm" report sources --limit all -d "$1" -f csv | without_tag
	"$keystorm" report sources --prefix 24,48 --limit all -d "$1" -f csv | without_tag
	"$keystorm" report hitters --limit all -d "$1" -f csv | awk -F , '{ print $1, $2, $3, $5, $6, $7, $8, $9, $19 }'
	"$keystorm" report hitters --prefix 24,48 --limit all -d "$1" -f csv | awk -F , '{ print $2, $3, $5, $6, $19 }'
}

# Of a capture whose bins the cut does not touch otherwise, what is concluded too.
judgements() { # judgements DATABASE CAPTURE
	case $2 in "$scratch"/scenes/*) ;; *) return ;; esac
	"$keystorm" report storms --limit all -d "$1" -f csv | cut -d , -f 1-18,20- # without lead_db
	for report in rollovers anchors; do
		"$keystorm" report $report --limit all -d "$1" -f csv
	done
}

requeries() { # requeries DATABASE: source, zone, requeries
	"$keystorm" report hitters --limit all -d "$1" -f csv | awk -F , 'NR > 1 { print $2 " " $3, $NF }' | LC_ALL=C sort
}

# DNSKEY queries of the second half before the first answer there, by source and zone.
unsure() { # unsure CAPTURE
	tshark -n -r "$1" -Y 'dns.qry.type == 48 && !icmp && !icmpv6' -T fields -E separator=/t -E occurrence=f \
		-e dns.flags.response -e ip.src -e ipv6.src -e ip.dst -e ipv6.dst -e dns.qry.name 2>/dev/null |
		awk -F '\t' '{
			zone = tolower($6) == "<root>" ? "." : tolower($6) "."
			key = ($1 ~ /^(1|True)/ ? $4 $5 : $2 $3) " " zone
			if ($1 ~ /^(1|True)/) answered[key] = 1
			else if (!answered[key]) n[key]++
		} END { for (key in n) print key, n[key] }' | LC_ALL=C sort
}

# VERDICT of storms and sources: "storm ZONE START" or "heavy|other SOURCE ZONE", a tab, the verdict.
verdicts() { # verdicts DATABASE
	"$keystorm" report storms --limit all -d "$1" -f json |
		jq -r '.rows[] | "storm \(.zone) \(.start)\t\(.verdict)"'
	"$keystorm" report hitters --limit all -d "$1" -f json |
		jq -r '.rows[] | select(.verdict != null) | "\(if .heavy and .queries >= 100 then "heavy" else "other" end) \(.source) \(.zone)\t\(.verdict)"'
}

# States of the evidence: "storm ZONE START EVIDENCE" or "heavy SOURCE ZONE EVIDENCE", a tab, the state; and of storms,
# "lead ZONE START STATES", a tab, the lead.
evidence() { # evidence DATABASE
	sqlite3 -readonly -separator '	' "$1" "
		SELECT 'storm ' || zone || ' ' || coalesce(start, '-') || ' ' || evidence, state
		FROM v_diagnosis WHERE source IS NULL AND rank = 1
		UNION ALL
		SELECT 'lead ' || zone || ' ' || coalesce(start, '-') || ' ' || group_concat(substr(state, 1, 1), ''), max(lead_db)
		FROM (SELECT * FROM v_diagnosis WHERE source IS NULL AND rank = 1 ORDER BY zone, start, label)
		GROUP BY zone, start
		UNION ALL
		SELECT 'heavy ' || source || ' ' || zone || ' ' || evidence, state
		FROM v_diagnosis JOIN v_hitters USING (source, zone) WHERE v_diagnosis.rank = 1 AND heavy AND queries >= 100" | LC_ALL=C sort
}

flips() { # flips WANT GOT
	awk -F '\t' '
		NR == FNR { want[$1] = $2; next }
		!($1 in want) || want[$1] == $2 { next }
		$1 !~ /^lead / && (want[$1] == "unknown" || $2 == "unknown") { next }
		{ print $1 ": " $2 ", of the whole " want[$1] }' "$1" "$2"
}

contradictions() { # contradictions WANT GOT
	awk -F '\t' '
		function is_open(verdict) { return verdict == "undetermined" || verdict == "healthy" }
		NR == FNR { want[$1] = $2; next }
		!($1 in want) || want[$1] == $2 { next }
		$1 ~ /^other / && (is_open(want[$1]) || is_open($2)) { next }
		{ print $1 ": " $2 ", of the whole " want[$1] }' "$1" "$2"
}

mkdir "$scratch/scenes"
for name in h1-dos h2-carpet h2-reflection h4-loop h5-stale h6-broken h8-monitoring; do
	"$scene" $name 1 "$scratch/scenes/$name.pcap" || exit 2
done
set -- "$folder"/*.pcap* "$scratch"/scenes/*.pcap
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	packets=$(capinfos -Mc "$capture" | awk -F : '/Number of packets/ { print $2 + 0 }')
	half=$((packets / 2))
	# A TCP stream or a fragmented datagram that lies across the cut has its message in neither half.
	while [ "$half" -lt "$packets" ] && [ -n "$(tshark -n -r "$capture" \
		-Y "frame.number > $((half - 40)) && frame.number <= $((half + 40)) && (tcp || ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr)" \
		-T fields -e frame.number 2>/dev/null | head -n 1)" ]; do
		half=$((half + 20))
	done
	if [ "$half" -ge "$packets" ]; then
		echo "ok $number - $name # SKIP no place to cut without TCP or fragments"
		continue
	fi
	editcap -F pcap -r "$capture" "$scratch/first.pcap" "1-$half" >/dev/null 2>&1
	editcap -F pcap "$capture" "$scratch/second.pcap" "1-$half" >/dev/null 2>&1
	rm -f "$scratch"/*.db* "$scratch/stderr"
	bin_s=1
	case $capture in "$scratch"/scenes/*) bin_s=60 ;; esac
	for part in whole first second; do
		[ $part = whole ] && of=$capture || of=$scratch/$part.pcap
		"$keystorm" analyze -q --no-progress --bin $bin_s -d "$scratch/$part.db" "$of" >/dev/null 2>>"$scratch/stderr"
	done
	"$keystorm" merge -q -d "$scratch/halves.db" "$scratch/first.db" "$scratch/second.db" 2>>"$scratch/stderr"
	for part in whole halves; do
		[ $part = whole ] && to=want || to=got
		{ facts "$scratch/$part.db"; judgements "$scratch/$part.db" "$capture"; } >"$scratch/$to"
	done
	verdicts "$scratch/whole.db" >"$scratch/want.why"
	verdicts "$scratch/halves.db" >"$scratch/got.why"
	contradictions "$scratch/want.why" "$scratch/got.why" >"$scratch/wrong.why"
	# Short bins are cut by halves that end inside of them, and with them short storms.
	case $capture in "$scratch"/scenes/*)
		evidence "$scratch/whole.db" >"$scratch/want.how"
		evidence "$scratch/halves.db" >"$scratch/got.how"
		flips "$scratch/want.how" "$scratch/got.how" >>"$scratch/wrong.why"
		;;
	esac
	requeries "$scratch/whole.db" >"$scratch/want.again"
	requeries "$scratch/halves.db" >"$scratch/got.again"
	unsure "$scratch/second.pcap" >"$scratch/unsure"
	awk 'FILENAME ~ /unsure$/ { slack[$1 " " $2] = $3; next }
		FILENAME ~ /want.again$/ { want[$1 " " $2] = $3; next }
		{ lost = want[$1 " " $2] - $3; if (lost < 0 || lost > slack[$1 " " $2]) print $0, "of", want[$1 " " $2] }
	' "$scratch/unsure" "$scratch/want.again" "$scratch/got.again" >"$scratch/wrong"
	if [ -s "$scratch/want" ] && cmp -s "$scratch/want" "$scratch/got" && [ ! -s "$scratch/wrong" ] &&
		[ ! -s "$scratch/wrong.why" ]; then
		echo "ok $number - $name"
		continue
	fi
	failed=1
	echo "not ok $number - $name, cut behind packet $half"
	differences "$scratch/want" "$scratch/got" | sed 's/^/#   /'
	sed 's/^/#   requeries: /' "$scratch/wrong" | head -n 10
	sed 's/^/#   verdicts: /' "$scratch/wrong.why" | head -n 10
	head -n 5 "$scratch/stderr" | sed 's/^/#   /'
done
exit $failed
