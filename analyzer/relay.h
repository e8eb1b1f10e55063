/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/relay.h -- batches handed from the thread that dissects to the one that counts.
 *
 *     dissector -> collector -> [batch][batch][batch]... -> shard
 *
 * A ring of batches: one thread fills the next free one, the other counts the next full one. Both go in
 * order, so the shard hears the same as without threads, and every result is the same.
 *
 * Memory:  KS_RELAY_BATCHES batches, allocated by ks_relay_start. Work: a few atomic operations a batch; a
 *          thread that has nothing to do sleeps until there is work for some batches.
 * Threads: the owner of the relay is the one that dissects. The shard belongs to the relay's thread from
 *          ks_relay_start until ks_relay_stop has returned. */
#ifndef KS_ANALYZER_RELAY_H
#define KS_ANALYZER_RELAY_H

#include "analyzer/batch.h"
#include "dissect/err.h"

enum { KS_RELAY_BATCHES = 32 };

struct ks_relay; /* opaque */

/* `count` is called on the relay's own thread with each batch, in order. `*ret_collector` is where the
 * dissector puts what it finds; it belongs to the relay. KS_ERR_MEMORY: no memory, or no thread. */
KS_MUST_CHECK enum ks_error ks_relay_start(void (*count)(void *arg, const struct ks_batch *batch), void *arg,
					   struct ks_relay **ret, struct ks_collector **ret_collector,
					   struct ks_diag *diag);

/* Hand over what is left, wait until all is counted, and free the relay. NULL is fine. */
void ks_relay_stop(struct ks_relay *relay);

#endif
