/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/past.h"

struct entry {
	struct ks_key key; /* two hashes of source and name */
	struct ks_past_state known;
	uint64_t taken;
};
static_assert(sizeof(struct entry) == 88, "as many as a megabyte has of flows, and half as many more");

enum ks_error
ks_past_init(struct ks_past *past, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	*past = (struct ks_past){
		.secret = {.a = ~secret->a, .b = secret->b}}; /* other than the table's own */
	return ks_map_init(&past->states, sizeof(struct entry), ks_map_capacity(sizeof(struct entry), bytes),
			   secret, diag);
}

void
ks_past_done(struct ks_past *past)
{
	ks_map_done(&past->states);
	ks_pairs_done(&past->pairs);
	*past = (struct ks_past){0};
}

/* Never that of the dead, below: an even number is none of ours. */
static struct ks_key
key_of(const struct ks_past *past, const struct ks_addr *source, struct ks_span name)
{
	const struct ks_secret one = past->secret, two = {.a = one.b, .b = one.a};
	struct ks_key key;
	ks_hash_bytes_twice(&one, &two, name.at, name.n, key.w);
	key.w[0] = ks_hash_words(&one, ks_hash_addr(&one, source), key.w[0]) | 1;
	key.w[1] = ks_hash_words(&two, ks_hash_addr(&two, source), key.w[1]);
	return key;
}

bool
ks_past_take(struct ks_past *past, const struct ks_addr *source, struct ks_span name,
	     struct ks_past_state *ret)
{
	if (past->states.n == 0)
		return false;
	const struct ks_key key = key_of(past, source, name);
	const uint32_t number = ks_map_find(&past->states, &key);
	if (number == KS_MAP_NONE)
		return false;
	struct entry *const entry = ks_map_at(&past->states, number);
	if (entry->taken != 0)
		return false; /* the run gave it away meanwhile, for lack of room */
	entry->taken = 1;
	*ret = entry->known;
	return true;
}

const struct ks_past_state *
ks_past_taken(const struct ks_past *past, const struct ks_addr *source, struct ks_span name)
{
	const struct ks_key key = key_of(past, source, name);
	const uint32_t number = ks_map_find(&past->states, &key);
	const struct entry *const entry = number != KS_MAP_NONE ? ks_map_at(&past->states, number) : NULL;
	return entry != NULL && entry->taken != 0 ? &entry->known : NULL;
}

bool
ks_past_matters(const struct ks_past_state *known, int64_t t_ns)
{
	const struct ks_requery_state *const state = &known->state;
	const int64_t since_ns = t_ns - state->delivered_ns;
	if (state->truncated_ns != 0 && t_ns - state->truncated_ns <= KS_REQUERY_TCP_NS)
		return true;
	return state->life_ns != 0 && since_ns < (known->offended ? KS_REQUERY_LIFE_MAX_NS : state->life_ns);
}

/* --- between two runs --- */

struct sweep {
	int64_t t_ns;
	bool is_crowded;
	uint64_t *forgotten;
};

static bool
stays(const struct entry *entry, const struct sweep *sweep)
{
	if (entry->taken != 0 || (entry->key.w[0] & 1) == 0 || !ks_past_matters(&entry->known, sweep->t_ns))
		return false;
	if (!sweep->is_crowded || entry->known.offended)
		return true;
	++*sweep->forgotten;
	return false;
}

/* All the dead share one key. */
static void
bury(void *at, const void *arg)
{
	struct entry *const entry = at;
	if (!stays(entry, arg))
		*entry = (struct entry){.taken = 1};
}

static void
join_dead(void *into, const void *from)
{
	(void)into;
	(void)from;
}

void
ks_past_renew(struct ks_past *past, int64_t t_ns, size_t n)
{
	struct sweep sweep = {.t_ns = t_ns, .forgotten = &past->forgotten};
	past->forgotten = 0;
	ks_map_rekey(&past->states, bury, join_dead, &sweep);
	sweep.is_crowded = n + past->states.n > past->states.capacity;
	if (sweep.is_crowded)
		ks_map_rekey(&past->states, bury, join_dead, &sweep);
}

void
ks_past_leave(struct ks_past *past, const struct ks_addr *source, struct ks_span name,
	      const struct ks_past_state *state)
{
	const struct ks_key key = key_of(past, source, name);
	bool is_new;
	const uint32_t number = ks_map_add(&past->states, &key, &is_new);
	past->forgotten += number == KS_MAP_NONE;
	if (number == KS_MAP_NONE)
		return;
	struct entry *const entry = ks_map_at(&past->states, number);
	entry->known = *state;
	entry->taken = 0;
}
