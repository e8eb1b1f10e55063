#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# top.sh KEYSTORM DATA -- the screen, in a terminal of the test's own, and the lines where there is none.
set -eu
. "$(dirname "$0")/common.sh"
skip_sanitizer
need script stty

live plain -i ks1 --bin 1 --top
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 3.5
stop_live
result "$(grep -qE '^20[0-9T:-]*Z [0-9]+ packets, [0-9]+ lost, [0-9]+ storms$' plain.out; echo $?)" 'no terminal: a line for each bin'
sum=$(awk '{ n += $2 } END { print n }' plain.out)
result "$([ "$sum" = 750 ]; echo $?)" 'no terminal: the lines add up'

# Keys: help, back, pause, go on, an unknown one, and after a change of size the end.
cat >session.sh <<END
stty rows 30 cols 100
(sleep 4; stty rows 12 cols 50) &
exec "$keystorm" live -d screen.db -i ks1 --bin 1 --top --user root
END
press_keys() {
	sleep 2.5
	tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
	sleep 2.5
	printf h
	sleep 0.7
	printf 'hppx'
	sleep 1
	printf q
	sleep 2
}
status=0
press_keys | TERM=xterm script -qec 'sh session.sh' screen.typescript >/dev/null 2>screen.err || status=$?
result "$status" 'terminal: q ends it with 0'
for word in 'keystorm live' 'no storm' 'q quit' '198.19.6.101' 'capturing goes on'; do
	result "$(grep -aqF "$word" screen.typescript; echo $?)" "terminal: $word"
done
result "$(sqlite3 screen.db 'SELECT sum(packets) <> 750 FROM input')" 'terminal: the last bin is written'
status=0
TERM=nonsense script -qec "timeout 5 $keystorm live -d screen.db -i ks1 --bin 1 --top" unknown.typescript >/dev/null </dev/null || status=$?
result "$(grep -aqE 'packets, [0-9]+ lost' unknown.typescript; echo $?)" 'a terminal that is unknown: lines'
finish
