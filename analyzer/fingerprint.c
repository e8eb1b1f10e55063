/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/fingerprint.h"

#include <stdio.h>

static_assert(sizeof(struct ks_stack) == 56, "whole words, one or two for each source that asks for keys");

/* Where each trait lies in the word. */
enum { AT_EDNS = 16, AT_DO = 17, AT_CD = 18, AT_RD = 19, AT_AD = 20, AT_HOPS = 21, AT_OPTIONS = 24 };

static const unsigned hop_classes[] = {32, 64, 128, 255};

static const char *const options[] = {"nsid",    "ecs", "cookie",         "padding",
				      "key-tag", "ede", "report-channel", "other"};

static uint64_t
hop_class(uint8_t ttl)
{
	uint64_t class = 0;
	while (ttl > hop_classes[class])
		class ++;
	return class;
}

uint64_t
ks_fingerprint_of(const struct ks_message *query)
{
	static_assert(KS_EDNS_NSID == 1 && KS_EDNS_UNKNOWN == 1 << 7,
		      "the options' texts stand in this order");
	const struct ks_dns *const dns = &query->dns;
	uint64_t ret = hop_class(query->ttl) << AT_HOPS;
	ret |= (uint64_t)((dns->flags & KS_FLAG_CD) != 0) << AT_CD;
	ret |= (uint64_t)((dns->flags & KS_FLAG_RD) != 0) << AT_RD;
	ret |= (uint64_t)((dns->flags & KS_FLAG_AD) != 0) << AT_AD;
	if (dns->edns.records == 0)
		return ret;
	ret |= UINT64_C(1) << AT_EDNS | dns->edns.udp_size;
	ret |= (uint64_t)dns->edns.dnssec_ok << AT_DO;
	return ret | (uint64_t)dns->edns.options << AT_OPTIONS;
}

struct text {
	char *at;
	size_t n;
};

static void
add(struct text *text, const char *word)
{
	const size_t n = strlen(word);
	assert(text->n + n < KS_FINGERPRINT_TEXT);
	memcpy(text->at + text->n, word, n + 1);
	text->n += n;
}

static void
add_options(struct text *text, uint64_t bits)
{
	const char *before = " opt=";
	for (size_t i = 0; i < KS_COUNT(options); i++) {
		if ((bits >> i & 1) == 0)
			continue;
		add(text, before);
		add(text, options[i]);
		before = ",";
	}
}

const char *
ks_fingerprint_print(uint64_t fingerprint, char ret[KS_FINGERPRINT_TEXT])
{
	static const struct {
		unsigned at;
		const char *word;
	} bits[] = {{AT_DO, " do"}, {AT_CD, " cd"}, {AT_RD, " rd"}, {AT_AD, " ad"}};
	struct text text = {.at = ret};
	char number[16];
	if ((fingerprint >> AT_EDNS & 1) != 0)
		(void)snprintf(number, sizeof(number), "edns=%u", (unsigned)(fingerprint & 0xffff));
	else
		(void)snprintf(number, sizeof(number), "no-edns");
	add(&text, number);
	for (size_t i = 0; i < KS_COUNT(bits); i++)
		if ((fingerprint >> bits[i].at & 1) != 0)
			add(&text, bits[i].word);
	(void)snprintf(number, sizeof(number), " ttl=%u", hop_classes[fingerprint >> AT_HOPS & 3]);
	add(&text, number);
	add_options(&text, fingerprint >> AT_OPTIONS & 0xff);
	return ret;
}

/* --- of each source the last few --- */

enum ks_error
ks_stacks_init(struct ks_stacks *stacks, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	*stacks = (struct ks_stacks){0};
	return ks_map_init(&stacks->map, sizeof(struct ks_stack),
			   ks_map_capacity(sizeof(struct ks_stack), bytes), secret, diag);
}

void
ks_stacks_done(struct ks_stacks *stacks)
{
	ks_map_done(&stacks->map);
}

const struct ks_stack *
ks_stacks_at(const struct ks_stacks *stacks, uint32_t source, uint32_t place)
{
	const struct ks_key key = {.w = {source, place}};
	const uint32_t number = ks_map_find(&stacks->map, &key);
	return number != KS_MAP_NONE ? ks_map_at(&stacks->map, number) : NULL;
}

/* The place for a fingerprint of the source: its own, a free one, or that of the one not met for longest.
 * A source nearly always looks the same, so this is one look-up. NULL: no room. */
static struct ks_stack *
find(struct ks_stacks *stacks, uint32_t source, uint64_t fingerprint)
{
	struct ks_stack *oldest = NULL;
	for (uint32_t place = 0; place < KS_STACKS_EACH; place++) {
		const struct ks_key key = {.w = {source, place}};
		bool is_new;
		const uint32_t number = ks_map_add(&stacks->map, &key, &is_new);
		if (number == KS_MAP_NONE)
			return NULL;
		struct ks_stack *const stack = ks_map_at(&stacks->map, number);
		if (is_new)
			stack->fingerprint = fingerprint;
		if (stack->fingerprint == fingerprint)
			return stack;
		if (oldest == NULL || stack->last_ns < oldest->last_ns)
			oldest = stack;
	}
	stacks->evicted++;
	*oldest = (struct ks_stack){.key = oldest->key, .fingerprint = fingerprint};
	return oldest;
}

/* By chance alone a resolver that draws the case of each letter sends three letters in one case in a quarter
 * of its queries, and more letters more seldom: names from three on can be told by their majority. */
static void
count_case(struct ks_stack *stack, struct ks_span qname)
{
	enum { LETTERS = 3 };
	unsigned upper = 0, lower = 0;
	for (size_t i = 0; i < qname.n; i++) {
		upper += qname.at[i] >= 'A' && qname.at[i] <= 'Z';
		lower += qname.at[i] >= 'a' && qname.at[i] <= 'z';
	}
	stack->cased_queries += upper + lower >= LETTERS && stack->cased_queries != UINT32_MAX;
	stack->mixed_queries +=
		upper + lower >= LETTERS && upper > 0 && lower > 0 && stack->mixed_queries != UINT32_MAX;
}

void
ks_stacks_feed(struct ks_stacks *stacks, uint32_t source, const struct ks_message *query)
{
	struct ks_stack *const stack = find(stacks, source, ks_fingerprint_of(query));
	if (stack == NULL) {
		stacks->unlisted++;
		return;
	}
	const bool is_new = stack->queries == 0;
	if (is_new || query->time_ns < stack->first_ns)
		stack->first_ns = query->time_ns;
	if (is_new || query->time_ns > stack->last_ns)
		stack->last_ns = query->time_ns;
	stack->queries += stack->queries != UINT32_MAX;
	count_case(stack, query->dns.qname);
}
