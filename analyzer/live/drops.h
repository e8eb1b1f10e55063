/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/drops.h -- packets that were lost, by interface and bin.
 *
 * The counters of an interface are read about every second and when a bin ends; what they grew by since
 * belongs to the bin in which the reading before fell.
 *
 * Memory:  fixed. When it is full the losses of later bins are added to those of the last bin kept.
 * Threads: one owner. Time: clock, as an argument. */
#ifndef KS_LIVE_DROPS_H
#define KS_LIVE_DROPS_H

#include "analyzer/capture/ring.h"
#include "analyzer/sink.h"

enum { KS_DROPS_MAX = 4096 };

struct ks_drop {
	int64_t t_s; /* start of the bin */
	uint32_t interface;
	struct ks_ring_lost lost;
};

struct ks_drops {
	uint32_t bin_s;
	int64_t read_ns; /* clock of the last reading */
	size_t n;
	struct ks_drop list[KS_DROPS_MAX]; /* in order of time and interface */
	struct ks_ring_lost before[16];    /* by interface, as read last */
	struct ks_ring_lost all;           /* since the start */
};

void ks_drops_init(struct ks_drops *drops, uint32_t bin_s, int64_t now_ns);

/* Forget the bins, not the readings: for a new run. */
void ks_drops_renew(struct ks_drops *drops);

/* A reading of interface `interface` (< 16); then, for all of them, ks_drops_read. */
void ks_drops_count(struct ks_drops *drops, uint32_t interface, const struct ks_ring_lost *lost);
void ks_drops_read(struct ks_drops *drops, int64_t now_ns);

/* Put them as facts; `name_of` tells an interface's name. */
KS_MUST_CHECK enum ks_error ks_drops_put(const struct ks_drops *drops,
					 const char *(*name_of)(const void *arg, uint32_t interface),
					 const void *arg, struct ks_sink *sink, struct ks_diag *diag);

#endif
