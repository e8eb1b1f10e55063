/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/event.h -- what can happen to a zone's keys: the words.
 *
 * Method:  DOMAIN B9. Memory: static text. Threads: pure functions. */
#ifndef KS_ANALYZER_JUDGE_EVENT_H
#define KS_ANALYZER_JUDGE_EVENT_H

#include "dissect/base.h"

/* In this order where several happen at one instant: what was introduced before what uses it. */
enum ks_event_kind {
	KS_EVENT_KEY_ADDED,
	KS_EVENT_KEY_REVOKED,
	KS_EVENT_KEY_REMOVED,
	KS_EVENT_ALG_ADDED,
	KS_EVENT_ALG_REMOVED,
	KS_EVENT_SIGNER_CHANGED, /* of the DNSKEY RRset */
	KS_EVENT_ZSK_ACTIVE,     /* signer of any other type changed */
	KS_EVENT_DS_ADDED,
	KS_EVENT_DS_REMOVED,
	KS_EVENT_DS_MISMATCH, /* no DS fits a key that is served */
	KS_EVENT_DS_PARTIAL,  /* some DS fits none */
	KS_EVENT_CDS_SIGNAL,
	KS_EVENT_SIG_FUTURE,
	KS_EVENT_SIG_EXPIRING,
	KS_EVENT_SIG_EXPIRED,
	KS_EVENT_SIG_RENEWED,   /* valid again, after it had expired */
	KS_EVENT_TTL_CHANGED,   /* of the DNSKEY RRset */
	KS_EVENT_PARAM_CHANGED, /* of NSEC3 */
	KS_EVENT_INCONSISTENT,  /* servers answer differently */
	KS_EVENT_CONSISTENT,
	KS_EVENT_KINDS
};

/* "KEY_ADDED" and so on. */
const char *ks_event_name(enum ks_event_kind kind);

/* The kind called so, letters in any case; false when there is none. */
KS_MUST_CHECK bool ks_event_parse(const char *text, enum ks_event_kind *ret);

#endif
