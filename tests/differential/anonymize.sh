#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# anonymize.sh KEYSTORM FOLDER -- what pseudonyms take away and what they leave. Every capture of FOLDER is analyzed as it
# is and with --anonymize. No address of a source may be left in that database, neither as text nor as octets; all that
# is said without addresses must be the same; and so must sums by network. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: anonymize.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need sqlite3
make_scratch
printf 'a secret of more than sixteen octets' >"$scratch/key"

# Addresses that asked and never answered, as text and as octets.
sources_of() { # sources_of DATABASE
	sqlite3 -readonly "$1" "WITH s (ip, address) AS (SELECT ip, address FROM source UNION SELECT ip, address FROM flow)
		SELECT address FROM s WHERE ip NOT IN (SELECT ip FROM server)
		UNION ALL SELECT 'X''' || lower(hex(ip)) || '''' FROM s WHERE ip NOT IN (SELECT ip FROM server)"
}

# Everything that names nobody, in an order that does not depend on names.
unnamed() { # unnamed DATABASE
	sqlite3 -readonly "$1" 'SELECT * FROM v_totals; SELECT * FROM v_summary; SELECT * FROM v_storms; SELECT * FROM v_clients;
		SELECT * FROM v_traffic; SELECT * FROM v_qtypes; SELECT * FROM v_depth; SELECT * FROM v_quality;
		SELECT * FROM v_consistency; SELECT * FROM v_signatures; SELECT fingerprint, sources, queries FROM v_fingerprints'
	for columns in 'queries, responses, dnskey_queries, flow, query_bytes, response_bytes, first, last FROM v_sources' \
		'zone, heavy, queries, hot, warm, cool, refresh, rr, memory_class, sci, spray, median_gap_ms, tags, min_caches
			FROM v_hitters' 't, server, id, sport, qname, qtype, response_t, requery FROM v_sequence' \
		'zone, tags, via, dnskey_queries FROM v_anchors' 'zone, bursts, rfc9520, recovered_by FROM v_habits' \
		't, zone, kind, queries FROM v_starts' 'cd_queries, retries FROM v_cd'; do
		sqlite3 -readonly "$1" "SELECT $columns" | LC_ALL=C sort
	done
	for report in hitters sources; do
		"$keystorm" report $report -d "$1" --prefix 24,48 --limit all -f json | grep -o '"queries": [0-9]*' | LC_ALL=C sort
	done
}

set -- "$folder"/*.pcap*
echo "1..$(($# * 2))"
number=0
for capture in "$@"; do
	name=$(basename "$capture")
	"$keystorm" analyze -q --no-progress -d "$scratch/$name.plain" "$capture" >/dev/null 2>&1
	"$keystorm" analyze -q --no-progress -d "$scratch/$name.hidden" --anonymize "$scratch/key" "$capture" >/dev/null 2>&1
	sources_of "$scratch/$name.plain" >"$scratch/sources"
	number=$((number + 1))
	sqlite3 -readonly "$scratch/$name.hidden" .dump >"$scratch/dump"
	# As whole words: 192.0.2.1 is not in 192.0.2.17.
	if [ -s "$scratch/dump" ] && grep -iwF -f "$scratch/sources" "$scratch/dump" >"$scratch/left"; then
		echo "not ok $number - $name: none of $(($(wc -l <"$scratch/sources") / 2)) sources is left"
		failed=1
		head -n 5 "$scratch/left" | cut -c 1-200 | sed 's/^/#   /'
	else
		echo "ok $number - $name: none of $(($(wc -l <"$scratch/sources") / 2)) sources is left"
	fi
	number=$((number + 1))
	unnamed "$scratch/$name.plain" >"$scratch/want" 2>"$scratch/errors"
	unnamed "$scratch/$name.hidden" >"$scratch/got" 2>>"$scratch/errors"
	if [ -s "$scratch/want" ] && [ ! -s "$scratch/errors" ] && cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name: $(wc -l <"$scratch/want") lines without addresses are the same"
	else
		echo "not ok $number - $name: the rest is the same"
		failed=1
		head -n 3 "$scratch/errors" | sed 's/^/#   /'
		diff "$scratch/want" "$scratch/got" | head -n 10 | cut -c 1-200 | sed 's/^/#   /'
	fi
done
exit $failed
