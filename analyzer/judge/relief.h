/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/relief.h -- what the operator of a server may do about a storm, and to whom.
 *
 * Input:   verdicts, as the fixed words of the reports, and what is known of a source. Pure functions.
 * Method:  DOMAIN C2. Addresses may be named only where they are known to be those of who asks: whoever
 * forges them wants the victim punished. A delay slows only a client that waits for answers, so a tier is
 *          chosen by behaviour, and the rate behind it is r(D) = 1 / (g + D) (DOMAIN 4-09), g being the gap
 *          from an answer to the client's next query.
 * Units:   milliseconds, queries per second. What is not known is NAN.
 * Memory:  none. Threads: no state. */
#ifndef KS_ANALYZER_JUDGE_RELIEF_H
#define KS_ANALYZER_JUDGE_RELIEF_H

#include "dissect/base.h"

/* What a verdict allows against a storm as a whole. */
enum ks_relief {
	KS_RELIEF_NAMED,  /* sources may be named, and all be limited */
	KS_RELIEF_PROVED, /* undecided: only sources whose address is proved may be named */
	KS_RELIEF_LIMIT,  /* forged addresses: limits for everybody, nobody is named */
	KS_RELIEF_REPAIR, /* the zone is broken: its operator is the cure, all clients are innocent */
	KS_RELIEF_PATH,   /* answers get lost: limits would lose more */
	KS_RELIEF_NONE,   /* nothing is wrong */
	KS_RELIEFS
};

/* `verdict`: a word of the reports; NULL and what is not known here count as undetermined. */
enum ks_relief ks_relief_of(const char *verdict);

/* Of a source in a storm: its own verdict counts; where it has none, that of the storm. A storm with forged
 * addresses needs the source's own verdict: an address that is proved elsewhere may be forged here.
 * `proved`: its address is no forgery, since it was answered over TCP. */
bool ks_relief_may_name(const char *source_verdict, enum ks_relief storm, bool proved);

/* How a source asks. */
enum ks_relief_tier {
	KS_TIER_OPEN,     /* does not wait for answers: a delay would not slow it */
	KS_TIER_REMEMBER, /* stops by itself for a while: the mildest */
	KS_TIER_UNKNOWN,  /* too little is known to be severe */
	KS_TIER_FORGET,   /* remembers no failure */
	KS_TIER_FLOOD,    /* likewise, and ten queries a second and more on average */
	KS_TIERS
};

struct ks_relief_habits {
	const char *memory_class; /* as in the reports; NULL: not known */
	double sci;               /* self-clocking index */
	double qps;               /* on average */
};
enum ks_relief_tier ks_relief_choose(const struct ks_relief_habits *habits);

/* The delay of a tier: 250 ms doubled by tier, 2 s at most, since behind a client's patience a delayed answer
 * is a lost one, which it asks another server for. 0 of KS_TIER_OPEN. */
unsigned ks_relief_delay_ms(enum ks_relief_tier tier);

/* r(D): queries per second of a client that waits for answers delayed by `delay_ms`; NAN when the gap is not
 * known or both are 0. */
double ks_relief_rate_qps(double gap_ms, double delay_ms);

/* A limit per address that leaves room for the busiest source that is none of the offenders: twice its rate,
 * `least` at least, whole; `least` when the rate is not known. */
uint32_t ks_relief_limit_qps(double busiest_qps, uint32_t least);

#endif
