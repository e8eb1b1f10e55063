/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/sample.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct ks_samples *
samples_of(size_t bytes)
{
	static struct ks_samples samples;
	struct ks_diag diag;
	cr_assert(eq(int, ks_samples_init(&samples, bytes, &diag), KS_SUCCESS));
	return &samples;
}

static uint32_t
walk(const struct ks_samples *samples, uint32_t log, uint32_t *numbers, uint32_t max)
{
	uint32_t n = 0;
	const struct ks_record *record = NULL;
	while ((record = ks_samples_next(samples, log, record)) != NULL) {
		cr_assert(lt(u32, n, max));
		numbers[n++] = record->number;
	}
	return n;
}

Test(sample, a_short_sequence_is_kept_whole)
{
	struct ks_samples *const samples = samples_of(1 << 22);
	const uint32_t log = ks_samples_open(samples, 7, KS_RANK_BACKGROUND);
	static uint32_t numbers[4096];
	for (uint32_t i = 0; i < 2 * KS_SAMPLE_CAP; i++)
		cr_assert(ne(u32, ks_samples_add(samples, log, KS_REC_KEYS), KS_SAMPLE_NONE));
	cr_assert(eq(u32, walk(samples, log, numbers, 4096), 2 * KS_SAMPLE_CAP));
	for (uint32_t i = 0; i < 2 * KS_SAMPLE_CAP; i++)
		cr_assert(eq(u32, numbers[i], i));
	ks_samples_done(samples);
}

Test(sample, a_long_sequence_keeps_its_ends_and_an_even_middle)
{
	enum { TOTAL = 1000000 };
	struct ks_samples *const samples = samples_of(1 << 22);
	const uint32_t log = ks_samples_open(samples, 7, KS_RANK_REQUERIES);
	static uint32_t numbers[4096];
	for (uint32_t i = 0; i < TOTAL; i++)
		cr_assert(ne(u32, ks_samples_add(samples, log, KS_REC_KEYS), KS_SAMPLE_NONE));
	const uint32_t n = walk(samples, log, numbers, 4096);
	cr_assert(le(u32, n, 3 * KS_SAMPLE_CAP));
	cr_assert(ge(u32, n, 2 * KS_SAMPLE_CAP + KS_SAMPLE_CAP / 2 - 1));
	for (uint32_t i = 0; i < KS_SAMPLE_CAP; i++) {
		cr_assert(eq(u32, numbers[i], i));
		cr_assert(eq(u32, numbers[n - 1 - i], TOTAL - 1 - i));
	}
	/* Equal steps: no stretch of the middle is favoured. */
	const uint32_t step = numbers[KS_SAMPLE_CAP + 1] - numbers[KS_SAMPLE_CAP];
	for (uint32_t i = KS_SAMPLE_CAP + 1; i < n - KS_SAMPLE_CAP; i++)
		cr_assert(eq(u32, numbers[i] - numbers[i - 1], step));
	ks_samples_done(samples);
}

Test(sample, a_squeeze_gives_up_background_first_and_offenders_last)
{
	struct ks_samples *const samples = samples_of(1 << 16);
	const uint32_t offender = ks_samples_open(samples, 1, KS_RANK_REQUERIES);
	const uint32_t asker = ks_samples_open(samples, 2, KS_RANK_ASKS_KEYS);
	const uint32_t other = ks_samples_open(samples, 3, KS_RANK_BACKGROUND);
	static uint32_t numbers[4096];
	while (samples->squeezes == 0) {
		(void)ks_samples_add(samples, offender, KS_REC_KEYS);
		if (ks_samples_is_of(samples, asker, 2))
			(void)ks_samples_add(samples, asker, KS_REC_KEYS);
		if (ks_samples_is_of(samples, other, 3))
			(void)ks_samples_add(samples, other, KS_REC_KEYS);
	}
	cr_assert(not(ks_samples_is_of(samples, other, 3)));
	cr_assert(ks_samples_is_of(samples, asker, 2));
	cr_assert(eq(u32, ks_samples_open(samples, 9, KS_RANK_BACKGROUND), KS_SAMPLE_NONE));
	for (uint32_t i = 0; i < 100000; i++)
		(void)ks_samples_add(samples, offender, KS_REC_KEYS);
	cr_assert(ks_samples_is_of(samples, offender, 1));
	cr_assert(le(u32, samples->used_records, samples->record_capacity));
	cr_assert(gt(u32, walk(samples, offender, numbers, 4096), 8));
	ks_samples_done(samples);
}

Test(sample, a_squeeze_keeps_what_is_about_keys)
{
	struct ks_samples *const samples = samples_of(1 << 16);
	const uint32_t log = ks_samples_open(samples, 1, KS_RANK_REQUERIES);
	static uint32_t logs[64], numbers[4096];
	for (uint32_t i = 0; i < 100; i++)
		(void)ks_samples_add(samples, log, i % 10 == 0 ? KS_REC_KEYS : 0);
	cr_assert(ks_samples_wants(samples, false));
	for (uint32_t i = 0; samples->squeezes == 0; i = (i + 1) % 64) {
		if (!ks_samples_is_of(samples, logs[i], 100 + i))
			logs[i] = ks_samples_open(samples, 100 + i, KS_RANK_BACKGROUND);
		(void)ks_samples_add(samples, logs[i], 0);
	}
	cr_assert(not(ks_samples_wants(samples, false)));
	cr_assert(ks_samples_wants(samples, true));
	cr_assert(eq(u32, walk(samples, log, numbers, 4096), 10));
	for (uint32_t i = 0; i < 10; i++)
		cr_assert(eq(u32, numbers[i], 10 * i));
	ks_samples_done(samples);
}

Test(sample, many_offenders_share_a_small_pool)
{
	struct ks_samples *const samples = samples_of(1 << 16);
	static uint32_t logs[200], numbers[4096];
	for (uint32_t i = 0; i < 200; i++)
		logs[i] = ks_samples_open(samples, i, KS_RANK_REQUERIES);
	for (uint32_t round = 0; round < 5000; round++)
		for (uint32_t i = 0; i < 200; i++)
			(void)ks_samples_add(samples, logs[i], KS_REC_KEYS);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < 200; i++) {
		const uint32_t n = walk(samples, logs[i], numbers, 4096);
		cr_assert(ge(u32, n, 2));
		cr_assert(eq(u32, numbers[0], 0));
		cr_assert(ge(u32, numbers[n - 1], 4998));
		kept += n;
	}
	cr_assert(eq(u32, kept, samples->used_records));
	ks_samples_done(samples);
}

Test(sample, shrink_reaches_its_mark)
{
	struct ks_samples *const samples = samples_of(1 << 20);
	for (uint32_t i = 0; i < 20; i++) {
		const uint32_t log = ks_samples_open(samples, i, KS_RANK_REQUERIES);
		for (uint32_t k = 0; k < 400; k++)
			(void)ks_samples_add(samples, log, KS_REC_KEYS);
	}
	ks_samples_shrink(samples, 1000);
	cr_assert(le(u32, samples->used_records, 1000));
	cr_assert(ge(u32, samples->used_records, 60));
	ks_samples_done(samples);
}
