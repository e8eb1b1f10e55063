#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM GEN WALK -- how fast a capture is analyzed, beside a bare libpcap loop over the same file.
#
# KS_BENCH_PACKETS (1000000) and KS_BENCH_RUNS (7) may be set. Both programs run alternately, A B A B, so that a
# machine that drifts drifts for both; the ratio is the figure to compare between machines and days.
set -eu
[ $# -eq 3 ] || { echo 'usage: run.sh KEYSTORM GEN WALK' >&2; exit 2; }
keystorm=$1 gen=$2 walk=$3
packets=${KS_BENCH_PACKETS:-1000000}
runs=${KS_BENCH_RUNS:-7}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

"$gen" "$packets" "$scratch/bench.pcap"
bytes=$(wc -c <"$scratch/bench.pcap")
cat "$scratch/bench.pcap" >/dev/null # into the page cache

now() { # seconds with decimals; date +%N is not POSIX, but what runs here has it
	date +%s.%N
}
measure() { # measure NAME COMMAND...: appends the seconds of one run to NAME's list
	list=$scratch/$1
	shift
	begin=$(now)
	"$@" >/dev/null
	end=$(now)
	echo "$begin $end" | awk '{ printf "%.6f\n", $2 - $1 }' >>"$list"
}
run=0
while [ "$run" -lt "$runs" ]; do
	rm -f "$scratch"/bench.db*
	measure analyze "$keystorm" analyze -q -d "$scratch/bench.db" "$scratch/bench.pcap"
	measure walk "$walk" "$scratch/bench.pcap"
	run=$((run + 1))
done

for name in analyze walk; do
	sort -n "$scratch/$name" | awk -v name="$name" -v packets="$packets" -v bytes="$bytes" '
	{ s[NR] = $1 }
	END {
		median = NR % 2 ? s[(NR + 1) / 2] : (s[NR / 2] + s[NR / 2 + 1]) / 2
		printf "%-8s min %.3f s  median %.3f s  %.2f Mpkt/s  %.0f MB/s\n", name, s[1], median,
			packets / median / 1e6, bytes / median / 1e6
	}'
done
paste "$scratch/analyze" "$scratch/walk" | awk '{ print $1 / $2 }' | sort -n | awk '
	{ r[NR] = $1 }
	END { printf "ratio    median %.2f (analyze : walk, of each pair)\n", r[int((NR + 1) / 2)] }'
echo "$packets packets, $bytes bytes, $runs runs, $("$keystorm" version), $(uname -m), $(getconf _NPROCESSORS_ONLN) processors"
