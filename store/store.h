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
#include "analyzer/judge/milestone.h"
#include "analyzer/judge/storm.h"
#include "analyzer/judge/zone.h"
#include "analyzer/sink.h"
#include "dissect/err.h"

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

/* Is an input of this size known, and which hash has it? Called for each file before it is read, so
 * that only files whose size is known need to be hashed ahead. */
KS_MUST_CHECK enum ks_error ks_store_has_size(struct ks_store *store, uint64_t size_bytes, bool *ret,
					      struct ks_diag *diag);
/* Which run holds this input, and how many inputs has that run? `*ret_run` 0 when the input is unknown. */
KS_MUST_CHECK enum ks_error ks_store_find_input(struct ks_store *store, const uint8_t hash[16],
						int64_t *ret_run, size_t *ret_inputs, struct ks_diag *diag);

/* --- judgements: read facts, write conclusions --- */

/* The series of one zone over all runs, dense from the first to the last bin of the facts. Bins of
 * different widths are folded into the widest. */
struct ks_store_series {
	int64_t zone_id;
	const char *zone; /* presentation form */
	int64_t t0_s;     /* start of bin 0 */
	uint32_t bin_s;
	size_t n;
	const struct ks_storm_bin *bins;
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

/* The counts of one (source, zone) that was followed, over all runs. */
struct ks_store_behaviour {
	int64_t zone_id;
	struct ks_addr source;
	struct ks_behaviour_counts counts;
	struct ks_behaviour_servers servers;
};
typedef enum ks_error ks_store_behaviour_fn(void *arg, const struct ks_store_behaviour *behaviour,
					    struct ks_diag *diag);
/* Call `each` for all of them, in order of zone_id and ip; `each` must not use the store. */
KS_MUST_CHECK enum ks_error ks_store_each_behaviour(struct ks_store *store, ks_store_behaviour_fn *each,
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
	int64_t start_s, end_s; /* end_s: first second after it */
	bool began_before, open;
	double peak_qps, base_qps, uplift; /* uplift INFINITY is stored as NULL with uplift_is_lower_bound */
	bool uplift_is_lower_bound;
	uint64_t queries;
};
KS_MUST_CHECK enum ks_error ks_store_judge_begin(struct ks_store *store, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_judge_storm(struct ks_store *store, const struct ks_store_storm *storm,
						 struct ks_diag *diag);
struct ks_store_habit {
	int64_t zone_id;
	struct ks_addr source;
	const char *memory_class;            /* ks_memory_name, or NULL */
	struct ks_behaviour_verdict verdict; /* what is not finite becomes NULL */
};
KS_MUST_CHECK enum ks_error ks_store_judge_habit(struct ks_store *store, const struct ks_store_habit *habit,
						 struct ks_diag *diag);
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
/* The event that came before a storm that was put already. NAN: not known. */
KS_MUST_CHECK enum ks_error ks_store_judge_trigger(struct ks_store *store, const struct ks_store_storm *storm,
						   int64_t event_id, double lag_s, double lag_most_s,
						   struct ks_diag *diag);
/* Replace the calendar that came from a file. The root's own milestones are always there; one that names the
 * same zone, event and tag takes the place of its namesake. */
KS_MUST_CHECK enum ks_error ks_store_judge_calendar(struct ks_store *store, const struct ks_milestone *list,
						    size_t n, struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_judge_end(struct ks_store *store, struct ks_diag *diag);

#endif
