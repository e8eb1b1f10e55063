#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# layers.sh ROOT -- the law of who may include whom.
#
# One line a folder: the folder, "|", what of our own it may include (a folder, a folder and below with
# "/*", or one header), "|", libraries besides libc. The longest folder that holds a file decides.
# Headers named *_p.h are private to their folder; dissect/ owns no memory but in the file that uses ldns.
set -eu
cd "${1:?usage: layers.sh ROOT}"

law='dissect|dissect|
dissect/dnssec.c|dissect|ldns/
analyzer|analyzer analyzer/capture analyzer/judge dissect|xxhash.h
analyzer/capture|analyzer/capture dissect|linux/if_packet.h net/if.h sys/socket.h pcap.h pcap/ zlib.h lzma.h zstd.h lz4 xxhash.h xxh_x86dispatch.h
analyzer/judge|analyzer/judge analyzer/summary.h dissect|
analyzer/live|analyzer/live analyzer/capture analyzer/shed.h analyzer/sink.h analyzer/summary.h dissect|curses.h dlfcn.h grp.h linux/capability.h microhttpd.h netinet/in.h pwd.h seccomp.h sys/prctl.h sys/socket.h sys/syscall.h sys/un.h
analyzer/cli|analyzer/* dissect store reports/*|
reports/mitigate|reports reports/mitigate analyzer/judge/relief.h dissect|
store|store analyzer/summary.h analyzer/sink.h analyzer/judge dissect|sqlite3.h
reports|reports reports/fmt reports/plot reports/html store/store.h store/query.h analyzer/judge/model.h dissect|
'
libc=' arpa/inet.h assert.h ctype.h dirent.h endian.h errno.h fcntl.h float.h getopt.h inttypes.h langinfo.h
limits.h locale.h math.h poll.h pthread.h sched.h semaphore.h signal.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h
stdlib.h string.h strings.h sys/ioctl.h sys/mman.h sys/random.h sys/resource.h sys/stat.h sys/types.h
sys/wait.h termios.h time.h unistd.h '

find dissect analyzer store reports -name '*.[ch]' -exec grep -Hn '^[[:space:]]*#[[:space:]]*include' {} + |
awk -v law="$law" -v libc="$(printf '%s' "$libc" | tr '\n' ' ')" '
function complain(what) {
	printf "%s: %s\n", where, what
	broken = 1
}
function folder_of(path) {
	sub("/[^/]*$", "", path)
	return path
}
# The rule that holds for a file: its own, or that of the nearest folder above.
function rule_of(path) {
	while (!(path in ours)) {
		if (path !~ "/")
			return ""
		path = folder_of(path)
	}
	return path
}
function may_include(rule, to,    i, n, item) {
	n = split(ours[rule], item, " ")
	for (i = 1; i <= n; i++) {
		if (to == item[i] || folder_of(to) == item[i])
			return 1
		if (item[i] ~ "/[*]$" && index(to, substr(item[i], 1, length(item[i]) - 1)) == 1)
			return 1
	}
	return 0
}
function may_link(rule, header,    i, n, item) {
	n = split(libraries[rule], item, " ")
	for (i = 1; i <= n; i++)
		if (index(header, item[i]) == 1)
			return 1
	return index(libc, " " header " ") > 0
}
BEGIN {
	n = split(law, line, "\n")
	for (i = 1; i <= n; i++) {
		if (split(line[i], part, "|") < 2)
			continue
		ours[part[1]] = part[2]
		libraries[part[1]] = part[3]
	}
}
{
	split($0, part, ":")
	file = part[1]
	where = file ":" part[2]
	rule = rule_of(file)
	header = $0
	sub(/^[^:]*:[^:]*:[^"<]*["<]/, "", header)
	sub(/[">].*/, "", header)
	if ($0 ~ /include[ \t]*"/) {
		if (header !~ "/")
			complain("write the path from the root: \"" header "\"")
		else if (!may_include(rule, header))
			complain(rule "/ must not include " header)
		else if (header ~ /_p\.h$/ && folder_of(header) != folder_of(file))
			complain(header " is private to " folder_of(header) "/")
	} else if (!may_link(rule, header)) {
		complain(rule "/ must not include <" header ">")
	}
}
END { exit broken }' || broken=1

if grep -nwE '(malloc|calloc|realloc|strdup|strndup|asprintf|mmap|fopen|open|printf|clock_gettime|time|exit|abort)\(' \
	$(find dissect -name '*.c' ! -name dnssec.c); then
	echo 'dissect/: no memory, no I/O, no clock, no exit (except dnssec.c, which lives with ldns)'
	broken=1
fi
exit "${broken:-0}"
