/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/summary_p.h -- the parts of the summary, each one question to the store.
 *
 * Private to summary*.c. Every part writes sentences that are safe for a terminal into buffers owned by
 * the summary; a part without anything to say leaves its buffer empty. */
#ifndef KS_REPORTS_SUMMARY_P_H
#define KS_REPORTS_SUMMARY_P_H

#include "reports/buf.h"
#include "reports/fmt/fmt.h"

enum { KS_SUMMARY_TOP = 3 }; /* storms, sources and refusals that are named */

struct ks_summary {
	struct ks_store *store;
	const struct ks_document *document;
	struct ks_value packets, dns_messages, queries, responses, sources, zones;
	struct ks_value dnskey_queries, dnskey_share, storms, offenders, heavy_hitters, lead_db;
	struct ks_buf verdict, to_decide, milestone; /* copies of the row's texts */
	struct ks_buf storm[KS_SUMMARY_TOP];         /* sentences, the strongest storm first */
	double storm_peak[KS_SUMMARY_TOP];
	size_t n_storms;         /* rows seen */
	struct ks_buf strongest; /* the zone of the first of them, as ks_summary_put_zone says it */
	struct ks_buf top;       /* "192.0.2.1 (41.2 %, zone .), ..." */
	struct ks_buf offender;  /* the source to look at next, quoted for a shell */
	struct ks_buf chart, refused;
	struct ks_buf expired; /* a sentence: signatures that were served when they were over */
};

KS_MUST_CHECK enum ks_error ks_summary_read_storms(struct ks_summary *summary, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_summary_read_hitters(struct ks_summary *summary, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_summary_read_chart(struct ks_summary *summary, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_summary_read_quality(struct ks_summary *summary, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_summary_read_expired(struct ks_summary *summary, struct ks_diag *diag);

/* The current row of `storms`, in sentences (summary_storm.c). */
void ks_summary_put_storm(struct ks_buf *buf, const struct ks_rows *rows, bool unicode);

#endif
