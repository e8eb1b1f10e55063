/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/dns_p.h -- the two parts of a message that dns_known.c reads apart; private to dissect/. */
#ifndef KS_DISSECT_DNS_P_H
#define KS_DISSECT_DNS_P_H

#include "dissect/cursor.h"
#include "dissect/dns.h"

/* Header, question, answers and authority of a message that ks_dns_read found whole, with one question. The
 * cursor stands at the additional section then. False: it is no such message. */
KS_MUST_CHECK bool ks_dns_read_front(struct ks_span message, struct ks_cur *cur, struct ks_dns *ret);

/* The additional section, behind a front in `ret`; false when a record does not fit. `ret` is complete then.
 */
KS_MUST_CHECK bool ks_dns_read_back(struct ks_span message, struct ks_cur *cur, struct ks_dns *ret);

#endif
