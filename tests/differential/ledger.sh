#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ledger.sh KEYSTORM LDNS_VERIFY FOLDER -- is the ledger right? For every capture of FOLDER, its UDP part:
#
#   verify   every distinct signature over the types that are kept, against LDNS_VERIFY, which knows nothing of our code
#   tag      the keys of each zone by tag and algorithm, against tshark, which computes tags itself
#   rrsig    how many signatures by type covered and tag, in all three sections, against tshark
#   ds       the DS digests of each key, against ldns-key2ds
#
# TAP.
set -u
[ $# -eq 3 ] || { echo 'usage: ledger.sh KEYSTORM LDNS_VERIFY FOLDER' >&2; exit 2; }
keystorm=$1 verify=$2 folder=$3
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark sqlite3 ldns-key2ds base64
make_scratch

# Whole answers: not truncated, NOERROR or NXDOMAIN, opcode QUERY.
whole='udp && !icmp && !icmpv6 && dns.flags.response == 1 && dns.flags.truncated == 0 && dns.flags.opcode == 0 && dns.flags.rcode in {0, 3}'

by_tshark() { # by_tshark CAPTURE: lines "tag ZONE TAG ALGORITHM" and "rrsig TYPE TAG COUNT"
	tshark -n -r "$1" -Y "$whole && dns.qry.type == 48 && dns.dnskey.key_id" -T fields -E occurrence=a \
		-e dns.qry.name -e dns.dnskey.key_id -e dns.dnskey.algorithm 2>/dev/null |
		awk -F '\t' '{
			zone = $1 == "<Root>" ? "." : tolower($1) "."
			n = split($2, tag, ","); split($3, algorithm, ",")
			for (i = 1; i <= n; i++) print "tag", zone, tag[i], algorithm[i]
		}' | LC_ALL=C sort -u
	tshark -n -r "$1" -Y "$whole && dns.rrsig.key_tag" -T fields -E occurrence=a \
		-e dns.rrsig.type_covered -e dns.rrsig.key_tag 2>/dev/null |
		awk -F '\t' '{
			n = split($1, type, ","); split($2, tag, ",")
			for (i = 1; i <= n; i++) count[type[i] " " tag[i]]++
		} END { for (each in count) print "rrsig", each, count[each] }'
}

results="SELECT zone.name AS zone, rrtype.name AS type, tag, good, bogus, unsupported, unknown FROM signature JOIN zone USING (zone_id)
	JOIN rrtype ON code = type WHERE type IN (6, 43, 48, 51, 59, 60)"
by_keystorm() { # by_keystorm DATABASE: the same lines, and "verify SIGNER TYPE TAG RESULT COUNT"
	sqlite3 -readonly -separator ' ' "$1" "
		SELECT DISTINCT 'tag', name, tag, algorithm FROM dkey JOIN zone USING (zone_id);
		SELECT 'rrsig', type, tag, sum(count) FROM signature GROUP BY type, tag;
		SELECT 'verify', zone, type, tag, 'good', sum(good) FROM ($results) WHERE good > 0 GROUP BY zone, type, tag;
		SELECT 'verify', zone, type, tag, 'bogus', sum(bogus) FROM ($results) WHERE bogus > 0 GROUP BY zone, type, tag;
		SELECT 'verify', zone, type, tag, 'unsupported', sum(unsupported) FROM ($results) WHERE unsupported > 0 GROUP BY zone, type, tag;
		-- What was left unchecked for once is told as unknown, even if it was checked when it came again.
		SELECT 'verify', zone, type, tag, 'unknown', sum(unknown) FROM ($results) WHERE unknown > 0
			AND NOT EXISTS (SELECT 1 FROM counter WHERE name = 'signatures_unverified' AND value > 0)
			GROUP BY zone, type, tag;
		SELECT 'ds', name, tag, algorithm, 1, lower(hex(sha1)) FROM dkey JOIN zone USING (zone_id);
		SELECT 'ds', name, tag, algorithm, 2, lower(hex(sha256)) FROM dkey JOIN zone USING (zone_id);
		SELECT 'ds', name, tag, algorithm, 4, lower(hex(sha384)) FROM dkey JOIN zone USING (zone_id)"
}

by_key2ds() { # by_key2ds DATABASE: lines "ds ZONE TAG ALGORITHM TYPE DIGEST"
	sqlite3 -readonly -separator ' ' "$1" "
		SELECT name, flags, protocol, algorithm, hex(public_key) FROM dkey JOIN zone USING (zone_id)" |
		while read -r zone flags protocol algorithm key; do
			printf '%s 60 IN DNSKEY %s %s %s %s\n' "$zone" "$flags" "$protocol" "$algorithm" \
				"$(printf '%s' "$key" | sed 's/../\\x&/g' | xargs -0 printf | base64 -w 0)" >"$scratch/key"
			for type in 1 2 4; do
				ldns-key2ds -f -n "-$type" "$scratch/key" 2>/dev/null
			done
		done | awk '{ print "ds", $1, $5, $6, $7, $8 }'
}

set -- "$folder"/*.pcap*
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	"$keystorm" analyze -q --no-progress --filter udp -d "$scratch/$number.db" "$capture" >/dev/null 2>"$scratch/stderr"
	{
		by_tshark "$capture"
		tshark -n -r "$capture" -Y 'udp && dns' -T fields -e udp.payload 2>/dev/null | "$verify" | sed 's/^/verify /'
		by_key2ds "$scratch/$number.db"
	} | LC_ALL=C sort >"$scratch/want"
	by_keystorm "$scratch/$number.db" 2>&1 | LC_ALL=C sort >"$scratch/got"
	if cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name: $(cut -d ' ' -f 1 "$scratch/got" | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }')"
		continue
	fi
	not_ok $number "$name" '- is tshark or ldns, + is keystorm'
done
exit $failed
