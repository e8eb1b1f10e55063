/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/container.h -- what a reader of a container answers, and what bounds it.
 *
 * The readers are our own and not libpcap's, for three reasons: libpcap refuses a pcapng file whose
 * interfaces differ in link type or snap length, which every `-i any -i eth0` capture is; it reads
 * through stdio, which leaves no cheap place to hash and decompress the bytes; and records handed out
 * in place from large reads cost less than half of pcap_loop. libpcap still compiles and runs the
 * filters (filter.h), and is what the tests compare with. */
#ifndef KS_CAPTURE_CONTAINER_H
#define KS_CAPTURE_CONTAINER_H

#include "analyzer/capture/source.h"
#include "dissect/packet.h"

enum ks_read {
	KS_READ_PACKET,
	KS_READ_END,        /* between two records, as it should be */
	KS_READ_UNFINISHED, /* the bytes end inside a record: the diagnosis says which */
	KS_READ_CUT,        /* a record that cannot be: the diagnosis says why */
	KS_READ_MEMORY
};

enum {
/* MAXIMUM_SNAPLEN of libpcap and WTAP_MAX_PACKET_SIZE_STANDARD of Wireshark. Both allow more for
 * D-Bus, EBHSCR and USB captures, which carry no DNS. */
#ifdef KS_SMALL_WINDOWS
	KS_PACKET_MAX = 4096
#else
	KS_PACKET_MAX = 262144
#endif
};

/* Times leave the readers within 0 .. 2^62 (the year 2116), so that sums and differences of two of them
 * cannot overflow. A pcap file cannot reach either end, a pcapng file can claim anything. */
#define KS_TIME_MAX (INT64_C(1) << 62)

static_assert(UINT32_MAX * KS_NS_PER_S + UINT32_MAX * KS_NS_PER_US < KS_TIME_MAX, "pcap times need no clamp");

#endif
