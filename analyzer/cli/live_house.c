/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_house.c -- the verb live: what is done once a second. */
#include <math.h>

#include "analyzer/cli/live.h"

void
ks_live_read_drops(struct ks_live *live, int64_t now_ns)
{
	for (size_t i = 0; i < live->feed.n_interfaces; i++) {
		struct ks_ring_lost lost = {0};
		for (size_t k = 0; k < live->feed.fanout; k++) {
			struct ks_ring_lost more;
			ks_ring_lost(live->feed.rings[i * live->feed.fanout + k], &more);
			lost.kernel += more.kernel;
			lost.interface += more.interface;
		}
		ks_drops_count(&live->drops, (uint32_t)i, &lost);
	}
	ks_drops_read(&live->drops, now_ns);
}

void
ks_live_balance(struct ks_live *live, int64_t now_ns)
{
	static const char *const now[] = {
		[KS_SHED_NONE] = "packets are kept up with again: nothing is left out",
		[KS_SHED_SAMPLES] = "packets come too fast: no sequences of queries that are not about keys",
		[KS_SHED_BACKGROUND] =
			"packets come too fast: what is not about keys is counted in totals and bins only",
	};
	double fill = 0;
	for (size_t i = 0; i < live->feed.n_rings; i++)
		fill = fmax(fill, ks_ring_fill(live->feed.rings[i]));
	if (ks_load_look(&live->load, now_ns, fill, live->drops.all.kernel))
		ks_live_say(live, "%s", now[live->load.step]);
}

static void
tell_interfaces(struct ks_live *live)
{
	for (size_t i = 0; i < live->feed.n_interfaces; i++) {
		const bool down = !ks_ring_is_up(ks_feed_ring(&live->feed, i));
		if (down != live->is_down[i])
			ks_live_say(live, "interface %.100s is %s",
				    ks_ring_name(ks_feed_ring(&live->feed, i)),
				    down ? "down or gone: waiting for it" : "up again");
		live->is_down[i] = down;
	}
}

void
ks_live_keep_house(struct ks_live *live, int64_t now_ns, bool rereads)
{
	live->second_ns = now_ns;
	ks_live_read_drops(live, now_ns);
	tell_interfaces(live);
	ks_live_top_second(live);
	if (rereads)
		ks_live_reread_files(live);
}
