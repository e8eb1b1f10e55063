# SPDX-License-Identifier: BSD-2-Clause
#
# truth.awk -- from a truth table (a line a DNS message, tab-separated, columns named in the first line) to lines
# "KIND NAME COUNT". After types.awk. Left out: messages quoted in ICMP errors, malformed ones, ports other than 53.
NR == 1 {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}
$column["in_icmp"] == "1" || $column["malformed"] == "1" { next }
$column["sport"] != "53" && $column["dport"] != "53" { next }
{
	count["total " $column["transport"]]++
	count["total " ($column["src"] ~ /:/ ? "ipv6" : "ipv4")]++
	count["total " ($column["qr"] == "0" ? "query" : "response") "_bytes"] += \
		$column["transport"] == "udp" ? $column["udp_payload"] : $column["msg_len"] # msg_len is what was captured
	if ($column["qr"] != "0") {
		count["total responses"]++
		count["total tc_responses"] += $column["tc"] == "1"
		next
	}
	count["total queries"]++
	count["total do_queries"] += $column["do"] == "1"
	count["source " $column["src"]]++
	qtype = $column["qtype"]
	sub(/,.*/, "", qtype) # of several questions the first one counts
	if (qtype ~ /^[0-9]+$/)
		count["qtype " type_name(qtype)]++
	else
		count["qtype TYPE0"]++
}
END {
	split("queries responses udp tcp ipv4 ipv6 do_queries tc_responses query_bytes response_bytes", total, " ")
	for (i in total)
		count["total " total[i]] += 0
	for (key in count)
		print key, count[key]
}
