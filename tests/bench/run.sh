#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM GEN WALK MEASURE -- what an analysis costs, with one thread and with two, beside the yardstick
# (walk.c) and those peers that are installed, over the same file in the page cache. README.md tells how to read it.
#
# KS_BENCH_PACKETS (1000000) and KS_BENCH_RUNS (7) may be set, and KS_BENCH_FILE: a pcap file instead of a made one.
set -eu
[ $# -eq 4 ] || { echo 'usage: run.sh KEYSTORM GEN WALK MEASURE' >&2; exit 2; }
keystorm=$1 gen=$2 walk=$3 measure=$4
packets=${KS_BENCH_PACKETS:-1000000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
file=${KS_BENCH_FILE:-$scratch/bench.pcap}
[ -n "${KS_BENCH_FILE:-}" ] || "$gen" "$packets" "$file"
bytes=$(wc -c <"$file")
cat "$file" >/dev/null # into the page cache

analyze() { # analyze JOBS
	echo "rm -f $scratch/bench.db*; exec $keystorm analyze -q --no-progress -j $1 -d $scratch/bench.db $file"
}
gzip -1 -k -c "$file" >"$scratch/bench.pcap.gz"
set -- walk "exec $walk $file" 'keystorm -j 1' "$(analyze 1)" 'keystorm -j 2' "$(analyze 2)"
file=$scratch/bench.pcap.gz
set -- "$@" 'gzip -dc' "exec gzip -dc $file" 'keystorm -j 2, gzip' "$(analyze 2)"
file=${KS_BENCH_FILE:-$scratch/bench.pcap}
command -v tcpdump >/dev/null 2>&1 &&
	set -- "$@" 'tcpdump -w /dev/null' "exec tcpdump -n -r $file -w /dev/null port 53"
command -v dnscap >/dev/null 2>&1 &&
	set -- "$@" 'dnscap -w /dev/null' "exec dnscap -r $file -s ir -w $scratch/dnscap; rm -f $scratch/dnscap*"
"$measure" "${KS_BENCH_RUNS:-7}" "$@"
echo "$bytes octets, $("$keystorm" version), $(uname -m), $(getconf _NPROCESSORS_ONLN) processors"
