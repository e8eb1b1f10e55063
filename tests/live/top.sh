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
lines_add_up() {
	[ "$(awk '{ n += $2 } END { print n }' plain.out)" = 750 ]
}
wait_until lines_add_up || :
stop_live
result "$(grep -qE '^20[0-9T:-]*Z [0-9]+ packets, [0-9]+ lost, [0-9]+ storms$' plain.out; echo $?)" 'no terminal: a line for each bin'
result "$(lines_add_up; echo $?)" 'no terminal: the lines add up'

# Keys: help, back, pause, go on, an unknown one, and after a change of size the end.
cat >session.sh <<END
stty rows 30 cols 100
(while [ ! -e smaller ]; do sleep 0.1; done; stty rows 12 cols 50; touch small) &
exec "$keystorm" live -d screen.db -i ks1 --bin 1 --top --user root
END
press_keys() { # its output is the keyboard
	wait_for screen.typescript 'q quit' >&2
	tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
	wait_for screen.typescript '198.19.6.101' >&2
	touch smaller
	wait_until test -e small >&2
	sleep 0.5
	printf h
	wait_for screen.typescript 'capturing goes on' >&2
	printf 'hppx'
	sleep 1
	printf q
	wait_for screen.typescript 'Script done\|COMMAND_EXIT_CODE' >&2
}
status=0
press_keys | TERM=xterm script -qefc 'sh session.sh' screen.typescript >/dev/null 2>screen.err || status=$?
result "$status" 'terminal: q ends it with 0'
for word in 'keystorm live' 'no storm' 'q quit' '198.19.6.101' 'capturing goes on'; do
	result "$(grep -aqF "$word" screen.typescript; echo $?)" "terminal: $word"
done
result "$(sqlite3 screen.db 'SELECT sum(packets) <> 750 FROM input')" 'terminal: the last bin is written'
TERM=nonsense script -qefc "timeout 60 $keystorm live -d screen.db -i ks1 --bin 1 --top" unknown.typescript >/dev/null </dev/null &
started="$started $!"
wait_for unknown.typescript 'packets, [0-9]* lost' && status=0 || status=1
result $status 'a terminal that is unknown: lines'
finish
