/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/mitigate/mitigate.h -- configuration of name servers, written from the storms and offenders found.
 *
 * Input:   a plan: who may be named and how he is delayed was decided before (analyzer/judge/relief.h). Here
 *          are only words and quotes. Names of zones come out of packets: they reach a statement as wire
 *          form, each octet that is not plain as \DDD (RFC 1035 s5.1), and a comment without control octets.
 * Output:  a file that its software's own checker accepts, in the same bytes for the same plan. It is to be
 *          read before it is used, and says so.
 * Memory:  the buffer's. Threads: no state. */
#ifndef KS_REPORTS_MITIGATE_MITIGATE_H
#define KS_REPORTS_MITIGATE_MITIGATE_H

#include "analyzer/judge/relief.h"
#include "dissect/addr.h"
#include "dissect/name.h"
#include "reports/buf.h"

/* A heavy source of a zone in a storm. Rates are NAN where they are not known. */
struct ks_mitigate_source {
	struct ks_addr addr;
	bool named; /* else it is told only that somebody is not named */
	enum ks_relief_tier tier;
	unsigned delay_ms;
	double qps;                        /* DNSKEY queries for the zone, on average */
	double gap_ms;                     /* answer to next query */
	double undelayed_qps, delayed_qps; /* while it searches: r(0) and r(delay_ms) */
	bool sends_cookies;
	char tags[64];    /* of the trust anchors it reported, cut; "" when it reported none */
	char verdict[24]; /* "" when there is none */
};

struct ks_mitigate_zone {
	uint8_t wire[KS_NAME_MAX];
	size_t n_wire;
	char text[KS_NAME_TEXT]; /* presentation form */
	char verdict[24];        /* of its last storm with one; "undetermined" */
	enum ks_relief relief;
	double peak_qps, uplift;
	bool open;
	struct ks_mitigate_source *sources; /* most queries first */
	size_t n_sources, cap_sources;
};

struct ks_mitigate_plan {
	const char *tool; /* "keystorm X.Y.Z" */
	bool has_span;
	int64_t first_ns, last_ns;
	char vantage;           /* 0: not known */
	const char *zone_asked; /* --zone; NULL: all */
	bool known;             /* storms were looked for */
	struct ks_mitigate_zone *zones;
	size_t n_zones, cap_zones;
	size_t n_more_zones;          /* that found no room */
	size_t n_slow_burners;        /* offenders of zones without a storm */
	uint32_t dnskey_qps, all_qps; /* limits per address: leave room for those who do not offend */
};

/* Are all clients of this zone to be limited? Are addresses perhaps forged? */
bool ks_mitigate_limits(const struct ks_mitigate_zone *zone);
bool ks_mitigate_doubts(const struct ks_mitigate_zone *zone);
size_t ks_mitigate_named(const struct ks_mitigate_zone *zone);

/* One software. */
struct ks_mitigate_ops {
	const char *name;    /* as in --for */
	bool names;          /* it can treat a list of clients apart from the others */
	const char *title;   /* "BIND 9.18" */
	const char *comment; /* what a line of comment begins with */
	const char *check;   /* the command that checks the file */
	void (*caveats)(const struct ks_mitigate_plan *plan, struct ks_buf *buf);
	void (*statements)(const struct ks_mitigate_plan *plan, struct ks_buf *buf);
};
extern const struct ks_mitigate_ops ks_mitigate_dnsdist, ks_mitigate_nsd, ks_mitigate_bind, ks_mitigate_knot;

/* NULL: there is no such software. `ks_mitigate_names` is the list for the complaint. */
const struct ks_mitigate_ops *ks_mitigate_find(const char *name);
extern const char ks_mitigate_names[];

/* The whole file. */
void ks_mitigate_write(const struct ks_mitigate_plan *plan, const struct ks_mitigate_ops *ops,
		       struct ks_buf *buf);

/* --- for the files of this folder --- */

/* Sentences as comments of at most 100 columns; octets that do not print become '?'. */
void ks_mitigate_say(struct ks_buf *buf, const char *comment, const char *format, ...) KS_PRINTF(3, 4);

/* A name with its final dot, in double quotes; `backslash` is how the language spells one within them. */
void ks_mitigate_put_name(struct ks_buf *buf, const struct ks_mitigate_zone *zone, const char *backslash);

/* Of any zone; and of all together. */
bool ks_mitigate_any_limits(const struct ks_mitigate_plan *plan);
bool ks_mitigate_any_doubts(const struct ks_mitigate_plan *plan);
size_t ks_mitigate_all_named(const struct ks_mitigate_plan *plan, size_t *ret_with_cookies);

#endif
