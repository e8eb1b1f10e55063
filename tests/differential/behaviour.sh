#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# behaviour.sh KEYSTORM FOLDER -- does the naive way find the same gaps and servers? For every capture of FOLDER, from
# the sampled queries of the same database where a source's sample is complete: for each followed (source, zone) the
# count of successive, of closed and of late queries and the spread over servers must be equal, the median gap within the
# histogram's error of 2^(1/16). And by source the segments that ask for a connection, as tshark sees them. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: behaviour.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need sqlite3 tshark
make_scratch

# What was judged, then the DNSKEY queries in order; times from the first query, so that doubles are exact.
rows_sql="
SELECT 'habit', zone_id, hex(ip), b.queries, successive, closed, run_zone.servers, ifnull(spray, 'null'),
	ifnull(median_gap_ms, 'null'),
	(SELECT total(n) FROM behaviour_cell AS c WHERE c.run_id = b.run_id AND c.zone_id = b.zone_id AND c.ip = b.ip AND kind = 'late'),
	(SELECT total(n) FROM behaviour_cell AS c WHERE c.run_id = b.run_id AND c.zone_id = b.zone_id AND c.ip = b.ip AND kind = 'clock')
FROM behaviour AS b JOIN habit USING (zone_id, ip) JOIN run_zone USING (run_id, zone_id) JOIN source USING (run_id, ip)
WHERE source.queries = (SELECT count(*) FROM query WHERE query.ip = b.ip);
SELECT 'query', zone_id, hex(query.ip), t_ns - (SELECT min(t_ns) FROM query),
	ifnull(response_ns - (SELECT min(t_ns) FROM query), ''), hex(server_ip), transport, requery
FROM query JOIN zone ON zone.name_wire = query.qname_wire WHERE qtype = 48 ORDER BY 2, 3, number;"

# SOURCE and its SYN segments, from its first DNS message on.
connections() { # connections CAPTURE
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:TRUE -Y '!icmp && !icmpv6 &&
		(dns || (tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 53))' -T fields -E occurrence=l \
		-e ip.src -e ipv6.src -e ip.dst -e ipv6.dst -e tcp.flags.syn -e dns.flags.response 2>/dev/null |
		awk -F '\t' '
			$5 ~ /^(1|True)/ { if (($1 $2) in known) n[$1 $2]++; next }
			{ known[$6 ~ /^(1|True)/ ? $3 $4 : $1 $2] = 1 }
			END { for (source in n) print source, n[source] }' | LC_ALL=C sort
}

set -- "$folder"/*.pcap*
echo "1..$(($# + 1))"
number=0 compared=0
for capture in "$@"; do
	number=$((number + 1))
	"$keystorm" analyze -q --no-progress -d "$scratch/$number.db" "$capture" >/dev/null 2>&1
	sqlite3 -readonly -separator '|' "$scratch/$number.db" "$rows_sql" |
		awk -F '|' -f "$here/behaviour.awk" >"$scratch/found"
	connections "$capture" >"$scratch/want"
	sqlite3 -readonly -separator ' ' "$scratch/$number.db" \
		"SELECT address, tcp_syns FROM source WHERE tcp_syns > 0" | LC_ALL=C sort >"$scratch/got"
	cmp -s "$scratch/want" "$scratch/got" || differences "$scratch/want" "$scratch/got" | sed 's/^/differs: SYN /' >>"$scratch/found"
	n=$(sed -n 's/^compared //p' "$scratch/found")
	compared=$((compared + ${n:-0}))
	if [ -n "$n" ] && ! grep -q '^differs' "$scratch/found"; then
		echo "ok $number - $(basename "$capture"): $n compared"
		continue
	fi
	failed=1
	echo "not ok $number - $(basename "$capture")"
	sed 's/^/# /' "$scratch/found"
done
# Nothing compared is no proof.
if [ $compared -ge 5 ]; then
	echo "ok $((number + 1)) - $compared sources and zones were compared"
else
	failed=1
	echo "not ok $((number + 1)) - only $compared sources and zones were compared"
fi
exit $failed
