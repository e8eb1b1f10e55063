#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# storms.sh KEYSTORM DATA -- a storm is told of while it is on, and its end; on stderr, as JSON, and to a program.
set -eu
. "$(dirname "$0")/common.sh"
skip_sanitizer
need jq

mkdir -m 777 told
chmod 711 .
cat >told/program <<'END'
#!/bin/sh
env | grep ^KEYSTORM_ | sort >"told/$KEYSTORM_EVENT.$#"
id -u >>"told/$KEYSTORM_EVENT.$#"
END
chmod 755 told/program
chmod 777 .

live storm -i ks1 --bin 2 --user nobody --json --on-storm "$scratch/told/program"
helper=$(cat "/proc/$live/task/$live/children")
result "$(grep -q '^CapEff:.*0000000000000000' "/proc/${helper% }/status"; echo $?)" 'the helper has no capability'
# It inherits our files, none of the program's: no socket.
result "$(ls -l "/proc/${helper% }/fd" | grep -q 'socket:' && echo 1 || echo 0)" 'the helper has no socket'
tcpreplay -q -i ks0 --pps=10 --duration=24 --loop=99 "$data/healthy-validators.pcap" >replay.out 2>&1
result "$(grep -c 'storm of' storm.err || :)" 'calm: nothing is told'
tcpreplay -q -i ks0 --pps=250 --duration=12 --loop=99 "$data/stale-root-unbound117.pcap" >replay.out 2>&1
wait_for storm.err 'a storm of DNSKEY queries' || :
result "$(grep -c 'a storm of DNSKEY queries for \. since' storm.err | grep -qx 1; echo $?)" 'a line when it begins, one only'
jq -s -e '.[0] | .event == "storm-start" and .zone == "." and .qps > 10' storm.out >/dev/null
result $? 'a JSON line'
jq -s -e '.[0] | ((.until | fromdate) - (.start | fromdate)) <= 2 * .bin_s' storm.out >/dev/null
result $? 'told when two bins of it are known'
# The same packets at a quiet rate go on, until 30 bins are calm.
tcpreplay -q -i ks0 --pps=10 --duration=76 --loop=99 "$data/healthy-validators.pcap" >replay.out 2>&1
wait_for storm.err 'the end of the storm' || :
result "$(grep -c 'the end of the storm' storm.err | grep -qx 1; echo $?)" 'a line when it ends'
stop_live
result "$status" 'ends well'
jq -s -e 'length == 2 and .[1].event == "storm-end"' storm.out >/dev/null
result $? 'a JSON line for each'
for event in storm-start storm-end; do
	result "$(grep -qx "KEYSTORM_EVENT=$event" "told/$event.0"; echo $?)" "the program is told of $event, without arguments"
	result "$(grep -qx 'KEYSTORM_ZONE=\.' "told/$event.0"; echo $?)" "... of which zone"
	result "$(tail -n 1 "told/$event.0" | grep -qx "$(id -u nobody)"; echo $?)" '... as the user given'
done
wait_until test ! -e "/proc/${helper% }" || :
result "$([ ! -e "/proc/${helper% }" ]; echo $?)" 'the helper is gone'
result "$("$keystorm" report storms -d storm.db -f json | jq '.rows | length == 1 and .[0].zone == "." | not' | grep -c true)" \
	'report storms has it too'
finish
