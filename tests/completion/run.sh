#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh KEYSTORM FOLDER -- completion for bash and zsh: every verb, option, report and format that the help of the
# program names is offered. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: run.sh KEYSTORM FOLDER' >&2; exit 2; }
KEYSTORM=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(cd "$2" && pwd)
export KEYSTORM folder
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
touch some.db

bash_offers() { # bash_offers WORD...: what is offered for the last of them
	bash -c '. "$folder/keystorm.bash"; COMP_WORDS=("$KEYSTORM" "$@"); COMP_CWORD=$#; _keystorm; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
zsh_offers() { # zsh_offers FUNCTION ARGUMENT...
	KEYSTORM_COMPLETION_TEST=1 zsh -fc '. "$folder/_keystorm"; function=$1; shift; $function $KEYSTORM "$@" | sed "s/:.*//"' zsh "$@"
}

number=0 failed=0
check() { # check NAME: the files `want` and `got`: nothing wanted is missing
	number=$((number + 1))
	sort -u want >want.sorted
	sort -u got >got.sorted
	missing=$(comm -23 want.sorted got.sorted)
	if [ -z "$missing" ] && [ -s want ]; then
		echo "ok $number - $1"
	else
		failed=1
		echo "not ok $number - $1"
		printf '%s\n' "$missing" | sed 's/^/# missing: /'
		echo "$1" >&2
	fi
}
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP not installed"
}
# What there is, read from the help in a way of its own.
"$KEYSTORM" help | awk '/^  [a-z]/ { print $1 }' >verbs
"$KEYSTORM" report --help | awk '/^  [a-z]/ { print $1 }' >reports
echo all >>reports
options() { # options VERB
	"$KEYSTORM" "$1" --help | awk '/^ +-/ { for (i = 1; i <= NF && $i ~ /^-/; i++) { gsub(",", "", $i); print $i } }'
}

for shell in bash zsh; do
	command -v $shell >/dev/null 2>&1 || { skip "$shell"; continue; }
	[ $shell = bash ] && bash_offers '' >got || zsh_offers _keystorm_verbs >got
	cp verbs want
	check "$shell: verbs"
	[ $shell = bash ] && bash_offers report '' >got || zsh_offers _keystorm_reports >got
	cp reports want
	check "$shell: reports"
	while read -r verb; do
		options "$verb" >want 2>/dev/null
		[ -s want ] || continue
		case $verb in help | version) continue ;; esac
		[ $shell = bash ] && bash_offers "$verb" - >got || zsh_offers _keystorm_options "$verb" >got
		check "$shell: options of $verb"
	done <verbs
	printf '%s\n' text json csv svg html >want
	[ $shell = bash ] && bash_offers report summary -f '' >got || zsh_offers _keystorm_formats report >got
	check "$shell: formats of report"
	printf '%s\n' text json csv >want
	[ $shell = bash ] && bash_offers model -f '' >got || zsh_offers _keystorm_formats model >got
	check "$shell: formats of model"
done
if command -v bash >/dev/null 2>&1; then
	echo some.db >want
	bash_offers report summary -d so >got
	check 'bash: files'
fi
echo "1..$number"
exit $failed
