/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/ring.h -- packets of one network interface, as they come, through libpcap's mapped ring.
 *
 * Memory:  the ring, which the kernel fills, and a slab: packets are copied out of the ring a few at a time,
 * so that a whole batch is alive together and the ring is free again at once. Both are set up when the
 *          interface is opened; nothing is allocated per packet.
 * Threads: one owner. The ring survives fork, but only one of the processes may read.
 * Time:    the kernel's, in nanoseconds where it can. */
#ifndef KS_CAPTURE_RING_H
#define KS_CAPTURE_RING_H

#include "dissect/err.h"
#include "dissect/packet.h"

#define KS_RING_DEFAULT ((size_t)64 << 20)
#define KS_RING_MIN ((size_t)1 << 20)
#define KS_RING_MAX ((size_t)1 << 30) /* libpcap counts in an int */

enum {
	KS_RING_BATCH = 256,  /* packets copied at a time, at most */
	KS_RING_DELAY_MS = 50 /* the kernel hands a block over when it is full, or that old */
};

struct ks_ring_config {
	const char *filter; /* BPF expression; NULL: what a DNS analysis needs, see ks_ring_filter */
	size_t bytes;       /* of the ring */
	uint32_t snaplen;
	bool promiscuous;
	const uint16_t *ports; /* beside which nothing is looked at; for the default filter */
	size_t n_ports;
	/* Not 0: one of several rings between which the kernel divides the packets of an interface, all of
	 * this group, by a hash of both ends that is the same in both directions; later fragments by
	 * addresses alone. */
	uint16_t group;
	bool is_further; /* of a group, not the first: losses before the socket are not told of again */
};

/* What was lost since the ring was opened. */
struct ks_ring_lost {
	uint64_t kernel;    /* by the kernel, for the ring was full */
	uint64_t interface; /* by the interface or on the way from it */
};

struct ks_ring;

/* Open `name`. KS_ERR_INPUT with a line: no such interface, it is down, no permission; KS_ERR_USAGE: the
 * filter is wrong. */
KS_MUST_CHECK enum ks_error ks_ring_open(const char *name, const struct ks_ring_config *config,
					 struct ks_ring **ret, struct ks_diag *diag);
void ks_ring_close(struct ks_ring *ring); /* takes NULL */

const char *ks_ring_name(const struct ks_ring *ring);
int ks_ring_linktype(const struct ks_ring *ring);
uint32_t ks_ring_snaplen(const struct ks_ring *ring);
uint8_t ks_ring_time_digits(const struct ks_ring *ring); /* decimals of a second: 6 or 9 */

/* Leave out what came before; for a ring sees everything until it has joined its group. */
void ks_ring_begin(struct ks_ring *ring, int64_t from_ns);

/* Becomes readable when there may be packets. -1: not to be waited for. */
int ks_ring_fd(const struct ks_ring *ring);

/* The next packet without waiting, NULL when there is none now. It and those peeked before it live until a
 * peek that finds the slab spent. */
const struct ks_packet *ks_ring_peek(struct ks_ring *ring);
void ks_ring_take(struct ks_ring *ring);        /* step over the packet that was peeked */
bool ks_ring_ahead(const struct ks_ring *ring); /* there is one to peek at in the slab */
bool
ks_ring_is_spent(const struct ks_ring *ring); /* all of the slab was taken: the next peek fills it anew */

/* False: it is down, or gone. A system call; to be asked once a second, not for each packet. */
bool ks_ring_is_up(const struct ks_ring *ring);

void ks_ring_lost(struct ks_ring *ring, struct ks_ring_lost *ret);

/* How much of the ring waits to be read, about, 0 to 1: packets that the kernel put there and nobody took, as
 * large as those taken so far. A system call. */
double ks_ring_fill(struct ks_ring *ring);

/* Packets that are there, also those that the kernel has not handed over yet. A system call. */
uint32_t ks_ring_waiting(struct ks_ring *ring);

/* The expression used by default: packets on the DNS ports; fragments and packets with extension headers,
 * whose ports cannot be seen; whatever is inside of VLAN tags, MPLS, PPPoE or tunnels; ICMP errors. `link`
 * false: for link types that know nothing of Ethernet. Returns its length, or 0 when it does not fit. */
size_t ks_ring_filter(const uint16_t *ports, size_t n_ports, bool link, char *ret, size_t size);

#endif
