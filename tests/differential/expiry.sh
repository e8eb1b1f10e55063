#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# expiry.sh KEYSTORM ZONE_ANSWERS -- do signatures expire, and fit, when ldns-verify-zone says? A zone is signed with
# ldns-signzone for a month of several years, on both sides of 2038, and given as answers at the seconds around the
# beginning and the end of its signatures: report signatures must call those expired, future or bogus that
# ldns-verify-zone complains of at that instant, and no others; with the time that is left and the ratio to the TTL that
# the zone file says. (Signatures that cross 2038 or 2106 themselves are unit tests: ldns cannot count them.)
# And the DS digests of the keys are those of dnssec-dsfromkey, where that is installed. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: expiry.sh KEYSTORM ZONE_ANSWERS' >&2; exit 2; }
keystorm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
answers=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need ldns-keygen ldns-signzone ldns-verify-zone sqlite3 date
make_scratch
cd "$scratch" || exit 2
export TZ=UTC

cat >x.zone <<'ZONE'
$ORIGIN x.
$TTL 3600
@ SOA ns host 1 3600 600 86400 60
@ NS ns
@ TXT "one"
ns A 192.0.2.1
a AAAA 2001:db8::1
ZONE

# What ldns complains of at an instant, as lines "TYPE STATE".
by_ldns() { # by_ldns YYYYMMDDhhmmss ZONE
	ldns-verify-zone -t "$1" -V 3 "$2" 2>&1 |
		awk '/not incepted yet/ { print $NF, "future" } /has expired/ { print $NF, "expired" }
			/Bogus/ { print $NF, "bogus" }' | LC_ALL=C sort -u
}

by_keystorm() { # by_keystorm DATABASE
	sqlite3 -readonly -separator ' ' "$1" "
		SELECT type, state FROM v_signatures WHERE state IN ('future', 'expired')
		UNION SELECT type, 'bogus' FROM v_signatures WHERE verified <> 'good'" | LC_ALL=C sort -u
}

# "TYPE REMAINING RATIO" out of the zone file: the least of each type.
by_file() { # by_file ZONE SECONDS
	awk '$4 == "RRSIG" { print $5, $8, $9, $10 }' "$1" | while read -r type ttl end begin; do
		end=$(date -d "$(echo "$end" | sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')" +%s)
		begin=$(date -d "$(echo "$begin" | sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')" +%s)
		awk -v type="$type" -v left="$((end - $2))" -v life="$((end - begin))" -v ttl="$ttl" \
			'BEGIN { printf "%s %d %.3f\n", type, left, life / ttl }'
	done | LC_ALL=C sort -u
}

echo 1..16
number=0
check() { # check WHAT WANT GOT
	number=$((number + 1))
	if cmp -s "$2" "$3"; then
		echo "ok $number - $1"
		return
	fi
	failed=1
	echo "not ok $number - $1"
	echo '# - is ldns, + is keystorm'
	differences "$2" "$3" | sed 's/^/#   /'
}

ksk=$(ldns-keygen -a ECDSAP256SHA256 -k x.) zsk=$(ldns-keygen -a RSASHA256 -b 2048 x.)
ksk2=$(ldns-keygen -a RSASHA256 -b 2048 -k x.) zsk2=$(ldns-keygen -a ECDSAP256SHA256 x.)
for year in 2026 2039 2090; do
	ldns-signzone -i ${year}0101000000 -e ${year}0201000000 -f signed x.zone "$ksk" "$zsk" "$ksk2" "$zsk2"
	for instant in $((year - 1))1231235959 ${year}0101000000 ${year}0201000000 ${year}0201000001; do
		seconds=$(date -d "$(echo "$instant" | sed 's/\(....\)\(..\)\(..\)\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')" +%s)
		"$answers" "$seconds" <signed >"$instant.pcap"
		"$keystorm" analyze -q --no-progress -d "$instant.db" "$instant.pcap" >/dev/null 2>stderr
		by_ldns "$instant" signed >want
		by_keystorm "$instant.db" >got
		by_file signed "$seconds" >>want
		sqlite3 -readonly "$instant.db" "
			SELECT DISTINCT printf('%s %d %.3f', type, remaining_s, ratio_to_ttl) FROM v_signatures ORDER BY 1" >>got
		check "at $instant" want got
	done
done

# A signature with a letter changed.
for type in TXT DNSKEY SOA; do
	awk -v type="$type" '$4 == "RRSIG" && $5 == type { c = substr($13, 9, 1); $13 = substr($13, 1, 8) (c == "A" ? "B" : "A") substr($13, 10) } 1' \
		signed >spoilt
	"$answers" "$(date -d '2090-01-15' +%s)" <spoilt >spoilt.pcap
	"$keystorm" analyze -q --no-progress -d "spoilt-$type.db" spoilt.pcap >/dev/null 2>stderr
	by_ldns 20900115000000 spoilt >want
	by_keystorm "spoilt-$type.db" >got
	check "signatures over $type spoilt: $(wc -l <want) complaint" want got
done

if command -v dnssec-dsfromkey >/dev/null 2>&1; then
	awk '$4 == "DNSKEY"' signed >keys
	for digest in SHA-1 SHA-256 SHA-384; do
		dnssec-dsfromkey -A -a "$digest" -f keys x. 2>/dev/null
	done | awk '{ digest = ""; for (i = 7; i <= NF; i++) digest = digest $i; print $4, $5, $6, tolower(digest) }' |
		LC_ALL=C sort >want
	sqlite3 -readonly -separator ' ' 20260101000000.db "
		SELECT tag, algorithm, 1, lower(hex(sha1)) FROM dkey UNION SELECT tag, algorithm, 2, lower(hex(sha256)) FROM dkey
		UNION SELECT tag, algorithm, 4, lower(hex(sha384)) FROM dkey" | LC_ALL=C sort >got
	check "$(wc -l <want) digests of dnssec-dsfromkey" want got
else
	number=$((number + 1))
	echo "ok $number # SKIP dnssec-dsfromkey is not installed"
fi
exit $failed
