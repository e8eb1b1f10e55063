#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# amplification.sh KEYSTORM FOLDER -- does tshark add up the same octets? For every capture of FOLDER, by type and over
# UDP: queries, responses, their octets, and both factors; the one with IP octets only where nothing came in
# fragments, of which tshark tells the last one's length only. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: amplification.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark jq
make_scratch

oracle() { # oracle CAPTURE
	tshark -n -r "$1" -Y 'dns && udp && !icmp && !icmpv6' -T fields -E separator=/t -E occurrence=l \
		-e dns.flags.response -e dns.qry.type -e udp.length -e ip.len -e ipv6.plen -e ip.frag_offset 2>/dev/null |
		awk -F '\t' -f "$here/types.awk" -f "$here/amplification.awk" | LC_ALL=C sort
}

# Nine digits, as tshark's side prints them.
ours() { # ours DATABASE FRAGMENTS
	"$keystorm" report amplification -d "$1" -f csv | tr -d '"' | awk -F , -v fragments="$2" 'NR > 1 {
		print $1, $2, $3, $4, $5, $6, fragments ? "-" : $7 }' | LC_ALL=C sort
}

set -- "$folder"/*.pcap*
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	oracle "$capture" >"$scratch/want"
	fragments=$(awk '$NF == "-" { n = 1 } END { print n + 0 }' "$scratch/want")
	"$keystorm" analyze -q --no-progress -d "$scratch/$number.db" "$capture" 2>"$scratch/stderr"
	ours "$scratch/$number.db" "$fragments" >"$scratch/got"
	if [ -s "$scratch/want" ] && cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name"
		continue
	fi
	not_ok $number "$name" '- is tshark, + is keystorm: type, queries, responses, their octets, factors'
done
exit $failed
