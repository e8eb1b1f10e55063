/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/milestone.h -- steps of rollovers that somebody announced or wrote down.
 *
 * They come from a calendar, never from packets. A planned step is a plan: whether it was taken is for the
 * packets to say, so no text may read as if it had been.
 *
 * Memory: static, or the calendar's. Threads: pure functions. */
#ifndef KS_ANALYZER_JUDGE_MILESTONE_H
#define KS_ANALYZER_JUDGE_MILESTONE_H

#include "analyzer/judge/event.h"
#include "dissect/cursor.h"

enum { KS_TAG_UNKNOWN = -1 };

struct ks_milestone {
	struct ks_span zone; /* wire format, lower case */
	int64_t t_ns;
	enum ks_event_kind event;
	int32_t tag; /* or KS_TAG_UNKNOWN */
	bool planned;
	const char *note; /* "" if there is nothing to say */
};

/* The root's key-signing keys from 2010 to 2027, in order of time. */
extern const struct ks_milestone ks_root_milestones[];
extern const size_t ks_n_root_milestones;

#endif
