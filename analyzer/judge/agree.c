/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/agree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dissect/rrtype.h"

/* Every period is held against every other one. */
enum { PERIODS_MAX = 1024, LEAST_S = 300, SPANS_MAX = 64 };

struct span {
	int64_t from_ns, to_ns;
	uint32_t node;
};

struct spans {
	struct span at[SPANS_MAX]; /* do not touch one another */
	size_t n;
};

static int64_t
patience_ns(const struct ks_zone_facts *facts)
{
	size_t n;
	const struct ks_zone_seen *const soa = ks_zone_seen_of(facts, KS_TYPE_SOA, &n);
	int64_t s = LEAST_S;
	for (size_t i = 0; i < n; i++)
		if (facts->contents[soa[i].content].soa_refresh_s > s)
			s = facts->contents[soa[i].content].soa_refresh_s;
	return s * KS_NS_PER_S;
}

/* Add a difference to those known; what it touches becomes one with it. */
static void
join(struct spans *spans, struct span span)
{
	for (size_t i = 0; i < spans->n;) {
		const struct span at = spans->at[i];
		if (at.to_ns < span.from_ns || at.from_ns > span.to_ns) {
			i++;
			continue;
		}
		if (at.from_ns <= span.from_ns) {
			span.from_ns = at.from_ns;
			span.node = at.node;
		}
		span.to_ns = at.to_ns > span.to_ns ? at.to_ns : span.to_ns;
		spans->at[i] = spans->at[--spans->n];
		i = 0;
	}
	if (spans->n < SPANS_MAX)
		spans->at[spans->n++] = span;
}

static bool
differ(const struct ks_zone_facts *facts, const struct ks_zone_seen *a, const struct ks_zone_seen *b)
{
	return a->node != b->node &&
	       memcmp(facts->contents[a->content].hash, facts->contents[b->content].hash,
		      sizeof(facts->contents->hash)) != 0;
}

static void
find_spans(const struct ks_zone_facts *facts, const struct ks_zone_seen *seen, size_t n, struct spans *ret)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			const struct ks_zone_seen *const a = &seen[i], *const b = &seen[k];
			struct span span = {
				.from_ns = a->first_ns > b->first_ns ? a->first_ns : b->first_ns,
				.to_ns = a->last_ns < b->last_ns ? a->last_ns : b->last_ns,
				.node = a->first_ns > b->first_ns ? a->node : b->node,
			};
			if (span.from_ns <= span.to_ns && differ(facts, a, b))
				join(ret, span);
		}
}

/* The first period that begins behind the difference: from then on they agree. */
static int64_t
agreed_ns(const struct ks_zone_seen *seen, size_t n, int64_t to_ns)
{
	int64_t t_ns = INT64_MAX;
	for (size_t i = 0; i < n; i++)
		if (seen[i].first_ns > to_ns && seen[i].first_ns < t_ns)
			t_ns = seen[i].first_ns;
	return t_ns;
}

static void
tell(const struct ks_zone_seen *seen, size_t n, const struct span *span, struct ks_events *events)
{
	const int64_t s = (span->to_ns - span->from_ns) / KS_NS_PER_S;
	struct ks_event *event = ks_events_add(events, KS_EVENT_INCONSISTENT, KS_TIME_UNKNOWN, span->from_ns);
	if (event != NULL) {
		event->node = span->node;
		(void)snprintf(event->detail, sizeof(event->detail), "for at least %" PRId64 " s", s);
	}
	const int64_t t_ns = agreed_ns(seen, n, span->to_ns);
	if (t_ns == INT64_MAX)
		return;
	event = ks_events_add(events, KS_EVENT_CONSISTENT, span->to_ns, t_ns);
	if (event != NULL)
		(void)snprintf(event->detail, sizeof(event->detail), "after %" PRId64 " s", s);
}

void
ks_agree_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	size_t n;
	const struct ks_zone_seen *const seen = ks_zone_seen_of(facts, KS_TYPE_DNSKEY, &n);
	const int64_t patience = patience_ns(facts);
	struct spans spans = {.n = 0};
	events->in_part |= n > PERIODS_MAX;
	find_spans(facts, seen, n < PERIODS_MAX ? n : PERIODS_MAX, &spans);
	for (size_t i = 0; i < spans.n; i++)
		if (spans.at[i].to_ns - spans.at[i].from_ns > patience)
			tell(seen, n, &spans.at[i], events);
}
