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

wait_for() { # wait_for FILE PATTERN: until a line of FILE says so, for at most 20 s
	tries=0
	until grep -q "$2" "$1" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || {
			echo "# $1 never said: $2"
			return 1
		}
		sleep 0.1
	done
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
	kill -"${1:-TERM}" "$live"
	status=0
	wait "$live" || status=$?
}

record() { # record IFACE FILE: the witness
	tcpdump -i "$1" -B 65536 -s 0 --time-stamp-precision=nano -w "$2" 2>"$2.err" &
	started="$started $!"
	recorders="${recorders:-} $!"
	wait_for "$2.err" 'listening on'
}

stop_recording() {
	for pid in $recorders; do
		kill -INT "$pid" 2>/dev/null
		wait "$pid" || :
	done
	recorders=''
}

# Every fact, as rows: all that does not name the run or its inputs. Of the counters of packets only what is about DNS:
# the filter keeps some of the others out. Numbers that the database gives, in the order in which it first heard of things,
# are no facts: names stand for those of zones.
facts() { # facts DATABASE
	sqlite3 "$1" "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT IN ('run', 'input', 'counter', 'drops') ORDER BY name" |
		while read -r table; do
			echo "-- $table"
			columns=$(sqlite3 "$1" "SELECT group_concat(CASE
				WHEN name LIKE '%zone_id' AND '$table' <> 'zone'
					THEN '(SELECT name_wire FROM zone WHERE zone.zone_id = fact.' || name || ')'
				WHEN name LIKE '%_id' THEN 'NULL'
				ELSE 'fact.\"' || name || '\"' END, ', ') FROM pragma_table_info('$table')")
			sqlite3 -quote "$1" "SELECT $columns FROM \"$table\" AS fact" | sort
		done
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
