#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# common.sh -- what the tests of the verb live share; sourced, not run. Expects "$0 KEYSTORM DATA".
#
# Everything happens in a network namespace that the test makes: a pair of interfaces, ks0 where packets are sent and ks1
# where they arrive, and a second pair, ks2 and ks3. Nothing is sent outside. Where the system does not permit that, or a
# tool is missing, the test is skipped with the reason.

need() { # need TOOL...
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || {
			echo "1..0 # SKIP $tool is not installed"
			exit 0
		}
	done
}

skip_sanitizer() { # a sanitizer's own system calls and memory are not those that are tested
	[ -z "${KS_SANITIZED:-}" ] || {
		echo '1..0 # SKIP built with a sanitizer'
		exit 0
	}
}

pair() { # pair A B: two interfaces joined by a cable, on which nobody says a word unasked
	ip link add "$1" type veth peer name "$2"
	for end in "$1" "$2"; do
		echo 1 >"/proc/sys/net/ipv6/conf/$end/disable_ipv6"
		ip link set "$end" mtu 9000 arp off up
	done
}

if [ "${KS_LIVE_INSIDE:-}" != 1 ]; then
	need unshare ip tcpreplay tcpdump sqlite3
	unshare --net --mount true 2>/dev/null || {
		echo '1..0 # SKIP no network namespace of our own: not root, or not permitted'
		exit 0
	}
	KS_LIVE_INSIDE=1 exec unshare --net --mount "$0" "$@"
fi

keystorm=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
data=$(cd "$2" && pwd)
export TZ=UTC LC_ALL=C
scratch=$(mktemp -d)
started=''
leave() {
	for pid in $started; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	cd /
	umount "$scratch"/* 2>/dev/null || :
	rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM
cd "$scratch"
ip link set lo up
pair ks0 ks1
pair ks2 ks3

n=0
failed=0
result() { # result STATUS WHAT: one line of TAP
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}
finish() {
	echo "1..$n"
	exit $failed
}

# A test waits for what it wants to see, not for the time that takes here: elsewhere, or on a busy day, it takes longer.
patience_s=40
wait_until() { # wait_until COMMAND...: until it succeeds
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt $((patience_s * 10)) ] || {
			echo "# never so: $*"
			return 1
		}
		sleep 0.1
	done
}
wait_for() { # wait_for FILE PATTERN: until a line of FILE says so
	wait_until grep -aq "$2" "$1"
}
says() { # says DATABASE VALUE SQL: is that its answer? Also while somebody writes
	[ "$(sqlite3 -cmd '.timeout 5000' "$1" "$3" 2>/dev/null)" = "$2" ]
}

live() { # live NAME OPTION...: begin; NAME.err is its standard error, $live its process
	live_name=$1
	shift
	rm -f "$live_name.err"
	"$keystorm" live -d "$live_name.db" "$@" >"$live_name.out" 2>"$live_name.err" &
	live=$!
	started="$started $live"
	wait_for "$live_name.err" 'capturing on'
}

stop_live() { # stop_live [SIGNAL]: leaves its exit status in $status
	kill -"${1:-TERM}" "$live" || : # it may have ended unasked: its status tells
	status=0
	wait "$live" || status=$?
}

record() { # record IFACE FILE: the witness
	tcpdump -i "$1" -B 65536 -s 0 --time-stamp-precision=nano -w "$2" 2>"$2.err" &
	started="$started $!"
	recorders="${recorders:-} $!:$2"
	wait_for "$2.err" 'listening on'
}

# The kernel hands packets to tcpdump when a block of its ring is full, or a second old and more; what is still in there
# when it is told to end, it never sees. Told to count, it says what it has and what the kernel had for it.
has_all() { # has_all PID FILE
	kill -USR1 "$1"
	sleep 0.1
	tail -n 1 "$2.err" | sed -n \
		's/^tcpdump: \([0-9]*\) packets\{0,1\} captured, \([0-9]*\) packets\{0,1\} received by filter, 0 packets dropped.*/\1 \2/p' | {
		read -r captured received && [ "$captured" = "$received" ]
	}
}

stop_recording() {
	for recorder in $recorders; do
		pid=${recorder%%:*}
		wait_until has_all "$pid" "${recorder#*:}" || tail -n 1 "${recorder#*:}.err" | sed 's/^/# /'
		kill -INT "$pid" 2>/dev/null
		wait "$pid" || :
	done
	recorders=''
}

# Every fact, as rows: all that does not name the run or its inputs. Of the counters of packets only what is about DNS:
# the filter keeps some of the others out. Numbers that the database gives, in the order in which it first heard of things,
# are no facts: names stand for those of zones.
facts() { # facts DATABASE: rows that begin with the name of their table, in quotes
	sqlite3 "$1" "SELECT 'SELECT ''' || tables.name || ''', ' || group_concat(CASE
			WHEN columns.name LIKE '%zone_id' AND tables.name <> 'zone'
				THEN '(SELECT name_wire FROM zone WHERE zone.zone_id = fact.' || columns.name || ')'
			WHEN columns.name LIKE '%_id' THEN 'NULL'
			ELSE 'fact.\"' || columns.name || '\"' END, ', ') || ' FROM \"' || tables.name || '\" AS fact;'
		FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
		WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
			AND tables.name NOT IN ('run', 'input', 'counter', 'drops')
		GROUP BY tables.name" >facts.sql
	sqlite3 -quote "$1" <facts.sql | sort
	sqlite3 "$1" "SELECT kind, name, value FROM counter
		WHERE name NOT IN ('packets', 'not_dns', 'link_other', 'not_ip') ORDER BY kind, name"
}

same_facts() { # same_facts A.db B.db WHAT
	facts "$1" >facts.a
	facts "$2" >facts.b
	same=0
	cmp -s facts.a facts.b || same=1
	[ -s facts.a ] || same=1
	[ $same = 0 ] || diff facts.a facts.b | head -n 10 | sed 's/^/# /'
	result $same "$3"
}
