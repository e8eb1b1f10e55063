#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# drops.sh KEYSTORM DATA -- what is not counted is reported as lost, exactly, in the bin where it was lost.
set -eu
. "$(dirname "$0")/common.sh"

sent_of() { # how many packets tcpreplay says it sent
	sed -n 's/^Actual: \([0-9]*\) packets.*/\1/p' "$1"
}
number() { # number DATABASE SQL
	sqlite3 "$1" "$2"
}
captured='SELECT sum(packets) FROM input'
lost='SELECT coalesce(sum(kernel + device), 0) FROM drops'

counts_of() { # counts_of NAME WHAT: stop it; $sent, $got and $gone, and a line of them
	stop_live 2>/dev/null # it may be on its way out
	sent=$(sent_of replay.out)
	got=$(number "$1.db" "$captured")
	gone=$(number "$1.db" "$lost")
	echo "# $2: $sent sent, $got captured, $gone lost"
}

# As fast as it goes, into the smallest ring.
live flood -i ks1 --bin 1 --ring 1M --filter ''
tcpreplay -q -i ks0 --topspeed --loop=100 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 2.5
counts_of flood 'full speed'
result $((sent != got + gone)) 'full speed: captured and lost are what was sent'

# The same, divided between two rings.
live divided -i ks1 --bin 1 --ring 2M --filter '' --fanout 2
kill -STOP "$live"
tcpreplay -q -i ks0 --topspeed --loop=50 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
kill -CONT "$live"
sleep 1.5
counts_of divided 'two rings'
result $((gone == 0 || got == 0 || sent != got + gone)) 'two rings: captured and lost are what was sent'

# Told to end while much still waits in the ring: all of it came before that, and counts.
live waiting -i ks1 --bin 60 --ring 128M --filter ''
kill -STOP "$live"
tcpreplay -q -i ks0 --topspeed --loop=200 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
kill -TERM "$live"
kill -CONT "$live"
sleep 0.05 # enough to hear of it, and not for all packets
kill -STOP "$live"
sleep 0.5
kill -CONT "$live"
counts_of waiting 'waiting'
result $((sent != got + gone)) 'waiting: captured and lost are what was sent'

# A reader that is held up: the ring must overflow.
live held -i ks1 --bin 1 --ring 1M --filter ''
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >first.out 2>&1
sleep 1.5
kill -STOP "$live"
tcpreplay -q -i ks0 --topspeed --loop=50 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
kill -CONT "$live"
sleep 2.5
stop_live
sent=$(($(sent_of first.out) + $(sent_of replay.out)))
got=$(number held.db "$captured")
gone=$(number held.db "$lost")
echo "# held up: $sent sent, $got captured, $gone lost"
result $((gone == 0)) 'held up: packets were lost'
result $((sent != got + gone)) 'held up: captured and lost are what was sent'
result "$(number held.db 'SELECT count(DISTINCT t_s) NOT BETWEEN 1 AND 2 FROM drops')" 'held up: lost in that bin only'
result "$(number held.db "SELECT count(*) <> 1 FROM v_quality WHERE counter = 'kernel_drops' AND value = $gone")" \
	'held up: report quality tells'
result "$(number held.db "SELECT sum(dropped) <> $gone OR min(dropped) <> 0 FROM v_traffic")" \
	'held up: report traffic marks those bins and no other'
"$keystorm" analyze -q -d file.db "$data/zsk-rollover.pcap"
result "$(number file.db 'SELECT count(dropped) > 0 FROM v_traffic')" 'of a file it is not known what was lost'

# A reader whose ring is more than half full leaves out what it may, and nothing about keys.
record ks1 behind.pcap
live behind -i ks1 --bin 60 --filter "" --ring 16M
kill -STOP "$live"
tcpreplay -q -i ks0 --pps=20000 --loop=24 "$data/root-rollover-one-server.pcap" >first.out 2>&1
tcpreplay -q -i ks0 --pps=20000 "$data/healthy-validators.pcap" >replay.out 2>&1
sleep 1
kill -CONT "$live"
wait_for behind.err 'packets come too fast' || :
sleep 0.5
stop_live
stop_recording
sent=$(($(sent_of first.out) + $(sent_of replay.out)))
result "$(number behind.db "SELECT ($captured) <> $sent")" 'behind: no packet is lost'
shed=$(number behind.db "SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'details_shed'")
echo "# behind: $shed messages without details"
result $((shed == 0)) 'behind: something is left out'
result "$(number behind.db "SELECT count(*) <> 1 FROM v_quality WHERE counter = 'details_shed' AND value = $shed")" \
	'behind: report quality tells'
"$keystorm" analyze -q --memory 240M -d oracle.db --bin 60 behind.pcap
for table in bin traffic zone_bin flow behaviour behaviour_cell behaviour_server depth zone_key dkey; do
	facts behind.db | grep "^'$table'," >facts.a
	facts oracle.db | grep "^'$table'," >facts.b
	same=0
	[ -s facts.a ] && cmp -s facts.a facts.b || same=1
	result $same "behind: nothing is missing in $table"
done
finish
