#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# events.sh KEYSTORM FOLDER -- does a naive reading of what tshark sees find the same events at the same times? For
# every capture of FOLDER: keys that came, went and were revoked, signers, DS; and is it all the same when the capture
# comes in two pieces, the later one first? With KS_CAPTURES=FOLDER also the captures of its lab/ that have a truth
# file: there the events must be those that were made, no others, and each at its second: last seen otherwise before it
# took effect, first seen so no later than somebody asked again; a storm has the step that set it off for its trigger, with
# a lag that allows for the true one; and islands of security are those that were made. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: events.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need tshark sqlite3 jq
make_scratch

lab=${KS_CAPTURES:+$KS_CAPTURES/lab}
set -- "$folder"/*.pcap
[ -z "$lab" ] || set -- "$@" "$lab"/*.truth.json
echo "1..$#"

# Lines "ZONE EVENT TAG TIME" of tshark. Sets of signers have no one tag.
naive() { # naive CAPTURE
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:TRUE \
		-Y 'dns.flags.response == 1 && dns.flags.truncated == 0 && !icmp && !icmpv6' -T fields -E occurrence=a \
		-e frame.time_epoch -e ip.src -e dns.flags.authoritative -e dns.flags.recavail -e dns.resp.type -e dns.resp.name \
		-e dns.dnskey.key_id -e dns.ds.key_id -e dns.rrsig.type_covered -e dns.rrsig.key_tag 2>/dev/null |
		LC_ALL=C awk -f "$here/events.awk" | awk '{ printf "%s %s %s %.6f\n", $1, $2, $3, $4 }' | LC_ALL=C sort
}

ours() { # ours DATABASE
	sqlite3 -readonly -separator ' ' "$1" "
		SELECT name, kind, iif(kind = 'SIGNER_CHANGED', '-', tag),
			printf('%d.%06d', t_ns / 1000000000, t_ns % 1000000000 / 1000)
		FROM event JOIN zone USING (zone_id)
		WHERE kind IN ('KEY_ADDED', 'KEY_REMOVED', 'KEY_REVOKED', 'SIGNER_CHANGED', 'ZSK_ACTIVE', 'DS_ADDED', 'DS_REMOVED')" |
		LC_ALL=C sort
}

# What was done, as lines "ZONE EVENT TAG TIME", out of a truth file. Signatures expire at their instant; a step takes
# effect up to three seconds after it was noted, when the servers have loaded the zone.
truth() { # truth FILE
	jq -r '
		def line(zone; event; tag; t): "\(zone) \(event) \(tag) \(t)";
		.rollover as $r | .scenario as $s |
		if $s == "zsk-rollover-prepublish" then
			$r.zones[] | line(.; "KEY_ADDED"; $r.after[.]; $r.phases.prepublish),
				line(.; "ZSK_ACTIVE"; $r.after[.]; $r.phases.switch),
				line(.; "KEY_REMOVED"; $r.before[.]; $r.phases.remove_old)
		elif $s == "root-ksk-rollover" or $s == "single-root-view" then
			line("."; "KEY_ADDED"; $r.after.ksk; $r.epoch), line("."; "KEY_REMOVED"; $r.before.ksk; $r.epoch),
			line("."; "SIGNER_CHANGED"; $r.after.ksk; $r.epoch)
		elif $s == "rfc5011-ksk-revoke" then
			line("."; "KEY_ADDED"; $r.after.ksk; $r.phases.prepublish),
			line("."; "KEY_REVOKED"; $r.revoked_tag; $r.phases.switch_and_revoke),
			line("."; "SIGNER_CHANGED"; $r.after.ksk; $r.phases.switch_and_revoke),
			line("."; "KEY_REMOVED"; $r.revoked_tag; $r.phases.remove),
			line("."; "SIGNER_CHANGED"; "-"; $r.phases.remove)
		elif $s == "algorithm-rollover" then
			line("rev."; "ALG_ADDED"; "signatures/\($r.after.alg)"; $r.phases.rrsig_both),
			line("rev."; "ZSK_ACTIVE"; $r.after.zsk; $r.phases.rrsig_both),
			line("rev."; "ALG_ADDED"; "keys/\($r.after.alg)"; $r.phases.dnskey_both),
			line("rev."; "KEY_ADDED"; $r.after.ksk, $r.after.zsk; $r.phases.dnskey_both),
			line("rev."; "SIGNER_CHANGED"; $r.after.ksk; $r.phases.dnskey_both),
			line("rev."; "DS_ADDED"; $r.after.ksk; $r.phases.ds_swap),
			line("rev."; "DS_REMOVED"; $r.before.ksk; $r.phases.ds_swap),
			line("rev."; "KEY_REMOVED"; $r.before.ksk, $r.before.zsk; $r.phases.old_dnskey_removed),
			line("rev."; "ALG_REMOVED"; "keys/\($r.before.alg)"; $r.phases.old_dnskey_removed),
			line("rev."; "SIGNER_CHANGED"; "-"; $r.phases.old_dnskey_removed),
			line("rev."; "ALG_REMOVED"; "signatures/\($r.before.alg)"; $r.phases.old_rrsig_removed)
		elif $s == "tld-ds-before-dnskey" then
			line("tld."; "KEY_ADDED", "DS_ADDED", "SIGNER_CHANGED"; $r.after.ksk; $r.epoch),
			line("tld."; "KEY_REMOVED", "DS_REMOVED"; $r.before.ksk; $r.epoch),
			line("tld."; "DS_MISMATCH@tld-fra2"; $r.after.ksk; $r.epoch)
		elif $s == "expired-rrsig" then
			. as $all | ("rev.", "example.com.") as $zone | ("K1", "Z1") as $key |
			line($zone; "SIG_EXPIRED"; $all.key_tags[$zone][$key].tag; $all.expiry_epoch),
			line($zone; "SIG_RENEWED"; $all.key_tags[$zone][$key].tag; $all.repaired)
		else empty end' "$1" | LC_ALL=C sort
}

all_ours() { # all_ours DATABASE: "ZONE EVENT TAG T T_BEFORE"
	sqlite3 -readonly -separator ' ' "$1" "
		SELECT name, kind || iif(kind = 'DS_MISMATCH', '@' || CAST(nsid AS TEXT), ''),
			coalesce(tag, iif(kind LIKE 'ALG_%', detail || '/' || algorithm, '-')),
			printf('%.6f', t_ns / 1e9), printf('%.6f', before_ns / 1e9)
		FROM event JOIN zone USING (zone_id)" | LC_ALL=C sort
}

# Everything about every event.
whole() { # whole DATABASE
	sqlite3 -readonly "$1" "
		SELECT name, kind, t_ns, before_ns, all_ns, servers, server_address, hex(nsid), algorithm, tag, hex(identity), phase,
			method, detail, warning
		FROM event JOIN zone USING (zone_id)" | LC_ALL=C sort
}

# The events of the capture read as two, the later half first.
in_pieces() { # in_pieces CAPTURE DATABASE
	half=$(($(tshark -n -r "$1" 2>/dev/null | wc -l) / 2))
	tshark -n -r "$1" -Y "frame.number > $half" -F pcap -w "$scratch/later.pcap" 2>/dev/null
	tshark -n -r "$1" -Y "frame.number <= $half" -F pcap -w "$scratch/sooner.pcap" 2>/dev/null
	"$keystorm" analyze -q --no-progress -d "$2" "$scratch/later.pcap" >/dev/null 2>>"$scratch/stderr"
	"$keystorm" analyze -q --no-progress -d "$2" "$scratch/sooner.pcap" >/dev/null 2>>"$scratch/stderr"
	whole "$2"
}

# Each event that was made stands there once, last seen otherwise less than three seconds after its time and seen so
# after it; and there are no others.
judge_truth() { # judge_truth TRUTH OURS
	awk '
		FILENAME == ARGV[1] { want[$1 " " $2 " " $3] = $4; next }
		{
			key = $1 " " $2 " " $3
			if (!(key in want)) { print "  was not made: " $0; bad = 1; next }
			if (seen[key]++) { print "  twice: " $0; bad = 1 }
			if ($4 < want[key] || $5 == "" || $5 > want[key] + 3)
				{ printf "  made at %.3f: %s\n", want[key], $0; bad = 1 }
		}
		END {
			for (key in want)
				if (!(key in seen)) { print "  was not found: " key; bad = 1 }
			exit bad
		}' "$1" "$2"
}

# What set off each storm, as lines "ZONE TRIGGER TIME": storms of zones that are not named here have none of their own.
causes() { # causes FILE
	jq -r '
		.rollover as $r | .scenario as $s | . as $all |
		if $s == "root-ksk-rollover" or $s == "single-root-view" then ". KEY_REMOVED \($r.before.ksk) \($r.epoch)"
		elif $s == "rfc5011-ksk-revoke" then ". KEY_REVOKED \($r.revoked_tag) \($r.phases.switch_and_revoke)"
		elif $s == "algorithm-rollover" then
			"rev. KEY_REMOVED \($r.before.ksk) \($r.phases.old_dnskey_removed)",
			"7.rev. KEY_REMOVED \($r.before.ksk) of rev. \($r.phases.old_dnskey_removed)"
		elif $s == "tld-ds-before-dnskey" then "tld. DS_MISMATCH \($r.after.ksk) \($r.epoch)"
		elif $s == "expired-rrsig" then
			"example.com. SIG_EXPIRED \($all.key_tags["example.com."].Z1.tag) \($all.expiry_epoch)",
			"rev. SIG_EXPIRED \($all.key_tags["rev."].K1.tag) \($all.expiry_epoch)",
			"7.rev. SIG_EXPIRED \($all.key_tags["rev."].K1.tag) of rev. \($all.expiry_epoch)"
		else empty end' "$1"
}

# Every storm that was seen to begin has its cause, at a lag that allows for the true one: a step takes effect up to
# three seconds after it was noted.
judge_causes() { # judge_causes CAUSES DATABASE
	sqlite3 -readonly -separator '	' "$2" "
		SELECT zone || ' ' || coalesce(\"trigger\", 'none'), strftime('%s', start), lag_s, lag_most_s
		FROM v_storms WHERE start IS NOT NULL" |
		awk -F '\t' '
			FILENAME != "-" { at = match($0, / [^ ]*$/); want[substr($0, 1, at - 1)] = substr($0, at + 1); next }
			!($1 in want) { print "  another trigger: " $0; bad = 1; next }
			{
				true_lag = $2 - want[$1]; seen[$1] = 1
				if (($3 > 0 && $3 > true_lag) || $4 < true_lag - 3) { printf "  lag %.3f: %s\n", true_lag, $0; bad = 1 }
			}
			END {
				for (key in want)
					if (!(key in seen)) { print "  no storm: " key; bad = 1 }
				exit bad
			}' "$1" -
}

islands() { # islands FILE
	jq -r 'if .scenario == "island-of-security" then
		.what | capture("^islands (?<list>[^ ]+)\\.tld ").list / "," | .[] + ".tld." else empty end' "$1" | LC_ALL=C sort
}

number=0
for file; do
	number=$((number + 1))
	capture=${file%.truth.json}
	[ "$capture" = "$file" ] || capture=$capture.pcap
	name=$(basename "$capture")
	"$keystorm" analyze -q --no-progress -d "$scratch/$number.db" "$capture" >/dev/null 2>"$scratch/stderr"
	naive "$capture" >"$scratch/want"
	ours "$scratch/$number.db" >"$scratch/got" 2>>"$scratch/stderr"
	: >"$scratch/told"
	bad=0
	cmp -s "$scratch/want" "$scratch/got" || {
		bad=1
		echo '- is tshark, + is keystorm' >"$scratch/told"
		differences "$scratch/want" "$scratch/got" >>"$scratch/told"
	}
	if [ "$capture" = "$file" ]; then
		whole "$scratch/$number.db" >"$scratch/whole"
		in_pieces "$capture" "$scratch/$number-pieces.db" >"$scratch/pieces"
		cmp -s "$scratch/whole" "$scratch/pieces" || {
			bad=1
			echo '- is one piece, + is two' >>"$scratch/told"
			differences "$scratch/whole" "$scratch/pieces" >>"$scratch/told"
		}
	else
		truth "$file" >"$scratch/truth"
		all_ours "$scratch/$number.db" >"$scratch/all"
		judge_truth "$scratch/truth" "$scratch/all" >>"$scratch/told" || bad=1
		causes "$file" >"$scratch/causes"
		judge_causes "$scratch/causes" "$scratch/$number.db" >>"$scratch/told" || bad=1
		islands "$file" >"$scratch/islands"
		[ ! -s "$scratch/islands" ] || sqlite3 -readonly "$scratch/$number.db" \
			"SELECT zone FROM v_chain WHERE link = 'island' ORDER BY zone" |
			diff "$scratch/islands" - >>"$scratch/told" || bad=1
	fi
	if [ $bad = 0 ]; then
		echo "ok $number - $name: $(wc -l <"$scratch/got") events"
		continue
	fi
	failed=1
	echo "not ok $number - $name"
	cat "$scratch/told" "$scratch/stderr" | head -n 40 | sed 's/^/#   /'
done
exit $failed
