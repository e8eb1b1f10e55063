/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/feed.h -- network interfaces as a source of packets, in order of time, with pauses for
 * housekeeping.
 *
 * A run reads this capture to its end like any other. Its owner says when that is: it is asked (`look`)
 * whenever packet time reaches `due_ns`, before that packet is delivered, and about every KS_FEED_TICK_MS of
 * the clock. The feed outlives a run; the next one goes on with the packet that the last one was not given.
 *
 * Order:   of one interface as the kernel tells it. Of several: the oldest packet goes first, but no
 * interface waits for a silent one longer than KS_FEED_SETTLE_NS, within which the kernel hands over what it
 * has. Memory:  no more than its rings have. Threads: one owner. Clock: asked for here, handed to `look`. */
#ifndef KS_LIVE_FEED_H
#define KS_LIVE_FEED_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/ring.h"

enum { KS_FEED_TICK_MS = 100, KS_FEED_RINGS = 16 };
#define KS_FEED_SETTLE_NS ((int64_t)3 * KS_RING_DELAY_MS * 1000000)

enum ks_feed_step { KS_FEED_GO, KS_FEED_END };

struct ks_feed {
	struct ks_capture capture; /* first: the operations get a pointer to it */
	struct ks_ring *rings[KS_FEED_RINGS];
	struct ks_capture_info infos[KS_FEED_RINGS]; /* by interface */
	size_t n_rings, n_interfaces;
	size_t fanout;  /* rings of an interface, next to each other */
	int64_t due_ns; /* packet time; INT64_MAX: at no packet */
	/* `packet_ns`: of the packet that is due, or INT64_MIN. */
	enum ks_feed_step (*look)(void *arg, int64_t now_ns, int64_t packet_ns);
	void *arg;
	bool ended;        /* until renewed */
	bool some_silent;  /* when rings were looked at last */
	int64_t looked_ns; /* clock */
	int64_t last_ns[KS_FEED_RINGS];
	struct {
		uint64_t packets, bytes; /* of all runs; octets on the wire */
	} delivered[KS_FEED_RINGS];      /* by interface */
};

/* `rings` are the feed's from now on, even when it fails; `fanout` of them belong to each interface.
 * KS_ERR_MEMORY: no random numbers. */
KS_MUST_CHECK enum ks_error ks_feed_init(struct ks_feed *feed, struct ks_ring *const *rings, size_t n_rings,
					 size_t fanout, struct ks_diag *diag);

/* Has everything been delivered that the kernel had for us? */
bool ks_feed_is_drained(const struct ks_feed *feed);

/* The first ring of an interface. */
struct ks_ring *ks_feed_ring(const struct ks_feed *feed, size_t interface);
void ks_feed_done(struct ks_feed *feed);

/* Begin a new run: nothing delivered yet, and an identity of its own, for it is not the bytes of a file. */
KS_MUST_CHECK enum ks_error ks_feed_renew(struct ks_feed *feed, struct ks_diag *diag);

/* Nanoseconds since the epoch by the system's clock. */
int64_t ks_feed_now(void);

#endif
