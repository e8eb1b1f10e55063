#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM DATA SCRATCH -- the page of all reports in a real browser, offline: pages are made from DATA, the
# packages that the test needs come into SCRATCH (pinned by package-lock.json) and stay there. TAP.
#
# KS_SHOTS=FOLDER keeps pictures of the page there, for people to look at.
set -eu
[ $# -eq 3 ] || { echo 'usage: run.sh KEYSTORM DATA SCRATCH' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
data=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3"
scratch=$(cd "$3" && pwd)

skip() {
	echo "1..0 # SKIP $1"
	exit 0
}
for tool in node npm; do
	command -v $tool >/dev/null 2>&1 || skip "$tool is not installed"
done
CHROMIUM=''
for name in chromium chromium-browser google-chrome; do
	[ -n "$CHROMIUM" ] || CHROMIUM=$(command -v $name || :)
done
[ -n "$CHROMIUM" ] || skip 'no Chromium is installed'

if ! cmp -s "$here/package-lock.json" "$scratch/package-lock.json" || [ ! -d "$scratch/node_modules" ]; then
	rm -rf "$scratch/node_modules"
	cp "$here/package.json" "$here/package-lock.json" "$scratch"
	(cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund) >"$scratch/npm.log" 2>&1 || {
		rm -f "$scratch/package-lock.json"
		sed 's/^/# /' "$scratch/npm.log"
		echo 'Bail out! npm ci failed'
		exit 1
	}
fi
cp "$here"/*.mjs "$scratch"

cd "$scratch"
rm -rf pages && mkdir pages
# One storm and its repeats, one rollover with several zones, and nothing.
"$KEYSTORM" analyze -q -d pages/storm.db "$data/root-rollover-one-server.pcap"
"$KEYSTORM" analyze -q -d pages/rollover.db "$data/new-algorithm.pcap" "$data/revoked-root-key.pcap"
"$KEYSTORM" analyze -q -d pages/calm.db "$data/exhausting-zone.pcap"
sh "$here/../hostile/make.sh" "$KEYSTORM" pages/hostile.db
for page in storm rollover calm hostile; do
	"$KEYSTORM" report all -f html -d pages/$page.db -o pages/$page.html
	"$KEYSTORM" report all -f json -d pages/$page.db -o pages/$page.json
done
export KEYSTORM CHROMIUM
exec node page.mjs pages
