/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/filter.h -- BPF expressions, compiled by libpcap for each link type that turns up.
 *
 * Memory:  a small cache of programs; compiled at the first packet of a link type, not per packet.
 * Threads: one owner at a time. */
#ifndef KS_CAPTURE_FILTER_H
#define KS_CAPTURE_FILTER_H

#include "dissect/err.h"
#include "dissect/packet.h"

struct ks_filter;

/* An expression that means something for `linktype` (-1: unknown) or for Ethernet; else KS_ERR_USAGE.
 * What is meant for another link type than the packets at hand is not wrong: it matches none of them. */
KS_MUST_CHECK enum ks_error ks_filter_open(const char *expression, int linktype, struct ks_filter **ret,
					   struct ks_diag *diag);

/* False also for a link type the expression says nothing about. */
bool ks_filter_match(struct ks_filter *filter, const struct ks_packet *packet);

/* The expression means something for packets of this link type. */
bool ks_filter_applies(struct ks_filter *filter, int linktype);

/* Takes NULL. */
void ks_filter_close(struct ks_filter *filter);

#endif
