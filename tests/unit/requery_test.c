/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/requery.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define S(seconds) ((int64_t)((seconds)*1e9))

/* An answer whose only bound is `ttl`. */
static struct ks_dns
answer_of(uint32_t ttl)
{
	return (struct ks_dns){
		.flags = KS_FLAG_QR | KS_FLAG_AA,
		.dnskey = {.keys = 2, .signatures = 1, .key_ttl = ttl, .sig_ttl = ttl, .original_ttl = ttl},
	};
}

static const struct {
	const char *what;
	uint32_t ttl;
	double gap_s;
	enum ks_requery want;
} gaps[] = {
	{"at once", 172800, 0.001, KS_RQ_HOT},
	{"just under five seconds", 172800, 4.999, KS_RQ_HOT},
	{"five seconds", 172800, 5.0, KS_RQ_WARM},
	{"just under five minutes", 172800, 299.9, KS_RQ_WARM},
	{"five minutes", 172800, 300.0, KS_RQ_COOL},
	{"just under an hour", 172800, 3599.9, KS_RQ_COOL},
	{"an hour: RFC 5011's own rhythm", 172800, 3600.0, KS_RQ_REFRESH},
	{"a day less a second, at the cap of 86,400 s", 172800, 86399.0, KS_RQ_REFRESH},
	{"a day: the life is over", 172800, 86400.0, KS_RQ_FIRST},
	{"59.2 s of 60: renewal, as the lab's healthy resolvers did", 60, 59.2, KS_RQ_REFRESH},
	{"53.0 s of 60: the renewal margin begins at 0.9 L - 1 s", 60, 53.0, KS_RQ_REFRESH},
	{"52.9 s of 60", 60, 52.9, KS_RQ_WARM},
	{"60 s of 60", 60, 60.0, KS_RQ_FIRST},
	{"clock stepped back", 60, -1.0, KS_RQ_FIRST},
};

Test(requery, class_by_gap)
{
	for (size_t i = 0; i < KS_COUNT(gaps); i++) {
		struct ks_requery_state state = {0};
		const int64_t t0 = S(1.8e9);
		const struct ks_dns answer = answer_of(gaps[i].ttl);
		cr_assert(eq(int, ks_requery_ask(&state, t0 - S(1), false, false), KS_RQ_FIRST));
		ks_requery_answer(&state, &answer, t0, false);
		cr_assert(eq(int, ks_requery_ask(&state, t0 + S(gaps[i].gap_s), false, false), gaps[i].want),
			  "%s", gaps[i].what);
	}
}

Test(requery, only_a_usable_answer_is_a_delivery)
{
	static const struct {
		const char *what;
		uint16_t flags, rcode, keys;
	} rows[] = {
		{"not authoritative", KS_FLAG_QR, 0, 2},
		{"truncated", KS_FLAG_QR | KS_FLAG_AA | KS_FLAG_TC, 0, 2},
		{"no key in it", KS_FLAG_QR | KS_FLAG_AA, 0, 0},
		{"SERVFAIL", KS_FLAG_QR | KS_FLAG_AA, 2, 2},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_requery_state state = {0};
		struct ks_dns answer = answer_of(3600);
		answer.flags = rows[i].flags;
		answer.rcode = rows[i].rcode;
		answer.dnskey.keys = rows[i].keys;
		ks_requery_answer(&state, &answer, S(100), false);
		cr_assert(eq(int, ks_requery_ask(&state, S(101), false, false), KS_RQ_FIRST), "%s",
			  rows[i].what);
	}
}

Test(requery, truncation_makes_the_tcp_query_part_of_the_same_transaction)
{
	struct ks_requery_state state = {0};
	const struct ks_dns whole = answer_of(3600);
	struct ks_dns truncated = answer_of(3600);
	truncated.flags |= KS_FLAG_TC;
	ks_requery_answer(&state, &whole, S(100), false);
	cr_assert(eq(int, ks_requery_ask(&state, S(110), false, false), KS_RQ_WARM));
	ks_requery_answer(&state, &truncated, S(110.02), false);
	cr_assert(eq(int, ks_requery_ask(&state, S(110.04), false, true), KS_RQ_RETRANSMIT));
	cr_assert(eq(int, ks_requery_ask(&state, S(110.06), false, true), KS_RQ_WARM), "one follow-up only");
	ks_requery_answer(&state, &truncated, S(111), false);
	cr_assert(eq(int, ks_requery_ask(&state, S(121.5), false, true), KS_RQ_WARM), "too late to be one");
}

Test(requery, life_is_the_least_bound)
{
	const int64_t t_ns = S(1795298174);
	struct ks_dns answer = answer_of(172800);
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(86400)), "cap");
	answer.dnskey.sig_ttl = 7000;
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(7000)), "RRSIG TTL");
	answer.dnskey.original_ttl = 6000;
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(6000)), "original TTL");
	answer.dnskey.expirations = 1;
	answer.dnskey.expiration[0] = 1795298174 + 50;
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(50)), "expiration");
	answer.dnskey.expiration[0] = 1795298174 - 50;
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(6000)), "expired: it does not shorten");
	answer.dnskey.key_ttl = 0;
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), 0), "TTL 0");
}

Test(requery, expiration_wraps_in_2106)
{
	const int64_t t_ns = ((INT64_C(1) << 32) - 10) * KS_NS_PER_S;
	struct ks_dns answer = answer_of(172800);
	answer.dnskey.expirations = 1;
	answer.dnskey.expiration[0] = 20; /* thirty seconds later, RFC 1982 */
	cr_assert(eq(i64, ks_requery_life_ns(&answer, t_ns), S(30)));
}

Test(requery, an_identical_query_that_waits_is_a_retransmission)
{
	struct ks_requery_state state = {0};
	const struct ks_dns answer = answer_of(3600);
	ks_requery_answer(&state, &answer, S(100), false);
	cr_assert(eq(int, ks_requery_ask(&state, S(101), true, false), KS_RQ_RETRANSMIT));
}
