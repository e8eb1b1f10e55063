#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# rhythm.sh KEYSTORM SCENE -- when sources ask and where from, by their definitions from tshark's fields: the wave of a
# day (report habits, day_night), queries behind a timer (late_repeats), and the sums of hop limits and ports from which a
# storm is known to have one sender. Then whether these kinds of evidence are told where they were planted, and nowhere
# in a capture of health. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: rhythm.sh KEYSTORM SCENE' >&2; exit 2; }
keystorm=$1 scene=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark sqlite3
make_scratch

number=0
result() { # result STATUS WHAT
	number=$((number + 1))
	[ "$1" = 0 ] && { echo "ok $number - $2"; return; }
	failed=1
	echo "not ok $number - $2"
	head -n 8 "$scratch/said" | sed 's/^/#   /'
}

# DNSKEY messages: time, response, client, server, port of the client, hop limit.
keys() { # keys CAPTURE
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:TRUE -Y 'dns.qry.type == 48 && !icmp && !icmpv6' -T fields -E separator=' ' -E occurrence=f \
		-e frame.time_epoch -e dns.flags.response -e ip.src -e ipv6.src -e ip.dst -e ipv6.dst -e udp.srcport \
		-e tcp.srcport -e udp.dstport -e tcp.dstport -e ip.ttl -e ipv6.hlim 2>/dev/null |
		awk '{ if ($2 ~ /^(1|True)/) print $1, 1, $4, $3, $6, $7; else print $1, 0, $3, $4, $5, $7 }'
}

make() { # make SCENE
	"$scene" "$1" 3 "$scratch/$1.pcap" || exit 2
	"$keystorm" analyze -q --no-progress -d "$scratch/$1.db" "$scratch/$1.pcap" >/dev/null 2>&1
	keys "$scratch/$1.pcap" >"$scratch/$1.keys"
}

ask() { # ask SCENE SQL
	sqlite3 -readonly -separator ' ' "$scratch/$1.db" "$2"
}

near() { # near A B SHARE
	awk -v a="$1" -v b="$2" -v share="$3" 'BEGIN { print a, "and", b; exit !(a != "" && b != "" && a - b <= share * b && b - a <= share * b) }' \
		>"$scratch/said"
}

make h5-by-day
# Every cell was watched as long as any other, but for minutes at both ends.
naive=$(awk '$2 == 0 && $3 == "192.0.2.150" {
		cell = int($1 / 10800) % 16
		n[cell]++
	} END {
		for (cell = 0; cell < 16; cell++) {
			parity = int(cell / 8); angle = 3.14159265358979 * cell / 4
			sum[parity] += n[cell]; x[parity] += n[cell] * cos(angle); y[parity] += n[cell] * sin(angle)
		}
		print sqrt(4 * (x[0] * x[1] + y[0] * y[1]) / sum[0] / sum[1])
	}' "$scratch/h5-by-day.keys")
near "$(ask h5-by-day "SELECT day_night FROM v_habits WHERE source = '192.0.2.150'")" "$naive" 0.01
result $? "day and night: a wave of $naive"
ask h5-by-day "SELECT state FROM v_diagnosis WHERE source = '192.0.2.150' AND evidence = 'demand' AND rank = 1" >"$scratch/said"
[ "$(cat "$scratch/said")" = present ]
result $? 'day and night: is evidence'

make h7-timer
# One query at a time, so what was asked last is answered when the next one comes.
awk '$2 == 1 { answered[$3] = $1; next }
	($3 in answered) && ($3 in asked) && answered[$3] >= asked[$3] {
		gap = $1 - answered[$3]
		if (gap >= 0.4 && gap < 10) n[$3]++
	}
	{ asked[$3] = $1 }
	END { for (source in n) print source, n[source] }' "$scratch/h7-timer.keys" | grep '^192\.0\.2\.14' | LC_ALL=C sort >"$scratch/want"
ask h7-timer "SELECT source, printf('%d', late_repeats) FROM v_habits WHERE source LIKE '192.0.2.14%' AND zone = '.'" |
	LC_ALL=C sort >"$scratch/got"
[ -s "$scratch/want" ] && differences "$scratch/want" "$scratch/got" >"$scratch/said"
[ ! -s "$scratch/said" ]
result $? "timers: $(wc -l <"$scratch/want") sources ask so"
ask h7-timer "SELECT DISTINCT state FROM v_diagnosis WHERE source LIKE '192.0.2.14%' AND evidence = 'path-trouble'" >"$scratch/said"
[ "$(cat "$scratch/said")" = present ]
result $? 'timers behind large answers: are evidence'

for name in h2-carpet h2-reflection h5-by-day h7-timer; do
	[ -e "$scratch/$name.db" ] || make $name
	awk '$2 == 0 { n++; hops += $6; hops2 += $6 * $6; ports += $5; ports2 += $5 * $5 }
		END { printf "%.0f %.0f %.0f %.0f %.0f\n", n, hops, hops2, ports, ports2 }' "$scratch/$name.keys" >"$scratch/want"
	ask $name "SELECT sum(queries), sum(hops), sum(hops_squares), sum(ports), sum(ports_squares) FROM zone_bin" >"$scratch/got"
	differences "$scratch/want" "$scratch/got" >"$scratch/said"
	[ ! -s "$scratch/said" ]
	result $? "$name: sums of hop limits and ports"
done
ask h2-carpet "SELECT state FROM v_diagnosis WHERE source IS NULL AND evidence = 'forged' AND rank = 1" >"$scratch/said"
[ "$(cat "$scratch/said")" = present ]
result $? 'four thousand addresses over one path: look forged'
make healthy
ask healthy "SELECT count(*) FROM v_diagnosis WHERE state = 'present' AND evidence IN ('forged', 'path-trouble')" >"$scratch/said"
[ "$(cat "$scratch/said")" = 0 ]
result $? 'in health nobody looks forged, and nothing gets lost'
echo "1..$number"
exit $failed
