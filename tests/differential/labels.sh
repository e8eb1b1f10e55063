#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# labels.sh KEYSTORM FOLDER -- does the definition, done in awk on tshark's fields, find the same? For every capture of
# FOLDER, and with KS_CAPTURES=FOLDER those of its folders resolvers and lab: searches and halts of each (source, zone)
# that fails, beginnings, priming, changes of CD, lookaside, load by depth. And labels.txt: is known software called what
# it is? TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: labels.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark sqlite3
export TZ=UTC LC_ALL=C
make_scratch

fields='-e frame.time_epoch -e ip.src -e ip.dst -e ipv6.src -e ipv6.dst -e udp.srcport -e udp.dstport -e tcp.srcport
	-e tcp.dstport -e dns.id -e dns.flags.response -e dns.flags.opcode -e dns.qry.name -e dns.qry.type
	-e dns.flags.authoritative -e dns.flags.truncated -e dns.flags.rcode -e dns.flags.checkdisable -e dns.resp.type
	-e dns.resp.ttl -e dns.rrsig.original_ttl -e dns.rrsig.signature_expiration -e dns.ds.key_id -e dns.qry.class'

base="(SELECT first_ns / 1000000000 * 1000000000 FROM run)"
rows_sql="
SELECT 'search', address, name, failing_bursts, halted_bursts, failing_searches, crowded_searches,
	ifnull(min_search_ns, 0) / 1000
FROM behaviour JOIN zone USING (zone_id) JOIN flow USING (run_id, zone_id, ip) WHERE failing_bursts > 0;
SELECT 'start', address, name, (t_ns - $base) / 1000, ifnull(silence_ns, 0) / 1000, queries, servers
FROM opening JOIN zone USING (zone_id) WHERE servers > 1;
SELECT 'priming', source, priming_queries, primed_queries FROM v_priming;
SELECT 'cd', address, plain_before, cd_queries, cd_retries FROM manner WHERE plain_before > 0;
SELECT 'lookaside', qname, queries, responses, ifnull(replace(tags, ' ', '_'), '-') FROM v_lookaside WHERE queries > 0;
SELECT 'depth', tree, depth, dnskey_queries, ds_queries FROM v_depth;"

# Sources whose messages tshark's fields cannot keep apart are left out on both sides; the load they share in, too.
without_broken() { # without_broken FILE
	awk -v list="$scratch/broken" '
		BEGIN { while ((getline line <list) > 0) { split(line, part, " "); broken[part[2]] = 1; n++ } }
		!($2 in broken) && !(n && $1 == "depth") && $1 != "broken"' "$1"
}

compare() { # compare CAPTURE DATABASE
	tshark -n -r "$1" -Y 'dns && !icmp && !icmpv6 && !mdns' -T fields $fields 2>/dev/null |
		awk -f "$here/labels.awk" >"$scratch/all"
	grep '^broken ' "$scratch/all" >"$scratch/broken"
	without_broken "$scratch/all" | sort >"$scratch/want"
	"$keystorm" analyze -q --no-progress -d "$2" "$1" >/dev/null 2>"$scratch/stderr"
	sqlite3 -readonly -separator ' ' "$2" "$rows_sql" >"$scratch/rows" 2>&1
	without_broken "$scratch/rows" | sort >"$scratch/got"
	cmp -s "$scratch/want" "$scratch/got"
}

# What labels.txt says of a capture, against v_hitters and v_starts.
check_labels() { # check_labels NAME DATABASE: lines of what differs
	awk -v name="$1" '$1 == name' "$here/labels.txt" | while read -r _ kind source zone want; do
		case $kind in
		habit) column="ifnull(memory_class, '-') || ' ' || ifnull(rfc9520, '-') || ' ' || ifnull(zone_local, '-')" view=v_hitters ;;
		rr) column="CASE WHEN rr >= 0.5 THEN 'high' WHEN rr < 0.1 THEN 'low' ELSE rr END" view=v_hitters ;;
		flow) column=flow view=v_sources ;;
		start) column="kind || ' ' || queries || ' ' || servers" view=v_starts ;;
		servers) column='' ;;
		esac
		if [ "$kind" = servers ]; then
			sql="SELECT count(*) || ' ' || min(s.queries) || ' ' || max(s.queries) FROM behaviour_server AS s
				JOIN zone USING (zone_id) WHERE name = '$zone'"
		elif [ "$kind" = flow ]; then
			sql="SELECT flow FROM v_sources WHERE source = '$source'"
		else
			sql="SELECT $column FROM $view WHERE source = '$source' AND zone = '$zone'"
		fi
		got=$(sqlite3 -readonly "$2" "$sql" 2>&1)
		[ "$got" = "$want" ] || echo "$kind $source $zone: wanted '$want', got '$got'"
	done
}

set -- "$folder"/*.pcap*
if [ -n "${KS_CAPTURES:-}" ]; then
	for capture in "$KS_CAPTURES"/resolvers/*.pcap "$KS_CAPTURES"/lab/*.pcap; do
		[ -e "$capture" ] && set -- "$@" "$capture"
	done
fi
echo "1..$(($# + 1))"
number=0 compared=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	if compare "$capture" "$scratch/$number.db"; then same=yes; else same=no; fi
	compared=$((compared + $(grep -c '^search' "$scratch/want")))
	check_labels "$name" "$scratch/$number.db" >"$scratch/labels"
	if [ $same = yes ] && [ ! -s "$scratch/labels" ]; then
		echo "ok $number - $name: $(wc -l <"$scratch/got") facts, $(awk -v name="$name" '$1 == name' "$here/labels.txt" | wc -l) labels"
	else
		failed=1
		echo "not ok $number - $name"
		echo '# - is tshark, + is keystorm'
		differences "$scratch/want" "$scratch/got" | sed 's/^/#   /'
		sed 's/^/#   label: /' "$scratch/labels"
		head -n 5 "$scratch/stderr" | sed 's/^/#   /'
	fi
	rm -f "$scratch/$number.db"*
done
# Nothing compared is no proof.
if [ $compared -ge 10 ]; then
	echo "ok $((number + 1)) - searches of $compared sources and zones were compared"
else
	failed=1
	echo "not ok $((number + 1)) - searches of only $compared sources and zones were compared"
fi
exit $failed
