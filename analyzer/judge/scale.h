/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/scale.h -- the cells in which gaps and pauses are counted, and what a cell stands for.
 *
 * Facts count into cells and judgements read them, so both need one scale; it is part of the database's
 * meaning and must not change while schema 1 lives.
 *
 * Gaps (response to next query) are at most two seconds, for a longer one ends the burst. Eight cells to the
 * octave, equal in ratio: a cell's middle is within a factor of 2^(1/16) (+4.4 %, -4.3 %) of whatever fell
 * into it. Below 8.192 us, and above 2.1 s, the first and the last cell take all.
 *
 * Pauses (start of a burst to start of the next) have edges where the classes of DOMAIN 1-15 have theirs:
 * half seconds from 28 to 64 s, tens of seconds from 70 to 620 s, coarse elsewhere.
 *
 * Late queries (an answer to the next query, 0.4 to 10 s later): three cells to the octave. The clock: three
 * hours of the day (UTC) each, of even and of odd days since 1970.
 *
 * Integers only, so that every machine counts alike. Memory: none. Threads: pure functions. */
#ifndef KS_ANALYZER_JUDGE_SCALE_H
#define KS_ANALYZER_JUDGE_SCALE_H

#include "dissect/base.h"

enum {
	KS_GAP_FIRST_OCTAVE = 13, /* 2^13 ns */
	KS_GAP_OCTAVES = 18,
	KS_GAP_PER_OCTAVE = 8,
	KS_GAP_CELLS = KS_GAP_OCTAVES * KS_GAP_PER_OCTAVE
};

/* 2^(31 + i/8), rounded down. */
static inline uint32_t
ks_gap_step(unsigned i)
{
	static const uint32_t steps[KS_GAP_PER_OCTAVE] = {
		0x80000000, 0x8b95c1e3, 0x9837f051, 0xa5fed6a9,
		0xb504f333, 0xc5672a11, 0xd744fcca, 0xeac0c6e7,
	};
	return steps[i];
}

/* `gap_ns` >= 0. */
static inline unsigned
ks_gap_cell(int64_t gap_ns)
{
	const uint64_t gap = (uint64_t)gap_ns;
	if (gap >> KS_GAP_FIRST_OCTAVE == 0)
		return 0;
	const unsigned octave = 63u - (unsigned)__builtin_clzll(gap);
	if (octave >= KS_GAP_FIRST_OCTAVE + KS_GAP_OCTAVES)
		return KS_GAP_CELLS - 1;
	const uint32_t mantissa = (uint32_t)(octave <= 31 ? gap << (31 - octave) : gap >> (octave - 31));
	unsigned i = KS_GAP_PER_OCTAVE - 1;
	while (mantissa < ks_gap_step(i))
		i--;
	return (octave - KS_GAP_FIRST_OCTAVE) * KS_GAP_PER_OCTAVE + i;
}

/* The geometric middle of a cell. */
static inline double
ks_gap_middle_ns(unsigned cell)
{
	const unsigned octave = KS_GAP_FIRST_OCTAVE + cell / KS_GAP_PER_OCTAVE;
	const double half_step = 1.0442737824274138; /* 2^(1/16) */
	return (double)ks_gap_step(cell % KS_GAP_PER_OCTAVE) / 2147483648.0 *
	       (double)(UINT64_C(1) << octave) * half_step;
}

/* Stretches of pauses with cells of one width; the last has no end. */
struct ks_pause_stretch {
	uint32_t from_ms, width_ms, first_cell;
};

enum { KS_PAUSE_STRETCHES = 5, KS_PAUSE_CELLS = 143 };

static inline struct ks_pause_stretch
ks_pause_stretch(unsigned i)
{
	static const struct ks_pause_stretch stretches[KS_PAUSE_STRETCHES] = {
		{0, 2000, 0}, {28000, 500, 14}, {64000, 6000, 86}, {70000, 10000, 87}, {620000, 0, 142},
	};
	return stretches[i];
}

/* `pause_ns` >= 0. */
static inline unsigned
ks_pause_cell(int64_t pause_ns)
{
	const int64_t ms = pause_ns / KS_NS_PER_MS;
	unsigned i = KS_PAUSE_STRETCHES - 1;
	while (ms < ks_pause_stretch(i).from_ms)
		i--;
	const struct ks_pause_stretch stretch = ks_pause_stretch(i);
	return stretch.first_cell +
	       (stretch.width_ms != 0 ? (uint32_t)(ms - stretch.from_ms) / stretch.width_ms : 0);
}

/* Where a cell begins, in milliseconds; it ends where the next one begins. */
static inline uint32_t
ks_pause_from_ms(unsigned cell)
{
	unsigned i = KS_PAUSE_STRETCHES - 1;
	while (cell < ks_pause_stretch(i).first_cell)
		i--;
	const struct ks_pause_stretch stretch = ks_pause_stretch(i);
	return stretch.from_ms + (cell - stretch.first_cell) * stretch.width_ms;
}

enum { KS_LATE_FROM_MS = 400, KS_LATE_TO_MS = 10000, KS_LATE_CELLS = 14 };

/* KS_LATE_CELLS: not late, or too late to have to do with the answer. */
static inline unsigned
ks_late_cell(int64_t gap_ns)
{
	static const uint16_t from_ms[KS_LATE_CELLS] = {400,  504,  635,  800,  1008, 1270, 1600,
							2016, 2540, 3200, 4032, 5080, 6400, 8063};
	const int64_t ms = gap_ns / KS_NS_PER_MS;
	if (ms < KS_LATE_FROM_MS || ms >= KS_LATE_TO_MS)
		return KS_LATE_CELLS;
	unsigned i = KS_LATE_CELLS - 1;
	while (ms < from_ms[i])
		i--;
	return i;
}

enum { KS_CLOCK_OF_DAY = 8, KS_CLOCK_CELLS = 2 * KS_CLOCK_OF_DAY, KS_CLOCK_CELL_S = 10800 };

/* `t_s` >= 0. */
static inline unsigned
ks_clock_cell(int64_t t_s)
{
	return (unsigned)(t_s / KS_CLOCK_CELL_S % KS_CLOCK_CELLS);
}

#endif
