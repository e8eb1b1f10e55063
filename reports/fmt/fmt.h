/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/fmt.h -- the forms a document can take.
 *
 * A format pulls the rows itself, because only it knows whether it must see several of them before it
 * can print the first. Errors are those of ks_report_write; the rows stay the caller's to close. */
#ifndef KS_REPORTS_FMT_FMT_H
#define KS_REPORTS_FMT_FMT_H

#include "reports/report.h"

/* A document to be written: what was asked for, which report answers, and its head. */
struct ks_document {
	const struct ks_report_request *request;
	const struct ks_report_name *report;
	const struct ks_store_head *head;
};

struct ks_fmt_ops {
	const char *name;
	bool for_people; /* gets the report's own text when it has one */
	enum ks_error (*write)(const struct ks_document *document, struct ks_rows *rows,
			       struct ks_diag *diag);
};

extern const struct ks_fmt_ops ks_fmt_text, ks_fmt_json, ks_fmt_csv;

#endif
