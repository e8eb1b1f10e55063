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

/* Tables that others refer to stand before those: rows.c writes in this order. */
enum ks_put {
	KS_PUT_RUN,
	KS_PUT_INPUT,
	KS_PUT_COUNTER,
	KS_PUT_SERVER,
	KS_PUT_SOURCE,
	KS_PUT_REST,
	KS_PUT_BOUND,
	KS_PUT_SOURCE_NET,
	KS_PUT_CLIENTS,
	KS_PUT_CLIENT_COUNT,
	KS_PUT_BIN,
	KS_PUT_TRAFFIC,
	KS_PUT_ZONE,
	KS_PUT_RUN_ZONE,
	KS_PUT_ZONE_BIN,
	KS_PUT_FLOW,
	KS_PUT_FLOW_NET,
	KS_PUT_QUERY,
	KS_PUT_ICMP,
	KS_PUT_STACK,
	KS_PUT_NXDOMAIN,
	KS_PUT_TA_SIGNAL,
	KS_PUT_ZONE_KEY,
	KS_PUT_FAILURE,
	KS_PUT_STORM,
	KS_PUT_STORM_BARE,
	KS_PUT_SERVER_STORM,
	KS_PUT_BEHAVIOUR,
	KS_PUT_BEHAVIOUR_CELL,
	KS_PUT_BEHAVIOUR_SERVER,
	KS_PUT_HABIT,
	KS_PUT_MILESTONE,
	KS_PUT_EVENT,
	KS_PUT_TRIGGER,
	KS_PUT_CANDIDATE,
	KS_PUT_OUTLOOK,
	KS_PUT_REPAIR,
	KS_PUT_EVENT_REST,
	KS_PUT_LEDGER_NAME,
	KS_PUT_RRSET,
	KS_PUT_RRSET_KEY,
	KS_PUT_RRSET_DS,
	KS_PUT_RRSET_SEEN,
	KS_PUT_DKEY,
	KS_PUT_SIGNATURE,
	KS_PUT_NSEC,
	KS_PUT_EXHAUSTION,
	KS_PUT_DEPTH,
	KS_PUT_ZONE_SERVER,
	KS_PUT_GIVEN_SERVER,
	KS_PUT_OPENING,
	KS_PUT_MANNER,
	KS_PUT_LOOKASIDE,
	KS_PUT_DROP,
	KS_PUT_DIAGNOSIS,
	KS_PUT_REASONING,
	KS_PUT_WEIGHT,
	KS_PUT_COUNT
};

/* A row of run_zone, while its bins are counted. */
struct ks_run_zone {
	int64_t zone_id;
	uint64_t dnskey_queries, requeries;
	uint32_t servers;
	bool answered;
};

struct ks_store {
	struct ks_sink sink; /* first: the sink's functions get a pointer to it */
	sqlite3 *db;
	char *path; /* as the user gave it, for messages */
	sqlite3_stmt *put[KS_PUT_COUNT];
	struct ks_rows *rows[KS_PUT_COUNT]; /* NULL until the first row of its kind */
	bool rows_wait;
	const struct ks_rows *writing; /* what rows_table.c shows */
	bool is_new;       /* made by this connection, and nothing committed: see ks_store_settle */
	bool keys_trusted; /* see ks_store_check_keys */
	bool keeps_judgements;
	sqlite3_stmt *find_name;
	enum ks_shared shared; /* see ks_store_share */
	bool has_sums;         /* those of shared.sql, as temporary tables */

	/* The run being written. */
	int64_t run_id;
	bool is_first; /* before it there were neither runs nor names */
	int64_t n_inputs, n_counters;
	struct ks_run_zone *zones; /* by the order in which they were put; rows at the end of the run */
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

/* --- rows.c --- */

/* A row on its way in: values in the order of the columns, then done. The first failure sticks. Most rows
 * wait for others of their kind and may fail with a later one; ks_sql_exec and ks_sql_prepare see all that
 * was put. */
struct ks_rows;
struct ks_sql_row {
	struct ks_store *store;
	struct ks_rows *rows;
	enum ks_put which;
	int at, rc;
};
struct ks_sql_row ks_sql_row_begin(struct ks_store *store, enum ks_put which);
void ks_sql_put_int(struct ks_sql_row *row, int64_t value);
void ks_sql_put_count(struct ks_sql_row *row, uint64_t value); /* beyond int64_t: its largest value */
void ks_sql_put_real(struct ks_sql_row *row, double value);    /* NULL unless finite */
void ks_sql_put_null(struct ks_sql_row *row);
void ks_sql_put_text(struct ks_sql_row *row, const char *text); /* NULL: NULL */
void ks_sql_put_blob(struct ks_sql_row *row, const void *bytes, size_t n);
KS_MUST_CHECK enum ks_error ks_sql_row_done(struct ks_sql_row *row, struct ks_diag *diag);

/* --- row_parts.c: values and beginnings that rows of many tables share --- */

/* The store that a sink of ks_store_sink_ops is part of. */
struct ks_store *ks_store_of(struct ks_sink *sink);
/* A row of a fact: it begins with the run being written. */
struct ks_sql_row ks_store_fact_row(struct ks_sink *sink, enum ks_put which);
/* The zone that was put as number `zone` in this run. */
void ks_sql_put_run_zone(struct ks_sql_row *row, uint32_t zone);
void ks_sql_put_known(struct ks_sql_row *row, bool known, int64_t value); /* NULL unless known */
void ks_sql_put_word(struct ks_sql_row *row, const char *word); /* NULL for none and for an empty one */
void ks_sql_put_span(struct ks_sql_row *row, struct ks_span bytes);
void ks_sql_put_addr(struct ks_sql_row *row, const struct ks_addr *addr); /* 4 or 16 octets */
/* Two values: a name in wire format and printed, into the caller's room, which the row does not keep. NULL
 * and NULL where there is no name at all, which is not the root's. */
void ks_sql_put_name(struct ks_sql_row *row, struct ks_span name, char text[KS_NAME_TEXT]);

/* --- drops.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_drop(struct ks_sink *sink, const struct ks_fact_drop *fact,
					      struct ks_diag *diag);

/* --- behaviour.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_behaviour(struct ks_sink *sink, const struct ks_fact_behaviour *fact,
						   struct ks_diag *diag);

/* --- judgements.c --- */

/* Whatever follows from facts, inside a transaction that changes them. */
KS_MUST_CHECK enum ks_error ks_store_forget_judgements(struct ks_store *store, struct ks_diag *diag);

/* --- diagnosis.c --- */

/* The matrix of the judge. */
KS_MUST_CHECK enum ks_error ks_store_put_weights(struct ks_store *store, struct ks_diag *diag);

/* --- retain.c --- */

/* Change runs whose last packet is older than `before_ns` and for which the condition `which` holds, in one
 * transaction; where there are none nothing is begun. `arg` is passed through. */
typedef enum ks_error ks_change_runs_fn(struct ks_store *store, int64_t before_ns, int64_t arg,
					struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_change_runs(struct ks_store *store, int64_t before_ns, const char *which,
						 ks_change_runs_fn *change, int64_t arg,
						 struct ks_diag *diag);

/* --- store.c --- */

/* Does each new row have its parents looked up? Not while rows are written whose keys the store has made
 * itself in the same transaction: that would be a fifth of the work. Before rows are deleted it must be on
 * again, since deleting cascades. Rows that wait are written by then (ks_sql_exec, ks_sql_prepare). */
void ks_store_check_keys(struct ks_store *store, bool check);

/* A new database has its first transaction behind it: from now on as careful as ever. */
void ks_store_settle(struct ks_store *store);

/* A database of our own without a file. */
KS_MUST_CHECK enum ks_error ks_store_open_memory(struct ks_store **ret, struct ks_diag *diag);

/* --- merge_plan.c: which runs belong into the merged database --- */

/* Runs of several databases, numbered as they were added. Number 0 is the database that is written to. */
struct ks_merge_plan;
KS_MUST_CHECK enum ks_error ks_merge_plan_new(struct ks_merge_plan **ret, struct ks_diag *diag);
void ks_merge_plan_free(struct ks_merge_plan *plan); /* NULL is fine */
/* All runs of `store`, whose snapshot must be open. */
KS_MUST_CHECK enum ks_error ks_merge_plan_add(struct ks_merge_plan *plan, size_t database,
					      struct ks_store *store, struct ks_diag *diag);
/* Decide; refuses bytes that would count twice. `paths` by number, for messages. */
KS_MUST_CHECK enum ks_error ks_merge_plan_decide(struct ks_merge_plan *plan, const char *const *paths,
						 struct ks_diag *diag);
struct ks_merge_choice {
	size_t database;
	int64_t run_id;
	bool taken;
	uint8_t set_hash[16];
};
/* Run by run in an order that does not depend on the order of databases; false behind the last. */
KS_MUST_CHECK enum ks_error ks_merge_plan_next(struct ks_merge_plan *plan, struct ks_merge_choice *ret,
					       bool *ret_have, struct ks_diag *diag);

/* --- merge_copy.c: a run from one database into another --- */

struct ks_merge_copier;
KS_MUST_CHECK enum ks_error ks_merge_copier_new(struct ks_store *out, struct ks_merge_copier **ret,
						struct ks_diag *diag);
void ks_merge_copier_free(struct ks_merge_copier *copier); /* NULL is fine */
/* Can all that would be copied be read? */
KS_MUST_CHECK enum ks_error ks_merge_copier_try(struct ks_merge_copier *copier, struct ks_store *in,
						struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_merge_copier_copy(struct ks_merge_copier *copier, struct ks_store *in,
						 const struct ks_merge_choice *choice, struct ks_diag *diag);
/* Names that no run mentions go, after runs were deleted. */
KS_MUST_CHECK enum ks_error ks_merge_copier_sweep(struct ks_merge_copier *copier, struct ks_diag *diag);

/* --- rates.c --- */

/* A statement whose parameter :zone is the wire form of `zone`, or NULL when there is none. */
KS_MUST_CHECK enum ks_error ks_sql_prepare_for_zone(struct ks_store *store, const char *sql, const char *zone,
						    sqlite3_stmt **ret, struct ks_diag *diag);

/* --- whole.c: everything captured, in bins of `bin_s` --- */

struct ks_store_whole;
KS_MUST_CHECK enum ks_error ks_store_whole_open(struct ks_store *store, int64_t bin_s,
						struct ks_store_whole **ret, struct ks_diag *diag);
/* Lay out `n` bins from `t0_s` on. */
void ks_store_whole_lay(const struct ks_store_whole *whole, int64_t t0_s, size_t n,
			struct ks_storm_whole *ret);
void ks_store_whole_close(struct ks_store_whole *whole); /* NULL is fine */

/* --- calendar.c --- */

/* Replace the milestones that are part of the program. */
KS_MUST_CHECK enum ks_error ks_calendar_put_own(struct ks_store *store, struct ks_diag *diag);

/* --- sources.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_server(struct ks_sink *sink, const struct ks_fact_server *fact,
						struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_source(struct ks_sink *sink, const struct ks_fact_source *fact,
						struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_rest(struct ks_sink *sink, const struct ks_fact_rest *fact,
					      struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_stack(struct ks_sink *sink, const struct ks_fact_stack *fact,
					       struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_icmp(struct ks_sink *sink, const struct ks_fact_icmp *fact,
					      struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_bin(struct ks_sink *sink, const struct ks_fact_bin *fact,
					     struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_traffic(struct ks_sink *sink, const struct ks_fact_traffic *fact,
						 struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_query(struct ks_sink *sink, const struct ks_fact_query *fact,
					       struct ks_diag *diag);

/* --- zones.c --- */

/* Likewise. */
KS_MUST_CHECK enum ks_error ks_store_put_zone_fact(struct ks_sink *sink, const struct ks_fact_zone *fact,
						   struct ks_diag *diag);
/* The rows of the zones that were put, when all of their bins were. */
KS_MUST_CHECK enum ks_error ks_store_put_run_zones(struct ks_store *store, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_zone_bin(struct ks_sink *sink, const struct ks_fact_zone_bin *fact,
						  struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_flow(struct ks_sink *sink, const struct ks_fact_flow *fact,
					      struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_zone_key(struct ks_sink *sink, const struct ks_fact_zone_key *fact,
						  struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_ta_signal(struct ks_sink *sink, const struct ks_fact_ta_signal *fact,
						   struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_nxdomain(struct ks_sink *sink, const struct ks_fact_nxdomain *fact,
						  struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_failure(struct ks_sink *sink, const struct ks_fact_failure *fact,
						 struct ks_diag *diag);

/* A name shared by all runs, in wire format. */
KS_MUST_CHECK enum ks_error ks_store_put_name(struct ks_store *store, struct ks_span name,
					      int64_t *ret_zone_id, struct ks_diag *diag);
/* The same with what goes beside it. */
KS_MUST_CHECK enum ks_error ks_store_put_zone(struct ks_store *store, struct ks_span name, const char *text,
					      int64_t labels, int64_t *ret_zone_id, struct ks_diag *diag);

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

/* --- bounds.c, clients.c: the sink's too --- */

KS_MUST_CHECK enum ks_error ks_store_put_bound(struct ks_sink *sink, const struct ks_fact_bound *bound,
					       struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_net(struct ks_sink *sink, const struct ks_fact_net *net,
					     struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_clients(struct ks_sink *sink, const struct ks_fact_clients *clients,
						 struct ks_diag *diag);

/* --- prefix.c --- */

/* Functions for our own queries; a result code of SQLite. */
int ks_prefix_register(sqlite3 *db);

/* --- few.c, sampled.c --- */

/* Likewise. */
int ks_few_register(sqlite3 *db);
int ks_fold_register(sqlite3 *db);
int ks_sampled_register(sqlite3 *db);

/* --- manners.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_depth(struct ks_sink *sink, const struct ks_fact_depth *fact,
					       struct ks_diag *diag);
KS_MUST_CHECK enum ks_error
ks_store_put_zone_server(struct ks_sink *sink, const struct ks_fact_zone_server *fact, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_opening(struct ks_sink *sink, const struct ks_fact_opening *fact,
						 struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_manner(struct ks_sink *sink, const struct ks_fact_manner *fact,
						struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_put_lookaside(struct ks_sink *sink, const struct ks_fact_lookaside *fact,
						   struct ks_diag *diag);

/* --- given.c --- */

/* The sink's. */
KS_MUST_CHECK enum ks_error ks_store_put_given_server(struct ks_sink *sink,
						      const struct ks_fact_given_server *fact,
						      struct ks_diag *diag);

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
	KS_TAKES_BY = 1 << 5,
	KS_TAKES_PREFIX = 1 << 6
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
	const char *own; /* table expressions that stand for views of the same names in our own queries; NULL:
			    none */
	bool is_shared;  /* stands on shared.sql */
	const char *by_prefix; /* the SQL file that adds up sources, for --prefix; the same columns */
	const char *caveats;   /* a statement whose rows are sentences, NULL where one does not apply */
};

extern const struct ks_catalog_entry ks_catalog[];
extern const size_t ks_n_catalog;

#endif
