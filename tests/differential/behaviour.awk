# SPDX-License-Identifier: BSD-2-Clause
#
# behaviour.awk -- for behaviour.sh: every query against every other of its source and zone, as the definitions say.
function abs(x) { return x < 0 ? -x : x }
function differ(key, what, want, got) {
	printf "differs %s %s: naive %s, keystorm %s\n", key, what, want, got
}
$1 == "habit" {
	key = $2 " " $3
	queries[key] = $4; successive[key] = $5; closed[key] = $6; servers[key] = $7; spray[key] = $8; median[key] = $9
	late[key] = $10; clock[key] = $11
	next
}
($2 " " $3) in queries {
	key = $2 " " $3
	# The same query again over UDP (retransmit without answer of its own) is no message to wait for.
	if ($8 == 6 && $7 == 0)
		next
	i = n[key]++
	t[key, i] = $4; answer[key, i] = $5; server[key, i] = $6; follows_up[key, i] = $8 == 6
	asked[key] += $8 != 6
}
END {
	for (key in queries)
		compare(key)
	printf "compared %d\n", compared + 0
}
function compare(key,    n_late, i, k, skip, last, seen, n_next, n_closed, n_gaps, gaps, waits, latest, h, p, s, hit, total, there, mid) {
	n_late = 0
	skip = asked[key] - queries[key] # not followed yet
	last = -1
	for (i = 0; i < n[key]; i++) {
		if (follows_up[key, i])
			continue
		if (skip-- > 0)
			continue
		total++
		hit[server[key, i]]++
		waits = 0
		latest = -1
		for (k = 0; k < i; k++) {
			if (answer[key, k] != "" && answer[key, k] <= t[key, i])
				latest = answer[key, k] + 0 > latest ? answer[key, k] + 0 : latest
			else if (t[key, i] - t[key, k] <= 10e9)
				waits = 1
		}
		if (last >= 0 && !waits && latest >= t[key, last] && t[key, i] - latest >= 4e8 && t[key, i] - latest < 1e10)
			n_late++
		if (last >= 0 && t[key, i] - t[key, last] < 2e9) {
			n_next++
			if (!waits && latest >= 0) {
				n_closed++
				gaps[++n_gaps] = t[key, i] - latest
			}
		}
		last = i
	}
	compared++
	if (total != queries[key])
		differ(key, "queries", total, queries[key])
	if (n_next + 0 != successive[key])
		differ(key, "successive", n_next + 0, successive[key])
	if (n_closed + 0 != closed[key])
		differ(key, "closed", n_closed + 0, closed[key])
	if (n_late != late[key] + 0)
		differ(key, "late", n_late, late[key])
	if (total != clock[key] + 0)
		differ(key, "by time of day", total, clock[key])
	there = servers[key]
	s = 0
	for (k in hit) {
		p = hit[k] / total
		h -= p * log(p)
		s++
	}
	if (there < 2 || total < 5)
		want = "null"
	else
		want = h / log(there > s ? there : s)
	if ((want == "null") != (spray[key] == "null") || (want != "null" && abs(want - spray[key]) > 1e-9))
		differ(key, "spray", want, spray[key])
	if ((n_gaps >= 5) != (median[key] != "null")) {
		differ(key, "median", n_gaps " gaps", median[key])
	} else if (n_gaps >= 5) {
		# Insertion sort: there are few.
		for (i = 2; i <= n_gaps; i++)
			for (k = i; k > 1 && gaps[k - 1] > gaps[k]; k--) {
				mid = gaps[k]; gaps[k] = gaps[k - 1]; gaps[k - 1] = mid
			}
		mid = gaps[int((n_gaps + 1) / 2)] / 1e6
		if (median[key] / mid > 1.0443 || mid / median[key] > 1.0443)
			differ(key, "median", mid, median[key])
	}
}
