/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/event.h"

#include <strings.h>

static const char *const names[KS_EVENT_KINDS] = {
	[KS_EVENT_KEY_ADDED] = "KEY_ADDED",         [KS_EVENT_KEY_REVOKED] = "KEY_REVOKED",
	[KS_EVENT_KEY_REMOVED] = "KEY_REMOVED",     [KS_EVENT_ALG_ADDED] = "ALG_ADDED",
	[KS_EVENT_ALG_REMOVED] = "ALG_REMOVED",     [KS_EVENT_SIGNER_CHANGED] = "SIGNER_CHANGED",
	[KS_EVENT_ZSK_ACTIVE] = "ZSK_ACTIVE",       [KS_EVENT_DS_ADDED] = "DS_ADDED",
	[KS_EVENT_DS_REMOVED] = "DS_REMOVED",       [KS_EVENT_DS_MISMATCH] = "DS_MISMATCH",
	[KS_EVENT_DS_PARTIAL] = "DS_PARTIAL",       [KS_EVENT_CDS_SIGNAL] = "CDS_SIGNAL",
	[KS_EVENT_SIG_FUTURE] = "SIG_FUTURE",       [KS_EVENT_SIG_EXPIRING] = "SIG_EXPIRING",
	[KS_EVENT_SIG_EXPIRED] = "SIG_EXPIRED",     [KS_EVENT_TTL_CHANGED] = "TTL_CHANGED",
	[KS_EVENT_PARAM_CHANGED] = "PARAM_CHANGED", [KS_EVENT_INCONSISTENT] = "INCONSISTENT",
	[KS_EVENT_SIG_RENEWED] = "SIG_RENEWED",     [KS_EVENT_CONSISTENT] = "CONSISTENT",
};

const char *
ks_event_name(enum ks_event_kind kind)
{
	assert(kind < KS_EVENT_KINDS);
	return names[kind];
}

bool
ks_event_parse(const char *text, enum ks_event_kind *ret)
{
	for (size_t i = 0; i < KS_EVENT_KINDS; i++)
		if (strcasecmp(text, names[i]) == 0) {
			*ret = (enum ks_event_kind)i;
			return true;
		}
	return false;
}
