/* SPDX-License-Identifier: BSD-2-Clause
 *
 * layer_test.c -- the walk from a frame down to its transport header. Frames are built from the inside
 * out, as senders do, and read from memory that ends at an unreadable page. */
#include "dissect/layer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>

enum { ROOM = 4096, QUERY = 17, SPORT = 40000, DPORT = 53 };

/* id 1, RD, one question: the root's DNSKEY */
static const uint8_t query[QUERY] = {0, 1, 1, 0, 0, 1, [14] = 48, [16] = 1};

struct frame {
	uint8_t room[ROOM]; /* the frame is room[at..ROOM) */
	size_t at;
};

static void
put(struct frame *f, const void *bytes, size_t n)
{
	cr_assert(n <= f->at, "the frame outgrew its room");
	f->at -= n;
	memcpy(f->room + f->at, bytes, n);
}

static void
set16(struct frame *f, size_t offset, size_t value)
{
	f->room[f->at + offset] = (uint8_t)(value >> 8);
	f->room[f->at + offset + 1] = (uint8_t)value;
}

static size_t
size_of(const struct frame *f)
{
	return ROOM - f->at;
}

static void
put_udp(struct frame *f, unsigned sport, unsigned dport)
{
	put(f, (uint8_t[8]){0}, 8);
	set16(f, 0, sport);
	set16(f, 2, dport);
	set16(f, 4, size_of(f));
}

/* From 10.0.0.host to 10.0.1.host. */
static void
put_ipv4(struct frame *f, uint8_t proto, uint8_t host)
{
	const uint8_t header[20] = {0x45, [8] = 61, proto, [12] = 10, 0, 0, host, 10, 0, 1, host};
	put(f, header, 20);
	set16(f, 2, size_of(f));
}

/* From fd00::host to fd01::host. */
static void
put_ipv6(struct frame *f, uint8_t next, uint8_t host)
{
	const size_t payload = size_of(f);
	const uint8_t header[40] = {0x60, [6] = next, 61, 0xfd, [23] = host, 0xfd, 1, [39] = host};
	put(f, header, 40);
	set16(f, 4, payload);
}

static void
put_ip(struct frame *f, bool v6, uint8_t proto, uint8_t host)
{
	if (v6)
		put_ipv6(f, proto, host);
	else
		put_ipv4(f, proto, host);
}

/* The packet in question: a query of host 1. */
static void
put_query(struct frame *f, bool v6)
{
	f->at = ROOM;
	put(f, query, QUERY);
	put_udp(f, SPORT, DPORT);
	put_ip(f, v6, KS_PROTO_UDP, 1);
}

static const struct ks_ports *
dns_ports(void)
{
	static struct ks_ports ports;
	ks_ports_add(&ports, DPORT);
	return &ports;
}

/* `n` bytes that end where reading faults. */
static const uint8_t *
guarded(const uint8_t *bytes, size_t n)
{
	static uint8_t *base;
	if (base == NULL) {
		const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
		base = mmap(NULL, (size_t)2 * ROOM, prot, flags, -1, 0);
		cr_assert(base != MAP_FAILED);
		cr_assert(mprotect(base + ROOM, ROOM, PROT_NONE) == 0);
	}
	return memcpy(base + ROOM - n, bytes, n);
}

static enum ks_verdict
walk_cut(struct ks_walk *walk, const struct frame *f, int linktype, size_t cap_len)
{
	memset(walk, 0xa5, sizeof(*walk)); /* what the walk does not set must not be looked at */
	const struct ks_packet packet = {.time_ns = 7,
					 .data = guarded(f->room + f->at, cap_len),
					 .cap_len = (uint32_t)cap_len,
					 .wire_len = (uint32_t)size_of(f),
					 .linktype = linktype};
	return ks_layers_walk(walk, &packet, dns_ports());
}

static enum ks_verdict
walk_frame(struct ks_walk *walk, const struct frame *f, int linktype)
{
	return walk_cut(walk, f, linktype, size_of(f));
}

static enum ks_verdict
walk_raw(struct ks_walk *walk, const struct frame *f)
{
	return walk_frame(walk, f, 101);
}

/* The walk ended at the query of host 1 and knows all of it. */
static void
expect_query(const struct ks_walk *walk, const struct frame *f, bool v6, const char *what)
{
	const struct ks_datagram *const dg = &walk->dg;
	cr_assert(dg->v6 == v6 && dg->src.b[15] == 1 && dg->dst.b[15] == 1, "%s: addresses", what);
	cr_assert(dg->sport == SPORT && dg->dport == DPORT, "%s: ports", what);
	cr_assert(dg->proto == KS_PROTO_UDP && dg->ttl == 61 && dg->packets == 1, "%s: facts", what);
	cr_assert(dg->cap_len == QUERY && dg->len == QUERY, "%s: %u of %u bytes", what, dg->cap_len, dg->len);
	cr_assert(memcmp(dg->data, query, QUERY) == 0, "%s: payload", what);
	cr_assert(dg->ip_bytes == (v6 ? 65 : 45) && dg->wire_bytes == size_of(f), "%s: sizes", what);
	cr_assert(walk->seen_ip && !walk->in_icmp_error && !walk->is_fragment, "%s: state", what);
}

/* clang-format off */
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define MACS 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2
#define ZERO8 0, 0, 0, 0, 0, 0, 0, 0
#define SNAP 0xaa, 0xaa, 3, 0, 0, 0
#define WIFI(control, flags) control, flags, 0, 0, MACS, 2, 0, 0, 0, 0, 3, 0, 0

enum { RAW = 101, IPIP = 4, SIXINFOUR = 41, GRE = 47 };
#define GENEVE_OPTION 1, 2, 3, 0, 0, 0, 0, 0

/* What is in front of the query: these bytes and, if there is a protocol, an IPv4 header of host 9 and,
 * if there is a port, a UDP header. The IPv4 query has 45 bytes, the IPv6 query 65. */
static const struct {
	const char *what; int linktype; uint8_t proto; uint16_t port; bool v6; const uint8_t *head; size_t n;
} stacks[] = {
	{"Ethernet",                    1, 0, 0, false, BYTES(MACS, 8, 0)},
	{"Ethernet, IPv6",              1, 0, 0, true,  BYTES(MACS, 0x86, 0xdd)},
	{"VLAN",                        1, 0, 0, false, BYTES(MACS, 0x81, 0, 0, 5, 8, 0)},
	{"VLAN in service VLAN",        1, 0, 0, true,  BYTES(MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x86, 0xdd)},
	{"VLAN of 9100",                1, 0, 0, false, BYTES(MACS, 0x91, 0, 0, 5, 8, 0)},
	{"802.3, LLC, SNAP",            1, 0, 0, false, BYTES(MACS, 0, 53, SNAP, 8, 0)},
	{"VLAN, 802.3 length, bridge tunnel", 1, 0, 0, false, BYTES(MACS, 0x81, 0, 0, 5, 0, 53, 0xaa, 0xaa, 3, 0, 0, 0xf8, 8, 0)},
	{"802.3, LLC of IP",            1, 0, 0, false, BYTES(MACS, 0, 48, 6, 6, 3)},
	{"MPLS, two labels",            1, 0, 0, true,  BYTES(MACS, 0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64)},
	{"MPLS, upstream label",        1, 0, 0, false, BYTES(MACS, 0x88, 0x48, 0, 2, 1, 64)},
	{"PPPoE session",               1, 0, 0, false, BYTES(MACS, 0x88, 0x64, 0x11, 0, 0, 9, 0, 47, 0, 0x21)},
	{"NULL, little-endian",         0, 0, 0, false, BYTES(2, 0, 0, 0)},
	{"NULL, big-endian",            0, 0, 0, false, BYTES(0, 0, 0, 2)},
	{"NULL, IPv6 of Linux",         0, 0, 0, true,  BYTES(10, 0, 0, 0)},
	{"NULL, IPv6 of OpenBSD",       0, 0, 0, true,  BYTES(24, 0, 0, 0)},
	{"NULL, IPv6 of FreeBSD",       0, 0, 0, true,  BYTES(0, 0, 0, 28)},
	{"NULL, EtherType",             0, 0, 0, false, BYTES(15, 0, 8, 0)},
	{"LOOP, IPv6 of Darwin",      108, 0, 0, true,  BYTES(0, 0, 0, 30)},
	{"PPP",                         9, 0, 0, false, BYTES(0xff, 3, 0, 0x21)},
	{"PPP, all fields compressed",  9, 0, 0, true,  BYTES(0x57)},
	{"PPP, MPLS",                   9, 0, 0, true,  BYTES(2, 0x81, 0, 2, 1, 64)},
	{"PPP in HDLC",                50, 0, 0, false, BYTES(0xff, 3, 0, 0x21)},
	{"Cisco HDLC as PPP",          50, 0, 0, true,  BYTES(0x8f, 0, 0x86, 0xdd)},
	{"PPPoE without Ethernet",     51, 0, 0, true,  BYTES(0x11, 0, 0, 9, 0, 67, 0, 0x57)},
	{"Cisco HDLC",                104, 0, 0, false, BYTES(0x0f, 0, 8, 0)},
	{"RAW",                       101, 0, 0, true,  BYTES()},
	{"RAW as DLT",                 12, 0, 0, false, BYTES()},
	{"RAW as DLT of OpenBSD",      14, 0, 0, false, BYTES()},
	{"IPV4",                      228, 0, 0, false, BYTES()},
	{"IPV4 that is IPv6",         228, 0, 0, true,  BYTES()},
	{"IPV6",                      229, 0, 0, true,  BYTES()},
	{"Linux cooked",              113, 0, 0, false, BYTES(0, 0, 0, 1, 0, 6, ZERO8, 8, 0)},
	{"Linux cooked, VLAN",        113, 0, 0, false, BYTES(0, 0, 0, 1, 0, 6, ZERO8, 0x81, 0, 0, 5, 8, 0)},
	{"Linux cooked, LLC",         113, 0, 0, false, BYTES(0, 0, 0, 1, 0, 6, ZERO8, 0, 4, SNAP, 8, 0)},
	{"Linux cooked 2",            276, 0, 0, true,  BYTES(0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, ZERO8)},
	{"NFLOG, little-endian",      239, 0, 0, false, BYTES(2, 0, 0, 1, 5, 0, 10, 0, 'x', 0, 0, 0, 49, 0, 9, 0)},
	{"NFLOG, big-endian",         239, 0, 0, true,  BYTES(10, 0, 0, 1, 0, 69, 0, 9)},
	{"802.11",                    105, 0, 0, false, BYTES(WIFI(8, 1), SNAP, 8, 0)},
	{"802.11, QoS",               105, 0, 0, false, BYTES(WIFI(0x88, 1), 0, 0, SNAP, 8, 0)},
	{"802.11, QoS, HT control",   105, 0, 0, false, BYTES(WIFI(0x88, 0x81), 0, 0, 0, 0, 0, 0, SNAP, 8, 0)},
	{"802.11, four addresses",    105, 0, 0, true,  BYTES(WIFI(8, 3), 2, 0, 0, 0, 0, 4, SNAP, 0x86, 0xdd)},
	{"radiotap",                  127, 0, 0, false, BYTES(0, 0, 8, 0, 0, 0, 0, 0, WIFI(8, 1), SNAP, 8, 0)},
	{"radiotap, padded header",   127, 0, 0, false, BYTES(0, 0, 17, 0, 3, 0, 0, 0, ZERO8, 0x20, WIFI(0x88, 1), 0, 0, 9, 9, SNAP, 8, 0)},
	{"radiotap, more words, pad", 127, 0, 0, false, BYTES(0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 9, 9, 9, 9, ZERO8, 0x20, WIFI(8, 3), 2, 0, 0, 0, 0, 4, 9, 9, SNAP, 8, 0)},
	{"FDDI",                       10, 0, 0, false, BYTES(0x50, MACS, SNAP, 8, 0)},
	{"PKTAP around Ethernet",     258, 0, 0, true,  BYTES(16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9, MACS, 0x86, 0xdd)},
	{"PKTAP of USER2 around RAW", 149, 0, 0, false, BYTES(12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0)},
	{"IPv4 in IPv4",          RAW, IPIP, 0, false, BYTES()},
	{"IPv6 in IPv4",          RAW, SIXINFOUR, 0, true, BYTES()},
	{"GRE",                   RAW, GRE, 0, false, BYTES(0, 0, 8, 0)},
	{"GRE, all options",      RAW, GRE, 0, true,  BYTES(0xb0, 0, 0x86, 0xdd, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)},
	{"GRE, Ethernet",         RAW, GRE, 0, false, BYTES(0x20, 0, 0x65, 0x58, 2, 2, 2, 2, MACS, 8, 0)},
	{"GRE, PPP",              RAW, GRE, 0, false, BYTES(0, 0, 0x88, 0x0b, 0xff, 3, 0, 0x21)},
	{"ERSPAN I",              RAW, GRE, 0, false, BYTES(0, 0, 0x88, 0xbe, MACS, 8, 0)},
	{"ERSPAN II",             RAW, GRE, 0, true,  BYTES(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0, 0, 0, 0, 0, 0, MACS, 0x86, 0xdd)},
	{"ERSPAN III",            RAW, GRE, 0, false, BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MACS, 8, 0)},
	{"ERSPAN III, subheader", RAW, GRE, 0, false, BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ZERO8, MACS, 8, 0)},
	{"ERSPAN III, IP frame",  RAW, GRE, 0, true,  BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 5, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0)},
	{"PPTP",                  RAW, GRE, 0, false, BYTES(0x30, 1, 0x88, 0x0b, 0, 49, 0, 7, 0, 0, 0, 1, 0xff, 3, 0, 0x21)},
	{"PPTP, acknowledging",   RAW, GRE, 0, true,  BYTES(0x30, 0x81, 0x88, 0x0b, 0, 66, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0x57)},
	{"GRE in UDP",            RAW, KS_PROTO_UDP, 4754, false, BYTES(0, 0, 8, 0)},
	{"VXLAN",                 RAW, KS_PROTO_UDP, 4789, true,  BYTES(8, 0, 0, 0, 0, 0, 5, 0, MACS, 0x86, 0xdd)},
	{"VXLAN, old port",       RAW, KS_PROTO_UDP, 8472, false, BYTES(8, 0, 0, 0, 0, 0, 5, 0, MACS, 0x81, 0, 0, 5, 8, 0)},
	{"Geneve, Ethernet",      RAW, KS_PROTO_UDP, 6081, false, BYTES(2, 0, 0x65, 0x58, 0, 0, 5, 0, GENEVE_OPTION, MACS, 8, 0)},
	{"Geneve, IPv6",          RAW, KS_PROTO_UDP, 6081, true,  BYTES(0, 0, 0x86, 0xdd, 0, 0, 5, 0)},
	{"GTP-U",                 RAW, KS_PROTO_UDP, 2152, false, BYTES(0x30, 255, 0, 45, 0, 0, 0, 1)},
	{"GTP-U, extensions",     RAW, KS_PROTO_UDP, 2152, true,  BYTES(0x34, 255, 0, 77, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0xc0, 1, 9, 9, 0)},
	{"GTP-U, sequence number", RAW, KS_PROTO_UDP, 2152, false, BYTES(0x32, 255, 0, 49, 0, 0, 0, 1, 0, 1, 0, 0x85)},
};
/* clang-format on */

static void
build(struct frame *f, size_t i)
{
	put_query(f, stacks[i].v6);
	put(f, stacks[i].head, stacks[i].n);
	if (stacks[i].port != 0)
		put_udp(f, 50000, stacks[i].port);
	if (stacks[i].proto != 0)
		put_ipv4(f, stacks[i].proto, 9);
}

Test(layer, every_stack_leads_to_the_query)
{
	for (size_t i = 0; i < KS_COUNT(stacks); i++) {
		struct frame f;
		struct ks_walk walk;
		build(&f, i);
		const enum ks_verdict got = walk_frame(&walk, &f, stacks[i].linktype);
		cr_assert(got == KS_DNS, "%s: %s", stacks[i].what, ks_verdict_name(got));
		expect_query(&walk, &f, stacks[i].v6, stacks[i].what);
	}
}

/* A cut is a cut wherever it is; what is left of the payload keeps its promised length. */
static void
expect_cut(const struct frame *f, size_t i, size_t cap_len)
{
	struct ks_walk walk;
	const enum ks_verdict got = walk_cut(&walk, f, stacks[i].linktype, cap_len);
	const size_t lost = size_of(f) - cap_len;
	bool right = got == KS_LINK_CUT || got == KS_IP_CUT || got == KS_TRANSPORT_CUT;
	if (lost <= QUERY)
		right = got == KS_DNS && walk.dg.len == QUERY && walk.dg.cap_len == QUERY - lost;
	else if (lost < QUERY + 8)
		right = got == KS_TRANSPORT_CUT;
	else if (stacks[i].port != 0 && cap_len >= 24 && cap_len < 28)
		right = got == KS_NOT_DNS; /* the outer ports are there and no DNS ports */
	cr_assert(right, "%s at %zu: %s", stacks[i].what, cap_len, ks_verdict_name(got));
}

Test(layer, every_cut_is_found)
{
	for (size_t i = 0; i < KS_COUNT(stacks); i++) {
		struct frame f;
		build(&f, i);
		for (size_t n = 0; n < size_of(&f); n++)
			expect_cut(&f, i, n);
	}
}

/* Any octet may lie: the walk stays inside the frame and says so. */
static void
expect_inside(const struct frame *f, int linktype)
{
	struct ks_walk walk;
	const enum ks_verdict got = walk_frame(&walk, f, linktype);
	cr_assert(got < KS_VERDICT_COUNT);
	if (got != KS_DNS)
		return;
	const uint8_t *const frame = guarded(f->room + f->at, size_of(f));
	cr_assert(walk.dg.cap_len <= walk.dg.len);
	cr_assert(walk.dg.data >= frame && walk.dg.data + walk.dg.cap_len <= frame + size_of(f));
}

Test(layer, no_octet_leads_outside)
{
	struct frame f;
	for (size_t i = 0; i < KS_COUNT(stacks); i++) {
		build(&f, i);
		for (size_t at = f.at; at < ROOM; at++) {
			const uint8_t kept = f.room[at];
			for (unsigned flip = 1; flip <= 256; flip <<= 1) {
				f.room[at] = flip == 256 ? 0xff : (uint8_t)(kept ^ flip);
				expect_inside(&f, stacks[i].linktype);
			}
			f.room[at] = kept;
		}
	}
}

/* clang-format off */
static const struct {
	const char *what; int linktype; enum ks_verdict want; const uint8_t *bytes; size_t n;
} refusals[] = {
	{"link type nobody knows",     9999, KS_LINK_UNKNOWN, BYTES(MACS, 8, 0)},
	{"negative link type",           -1, KS_LINK_UNKNOWN, BYTES(MACS, 8, 0)},
	{"PKTAP that is no packet",     149, KS_LINK_UNKNOWN, BYTES(12, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0)},
	{"PKTAP smaller than itself",   258, KS_LINK_UNKNOWN, BYTES(8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)},
	{"PKTAP of an unknown type",    258, KS_LINK_UNKNOWN, BYTES(12, 0, 0, 0, 1, 0, 0, 0, 77, 0, 0, 0)},
	{"NFLOG attribute of no size",  239, KS_LINK_UNKNOWN, BYTES(2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0)},
	{"radiotap version 1",          127, KS_LINK_UNKNOWN, BYTES(1, 0, 8, 0, 0, 0, 0, 0)},
	{"Ethernet without bytes",        1, KS_LINK_CUT, BYTES(MACS)},
	{"VLAN without tag",              1, KS_LINK_CUT, BYTES(MACS, 0x81, 0, 0)},
	{"ARP",                           1, KS_NOT_DNS,  BYTES(MACS, 8, 6, 0, 1, 8, 0)},
	{"spanning tree",                 1, KS_NOT_DNS,  BYTES(MACS, 0, 3, 0x42, 0x42, 3, 0, 0)},
	{"802.3 length below LLC",        1, KS_NOT_DNS,  BYTES(MACS, 0, 2, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)},
	{"PPPoE discovery code",          1, KS_NOT_DNS,  BYTES(MACS, 0x88, 0x64, 0x11, 9, 0, 0, 0, 2, 0, 0x21)},
	{"PPP link control",              9, KS_NOT_DNS,  BYTES(0xff, 3, 0xc0, 0x21, 1)},
	{"802.11 beacon",               105, KS_NOT_DNS,  BYTES(WIFI(0x80, 0))},
	{"802.11 encrypted",            105, KS_NOT_DNS,  BYTES(WIFI(8, 0x41), SNAP, 8, 0)},
	{"MPLS around a pseudowire",      1, KS_NOT_DNS,  BYTES(MACS, 0x88, 0x47, 0, 1, 1, 64, 0, 0, 0, 0)},
	{"RAW of version 5",            101, KS_IP_BAD,   BYTES(0x55)},
	{"RAW without bytes",           101, KS_IP_BAD,   BYTES()},
	{"IPv4 of version 6",             1, KS_IP_BAD,   BYTES(MACS, 8, 0, 0x65, [33] = 0)},
	{"IPv4 header of 16 bytes",     101, KS_IP_BAD,   BYTES(0x44, 0, 0, 20, [19] = 0)},
	{"IPv4 shorter than its header", 101, KS_IP_BAD,  BYTES(0x46, 0, 0, 20, [23] = 0)},
	{"IPv4 ends in its header",     101, KS_IP_BAD,   BYTES(0x45, 0, 0, 19, [18] = 0)},
	{"IPv6 ends in its header",     101, KS_IP_BAD,   BYTES(0x60, [38] = 0)},
	{"IPv6 option beyond the end",  101, KS_IP_BAD,   BYTES(0x60, [5] = 8, [40] = 17, 1, [47] = 0)},
	{"IPv6 no next header",         101, KS_NOT_DNS,  BYTES(0x60, [5] = 8, 59, [47] = 0)},
	{"IPv6 encrypted",              101, KS_NOT_DNS,  BYTES(0x60, [5] = 8, 50, [47] = 0)},
	{"IPv6 option in IPv4",         101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 28, [9] = 60, [20] = 17, [27] = 0)},
	{"OSPF",                        101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 28, [9] = 89, [27] = 0)},
	{"UDP of three bytes",          101, KS_TRANSPORT_BAD, BYTES(0x45, 0, 0, 23, [9] = 17, [22] = 0)},
	{"GRE with routing",            101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 28, [9] = 47, [20] = 0x40, 0, 8, 0, [27] = 0)},
	{"GRE version 2",               101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 24, [9] = 47, [20] = 0, 2, 8, 0)},
	{"PPTP acknowledgement",        101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 32, [9] = 47, [20] = 0x20, 0x81, 0x88, 0x0b, [31] = 0)},
	{"VXLAN without a network",     101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 36, [9] = 17, [20] = 0, 1, 0x12, 0xb5, 0, 16, [35] = 0)},
	{"GTP-U, chain of no size",     101, KS_NOT_DNS,  BYTES(0x45, 0, 0, 44, [9] = 17, [20] = 0, 1, 8, 0x68, 0, 24, [28] = 0x34, 255, 0, 8, [39] = 0x85, [43] = 0)},
};
/* clang-format on */

Test(layer, what_is_no_dns_says_why)
{
	for (size_t i = 0; i < KS_COUNT(refusals); i++) {
		struct frame f = {.at = ROOM};
		struct ks_walk walk;
		put(&f, refusals[i].bytes, refusals[i].n);
		const enum ks_verdict got = walk_frame(&walk, &f, refusals[i].linktype);
		cr_assert(got == refusals[i].want, "%s: %s", refusals[i].what, ks_verdict_name(got));
	}
}

/* clang-format off */
static const struct {
	const char *what; uint16_t ip, udp; size_t padding; enum ks_verdict want; unsigned cap_len, len;
} lengths[] = {
	{"honest",                     45, 25, 0,  KS_DNS, 17, 17},
	{"padded by the link",         45, 25, 9,  KS_DNS, 17, 17},
	{"padded within IP",           50, 25, 5,  KS_DNS, 17, 17},
	{"segmentation offload",       0,  0,  0,  KS_DNS, 17, 17},
	{"UDP length left out",        45, 0,  0,  KS_DNS, 17, 17},
	{"UDP shorter than IP says",   45, 20, 0,  KS_DNS, 12, 12},
	{"UDP longer than IP says",    45, 99, 0,  KS_DNS, 17, 17},
	{"IP longer than the frame",   145, 125, 0, KS_DNS, 17, 117},
	{"UDP without payload",        45, 8,  0,  KS_DNS_EMPTY, 0, 0},
	{"UDP shorter than itself",    45, 7,  0,  KS_TRANSPORT_BAD, 0, 0},
	{"IP ends in the UDP header",  26, 25, 0,  KS_TRANSPORT_BAD, 0, 0},
};
/* clang-format on */

Test(layer, lengths_come_from_headers)
{
	for (size_t i = 0; i < KS_COUNT(lengths); i++) {
		struct frame f = {.at = ROOM};
		struct ks_walk walk;
		put(&f, (uint8_t[16]){0}, lengths[i].padding);
		put(&f, query, QUERY);
		put_udp(&f, SPORT, DPORT);
		put_ipv4(&f, KS_PROTO_UDP, 1);
		set16(&f, 2, lengths[i].ip);
		set16(&f, 24, lengths[i].udp);
		const enum ks_verdict got = walk_raw(&walk, &f);
		cr_assert(got == lengths[i].want, "%s: %s", lengths[i].what, ks_verdict_name(got));
		if (got == KS_DNS)
			cr_assert(walk.dg.cap_len == lengths[i].cap_len && walk.dg.len == lengths[i].len,
				  "%s: %u of %u", lengths[i].what, walk.dg.cap_len, walk.dg.len);
	}
}

Test(layer, only_named_ports_are_dns)
{
	static const struct {
		unsigned sport, dport;
		bool dns;
	} rows[] = {{53, 53, true},      {53, 1, true},    {1, 53, true},     {53, 4789, true},
		    {5353, 5353, false}, {5355, 9, false}, {65535, 0, false}, {853, 853, false}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct frame f = {.at = ROOM};
		struct ks_walk walk;
		put(&f, query, QUERY);
		put_udp(&f, rows[i].sport, rows[i].dport);
		put_ipv4(&f, KS_PROTO_UDP, 1);
		const enum ks_verdict want = rows[i].dns ? KS_DNS : KS_NOT_DNS;
		cr_assert(walk_raw(&walk, &f) == want, "%u to %u", rows[i].sport, rows[i].dport);
	}
}

Test(layer, headers_nest_only_so_deep)
{
	for (unsigned tags = KS_LAYERS_MAX - 3; tags <= KS_LAYERS_MAX; tags++) {
		struct frame f;
		struct ks_walk walk;
		put_query(&f, false);
		put(&f, (uint8_t[]){8, 0}, 2);
		for (unsigned i = 0; i < tags; i++)
			put(&f, (uint8_t[]){0x81, 0, 0, 5}, 4);
		put(&f, (uint8_t[]){MACS}, 12);
		/* Ethernet, IPv4 and UDP count as well. */
		const enum ks_verdict want = tags + 3 <= KS_LAYERS_MAX ? KS_DNS : KS_TOO_DEEP;
		cr_assert(walk_frame(&walk, &f, 1) == want, "%u tags", tags);
	}
}

/* Extension headers, each of the shortest size, between an IPv6 header and the query's UDP. */
static enum ks_verdict
walk_extended(struct ks_walk *walk, struct frame *f, uint8_t number, const uint8_t *header, size_t n)
{
	*f = (struct frame){.at = ROOM};
	put(f, query, QUERY);
	put_udp(f, SPORT, DPORT);
	set16(f, 6, 1); /* a wrong checksum */
	put(f, header, n);
	put_ipv6(f, number, 1);
	return walk_raw(walk, f);
}

Test(layer, extension_headers_are_passed)
{
	static const uint8_t common[] = {0, 43, 60, 135, 139, 140}, option[16] = {KS_PROTO_UDP, 1, 0, 1};
	static const uint8_t auth[12] = {KS_PROTO_UDP, 1}, atomic[8] = {KS_PROTO_UDP};
	struct frame f;
	struct ks_walk walk;
	for (size_t i = 0; i < KS_COUNT(common); i++) {
		cr_assert(walk_extended(&walk, &f, common[i], option, 16) == KS_DNS, "header %u", common[i]);
		cr_assert(walk.dg.len == QUERY && walk.dg.ip_bytes == size_of(&f), "header %u", common[i]);
		/* A routing header hides the address that the checksum is made of. */
		const int want = common[i] == 43 ? KS_CHECKSUM_UNKNOWN : KS_CHECKSUM_BAD;
		cr_assert(eq(int, walk.dg.checksum, want), "header %u", common[i]);
	}
	cr_assert(walk_extended(&walk, &f, 51, auth, 12) == KS_DNS && walk.dg.len == QUERY);
	cr_assert(walk_extended(&walk, &f, 44, atomic, 8) == KS_DNS && walk.dg.len == QUERY);
}

Test(layer, ipv4_options_are_passed)
{
	struct frame f = {.at = ROOM};
	struct ks_walk walk;
	put(&f, query, QUERY);
	put_udp(&f, SPORT, DPORT);
	put(&f, (uint8_t[4]){1, 1, 1, 0}, 4);
	put_ipv4(&f, KS_PROTO_UDP, 1);
	f.room[f.at] = 0x46;
	cr_assert(walk_raw(&walk, &f) == KS_DNS);
	cr_assert(walk.dg.len == QUERY && walk.dg.ip_bytes == 49);
}

/* A fragment of 16 bytes somewhere in the middle. */
static void
put_fragment(struct frame *f, bool v6)
{
	*f = (struct frame){.at = ROOM};
	put(f, query, 8);
	put_udp(f, SPORT, DPORT);
	if (v6) {
		put(f, (uint8_t[8]){KS_PROTO_UDP, 0, 0x12, 0x39, 1, 2, 3, 4}, 8);
		put_ipv6(f, 44, 1);
		return;
	}
	put_ipv4(f, KS_PROTO_UDP, 1);
	set16(f, 4, 0x0304);
	set16(f, 6, 0x2000 | 0x1238 / 8);
}

Test(layer, fragments_say_where_they_belong)
{
	for (int v6 = 0; v6 <= 1; v6++) {
		struct frame f;
		struct ks_walk walk;
		put_fragment(&f, v6);
		cr_assert(walk_cut(&walk, &f, 101, size_of(&f) - 3) == KS_FRAGMENT_PENDING);
		const struct ks_frag_piece *const piece = &walk.piece;
		cr_assert(walk.is_fragment && piece->more && piece->v6 == (v6 == 1));
		cr_assert(eq(u32, piece->id, v6 ? 0x01020304 : 0x0304));
		cr_assert(eq(u32, piece->offset, 0x1238));
		cr_assert(piece->len == 16 && piece->cap_len == 13 && piece->data[1] == (SPORT & 0xff));
		cr_assert(piece->src.b[15] == 1 && piece->dst.b[15] == 1 && piece->proto == KS_PROTO_UDP);
		cr_assert(piece->ip_bytes == size_of(&f) && piece->wire_bytes == size_of(&f));
		cr_assert(eq(i64, piece->time_ns, 7));
	}
}

Test(layer, a_joined_datagram_goes_on)
{
	struct frame f, whole;
	struct ks_walk walk;
	put_fragment(&f, false);
	cr_assert(walk_raw(&walk, &f) == KS_FRAGMENT_PENDING);
	put_query(&whole, false);
	const struct ks_frag_whole joined = {whole.room + whole.at + 20, 25, 25, 85, 113, 3};
	cr_assert(ks_layers_resume(&walk, &joined) == KS_DNS);
	cr_assert(walk.dg.packets == 3 && walk.dg.ip_bytes == 85 && walk.dg.wire_bytes == 113);
	cr_assert(walk.dg.len == QUERY && walk.dg.cap_len == QUERY && walk.dg.src.b[15] == 1 &&
		  !walk.is_fragment);
}

Test(layer, fragments_within_joined_datagrams_are_refused)
{
	struct frame f, whole;
	struct ks_walk walk;
	put_fragment(&f, false);
	f.room[f.at + 9] = IPIP;
	cr_assert(walk_raw(&walk, &f) == KS_FRAGMENT_PENDING);
	put_fragment(&whole, false);
	const uint32_t n = (uint32_t)size_of(&whole);
	const struct ks_frag_whole joined = {whole.room + whole.at, n, n, n, n, 2};
	cr_assert(ks_layers_resume(&walk, &joined) == KS_TOO_DEEP);
}

/* An ICMP error of host 9 that quotes the first `n` bytes of the query's packet. */
static enum ks_verdict
walk_quote(struct ks_walk *walk, bool v6, uint8_t type, size_t n)
{
	struct frame quoted, f = {.at = ROOM};
	put_query(&quoted, v6);
	put(&f, quoted.room + quoted.at, n);
	put(&f, (uint8_t[8]){type, 3}, 8);
	put_ip(&f, v6, v6 ? KS_PROTO_ICMP6 : KS_PROTO_ICMP, 9);
	return walk_raw(walk, &f);
}

Test(layer, icmp_errors_quote)
{
	struct ks_walk walk;
	for (int v6 = 0; v6 <= 1; v6++) {
		const size_t ip = v6 ? 40 : 20, whole = ip + 8 + QUERY;
		const uint8_t type = v6 ? 1 : 3;
		for (size_t n = 0; n <= whole; n++) {
			const enum ks_verdict want = n >= ip + 4 ? KS_DNS : KS_NOT_DNS;
			cr_assert(walk_quote(&walk, v6, type, n) == want, "%zu bytes", n);
			if (want != KS_DNS)
				continue;
			cr_assert(walk.in_icmp_error && walk.icmp_type == type && walk.icmp_code == 3);
			cr_assert(walk.icmp_from.b[15] == 9 && walk.dg.src.b[15] == 1 &&
				  walk.dg.dport == DPORT);
			cr_assert(walk.dg.ip_bytes == whole &&
				  walk.dg.cap_len == (n > ip + 8 ? n - ip - 8 : 0));
			cr_assert(n < ip + 8 || walk.dg.len == QUERY, "%zu bytes", n);
		}
		cr_assert(walk_quote(&walk, v6, v6 ? 128 : 8, whole) == KS_NOT_DNS, "an echo quotes nothing");
	}
}

Test(layer, icmp_errors_quote_no_icmp_errors)
{
	struct frame f;
	struct ks_walk walk;
	put_query(&f, false);
	for (int i = 0; i < 2; i++) {
		put(&f, (uint8_t[8]){11}, 8);
		put_ipv4(&f, KS_PROTO_ICMP, 9);
	}
	cr_assert(walk_raw(&walk, &f) == KS_NOT_DNS);
}

Test(layer, icmp_errors_quote_first_fragments_only)
{
	for (unsigned first = 0; first <= 1; first++) {
		struct frame f;
		struct ks_walk walk;
		put_fragment(&f, false);
		if (first == 1)
			set16(&f, 6, 0x2000);
		f.room[f.at + 23] = DPORT; /* a later fragment may look like a header */
		put(&f, (uint8_t[8]){11, 1}, 8);
		put_ipv4(&f, KS_PROTO_ICMP, 9);
		cr_assert(walk_raw(&walk, &f) == (first == 1 ? KS_DNS : KS_NOT_DNS));
	}
}

Test(layer, icmp_quotes_end_where_extensions_begin)
{
	static const uint8_t extension[12] = {0x20};
	struct frame f = {.at = ROOM};
	struct ks_walk walk;
	put(&f, extension, 12);
	put(&f, (uint8_t[100]){0}, 100); /* 128 bytes of a packet that had 328 */
	put_udp(&f, SPORT, DPORT);
	put_ipv4(&f, KS_PROTO_UDP, 1);
	set16(&f, 2, 328);
	put(&f, (uint8_t[8]){11, 0, [5] = 128 / 4}, 8);
	put_ipv4(&f, KS_PROTO_ICMP, 9);
	cr_assert(walk_raw(&walk, &f) == KS_DNS && walk.dg.cap_len == 100);
}

Test(layer, tcp_segments_keep_their_facts)
{
	static const struct {
		uint8_t words;
		size_t cap_len;
		enum ks_verdict want;
		uint32_t len;
	} rows[] = {{8, 69, KS_DNS, QUERY},       {5, 69, KS_DNS, QUERY + 12},   {8, 56, KS_DNS, QUERY},
		    {4, 69, KS_TRANSPORT_BAD, 0}, {13, 69, KS_TRANSPORT_BAD, 0}, {8, 51, KS_TRANSPORT_CUT, 0},
		    {8, 39, KS_TRANSPORT_CUT, 0}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct frame f = {.at = ROOM};
		struct ks_walk walk;
		put(&f, query, QUERY);
		put(&f, (uint8_t[32]){0, 53, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, [13] = 0x18}, 32);
		f.room[f.at + 12] = (uint8_t)(rows[i].words << 4);
		put_ipv4(&f, KS_PROTO_TCP, 1);
		cr_assert(walk_cut(&walk, &f, 101, rows[i].cap_len) == rows[i].want, "row %zu", i);
		if (rows[i].want != KS_DNS)
			continue;
		const struct ks_datagram *const dg = &walk.dg;
		cr_assert(dg->proto == KS_PROTO_TCP && dg->sport == 53 && dg->dport == 0x0102, "row %zu", i);
		cr_assert(dg->tcp_seq == 0x01020304 && dg->tcp_ack == 0x05060708, "row %zu", i);
		cr_assert(dg->tcp_flags == (KS_TCP_PSH | KS_TCP_ACK) && dg->len == rows[i].len, "row %zu", i);
	}
}

/* By the letter of RFC 768: two octets at a time, in network byte order. */
static unsigned
plain_sum(unsigned sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

Test(layer, checksums_are_of_rfc_768)
{
	for (size_t n = 1; n < 300; n++) {
		const bool v6 = n % 3 == 0;
		struct frame f = {.at = ROOM};
		struct ks_walk walk;
		uint8_t bytes[300];
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 151 + n * 7);
		put(&f, bytes, n);
		put_udp(&f, SPORT, DPORT);
		const unsigned datagram = plain_sum(17 + 8 + (unsigned)n, f.room + f.at, 8 + n);
		put_ip(&f, v6, KS_PROTO_UDP, 1);
		const size_t ip = v6 ? 40 : 20, addresses = v6 ? 8 : 12;
		const unsigned sum = plain_sum(datagram, f.room + f.at + addresses, ip - addresses);
		cr_assert(walk_raw(&walk, &f) == KS_DNS);
		cr_assert(eq(int, walk.dg.checksum, v6 ? KS_CHECKSUM_BAD : KS_CHECKSUM_NONE), "%zu: none", n);
		set16(&f, ip + 6, sum == 0xffff ? 0xffff : ~sum & 0xffff);
		cr_assert(walk_raw(&walk, &f) == KS_DNS);
		cr_assert(eq(int, walk.dg.checksum, KS_CHECKSUM_GOOD), "%zu: good", n);
		cr_assert(walk_cut(&walk, &f, 101, size_of(&f) - 1) == KS_DNS);
		cr_assert(eq(int, walk.dg.checksum, KS_CHECKSUM_UNKNOWN), "%zu: cut", n);
		f.room[ROOM - 1] ^= 0x10;
		cr_assert(walk_raw(&walk, &f) == KS_DNS);
		cr_assert(eq(int, walk.dg.checksum, KS_CHECKSUM_BAD), "%zu: bad", n);
	}
}
