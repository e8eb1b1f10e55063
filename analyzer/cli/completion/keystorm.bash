# SPDX-License-Identifier: BSD-2-Clause
#
# Completion of keystorm(1) for bash. It asks the program what there is, so it knows what that version knows.

_keystorm_verbs() { # _keystorm_verbs PROGRAM
	"$1" help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'
}
_keystorm_options() { # _keystorm_options PROGRAM VERB
	"$1" "$2" --help 2>/dev/null | sed -n 's/^  *\(-[^ ].*\)/ \1/p' | sed 's/   .*//' | grep -oE -- '(^|[ ,])--?[a-z][a-z-]*' | tr -d ' ,'
	printf '%s\n' --help
}
_keystorm_reports() { # _keystorm_reports PROGRAM
	"$1" report --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  *[a-zA-Z].*/\1/p'
	printf '%s\n' all
}
_keystorm_formats() { # _keystorm_formats PROGRAM VERB: "text, json or csv (text)"
	"$1" "$2" --help 2>/dev/null | sed -n 's/.*--format FORMAT  *\([^(]*\).*/\1/p' | sed 's/ or /, /; s/,//g' | tr ' ' '\n'
}

_keystorm() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verb=${COMP_WORDS[1]} words='' i named=0
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_keystorm_verbs "$program") --help --version" -- "$cur")
		return
	fi
	case $prev in
	-f | --format) words=$(_keystorm_formats "$program" "$verb") ;;
	--vantage) words='A M R' ;;
	--step | --limit) words=all ;;
	--for) words='dnsdist nsd bind knot' ;;
	-i | --interface) words=$(ls /sys/class/net 2>/dev/null) ;;
	-d | --database | -o | --output | --rollovers | --zone-servers | --anonymize)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [ -z "$words" ]; then
		case $cur in
		-*) words=$(_keystorm_options "$program" "$verb") ;;
		*)
			if [ "$verb" = report ]; then
				for ((i = 2; i < COMP_CWORD; i++)); do
					case ${COMP_WORDS[i]} in
					-*) i=$((i + 1)) ;;
					*) named=1 ;;
					esac
				done
				[ "$named" = 1 ] || words=$(_keystorm_reports "$program")
			fi
			;;
		esac
	fi
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _keystorm keystorm
