/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/ranking.c -- why: for each storm, and for those who offend most, the explanations in order of
 * their sums, and behind each the evidence that made the sum.
 *
 * The rows come by subject, then by rank, then by evidence, so one pass over them writes it all. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/each.h"
#include "reports/html/page_p.h"
#include "reports/number.h"
#include "reports/prose.h"

enum { SUBJECTS = 10, LACKING = 3 };

struct ranking {
	struct ks_buf *buf;
	int64_t limit;    /* of storms, and again of sources */
	int64_t shown[2]; /* storms, sources */
	struct ks_buf subject, hypothesis;
	struct ks_buf lacking[LACKING]; /* what to capture, the most telling first */
	bool in_subject, in_hypothesis, in_table;
};

/* --- ends --- */

static void
end_hypothesis(struct ranking *ranking)
{
	if (ranking->in_table)
		ks_buf_text(ranking->buf, "</tbody></table></div></details></li>\n");
	else if (ranking->in_hypothesis)
		ks_buf_text(ranking->buf,
			    "<p>Nothing that is known speaks for it or against it.</p></details></li>\n");
	ranking->in_hypothesis = ranking->in_table = false;
}

static void
put_lacking(struct ranking *ranking)
{
	const char *gap = "<p class=\"more\">To know more, capture: ";
	bool any = false;
	for (size_t i = 0; i < LACKING; i++) {
		if (ranking->lacking[i].n == 0)
			continue;
		ks_buf_text(ranking->buf, gap);
		ks_page_put_string(ranking->buf, ks_buf_string(&ranking->lacking[i]));
		ks_buf_clear(&ranking->lacking[i]);
		gap = "; ";
		any = true;
	}
	ks_buf_text(ranking->buf, any ? ".</p>\n" : "");
}

static void
end_subject(struct ranking *ranking)
{
	end_hypothesis(ranking);
	if (ranking->in_subject) {
		ks_buf_text(ranking->buf, "</ol>\n");
		put_lacking(ranking);
	}
	ranking->in_subject = false;
}

/* --- beginnings --- */

static void
put(struct ranking *ranking, const struct ks_rows *rows, const char *name)
{
	const struct ks_value value = ks_column_value(rows, name);
	ks_page_put_value(ranking->buf, name, &value);
}

static bool
is_null(const struct ks_rows *rows, const char *name)
{
	return ks_column_value(rows, name).type == KS_VALUE_NULL;
}

/* Whether the columns say what `last` holds; if not it holds that from now on. */
static bool
is_same(struct ks_buf *last, const struct ks_rows *rows, const char *const names[], size_t n)
{
	struct ks_buf key = {0};
	for (size_t i = 0; i < n; i++) {
		const struct ks_value value = ks_column_value(rows, names[i]);
		if (value.type == KS_VALUE_TEXT)
			ks_buf_put(&key, value.text, value.n_text);
		ks_buf_put(&key, "\n", 1);
	}
	const bool same = last->n == key.n && memcmp(ks_buf_string(last), ks_buf_string(&key), key.n) == 0;
	ks_buf_done(last);
	*last = key;
	return same;
}

static void
put_zone(struct ranking *ranking, const struct ks_rows *rows)
{
	ks_buf_text(ranking->buf, ks_each_is(rows, "zone", ".") ? "the root zone " : "zone ");
	put(ranking, rows, "zone");
}

static void
put_note(struct ks_buf *buf, const char *note)
{
	if (note == NULL)
		return;
	ks_buf_text(buf, "<p class=\"more\">");
	ks_page_put_string(buf, note);
	ks_buf_text(buf, "</p>\n");
}

static void
put_subject(struct ranking *ranking, const struct ks_rows *rows, bool storm)
{
	struct ks_buf *const buf = ranking->buf;
	ks_buf_text(buf, storm ? "<h3>Storm on " : "<h3>");
	if (!storm) {
		put(ranking, rows, "source");
		ks_buf_text(buf, " asking for ");
	}
	put_zone(ranking, rows);
	if (storm && is_null(rows, "start"))
		ks_buf_text(buf, ", on before the capture");
	else if (storm) {
		ks_buf_text(buf, ", since ");
		put(ranking, rows, "start");
	}
	ks_buf_text(buf, ": ");
	put(ranking, rows, "verdict");
	const struct ks_value word = ks_column_value(rows, "verdict");
	struct ks_buf verdict = {0};
	if (word.type == KS_VALUE_TEXT)
		ks_buf_put(&verdict, word.text, word.n_text);
	if (!is_null(rows, "lead_db"))
		ks_prose_lead(buf, ks_buf_string(&verdict), ks_each_number(rows, "lead_db"));
	ks_buf_text(buf, "</h3>\n");
	put_note(buf, ks_prose_verdict_note(ks_buf_string(&verdict)));
	ks_buf_text(buf, "<ol class=\"why\">\n");
	buf->failed |= verdict.failed;
	ks_buf_done(&verdict);
}

/* False when there is no room for it. */
static bool
begin_subject(struct ranking *ranking, const struct ks_rows *rows)
{
	const bool storm = is_null(rows, "source");
	end_subject(ranking);
	ks_buf_clear(&ranking->hypothesis);
	if (ranking->shown[!storm] == ranking->limit)
		return false;
	ranking->shown[!storm]++;
	ranking->in_subject = true;
	put_subject(ranking, rows, storm);
	return true;
}

static void
begin_hypothesis(struct ranking *ranking, const struct ks_rows *rows)
{
	end_hypothesis(ranking);
	ranking->in_hypothesis = true;
	ks_buf_text(ranking->buf, "<li><details><summary><b>");
	put(ranking, rows, "hypothesis");
	ks_buf_text(ranking->buf, "</b> ");
	put(ranking, rows, "sum_db");
	ks_buf_text(ranking->buf, " dB</summary>\n");
}

static void
begin_table(struct ranking *ranking, const struct ks_rows *rows)
{
	struct ks_buf *const buf = ranking->buf;
	ranking->in_table = true;
	ks_buf_text(buf, "<div class=\"frame\"><table><caption class=\"visually-hidden\">Evidence for ");
	put(ranking, rows, "hypothesis");
	ks_buf_text(buf, ", ");
	if (!is_null(rows, "source")) {
		put(ranking, rows, "source");
		ks_buf_text(buf, " asking for ");
	}
	put(ranking, rows, "zone");
	ks_buf_text(buf, ", ");
	put(ranking, rows, "start");
	ks_buf_text(buf, "</caption>\n<thead><tr><th scope=\"col\">evidence</th><th scope=\"col\" "
			 "class=\"n\">weight dB</th>"
			 "<th scope=\"col\">state</th><th scope=\"col\" class=\"n\">value</th>"
			 "<th scope=\"col\">what is measured</th><th scope=\"col\">shown "
			 "in</th></tr></thead>\n<tbody>\n");
}

/* --- evidence --- */

static void
put_figure(struct ranking *ranking, const struct ks_rows *rows, const char *name)
{
	const struct ks_value value = ks_column_value(rows, name);
	ks_buf_text(ranking->buf, value.type == KS_VALUE_NULL ? "<td class=\"n no\"" : "<td class=\"n\"");
	if (isfinite(ks_column_number(&value, NAN))) {
		ks_buf_text(ranking->buf, " data-v=\"");
		ks_number_exact(ranking->buf, ks_column_number(&value, NAN));
		ks_buf_text(ranking->buf, "\"");
	}
	ks_buf_text(ranking->buf, ">");
	ks_page_put_value(ranking->buf, name, &value);
	ks_buf_text(ranking->buf, "</td>");
}

/* A link where the page always has that section, else the report to ask for. */
static void
put_shown_in(struct ranking *ranking, const struct ks_rows *rows)
{
	static const char *const sections[] = {"storms", "hitters", "rollovers", "signatures", "sources"};
	const char *section = NULL;
	for (size_t i = 0; i < KS_COUNT(sections); i++)
		if (ks_each_is(rows, "shown_in", sections[i]))
			section = sections[i];
	ks_buf_text(ranking->buf, "<td>");
	if (section != NULL)
		ks_buf_printf(ranking->buf, "<a href=\"#%s\">%s</a>", section, section);
	else
		put(ranking, rows, "shown_in");
	ks_buf_text(ranking->buf, "</td></tr>\n");
}

static void
put_evidence(struct ranking *ranking, const struct ks_rows *rows)
{
	const bool unknown = ks_each_is(rows, "state", "unknown");
	ks_buf_text(ranking->buf, "<tr><td class=\"t\">");
	put(ranking, rows, "evidence");
	ks_buf_text(ranking->buf, "</td>");
	put_figure(ranking, rows, "weight_db");
	ks_buf_text(ranking->buf, unknown ? "<td class=\"no\">" : "<td>");
	put(ranking, rows, "state");
	ks_buf_text(ranking->buf, "</td>");
	put_figure(ranking, rows, "value");
	ks_buf_text(ranking->buf, "<td class=\"w\">");
	put(ranking, rows, "meaning");
	ks_buf_text(ranking->buf, "</td>");
	put_shown_in(ranking, rows);
}

static void
note_lacking(struct ranking *ranking, const struct ks_rows *rows)
{
	const struct ks_value place = ks_column_value(rows, "missing"),
			      what = ks_column_value(rows, "decided_by");
	if (place.type != KS_VALUE_INT || place.integer < 1 || place.integer > LACKING ||
	    what.type != KS_VALUE_TEXT)
		return;
	struct ks_buf *const buf = &ranking->lacking[place.integer - 1];
	ks_buf_clear(buf);
	ks_buf_put(buf, what.text, what.n_text);
}

static bool
see_row(void *arg, const struct ks_rows *rows)
{
	static const char *const subject[] = {"zone", "source", "start"}, *const hypothesis[] = {
										  "hypothesis"};
	struct ranking *const ranking = arg;
	if (!is_same(&ranking->subject, rows, subject, KS_COUNT(subject)) && !begin_subject(ranking, rows))
		return true;
	if (!ranking->in_subject)
		return true;
	if (!is_same(&ranking->hypothesis, rows, hypothesis, KS_COUNT(hypothesis)))
		begin_hypothesis(ranking, rows);
	const bool first = ks_each_number(rows, "rank") <= 1;
	if (first)
		note_lacking(ranking, rows);
	/* All that was looked for stands with the first; with others what made their sums. */
	const double weight = ks_each_number(rows, "weight_db");
	if (!first && !(weight > 0 || weight < 0))
		return true;
	if (!ranking->in_table)
		begin_table(ranking, rows);
	put_evidence(ranking, rows);
	return true;
}

/* --- the whole --- */

static void
put_more(const struct ranking *ranking, const struct ks_subject_count *count)
{
	const struct {
		const char *name;
		int64_t n;
	} kinds[] = {{"storms", count->storms}, {"sources", count->sources}};
	ks_buf_text(ranking->buf, "<p class=\"more\">");
	for (size_t i = 0; i < KS_COUNT(kinds); i++)
		if (kinds[i].n > ranking->shown[i])
			ks_buf_printf(ranking->buf, "%" PRId64 " of %" PRId64 " %s. ", ranking->shown[i],
				      kinds[i].n, kinds[i].name);
	ks_buf_text(ranking->buf,
		    "All of it: <code>keystorm report diagnosis -f csv --limit all</code></p>\n");
}

enum ks_error
ks_page_read_ranking(const struct ks_page *page, struct ks_buf *buf, int64_t *ret_n, struct ks_diag *diag)
{
	struct ranking ranking = {.buf = buf, .limit = page->limit == 0 ? SUBJECTS : page->limit};
	const struct ks_query query = {.limit = -1, .n_subjects = page->limit < 0 ? 0 : ranking.limit};
	struct ks_subject_count count = {0};
	if (page->limit < 0)
		ranking.limit = INT64_MAX;
	enum ks_error error = ks_store_count_subjects(page->store, &query, &count, diag);
	if (error == KS_SUCCESS)
		error = ks_each_row(page->store, "diagnosis", &query, see_row, &ranking, diag);
	end_subject(&ranking);
	if (count.storms + count.sources > 0)
		put_more(&ranking, &count);
	buf->failed |= ranking.subject.failed || ranking.hypothesis.failed;
	ks_buf_done(&ranking.subject);
	ks_buf_done(&ranking.hypothesis);
	for (size_t i = 0; i < LACKING; i++)
		ks_buf_done(&ranking.lacking[i]);
	*ret_n = count.storms + count.sources;
	return error;
}
