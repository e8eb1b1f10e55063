#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# mitigate_live.sh KEYSTORM FOLDER -- does dnsdist do what its file means? A capture on loopback is analyzed, the file that
# follows from it is put before a name server on loopback, and the captured resolver's address asks again: its DNSKEY
# queries must take as long as its tier says, its other queries and TCP must not be touched, and who asks for keys too
# fast must be told to come over TCP. Only lower bounds of time are tested. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: mitigate_live.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need sqlite3 dnsdist nsd drill
scratch=$(mktemp -d) || exit 2
pids=''
# shellcheck disable=SC2086 # a list
trap '[ -z "$pids" ] || kill $pids 2>/dev/null; wait 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
front=$((20000 + $$ % 20000)) back=$((20001 + ($$ + 1) % 20000))
offender=127.77.9.3 other=127.77.9.77

"$keystorm" analyze -q --no-progress -d "$scratch/t.db" "$folder/stale-root-knot56.pcap" || exit 2
# As if the offender had been answered over TCP: then its address is proved.
sqlite3 "$scratch/t.db" 'UPDATE source SET tcp_responses = 1'
"$keystorm" mitigate -d "$scratch/t.db" --for dnsdist -o "$scratch/storm.lua" || exit 2
delay_ms=$(sed -n 's/.*DelayAction(\([0-9]*\)).*/\1/p' "$scratch/storm.lua")
[ -n "$delay_ms" ] || { echo '1..1'; echo 'not ok 1 - the file delays somebody'; exit 1; }

cat >"$scratch/nsd.conf" <<END
server:
  ip-address: 127.0.0.1@$back
  pidfile: "$scratch/nsd.pid"
  database: ""
  xfrdfile: "$scratch/xfrd"
  zonelistfile: "$scratch/list"
  username: ""
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "$scratch/zone"
END
cat >"$scratch/zone" <<'END'
. 60 IN SOA a. b. 1 3600 600 86400 60
. 60 IN NS a.
a. 60 IN A 127.0.0.1
. 60 IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
END
nsd -d -c "$scratch/nsd.conf" >"$scratch/nsd.log" 2>&1 &
pids="$pids $!"
{ echo 'setSecurityPollSuffix("")'; cat "$scratch/storm.lua"; } >"$scratch/dnsdist.lua"
dnsdist --supervised --disable-syslog -C "$scratch/dnsdist.lua" -l "127.0.0.1:$front" "127.0.0.1:$back" >"$scratch/dnsdist.log" 2>&1 &
pids="$pids $!"

ask() { # ask SOURCE TYPE [OPTION]: drill's answer
	drill ${3:-} -p "$front" -I "$1" @127.0.0.1 . "$2" 2>/dev/null
}
is_answered() {
	ask "$other" SOA | grep -q 'flags: qr aa'
}
tries=0
until is_answered; do
	tries=$((tries + 1))
	[ $tries -le 30 ] || { echo "1..0 # SKIP the servers did not start on loopback"; exit 0; }
	sleep 0.3
done

echo 1..5
failed=0
result() { # result STATUS NUMBER WHAT
	[ "$1" = 0 ] && echo "ok $2 - $3" && return
	failed=1
	echo "not ok $2 - $3"
	sed 's/^/#   /' "$scratch/said" | head -n 12
}
msec() {
	sed -n 's/^;; Query time: \([0-9]*\) msec/\1/p'
}
for time in 1 2 3; do ask "$offender" DNSKEY | msec; done >"$scratch/said"
[ "$(awk -v d="$delay_ms" '$1 >= d { n++ } END { print n }' "$scratch/said")" = 3 ]
result $? 1 "the offender's DNSKEY queries take $delay_ms ms and more"
for time in 1 2 3; do ask "$offender" NS | msec; done >"$scratch/said"
[ "$(awk -v d="$delay_ms" '$1 < d { n++ } END { print n + 0 }' "$scratch/said")" -ge 1 ]
result $? 2 'its other queries do not'
ask "$offender" DNSKEY -t >"$scratch/said"
grep -q 'flags: qr aa.* ANSWER: 1' "$scratch/said"
result $? 3 'nor does TCP, which is answered'
# At once, so that a slow machine cannot pace them: forty are too many for five a second within four seconds.
for time in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
	ask "$other" DNSKEY -u >"$scratch/burst.$time" &
	asked="${asked:-} $!"
done
# shellcheck disable=SC2086 # a list
wait $asked
cat "$scratch"/burst.* | grep flags: | sort | uniq -c >"$scratch/said"
grep -q 'qr tc' "$scratch/said" && grep -q 'qr aa' "$scratch/said"
result $? 4 'forty DNSKEY queries of somebody else at once: some answered, some told to use TCP'
for time in 1 2 3 4 5 6 7 8 9 10; do ask "$other" SOA; done | grep flags: | sort | uniq -c >"$scratch/said"
[ "$(grep -c 'qr aa' "$scratch/said")" = 1 ] && ! grep -q 'qr tc' "$scratch/said"
result $? 5 'other types are not limited'
exit $failed
