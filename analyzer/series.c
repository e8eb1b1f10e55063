/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/series.h"

/* Each divides the next, so that folding whole bins is exact. */
static const uint32_t widths[] = {1, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400, 604800, 31449600};
enum { WIDTH_MAX = 31449600 };

uint32_t
ks_series_width_for(int64_t span_s)
{
	static const uint32_t offered[] = {60, 30, 10, 5};
	for (size_t i = 0; i < KS_COUNT(offered); i++)
		if (span_s / offered[i] >= KS_SERIES_BINS_WANTED)
			return offered[i];
	return 1;
}

enum ks_error
ks_series_init(struct ks_series *series, size_t bytes, uint32_t width_s, const struct ks_secret *secret,
	       struct ks_diag *diag)
{
	*series = (struct ks_series){.width_s = width_s == 0 ? 1 : width_s, .width_given = width_s != 0};
	struct {
		struct ks_map *table;
		size_t entry_size, bytes;
	} const parts[] = {
		{&series->cells, sizeof(struct ks_cell), bytes / 2},
		{&series->fluxes, sizeof(struct ks_flux), bytes / 8},
		{&series->zones, sizeof(struct ks_zone_cell), bytes / 8 * 3},
	};
	for (size_t i = 0; i < KS_COUNT(parts); i++) {
		const size_t capacity = ks_map_capacity(parts[i].entry_size, parts[i].bytes);
		const enum ks_error error =
			ks_map_init(parts[i].table, parts[i].entry_size, capacity, secret, diag);
		if (error != KS_SUCCESS) {
			ks_series_done(series);
			return error;
		}
	}
	return KS_SUCCESS;
}

void
ks_series_done(struct ks_series *series)
{
	ks_map_done(&series->cells);
	ks_map_done(&series->fluxes);
	ks_map_done(&series->zones);
}

static void
rekey_time(void *entry, const void *arg)
{
	const uint64_t width = *(const uint32_t *)arg;
	struct ks_key *const key = entry;
	key->w[0] -= key->w[0] % width;
}

/* Entries are a key and then 64-bit counts: adding up two is the same for all three kinds. */
static void
merge_counts(void *into, const void *from, size_t n_counts)
{
	uint64_t *const a = (uint64_t *)into + 2;
	const uint64_t *const b = (const uint64_t *)from + 2;
	for (size_t i = 0; i < n_counts; i++)
		a[i] += b[i];
}

static_assert(sizeof(struct ks_cell) == 11 * 8, "a key and nine counts");
static_assert(sizeof(struct ks_flux) == 8 * 8, "a key and six counts");
static_assert(sizeof(struct ks_zone_cell) == (2 + 8 + KS_RQ_COUNT) * 8, "a key and counts only");

static void
merge_cell(void *into, const void *from)
{
	merge_counts(into, from, 9);
}

static void
merge_flux(void *into, const void *from)
{
	merge_counts(into, from, 6);
}

static void
merge_zone(void *into, const void *from)
{
	merge_counts(into, from, 8 + KS_RQ_COUNT);
}

static void
fold(struct ks_series *series, uint32_t width_s)
{
	series->width_s = width_s;
	series->bin_to_ns = series->bin_from_ns; /* no bin any more: numbers change */
	ks_map_rekey(&series->cells, rekey_time, merge_cell, &series->width_s);
	ks_map_rekey(&series->fluxes, rekey_time, merge_flux, &series->width_s);
	ks_map_rekey(&series->zones, rekey_time, merge_zone, &series->width_s);
}

/* A table is full: take the next width that the present one divides, or twice a width of the user's own. */
static void
fold_for_room(struct ks_series *series)
{
	uint32_t next = series->width_s * 2;
	for (size_t i = 0; i < KS_COUNT(widths); i++) {
		if (widths[i] > series->width_s && widths[i] % series->width_s == 0) {
			next = widths[i];
			break;
		}
	}
	fold(series, next);
	series->folds_for_room++;
}

static void
widen(struct ks_series *series)
{
	const uint32_t width_s = ks_series_width_for(series->last_s - series->first_s);
	if (!series->width_given && width_s > series->width_s)
		fold(series, width_s);
}

void
ks_series_stretch(struct ks_series *series, int64_t time_ns)
{
	const int64_t t_s = time_ns / KS_NS_PER_S;
	if (!series->any || t_s < series->first_s)
		series->first_s = t_s;
	if (!series->any || t_s > series->last_s)
		series->last_s = t_s;
	series->any = true;
	series->seen_from_ns = series->first_s * KS_NS_PER_S;
	series->seen_to_ns = (series->last_s + 1) * KS_NS_PER_S;
	widen(series);
}

static bool
is_in_bin(const struct ks_series *series, int64_t time_ns)
{
	return time_ns >= series->bin_from_ns && time_ns < series->bin_to_ns;
}

/* Times are never negative: the readers see to that. */
static void
enter_bin(struct ks_series *series, int64_t time_ns)
{
	const uint64_t t_s = (uint64_t)(time_ns / KS_NS_PER_S);
	series->bin_t_s = t_s - t_s % series->width_s;
	series->bin_from_ns = (int64_t)series->bin_t_s * KS_NS_PER_S;
	series->bin_to_ns = series->bin_from_ns + series->width_s * KS_NS_PER_S;
	series->epoch++;
}

enum kind { CELLS, FLUXES, ZONES };

static struct ks_map *
table_of(struct ks_series *series, enum kind which)
{
	return which == CELLS ? &series->cells : which == FLUXES ? &series->fluxes : &series->zones;
}

/* Widens the bins when the table is full. NULL when even bins of a year do not fit: more kinds at once than
 * the table holds. */
static void *
place_anew(struct ks_series *series, enum kind which, int64_t time_ns, uint64_t kind,
	   struct ks_recent_entry *recent)
{
	struct ks_map *const table = table_of(series, which);
	for (;;) {
		if (!is_in_bin(series, time_ns))
			enter_bin(series, time_ns);
		const struct ks_key key = {.w = {series->bin_t_s, kind}};
		bool is_new;
		const uint32_t number = ks_map_add(table, &key, &is_new);
		if (number != KS_MAP_NONE) {
			*recent = (struct ks_recent_entry){kind, series->epoch, ks_map_at(table, number)};
			return recent->at;
		}
		if (series->width_s > WIDTH_MAX)
			return NULL;
		fold_for_room(series);
	}
}

/* Frequent kinds must not meet in one place. Of cells that is one for each type below 128 of either transport
 * of two servers; servers and zones are numbered from 0. */
static inline struct ks_recent_entry *
recent_of(struct ks_series *series, enum kind which, uint64_t kind)
{
	static_assert(KS_UDP == 0 && KS_TCP == 1 && KS_SERIES_RECENT == 1 << 9, "seven bits, one and one");
	const uint64_t cell = (kind & 127) | (kind >> 20 & 1) << 7 | (kind >> 32 & 1) << 8;
	return &series->recent[which][(which == CELLS ? cell : kind) % KS_SERIES_RECENT];
}

/* The entry of a table for (bin, kind). */
static inline void *
place(struct ks_series *series, enum kind which, int64_t time_ns, uint64_t kind)
{
	struct ks_recent_entry *const recent = recent_of(series, which, kind);
	if (is_in_bin(series, time_ns) && recent->epoch == series->epoch && recent->kind == kind)
		return recent->at;
	return place_anew(series, which, time_ns, kind, recent);
}

static uint32_t
bounded_qtype(struct ks_series *series, uint16_t qtype)
{
	const uint8_t bit = (uint8_t)(1u << (qtype & 7));
	if ((series->qtype_known[qtype >> 3] & bit) != 0)
		return qtype;
	if (series->n_qtypes == KS_SERIES_QTYPES)
		return KS_QTYPE_OTHER;
	series->qtypes[series->n_qtypes++] = qtype;
	series->qtype_known[qtype >> 3] |= bit;
	return qtype;
}

static uint64_t
bounded_server(uint32_t server)
{
	return server < KS_SERIES_SERVERS ? server : KS_SERIES_SERVERS;
}

struct ks_cell *
ks_series_cell(struct ks_series *series, int64_t time_ns, uint32_t server, enum ks_transport transport,
	       uint16_t qtype)
{
	const uint64_t kind =
		bounded_server(server) << 32 | (uint64_t)transport << 20 | bounded_qtype(series, qtype);
	return place(series, CELLS, time_ns, kind);
}

struct ks_flux *
ks_series_flux(struct ks_series *series, int64_t time_ns, uint32_t server)
{
	return place(series, FLUXES, time_ns, bounded_server(server));
}

struct ks_zone_cell *
ks_series_zone(struct ks_series *series, int64_t time_ns, uint32_t zone)
{
	return place(series, ZONES, time_ns, zone);
}
