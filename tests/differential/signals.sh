#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# signals.sh KEYSTORM FOLDER -- does tshark meet the same trust anchor signals? For every capture of FOLDER, by source:
# queries whose name begins with _ta-, and DNSKEY queries with the edns-key-tag option. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: signals.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark sqlite3
make_scratch

met() { # met CAPTURE WAY FILTER: lines "WAY SOURCE COUNT"
	tshark -n -r "$1" -Y "dns.flags.response == 0 && !icmp && !icmpv6 && ($3)" -T fields -e ip.src -e ipv6.src 2>/dev/null |
		awk -v way="$2" '{ n[$1]++ } END { for (source in n) print way, source, n[source] }'
}

set -- "$folder"/*.pcap*
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	{
		met "$capture" qname 'lower(dns.qry.name) matches "^_ta-"'
		met "$capture" option 'dns.qry.type == 48 && dns.opt.code == 14'
	} | LC_ALL=C sort >"$scratch/want"
	"$keystorm" analyze -q --no-progress -d "$scratch/$number.db" "$capture" >/dev/null 2>"$scratch/stderr"
	sqlite3 -readonly -separator ' ' "$scratch/$number.db" \
		"SELECT via, source, sum(queries) FROM v_anchors GROUP BY via, source" 2>&1 | LC_ALL=C sort >"$scratch/got"
	if cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name: $(wc -l <"$scratch/got") senders"
		continue
	fi
	not_ok $number "$name" '- is tshark, + is keystorm'
done
exit $failed
