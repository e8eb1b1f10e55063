# SPDX-License-Identifier: BSD-2-Clause
#
# labels.awk -- for labels.sh: tshark's fields in, lines of facts out, as the definitions say (DOMAIN 1-16 to 1-20, 4-04,
# 5-07, B1, B3). Times in microseconds from the first packet's second.
BEGIN {
	FS = "\t"
	split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", names, " ")
	for (i = 1; i <= 12; i++)
		month[names[i]] = i
	NONE = -1
}
function us(epoch,    part) {
	split(epoch, part, ".")
	if (base == "")
		base = part[1]
	return (part[1] - base) * 1000000 + substr(part[2] "000000", 1, 6)
}
# "Dec 21, 2026 20:34:02.000000000 UTC" to seconds since 1970: days from civil, March first.
function seconds(text,    part, clock, y, m, days) {
	gsub(/,/, "", text)
	split(text, part, " ")
	split(part[4], clock, ":")
	y = part[3]; m = month[part[1]]
	if (m <= 2) { y--; m += 12 }
	days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + part[2] - 1 - 719468
	return days * 86400 + clock[1] * 3600 + clock[2] * 60 + int(clock[3])
}
function least(list, have, n,    part, i) {
	n = split(list, part, ",")
	for (i = 1; i <= n; i++)
		if (part[i] + 0 < have)
			have = part[i] + 0
	return have
}
{
	t = us($1)
	client = $2 $4; server = $3 $5; cport = $6 $8; sport = $7 $9
	response = $11
	if (response == 1) { swap = client; client = server; server = swap; swap = cport; cport = sport; sport = swap }
	tcp = $8 != ""
	name = tolower($13)
	if (name == "<root>") name = "."
	else if (name != "") name = name "."
	type = $14; plain = $12 == 0; in_class = $24 == "0x0001"; cd = $18 == 1
	pair = client " " cport " " server " " sport " " $10 " " name " " type " " tcp
}
$10 ~ /,/ { broken[client] = 1 } # several messages in one frame: fields cannot be told apart

response == 0 {
	cd_step()
	silence = client in seen ? t - seen[client] : 0
	if (dnskeys[client] > 0 && silence >= 60e6) {
		end_opening(client)
		woke[client] = t; slept[client] = silence
	}
	if (type == 2 && name == "." && plain) {
		priming[client]++
		primed_at[client] = t; awaits[client] = 1
	}
	if (type == 32769 && plain && in_class)
		asked_dlv[name]++
	if ((type == 48 || type == 43) && plain && in_class)
		deep[name, type]++
	if (type == 48 && plain && in_class)
		ask_keys()
	sent[client]++
}
response == 1 {
	if ($17 == 2 && !cd && name != "")
		refused[client " " name] = t
	if (type == 32769 && plain && in_class) {
		told_dlv[name]++
		if ($23 != "")
			tags_dlv[name] = tags_of($23)
	}
	if (type == 48 && plain && in_class)
		hear_keys()
}
{ if (!(client in seen) || t > seen[client]) seen[client] = t }

# --- CD ---
function cd_step(    key) {
	if (!cd)
		return
	key = client " " name
	if (sent[client] > 0 && with_cd[client] + 0 == 0)
		before[client] = sent[client]
	if (key in refused && t >= refused[key] && t - refused[key] <= 60e6) {
		retries[client]++
		delete refused[key]
	}
	with_cd[client]++
}

# --- requeries ---
function ask_keys(    flow, again, requery, gap) {
	flow = client " " name
	again = pair in waits && t >= waits[pair] && t - waits[pair] <= 10e6
	if (!again)
		waits[pair] = t
	requery = 0
	if (!again && tcp && flow in cut) {
		again = t - cut[flow] <= 10e6
		delete cut[flow]
	}
	if (!again && flow in life) {
		gap = t - delivered[flow]
		requery = gap >= 0 && gap < life[flow] && gap < 0.9 * life[flow] - 1e6 && gap < 3600e6
	}
	if (!again) {
		search_step(flow, requery)
		burst_step(flow, requery)
		opening_step()
	}
	dnskeys[client]++
}
function hear_keys(    flow, n, i, types, ttls, l, left, dates) {
	flow = client " " name
	if (pair in waits)
		delete waits[pair]
	if ($16 == 1) {
		if (!tcp)
			cut[flow] = t
		return
	}
	n = split($19, types, ",")
	if ($15 != 1 || $17 != 0 || types[1] != 48)
		return
	split($20, ttls, ",")
	l = 86400
	for (i = 1; i <= n && (types[i] == 48 || types[i] == 46); i++)
		if (ttls[i] < l)
			l = ttls[i]
	l = least($21, l)
	# Dates hold a comma of their own: "Dec 21, 2026 20:34:02 UTC,Dec 21, 2026 ...".
	gsub(/UTC,/, "UTC|", $22)
	n = split($22, dates, "|")
	for (i = 1; i <= n; i++) {
		left = seconds(dates[i]) - base - int(t / 1e6)
		if (left > 0 && left < l)
			l = left
	}
	delivered[flow] = t
	life[flow] = l * 1e6
}

# --- searches: less than a second apart ---
function end_search(flow,    key) {
	if (!(flow in s_begun))
		return
	if (s_fails[flow]) {
		failing[flow]++
		if (s_before[flow] != NONE)
			shortest(flow, s_begun[flow] - s_before[flow])
		if (s_crowd[flow]) {
			crowded[flow]++
			shortest(flow, s_round[flow])
		}
	}
	for (key in s_asked)
		if (index(key, flow SUBSEP) == 1)
			delete s_asked[key]
}
function shortest(flow, interval) {
	if (interval > 0 && (!(flow in minimum) || interval < minimum[flow]))
		minimum[flow] = interval
}
function search_step(flow, requery,    before_us) {
	if (!(flow in s_last) || t < s_last[flow] || t - s_last[flow] >= 1e6) {
		before_us = flow in s_begun && s_fails[flow] ? s_begun[flow] : NONE
		end_search(flow)
		s_before[flow] = before_us
		s_begun[flow] = t; s_fails[flow] = s_crowd[flow] = 0; s_round[flow] = NONE
	}
	s_last[flow] = t
	if (requery)
		s_fails[flow] = 1
	if (++s_asked[flow, server] == 2 && s_round[flow] == NONE)
		s_round[flow] = t - s_begun[flow]
	if (s_asked[flow, server] > 6)
		s_crowd[flow] = 1
}

# --- bursts: less than two seconds apart ---
function end_burst(flow,    length_us) {
	if (!(flow in b_begun))
		return
	length_us = b_last[flow] - b_begun[flow]
	halted[flow] += length_us >= 28e6 && length_us <= 32e6
	failed[flow] += b_fails[flow]
}
function burst_step(flow, requery) {
	if (!(flow in b_last) || t < b_last[flow] || t - b_last[flow] >= 2e6) {
		end_burst(flow)
		b_begun[flow] = t; b_fails[flow] = 0
	}
	b_last[flow] = t
	if (requery)
		b_fails[flow] = 1
}

# --- openings ---
function end_opening(who) {
	if (!(who in o_zone))
		return
	if (o_servers[who] > 1)
		openings[++n_openings] = "start " who " " o_zone[who] " " o_begun[who] " " o_silence[who] " " o_queries[who] " " o_servers[who]
	delete o_zone[who]
}
function opening_step(    woken) {
	if (awaits[client] && t - primed_at[client] < 5e6)
		primed[client]++
	awaits[client] = 0
	if (client in o_zone && (t < o_last[client] || t - o_last[client] >= 2e6))
		end_opening(client)
	if (client in o_zone) {
		if (name != o_zone[client]) {
			if (o_servers[client] > 1)
				return
			begin_opening(o_silence[client])
			return
		}
	} else {
		woken = client in woke && t - woke[client] < 5e6
		if (dnskeys[client] + 0 > 0 && !woken)
			return
		begin_opening(woken ? slept[client] : 0)
		delete woke[client]
		return
	}
	o_last[client] = t
	o_queries[client]++
	if (!((client, o_number[client], server) in o_asked)) {
		o_asked[client, o_number[client], server] = 1
		o_servers[client]++
	}
}
function begin_opening(silence_us) {
	o_zone[client] = name
	o_begun[client] = o_last[client] = t
	o_silence[client] = silence_us
	o_queries[client] = o_servers[client] = 1
	o_number[client]++
	o_asked[client, o_number[client], server] = 1
}

# "0x9379,0x13f9" to ascending decimals.
function tags_of(list,    part, n, i, k, swap, ret) {
	n = split(list, part, ",")
	for (i = 1; i <= n; i++)
		part[i] = hex(part[i])
	for (i = 2; i <= n; i++)
		for (k = i; k > 1 && part[k - 1] > part[k]; k--) {
			swap = part[k]; part[k] = part[k - 1]; part[k - 1] = swap
		}
	ret = part[1]
	for (i = 2; i <= n; i++)
		ret = ret "_" part[i]
	return ret
}
function hex(text,    i, n) {
	text = tolower(substr(text, 3))
	for (i = 1; i <= length(text); i++)
		n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n
}

END {
	for (who in broken)
		print "broken " who
	for (flow in s_begun)
		end_search(flow)
	for (flow in b_begun)
		end_burst(flow)
	for (who in o_zone)
		pending[++n_pending] = who
	for (i = 1; i <= n_pending; i++)
		end_opening(pending[i])
	for (flow in failed)
		if (failed[flow] > 0)
			printf "search %s %d %d %d %d %d\n", flow, failed[flow], halted[flow], failing[flow], crowded[flow], minimum[flow]
	for (i = 1; i <= n_openings; i++)
		print openings[i]
	for (who in priming)
		printf "priming %s %d %d\n", who, priming[who], primed[who]
	for (who in before)
		printf "cd %s %d %d %d\n", who, before[who], with_cd[who], retries[who]
	for (key in asked_dlv)
		printf "lookaside %s %d %d %s\n", key, asked_dlv[key], told_dlv[key], key in tags_dlv ? tags_dlv[key] : "-"
	for (key in deep) {
		split(key, part, SUBSEP)
		labels = part[1] == "." ? 0 : gsub(/\./, ".", part[1])
		tree = part[1] ~ /(^|\.)in-addr\.arpa\.$/ ? "in-addr.arpa." : part[1] ~ /(^|\.)ip6\.arpa\.$/ ? "ip6.arpa." : part[1] ~ /(^|\.)e164\.arpa\.$/ ? "e164.arpa." : "other"
		load[tree " " labels, part[2]] += deep[key]
		trees[tree " " labels] = 1
	}
	for (key in trees)
		printf "depth %s %d %d\n", key, load[key, 48], load[key, 43]
}
