/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/html/tables.c -- the rows of reports as tables: the columns that people look at, as many rows as a
 * page bears, and how many there are. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "reports/columns.h"
#include "reports/each.h"
#include "reports/html/page_p.h"
#include "reports/number.h"

/* The one section that is no table of rows. */
#define RANKING "diagnosis"

static const struct section {
	const char *report, *title, *lead;
	const char *columns; /* each between blanks; those after a minus not on paper */
	int64_t rows;
	bool if_any; /* leave it out when there is no row */
	int64_t step_s;
} sections[] = {
	{"storms", "Storms", "When a zone's DNSKEY rate was above its own base. Intervals are of 95 %.",
	 " zone start end peak_qps base_qps uplift -uplift_lo -uplift_hi severity byte_share "
	 "sources "
	 "trigger verdict ",
	 200, false, 0},
	{RANKING, "Diagnosis",
	 "The explanations of each storm and of the foremost offenders in order. The figure adds up what was "
	 "seen for "
	 "and against, in decibans: 10 more is ten times as likely, and enough for a verdict. Open one for "
	 "its "
	 "evidence.",
	 "", 0, true, 0},
	{"hitters", "Heavy hitters",
	 "Who asks for which zone's keys, with shares of all DNSKEY queries; requeries are repeats although "
	 "the answer "
	 "was still valid.",
	 " rank source zone heavy queries -err share cum_share rr memory_class -sci -spray -median_gap_ms "
	 "response_bytes tags "
	 "-fingerprint verdict ",
	 300, false, 0},
	{"conditions", "What it takes",
	 "To storm, a source asks for signatures, gets them, cannot use them, and does not remember that.",
	 " zone source condition met count of note ", 80, true, 0},
	{"habits", "How they ask", "Sources that fail: their searches, pauses and recovery.",
	 " source zone queries -bursts failing_bursts memory_class -max_waiting halted_share "
	 "min_search_interval_s rfc9520 "
	 "recovered recovered_by ",
	 100, true, 0},
	{"anchors", "Trust anchors", "What sources say of the keys they trust (RFC 8145).",
	 " zone source tags via lacks_current dnskey_queries last ", 100, true, 0},
	{"fingerprints", "Fingerprints", "Offenders by what their queries look like.",
	 " fingerprint sources queries share example zones ", 50, true, 0},
	{"rollovers", "Rollovers",
	 "What happened to keys, signers and DS of each zone, as answers showed it, beside the steps of the "
	 "calendar.",
	 " zone t -t_before event algorithm tag -server phase warning -source -servers detail ", 300, false,
	 0},
	{"chain", "Chain of trust", "Does it reach the zone: the DS of its parent, and its keys.",
	 " zone link ds denied_by signed warning -servers -parent_last last ", 100, true, 0},
	{"keys", "Keys", "By what they were seen to sign; those with a warning first.",
	 " zone tag algorithm -key role -sep revoked signs has_ds bits warning -first last -responses ", 100,
	 true, 0},
	{"denial", "Denial of existence", "How zones deny names: NSEC or NSEC3, and at what price.",
	 " zone denial level iterations salt_bytes opt_out_share warning -records ", 100, true, 0},
	{"consistency", "Consistency",
	 "Which DNSKEY RRset each server gave, signed by whom, from when to when.",
	 " zone server nsid dnskey_hash signers soa_serial from to responses ", 200, false, 0},
	{"signatures", "Signatures", "Those that need attention first.",
	 " zone type signer_tag algorithm -inception expiration remaining_s state verified why -count ", 150,
	 false, 0},
	{"audit", "Audit", "Ten questions about DNSSEC, as far as packets can answer them.",
	 " question result evidence zones zones_wrong ", 20, false, 0},
	{"resolver", "At the resolver", "What its clients met.",
	 " question result zone value count of since note ", 60, true, 0},
	{"errors", "Errors", "What resolvers admit: extended errors (RFC 8914) and reports (RFC 9567).",
	 " kind code meaning zone qtype count -first last ", 100, true, 0},
	{"exhaustion", "Costly zones", "What costs validators more than is usual.",
	 " zone problem count threshold responses server ", 100, true, 0},
	{"qtypes", "Query types", "The whole span, by type.",
	 " qtype queries responses qps query_bytes response_bytes share_of_increase ", 50, false, -1},
	{"sources", "Sources", "Who asks most, of anything.",
	 " source queries responses dnskey_queries dnskey_share rrsig_bytes_share flow -query_bytes "
	 "response_bytes ",
	 50, false, 0},
	{"quality", "Quality", "What was read, what was not counted as DNS, and why.", " counter value note ",
	 200, false, 0},
};

struct table {
	struct ks_buf *buf;
	const struct section *section;
	int64_t n, limit;
};

/* --- cells --- */

/* On paper too, on the screen, or not at all? */
enum place { NOWHERE, SCREEN, PAPER };

static enum place
place_of(const struct section *section, const char *column)
{
	const size_t n = strlen(column);
	for (const char *at = section->columns; (at = strstr(at, column)) != NULL; at++)
		if ((at[-1] == ' ' || at[-1] == '-') && at[n] == ' ')
			return at[-1] == '-' ? SCREEN : PAPER;
	return NOWHERE;
}

/* A number of columns may be text or numbers, whichever the row has; a head must know before. */
static bool
is_right(const char *name)
{
	const struct ks_column column = ks_column_of(name);
	return ks_column_is_right(&column, KS_VALUE_INT);
}

static bool
is_narrow(const char *name)
{
	const struct ks_column column = ks_column_of(name);
	static const char *const words[] = {"source", "server", "event", "verdict"};
	for (size_t i = 0; i < KS_COUNT(words); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return column.kind == KS_COLUMN_TIME || column.kind == KS_COLUMN_SECOND;
}

static const char *
tone_of(const char *name, const struct ks_value *value)
{
	static const struct {
		const char *column, *text, *tone;
	} tones[] = {
		{"result", "fail", "bad"},      {"result", "pass", "good"}, {"state", "expired", "bad"},
		{"state", "expiring", "bad"},   {"state", "future", "bad"}, {"verified", "bogus", "bad"},
		{"rfc9520", "violates", "bad"}, {"link", "broken", "bad"},  {"level", "error", "bad"},
	};
	for (size_t i = 0; i < KS_COUNT(tones); i++)
		if (strcmp(tones[i].column, name) == 0 && value->type == KS_VALUE_TEXT &&
		    value->n_text == strlen(tones[i].text) &&
		    memcmp(tones[i].text, value->text, value->n_text) == 0)
			return tones[i].tone;
	return NULL;
}

/* The exact figure for sorting goes with the rounded one, unless they look the same. */
static void
put_exact(struct ks_buf *buf, const struct ks_value *value)
{
	if (value->type == KS_VALUE_INT)
		ks_buf_printf(buf, " data-v=\"%" PRId64 "\"", value->integer);
	if (value->type != KS_VALUE_REAL || !isfinite(value->real))
		return;
	ks_buf_text(buf, " data-v=\"");
	ks_number_exact(buf, value->real);
	ks_buf_text(buf, "\"");
}

/* How a cell is set: a number, a word that is not broken, or prose that wants width. */
static const char *
kind_of(const char *name, const struct ks_value *value)
{
	if (is_right(name))
		return "n";
	if (is_narrow(name))
		return "t";
	return value->type == KS_VALUE_TEXT && value->n_text > 24 ? "w" : NULL;
}

/* ` class="n no"`, or nothing: each word is NULL or plain. */
static void
put_classes(struct ks_buf *buf, const char *const words[], size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		if (words[i] == NULL)
			continue;
		ks_buf_printf(buf, "%s%s", any ? " " : " class=\"", words[i]);
		any = true;
	}
	ks_buf_text(buf, any ? "\"" : "");
}

static void
put_cell(struct ks_buf *buf, const char *name, const struct ks_value *value, enum place place)
{
	const char *const words[] = {kind_of(name, value), value->type == KS_VALUE_NULL ? "no" : NULL,
				     tone_of(name, value), place == SCREEN ? "x" : NULL};
	ks_buf_text(buf, "<td");
	put_classes(buf, words, KS_COUNT(words));
	if (is_right(name))
		put_exact(buf, value);
	ks_buf_put(buf, ">", 1);
	ks_page_put_value(buf, name, value);
	ks_buf_text(buf, "</td>");
}

/* --- rows --- */

static void
put_head(struct table *table, const struct ks_rows *rows)
{
	const size_t n = ks_rows_columns(rows);
	ks_buf_printf(
		table->buf,
		"<div class=\"frame\"><table><caption class=\"visually-hidden\">%s</caption>\n<thead><tr>",
		table->section->title);
	for (size_t i = 0; i < n; i++) {
		const char *const name = ks_rows_column(rows, i);
		const enum place place = place_of(table->section, name);
		const char *const words[] = {is_right(name) ? "n" : NULL, place == SCREEN ? "x" : NULL};
		if (place == NOWHERE)
			continue;
		ks_buf_text(table->buf, "<th scope=\"col\"");
		put_classes(table->buf, words, KS_COUNT(words));
		ks_buf_printf(table->buf, " title=\"%s\">%s</th>", name, ks_column_of(name).title);
	}
	ks_buf_text(table->buf, "</tr></thead>\n<tbody>\n");
}

static bool
see_row(void *arg, const struct ks_rows *rows)
{
	struct table *const table = arg;
	const size_t n = ks_rows_columns(rows);
	/* Of a resolver nothing is known elsewhere, and a table of that is none. */
	if (ks_each_is(rows, "result", "not computable"))
		return true;
	if (table->n++ == 0)
		put_head(table, rows);
	if (table->n > table->limit)
		return true;
	ks_buf_text(table->buf, "<tr>");
	for (size_t i = 0; i < n; i++) {
		const char *const name = ks_rows_column(rows, i);
		const struct ks_value value = ks_rows_value(rows, i);
		const enum place place = place_of(table->section, name);
		if (place != NOWHERE)
			put_cell(table->buf, name, &value, place);
	}
	ks_buf_text(table->buf, "</tr>\n");
	return true;
}

/* --- sections --- */

static const struct ks_report_name *
report_of(const char *name)
{
	for (const struct ks_report_name *report = ks_report_names; report->name != NULL; report++)
		if (strcmp(report->name, name) == 0)
			return report;
	return NULL;
}

static void
put_title(struct ks_buf *buf, const struct section *section)
{
	ks_buf_printf(buf, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n<p>%s</p>\n",
		      section->report, section->report, section->title, section->lead);
}

/* What must be kept in mind of this report alone; the rest stands at the top of the page. */
static enum ks_error
put_caveats(const struct ks_page *page, struct ks_buf *buf, const char *report, struct ks_diag *diag)
{
	struct ks_store_head head = {0};
	const enum ks_error error = ks_store_read_caveats(page->store, report, &head, diag);
	for (size_t i = 0; i < head.n_caveats; i++) {
		ks_buf_text(buf, "<p class=\"more\">Caveat: ");
		ks_page_put_string(buf, head.caveats[i]);
		ks_buf_text(buf, ".</p>\n");
	}
	return error;
}

static void
put_end(const struct table *table, const struct ks_report_name *report)
{
	const char *const step = table->section->step_s < 0 ? " --step all" : "";
	if (table->n == 0) {
		ks_buf_text(table->buf, "<p>");
		ks_page_put_string(table->buf, report->empty);
		ks_buf_text(table->buf, "</p>\n");
	} else {
		ks_buf_text(table->buf, "</tbody></table></div>\n<p class=\"more\">");
		if (table->n > table->limit)
			ks_buf_printf(table->buf, "%" PRId64 " of %" PRId64 " rows. ", table->limit,
				      table->n);
		ks_buf_printf(table->buf, "All columns: <code>keystorm report %s%s -f csv%s</code></p>\n",
			      report->name, step, table->n > table->limit ? " --limit all" : "");
	}
}

static enum ks_error
read_rows(struct ks_page *page, struct table *table, const struct ks_report_name *report,
	  struct ks_diag *diag)
{
	const struct section *const section = table->section;
	const struct ks_query query = {.limit = -1, .step_s = section->step_s};
	if (strcmp(section->report, RANKING) == 0)
		return ks_page_read_ranking(page, table->buf, &table->n, diag);
	const enum ks_error error = ks_each_row(page->store, section->report, &query, see_row, table, diag);
	put_end(table, report);
	return error;
}

static enum ks_error
read_section(struct ks_page *page, const struct section *section, struct ks_diag *diag)
{
	const struct ks_report_name *const report = report_of(section->report);
	const int64_t limit = page->limit;
	struct ks_buf rows = {0};
	struct table table = {.buf = &rows, .section = section, .limit = limit == 0 ? section->rows : limit};
	if (limit < 0)
		table.limit = INT64_MAX;
	if (report == NULL) /* a question that this program does not know */
		return KS_SUCCESS;
	put_title(&rows, section);
	enum ks_error error = put_caveats(page, &rows, section->report, diag);
	if (error == KS_SUCCESS)
		error = read_rows(page, &table, report, diag);
	ks_buf_text(&rows, "</section>\n");
	if (error == KS_SUCCESS && (table.n > 0 || !section->if_any)) {
		ks_page_put_content(page, section->report, section->title);
		ks_buf_put(&page->tables, ks_buf_string(&rows), rows.n);
	}
	page->tables.failed |= rows.failed;
	ks_buf_done(&rows);
	return error;
}

enum ks_error
ks_page_read_tables(struct ks_page *page, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; error == KS_SUCCESS && i < KS_COUNT(sections); i++)
		error = read_section(page, &sections[i], diag);
	return error;
}
