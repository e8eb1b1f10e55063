/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/renewal.h"

#include <stdio.h>
#include <string.h>

#include "dissect/rrtype.h"

/* Of one type: when expired signatures were seen. */
struct outage {
	int64_t first_ns, last_ns;
};

static void
add_expired(struct outage *outage, const struct ks_fact_signature *signature)
{
	if (signature->expired == 0)
		return;
	if (outage->first_ns == KS_TIME_UNKNOWN || signature->first_expired_ns < outage->first_ns)
		outage->first_ns = signature->first_expired_ns;
	if (outage->last_ns == KS_TIME_UNKNOWN || signature->last_expired_ns > outage->last_ns)
		outage->last_ns = signature->last_expired_ns;
}

static bool
renews(const struct ks_fact_signature *signature, const struct outage *outage)
{
	return !signature->folded && signature->expired == 0 && signature->future == 0 &&
	       signature->first_ns > outage->first_ns && signature->last_ns > outage->last_ns;
}

static struct ks_event *
event_of(struct ks_events *events, size_t from, const struct ks_fact_signature *signer, int64_t before_ns)
{
	for (size_t i = from; i < events->n; i++)
		if (events->at[i].tag == signer->tag && events->at[i].algorithm == signer->algorithm)
			return &events->at[i];
	struct ks_event *const event =
		ks_events_add(events, KS_EVENT_SIG_RENEWED, before_ns, signer->first_ns);
	if (event == NULL)
		return NULL;
	event->tag = signer->tag;
	event->algorithm = signer->algorithm;
	(void)snprintf(event->detail, sizeof(event->detail), "types");
	return event;
}

/* A signer has one word for a type, however many validities it has: types come in order. */
static void
add_type(struct ks_event *event, uint16_t type)
{
	char word[KS_RRTYPE_TEXT];
	const size_t n = strlen(event->detail);
	const char *const name = ks_rrtype_name(type, word);
	const size_t n_name = strlen(name);
	const bool is_last = n > n_name && strcmp(event->detail + n - n_name, name) == 0 &&
			     event->detail[n - n_name - 1] == ' ';
	if (!is_last && n + n_name + 2 < sizeof(event->detail))
		(void)snprintf(event->detail + n, sizeof(event->detail) - n, " %s", name);
}

static void
judge_type(const struct ks_fact_signature *signatures, size_t n, size_t from, struct ks_events *events)
{
	struct outage outage = {KS_TIME_UNKNOWN, KS_TIME_UNKNOWN};
	for (size_t i = 0; i < n; i++)
		add_expired(&outage, &signatures[i]);
	for (size_t i = 0; i < n && outage.first_ns != KS_TIME_UNKNOWN; i++) {
		const struct ks_fact_signature *const at = &signatures[i];
		if (!renews(at, &outage))
			continue;
		const int64_t before_ns = outage.last_ns < at->first_ns ? outage.last_ns : outage.first_ns;
		struct ks_event *const event = event_of(events, from, at, before_ns);
		if (event == NULL)
			continue;
		if (at->first_ns < event->t_ns) {
			event->t_ns = event->all_ns = at->first_ns;
			event->before_ns = before_ns;
		}
		add_type(event, at->type);
	}
}

void
ks_renewal_judge(const struct ks_zone_facts *facts, struct ks_events *events)
{
	const size_t from = events->n;
	for (size_t i = 0, n; i < facts->n_signatures; i += n) {
		for (n = 1; i + n < facts->n_signatures &&
			    facts->signatures[i + n].type == facts->signatures[i].type;)
			n++;
		judge_type(&facts->signatures[i], n, from, events);
	}
}
