/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/fingerprint.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct ks_secret secret = {.a = 17, .b = 4711};

#define ALL_OPTIONS 0xff

/* --- one query --- */

static const struct {
	const char *what;
	uint16_t flags;
	struct ks_edns edns;
	uint8_t ttl;
	const char *want;
} looks[] = {
	{"BIND 9.18",
	 0,
	 {.records = 1, .udp_size = 1232, .dnssec_ok = true, .options = KS_EDNS_COOKIE},
	 64,
	 "edns=1232 do ttl=64 opt=cookie"},
	{"Unbound 1.17, Knot 5.6",
	 KS_FLAG_CD,
	 {.records = 1, .udp_size = 1232, .dnssec_ok = true},
	 64,
	 "edns=1232 do cd ttl=64"},
	{"a forwarder",
	 KS_FLAG_RD,
	 {.records = 1, .udp_size = 1232, .dnssec_ok = true},
	 64,
	 "edns=1232 do rd ttl=64"},
	{"dig without anything", KS_FLAG_RD | KS_FLAG_AD, {0}, 64, "no-edns rd ad ttl=64"},
	{"no OPT record: what its fields hold does not count",
	 0,
	 {.udp_size = 512, .dnssec_ok = true, .options = 4},
	 64,
	 "no-edns ttl=64"},
	{"an OPT record of size 0 is not none", 0, {.records = 1}, 64, "edns=0 ttl=64"},
	{"several OPT records: the first was read",
	 0,
	 {.records = 3, .udp_size = 512},
	 64,
	 "edns=512 ttl=64"},
	{"flags of answers are no trait", KS_FLAG_AA | KS_FLAG_TC | KS_FLAG_RA, {0}, 64, "no-edns ttl=64"},
	{"hops: none left", 0, {0}, 0, "no-edns ttl=32"},
	{"hops: 32", 0, {0}, 32, "no-edns ttl=32"},
	{"hops: 33", 0, {0}, 33, "no-edns ttl=64"},
	{"hops: 52 of 64", 0, {0}, 52, "no-edns ttl=64"},
	{"hops: 65", 0, {0}, 65, "no-edns ttl=128"},
	{"hops: 128", 0, {0}, 128, "no-edns ttl=128"},
	{"hops: 129", 0, {0}, 129, "no-edns ttl=255"},
	{"hops: 255", 0, {0}, 255, "no-edns ttl=255"},
	{"options in order",
	 0,
	 {.records = 1, .udp_size = 4096, .options = KS_EDNS_KEY_TAG | KS_EDNS_NSID},
	 64,
	 "edns=4096 ttl=64 opt=nsid,key-tag"},
	{"everything: the longest text",
	 0xffff,
	 {.records = 1, .udp_size = 65535, .dnssec_ok = true, .options = ALL_OPTIONS},
	 255,
	 "edns=65535 do cd rd ad ttl=255 opt=nsid,ecs,cookie,padding,key-tag,ede,report-channel,other"},
};

static struct ks_message
query_of(size_t i)
{
	return (struct ks_message){.ttl = looks[i].ttl,
				   .dns = {.flags = looks[i].flags, .edns = looks[i].edns}};
}

Test(fingerprint, text_says_what_the_query_says)
{
	for (size_t i = 0; i < KS_COUNT(looks); i++) {
		const struct ks_message query = query_of(i);
		char text[KS_FINGERPRINT_TEXT];
		const char *const got = ks_fingerprint_print(ks_fingerprint_of(&query), text);
		cr_expect(strcmp(got, looks[i].want) == 0, "%s: %s", looks[i].what, got);
	}
}

Test(fingerprint, equal_texts_are_equal_words_and_no_others)
{
	for (size_t i = 0; i < KS_COUNT(looks); i++)
		for (size_t k = 0; k < KS_COUNT(looks); k++) {
			const struct ks_message a = query_of(i), b = query_of(k);
			const bool same_word = ks_fingerprint_of(&a) == ks_fingerprint_of(&b);
			const bool same_text = strcmp(looks[i].want, looks[k].want) == 0;
			cr_expect(same_word == same_text, "%s, %s", looks[i].what, looks[k].what);
		}
}

/* --- of each source the last few --- */

static struct ks_stacks stacks;

static void
begin(size_t bytes)
{
	struct ks_diag diag;
	cr_assert(eq(int, ks_stacks_init(&stacks, bytes, &secret, &diag), KS_SUCCESS));
}

static void
ask(uint32_t source, uint16_t size, int64_t t_ns, const char *qname, size_t n)
{
	const struct ks_message query = {
		.time_ns = t_ns,
		.ttl = 64,
		.dns = {.edns = {.records = 1, .udp_size = size}, .qname = {(const uint8_t *)qname, n}},
	};
	ks_stacks_feed(&stacks, source, &query);
}

#define ASK(source, size, t_ns, name) ask(source, size, t_ns, name, sizeof(name))

static uint64_t
size_at(uint32_t source, uint32_t place)
{
	const struct ks_stack *const stack = ks_stacks_at(&stacks, source, place);
	return stack != NULL ? stack->fingerprint & 0xffff : UINT64_MAX;
}

Test(fingerprint, sources_do_not_mix_and_times_stretch_both_ways)
{
	begin(1 << 20);
	ASK(1, 512, 50, "");
	ASK(2, 1232, 60, "");
	ASK(1, 512, 40, ""); /* a clock that steps back */
	ASK(1, 512, 70, "");
	const struct ks_stack *const stack = ks_stacks_at(&stacks, 1, 0);
	cr_assert(eq(u32, stack->queries, 3));
	cr_assert(eq(i64, stack->first_ns, 40));
	cr_assert(eq(i64, stack->last_ns, 70));
	cr_assert(eq(u64, size_at(2, 0), 1232));
	cr_assert(ks_stacks_at(&stacks, 1, 1) == NULL);
	cr_assert(ks_stacks_at(&stacks, 3, 0) == NULL);
	ks_stacks_done(&stacks);
}

Test(fingerprint, a_fifth_takes_the_place_of_the_one_not_met_for_longest)
{
	begin(1 << 20);
	for (uint16_t size = 1; size <= 4; size++)
		ASK(1, size, size, "");
	ASK(1, 1, 5, ""); /* so 2 is the oldest now */
	cr_assert(eq(u64, stacks.evicted, 0));
	ASK(1, 5, 6, "");
	cr_assert(eq(u64, stacks.evicted, 1));
	cr_assert(eq(u64, size_at(1, 0), 1));
	cr_assert(eq(u64, size_at(1, 1), 5));
	cr_assert(eq(u64, size_at(1, 2), 3));
	cr_assert(eq(u64, size_at(1, 3), 4));
	const struct ks_stack *const fresh = ks_stacks_at(&stacks, 1, 1);
	cr_assert(eq(u32, fresh->queries, 1));
	cr_assert(eq(i64, fresh->first_ns, 6));
	ks_stacks_done(&stacks);
}

Test(fingerprint, a_source_that_never_looks_the_same_keeps_four)
{
	begin(1 << 20);
	for (uint32_t i = 0; i < 100000; i++)
		ASK(7, (uint16_t)i, i, "");
	cr_assert(eq(u32, stacks.map.n, KS_STACKS_EACH));
	cr_assert(eq(u64, stacks.evicted, 100000 - KS_STACKS_EACH));
	ks_stacks_done(&stacks);
}

Test(fingerprint, a_full_table_counts_what_it_cannot_keep_and_goes_on_with_the_rest)
{
	begin(4096);
	const uint32_t n = stacks.map.capacity;
	for (uint32_t i = 0; i < n + 100; i++)
		ASK(i, 1232, i, "");
	ASK(0, 1232, 1, "");
	ASK(0, 512, 1, "");
	cr_assert(eq(u64, stacks.unlisted, 101));
	cr_assert(eq(u32, ks_stacks_at(&stacks, 0, 0)->queries, 2));
	ks_stacks_done(&stacks);
}

Test(fingerprint, mixed_case_is_told_from_names_long_enough)
{
	static const struct {
		const char *what, *name;
		size_t n;
		uint32_t cased, mixed;
	} names[] = {
		{"the root has no letters", "", 1, 0, 0},
		{"two letters may be in one case by chance", "\2Uk", 4, 0, 0},
		{"three letters", "\3cOm", 5, 1, 1},
		{"lower", "\7example\3com", 13, 1, 0},
		{"upper is one case too", "\7EXAMPLE\3COM", 13, 1, 0},
		{"digits have none",
		 "\5"
		 "123-4",
		 7, 0, 0},
		{"octets beyond ASCII have none (RFC 4343)", "\4\xc4\xe4\xd6\xf6", 6, 0, 0},
		{"letters of all labels", "\1a\1B\1c", 7, 1, 1},
	};
	begin(1 << 20);
	for (uint32_t i = 0; i < KS_COUNT(names); i++) {
		ask(i, 512, 0, names[i].name, names[i].n);
		const struct ks_stack *const stack = ks_stacks_at(&stacks, i, 0);
		cr_expect(stack->cased_queries == names[i].cased && stack->mixed_queries == names[i].mixed,
			  "%s: %u %u", names[i].what, stack->cased_queries, stack->mixed_queries);
	}
	ks_stacks_done(&stacks);
}
