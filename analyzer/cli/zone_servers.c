/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/zone_servers.h"

#include <stdlib.h>

#include "analyzer/cli/cli.h"
#include "analyzer/cli/csvfile.h"
#include "dissect/name.h"

enum field { ZONE, ADDRESS, FIELDS };

struct reader {
	struct ks_csvfile file;
	struct ks_zone_servers *servers;
};

static void
take_record(void *arg, const struct ks_csv_record *record)
{
	struct reader *const reader = arg;
	struct ks_zone_servers *const servers = reader->servers;
	struct ks_given_server *const next = &servers->list[servers->n];
	uint8_t *const room = servers->names + servers->n * KS_NAME_MAX;
	if (record->n != FIELDS) {
		ks_csvfile_complain(&reader->file, record->line, "%zu field%s; right are zone,address",
				    record->n, record->n == 1 ? "" : "s");
		return;
	}
	next->zone = (struct ks_span){room, ks_name_parse(record->fields[ZONE], room)};
	if (next->zone.n == 0)
		ks_csvfile_complain(&reader->file, record->line,
				    "'%.100s' is no zone (example.com, or . for the root)",
				    record->fields[ZONE]);
	else if (!ks_addr_parse(record->fields[ADDRESS], &next->server))
		ks_csvfile_complain(&reader->file, record->line,
				    "'%.60s' is no address (192.0.2.53, 2001:db8::53)",
				    record->fields[ADDRESS]);
	else
		servers->n++;
}

bool
ks_zone_servers_read(const char *verb, const char *path, struct ks_zone_servers *ret)
{
	static const char *const header[] = {"zone", "address"};
	struct reader reader = {.file = {.verb = verb, .option = "--zone-servers", .path = path},
				.servers = ret};
	*ret = (struct ks_zone_servers){0};
	if (!ks_csvfile_load(&reader.file))
		return false;
	/* A record takes a line at least. */
	ret->list = calloc(reader.file.n_lines, sizeof(*ret->list));
	ret->names = calloc(reader.file.n_lines, KS_NAME_MAX);
	const bool room = ret->list != NULL && ret->names != NULL;
	if (room)
		ks_csvfile_each(&reader.file, header, take_record, &reader);
	else
		(void)ks_cli_usage(verb, "--zone-servers %.300s: no memory for %zu lines", path,
				   reader.file.n_lines);
	ks_csvfile_done(&reader.file);
	if (room && !reader.file.bad) {
		ret->n = ks_given_sort(ret->list, ret->n);
		return true;
	}
	ks_zone_servers_done(ret);
	return false;
}

void
ks_zone_servers_done(struct ks_zone_servers *servers)
{
	free(servers->list);
	free(servers->names);
	*servers = (struct ks_zone_servers){0};
}
