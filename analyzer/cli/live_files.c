/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live_files.c -- the verb live: the files that options name, read at the start and when SIGHUP
 * asks. Of one that cannot be used all lines are told of, and what was read before stays. The key of
 * pseudonyms is read once: another one would make other sources of all. */
#include "analyzer/cli/live.h"

#include "analyzer/cli/keyfile.h"

static bool
read_calendar(struct ks_live *live, const char *path)
{
	struct ks_calendar calendar = {0};
	if (!ks_calendar_read("live", path, &calendar)) {
		ks_calendar_done(&calendar);
		return false;
	}
	ks_calendar_done(&live->calendar);
	live->calendar = calendar;
	return true;
}

static bool
read_servers(struct ks_live *live, const char *path)
{
	struct ks_zone_servers servers;
	if (!ks_zone_servers_read("live", path, &servers))
		return false;
	ks_zone_servers_done(&live->zone_servers);
	live->zone_servers = servers;
	return true;
}

bool
ks_live_read_files(struct ks_live *live, const struct ks_live_options *options)
{
	return (options->rollovers == NULL || read_calendar(live, options->rollovers)) &&
	       (options->zone_servers == NULL || read_servers(live, options->zone_servers)) &&
	       (options->keyfile == NULL || ks_keyfile_read("live", options->keyfile, &live->key));
}

void
ks_live_reread_files(struct ks_live *live)
{
	const struct ks_live_options *const options = live->options;
	if (options->rollovers != NULL && read_calendar(live, options->rollovers))
		ks_live_say(live, "%.300s was read again", options->rollovers);
	if (options->zone_servers != NULL && read_servers(live, options->zone_servers))
		ks_live_say(live, "%.300s was read again", options->zone_servers);
}

void
ks_live_files_done(struct ks_live *live)
{
	ks_calendar_done(&live->calendar);
	ks_zone_servers_done(&live->zone_servers);
}
