/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/options.h"

#include <string.h>
#include <time.h>

#include "analyzer/cli/cli.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at `*text`, which is stepped over them. */
static bool
take_number(const char **text, uint64_t *ret)
{
	uint64_t value = 0;
	const char *at = *text;
	for (; is_digit(*at); at++)
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return false;
	if (at == *text)
		return false;
	*text = at;
	*ret = value;
	return true;
}

bool
ks_option_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	if (!take_number(&text, &value) || *text != '\0' || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool
ks_option_size(const char *text, uint64_t *ret_bytes)
{
	static const char letters[] = "KMGT";
	uint64_t value;
	if (!take_number(&text, &value))
		return false;
	if (*text != '\0') {
		const char upper = (char)(*text & ~0x20);
		const char *const unit = strchr(letters, upper);
		if (unit == NULL || upper == '\0')
			return false;
		text++;
		if (strcmp(text, "iB") == 0 || strcmp(text, "B") == 0)
			text = "";
		for (const char *step = letters; step <= unit; step++)
			if (__builtin_mul_overflow(value, 1024u, &value))
				return false;
	}
	if (*text != '\0')
		return false;
	*ret_bytes = value;
	return true;
}

/* ".5", up to nine decimals, or nothing. */
static bool
take_fraction(const char **text, int64_t *ret_ns)
{
	*ret_ns = 0;
	if (**text != '.')
		return true;
	const char *at = *text + 1;
	int64_t unit = KS_NS_PER_S / 10;
	for (; is_digit(*at) && unit > 0; at++, unit /= 10)
		*ret_ns += (*at - '0') * unit;
	if (at == *text + 1 || is_digit(*at))
		return false;
	*text = at;
	return true;
}

static bool
take_millionths(const char **text, uint64_t *ret)
{
	uint64_t whole;
	int64_t fraction_ns;
	if (!take_number(text, &whole) || !take_fraction(text, &fraction_ns) || fraction_ns % 1000 != 0 ||
	    __builtin_mul_overflow(whole, 1000000u, &whole) ||
	    __builtin_add_overflow(whole, (uint64_t)fraction_ns / 1000, &whole))
		return false;
	*ret = whole;
	return true;
}

bool
ks_option_millionths(const char *text, uint64_t min, uint64_t max, uint64_t *ret_millionths)
{
	uint64_t value;
	if (!take_millionths(&text, &value) || *text != '\0' || value < min || value > max)
		return false;
	*ret_millionths = value;
	return true;
}

bool
ks_option_share(const char *text, double *ret)
{
	uint64_t part, whole = 1000000;
	if (!take_millionths(&text, &part))
		return false;
	if (*text == '%')
		whole *= 100;
	if (*text == '/') {
		text++;
		if (!take_millionths(&text, &whole))
			return false;
	} else if (*text == '%') {
		text++;
	}
	if (*text != '\0' || part == 0 || part > whole)
		return false;
	*ret = (double)part / (double)whole;
	return true;
}

static bool
take_digits(const char **text, int n, int *ret)
{
	int value = 0;
	for (int i = 0; i < n; i++) {
		if (!is_digit((*text)[i]))
			return false;
		value = value * 10 + ((*text)[i] - '0');
	}
	*text += n;
	*ret = value;
	return true;
}

static bool
take_char(const char **text, const char *any)
{
	if (**text == '\0' || strchr(any, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

/* "Z" or "+hh:mm"; seconds east of UTC. */
static bool
take_offset(const char **text, int *ret_s)
{
	if (take_char(text, "Zz")) {
		*ret_s = 0;
		return true;
	}
	const int sign = **text == '-' ? -1 : 1;
	int hours, minutes;
	if (!take_char(text, "+-") || !take_digits(text, 2, &hours) || !take_char(text, ":") ||
	    !take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* RFC 3339 s5.6; the time of day may be left out. */
static bool
parse_calendar(const char *text, int64_t *ret_ns)
{
	struct tm tm = {0};
	int64_t fraction_ns = 0;
	int offset_s = 0;
	if (!take_digits(&text, 4, &tm.tm_year) || !take_char(&text, "-") ||
	    !take_digits(&text, 2, &tm.tm_mon) || !take_char(&text, "-") ||
	    !take_digits(&text, 2, &tm.tm_mday))
		return false;
	if (tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31)
		return false;
	if (*text != '\0') {
		if (!take_char(&text, "Tt ") || !take_digits(&text, 2, &tm.tm_hour) ||
		    !take_char(&text, ":") || !take_digits(&text, 2, &tm.tm_min) || !take_char(&text, ":") ||
		    !take_digits(&text, 2, &tm.tm_sec) || !take_fraction(&text, &fraction_ns) ||
		    !take_offset(&text, &offset_s) || *text != '\0')
			return false;
		if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
			return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	const int day = tm.tm_mday;
	const time_t t_s = timegm(&tm);
	/* timegm turns 31 April into 1 May; that is not what was meant. */
	if (tm.tm_mday != day)
		return false;
	if (t_s > INT64_MAX / KS_NS_PER_S / 2)
		return false;
	*ret_ns = (t_s - offset_s) * KS_NS_PER_S + fraction_ns;
	return true;
}

bool
ks_option_time(const char *text, int64_t *ret_ns)
{
	const char *at = text;
	uint64_t t_s;
	int64_t fraction_ns;
	if (take_number(&at, &t_s) && take_fraction(&at, &fraction_ns) && *at == '\0') {
		if (t_s > INT64_MAX / KS_NS_PER_S / 2)
			return false;
		*ret_ns = (int64_t)t_s * KS_NS_PER_S + fraction_ns;
		return true;
	}
	return parse_calendar(text, ret_ns);
}

int
ks_option_next(const char *verb, int argc, char **argv, const char *letters, const struct option *words)
{
	opterr = 0;
	const int option = getopt_long(argc, argv, letters, words, NULL);
	/* getopt_long has stepped over the word it could not use, wherever it stood. */
	const char *const said = argv[optind - 1];
	if (option == ':') {
		(void)ks_cli_usage(verb, "option %s needs an argument", said);
		return '?';
	}
	if (option == '?') {
		if (optopt != 0 && strncmp(said, "--", 2) != 0)
			(void)ks_cli_usage(verb, "no option -%c", optopt);
		else
			(void)ks_cli_usage(verb, "no option %s, or not in this form", said);
	}
	return option;
}
