/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/chain.h -- does what the parent says of a zone fit the keys that the zone serves?
 *
 * DS and DNSKEY are compared where they were seen to stand at the same time, for each server of the zone:
 *   DS_MISMATCH   no DS of the parent fits a key of that server: whoever asks it cannot validate
 *   DS_PARTIAL    some DS fits none, as in the middle of a change
 *   CDS_SIGNAL    the zone asks its parent for other DS than there are, by CDS or CDNSKEY
 * A mismatch that another server of the zone does not have is the parent running ahead of some servers.
 *
 * Method:  DOMAIN B9, A5 5-02, 5-09. Standards: RFC 4035 s5.2, RFC 7344, RFC 8078 (algorithm 0: delete).
 * Input:   facts of one zone. Memory: none. Threads: pure function. */
#ifndef KS_ANALYZER_JUDGE_CHAIN_H
#define KS_ANALYZER_JUDGE_CHAIN_H

#include "analyzer/judge/zone.h"

void ks_chain_judge(const struct ks_zone_facts *facts, struct ks_events *events);

#endif
