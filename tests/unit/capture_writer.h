/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/unit/capture_writer.h -- a small writer of capture files, in memory, for the tests of
 * analyzer/capture. Aborts when memory runs out. */
#ifndef KS_TEST_CAPTURE_WRITER_H
#define KS_TEST_CAPTURE_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t *at;
	size_t n, room;
	bool big; /* byte order of the numbers written */
};

static inline void
put(struct bytes *bytes, const void *at, size_t n)
{
	if (bytes->n + n > bytes->room) {
		bytes->room = (bytes->n + n) * 2;
		bytes->at = realloc(bytes->at, bytes->room);
		if (bytes->at == NULL)
			abort();
	}
	if (n > 0)
		memcpy(bytes->at + bytes->n, at, n);
	bytes->n += n;
}

static inline void
put_number(struct bytes *bytes, uint64_t value, size_t n)
{
	uint8_t out[8];
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(value >> 8 * (bytes->big ? n - 1 - i : i));
	put(bytes, out, n);
}

static inline void
put16(struct bytes *bytes, uint32_t value)
{
	put_number(bytes, value, 2);
}

static inline void
put32(struct bytes *bytes, uint32_t value)
{
	put_number(bytes, value, 4);
}

/* Packet bytes that can be told from any other packet's. */
static inline void
put_pattern(struct bytes *bytes, uint32_t seed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		put(bytes, &(uint8_t){(uint8_t)(seed >> 24)}, 1);
	}
}

static inline bool
is_pattern(const uint8_t *at, uint32_t seed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		if (at[i] != (uint8_t)(seed >> 24))
			return false;
	}
	return true;
}

/* Criterion's own comparison of strings asks for pointers to what may be changed. */
static inline bool
text_is(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	(void)fprintf(stderr, "got \"%s\" instead of \"%s\"\n", got, want);
	return false;
}

/* --- pcap --- */

#define PCAP_MICRO 0xa1b2c3d4u
#define PCAP_NANO 0xa1b23c4du
#define PCAP_MODIFIED 0xa1b2cd34u

static inline void
pcap_header_of(struct bytes *bytes, uint32_t magic, uint32_t major, uint32_t minor, uint32_t network)
{
	put32(bytes, magic);
	put16(bytes, major);
	put16(bytes, minor);
	put32(bytes, 0);
	put32(bytes, 0);
	put32(bytes, 65535);
	put32(bytes, network);
}

static inline void
pcap_header(struct bytes *bytes)
{
	pcap_header_of(bytes, PCAP_MICRO, 2, 4, 1);
}

static inline void
pcap_record(struct bytes *bytes, uint32_t sec, uint32_t frac, uint32_t first, uint32_t second)
{
	put32(bytes, sec);
	put32(bytes, frac);
	put32(bytes, first);
	put32(bytes, second);
}

static inline void
pcap_packet(struct bytes *bytes, uint32_t sec, uint32_t frac, uint32_t seed, uint32_t n)
{
	pcap_record(bytes, sec, frac, n, n);
	put_pattern(bytes, seed, n);
}

/* --- pcapng: begin a block, put its body, end it --- */

static inline size_t
block_begin(struct bytes *bytes, uint32_t type)
{
	const size_t at = bytes->n;
	put32(bytes, type);
	put32(bytes, 0);
	return at;
}

static inline void
block_end(struct bytes *bytes, size_t begin)
{
	while (bytes->n % 4 != begin % 4)
		put(bytes, "", 1);
	const uint32_t n = (uint32_t)(bytes->n - begin) + 4;
	put32(bytes, n);
	memcpy(bytes->at + begin + 4, bytes->at + bytes->n - 4, 4);
}

static inline void
ng_section(struct bytes *bytes)
{
	const size_t begin = block_begin(bytes, 0x0a0d0d0a);
	put32(bytes, 0x1a2b3c4d);
	put16(bytes, 1);
	put16(bytes, 0);
	put_number(bytes, UINT64_MAX, 8);
	block_end(bytes, begin);
}

/* `resolution` < 0: no option. */
static inline void
ng_interface(struct bytes *bytes, uint32_t linktype, uint32_t snaplen, int resolution, int64_t offset)
{
	const size_t begin = block_begin(bytes, 1);
	put16(bytes, linktype);
	put16(bytes, 0);
	put32(bytes, snaplen);
	if (resolution >= 0) {
		put16(bytes, 9);
		put16(bytes, 1);
		put(bytes, &(uint8_t[4]){(uint8_t)resolution}, 4);
	}
	if (offset != 0) {
		put16(bytes, 14);
		put16(bytes, 8);
		put_number(bytes, (uint64_t)offset, 8);
	}
	put32(bytes, 0);
	block_end(bytes, begin);
}

static inline void
ng_enhanced(struct bytes *bytes, uint32_t interface, uint64_t ticks, uint32_t seed, uint32_t n, uint32_t wire)
{
	const size_t begin = block_begin(bytes, 6);
	put32(bytes, interface);
	put32(bytes, (uint32_t)(ticks >> 32));
	put32(bytes, (uint32_t)ticks);
	put32(bytes, n);
	put32(bytes, wire);
	put_pattern(bytes, seed, n);
	block_end(bytes, begin);
}

/* --- files --- */

static inline void
bytes_save(const struct bytes *bytes, const char *path)
{
	FILE *const file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes->at, 1, bytes->n, file) != bytes->n || fclose(file) != 0)
		abort();
}

static inline void
bytes_free(struct bytes *bytes)
{
	free(bytes->at);
	*bytes = (struct bytes){.big = bytes->big};
}

#endif
