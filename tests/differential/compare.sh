#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# compare.sh KEYSTORM FOLDER -- does tshark find the same change? For every capture of FOLDER against the next one, the
# last against the first: DNSKEY queries for the root per second of capture, by counting messages and reading the times
# of the first and the last packet; the ratio; and its interval from bins that this script makes itself, as wide as the
# database has them. UDP captures only. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: compare.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark
make_scratch

# oracle CAPTURE WIDTH: queries, seconds, dispersion.
oracle() {
	{
		tshark -n -r "$1" -T fields -e frame.time_epoch 2>/dev/null | sed -n '1p;$p'
		echo queries
		tshark -n -r "$1" -Y 'dns.flags.response == 0 && dns.qry.type == 48 && dns.qry.name == "<Root>" && !icmp' \
			-T fields -e frame.time_epoch 2>/dev/null
	} | awk -v width="$2" '
		NR == 1 { first = $1 }
		NR == 2 { last = $1 }
		NR > 3 { total++; n[int($1 / width)]++ }
		END {
			from = int(first / width)
			if (from * width < first)
				from++
			to = int(last / width) # the first bin that is not whole
			for (bin = from; bin < to; bin++)
				sum += n[bin]
			bins = to - from
			for (bin = from; bin < to; bin++)
				rest += (n[bin] - sum / bins) ^ 2
			phi = sum > 0 ? rest / (bins - 1) / (sum / bins) : 1
			if (phi < 1)
				phi = 1
			printf "%d %.9f %.9g %d\n", total, last - first, phi, bins
		}'
}

for capture in "$folder"/stale-root-*.pcap "$folder"/bind918-stale-root.pcap "$folder"/root-rollover-one-server.pcap \
	"$folder"/healthy-validators.pcap; do
	set -- "$@" "$capture"
done
shift 2
echo "1..$#"
number=0
previous=$(eval echo "\${$#}")
"$keystorm" analyze -q --no-progress --bin 1 -d "$scratch/previous.db" "$previous" 2>/dev/null
oracle "$previous" 1 >"$scratch/previous"
for capture in "$@"; do
	number=$((number + 1))
	"$keystorm" analyze -q --no-progress --bin 1 -d "$scratch/this.db" "$capture" 2>/dev/null
	oracle "$capture" 1 >"$scratch/this"
	# Without more scatter than by chance the interval is the exact one, and this is not the place to compute it.
	cat "$scratch/previous" "$scratch/this" | awk '
		{ x[NR] = $1; s[NR] = $2; phi[NR] = $3; if ($4 < 5) few = 1 }
		END {
			if (x[1] == 0 || x[2] == 0) exit
			u = x[2] / s[2] / (x[1] / s[1])
			reach = exp(1.959964 * sqrt(phi[1] / x[1] + phi[2] / x[2]))
			printf "%.6g %.6g %.6g", x[1] / s[1], x[2] / s[2], u
			if ((phi[1] > 1 || phi[2] > 1) && !few)
				printf " %.5g %.5g", u / reach, u * reach
			print ""
		}' >"$scratch/want"
	fields=$(awk '{ print NF }' "$scratch/want")
	"$keystorm" compare "$scratch/previous.db" "$scratch/this.db" --zone . -f csv |
		awk -F , -v fields="${fields:-5}" '$1 == "rate" && $5 == "dnskey_qps" {
			printf "%.6g %.6g %.6g", $6, $7, $8
			if (fields > 3)
				printf " %.5g %.5g", $9, $10
			print "" }' >"$scratch/got"
	verdict=ok
	[ -s "$scratch/want" ] && cmp -s "$scratch/want" "$scratch/got" || verdict='not ok' failed=1
	echo "$verdict $number - $(basename "$previous") and $(basename "$capture")"
	[ "$verdict" = ok ] || { sed 's/^/# tshark   /' "$scratch/want"; sed 's/^/# keystorm /' "$scratch/got"; }
	rm -f "$scratch"/previous.db*
	mv "$scratch/this.db" "$scratch/previous.db"
	mv "$scratch/this" "$scratch/previous"
	previous=$capture
done
exit $failed
