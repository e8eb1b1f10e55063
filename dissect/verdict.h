/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/verdict.h -- what became of a packet.
 *
 * Every packet read ends in exactly one of these; the counters of all verdicts add up to the number
 * of packets. A verdict is the packet's fault and is data: it is counted, never logged. The list is
 * written once; the enum, the names in `report quality` and the notes there all come from it. */
#ifndef KS_DISSECT_VERDICT_H
#define KS_DISSECT_VERDICT_H

#include "dissect/base.h"

/* X(constant, counter name, note for the operator) */
#define KS_VERDICTS(X)                                                                                       \
	X(DNS, "dns", "packets that carried DNS; what they said is in the other reports")                    \
	X(NOT_DNS, "not_dns", "other traffic of the link: no DNS port (name more with --port N)")            \
	X(FRAGMENT_PENDING, "fragments_pending",                                                             \
	  "fragments whose datagram never became whole: look for loss or a filter that drops fragments")     \
	X(FRAGMENT_REFUSED, "fragments_refused",                                                             \
	  "fragments that overlap, pass 65535 bytes or contradict each other")                               \
	X(TCP_CONTROL, "tcp_control",                                                                        \
	  "TCP on a DNS port without payload: handshakes, acknowledgements, ends")                           \
	X(TCP_PENDING, "tcp_pending", "TCP segments in which no DNS message ended")                          \
	X(TCP_REPEATED, "tcp_repeated", "TCP segments whose bytes had been seen before")                     \
	X(TCP_UNALIGNED, "tcp_unaligned",                                                                    \
	  "TCP segments in which no message start could be found: capture began late or lost packets")       \
	X(ICMP_QUOTED, "icmp_quoted", "ICMP errors that quote DNS: evidence, not traffic of their own")      \
	X(DUPLICATE, "duplicates",                                                                           \
	  "packets the mirror delivered twice: counted once; check the mirror's direction")                  \
	X(OTHER_SERVER, "other_server", "DNS of servers not named by --server")                              \
	X(TIME_APART, "time_apart",                                                                          \
	  "packets over a day away from those before and behind: the file, or its host's clock, is damaged") \
	X(LINK_UNKNOWN, "link_unknown", "link type is not known; the counters link_type_N say which")        \
	X(LINK_CUT, "link_cut", "the packet ends inside its link header: capture with -s 0")                 \
	X(IP_CUT, "ip_cut", "the packet ends inside its IP header: capture with -s 0")                       \
	X(IP_BAD, "ip_bad", "the IP header contradicts itself")                                              \
	X(TOO_DEEP, "too_deep", "more nested headers than any honest packet has")                            \
	X(TRANSPORT_CUT, "transport_cut", "the packet ends inside its UDP or TCP header: capture with -s 0") \
	X(TRANSPORT_BAD, "transport_bad", "the UDP or TCP header contradicts itself")                        \
	X(DNS_EMPTY, "dns_empty", "UDP on a DNS port without payload")                                       \
	X(DNS_CUT, "dns_cut", "the snap length ended the packet inside its DNS header: capture with -s 0")   \
	X(DNS_MALFORMED, "dns_malformed", "bytes on a DNS port that are no DNS message")

enum ks_verdict {
#define KS_VERDICT_ENUM(constant, name, note) KS_##constant,
	KS_VERDICTS(KS_VERDICT_ENUM)
#undef KS_VERDICT_ENUM
		KS_VERDICT_COUNT
};

/* Counter name and note, as the list above gives them; never NULL for a verdict of the list. */
const char *ks_verdict_name(enum ks_verdict verdict);
const char *ks_verdict_note(enum ks_verdict verdict);

#endif
