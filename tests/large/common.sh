#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# common.sh -- what the large databases share; sourced, not run, behind differential/common.sh.

number=0
# is NAME LEFT OPERATOR RIGHT: a test of `[`.
is() {
	number=$((number + 1))
	if [ "$2" "$3" "$4" ]; then
		echo "ok $number - $1 ($2)"
	else
		failed=1
		echo "not ok $number - $1: $2, should be $3 $4"
		echo "$1: $2" >&2
	fi
}
