/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/report.h"

#include <errno.h>
#include <string.h>

#include "reports/all.h"
#include "reports/buf.h"
#include "reports/fmt/fmt.h"
#include "reports/fmt/svg.h"
#include "reports/fmt/why.h"
#include "reports/summary.h"

const struct ks_report_name ks_report_names[] = {
	{.name = "summary",
	 .what = "the answer: is there a storm, since when, how strong, who sends",
	 .empty = "nothing: the database holds no capture.",
	 .next = "hitters",
	 .next_empty = "quality",
	 .record = true,
	 .text = ks_summary_write},
	{.name = "totals",
	 .what = "packets, messages, transports and bytes of the whole capture",
	 .empty = "nothing: the database holds no capture.",
	 .next = "quality",
	 .next_empty = "quality",
	 .record = true},
	{.name = "traffic",
	 .what = "bits and packets per second, towards the servers and back, per bin",
	 .empty = "no traffic: no packet on a DNS port was seen.",
	 .next = "qtypes --step all",
	 .next_empty = "quality"},
	{.name = "qtypes",
	 .what = "queries per type and bin, and which type explains an increase",
	 .empty = "no queries: no DNS message was seen.",
	 .next = "hitters",
	 .next_empty = "quality"},
	{.name = "sources",
	 .what = "who asks, how much, and how much of it is DNSKEY",
	 .empty = "no sources: no DNS query and no response was seen.",
	 .next = "sequence --source {source}",
	 .next_empty = "quality"},
	{.name = "clients",
	 .what = "how many different sources asked, by day: IPv4, IPv6, IPv6 by /64",
	 .empty = "nothing: no query was seen.",
	 .next = "sources",
	 .next_empty = "quality"},
	{.name = "hitters",
	 .what = "who asks for DNSKEY, ranked, with the classes of repeats",
	 .empty = "no hitters: nobody asked for DNSKEY, so there is nothing to repeat.",
	 .next = "sequence --source {source}",
	 .next_empty = "qtypes --step all"},
	{.name = "sequence",
	 .what = "query by query what one source (--source) asked and was answered",
	 .empty = "no sequence: no query of this source was kept; when room is short, sources that never "
		  "repeat DNSKEY queries go first.",
	 .next = "storms",
	 .next_empty = "hitters"},
	{.name = "storms",
	 .what = "DNSKEY storms: zone, start, end, rates, uplift",
	 .empty = "no storm: no zone's DNSKEY rate rose above its own base for long enough.",
	 .next = "hitters --zone {zone}",
	 .next_empty = "qtypes --step all"},
	{.name = "growth",
	 .what = "uplift from one rollover of a zone to the next, and what that lets expect",
	 .empty = "nothing: there was no storm, so nothing grows.",
	 .next = "storms",
	 .next_empty = "qtypes --step all"},
	{.name = "diagnosis",
	 .what = "why: each kind of evidence, its value and its weight for each explanation",
	 .empty = "no diagnosis: there is no storm, and nobody asks again for keys just delivered.",
	 .next = "conditions",
	 .next_empty = "summary",
	 .text = ks_why_write},
	{.name = "conditions",
	 .what = "what it takes to storm, by source: DO, signatures, a check that fails, no memory of it",
	 .empty = "nothing: nobody asks again for keys just delivered.",
	 .next = "diagnosis --source {source}",
	 .next_empty = "summary"},
	{.name = "resolver",
	 .what = "seen at a resolver: SERVFAIL and its codes, CD, AD, other resolvers, stale answers",
	 .empty = "nothing: the database holds no capture.",
	 .next = "errors",
	 .next_empty = "quality"},
	{.name = "anchors",
	 .what = "trust anchors that sources say they hold (RFC 8145), and who lacks the current key",
	 .empty = "no signals: no source told which trust anchors it holds.",
	 .next = "hitters --source {source}",
	 .next_empty = "hitters"},
	{.name = "rollovers",
	 .what = "what happened to keys, signers and DS, when and where; and the calendar",
	 .empty = "no events: no key, signer or DS was seen to change.",
	 .next = "audit",
	 .next_empty = "signatures"},
	{.name = "rollover-series",
	 .what = "a zone's key traffic per bin, with its events",
	 .empty = "nothing: nobody asked for DNSKEY.",
	 .next = "rollovers --zone {zone}",
	 .next_empty = "qtypes --step all"},
	{.name = "audit",
	 .what = "ten questions about a zone's DNSSEC that packets can answer, or not",
	 .empty = "nothing: the database holds no capture.",
	 .next = "rollovers",
	 .next_empty = "quality"},
	{.name = "signatures",
	 .what = "RRSIGs by zone, type and key: when they expire, and whether they fit",
	 .empty = "no signatures: no RRSIG record was seen.",
	 .next = "consistency --zone {zone}",
	 .next_empty = "quality"},
	{.name = "consistency",
	 .what = "which DNSKEY RRset each server gave, signed by whom, from when to when",
	 .empty = "nothing to compare: no authoritative DNSKEY answer was seen.",
	 .next = "signatures --zone {zone}",
	 .next_empty = "qtypes --step all"},
	{.name = "keys",
	 .what = "keys by what they sign, and those that nobody can use",
	 .empty = "no keys: no DNSKEY answer was seen.",
	 .next = "chain --zone {zone}",
	 .next_empty = "qtypes --step all"},
	{.name = "chain",
	 .what = "does the chain of trust reach the zone: its DS and its keys; islands of security",
	 .empty = "no zones: no authoritative DNSKEY answer was seen.",
	 .next = "keys --zone {zone}",
	 .next_empty = "qtypes --step all"},
	{.name = "denial",
	 .what = "how zones deny names: NSEC or NSEC3, iterations, salt, opt-out",
	 .empty = "no denials: no NSEC, NSEC3 or NSEC3PARAM record was seen.",
	 .next = "exhaustion --zone {zone}",
	 .next_empty = "exhaustion"},
	{.name = "errors",
	 .what = "failures that resolvers admit: EDE codes and error reports",
	 .empty = "no errors: no response carried an EDE code and no resolver reported one.",
	 .next = "hitters",
	 .next_empty = "quality"},
	{.name = "quality",
	 .what = "what was not counted and why: refusals, drops, cuts",
	 .empty = "nothing: the database holds no capture.",
	 .next = "totals",
	 .next_empty = "summary"},
	{.name = "fingerprints",
	 .what = "offenders by what their queries look like: which software sends",
	 .empty = "no fingerprints: no source asks for keys again and again.",
	 .next = "hitters",
	 .next_empty = "hitters"},
	{.name = "amplification",
	 .what = "octets answered for an octet asked, by type, over UDP",
	 .empty = "nothing: no DNS message over UDP was seen.",
	 .next = "qtypes --step all",
	 .next_empty = "quality"},
	{.name = "nxdomain",
	 .what = "names that do not exist, by the name above them; floods of made-up names",
	 .empty = "nothing: no answer said that a name does not exist.",
	 .next = "sources",
	 .next_empty = "qtypes --step all"},
	{.name = "exhaustion",
	 .what = "what costs validators too much: colliding keys, many signatures, broken bitmaps",
	 .empty = "nothing: no zone asked more of validators than is usual.",
	 .next = "signatures --zone {zone}",
	 .next_empty = "signatures"},
	{.name = "habits",
	 .what = "how sources ask that fail: pauses, searches, demand, recovery",
	 .empty = "no habits: nobody asked for keys again too soon.",
	 .next = "sequence --source {source}",
	 .next_empty = "hitters"},
	{.name = "starts",
	 .what = "how sources began: sweeps over the servers, restarts, returns after long silence",
	 .empty = "no starts: no source began with queries to several servers.",
	 .next = "sequence --source {source}",
	 .next_empty = "hitters"},
	{.name = "priming",
	 .what = "who asks for the root's servers, and for keys right behind it",
	 .empty = "no priming: nobody asked for the name servers of the root.",
	 .next = "starts",
	 .next_empty = "sources"},
	{.name = "depth",
	 .what = "DNSKEY and DS load by depth of the name; reverse and ENUM trees apart",
	 .empty = "nothing: nobody asked for DNSKEY or DS.",
	 .next = "hitters",
	 .next_empty = "qtypes --step all"},
	{.name = "cd",
	 .what = "sources that began to set CD, checking disabled",
	 .empty = "no change: every source sets CD as it always did.",
	 .next = "sequence --source {source}",
	 .next_empty = "sources"},
	{.name = "lookaside",
	 .what = "names asked for in lookaside registries (DLV)",
	 .empty = "no lookaside: nobody asked for DLV.",
	 .next = "hitters",
	 .next_empty = "qtypes --step all"},
	{0},
};

static const struct ks_fmt_ops *const formats[] = {&ks_fmt_text, &ks_fmt_json, &ks_fmt_csv};

static const struct ks_report_name *
find_report(const char *name)
{
	if (strcmp(name, ks_all_report.name) == 0)
		return &ks_all_report;
	for (const struct ks_report_name *report = ks_report_names; report->name != NULL; report++)
		if (strcmp(report->name, name) == 0)
			return report;
	return NULL;
}

const struct ks_fmt_ops *
ks_fmt_find(const char *name)
{
	for (size_t i = 0; i < KS_COUNT(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static enum ks_error
refuse_report(const char *name, struct ks_diag *diag)
{
	struct ks_buf list = {0};
	for (const struct ks_report_name *report = ks_report_names; report->name != NULL; report++)
		ks_buf_printf(&list, "%s%s", list.n == 0 ? "" : ", ", report->name);
	/* What was typed is cut short, so that the line has room for what is right. */
	const enum ks_error error = ks_diag_set(diag, KS_ERR_USAGE, "no report '%.40s'; there are: %s", name,
						ks_buf_string(&list));
	ks_buf_done(&list);
	return error;
}

enum ks_error
ks_fmt_refuse(const char *name, struct ks_diag *diag)
{
	struct ks_buf list = {0};
	for (size_t i = 0; i < KS_COUNT(formats); i++)
		ks_buf_printf(&list, "%s%s", list.n == 0 ? "" : ", ", formats[i]->name);
	const enum ks_error error = ks_diag_set(diag, KS_ERR_USAGE, "no format '%.40s'; there are: %s", name,
						ks_buf_string(&list));
	ks_buf_done(&list);
	return error;
}

static enum ks_error
write_rows(struct ks_store *store, const struct ks_document *document, const struct ks_fmt_ops *format,
	   struct ks_diag *diag)
{
	struct ks_rows *rows;
	struct ks_query query = document->request->query;
	query.n_screen =
		format->n_screen > 0 ? format->n_screen + 1 : 0; /* one more tells that there are more */
	enum ks_error error = ks_rows_open(store, document->report->name, &query, &rows, diag);
	if (error != KS_SUCCESS)
		return error;
	error = format->write(document, rows, diag);
	ks_rows_close(rows);
	return error;
}

static bool
is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* One report in one format: its own text, a picture, or rows. */
static enum ks_error
write_one(struct ks_store *store, const struct ks_document *document, struct ks_diag *diag)
{
	const char *const name = document->request->format;
	if (is(name, "svg"))
		return ks_svg_write(store, document, diag);
	if (is(name, "html"))
		return ks_diag_set(diag, KS_ERR_USAGE,
				   "report %s is no page; 'report all -f html' is, and has it",
				   document->report->name);
	const struct ks_fmt_ops *const format = ks_fmt_find(name);
	if (format->for_people && document->report->text != NULL)
		return document->report->text(store, document, diag);
	return write_rows(store, document, format, diag);
}

static enum ks_error
refuse_format(const char *name, struct ks_diag *diag)
{
	return ks_diag_set(diag, KS_ERR_USAGE, "no format '%.40s'; there are: text, json, csv, svg, html",
			   name);
}

enum ks_error
ks_report_write(struct ks_store *store, const struct ks_report_request *request, struct ks_diag *diag)
{
	assert(request->name != NULL && request->format != NULL && request->out != NULL);
	const struct ks_report_name *report = find_report(request->name);
	if (report == NULL)
		return refuse_report(request->name, diag);
	if (!is(request->format, "svg") && !is(request->format, "html") &&
	    ks_fmt_find(request->format) == NULL)
		return refuse_format(request->format, diag);

	struct ks_store_head head;
	enum ks_error error = ks_store_read_head(store, &head, diag);
	if (error == KS_SUCCESS)
		error = ks_store_read_caveats(store, report->name, &head, diag);
	if (error != KS_SUCCESS)
		return error;
	const struct ks_document document = {.request = request, .report = report, .head = &head};
	error = report == &ks_all_report ? ks_all_write(store, &document, write_one, diag)
					 : write_one(store, &document, diag);
	if (error != KS_SUCCESS)
		return error;
	/* The last lines may still be in the buffer of `out`: a full disk shows only now. */
	if (fflush(request->out) != 0 || ferror(request->out))
		return ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write: %s", strerror(errno));
	return KS_SUCCESS;
}
