/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shard_syn.c -- connections that sources ask for (DOMAIN A3, E14). */
#include "analyzer/shard_p.h"

void
ks_shard_syn(struct ks_shard *shard, const struct ks_addr *client)
{
	const struct ks_key key = ks_key_of_addr(client);
	const uint32_t number = ks_map_find(&shard->sources, &key);
	if (number != KS_MAP_NONE)
		ks_shard_count32(&ks_shard_need(shard, number)->tcp_syns);
}
