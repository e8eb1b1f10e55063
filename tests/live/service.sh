#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# service.sh KEYSTORM DATA -- what a service manager and a monitor see: figures, notices, files read again.
set -eu
. "$(dirname "$0")/common.sh"
skip_sanitizer
need curl jq socat

figure() { # figure NAME{LABELS}
	grep -F "$1 " figures | head -n 1 | sed 's/.* //'
}
fetch() {
	curl -s -m 10 "http://127.0.0.1:9153/metrics" >figures
}
fetches() { # fetches VALUE NAME{LABELS}: is that the figure now?
	fetch && [ "$(figure "$2")" = "$1" ]
}
until_is() { # until_is VALUE SQL: what the database says: it is judged when there is time
	wait_until says open/service.db "$1" "$2" || {
		echo "# $2: $(sqlite3 open/service.db "$2"), wanted $1"
		return 1
	}
}
printf '.,2026-12-01,KEY_ADDED,1,first\n' >calendar.csv
printf '.,192.0.2.1\n' >servers.csv
socat -u UNIX-RECV:notify.sock,mode=666 OPEN:notices,creat,append 2>/dev/null &
socat=$!
started="$started $socat"
while [ ! -S notify.sock ]; do sleep 0.1; done
chmod 755 .
mkdir -m 777 open
NOTIFY_SOCKET=$scratch/notify.sock WATCHDOG_USEC=1000000
export NOTIFY_SOCKET WATCHDOG_USEC
live open/service -i ks1 --bin 1 --metrics 127.0.0.1:9153 --user nobody --rollovers calendar.csv --zone-servers servers.csv
unset NOTIFY_SOCKET WATCHDOG_USEC
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
wait_until fetches 750 'keystorm_packets_total{interface="ks1"}' || :
wait_until says open/service.db 1 'SELECT coalesce(sum(packets), 0) = 750 FROM input' || :
# Figures come a moment after what they are of was written.
wait_until fetches "$(sqlite3 -cmd '.timeout 5000' open/service.db \
	"SELECT sum(rq_hot + rq_warm + rq_cool) FROM zone_bin JOIN zone USING (zone_id) WHERE name = '.'")" \
	'keystorm_segment_dnskey_requeries{zone="."}' || :
if command -v promtool >/dev/null 2>&1; then
	promtool check metrics <figures >promtool.out 2>&1
	status=$?
	[ ! -s promtool.out ] || sed 's/^/# /' promtool.out
	result $status 'promtool finds nothing wrong'
fi
result "$([ "$(figure 'keystorm_packets_total{interface="ks1"}')" = 750 ]; echo $?)" 'packets'
result "$([ "$(figure 'keystorm_dropped_packets_total{interface="ks1",where="kernel"}')" = 0 ]; echo $?)" 'drops'
result "$([ "$(figure 'keystorm_segment_queries{qtype="DNSKEY"}')" = "$(sqlite3 -cmd '.timeout 5000' open/service.db \
	'SELECT sum(queries) FROM bin WHERE qtype = 48')" ]; echo $?)" 'queries by type: as in the database'
result "$([ "$(figure 'keystorm_segment_dnskey_requeries{zone="."}')" = "$(sqlite3 -cmd '.timeout 5000' open/service.db \
	"SELECT sum(rq_hot + rq_warm + rq_cool) FROM zone_bin JOIN zone USING (zone_id) WHERE name = '.'")" ]; echo $?)" \
	'requeries by zone: as in the database'
result "$([ "$(grep -c '^keystorm' figures)" -lt 200 ]; echo $?)" 'the number of series is bounded'
result "$(curl -s -m 5 -o /dev/null -w '%{http_code}' http://127.0.0.1:9153/ | grep -qx 404; echo $?)" 'nothing else is there'
result "$(until_is 1 'SELECT count(*) FROM given_server' >&2; echo $?)" 'the servers of zones are known'
# One who asks and never reads, and a crowd, do no harm.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	socat -u PIPE:/dev/null,rdonly TCP:127.0.0.1:9153 2>/dev/null &
	started="$started $!"
done
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
sleep 1.5
printf '.,2026-12-01,KEY_ADDED,1,first\n.,2026-12-09,KEY_REVOKED,1,second\n' >calendar.csv
printf '.,192.0.2.1\n.,192.0.2.2\n.,2001:db8::3\n' >servers.csv
kill -HUP "$live"
wait_for open/service.err 'calendar.csv was read again' || :
wait_for open/service.err 'servers.csv was read again' || :
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
result "$(until_is 2 "SELECT count(*) FROM calendar WHERE origin = 'file'" >&2; echo $?)" 'SIGHUP: the new calendar is in force'
result "$(until_is 3 'SELECT count(*) FROM given_server' >&2; echo $?)" 'SIGHUP: the new servers are in force'
echo nonsense >calendar.csv
echo nonsense >servers.csv
kill -HUP "$live"
wait_for open/service.err 'calendar.csv:1:' || :
wait_for open/service.err 'servers.csv:1:' || :
tcpreplay -q -i ks0 --topspeed "$data/root-rollover-one-server.pcap" >replay.out 2>&1
wait_until says open/service.db 3000 'SELECT sum(packets) FROM input' || :
alive() { # told so several times
	[ "$(grep -ao 'WATCHDOG=1' notices | wc -l)" -ge 4 ]
}
wait_until alive || :
stop_live
result "$status" 'SIGHUP: bad files end nothing'
result "$(until_is 2 "SELECT count(*) FROM calendar WHERE origin = 'file'" >&2; echo $?)" 'SIGHUP: and the one before stays'
result "$(until_is 3 'SELECT count(*) FROM given_server' >&2; echo $?)" 'SIGHUP: and so do the servers'
result "$(sqlite3 -cmd '.timeout 5000' open/service.db 'SELECT sum(packets) <> 3000 FROM input')" 'no packet was lost meanwhile'
result "$(grep -q 'READY=1' notices; echo $?)" 'told: ready'
result "$(alive; echo $?)" 'told: alive'
result "$(grep -q 'STOPPING=1' notices; echo $?)" 'told: stopping'
finish
