#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# mitigate.sh KEYSTORM FOLDER -- what keystorm mitigate writes, judged by others. For every capture of FOLDER: do the
# software's own checkers accept the file, is nobody named whose address is not proved, and does the forecast
# r(D) = 1 / (g + D) follow from report hitters? Then with hostile names of zones: does the software read back the very
# name? With KS_CAPTURES=FOLDER also for the captures of its lab/ and resolvers/. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: mitigate.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need sqlite3 named-checkconf nsd-checkconf knotc dnsdist
make_scratch

number=0
result() { # result STATUS WHAT
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
		return
	fi
	failed=1
	echo "not ok $number - $2"
	sed 's/^/#   /' "$scratch/said" | head -n 20
}

write_all() { # write_all DATABASE: one file for each software
	for software in dnsdist nsd bind knot; do
		"$keystorm" mitigate -d "$1" --for $software -o "$scratch/$software.conf" >>"$scratch/said" 2>&1 || return 1
	done
}

accepted() { # by whom they are for
	named-checkconf "$scratch/bind.conf" >>"$scratch/said" 2>&1 &&
		nsd-checkconf "$scratch/nsd.conf" >>"$scratch/said" 2>&1 &&
		knotc -c "$scratch/knot.conf" conf-check >>"$scratch/said" 2>&1 &&
		dnsdist --check-config -C "$scratch/dnsdist.conf" >>"$scratch/said" 2>&1
}

# Sources that may be named: heavy, in a zone with a storm, and to blame by their own verdict; those that have none, where
# the storm's verdict blames the sources, or, if it has none either, where they were answered over TCP.
may_be_named() { # may_be_named DATABASE
	sqlite3 -readonly "$1" "
		WITH blamed(word) AS (VALUES ('stale-trust-anchor'), ('no-cache'), ('loop'), ('monitoring'), ('clock-skew')),
		heavy AS (
			SELECT source, tcp_responses, nullif(v_hitters.verdict, 'undetermined') AS own, nullif(v_storms.verdict, 'undetermined') AS storm
			FROM v_hitters JOIN source ON address = source JOIN v_storms USING (zone) WHERE heavy
		)
		SELECT DISTINCT source FROM heavy
		WHERE own IN (SELECT word FROM blamed) OR (own IS NULL AND storm IN (SELECT word FROM blamed))
			OR (own IS NULL AND storm IS NULL AND tcp_responses > 0)" | LC_ALL=C sort
}
named() { # in comments of the file
	sed -n 's/^--   \([0-9a-f.:]*\): [0-9].*/\1/p' "$scratch/dnsdist.conf" | LC_ALL=C sort -u
}

# Lines "SOURCE GAP DELAY RATE" out of folded comments, and the rate again from the gap that report hitters tells.
forecasts() {
	sed -n 's/^-- *//p' "$scratch/dnsdist.conf" | tr '\n' ' ' |
		grep -oE '[0-9a-f]+[.:][0-9a-f.:]+: [^;]*; gap [^;]*; [0-9]+ ms more would make that [^;]* q/s' |
		sed -E 's/^([^ ]*): .*; ([0-9]+) ms more would make that (.*) q\/s/\1 \2 \3/'
}
forecasts_fit() { # forecasts_fit DATABASE
	"$keystorm" report hitters -d "$1" -f json --limit all | jq -r '.rows[] | select(.heavy and .zone == ".") | "\(.source) \(.median_gap_ms)"' >"$scratch/gaps"
	forecasts >"$scratch/forecasts"
	awk 'NR == FNR { gap[$1] = $2; next }
		{
			want = 1000 / (gap[$1] + $2)
			if ($3 < want * 0.994 || $3 > want * 1.006) {
				print $1 ": " $3 " q/s, but 1000 / (" gap[$1] " + " $2 ") is " want
				bad = 1
			}
		}
		END { exit bad }' "$scratch/gaps" "$scratch/forecasts" >>"$scratch/said"
}

set -- "$folder"/*.pcap*
[ -z "${KS_CAPTURES:-}" ] || set -- "$@" "$KS_CAPTURES"/lab/*.pcap "$KS_CAPTURES"/resolvers/*.pcap
for capture in "$@"; do
	name=$(basename "$capture")
	db=$scratch/$name.db
	: >"$scratch/said"
	"$keystorm" analyze -q --no-progress -d "$db" "$capture" >/dev/null 2>&1
	write_all "$db" && accepted
	result $? "$name: four files are accepted"
	may_be_named "$db" >"$scratch/want"
	named | diff "$scratch/want" - >"$scratch/said"
	result $? "$name: $(wc -l <"$scratch/want") sources named"
	# As if all had been answered over TCP, so that there is somebody to be named.
	sqlite3 "$db" 'UPDATE source SET tcp_responses = 1'
	: >"$scratch/said"
	write_all "$db" && accepted && forecasts_fit "$db"
	result $? "$name: likewise when all are known, with $(wc -l <"$scratch/forecasts") forecasts"
done

# --- names that try to get out ---

# read_back: the name as the software reads it, in its own words
read_back() {
	rm -rf "$scratch/knotdb"
	knotc -C "$scratch/knotdb" conf-import "$scratch/knot.conf" >>"$scratch/said" 2>&1 &&
		knotc -C "$scratch/knotdb" conf-export "$scratch/knot.out" >>"$scratch/said" 2>&1 || return 1
	sed -n 's/^  - domain: /knot /p' "$scratch/knot.out"
	nsd-checkconf -v "$scratch/nsd.conf" 2>>"$scratch/said" | sed -n 's/^	name: \("[^k].*\)/nsd \1/p'
	sed -n 's/.*QNameRule(\(".*"\)), QTypeRule.*/print("dnsdist " .. newDNSName(\1):toString())/p' \
		"$scratch/dnsdist.conf" >"$scratch/name.lua"
	dnsdist --check-config -C "$scratch/name.lua" 2>>"$scratch/said" | grep '^dnsdist '
}

hostile() { # hostile WHAT WIRE-IN-HEX KNOT NSD DNSDIST: what each shall have read
	: >"$scratch/said"
	cp "$folder/stale-root-knot56.pcap" "$scratch/one.pcap"
	rm -f "$scratch/hostile.db"
	"$keystorm" analyze -q --no-progress -d "$scratch/hostile.db" "$scratch/one.pcap" >/dev/null 2>&1
	# The database has the name as text too; what is written comes through a parser, whoever wrote that.
	sqlite3 "$scratch/hostile.db" "UPDATE zone SET name_wire = x'$2', name = '$6' WHERE name = '.'"
	write_all "$scratch/hostile.db" && accepted
	result $? "$1: accepted"
	read_back >"$scratch/got"
	printf 'knot %s\nnsd %s\ndnsdist %s\n' "$3" "$4" "$5" | diff - "$scratch/got" >>"$scratch/said"
	result $? "$1: read back"
}
hostile 'quote and newline' 02220a00 '"\"\010."' '"\034\010."' '"\010.' '\"\010.'
hostile 'backslash' 015c0362617200 '"\\.bar."' '"\092.bar."' '\\.bar.' '\\.bar.'
hostile 'dot in a label' 03612e6200 '"a\.b."' '"a\046b."' 'a\.b.' 'a\.b.'
hostile 'long comment of Lua' 045d5d2d2d045b5b7d3b00 '"\]\]--.\[\[\}\;."' '"\093\093--.\091\091\125\059."' \
	']]--.[[};.' ']]--.[[}\;.'
echo "1..$number"
exit $failed
