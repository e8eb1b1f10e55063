/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The containers: pcap and pcapng files of every kind, and how they end. Built in memory. */
#include "analyzer/capture/clock.h"
#include "tests/unit/capture_reader.h"
#include "tests/unit/capture_writer.h"

/* --- pcap --- */

/* clang-format off */
static const struct {
	const char *what;
	uint32_t magic, major, minor, first, second, network;
	bool big;
	int64_t ns;
	uint32_t cap, wire;
	int linktype;
	uint8_t digits;
} pcaps[] = {
	{"microseconds",                 PCAP_MICRO,    2, 4, 8, 60,   1,          false, 7000005000, 8, 60, 1,   6},
	{"microseconds, big-endian",     PCAP_MICRO,    2, 4, 8, 60,   1,          true,  7000005000, 8, 60, 1,   6},
	{"nanoseconds",                  PCAP_NANO,     2, 4, 8, 60,   113,        false, 7000000005, 8, 60, 113, 9},
	{"nanoseconds, big-endian",      PCAP_NANO,     2, 4, 8, 60,   276,        true,  7000000005, 8, 60, 276, 9},
	{"modified",                     PCAP_MODIFIED, 2, 4, 8, 60,   1,          false, 7000005000, 8, 60, 1,   6},
	{"modified, big-endian",         PCAP_MODIFIED, 2, 4, 8, 60,   1,          true,  7000005000, 8, 60, 1,   6},
	{"lengths swapped before 2.3",   PCAP_MICRO,    2, 2, 60, 8,   1,          false, 7000005000, 8, 60, 1,   6},
	{"lengths swapped in a 2.3",     PCAP_MICRO,    2, 3, 60, 8,   1,          false, 7000005000, 8, 60, 1,   6},
	{"lengths kept in a 2.3",        PCAP_MICRO,    2, 3, 8, 60,   1,          false, 7000005000, 8, 60, 1,   6},
	{"DG/UX",                        PCAP_MICRO,  543, 0, 60, 8,   1,          false, 7000005000, 8, 60, 1,   6},
	{"frame check sequence noted",   PCAP_MICRO,    2, 4, 8, 60,   0x24000001, false, 7000005000, 8, 60, 1,   6},
	{"less on the wire than at hand", PCAP_MICRO,   2, 4, 8, 3,    1,          false, 7000005000, 8, 8,  1,   6},
};
/* clang-format on */

Test(capture, pcap_of_each_kind)
{
	for (size_t i = 0; i < KS_COUNT(pcaps); i++) {
		struct bytes bytes = {.big = pcaps[i].big};
		pcap_header_of(&bytes, pcaps[i].magic, pcaps[i].major, pcaps[i].minor, pcaps[i].network);
		for (int packet = 0; packet < 2; packet++) {
			pcap_record(&bytes, 7, 5, pcaps[i].first, pcaps[i].second);
			if (pcaps[i].magic == PCAP_MODIFIED)
				put(&bytes, "INDXPRTY", 8);
			put_pattern(&bytes, 1, 8);
		}
		const struct got got = read_bytes(&bytes);
		cr_assert(eq(int, got.error, KS_SUCCESS), "%s: %s", pcaps[i].what, got.diag.text);
		cr_assert(eq(sz, got.n, 2), "%s", pcaps[i].what);
		cr_assert(eq(i64, got.packets[1].time_ns, pcaps[i].ns), "%s", pcaps[i].what);
		cr_assert(eq(u32, got.packets[1].cap_len, pcaps[i].cap), "%s", pcaps[i].what);
		cr_assert(eq(u32, got.packets[1].wire_len, pcaps[i].wire), "%s", pcaps[i].what);
		cr_assert(eq(int, got.packets[1].linktype, pcaps[i].linktype), "%s", pcaps[i].what);
		cr_assert(eq(u8, got.info.time_digits, pcaps[i].digits), "%s", pcaps[i].what);
		cr_assert(eq(int, got.info.state, KS_CAPTURE_WHOLE), "%s", pcaps[i].what);
		cr_assert(text_is(got.info.container, "pcap"), "%s", pcaps[i].what);
		cr_assert(text_is(got.info.note, ""), "%s", pcaps[i].what);
		cr_assert(hash_is_of(&got, &bytes), "%s", pcaps[i].what);
		bytes_free(&bytes);
	}
}

Test(capture, pcap_without_packets_is_whole)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	const struct got got = read_bytes(&bytes);
	cr_assert(eq(int, got.error, KS_SUCCESS));
	cr_assert(eq(sz, got.n, 0));
	cr_assert(eq(int, got.info.state, KS_CAPTURE_WHOLE));
	bytes_free(&bytes);
}

Test(capture, pcap_times_are_unsigned_and_fractions_carry)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	pcap_packet(&bytes, UINT32_MAX, 999999, 1, 4);
	pcap_packet(&bytes, UINT32_MAX, UINT32_MAX, 1, 4);
	pcap_packet(&bytes, 1, 1000000, 1, 4);
	pcap_packet(&bytes, 3, 0, 1, 4); /* agrees with the one before it, so that neither is apart */
	const struct got got = read_bytes(&bytes);
	cr_assert(eq(sz, got.n, 4));
	cr_assert(eq(i64, got.packets[0].time_ns, INT64_C(4294967295999999000)));
	cr_assert(eq(i64, got.packets[1].time_ns, INT64_C(4294967295000000000) + INT64_C(4294967295000)));
	cr_assert(eq(i64, got.packets[2].time_ns, INT64_C(2000000000)));
	cr_assert(eq(u64, got.info.clock_steps_back, 1));
	cr_assert(eq(i64, got.info.first_ns, INT64_C(2000000000)), "the earliest, wherever it stands");
	cr_assert(eq(i64, got.info.last_ns, INT64_C(4294971589967295000)));
	bytes_free(&bytes);
}

/* Behind a run of packets a second from each other, up to 1000 s: the seconds of those that follow. `apart`
 * is the place among them of the one whose time cannot be, -1: none. */
/* clang-format off */
static const struct {
	const char *what;
	uint32_t run, seconds[4];
	int apart;
} jumps[] = {
	{"one far ahead",                8, {3000000000, 1001, 1002, 1003}, 0},
	{"one less than a day behind",   8, {1001, 5, 1002, 1003},          -1},
	{"one more than a day ahead",    8, {1001, 87402, 1002, 1003},      1},
	{"a day ahead",                  8, {1001, 87401, 1002, 1003},      -1},
	{"too little came before",       7, {3000000000, 1001, 1002, 1003}, -1},
	{"two of them",                  8, {1001, 3000000000, 3000000001, 1002}, -1},
	{"a gap",                        8, {1001, 3000000, 3000001, 3000002}, -1},
	{"packets that are rare",        8, {200000, 400000, 600000, 800000}, -1},
	{"the last, behind few",         8, {1001, 1002, 1003, 3000000000}, -1},
};
/* clang-format on */

Test(capture, a_packet_whose_time_cannot_be_is_apart)
{
	for (size_t i = 0; i < KS_COUNT(jumps); i++) {
		struct bytes bytes = {.big = false};
		pcap_header(&bytes);
		for (uint32_t j = 0; j < jumps[i].run; j++)
			pcap_packet(&bytes, 1000 - jumps[i].run + 1 + j, 0, 1, 40);
		for (uint32_t j = 0; j < 4; j++)
			pcap_packet(&bytes, jumps[i].seconds[j], 0, 1, 4 + j);
		const struct got got = read_bytes(&bytes);
		cr_assert(eq(sz, got.n, jumps[i].run + 4), "%s", jumps[i].what);
		cr_assert(eq(u64, got.info.packets, got.n), "%s", jumps[i].what);
		for (size_t j = 0; j < 4; j++) {
			const struct ks_packet *const packet = &got.packets[jumps[i].run + j];
			const bool apart = (int)j == jumps[i].apart;
			const int64_t seconds = !apart  ? (int64_t)jumps[i].seconds[j]
						: j > 0 ? (int64_t)jumps[i].seconds[j - 1]
							: 1000; /* as the one before it */
			cr_assert(eq(int, packet->time_apart, apart), "%s: %zu", jumps[i].what, j);
			cr_assert(eq(i64, packet->time_ns, seconds * KS_NS_PER_S), "%s: %zu", jumps[i].what,
				  j);
			cr_assert(eq(u32, packet->cap_len, 4 + (uint32_t)j), "%s: in order", jumps[i].what);
			cr_assert(got.info.first_ns <= packet->time_ns && packet->time_ns <= got.info.last_ns,
				  "%s: %zu", jumps[i].what, j);
		}
		bytes_free(&bytes);
	}
}

Test(capture, the_last_packet_is_apart_when_a_long_run_is_a_year_away)
{
	for (uint32_t n = KS_CLOCK_RUN_LAST - 1; n <= KS_CLOCK_RUN_LAST; n++)
		for (uint32_t far = 0; far < 2; far++) {
			struct bytes bytes = {.big = false};
			pcap_header(&bytes);
			for (uint32_t i = 0; i < n; i++)
				pcap_packet(&bytes, 1000 + i, 0, 1, 4);
			pcap_packet(&bytes, 1000 + n + far * 2 - 1 + 366 * 86400, 0, 1, 4);
			const struct got got = read_bytes(&bytes);
			cr_assert(eq(sz, got.n, n + 1));
			cr_assert(eq(int, got.packets[n].time_apart, n == KS_CLOCK_RUN_LAST && far == 1),
				  "%u, %u", n, far);
			bytes_free(&bytes);
		}
}

Test(capture, bogus_length_cuts_and_the_hash_is_of_all_bytes)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	pcap_packet(&bytes, 1, 0, 1, 262144);
	pcap_record(&bytes, 2, 0, 262145, 262145);
	put_pattern(&bytes, 9, 3 << 20);
	const struct got got = read_bytes(&bytes);
	cr_assert(eq(int, got.error, KS_SUCCESS));
	cr_assert(eq(sz, got.n, 1));
	cr_assert(eq(int, got.info.state, KS_CAPTURE_CUT));
	cr_assert(text_is(got.info.note, "packet 2 claims 262145 bytes"));
	cr_assert(hash_is_of(&got, &bytes));
	bytes_free(&bytes);
}

/* --- what is no capture --- */

/* clang-format off */
static const struct { const char *what, *bytes; size_t n; const char *line; } refused[] = {
	{"nothing",             "", 0, "x: empty file"},
	{"text",                "hello world\n", 12, "x: no capture (neither pcap nor pcapng, not compressed by gzip, "
						     "xz, zstd or lz4) but text"},
	{"snoop",               "snoop\0\0\0\0\0\0\2", 12, "but a snoop file"},
	{"a short file header", "\xd4\xc3\xb2\xa1\2\0\4\0", 8, "x: pcap file ends inside its file header"},
	{"version 2.5",         "\xd4\xc3\xb2\xa1\2\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24, "unknown version 2.5"},
	{"reserved bits",       "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\x20\0", 24, "link type 0x00200001"},
	{"half a section",      "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0", 16, "x: broken pcapng file: ends"},
	{"pcapng 2.0",          "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\2\0\0\0\0\0\0\0\0\0\0\0\x1c\0\0\0", 28,
				"unknown version"},
	{"gzip header only",    "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, "x: gzip data ends early"},
	{"gzip of nothing",     "\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0", 20, "x: gzip data of an empty file"},
	{"gzip gone wrong",     "\x1f\x8b\x08\xff\0\0\0\0\0\3\3\0", 12, "x: gzip data broken"},
};
/* clang-format on */

Test(capture, what_is_no_capture_is_named)
{
	for (size_t i = 0; i < KS_COUNT(refused); i++) {
		struct bytes bytes = {.big = false};
		put(&bytes, refused[i].bytes, refused[i].n);
		const struct got got = read_bytes(&bytes);
		cr_assert(eq(int, got.error, KS_ERR_INPUT), "%s", refused[i].what);
		cr_assert(strstr(got.diag.text, refused[i].line) != NULL, "%s: %s", refused[i].what,
			  got.diag.text);
		bytes_free(&bytes);
	}
}

Test(capture, missing_file_and_folder_are_named)
{
	struct ks_capture *capture = NULL;
	struct ks_diag diag;
	cr_assert(eq(int, ks_capture_open_file("/nonexistent.pcap", NULL, &capture, &diag), KS_ERR_INPUT));
	cr_assert(text_is(diag.text, "/nonexistent.pcap: No such file or directory"));
	cr_assert(eq(int, ks_capture_open_file("/", NULL, &capture, &diag), KS_ERR_INPUT));
	cr_assert(text_is(diag.text, "/: is a folder, not a capture"));
}

/* --- pcapng --- */

/* clang-format off */
static const struct { const char *what; int resolution; int64_t offset; uint64_t ticks; int64_t ns; uint8_t digits; } clocks[] = {
	{"default is microseconds",       -1, 0,  7000005,                7000005000, 6},
	{"seconds",                        0, 0,  7,                      7000000000, 6},
	{"milliseconds",                   3, 0,  7005,                   7005000000, 6},
	{"nanoseconds",                    9, 0,  7000000005,             7000000005, 9},
	{"picoseconds, cut",              12, 0,  7000000005999,          7000000005, 9},
	{"10^-28, the last that counts",  28, 0,  UINT64_MAX,             1,          9},
	{"10^-29",                        29, 0,  UINT64_MAX,             0,          9},
	{"10^-127",                      127, 0,  UINT64_MAX,             0,          9},
	{"2^-1",                      0x80|1, 0,  15,                     7500000000, 6},
	{"2^-19",                    0x80|19, 0,  7 << 19,                7000000000, 6},
	{"2^-20",                    0x80|20, 0,  (7 << 20) + 1,          7000000953, 9},
	{"2^-63",                    0x80|63, 0,  UINT64_MAX,             1999999999, 9},
	{"2^-127",                  0x80|127, 0,  UINT64_MAX,             0,          9},
	{"offset",                         6, 3,  4000000,                7000000000, 6},
	{"offset backwards",               6, -3, 4000000,                1000000000, 6},
	{"before the epoch",               6, -9, 4000000,                0,          6},
	{"the end of time",                6, 0,  UINT64_MAX,             INT64_C(1) << 62, 6},
	{"offset of all time",             6, INT64_MAX, UINT64_MAX,      INT64_C(1) << 62, 6},
	{"offset of all time, backwards",  9, INT64_MIN, 5,               0,          9},
	{"seconds that overflow",          0, 0,  UINT64_MAX,             INT64_C(1) << 62, 6},
};
/* clang-format on */

Test(capture, pcapng_resolutions)
{
	for (size_t i = 0; i < KS_COUNT(clocks); i++) {
		struct bytes bytes = {.big = i % 2 != 0};
		ng_section(&bytes);
		ng_interface(&bytes, 1, 0, clocks[i].resolution, clocks[i].offset);
		ng_enhanced(&bytes, 0, clocks[i].ticks, 1, 5, 5);
		const struct got got = read_bytes(&bytes);
		cr_assert(eq(sz, got.n, 1), "%s: %s", clocks[i].what, got.info.note);
		cr_assert(eq(i64, got.packets[0].time_ns, clocks[i].ns), "%s", clocks[i].what);
		cr_assert(eq(u8, got.info.time_digits, clocks[i].digits), "%s", clocks[i].what);
		bytes_free(&bytes);
	}
}

static void
ng_simple(struct bytes *bytes, uint32_t wire, uint32_t n)
{
	const size_t begin = block_begin(bytes, 3);
	put32(bytes, wire);
	put_pattern(bytes, 3, n);
	block_end(bytes, begin);
}

static void
ng_obsolete(struct bytes *bytes, uint32_t interface, uint32_t ticks, uint32_t n)
{
	const size_t begin = block_begin(bytes, 2);
	put16(bytes, interface);
	put16(bytes, 77); /* drops: no part of the interface */
	put32(bytes, 0);
	put32(bytes, ticks);
	put32(bytes, n);
	put32(bytes, n);
	put_pattern(bytes, 4, n);
	block_end(bytes, begin);
}

static void
ng_unknown(struct bytes *bytes, size_t n)
{
	const size_t begin = block_begin(bytes, 0x80000bad);
	put_pattern(bytes, 5, n);
	block_end(bytes, begin);
}

/* Two sections in both byte orders, three interfaces, every packet block, blocks of no concern. */
static void
ng_everything(struct bytes *bytes)
{
	bytes->big = false;
	ng_section(bytes);
	ng_unknown(bytes, 13);
	ng_interface(bytes, 1, 10, -1, 0);
	ng_interface(bytes, 113, 0, 9, 0);
	ng_enhanced(bytes, 1, 1000000001, 1, 6, 60);
	ng_simple(bytes, 40, 10);
	ng_obsolete(bytes, 0, 2000000, 7);
	ng_unknown(bytes, 3 << 20);
	bytes->big = true;
	ng_section(bytes);
	ng_interface(bytes, 101, 0, -1, 0);
	ng_simple(bytes, 9, 9);
	ng_enhanced(bytes, 0, 3000000, 2, 11, 11);
}

static const struct ks_packet everything[] = {
	{.time_ns = 1000000001, .cap_len = 6, .wire_len = 60, .linktype = 113, .interface = 1},
	{.time_ns = 1000000001, .cap_len = 10, .wire_len = 40, .linktype = 1, .interface = 0},
	{.time_ns = 2000000000, .cap_len = 7, .wire_len = 7, .linktype = 1, .interface = 0},
	{.time_ns = 2000000000, .cap_len = 9, .wire_len = 9, .linktype = 101, .interface = 2},
	{.time_ns = 3000000000, .cap_len = 11, .wire_len = 11, .linktype = 101, .interface = 2},
};

Test(capture, pcapng_sections_interfaces_and_blocks)
{
	struct bytes bytes = {.big = false};
	ng_everything(&bytes);
	const struct got got = read_bytes(&bytes);
	cr_assert(eq(int, got.info.state, KS_CAPTURE_WHOLE), "%s", got.info.note);
	cr_assert(eq(sz, got.n, KS_COUNT(everything)));
	cr_assert(eq(int, memcmp(got.packets, everything, sizeof(everything)), 0));
	cr_assert(text_is(got.info.container, "pcapng"));
	cr_assert(eq(int, got.info.linktype, 1));
	cr_assert(eq(u32, got.info.snaplen, 10));
	cr_assert(eq(u8, got.info.time_digits, 9), "of the most precise interface");
	cr_assert(hash_is_of(&got, &bytes));
	bytes_free(&bytes);
}

enum ng_damage {
	TRAILER,
	ODD_LENGTH,
	TINY_LENGTH,
	HUGE_LENGTH,
	NO_INTERFACE,
	LONG_DATA,
	BAD_SECTION,
	OPTIONS
};

/* clang-format off */
static const struct { const char *what; enum ng_damage damage; size_t n; const char *note; } damages[] = {
	{"two lengths differ",       TRAILER,      1, "a block whose two lengths differ after packet 1"},
	{"length not of four",       ODD_LENGTH,   1, "block after packet 1 claims 37 bytes"},
	{"length below the minimum", TINY_LENGTH,  1, "block after packet 1 claims 8 bytes"},
	{"length above the maximum", HUGE_LENGTH,  1, "block after packet 1 claims 2147483648 bytes"},
	{"interface not described",  NO_INTERFACE, 1, "packet 2 names interface 5 of 1"},
	{"data longer than block",   LONG_DATA,    1, "packet 2 claims 9 bytes in a block of 36"},
	{"section without order",    BAD_SECTION,  1, "a section without byte order after packet 1"},
	{"option cut short",         OPTIONS,      2, ""},
};
/* clang-format on */

static void
ng_damaged(struct bytes *bytes, enum ng_damage damage)
{
	ng_section(bytes);
	ng_interface(bytes, 1, 0, 9, 0);
	if (damage == OPTIONS)
		bytes->at[28 + 22] = 0xff; /* length of if_tsresol's successor, the end of options */
	ng_enhanced(bytes, 0, 1, 1, 4, 4);
	const size_t at = bytes->n;
	ng_enhanced(bytes, damage == NO_INTERFACE ? 5 : 0, 2, 1, 4, 4);
	if (damage == TRAILER)
		bytes->at[bytes->n - 4] ^= 4;
	if (damage == ODD_LENGTH)
		bytes->at[at + 4] = 37;
	if (damage == TINY_LENGTH)
		bytes->at[at + 4] = 8;
	if (damage == HUGE_LENGTH)
		memcpy(bytes->at + at + 4, "\0\0\0\x80", 4);
	if (damage == LONG_DATA)
		bytes->at[at + 20] = 9;
	if (damage == BAD_SECTION)
		memcpy(bytes->at + at, "\x0a\x0d\x0d\x0a", 4);
}

Test(capture, pcapng_damage_cuts_where_it_stands)
{
	for (size_t i = 0; i < KS_COUNT(damages); i++) {
		struct bytes bytes = {.big = false};
		ng_damaged(&bytes, damages[i].damage);
		const struct got got = read_bytes(&bytes);
		const bool whole = damages[i].note[0] == '\0';
		cr_assert(eq(sz, got.n, damages[i].n), "%s", damages[i].what);
		cr_assert(eq(int, got.info.state, whole ? KS_CAPTURE_WHOLE : KS_CAPTURE_CUT), "%s",
			  damages[i].what);
		cr_assert(text_is(got.info.note, damages[i].note), "%s", damages[i].what);
		cr_assert(hash_is_of(&got, &bytes), "%s", damages[i].what);
		bytes_free(&bytes);
	}
}

Test(capture, pcapng_interfaces_are_bounded)
{
	struct bytes bytes = {.big = false};
	ng_section(&bytes);
	for (uint32_t i = 0; i <= 65536; i++)
		ng_interface(&bytes, 1, 0, -1, 0);
	ng_enhanced(&bytes, 0, 1, 1, 4, 4);
	const struct got got = read_bytes(&bytes);
	cr_assert(eq(int, got.info.state, KS_CAPTURE_CUT));
	cr_assert(eq(sz, got.n, 0));
	bytes_free(&bytes);
}

/* --- every way to end --- */

/* Cut at every byte: all packets before the cut, and WHOLE exactly where a record ends. */
static void
cut_everywhere(struct bytes *whole, size_t from, const size_t *ends, size_t n_ends, const char *what)
{
	for (size_t n = from; n <= whole->n; n++) {
		const struct bytes cut = {.at = whole->at, .n = n};
		const struct got got = read_bytes(&cut);
		size_t packets = 0;
		bool at_end = n == from;
		for (size_t i = 0; i < n_ends; i++) {
			packets += ends[i] <= n;
			at_end |= ends[i] == n;
		}
		cr_assert(eq(int, got.error, KS_SUCCESS), "%s cut at %zu: %s", what, n, got.diag.text);
		cr_assert(eq(sz, got.n, packets), "%s cut at %zu", what, n);
		cr_assert(eq(int, got.info.state, at_end ? KS_CAPTURE_WHOLE : KS_CAPTURE_UNFINISHED),
			  "%s cut at %zu", what, n);
		cr_assert(at_end || strstr(got.info.note, "still being written") != NULL, "%s",
			  got.info.note);
		cr_assert(hash_is_of(&got, &cut), "%s cut at %zu", what, n);
	}
}

Test(capture, files_cut_at_every_byte)
{
	size_t ends[5];
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	for (uint32_t i = 0; i < KS_COUNT(ends); i++) {
		pcap_packet(&bytes, i, 0, i, i * 9);
		ends[i] = bytes.n;
	}
	cut_everywhere(&bytes, 24, ends, KS_COUNT(ends), "pcap");
	bytes_free(&bytes);
	ng_section(&bytes);
	ng_interface(&bytes, 1, 0, 9, 0);
	const size_t from = bytes.n;
	for (uint32_t i = 0; i < KS_COUNT(ends); i++) {
		ng_enhanced(&bytes, 0, i, i, i * 9, i * 9);
		ends[i] = bytes.n;
	}
	cut_everywhere(&bytes, from, ends, KS_COUNT(ends), "pcapng");
	bytes_free(&bytes);
}

/* Any byte changed to anything: nothing to promise but that it ends, and hashes. The sanitizers watch. */
Test(capture, files_with_any_byte_changed)
{
	struct bytes bytes = {.big = false};
	ng_section(&bytes);
	ng_interface(&bytes, 1, 0, 9, 3);
	ng_enhanced(&bytes, 0, 1, 1, 4, 4);
	ng_simple(&bytes, 4, 4);
	ng_obsolete(&bytes, 0, 1, 4);
	for (size_t i = 0; i < bytes.n; i++)
		for (unsigned flip = 1; flip < 256; flip <<= 1) {
			bytes.at[i] ^= (uint8_t)flip;
			const struct got got = read_bytes(&bytes);
			cr_assert(got.error == KS_ERR_INPUT || hash_is_of(&got, &bytes), "byte %zu ^ %u", i,
				  flip);
			bytes.at[i] ^= (uint8_t)flip;
		}
	bytes_free(&bytes);
}
