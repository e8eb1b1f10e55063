/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/csv.h"

#include <string.h>

void
ks_csv_init(struct ks_csv *csv, char *text)
{
	static const char mark[] = "\xef\xbb\xbf";
	csv->at = strncmp(text, mark, 3) == 0 ? text + 3 : text;
	csv->line = 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_line_end(const char *at)
{
	return *at == '\n' || (at[0] == '\r' && at[1] == '\n');
}

static void
skip_line(struct ks_csv *csv)
{
	while (*csv->at != '\0' && *csv->at != '\n')
		csv->at++;
	if (*csv->at == '\n') {
		csv->at++;
		csv->line++;
	}
}

/* Over lines that hold no record. */
static void
skip_idle(struct ks_csv *csv)
{
	for (;;) {
		const char *look = csv->at;
		while (is_blank(*look))
			look++;
		if (*csv->at == '\0' || (*csv->at != '#' && !is_line_end(look)))
			return;
		skip_line(csv);
	}
}

/* What stands behind a field: a comma (`*ret_more`), the end of the line or of the text. It is stepped over.
 */
static bool
take_separator(struct ks_csv *csv, bool *ret_more)
{
	*ret_more = *csv->at == ',';
	if (*csv->at == '\0')
		return true;
	if (is_line_end(csv->at)) {
		skip_line(csv);
		return true;
	}
	csv->at++;
	return *ret_more;
}

/* The closing quote is overwritten by the end of the field, so that a field may stand right before a comma.
 */
static enum ks_csv_state
take_quoted(struct ks_csv *csv, const char **ret, bool *ret_more)
{
	char *to = ++csv->at;
	*ret = to;
	for (; *csv->at != '"' || csv->at[1] == '"'; csv->at++) {
		if (*csv->at == '\0')
			return KS_CSV_OPEN_QUOTE;
		if (*csv->at == '\n')
			csv->line++;
		if (*csv->at == '"')
			csv->at++;
		*to++ = *csv->at;
	}
	csv->at++;
	*to = '\0';
	while (is_blank(*csv->at))
		csv->at++;
	return take_separator(csv, ret_more) ? KS_CSV_RECORD : KS_CSV_BAD_QUOTE;
}

static enum ks_csv_state
take_bare(struct ks_csv *csv, const char **ret, bool *ret_more)
{
	char *const from = csv->at;
	while (*csv->at != '\0' && *csv->at != ',' && *csv->at != '"' && !is_line_end(csv->at))
		csv->at++;
	if (*csv->at == '"')
		return KS_CSV_BAD_QUOTE;
	char *end = csv->at;
	(void)take_separator(csv, ret_more);
	while (end > from && is_blank(end[-1]))
		end--;
	*end = '\0';
	*ret = from;
	return KS_CSV_RECORD;
}

enum ks_csv_state
ks_csv_next(struct ks_csv *csv, struct ks_csv_record *ret)
{
	skip_idle(csv);
	*ret = (struct ks_csv_record){.line = csv->line};
	if (*csv->at == '\0')
		return KS_CSV_END;
	enum ks_csv_state state = KS_CSV_RECORD;
	for (bool more = true; more && state == KS_CSV_RECORD;) {
		const char *field;
		while (is_blank(*csv->at))
			csv->at++;
		state = *csv->at == '"' ? take_quoted(csv, &field, &more) : take_bare(csv, &field, &more);
		if (state == KS_CSV_RECORD && ret->n == KS_CSV_FIELDS) {
			/* The rest of the line, unless it was the last field. */
			if (more)
				skip_line(csv);
			return KS_CSV_TOO_MANY;
		}
		if (state == KS_CSV_RECORD)
			ret->fields[ret->n++] = field;
	}
	if (state != KS_CSV_RECORD)
		skip_line(csv);
	return state;
}
