/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cd.h"

#include "dissect/name.h"

static_assert(sizeof(struct ks_cd_change) == 48, "whole words");

struct ks_cd_refusal {
	uint64_t hash; /* of client and name */
	int64_t t_ns;  /* 0: free, or answered with a retry */
};

enum ks_error
ks_cd_init(struct ks_cd *cd, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	*cd = (struct ks_cd){0};
	const size_t refusals = KS_CD_REFUSALS * sizeof(struct ks_cd_refusal);
	const size_t left = bytes > 2 * refusals ? bytes - refusals : refusals;
	enum ks_error error = ks_map_init(&cd->changes, sizeof(struct ks_cd_change),
					  ks_map_capacity(sizeof(struct ks_cd_change), left), secret, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&cd->refusals, refusals, diag);
	if (error != KS_SUCCESS)
		ks_cd_done(cd);
	return error;
}

void
ks_cd_done(struct ks_cd *cd)
{
	ks_map_done(&cd->changes);
	ks_region_done(&cd->refusals);
}

/* A fixed secret: which refusals meet in a bucket, and so give way, must not differ from run to run. Who aims
 * for one bucket gains nothing that a few more refusals would not do, and no bucket is more work than
 * another. */
static uint64_t
hash_of(const struct ks_message *message)
{
	static const struct ks_secret fixed = {0x243f6a8885a308d3, 0x13198a2e03707344}; /* of pi */
	/* The client's hash as the secret: one name of two clients is two refusals. */
	const struct ks_secret secret = {.a = ks_hash_addr(&fixed, &message->client), .b = fixed.a};
	return ks_name_hash(&secret, message->dns.qname);
}

enum { WAYS = 4 };

static struct ks_cd_refusal *
bucket_of(const struct ks_cd *cd, uint64_t hash)
{
	static_assert((KS_CD_REFUSALS & (KS_CD_REFUSALS - 1)) == 0, "a power of two");
	return (struct ks_cd_refusal *)cd->refusals.base + (hash & (KS_CD_REFUSALS / WAYS - 1)) * WAYS;
}

static bool
is_fresh(const struct ks_cd_refusal *refusal, int64_t t_ns)
{
	const int64_t since_ns = t_ns - refusal->t_ns;
	return refusal->t_ns != 0 && since_ns >= 0 && since_ns <= KS_CD_RETRY_NS;
}

void
ks_cd_refuse(struct ks_cd *cd, const struct ks_message *response)
{
	if (!response->dns.has_question)
		return;
	const uint64_t hash = hash_of(response);
	struct ks_cd_refusal *const bucket = bucket_of(cd, hash), *place = &bucket[0];
	for (size_t i = 0; i < WAYS && place->hash != hash; i++)
		if (bucket[i].hash == hash || bucket[i].t_ns < place->t_ns)
			place = &bucket[i];
	cd->forgotten += place->hash != hash && is_fresh(place, response->time_ns);
	*place = (struct ks_cd_refusal){hash, response->time_ns};
	cd->refused = true;
}

/* Each refusal counts once: what is asked with CD=1 from then on is habit. */
static bool
takes_back(struct ks_cd *cd, const struct ks_message *query)
{
	if (!cd->refused || !query->dns.has_question)
		return false;
	const uint64_t hash = hash_of(query);
	struct ks_cd_refusal *const bucket = bucket_of(cd, hash);
	for (size_t i = 0; i < WAYS; i++) {
		if (bucket[i].hash != hash || !is_fresh(&bucket[i], query->time_ns))
			continue;
		bucket[i].t_ns = 0;
		return true;
	}
	return false;
}

void
ks_cd_query(struct ks_cd *cd, uint32_t source, const struct ks_message *query, uint64_t before,
	    uint64_t cd_before)
{
	const bool change = before > 0 && cd_before == 0;
	const bool retry = takes_back(cd, query);
	if (!change && !retry)
		return;
	const struct ks_key key = {.w = {source, 0}};
	bool is_new;
	const uint32_t number = ks_map_add(&cd->changes, &key, &is_new);
	if (number == KS_MAP_NONE) {
		cd->unlisted++;
		return;
	}
	struct ks_cd_change *const entry = ks_map_at(&cd->changes, number);
	if (is_new)
		entry->first_ns = query->time_ns;
	entry->last_ns = query->time_ns;
	if (change)
		entry->plain_before = before;
	entry->retries += retry;
}
