/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/opening.h"

static_assert(sizeof(struct ks_opening) == 48 && sizeof(struct ks_opening_slot) == 80, "whole words");

static uint32_t
power_of_two_below(size_t n)
{
	uint32_t power = 1;
	while (power <= n / 2 && power < 1u << 20)
		power *= 2;
	return power;
}

enum ks_error
ks_openings_init(struct ks_openings *openings, size_t bytes, struct ks_diag *diag)
{
	const uint32_t slots = power_of_two_below(bytes / 2 / sizeof(struct ks_opening_slot));
	const size_t left = bytes / 2 / sizeof(struct ks_opening);
	*openings = (struct ks_openings){.mask = slots - 1};
	openings->capacity = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
	enum ks_error error = ks_region_init(&openings->slots, slots * sizeof(struct ks_opening_slot), diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&openings->kept, left * sizeof(struct ks_opening), diag);
	if (error != KS_SUCCESS)
		ks_openings_done(openings);
	return error;
}

void
ks_openings_done(struct ks_openings *openings)
{
	ks_region_done(&openings->slots);
	ks_region_done(&openings->kept);
}

static bool
asked_several(const struct ks_opening *opening)
{
	return (opening->servers & (opening->servers - 1)) != 0;
}

static bool
is_worth_telling(const struct ks_opening *opening)
{
	return asked_several(opening) || (opening->silence_ns > 0 && opening->primed != 0) ||
	       opening->silence_ns >= KS_OPENING_LONG_NS;
}

static void
end_opening(struct ks_openings *openings, struct ks_opening_slot *slot)
{
	if (!slot->open)
		return;
	slot->open = false;
	if (!is_worth_telling(&slot->opening))
		return;
	if (openings->n_kept == openings->capacity) {
		openings->unlisted++;
		return;
	}
	((struct ks_opening *)openings->kept.base)[openings->n_kept++] = slot->opening;
}

static bool
within(int64_t since_ns, int64_t limit_ns)
{
	return since_ns >= 0 && since_ns < limit_ns;
}

/* The source's own slot; whoever else was there has to go. */
void
ks_openings_forget(struct ks_openings *openings, uint32_t source)
{
	struct ks_opening_slot *const slot =
		(struct ks_opening_slot *)openings->slots.base + (source & openings->mask);
	if (slot->owner == source + 1)
		*slot = (struct ks_opening_slot){0};
}

static struct ks_opening_slot *
slot_of(struct ks_openings *openings, uint32_t source, int64_t t_ns)
{
	struct ks_opening_slot *const slot =
		(struct ks_opening_slot *)openings->slots.base + (source & openings->mask);
	if (slot->owner == source + 1)
		return slot;
	openings->met += slot->open && within(t_ns - slot->opening.last_ns, KS_OPENING_GAP_NS);
	end_opening(openings, slot);
	*slot = (struct ks_opening_slot){.owner = source + 1};
	return slot;
}

void
ks_openings_wake(struct ks_openings *openings, uint32_t source, int64_t t_ns, int64_t silence_ns)
{
	struct ks_opening_slot *const slot = slot_of(openings, source, t_ns);
	end_opening(openings, slot);
	slot->woke_ns = t_ns;
	slot->silence_ns = silence_ns;
}

void
ks_openings_prime(struct ks_openings *openings, uint32_t source, int64_t t_ns)
{
	struct ks_opening_slot *const slot = slot_of(openings, source, t_ns);
	slot->primed_ns = t_ns;
	slot->awaits = true;
	/* BIND asks for the keys and the name servers of the root in one breath, in either order. */
	if (slot->open && within(t_ns - slot->opening.last_ns, KS_OPENING_GAP_NS))
		slot->opening.primed = 1;
}

static uint64_t
bit_of(uint32_t server)
{
	return server < 64 ? UINT64_C(1) << server : 0;
}

static void
begin_opening(struct ks_opening_slot *slot, const struct ks_opening_query *query)
{
	const bool woke = slot->woke_ns != 0 && within(query->t_ns - slot->woke_ns, KS_PRIMING_NS);
	if (!query->first && !woke)
		return;
	slot->open = true;
	slot->opening = (struct ks_opening){
		.t_ns = query->t_ns,
		.last_ns = query->t_ns,
		.silence_ns = woke ? slot->silence_ns : 0,
		.servers = bit_of(query->server),
		.source = query->source,
		.zone = query->zone,
		.queries = 1,
		.primed = slot->primed_ns != 0 && within(query->t_ns - slot->primed_ns, KS_PRIMING_NS),
	};
	slot->woke_ns = 0; /* one opening each time */
}

static void
continue_opening(struct ks_opening *opening, const struct ks_opening_query *query)
{
	if (query->zone != opening->zone) {
		if (asked_several(opening))
			return;
		opening->zone = query->zone;
		opening->t_ns = query->t_ns;
		opening->servers = 0;
		opening->queries = 0;
	}
	opening->last_ns = query->t_ns;
	opening->queries++;
	opening->servers |= bit_of(query->server);
}

static bool
answers_priming(struct ks_opening_slot *slot, int64_t t_ns)
{
	const bool follows = slot->awaits && within(t_ns - slot->primed_ns, KS_PRIMING_NS);
	slot->awaits = false;
	return follows;
}

bool
ks_openings_ask(struct ks_openings *openings, const struct ks_opening_query *query)
{
	struct ks_opening_slot *slot =
		(struct ks_opening_slot *)openings->slots.base + (query->source & openings->mask);
	if (slot->owner != query->source + 1) {
		if (!query->first)
			return false;
		slot = slot_of(openings, query->source, query->t_ns);
	}
	if (slot->open && !within(query->t_ns - slot->opening.last_ns, KS_OPENING_GAP_NS))
		end_opening(openings, slot);
	if (slot->open)
		continue_opening(&slot->opening, query);
	else
		begin_opening(slot, query);
	return answers_priming(slot, query->t_ns);
}

void
ks_openings_close(struct ks_openings *openings)
{
	for (uint32_t i = 0; i <= openings->mask && openings->slots.base != NULL; i++)
		end_opening(openings, (struct ks_opening_slot *)openings->slots.base + i);
}
