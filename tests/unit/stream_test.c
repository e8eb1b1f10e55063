/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/stream_fixture.h"

#include <stdio.h>

/* The stream that all scripts send parts of. Messages by their first and last byte, prefix included:
 *   0: 0..22   1: 22..54   2: 54..156   3: 156..1158   4: 1158..1200 */
static const uint32_t lengths[] = {20, 30, 100, 1000, 40};
enum { STREAM = 1200 };

static const uint8_t *
stream_bytes(void)
{
	static uint8_t bytes[STREAM];
	size_t at = 0;
	for (uint16_t i = 0; i < KS_COUNT(lengths); i++)
		at += ks_stream_write(bytes + at, i, lengths[i]);
	cr_assert(eq(sz, at, STREAM));
	return bytes;
}

/* Messages heard, as text: their IDs, "c" behind those that are cut. */
struct heard {
	char text[128];
	size_t n;
};

static void
hear(void *arg, const struct ks_stream_message *message)
{
	struct heard *const heard = arg;
	cr_assert(le(u32, message->cap_len, message->len));
	cr_assert(ge(u32, message->cap_len, 2), "cut in front of its ID");
	const unsigned id = message->data[1];
	cr_assert(lt(uint, id, KS_COUNT(lengths)));
	cr_assert(eq(u32, message->len, lengths[id]));
	uint8_t want[2 + 1000];
	(void)ks_stream_write(want, (uint16_t)id, lengths[id]);
	cr_assert(eq(int, memcmp(message->data, want + 2, message->cap_len), 0), "message %u", id);
	heard->n += (size_t)snprintf(heard->text + heard->n, sizeof(heard->text) - heard->n, "%u%s", id,
				     message->cap_len < message->len ? "c" : "");
}

struct step {
	unsigned flags; /* 0 ends the script */
	int from, to;   /* bytes of the stream, 0 being the one behind the SYN */
	int want;
	const char *hear; /* messages; NULL: none */
	int cut;          /* bytes at the end that the snap length took */
	int at_ms;
	uint8_t lie;  /* xored into the bytes */
	uint32_t isn; /* added to the initial sequence number */
};

/* clang-format off */
static const struct {
	const char *what;
	struct step steps[12];
	struct ks_stream_stats stats;
} scripts[] = {
	{"one message a segment", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 22, 54, .want = DNS, .hear = "1"},
		{F, 54, 54, .want = CONTROL}},
		{.opened = 1}},
	{"several messages in a segment", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 156, .want = DNS, .hear = "012"},
		{A, 156, 1200, .want = DNS, .hear = "34"}},
		{.opened = 1}},
	{"messages end where segments do not", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{A, 30, 100, .want = DNS, .hear = "1"},
		{A, 100, 500, .want = DNS, .hear = "2"},
		{A, 500, 900, .want = PENDING},
		{A, 900, 1200, .want = DNS, .hear = "34"}},
		{.opened = 1}},
	{"the length has a segment of its own", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 2, .want = PENDING},
		{A, 2, 22, .want = DNS, .hear = "0"},
		{A, 22, 24, .want = PENDING},
		{A, 24, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"the length is split over segments", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 1, .want = PENDING},
		{A, 1, 2, .want = PENDING},
		{A, 2, 23, .want = DNS, .hear = "0"},
		{A, 23, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"reordered", {
		{S, 0, 0, .want = CONTROL},
		{A, 54, 156, .want = PENDING},
		{A, 22, 54, .want = PENDING},
		{A, 0, 22, .want = DNS, .hear = "012"}},
		{.opened = 1}},
	{"reordered inside a message", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 200, .want = DNS, .hear = "012"},
		{A, 600, 1200, .want = PENDING},
		{A, 400, 600, .want = PENDING},
		{A, 200, 400, .want = DNS, .hear = "34"}},
		{.opened = 1}},
	{"retransmitted", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 0, 22, .want = REPEATED},
		{A, 22, 40, .want = PENDING},
		{A, 22, 40, .want = REPEATED},
		{A, 40, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"retransmitted with new bytes behind", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{A, 0, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"retransmitted while waiting in the queue", {
		{S, 0, 0, .want = CONTROL},
		{A, 22, 54, .want = PENDING},
		{A, 22, 54, .want = REPEATED},
		{A, 30, 40, .want = REPEATED},
		{A, 0, 100, .want = DNS, .hear = "01"},
		{A, 100, 156, .want = DNS, .hear = "2"}},
		{.opened = 1}},
	{"a segment around queued ones fills the holes between them", {
		{S, 0, 0, .want = CONTROL},
		{A, 30, 40, .want = PENDING},
		{A, 60, 80, .want = PENDING},
		{A, 10, 156, .want = PENDING},
		{A, 0, 10, .want = DNS, .hear = "012"}},
		{.opened = 1}},
	{"bytes queued first win, and the liar is counted", {
		{S, 0, 0, .want = CONTROL},
		{A, 30, 40, .want = PENDING},
		{A, 30, 40, .want = REPEATED, .lie = 0x55},
		{A, 0, 54, .want = DNS, .hear = "01"}},
		{.opened = 1, .conflicts = 1}},
	{"bytes of an unfinished message win, and the liar is counted", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 10, .want = PENDING},
		{A, 0, 10, .want = REPEATED, .lie = 0x55},
		{A, 10, 22, .want = DNS, .hear = "0"}},
		{.opened = 1, .conflicts = 1}},
	{"keep-alive probes, with and without a garbage byte", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 21, 22, .want = REPEATED, .lie = 0xff},
		{A, 21, 21, .want = CONTROL},
		{A, 22, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"FIN with data", {
		{S, 0, 0, .want = CONTROL},
		{F, 0, 22, .want = DNS, .hear = "0"},
		{F, 0, 22, .want = REPEATED},
		{A, 22, 22, .want = CONTROL}},
		{.opened = 1}},
	{"FIN in front of its data", {
		{S, 0, 0, .want = CONTROL},
		{F, 22, 54, .want = PENDING},
		{A, 0, 22, .want = DNS, .hear = "01"},
		{A, 0, 22, .want = REPEATED}},
		{.opened = 1}},
	{"FIN inside a message", {
		{S, 0, 0, .want = CONTROL},
		{F, 0, 30, .want = DNS, .hear = "0"}},
		{.opened = 1, .unfinished = 1}},
	{"data in the SYN, which is repeated", {
		{S, 0, 22, .want = DNS, .hear = "0"},
		{S, 0, 22, .want = REPEATED},
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = REPEATED},
		{A, 22, 54, .want = DNS, .hear = "1"}},
		{.opened = 1}},
	{"RST ends the stream; repeats are known after it", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{R, 30, 30, .want = CONTROL},
		{A, 0, 30, .want = REPEATED}},
		{.opened = 1, .unfinished = 1}},
	{"RST does not wait for a gap", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 54, 156, .want = PENDING},
		{R, 156, 156, .want = DNS, .hear = "2"}},
		{.opened = 1, .gaps = 1, .resyncs = 1}},
	{"RST from elsewhere is not believed, its payload is no part of the stream", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 10, .want = PENDING},
		{R, 10, 40, .want = CONTROL, .isn = 0x40000000},
		{A, 10, 22, .want = DNS, .hear = "0"}},
		{.opened = 1}},
	{"RST of nothing", {
		{R, 0, 22, .want = CONTROL}},
		{.opened = 0}},
	{"the port is used again", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{S, 0, 0, .want = CONTROL, .isn = 77},
		{A, 0, 22, .want = DNS, .hear = "0", .isn = 77}},
		{.opened = 2, .unfinished = 1}},
	{"the port is used again behind a FIN, and the SYN was lost", {
		{S, 0, 0, .want = CONTROL},
		{F, 0, 22, .want = DNS, .hear = "0"},
		{A, 0, 22, .want = DNS, .hear = "0", .isn = 5000}},
		{.opened = 2, .midway = 1, .resyncs = 1}},
	{"the port is used again far away, and FIN and SYN were lost", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 0, 22, .want = DNS, .hear = "0", .isn = 0x50000000}},
		{.opened = 2, .midway = 1, .resyncs = 1}},
	{"the SYN behind its data", {
		{A, 0, 2, .want = PENDING},
		{S, 0, 0, .want = CONTROL},
		{A, 2, 22, .want = DNS, .hear = "0"}},
		{.opened = 1, .midway = 1}},
	{"a join at a message", {
		{A, 22, 22, .want = CONTROL},
		{A, 22, 54, .want = DNS, .hear = "1"},
		{A, 54, 156, .want = DNS, .hear = "2"}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"a join inside a message", {
		{A, 60, 156, .want = UNALIGNED},
		{A, 156, 1158, .want = DNS, .hear = "3"}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"a join inside a message, whose end is in front of another", {
		{A, 60, 200, .want = UNALIGNED},
		{A, 200, 1158, .want = UNALIGNED},
		{A, 1158, 1200, .want = DNS, .hear = "4"}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"a join at a message in pieces too small to tell", {
		{A, 22, 23, .want = PENDING},
		{A, 23, 24, .want = PENDING},
		{A, 24, 30, .want = PENDING},
		{A, 30, 40, .want = PENDING},
		{A, 40, 54, .want = DNS, .hear = "1"}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"a join at a keep-alive probe", {
		{A, 21, 22, .want = PENDING, .lie = 0xff},
		{A, 22, 54, .want = DNS, .hear = "1"}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"a gap inside a message costs its end", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 200, .want = DNS, .hear = "012"},
		{A, 600, 1100, .want = PENDING},
		{A, 1100, 1200, .want = PENDING, .at_ms = 5000},
		{A, 1200, 1200, .want = DNS, .hear = "3c4", .at_ms = 5001}},
		{.opened = 1, .gaps = 1}},
	{"a gap that ends with its message", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 200, .want = DNS, .hear = "012"},
		{A, 1158, 1200, .want = PENDING},
		{A, 1200, 1200, .want = DNS, .hear = "3c4", .at_ms = 5001}},
		{.opened = 1, .gaps = 1}},
	{"a gap over the end of a message and more", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{A, 156, 1158, .want = PENDING},
		{A, 1158, 1200, .want = DNS, .hear = "1c34", .at_ms = 5001}},
		{.opened = 1, .gaps = 1, .resyncs = 1}},
	{"a gap at a message, and no message behind it", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 60, 156, .want = PENDING},
		{A, 156, 1158, .want = DNS, .hear = "3", .at_ms = 5001}},
		{.opened = 1, .gaps = 1, .resyncs = 1}},
	{"a gap in the length of a message", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 23, .want = DNS, .hear = "0"},
		{A, 24, 54, .want = PENDING},
		{A, 54, 156, .want = DNS, .hear = "2", .at_ms = 5001}},
		{.opened = 1, .gaps = 1, .resyncs = 1}},
	{"a gap is filled late, but in time", {
		{S, 0, 0, .want = CONTROL},
		{A, 22, 54, .want = PENDING},
		{A, 0, 22, .want = DNS, .hear = "01", .at_ms = 100000}},
		{.opened = 1}},
	{"the clock steps back over a gap", {
		{S, 0, 0, .want = CONTROL, .at_ms = 90000},
		{A, 22, 54, .want = PENDING, .at_ms = 90000},
		{A, 54, 156, .want = DNS, .hear = "12", .at_ms = 80000}},
		{.opened = 1, .gaps = 1, .resyncs = 1}},
	{"cut by the snap length, one message a segment", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0c", .cut = 3},
		{A, 22, 54, .want = DNS, .hear = "1", .cut = 0},
		{A, 54, 156, .want = DNS, .hear = "2c", .cut = 80}},
		{.opened = 1}},
	{"cut by the snap length, and more segments to the message", {
		{S, 0, 0, .want = CONTROL},
		{A, 156, 400, .want = PENDING, .cut = 200},
		{A, 0, 156, .want = DNS, .hear = "012"},
		{A, 400, 1100, .want = PENDING, .cut = 0},
		{A, 1100, 1200, .want = DNS, .hear = "3c4"}},
		{.opened = 1}},
	{"cut by the snap length in front of a message: found again at a segment", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 100, .want = DNS, .hear = "01c", .cut = 60},
		{A, 100, 156, .want = UNALIGNED},
		{A, 156, 1158, .want = DNS, .hear = "3"}},
		{.opened = 1, .resyncs = 1}},
	{"cut by the snap length inside a length", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 54, .want = DNS, .hear = "0", .cut = 31},
		{A, 54, 156, .want = DNS, .hear = "2"}},
		{.opened = 1, .resyncs = 1}},
	{"cut by the snap length, joined midway: the length fits the segment", {
		{A, 54, 156, .want = DNS, .hear = "2c", .cut = 102 - 15}},
		{.opened = 1, .midway = 1, .resyncs = 1}},
	{"cut by the snap length, joined midway: the length does not fit", {
		{A, 54, 150, .want = UNALIGNED, .cut = 96 - 15}},
		{.opened = 1, .midway = 1}},
	{"idle for too long, between messages", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 22, .want = DNS, .hear = "0"},
		{A, 22, 54, .want = DNS, .hear = "1", .at_ms = 120001}},
		{.opened = 2, .midway = 1, .resyncs = 1}},
	{"idle for too long, inside a message", {
		{S, 0, 0, .want = CONTROL},
		{A, 0, 30, .want = DNS, .hear = "0"},
		{A, 30, 54, .want = UNALIGNED, .at_ms = 120001}},
		{.opened = 2, .midway = 1, .expired = 1}},
};
/* clang-format on */

static void
run_script(size_t index, uint32_t isn)
{
	const char *const what = scripts[index].what;
	struct ks_streams *const streams = ks_stream_make(4);
	for (const struct step *step = scripts[index].steps; step->flags != 0; step++) {
		const uint32_t len = (uint32_t)(step->to - step->from), cap_len = len - (uint32_t)step->cut;
		const uint8_t *const data =
			ks_stream_guarded(stream_bytes() + step->from, cap_len, step->lie);
		const struct ks_datagram segment =
			ks_stream_segment(isn + step->isn, step->flags, step->from, data, cap_len, len);
		struct heard heard = {.n = 0};
		const int got =
			(int)ks_streams_feed(streams, &segment, step->at_ms * KS_NS_PER_MS, hear, &heard);
		const ptrdiff_t at = step - scripts[index].steps;
		const char *const hear_want = step->hear == NULL ? "" : step->hear;
		cr_assert(eq(int, strcmp(heard.text, hear_want), 0), "%s: step %td, %#x: heard %s", what, at,
			  isn, heard.text);
		cr_assert(eq(int, got, step->want), "%s: step %td, %#x", what, at, isn);
	}
	ks_stream_check_stats(what, ks_streams_stats(streams), &scripts[index].stats);
	free(streams);
}

/* Each script at sequence numbers that wrap, as unsigned and as signed numbers, at various places of it. */
Test(stream, scripts)
{
	static const uint32_t isns[] = {0,         1000,      UINT32_MAX, UINT32_MAX - 1,  UINT32_MAX - 23,
					0u - 157u, 0u - 600u, 0x7fffffff, 0x80000000 - 31, 0x80000000 - 1159};
	for (size_t i = 0; i < KS_COUNT(scripts); i++)
		for (size_t j = 0; j < KS_COUNT(isns); j++)
			run_script(i, isns[j]);
}
