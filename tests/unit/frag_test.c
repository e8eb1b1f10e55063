/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/frag.h"
#include "dissect/packet.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct ks_secret secret = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)};
enum { PENDING = KS_FRAGMENT_PENDING, REFUSED = KS_FRAGMENT_REFUSED, WHOLE = KS_DNS };

static struct ks_frag *
make(size_t n_datagrams)
{
	const size_t bytes = ks_frag_memory(n_datagrams);
	void *const memory = calloc(1, bytes);
	cr_assert(ne(ptr, memory, NULL));
	return ks_frag_init(memory, bytes, &secret);
}

/* What byte `offset` of every datagram is. */
static uint8_t
content(uint32_t offset)
{
	return (uint8_t)(offset * 7 + offset / 251 + 3);
}

/* The bytes of a piece, the last one in front of an unreadable page. */
static const uint8_t *
guarded(uint32_t offset, uint32_t n, uint8_t lie)
{
	static uint8_t *end;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t room = (KS_FRAG_MAX / page + 1) * page;
	if (end == NULL) {
		uint8_t *const base =
			mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		cr_assert(ne(ptr, base, MAP_FAILED));
		cr_assert(eq(int, mprotect(base + room, page, PROT_NONE), 0));
		end = base + room;
	}
	for (uint32_t i = 0; i < n; i++)
		end[(ptrdiff_t)i - (ptrdiff_t)n] = content(offset + i) ^ lie;
	return end - n;
}

struct step {
	uint32_t offset, len;
	bool more;
	uint32_t id;  /* datagrams of one script differ by it */
	uint32_t cut; /* bytes at the end that the snap length took */
	int64_t at_s; /* packet time */
	uint8_t lie;  /* xored into the content */
	int want;
	uint32_t cap_len; /* of the whole; 0 means all of it */
	unsigned pieces;  /* of the whole */
};

static enum ks_verdict
feed(struct ks_frag *frag, const struct step *step, bool v6, struct ks_frag_whole *ret)
{
	static const uint8_t a[4] = {192, 0, 2, 1}, b[4] = {192, 0, 2, 53};
	const uint32_t cap_len = step->len - step->cut;
	const struct ks_frag_piece piece = {.src = ks_addr_from_v4(a),
					    .dst = ks_addr_from_v4(b),
					    .id = step->id,
					    .proto = KS_PROTO_UDP,
					    .v6 = v6,
					    .more = step->more,
					    .offset = step->offset,
					    .data = guarded(step->offset, cap_len, step->lie),
					    .cap_len = cap_len,
					    .len = step->len,
					    .ip_bytes = step->len + 20,
					    .wire_bytes = step->len + 34,
					    .time_ns = step->at_s * KS_NS_PER_S};
	return ks_frag_feed(frag, &piece, ret);
}

/* clang-format off */
static const struct {
	const char *what;
	struct step steps[6];
	struct ks_frag_stats stats;
} scripts[] = {
	{"two pieces in order", {
		{0, 24, true, .want = PENDING},
		{24, 13, false, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"the last piece first", {
		{48, 5, false, .want = PENDING},
		{24, 24, true, .want = PENDING},
		{0, 24, true, .want = WHOLE, .pieces = 3}},
		{.completed = 1}},
	{"an atomic fragment is whole, whatever waits under its key", {
		{0, 24, true, .want = PENDING},
		{0, 11, false, .want = WHOLE, .pieces = 1},
		{24, 8, false, .want = WHOLE, .pieces = 2}},
		{.completed = 2}},
	{"identifications are kept apart", {
		{0, 16, true, .id = 1, .want = PENDING},
		{16, 4, false, .id = 2, .want = PENDING},
		{16, 4, false, .id = 1, .want = WHOLE, .pieces = 2},
		{0, 16, true, .id = 2, .want = WHOLE, .pieces = 2}},
		{.completed = 2}},
	{"an exact repeat is ignored, its packet is not", {
		{0, 24, true, .want = PENDING},
		{0, 24, true, .want = PENDING},
		{24, 13, false, .want = WHOLE, .pieces = 3}},
		{.completed = 1}},
	{"an exact repeat of the last piece", {
		{24, 13, false, .want = PENDING},
		{24, 13, false, .want = PENDING},
		{0, 24, true, .want = WHOLE, .pieces = 3}},
		{.completed = 1}},
	{"the same place with other content is no repeat", {
		{0, 24, true, .want = PENDING},
		{0, 24, true, .lie = 1, .want = REFUSED},
		{24, 13, false, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"an overlap refuses the pieces to come too", {
		{0, 24, true, .want = PENDING},
		{40, 8, true, .want = PENDING},
		{16, 16, true, .want = REFUSED},
		{24, 16, true, .want = REFUSED},
		{48, 1, false, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 2}},
	{"a piece inside another", {
		{0, 40, true, .want = PENDING},
		{8, 8, true, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"a piece around another", {
		{8, 8, true, .want = PENDING},
		{0, 40, true, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"two ends that differ", {
		{24, 8, false, .want = PENDING},
		{32, 8, false, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"a piece behind the end", {
		{24, 8, false, .want = PENDING},
		{40, 8, true, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"an end in front of a piece", {
		{40, 8, true, .want = PENDING},
		{24, 8, false, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"the last piece again, now with more to come", {
		{24, 8, false, .want = PENDING},
		{24, 8, true, .want = REFUSED}},
		{.overlapped = 1, .refused_packets = 1}},
	{"a refused key is forgotten in time", {
		{0, 24, true, .want = PENDING},
		{8, 24, true, .want = REFUSED},
		{0, 24, true, .at_s = 30, .want = REFUSED},
		{0, 24, true, .at_s = 31, .want = PENDING},
		{24, 8, false, .at_s = 32, .want = WHOLE, .pieces = 2}},
		{.completed = 1, .overlapped = 1, .refused_packets = 1}},
	{"a middle piece of odd length is refused alone", {
		{0, 24, true, .want = PENDING},
		{24, 7, true, .want = REFUSED},
		{24, 13, false, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"an empty piece is refused alone", {
		{0, 24, true, .want = PENDING},
		{24, 0, true, .want = REFUSED},
		{24, 0, false, .want = REFUSED},
		{24, 1, false, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"an end past 65535 is refused alone", {
		{0, 24, true, .want = PENDING},
		{65528, 8, false, .want = REFUSED},
		{24, 8, false, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"the longest datagram", {
		{32768, 32767, false, .want = PENDING},
		{0, 32768, true, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"cut by the snap length in its first piece", {
		{0, 24, true, .cut = 4, .want = PENDING},
		{24, 8, false, .want = WHOLE, .pieces = 2, .cap_len = 20}},
		{.completed = 1}},
	{"cut by the snap length in its second piece", {
		{48, 8, false, .want = PENDING},
		{24, 24, true, .cut = 23, .want = PENDING},
		{0, 24, true, .want = WHOLE, .pieces = 3, .cap_len = 25}},
		{.completed = 1}},
	{"time runs out", {
		{0, 24, true, .at_s = 100, .want = PENDING},
		{24, 8, false, .at_s = 131, .want = PENDING},
		{0, 24, true, .at_s = 132, .want = WHOLE, .pieces = 2}},
		{.completed = 1, .expired = 1}},
	{"the clock steps back a little", {
		{0, 24, true, .at_s = 100, .want = PENDING},
		{24, 8, false, .at_s = 71, .want = WHOLE, .pieces = 2}},
		{.completed = 1}},
	{"a stamp of the far future does not stay", {
		{0, 24, true, .at_s = INT64_C(4000000000), .want = PENDING},
		{0, 24, true, .at_s = 100, .want = PENDING},
		{24, 8, false, .at_s = 101, .want = WHOLE, .pieces = 2}},
		{.completed = 1, .expired = 1}},
	{"stamps at both ends of the clock", {
		{0, 24, true, .at_s = INT64_MIN / KS_NS_PER_S, .want = PENDING},
		{0, 24, true, .at_s = INT64_MAX / KS_NS_PER_S, .want = PENDING},
		{24, 8, false, .at_s = INT64_MAX / KS_NS_PER_S, .want = WHOLE, .pieces = 2}},
		{.completed = 1, .expired = 1}},
};
/* clang-format on */

static void
check_whole(const char *what, const struct step *step, const struct ks_frag_whole *whole)
{
	cr_assert(eq(u32, whole->cap_len, step->cap_len == 0 ? whole->len : step->cap_len), "%s", what);
	cr_assert(eq(uint, whole->pieces, step->pieces), "%s", what);
	for (uint32_t i = 0; i < whole->cap_len; i++)
		cr_assert(eq(u8, whole->data[i], content(i)), "%s: byte %u", what, i);
}

static void
check_stats(const char *what, const struct ks_frag_stats *got, const struct ks_frag_stats *want)
{
	cr_assert(eq(u64, got->completed, want->completed), "%s: completed", what);
	cr_assert(eq(u64, got->expired, want->expired), "%s: expired", what);
	cr_assert(eq(u64, got->evicted, want->evicted), "%s: evicted", what);
	cr_assert(eq(u64, got->overlapped, want->overlapped), "%s: overlapped", what);
	cr_assert(eq(u64, got->refused_packets, want->refused_packets), "%s: refused_packets", what);
}

Test(frag, scripts)
{
	for (size_t i = 0; i < KS_COUNT(scripts); i++) {
		struct ks_frag *const frag = make(4);
		for (const struct step *step = scripts[i].steps; step->want != 0 || step->pieces != 0;
		     step++) {
			struct ks_frag_whole whole;
			const int got = (int)feed(frag, step, false, &whole);
			cr_assert(eq(int, got, step->want), "%s: step %td", scripts[i].what,
				  step - scripts[i].steps);
			if (got == WHOLE)
				check_whole(scripts[i].what, step, &whole);
		}
		check_stats(scripts[i].what, ks_frag_stats(frag), &scripts[i].stats);
		free(frag);
	}
}

Test(frag, bytes_on_the_wire_include_repeats)
{
	static const struct step steps[] = {
		{0, 24, true, .id = 1}, {0, 24, true, .id = 1}, {24, 13, false, .id = 1}};
	struct ks_frag *const frag = make(4);
	struct ks_frag_whole whole = {.data = NULL};
	for (size_t i = 0; i < KS_COUNT(steps); i++)
		(void)!feed(frag, &steps[i], true, &whole);
	cr_assert(eq(u32, whole.len, 37));
	cr_assert(eq(u32, whole.ip_bytes, 24 + 24 + 13 + 3 * 20));
	cr_assert(eq(u32, whole.wire_bytes, 24 + 24 + 13 + 3 * 34));
	free(frag);
}

Test(frag, families_are_kept_apart)
{
	struct ks_frag *const frag = make(4);
	struct ks_frag_whole whole;
	const struct step first = {0, 24, true, .want = PENDING}, last = {24, 8, false, .want = WHOLE};
	cr_assert(eq(int, (int)feed(frag, &first, false, &whole), PENDING));
	cr_assert(eq(int, (int)feed(frag, &last, true, &whole), PENDING));
	cr_assert(eq(int, (int)feed(frag, &last, false, &whole), WHOLE));
	free(frag);
}

/* One piece more than the bound refuses the datagram; exactly the bound does not. */
Test(frag, pieces_are_bounded)
{
	for (uint32_t n = KS_FRAG_PIECES; n <= KS_FRAG_PIECES + 1; n++) {
		struct ks_frag *const frag = make(1);
		struct ks_frag_whole whole = {.data = NULL};
		int got = PENDING;
		for (uint32_t i = 0; i < n; i++) {
			const struct step step = {.offset = i * 8, .len = 8, .more = i + 1 < n};
			got = (int)feed(frag, &step, false, &whole);
		}
		cr_assert(eq(int, got, n == KS_FRAG_PIECES ? WHOLE : REFUSED));
		cr_assert(eq(u64, ks_frag_stats(frag)->overlapped, n == KS_FRAG_PIECES ? 0 : 1));
		free(frag);
	}
}

/* The smallest memory holds one full datagram in as many pieces as there may be. */
Test(frag, the_smallest_memory_holds_a_full_datagram)
{
	struct ks_frag *const frag = make(1);
	struct ks_frag_whole whole = {.data = NULL};
	for (uint32_t i = KS_FRAG_PIECES; i-- > 0;) {
		const uint32_t each = 1024;
		const bool more = i + 1 < KS_FRAG_PIECES;
		const struct step step = {
			.offset = i * each, .len = more ? each : KS_FRAG_MAX - i * each, .more = more};
		cr_assert(eq(int, (int)feed(frag, &step, false, &whole), i == 0 ? WHOLE : PENDING));
	}
	const struct step want = {.pieces = KS_FRAG_PIECES};
	cr_assert(eq(u32, whole.len, KS_FRAG_MAX));
	check_whole("full", &want, &whole);
	free(frag);
}

Test(frag, the_oldest_gives_way_when_the_table_is_full)
{
	enum { N = 8 };
	struct ks_frag *const frag = make(N);
	struct ks_frag_whole whole;
	for (uint32_t id = 0; id < N + 1; id++) {
		const struct step first = {0, 24, true, .id = id};
		cr_assert(eq(int, (int)feed(frag, &first, false, &whole), PENDING));
	}
	cr_assert(eq(u64, ks_frag_stats(frag)->evicted, 1));
	for (uint32_t id = 1; id < N + 1; id++) {
		const struct step last = {24, 8, false, .id = id};
		cr_assert(eq(int, (int)feed(frag, &last, false, &whole), WHOLE), "id %u", id);
	}
	const struct step last = {24, 8, false, .id = 0};
	cr_assert(eq(int, (int)feed(frag, &last, false, &whole), PENDING));
	free(frag);
}

Test(frag, the_oldest_gives_way_when_the_blocks_are_taken)
{
	enum { N = 8 };
	struct ks_frag *const frag = make(N);
	struct ks_frag_whole whole;
	for (uint32_t id = 0; id < N; id++) {
		const struct step first = {0, 60000, true, .id = id};
		cr_assert(eq(int, (int)feed(frag, &first, false, &whole), PENDING));
	}
	const uint64_t evicted = ks_frag_stats(frag)->evicted;
	cr_assert(gt(u64, evicted, 0));
	cr_assert(lt(u64, evicted, N));
	for (uint32_t id = (uint32_t)evicted; id < N; id++) {
		const struct step last = {60000, 8, false, .id = id};
		cr_assert(eq(int, (int)feed(frag, &last, false, &whole), WHOLE), "id %u", id);
	}
	free(frag);
}

/* A datagram never gives way to itself, though it be the oldest. */
Test(frag, the_oldest_may_grow)
{
	struct ks_frag *const frag = make(2);
	struct ks_frag_whole whole = {.data = NULL};
	const struct step steps[] = {
		{0, 40000, true, .id = 0, .want = PENDING},
		{0, 40000, true, .id = 1, .want = PENDING},
		{40000, 25535, false, .id = 0, .want = WHOLE},
	};
	for (size_t i = 0; i < KS_COUNT(steps); i++)
		cr_assert(eq(int, (int)feed(frag, &steps[i], false, &whole), steps[i].want), "step %zu", i);
	cr_assert(eq(u32, whole.len, KS_FRAG_MAX));
	cr_assert(eq(u64, ks_frag_stats(frag)->evicted, 1));
	free(frag);
}

static uint32_t
rnd(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Many datagrams at once, pieces shuffled over all of them, some repeated: each comes out as it was. */
Test(frag, shuffled_datagrams_come_out_whole)
{
	enum { N = 100, PIECES = 12, ALL = N * PIECES };
	static struct step steps[ALL * 2];
	uint32_t state = 2463534242u;
	size_t n = 0;
	for (uint32_t id = 0; id < N; id++) {
		uint32_t offset = 0;
		const uint32_t pieces = 2 + rnd(&state) % (PIECES - 1);
		for (uint32_t i = 0; i < pieces; i++) {
			const uint32_t len = 8 + rnd(&state) % 100 * 8;
			steps[n++] = (struct step){offset, len, i + 1 < pieces, .id = id};
			offset += len;
		}
	}
	for (size_t i = n; i > 1; i--) {
		const size_t j = rnd(&state) % i;
		const struct step swap = steps[i - 1];
		steps[i - 1] = steps[j];
		steps[j] = swap;
	}
	struct ks_frag *const frag = make(2 * N);
	for (size_t i = 0; i < n; i++) {
		struct ks_frag_whole whole;
		int got = (int)feed(frag, &steps[i], true, &whole);
		if (got == PENDING && rnd(&state) % 4 == 0)
			got = (int)feed(frag, &steps[i], true, &whole);
		cr_assert(ne(int, got, REFUSED));
		const struct step want = {.pieces = whole.pieces};
		if (got == WHOLE)
			check_whole("shuffled", &want, &whole);
	}
	cr_assert(eq(u64, ks_frag_stats(frag)->completed, N));
	cr_assert(eq(u64, ks_frag_stats(frag)->evicted, 0));
	free(frag);
}

/* Noise: no crash, and whatever becomes whole is what was sent. Verdicts and counters agree. */
Test(frag, noise_is_survived)
{
	struct ks_frag *const frag = make(3);
	uint32_t state = 88675123u;
	uint64_t wholes = 0;
	for (unsigned i = 0; i < 40000; i++) {
		const bool large = rnd(&state) % 64 == 0;
		struct step step = {.offset = rnd(&state) % 16 * (large ? 4096 : 8), .id = rnd(&state) % 8};
		step.len = rnd(&state) % (large ? 20000 : 40);
		step.more = rnd(&state) % 4 != 0;
		step.cut = rnd(&state) % 8 == 0 && step.len > 0 ? rnd(&state) % step.len : 0;
		step.at_s = i / 100 + rnd(&state) % 40;
		struct ks_frag_whole whole;
		const int got = (int)feed(frag, &step, false, &whole);
		if (got != WHOLE)
			continue;
		wholes++;
		cr_assert(le(u32, whole.cap_len, whole.len));
		const struct step want = {.pieces = whole.pieces, .cap_len = whole.cap_len};
		const bool atomic = step.offset == 0 && !step.more;
		if (!atomic || whole.cap_len == whole.len)
			check_whole("noise", &want, &whole);
	}
	cr_assert(eq(u64, ks_frag_stats(frag)->completed, wholes));
	cr_assert(gt(u64, wholes, 100));
	free(frag);
}
