/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/link.c -- what capture files put below IP.
 *
 * Link headers have no checksum and few fields; what does not look as it should is other traffic
 * (KS_NOT_DNS), except where the frame says no more than that it is IP. */
#include "dissect/layers_p.h"

enum { ETHER_LENGTH_MAX = 1500 }; /* IEEE 802.3 s3.2.6: larger values are EtherTypes */

/* IEEE 802.2, and SNAP (IEEE 802-2014 s9.5) with the OUIs under which the number is an EtherType:
 * 00-00-00 of RFC 1042 and 00-00-F8, the bridge tunnel of IEEE 802.1H. */
static enum ks_verdict
read_llc(struct ks_walk *walk)
{
	enum { SAP_IP = 0x06, SAP_SNAP = 0xaa, UNNUMBERED = 0x03 };
	const uint8_t *const llc = ks_cur_take(&walk->cur, 3);
	if (llc == NULL)
		return ks_walk_short(walk, KS_LINK_CUT, KS_NOT_DNS);
	if (llc[0] != llc[1] || llc[2] != UNNUMBERED)
		return KS_NOT_DNS;
	if (llc[0] == SAP_IP)
		return ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_IPV4);
	if (llc[0] != SAP_SNAP)
		return KS_NOT_DNS;
	const uint8_t *const snap = ks_cur_take(&walk->cur, 5);
	if (snap == NULL)
		return ks_walk_short(walk, KS_LINK_CUT, KS_NOT_DNS);
	if (snap[0] != 0 || snap[1] != 0 || (snap[2] != 0 && snap[2] != 0xf8))
		return KS_NOT_DNS;
	return ks_walk_next(walk, KS_SPACE_ETHER, ks_be16(snap + 3));
}

static enum ks_verdict
type_or_length(struct ks_walk *walk, uint16_t number)
{
	if (number > ETHER_LENGTH_MAX)
		return ks_walk_next(walk, KS_SPACE_ETHER, number);
	ks_walk_shrink(walk, number);
	return read_llc(walk);
}

enum ks_verdict
ks_link_ethernet(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 14);
	if (header == NULL)
		return KS_LINK_CUT;
	return type_or_length(walk, ks_be16(header + 12));
}

enum ks_verdict
ks_link_vlan(struct ks_walk *walk)
{
	const uint8_t *const tag = ks_cur_take(&walk->cur, 4);
	if (tag == NULL)
		return KS_LINK_CUT;
	return type_or_length(walk, ks_be16(tag + 2));
}

/* ISO 9314-2: frame control, two addresses. Bits 01r1 0rrr are LLC frames. */
enum ks_verdict
ks_link_fddi(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 13);
	if (header == NULL)
		return KS_LINK_CUT;
	return (header[0] & 0xf0) == 0x50 ? read_llc(walk) : KS_NOT_DNS;
}

/* IEEE 802.11-2020 s9.2.3 and s9.3.2.1. Encrypted frames, fragments and aggregates are left alone:
 * who must watch DNS on radio does not watch it there. The constants are of the first and of the second
 * octet of frame control. */
static enum ks_verdict
read_wifi(struct ks_walk *walk, bool padded)
{
	enum { DATA = 0x08, NULL_DATA = 0x40, QOS = 0x80 };
	enum { FOUR_ADDRESSES = 0x03, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, HT_CONTROL = 0x80 };
	const uint8_t *const control = ks_cur_take(&walk->cur, 2);
	if (control == NULL)
		return KS_LINK_CUT;
	if ((control[0] & 0x0f) != DATA || (control[0] & NULL_DATA) != 0 ||
	    (control[1] & (MORE_FRAGMENTS | PROTECTED)) != 0)
		return KS_NOT_DNS;

	const uint8_t *const rest = ks_cur_take(&walk->cur, 22);
	const bool four = (control[1] & FOUR_ADDRESSES) == FOUR_ADDRESSES;
	if (four)
		ks_cur_skip(&walk->cur, 6);
	const bool qos = (control[0] & QOS) != 0;
	const bool aggregate = qos && (ks_cur_u8(&walk->cur) & 0x80) != 0;
	if (qos)
		ks_cur_skip(&walk->cur, (control[1] & HT_CONTROL) != 0 ? 5 : 1);
	/* 24 octets, and 6 and 2 and 4 more: what is added tells whether two are missing from a word. */
	if (padded && four != qos)
		ks_cur_skip(&walk->cur, 2);
	if (walk->cur.failed)
		return KS_LINK_CUT;
	const bool fragment = (rest[20] & 0x0f) != 0;
	return aggregate || fragment ? KS_NOT_DNS : read_llc(walk);
}

enum ks_verdict
ks_link_wifi(struct ks_walk *walk)
{
	return read_wifi(walk, false);
}

static uint32_t
le32(struct ks_cur *cur)
{
	return __builtin_bswap32(ks_cur_u32(cur));
}

/* Does the driver pad the 802.11 header to words? Flag 0x20 of field 1, which follows the words of
 * presence bits and, aligned to eight octets, field 0 (TSFT). radiotap.org. */
static bool
radiotap_pads(const uint8_t *header, uint32_t size)
{
	enum { TSFT = 1, FLAGS = 2, FLAG_DATA_PAD = 0x20 };
	const uint32_t another_word = UINT32_C(1) << 31;
	struct ks_cur cur = ks_cur_init(header, size);
	ks_cur_skip(&cur, 4);
	const uint32_t present = le32(&cur);
	for (uint32_t word = present; (word & another_word) != 0;)
		word = le32(&cur); /* zero behind the end: the loop ends there */
	if ((present & TSFT) != 0)
		ks_cur_skip(&cur, (-(size_t)(cur.at - header) & 7) + 8);
	return (present & FLAGS) != 0 && (ks_cur_u8(&cur) & FLAG_DATA_PAD) != 0;
}

enum ks_verdict
ks_link_radiotap(struct ks_walk *walk)
{
	struct ks_cur ahead = walk->cur;
	ks_cur_skip(&ahead, 2);
	const uint16_t size = __builtin_bswap16(ks_cur_u16(&ahead));
	const uint8_t *const header = ks_cur_take(&walk->cur, size);
	if (ahead.failed || header == NULL)
		return KS_LINK_CUT;
	if (header[0] != 0 || size < 8)
		return KS_LINK_UNKNOWN;
	return read_wifi(walk, radiotap_pads(header, size));
}

enum ks_verdict
ks_link_ip(struct ks_walk *walk, enum ks_verdict otherwise)
{
	struct ks_cur ahead = walk->cur;
	const uint8_t first = ks_cur_u8(&ahead);
	if (ahead.failed)
		return ks_walk_short(walk, KS_IP_CUT, otherwise);
	if (first >> 4 == 4)
		return ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_IPV4);
	if (first >> 4 == 6)
		return ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_IPV6);
	return otherwise;
}

enum ks_verdict
ks_link_raw(struct ks_walk *walk)
{
	return ks_link_ip(walk, KS_IP_BAD);
}

/* An address family in the byte order of the machine that captured, whichever that was: families are
 * small, so the half that is not zero tells. AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on
 * NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin. Some writers put a hardware type and an EtherType
 * there instead; a family is no EtherType. */
enum ks_verdict
ks_link_null(struct ks_walk *walk)
{
	const uint32_t word = ks_cur_u32(&walk->cur);
	if (walk->cur.failed)
		return KS_LINK_CUT;
	const uint32_t family = word > 0xffff ? __builtin_bswap32(word) : word;
	if (family == 2)
		return ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_IPV4);
	if (family == 10 || family == 24 || family == 28 || family == 30)
		return ks_walk_next(walk, KS_SPACE_ETHER, KS_ETHER_IPV6);
	return ks_walk_next(walk, KS_SPACE_ETHER, word & 0xffff);
}

/* Numbers below the EtherTypes are Linux's own (linux/if_ether.h); one of them is 802.2. */
static enum ks_verdict
cooked_type(struct ks_walk *walk, uint16_t type)
{
	enum { ETH_P_802_2 = 4 };
	return type == ETH_P_802_2 ? read_llc(walk) : ks_walk_next(walk, KS_SPACE_ETHER, type);
}

enum ks_verdict
ks_link_sll(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 16);
	return header == NULL ? KS_LINK_CUT : cooked_type(walk, ks_be16(header + 14));
}

enum ks_verdict
ks_link_sll2(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 20);
	return header == NULL ? KS_LINK_CUT : cooked_type(walk, ks_be16(header));
}

/* A netfilter record: family, version, group, then attributes whose length and type are in the byte
 * order of the machine that captured. Types are small, so an octet that must be zero tells the order. */
enum ks_verdict
ks_link_nflog(struct ks_walk *walk)
{
	enum { FAMILY_IPV4 = 2, FAMILY_IPV6 = 10, ATTRIBUTES_MAX = 32, PAYLOAD = 9 };
	const uint8_t family = ks_cur_u8(&walk->cur);
	ks_cur_skip(&walk->cur, 3);
	for (unsigned i = 0; i < ATTRIBUTES_MAX; i++) {
		uint16_t size = ks_cur_u16(&walk->cur);
		uint16_t type = ks_cur_u16(&walk->cur);
		if (walk->cur.failed)
			return KS_LINK_CUT;
		if ((type & 0xff) == 0) {
			size = __builtin_bswap16(size);
			type = __builtin_bswap16(type);
		}
		if (size < 4)
			return KS_LINK_UNKNOWN;
		if (type != PAYLOAD) {
			ks_cur_skip(&walk->cur, ((size + 3u) & ~3u) - 4u);
			continue;
		}
		ks_walk_shrink(walk, size - 4u);
		if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
			return KS_NOT_DNS;
		return ks_walk_next(walk, KS_SPACE_ETHER,
				    family == FAMILY_IPV4 ? KS_ETHER_IPV4 : KS_ETHER_IPV6);
	}
	return KS_LINK_UNKNOWN;
}

/* Darwin's record around a frame of another link type: its own size, the kind of what follows (1 is a
 * packet) and the DLT of that, all little-endian. */
enum ks_verdict
ks_link_pktap(struct ks_walk *walk)
{
	const uint32_t size = le32(&walk->cur);
	const uint32_t kind = le32(&walk->cur);
	const uint32_t dlt = le32(&walk->cur);
	if (walk->cur.failed)
		return KS_LINK_CUT;
	if (size < 12 || kind != 1)
		return KS_LINK_UNKNOWN;
	ks_cur_skip(&walk->cur, size - 12);
	return walk->cur.failed ? KS_LINK_CUT : ks_walk_next(walk, KS_SPACE_LINK, dlt);
}

/* RFC 1661 s2 with protocol field compression: an odd first octet is the whole number. */
static enum ks_verdict
ppp_protocol(struct ks_walk *walk)
{
	uint32_t protocol = ks_cur_u8(&walk->cur);
	if ((protocol & 1) == 0)
		protocol = protocol << 8 | ks_cur_u8(&walk->cur);
	return walk->cur.failed ? KS_LINK_CUT : ks_walk_next(walk, KS_SPACE_PPP, protocol);
}

/* Address and control (RFC 1662 s3.1) may have been negotiated away: no protocol begins with 0xff. */
enum ks_verdict
ks_link_ppp(struct ks_walk *walk)
{
	struct ks_cur ahead = walk->cur;
	if (ks_cur_u8(&ahead) == 0xff)
		ks_cur_skip(&walk->cur, 2);
	return ppp_protocol(walk);
}

/* Cisco's framing: unicast or broadcast, a zero, an EtherType. */
enum ks_verdict
ks_link_c_hdlc(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 4);
	return header == NULL ? KS_LINK_CUT : ks_walk_next(walk, KS_SPACE_ETHER, ks_be16(header + 2));
}

/* One link type for both framings, told apart by the address octet. */
enum ks_verdict
ks_link_ppp_hdlc(struct ks_walk *walk)
{
	struct ks_cur ahead = walk->cur;
	const uint8_t address = ks_cur_u8(&ahead);
	return address == 0x0f || address == 0x8f ? ks_link_c_hdlc(walk) : ks_link_ppp(walk);
}

/* RFC 2516 s4: version 1, type 1, code 0 in the session stage. */
enum ks_verdict
ks_link_pppoe(struct ks_walk *walk)
{
	const uint8_t *const header = ks_cur_take(&walk->cur, 6);
	if (header == NULL)
		return KS_LINK_CUT;
	if (header[0] != 0x11 || header[1] != 0)
		return KS_NOT_DNS;
	ks_walk_shrink(walk, ks_be16(header + 4));
	return ppp_protocol(walk);
}
