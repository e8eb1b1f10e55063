/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/drops.h"

#include <string.h>

void
ks_drops_init(struct ks_drops *drops, uint32_t bin_s, int64_t now_ns)
{
	memset(drops, 0, sizeof(*drops));
	drops->bin_s = bin_s;
	drops->read_ns = now_ns;
}

void
ks_drops_renew(struct ks_drops *drops)
{
	drops->n = 0;
}

/* The entry of this bin and interface, made if need be. The latest are at the end. */
static struct ks_drop *
entry_of(struct ks_drops *drops, int64_t t_s, uint32_t interface)
{
	for (size_t i = drops->n; i > 0 && drops->list[i - 1].t_s >= t_s; i--)
		if (drops->list[i - 1].t_s == t_s && drops->list[i - 1].interface == interface)
			return &drops->list[i - 1];
	if (drops->n == KS_DROPS_MAX) {
		for (size_t i = drops->n; i > 0; i--)
			if (drops->list[i - 1].interface == interface)
				return &drops->list[i - 1];
		return &drops->list[drops->n - 1];
	}
	drops->list[drops->n] = (struct ks_drop){.t_s = t_s, .interface = interface};
	return &drops->list[drops->n++];
}

void
ks_drops_count(struct ks_drops *drops, uint32_t interface, const struct ks_ring_lost *lost)
{
	struct ks_ring_lost *const before = &drops->before[interface];
	const uint64_t kernel = lost->kernel - before->kernel;
	const uint64_t device = lost->interface - before->interface;
	*before = *lost;
	if (kernel + device == 0)
		return;
	const int64_t bin_ns = drops->bin_s * KS_NS_PER_S;
	struct ks_drop *const drop = entry_of(drops, drops->read_ns / bin_ns * drops->bin_s, interface);
	drop->lost.kernel += kernel;
	drop->lost.interface += device;
	drops->all.kernel += kernel;
	drops->all.interface += device;
}

void
ks_drops_read(struct ks_drops *drops, int64_t now_ns)
{
	drops->read_ns = now_ns;
}

enum ks_error
ks_drops_put(const struct ks_drops *drops, const char *(*name_of)(const void *arg, uint32_t interface),
	     const void *arg, struct ks_sink *sink, struct ks_diag *diag)
{
	for (size_t i = 0; i < drops->n; i++) {
		const struct ks_fact_drop fact = {
			.t_s = drops->list[i].t_s,
			.interface = name_of(arg, drops->list[i].interface),
			.kernel = drops->list[i].lost.kernel,
			.device = drops->list[i].lost.interface,
		};
		const enum ks_error error = sink->ops->drop(sink, &fact, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return KS_SUCCESS;
}
