/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/requery.h"

bool
ks_requery_is_answer(const struct ks_dns *dns)
{
	return (dns->flags & KS_FLAG_AA) != 0 && (dns->flags & KS_FLAG_TC) == 0 && dns->rcode == 0 &&
	       dns->dnskey.keys > 0;
}

int64_t
ks_requery_life_ns(const struct ks_dns *dns, int64_t t_ns)
{
	const struct ks_dnskey_answer *const answer = &dns->dnskey;
	int64_t life_s = KS_REQUERY_LIFE_MAX_NS / KS_NS_PER_S;
	const uint32_t ttls[] = {answer->key_ttl, answer->sig_ttl, answer->original_ttl};
	for (size_t i = 0; i < KS_COUNT(ttls); i++)
		if (ttls[i] < life_s)
			life_s = ttls[i];
	for (uint32_t i = 0; i < answer->expirations; i++) {
		/* Serial number arithmetic, RFC 4034 s3.1.5 and RFC 1982. */
		const int32_t left_s =
			(int32_t)(answer->expiration[i] - (uint32_t)(uint64_t)(t_ns / KS_NS_PER_S));
		if (left_s > 0 && left_s < life_s)
			life_s = left_s;
	}
	return life_s * KS_NS_PER_S;
}

static enum ks_requery
class_of(int64_t gap_ns, int64_t life_ns)
{
	/* Caches count whole seconds and renew in the last tenth: from there on it is a refresh. */
	const int64_t renewal_ns = life_ns / 10 * 9 - KS_NS_PER_S;
	if (gap_ns >= renewal_ns || gap_ns >= KS_REQUERY_COOL_NS)
		return KS_RQ_REFRESH;
	if (gap_ns < KS_REQUERY_HOT_NS)
		return KS_RQ_HOT;
	return gap_ns < KS_REQUERY_WARM_NS ? KS_RQ_WARM : KS_RQ_COOL;
}

enum ks_requery
ks_requery_ask(struct ks_requery_state *state, int64_t t_ns, bool again, bool tcp)
{
	if (again)
		return KS_RQ_RETRANSMIT;
	if (tcp && state->truncated_ns != 0) {
		/* Over TCP as told to by TC=1: still the same transaction. */
		const int64_t since = t_ns - state->truncated_ns;
		state->truncated_ns = 0;
		if (since >= 0 && since <= KS_REQUERY_TCP_NS)
			return KS_RQ_RETRANSMIT;
	}
	const int64_t gap_ns = t_ns - state->delivered_ns;
	if (state->life_ns == 0 || gap_ns < 0 || gap_ns >= state->life_ns)
		return KS_RQ_FIRST;
	return class_of(gap_ns, state->life_ns);
}

void
ks_requery_answer(struct ks_requery_state *state, const struct ks_dns *dns, int64_t t_ns, bool tcp)
{
	if ((dns->flags & KS_FLAG_TC) != 0) {
		if (!tcp)
			state->truncated_ns = t_ns;
		return;
	}
	if (!ks_requery_is_answer(dns))
		return;
	state->delivered_ns = t_ns;
	state->life_ns = ks_requery_life_ns(dns, t_ns);
}
