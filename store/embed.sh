#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# embed.sh IN.sql... OUT.c -- SQL files as C arrays named ks_sql_<file name>, declared in store/sql_p.h.
#
# Octets instead of string literals: nothing needs escaping, and no compiler complains about the length.
set -eu
export LC_ALL=C

for out; do :; done
{
	echo '/* Made by store/embed.sh; do not edit. */'
	echo '#include "store/sql_p.h"'
	while [ $# -gt 1 ]; do
		name=$(basename "$1" .sql | tr -c 'a-z0-9\n' '_')
		printf '\nconst char ks_sql_%s[] = {\n' "$name"
		od -An -v -tu1 "$1" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
		printf '0};\n'
		shift
	done
} >"$out.part"
mv "$out.part" "$out"
