/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/pair.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct ks_secret secret = {.a = 3, .b = 5};
static const uint8_t root[] = {0}, lower[] = "\3www\3tld", upper[] = "\3WwW\3tLD";

static struct ks_pairs *
pairs_of(size_t bytes)
{
	static struct ks_pairs pairs;
	struct ks_diag diag;
	cr_assert(eq(int, ks_pairs_init(&pairs, bytes, &secret, &diag), KS_SUCCESS));
	return &pairs;
}

static struct ks_message
message_of(const uint8_t *name, size_t n)
{
	return (struct ks_message){
		.client_port = 4711,
		.server_port = 53,
		.dns = {.id = 99, .has_question = true, .qtype = 48, .qclass = 1, .qname = {name, n}},
	};
}

Test(pair, the_first_response_wins_and_a_second_finds_nothing)
{
	struct ks_pairs *const pairs = pairs_of(1 << 20);
	bool again;
	ks_pairs_ask(pairs, 42, 1000, &again)->record = 17;
	cr_assert(not(again));
	struct ks_pair *const pair = ks_pairs_answer(pairs, 42, 2000);
	cr_assert(ne(ptr, pair, NULL));
	cr_assert(eq(u32, pair->record, 17));
	cr_assert(eq(ptr, ks_pairs_answer(pairs, 42, 3000), NULL), "a second response");
	ks_pairs_done(pairs);
}

Test(pair, the_same_query_before_its_response_is_a_retransmission_afterwards_not)
{
	struct ks_pairs *const pairs = pairs_of(1 << 20);
	bool again;
	(void)ks_pairs_ask(pairs, 42, 1000, &again);
	(void)ks_pairs_ask(pairs, 42, 2000, &again);
	cr_assert(again);
	(void)ks_pairs_answer(pairs, 42, 3000);
	(void)ks_pairs_ask(pairs, 42, 4000, &again);
	cr_assert(not(again));
	ks_pairs_done(pairs);
}

Test(pair, ten_seconds_is_the_end_of_waiting)
{
	struct ks_pairs *const pairs = pairs_of(1 << 20);
	bool again;
	(void)ks_pairs_ask(pairs, 42, 0, &again);
	cr_assert(eq(ptr, ks_pairs_answer(pairs, 42, KS_PAIR_NS + 1), NULL));
	(void)ks_pairs_ask(pairs, 42, KS_PAIR_NS + 1, &again);
	cr_assert(not(again));
	cr_assert(eq(ptr, ks_pairs_answer(pairs, 42, 5), NULL), "an answer from before the question");
	cr_assert(ne(ptr, (void *)ks_pairs_answer(pairs, 42, 2 * KS_PAIR_NS), NULL));
	ks_pairs_done(pairs);
}

Test(pair, a_crowded_bucket_gives_up_the_oldest_and_counts_it)
{
	struct ks_pairs *const pairs = pairs_of(1);
	const uint64_t buckets = pairs->mask + 1;
	bool again;
	for (uint64_t i = 1; i <= KS_PAIR_WAYS + 1; i++)
		(void)ks_pairs_ask(pairs, i * buckets, (int64_t)i, &again);
	cr_assert(eq(u64, pairs->evicted, 1));
	cr_assert(eq(ptr, ks_pairs_answer(pairs, buckets, 10), NULL), "the oldest is gone");
	for (uint64_t i = 2; i <= KS_PAIR_WAYS + 1; i++)
		cr_assert(ne(ptr, (void *)ks_pairs_answer(pairs, i * buckets, 10), NULL));
	(void)ks_pairs_ask(pairs, 99 * buckets, 11, &again);
	cr_assert(eq(u64, pairs->evicted, 1), "an answered one is no loss");
	ks_pairs_done(pairs);
}

/* Ten thousand wait at once in a table that begins with room for four thousand; none of them may be lost on
 * the way. */
Test(pair, who_waits_is_there_however_often_the_table_has_grown)
{
	enum { WAITING = 10000 };
	struct ks_pairs *const pairs = pairs_of(16 << 20);
	const uint64_t first_mask = pairs->mask;
	bool again;
	for (uint32_t i = 0; i < WAITING; i++) {
		ks_pairs_ask(pairs, ks_hash_words(&secret, i, 1), i, &again)->record = i;
		cr_assert(not(again));
	}
	cr_assert(gt(u64, pairs->mask, first_mask));
	cr_assert(eq(u64, pairs->evicted, 0));
	for (uint32_t i = 0; i < WAITING; i++) {
		(void)ks_pairs_ask(pairs, ks_hash_words(&secret, i, 1), WAITING, &again);
		cr_assert(again, "query %u", i);
	}
	for (uint32_t i = 0; i < WAITING; i++) {
		struct ks_pair *const pair =
			ks_pairs_answer(pairs, ks_hash_words(&secret, i, 1), 2 * WAITING);
		cr_assert(ne(ptr, pair, NULL));
		cr_assert(eq(u32, pair->record, i));
	}
	ks_pairs_done(pairs);
}

Test(pair, identity_is_everything_but_the_case_of_the_name)
{
	struct ks_pairs *const pairs = pairs_of(1 << 20);
	const struct ks_message a = message_of(lower, sizeof(lower));
	const struct ks_message b = message_of(upper, sizeof(upper));
	const uint64_t hash = ks_pairs_hash(pairs, &a);
	cr_assert(eq(u64, ks_pairs_hash(pairs, &b), hash), "0x20 randomisation");
	struct ks_message other[8];
	for (size_t i = 0; i < KS_COUNT(other); i++)
		other[i] = a;
	other[0].dns.id++;
	other[1].client_port++;
	other[2].server_port++;
	other[3].client.b[15]++;
	other[4].server.b[15]++;
	other[5].tcp = true;
	other[6].dns.qtype = 43;
	other[7].dns.qname = (struct ks_span){root, 1};
	for (size_t i = 0; i < KS_COUNT(other); i++)
		cr_assert(ne(u64, ks_pairs_hash(pairs, &other[i]), hash), "part %zu", i);
	ks_pairs_done(pairs);
}
