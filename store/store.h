/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/store.h -- the database: facts in, judgements in, rows out. All SQL of keystorm lives here.
 *
 * One SQLite file (schema.sql; its tables and views are described in store/README.md). Facts arrive
 * through the sink, in one transaction a run: after a kill at any instant the file holds either the
 * run or nothing of it.
 *
 * Threads: one thread per open store. Several processes may read while one writes (WAL).
 * Errors:  KS_ERR_DATABASE with one line naming the file. */
#ifndef KS_STORE_STORE_H
#define KS_STORE_STORE_H

#include "analyzer/judge/behaviour.h"
#include "analyzer/judge/grade.h"
#include "analyzer/judge/milestone.h"
#include "analyzer/judge/outlook.h"
#include "analyzer/judge/search.h"
#include "analyzer/judge/storm.h"
#include "analyzer/judge/zone.h"
#include "analyzer/sink.h"
#include "dissect/err.h"
#include "dissect/name.h"

struct ks_store;

/* Open for writing; creates the file and its schema when there is none. Refuses a file that is no
 * keystorm database, and a schema newer than this program's, saying so. */
KS_MUST_CHECK enum ks_error ks_store_open(const char *path, struct ks_store **ret, struct ks_diag *diag);

/* Open for reading; the file must exist and hold a keystorm database. Works on a read-only folder. */
KS_MUST_CHECK enum ks_error ks_store_open_read(const char *path, struct ks_store **ret, struct ks_diag *diag);

void ks_store_close(struct ks_store *store); /* NULL is fine */

/* The sink that writes one run. `end` commits. A run with the same set_hash is replaced, as is every
 * run all of whose inputs are among the new run's inputs; facts of other runs stay. When an input stands in
 * another run beside files that are not in this one, nothing is added (KS_ERR_DATABASE): it would count
 * twice. */
struct ks_sink *ks_store_sink(struct ks_store *store);
void ks_store_abandon(struct ks_store *store); /* roll back what `begin` began */

/* The next run leaves the judgements there are in place. For a run that goes on where it was when they were
 * made, while making them anew each time would take too long: reports tell up to when they hold. */
void ks_store_keep_judgements(struct ks_store *store);

/* Forget the runs whose last packet is older than `before_ns`, and with them all judgements, if there are
 * any. In one transaction. */
KS_MUST_CHECK enum ks_error ks_store_retain(struct ks_store *store, int64_t before_ns, struct ks_diag *diag);

/* Add up the bins of runs whose last packet is older than `before_ns` into bins of `coarse_s`, but for those
 * that the judge's look at a storm needs. Counts stay, and so do judgements; without these nothing is done.
 * The oldest runs first, some each time. In one transaction. */
KS_MUST_CHECK enum ks_error ks_store_roll(struct ks_store *store, int64_t before_ns, uint32_t coarse_s,
					  struct ks_diag *diag);

/* Figures of the run written last: at most `most` rows, those with the most queries. */
enum ks_metric {
	KS_METRIC_QTYPE, /* queries, responses */
	KS_METRIC_ZONE,  /* DNSKEY: queries, of them requeries, responses */
	KS_METRIC_SOURCE /* DNSKEY: queries, of them requeries; all queries */
};
enum { KS_STORE_METRICS = 3 };
struct ks_store_metric {
	const char *name;
	uint64_t values[KS_STORE_METRICS];
};
typedef enum ks_error ks_store_metric_fn(void *arg, const struct ks_store_metric *metric,
					 struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_each_metric(struct ks_store *store, enum ks_metric which, unsigned most,
						 ks_store_metric_fn *each, void *arg, struct ks_diag *diag);

/* Is an input of this size known, and which hash has it? Called for each file before it is read, so
 * that only files whose size is known need to be hashed ahead. */
KS_MUST_CHECK enum ks_error ks_store_has_size(struct ks_store *store, uint64_t size_bytes, bool *ret,
					      struct ks_diag *diag);
/* Which run holds this input, and how many inputs has that run? `*ret_run` 0 when the input is unknown. */
KS_MUST_CHECK enum ks_error ks_store_find_input(struct ks_store *store, const uint8_t hash[16],
						int64_t *ret_run, size_t *ret_inputs, struct ks_diag *diag);

/* --- merging: the runs of several databases in one --- */

/* Use: new, add each source (they are only read), write, free. The runs of the sources and those that `out`
 * holds are treated as if their captures had been analyzed one after the other into `out`: a run all of whose
 * inputs are in another one is left out, and when an input stands in two runs beside different files nothing
 * is written (KS_ERR_DATABASE). What is written does not depend on the order of the sources. */
struct ks_merge;
KS_MUST_CHECK enum ks_error ks_merge_new(struct ks_merge **ret, struct ks_diag *diag);
void ks_merge_free(struct ks_merge *merge); /* NULL is fine */
KS_MUST_CHECK enum ks_error ks_merge_add(struct ks_merge *merge, const char *path, struct ks_diag *diag);
/* Would it be refused for what the sources hold? Before there is an `out`. */
KS_MUST_CHECK enum ks_error ks_merge_check(struct ks_merge *merge, struct ks_diag *diag);
/* All in one transaction, judgements gone. */
KS_MUST_CHECK enum ks_error ks_merge_write(struct ks_merge *merge, struct ks_store *out,
					   struct ks_diag *diag);
/* Of a source, in the order they were added: its runs, and those that were left out. */
void ks_merge_tell(const struct ks_merge *merge, size_t source, size_t *ret_runs, size_t *ret_left_out);

/* --- judgements: read facts, write conclusions --- */

/* The series of one zone over all runs, dense from the first to the last bin of the facts. Bins of
 * different widths are folded into the widest. */
struct ks_store_series {
	int64_t zone_id;
	const char *zone;      /* presentation form */
	struct ks_addr server; /* of ks_store_each_server_series, where zone_id and zone are not meant */
	struct ks_storm_series storm;
};

/* Call `each` for every zone with at least one DNSKEY query and at least `least` for each second of a bin's
 * width (so that a flood of made-up names costs no more than its rows), in order of zone names; `each` must
 * not use the store. A span longer than KS_STORE_BINS_MAX bins is cut into pieces at its longest gaps, so
 * that a capture with one absurd time stamp costs no more than its packets. */
enum { KS_STORE_BINS_MAX = 1 << 20 };
typedef enum ks_error ks_store_series_fn(void *arg, const struct ks_store_series *series,
					 struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_each_series(struct ks_store *store, uint32_t least,
						 ks_store_series_fn *each, void *arg, struct ks_diag *diag);

/* The same for each server, where several answer for keys: all zones' DNSKEY queries, since none are kept by
 * zone and server. Requeries are not known. In order of addresses. */
KS_MUST_CHECK enum ks_error ks_store_each_server_series(struct ks_store *store, uint32_t least,
							ks_store_series_fn *each, void *arg,
							struct ks_diag *diag);

/* The counts of one (source, zone) that was followed, over all runs. */
struct ks_store_behaviour {
	int64_t zone_id;
	struct ks_addr source;
	struct ks_behaviour_counts counts;
	struct ks_behaviour_servers servers;
	double watched_s[KS_CLOCK_CELLS]; /* 0: not known, since the captures span less than a day */
};
typedef enum ks_error ks_store_behaviour_fn(void *arg, const struct ks_store_behaviour *behaviour,
					    struct ks_diag *diag);
/* Call `each` for all of them, in order of zone_id and ip; `each` must not use the store. */
KS_MUST_CHECK enum ks_error ks_store_each_behaviour(struct ks_store *store, ks_store_behaviour_fn *each,
						    void *arg, struct ks_diag *diag);

/* --- two databases side by side: what each says of itself --- */

/* Time in which something could be seen, and the bins that lie wholly in it. */
struct ks_store_cover {
	double seconds, n_bins;
};
/* A series added up: all of it, and the sums over the bins inside its cover of x and of x^2. */
struct ks_store_sum {
	double sum, inner, inner_squares;
};
struct ks_store_rates {
	const char *zone; /* presentation form; NULL: all of them */
	struct ks_store_sum dnskey, response_bytes;
	struct ks_store_sum queries; /* of all types; only for all zones */
	double requeries, classed;   /* where queries and answers were captured; without retransmissions */
	double rr, rc, cc;           /* sums over inner bins: requeries^2, requeries x classed, classed^2 */
};
struct ks_store_covers {
	struct ks_store_cover queries, responses, both;
};
typedef enum ks_error ks_store_rates_fn(void *arg, const struct ks_store_rates *rates, struct ks_diag *diag);
/* Call `each` for all zones together, then for each in order of names; `zone` (any form, NULL: all) chooses
 * one. */
KS_MUST_CHECK enum ks_error ks_store_each_rates(struct ks_store *store, const char *zone,
						struct ks_store_covers *ret_covers, ks_store_rates_fn *each,
						void *arg, struct ks_diag *diag);

struct ks_store_zone_storms {
	const char *zone;
	uint64_t n;
	double peak_qps, uplift;    /* the greatest; NaN: not known */
	bool uplift_is_lower_bound; /* of any of them */
};
typedef enum ks_error ks_store_zone_storms_fn(void *arg, const struct ks_store_zone_storms *storms,
					      struct ks_diag *diag);
/* By zone, in order of names. `*ret_known` false: nobody has judged, or no run saw queries. */
KS_MUST_CHECK enum ks_error ks_store_each_zone_storms(struct ks_store *store, const char *zone,
						      bool *ret_known, ks_store_zone_storms_fn *each,
						      void *arg, struct ks_diag *diag);

struct ks_store_offender {
	const char *zone, *source;
	uint64_t queries;
};
typedef enum ks_error ks_store_offender_fn(void *arg, const struct ks_store_offender *offender,
					   struct ks_diag *diag);
/* In order of zone and source as texts. `*ret_known` false: no run saw queries and answers. */
KS_MUST_CHECK enum ks_error ks_store_each_offender(struct ks_store *store, const char *zone, bool *ret_known,
						   ks_store_offender_fn *each, void *arg,
						   struct ks_diag *diag);
/* DNSKEY queries of a source for a zone, both as texts. NaN: not known, since not all could be kept. */
KS_MUST_CHECK enum ks_error ks_store_read_flow(struct ks_store *store, const char *zone, const char *source,
					       double *ret_queries, struct ks_diag *diag);

/* Was everything kept that was counted? */
KS_MUST_CHECK enum ks_error ks_store_is_complete(struct ks_store *store, bool *ret, struct ks_diag *diag);

/* Octets over UDP where both sides were captured, of DNSKEY and of all types. */
struct ks_store_amplification {
	double dnskey_asked, dnskey_answered, asked, answered;
};
KS_MUST_CHECK enum ks_error
ks_store_read_amplification(struct ks_store *store, struct ks_store_amplification *ret, struct ks_diag *diag);

/* What the sources did that ask again for keys just delivered: medians over (source, zone). NaN: not known.
 */
struct ks_store_searches {
	bool known; /* some run saw queries and answers */
	uint64_t offenders;
	double dnskey_per_burst; /* of bursts with a requery */
	double dnskey_per_query; /* DNSKEY queries for each query that is for neither DNSKEY nor DS */
	double gap_ms;           /* from an answer to the next query */
	double qps;              /* DNSKEY queries, from the first to the last */
	double answer_bytes;     /* mean, no median */
	bool one_server;         /* before a single server: rates are those at it */
};
KS_MUST_CHECK enum ks_error ks_store_read_searches(struct ks_store *store, struct ks_store_searches *ret,
						   struct ks_diag *diag);
/* How many different sources asked, on one day or on the whole, over all runs. */
struct ks_store_clients {
	enum ks_clients_scope scope;
	int64_t t_s;
	bool exact; /* `counts` are right; otherwise the registers must tell */
	uint64_t counts[KS_CLIENTS_KINDS];
	const uint8_t (
		*registers)[KS_CLIENTS_REGISTERS]; /* by kind; none for the whole: merge those of the rest */
};
typedef enum ks_error ks_store_clients_fn(void *arg, const struct ks_store_clients *clients,
					  struct ks_diag *diag);
/* Call `each` for every day, for all days that are not kept apart, and last for the whole. */
KS_MUST_CHECK enum ks_error ks_store_each_clients(struct ks_store *store, ks_store_clients_fn *each,
						  void *arg, struct ks_diag *diag);
/* Call `each` for every zone of which the ledger knows anything, all runs together, in order of names; `each`
 * must not use the store. The facts live for the call. */
typedef enum ks_error ks_store_zone_fn(void *arg, int64_t zone_id, const struct ks_zone_facts *facts,
				       struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_each_zone(struct ks_store *store, ks_store_zone_fn *each, void *arg,
					       struct ks_diag *diag);

/* Replace all judgements: begin, one put per conclusion, commit. */
struct ks_store_storm {
	int64_t zone_id;
	bool by_server; /* as `server` saw it; zone_id 0: no one zone's */
	struct ks_addr server;
	int64_t start_s, end_s; /* end_s: first second after it */
	bool began_before, open;
	double peak_qps, base_qps, uplift; /* uplift INFINITY is stored as NULL with uplift_is_lower_bound */
	bool uplift_is_lower_bound;
	uint64_t queries;
	bool graded; /* false: the rest is not known */
	uint32_t bin_s;
	double mean_qps;
	struct ks_baseline base;
	struct ks_storm_grade grade;
};
KS_MUST_CHECK enum ks_error ks_store_judge_begin(struct ks_store *store, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_judge_storm(struct ks_store *store, const struct ks_store_storm *storm,
						 struct ks_diag *diag);
struct ks_store_habit {
	int64_t zone_id;
	struct ks_addr source;
	const char *memory_class;            /* ks_memory_name, or NULL */
	const char *rfc9520;                 /* ks_rfc9520_name, or NULL */
	struct ks_behaviour_verdict verdict; /* what is not finite becomes NULL, here and below */
	struct ks_search_verdict search;
	struct ks_demand_verdict demand;
	double halted_share;
	double late_repeats, day_night; /* rhythm.h */
};
KS_MUST_CHECK enum ks_error ks_store_judge_habit(struct ks_store *store, const struct ks_store_habit *habit,
						 struct ks_diag *diag);
/* `clients->counts` as they shall stand, exact or estimated; of a day or of the whole. */
KS_MUST_CHECK enum ks_error
ks_store_judge_clients(struct ks_store *store, const struct ks_store_clients *clients, struct ks_diag *diag);
/* Something that happened; `event.node` has no meaning here. `ret_id` may be NULL. */
enum { KS_STORE_NSID_MAX = 64 };
struct ks_store_event {
	int64_t zone_id;
	struct ks_event event;
	bool has_server;
	struct ks_addr server;
	uint8_t nsid[KS_STORE_NSID_MAX];
	size_t n_nsid;
};
KS_MUST_CHECK enum ks_error ks_store_judge_event(struct ks_store *store, const struct ks_store_event *event,
						 int64_t *ret_id, struct ks_diag *diag);
/* Events beyond those that are kept of a zone, and zones of which not everything was looked at. */
KS_MUST_CHECK enum ks_error ks_store_judge_rest(struct ks_store *store, uint64_t events, uint64_t zones,
						struct ks_diag *diag);
/* The event that came before a storm that was put already. NAN: not known. */
KS_MUST_CHECK enum ks_error ks_store_judge_trigger(struct ks_store *store, const struct ks_store_storm *storm,
						   int64_t event_id, double lag_s, double lag_most_s,
						   struct ks_diag *diag);
/* All that may have set off a storm that was put already, the likeliest at place 1. Steps of the calendar
 * have no event (0). NAN: not known. */
struct ks_store_candidate {
	size_t place;
	int64_t event_id;
	struct ks_span zone; /* wire format: that of the storm or one above */
	unsigned above;      /* levels */
	enum ks_event_kind kind;
	int32_t tag; /* below 0: not known */
	bool planned;
	double lag_s, lag_most_s;
};
KS_MUST_CHECK enum ks_error ks_store_judge_candidate(struct ks_store *store,
						     const struct ks_store_storm *storm,
						     const struct ks_store_candidate *candidate,
						     struct ks_diag *diag);
/* What a storm that was put already and the one before it let expect; and the event inside it that may have
 * ended it, of a zone above or not, with the time to its end and to half way down. NAN: not known. */
KS_MUST_CHECK enum ks_error ks_store_judge_outlook(struct ks_store *store, const struct ks_store_storm *storm,
						   const struct ks_outlook *outlook, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_judge_repair(struct ks_store *store, const struct ks_store_storm *storm,
						  int64_t event_id, bool above, double end_s, double half_s,
						  struct ks_diag *diag);
/* The name of a zone in wire format (`*ret_n` 0: there is none), and the other way round (0: none). */
KS_MUST_CHECK enum ks_error ks_store_zone_name(struct ks_store *store, int64_t zone_id,
					       uint8_t ret[KS_NAME_MAX], size_t *ret_n, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_zone_id(struct ks_store *store, struct ks_span name, int64_t *ret,
					     struct ks_diag *diag);
/* Steps of the calendar in force with from <= t < to, the latest first, `note` left out. */
KS_MUST_CHECK enum ks_error ks_store_milestones(struct ks_store *store, struct ks_span zone, int64_t from_ns,
						int64_t to_ns, struct ks_milestone *ret, size_t max,
						size_t *ret_n, struct ks_diag *diag);
/* Replace the calendar that came from a file. The root's own milestones are always there; one that names the
 * same zone, event and tag takes the place of its namesake. */
KS_MUST_CHECK enum ks_error ks_store_judge_calendar(struct ks_store *store, const struct ks_milestone *list,
						    size_t n, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_judge_end(struct ks_store *store, struct ks_diag *diag);

#endif
