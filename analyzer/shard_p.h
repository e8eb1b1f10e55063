/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_p.h -- the message at hand, which the files of the shard share; private to analyzer/. */
#ifndef KS_ANALYZER_SHARD_P_H
#define KS_ANALYZER_SHARD_P_H

#include "analyzer/shard.h"

/* What was found out about a message before its turn: pure functions of the message and of numbers that never
 * change. */
struct ks_foreseen {
	uint64_t source_hash;
	uint32_t source_guess;       /* of ks_map_guess, or KS_MAP_NONE */
	struct ks_nx_asked nxdomain; /* of a response */
	bool chain;                  /* an IN question for DNSKEY or DS; what follows is known then */
	uint64_t pair;               /* hash */
	struct ks_key zone_key;
	uint64_t zone_hash;
	uint32_t zone;      /* or KS_MAP_NONE: not known then */
	struct ks_key flow; /* with a zone, of a DNSKEY question */
	uint64_t flow_hash;
	uint32_t flow_guess;
	uint64_t stack_hash; /* of a DNSKEY query whose source was guessed */
};

/* What is known of the message at hand; numbers are KS_MAP_NONE where a table had no room. */
struct ks_place {
	const struct ks_message *message;
	const struct ks_foreseen *foreseen;
	uint32_t source, server, zone;
	struct ks_source *source_at; /* or NULL */
	struct ks_flow *flow;        /* or NULL */
	bool dnskey;                 /* an IN DNSKEY question of opcode QUERY */
	bool chain;                  /* that, or DS */
	bool shed;                   /* no details of it */
	uint32_t record;             /* of a query in the samples, or KS_SAMPLE_NONE */
	int64_t before_ns;           /* the flow's message before this one, if `flow` had one */
	int64_t source_before_ns;    /* the source's; 0: it had none */
	int64_t asked_ns;            /* of a response's query; 0: unknown */
};

/* --- shard.c --- */

void ks_shard_count(struct ks_shard *shard, const struct ks_message *message,
		    const struct ks_foreseen *foreseen);

/* --- shard_soon.c --- */

/* What can be known of a message at once; asks memory for what it will touch first. */
void ks_shard_foresee(const struct ks_shard *shard, const struct ks_message *message,
		      struct ks_foreseen *ret);

/* --- shard_query.c, shard_response.c --- */

/* Count a placed message; `cell` is that of its bin. */
void ks_shard_query(struct ks_shard *shard, struct ks_place *place, struct ks_cell *cell);
void ks_shard_response(struct ks_shard *shard, struct ks_place *place, struct ks_cell *cell);

/* --- shard_past.c --- */

/* A flow that is new here may be known from an earlier run. With shard->past only. */
void ks_shard_recall(struct ks_shard *shard, struct ks_flow *flow);

/* `place` of a flow that is not followed: the query asked last was counted by an earlier run, which had other
 * numbers for servers. (No number of a server is that great.) */
enum { KS_SHARD_ASKED_BEFORE = 0xffffffe };

static inline bool
ks_shard_resumes(const struct ks_flow *flow)
{
	return !flow->followed && flow->place == KS_SHARD_ASKED_BEFORE;
}

/* Of such a flow: was it followed then? Follow it from here on; false: there is no room. */
bool ks_shard_was_followed(const struct ks_shard *shard, const struct ks_flow *flow);
bool ks_shard_resume(struct ks_shard *shard, const struct ks_flow *flow, uint32_t *ret_place);

/* --- shard_syn.c --- */

/* Somebody wants a connection: counted of those who are known already, since the question is whether TCP
 * follows an answer with TC=1. Whoever sends nothing but SYN takes no place. */
void ks_shard_syn(struct ks_shard *shard, const struct ks_addr *client);

/* --- counters that stop at their greatest value --- */

static inline void
ks_shard_count32(uint32_t *counter)
{
	*counter += *counter != UINT32_MAX;
}

static inline void
ks_shard_add32(uint32_t *sum, uint32_t n)
{
	*sum = n < UINT32_MAX - *sum ? *sum + n : UINT32_MAX;
}

static inline void
ks_shard_count16(uint16_t *counter)
{
	*counter = (uint16_t)(*counter + (*counter != UINT16_MAX));
}

static inline void
ks_shard_stretch(int64_t *first_ns, int64_t *last_ns, bool is_new, int64_t t_ns)
{
	if (is_new || t_ns < *first_ns)
		*first_ns = t_ns;
	if (is_new || t_ns > *last_ns)
		*last_ns = t_ns;
}

#endif
