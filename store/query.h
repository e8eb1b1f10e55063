/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/query.h -- rows for reports, typed and in a total order.
 *
 * Every report asks one named query. The column names and their order are SPEC section 6's, the same as
 * those of the view v_NAME. An unknown value is KS_VALUE_NULL, never 0.
 *
 * Memory:  values live until the next ks_rows_next.
 * Threads: as the store. */
#ifndef KS_STORE_QUERY_H
#define KS_STORE_QUERY_H

#include "store/store.h"

/* What the user narrowed a report to; zero-initialised means everything. */
struct ks_query {
	int64_t limit;    /* rows; 0: the report's default, < 0: all */
	const char *zone; /* presentation form, any case, with or without trailing dot; NULL: all */
	bool has_source;  /* rows whose source lies in the prefix */
	struct ks_addr source;
	unsigned source_bits; /* of 128, see ks_addr_parse_prefix */
	bool has_server;
	struct ks_addr server;
	bool has_from, has_to;
	int64_t from_ns,
		to_ns; /* rows with from <= t < to (for rows with first and last: those that meet the span) */
	int64_t step_s;      /* width of the bins of a series; 0: as stored, < 0: one row for all */
	bool has_prefix;     /* add sources up by their first `len4` (IPv4) or `len6` bits */
	unsigned len4, len6; /* of 32, of 128 */
	const char *by;      /* column to rank by, descending; NULL: the report's own order */
	/* Of report diagnosis: the rows of so many storms and so many sources, those asked for most, are
	 * enough; more may come. 0: all. */
	int64_t n_subjects;
	int64_t n_screen; /* rows at most where `limit` is 0 and the report would give all; 0: all */
};

/* NATURAL: what may be larger than any INT; only tables in memory have it. */
enum ks_value_type { KS_VALUE_NULL, KS_VALUE_INT, KS_VALUE_REAL, KS_VALUE_TEXT, KS_VALUE_NATURAL };

struct ks_value {
	enum ks_value_type type;
	int64_t integer;
	uint64_t natural;
	double real;
	const char
		*text; /* UTF-8 without control bytes except what a packet put there: printers must escape */
	size_t n_text;
};

struct ks_rows;

/* KS_ERR_USAGE: no such query, an option that does not fit it, or an unknown column in `by` (the line lists
 * what would be right). */
KS_MUST_CHECK enum ks_error ks_rows_open(struct ks_store *store, const char *name,
					 const struct ks_query *query, struct ks_rows **ret,
					 struct ks_diag *diag);
/* Rows that were computed, not stored: they go out as all others do. */
struct ks_value_table {
	const char *const *columns;
	size_t n_columns;
	const struct ks_value *values; /* row by row */
	size_t n_rows;
};
/* `table` must live until the rows are closed. */
KS_MUST_CHECK enum ks_error ks_rows_of_table(const struct ks_value_table *table, struct ks_rows **ret,
					     struct ks_diag *diag);
size_t ks_rows_columns(const struct ks_rows *rows);
const char *ks_rows_column(const struct ks_rows *rows, size_t index);
/* KS_SUCCESS with *ret_have false at the end. */
KS_MUST_CHECK enum ks_error ks_rows_next(struct ks_rows *rows, bool *ret_have, struct ks_diag *diag);
struct ks_value ks_rows_value(const struct ks_rows *rows, size_t index);
void ks_rows_close(struct ks_rows *rows);

/* What several reports are about to ask of this snapshot is added up once, in temporary tables of the
 * connection: SUMMARY what the summary and its parts share, ALL what all reports do. Rows are the same with
 * and without. Nothing is done for a database of one run, nor on a connection that can write. */
enum ks_shared { KS_SHARE_NOTHING, KS_SHARE_SUMMARY, KS_SHARE_ALL };
KS_MUST_CHECK enum ks_error ks_store_share(struct ks_store *store, enum ks_shared what, struct ks_diag *diag);

/* How many storms and how many sources report diagnosis has, of the zone of `query` if it has one. */
struct ks_subject_count {
	int64_t storms, sources;
};
KS_MUST_CHECK enum ks_error ks_store_count_subjects(struct ks_store *store, const struct ks_query *query,
						    struct ks_subject_count *ret, struct ks_diag *diag);

/* Span, vantage and caveats of the whole database, for the head of every report. */
struct ks_store_head {
	bool has_span;
	int64_t first_ns, last_ns;
	uint8_t time_digits;
	int64_t bin_s;        /* width of the widest bins; 0 for an empty database */
	char vantage[2];      /* "A", "M", "R", or "" for an empty database */
	char caveats[8][256]; /* sentences, most important first */
	size_t n_caveats;
};
KS_MUST_CHECK enum ks_error ks_store_read_head(struct ks_store *store, struct ks_store_head *ret,
					       struct ks_diag *diag);
/* Add what must be kept in mind of this report alone. */
KS_MUST_CHECK enum ks_error ks_store_read_caveats(struct ks_store *store, const char *name,
						  struct ks_store_head *head, struct ks_diag *diag);

#endif
