/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/ring.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

/* Frames behind two MAC addresses, in hex; blanks do not count. What follows is zeros. */
static const struct {
	const char *what, *frame;
	bool wanted;
} frames[] = {
	{"UDP to port 53", "0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 0035", true},
	{"UDP from port 53", "0800 45000040 00000000 4011 0000 c0000201 c0000202 0035 3039", true},
	{"TCP to port 53", "0800 45000040 00000000 4006 0000 c0000201 c0000202 3039 0035", true},
	{"TCP to the port that was added", "0800 45000040 00000000 4006 0000 c0000201 c0000202 3039 0355",
	 true},
	{"UDP to port 80", "0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 0050", false},
	{"TCP to port 443", "0800 45000040 00000000 4006 0000 c0000201 c0000202 3039 01bb", false},
	{"IPv4 options before the ports",
	 "0800 46000040 00000000 4011 0000 c0000201 c0000202 01010101 3039 0035", true},
	{"a later fragment", "0800 45000040 000000b9 4011 0000 c0000201 c0000202 3039 0050", true},
	{"ICMP", "0800 45000040 00000000 4001 0000 c0000201 c0000202 0303", true},
	{"IP in IP", "0800 45000040 00000000 4004 0000 c0000201 c0000202", true},
	{"6in4", "0800 45000040 00000000 4029 0000 c0000201 c0000202", true},
	{"GRE", "0800 45000040 00000000 402f 0000 c0000201 c0000202", true},
	{"VXLAN", "0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 12b5", true},
	{"Geneve", "0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 17c1", true},
	{"GTP-U", "0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 0868", true},
	{"IPv6, UDP to port 53",
	 "86dd 60000000 0020 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 3039 "
	 "0035",
	 true},
	{"IPv6, UDP to port 80",
	 "86dd 60000000 0020 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 3039 "
	 "0050",
	 false},
	{"IPv6 fragment",
	 "86dd 60000000 0020 2c 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
	 "11000050",
	 true},
	{"IPv6 hop by hop",
	 "86dd 60000000 0020 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002 1100",
	 true},
	{"IPv6 destination options",
	 "86dd 60000000 0020 3c 40 20010db8000000000000000000000001 20010db8000000000000000000000002 1100",
	 true},
	{"ICMPv6",
	 "86dd 60000000 0020 3a 40 20010db8000000000000000000000001 20010db8000000000000000000000002 0200",
	 true},
	{"VLAN tag", "8100 0007 0800 45000040 00000000 4011 0000 c0000201 c0000202 3039 0035", true},
	{"service tag", "88a8 0007 8100 0007 0800 45000040 00000000 4011", true},
	{"old service tag", "9100 0007 8100 0007 0800 45000040 00000000 4011", true},
	{"MPLS", "8847 00064140 45000040 00000000 4011 0000 c0000201 c0000202 3039 0035", true},
	{"PPPoE", "8864 1100 0001 0022 0021 45000040", true},
	{"ARP", "0806 0001 0800 0604 0001", false},
	{"LLDP", "88cc 0207 04", false},
};

static size_t
frame_of(const char *hex, uint8_t ret[128])
{
	size_t n = 12; /* addresses */
	memset(ret, 0, 128);
	for (; *hex != '\0'; hex++) {
		unsigned octet;
		if (*hex == ' ')
			continue;
		cr_assert(sscanf(hex, "%2x", &octet) == 1);
		ret[n++] = (uint8_t)octet;
		hex++;
	}
	return n;
}

Test(ring, the_default_filter_keeps_what_may_hold_dns)
{
	static const uint16_t ports[] = {53, 853};
	char text[4096];
	struct bpf_program program;
	cr_assert(ks_ring_filter(ports, KS_COUNT(ports), /* link= */ true, text, sizeof(text)) > 0);
	pcap_t *const pcap = pcap_open_dead(DLT_EN10MB, 65536);
	cr_assert(pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0, "%s", pcap_geterr(pcap));
	for (size_t i = 0; i < KS_COUNT(frames); i++) {
		uint8_t frame[128];
		(void)frame_of(frames[i].frame, frame);
		const struct pcap_pkthdr header = {.caplen = sizeof(frame), .len = sizeof(frame)};
		const bool got = pcap_offline_filter(&program, &header, frame) != 0;
		cr_expect(got == frames[i].wanted, "%s", frames[i].what);
	}
	pcap_freecode(&program);
	pcap_close(pcap);
}

Test(ring, there_is_a_filter_for_links_without_ethernet)
{
	static const uint16_t ports[] = {53};
	static const int links[] = {DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL};
	char text[4096];
	cr_assert(ks_ring_filter(ports, 1, /* link= */ false, text, sizeof(text)) > 0);
	for (size_t i = 0; i < KS_COUNT(links); i++) {
		struct bpf_program program;
		pcap_t *const pcap = pcap_open_dead(links[i], 65536);
		cr_assert(pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0,
			  "link type %d: %s", links[i], pcap_geterr(pcap));
		pcap_freecode(&program);
		pcap_close(pcap);
	}
}

Test(ring, a_filter_that_does_not_fit_is_none)
{
	static const uint16_t ports[] = {53, 853};
	char text[4096];
	const size_t n = ks_ring_filter(ports, 2, true, text, sizeof(text));
	for (size_t size = 1; size <= n; size++)
		cr_expect(eq(sz, ks_ring_filter(ports, 2, true, text, size), 0));
	cr_expect(eq(sz, ks_ring_filter(ports, 2, true, text, n + 1), n));
}
