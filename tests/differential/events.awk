# SPDX-License-Identifier: BSD-2-Clause
#
# events.awk -- what happened to keys, the naive way: from one line a response, in order of time, as tshark reads it.
# Fields, TAB between them: time, server, AA, RA, types of all records, their names, tags of DNSKEY, tags of DS,
# types covered by RRSIG, tags of RRSIG; lists with commas. Prints lines "ZONE EVENT TAG TIME", the time when a state
# was first seen anywhere, for changes that some server, or the servers together, were seen to make.
#
# State by what[zone, kind, server]: the set of tags, as " a b ".

BEGIN { FS = "\t" }

function lower_dot(name) {
	return name == "<Root>" ? "." : tolower(name) "."
}
function sorted(list,    item, n, i, k, t, text) {
	n = split(list, item, " ")
	for (i = 2; i <= n; i++)
		for (k = i; k > 1 && item[k - 1] + 0 > item[k] + 0; k--) {
			t = item[k]; item[k] = item[k - 1]; item[k - 1] = t
		}
	text = " "
	for (i = 1; i <= n; i++)
		if (i == 1 || item[i] != item[i - 1])
			text = text item[i] " "
	return text
}
function number(text) {
	return text ~ /^0x/ ? hex(substr(text, 3)) : text + 0
}
function hex(text,    i, n) {
	n = 0
	for (i = 1; i <= length(text); i++)
		n = n * 16 + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
	return n
}
function event(zone, name, tag, t,    key) {
	key = zone " " name " " tag
	if (!(key in first) || t < first[key])
		first[key] = t
}
# One observation: the set of `kind` that this server gave for the zone.
function observe(zone, kind, set, server, t,    old, n, i, item, key) {
	key = zone SUBSEP kind SUBSEP server
	old = (key in state) ? state[key] : ""
	n = split(set, item, " ")
	for (i = 1; i <= n; i++) {
		# Seen before without it, by this server or, when it is new to all, by any: it came.
		if (!((zone, kind, item[i]) in known)) {
			known[zone, kind, item[i]] = t
			if ((zone, kind) in anybody)
				event(zone, kind "+", item[i], t)
		} else if (old != "" && index(old, " " item[i] " ") == 0)
			event(zone, kind "+", item[i], t)
	}
	n = split(old, item, " ")
	for (i = 1; i <= n; i++)
		if (index(set, " " item[i] " ") == 0)
			event(zone, kind "-", item[i], t)
	state[key] = set
	anybody[zone, kind] = 1
	if (kind == "SIGNER") {
		if (!((zone, set) in sets)) {
			sets[zone, set] = t
			if (nsets[zone]++ > 0)
				event(zone, "SET", set, t)
		}
	}
}
# tshark lists the types in the bitmap of an NSEC behind the record's own: an ascending run. The record behind it is
# its RRSIG, which does not go on with it.
function without_bitmaps(    n, i, last) {
	n_listed = split($5, listed, ",")
	n = 0
	for (i = 1; i <= n_listed; i++) {
		type[++n] = listed[i]
		if (listed[i] == 47 || listed[i] == 50)
			for (last = 0; i < n_listed && listed[i + 1] + 0 > last; )
				last = listed[++i] + 0
	}
	return n
}
{
	n = without_bitmaps()
	if (split($6, name, ",") != n)
		next
	split($7, key_tag, ",")
	split($8, ds_tag, ",")
	split($9, covered, ",")
	split($10, sig_tag, ",")
	keys = ds = sigs = 0
	delete set
	for (i = 1; i <= n; i++) {
		zone = lower_dot(name[i])
		if (type[i] == 48)
			what = "KEY" SUBSEP zone SUBSEP number(key_tag[++keys])
		else if (type[i] == 43)
			what = "DS" SUBSEP zone SUBSEP number(ds_tag[++ds])
		else if (type[i] == 46) {
			sigs++
			if (covered[sigs] == 48)
				what = "SIGNER" SUBSEP zone SUBSEP number(sig_tag[sigs])
			else if (covered[sigs] == 6)
				what = "ZSK" SUBSEP zone SUBSEP number(sig_tag[sigs])
			else
				continue
		} else
			continue
		split(what, part, SUBSEP)
		if ($3 != 1 && (part[1] != "DS" || $4 == 1))
			continue
		set[part[1] SUBSEP part[2]] = set[part[1] SUBSEP part[2]] " " part[3]
	}
	for (at in set) {
		split(at, part, SUBSEP)
		observe(part[2], part[1], sorted(set[at]), $2, $1)
	}
}
END {
	for (key in first) {
		split(key, part, " ")
		zone = part[1]; name_ = part[2]; tag = part[3]; t = first[key]
		if (name_ == "KEY+") {
			# A revoked key is no new one: its tag grows by 128 (no carry in these).
			if ((zone " KEY- " (tag - 128)) in first && first[zone " KEY- " (tag - 128)] == t)
				print zone, "KEY_REVOKED", tag, t
			else
				print zone, "KEY_ADDED", tag, t
		} else if (name_ == "KEY-") {
			if (!((zone " KEY+ " (tag + 128)) in first) || first[zone " KEY+ " (tag + 128)] != t)
				print zone, "KEY_REMOVED", tag, t
		} else if (name_ == "DS+")
			print zone, "DS_ADDED", tag, t
		else if (name_ == "DS-")
			print zone, "DS_REMOVED", tag, t
		else if (name_ == "ZSK+")
			print zone, "ZSK_ACTIVE", tag, t
		else if (name_ == "SET")
			print zone, "SIGNER_CHANGED", "-", t
	}
}
