#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# facts.sh KEYSTORM DATA -- what live stores of packets on the wire is what analyze says of a file that tcpdump wrote of
# the same packets.
set -eu
. "$(dirname "$0")/common.sh"
# live gives its tables 240M of its 512M: 16M are for what a segment leaves to the next one, and a copy of the process may
# need as much as both; hence --memory 240M.

for capture in root-rollover-one-server tcp-and-fragments trust-anchor-signals zsk-rollover healthy-validators; do
	record ks1 "$capture.pcap"
	live "$capture" -i ks1 --bin 1
	tcpreplay -q -i ks0 --topspeed "$data/$capture.pcap" >replay.out 2>&1
	sleep 1.5 # some bins go by
	stop_live
	result "$status" "$capture: ends with 0 when asked to"
	stop_recording
	"$keystorm" analyze -q --memory 240M -d oracle.db --bin 1 "$capture.pcap"
	same_facts "$capture.db" oracle.db "$capture: the same facts, over several bins"
	rm oracle.db
done

# Tagged frames: the kernel takes tags out of the packet, and the filter looks for ports.
tcprewrite --enet-vlan=add --enet-vlan-tag=7 --enet-vlan-cfi=0 --enet-vlan-pri=0 -i "$data/healthy-validators.pcap" -o tagged.in >/dev/null
record ks1 tagged.pcap
live tagged -i ks1 --bin 60
tcpreplay -q -i ks0 --topspeed tagged.in >replay.out 2>&1
sleep 0.5
stop_live INT
stop_recording
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 60 tagged.pcap
same_facts tagged.db oracle.db 'VLAN: the same facts'
rm oracle.db

# The kernel divides the packets between three rings; fragments need not come into that of their query.
for capture in root-rollover-one-server tcp-and-fragments trust-anchor-signals; do
	record ks1 "$capture-fanout.pcap"
	live "$capture-fanout" -i ks1 --bin 1 --fanout 3
	tcpreplay -q -i ks0 --topspeed "$data/$capture.pcap" >replay.out 2>&1
	sleep 1.5
	stop_live
	stop_recording
	"$keystorm" analyze -q --memory 240M -d oracle.db --bin 1 "$capture-fanout.pcap"
	same_facts "$capture-fanout.db" oracle.db "$capture, three rings: the same facts"
	rm oracle.db
done
result "$(sqlite3 tcp-and-fragments-fanout.db 'SELECT count(*) <> 1 FROM input')" 'three rings: one input'

# Queries arrive on one interface, answers on another one.
tcpprep --port --pcap="$data/root-rollover-one-server.pcap" --cachefile=split >/dev/null
record ks1 one.pcap
record ks3 other.pcap
live both -i ks1 -i ks3 --bin 60
tcpreplay -q -i ks0 -I ks2 --cachefile=split --pps=2000 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 0.5
stop_live
stop_recording
[ "$(tcpdump -r one.pcap 2>/dev/null | wc -l)" -gt 100 ] && [ "$(tcpdump -r other.pcap 2>/dev/null | wc -l)" -gt 100 ]
result $? 'two interfaces: each sees packets'
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 60 one.pcap other.pcap
same_facts both.db oracle.db 'two interfaces: the same facts as their captures merged in time'
result "$(sqlite3 both.db 'SELECT count(*) <> 2 FROM input')" 'two interfaces: an input each'

# Pseudonyms: those of an analysis with the same key, and no address of a source.
rm oracle.db
head -c 32 /dev/urandom >key
record ks1 hidden.pcap
live hidden -i ks1 --bin 1 --anonymize key
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 1.5
stop_live
stop_recording
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 1 --anonymize key hidden.pcap
same_facts hidden.db oracle.db '--anonymize: the same facts as of an analysis with that key'
"$keystorm" analyze -q --memory 240M -d plain.db --bin 1 hidden.pcap
known=$(sqlite3 plain.db 'ATTACH "hidden.db" AS hidden' 'SELECT count(*) FROM source JOIN hidden.source USING (ip)')
result "$known" '--anonymize: no source by its address'

# An interface that goes down and comes up again.
rm oracle.db
record ks1 before.pcap
live again -i ks1 --bin 1
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 1
stop_recording
ip link set ks1 down
wait_for again.err 'interface ks1 is down' || :
ip link set ks1 up
wait_for again.err 'interface ks1 is up again' || :
record ks1 after.pcap
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 0.5
stop_live
stop_recording
result "$status" 'an interface that was down: still there'
result "$(grep -c 'interface ks1 is down or gone\|interface ks1 is up again' again.err | grep -qx 2; echo $?)" \
	'an interface that was down: both are told'
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 1 before.pcap after.pcap
same_facts again.db oracle.db 'an interface that was down: the same facts as before and after'

# One of two interfaces is taken away for good.
live gone -i ks1 -i ks3 --bin 1
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 1
ip link del ks2
wait_for gone.err 'interface ks3 is down or gone' || :
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 1.5
stop_live
result "$status" 'an interface that is gone: the other one goes on'
result "$(sqlite3 gone.db "SELECT sum(value) <> 2 * $(sqlite3 again.db "SELECT sum(value) / 2 FROM counter WHERE name = 'dns'")
	FROM counter WHERE name = 'dns'")" 'an interface that is gone: nothing of the other is missing'
finish
