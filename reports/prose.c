/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/prose.h"

#include <inttypes.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"

#define DEFAULT_DATABASE "keystorm.db"

size_t
ks_prose_fit(const char *text, size_t n, size_t columns, size_t *ret_skip)
{
	size_t used = 0, end = 0, space = 0;
	while (end < n && (used < columns || used == 0)) {
		if (text[end] == ' ')
			space = end;
		uint32_t code;
		size_t length = ks_utf8_next(text + end, n - end, &code);
		end += length == 0 ? 1 : length;
		used++;
	}
	/* A word that ends exactly at the edge fits; otherwise go back to the last gap, if there is one. */
	if (end < n && text[end] != ' ' && space > 0)
		end = space;
	size_t skip = end;
	while (skip < n && text[skip] == ' ')
		skip++;
	*ret_skip = skip;
	return end;
}

void
ks_prose_fold(struct ks_buf *buf, const char *first, const char *text, size_t width)
{
	size_t indent = ks_utf8_columns(first, strlen(first));
	size_t columns = width == 0 ? SIZE_MAX : width > indent + 16 ? width - indent : 16;
	size_t n = strlen(text), at = 0;
	ks_buf_text(buf, first);
	do {
		size_t skip;
		if (at > 0)
			ks_buf_fill(buf, ' ', indent);
		size_t fit = ks_prose_fit(text + at, n - at, columns, &skip);
		ks_buf_put(buf, text + at, fit);
		ks_buf_put(buf, "\n", 1);
		at += skip;
	} while (at < n);
}

void
ks_prose_tone(struct ks_buf *buf, const struct ks_document *document, enum ks_tone tone, const char *text,
	      const char *stops)
{
	/* SGR of ECMA-48: bold, red, green, yellow; the terminal's own colours, which its owner can read. */
	static const char *const codes[] = {"1", "1;31", "1;32", "33"};
	const size_t n = strcspn(text, stops);
	if (!document->request->colour || n == 0) {
		ks_buf_text(buf, text);
		return;
	}
	ks_buf_printf(buf, "\x1b[%sm", codes[tone]);
	ks_buf_put(buf, text, n);
	ks_buf_text(buf, "\x1b[0m");
	ks_buf_text(buf, text + n);
}

static int64_t
day_of(int64_t ns)
{
	int64_t day = KS_NS_PER_S * 86400;
	return ns / day - (ns % day < 0);
}

void
ks_prose_head(struct ks_buf *buf, const struct ks_document *document)
{
	const struct ks_store_head *head = document->head;
	struct ks_buf line = {0};
	ks_buf_printf(&line, "keystorm %s - ", document->report->name);
	if (!head->has_span) {
		ks_buf_text(&line, "no packets");
	} else {
		bool same_day = day_of(head->first_ns) == day_of(head->last_ns);
		ks_number_time(&line, head->first_ns, 0, ' ');
		ks_buf_text(&line, " to ");
		ks_number_time(&line, head->last_ns, 0, same_day ? '\0' : ' ');
		ks_buf_text(&line, " (");
		ks_number_duration(&line, ((double)head->last_ns - (double)head->first_ns) / 1e9);
		ks_buf_text(&line, ")");
	}
	if (head->vantage[0] != '\0') {
		ks_buf_text(&line, ", vantage ");
		ks_escape_terminal(&line, head->vantage, strlen(head->vantage), /* unicode= */ false);
	}
	struct ks_buf folded = {0};
	ks_prose_fold(&folded, "", ks_buf_string(&line), document->request->width);
	ks_prose_tone(buf, document, KS_TONE_HEAD, ks_buf_string(&folded), "\n");
	buf->failed |= line.failed || folded.failed;
	ks_buf_done(&folded);
	ks_buf_done(&line);
}

void
ks_prose_caveats(struct ks_buf *buf, const struct ks_document *document)
{
	const struct ks_store_head *head = document->head;
	for (size_t i = 0; i < head->n_caveats; i++) {
		struct ks_buf line = {0};
		ks_escape_terminal(&line, head->caveats[i], strlen(head->caveats[i]),
				   document->request->unicode);
		struct ks_buf folded = {0};
		ks_prose_fold(&folded, "caveat: ", ks_buf_string(&line), document->request->width);
		ks_prose_tone(buf, document, KS_TONE_WARNING, ks_buf_string(&folded), ":");
		buf->failed |= line.failed || folded.failed;
		ks_buf_done(&folded);
		ks_buf_done(&line);
	}
}

static void
put_command(struct ks_buf *buf, const struct ks_document *document, const char *label, const char *verb,
	    const char *args)
{
	const char *database = document->request->database;
	ks_buf_printf(buf, "%skeystorm %s %s", label, verb, args);
	if (database != NULL && strcmp(database, DEFAULT_DATABASE) != 0) {
		ks_buf_text(buf, " -d ");
		ks_escape_shell(buf, database, strlen(database));
	}
	ks_buf_put(buf, "\n", 1); /* never folded: a person copies this line */
}

void
ks_prose_command(struct ks_buf *buf, const struct ks_document *document, const char *label, const char *args)
{
	put_command(buf, document, label, "report", args);
}

/* The same verdicts as in `keystorm mitigate`: it names nobody whose address may be forged, and does nothing
 * where resolvers do what they should. */
static bool
is_for_servers(const char *verdict)
{
	static const char *const verdicts[] = {"stale-trust-anchor", "no-cache", "loop",      "monitoring",
					       "clock-skew",         "dos",      "reflection"};
	for (size_t i = 0; i < KS_COUNT(verdicts); i++)
		if (strcmp(verdicts[i], verdict) == 0)
			return true;
	return false;
}

void
ks_prose_remedy(struct ks_buf *buf, const struct ks_document *document, const char *label,
		const char *verdict)
{
	const char *const database = document->request->database;
	if (strcmp(verdict, "broken-zone") == 0)
		put_command(buf, document, label, "report", "signatures");
	if (!is_for_servers(verdict))
		return;
	put_command(buf, document, label, "mitigate", "--for dnsdist");
	ks_buf_printf(buf, "%skeystorm compare ", label);
	ks_escape_shell(buf, database == NULL ? DEFAULT_DATABASE : database,
			strlen(database == NULL ? DEFAULT_DATABASE : database));
	ks_buf_text(buf, " AFTER.db   # later, with a capture from then: did it help?\n");
}

bool
ks_prose_expand(struct ks_buf *buf, const char *pattern, const struct ks_rows *rows)
{
	for (const char *open; (open = strchr(pattern, '{')) != NULL;) {
		char name[32];
		const char *end = strchr(open, '}');
		size_t n = end == NULL ? 0 : (size_t)(end - open) - 1;
		assert(n > 0 && n < sizeof(name)); /* patterns are ours */
		memcpy(name, open + 1, n);
		name[n] = '\0';
		struct ks_value value = ks_column_value(rows, name);
		if (value.type != KS_VALUE_TEXT && value.type != KS_VALUE_INT)
			return false;
		ks_buf_put(buf, pattern, (size_t)(open - pattern));
		if (value.type == KS_VALUE_TEXT)
			ks_escape_shell(buf, value.text, value.n_text);
		else
			ks_buf_printf(buf, "%" PRId64, value.integer);
		pattern = end + 1;
	}
	ks_buf_text(buf, pattern);
	return true;
}

/* The one verdict that is no line of the ranking: see ks_evidence_clock_skew. */
static bool
is_clock_skew(const char *verdict)
{
	return strcmp(verdict, "clock-skew") == 0;
}

void
ks_prose_lead(struct ks_buf *buf, const char *verdict, double lead_db)
{
	const bool open = strcmp(verdict, "undetermined") == 0;
	ks_buf_text(buf, open ? ": the first is " : ", ");
	ks_number_scaled(buf, lead_db, /* whole= */ false, "");
	ks_buf_text(buf, is_clock_skew(verdict) ? " dB ahead of all but stale-trust-anchor"
						: " dB ahead of the next");
	ks_buf_text(buf, open ? " (10 would be enough)" : " (10 are enough)");
}

const char *
ks_prose_verdict_note(const char *verdict)
{
	if (!is_clock_skew(verdict))
		return NULL;
	return "clock-skew has no line of its own: whoever's clock is wrong asks like one whose trust anchor "
	       "is stale, but for "
	       "several unrelated zones to none of which anything happened. So it has the sum of "
	       "stale-trust-anchor, with "
	       "many-zones for it instead of against it.";
}
