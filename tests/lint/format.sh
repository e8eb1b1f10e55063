#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# format.sh ROOT -- is every C file as clang-format 14 leaves it? Other versions break lines elsewhere, so they
# are no judges (exit 77: skipped).
set -eu
cd "${1:?usage: format.sh ROOT}"
for tool in clang-format-14 clang-format; do
	if command -v "$tool" >/dev/null 2>&1 && "$tool" --version | grep -q 'version 14\.'; then
		find dissect analyzer store reports tests -name '*.[ch]' -not -path '*/header_alone.c' \
			-exec "$tool" --dry-run -Werror {} + || exit 1
		exit 0
	fi
done
echo 'skipped: clang-format 14 is not installed'
exit 77
