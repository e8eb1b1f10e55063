#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# faults.sh KEYSTORM DATA -- segments, kills, a full disk, old runs: nothing is counted twice, and no more is lost than is said.
set -eu
. "$(dirname "$0")/common.sh"
skip_sanitizer
need editcap

ask() { # ask DATABASE SQL: also while somebody writes
	sqlite3 -cmd '.timeout 5000' "$1" "$2"
}
same() { # same A B WHAT
	[ "$1" = "$2" ] || echo "# $1, wanted $2"
	result "$([ "$1" = "$2" ]; echo $?)" "$3"
}
totals='SELECT sum(queries), sum(responses), sum(query_dns_bytes), sum(response_dns_bytes) FROM bin'

# New tables every two seconds: everything is in some run, nothing in two. Meanwhile reports are asked.
record ks1 segments.pcap
live segments -i ks1 --bin 1 --segment 2
tcpreplay -q -i ks0 --pps=150 --loop=99 "$data/root-rollover-one-server.pcap" >replay.out 2>&1 &
replay=$!
started="$started $replay"
asked=0
for _ in 1 2 3 4 5 6 7 8; do
	sleep 0.5
	"$keystorm" report summary -d segments.db >/dev/null 2>asked.err || { asked=1; sed 's/^/# /' asked.err; }
done
result $asked 'reports are answered while it writes'
wait_until says segments.db 1 'SELECT count(*) > 3 FROM run' || :
kill -INT $replay
wait $replay || :
tcpreplay -q -i ks0 --topspeed "$data/healthy-validators.pcap" >replay.out 2>&1 # the last segment has answers, too
stop_live
stop_recording
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 1 segments.pcap
result "$(ask segments.db 'SELECT count(*) < 3 FROM run')" 'segments: several runs'
same "$(ask segments.db "$totals")" "$(ask oracle.db "$totals")" 'segments: the same totals as in one'
same "$(ask segments.db 'SELECT t_s, sum(queries), sum(responses) FROM bin GROUP BY t_s')" \
	"$(ask oracle.db 'SELECT t_s, sum(queries), sum(responses) FROM bin GROUP BY t_s')" 'segments: the same bins'
same "$(ask segments.db 'SELECT address, sum(queries) FROM source GROUP BY ip ORDER BY ip')" \
	"$(ask oracle.db 'SELECT address, queries FROM source ORDER BY ip')" 'segments: the same sources'
# Who asked again too early is known over the end of a segment.
classes='sum(rq_none), sum(rq_first), sum(rq_hot), sum(rq_warm), sum(rq_cool), sum(rq_refresh), sum(rq_retransmit)'
by_source="SELECT name, ip, $classes FROM flow JOIN zone USING (zone_id) GROUP BY name, ip ORDER BY name, ip"
by_bin="SELECT name, t_s, $classes, sum(sources_new) FROM zone_bin JOIN zone USING (zone_id) GROUP BY name, t_s ORDER BY name, t_s"
same "$(sqlite3 -quote segments.db "$by_source")" "$(sqlite3 -quote oracle.db "$by_source")" 'segments: the same classes of queries, by source'
same "$(sqlite3 -quote segments.db "$by_bin")" "$(sqlite3 -quote oracle.db "$by_bin")" 'segments: and by bin'
rm -f oracle.db

# Told to end while a copy judges what it has written: that one is cut short, and the last one judges.
live judged -i ks1 --bin 1
has_copy() {
	[ -n "$(cat "/proc/$live/task/$live/children")" ]
}
latest='SELECT coalesce(max(last_ns), 0) FROM run'
caught=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	before=$(ask judged.db "$latest") || continue
	tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
	wait_until has_copy || break
	copy=$(tr -d ' ' <"/proc/$live/task/$live/children")
	while [ -e "/proc/$copy" ] && says judged.db "$before" "$latest"; do :; done
	sleep 0.02 # until it has said so
	kill -STOP "$copy" 2>/dev/null || continue
	# Held at its end, it has the database for itself: then nobody can ask, and it was not held while it judged.
	caught=$(sqlite3 -cmd '.timeout 500' judged.db \
		'SELECT max(last_ns) > coalesce((SELECT last_ns FROM judged), 0) FROM run' 2>/dev/null) || caught=0
	[ "$caught" = 0 ] || break
	kill -CONT "$copy" 2>/dev/null || :
done
{ sleep 8; kill -CONT "$copy"; } 2>/dev/null & # if it was held before it could say so: it is waited for
waker=$!
started="$started $waker"
stop_live
kill $waker 2>/dev/null || :
echo "# stopped while a copy judged: $caught"
same "$(ask judged.db 'SELECT max(last_ns) = (SELECT last_ns FROM judged) FROM run')" 1 'told to end while it judges: it is judged'

# Killed without warning, again and again, into the same database.
record ks1 killed.pcap
tcpreplay -q -i ks0 --pps=100 --loop=9 "$data/root-rollover-one-server.pcap" >replay.out 2>&1 &
replay=$!
started="$started $replay"
broken=0 late=0
ended() { # ended PID: it is no more, though perhaps nobody has asked for its status
	case $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) in '' | Z | X) ;; *) return 1 ;; esac
}
begun() { # begun PID: when that was, in seconds since 1970; of no process: now
	ticks=$(sed 's/.*) //' "/proc/${1:-0}/stat" 2>/dev/null | cut -d ' ' -f 20)
	elapsed=$(awk -v ticks="${ticks:--1}" -v hertz="$(getconf CLK_TCK)" \
		'{ print ticks < 0 ? 0 : int($1 - ticks / hertz) }' /proc/uptime)
	echo $(($(date +%s) - elapsed))
}
for pause in 2.3 1.7 3.1 2.05 2.9; do
	live killed -i ks1 --bin 1
	sleep $pause
	kill -STOP "$live"
	copy=$(tr -d ' ' <"/proc/$live/task/$live/children")
	known=$(begun "$copy")
	kill -KILL "$live"
	wait "$live" 2>/dev/null || :
	[ -z "$copy" ] || wait_until ended "$copy" || broken=1 # it may be writing still
	[ "$(ask killed.db 'PRAGMA integrity_check')" = ok ] || broken=1
	"$keystorm" report totals -d killed.db >/dev/null 2>&1 || broken=1
	last=$(ask killed.db 'SELECT coalesce(max(t_s), 0) FROM bin')
	# The bin before the one that was open is there; if one was being written, what was over when that began.
	[ $((known - last)) -le 3 ] || { late=1; echo "# killed with what was known at $known, last bin $last"; }
done
kill $replay 2>/dev/null || :
wait $replay 2>/dev/null || :
stop_recording
result $broken 'killed: the database is whole each time'
result $late 'killed: all but the open bin, and one being written, is there'
result "$(ask killed.db 'SELECT count(*) < 4 FROM run')" 'killed: the next one goes on'
"$keystorm" analyze -q -d oracle.db --bin 1 killed.pcap
# Within a run all bins between its first and its last are whole: what a run has of them is what the witness has. (The last
# may be the open one: while one copy still writes, bins go with the next.)
cat >compare.sql <<'END'
ATTACH 'oracle.db' AS o;
WITH mine AS (SELECT run_id, t_s, sum(queries) AS q, sum(responses) AS r FROM main.bin GROUP BY run_id, t_s),
	ends AS (SELECT run_id, min(t_s) AS a, max(t_s) AS z FROM main.bin GROUP BY run_id),
	theirs AS (SELECT t_s, sum(queries) AS q, sum(responses) AS r FROM o.bin GROUP BY t_s)
SELECT count(*) FROM mine JOIN ends USING (run_id) JOIN theirs USING (t_s)
WHERE t_s > a AND t_s < z AND (mine.q <> theirs.q OR mine.r <> theirs.r);
END
same "$(sqlite3 killed.db <compare.sql)" 0 'killed: each stored bin is what the witness saw'
rm -f oracle.db

# A full disk, over the end of a segment.
mkdir small
mount -t tmpfs -o size=4M none small
record ks1 full.pcap
live small/full -i ks1 --bin 1 --segment 3
tcpreplay -q -i ks0 --topspeed "$data/healthy-validators.pcap" >replay.out 2>&1
wait_until says small/full.db 1 'SELECT count(*) > 0 FROM bin' || :
dd if=/dev/zero of=small/filler bs=4096 >dd.out 2>&1 || :
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
wait_for small/full.err 'No space left\|disk is full' || :
result "$(grep -c 'it will be tried again' small/full.err | grep -qx 1; echo $?)" 'full disk: says so, once'
# A segment may have ended at that moment: the new tables get their pages with the first packets.
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 1.2
before=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$live/status")
for _ in 1 2 3; do
	tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
	sleep 1.2
done
after=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$live/status")
echo "# resident: $before KiB, then $after KiB"
result $((after > before + 4096)) 'full disk: memory does not grow'
result "$("$keystorm" report totals -d small/full.db >/dev/null 2>&1; echo $?)" 'full disk: what was written is readable'
rm small/filler
wait_for small/full.err 'can be written again' || :
sleep 3.5 # and the segment after it
stop_live
stop_recording
result "$status" 'full disk: goes on when there is room'
"$keystorm" analyze -q -d oracle.db --bin 1 full.pcap
same "$(ask small/full.db "$totals")" "$(ask oracle.db "$totals")" 'full disk: nothing is missing'
rm oracle.db

# The disk stays full: at the end it cannot be told, and the status tells that.
live small/full -i ks1 --bin 60
dd if=/dev/zero of=small/filler bs=4096 >dd.out 2>&1 || :
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 0.5
stop_live
result $((status != 4)) 'full disk to the end: status 4'
result "$(grep -q 'No space left on device$\|disk is full$' small/full.err; echo $?)" 'full disk to the end: a line'
rm small/filler

# Old runs go, new ones stay.
editcap -t -864000 "$data/zsk-rollover.pcap" old.pcap
"$keystorm" analyze -q -d retain.db old.pcap
live retain -i ks1 --bin 1 --segment 2 --retain 5
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
wait_until says retain.db 0 "SELECT count(*) FROM input WHERE container <> 'live'" || :
stop_live
same "$(ask retain.db "SELECT count(*), sum(container = 'live') FROM input")" '1|1' 'old runs are forgotten'
same "$(ask retain.db 'PRAGMA integrity_check; SELECT count(*) FROM storm')" "ok
0" 'and all that hung on them'

# Bins of the day before yesterday become hours, what was counted in them stays.
editcap -t -259200 "$data/zsk-rollover.pcap" older.pcap
"$keystorm" analyze -q --bin 1 -d rolled.db older.pcap
before=$(ask rolled.db "$totals")
bins=$(ask rolled.db 'SELECT count(DISTINCT t_s) FROM bin')
live rolled -i ks1 --bin 1 --segment 2 --fine 2
sleep 0.5 # an empty segment is no segment
tcpreplay -q -i ks0 --topspeed "$data/healthy-validators.pcap" >replay.out 2>&1
wait_until says rolled.db 3600 'SELECT bin_s FROM run WHERE run_id = 1' || :
stop_live
same "$(ask rolled.db "$totals WHERE run_id = 1")" "$before" 'old bins: the same totals'
same "$(ask rolled.db 'SELECT count(DISTINCT t_s) < 3, bin_s, rolled_from_s FROM bin JOIN run USING (run_id) WHERE run_id = 1')" '1|3600|1' \
	"old bins: hours, where there were $bins"
same "$(ask rolled.db 'SELECT count(*) FROM run WHERE run_id > 1 AND bin_s <> 1')" 0 'young bins stay'
same "$("$keystorm" report traffic -d rolled.db -f csv | sed -n '2s/.*,//p;$s/.*,//p' | tr -d '\r' | tr '\n' ' ')" '3600 1 ' \
	'report traffic tells both widths'
finish
