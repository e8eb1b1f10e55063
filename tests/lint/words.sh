#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# words.sh ROOT -- what must not stand in a source file: trailing blanks, tabs behind blanks, CR, invisible or
# look-alike characters, paths of somebody's machine; and what must: a licence line, unique file names.
set -eu
cd "${1:?usage: words.sh ROOT}"
LC_ALL=C
export LC_ALL
broken=0

sources=$(find dissect analyzer store reports tests scripts .ci meson.build -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.sql' -o -name meson.build -o -path 'scripts/*' -o -path '.ci/*' \) | sort)
texts="$sources $(find . -name '*.md' -not -path './build*' -not -path './.git/*' | sort) $(find analyzer -name '*.1')"

complain() {
	printf '%s\n' "$1"
	broken=1
}
forbid() { # forbid EXTENDED-REGEX WHY FILE...
	forbidden=$1 why=$2
	shift 2
	found=$(grep -nE "$forbidden" "$@" /dev/null) || return 0
	printf '%s\n' "$found" | head -20
	complain "  ^ $why"
}

# What a redirection gone wrong leaves behind. The folders of the top level are fixed.
for each in *; do
	case $each in
	analyzer | dissect | reports | scripts | store | tests | build* | meson.build | [A-Z]*.md | LICENSE | *.db*) ;;
	*) complain "$each: nothing of this name belongs into the top level" ;;
	esac
done

cr=$(printf '\r')
# shellcheck disable=SC2086 # lists of names without blanks
forbid '[[:blank:]]+$' 'blanks at the end of a line' $texts
# shellcheck disable=SC2086
forbid "$cr" 'carriage return' $texts
# shellcheck disable=SC2086
forbid '(^|[^[:alnum:]_.])/(home|root|work|Users)/[[:alnum:]]' 'a path of one machine' $texts

# Beyond ASCII: prose may name people and draw; code may draw bars with block elements, U+2581 to U+2588,
# and tests may hold whatever a hostile sender can.
for file in $sources; do
	case $file in tests/unit/* | tests/golden/*) continue ;; esac
	bad=$(sed 's/\xe2\x96[\x81-\x88]//g' "$file" | grep -m 3 -nP '[^\x00-\x7f]') || continue
	printf '%s: %s\n' "$file" "$bad"
	complain '  ^ a character beyond ASCII'
done
# Zero-width characters, direction overrides and byte order marks deceive a reviewer anywhere.
# shellcheck disable=SC2086
if grep -nP '\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf' $texts; then
	complain '  ^ an invisible character'
fi

for file in $sources; do
	head -n 5 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
		case $file in
		*meson.build) ;;
		*) complain "$file: no SPDX line" ;;
		esac
done

for script in $(find tests scripts .ci store -type f \( -name '*.sh' -o -path 'scripts/*' -o -path '.ci/*' \)); do
	[ -x "$script" ] || complain "$script: not executable"
done
exit $broken
