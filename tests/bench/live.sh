#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# live.sh KEYSTORM GEN [SEND] -- how many packets a second can be captured without loss, beside tcpdump -w /dev/null and
# dnscap.
#
# In a network namespace of its own: a cable, one end of which SEND (send.c; without it tcpreplay, which is slower) sends
# into. At each rate the three take turns, each with 64 MiB of ring and KS_BENCH_SECONDS (3) of packets; the rates go up
# (KS_BENCH_RATES) until all have lost something, or until nobody was sent to at nine tenths of the rate: the sender, or the
# kernel, cannot do more. A rate counts as held when nothing of what was sent is missing.
set -eu
[ $# -ge 2 ] || { echo 'usage: live.sh KEYSTORM GEN [SEND]' >&2; exit 2; }
for tool in unshare ip tcpdump sqlite3 $([ $# -ge 3 ] || echo tcpreplay); do
	command -v $tool >/dev/null 2>&1 || { echo "skipped: $tool is not installed"; exit 77; }
done
if [ "${KS_LIVE_INSIDE:-}" != 1 ]; then
	unshare --net true 2>/dev/null || { echo 'skipped: no network namespace of our own'; exit 77; }
	KS_LIVE_INSIDE=1 exec unshare --net "$0" "$@"
fi
keystorm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
gen=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
sender=${3:+$(cd "$(dirname "$3")" && pwd)/$(basename "$3")}
seconds=${KS_BENCH_SECONDS:-3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cd "$scratch"
ip link set lo up
ip link add ks0 type veth peer name ks1
for end in ks0 ks1; do
	echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6
	ip link set $end mtu 9000 arp off up
done
"$gen" 200000 bench.pcap

tools=${KS_BENCH_TOOLS:-keystorm fanout tcpdump}
[ -z "${KS_BENCH_TOOLS:-}" ] && command -v dnscap >/dev/null 2>&1 && tools="$tools dnscap"
begin() { # begin TOOL: in the background
	case $1 in
	keystorm) "$keystorm" live -i ks1 -d bench.db --bin 60 >"$1.out" 2>&1 & ;;
	fanout) "$keystorm" live -i ks1 -d bench.db --bin 60 --fanout 2 >"$1.out" 2>&1 & ;;
	tcpdump) tcpdump -n -i ks1 -B 65536 -w /dev/null >"$1.out" 2>&1 & ;;
	dnscap) dnscap -N -T -f -i ks1 -S -o pcap_buffer_size=67108864 -w bench.dnscap -s ir >"$1.out" 2>&1 & ;;
	esac
	pid=$!
	sleep 1
}
finish() { # finish TOOL SENT: leaves what is $missing
	sleep 1.5 # tcpdump looks at a ring that is not full once a second
	kill -INT $pid 2>/dev/null
	wait $pid || :
	shed=-
	case $1 in
	keystorm | fanout)
		seen=$(sqlite3 bench.db 'SELECT sum(packets) FROM input')
		shed=$(sqlite3 bench.db "SELECT coalesce(sum(value), 0) FROM counter WHERE name IN ('samples_shed', 'details_shed')")
		rm -f bench.db*
		;;
	tcpdump) seen=$(sed -n 's/^\([0-9]*\) packets captured.*/\1/p' tcpdump.out) ;;
	dnscap) seen=$(tcpdump -n -r "$(ls -S bench.dnscap.* | head -n 1)" 2>/dev/null | wc -l); rm -f bench.dnscap.* ;;
	esac
	missing=$(($2 - ${seen:-0}))
}
send() { # send PPS: leaves how many were $sent, and how many a second, $pps
	if [ -n "$sender" ]; then
		"$sender" ks0 bench.pcap "$1" "$seconds" >send.out
		sent=$(sed -n 's/^packets \([0-9]*\) .*/\1/p' send.out)
		pps=$(sed -n 's/.* pps \([0-9]*\) .*/\1/p' send.out)
	else
		tcpreplay -q -K -i ks0 --pps="$1" --duration="$seconds" --loop=999 bench.pcap >send.out 2>&1 || :
		sent=$(sed -n 's/^Actual: \([0-9]*\) packets.*/\1/p' send.out)
		pps=$(sed -n 's/.*, \([0-9]*\)[.0-9]* pps$/\1/p' send.out)
	fi
}
printf '%10s  %-10s %12s %12s %12s\n' 'wanted/s' tool 'sent/s' missing 'in short'
for rate in ${KS_BENCH_RATES:-50000 100000 150000 200000 300000 400000 600000 800000 1000000 1300000 1600000 2000000}; do
	all_lose=1
	none_sent=1
	for tool in $tools; do
		begin "$tool"
		send "$rate"
		finish "$tool" "$sent"
		printf '%10s  %-10s %12s %12s %12s\n' "$rate" "$tool" "$pps" "$missing" "$shed"
		[ "$missing" -gt 0 ] || all_lose=0
		[ $((pps * 10)) -lt $((rate * 9)) ] || none_sent=0
	done
	[ $all_lose = 0 ] && [ $none_sent = 0 ] || break
done
