#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# soak.sh KEYSTORM DATA COUNTER -- memory stands still while packets go by (KS_SOAK_SECONDS, 20, at KS_SOAK_PPS, 10000), and
# none of them costs an allocation: COUNTER, loaded before libc, counts them.
set -eu
counter=$(cd "$(dirname "$3")" && pwd)/$(basename "$3") # before another folder is ours
. "$(dirname "$0")/common.sh"
skip_sanitizer
seconds=${KS_SOAK_SECONDS:-20}
pps=${KS_SOAK_PPS:-10000}

resident() { # of $live, KiB
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$live/status"
}
live soak -i ks1 --bin 1 --segment 5
tcpreplay -q -i ks0 --pps="$pps" --duration="$seconds" --loop=99999 "$data/resolver-side.pcap" >replay.out 2>&1 &
replay=$!
started="$started $replay"
# Each segment begins with new tables, whose pages come as packets do: what counts is the most of several.
most() { # most SECONDS: that it takes meanwhile
	most=0
	end=$(($(date +%s) + $1))
	while [ "$(date +%s)" -lt $end ]; do
		now=$(resident)
		[ "$now" -le $most ] || most=$now
		sleep 0.05
	done
	echo $most
}
early=$(most $((seconds / 2)))
late=$(most $((seconds / 2)))
wait $replay
stop_live
echo "# resident: $early KiB, $late KiB; $(sqlite3 soak.db 'SELECT sum(packets), count(*) FROM input') packets and segments"
result $((late > early + 2048)) 'memory stands still'
sent=$(sed -n 's/^Actual: \([0-9]*\) packets.*/\1/p' replay.out)
tail -n 1 soak.err | sed 's/^/# /'

allocations() { # allocations LOOPS: how many, while the same packets go by so often
	rm -f count.db*
	LD_PRELOAD=$counter live count -i ks1 --bin 60 2>/dev/null
	tcpreplay -q -i ks0 --pps=20000 --loop="$1" "$data/resolver-side.pcap" >replay.out 2>&1
	sleep 1
	kill -TERM "$live"
	wait "$live" || :
	sed -n 's/^allocations: //p' count.err
}
few=$(allocations 1)
many=$(allocations 30)
echo "# $few allocations for 1880 packets, $many for 56400"
# Time passes too, and keys seen first are verified once: a few.
result "$([ -n "$few" ] && [ -n "$many" ] && [ $((many - few)) -lt 200 ]; echo $?)" 'packets cost no allocation'
finish
