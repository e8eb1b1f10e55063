/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The search for keys along a chain of zones: what software of 2010 would do at most, what that of today
 * does, and what the source did that tells most. */
#include <math.h>
#include <string.h>

#include "analyzer/judge/model.h"
#include "reports/columns.h"
#include "reports/escape.h"
#include "reports/number.h"
#include "reports/plot/gather_p.h"

enum { LEVELS = 6, SERVERS = 64 };

struct level {
	struct ks_buf zone;
	double queries, bursts;
	char servers[SERVERS][KS_ADDR_TEXT];
	size_t n_servers;
};

/* [0] is the zone of the stale anchor, the others lie one below the other. */
struct chain {
	struct level levels[LEVELS];
	size_t n;
};

/* --- the zones --- */

/* Is `name` below `above`? Both in presentation form, with the final dot. */
static bool
is_below(const char *name, size_t n, const struct ks_buf *above)
{
	if (n <= above->n)
		return false;
	if (above->n == 1 && above->at[0] == '.')
		return true;
	return memcmp(name + n - above->n, above->at, above->n) == 0 && name[n - above->n - 1] == '.';
}

static struct level *
add_level(struct chain *chain, const struct ks_value *zone)
{
	struct level *const level = &chain->levels[chain->n++];
	ks_buf_put(&level->zone, zone->text, zone->n_text);
	return level;
}

static bool
is_zone(const struct ks_value *zone, const struct ks_buf *name)
{
	return zone->type == KS_VALUE_TEXT && zone->n_text == name->n &&
	       memcmp(zone->text, ks_buf_string(name), name->n) == 0;
}

/* Rows come by queries, most first: the chain follows those that the source asked most for. */
static bool
see_flow(void *arg, const struct ks_rows *rows)
{
	struct chain *const chain = arg;
	const struct ks_value zone = ks_column_value(rows, "zone");
	struct level *level = NULL;
	if (zone.type != KS_VALUE_TEXT)
		return true;
	if (is_zone(&zone, &chain->levels[0].zone))
		level = &chain->levels[0];
	else if (is_below(zone.text, zone.n_text, &chain->levels[chain->n - 1].zone))
		level = add_level(chain, &zone);
	if (level != NULL)
		level->queries = ks_each_number(rows, "queries");
	return chain->n < LEVELS;
}

static struct level *
find_level(struct chain *chain, const struct ks_rows *rows)
{
	const struct ks_value zone = ks_column_value(rows, "zone");
	for (size_t i = 0; i < chain->n; i++)
		if (is_zone(&zone, &chain->levels[i].zone))
			return &chain->levels[i];
	return NULL;
}

static bool
see_habit(void *arg, const struct ks_rows *rows)
{
	struct level *const level = find_level(arg, rows);
	const double bursts = ks_each_number(rows, "bursts");
	if (level == NULL || !(bursts > 0))
		return true;
	level->queries = ks_each_number(rows, "queries");
	level->bursts = bursts;
	return true;
}

static bool
see_server(void *arg, const struct ks_rows *rows)
{
	struct level *const level = find_level(arg, rows);
	const struct ks_value server = ks_column_value(rows, "server");
	if (level == NULL || server.type != KS_VALUE_TEXT || server.n_text >= KS_ADDR_TEXT ||
	    level->n_servers == SERVERS)
		return true;
	char text[KS_ADDR_TEXT] = {0};
	memcpy(text, server.text, server.n_text);
	for (size_t i = 0; i < level->n_servers; i++)
		if (strcmp(level->servers[i], text) == 0)
			return true;
	memcpy(level->servers[level->n_servers++], text, sizeof(text));
	return true;
}

static enum ks_error
read_chain(struct ks_store *store, const char *source, struct chain *chain, struct ks_diag *diag)
{
	struct ks_query query = {.limit = -1};
	const struct ks_query everything = {.limit = -1};
	query.has_source = ks_addr_parse_prefix(source, &query.source, &query.source_bits);
	enum ks_error error = ks_each_row(store, "hitters", &query, see_flow, chain, diag);
	if (error == KS_SUCCESS)
		error = ks_each_row(store, "habits", &query, see_habit, chain, diag);
	if (error == KS_SUCCESS)
		error = ks_each_row(store, "consistency", &everything, see_server, chain, diag);
	return error;
}

/* --- the bars --- */

enum { MODEL, SEEN, TODAY };
static const char *const classes[] = {"search of 2010 (model)", "seen",
				      "today, each alone with a stale anchor (measured)"};

static void
put_mark(struct ks_plot *plot, uint8_t class, double value, const struct ks_buf *name, const char *what)
{
	struct ks_plot_mark *const mark = isfinite(value) ? ks_plot_add_mark(plot) : NULL;
	if (mark == NULL) /* not known: no bar */
		return;
	struct ks_buf row = {0};
	ks_buf_put(&row, name->at, name->n);
	ks_buf_text(&row, what);
	mark->class = class;
	mark->value = value;
	mark->row = (uint16_t)ks_plot_row(plot, ks_buf_string(&row), row.n);
	ks_escape_terminal(&mark->text, ks_buf_string(&row), row.n, /* unicode= */ true);
	ks_buf_text(&mark->text, ", DNSKEY queries: ");
	ks_number_scaled(&mark->text, value, value - trunc(value) <= 0, "");
	plot->failed |= row.failed;
	ks_buf_done(&row);
}

static void
put_level(struct ks_plot *plot, const struct level *level, struct ks_model_count model)
{
	struct ks_buf zone = {0};
	/* A long name would leave no room for bars. */
	if (level->zone.n > 30)
		ks_buf_printf(&zone, "...%s", level->zone.at + level->zone.n - 27);
	else
		ks_gather_put_zone(&zone, ks_buf_string(&level->zone), level->zone.n);
	char what[64];
	(void)snprintf(what, sizeof(what), ", %zu server%s: model", level->n_servers,
		       level->n_servers == 1 ? "" : "s");
	if (level->n_servers > 0)
		put_mark(plot, MODEL, (double)model.n, &zone, what);
	put_mark(plot, SEEN, level->bursts > 0 ? level->queries / level->bursts : level->queries, &zone,
		 level->bursts > 0 ? ": seen in a burst" : ": seen in all");
	plot->failed |= zone.failed;
	ks_buf_done(&zone);
}

/* The model counts from the zone of the answer up, the chain from the anchor down. A level whose servers
 * nobody saw answer counts as one server: the least there can be. */
static void
put_chain(struct ks_plot *plot, const struct chain *chain)
{
	struct ks_model_search search;
	uint64_t servers[LEVELS];
	for (size_t i = 0; i < chain->n; i++) {
		const size_t seen = chain->levels[chain->n - 1 - i].n_servers;
		servers[i] = seen > 0 ? seen : 1;
	}
	ks_model_search(servers, chain->n, &search);
	for (size_t i = 0; i < chain->n; i++)
		put_level(plot, &chain->levels[i], search.levels[chain->n - 1 - i].dnskey);
	for (size_t i = 0; i < ks_model_n_software; i++) {
		const struct ks_model_software *const software = &ks_model_software[i];
		struct ks_buf name = {0};
		ks_buf_text(&name, software->name);
		put_mark(plot, TODAY,
			 (double)ks_model_burst(software, /* first= */ false, servers[chain->n - 1]), &name,
			 ": a search");
		plot->failed |= name.failed;
		ks_buf_done(&name);
	}
}

static void
done_chain(struct chain *chain, struct ks_plot *plot)
{
	for (size_t i = 0; i < chain->n; i++) {
		plot->failed |= chain->levels[i].zone.failed;
		ks_buf_done(&chain->levels[i].zone);
	}
}

enum ks_error
ks_gather_chain(struct ks_store *store, const struct ks_document *document, struct ks_plot *ret,
		struct ks_diag *diag)
{
	const struct ks_query *const query = &document->request->query;
	struct ks_offender offender;
	struct chain chain = {0};
	if (query->has_from || query->has_to || query->by != NULL || query->has_server || query->has_prefix ||
	    query->step_s != 0)
		return ks_diag_set(diag, KS_ERR_USAGE,
				   "the search for keys is drawn of one source: -f svg takes --source "
				   "and --zone here");
	ret->kind = KS_PLOT_BARS;
	ret->id = "chain";
	ret->unit = "";
	ret->what = "DNSKEY queries, on a logarithmic scale";
	ret->classes = classes;
	ret->n_classes = KS_COUNT(classes);
	enum ks_error error = ks_gather_offender(store, query, &offender, diag);
	if (error == KS_SUCCESS && offender.source[0] != '\0' && offender.zone.n > 0) {
		ks_buf_printf(&ret->title, "The search for keys by %s, beside the model", offender.source);
		ks_buf_text(&ret->caption, "DNSKEY queries of one failing search by zone. Servers are those "
					   "seen answering; with more, the model grows by their squares.");
		chain.n = 1;
		ks_buf_put(&chain.levels[0].zone, offender.zone.at, offender.zone.n);
		error = read_chain(store, offender.source, &chain, diag);
		if (error == KS_SUCCESS && chain.levels[0].queries > 0)
			put_chain(ret, &chain);
		done_chain(&chain, ret);
	}
	ret->failed |= offender.zone.failed;
	ks_buf_done(&offender.zone);
	return error;
}
