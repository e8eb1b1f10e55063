/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ledger.c -- fuzz the ledger. Input: messages, each after its length in two octets; all from one server, a
 * second apart, into little memory, and a whole shard's ledger frozen at the end.
 *
 * Facts must hold together: periods name contents that were put, in order, and no more than there is room
 * for. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/ledger.h"
#include "analyzer/shard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A macro, so that the stack tells which demand it was. */
#define demand(holds)                                                                                        \
	do {                                                                                                 \
		if (!(holds))                                                                                \
			abort();                                                                             \
	} while (0)

static uint32_t n_names, n_rrsets;

static enum ks_error
take_name(struct ks_sink *sink, const struct ks_fact_ledger_name *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name.n > 0 && fact->name.at[fact->name.n - 1] == 0);
	n_names++;
	return KS_SUCCESS;
}

static enum ks_error
take_rrset(struct ks_sink *sink, const struct ks_fact_rrset *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->count > 0 && fact->first_ns <= fact->last_ns);
	demand(fact->n_keys == 0 || fact->n_keys == fact->n_records);
	demand(fact->n_ds == 0 || fact->n_ds == fact->n_records);
	n_rrsets++;
	return KS_SUCCESS;
}

static enum ks_error
take_seen(struct ks_sink *sink, const struct ks_fact_rrset_seen *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->rrset < n_rrsets && fact->count >= fact->referrals);
	demand(fact->ttl_least_s <= fact->ttl_greatest_s && fact->first_ns <= fact->last_ns);
	demand(!fact->authoritative || fact->ttl_least_s == fact->ttl_greatest_s);
	demand(fact->forgotten <= fact->number);
	return KS_SUCCESS;
}

static enum ks_error
take_key(struct ks_sink *sink, const struct ks_fact_key *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->count > 0);
	return KS_SUCCESS;
}

static enum ks_error
take_signature(struct ks_sink *sink, const struct ks_fact_signature *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->count >= fact->expired && fact->count >= fact->future);
	demand(fact->good + fact->bogus + fact->unsupported + fact->unknown <= fact->count + 1);
	demand((fact->bogus > 0) == (fact->bogus_why != NULL));
	return KS_SUCCESS;
}

static enum ks_error
take_nsec(struct ks_sink *sink, const struct ks_fact_nsec *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->count >= fact->opt_out);
	return KS_SUCCESS;
}

static enum ks_error
take_exhaustion(struct ks_sink *sink, const struct ks_fact_exhaustion *fact, struct ks_diag *diag)
{
	(void)sink;
	(void)diag;
	demand(fact->name < n_names && fact->greatest > fact->limit && fact->responses > 0);
	return KS_SUCCESS;
}

static const struct ks_sink_ops ops = {
	.ledger_name = take_name,
	.rrset = take_rrset,
	.rrset_seen = take_seen,
	.key = take_key,
	.signature = take_signature,
	.nsec = take_nsec,
	.exhaustion = take_exhaustion,
};

static void
feed(struct ks_shard *shard, struct ks_span bytes, int64_t t_s)
{
	struct ks_message message = {
		.time_ns = (INT64_C(1795300000) + t_s) * KS_NS_PER_S,
		.len = (uint32_t)bytes.n,
		.bytes = bytes,
	};
	if (ks_dns_read(bytes.at, bytes.n, bytes.n, &message.dns) == KS_DNS &&
	    ks_dns_is_response(&message.dns))
		ks_ledger_feed(&shard->ledger, 0, &message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ks_secret secret = {.a = 11, .b = 13};
	static struct ks_shard shard; /* of it, the ledger and the one server */
	struct ks_sink sink = {.ops = &ops};
	struct ks_diag diag;
	bool is_new;
	memset(&shard, 0, sizeof(shard));
	demand(ks_map_init(&shard.servers, sizeof(struct ks_server), 16, &secret, &diag) == KS_SUCCESS);
	(void)ks_map_add(&shard.servers, &(struct ks_key){.w = {1, 2}}, &is_new);
	demand(ks_ledger_init(&shard.ledger, 64 << 10, &secret, &diag) == KS_SUCCESS);
	struct ks_cur cur = ks_cur_init(data, size);
	for (int64_t t_s = 0; ks_cur_left(&cur) > 2; t_s++) {
		size_t n = ks_cur_u16(&cur);
		if (n > ks_cur_left(&cur))
			n = ks_cur_left(&cur);
		feed(&shard, (struct ks_span){ks_cur_take(&cur, n), n}, t_s);
	}
	n_names = n_rrsets = 0;
	demand(ks_shard_freeze_ledger(&shard, &sink, &diag) == KS_SUCCESS);
	ks_ledger_done(&shard.ledger);
	ks_map_done(&shard.servers);
	return 0;
}
