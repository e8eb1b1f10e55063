/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/checksum.h -- the checksum of UDP (RFC 768, RFC 8200 s8.1; arithmetic: RFC 1071).
 *
 * Memory: none. Threads: no state. */
#ifndef KS_DISSECT_CHECKSUM_H
#define KS_DISSECT_CHECKSUM_H

#include "dissect/packet.h"

/* `header` is that of a UDP datagram of `n` octets, eight at least, between the addresses of `dg`; all are at
 * hand, and the checksum among them is not "none". Returns KS_CHECKSUM_GOOD or KS_CHECKSUM_BAD. */
KS_MUST_CHECK enum ks_checksum ks_udp_checksum(const struct ks_datagram *dg, const uint8_t *header,
					       uint32_t n);

#endif
