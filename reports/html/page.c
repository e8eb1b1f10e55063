/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/html/page.h"

#include <string.h>

#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/html/page_p.h"
#include "reports/number.h"

/* --- words of the template --- */

static void
put_title(const struct ks_page *page, struct ks_buf *buf)
{
	const struct ks_store_head *const head = page->document->head;
	ks_page_put_string(buf, ks_buf_string(&page->prose.headline));
	if (head->has_span) {
		ks_buf_text(buf, " - ");
		ks_number_time(buf, head->first_ns, 0, 'T');
	}
}

static void
put_over(const struct ks_page *page, struct ks_buf *buf)
{
	const struct ks_store_head *const head = page->document->head;
	ks_buf_text(buf, "DNSKEY requery report");
	if (!head->has_span)
		return;
	ks_buf_text(buf, ", ");
	ks_number_time(buf, head->first_ns, 0, ' ');
	ks_buf_text(buf, " to ");
	ks_number_time(buf, head->last_ns, 0, ' ');
	ks_buf_text(buf, " (");
	ks_number_duration(buf, ((double)head->last_ns - (double)head->first_ns) / 1e9);
	ks_buf_printf(buf, "), vantage %.1s", head->vantage);
}

static void
put_headline(const struct ks_page *page, struct ks_buf *buf)
{
	ks_page_put_string(buf, ks_buf_string(&page->prose.headline));
}

static void
put_answer_class(const struct ks_page *page, struct ks_buf *buf)
{
	/* No storm is no good news while somebody asks again and again. */
	const bool healthy = page->prose.verdict.n == 0 ||
			     strstr(ks_buf_string(&page->prose.verdict), "Verdict: healthy") != NULL;
	ks_buf_text(buf, page->prose.has_storm ? "answer storm" : healthy ? "answer" : "answer watch");
}

/* A paragraph for each line. */
static void
put_paragraphs(struct ks_buf *buf, const char *class, const struct ks_buf *text)
{
	for (const char *line = ks_buf_string(text), *end; *line != '\0';
	     line = *end == '\0' ? end : end + 1) {
		end = strchrnul(line, '\n');
		while (*line == ' ')
			line++;
		ks_buf_printf(buf, class == NULL ? "<p>" : "<p class=\"%s\">", class == NULL ? "" : class);
		ks_page_put_text(buf, line, (size_t)(end - line));
		ks_buf_text(buf, "</p>\n");
	}
}

/* A verdict stands on something, and that is one step away. */
static void
put_evidence(const struct ks_page *page, struct ks_buf *buf)
{
	static const struct {
		const char *id, *name;
	} sections[] = {{"diagnosis", "diagnosis"},
			{"storms", "storms"},
			{"hitters", "who asks"},
			{"conditions", "what it takes"},
			{"rollovers", "what happened to keys"},
			{"chain", "chain of trust"},
			{"quality", "what was not counted"}};
	bool any = false;
	if (!page->prose.has_storm && page->prose.verdict.n == 0)
		return;
	for (size_t i = 0; i < KS_COUNT(sections); i++) {
		char link[40];
		(void)snprintf(link, sizeof(link), "\"#%s\"", sections[i].id);
		if (strstr(ks_buf_string(&page->contents), link) == NULL)
			continue;
		ks_buf_printf(buf, "%s<a href=%s>%s</a>", any ? ", " : "<p>Evidence: ", link,
			      sections[i].name);
		any = true;
	}
	ks_buf_text(buf, any ? ".</p>\n" : "");
}

static void
put_answer(const struct ks_page *page, struct ks_buf *buf)
{
	const struct ks_summary_prose *const prose = &page->prose;
	if (prose->verdict.n > 0)
		put_paragraphs(buf, "verdict", &prose->verdict);
	else if (prose->has_storm)
		ks_buf_text(buf, "<p class=\"verdict\">Verdict: undetermined.</p>\n");
	put_evidence(page, buf);
	put_paragraphs(buf, NULL, &prose->storms);
	put_paragraphs(buf, NULL, &prose->load);
	put_paragraphs(buf, NULL, &prose->senders);
}

static void
put_numbers(const struct ks_page *page, struct ks_buf *buf)
{
	ks_buf_text(buf, ks_buf_string(&page->numbers));
}

static void
put_contents(const struct ks_page *page, struct ks_buf *buf)
{
	ks_buf_text(buf, ks_buf_string(&page->contents));
}

static void
put_pictures(const struct ks_page *page, struct ks_buf *buf)
{
	ks_buf_text(buf, ks_buf_string(&page->pictures));
}

static void
put_tables(const struct ks_page *page, struct ks_buf *buf)
{
	ks_buf_text(buf, ks_buf_string(&page->tables));
}

static void
put_footer(const struct ks_page *page, struct ks_buf *buf)
{
	ks_page_put_string(buf, page->document->request->tool);
	ks_buf_text(buf, ". ");
	if (page->document->request->database != NULL) {
		ks_buf_text(buf, "Made from <code>");
		ks_page_put_string(buf, page->document->request->database);
		ks_buf_text(buf, "</code>. ");
	}
	ks_buf_text(buf, "All times are UTC. The same figures, every row and every column: "
			 "<code>keystorm report NAME -f csv --limit all</code>.");
}

static void
put_style(const struct ks_page *page, struct ks_buf *buf)
{
	(void)page;
	ks_buf_text(buf, ks_file_page_css);
	ks_buf_text(buf, ks_file_plot_css);
}

static void
put_script(const struct ks_page *page, struct ks_buf *buf)
{
	(void)page;
	ks_buf_text(buf, ks_file_page_js);
}

static void
put_script_hash(const struct ks_page *page, struct ks_buf *buf)
{
	(void)page;
	ks_buf_text(buf, ks_file_page_js_sha256);
}

static const struct {
	const char *name;
	void (*put)(const struct ks_page *page, struct ks_buf *buf);
} words[] = {
	{"title", put_title},         {"over", put_over},
	{"headline", put_headline},   {"answer-class", put_answer_class},
	{"answer", put_answer},       {"figures", put_numbers},
	{"facts", ks_page_put_facts}, {"contents", put_contents},
	{"pictures", put_pictures},   {"tables", put_tables},
	{"footer", put_footer},       {"style", put_style},
	{"script", put_script},       {"script-hash", put_script_hash},
};

/* The template with each {{word}} replaced. */
static void
expand(const struct ks_page *page, struct ks_buf *buf)
{
	const char *at = ks_file_page_html;
	for (const char *open; (open = strstr(at, "{{")) != NULL;) {
		const char *const end = strstr(open, "}}");
		size_t i = 0;
		assert(end != NULL); /* the template is ours */
		while (strlen(words[i].name) != (size_t)(end - open) - 2 ||
		       memcmp(words[i].name, open + 2, (size_t)(end - open) - 2) != 0) {
			i++;
			assert(i < KS_COUNT(words));
		}
		ks_buf_put(buf, at, (size_t)(open - at));
		words[i].put(page, buf);
		at = end + 2;
	}
	ks_buf_text(buf, at);
}

/* --- what the parts use --- */

void
ks_page_put_text(struct ks_buf *buf, const char *text, size_t n)
{
	ks_escape_markup(buf, text, n);
}

void
ks_page_put_string(struct ks_buf *buf, const char *text)
{
	ks_escape_markup(buf, text, strlen(text));
}

void
ks_page_put_value(struct ks_buf *buf, const char *name, const struct ks_value *value)
{
	const struct ks_column column = ks_column_of(name);
	struct ks_buf text = {0};
	if (value->type == KS_VALUE_NULL && strcmp(name, "verdict") == 0)
		ks_buf_text(&text, "undetermined");
	else if (value->type == KS_VALUE_NULL && strcmp(name, "trigger") == 0)
		ks_buf_text(&text, "none seen");
	else
		ks_column_print(&text, &column, value, /* unicode= */ true);
	ks_page_put_string(buf, ks_buf_string(&text));
	buf->failed |= text.failed;
	ks_buf_done(&text);
}

void
ks_page_put_content(struct ks_page *page, const char *id, const char *title)
{
	ks_buf_printf(&page->contents, "<li><a href=\"#%s\">%s</a></li>\n", id, title);
}

/* --- the whole --- */

static bool
done(struct ks_page *page)
{
	struct ks_buf *const parts[] = {&page->numbers, &page->lost, &page->contents, &page->pictures,
					&page->tables};
	bool failed = page->prose.headline.failed || page->prose.storms.failed || page->prose.senders.failed;
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		failed |= parts[i]->failed;
		ks_buf_done(parts[i]);
	}
	ks_summary_prose_done(&page->prose);
	return failed;
}

static enum ks_error
read_page(struct ks_page *page, struct ks_diag *diag)
{
	enum ks_error error = ks_summary_read_prose(page->store, page->document, &page->prose, diag);
	if (error == KS_SUCCESS)
		error = ks_page_read_numbers(page, diag);
	if (error == KS_SUCCESS)
		error = ks_page_read_lost(page, diag);
	if (error == KS_SUCCESS)
		error = ks_page_read_pictures(page, diag);
	return error != KS_SUCCESS ? error : ks_page_read_tables(page, diag);
}

enum ks_error
ks_page_write(struct ks_store *store, const struct ks_document *document, struct ks_diag *diag)
{
	struct ks_report_request request = *document->request;
	struct ks_document whole = *document;
	struct ks_page page = {.store = store, .document = &whole};
	struct ks_buf buf = {0};
	whole.request = &request;
	page.limit = request.query.limit;
	request.query = (struct ks_query){0};
	request.width = 0;
	request.unicode = true;
	enum ks_error error = read_page(&page, diag);
	if (error == KS_SUCCESS)
		expand(&page, &buf);
	buf.failed |= done(&page);
	if (error == KS_SUCCESS)
		error = ks_buf_flush(&buf, request.out, diag);
	ks_buf_done(&buf);
	return error;
}
