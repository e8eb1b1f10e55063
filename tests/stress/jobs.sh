#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# jobs.sh KEYSTORM GEN -- the result is the same for any number of threads, and a run that is stopped ends. A capture
# that passes through the ring of batches hundreds of times, once with room for all and once with tables far too
# small: the whole database, row for row, with -j 1, 2 and 7. Then runs from a pipe that gets stuck are stopped at
# moments that differ: each must end within the time given, with a whole database. KS_PACKETS: of the capture. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: jobs.sh KEYSTORM GEN' >&2; exit 2; }
keystorm=$1 gen=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../differential/common.sh"
need sqlite3
make_scratch
number=0

verdict() { # verdict PASSED WHAT
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

"$gen" "${KS_PACKETS:-150000}" "$scratch/storm.pcap" || exit 1

for memory in 512M 16M; do
	for jobs in 1 2 7; do
		"$keystorm" analyze -q --no-progress -j $jobs --memory $memory -d "$scratch/$memory-$jobs.db" "$scratch/storm.pcap"
		sqlite3 "$scratch/$memory-$jobs.db" .dump >"$scratch/$memory-$jobs.txt"
	done
	for jobs in 2 7; do
		cmp -s "$scratch/$memory-1.txt" "$scratch/$memory-$jobs.txt"
		verdict $? "--memory $memory: -j $jobs writes what -j 1 writes, $(grep -c '^INSERT' "$scratch/$memory-1.txt") rows"
	done
done

# The pipe stays open behind a part of the capture: only the signal ends the run.
stop_one() { # stop_one OCTETS SECONDS
	mkfifo "$scratch/pipe"
	(head -c "$1" "$scratch/storm.pcap"; exec sleep 30) >"$scratch/pipe" &
	writer=$!
	timeout 20 "$keystorm" analyze -q --no-progress -j 2 -d "$scratch/stopped.db" - <"$scratch/pipe" >"$scratch/log" 2>&1 &
	reader=$!
	sleep "$2"
	pkill -INT -P "$reader" keystorm
	wait "$reader"
	status=$?
	kill "$writer" 2>/dev/null
	wait "$writer" 2>/dev/null
	rm -f "$scratch/pipe"
	[ $status -ne 124 ] && [ "$(sqlite3 "$scratch/stopped.db" 'pragma integrity_check')" = ok ]
}

bad=0
for octets in 100 5000 100000 1000000 10000000; do
	stop_one $octets 0.3 || { bad=1; echo "# $octets octets: status $status"; cat "$scratch/log"; }
	rm -f "$scratch"/stopped.db*
done
verdict $bad 'a run stopped while its pipe is silent ends, and its database is whole'
echo "1..$number"
