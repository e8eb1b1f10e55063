#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tshark.sh KEYSTORM FOLDER -- does tshark count the same? For every capture of FOLDER: queries, responses, UDP, TCP,
# DO and TC, IPv4 and IPv6, octets, queries by type, queries by source. Messages that ICMP errors quote are left out on both sides. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: tshark.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark jq
make_scratch

# A frame may end several messages over TCP: then the fields are lists, joined by commas, in step.
oracle() { # oracle CAPTURE
	tshark -n -r "$1" -Y 'dns && !icmp && !icmpv6' -T fields -E separator=/t -E aggregator=, -E occurrence=a \
		-e frame.protocols -e ip.src -e ipv6.src -e dns.flags.response -e dns.flags.truncated -e dns.qry.type \
		-e dns.resp.z.do -e udp.length -e dns.length 2>"$scratch/tshark.stderr" |
		awk -F '\t' -f "$here/types.awk" -f "$here/tshark.awk" | LC_ALL=C sort
}

set -- "$folder"/*.pcap*
echo "1..$#"
number=0
for capture in "$@"; do
	number=$((number + 1))
	name=$(basename "$capture")
	oracle "$capture" >"$scratch/want"
	facts_of "$capture" "$scratch/$number.db" >"$scratch/got"
	status=$?
	if [ $status -eq 0 ] && [ -s "$scratch/want" ] && cmp -s "$scratch/want" "$scratch/got"; then
		echo "ok $number - $name"
		continue
	fi
	failed=1
	echo "not ok $number - $name"
	echo "# keystorm's status $status; - is tshark, + is keystorm"
	differences "$scratch/want" "$scratch/got" | sed 's/^/#   /'
	head -n 5 "$scratch/$number.db.stderr" | sed 's/^/#   /'
done
exit $failed
