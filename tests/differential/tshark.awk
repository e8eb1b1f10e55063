# SPDX-License-Identifier: BSD-2-Clause
#
# tshark.awk -- from tshark's fields (protocols, ip.src, ipv6.src, response, truncated, type, DO, UDP length,
# TCP message length; a line a frame) to
# lines "KIND NAME COUNT". After types.awk.
function last(list,    n, item) {
	n = split(list, item, ",")
	return item[n]
}
function is_true(flag) {
	return flag == "1" || flag == "True"
}
{
	# Tunnels have several addresses; the innermost family is the one named last.
	v6 = match($1, /.*:ipv6/) ? RLENGTH : 0
	v4 = match($1, /.*:ip:/) ? RLENGTH : 0
	source = v6 > v4 ? last($3) : last($2)
	n = split($4, response, ",")
	split($5, truncated, ",")
	split($9, size, ",")
	n_types_here = split($6, type, ",")
	queries_here = 0
	for (i = 1; i <= n; i++) {
		count["total " ($1 ~ /:tcp/ ? "tcp" : "udp")]++
		count["total " (source ~ /:/ ? "ipv6" : "ipv4")]++
		count["total " (is_true(response[i]) ? "response" : "query") "_bytes"] += $1 ~ /:tcp/ ? size[i] : last($8) - 8
		if (is_true(response[i])) {
			count["total responses"]++
			count["total tc_responses"] += is_true(truncated[i])
			continue
		}
		queries_here++
		count["total queries"]++
		count["source " source]++
		count["qtype " (i <= n_types_here ? type_name(type[i]) : "TYPE0")]++
	}
	if (queries_here == n) {
		m = split($7, flag, ",")
		for (i = 1; i <= m; i++)
			count["total do_queries"] += is_true(flag[i])
	}
}
END {
	split("queries responses udp tcp ipv4 ipv6 do_queries tc_responses query_bytes response_bytes", total, " ")
	for (i in total)
		count["total " total[i]] += 0
	for (key in count)
		print key, count[key]
}
