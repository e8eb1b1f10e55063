/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/stream.h"

#include "dissect/stream_half.h"

enum {
	BLOCKS_PER_STREAM = 1,
	/* One half with everything it may hold: then evicting all others always makes room for it. */
	BLOCKS_OF_LARGEST = KS_HALF_PART_BLOCKS + KS_HALF_QUEUE_BLOCKS,
	/* More than one, so that a table full of idle streams empties faster than it fills. */
	EXPIRE_PER_CALL = 2
};

static size_t
per_stream(void)
{
	return sizeof(struct ks_table_link *) + sizeof(struct ks_half) +
	       BLOCKS_PER_STREAM * sizeof(struct ks_run);
}

size_t
ks_streams_memory(size_t n_streams)
{
	return sizeof(struct ks_streams) + BLOCKS_OF_LARGEST * sizeof(struct ks_run) +
	       n_streams * per_stream();
}

struct ks_streams *
ks_streams_init(void *memory, size_t bytes, const struct ks_secret *secret)
{
	static_assert(sizeof(struct ks_streams) % sizeof(void *) == 0, "what follows is aligned");
	static_assert(sizeof(struct ks_half) % sizeof(void *) == 0, "what follows is aligned");
	assert(bytes >= ks_streams_memory(1));
	const size_t n = (bytes - ks_streams_memory(0)) / per_stream();

	struct ks_streams *const streams = memory;
	struct ks_table_link **const chains = (void *)(streams + 1);
	struct ks_half *const halves = (void *)(chains + n);
	struct ks_run *const blocks = (void *)(halves + n);
	streams->secret = *secret;
	ks_table_init(&streams->table, halves, sizeof(*halves), sizeof(struct ks_half_key), chains, n);
	ks_run_pool_init(&streams->pool, blocks, n * BLOCKS_PER_STREAM + BLOCKS_OF_LARGEST);
	return streams;
}

const struct ks_stream_stats *
ks_streams_stats(const struct ks_streams *streams)
{
	return &streams->stats;
}

static struct ks_half *
half_of(struct ks_table_link *link)
{
	return KS_CONTAINER(link, struct ks_half, link);
}

static bool
holds(const struct ks_half *half)
{
	return half->part != NULL || half->queue != NULL;
}

/* Keep the list of holders true after anything that took or freed blocks of `half`. */
static void
file_holder(struct ks_streams *streams, struct ks_half *half)
{
	if (ks_list_has(&streams->holders, &half->holder))
		ks_list_remove(&streams->holders, &half->holder);
	if (holds(half))
		ks_list_append(&streams->holders, &half->holder);
}

/* Take it out of the table; `counter` counts it if bytes were waiting. */
static void
forget(struct ks_streams *streams, struct ks_half *half, uint64_t *counter)
{
	if (holds(half))
		++*counter;
	ks_half_drop(streams, half);
	file_holder(streams, half);
	ks_table_remove(&streams->table, &half->link);
}

void
ks_streams_make_room(struct ks_half_feed *feed, size_t n)
{
	struct ks_streams *const streams = feed->streams;
	while (streams->pool.n_free < n) {
		struct ks_list_link *oldest = streams->holders.oldest;
		if (oldest == &feed->half->holder)
			oldest = oldest->newer;
		assert(oldest != NULL);
		forget(streams, KS_CONTAINER(oldest, struct ks_half, holder), &streams->stats.evicted);
	}
}

static bool
is_idle(const struct ks_half *half, int64_t now_ns)
{
	return ks_time_apart(now_ns, half->seen_ns, KS_STREAM_IDLE_NS);
}

static void
expire(struct ks_streams *streams, int64_t now_ns)
{
	for (unsigned i = 0; i < EXPIRE_PER_CALL; i++) {
		struct ks_table_link *const oldest = ks_table_oldest(&streams->table);
		if (oldest == NULL || !is_idle(half_of(oldest), now_ns))
			return;
		forget(streams, half_of(oldest), &streams->stats.expired);
	}
}

static struct ks_half_key
key_of(const struct ks_datagram *segment)
{
	return (struct ks_half_key){
		.src = segment->src, .dst = segment->dst, .sport = segment->sport, .dport = segment->dport};
}

/* NULL when it is not followed, or was idle for too long: whether it has been swept out already depends
 * on other streams, and must not be seen. */
static struct ks_half *
find(struct ks_streams *streams, const struct ks_half_key *key, uint64_t hash, int64_t now_ns)
{
	struct ks_table_link *const link = ks_table_find(&streams->table, hash, key);
	if (link == NULL)
		return NULL;
	if (!is_idle(half_of(link), now_ns))
		return half_of(link);
	forget(streams, half_of(link), &streams->stats.expired);
	return NULL;
}

/* Anything that waits is inside a message only if alignment is known. */
static void
drop_unfinished(struct ks_streams *streams, struct ks_half *half)
{
	if (half->aligned && holds(half))
		streams->stats.unfinished++;
	ks_half_drop(streams, half);
}

/* A stream begins at `next`: with its SYN, aligned, or in the middle. */
static void
begin(struct ks_streams *streams, struct ks_half *half, uint32_t next, bool syn)
{
	drop_unfinished(streams, half);
	half->next = half->origin = next;
	half->aligned = half->syn_seen = syn;
	half->fin_seen = half->closed = false;
	streams->stats.opened++;
	if (!syn)
		streams->stats.midway++;
}

static struct ks_half *
open_half(struct ks_streams *streams, const struct ks_half_key *key, uint64_t hash, uint32_t next, bool syn)
{
	struct ks_table_link *const displaced = ks_table_displaced(&streams->table, hash);
	if (displaced != NULL)
		forget(streams, half_of(displaced), &streams->stats.evicted);
	struct ks_half *const half = half_of(ks_table_add(&streams->table, hash, key));
	const struct ks_table_link link = half->link;
	*half = (struct ks_half){.link = link, .key = *key};
	begin(streams, half, next, syn);
	return half;
}

/* A SYN of a stream that is followed: repeated, late, or of a new stream on the same ports. */
static void
on_syn(struct ks_streams *streams, struct ks_half *half, uint32_t next)
{
	if (half->origin != next) {
		begin(streams, half, next, true);
		return;
	}
	/* Behind its first data, by reordering: nothing was cut yet, so now alignment is known. */
	const uint32_t untouched = half->part == NULL ? half->next : half->part->at;
	if (!half->syn_seen && !half->aligned && untouched == next)
		half->aligned = true;
	half->syn_seen = true;
}

static bool
in_window(const struct ks_half *half, uint32_t seq)
{
	const int32_t distance = ks_seq_distance(seq, half->next);
	return distance >= -KS_STREAM_WINDOW && distance <= KS_STREAM_WINDOW;
}

/* Payload that cannot belong to the stream as it is known is a new one whose SYN was lost. */
static void
reopen_if_misfit(struct ks_streams *streams, struct ks_half *half, uint32_t seq, uint32_t len)
{
	if (!in_window(half, seq)) {
		begin(streams, half, seq, false);
	} else if (half->closed && ks_seq_distance(seq + len, half->next) > 0) {
		const bool ahead = ks_seq_distance(seq, half->next) > 0;
		begin(streams, half, ahead ? seq : half->next, false);
	}
}

static void
close_half(struct ks_streams *streams, struct ks_half *half)
{
	drop_unfinished(streams, half);
	half->closed = true;
}

/* RFC 5961 s3.2 wants a RST at exactly the next number; the mirror may be late, so the window must do. */
static void
on_rst(struct ks_half_feed *feed, uint32_t seq)
{
	struct ks_half *const half = feed->half;
	if (half->closed || !in_window(half, seq))
		return;
	while (half->queue != NULL)
		ks_half_skip_gap(feed);
	close_half(feed->streams, half);
}

static void
on_bytes(struct ks_half_feed *feed, uint32_t seq, struct ks_bytes bytes, bool fin)
{
	struct ks_streams *const streams = feed->streams;
	struct ks_half *const half = feed->half;
	const uint32_t end = seq + bytes.len;
	if (bytes.len != 0) {
		reopen_if_misfit(streams, half, seq, bytes.len);
		if (holds(half) && ks_half_conflicts(half, seq, &bytes))
			streams->stats.conflicts++;
		ks_half_take(feed, seq, bytes);
	}
	if (fin && in_window(half, end)) {
		half->fin_seen = true;
		half->fin_seq = end;
	}
	while (half->queue != NULL && ks_time_apart(feed->now_ns, half->queue->time_ns, KS_STREAM_GAP_NS))
		ks_half_skip_gap(feed);
	if (half->fin_seen && !half->closed && ks_seq_distance(half->next, half->fin_seq) >= 0)
		close_half(streams, half);
}

static enum ks_verdict
verdict_of(const struct ks_half_feed *feed, bool payload)
{
	if (feed->delivered)
		return KS_DNS;
	if (!payload)
		return KS_TCP_CONTROL;
	if (!feed->fresh)
		return KS_TCP_REPEATED;
	return feed->skipped && !feed->held ? KS_TCP_UNALIGNED : KS_TCP_PENDING;
}

enum ks_verdict
ks_streams_feed(struct ks_streams *streams, const struct ks_datagram *segment, int64_t time_ns,
		ks_stream_message_fn *on_message, void *arg)
{
	assert(segment->proto == KS_PROTO_TCP && segment->cap_len <= segment->len);
	const bool rst = (segment->tcp_flags & KS_TCP_RST) != 0;
	const bool syn = (segment->tcp_flags & KS_TCP_SYN) != 0 && !rst;
	const bool fin = (segment->tcp_flags & KS_TCP_FIN) != 0;
	const uint32_t seq = segment->tcp_seq + (syn ? 1 : 0);
	const uint32_t len = rst ? 0 : ks_min_u32(segment->len, KS_STREAM_SEGMENT);
	const struct ks_bytes bytes = {segment->data, ks_min_u32(segment->cap_len, len), len};

	expire(streams, time_ns);
	const struct ks_half_key key = key_of(segment);
	const uint64_t hash = ks_hash_bytes(&streams->secret, &key, sizeof(key));
	struct ks_half *half = find(streams, &key, hash, time_ns);
	if (half == NULL) {
		if (!syn && len == 0)
			return KS_TCP_CONTROL;
		half = open_half(streams, &key, hash, seq, syn);
	} else if (syn) {
		on_syn(streams, half, seq);
	}
	ks_table_touch(&streams->table, &half->link);
	half->seen_ns = time_ns;

	struct ks_half_feed feed = {
		.streams = streams, .half = half, .now_ns = time_ns, .on_message = on_message, .arg = arg};
	if (rst)
		on_rst(&feed, seq);
	else
		on_bytes(&feed, seq, bytes, fin);
	file_holder(streams, half);
	return verdict_of(&feed, len != 0);
}
