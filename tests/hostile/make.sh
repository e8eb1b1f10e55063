#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make.sh KEYSTORM OUT.db -- a database full of hostile strings: of packets (names.pl), and as if somebody had written
# them into every text that a report shows.
set -eu
[ $# -eq 2 ] || { echo 'usage: make.sh KEYSTORM OUT.db' >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
perl "$here/names.pl" >"$2.pcap"
mv "$2.pcap" "$2=1+1,<ks-evil>.pcap"
"$1" analyze -q -d "$2" "$2=1+1,<ks-evil>.pcap"
rm -f "$2=1+1,<ks-evil>.pcap"
poison() { # poison TABLE COLUMN: twelve strings in turn, numbered so that they stay different
	sqlite3 "$2" "
		CREATE TEMP TABLE evil (n INTEGER PRIMARY KEY, text);
		INSERT INTO evil (n, text) VALUES
			(0, '<ks-evil onmouseover=alert(1)>'), (1, '</script><script>alert(1)</script>'), (2, '\"><ks-evil x=\"'),
			(3, '''><ks-evil>'), (4, '=1+cmd|calc'), (5, '+1+1'), (6, '-2+3'), (7, '@SUM(A1)'), (8, char(9) || '=1+1'),
			(9, char(27) || ']0;ks' || char(7)), (10, char(8238, 155, 127, 65535, 8203) || '</svg><ks-evil>'),
			(11, char(13, 10) || '=1+1');
		UPDATE OR IGNORE $3 SET $4 = (SELECT text FROM evil WHERE n = $3.rowid % 12) || ' ' || $3.rowid WHERE $4 IS NOT NULL;"
}
for column in input.path zone.name counter.note query.qname query.source query.server ede.name event.kind event.detail \
	event.warning calendar.note calendar.event storm.baseline ta_signal.tags signature.why; do
	table=${column%.*}
	if sqlite3 "$2" "SELECT ${column#*.} FROM $table LIMIT 0" >/dev/null 2>&1; then
		poison . "$2" "$table" "${column#*.}" 2>/dev/null || :
	fi
done
