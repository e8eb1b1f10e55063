/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/all.h"

#include <string.h>

#include "reports/buf.h"
#include "reports/html/page.h"
#include "reports/plot/gather.h"

const struct ks_report_name ks_all_report = {
	.name = "all", .what = "every report: a page with figures, or one after the other"};

static bool
is_narrowed(const struct ks_query *query)
{
	return query->zone != NULL || query->has_source || query->has_server || query->has_from ||
	       query->has_to || query->step_s != 0 || query->by != NULL || query->has_prefix;
}

/* What stands before, between and behind the reports. */
static enum ks_error
put_piece(const struct ks_document *document, const char *text, struct ks_diag *diag)
{
	struct ks_buf buf = {0};
	ks_buf_text(&buf, text);
	const enum ks_error error = ks_buf_flush(&buf, document->request->out, diag);
	ks_buf_done(&buf);
	return error;
}

/* A sequence is of one source: that of the page. `ret_any` is false when there is nobody to show. */
static enum ks_error
choose_source(struct ks_store *store, struct ks_query *query, bool *ret_any, struct ks_diag *diag)
{
	struct ks_offender offender;
	enum ks_error error = ks_gather_offender(store, query, &offender, diag);
	if (error == KS_SUCCESS && offender.zone.failed)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "no memory for a name");
	query->has_source = ks_addr_parse_prefix(offender.source, &query->source, &query->source_bits);
	*ret_any = query->has_source;
	ks_buf_done(&offender.zone);
	return error;
}

static enum ks_error
write_part(struct ks_store *store, const struct ks_document *document, const struct ks_report_name *report,
	   const char *before, ks_all_one_fn *one, struct ks_diag *diag)
{
	struct ks_report_request request = *document->request;
	struct ks_document part = *document;
	enum ks_error error = KS_SUCCESS;
	bool any = true;
	part.report = report;
	part.request = &request;
	if (strcmp(report->name, "sequence") == 0)
		error = choose_source(store, &request.query, &any, diag);
	if (error == KS_SUCCESS && any)
		error = put_piece(document, before, diag);
	return error != KS_SUCCESS || !any ? error : one(store, &part, diag);
}

static enum ks_error
write_each(struct ks_store *store, const struct ks_document *document, ks_all_one_fn *one,
	   const char *between, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (const struct ks_report_name *report = ks_report_names;
	     report->name != NULL && error == KS_SUCCESS; report++)
		error = write_part(store, document, report, report == ks_report_names ? "" : between, one,
				   diag);
	return error;
}

static enum ks_error
write_json(struct ks_store *store, const struct ks_document *document, ks_all_one_fn *one,
	   struct ks_diag *diag)
{
	struct ks_buf buf = {0};
	ks_json_put_envelope(&buf, document);
	ks_buf_put(&buf, "\n", 1);
	enum ks_error error = ks_buf_flush(&buf, document->request->out, diag);
	ks_buf_done(&buf);
	if (error == KS_SUCCESS)
		error = write_each(store, document, one, ",\n", diag);
	return error != KS_SUCCESS ? error : put_piece(document, "]}\n", diag);
}

enum ks_error
ks_all_write(struct ks_store *store, const struct ks_document *document, ks_all_one_fn *one,
	     struct ks_diag *diag)
{
	const char *const format = document->request->format;
	if (is_narrowed(&document->request->query))
		return ks_diag_set(diag, KS_ERR_USAGE, "report all takes no option but --limit");
	const enum ks_error error = ks_store_share(store, KS_SHARE_ALL, diag);
	if (error != KS_SUCCESS)
		return error;
	if (strcmp(format, "html") == 0)
		return ks_page_write(store, document, diag);
	if (strcmp(format, "json") == 0)
		return write_json(store, document, one, diag);
	if (strcmp(format, "text") == 0)
		return write_each(store, document, one, "\n", diag);
	return ks_diag_set(diag, KS_ERR_USAGE, "report all cannot be %.20s; it is html, text or json",
			   format);
}
