#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# common.sh -- what the comparisons share; sourced, not run. Needs $keystorm.

# facts_of CAPTURE DATABASE: what keystorm says, as sorted lines "KIND NAME COUNT". Returns analyze's status; 99 when a
# report fails.
facts_of() {
	status=0
	"$keystorm" analyze -q --no-progress -d "$2" "$1" >/dev/null 2>"$2.stderr" || status=$?
	[ $status -le 1 ] || return $status
	{
		"$keystorm" report totals -d "$2" -f json >"$2.json" || return 99
		jq -r '.rows[0] | to_entries[]
			| select(.key | IN("queries", "responses", "udp", "tcp", "ipv4", "ipv6",
				"do_queries", "tc_responses", "query_bytes", "response_bytes"))
			| "total \(.key) \(.value)"' "$2.json"
		"$keystorm" report qtypes --step all --limit all -d "$2" -f json >"$2.json" || return 99
		jq -r '.rows[] | select(.queries > 0) | "qtype \(.qtype) \(.queries)"' "$2.json"
		"$keystorm" report sources --limit all -d "$2" -f json >"$2.json" || return 99
		jq -r '.rows[] | select(.queries > 0) | "source \(.source) \(.queries)"' "$2.json"
	} | LC_ALL=C sort
	return $status
}

# need TOOL...: skip the whole comparison, with the reason, when one is missing.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || {
			echo "1..0 # SKIP $tool is not installed"
			exit 0
		}
	done
}

# make_scratch: a folder $scratch that goes away with the script, and $failed.
make_scratch() {
	failed=0
	scratch=$(mktemp -d) || exit 2
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 130' INT TERM
}

# differences WANT GOT: the first lines that differ, - of WANT, + of GOT.
differences() {
	diff -u "$1" "$2" | sed -n '3,$p' | grep '^[-+]' | head -n 20
}

# not_ok NUMBER TEXT LEGEND: the line, what differs between $scratch/want and $scratch/got, what keystorm said.
not_ok() {
	failed=1
	echo "not ok $1 - $2"
	echo "# $3"
	{
		differences "$scratch/want" "$scratch/got"
		head -n 5 "$scratch/stderr"
	} | sed 's/^/#   /'
}
