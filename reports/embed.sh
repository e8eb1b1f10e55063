#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# embed.sh FILE... OUT.c -- files as C arrays named ks_file_<name>, and ks_file_<name>_sha256: the hash of a script
# as a Content-Security-Policy names it, so that the page runs this script and no other.
#
# Octets instead of string literals: nothing needs escaping, and no compiler complains about the length.
set -eu
export LC_ALL=C

for out; do :; done
{
	echo '/* Made by reports/embed.sh; do not edit. */'
	while [ $# -gt 1 ]; do
		name=$(basename "$1" | tr -c 'a-z0-9\n' '_')
		printf '\nextern const char ks_file_%s[], ks_file_%s_sha256[];\nconst char ks_file_%s[] = {\n' \
			"$name" "$name" "$name"
		od -An -v -tu1 "$1" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
		printf '0};\n'
		octal=$(sha256sum "$1" | cut -c1-64 | sed 's/../0x& /g')
		# shellcheck disable=SC2046,SC2059,SC2086 # a list of octets, written as octets
		hash=$(printf "$(printf '\\%03o' $octal)" | base64)
		printf 'const char ks_file_%s_sha256[] = "sha256-%s";\n' "$name" "$hash"
		shift
	done
} >"$out.part"
mv "$out.part" "$out"
