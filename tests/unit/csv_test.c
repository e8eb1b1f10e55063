/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Comma-separated values, and the words and dates of the calendar that is written in them. */
#include "analyzer/judge/csv.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/judge/milestone.h"

/* All records as text: fields in brackets, each record with its line, a state by its number. */
static void
read_all(const char *text, char *ret, size_t cap)
{
	char *const copy = strdup(text); /* on the heap, so that a sanitizer sees a step too far */
	struct ks_csv csv;
	size_t n = 0;
	ks_csv_init(&csv, copy);
	ret[0] = '\0';
	for (int i = 0; i < 100; i++) {
		struct ks_csv_record record;
		const enum ks_csv_state state = ks_csv_next(&csv, &record);
		if (state == KS_CSV_END)
			break;
		n += (size_t)snprintf(ret + n, cap - n, "%u:", record.line);
		if (state != KS_CSV_RECORD)
			n += (size_t)snprintf(ret + n, cap - n, "!%d", (int)state);
		for (size_t k = 0; state == KS_CSV_RECORD && k < record.n; k++)
			n += (size_t)snprintf(ret + n, cap - n, "[%s]", record.fields[k]);
	}
	free(copy);
}

Test(csv, records_are_cut_as_rfc_4180_says)
{
	static const struct {
		const char *what, *text, *want;
	} rows[] = {
		{"nothing", "", ""},
		{"one field", "a", "1:[a]"},
		{"line ends of both kinds, and none at the end", "a,b\r\nc,d\ne", "1:[a][b]2:[c][d]3:[e]"},
		{"empty fields", ",\n,,", "1:[][]2:[][][]"},
		{"an empty quoted field", "\"\",a", "1:[][a]"},
		{"a quoted field with comma, quote and line end", "\"a,\"\"b\"\"\nc\",d\ne",
		 "1:[a,\"b\"\nc][d]3:[e]"},
		{"blanks around fields", " a\t, \"b \" ,c d ", "1:[a][b ][c d]"},
		{"comments and empty lines", "# x,\"\n\n \t\n\r\na,#b\n#", "5:[a][#b]"},
		{"a byte order mark",
		 "\xef\xbb\xbf"
		 "a",
		 "1:[a]"},
		{"as many fields as there may be", "1,2,3,4,5,6,7,8\nx", "1:[1][2][3][4][5][6][7][8]2:[x]"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		char got[256];
		read_all(rows[i].text, got, sizeof(got));
		cr_expect_str_eq(got, rows[i].want, "%s", rows[i].what);
	}
}

Test(csv, a_bad_record_is_told_with_its_line_and_the_next_goes_on)
{
	static const struct {
		const char *what, *text, *want;
	} rows[] = {
		{"text behind a closing quote", "a\n\"b\"c,d\ne", "1:[a]2:!2" /* bad */ "3:[e]"},
		{"a quote inside a bare field", "a\"b\"\nc", "1:!2" /* bad */ "2:[c]"},
		{"a quote that is never closed", "a\n\"b\nc", "1:[a]2:!3"},
		{"too many fields", "1,2,3,4,5,6,7,8,9\na\n1,2,3,4,5,6,7,8,9,10,\"11\"\nb",
		 "1:!4" /* too many */ "2:[a]3:!4" /* too many */ "4:[b]"},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		char got[256];
		read_all(rows[i].text, got, sizeof(got));
		cr_expect_str_eq(got, rows[i].want, "%s: %s", rows[i].what, got);
	}
}

Test(csv, no_text_is_read_beyond_its_end)
{
	static const char whole[] =
		"\xef\xbb\xbf#c\nz,\"a\"\"b\",,\"c\r\nd\" ,e\r\n\"x\"y\n1,2,3,4,5,6,7,8,9,0\n";
	for (size_t n = 0; n < sizeof(whole); n++) {
		char text[sizeof(whole)];
		char got[512];
		memcpy(text, whole, n);
		text[n] = '\0';
		read_all(text, got, sizeof(got));
	}
}

Test(csv, events_are_known_by_their_names_in_any_case)
{
	enum ks_event_kind kind;
	for (unsigned i = 0; i < KS_EVENT_KINDS; i++) {
		cr_assert(ks_event_parse(ks_event_name((enum ks_event_kind)i), &kind));
		cr_assert(eq(u32, kind, i));
	}
	cr_assert(ks_event_parse("key_revoked", &kind) && kind == KS_EVENT_KEY_REVOKED);
	cr_assert(ks_event_parse("KEY_", &kind) == false);
	cr_assert(ks_event_parse("", &kind) == false);
	cr_assert(ks_event_parse("KEY_ADDEDX", &kind) == false);
}

Test(csv, the_milestones_of_the_root_stand_on_their_days)
{
	static const struct {
		const char *when;
		int tag;
		bool planned;
	} want[] = {
		{"2010-07-15 00:00", 19036, false}, {"2017-07-11 00:00", 20326, false},
		{"2018-10-11 16:00", 20326, false}, {"2019-01-11 14:00", 19036, false},
		{"2019-03-22 00:00", 19036, false}, {"2025-01-11 00:00", 38696, false},
		{"2026-10-11 00:00", 38696, true},  {"2027-01-11 00:00", 20326, true},
	};
	cr_assert(eq(sz, ks_n_root_milestones, KS_COUNT(want)));
	for (size_t i = 0; i < KS_COUNT(want); i++) {
		const struct ks_milestone *const milestone = &ks_root_milestones[i];
		const time_t t = (time_t)(milestone->t_ns / KS_NS_PER_S);
		char when[32];
		(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M", gmtime(&t));
		cr_expect_str_eq(when, want[i].when);
		cr_expect(eq(i32, milestone->tag, want[i].tag));
		cr_expect(milestone->planned == want[i].planned, "%s", want[i].when);
		cr_expect(milestone->zone.n == 1 && milestone->zone.at[0] == 0);
	}
}
