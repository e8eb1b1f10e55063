/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/feed.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static struct ks_feed *
feed_of(struct ks_capture *capture)
{
	static_assert(offsetof(struct ks_feed, capture) == 0, "the capture is the feed");
	return (struct ks_feed *)(void *)capture;
}

int64_t
ks_feed_now(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * KS_NS_PER_S + now.tv_nsec;
}

/* `ret_oldest`: the ring with the oldest packet that is there; n_rings: there is none. True when each ring
 * has one. */
static bool
find_oldest(struct ks_feed *feed, size_t *ret_oldest)
{
	int64_t oldest_ns = INT64_MAX;
	bool all = true;
	*ret_oldest = feed->n_rings;
	for (size_t i = 0; i < feed->n_rings; i++) {
		const struct ks_packet *const packet = ks_ring_peek(feed->rings[i]);
		all &= packet != NULL;
		if (packet != NULL && packet->time_ns < oldest_ns) {
			*ret_oldest = i;
			oldest_ns = packet->time_ns;
		}
	}
	return all;
}

/* The ring whose packet goes next; n_rings: none that may go now. What an older packet's absence proves is
 * as of the time before it was looked for: the process may sleep between that and a look at the clock. */
static size_t
choose(struct ks_feed *feed)
{
	size_t oldest;
	int64_t now_ns = feed->some_silent ? ks_feed_now() : INT64_MIN;
	feed->some_silent = !find_oldest(feed, &oldest);
	if (!feed->some_silent || oldest == feed->n_rings)
		return oldest;
	if (now_ns == INT64_MIN) {
		now_ns = ks_feed_now();
		if (find_oldest(feed, &oldest))
			return oldest;
	}
	/* A clock that was set back must not make packets wait. */
	const int64_t age_ns = now_ns - ks_ring_peek(feed->rings[oldest])->time_ns;
	return age_ns > KS_FEED_SETTLE_NS || age_ns < -KS_NS_PER_S ? oldest : feed->n_rings;
}

static void
wait_for_packets(struct ks_feed *feed)
{
	struct pollfd fds[KS_FEED_RINGS];
	int timeout_ms = KS_FEED_TICK_MS;
	for (size_t i = 0; i < feed->n_rings; i++) {
		const bool ready = ks_ring_ahead(feed->rings[i]);
		fds[i] = (struct pollfd){.fd = ready ? -1 : ks_ring_fd(feed->rings[i]), .events = POLLIN};
		if (ready)
			timeout_ms = KS_RING_DELAY_MS; /* it waits for the others only */
	}
	(void)poll(fds, feed->n_rings, timeout_ms);
}

static bool
ask(struct ks_feed *feed, int64_t now_ns, int64_t packet_ns)
{
	feed->looked_ns = now_ns;
	feed->ended = feed->look(feed->arg, now_ns, packet_ns) == KS_FEED_END;
	return feed->ended;
}

static void
deliver(struct ks_feed *feed, size_t i, struct ks_packet *ret)
{
	const size_t interface = i / feed->fanout;
	struct ks_capture_info *const info = &feed->infos[interface];
	*ret = *ks_ring_peek(feed->rings[i]);
	ret->interface = (uint32_t)interface;
	ks_ring_take(feed->rings[i]);
	if (info->packets == 0 || ret->time_ns < info->first_ns)
		info->first_ns = ret->time_ns;
	if (info->packets == 0 || ret->time_ns > info->last_ns)
		info->last_ns = ret->time_ns;
	info->clock_steps_back += ret->time_ns < feed->last_ns[i];
	feed->last_ns[i] = ret->time_ns;
	info->packets++;
	feed->delivered[interface].packets++;
	feed->delivered[interface].bytes += ret->wire_len;
}

static enum ks_error
next(struct ks_capture *capture, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	(void)diag;
	struct ks_feed *const feed = feed_of(capture);
	*ret_have = false;
	while (!feed->ended) {
		const size_t i = choose(feed);
		if (i < feed->n_rings) {
			const int64_t t_ns = ks_ring_peek(feed->rings[i])->time_ns;
			if (t_ns >= feed->due_ns && ask(feed, ks_feed_now(), t_ns))
				break;
			deliver(feed, i, ret);
			*ret_have = true;
			/* The clock is not asked for each packet. */
			if (ks_ring_ahead(feed->rings[i]))
				return KS_SUCCESS;
		}
		const int64_t now_ns = ks_feed_now();
		const int64_t since_ns = now_ns - feed->looked_ns;
		if (since_ns >= (int64_t)KS_FEED_TICK_MS * 1000000 || since_ns < 0)
			(void)ask(feed, now_ns, INT64_MIN);
		if (*ret_have)
			return KS_SUCCESS;
		if (!feed->ended)
			wait_for_packets(feed);
	}
	return KS_SUCCESS;
}

/* A packet that was handed out dies when its slab is filled anew. */
static bool
ahead(const struct ks_capture *capture)
{
	const struct ks_feed *const feed = (const struct ks_feed *)(const void *)capture;
	bool any = false;
	for (size_t i = 0; i < feed->n_rings; i++) {
		if (ks_ring_is_spent(feed->rings[i]))
			return false;
		any |= ks_ring_ahead(feed->rings[i]);
	}
	return any && !feed->ended;
}

static size_t
n_files(const struct ks_capture *capture)
{
	return ((const struct ks_feed *)(const void *)capture)->n_interfaces;
}

static const struct ks_capture_info *
info_of(const struct ks_capture *capture, size_t index)
{
	return &((const struct ks_feed *)(const void *)capture)->infos[index];
}

static void
close_feed(struct ks_capture *capture)
{
	ks_feed_done(feed_of(capture));
}

static const struct ks_capture_ops feed_ops = {
	.next = next,
	.ahead = ahead,
	.n_files = n_files,
	.info = info_of,
	.close = close_feed,
};

bool
ks_feed_is_drained(const struct ks_feed *feed)
{
	for (size_t i = 0; i < feed->n_rings; i++)
		if (ks_ring_waiting(feed->rings[i]) > 0)
			return false;
	return true;
}

struct ks_ring *
ks_feed_ring(const struct ks_feed *feed, size_t interface)
{
	return feed->rings[interface * feed->fanout];
}

enum ks_error
ks_feed_renew(struct ks_feed *feed, struct ks_diag *diag)
{
	feed->ended = false;
	for (size_t i = 0; i < feed->n_interfaces; i++) {
		struct ks_capture_info *const info = &feed->infos[i];
		const struct ks_ring *const ring = ks_feed_ring(feed, i);
		*info = (struct ks_capture_info){
			.container = "live",
			.state = KS_CAPTURE_WHOLE,
			.linktype = ks_ring_linktype(ring),
			.snaplen = ks_ring_snaplen(ring),
			.time_digits = ks_ring_time_digits(ring),
		};
		(void)snprintf(info->path, sizeof(info->path), "%s", ks_ring_name(ring));
		if (getrandom(info->hash, sizeof(info->hash), 0) != (ssize_t)sizeof(info->hash))
			return ks_diag_set(diag, KS_ERR_MEMORY, "no random numbers from the kernel: %s",
					   strerror(errno));
	}
	return KS_SUCCESS;
}

enum ks_error
ks_feed_init(struct ks_feed *feed, struct ks_ring *const *rings, size_t n_rings, size_t fanout,
	     struct ks_diag *diag)
{
	assert(n_rings > 0 && n_rings <= KS_FEED_RINGS && n_rings % fanout == 0);
	*feed = (struct ks_feed){.capture.ops = &feed_ops,
				 .n_rings = n_rings,
				 .n_interfaces = n_rings / fanout,
				 .fanout = fanout,
				 .due_ns = INT64_MAX};
	for (size_t i = 0; i < n_rings; i++) {
		feed->rings[i] = rings[i];
		feed->last_ns[i] = INT64_MIN;
	}
	return ks_feed_renew(feed, diag);
}

void
ks_feed_done(struct ks_feed *feed)
{
	for (size_t i = 0; i < feed->n_rings; i++)
		ks_ring_close(feed->rings[i]);
	feed->n_rings = 0;
}
