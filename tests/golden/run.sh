#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM FOLDER [CASE...] -- run the command-line cases of FOLDER and report in TAP. PART=K/N: every Nth of
# them, beginning with the Kth, so that a machine of N cores gets through them sooner.
#
# A case is a folder:
#   cmd           shell commands; they run in an empty folder of their own, where data/ is tests/data
#                 and $KEYSTORM the program
#   stdout.exact  what they must print, byte for byte
#   stderr.glob   one shell pattern for each line of standard error, in order
#   exit          the exit status
# A cmd that mentions $KS_J runs twice, as 1 and as 7 workers, and must do the same both times.
# KS_ACCEPT=1 writes what happened into the case instead: read the difference before you commit it.
set -u
[ $# -ge 2 ] || { echo 'usage: run.sh KEYSTORM FOLDER [CASE...]' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(cd "$2" && pwd) || exit 2
data=$(cd "$folder/../data" && pwd) || exit 2
shift 2
[ $# -gt 0 ] || set -- $(cd "$folder" && for d in */; do [ -e "$d/cmd" ] && printf '%s\n' "${d%/}"; done)
[ -z "${PART:-}" ] || set -- $(printf '%s\n' "$@" | awk -v k="${PART%/*}" -v n="${PART#*/}" 'NR % n == k % n')

export KEYSTORM TZ=UTC LC_ALL=C COLUMNS=100
unset KEYSTORM_DB NO_COLOR TERM 2>/dev/null
scratch=$(mktemp -d) || exit 2
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

limit=''
command -v timeout >/dev/null 2>&1 && limit='timeout 300'

# Standard error against its patterns, line by line; the lines' number counts.
matches_globs() { # matches_globs PATTERNS LINES
	exec 3<"$1" 4<"$2"
	while :; do
		more_globs=1 more_lines=1
		IFS= read -r glob <&3 || more_globs=0
		IFS= read -r line <&4 || more_lines=0
		[ $more_globs = $more_lines ] || return 1
		[ $more_globs = 1 ] || return 0
		# shellcheck disable=SC2254 # a pattern is what it is
		case $line in $glob) ;; *) return 1 ;; esac
	done
}

run_case() { # run_case CASE JOBS: leaves stdout, stderr and exit in $scratch/got
	[ ! -e "$scratch/here" ] || chmod -R u+w "$scratch/here" # some case makes folders read-only
	rm -rf "$scratch/here" "$scratch/got"
	mkdir "$scratch/here" "$scratch/got"
	ln -s "$data" "$scratch/here/data"
	(cd "$scratch/here" && KS_J=$2 exec $limit sh "$folder/$1/cmd") \
		>"$scratch/got/stdout" 2>"$scratch/got/stderr" </dev/null
	echo $? >"$scratch/got/exit"
}

accept() { # accept CASE
	cp "$scratch/got/stdout" "$folder/$1/stdout.exact"
	cp "$scratch/got/exit" "$folder/$1/exit"
	sed -e 's/[][*?\\]/\\&/g' -e "s,$scratch/here,*,g" "$scratch/got/stderr" >"$folder/$1/stderr.glob"
}

compare() { # compare CASE: says what differs
	same=0
	cmp -s "$folder/$1/stdout.exact" "$scratch/got/stdout" || {
		same=1
		diff -u "$folder/$1/stdout.exact" "$scratch/got/stdout" | head -n 40 | sed 's/^/# /'
	}
	matches_globs "$folder/$1/stderr.glob" "$scratch/got/stderr" || {
		same=1
		echo '# standard error was:'
		head -n 20 "$scratch/got/stderr" | sed 's/^/#   /'
		echo '# and should match:'
		head -n 20 "$folder/$1/stderr.glob" | sed 's/^/#   /'
	}
	cmp -s "$folder/$1/exit" "$scratch/got/exit" || {
		same=1
		echo "# exit status $(cat "$scratch/got/exit"), should be $(cat "$folder/$1/exit")"
	}
	return $same
}

echo "1..$#"
number=0 failed=0
for case in "$@"; do
	number=$((number + 1))
	jobs=1
	grep -q 'KS_J' "$folder/$case/cmd" && jobs='1 7'
	verdict=ok
	for j in $jobs; do
		run_case "$case" "$j"
		if [ -n "${KS_ACCEPT:-}" ] && [ "$j" = 1 ]; then
			accept "$case"
		elif ! compare "$case" >"$scratch/difference"; then
			# To standard error, which meson shows of a failed TAP test.
			{ echo "# $case, with KS_J=$j:" && cat "$scratch/difference"; } >&2
			verdict='not ok'
		fi
	done
	[ "$verdict" = ok ] || failed=1
	echo "$verdict $number - $case"
done
exit $failed
