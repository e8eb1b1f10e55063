# SPDX-License-Identifier: BSD-2-Clause
#
# amplification.awk -- from tshark's fields (response, type, UDP length, IPv4 length, IPv6 payload length, fragment
# offset; a line a message) to lines "TYPE QUERIES RESPONSES QUERY_BYTES RESPONSE_BYTES BAF BAF_IP". After types.awk.
function factor(a, b) {
	return b > 0 ? sprintf("%.9g", a / b) : ""
}
{
	type = $2 == "" ? "TYPE0" : type_name($2)
	way = ($1 == "1" || $1 == "True") ? "r" : "q"
	seen[type] = 1
	n[type, way]++
	dns[type, way] += $3 - 8
	ip[type, way] += $4 != "" ? $4 : $5 + 40
	fragments += $6 > 0
}
END {
	for (type in seen)
		print type, n[type, "q"] + 0, n[type, "r"] + 0, dns[type, "q"] + 0, dns[type, "r"] + 0,
			factor(dns[type, "r"], dns[type, "q"]),
			fragments ? "-" : factor(ip[type, "r"], ip[type, "q"])
}
