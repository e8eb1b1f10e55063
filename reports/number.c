/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum { EXACT_DIGITS = 9 };

/* The significant digits and the decimal exponent of a finite positive value. Read from %e because it
 * rounds correctly; only its digits are taken, since the sign between them belongs to the locale. */
static size_t
split(double value, char ret_digits[EXACT_DIGITS], int *ret_exponent)
{
	char text[64];
	(void)snprintf(text, sizeof(text), "%.*e", EXACT_DIGITS - 1, value);
	const char *mark = strchr(text, 'e');
	size_t n = 0;
	for (const char *c = text; c < mark && n < EXACT_DIGITS; c++)
		if (*c >= '0' && *c <= '9')
			ret_digits[n++] = *c;
	while (n > 1 && ret_digits[n - 1] == '0')
		n--;
	int exponent = 0;
	for (const char *c = mark + 2; *c != '\0'; c++)
		exponent = exponent * 10 + (*c - '0');
	*ret_exponent = mark[1] == '-' ? -exponent : exponent;
	return n;
}

static void
put_fixed(struct ks_buf *buf, const char *digits, size_t n, int exponent)
{
	if (exponent < 0) {
		ks_buf_text(buf, "0.");
		ks_buf_fill(buf, '0', (size_t)(-exponent - 1));
		ks_buf_put(buf, digits, n);
		return;
	}
	size_t before = (size_t)exponent + 1;
	ks_buf_put(buf, digits, n < before ? n : before);
	if (n < before) {
		ks_buf_fill(buf, '0', before - n);
	} else if (n > before) {
		ks_buf_put(buf, ".", 1);
		ks_buf_put(buf, digits + before, n - before);
	}
}

void
ks_number_exact(struct ks_buf *buf, double value)
{
	assert(isfinite(value));
	if (fpclassify(value) == FP_ZERO) {
		ks_buf_put(buf, "0", 1); /* -0 too: a sign would tell nothing */
		return;
	}
	if (value < 0)
		ks_buf_put(buf, "-", 1);
	double magnitude = fabs(value);
	char digits[EXACT_DIGITS];
	int exponent;
	size_t n = split(magnitude, digits, &exponent);
	if (magnitude >= 1e-6 && magnitude < 1e15) {
		put_fixed(buf, digits, n, exponent);
		return;
	}
	put_fixed(buf, digits, n, 0);
	ks_buf_printf(buf, "e%d", exponent);
}

/* Three significant digits by integers, false when that needs more than three places before the point. */
static bool
put_three(struct ks_buf *buf, double value)
{
	static const struct {
		int64_t scale;
		int decimals;
	} steps[] = {{1000, 3}, {100, 2}, {10, 1}, {1, 0}};
	if (value >= 1000)
		return false;
	for (size_t i = 0; i < KS_COUNT(steps); i++) {
		int64_t scaled = llround(value * (double)steps[i].scale);
		if (scaled >= 1000)
			continue;
		if (steps[i].decimals == 0)
			ks_buf_printf(buf, "%" PRId64, scaled);
		else
			ks_buf_printf(buf, "%" PRId64 ".%0*" PRId64, scaled / steps[i].scale,
				      steps[i].decimals, scaled % steps[i].scale);
		return true;
	}
	return false;
}

void
ks_number_scaled(struct ks_buf *buf, double value, bool whole, const char *unit)
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
	const char *gap = unit[0] == '\0' ? "" : " ";
	double magnitude = fabs(value);
	if (magnitude >= 999.5e15) { /* behind the last prefix */
		ks_number_exact(buf, value);
		ks_buf_printf(buf, "%s%s", gap, unit);
		return;
	}
	if ((whole && magnitude < 10000) || fpclassify(value) == FP_ZERO) {
		ks_buf_printf(buf, "%" PRId64 "%s%s", (int64_t)value, gap, unit);
		return;
	}
	if (magnitude < 0.0005) {
		ks_buf_printf(buf, "%s0.001%s%s", value < 0 ? ">-" : "<", gap, unit);
		return;
	}
	if (value < 0)
		ks_buf_put(buf, "-", 1);
	size_t prefix = 0;
	while (!put_three(buf, magnitude) && prefix + 1 < KS_COUNT(prefixes)) {
		magnitude /= 1000;
		prefix++;
	}
	ks_buf_printf(buf, "%s%s%s", gap, prefixes[prefix], unit);
}

void
ks_number_share(struct ks_buf *buf, double share)
{
	double percent = share * 100;
	if (percent > 0 && percent < 0.01) {
		ks_buf_text(buf, "<0.01 %");
	} else if (percent > 99.9 && percent < 100) {
		ks_buf_text(buf, ">99.9 %");
	} else if (percent >= 100 && percent < 100.5) {
		ks_buf_text(buf, "100 %");
	} else {
		ks_number_scaled(buf, percent, /* whole= */ false, "%");
	}
}

void
ks_number_duration(struct ks_buf *buf, double seconds)
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	if (fabs(seconds) < 1) {
		ks_number_scaled(buf, seconds * 1000, /* whole= */ false, "ms");
		return;
	}
	if (fabs(seconds) < 10 || fabs(seconds) >= 1e15) {
		ks_number_scaled(buf, seconds, /* whole= */ fabs(seconds - trunc(seconds)) <= 0, "s");
		return;
	}
	if (seconds < 0)
		ks_buf_put(buf, "-", 1);
	int64_t rest = llround(fabs(seconds));
	size_t i = 0;
	while (rest < units[i].s)
		i++;
	ks_buf_printf(buf, "%" PRId64 " %s", rest / units[i].s, units[i].unit);
	rest %= units[i].s;
	if (i + 1 < KS_COUNT(units) && rest >= units[i + 1].s)
		ks_buf_printf(buf, " %" PRId64 " %s", rest / units[i + 1].s, units[i + 1].unit);
}

void
ks_number_time(struct ks_buf *buf, int64_t ns, unsigned digits, char separator)
{
	int64_t fraction = ns % KS_NS_PER_S;
	time_t s = (time_t)(ns / KS_NS_PER_S);
	if (fraction < 0) { /* C rounds towards zero, clocks do not */
		fraction += KS_NS_PER_S;
		s--;
	}
	struct tm tm;
	if (gmtime_r(&s, &tm) == NULL)
		return; /* cannot be: 64 bits of ns end in 2262 */
	if (separator != '\0')
		ks_buf_printf(buf, "%04d-%02d-%02d%c", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			      separator);
	ks_buf_printf(buf, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (digits > 0) {
		char decimals[10];
		(void)snprintf(decimals, sizeof(decimals), "%09u", (unsigned)fraction % 1000000000u);
		ks_buf_printf(buf, ".%.*s", (int)(digits < 9 ? digits : 9), decimals);
	}
	ks_buf_put(buf, "Z", 1);
}

/* Two digits, or -1. */
static int
pair(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9'
		       ? (at[0] - '0') * 10 + (at[1] - '0')
		       : -1;
}

/* "2026-11-21T22:47:00" as the store prints it, row after row: sscanf and timegm would be half of a picture's
 * time. */
static bool
parse_plain(const char *text, int64_t *ret_s)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	const int high = pair(text), low = pair(text + 2), month = pair(text + 5), day = pair(text + 8);
	const int hour = pair(text + 11), minute = pair(text + 14), second = pair(text + 17);
	const int year = 100 * high + low;
	if (high < 0 || low < 0 || year < 1970 || month < 1 || month > 12 || day < 1 || hour < 0 ||
	    minute < 0 || second < 0 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':')
		return false;
	const int past = year - (month < 3); /* the last year whose leap day, if any, is over */
	const int64_t leap_days = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);
	const int64_t days = (year - 1970) * INT64_C(365) + leap_days + before[month - 1] + day - 1;
	*ret_s = ((days * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

bool
ks_number_parse_time(const char *text, size_t n_text, int64_t *ret_s)
{
	enum { PLAIN = sizeof("2026-11-21T22:47:00") - 1 };
	struct tm tm = {0};
	int n = 0;
	char copy[40]; /* longer than any such time; a value of a row has no NUL */
	if (n_text >= sizeof(copy))
		return false;
	if (n_text > PLAIN && (text[PLAIN] == 'Z' || text[PLAIN] == '.') && parse_plain(text, ret_s))
		return true;
	memcpy(copy, text, n_text);
	copy[n_text] = '\0';
	if (sscanf(copy, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		   &tm.tm_min, &tm.tm_sec, &n) != 6 ||
	    (copy[n] != 'Z' && copy[n] != '.'))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_s = (int64_t)timegm(&tm);
	return true;
}
