# SPDX-License-Identifier: BSD-2-Clause
#
# The storms that storms.sh reads, measured again from their series, the naive way: everything sorted, everything
# summed again. Storms that began before the capture are not compared.

function near(what, got, want, by) {
	if (got == "null" || want == "null" ? got != want : got - want > by || want - got > by)
		print "differs " name ": " what " " got ", naive " want
}

# A quiet bin between two full ones, in a capture where most are full.
function mark_holes(    i, k, full) {
	for (i = 0; i < n; i++)
		full += packets[i] >= 14
	if (full < int(n / 2))
		return
	for (i = 1; i < n; i++) {
		if (packets[i] > 0)
			continue
		for (k = i; k < n && packets[k] + 0 == 0; k++)
			;
		for (; i < k; i++)
			if (k < n && packets[first_quiet(i) - 1] >= 14 && packets[k] >= 14)
				hole[i] = 1
	}
}

function first_quiet(i) {
	while (i > 0 && packets[i - 1] + 0 == 0)
		i--
	return i
}

function deviation(x) {
	return 2 * (sqrt(x + 0.375) - sqrt(mean + 0.375)) / sqrt(phi)
}

function learn(zone,    i, k, m, value, list, known, squares) {
	known = 0
	for (i = 0; i < int(n / 4); i++) {
		if (i in hole)
			continue
		value = queries[zone, i] + 0
		for (k = known; k > 0 && list[k - 1] > value; k--)
			list[k] = list[k - 1]
		list[k] = value
		known++
	}
	kept = int(known * 0.95)
	kept += kept < known * 0.95
	mean = squares = 0
	for (i = 0; i < kept; i++)
		mean += list[i] / kept
	for (i = 0; i < kept; i++)
		squares += (list[i] - mean) ^ 2
	phi = mean > 0 && kept > 1 ? squares / (kept - 1) / mean : 1
	phi = phi < 1 ? 1 : phi
}

# Where the first alarm's sum was zero last.
function onset(zone,    i, sum, start) {
	sum = start = 0
	for (i = 0; i < n; i++) {
		if (i in hole)
			continue
		sum += deviation(queries[zone, i] + 0) - 0.5
		if (sum <= 0) {
			sum = 0
			start = i + 1
		}
		if (sum > 10)
			return start
	}
	return -1
}

# Sums over bins [from, to) that are known, a bin.
function per_bin(zone, from, to, ret,    i, known) {
	known = ret["q"] = ret["z"] = ret["all"] = ret["out"] = 0
	for (i = from; i < to; i++) {
		if (i in hole)
			continue
		known++
		ret["q"] += queries[zone, i]
		ret["z"] += zone_bytes[zone, i]
		ret["all"] += bytes[i]
		ret["out"] += out[i]
	}
	for (i in ret)
		ret[i] /= known
}

function compare(zone, start, end,    before, during, share, severe, quarter) {
	learn(zone)
	quarter = int(n / 4)
	# A storm's own bins are no part of what was before.
	per_bin(zone, 0, start < quarter ? start : quarter, before)
	per_bin(zone, start, end, during)
	near("baseline bins", report[12], kept, 0)
	near("base", report[6], mean / width, 1e-6)
	near("dispersion", report[13], phi, 1e-6)
	near("mean", report[7], during["q"] / width, 1e-6)
	if (mean > 0)
		near("uplift", report[8], during["q"] / mean, 1e-6 * during["q"] / mean)
	share = during["all"] > before["all"] ? (during["z"] - before["z"]) / (during["all"] - before["all"]) : "null"
	near("share of the increase", report[9], share, 1e-6)
	severe = 1 + (during["q"] >= 10 * mean) + (share != "null" && share >= 0.5) + (during["out"] >= 2 * before["out"])
	severe += report[15] != "" && (end - start) * width > report[15] # longer than caches keep the keys
	near("severity", report[10], severe, 0)
	near("tests not made", report[11], report[15] == "", 0)
	if (!(zone in seen))
		near("start", start, onset(zone), 2)
	seen[zone] = 1
	compared++
}

$1 == "width" { width = $2; n = $3 }
$1 == "bytes" { bytes[$2] = $3 }
$1 == "packets" { packets[$2] = $3 }
$1 == "out" { out[$2] = $3 }
$1 == "zone" { queries[$2, $3] = $4; zone_bytes[$2, $3] = $5 }
$1 == "storm" {
	if (!marked++)
		mark_holes()
	if ($14)
		next
	for (i = 1; i <= NF; i++)
		report[i] = $i
	name = $3
	compare($2, $4, $5)
}
END { print "compared " compared + 0 }
