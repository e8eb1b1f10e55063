#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# instructions.sh KEYSTORM GEN -- what a packet, a database, a start and a report cost, in instructions, which a busy
# machine does not change. Two captures of one kind, the second with 20,000 packets more: their difference is what a packet costs, its
# rows included; what is left of the first is the cost of starting, of the tables and of the judgements.
#
# Measured through meson (gcc 12 -O2, x86-64, memory filled by MALLOC_PERTURB_): 23,800 a packet, 110 million for the
# rest, 10.4 million to say the version (nearly all of it the dynamic linker's: one library with a long tail is half as
# much again), 46 million for a short report (half of it the schema's). Rows of which there are only so many, such as
# sources, count with the rest. The bounds are a quarter to a third more: they are for the loop that became quadratic or the allocation
# for each packet, not for a few instructions more. KS_PACKET_MOST, KS_RUN_MOST, KS_START_MOST and KS_REPORT_MOST set
# others. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: instructions.sh KEYSTORM GEN' >&2; exit 2; }
keystorm=$1 gen=$2
packet_most=${KS_PACKET_MOST:-32500}
run_most=${KS_RUN_MOST:-147000000}
start_most=${KS_START_MOST:-13900000}
report_most=${KS_REPORT_MOST:-61000000}
first=10000 second=30000
command -v valgrind >/dev/null 2>&1 || {
	echo '1..0 # SKIP valgrind is not installed'
	exit 0
}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

count() { # count NAME ARGUMENT...: instructions of the program with these arguments
	name=$1
	shift
	valgrind --tool=callgrind --callgrind-out-file="$scratch/$name.out" "$keystorm" "$@" >"$scratch/$name.log" 2>&1 ||
		return 1
	sed -n 's/^summary: *//p' "$scratch/$name.out"
}
analyze() { # analyze PACKETS: instructions of an analysis
	"$gen" "$1" "$scratch/$1.pcap" || return 1
	count "$1" analyze -q --no-progress -j 1 -d "$scratch/$1.db" "$scratch/$1.pcap"
}
below() { # below NUMBER WHAT GOT MOST
	if [ "$3" -le "$4" ]; then
		echo "ok $1 - $2: $3 instructions, at most $4"
	else
		echo "not ok $1 - $2: $3 instructions, more than $4"
	fi
}

echo 1..4
few=$(analyze $first) && many=$(analyze $second) && start=$(count start version) &&
	report=$(count report report totals -d "$scratch/$first.db") &&
	[ -n "$few" ] && [ -n "$many" ] && [ -n "$start" ] && [ -n "$report" ] || {
	cat "$scratch"/*.log >&2
	echo 'Bail out! valgrind or keystorm failed'
	exit 1
}
packet=$(((many - few) / (second - first)))
below 1 'a packet' "$packet" "$packet_most"
below 2 'start and end' "$((few - packet * first))" "$run_most"
below 3 'a start' "$start" "$start_most"
below 4 'a short report' "$report" "$report_most"
