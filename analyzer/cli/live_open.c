/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_open.c -- the verb live: the rings of its interfaces. */
#include <unistd.h>

#include "analyzer/cli/live.h"

/* Rings of an interface share what one alone would have. */
static enum ks_error
open_ring(const struct ks_live_options *options, size_t i, struct ks_ring **ret, struct ks_diag *diag)
{
	const size_t interface = i / options->fanout;
	struct ks_ring_config config = options->ring;
	config.bytes /= options->fanout;
	config.is_further = i % options->fanout > 0;
	if (options->fanout > 1) /* a number that no other process has is as good as any */
		config.group = (uint16_t)(((unsigned)getpid() << 4 | interface) % UINT16_MAX + 1);
	return ks_ring_open(options->interfaces[interface], &config, ret, diag);
}

enum ks_error
ks_live_open_interfaces(const struct ks_live_options *options, struct ks_feed *feed, struct ks_diag *diag)
{
	struct ks_ring *rings[KS_FEED_RINGS];
	const size_t n_rings = options->n_interfaces * options->fanout;
	size_t n = 0;
	enum ks_error error = KS_SUCCESS;
	for (; n < n_rings && error == KS_SUCCESS; n += error == KS_SUCCESS)
		error = open_ring(options, n, &rings[n], diag);
	const int64_t now_ns = ks_feed_now();
	for (size_t i = 0; i < n && options->fanout > 1; i++)
		ks_ring_begin(rings[i], now_ns);
	if (error == KS_SUCCESS)
		return ks_feed_init(feed, rings, n, options->fanout, diag);
	while (n > 0)
		ks_ring_close(rings[--n]);
	return error;
}
