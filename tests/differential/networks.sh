#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# networks.sh KEYSTORM FOLDER -- does tshark add up the same networks? For every capture of FOLDER, by client's /24: DNSKEY
# queries (hitters --prefix, all zones), and over UDP queries, responses and their octets (amplification --prefix). TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: networks.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark
make_scratch

oracle() { # oracle CAPTURE: the client of a response is who it is sent to
	tshark -n -r "$1" -Y 'dns && !icmp && !icmpv6 && ip' -T fields -E separator=/t -E occurrence=l \
		-e dns.flags.response -e dns.qry.type -e ip.src -e ip.dst -e udp.length 2>/dev/null | awk -F '\t' '
	function net(address,    part) {
		split(address, part, ".")
		return part[1] "." part[2] "." part[3] ".0/24"
	}
	{
		response = $1 ~ /^(1|True)/
		client = net(response ? $4 : $3)
		if (!response && $2 == 48)
			keys[client]++
		if ($5 == "")
			next # over TCP
		if (response) { responses[client]++; out[client] += $5 - 8 }
		else { queries[client]++; asked[client] += $5 - 8 }
		seen[client] = 1
	}
	END {
		for (client in keys)
			print "DNSKEY", client, keys[client]
		for (client in seen)
			print "UDP", client, queries[client] + 0, responses[client] + 0, asked[client] + 0, out[client] + 0
	}' | LC_ALL=C sort
}

ours() { # ours DATABASE
	{
		"$keystorm" report hitters --prefix 24,48 --limit all -d "$1" -f csv |
			awk -F , 'NR > 1 && $2 !~ /:/ && $5 != "" { n[$2] += $5 } END { for (net in n) if (n[net]) print "DNSKEY", net, n[net] }'
		"$keystorm" report amplification --prefix 24,48 --limit all -d "$1" -f csv |
			awk -F , 'NR > 1 && $8 !~ /:/ { print "UDP", $8, $2, $3, $4, $5 }'
	} | LC_ALL=C sort
}

set -- "$folder"/*.pcap*
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	oracle "$capture" >"$scratch/want"
	"$keystorm" analyze -q --no-progress -d "$scratch/$number.db" "$capture" >/dev/null 2>"$scratch/stderr"
	ours "$scratch/$number.db" >"$scratch/got"
	if [ -s "$scratch/want" ] && cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name"
		continue
	fi
	not_ok $number "$name" '- is tshark, + is keystorm: what, network, counts, octets'
done
exit $failed
