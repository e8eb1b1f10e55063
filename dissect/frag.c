/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/frag.h"

#include "dissect/run.h"
#include "dissect/table.h"

enum {
	/* 4 KiB of content: an answer with keys and signatures as large as servers send (RFC 6891 s6.2.5) */
	BLOCKS_PER_DATAGRAM = 8,
	/* Every piece may leave its last block nearly empty. */
	BLOCKS_OF_LARGEST = KS_FRAG_MAX / KS_BLOCK_DATA + 1 + KS_FRAG_PIECES,
	/* More than one, so that a table full of old datagrams empties faster than it fills. */
	EXPIRE_PER_CALL = 2
};
#define LENGTH_UNKNOWN UINT32_MAX

struct frag_key {
	struct ks_addr src, dst;
	uint32_t id;
	uint8_t proto, v6, zero[2];
};
static_assert(sizeof(struct frag_key) == 40, "padding would be compared");

struct datagram {
	struct ks_table_link link;
	struct frag_key key;
	struct ks_list_link holder; /* in ks_frag.holders while it has runs */
	struct ks_run *runs;        /* by offset, disjoint */
	int64_t first_ns;
	uint32_t n_runs;
	uint32_t pieces;  /* packets: runs and repeats */
	uint32_t total;   /* length of the whole, or LENGTH_UNKNOWN */
	uint32_t covered; /* sum of the lengths of the runs */
	uint64_t ip_bytes, wire_bytes;
	bool refused;
};
static_assert(offsetof(struct datagram, key) == sizeof(struct ks_table_link), "the key follows the link");

struct ks_frag {
	struct ks_secret secret;
	struct ks_table table;  /* by age of the first piece: never touched */
	struct ks_list holders; /* datagrams with runs, the oldest first */
	struct ks_run_pool pool;
	struct ks_frag_stats stats;
	uint8_t whole[KS_FRAG_MAX];
};

static size_t
per_datagram(void)
{
	return sizeof(struct ks_table_link *) + sizeof(struct datagram) +
	       BLOCKS_PER_DATAGRAM * sizeof(struct ks_run);
}

size_t
ks_frag_memory(size_t n_datagrams)
{
	return sizeof(struct ks_frag) + BLOCKS_OF_LARGEST * sizeof(struct ks_run) +
	       n_datagrams * per_datagram();
}

struct ks_frag *
ks_frag_init(void *memory, size_t bytes, const struct ks_secret *secret)
{
	static_assert(sizeof(struct ks_frag) % sizeof(void *) == 0, "what follows is aligned");
	static_assert(sizeof(struct datagram) % sizeof(void *) == 0, "what follows is aligned");
	assert(bytes >= ks_frag_memory(1));
	const size_t n = (bytes - ks_frag_memory(0)) / per_datagram();

	struct ks_frag *const frag = memory;
	struct ks_table_link **const chains = (void *)(frag + 1);
	struct datagram *const datagrams = (void *)(chains + n);
	struct ks_run *const blocks = (void *)(datagrams + n);
	frag->secret = *secret;
	ks_table_init(&frag->table, datagrams, sizeof(*datagrams), sizeof(struct frag_key), chains, n);
	ks_run_pool_init(&frag->pool, blocks, n * BLOCKS_PER_DATAGRAM + BLOCKS_OF_LARGEST);
	return frag;
}

const struct ks_frag_stats *
ks_frag_stats(const struct ks_frag *frag)
{
	return &frag->stats;
}

static struct datagram *
datagram_of(struct ks_table_link *link)
{
	return KS_CONTAINER(link, struct datagram, link);
}

static void
drop_runs(struct ks_frag *frag, struct datagram *dg)
{
	if (dg->runs == NULL)
		return;
	while (dg->runs != NULL) {
		struct ks_run *const run = dg->runs;
		dg->runs = run->next;
		(void)ks_run_free(&frag->pool, run);
	}
	ks_list_remove(&frag->holders, &dg->holder);
}

/* Take it out of the table; `counter` counts it unless it had been refused, and so counted, before. */
static void
forget(struct ks_frag *frag, struct datagram *dg, uint64_t *counter)
{
	if (!dg->refused)
		++*counter;
	drop_runs(frag, dg);
	ks_table_remove(&frag->table, &dg->link);
}

/* RFC 5722 s3: all fragments of such a datagram are discarded, those not yet received too. So its key
 * stays, without content, until its time runs out. */
static enum ks_verdict
spoil(struct ks_frag *frag, struct datagram *dg)
{
	frag->stats.overlapped++;
	frag->stats.refused_packets += dg->pieces;
	drop_runs(frag, dg);
	dg->refused = true;
	return KS_FRAGMENT_REFUSED;
}

static bool
is_late(const struct datagram *dg, int64_t now_ns)
{
	return ks_time_apart(now_ns, dg->first_ns, KS_FRAG_WAIT_NS);
}

static void
expire(struct ks_frag *frag, int64_t now_ns)
{
	for (unsigned i = 0; i < EXPIRE_PER_CALL; i++) {
		struct ks_table_link *const oldest = ks_table_oldest(&frag->table);
		if (oldest == NULL || !is_late(datagram_of(oldest), now_ns))
			return;
		forget(frag, datagram_of(oldest), &frag->stats.expired);
	}
}

/* The datagram that `piece` belongs to, begun if need be. */
static struct datagram *
datagram_for(struct ks_frag *frag, const struct ks_frag_piece *piece)
{
	const struct frag_key key = {.src = piece->src,
				     .dst = piece->dst,
				     .id = piece->id,
				     .proto = piece->proto,
				     .v6 = piece->v6 ? 1 : 0};
	const uint64_t hash = ks_hash_bytes(&frag->secret, &key, sizeof(key));
	struct ks_table_link *const known = ks_table_find(&frag->table, hash, &key);
	if (known != NULL) {
		if (!is_late(datagram_of(known), piece->time_ns))
			return datagram_of(known);
		/* The identification came round again (RFC 4963) before the old one was swept out. */
		forget(frag, datagram_of(known), &frag->stats.expired);
	}
	struct ks_table_link *const displaced = ks_table_displaced(&frag->table, hash);
	if (displaced != NULL)
		forget(frag, datagram_of(displaced), &frag->stats.evicted);

	struct datagram *const dg = datagram_of(ks_table_add(&frag->table, hash, &key));
	const struct ks_table_link link = dg->link;
	*dg = (struct datagram){
		.link = link, .key = key, .first_ns = piece->time_ns, .total = LENGTH_UNKNOWN};
	return dg;
}

/* Until the pool has `n` blocks. `dg` itself stays: one full datagram always fits. */
static void
make_room(struct ks_frag *frag, const struct datagram *dg, size_t n)
{
	while (frag->pool.n_free < n) {
		struct ks_list_link *oldest = frag->holders.oldest;
		if (oldest == &dg->holder)
			oldest = oldest->newer;
		assert(oldest != NULL);
		forget(frag, KS_CONTAINER(oldest, struct datagram, holder), &frag->stats.evicted);
	}
}

static bool
repeats(const struct ks_run *run, const struct ks_frag_piece *piece)
{
	return run->at == piece->offset && run->len == piece->len &&
	       ks_run_equals(run, 0, piece->data, ks_min_u32(run->cap, piece->cap_len));
}

/* Does the end that `piece` tells of contradict what is known? Runs in front of the last piece must
 * leave it room: an honest last piece is not empty. */
static bool
contradicts(const struct datagram *dg, const struct ks_frag_piece *piece, const struct ks_run *last)
{
	const uint32_t end = piece->offset + piece->len;
	if (dg->total != LENGTH_UNKNOWN)
		return piece->more ? end >= dg->total : end != dg->total;
	return !piece->more && last != NULL && last->at + last->len > piece->offset;
}

static void
account(struct datagram *dg, const struct ks_frag_piece *piece)
{
	dg->pieces++;
	dg->ip_bytes += piece->ip_bytes;
	dg->wire_bytes += piece->wire_bytes;
}

static void
hold(struct ks_frag *frag, struct datagram *dg, const struct ks_frag_piece *piece, struct ks_run **at)
{
	const struct ks_bytes bytes = {piece->data, piece->cap_len, piece->len};
	make_room(frag, dg, ks_run_blocks(bytes.cap));
	struct ks_run *const run = ks_run_new(&frag->pool, piece->offset, piece->time_ns);
	ks_run_append(&frag->pool, run, &bytes);
	if (dg->runs == NULL)
		ks_list_append(&frag->holders, &dg->holder);
	run->next = *at;
	*at = run;
	dg->n_runs++;
	dg->covered += piece->len;
	if (!piece->more)
		dg->total = piece->offset + piece->len;
}

/* RFC 815 keeps holes; with disjoint pieces it is enough to add their lengths up. */
static enum ks_verdict
place(struct ks_frag *frag, struct datagram *dg, const struct ks_frag_piece *piece)
{
	const uint32_t end = piece->offset + piece->len;
	struct ks_run **at = &dg->runs;
	const struct ks_run *before = NULL;
	const struct ks_run *last = NULL;
	for (struct ks_run *run = dg->runs; run != NULL; last = run, run = run->next)
		if (run->at < piece->offset) {
			before = run;
			at = &run->next;
		}
	const struct ks_run *const behind = *at;
	if (behind != NULL && repeats(behind, piece) && piece->more == (end != dg->total)) {
		account(dg, piece);
		return KS_FRAGMENT_PENDING;
	}
	const bool overlaps = (before != NULL && before->at + before->len > piece->offset) ||
			      (behind != NULL && end > behind->at);
	if (overlaps || contradicts(dg, piece, last) || dg->n_runs == KS_FRAG_PIECES)
		return spoil(frag, dg);
	account(dg, piece);
	hold(frag, dg, piece, at);
	return dg->covered == dg->total ? KS_DNS : KS_FRAGMENT_PENDING;
}

static uint32_t
saturated_u32(uint64_t value)
{
	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

/* The captured prefix ends where the first piece that was cut ends. */
static void
join(struct ks_frag *frag, struct datagram *dg, struct ks_frag_whole *ret)
{
	uint32_t cap = 0;
	for (const struct ks_run *run = dg->runs; run != NULL; run = run->next) {
		ks_run_copy(run, 0, frag->whole + cap, run->cap);
		cap += run->cap;
		if (run->cap < run->len)
			break;
	}
	*ret = (struct ks_frag_whole){.data = frag->whole,
				      .cap_len = cap,
				      .len = dg->total,
				      .ip_bytes = saturated_u32(dg->ip_bytes),
				      .wire_bytes = saturated_u32(dg->wire_bytes),
				      .pieces = dg->pieces < UINT16_MAX ? (uint16_t)dg->pieces : UINT16_MAX};
	frag->stats.completed++;
	drop_runs(frag, dg);
	ks_table_remove(&frag->table, &dg->link);
}

/* Refused for itself, as RFC 8200 s4.5 has it: such a fragment says nothing about its siblings. */
static bool
is_sane(const struct ks_frag_piece *piece)
{
	if (piece->offset > KS_FRAG_MAX || piece->len > KS_FRAG_MAX - piece->offset)
		return false;
	/* Empty pieces add nothing, and a flood of them would fill the list of pieces. */
	return piece->len > 0 && !(piece->more && piece->len % 8 != 0);
}

enum ks_verdict
ks_frag_feed(struct ks_frag *frag, const struct ks_frag_piece *piece, struct ks_frag_whole *ret)
{
	assert(piece->cap_len <= piece->len);
	expire(frag, piece->time_ns);
	if (!is_sane(piece))
		return KS_FRAGMENT_REFUSED;
	if (piece->offset == 0 && !piece->more) {
		*ret = (struct ks_frag_whole){.data = piece->data,
					      .cap_len = piece->cap_len,
					      .len = piece->len,
					      .ip_bytes = piece->ip_bytes,
					      .wire_bytes = piece->wire_bytes,
					      .pieces = 1};
		frag->stats.completed++;
		return KS_DNS;
	}
	struct datagram *const dg = datagram_for(frag, piece);
	if (dg->refused)
		return KS_FRAGMENT_REFUSED;
	const enum ks_verdict verdict = place(frag, dg, piece);
	if (verdict == KS_DNS)
		join(frag, dg, ret);
	return verdict;
}
