#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# history.sh KEYSTORM SCENE -- the root key rollover of 2018 and 2019 at one server, rebuilt at 1:10,000 (scene
# root-2019). Wanted are figures of the published counts themselves, not of the scene: uplifts against 2018-09-20,
# queries and bits a second, the sizes of the answers, the share of all queries, what remained, when it began and
# ended, how fast it doubled, and the three events. And in-addr.arpa of 2009 at 1:100: bits a second before, while and
# at the peak (scene d3-reverse). Each from the report that shows it. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: history.sh KEYSTORM SCENE' >&2; exit 2; }
keystorm=$1 scene=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need editcap tshark jq
make_scratch
TZ=UTC
export TZ

number=0
tell() { # tell NAME GOT WANT WITHIN: relative
	number=$((number + 1))
	if awk -v got="$2" -v want="$3" -v within="$4" 'BEGIN {
		exit !(got != "" && got != "null" && got >= want * (1 - within) && got <= want * (1 + within)) }'; then
		echo "ok $number - $1: $2"
	else
		failed=1
		echo "not ok $number - $1: $2, not $3"
	fi
}

holds() { # holds NAME LO HI WANT: does the interval hold it?
	number=$((number + 1))
	if awk -v lo="$2" -v hi="$3" -v want="$4" 'BEGIN { exit !(lo != "" && hi != "" && lo <= want && want <= hi) }'; then
		echo "ok $number - $1: $4 lies in $2 to $3"
	else
		failed=1
		echo "not ok $number - $1: $4 does not lie in $2 to $3"
	fi
}

analyze() { # analyze DATABASE OPTION... CAPTURE
	database=$1
	shift
	"$keystorm" analyze -q --no-progress --vantage A --bin 60 -d "$database" "$@" >/dev/null 2>"$scratch/stderr" ||
		sed 's/^/# /' "$scratch/stderr"
}

# One figure of a comparison: ratio, ratio_lo, ratio_hi, a, b of the root.
figure() { # figure A B QUANTITY COLUMN
	"$keystorm" compare "$1" "$2" --zone . -f json |
		jq -r "[.rows[] | select(.part == \"rate\" and .zone == \".\" and .quantity == \"$3\")][0].$4"
}

uplift() { # uplift NAME A B WANT
	tell "$1" "$(figure "$2" "$3" dnskey_qps ratio)" "$4" 0.01
	holds "$1" "$(figure "$2" "$3" dnskey_qps ratio_lo)" "$(figure "$2" "$3" dnskey_qps ratio_hi)" "$4"
}

storm() { # storm COLUMN
	"$keystorm" report storms -d "$scratch/all.db" -f json | jq -r "if (.rows | length) == 1 then .rows[0].$1 else null end"
}

share() { # share DATABASE: DNSKEY of all queries
	"$keystorm" report qtypes --step all --limit all -d "$1" -f json |
		jq '([.rows[] | select(.qtype == "DNSKEY").queries] | add) / ([.rows[].queries] | add)'
}

event() { # event EVENT TAG TIME: seen before and behind that time
	number=$((number + 1))
	found=$("$keystorm" report rollovers --limit all -d "$scratch/all.db" -f json | jq -r --arg event "$1" \
		--argjson tag "$2" --arg time "$3" '.rows[] | select(.source == "seen" and .event == $event and .tag == $tag
			and .t_before < $time and .t > $time) | "\(.t_before) to \(.t)"')
	if [ -n "$found" ]; then
		echo "ok $number - $1 $2: $found"
	else
		failed=1
		echo "not ok $number - $1 $2 at $3"
	fi
}

echo 1..39
"$scene" root-2019 1 "$scratch/root.pcap" || exit 2
days='2018-09-20 2018-10-11 2018-10-20 2019-01-11 2019-01-13 2019-03-21 2019-03-22 2019-03-24'
for day in $days; do
	editcap -F pcap -A "$day 00:00:00" -B "$day 23:59:59" "$scratch/root.pcap" "$scratch/$day.pcap" >/dev/null 2>&1
	# Two captures of one file name would be told apart; two days in one run would count what lies between as silence.
	analyze "$scratch/all.db" --filter udp "$scratch/$day.pcap"
done
rm -f "$scratch/root.pcap"
for day in 2018-09-20 2018-10-20 2019-01-13 2019-03-21 2019-03-24; do
	analyze "$scratch/$day.udp.db" --filter udp "$scratch/$day.pcap"
done
base=$scratch/2018-09-20.udp.db worst=$scratch/2019-03-21.udp.db

# Counts of a UDP day, what else has that size taken off.
uplift '2018-10-20, UDP' "$base" "$scratch/2018-10-20.udp.db" "$(awk 'BEGIN { print (31645953 - 1188367) / 7257477 }')"
uplift '2019-01-13, UDP' "$base" "$scratch/2019-01-13.udp.db" "$(awk 'BEGIN { print 75755939 / 7257477 }')"
uplift '2019-03-21, UDP' "$base" "$worst" "$(awk 'BEGIN { print 504177903 / 7257477 }')"
analyze "$scratch/base.both.db" "$scratch/2018-09-20.pcap"
analyze "$scratch/worst.both.db" "$scratch/2019-03-21.pcap"
uplift '2019-03-21, UDP and TCP' "$scratch/base.both.db" "$scratch/worst.both.db" \
	"$(awk 'BEGIN { print (504177903 + 5190504) / (7257477 + 509022) }')"

# A day is half an hour here, and a ten-thousandth.
tell 'queries a second on 2019-03-21' "$(figure "$base" "$worst" dnskey_qps b | awk '{ print $1 / 48 * 10000 }')" 5835 0.002
tell 'bits a second on 2019-03-21' "$(figure "$base" "$worst" response_bps b | awk '{ print $1 / 48 * 10000 }')" 66.5e6 0.002
tell 'DNSKEY among all queries on 2019-03-21' "$(share "$worst" | awk '{ print $1 / 10 }')" 0.0717 0.002
tell 'DNSKEY among all queries on 2018-09-20' "$(share "$base" | awk '{ print $1 / 10 }')" 0.00147 0.004
tell 'DNSKEY among all queries on 2019-03-24' "$(share "$scratch/2019-03-24.udp.db" | awk '{ print $1 / 10 }')" 0.00219 0.004
for size in 2018-09-20:1414 2018-10-20:1139 2019-01-13:1425 2019-03-21:1425 2019-03-24:1139; do
	database=$scratch/${size%%:*}.udp.db
	tell "octets of an answer on ${size%%:*}" "$("$keystorm" report amplification -d "$database" -f json |
		jq '.rows[] | select(.qtype == "DNSKEY") | .response_bytes / .responses')" "${size##*:}" 0
done
"$keystorm" report traffic --step all -d "$scratch/2018-10-20.udp.db" -f json | jq '.rows[0].out_dns_bps' >"$scratch/out"
tshark -n -r "$scratch/2018-10-20.pcap" -Y 'udp.srcport == 53' -T fields -e udp.length 2>/dev/null |
	awk '{ sum += $1 - 8 } END { printf "%.6f\n", sum * 8 / 1800 }' >"$scratch/want"
tell 'bits a second of all answers on 2018-10-20, against tshark' "$(cat "$scratch/out")" "$(cat "$scratch/want")" 0.02

# The whole, run by run.
tell 'one storm, from' "$(storm 'start | sub("\\.[0-9]+"; "") | fromdateiso8601')" 1540036800 0.00000004
# What remains is 1.8 times the base, and calm is twice that: by chance a bin or two put the end off. Ten minutes.
tell 'to the removal' "$(storm 'end | sub("\\.[0-9]+"; "") | fromdateiso8601')" 1553263200 0.0000004
tell 'peak' "$(storm peak_qps)" 28.2 0.03
tell 'what remained' "$(storm residual)" 1.783 0.05
holds 'what remained' "$(storm residual_lo)" "$(storm residual_hi)" 1.783
tell 'what remained, of all queries' "$(storm residual_share)" 1.49 0.05
holds 'what remained, of all queries' "$(storm residual_share_lo)" "$(storm residual_share_hi)" 1.49
tell 'higher than before' "$(storm 'higher_than_before | if . then 1 else 0 end')" 1 0
event SIGNER_CHANGED 20326 2018-10-11T16:00:00.000000Z
event KEY_REVOKED 19164 2019-01-11T14:00:00.000000Z
event KEY_REMOVED 19164 2019-03-22T14:00:00.000000Z
number=$((number + 1))
if [ "$(storm repair)" = 'KEY_REMOVED 19164' ]; then
	echo "ok $number - the removal ended it"
else
	failed=1
	echo "not ok $number - the removal ended it: $(storm repair)"
fi
# It was seen at 14:00, and the end that was wanted above is the minute of it: ten minutes again.
number=$((number + 1))
if awk -v got="$(storm repair_s)" 'BEGIN { exit !(got != "null" && got >= 0 && got <= 660) }'; then
	echo "ok $number - over within minutes: $(storm repair_s) s"
else
	failed=1
	echo "not ok $number - over within minutes: $(storm repair_s) s"
fi
number=$((number + 1))
if [ "$("$keystorm" report growth -d "$scratch/all.db" -f json |
	jq -c '[.rows[] | select(.zone == ".") | .growth, .doubling_s, .next_uplift]')" = '[null,null,null]' ]; then
	echo "ok $number - one storm lets nothing expect"
else
	failed=1
	echo "not ok $number - one storm lets nothing expect"
fi
# Within a storm no report has a doubling time: from two rates and the days between.
tell 'days to double, 2019-01-13 to 03-21' "$(figure "$scratch/2019-01-13.udp.db" "$worst" dnskey_qps ratio |
	awk '{ print 67 * log(2) / log($1) }')" 24.5 0.003

# in-addr.arpa, 2009: 12, 20, 30 Mb/s at 1:100, frames as on the wire.
"$scene" d3-reverse 1 "$scratch/reverse.pcap" || exit 2
"$keystorm" analyze -q --no-progress -d "$scratch/reverse.db" "$scratch/reverse.pcap" >/dev/null 2>&1
"$keystorm" report traffic --limit all -d "$scratch/reverse.db" -f json >"$scratch/traffic"
mean() { # mean FROM TO: of out_bps, minutes of the scene
	jq --argjson from "$1" --argjson to "$2" '[.rows[] | (.t | sub("\\.[0-9]+Z$"; "Z") | fromdateiso8601 - 1260921600) as $at
		| select($at >= $from * 60 and $at < $to * 60).out_bps] | add / length' "$scratch/traffic"
}
tell 'in-addr.arpa before' "$(mean 0 10)" 120000 0.02
tell 'in-addr.arpa while it lasted' "$(mean 11 14)" 200000 0.05
tell 'in-addr.arpa at the peak' "$(mean 14 17)" 300000 0.05
tell 'in-addr.arpa, ratio' "$(awk -v a="$(mean 0 10)" -v b="$(mean 11 14)" 'BEGIN { print b / a }')" 1.667 0.05
tshark -n -q -r "$scratch/reverse.pcap" -z 'io,stat,10,SUM(frame.len)frame.len && udp.srcport == 53' 2>/dev/null |
	awk -F '|' '/<>/ { printf "%.1f\n", $3 * 8 / 10 }' >"$scratch/want"
jq -r '.rows[].out_bps' "$scratch/traffic" >"$scratch/got"
number=$((number + 1))
if [ -s "$scratch/want" ] && awk 'NR == FNR { want[NR] = $1; next } { if (FNR > 1 && $1 != want[FNR]) bad = 1 }
	END { exit bad || FNR < 120 }' "$scratch/want" "$scratch/got"; then
	echo "ok $number - in-addr.arpa: bits of every bin, against tshark"
else
	failed=1
	echo "not ok $number - in-addr.arpa: bits of every bin, against tshark"
	paste "$scratch/want" "$scratch/got" | awk '$1 != $2' | head -n 5 | sed 's/^/#   /'
fi
exit $failed
