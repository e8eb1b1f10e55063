#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# registered.sh ROOT -- forgetting is an error: every unit test and every C source is named in a meson file,
# every test folder holds what its runner needs.
set -eu
cd "${1:?usage: registered.sh ROOT}"
broken=0
complain() {
	printf '%s\n' "$1"
	broken=1
}
for file in tests/unit/*_test.c; do
	module=$(basename "$file" _test.c)
	grep -q "^  '$module':" tests/meson.build || complain "$file: not listed in tests/meson.build"
done
for file in $(find dissect analyzer store reports -name '*.c'); do
	folder=${file%/*}
	while ! grep -q "'${file#"$folder"/}'" "$folder/meson.build" 2>/dev/null; do
		case $folder in
		*/*) folder=${folder%/*} ;;
		*) complain "$file: not listed in a meson.build" && break ;;
		esac
	done
done
for target in tests/fuzz/*.in; do
	module=$(basename "$target" .in)
	grep -q "^  '$module':" tests/meson.build || complain "$target: not listed in tests/meson.build"
done
for case in tests/golden/*/; do
	for part in cmd stdout.exact stderr.glob exit; do
		[ -e "$case$part" ] || complain "$case: has no $part"
	done
done
for file in tests/data/*.pcap*; do
	grep -q "$(basename "$file")" tests/data/README.md || complain "$file: tests/data/README.md does not tell what it is"
done
exit $broken
