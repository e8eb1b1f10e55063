#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM DATA SCHEMA -- every report of every capture of DATA, and of nothing, against the schema. TAP.
set -u
[ $# -eq 3 ] || { echo 'usage: run.sh KEYSTORM DATA SCHEMA' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
data=$(cd "$2" && pwd)
schema=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
here=$(cd "$(dirname "$0")" && pwd)
python=''
for name in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! $name -c 'import jsonschema' 2>/dev/null || python=$name
done
[ -n "$python" ] || { echo '1..0 # SKIP python3-jsonschema is not installed'; exit 0; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cd "$scratch" || exit 2

number=0 failed=0
verdict() { # verdict NAME STATUS: what was said is in `said`
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number - $1"
	else
		failed=1
		head -n 20 said | sed 's/^/# /'
		head -n 3 said >&2
		echo "not ok $number - $1"
	fi
}
printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\001\000\000\000' >nothing.pcap
for capture in nothing.pcap "$data"/*.pcap; do
	rm -f t.db
	"$KEYSTORM" analyze -q -d t.db "$capture" 2>said
	"$KEYSTORM" report all -f json --limit all -d t.db >all.json 2>said && $python "$here/validate.py" "$schema" all.json >said 2>&1
	verdict "$(basename "$capture")" $?
done
# The test is worth something only if it sees what is wrong.
jq -c '.rows[0].rows[0].packets = "many"' all.json >bad.json
! $python "$here/validate.py" "$schema" bad.json >said 2>&1
verdict 'a count that is text is refused' $?
jq -c '.rows[0].rows[0].extra = 1' all.json >bad.json
! $python "$here/validate.py" "$schema" bad.json >said 2>&1
verdict 'a column that nobody described is told' $?
echo "1..$number"
exit $failed
