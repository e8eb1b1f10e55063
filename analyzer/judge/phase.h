/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/phase.h -- which step of which kind of rollover an event is.
 *
 * Keys are told by what they do: a key that signs DNSKEY is a KSK, one that signs other types a ZSK, one that
 * does both a CSK. The SEP flag decides only for keys that were never seen to sign (RFC 4034 s2.1.1: it must
 * not be used in validation).
 *
 * Phases:    zsk-publish, zsk-activate, zsk-remove; the same of ksk and csk; ksk-revoke; ds-publish,
 * ds-remove; algorithm-signatures, algorithm-keys, algorithm-keys-out, algorithm-signatures-out Methods:
 * pre-publish, double-signature, double-ds, double-rrset, algorithm, rfc5011, abrupt: published and used at
 * one time, with nothing of the old left Standards: RFC 6781 s4.1, RFC 7583 s2. Input: facts and events of
 * one zone. Threads: pure functions. */
#ifndef KS_ANALYZER_JUDGE_PHASE_H
#define KS_ANALYZER_JUDGE_PHASE_H

#include "analyzer/judge/zone.h"

struct ks_key_role {
	bool signs_keys, signs_data, sep;
};

/* Of the key with this tag; `algorithm` < 0: whichever. */
struct ks_key_role ks_phase_role(const struct ks_zone_facts *facts, int32_t tag, int32_t algorithm);

/* The event of this kind for this tag, the last one not behind `t_ns`; without one the first behind it; or
 * NULL. */
const struct ks_event *ks_phase_find(const struct ks_events *events, enum ks_event_kind kind, int32_t tag,
				     int64_t t_ns);

/* Did `a` surely come before `b`? */
static inline bool
ks_phase_is_before(const struct ks_event *a, const struct ks_event *b)
{
	return b->before_ns != KS_TIME_UNKNOWN && a->t_ns <= b->before_ns;
}

/* Fill in `phase` and `method` of all events, and the algorithm and key behind a tag where only one fits. */
void ks_phase_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
