/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/store_p.h -- what the files of store/ share; private to store/. */
#ifndef KS_STORE_STORE_P_H
#define KS_STORE_STORE_P_H

#include <sqlite3.h>

#include "store/query.h"

enum {
	KS_STORE_SCHEMA = 1,
	KS_STORE_APPLICATION = 0x4b535452, /* "KSTR", PRAGMA application_id */
	KS_STORE_PATIENCE_MS = 5000        /* for another process to finish its transaction */
};

enum ks_put {
	KS_PUT_RUN,
	KS_PUT_INPUT,
	KS_PUT_COUNTER,
	KS_PUT_SERVER,
	KS_PUT_SOURCE,
	KS_PUT_REST,
	KS_PUT_BIN,
	KS_PUT_TRAFFIC,
	KS_PUT_ZONE,
	KS_PUT_RUN_ZONE,
	KS_PUT_ZONE_BIN,
	KS_PUT_FLOW,
	KS_PUT_QUERY,
	KS_PUT_ICMP,
	KS_PUT_STACK,
	KS_PUT_NXDOMAIN,
	KS_PUT_TA_SIGNAL,
	KS_PUT_ZONE_KEY,
	KS_PUT_FAILURE,
	KS_PUT_STORM,
	KS_PUT_BEHAVIOUR,
	KS_PUT_BEHAVIOUR_CELL,
	KS_PUT_BEHAVIOUR_SERVER,
	KS_PUT_HABIT,
	KS_PUT_MILESTONE,
	KS_PUT_EVENT,
	KS_PUT_TRIGGER,
	KS_PUT_LEDGER_NAME,
	KS_PUT_RRSET,
	KS_PUT_RRSET_KEY,
	KS_PUT_RRSET_DS,
	KS_PUT_RRSET_SEEN,
	KS_PUT_DKEY,
	KS_PUT_SIGNATURE,
	KS_PUT_NSEC,
	KS_PUT_EXHAUSTION,
	KS_PUT_COUNT
};

/* Whatever follows from facts. */
#define KS_SQL_FORGET_JUDGEMENTS                                                                             \
	"DELETE FROM judged; DELETE FROM storm_trigger; DELETE FROM event; DELETE FROM storm; DELETE FROM "  \
	"habit"

struct ks_store {
	struct ks_sink sink; /* first: the sink's functions get a pointer to it */
	sqlite3 *db;
	char *path; /* as the user gave it, for messages */
	sqlite3_stmt *put[KS_PUT_COUNT];
	int64_t returned_id; /* what the last put with RETURNING returned */

	/* The run being written. */
	int64_t run_id;
	int64_t n_inputs, n_counters;
	int64_t *zone_ids; /* by the order in which zones were put */
	size_t n_zones, cap_zones;
	int64_t *ledger_names; /* zone_id by the order in which names of the ledger were put */
	size_t n_ledger_names, cap_ledger_names;
	int64_t n_rrsets;
};

extern const struct ks_sink_ops ks_store_sink_ops;

/* --- sql.c: SQLite with our errors --- */

/* The line for what the connection just refused, whatever `rc` is short of SQLITE_OK. */
enum ks_error ks_sql_fail(struct ks_store *store, int rc, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_sql_exec(struct ks_store *store, const char *sql, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_sql_prepare(struct ks_store *store, const char *sql, sqlite3_stmt **ret,
					   struct ks_diag *diag);
/* First column of the first row; 0 when there is none or it is NULL. */
KS_MUST_CHECK enum ks_error ks_sql_number(struct ks_store *store, const char *sql, int64_t *ret,
					  struct ks_diag *diag);

/* A row on its way in: values in the order of the columns, then done. The first failure sticks. */
struct ks_sql_row {
	struct ks_store *store;
	sqlite3_stmt *stmt;
	int at, rc;
};
struct ks_sql_row ks_sql_row_begin(struct ks_store *store, enum ks_put which);
void ks_sql_put_int(struct ks_sql_row *row, int64_t value);
void ks_sql_put_count(struct ks_sql_row *row, uint64_t value); /* beyond int64_t: its largest value */
void ks_sql_put_real(struct ks_sql_row *row, double value);    /* NULL unless finite */
void ks_sql_put_null(struct ks_sql_row *row);
/* The bytes must live until ks_sql_row_done. */
void ks_sql_put_text(struct ks_sql_row *row, const char *text);
void ks_sql_put_blob(struct ks_sql_row *row, const void *bytes, size_t n);
KS_MUST_CHECK enum ks_error ks_sql_row_done(struct ks_sql_row *row, struct ks_diag *diag);

/* --- behaviour.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_behaviour(struct ks_sink *sink, const struct ks_fact_behaviour *fact,
						   struct ks_diag *diag);

/* --- calendar.c --- */

/* Replace the milestones that are part of the program. */
KS_MUST_CHECK enum ks_error ks_calendar_put_own(struct ks_store *store, struct ks_diag *diag);
/* --- writer.c --- */

/* A name shared by all runs, in wire format. */
KS_MUST_CHECK enum ks_error ks_store_put_name(struct ks_store *store, struct ks_span name,
					      int64_t *ret_zone_id, struct ks_diag *diag);

/* --- ledger.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error
ks_store_put_ledger_name(struct ks_sink *sink, const struct ks_fact_ledger_name *fact, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_rrset(struct ks_sink *sink, const struct ks_fact_rrset *fact,
					       struct ks_diag *diag);
KS_MUST_CHECK enum ks_error
ks_store_put_rrset_seen(struct ks_sink *sink, const struct ks_fact_rrset_seen *fact, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_key(struct ks_sink *sink, const struct ks_fact_key *fact,
					     struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_signature(struct ks_sink *sink, const struct ks_fact_signature *fact,
						   struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_nsec(struct ks_sink *sink, const struct ks_fact_nsec *fact,
					      struct ks_diag *diag);
KS_MUST_CHECK enum ks_error
ks_store_put_exhaustion(struct ks_sink *sink, const struct ks_fact_exhaustion *fact, struct ks_diag *diag);

/* --- schema.c --- */

/* Tables, words and views into an empty database, in one transaction. */
KS_MUST_CHECK enum ks_error ks_schema_create(struct ks_store *store, struct ks_diag *diag);

/* --- catalog.c: the reports --- */

/* Options of struct ks_query that a report may take. */
enum {
	KS_TAKES_ZONE = 1 << 0,
	KS_TAKES_SOURCE = 1 << 1,
	KS_TAKES_SERVER = 1 << 2,
	KS_TAKES_TIME = 1 << 3, /* from, to */
	KS_TAKES_STEP = 1 << 4,
	KS_TAKES_BY = 1 << 5
};

enum ks_filter { KS_FILTER_INSIDE, KS_FILTER_SPAN, KS_FILTER_INSTANT };

/* A report is the table expression `report` of its SQL file, which may read its options from the one-row
 * table expression `option`. The view of the same name is the report without options. */
struct ks_catalog_entry {
	const char *name;
	const char *sql;
	const char *columns;  /* as in SPEC section 6 */
	const char *order;    /* total */
	const char *rankable; /* " a b c ": columns that `by` may name */
	unsigned takes;
	enum ks_filter time;  /* INSIDE: the SQL file does it; SPAN: first_ns, last_ns; INSTANT: t_ns */
	bool by_inside;       /* the SQL file ranks */
	bool zone_inside;     /* the SQL file chooses the zone */
	bool view_has_source; /* a view takes no --source, so its rows must tell */
	int64_t limit;        /* rows when nothing is asked; < 0: all */
};

extern const struct ks_catalog_entry ks_catalog[];
extern const size_t ks_n_catalog;

#endif
