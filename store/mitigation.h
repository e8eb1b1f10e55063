/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/mitigation.h -- who takes part in storms, for keystorm mitigate.
 *
 * The rows are those of the reports storms and hitters, read by the same queries, so that what is emitted
 * against somebody is what a report says of him.
 *
 * Memory:  texts live for the call. Threads: as the store. Unknown is NULL or NAN.
 * Errors:  KS_ERR_DATABASE; KS_ERR_USAGE for a zone that is no name. */
#ifndef KS_STORE_MITIGATION_H
#define KS_STORE_MITIGATION_H

#include "store/query.h"

/* Are the addresses of some run's sources pseudonyms? Then nobody can be named. */
KS_MUST_CHECK enum ks_error ks_store_is_anonymized(struct ks_store *store, bool *ret, struct ks_diag *diag);

/* A storm of a zone, in order of start. */
struct ks_store_trouble {
	const char *zone;    /* presentation form */
	const char *verdict; /* NULL: not known, as `undetermined` */
	double peak_qps, base_qps, uplift;
	bool open; /* it was still on when the capture ended */
};
typedef enum ks_error ks_store_trouble_fn(void *arg, const struct ks_store_trouble *trouble,
					  struct ks_diag *diag);
/* `zone` in any form; NULL: all. `each` must not use the store. */
KS_MUST_CHECK enum ks_error ks_store_each_trouble(struct ks_store *store, const char *zone,
						  ks_store_trouble_fn *each, void *arg, struct ks_diag *diag);

/* A heavy source of a zone (DOMAIN B7), in order of its DNSKEY queries. */
struct ks_store_suspect {
	const char *zone, *source;
	struct ks_addr addr;
	uint64_t queries;
	double qps; /* over the whole span */
	double sci, median_gap_ms;
	const char *memory_class, *tags, *fingerprint, *verdict;
	bool answered_over_tcp; /* nobody who forges addresses is */
};
typedef enum ks_error ks_store_suspect_fn(void *arg, const struct ks_store_suspect *suspect,
					  struct ks_diag *diag);
KS_MUST_CHECK enum ks_error ks_store_each_suspect(struct ks_store *store, const char *zone,
						  ks_store_suspect_fn *each, void *arg, struct ks_diag *diag);

/* What the busiest source that offends in no zone asks, on average: keys of any one zone, and everything. */
struct ks_store_quiet {
	double dnskey_qps, all_qps;
};
KS_MUST_CHECK enum ks_error ks_store_read_quiet(struct ks_store *store, struct ks_store_quiet *ret,
						struct ks_diag *diag);

#endif
