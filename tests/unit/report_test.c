/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Documents against a store that is only tables in this file. */
#include "reports/report.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "reports/buf.h"
#include "reports/chart.h"
#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/prose.h"

/* --- a store made of tables --- */

#define V_INT(n) ((struct ks_value){.type = KS_VALUE_INT, .integer = (n)})
#define V_REAL(x) ((struct ks_value){.type = KS_VALUE_REAL, .real = (x)})
#define V_TEXT(s) ((struct ks_value){.type = KS_VALUE_TEXT, .text = (s), .n_text = sizeof(s) - 1})
#define V_NULL ((struct ks_value){.type = KS_VALUE_NULL})

struct fake {
	const char *name;
	const char *const *columns;
	size_t n_columns;
	const struct ks_value *values; /* rows, one after the other */
	size_t n_rows;
	size_t repeat;  /* the rows are served this many times; 0 and 1 are the same */
	size_t fail_at; /* row that cannot be read, counted from 1 */
};

struct ks_store {
	const struct fake *fakes;
	size_t n_fakes;
	struct ks_store_head head;
	bool head_fails;
	size_t opened, closed;
};

struct ks_rows {
	struct ks_store *store;
	const struct fake *fake;
	size_t next;
	struct ks_value *row; /* each text in memory of its own, without NUL, gone with the row */
};

static void
forget_row(struct ks_rows *rows)
{
	for (size_t i = 0; rows->row != NULL && i < rows->fake->n_columns; i++)
		free((void *)(uintptr_t)rows->row[i].text);
	free(rows->row);
	rows->row = NULL;
}

enum ks_error
ks_rows_open(struct ks_store *store, const char *name, const struct ks_query *query, struct ks_rows **ret,
	     struct ks_diag *diag)
{
	(void)query;
	for (size_t i = 0; i < store->n_fakes; i++)
		if (strcmp(store->fakes[i].name, name) == 0) {
			*ret = calloc(1, sizeof(**ret));
			**ret = (struct ks_rows){.store = store, .fake = &store->fakes[i]};
			store->opened++;
			return KS_SUCCESS;
		}
	/* Most summaries here have no signatures to speak of. */
	static const struct fake unsigned_zones = {.name = "signatures"};
	if (strcmp(name, "signatures") == 0) {
		*ret = calloc(1, sizeof(**ret));
		**ret = (struct ks_rows){.store = store, .fake = &unsigned_zones};
		store->opened++;
		return KS_SUCCESS;
	}
	return ks_diag_set(diag, KS_ERR_USAGE, "fake: no query %s", name);
}

size_t
ks_rows_columns(const struct ks_rows *rows)
{
	return rows->fake->n_columns;
}

const char *
ks_rows_column(const struct ks_rows *rows, size_t index)
{
	return rows->fake->columns[index];
}

enum ks_error
ks_rows_next(struct ks_rows *rows, bool *ret_have, struct ks_diag *diag)
{
	const struct fake *fake = rows->fake;
	forget_row(rows);
	if (rows->next + 1 == fake->fail_at)
		return ks_diag_set(diag, KS_ERR_DATABASE, "fake: row %zu is broken", rows->next);
	const size_t n_rows = fake->n_rows * (fake->repeat == 0 ? 1 : fake->repeat);
	*ret_have = rows->next < n_rows;
	if (!*ret_have)
		return KS_SUCCESS;
	rows->row = calloc(fake->n_columns, sizeof(*rows->row));
	for (size_t i = 0; i < fake->n_columns; i++) {
		rows->row[i] = fake->values[(rows->next % fake->n_rows) * fake->n_columns + i];
		if (rows->row[i].type == KS_VALUE_TEXT) {
			const char *text = rows->row[i].text;
			rows->row[i].text =
				memcpy(malloc(rows->row[i].n_text + 1), text, rows->row[i].n_text);
			/* realloc to the size: the sanitizer sees a read of even one byte more */
			if (rows->row[i].n_text > 0)
				rows->row[i].text =
					realloc((void *)(uintptr_t)rows->row[i].text, rows->row[i].n_text);
		}
	}
	rows->next++;
	return KS_SUCCESS;
}

struct ks_value
ks_rows_value(const struct ks_rows *rows, size_t index)
{
	cr_assert(index < rows->fake->n_columns);
	return rows->row[index];
}

void
ks_rows_close(struct ks_rows *rows)
{
	rows->store->closed++;
	forget_row(rows);
	free(rows);
}

enum ks_error
ks_store_read_head(struct ks_store *store, struct ks_store_head *ret, struct ks_diag *diag)
{
	if (store->head_fails)
		return ks_diag_set(diag, KS_ERR_DATABASE, "fake: no head");
	*ret = store->head;
	return KS_SUCCESS;
}

enum ks_error
ks_store_share(struct ks_store *store, enum ks_shared what, struct ks_diag *diag)
{
	(void)store, (void)what, (void)diag;
	return KS_SUCCESS;
}

enum ks_error
ks_store_count_subjects(struct ks_store *store, const struct ks_query *query, struct ks_subject_count *ret,
			struct ks_diag *diag)
{
	(void)store, (void)query, (void)diag;
	*ret = (struct ks_subject_count){.storms = 1, .sources = 1}; /* those of the rows below */
	return KS_SUCCESS;
}

enum ks_error
ks_store_read_caveats(struct ks_store *store, const char *name, struct ks_store_head *head,
		      struct ks_diag *diag)
{
	(void)store, (void)name, (void)head, (void)diag;
	return KS_SUCCESS;
}

/* --- what is in it --- */

/* 2026-11-21T22:47:00Z */
#define T0 INT64_C(1795301220)

#define HEAD_M                                                                                               \
	{                                                                                                    \
		.has_span = true, .first_ns = T0 * KS_NS_PER_S + 123456789,                                  \
		.last_ns = (T0 + 189) * KS_NS_PER_S + 500000000, .time_digits = 6, .vantage = "M"            \
	}

/* clang-format off */
static const char *const hitters_columns[] = {
	"rank", "source", "zone", "heavy", "queries", "err", "guaranteed", "share", "cum_share", "hot",
	"warm", "cool", "refresh", "rr", "memory_class", "sci", "spray", "median_gap_ms", "response_bytes",
	"tags", "fingerprint", "verdict", "first", "last",
};
static const struct ks_value hitters_values[] = {
	V_INT(1), V_TEXT("192.0.2.1"), V_TEXT("."), V_INT(1), V_INT(123456), V_INT(0), V_INT(1),
	V_REAL(0.75), V_REAL(0.75), V_INT(120000), V_INT(12), V_INT(0), V_INT(3), V_REAL(0.97210), V_NULL,
	V_NULL, V_NULL, V_NULL, V_INT(141974400), V_NULL, V_NULL, V_NULL,
	V_TEXT("2026-11-21T22:47:00.123456Z"), V_TEXT("2026-11-21T22:50:09.000001Z"), V_INT(2),
	V_TEXT("2001:db8::53"), V_TEXT("example.com."), V_INT(0), V_INT(812), V_INT(7), V_INT(0),
	V_REAL(0.00493), V_REAL(0.75493), V_INT(0), V_INT(0), V_INT(0), V_INT(812), V_REAL(0), V_NULL,
	V_NULL, V_NULL, V_NULL, V_INT(9999), V_NULL, V_NULL, V_NULL, V_TEXT("2026-11-21T22:47:01.000000Z"),
	V_TEXT("2026-11-21T22:49:00.000000Z"),
};
/* clang-format on */
static_assert(KS_COUNT(hitters_values) == 2 * KS_COUNT(hitters_columns), "two hitters");

static const char *const mixed_columns[] = {"queries", "note", "share", "tc"};
/* clang-format off */
static const struct ks_value mixed_values[] = {
	V_INT(-9223372036854775807 - 1), V_TEXT("=1+1, \"x\""), V_REAL(1.0 / 3), V_INT(1), V_NULL,
	V_TEXT("a\033[2Jb\xff\xc2\x9b\xe2\x80\xae" "c\0d\n"), V_REAL(NAN), V_INT(0), V_INT(7), V_TEXT(""),
	V_REAL(INFINITY), V_NULL,
};
/* clang-format on */

#define FAKE(of, prefix)                                                                                     \
	{                                                                                                    \
		.name = of, .columns = prefix##_columns, .n_columns = KS_COUNT(prefix##_columns),            \
		.values = prefix##_values, .n_rows = KS_COUNT(prefix##_values) / KS_COUNT(prefix##_columns)  \
	}
#define FAKE_EMPTY(of, prefix)                                                                               \
	{                                                                                                    \
		.name = of, .columns = prefix##_columns, .n_columns = KS_COUNT(prefix##_columns),            \
		.values = prefix##_values, .n_rows = 0                                                       \
	}

/* The document as a string to free; asserts that it could be written. */
static char *
written(struct ks_store *store, struct ks_report_request request)
{
	char *text = NULL;
	size_t n = 0;
	struct ks_diag diag = {""};
	request.out = open_memstream(&text, &n);
	request.tool = "keystorm 0.1.0";
	const enum ks_error error = ks_report_write(store, &request, &diag);
	(void)fclose(request.out);
	cr_assert(eq(int, error, KS_SUCCESS), "%s %s: %s", request.name, request.format, diag.text);
	cr_assert(eq(sz, store->opened, store->closed), "%s: rows left open", request.name);
	cr_assert(eq(sz, n, strlen(text)), "%s: a NUL got out", request.name);
	return text;
}

static void
expect(struct ks_store *store, const struct ks_report_request request, const char *want)
{
	char *got = written(store, request);
	cr_assert(eq(str, got, (char *)(uintptr_t)want));
	free(got);
}

static bool
has(const char *text, const char *piece)
{
	return strstr(text, piece) != NULL;
}

static bool
lacks(const char *text, const char *piece)
{
	return strstr(text, piece) == NULL;
}

/* Well-formed UTF-8, nothing hidden but line ends; ASCII only unless `unicode`. */
static void
expect_harmless(const char *text, size_t n, bool unicode, const char *what)
{
	for (size_t i = 0; i < n;) {
		uint32_t code = 0;
		const size_t length = ks_utf8_next(text + i, n - i, &code);
		cr_assert(length > 0, "%s: malformed byte %02x at %zu", what, (unsigned)(uint8_t)text[i], i);
		cr_assert(code == '\n' || !ks_utf8_hidden(code), "%s: U+%04X at %zu", what, (unsigned)code,
			  i);
		cr_assert(unicode || code < 0x7f, "%s: U+%04X is not ASCII", what, (unsigned)code);
		i += length;
	}
}

/* --- numbers --- */

static void
exact(struct ks_buf *buf, double value)
{
	ks_number_exact(buf, value);
}
static void
scaled(struct ks_buf *buf, double value)
{
	ks_number_scaled(buf, value, false, "b/s");
}
static void
whole(struct ks_buf *buf, double value)
{
	ks_number_scaled(buf, value, true, "");
}

/* clang-format off */
static const struct {
	void (*print)(struct ks_buf *, double);
	double value;
	const char *want;
} numbers[] = {
	{exact, 0, "0"}, {exact, -0.0, "0"}, {exact, 1, "1"}, {exact, -1.5, "-1.5"}, {exact, 0.1, "0.1"},
	{exact, 1.0 / 3, "0.333333333"}, {exact, 2.0 / 3, "0.666666667"}, {exact, 100, "100"},
	{exact, 1e-6, "0.000001"}, {exact, 1.25e-6, "0.00000125"}, {exact, 9.9e-7, "9.9e-7"},
	{exact, 999999999.5, "1000000000"}, {exact, 123456789012.0, "123456789000"},
	{exact, 999999999999999.0, "1000000000000000"}, {exact, 1e15, "1e15"},
	{exact, -1.25e300, "-1.25e300"}, {exact, 5e-324, "4.94065646e-324"}, {exact, 28.512, "28.512"},
	{exact, 1.667, "1.667"}, {scaled, 0, "0 b/s"}, {scaled, 0.0004, "<0.001 b/s"},
	{scaled, 0.083, "0.083 b/s"}, {scaled, 1, "1.00 b/s"}, {scaled, 9.996, "10.0 b/s"},
	{scaled, 999.4, "999 b/s"}, {scaled, 999.6, "1.00 kb/s"}, {scaled, 28512000, "28.5 Mb/s"},
	{scaled, 1e12, "1.00 Tb/s"}, {scaled, 999e15, "999 Pb/s"}, {scaled, 999.9e15, "9.999e17 b/s"},
	{scaled, 1e300, "1e300 b/s"}, {scaled, -1500, "-1.50 kb/s"}, {whole, 9999, "9999"},
	{whole, 10000, "10.0k"}, {whole, -12, "-12"}, {whole, 1148328919, "1.15G"},
	{whole, 9223372036854775807.0, "9.22337204e18"}, {ks_number_share, 0, "0 %"},
	{ks_number_share, 0.4512, "45.1 %"}, {ks_number_share, 0.0001, "0.010 %"},
	{ks_number_share, 0.00001, "<0.01 %"}, {ks_number_share, 1, "100 %"},
	{ks_number_share, 0.99999, ">99.9 %"}, {ks_number_share, -0.25, "-25.0 %"},
	{ks_number_share, 1.5, "150 %"}, {ks_number_duration, 0, "0 ms"},
	{ks_number_duration, 0.1218, "122 ms"}, {ks_number_duration, 5, "5 s"}, {ks_number_duration, 9.5, "9.50 s"},
	{ks_number_duration, 59.4, "59 s"}, {ks_number_duration, 59.6, "1 min"},
	{ks_number_duration, 189.4, "3 min 9 s"}, {ks_number_duration, 3600, "1 h"},
	{ks_number_duration, 3660, "1 h 1 min"}, {ks_number_duration, 187200, "2 d 4 h"},
};
/* clang-format on */

Test(report, a_figure_has_one_look)
{
	for (size_t i = 0; i < KS_COUNT(numbers); i++) {
		struct ks_buf buf = {0};
		numbers[i].print(&buf, numbers[i].value);
		cr_assert(eq(str, (char *)(uintptr_t)ks_buf_string(&buf), (char *)(uintptr_t)numbers[i].want),
			  "row %zu, %.17g", i, numbers[i].value);
		ks_buf_done(&buf);
	}
}

Test(report, an_exact_number_keeps_nine_digits_and_reads_back)
{
	uint64_t random = 88172645463325252u;
	for (int i = 0; i < 20000; i++) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		double value;
		memcpy(&value, &random, sizeof(value));
		if (!isfinite(value))
			continue;
		if (i % 2 == 0) /* half of them where rates live */
			value = ldexp(frexp(value, &(int){0}), i % 50 - 20);
		struct ks_buf buf = {0};
		ks_number_exact(&buf, value);
		const double back = strtod(buf.at, NULL);
		cr_assert(fabs(back - value) <= fabs(value) * 5.1e-9 || fabs(value) < 1e-300, "%.17g as %s",
			  value, buf.at);
		const bool plain = fabs(value) >= 1e-6 && fabs(value) < 1e15;
		cr_assert(eq(int, strchr(buf.at, 'e') == NULL, plain), "%.17g as %s", value, buf.at);
		ks_buf_done(&buf);
	}
}

static const struct {
	int64_t ns;
	unsigned digits;
	char separator;
	const char *want;
} times[] = {
	{0, 0, 'T', "1970-01-01T00:00:00Z"},
	{T0 * KS_NS_PER_S + 123456789, 6, 'T', "2026-11-21T22:47:00.123456Z"},
	{T0 * KS_NS_PER_S + 999999999, 0, ' ', "2026-11-21 22:47:00Z"},
	{T0 * KS_NS_PER_S + 1, 9, '\0', "22:47:00.000000001Z"},
	{-1, 9, 'T', "1969-12-31T23:59:59.999999999Z"},
	{-1, 200, 'T', "1969-12-31T23:59:59.999999999Z"},
	{INT64_MAX, 0, 'T', "2262-04-11T23:47:16Z"},
	{INT64_MIN, 0, 'T', "1677-09-21T00:12:43Z"},
};

Test(report, a_time_is_cut_never_rounded)
{
	for (size_t i = 0; i < KS_COUNT(times); i++) {
		struct ks_buf buf = {0};
		ks_number_time(&buf, times[i].ns, times[i].digits, times[i].separator);
		cr_assert(eq(str, buf.at, (char *)(uintptr_t)times[i].want), "row %zu", i);
		ks_buf_done(&buf);
	}
	int64_t s = 0;
	cr_assert(ks_number_parse_time("2026-11-21T22:47:00Z", 20, &s));
	cr_assert(eq(i64, s, T0));
	cr_assert(ks_number_parse_time("2026-11-21T22:47:00.123456Z", 27, &s));
	cr_assert(ks_number_parse_time("2026-11-21", 10, &s) == false);
	cr_assert(ks_number_parse_time("yesterday", 9, &s) == false);
	cr_assert(ks_number_parse_time("", 0, &s) == false);
	cr_assert(ks_number_parse_time("2026-11-21T22:47:00", 19, &s) == false);
	cr_assert(ks_number_parse_time("2026-11-2aT22:47:00Z", 20, &s) == false);
}

Test(report, a_time_is_read_as_the_c_library_reads_it)
{
	for (int64_t want = -100 * INT64_C(86400); want < INT64_C(9223372036); want += 86399 * 3) {
		char text[40];
		int64_t got = 0;
		struct tm tm;
		const time_t t = (time_t)want;
		const size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
		cr_assert(ks_number_parse_time(text, n, &got), "%s", text);
		cr_assert(eq(i64, got, want), "%s", text);
	}
}

/* --- hostile text --- */

static void
terminal(struct ks_buf *buf, const char *text, size_t n)
{
	ks_escape_terminal(buf, text, n, true);
}
static void
dumb_terminal(struct ks_buf *buf, const char *text, size_t n)
{
	ks_escape_terminal(buf, text, n, false);
}

#define S(text) text, sizeof(text) - 1
static const struct {
	const char *what;
	void (*escape)(struct ks_buf *, const char *, size_t);
	const char *text;
	size_t n;
	const char *want;
} escapes[] = {
	{"plain json", ks_escape_json, S("a.b\xc3\xa9"), "\"a.b\xc3\xa9\""},
	{"json marks", ks_escape_json, S("\"\\/"), "\"\\\"\\\\/\""},
	{"json controls", ks_escape_json, S("\0\n\033\x7f\xc2\x9b"),
	 "\"\\u0000\\u000a\\u001b\\u007f\\u009b\""},
	{"json malformed", ks_escape_json, S("a\xff\xc3"), "\"a\\ufffd\\ufffd\""},
	{"json overlong slash", ks_escape_json, S("\xc0\xaf"), "\"\\ufffd\\ufffd\""},
	{"json surrogate", ks_escape_json, S("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\""},
	{"json last surrogate", ks_escape_json, S("\xed\xbf\xbf"), "\"\\ufffd\\ufffd\\ufffd\""},
	{"json beyond unicode", ks_escape_json, S("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
	{"json bidi override", ks_escape_json, S("\xe2\x80\xae"), "\"\\u202e\""},
	{"json tag character", ks_escape_json, S("\xf3\xa0\x81\x81"), "\"\\udb40\\udc41\""},
	{"json emoji stays", ks_escape_json, S("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\""},
	{"csv plain", ks_escape_csv, S("example.com."), "example.com."},
	{"csv empty", ks_escape_csv, S(""), ""},
	{"csv comma and quote", ks_escape_csv, S("a,\"b\""), "\"a,\"\"b\"\"\""},
	{"csv formula", ks_escape_csv, S("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0"},
	{"csv formula, quoted", ks_escape_csv, S("@x,y"), "\"'@x,y\""},
	{"csv minus", ks_escape_csv, S("-1"), "'-1"},
	{"csv plus", ks_escape_csv, S("+1"), "'+1"},
	{"csv tab", ks_escape_csv, S("\t=1"), "'\\x09=1"},
	{"csv carriage return", ks_escape_csv, S("\r=1"), "'\\x0d=1"},
	{"csv line end", ks_escape_csv, S("a\nb"), "a\\x0ab"},
	{"csv malformed", ks_escape_csv, S("\xff"), "\\xff"},
	{"csv edge space", ks_escape_csv, S(" a"), "\" a\""},
	{"escape sequence", terminal, S("\033]0;owned\a"), "\\x1b]0;owned\\x07"},
	{"C1 CSI", terminal,
	 S("\xc2\x9b"
	   "31m"),
	 "\\xc2\\x9b31m"},
	{"raw C1 byte", terminal,
	 S("\x9b"
	   "31m"),
	 "\\x9b31m"},
	{"bidi isolate", terminal, S("\xe2\x81\xa6x"), "\\xe2\\x81\\xa6x"},
	{"letters stay", terminal, S("\xc3\xa9"), "\xc3\xa9"},
	{"letters on a dumb terminal", dumb_terminal, S("\xc3\xa9"), "\\xc3\\xa9"},
	{"cut character", terminal, S("\xe2\x81"), "\\xe2\\x81"},
	{"shell plain", ks_escape_shell, S("/var/db/x-1.db"), "/var/db/x-1.db"},
	{"shell nothing", ks_escape_shell, S(""), "''"},
	{"shell space", ks_escape_shell, S("a b"), "'a b'"},
	{"shell quote", ks_escape_shell, S("a'b;reboot"), "'a'\\''b;reboot'"},
	{"shell backslash", ks_escape_shell, S("\\000."), "'\\000.'"},
	{"shell expansion", ks_escape_shell, S("$(id)`id`"), "'$(id)`id`'"},
	{"shell escape byte", ks_escape_shell, S("a\033'\\1"), "$'a\\033\\'\\1341'"},
};

Test(report, hostile_text_is_disarmed)
{
	for (size_t i = 0; i < KS_COUNT(escapes); i++) {
		struct ks_buf buf = {0};
		escapes[i].escape(&buf, escapes[i].text, escapes[i].n);
		cr_assert(eq(str, (char *)(uintptr_t)ks_buf_string(&buf), (char *)(uintptr_t)escapes[i].want),
			  "%s", escapes[i].what);
		ks_buf_done(&buf);
	}
}

Test(report, no_byte_pair_gets_through_any_escape)
{
	static void (*const all[])(struct ks_buf *, const char *, size_t) = {
		ks_escape_json, ks_escape_csv, terminal, dumb_terminal, ks_escape_shell};
	static const char *const before[] = {"", "\xe2", "\xe2\x80", "\xf3\xa0", "\"", "\\"};
	for (unsigned pair = 0; pair < 0x10000; pair++)
		for (size_t i = 0; i < KS_COUNT(before); i++) {
			char text[8];
			size_t n = strlen(before[i]);
			memcpy(text, before[i], n);
			text[n++] = (char)(pair >> 8);
			text[n++] = (char)(pair & 0xff);
			struct ks_buf buf = {0};
			const size_t which = (pair + i) % KS_COUNT(all);
			all[which](&buf, text, n);
			expect_harmless(buf.at, buf.n, which < 3, "pair");
			cr_assert(memchr(buf.at, '\n', buf.n) == NULL);
			ks_buf_done(&buf);
		}
}

Test(report, utf8_never_reads_behind_the_end)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *base = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cr_assert(base != MAP_FAILED && mprotect(base + page, page, PROT_NONE) == 0);
	for (int first = 0; first < 256; first++)
		for (size_t n = 1; n <= 4; n++) {
			char *at = base + page - n;
			memset(at, 0x80, n);
			at[0] = (char)first;
			uint32_t code;
			const size_t length = ks_utf8_next(at, n, &code);
			cr_assert(length <= n);
		}
	(void)munmap(base, 2 * page);
}

/* --- formats --- */

Test(report, json_is_the_envelope_with_one_row_a_line)
{
	const struct fake fakes[] = {FAKE("sources", mixed)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	(void)snprintf(store.head.caveats[0], sizeof(store.head.caveats[0]), "one \"input\" was cut\033");
	(void)snprintf(store.head.caveats[1], sizeof(store.head.caveats[1]), "two");
	store.head.n_caveats = 2;
	expect(&store, (struct ks_report_request){.name = "sources", .format = "json"},
	       "{\"report\": \"sources\", \"version\": 1, \"tool\": \"keystorm 0.1.0\", \"span\": {\"from\": "
	       "\"2026-11-21T22:47:00.123456Z\", \"to\": \"2026-11-21T22:50:09.500000Z\"}, \"vantage\": "
	       "\"M\", "
	       "\"caveats\": [\"one \\\"input\\\" was cut\\u001b\", \"two\"], \"rows\": [\n"
	       "{\"queries\": -9223372036854775808, \"note\": \"=1+1, \\\"x\\\"\", \"share\": 0.333333333, "
	       "\"tc\": true},\n"
	       "{\"queries\": null, \"note\": \"a\\u001b[2Jb\\ufffd\\u009b\\u202ec\\u0000d\\u000a\", "
	       "\"share\": null, "
	       "\"tc\": false},\n"
	       "{\"queries\": 7, \"note\": \"\", \"share\": null, \"tc\": null}\n"
	       "]}\n");
}

Test(report, json_of_nothing_is_an_empty_list)
{
	const struct fake fakes[] = {FAKE_EMPTY("storms", mixed)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1};
	expect(&store, (struct ks_report_request){.name = "storms", .format = "json"},
	       "{\"report\": \"storms\", \"version\": 1, \"tool\": \"keystorm 0.1.0\", \"span\": {\"from\": "
	       "null, "
	       "\"to\": null}, \"vantage\": null, \"caveats\": [], \"rows\": []}\n");
}

Test(report, csv_has_a_header_and_bare_line_ends)
{
	const struct fake fakes[] = {FAKE("sources", mixed), FAKE_EMPTY("storms", mixed)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 2, .head = HEAD_M};
	expect(&store, (struct ks_report_request){.name = "sources", .format = "csv"},
	       "queries,note,share,tc\n"
	       "-9223372036854775808,\"'=1+1, \"\"x\"\"\",0.333333333,1\n"
	       ",a\\x1b[2Jb\\xff\\xc2\\x9b\\xe2\\x80\\xaec\\x00d\\x0a,,0\n"
	       "7,,,\n");
	expect(&store, (struct ks_report_request){.name = "storms", .format = "csv"},
	       "queries,note,share,tc\n");
}

Test(report, text_fits_eighty_columns_and_says_what_it_left_out)
{
	const struct fake fakes[] = {FAKE("hitters", hitters)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	(void)snprintf(store.head.caveats[0], sizeof(store.head.caveats[0]), "some sources were dropped");
	store.head.n_caveats = 1;
	expect(&store,
	       (struct ks_report_request){
		       .name = "hitters", .format = "text", .width = 80, .database = "keystorm.db"},
	       "keystorm hitters - 2026-11-21 22:47:00Z to 22:50:09Z (3 min 9 s), vantage M\n"
	       "\n"
	       "#  source        zone          heavy  queries    share   hot  requeries  verdict\n"
	       "1  192.0.2.1     .             yes       123k   75.0 %  120k     97.2 %  -\n"
	       "2  2001:db8::53  example.com.  no         812  0.493 %     0        0 %  -\n"
	       "\n"
	       "more columns: err, guaranteed, cum_share, warm, cool, refresh, memory_class,\n"
	       "              sci, spray, median_gap_ms, response_bytes, tags, fingerprint,\n"
	       "              first, last (-f csv has them)\n"
	       "caveat: some sources were dropped\n"
	       "next: keystorm report sequence --source 192.0.2.1\n");
}

Test(report, text_without_a_width_leaves_nothing_out)
{
	const struct fake fakes[] = {FAKE("hitters", hitters)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got = written(&store, (struct ks_report_request){.name = "hitters", .format = "text"});
	cr_assert(lacks(got, "more columns"));
	cr_assert(has(got, "142 MB"), "bytes are scaled");
	cr_assert(has(got, "2026-11-21 22:47:00Z  2026-11-21 22:50:09Z"), "first and last to the second:\n%s",
		  got);
	free(got);
}

Test(report, of_equal_columns_the_rightmost_leaves_first)
{
	static const char *const columns[] = {"left", "middle", "right"};
	static const struct ks_value values[] = {V_TEXT("aaaaaaaaaaaaaaa"), V_TEXT("bbbbbbbbbbbbbbb"),
						 V_INT(1)};
	const struct fake fakes[] = {{"sources", columns, 3, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got =
		written(&store, (struct ks_report_request){.name = "sources", .format = "text", .width = 34});
	cr_assert(has(got, "\naaaaaaaaaaaaaaa  bbbbbbbbbbbbbbb\n") && has(got, "more columns: right"), "%s",
		  got);
	cr_assert(has(got, "\nnext: keystorm report quality\n"), "no source to name:\n%s", got);
	free(got);
}

Test(report, a_column_of_the_core_stays_even_when_all_of_it_is_unknown)
{
	static const char *const columns[] = {"zone", "start", "end", "lag_s", "severity"};
	static const struct ks_value values[] = {V_TEXT("."), V_TEXT("2026-11-21T22:48:00Z"), V_NULL, V_NULL,
						 V_INT(3)};
	const struct fake fakes[] = {{"storms", columns, 5, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got =
		written(&store, (struct ks_report_request){.name = "storms", .format = "text", .width = 32});
	cr_assert(has(got, "\nzone  start                 end\n.     2026-11-21 22:48:00Z  -\n"), "%s", got);
	cr_assert(has(got, "more columns: lag_s, severity"), "%s", got);
	free(got);
}

Test(report, text_never_passes_the_edge)
{
	const struct fake fakes[] = {FAKE("hitters", hitters), FAKE("quality", mixed),
				     FAKE_EMPTY("storms", mixed)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 3, .head = HEAD_M};
	(void)snprintf(store.head.caveats[0], sizeof(store.head.caveats[0]),
		       "a caveat that is long enough to be folded several times on a narrow terminal, with "
		       "oneverylongwordthatdoesnotfitanywhereatallandmustbebrokenbyforce");
	store.head.n_caveats = 1;
	static const char *const names[] = {"hitters", "quality", "storms"};
	for (size_t i = 0; i < KS_COUNT(names); i++)
		for (unsigned width = 1; width < 260; width++) {
			char *got =
				written(&store, (struct ks_report_request){
							.name = names[i], .format = "text", .width = width});
			for (char *line = strtok(got, "\n"); width >= 40 && line != NULL;
			     line = strtok(NULL, "\n"))
				cr_assert(strlen(line) <= width || strncmp(line, "next: ", 6) == 0, "%u: %s",
					  width, line);
			free(got);
		}
}

Test(report, text_of_hostile_rows_is_harmless)
{
	const struct fake fakes[] = {FAKE("sources", mixed), FAKE("sequence", mixed), FAKE("totals", mixed)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 3, .head = HEAD_M};
	(void)snprintf(store.head.caveats[0], sizeof(store.head.caveats[0]),
		       "\033c \xe2\x80\xae \xff caf\xc3\xa9");
	store.head.n_caveats = 1;
	static const char *const names[] = {"sources", "sequence", "totals"};
	static const char *const forms[] = {"text", "csv", "json"};
	for (size_t i = 0; i < KS_COUNT(names) * KS_COUNT(forms) * 2; i++) {
		const bool unicode = i % 2 == 0;
		struct ks_report_request request = {.name = names[i / 2 % 3],
						    .format = forms[i / 6],
						    .width = 60,
						    .database = "a\033[2J b.db",
						    .unicode = unicode};
		char *got = written(&store, request);
		expect_harmless(got, strlen(got), unicode || i >= 6, request.name);
		free(got);
	}
}

Test(report, a_long_note_folds_under_itself)
{
	static const char *const columns[] = {"counter", "value", "note", "kind"};
	static const struct ks_value values[] = {V_TEXT("not_dns"), V_INT(12345),
						 V_TEXT("neither end is a DNS port; add ports with --port"),
						 V_TEXT("packet")};
	const struct fake fakes[] = {{"quality", columns, 4, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got =
		written(&store, (struct ks_report_request){.name = "quality", .format = "text", .width = 46});
	cr_assert(has(got, "\ncounter  value  note\n"
			   "not_dns  12.3k  neither end is a DNS port; add\n"
			   "                ports with --port\n"
			   "\n"
			   "more columns: kind (-f csv has them)\n"),
		  "%s", got);
	free(got);
}

Test(report, a_warning_without_room_stands_below_its_row)
{
	static const char *const columns[] = {"zone", "t", "event", "phase", "warning", "rfc9520", "detail"};
	static const struct ks_value values[] = {
		V_TEXT("."),
		V_TEXT("2026-11-21T22:47:00.123456Z"),
		V_TEXT("SIGNER_CHANGED"),
		V_TEXT("ksk-activate"),
		V_TEXT("HOLD_DOWN: a key signs alone"),
		V_TEXT("violates"),
		V_TEXT("50527 -> 18850"),
		V_TEXT("."),
		V_TEXT("2026-11-21T22:47:01.123456Z"),
		V_TEXT("KEY_ADDED"),
		V_NULL,
		V_NULL,
		V_TEXT("caches"),
		V_NULL,
	};
	const struct fake fakes[] = {{"rollovers", columns, 7, values, 2, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	for (unsigned width = 80; width >= 56; width -= 8) {
		char *got = written(&store, (struct ks_report_request){
						    .name = "rollovers", .format = "text", .width = width});
		cr_expect(has(got, "HOLD_DOWN"), "%s", got);
		cr_expect(has(got, "violates"), "%s", got);
		cr_expect(width > 72 || has(got, "SIGNER_CHANGED\n      phase: ksk-activate; warning: "),
			  "%s", got);
		cr_expect(not(has(got, "KEY_ADDED\n      ")), "%s", got);
		free(got);
	}
}

Test(report, one_record_is_printed_downwards)
{
	static const char *const columns[] = {"packets", "response_bytes", "tcp"};
	static const struct ks_value values[] = {V_INT(1234567), V_INT(1425), V_NULL};
	const struct fake fakes[] = {{"totals", columns, 3, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got =
		written(&store, (struct ks_report_request){.name = "totals", .format = "text", .width = 80});
	cr_assert(has(got, "\n\npackets         1.23M\nresponse_bytes  1425 B\ntcp             -\n\nnext: "),
		  "%s", got);
	free(got);
}

static size_t
lines_like(const char *text, const char *line)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
		n++;
	return n;
}

Test(report, a_long_series_ends_on_the_screen_or_goes_on_in_the_layout_of_its_beginning)
{
	static const char *const columns[] = {"t", "in_bps", "out_bps"};
	static const struct ks_value values[] = {V_TEXT("2026-11-21T22:47:00Z"), V_REAL(1e6),
						 V_REAL(12345678)};
	static const struct {
		const char *what;
		size_t n_rows;
		int64_t limit;
		size_t n_lines, n_more;
	} rows[] = {
		{"all of a short one", 2048, 0, 2048, 0},
		{"one more is too long", 2049, 0, 2048, 1},
		{"a long one", 5000, 0, 2048, 1},
		{"unless every row is asked for", 5000, -1, 5000, 0},
		{"or as many", 5000, 5000, 5000, 0},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct fake fakes[] = {{"traffic", columns, 3, values, 1, rows[i].n_rows, 0}};
		struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
		char *got = written(&store, (struct ks_report_request){.name = "traffic",
								       .format = "text",
								       .width = 80,
								       .query = {.limit = rows[i].limit}});
		cr_expect(eq(sz, lines_like(got, "2026-11-21 22:47:00Z  1.00 Mb/s  12.3 Mb/s\n"),
			     rows[i].n_lines),
			  "%s", rows[i].what);
		cr_expect(eq(sz, lines_like(got, "\n\nthe first 2048 rows; --limit all has every one\n"),
			     rows[i].n_more),
			  "%s", rows[i].what);
		free(got);
	}
}

Test(report, every_report_says_what_its_emptiness_means)
{
	for (const struct ks_report_name *report = ks_report_names; report->name != NULL; report++) {
		if (report->text != NULL)
			continue;
		const struct fake fakes[] = {{report->name, mixed_columns, 4, mixed_values, 0, 0, 0}};
		struct ks_store store = {.fakes = fakes, .n_fakes = 1};
		struct ks_report_request request = {.name = report->name, .format = "text", .width = 80};
		char *got = written(&store, request);
		cr_assert(has(got, "- no packets\n\nno") && has(got, "\nnext: keystorm report "), "%s", got);
		cr_assert(lacks(got, "{") && lacks(got, "the part you asked for"), "%s", got);
		free(got);
		request.query.zone = "example.";
		got = written(&store, request);
		cr_assert(has(got, "the part you asked for"), "%s", got);
		free(got);
	}
}

Test(report, the_next_command_can_be_copied)
{
	static const char *const columns[] = {"zone", "start"};
	static const struct ks_value values[] = {V_TEXT("a\\;b'.example."), V_NULL};
	const struct fake fakes[] = {{"storms", columns, 2, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got = written(
		&store, (struct ks_report_request){
				.name = "storms", .format = "text", .width = 80, .database = "my storm.db"});
	cr_assert(has(got, "\nnext: keystorm report hitters --zone 'a\\;b'\\''.example.' -d 'my storm.db'\n"),
		  "%s", got);
	free(got);
}

/* --- colours --- */

Test(report, colours_only_where_they_are_welcome)
{
	static const char *const columns[] = {"zone"};
	static const struct ks_value values[] = {V_TEXT("example.")};
	const struct fake fakes[] = {{"storms", columns, 1, values, 1, 0, 0}};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	struct ks_report_request request = {.name = "storms", .format = "text", .width = 80, .colour = true};
	char *got = written(&store, request);
	cr_assert(has(got, "\x1b[1mkeystorm storms") && has(got, "\x1b[1mzone\x1b[0m\n"), "%s", got);
	free(got);
	request.colour = false;
	got = written(&store, request);
	cr_assert(lacks(got, "\x1b"), "%s", got);
	free(got);
	request.colour = true;
	request.format = "csv";
	got = written(&store, request);
	cr_assert(lacks(got, "\x1b"), "%s", got);
	free(got);
}

/* --- markup --- */

static const struct {
	const char *what, *text, *markup, *json;
} marked[] = {
	{"plain", "example.com.", "example.com.", "\"example.com.\""},
	{"a tag", "<a b='c'>", "&lt;a b=&#39;c&#39;&gt;", "\"\\u003ca b='c'\\u003e\""},
	{"an entity", "&lt;", "&amp;lt;", "\"\\u0026lt;\""},
	{"the end of a script", "</script>", "&lt;/script&gt;", "\"\\u003c/script\\u003e\""},
	{"the end of an attribute", "\" x=\"", "&quot; x=&quot;", "\"\\\" x=\\\"\""},
	{"an escape sequence", "\x1b[31m", "\\x1b[31m", "\"\\u001b[31m\""},
	{"no character", "\xef\xbf\xbf", "\\xef\\xbf\\xbf", "\"\\uffff\""},
	{"no UTF-8", "\xff", "\\xff", "\"\\ufffd\""},
	{"nothing", "", "", "\"\""},
};

Test(report, markup_stays_text)
{
	for (size_t i = 0; i < KS_COUNT(marked); i++) {
		struct ks_buf markup = {0}, json = {0};
		ks_escape_markup(&markup, marked[i].text, strlen(marked[i].text));
		ks_escape_script_json(&json, marked[i].text, strlen(marked[i].text));
		cr_assert(eq(str, (char *)(uintptr_t)ks_buf_string(&markup),
			     (char *)(uintptr_t)marked[i].markup),
			  "%s", marked[i].what);
		cr_assert(eq(str, (char *)(uintptr_t)ks_buf_string(&json), (char *)(uintptr_t)marked[i].json),
			  "%s", marked[i].what);
		ks_buf_done(&markup);
		ks_buf_done(&json);
	}
}

/* --- refusals --- */

static const struct {
	const char *name, *format, *want;
} refusals[] = {
	{"foo", "text",
	 "no report 'foo'; there are: summary, totals, traffic, qtypes, sources, clients, hitters, sequence, "
	 "storms, growth, diagnosis, conditions, resolver, anchors, rollovers, rollover-series, audit, "
	 "signatures, "
	 "consistency, keys, chain, denial, "
	 "errors, "
	 "quality, fingerprints, amplification, nxdomain, exhaustion, "
	 "habits, starts, priming, depth, cd, lookaside"},
	{"", "text",
	 "no report ''; there are: summary, totals, traffic, qtypes, sources, clients, hitters, sequence, "
	 "storms, growth, diagnosis, conditions, resolver, anchors, rollovers, rollover-series, audit, "
	 "signatures, "
	 "consistency, keys, chain, denial, "
	 "errors, quality, "
	 "fingerprints, amplification, nxdomain, "
	 "exhaustion, habits, starts, priming, depth, cd, lookaside"},
	{"hitters", "xml", "no format 'xml'; there are: text, json, csv, svg, html"},
	{"hitters", "json", "fake: no query hitters"},
	{"summary", "text", "fake: no query summary"},
};

Test(report, a_refusal_lists_what_there_is_and_prints_nothing)
{
	for (size_t i = 0; i < KS_COUNT(refusals); i++) {
		struct ks_store store = {.n_fakes = 0};
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		struct ks_diag diag;
		const struct ks_report_request request = {
			.name = refusals[i].name, .format = refusals[i].format, .out = out};
		cr_assert(eq(int, ks_report_write(&store, &request, &diag), KS_ERR_USAGE));
		cr_assert(eq(str, diag.text, (char *)(uintptr_t)refusals[i].want));
		(void)fclose(out);
		cr_assert(eq(sz, n, 0), "row %zu", i);
		free(text);
	}
}

static enum ks_error
write_to(struct ks_store *store, const char *name, const char *format, FILE *out, struct ks_diag *diag)
{
	const struct ks_report_request request = {.name = name, .format = format, .out = out, .width = 80};
	return ks_report_write(store, &request, diag);
}

static const char *const all_formats[] = {"text", "json", "csv"};

Test(report, a_full_disk_is_noticed)
{
	const struct fake fakes[] = {FAKE("hitters", hitters)};
	for (size_t i = 0; i < KS_COUNT(all_formats); i++) {
		struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
		struct ks_diag diag;
		FILE *out = fopen("/dev/full", "w");
		cr_assert(out != NULL);
		cr_assert(eq(int, write_to(&store, "hitters", all_formats[i], out, &diag), KS_ERR_OUTPUT),
			  "%s", all_formats[i]);
		cr_assert(has(diag.text, "cannot write: No space left"), "%s", diag.text);
		(void)fclose(out);
		cr_assert(eq(sz, store.opened, store.closed));
	}
}

Test(report, a_closed_pipe_ends_a_long_report_early)
{
	(void)signal(SIGPIPE, SIG_IGN);
	struct fake fake = FAKE("hitters", hitters);
	fake.repeat = 1000000; /* would take minutes if nobody looked */
	for (size_t i = 0; i < KS_COUNT(all_formats); i++) {
		struct ks_store store = {.fakes = &fake, .n_fakes = 1, .head = HEAD_M};
		struct ks_diag diag;
		int ends[2];
		cr_assert(eq(int, pipe(ends), 0));
		(void)close(ends[0]);
		FILE *out = fdopen(ends[1], "w");
		cr_assert(eq(int, write_to(&store, "hitters", all_formats[i], out, &diag), KS_ERR_OUTPUT));
		cr_assert(has(diag.text, "Broken pipe"), "%s", diag.text);
		(void)fclose(out);
	}
}

Test(report, a_broken_database_is_passed_on_wherever_it_breaks)
{
	for (size_t i = 0; i < KS_COUNT(all_formats); i++)
		for (size_t at = 1; at <= 3; at++) {
			struct fake fake = FAKE("hitters", hitters);
			fake.fail_at = at;
			struct ks_store store = {.fakes = &fake, .n_fakes = 1, .head = HEAD_M};
			struct ks_diag diag;
			char *text = NULL;
			size_t n = 0;
			FILE *out = open_memstream(&text, &n);
			cr_assert(eq(int, write_to(&store, "hitters", all_formats[i], out, &diag),
				     KS_ERR_DATABASE));
			cr_assert(has(diag.text, "is broken"));
			store.head_fails = true;
			cr_assert(eq(int, write_to(&store, "hitters", all_formats[i], out, &diag),
				     KS_ERR_DATABASE));
			cr_assert(eq(str, diag.text, (char *)(uintptr_t) "fake: no head"));
			cr_assert(eq(sz, store.opened, store.closed));
			(void)fclose(out);
			free(text);
		}
}

/* --- the chart --- */

Test(report, a_short_peak_stays_visible_in_a_long_capture)
{
	struct ks_chart chart;
	ks_chart_init(&chart, T0, T0 + 86400 * 30, 60, 80);
	for (int64_t t = 0; t < 86400 * 30; t += 60)
		ks_chart_add(&chart, T0 + t, 0, t == 86400 * 20 ? 1000 : 1);
	ks_chart_add(&chart, T0 - 60, 0, 9e9);
	ks_chart_add(&chart, INT64_MAX, 0, 9e9);
	ks_chart_add(&chart, T0, 0, NAN);
	struct ks_buf buf = {0};
	ks_chart_print(&chart, &buf, "q", true);
	cr_assert(has(buf.at, "1.00k q/s |"), "%s", buf.at);
	cr_assert(has(buf.at, "█"), "%s", buf.at);
	for (char *line = strtok(buf.at, "\n"); line != NULL; line = strtok(NULL, "\n"))
		cr_assert(ks_utf8_columns(line, strlen(line)) <= KS_CHART_WIDTH, "%s", line);
	ks_buf_done(&buf);
}

Test(report, a_wide_bin_fills_its_part_of_the_chart)
{
	struct ks_chart chart;
	ks_chart_init(&chart, T0, T0 + 40 * 60 - 1, 60, 80);
	cr_assert(eq(sz, chart.n, 40));
	ks_chart_add(&chart, T0 - 60, 600, 3);
	ks_chart_add(&chart, T0 + 20 * 60, 3600, 5);
	for (size_t i = 0; i < chart.n; i++)
		cr_expect(eq(int, (int)chart.peak[i], i < 9 ? 3 : i < 20 ? 0 : 5), "%zu", i);
}

Test(report, a_chart_keeps_its_width_for_any_span)
{
	static const int64_t spans[] = {
		0, 1, 9, 10, 59, 600, 86400, 86400 * 365, INT64_MAX / KS_NS_PER_S - T0};
	static const int64_t bins[] = {1, 10, 60, 86400};
	for (size_t i = 0; i < KS_COUNT(spans) * KS_COUNT(bins); i++)
		for (unsigned width = 0; width < 90; width += 7) {
			struct ks_chart chart;
			ks_chart_init(&chart, T0, T0 + spans[i / 4], bins[i % 4], width);
			cr_assert(chart.n >= 1 && chart.n <= KS_CHART_COLUMNS);
			ks_chart_add(&chart, T0, 0, 0.0001);
			ks_chart_add(&chart, T0 + spans[i / 4], 0, 999.4);
			struct ks_buf buf = {0};
			ks_chart_print(&chart, &buf, "q", i % 2 == 0);
			expect_harmless(buf.at, buf.n, i % 2 == 0, "chart");
			for (char *line = strtok(buf.at, "\n"); line != NULL; line = strtok(NULL, "\n"))
				cr_assert(ks_utf8_columns(line, strlen(line)) <= KS_CHART_WIDTH, "%s", line);
			ks_buf_done(&buf);
		}
}

/* --- the summary --- */

/* clang-format off */
static const char *const summary_columns[] = {
	"files", "packets", "dns_messages", "queries", "responses", "sources", "zones", "dnskey_queries",
	"dnskey_share", "storms", "offenders", "heavy_hitters", "verdict", "lead_db", "next_milestone",
	"to_decide",
};
static const struct ks_value summary_values[] = {
	V_INT(1), V_INT(500000), V_INT(400000), V_INT(210000), V_INT(190000), V_INT(1234), V_INT(12),
	V_INT(164608), V_REAL(0.7838), V_INT(1), V_INT(5), V_INT(1), V_TEXT("undetermined"), V_NULL,
	V_TEXT("2027-01-11 root KSK 20326 revoked (planned)"),
	V_TEXT("queries of all types; the day before"),
};
static const struct ks_value quiet_values[] = {
	V_INT(1), V_INT(500000), V_INT(400000), V_INT(210000), V_INT(190000), V_INT(1234), V_INT(12),
	V_INT(2100), V_REAL(0.01), V_INT(0), V_INT(0), V_INT(0), V_TEXT("healthy"), V_NULL, V_NULL, V_NULL,
};
static const struct ks_value silent_values[] = {
	V_INT(1), V_INT(10), V_INT(0), V_INT(0), V_INT(0), V_INT(0), V_INT(0), V_INT(0), V_NULL, V_INT(0),
	V_INT(0), V_INT(0), V_TEXT("undetermined"), V_NULL, V_NULL, V_NULL,
};
/* clang-format on */

static const char *const storms_columns[] = {
	"zone",
	"start",
	"end",
	"peak_qps",
	"base_qps",
	"uplift",
	"uplift_is_lower_bound",
	"byte_share",
	"uplift_lo",
	"uplift_hi",
	"severity",
	"rise",
	"rise_s",
	"half_life_s",
	"residual",
	"residual_lo",
	"residual_hi",
	"higher_than_before",
};
/* clang-format off */
#define STRENGTH(lo, hi, severity) V_REAL(lo), hi, V_INT(severity)
#define NO_COURSE V_NULL, V_NULL, V_NULL, V_NULL, V_NULL, V_NULL, V_NULL
static const struct ks_value storms_values[] = {
	V_TEXT("example.com."), V_NULL, V_NULL, V_REAL(12), V_REAL(0), V_NULL, V_INT(1), V_REAL(1.02),
	STRENGTH(41.9, V_NULL, 2), NO_COURSE,
	V_TEXT("."), V_TEXT("2026-11-21T22:48:10Z"), V_TEXT("2026-11-21T22:50:00Z"), V_REAL(1234.5),
	V_REAL(12.5), V_REAL(72.6), V_INT(0), V_REAL(0.451), STRENGTH(54.2, V_REAL(97.1), 4),
	V_TEXT("step"), V_REAL(20), V_REAL(90), V_REAL(1.78), V_REAL(1.5), V_REAL(2.1), V_INT(1),
	V_TEXT("a\033b."), V_NULL, V_TEXT("2026-11-21T22:49:00Z"), V_REAL(50), V_REAL(5), V_REAL(8),
	V_INT(1), V_NULL, STRENGTH(6, V_NULL, 1), NO_COURSE,
	V_TEXT("weak."), V_NULL, V_NULL, V_REAL(2), V_NULL, V_NULL, V_NULL, V_NULL,
	STRENGTH(1, V_NULL, 1), NO_COURSE,
};
/* clang-format on */

static const char *const qtypes_columns[] = {"t",   "qtype",       "queries",        "responses",
					     "qps", "query_bytes", "response_bytes", "share_of_increase"};
#define BIN(t, type, n)                                                                                      \
	V_TEXT("2026-11-21T22:" t "Z"), V_TEXT(type), V_INT(n), V_INT(n), V_REAL((n) / 30.0), V_INT(0),      \
		V_INT(0), V_NULL
/* clang-format off */
static const struct ks_value qtypes_values[] = {
	BIN("47:00", "A", 99999), BIN("47:00", "DNSKEY", 30), BIN("47:30", "DNSKEY", 30),
	BIN("48:00", "DNSKEY", 9000), BIN("48:30", "DNSKEY", 30000), BIN("49:00", "DNSKEY", 15000),
	BIN("49:30", "A", 99999), BIN("50:00", "DNSKEY", 30),
};
/* clang-format on */

static const char *const quality_columns[] = {"counter", "value", "note", "kind"};
/* clang-format off */
static const struct ks_value quality_values[] = {
	V_TEXT("packets"), V_INT(500000), V_TEXT(""), V_TEXT("total"), V_TEXT("dns"), V_INT(400000),
	V_TEXT(""), V_TEXT("packet"), V_TEXT("short"), V_INT(7), V_TEXT("cut by the snap length"),
	V_TEXT("packet"), V_TEXT("not_dns"), V_INT(99950), V_TEXT("no DNS port"), V_TEXT("packet"),
	V_TEXT("fragments_pending"), V_INT(0), V_TEXT("x"), V_TEXT("packet"), V_TEXT("bad_name"), V_INT(40),
	V_TEXT("malformed names"), V_TEXT("packet"), V_TEXT("loop"), V_INT(3), V_TEXT(""), V_TEXT("packet"),
	V_TEXT("evicted"), V_INT(77777), V_TEXT("not packets"), V_TEXT("notice"), V_TEXT("input"),
	V_INT(88888), V_TEXT("x.pcap: cut"), V_TEXT("input"),
};
/* clang-format on */

Test(report, the_summary_of_a_storm_answers_first)
{
	const struct fake fakes[] = {FAKE("summary", summary), FAKE("storms", storms),
				     FAKE("foremost", hitters), FAKE("key-rate", qtypes),
				     FAKE("quality", quality)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 5, .head = HEAD_M};
	(void)snprintf(store.head.caveats[0], sizeof(store.head.caveats[0]), "one input was cut");
	store.head.n_caveats = 1;
	expect(&store,
	       (struct ks_report_request){
		       .name = "summary", .format = "text", .width = 80, .database = "/var/x.db"},
	       "keystorm summary - 2026-11-21 22:47:00Z to 22:50:09Z (3 min 9 s), vantage M\n"
	       "\n"
	       "Storm on the root zone (.), severity 4 of 5, 72.6 times the base (95 %: 54.2 to\n"
	       "97.1), over: from 2026-11-21T22:48:10Z to 2026-11-21T22:50:00Z. It peaked at\n"
	       "1.23k DNSKEY q/s over a base of 12.5 q/s. Its DNSKEY answers were 45.1 % of the\n"
	       "growth in DNS response bytes. It rose as a step, within 20 s. Half of it was\n"
	       "gone after 1 min 30 s. What remains is more than before: 1.78 times the base (95\n"
	       "%: 1.50 to 2.10).\n"
	       "Storm on zone a\\x1bb., severity 1 of 5, at least 8.00 times the base, on before\n"
	       "the capture began, over at 2026-11-21T22:49:00Z. It peaked at 50.0 DNSKEY q/s\n"
	       "over a base of 5.00 q/s.\n"
	       "Storm on zone example.com., severity 2 of 5, at least 41.9 times the base, on\n"
	       "before the capture began and not over when it ends. It peaked at 12.0 DNSKEY q/s\n"
	       "where nothing was asked before. Its DNSKEY answers were more than all of the\n"
	       "growth in DNS response bytes: others shrank.\n"
	       "1 more, weaker (keystorm report storms). DNSKEY is 78.4 % of the queries, 869\n"
	       "q/s on average. Verdict: undetermined. To decide, capture: queries of all "
	       "types;\nthe day before.\n"
	       "5 of 1234 sources ask again for keys just delivered (offenders, 0.405 %); 1 of\n"
	       "them is a heavy hitter, 0.081 %. Most DNSKEY queries come from 192.0.2.1 (75.0\n"
	       "%, the root zone (.)), 2001:db8::53 (0.493 %, zone example.com.).\n"
	       "\n"
	       "DNSKEY queries per second, bins of 30 s\n"
	       "1.00k q/s |            ####\n"
	       "          |            ####\n"
	       "          |            ####::::\n"
	       "          |        ::::########\n"
	       "        0 |........############    ....\n"
	       "           22:47:00Z to 22:50:09Z\n"
	       "\n"
	       "counted: 500k packets with 400k DNS messages: 210k queries, 190k responses; 1234\n"
	       "         sources, 12 zones.\n"
	       "not counted: not_dns 100k, no DNS port; bad_name 40, malformed names; short 7,\n"
	       "             cut by the snap length\n"
	       "caveat: one input was cut\n"
	       "next milestone: 2027-01-11 root KSK 20326 revoked (planned)\n"
	       "next: keystorm report diagnosis -d /var/x.db\n"
	       "      keystorm report hitters -d /var/x.db\n"
	       "      keystorm report sequence --source 192.0.2.1 -d /var/x.db\n");
}

Test(report, a_command_against_a_storm_stands_where_servers_can_do_something)
{
	const struct ks_report_request request = {.database = "a b.db"}, none = {0};
	const struct ks_document document = {.request = &request}, plain = {.request = &none};
	const struct {
		const char *verdict, *expected;
	} rows[] = {
		{"stale-trust-anchor",
		 "> keystorm mitigate --for dnsdist -d 'a b.db'\n"
		 "> keystorm compare 'a b.db' AFTER.db   # later, with a capture from then: did "
		 "it help?\n"},
		{"broken-zone", "> keystorm report signatures -d 'a b.db'\n"},
		{"answer-lost", ""},
		{"healthy", ""},
		{"undetermined", ""},
		{"", ""},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_buf buf = {0};
		ks_prose_remedy(&buf, &document, "> ", rows[i].verdict);
		cr_assert(
			eq(str, (char *)(uintptr_t)ks_buf_string(&buf), (char *)(uintptr_t)rows[i].expected),
			"%s", rows[i].verdict);
		ks_buf_done(&buf);
	}
	struct ks_buf buf = {0};
	ks_prose_remedy(&buf, &plain, "", "loop");
	cr_assert(has(ks_buf_string(&buf),
		      "keystorm mitigate --for dnsdist\nkeystorm compare keystorm.db AFTER.db "));
	ks_buf_done(&buf);
}

static const char *const signatures_columns[] = {"zone", "type", "seen_expired"};
/* clang-format off */
static const struct ks_value signatures_values[] = {
	V_TEXT("a.example."), V_TEXT("A"), V_INT(0), V_TEXT("example.com."), V_TEXT("A"), V_INT(3),
	V_TEXT("example.com."), V_TEXT("NS"), V_INT(4), V_TEXT("b.example."), V_TEXT("A"), V_NULL,
};
/* clang-format on */

Test(report, the_summary_tells_of_signatures_that_were_served_when_they_were_over)
{
	const struct fake fakes[] = {FAKE("summary", summary),  FAKE("storms", storms),
				     FAKE("foremost", hitters), FAKE("key-rate", qtypes),
				     FAKE("quality", quality),  FAKE("signatures", signatures)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 6, .head = HEAD_M};
	char *got = written(&store, (struct ks_report_request){.name = "summary", .format = "text"});
	cr_assert(has(got, "\nExpired signatures were served 7 times, of zone example.com.: keystorm report "
			   "signatures.\n"),
		  "%s", got);
	free(got);
}

static const char *const why_columns[] = {"zone",       "source",  "start",    "verdict",  "lead_db",
					  "hypothesis", "sum_db",  "rank",     "evidence", "state",
					  "weight_db",  "meaning", "shown_in", "missing",  "decided_by"};
#define WHY(source, rank, name, sum, evidence, state, weight, missing)                                       \
	V_TEXT("."), source, V_TEXT("2026-11-21T22:48:10Z"), V_TEXT("loop"), V_REAL(12), V_TEXT(name),       \
		V_REAL(sum), V_INT(rank), V_TEXT(evidence), V_TEXT(state), V_REAL(weight),                   \
		V_TEXT("what " evidence " is"), V_TEXT("hitters"), missing, V_TEXT("all of " evidence)
static const struct ks_value why_values[] = {
	WHY(V_NULL, 1, "loop", 5, "one", "present", 9, V_NULL),
	WHY(V_NULL, 1, "loop", 5, "two", "unknown", 0, V_INT(2)),
	WHY(V_NULL, 1, "loop", 5, "three", "absent", -4, V_INT(1)),
	WHY(V_NULL, 2, "dos", -7, "one", "present", -7, V_NULL),
	WHY(V_NULL, 3, "reflection", 0, "one", "unknown", 0, V_NULL),
	WHY(V_TEXT("192.0.2.1"), 1, "loop", 5, "one", "present", 9, V_NULL),
};

Test(report, a_diagnosis_has_a_line_for_each_explanation)
{
	const struct fake fakes[] = {FAKE("diagnosis", why)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	expect(&store,
	       (struct ks_report_request){.name = "diagnosis", .format = "text", .query = {.limit = 1}},
	       "keystorm diagnosis - 2026-11-21 22:47:00Z to 22:50:09Z (3 min 9 s), vantage M\n"
	       "\n"
	       "Storm on the root zone (.), since 2026-11-21T22:48:10Z: loop, 12.0 dB ahead of the next (10 "
	       "are "
	       "enough).\n"
	       "sum dB  explanation         for and against, dB\n"
	       "  5.00  loop                one +9.00, three (absent) -4.00\n"
	       " -7.00  dos                 one -7.00\n"
	       "     0  reflection          nothing for or against\n"
	       "\n"
	       "one: what one is (report hitters)\n"
	       "three: what three is (report hitters)\n"
	       "to know more, capture: all of three; all of two\n"
	       "\n"
	       "1 of 2 storms and sources; --limit N or all shows more\n"
	       "next: keystorm report conditions\n"
	       "      keystorm mitigate --for dnsdist\n"
	       "      keystorm compare keystorm.db AFTER.db   # later, with a capture from then: did it "
	       "help?\n");
}

Test(report, how_sure_a_verdict_is_fits_the_verdict)
{
	static const struct {
		const char *verdict, *lead;
		bool noted;
	} rows[] = {
		{"loop", ", 12.0 dB ahead of the next (10 are enough)", false},
		{"undetermined", ": the first is 12.0 dB ahead of the next (10 would be enough)", false},
		{"clock-skew", ", 12.0 dB ahead of all but stale-trust-anchor (10 are enough)", true},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_buf buf = {0};
		ks_prose_lead(&buf, rows[i].verdict, 12);
		cr_expect(eq(str, (char *)(uintptr_t)ks_buf_string(&buf), (char *)(uintptr_t)rows[i].lead));
		cr_expect(eq(int, ks_prose_verdict_note(rows[i].verdict) != NULL, rows[i].noted), "%s",
			  rows[i].verdict);
		ks_buf_done(&buf);
	}
}

Test(report, the_summary_without_a_storm_says_so_plainly)
{
	const struct fake fakes[] = {{"summary", summary_columns, 15, quiet_values, 1, 0, 0},
				     FAKE_EMPTY("storms", storms),
				     FAKE_EMPTY("foremost", hitters),
				     FAKE_EMPTY("key-rate", qtypes),
				     FAKE_EMPTY("quality", quality)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 5, .head = HEAD_M};
	char *got = written(&store, (struct ks_report_request){.name = "summary", .format = "text"});
	cr_assert(has(got, "\n\nNo storm: no zone's DNSKEY rate rose above its own base. DNSKEY is 1.00 % of "
			   "the queries, "
			   "11.1 q/s on average. Verdict: healthy.\n"),
		  "%s", got);
	cr_assert(has(got, "\nNo source asks again and again"), "%s", got);
	cr_assert(lacks(got, "not counted") && lacks(got, "milestone") && lacks(got, " |"), "%s", got);
	cr_assert(has(got, "\nnext: keystorm report qtypes --step all\n"), "%s", got);
	free(got);
}

Test(report, the_summary_points_to_the_first_source_that_repeats)
{
	static const char *const columns[] = {"source", "rr"};
	static const struct ks_value values[] = {
		V_TEXT("192.0.2.1"), V_NULL,      V_TEXT("192.0.2.2"), V_REAL(0.49),
		V_TEXT("192.0.2.3"), V_REAL(0.4), V_TEXT("192.0.2.4"), V_REAL(0.5),
		V_TEXT("192.0.2.5"), V_REAL(0.9)};
	for (size_t n = 1; n <= 5; n++) {
		const struct fake fakes[] = {FAKE("summary", summary),
					     FAKE("storms", storms),
					     {"foremost", columns, 2, values, n, 0, 0},
					     FAKE("key-rate", qtypes),
					     FAKE("quality", quality)};
		struct ks_store store = {.fakes = fakes, .n_fakes = 5, .head = HEAD_M};
		char *got = written(&store, (struct ks_report_request){.name = "summary", .format = "text"});
		cr_assert(has(got, n < 4 ? "sequence --source 192.0.2.1\n" : "sequence --source 192.0.2.4\n"),
			  "%s", got);
		cr_assert(lacks(got, "192.0.2.5"), "%s", got);
		free(got);
	}
}

Test(report, the_summary_points_to_the_higher_of_two_that_repeat)
{
	static const char *const columns[] = {"source", "rr"};
	static const struct ks_value values[] = {V_TEXT("192.0.2.4"), V_REAL(0.5), V_TEXT("192.0.2.5"),
						 V_REAL(0.9)};
	const struct fake fakes[] = {FAKE("summary", summary),
				     FAKE("storms", storms),
				     {"foremost", columns, 2, values, 2, 0, 0},
				     FAKE("key-rate", qtypes),
				     FAKE("quality", quality)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 5, .head = HEAD_M};
	char *got = written(&store, (struct ks_report_request){.name = "summary", .format = "text"});
	cr_assert(has(got, "sequence --source 192.0.2.4\n"), "%s", got);
	free(got);
}

Test(report, the_summary_of_silence_claims_nothing)
{
	const struct fake fakes[] = {{"summary", summary_columns, 15, silent_values, 1, 0, 0},
				     FAKE_EMPTY("storms", storms),
				     FAKE_EMPTY("foremost", hitters),
				     FAKE_EMPTY("key-rate", qtypes),
				     FAKE_EMPTY("quality", quality)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 5};
	char *got =
		written(&store, (struct ks_report_request){.name = "summary", .format = "text", .width = 80});
	cr_assert(has(got, "No DNS message was read, so nothing can be said about storms. Verdict:"), "%s",
		  got);
	cr_assert(lacks(got, "No storm") && has(got, "\nnext: keystorm report quality\n"), "%s", got);
	free(got);
}

Test(report, the_summary_is_one_row_for_machines)
{
	const struct fake fakes[] = {FAKE("summary", summary)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 1, .head = HEAD_M};
	char *got = written(&store, (struct ks_report_request){.name = "summary", .format = "json"});
	cr_assert(has(got, "\"rows\": [\n{\"files\": 1, \"packets\": 500000, "), "%s", got);
	cr_assert(has(got, "\"lead_db\": null, \"next_milestone\": \"2027-01-11 root KSK 20326 revoked "
			   "(planned)\", \"to_decide\": \"queries of all types; the day before\"}\n]}\n"));
	free(got);
}

Test(report, the_summary_passes_on_a_failure_of_any_of_its_questions)
{
	for (size_t broken = 0; broken < 5; broken++) {
		struct fake fakes[] = {FAKE("summary", summary), FAKE("storms", storms),
				       FAKE("foremost", hitters), FAKE("key-rate", qtypes),
				       FAKE("quality", quality)};
		fakes[broken].fail_at = 1;
		struct ks_store store = {.fakes = fakes, .n_fakes = 5, .head = HEAD_M};
		struct ks_diag diag;
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		cr_assert(eq(int, write_to(&store, "summary", "text", out, &diag), KS_ERR_DATABASE), "%zu",
			  broken);
		(void)fclose(out);
		cr_assert(eq(sz, n, 0), "half a summary was written");
		cr_assert(eq(sz, store.opened, store.closed));
		free(text);
	}
}

Test(report, the_same_question_gives_the_same_bytes)
{
	const struct fake fakes[] = {FAKE("summary", summary),  FAKE("storms", storms),
				     FAKE("foremost", hitters), FAKE("key-rate", qtypes),
				     FAKE("quality", quality),  FAKE("hitters", hitters),
				     FAKE("qtypes", qtypes)};
	struct ks_store store = {.fakes = fakes, .n_fakes = 7, .head = HEAD_M};
	static const char *const names[] = {"summary", "storms", "hitters", "qtypes", "quality"};
	for (size_t i = 0; i < KS_COUNT(names) * KS_COUNT(all_formats); i++) {
		const struct ks_report_request request = {
			.name = names[i / 3], .format = all_formats[i % 3], .width = 72, .unicode = true};
		char *once = written(&store, request);
		expect(&store, request, once);
		expect_harmless(once, strlen(once), true, request.name);
		free(once);
	}
}
