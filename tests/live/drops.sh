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

# As fast as it goes, into the smallest ring.
live flood -i ks1 --bin 1 --ring 1M --filter ''
tcpreplay -q -i ks0 --topspeed --loop=100 "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 2.5
stop_live
sent=$(sent_of replay.out)
got=$(number flood.db "$captured")
gone=$(number flood.db "$lost")
echo "# full speed: $sent sent, $got captured, $gone lost"
result $((sent != got + gone)) 'full speed: captured and lost are what was sent'

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
finish
