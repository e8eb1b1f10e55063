/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/fmt/fmt.h -- the forms a document can take.
 *
 * A format pulls the rows itself, because only it knows whether it must see several of them before it
 * can print the first. Errors are those of ks_report_write; the rows stay the caller's to close. */
#ifndef KS_REPORTS_FMT_FMT_H
#define KS_REPORTS_FMT_FMT_H

#include "reports/report.h"

/* One of several databases that a document is about. */
struct ks_document_side {
	const char *name; /* "a" */
	const char *database;
	const struct ks_store_head *head;
};

/* A document to be written: what was asked for, which report answers, and its head. */
struct ks_document {
	const struct ks_report_request *request;
	const struct ks_report_name *report;
	const struct ks_store_head *head;
	const struct ks_document_side *sides; /* of a comparison */
	size_t n_sides;
};

struct ks_fmt_ops {
	const char *name;
	bool for_people;  /* gets the report's own text when it has one */
	int64_t n_screen; /* rows that it shows unless more are asked for; 0: all */
	enum ks_error (*write)(const struct ks_document *document, struct ks_rows *rows,
			       struct ks_diag *diag);
};

/* The format of this name; NULL when there is none, which ks_fmt_refuse tells. */
const struct ks_fmt_ops *ks_fmt_find(const char *name);
enum ks_error ks_fmt_refuse(const char *name, struct ks_diag *diag);

/* The head of a JSON document, up to and with the bracket that opens its rows. */
struct ks_buf;
void ks_json_put_envelope(struct ks_buf *buf, const struct ks_document *document);

extern const struct ks_fmt_ops ks_fmt_text, ks_fmt_json, ks_fmt_csv;

#endif
