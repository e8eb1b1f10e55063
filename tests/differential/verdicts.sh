#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# verdicts.sh KEYSTORM SCENE -- is the cause found? Of every scene (tests/support/scene.h) the verdict of each storm, its
# lead of ten decibans or more, the verdict of each source that offends, and that of the summary, against the truth that
# was written with the capture. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: verdicts.sh KEYSTORM SCENE' >&2; exit 2; }
keystorm=$1 scene=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need jq
make_scratch

storms_differ='$truth[0].storms[] as $want
| [$found[0].rows[] | select(.zone == $want.zone)]
| if length == 0 then "no storm of \($want.zone)"
  else .[] | select(.verdict != $want.verdict or .lead_db == null or .lead_db < $want.lead_db_least)
	| "\(.zone): \(.verdict) by \(.lead_db) dB, not \($want.verdict) by \($want.lead_db_least); planted: \($want.evidence | join(" "))"
  end'

sources_differ='[$truth[0].offenders[] as $want
| [$found[0].rows[] | select(.source == $want.source and .zone == $want.zone)]
| if length == 0 then "no row of \($want.source)"
  else .[] | select(.verdict != $want.verdict) | "\(.source) \(.zone): \(.verdict), not \($want.verdict) (\($want.profile))"
  end] | if length > 0 then "\(length) of \($truth[0].offenders | length) sources", .[] else empty end'

summary_differs='$found[0].rows[0] | select(.verdict != $truth[0].verdict) | "\(.verdict), not \($truth[0].verdict)"'

number=0
compare() { # compare WHAT PROGRAM REPORT...
	what=$1 program=$2
	shift 2
	"$keystorm" report "$@" -d "$scratch/it.db" -f json >"$scratch/found"
	jq -rn --slurpfile truth "$scratch/it.truth.json" --slurpfile found "$scratch/found" "$program" >"$scratch/wrong" 2>&1
	number=$((number + 1))
	if [ ! -s "$scratch/wrong" ]; then
		echo "ok $number - $name: $what"
	else
		failed=1
		echo "not ok $number - $name: $what"
		head -n 8 "$scratch/wrong" | sed 's/^/#   /'
	fi
}

names=$("$scene" | grep -v '^root-2019$') # of months, and of many captures
echo "1..$(($(echo "$names" | wc -l) * 3))"
for name in $names; do
	"$scene" "$name" 1 "$scratch/it.pcap" || exit 2
	"$keystorm" analyze -q --no-progress -d "$scratch/it.db" "$scratch/it.pcap" >/dev/null 2>&1
	compare 'storms' "$storms_differ" storms --limit all
	compare 'sources' "$sources_differ" hitters --limit all
	compare 'summary' "$summary_differs" summary
	rm -f "$scratch"/it.*
done
exit $failed
