#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# growth.sh KEYSTORM FOLDER -- two rollovers of one zone, years or minutes apart, the second storm stronger: does each
# find its own trigger, is the second measured as if it stood alone, and does the growth from one to the other equal what
# tshark counts? The first is the capture of FOLDER without one of its two loud sources. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: growth.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark editcap sqlite3
make_scratch

strong=$folder/root-rollover-one-server.pcap
weak=$scratch/weak.pcap
tshark -n -r "$strong" -Y '!(ip.addr == 198.19.6.102)' -F pcap -w "$weak" 2>/dev/null

columns="start, round(uplift, 6), round(uplift_lo, 6), round(uplift_hi, 6), peak_qps, base_qps, severity, \"trigger\",
	lag_s, round(lag_most_s, 6), rise, baseline, baseline_bins"
rows() { # rows DATABASE
	sqlite3 -readonly "$1" "SELECT $columns FROM v_storms; SELECT round(share_of_increase, 6), new_offenders FROM storm_cause"
}
shifted() { # shifted CAPTURE SECONDS NAME: another time, another file
	editcap -F pcap -t "$2" "$1" "$scratch/$3.pcap"
}
analyze() { # analyze DATABASE CAPTURE
	"$keystorm" analyze -q --no-progress -d "$1" "$2" >/dev/null 2>>"$scratch/stderr"
}

# Mean rate of root DNSKEY queries from second 66 to the capture's end over that of its first 29 s, the highest second
# left out: where the storm is, and its base.
uplift() { # uplift CAPTURE
	tshark -n -r "$1" -T fields -e frame.time_epoch -e dns.flags.response -e dns.qry.type -e dns.qry.name 2>/dev/null |
		awk -F '\t' '
			NR == 1 { start = int($1) }
			{ last = int($1) - start }
			$2 != 0 || $3 != 48 || $4 != "<Root>" { next }
			last >= 66 { inside++ }
			last < 29 { base++; if (++bin[last] > most) most = bin[last] }
			END { print (inside / (last - 66 + 1)) / ((base - most) / 28) }'
}

echo 1..10
number=0
check() { # check WHAT WANT GOT
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
		return
	fi
	failed=1
	echo "not ok $number - $1"
	printf '%s\n' "wanted: $2" "got: $3" | head -n 20 | sed 's/^/#   /'
	head -n 3 "$scratch/stderr" 2>/dev/null | sed 's/^/#   /'
}

analyze "$scratch/weak.db" "$weak"
for apart in 3600 15724800 252460800; do # an hour, half a year, eight years
	shifted "$strong" "$apart" "later-$apart"
	analyze "$scratch/alone-$apart.db" "$scratch/later-$apart.pcap"
	analyze "$scratch/both-$apart.db" "$weak"
	analyze "$scratch/both-$apart.db" "$scratch/later-$apart.pcap"
	if [ "$apart" != 3600 ]; then
		{
			rows "$scratch/weak.db"
			rows "$scratch/alone-$apart.db"
		} | LC_ALL=C sort >"$scratch/want"
		check "$apart s apart: each storm as if it stood alone" "$(cat "$scratch/want")" \
			"$(rows "$scratch/both-$apart.db" | LC_ALL=C sort)"
	fi
	check "$apart s apart: growth is the second uplift over the first" 1 "$(sqlite3 -readonly "$scratch/both-$apart.db" '
		SELECT count(*) FROM (SELECT growth, growth_lo, growth_hi, uplift, lag(uplift) OVER (ORDER BY start) AS before
			FROM v_storms)
		WHERE before IS NOT NULL AND abs(growth - uplift / before) < 1e-9 AND growth_lo < growth AND growth < growth_hi')"
done

analyze "$scratch/other.db" "$scratch/later-15724800.pcap"
analyze "$scratch/other.db" "$weak"
check 'the later capture first: the same' "$(rows "$scratch/both-15724800.db")" "$(rows "$scratch/other.db")"
check 'the growth that tshark counts' \
	"$(awk -v a="$(uplift "$strong")" -v b="$(uplift "$weak")" 'BEGIN { printf "%.4f", a / b }')" \
	"$(sqlite3 -readonly "$scratch/both-15724800.db" "SELECT printf('%.4f', growth) FROM v_storms WHERE growth IS NOT NULL")"
# From the counts alone: the second uplift squared over the first, and in how many days it doubles.
got=$("$keystorm" report growth -d "$scratch/both-15724800.db" -f csv | awk -F , '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	NR == 3 { printf "%.3f %.3f", $at["next_uplift"], $at["doubling_s"] / 86400 }')
check 'what is expected of the next one, by tshark' \
	"$(awk -v a="$(uplift "$strong")" -v b="$(uplift "$weak")" 'BEGIN {
		printf "%.3f %.3f", a * a / b, 182 * log(2) / log(a / b) }')" "$got"
check 'the first lets nothing expect' ',,,,,,' "$("$keystorm" report growth -d "$scratch/both-15724800.db" -f csv | awk -F , '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	NR == 2 { first = at["doubling_s"]; for (i = first; i < first + 6; i++) printf "%s,", $i }')"
check 'each has its own trigger' '2 2' "$(sqlite3 -readonly -separator ' ' "$scratch/both-252460800.db" "
	SELECT count(*), count(DISTINCT event_id) FROM storm_trigger JOIN event USING (event_id) WHERE kind = 'KEY_REMOVED'")"
exit $failed
