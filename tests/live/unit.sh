#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# unit.sh KEYSTORM ROOT -- the unit and the user file are what systemd understands.
set -eu
folder=$(cd "$2/analyzer/live" && pwd)
command -v systemd-analyze >/dev/null 2>&1 || {
	echo '1..0 # SKIP systemd-analyze is not installed'
	exit 0
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# The program is not installed where the unit looks for it.
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
sed "s,/usr/bin/keystorm,$program," "$folder/keystorm.service" >"$scratch/keystorm.service"
echo '1..3'
status=0
systemd-analyze verify --man=no "$scratch/keystorm.service" >"$scratch/said" 2>&1 || status=1
grep -q 'keystorm.service' "$scratch/said" && status=1
[ $status = 0 ] && echo 'ok 1 - the unit is understood' || { sed 's/^/# /' "$scratch/said"; echo 'not ok 1 - the unit is understood'; }
# Exposure from 0 (none) to 10, as systemd counts it.
exposure=$(systemd-analyze security --offline=true "$scratch/keystorm.service" 2>/dev/null |
	sed -n 's/.*exposure level for.*: \([0-9]*\)\..*/\1/p')
[ -n "$exposure" ] && [ "$exposure" -le 2 ] && echo 'ok 2 - little is exposed' || echo "not ok 2 - little is exposed: ${exposure:-?}"
if command -v systemd-sysusers >/dev/null 2>&1; then
	mkdir -p "$scratch/root/etc"
	if systemd-sysusers --root="$scratch/root" "$folder/keystorm.sysusers" >"$scratch/said" 2>&1 &&
		grep -q '^keystorm:' "$scratch/root/etc/passwd"; then
		echo 'ok 3 - the user is made'
	else
		sed 's/^/# /' "$scratch/said"
		echo 'not ok 3 - the user is made'
	fi
else
	echo 'ok 3 - the user is made # SKIP no systemd-sysusers'
fi
