/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The arithmetic of searches, against figures that were published or counted by hand. */
#include "analyzer/judge/model.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static struct ks_model_search
search(const uint64_t *servers, size_t n)
{
	struct ks_model_search ret;
	ks_model_search(servers, n, &ret);
	return ret;
}

Test(model, searches_cost_what_was_published)
{
	static const struct {
		const char *what;
		uint64_t servers[6];
		size_t n;
		uint64_t dnskey, ds, dnskey_per_server, ds_per_server,
			total; /* of the topmost level; of all */
	} rows[] = {
		{"two servers alone", {2}, 1, 4, 0, 2, 0, 4},
		{"two below fourteen", {2, 14}, 2, 784, 56, 56, 4, 844},
		{"the same below twenty", {2, 14, 20}, 3, 313600, 15680, 15680, 784, 330124},
		{"one server each", {1, 1, 1}, 3, 1, 1, 1, 1, 5},
		{"six levels of thirteen",
		 {13, 13, 13, 13, 13, 13},
		 6,
		 UINT64_C(23298085122481),
		 UINT64_C(1792160394037),
		 UINT64_C(1792160394037),
		 UINT64_C(137858491849),
		 UINT64_C(25239592216007)},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_model_search got = search(rows[i].servers, rows[i].n);
		const struct ks_model_level *const top = &got.levels[rows[i].n - 1];
		cr_expect(eq(sz, got.n_levels, rows[i].n), "%s", rows[i].what);
		cr_expect(eq(u64, top->servers, rows[i].servers[rows[i].n - 1]), "%s", rows[i].what);
		cr_expect(eq(u64, top->dnskey.n, rows[i].dnskey), "%s", rows[i].what);
		cr_expect(eq(u64, top->ds.n, rows[i].ds), "%s", rows[i].what);
		cr_expect(eq(u64, top->dnskey_per_server.n, rows[i].dnskey_per_server), "%s", rows[i].what);
		cr_expect(eq(u64, top->ds_per_server.n, rows[i].ds_per_server), "%s", rows[i].what);
		cr_expect(eq(u64, got.total.n, rows[i].total), "%s", rows[i].what);
		cr_expect(not(got.total.over), "%s", rows[i].what);
	}
	const struct ks_model_search three = search((uint64_t[]){2, 14, 20}, 3);
	cr_assert(eq(u64, three.levels[0].dnskey.n, 4));
	cr_assert(eq(u64, three.levels[0].ds.n, 0));
	cr_assert(eq(u64, three.levels[1].dnskey.n, 784));
	cr_assert(eq(u64, three.levels[1].ds.n, 56));
}

/* The naive way: every product from its factors, in 128 bits, saturating at each step. */
static struct ks_model_count
naive(const uint64_t *servers, size_t level, bool ds)
{
	unsigned __int128 product = 1;
	for (size_t i = 0; i <= level; i++)
		for (unsigned twice = ds && i == level ? 1 : 0; twice < 2; twice++) {
			product *= servers[i];
			if (product > UINT64_MAX)
				return (struct ks_model_count){.n = UINT64_MAX, .over = true};
		}
	return (struct ks_model_count){.n = ds && level == 0 ? 0 : (uint64_t)product};
}

Test(model, all_depths_agree_with_the_naive_products)
{
	static const uint64_t most[] = {1, 2, 13, 65535, 65536, UINT64_C(1) << 32, UINT64_MAX};
	uint64_t servers[KS_MODEL_LEVELS];
	for (size_t k = 0; k < KS_COUNT(most); k++) {
		for (size_t i = 0; i < KS_MODEL_LEVELS; i++)
			servers[i] = most[(k + i / 3) % KS_COUNT(most)];
		const struct ks_model_search got = search(servers, KS_MODEL_LEVELS);
		for (size_t i = 0; i < KS_MODEL_LEVELS; i++) {
			const struct ks_model_count dnskey = naive(servers, i, false);
			const struct ks_model_count ds = naive(servers, i, true);
			cr_assert(eq(u64, got.levels[i].dnskey.n, dnskey.n), "%zu of %zu", i, k);
			cr_assert(eq(int, got.levels[i].dnskey.over, dnskey.over), "%zu of %zu", i, k);
			if (i > 0)
				cr_assert(eq(int, got.levels[i].ds.over, ds.over), "%zu of %zu", i, k);
			cr_assert(eq(u64, got.levels[i].ds.n, ds.n), "%zu of %zu", i, k);
		}
		cr_assert(got.total.over, "%zu", k);
	}
}

Test(model, the_first_count_beyond_64_bits_saturates_and_says_so)
{
	const uint64_t servers[] = {13, 13, 13, 13, 13, 13, 13, 13, 13};
	const struct ks_model_search eight = search(servers, 8), nine = search(servers, 9);
	cr_assert(eq(u64, eight.total.n, UINT64_C(720867993281778147)));
	cr_assert(not(eight.total.over));
	cr_assert(eq(u64, nine.levels[8].ds.n, UINT64_C(8650415919381337933)));
	cr_assert(not(nine.levels[8].ds.over));
	cr_assert(eq(u64, nine.levels[8].dnskey.n, UINT64_MAX));
	cr_assert(nine.levels[8].dnskey.over);
	cr_assert(eq(u64, nine.total.n, UINT64_MAX));
	cr_assert(nine.total.over);

	const struct ks_model_search last = search((uint64_t[]){65535, 65535}, 2);
	cr_assert(eq(u64, last.total.n, UINT64_C(18445899665959092225)));
	cr_assert(not(last.total.over));
	cr_assert(search((uint64_t[]){65536, 65536}, 2).total.over);
}

Test(model, the_largest_count_itself_is_no_overflow)
{
	const struct ks_model_count all = {.n = UINT64_MAX};
	cr_assert(not(ks_model_times(all, 1).over));
	cr_assert(not(ks_model_plus(all, (struct ks_model_count){0}).over));
	cr_assert(ks_model_plus(all, (struct ks_model_count){.n = 1}).over);
	cr_assert(ks_model_times(all, 2).over);
}

Test(model, a_ceiling_of_thirty_seconds)
{
	cr_assert(eq(u64, ks_model_ceiling_queries(35500000), 845)); /* 844 fit at 35.5 ms */
	cr_assert(eq(u64, ks_model_ceiling_queries(35600000), 842)); /* and not at 35.6 */
	cr_assert(eq(u64, ks_model_ceiling_queries(20000000), 1500));
	cr_assert(eq(u64, ks_model_ceiling_queries(UINT64_C(31000000000)), 0));
	cr_assert(eq(u64, ks_model_ceiling_queries(1), UINT64_C(30000000000)));
	const struct ks_model_count com = {.n = 844}, root = {.n = 313600};
	cr_assert(epsilon_eq(dbl, ks_model_fitting_rtt_s(com), 0.0355450, 5e-8));
	cr_assert(epsilon_eq(dbl, ks_model_fitting_rtt_s(root), 0.0000957, 5e-8));
}

Test(model, one_client_in_fifteen_hundred)
{
	cr_assert(eq(u64, ks_model_rare(1500000), 1000));
	cr_assert(eq(u64, ks_model_rare(5000000), 3333));
	static const uint64_t rows[][2] = {
		{0, 0},       {9, 9},       {14, 10},
		{15, 20},     {95, 100},    {1000, 1000},
		{3333, 3000}, {3500, 4000}, {UINT64_MAX, UINT64_MAX}, /* 2e19 is none of 64 bits */
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(u64, ks_model_about(rows[i][0]), rows[i][1]), "%llu",
			  (unsigned long long)rows[i][0]);
}

Test(model, root_answers_have_five_sizes)
{
	static const uint64_t rows[][3] = {
		{2, 1, 864}, {3, 1, 1139}, {4, 1, 1414}, {3, 2, 1425}, {2, 2, 1150}};
	for (size_t i = 0; i < KS_COUNT(rows); i++)
		cr_expect(eq(u64, ks_model_root_bytes(rows[i][0], rows[i][1]), rows[i][2]));
}

Test(model, software_of_today_asks_far_less)
{
	static const struct {
		uint64_t servers, first, again;
		double qps;
	} rows[] = {
		{13, 13, 13, 13 / 30.1},
		{13, 6, 5, 5 / 61.2},
		{13, 5, 5, 90},
		{13, 1, 1, 1 / 74.0},
	};
	cr_assert(eq(sz, ks_model_n_software, KS_COUNT(rows)));
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_model_software *const software = &ks_model_software[i];
		cr_expect(eq(u64, ks_model_burst(software, true, 13), rows[i].first), "%s", software->name);
		cr_expect(eq(u64, ks_model_burst(software, false, 13), rows[i].again), "%s", software->name);
		cr_expect(epsilon_eq(dbl, ks_model_software_qps(software, 13, 18), rows[i].qps, 1e-9), "%s",
			  software->name);
	}
}
