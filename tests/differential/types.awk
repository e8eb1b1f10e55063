# SPDX-License-Identifier: BSD-2-Clause
#
# types.awk -- mnemonics of the query types that captures are made of; others as RFC 3597 writes them.
function type_name(code) {
	return (code in types) ? types[code] : "TYPE" code
}
BEGIN {
	n_types = split("1 A 2 NS 5 CNAME 6 SOA 10 NULL 11 WKS 12 PTR 13 HINFO 15 MX 16 TXT 17 RP 18 AFSDB 24 SIG 25 KEY " \
		"28 AAAA 29 LOC 30 NXT 33 SRV 35 NAPTR 36 KX 37 CERT 38 A6 39 DNAME 42 APL 43 DS 44 SSHFP 45 IPSECKEY 46 RRSIG 47 NSEC 48 DNSKEY 49 DHCID 50 NSEC3 " \
		"51 NSEC3PARAM 52 TLSA 53 SMIMEA 55 HIP 59 CDS 60 CDNSKEY 61 OPENPGPKEY 62 CSYNC 63 ZONEMD 64 SVCB " \
		"65 HTTPS 99 SPF 108 EUI48 109 EUI64 249 TKEY 250 TSIG 251 IXFR 252 AXFR 255 ANY 256 URI 257 CAA 32768 TA 32769 DLV", list, " ")
	for (i = 1; i < n_types; i += 2)
		types[list[i]] = list[i + 1]
}
