/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/load.h"

/* A step that includes those before it. */
static enum ks_shed
by_fill(double fill)
{
	if (fill >= KS_LOAD_BACKGROUND)
		return KS_SHED_BACKGROUND;
	return fill >= KS_LOAD_SAMPLES ? KS_SHED_SAMPLES : KS_SHED_NONE;
}

static enum ks_shed
next_step(enum ks_shed step)
{
	return step == KS_SHED_NONE ? KS_SHED_SAMPLES : KS_SHED_BACKGROUND;
}

bool
ks_load_look(struct ks_load *load, int64_t now_ns, double fill, uint64_t lost)
{
	const enum ks_shed before = load->step;
	enum ks_shed wanted = by_fill(fill);
	if (lost > load->lost && wanted <= before)
		wanted = next_step(before);
	load->lost = lost;
	/* A clock that was set back must not keep things out. */
	if (wanted > KS_SHED_NONE || now_ns < load->busy_ns)
		load->busy_ns = now_ns;
	if (wanted > before)
		load->step = wanted;
	else if (before > KS_SHED_NONE && now_ns - load->busy_ns >= KS_LOAD_CALM_NS) {
		load->step = before == KS_SHED_BACKGROUND ? KS_SHED_SAMPLES : KS_SHED_NONE;
		load->busy_ns = now_ns;
	}
	load->changes += load->step != before;
	return load->step != before;
}
