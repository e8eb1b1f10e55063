#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# manual.sh ROOT [BINARY] -- does the manual page parse, and does it name every option the program knows?
set -eu
root=${1:?usage: manual.sh ROOT [BINARY]}
keystorm=${2:+$(realpath "$2")}
cd "$root"
page=analyzer/cli/keystorm.1
if command -v mandoc >/dev/null 2>&1; then
	mandoc -T lint -W warning "$page" || exit 1
elif command -v man >/dev/null 2>&1; then
	said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
	[ -z "$said" ] || { printf '%s\n' "$said"; exit 1; }
else
	echo 'skipped: neither mandoc nor man is installed'
	exit 77
fi
[ -n "$keystorm" ] || exit 0
broken=0
verbs=$("$keystorm" help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
reports=$("$keystorm" report --help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-zA-Z].*/\1/p')
[ -n "$verbs" ] && [ -n "$reports" ] || { echo "$keystorm names no verbs or no reports"; exit 1; }
for verb in $verbs; do
	for option in $("$keystorm" "$verb" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u); do
		sed 's/\\-/-/g' "$page" | grep -qE -- "Fl ${option#-}( |\$)" || [ "$option" = --help ] || {
			echo "$page: keystorm $verb has $option, the page does not"
			broken=1
		}
	done
done
for report in $reports; do
	grep -qE "^\.It Cm $report\$" "$page" || { echo "$page: no report $report" && broken=1; }
done
exit $broken
