/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/source.h"

static_assert(sizeof(struct ks_source) == 64, "what each message touches is one line of the cache");
static_assert(sizeof(struct ks_source_more) == 56, "half a million may need it");

const struct ks_source_more ks_source_none;

struct ks_source_more *
ks_source_need(struct ks_pool *pool, struct ks_source *source)
{
	if (source->more == 0)
		source->more = ks_pool_take(pool) & KS_SOURCES_MAX;
	return ks_pool_at(pool, source->more);
}

void
ks_source_leave(struct ks_pool *pool, struct ks_source *source)
{
	if (source->more != 0)
		ks_pool_give(pool, source->more);
	source->more = 0;
}

/* --- what went round --- */

void
ks_source_carry_octets(struct ks_pool *pool, struct ks_source *source, enum ks_source_octets which)
{
	ks_source_need(pool, source)->octets_high[which]++;
}

/* The greatest count stays what it is: one too many is taken back. */
void
ks_source_carry_do(struct ks_pool *pool, struct ks_source *source)
{
	uint16_t *const high = &ks_source_need(pool, source)->do_high;
	if (*high == UINT16_MAX)
		source->do_queries = UINT16_MAX;
	else
		(*high)++;
}

static void
carry(uint32_t *high, uint8_t *low)
{
	if (*high == UINT32_MAX >> 8)
		*low = UINT8_MAX;
	else
		(*high)++;
}

void
ks_source_carry_ds(struct ks_pool *pool, struct ks_source *source)
{
	carry(&ks_source_need(pool, source)->ds_high, &source->ds_queries);
}

void
ks_source_carry_cd(struct ks_pool *pool, struct ks_source *source)
{
	carry(&ks_source_need(pool, source)->cd_high, &source->cd_queries);
}

/* --- days --- */

bool
ks_source_other_day(struct ks_pool *pool, struct ks_source *source, uint32_t place)
{
	const uint32_t before = source->day;
	source->day = place & 31;
	uint32_t *const days = &ks_source_need(pool, source)->days;
	*days |= UINT32_C(1) << before;
	const bool known = (*days >> place & 1) != 0;
	*days |= UINT32_C(1) << place;
	return !known;
}
