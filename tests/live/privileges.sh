#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# privileges.sh KEYSTORM DATA -- what is left of root's powers, read from /proc; and who may not, or cannot, is told.
set -eu
. "$(dirname "$0")/common.sh"
skip_sanitizer

field() { # field PID NAME: of /proc/PID/status, blanks squeezed
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr -s '[:blank:]' ' '
}
is() { # is NAME WANTED WHAT
	got=$(field "$live" "$1")
	[ "$got" = "$2" ] || echo "# $1: $got, wanted $2"
	result "$([ "$got" = "$2" ]; echo $?)" "$3"
}
no_capability() {
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		is $set 0000000000000000 "$1: $set is empty"
	done
	is NoNewPrivs 1 "$1: no new privileges"
	is Seccomp 2 "$1: system calls are filtered"
}

uid=$(id -u nobody)
gid=$(id -g nobody)
mkdir -m 755 open
chmod 711 .
chown nobody open
live open/user -i ks1 --bin 1 --user nobody
is Uid "$uid $uid $uid $uid" 'with --user: that user, no way back'
is Gid "$gid $gid $gid $gid" 'with --user: its group'
is Groups "$gid " 'with --user: no other groups'
no_capability 'with --user'
result "$(grep -q '^Max core file size  *0  *0' "/proc/$live/limits"; echo $?)" 'no core dumps'
tcpreplay -q -i ks0 --topspeed "$data/zsk-rollover.pcap" >replay.out 2>&1
sleep 2.5
stop_live
result "$status" 'with --user: ends well'
result "$(sqlite3 open/user.db 'SELECT sum(packets) = 0 FROM input')" 'with --user: captures and writes'
result "$([ "$(stat -c %U open/user.db)" = nobody ]; echo $?)" 'with --user: the database is its own'

if command -v setpriv >/dev/null 2>&1; then # as the unit does it
	rm -f open/ambient.db
	setpriv --reuid nobody --clear-groups --inh-caps +net_raw --ambient-caps +net_raw --bounding-set -all,+net_raw \
		"$keystorm" live -i ks1 -d open/ambient.db 2>ambient.err &
	live=$!
	started="$started $live"
	wait_for ambient.err 'capturing on'
	is CapEff 0000000000000000 'with one capability: none is left'
	is CapAmb 0000000000000000 'with one capability: nor for programs'
	stop_live
fi
live root -i ks1 --bin 1
no_capability 'as root'
stop_live

refused() { # refused STATUS PATTERN WHAT COMMAND...: one line, and that status
	wanted=$1 pattern=$2 what=$3
	shift 3
	status=0
	"$@" >out 2>err </dev/null || status=$?
	good=1
	# shellcheck disable=SC2254 # a pattern is what it is
	case $(cat err) in $pattern) [ $status = "$wanted" ] && [ "$(wc -l <err)" = 1 ] && good=0 ;; esac
	[ $good = 0 ] || sed "s/^/# status $status: /" err
	result $good "$what"
}
refused 2 "keystorm live: --user 'nosuch': there is no such user" 'an unknown user' \
	"$keystorm" live -i ks1 -d x.db --user nosuch
refused 3 'keystorm live: interface ks9: there is none; ip link shows*' 'an unknown interface' \
	"$keystorm" live -i ks9 -d x.db
refused 2 'keystorm live: filter "port": *' 'a bad filter' "$keystorm" live -i ks1 -d x.db --filter port
refused 4 'keystorm live: *' 'a database in a folder that the user may not write' \
	"$keystorm" live -i ks1 -d x.db --user nobody
refused 2 'keystorm live: --on-storm nowhere: No such file or directory' 'a program that is not there' \
	"$keystorm" live -i ks1 -d x.db --on-storm nowhere
ip link set ks3 down
refused 3 'keystorm live: interface ks3: it is down; ip link set ks3 up' 'an interface that is down' \
	"$keystorm" live -i ks3 -d x.db
if command -v setpriv >/dev/null 2>&1; then
	refused 3 'keystorm live: interface ks1: no permission to capture; start as root*' 'no permission' \
		setpriv --reuid nobody --clear-groups --bounding-set -all --inh-caps -all "$keystorm" live -i ks1 -d x.db
fi
result "$([ ! -e x.db ]; echo $?)" 'who is refused leaves no database'
finish
