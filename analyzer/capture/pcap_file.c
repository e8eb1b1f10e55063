/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/pcap_file.h"

#include "analyzer/capture/bytes.h"

#include <inttypes.h>
#include <string.h>

enum {
	MAGIC_BYTES = 4,
	FILE_HEADER_BYTES = 24,
	RECORD_HEADER_BYTES = 16,
	MODIFIED_HEADER_BYTES = 24 /* and interface index, protocol, packet type, a byte of padding */
};

static_assert(MODIFIED_HEADER_BYTES + KS_PACKET_MAX <= KS_SOURCE_NEED_MAX, "a record fits the window");

#define MAGIC_MICRO UINT32_C(0xa1b2c3d4)
#define MAGIC_NANO UINT32_C(0xa1b23c4d)
#define MAGIC_MODIFIED UINT32_C(0xa1b2cd34)

static bool
magic_known(uint32_t magic)
{
	return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED;
}

bool
ks_pcap_file_recognise(struct ks_source *source)
{
	if (!ks_source_need(source, MAGIC_BYTES))
		return false;
	return magic_known(ks_load32(source->at, false)) || magic_known(ks_load32(source->at, true));
}

/* Sets how lengths are ordered; false for a version nobody reads. */
static bool
version_known(struct ks_pcap_file *pcap, uint16_t major, uint16_t minor)
{
	if (major == 543 && minor == 0) { /* DG/UX tcpdump, in the order of versions before 2.3 */
		pcap->lengths = KS_PCAP_LENGTHS_SWAPPED;
		return true;
	}
	pcap->lengths = KS_PCAP_LENGTHS_KEPT;
	if (minor < 3)
		pcap->lengths = KS_PCAP_LENGTHS_SWAPPED;
	else if (minor == 3)
		pcap->lengths = KS_PCAP_LENGTHS_UNSURE;
	return major == 2 && minor <= 4;
}

enum ks_error
ks_pcap_file_start(struct ks_pcap_file *pcap, struct ks_source *source, struct ks_capture_info *ret_info,
		   struct ks_diag *diag)
{
	if (!ks_source_need(source, FILE_HEADER_BYTES))
		return ks_diag_set(diag, KS_ERR_INPUT, "pcap file ends inside its file header");
	const uint8_t *const at = source->at;
	const bool big = magic_known(ks_load32(at, true));
	const uint32_t magic = ks_load32(at, big), network = ks_load32(at + 20, big);
	*pcap = (struct ks_pcap_file){.big = big};
	const uint16_t major = ks_load16(at + 4, big), minor = ks_load16(at + 6, big);
	if (!version_known(pcap, major, minor))
		return ks_diag_set(diag, KS_ERR_INPUT, "pcap file of unknown version %u.%u", major, minor);
	/* Bits 28-31 and 26 tell the length of the frame check sequence; the ten between are reserved, and
	 * libpcap and Wireshark, too, take them for a sign of damage. */
	if ((network & UINT32_C(0x03ff0000)) != 0)
		return ks_diag_set(diag, KS_ERR_INPUT, "pcap file of impossible link type 0x%08" PRIx32,
				   network);
	pcap->linktype = (int)(network & UINT32_C(0xffff));
	pcap->ns_per_unit = magic == MAGIC_NANO ? 1 : (uint32_t)KS_NS_PER_US;
	pcap->header_bytes = magic == MAGIC_MODIFIED ? MODIFIED_HEADER_BYTES : RECORD_HEADER_BYTES;
	ret_info->linktype = pcap->linktype;
	ret_info->snaplen = ks_load32(at + 16, big);
	ret_info->time_digits = magic == MAGIC_NANO ? 9 : 6;
	strcpy(ret_info->container, "pcap");
	source->at += FILE_HEADER_BYTES;
	return KS_SUCCESS;
}

static enum ks_read
record_ends_early(const struct ks_pcap_file *pcap, struct ks_diag *note)
{
	(void)ks_diag_set(note, KS_ERR_INPUT,
			  "ends inside packet %" PRIu64 " (file still being written, or cut)",
			  pcap->records + 1);
	return KS_READ_UNFINISHED;
}

/* A fraction of a second or more is carried over, whatever it claims; container.h proves the range. */
static inline int64_t
record_time_ns(const struct ks_pcap_file *pcap, const uint8_t *record, bool big)
{
	const uint64_t seconds = ks_load32(record, big), fraction = ks_load32(record + 4, big);
	return (int64_t)(seconds * (uint64_t)KS_NS_PER_S + fraction * pcap->ns_per_unit);
}

/* A record whose lengths are known and right. */
static inline struct ks_packet
packet_at(const struct ks_pcap_file *pcap, const uint8_t *record, uint32_t cap_len, uint32_t wire_len,
	  bool big)
{
	return (struct ks_packet){
		.time_ns = record_time_ns(pcap, record, big),
		.data = record + pcap->header_bytes,
		.cap_len = cap_len,
		.wire_len = wire_len < cap_len ? cap_len : wire_len,
		.linktype = pcap->linktype,
	};
}

/* Called with a constant `big`: the compiler makes a loop of each order. */
static inline size_t
view(const struct ks_pcap_file *pcap, const struct ks_source *source, struct ks_packet *ret, size_t max,
     bool big)
{
	const uint8_t *at = source->at;
	size_t n = 0;
	for (; n < max && (size_t)(source->end - at) >= pcap->header_bytes; n++) {
		const uint32_t cap_len = ks_load32(at + 8, big);
		if (cap_len > KS_PACKET_MAX || cap_len > (size_t)(source->end - at) - pcap->header_bytes)
			break;
		ret[n] = packet_at(pcap, at, cap_len, ks_load32(at + 12, big), big);
		at += pcap->header_bytes + cap_len;
	}
	return n;
}

/* Files of before 1999, whose lengths may be swapped, can do without. */
size_t
ks_pcap_file_view(const struct ks_pcap_file *pcap, const struct ks_source *source,
		  struct ks_packet *ret_packets, size_t max)
{
	if (pcap->lengths != KS_PCAP_LENGTHS_KEPT)
		return 0;
	return pcap->big ? view(pcap, source, ret_packets, max, true)
			 : view(pcap, source, ret_packets, max, false);
}

void
ks_pcap_file_step(struct ks_pcap_file *pcap, struct ks_source *source, const struct ks_packet *packets,
		  size_t n)
{
	if (n == 0)
		return;
	source->at = packets[n - 1].data + packets[n - 1].cap_len;
	pcap->records += n;
}

bool
ks_pcap_file_ahead(const struct ks_pcap_file *pcap, const struct ks_source *source, int64_t *ret_ns)
{
	struct ks_packet packet;
	if (ks_pcap_file_view(pcap, source, &packet, 1) == 0)
		return false;
	*ret_ns = packet.time_ns;
	return true;
}

enum ks_read
ks_pcap_file_next(struct ks_pcap_file *pcap, struct ks_source *source, struct ks_packet *ret,
		  struct ks_diag *note)
{
	const uint32_t header = pcap->header_bytes;
	if (!ks_source_need(source, header)) {
		if (source->at == source->end)
			return KS_READ_END;
		return record_ends_early(pcap, note);
	}
	const bool big = pcap->big;
	uint32_t cap_len = ks_load32(source->at + 8, big), wire_len = ks_load32(source->at + 12, big);
	if (pcap->lengths == KS_PCAP_LENGTHS_SWAPPED ||
	    (pcap->lengths == KS_PCAP_LENGTHS_UNSURE && cap_len > wire_len)) {
		const uint32_t first = cap_len;
		cap_len = wire_len;
		wire_len = first;
	}
	if (cap_len > KS_PACKET_MAX) {
		(void)ks_diag_set(note, KS_ERR_INPUT, "packet %" PRIu64 " claims %" PRIu32 " bytes",
				  pcap->records + 1, cap_len);
		return KS_READ_CUT;
	}
	if (!ks_source_need(source, header + cap_len))
		return record_ends_early(pcap, note);
	*ret = packet_at(pcap, source->at, cap_len, wire_len, big);
	ks_pcap_file_step(pcap, source, ret, 1);
	return KS_READ_PACKET;
}
