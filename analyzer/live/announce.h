/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/announce.h -- what changed about storms since the last look.
 *
 * Input:   rounds: begin, one call for each storm that is on, end. A storm that was not there in the round
 * before has begun, one that is there no more has ended. Memory:  fixed; storms of more than KS_ANNOUNCE_MAX
 * zones at once are counted in `passed_over`, not told. Threads: one owner. No clock, no I/O. */
#ifndef KS_LIVE_ANNOUNCE_H
#define KS_LIVE_ANNOUNCE_H

#include "dissect/base.h"
#include "dissect/name.h"

enum { KS_ANNOUNCE_MAX = 64, KS_ALARM_TEXT = 3000 };

/* A storm as it stands. */
struct ks_alarm {
	bool begins;             /* otherwise it ended */
	bool began_before;       /* before the capture: start_s is not meant */
	char zone[KS_NAME_TEXT]; /* presentation form */
	int64_t start_s, end_s;  /* first bin, and behind the last one known */
	uint32_t bin_s;
	double qps, base_qps; /* DNSKEY queries: mean in the storm, and before */
	double uplift;        /* INFINITY: nothing was asked before */
};

typedef void ks_announce_fn(void *arg, const struct ks_alarm *alarm);

struct ks_announcer {
	struct ks_announced {
		struct ks_alarm alarm; /* as it was told of last; zone "": place is free */
		bool on;               /* in this round */
	} list[KS_ANNOUNCE_MAX];
	uint64_t passed_over;
};

void ks_announce_begin(struct ks_announcer *announcer);
void ks_announce_storm(struct ks_announcer *announcer, const struct ks_alarm *storm, ks_announce_fn *tell,
		       void *arg);
void ks_announce_end(struct ks_announcer *announcer, ks_announce_fn *tell, void *arg);

/* --- what an alarm looks like --- */

/* A sentence, a JSON object, or NAME=VALUE strings for an environment, each with a NUL behind it. All are
 * ASCII of one line; a name's own octets are escaped in its presentation form, and once more in JSON. Returns
 * the length. */
size_t ks_alarm_sentence(const struct ks_alarm *alarm, char ret[KS_ALARM_TEXT]);
size_t ks_alarm_json(const struct ks_alarm *alarm, char ret[KS_ALARM_TEXT]);
size_t ks_alarm_environment(const struct ks_alarm *alarm, const char *database, char ret[KS_ALARM_TEXT]);

#endif
