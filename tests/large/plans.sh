#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# plans.sh DATABASE -- how SQLite would make each report of a large database, from its views: no big table is looked
# through inside a loop, none gets an index made for one question, and the work grows with the rows of the database and
# of the report, not with their product. A line for each report, `ok` or `not ok` with the step of the plan; exit 1 when one is not.
set -u
[ $# -eq 1 ] || { echo 'usage: plans.sh DATABASE' >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
db=$1
# Steps of the virtual machine for a row: to sum one up takes some dozens, to print it as many again.
most=150

tables=$(sqlite3 "$db" "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
big='' rows=0
for table in $tables; do
	n=$(sqlite3 "$db" "SELECT count(*) FROM \"$table\"")
	rows=$((rows + n))
	[ "$n" -lt 1000 ] || big="$big $table"
done
steps_of() { # steps_of VIEW: and how many rows it has
	printf '.stats on\nSELECT * FROM %s;\n' "$1" | sqlite3 "$db" |
		awk '/^Virtual Machine Steps:/ { steps = $4; next } { n++ } END { print steps + 0, n + 0 }'
}
failed=0
for view in $(sqlite3 "$db" "SELECT name FROM sqlite_schema WHERE type = 'view' AND name GLOB 'v_*' ORDER BY name"); do
	why=$(sqlite3 "$db" "EXPLAIN QUERY PLAN SELECT * FROM $view" | awk -v "big=$big" -f "$here/plans.awk")
	counted=$(steps_of "$view")
	steps=${counted% *}
	n=$((rows + ${counted#* }))
	[ "$steps" -gt 0 ] || why="$why; its steps were not counted"
	[ "$steps" -le $((n * most)) ] || why="$why; $steps steps for $n rows of the database and the report"
	if [ -z "$why" ]; then
		echo "ok $view ($steps steps)"
	else
		failed=1
		echo "not ok $view: ${why#; }"
	fi
done
exit $failed
