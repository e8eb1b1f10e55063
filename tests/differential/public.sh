#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# public.sh KEYSTORM [PATTERN] -- every public capture below $KS_CAPTURES, against what tshark read in it.
#
# $KS_CAPTURES holds index.tsv (columns path and class), public/PATH and, for files of class dns,
# truth/PATH.tsv with "/" in PATH written "__". Without it there is nothing to compare: skipped. A file that
# known.txt names must differ (else its line there is stale). Files of other classes must not crash, hang or fail
# without a word. TAP.
set -u
[ $# -ge 1 ] || { echo 'usage: public.sh KEYSTORM [PATTERN]' >&2; exit 2; }
keystorm=$1 pattern=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
captures=${KS_CAPTURES:-}
[ -n "$captures" ] && [ -r "$captures/index.tsv" ] || {
	echo '1..0 # SKIP KS_CAPTURES names no folder of captures'
	exit 0
}
need jq timeout
make_scratch

# A hang is a failure, too: 30 s a file.
cat >"$scratch/limited" <<END
#!/bin/sh
exec timeout 30 "$keystorm" "\$@"
END
chmod +x "$scratch/limited"
keystorm=$scratch/limited

awk -F '\t' -v pattern="$pattern" '
	NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
	index($column["path"], pattern) { print $column["class"] "\t" $column["path"] }' "$captures/index.tsv" >"$scratch/list"

is_known() { # is_known PATH
	awk -F '\t' -v path="$1" '$1 == path { found = 1 } END { exit !found }' "$here/known.txt"
}

echo "1..$(wc -l <"$scratch/list")"
number=0
tab=$(printf '\t')
while IFS=$tab read -r class path; do
	number=$((number + 1))
	rm -f "$scratch"/db*
	truth=$captures/truth/$(printf '%s' "$path" | sed 's,/,__,g').tsv
	verdict=ok
	why=''
	facts_of "$captures/public/$path" "$scratch/db" >"$scratch/got"
	status=$?
	case $status in
	0) ;;
	1 | 3) [ -s "$scratch/db.stderr" ] || why="status $status without a word" ;;
	124) why='hangs' ;;
	*) why="status $status: $(tail -n 1 "$scratch/db.stderr")" ;;
	esac
	if [ -n "$why" ]; then
		verdict='not ok'
	elif [ "$class" = dns ] && [ -r "$truth" ]; then
		awk -F '\t' -f "$here/types.awk" -f "$here/truth.awk" "$truth" | LC_ALL=C sort >"$scratch/want"
		if cmp -s "$scratch/want" "$scratch/got"; then
			! is_known "$path" || { verdict='not ok' why='no longer differs: take it off known.txt'; }
		elif ! is_known "$path"; then
			verdict='not ok' why='differs (- is tshark, + is keystorm)'
		fi
	fi
	echo "$verdict $number - $path"
	[ -z "$why" ] || {
		failed=1
		echo "# $why"
		[ ! -e "$scratch/want" ] || diff "$scratch/want" "$scratch/got" | grep '^[<>]' | tr '<>' '-+' |
			head -n 8 | sed 's/^/#   /'
	}
	rm -f "$scratch/want"
done <"$scratch/list"
exit $failed
