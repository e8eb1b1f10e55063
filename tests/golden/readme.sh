#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# readme.sh KEYSTORM README CAPTURE -- does the program say what README shows? A fenced block that begins with
# "$ keystorm ..." is that command and what it prints; one that begins with "keystorm summary" is the report summary.
# CAPTURE is what scripts/quickstart takes when nobody names one. All as on a terminal of 100 columns without colours.
# KS_ACCEPT=1 writes what it says into README instead. TAP.
set -u
[ $# -eq 3 ] || { echo 'usage: readme.sh KEYSTORM README CAPTURE' >&2; exit 2; }
keystorm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
readme=$2
command -v script >/dev/null 2>&1 || {
	echo '1..0 # SKIP script is not installed'
	exit 0
}
export TZ=UTC LC_ALL=C.UTF-8 NO_COLOR=1 TERM=dumb
unset KEYSTORM_DB COLUMNS 2>/dev/null
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

awk -v folder="$scratch" '
	/^```/ { inside = !inside; if (inside) { n++; file = folder "/" n ".block" } else close(file); next }
	inside { print >file }' "$readme"
"$keystorm" analyze -q --no-progress -d "$scratch/keystorm.db" "$3" >/dev/null || exit 2

checked=0 failed=0
for block in "$scratch"/*.block; do
	command=$(sed -n '1s/^\$ keystorm //p; 1s/^keystorm summary .*/report summary/p' "$block")
	[ -n "$command" ] || continue
	checked=$((checked + 1))
	got=${block%.block}.got
	sed -n '1{/^\$ /p}' "$block" >"$got"
	(cd "$scratch" && script -qec "stty cols 100; '$keystorm' $command" /dev/null </dev/null) | tr -d '\r' >>"$got"
	if [ -n "${KS_ACCEPT:-}" ] || cmp -s "$block" "$got"; then
		echo "ok $checked - keystorm $command"
		continue
	fi
	failed=1
	echo "not ok $checked - keystorm $command"
	diff -u "$block" "$got" | sed -e 1,2d -e 's/^/# /'
done
[ $checked -gt 0 ] || { failed=1 checked=1; echo 'not ok 1 - README shows no command'; }
echo "1..$checked"
[ -z "${KS_ACCEPT:-}" ] || {
	awk -v folder="$scratch" '
		/^```/ { inside = !inside; shown = 0
			if (inside) { n++; file = folder "/" n ".got"; print
				while ((getline line <file) > 0) { print line; shown = 1 }
				next } }
		!inside { shown = 0 }
		!(inside && shown)' "$readme" >"$scratch/README" && cp "$scratch/README" "$readme"
}
exit $failed
