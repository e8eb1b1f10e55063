/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Distinct sources by day, beside bits in a table of all sources there are. */
#include "analyzer/clients.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

#include "analyzer/distinct.h"

#define DAY_NS (INT64_C(86400) * KS_NS_PER_S)
enum { SOURCES = 3000, DAYS = 5 };

static struct ks_clients clients;
static struct ks_clients_tally tally;

static void
begin(void)
{
	struct ks_diag diag;
	cr_assert(eq(int, ks_clients_init(&clients, &diag), KS_SUCCESS));
	cr_assert(eq(int, ks_clients_tally_init(&tally, SOURCES, &diag), KS_SUCCESS));
}

/* Every third one IPv4; four IPv6 sources to a /64. */
static struct ks_addr
source(uint32_t number)
{
	uint8_t bytes[16] = {
		0x20, 0x01, 0x0d, 0xb8, 0, 0, (uint8_t)(number / 12 >> 8), (uint8_t)(number / 12)};
	bytes[14] = (uint8_t)(number >> 8);
	bytes[15] = (uint8_t)number;
	return number % 3 == 0 ? ks_addr_from_v4(bytes + 12) : ks_addr_from_v6(bytes);
}

/* Facts, kept. */
static struct {
	struct ks_sink sink;
	struct ks_fact_clients all, days[KS_CLIENTS_PLACES];
	size_t n_days, n_other;
} got;

static enum ks_error
keep(struct ks_sink *sink, const struct ks_fact_clients *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	if (fact->scope == KS_CLIENTS_ALL)
		got.all = *fact;
	else
		got.days[got.n_days++] = *fact;
	got.n_other += fact->scope == KS_CLIENTS_OTHER_DAYS;
	return KS_SUCCESS;
}

static void
freeze(void)
{
	static const struct ks_sink_ops ops = {.clients = keep};
	struct ks_diag diag;
	memset(&got, 0, sizeof(got));
	got.sink.ops = &ops;
	cr_assert(eq(int, ks_clients_freeze(&clients, &tally, true, &got.sink, &diag), KS_SUCCESS));
}

static bool
asks(uint32_t number, uint32_t day)
{
	return (number * 2654435761u >> (8 + day)) % 3 == 0;
}

Test(clients, counts_by_day_equal_a_naive_count)
{
	static bool net[DAYS + 1][256];
	uint64_t want[DAYS + 1][KS_CLIENTS_KINDS] = {0};
	begin();
	for (uint32_t number = 0; number < SOURCES; number++) {
		const struct ks_addr addr = source(number);
		uint32_t days = 0;
		for (uint32_t day = 0; day < DAYS; day++) {
			if (!asks(number, day))
				continue;
			const uint32_t place =
				ks_clients_place(&clients, (20000 + (int64_t)day) * DAY_NS + number);
			cr_assert(lt(u32, place, DAYS));
			days |= 1u << place;
			ks_clients_add(&clients, place, &addr);
			want[day][number % 3 == 0 ? KS_CLIENTS_V4 : KS_CLIENTS_V6]++;
			net[day][number / 12] |= number % 3 != 0;
			net[DAYS][number / 12] |= number % 3 != 0;
		}
		ks_clients_see(&tally, &addr, days);
		if (days != 0)
			want[DAYS][number % 3 == 0 ? KS_CLIENTS_V4 : KS_CLIENTS_V6]++;
	}
	for (uint32_t day = 0; day <= DAYS; day++)
		for (uint32_t i = 0; i < 256; i++)
			want[day][KS_CLIENTS_V6_64] += net[day][i];
	freeze();
	cr_assert(eq(sz, got.n_days, DAYS));
	for (size_t i = 0; i < DAYS; i++) {
		const size_t day = (size_t)(got.days[i].t_s / 86400 - 20000);
		for (size_t kind = 0; kind < KS_CLIENTS_KINDS; kind++) {
			cr_assert(eq(u64, got.days[i].counts[kind], want[day][kind]), "day %zu", day);
			/* So few are estimated to the unit or two. */
			const double guess = ks_distinct_count(got.days[i].registers[kind].at, KS_CLIENTS_P);
			cr_assert(guess > (double)want[day][kind] * 0.97 &&
				  guess < (double)want[day][kind] * 1.03);
		}
	}
	for (size_t kind = 0; kind < KS_CLIENTS_KINDS; kind++)
		cr_assert(eq(u64, got.all.counts[kind], want[DAYS][kind]));
	ks_clients_tally_done(&tally);
	ks_clients_done(&clients);
}

Test(clients, a_day_begins_at_midnight_also_before_1970)
{
	begin();
	const uint32_t before = ks_clients_place(&clients, -1);
	const uint32_t after = ks_clients_place(&clients, 0);
	cr_assert(ne(u32, before, after));
	cr_assert(eq(u32, ks_clients_place(&clients, -DAY_NS), before));
	cr_assert(eq(u32, ks_clients_place(&clients, DAY_NS - 1), after));
	cr_assert(ne(u32, ks_clients_place(&clients, DAY_NS), after));
	ks_clients_done(&clients);
}

Test(clients, days_beyond_those_kept_apart_share_the_last_place)
{
	begin();
	for (int64_t day = 0; day < 40; day++) {
		const struct ks_addr addr = source((uint32_t)day);
		const uint32_t place = ks_clients_place(&clients, day * DAY_NS);
		cr_assert(eq(u32, place, day < KS_CLIENTS_DAYS ? (uint32_t)day : KS_CLIENTS_DAYS));
		ks_clients_add(&clients, place, &addr);
		ks_clients_see(&tally, &addr, UINT32_C(1) << place);
	}
	freeze();
	cr_assert(eq(sz, got.n_days, KS_CLIENTS_PLACES));
	cr_assert(eq(sz, got.n_other, 1));
	cr_assert(eq(u64, got.all.counts[KS_CLIENTS_V4] + got.all.counts[KS_CLIENTS_V6], 40));
	ks_clients_tally_done(&tally);
	ks_clients_done(&clients);
}

/* --- merging registers --- */

static uint8_t halves[2][KS_CLIENTS_REGISTERS], whole[KS_CLIENTS_REGISTERS];

Test(clients, merged_registers_are_those_of_the_whole)
{
	for (uint32_t i = 0; i < 200000; i++) {
		/* A third of them in both. */
		ks_distinct_add(whole, KS_CLIENTS_P, &i, sizeof(i));
		if (i % 3 != 0)
			ks_distinct_add(halves[0], KS_CLIENTS_P, &i, sizeof(i));
		if (i % 3 != 1)
			ks_distinct_add(halves[1], KS_CLIENTS_P, &i, sizeof(i));
	}
	ks_distinct_merge(halves[0], halves[1], KS_CLIENTS_P);
	cr_assert(eq(int, memcmp(halves[0], whole, sizeof(whole)), 0));
	ks_distinct_merge(halves[0], halves[1], KS_CLIENTS_P);
	cr_assert(eq(int, memcmp(halves[0], whole, sizeof(whole)), 0), "again changes nothing");
}

/* DOMAIN 1-05: within 2.5 % at a million; the standard error is 0.81 %. */
Test(clients, a_million_sources_are_estimated_within_their_error)
{
	for (uint64_t i = 0; i < 1000000; i++) {
		const uint64_t scattered = i * UINT64_C(0x9e3779b97f4a7c15);
		ks_distinct_add(whole, KS_CLIENTS_P, &scattered, sizeof(scattered));
	}
	const double got_count = ks_distinct_count(whole, KS_CLIENTS_P);
	cr_assert(got_count > 975000 && got_count < 1025000, "%f", got_count);
}
