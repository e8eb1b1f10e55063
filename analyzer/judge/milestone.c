/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/milestone.h"

/* What is known to the day only stands at its midnight. Sources: for 2010, ICANN's and VeriSign's root DNSSEC
 * status updates; for 2017 to 2019, ICANN's KSK rollover pages and the messages to dns-operations of those
 * days (the revocation was at 14:00 UTC with serial 2019011100, the removal is known to the day); from 2025
 * on, the announcements of IANA and ICANN for KSK-2024. None of them can tell what became of a plan. */
#define AT(t_s) ((t_s)*KS_NS_PER_S)
#define ROOT                                                                                                 \
	{                                                                                                    \
		root, sizeof(root)                                                                           \
	}
static const uint8_t root[] = {0};

const struct ks_milestone ks_root_milestones[] = {
	{ROOT, AT(INT64_C(1279152000)) /* 2010-07-15 */, KS_EVENT_KEY_ADDED, 19036, false,
	 "root zone signed, trust anchor KSK-2010 published"},
	{ROOT, AT(INT64_C(1499731200)) /* 2017-07-11 */, KS_EVENT_KEY_ADDED, 20326, false,
	 "root KSK 20326 (KSK-2017) published"},
	{ROOT, AT(INT64_C(1539273600)) /* 2018-10-11 16:00 */, KS_EVENT_SIGNER_CHANGED, 20326, false,
	 "root KSK 20326 signs instead of 19036"},
	{ROOT, AT(INT64_C(1547215200)) /* 2019-01-11 14:00 */, KS_EVENT_KEY_REVOKED, 19036, false,
	 "root KSK 19036 revoked (its tag becomes 19164)"},
	{ROOT, AT(INT64_C(1553212800)) /* 2019-03-22 */, KS_EVENT_KEY_REMOVED, 19036, false,
	 "root KSK 19036 removed"},
	{ROOT, AT(INT64_C(1736553600)) /* 2025-01-11 */, KS_EVENT_KEY_ADDED, 38696, false,
	 "root KSK 38696 (KSK-2024) published"},
	{ROOT, AT(INT64_C(1791676800)) /* 2026-10-11 */, KS_EVENT_SIGNER_CHANGED, 38696, true,
	 "root KSK 38696 signs"},
	{ROOT, AT(INT64_C(1799625600)) /* 2027-01-11 */, KS_EVENT_KEY_REVOKED, 20326, true,
	 "root KSK 20326 revoked"},
};
const size_t ks_n_root_milestones = KS_COUNT(ks_root_milestones);
