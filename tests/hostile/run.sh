#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM -- hostile strings through every report in every format: they stay strings. TAP.
set -u
[ $# -eq 1 ] || { echo 'usage: run.sh KEYSTORM' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../differential/common.sh"
need perl sqlite3 jq xmllint
make_scratch
cd "$scratch" || exit 2
export LC_ALL=C.UTF-8 TZ=UTC

number=0
check() { # check NAME COMMAND...: no output and success
	number=$((number + 1))
	name=$1
	shift
	if said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "ok $number - $name"
	else
		failed=1
		printf '%s\n' "$said" | head -n 5 | cat -v | sed 's/^/# /'
		echo "not ok $number - $name"
		echo "$name" >&2
	fi
}

# Control bytes but the end of a line; C1 controls, directions and what is not seen; what is no UTF-8.
unseen() { # unseen FILE
	LC_ALL=C grep -naP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xef\xbf[\xbe\xbf]' "$1" && return 1
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}
markup() { # markup FILE: nothing of ours begins like that; tabs are how our own style is written
	grep -nE '<ks-evil|<script>alert|<[^>]*"[^">]*onmouseover="' "$1" && return 1
	tr -d '\t' <"$1" >plain
	unseen plain
}
xml() {
	markup "$1" && xmllint --noout "$1"
}
# A field that begins like a formula, quoted or not, and is no number.
csv() {
	grep -nP '(^|,)"?[=+@\t\r-](?![0-9.]+(e-?[0-9]+)?(,|$))' "$1" && return 1
	unseen "$1"
}
json() {
	jq -e . "$1" >/dev/null && unseen "$1"
}
write() { # write FILE REPORT OPTION...
	file=$1
	shift
	"$KEYSTORM" report "$@" -d evil.db -o "$file"
}

sh "$here/make.sh" "$KEYSTORM" evil.db || { echo 'Bail out! no database'; exit 1; }
check 'the strings are there' sh -c 'test "$(sqlite3 evil.db "SELECT count(*) FROM zone WHERE instr(name, char(60))")" -gt 3'

reports=$("$KEYSTORM" report --help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-zA-Z].*/\1/p')
for report in $reports; do
	set -- --limit all
	[ "$report" = sequence ] && set -- --limit all --source 0.0.0.0/0
	write out "$report" "$@" || failed=1
	check "$report, text" unseen out
	write out "$report" "$@" -f csv || failed=1
	check "$report, csv" csv out
	write out "$report" "$@" -f json || failed=1
	check "$report, json" json out
done
for report in traffic qtypes rollovers rollover-series sequence storms habits; do
	write out "$report" -f svg || failed=1
	check "$report, svg" xml out
done
write out all -f html --limit all || failed=1
check 'all, html' markup out
check 'all, html: the data of plots' sh -c 'sed -n "s,.*<script type=\"application/json\">\(.*\)</script>.*,\1,p" out | jq -e . >/dev/null'
write out all -f json || failed=1
check 'all, json' json out
echo "1..$number"
exit $failed
