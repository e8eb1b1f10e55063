#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# causes.sh KEYSTORM DATA -- verdicts against what is known of captures: the resolvers and zones in them were set up so.
#
# With KS_CAPTURES=FOLDER also of the laboratory, and of single resolvers: all of its storms must have the verdict, with a
# lead of 10 dB and more.
set -eu
export LC_ALL=C TZ=UTC
keystorm=$1
data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

say() { # OK WHAT
	n=$((n + 1))
	if [ "$1" = ok ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# Who fails with a zone fails below it: nobody who has such a verdict is left undetermined further down.
expect_below() {
	left=$("$keystorm" report diagnosis --limit all -f json -d "$work/t.db" | jq '
		def labels: split(".") | map(select(. != ""));
		[.rows[] | select(.source != null) | {source, zone, verdict}] | unique | group_by(.source) |
		map([.[] | select(.verdict == "stale-trust-anchor" or .verdict == "broken-zone") | .zone | labels] as $above |
			.[] | select(.verdict == "undetermined") | (.zone | labels) as $own |
			select(any($above[]; length < ($own | length) and . == $own[($own | length) - length:]))) | length')
	if [ "$left" = 0 ]; then say ok "$(basename "$1"): below as above"; else
		say no "$(basename "$1"): $left sources are undetermined below a zone with a verdict"
	fi
}

# CAPTURE SUMMARY: the summary's word; every storm has it too, and leads.
expect() {
	rm -f "$work"/t.db*
	"$keystorm" analyze -q -d "$work/t.db" "$1" || [ $? -eq 1 ]
	got=$("$keystorm" report summary -f csv -d "$work/t.db" | tail -n 1 | cut -d, -f13)
	wrong=$("$keystorm" report storms -f csv -d "$work/t.db" |
		awk -F, -v want="$2" 'NR > 1 && !($18 == want && ($19 >= 10 || want == "undetermined"))' | wc -l)
	if [ "$got" = "$2" ] && [ "$wrong" -eq 0 ]; then say ok "$(basename "$1"): $2"; else
		say no "$(basename "$1"): $2, but the summary says $got, and $wrong storms something else"
	fi
	expect_below "$1"
}

for capture in stale-root-bind918 stale-com-bind918 bind918-stale-root root-rollover-one-server; do
	expect "$data/$capture.pcap" stale-trust-anchor
done
# Cut down to DNSKEY: whether a resolver or a monitor asks nobody can tell any more.
for capture in stale-root-knot56 stale-root-unbound117; do
	expect "$data/$capture.pcap" undetermined
done
expect "$data/healthy-validators.pcap" healthy

lab=${KS_CAPTURES:-}/lab
one=${KS_CAPTURES:-}/resolvers
if [ -n "${KS_CAPTURES:-}" ]; then
	for capture in algorithm-rollover article-bind970rc2-com784 island-of-security micro-root-stale \
		rfc5011-ksk-revoke rfc8145-signals root-ksk-rollover single-root-view steady-root-stale tcp-and-fragments; do
		expect "$lab/$capture.pcap" stale-trust-anchor
	done
	for capture in expired-rrsig tld-ds-before-dnskey; do
		expect "$lab/$capture.pcap" broken-zone
	done
	for capture in baseline zsk-rollover-prepublish; do
		expect "$lab/$capture.pcap" healthy
	done
	for capture in bn-stalecom bn-staleinit bn-staleroot bn-staleroot-20qps kr-staleroot kr-staleroot-20qps ub-staleroot; do
		expect "$one/$capture.pcap" stale-trust-anchor
	done
	for capture in bn-good-expired ub-good-expired; do
		expect "$one/$capture.pcap" broken-zone
	done
	expect "$one/bn-good.pcap" healthy
fi
echo "1..$n"
