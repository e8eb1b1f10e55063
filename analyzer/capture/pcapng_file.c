/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/pcapng_file.h"

#include "analyzer/capture/bytes.h"
#include "dissect/cursor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_OVERHEAD = 12, /* type, length, and the length again behind the body */
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete, still written by old tools */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
	OPTION_END = 0,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
	RESOLUTION_DEFAULT = 6, /* microseconds */
	RESOLUTION_BINARY = 0x80
};

#define BLOCK_SECTION UINT32_C(0x0a0d0d0a) /* the same in both byte orders */
#define BYTE_ORDER_MAGIC UINT32_C(0x1a2b3c4d)

static_assert(KS_PACKET_MAX + 64 <= KS_SOURCE_NEED_MAX, "a packet and its headers fit the window");
static_assert(sizeof(struct ks_pcapng_interface) == 16, "the contract says so");

__extension__ typedef __int128 wide; /* 64-bit ticks times 10^9 */

struct block {
	uint32_t type;
	const uint8_t *body; /* NULL when the block was passed over */
	uint32_t n;
};

static enum ks_read
cut(struct ks_diag *note, const struct ks_pcapng_file *ng, const char *what)
{
	if (ng->records == 0)
		(void)ks_diag_set(note, KS_ERR_INPUT, "%s before the first packet", what);
	else
		(void)ks_diag_set(note, KS_ERR_INPUT, "%s after packet %" PRIu64, what, ng->records);
	return KS_READ_CUT;
}

static enum ks_read
ends_early(struct ks_diag *note, const struct ks_pcapng_file *ng)
{
	(void)ks_diag_set(note, KS_ERR_INPUT,
			  "ends inside the block after packet %" PRIu64 " (file still being written, or cut)",
			  ng->records);
	return KS_READ_UNFINISHED;
}

static int64_t
clamped(wide value, int64_t low, int64_t high)
{
	if (value < low)
		return low;
	return value > high ? high : (int64_t)value;
}

/* --- sections and interfaces --- */

/* False: no byte order magic where it must be. */
static bool
section_order(const uint8_t *block, bool *ret_big)
{
	*ret_big = ks_load32(block + 8, true) == BYTE_ORDER_MAGIC;
	return *ret_big || ks_load32(block + 8, false) == BYTE_ORDER_MAGIC;
}

static enum ks_read
section_begin(struct ks_pcapng_file *ng, const struct block *block, struct ks_diag *note)
{
	if (block->n < 16)
		return cut(note, ng, "too short a section header");
	/* 1.2 is written by a tool that meant 1.0; libpcap and Wireshark read it. */
	const uint16_t major = ks_load16(block->body + 4, ng->big),
		       minor = ks_load16(block->body + 6, ng->big);
	if (major != 1 || (minor != 0 && minor != 2))
		return cut(note, ng, "a section of unknown version");
	ng->before += ng->n_interfaces;
	ng->n_interfaces = 0;
	return KS_READ_PACKET;
}

static void
option_apply(struct ks_pcapng_interface *interface, uint16_t code, const uint8_t *value, uint16_t n, bool big)
{
	if (code == OPTION_TSRESOL && n == 1)
		interface->resolution = value[0];
	if (code == OPTION_TSOFFSET && n == 8) {
		const wide seconds = (int64_t)ks_load64(value, big);
		interface->offset_ns = clamped(seconds * KS_NS_PER_S, -KS_TIME_MAX, KS_TIME_MAX);
	}
}

static void
options_read(struct ks_pcapng_interface *interface, const uint8_t *at, size_t n, bool big)
{
	struct ks_cur cur = ks_cur_init(at, n);
	for (;;) {
		const uint8_t *const header = ks_cur_take(&cur, 4);
		if (header == NULL)
			return;
		const uint16_t code = ks_load16(header, big), value_n = ks_load16(header + 2, big);
		const uint8_t *const value = ks_cur_take(&cur, (value_n + 3u) & ~3u);
		if (code == OPTION_END || value == NULL)
			return;
		option_apply(interface, code, value, value_n, big);
	}
}

static uint8_t
resolution_digits(uint8_t resolution)
{
	/* 2^-20 is the first power of two that is finer than a microsecond. */
	const uint8_t micro = resolution & RESOLUTION_BINARY ? RESOLUTION_BINARY | 19 : 6;
	return resolution > micro ? 9 : 6;
}

static bool
interfaces_grow(struct ks_pcapng_file *ng)
{
	if (ng->n_interfaces < ng->room)
		return true;
	const uint32_t room = ng->room == 0 ? 4 : ng->room * 2;
	struct ks_pcapng_interface *const more = realloc(ng->interfaces, room * sizeof(*more));
	if (more == NULL)
		return false;
	ng->interfaces = more;
	ng->room = room;
	return true;
}

static enum ks_read
interface_add(struct ks_pcapng_file *ng, const struct block *block, struct ks_capture_info *info,
	      struct ks_diag *note)
{
	if (block->n < 8)
		return cut(note, ng, "too short an interface description");
	if (ng->before + ng->n_interfaces >= KS_PCAPNG_INTERFACES_MAX)
		return cut(note, ng, "too many interfaces");
	if (!interfaces_grow(ng))
		return KS_READ_MEMORY;
	struct ks_pcapng_interface *const interface = &ng->interfaces[ng->n_interfaces];
	*interface = (struct ks_pcapng_interface){
		.linktype = ks_load16(block->body, ng->big),
		.snaplen = ks_load32(block->body + 4, ng->big),
		.resolution = RESOLUTION_DEFAULT,
	};
	options_read(interface, block->body + 8, block->n - 8, ng->big);
	if (ng->before + ng->n_interfaces == 0) {
		info->linktype = interface->linktype;
		info->snaplen = interface->snaplen;
	}
	const uint8_t digits = resolution_digits(interface->resolution);
	if (digits > info->time_digits)
		info->time_digits = digits;
	ng->n_interfaces++;
	return KS_READ_PACKET;
}

/* --- blocks --- */

static bool
block_is_kept(uint32_t type)
{
	return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_PACKET ||
	       type == BLOCK_SIMPLE || type == BLOCK_ENHANCED;
}

static enum ks_read
block_claims(struct ks_diag *note, const struct ks_pcapng_file *ng, uint32_t n)
{
	(void)ks_diag_set(note, KS_ERR_INPUT, "block after packet %" PRIu64 " claims %" PRIu32 " bytes",
			  ng->records, n);
	return KS_READ_CUT;
}

/* Too long for the window, and nothing we want is in it. */
static enum ks_read
block_pass_over(struct ks_pcapng_file *ng, struct ks_source *source, uint32_t n, struct ks_diag *note)
{
	if (!ks_source_skip(source, n - 4) || !ks_source_need(source, 4))
		return ends_early(note, ng);
	if (ks_load32(source->at, ng->big) != n)
		return cut(note, ng, "a block whose two lengths differ");
	source->at += 4;
	return KS_READ_PACKET;
}

/* The next block, KS_READ_PACKET if there is one. Its body lies in the window until the next call. */
static enum ks_read
block_next(struct ks_pcapng_file *ng, struct ks_source *source, struct block *ret, struct ks_diag *note)
{
	if (!ks_source_need(source, BLOCK_OVERHEAD))
		return source->at == source->end ? KS_READ_END : ends_early(note, ng);
	ret->type = ks_load32(source->at, ng->big);
	if (ret->type == BLOCK_SECTION && !section_order(source->at, &ng->big))
		return cut(note, ng, "a section without byte order");
	const uint32_t n = ks_load32(source->at + 4, ng->big);
	/* The length is a multiple of four by the standard; padding one that is not would be a guess. */
	if (n < BLOCK_OVERHEAD || n % 4 != 0 || n > KS_PCAPNG_BLOCK_MAX)
		return block_claims(note, ng, n);
	ret->body = NULL;
	ret->n = 0;
	if (n > KS_SOURCE_NEED_MAX) {
		if (block_is_kept(ret->type))
			return block_claims(note, ng, n);
		return block_pass_over(ng, source, n, note);
	}
	if (!ks_source_need(source, n))
		return ends_early(note, ng);
	if (ks_load32(source->at + n - 4, ng->big) != n)
		return cut(note, ng, "a block whose two lengths differ");
	ret->body = source->at + 8;
	ret->n = n - BLOCK_OVERHEAD;
	source->at += n;
	return KS_READ_PACKET;
}

/* --- packets --- */

static wide
ten_to(uint8_t n)
{
	wide power = 1;
	while (n-- > 0)
		power *= 10;
	return power;
}

/* Any 64-bit count of any resolution: 2^64 * 10^9 needs 94 of the 127 bits. */
static int64_t
ticks_to_ns(const struct ks_pcapng_interface *interface, uint64_t ticks)
{
	const uint8_t resolution = interface->resolution, exponent = resolution & 0x7f;
	wide ns = 0;
	if (resolution == 6)
		ns = (wide)ticks * KS_NS_PER_US; /* nearly every file */
	else if (resolution & RESOLUTION_BINARY)
		ns = (wide)ticks * KS_NS_PER_S >> exponent;
	else if (exponent <= 9)
		ns = (wide)ticks * ten_to((uint8_t)(9 - exponent));
	else if (exponent <= 9 + 19) /* beyond, 2^64 ticks are less than a nanosecond */
		ns = (wide)ticks / ten_to((uint8_t)(exponent - 9));
	return clamped(ns + interface->offset_ns, 0, KS_TIME_MAX);
}

struct packet_fields {
	uint32_t interface, cap_len, wire_len;
	uint64_t ticks;
	bool timed;
	const uint8_t *data;
	uint32_t room; /* bytes of the block that data may take */
};

/* False: the block is too short for its own fields. */
static bool
packet_fields_read(const struct ks_pcapng_file *ng, const struct block *block, struct packet_fields *ret)
{
	const uint32_t fixed = block->type == BLOCK_SIMPLE ? 4 : 20;
	if (block->n < fixed)
		return false;
	const uint8_t *const at = block->body;
	*ret = (struct packet_fields){.data = at + fixed, .room = block->n - fixed};
	if (block->type == BLOCK_SIMPLE) {
		/* No captured length: what the snap length and the block left of it. */
		ret->wire_len = ks_load32(at, ng->big);
		ret->cap_len = ret->wire_len < ret->room ? ret->wire_len : ret->room;
		const uint32_t snaplen = ng->n_interfaces > 0 ? ng->interfaces[0].snaplen : 0;
		if (snaplen != 0 && ret->cap_len > snaplen)
			ret->cap_len = snaplen;
		return true;
	}
	/* The obsolete block spends half of the interface's field on a count of drops. */
	ret->interface = block->type == BLOCK_ENHANCED ? ks_load32(at, ng->big) : ks_load16(at, ng->big);
	ret->ticks = (uint64_t)ks_load32(at + 4, ng->big) << 32 | ks_load32(at + 8, ng->big);
	ret->cap_len = ks_load32(at + 12, ng->big);
	ret->wire_len = ks_load32(at + 16, ng->big);
	ret->timed = true;
	return true;
}

static enum ks_read
packet_read(struct ks_pcapng_file *ng, const struct block *block, struct ks_packet *ret, struct ks_diag *note)
{
	struct packet_fields got;
	if (!packet_fields_read(ng, block, &got))
		return cut(note, ng, "too short a packet block");
	const uint64_t number = ng->records + 1;
	if (got.interface >= ng->n_interfaces) {
		(void)ks_diag_set(note, KS_ERR_INPUT,
				  "packet %" PRIu64 " names interface %" PRIu32 " of %" PRIu32, number,
				  got.interface, ng->n_interfaces);
		return KS_READ_CUT;
	}
	if (got.cap_len > got.room || got.cap_len > KS_PACKET_MAX) {
		(void)ks_diag_set(note, KS_ERR_INPUT,
				  "packet %" PRIu64 " claims %" PRIu32 " bytes in a block of %" PRIu32,
				  number, got.cap_len, block->n + BLOCK_OVERHEAD);
		return KS_READ_CUT;
	}
	const struct ks_pcapng_interface *const interface = &ng->interfaces[got.interface];
	if (got.timed)
		ng->last_ns = ticks_to_ns(interface, got.ticks);
	ng->records = number;
	*ret = (struct ks_packet){
		.time_ns = ng->last_ns,
		.data = got.data,
		.cap_len = got.cap_len,
		.wire_len = got.wire_len < got.cap_len ? got.cap_len : got.wire_len,
		.linktype = interface->linktype,
		.interface = ng->before + got.interface,
	};
	return KS_READ_PACKET;
}

/* --- the file --- */

/* One block. `ret_have` tells whether it was a packet. */
static enum ks_read
step(struct ks_pcapng_file *ng, struct ks_source *source, struct ks_capture_info *info, struct ks_packet *ret,
     bool *ret_have, struct ks_diag *note)
{
	struct block block;
	const enum ks_read read = block_next(ng, source, &block, note);
	if (read != KS_READ_PACKET || block.body == NULL)
		return read;
	switch (block.type) {
	case BLOCK_SECTION:
		return section_begin(ng, &block, note);
	case BLOCK_INTERFACE:
		return interface_add(ng, &block, info, note);
	case BLOCK_PACKET:
	case BLOCK_SIMPLE:
	case BLOCK_ENHANCED:
		*ret_have = true;
		return packet_read(ng, &block, ret, note);
	default: /* names, statistics, secrets, comments, whatever comes */
		return KS_READ_PACKET;
	}
}

bool
ks_pcapng_file_recognise(struct ks_source *source)
{
	bool big;
	return ks_source_need(source, BLOCK_OVERHEAD) && ks_load32(source->at, false) == BLOCK_SECTION &&
	       section_order(source->at, &big);
}

/* The next block is none that the first interface must stand before. */
static bool
before_first_interface(struct ks_pcapng_file *ng, struct ks_source *source)
{
	if (ng->n_interfaces > 0 || ng->sticky != KS_READ_PACKET || !ks_source_need(source, BLOCK_OVERHEAD))
		return false;
	const uint32_t type = ks_load32(source->at, ng->big);
	return type != BLOCK_PACKET && type != BLOCK_SIMPLE && type != BLOCK_ENHANCED;
}

enum ks_error
ks_pcapng_file_start(struct ks_pcapng_file *ng, struct ks_source *source, struct ks_capture_info *info,
		     struct ks_diag *diag)
{
	*ng = (struct ks_pcapng_file){.sticky = KS_READ_PACKET};
	struct block block;
	struct ks_diag note;
	enum ks_read read = block_next(ng, source, &block, &note);
	if (read == KS_READ_PACKET)
		read = section_begin(ng, &block, &note);
	if (read != KS_READ_PACKET)
		return ks_diag_set(diag, KS_ERR_INPUT, "broken pcapng file: %s",
				   read == KS_READ_END ? "empty" : note.text);
	strcpy(info->container, "pcapng");
	info->linktype = -1;
	info->snaplen = 0;
	info->time_digits = 6;
	while (before_first_interface(ng, source)) {
		bool have = false;
		struct ks_packet none;
		ng->sticky = step(ng, source, info, &none, &have, &ng->note);
	}
	return KS_SUCCESS;
}

enum ks_read
ks_pcapng_file_next(struct ks_pcapng_file *ng, struct ks_source *source, struct ks_capture_info *info,
		    struct ks_packet *ret, struct ks_diag *note)
{
	bool have = false;
	while (ng->sticky == KS_READ_PACKET && !have)
		ng->sticky = step(ng, source, info, ret, &have, &ng->note);
	if (ng->sticky != KS_READ_PACKET)
		*note = ng->note;
	return ng->sticky;
}

void
ks_pcapng_file_close(struct ks_pcapng_file *ng)
{
	free(ng->interfaces);
	*ng = (struct ks_pcapng_file){.sticky = KS_READ_END};
}
