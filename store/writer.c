/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/writer.c -- the sink: one run, one transaction. Judgements are thrown away with it, since they no
 * longer follow from the facts. */
#include "store/rows_p.h"

/* Where there are no packets there is no first and no last. */
static void
put_span(struct ks_sql_row *row, bool known, int64_t first_ns, int64_t last_ns)
{
	if (known && first_ns <= last_ns) {
		ks_sql_put_int(row, first_ns);
		ks_sql_put_int(row, last_ns);
	} else {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
	}
}

/* Is there anything to replace or to sweep? Deletions that cascade over thirty tables cost more to compile
 * than three hundred rows to write. */
static enum ks_error
look_around(struct ks_store *store, struct ks_diag *diag)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM run) OR EXISTS (SELECT 1 FROM zone)";
	int64_t others = 0;
	const enum ks_error error = ks_sql_number(store, sql, &others, diag);
	store->is_first = others == 0;
	return error;
}

static enum ks_error
delete_with_hash(struct ks_store *store, const uint8_t hash[16], struct ks_diag *diag)
{
	sqlite3_stmt *stmt;
	const enum ks_error error = ks_sql_prepare(store, "DELETE FROM run WHERE set_hash = ?", &stmt, diag);
	if (error != KS_SUCCESS)
		return error;
	sqlite3_bind_blob(stmt, 1, hash, 16, SQLITE_STATIC);
	const int rc = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(store, rc, diag);
}

static enum ks_error
put_run(struct ks_store *store, const struct ks_fact_run *run, struct ks_diag *diag)
{
	const char vantage[2] = {run->vantage, '\0'};
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_RUN);
	ks_sql_put_blob(&row, run->set_hash, sizeof(run->set_hash));
	ks_sql_put_text(&row, run->tool_version);
	ks_sql_put_text(&row, run->sensor);
	ks_sql_put_text(&row, vantage);
	ks_sql_put_int(&row, run->vantage_given);
	ks_sql_put_int(&row, run->partial);
	ks_sql_put_int(&row, run->queries_only);
	ks_sql_put_int(&row, run->responses_only);
	ks_sql_put_int(&row, run->anonymized);
	ks_sql_put_int(&row, run->bin_s);
	ks_sql_put_int(&row, run->time_digits > 6 ? 9 : 6);
	put_span(&row, true, run->first_ns, run->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
begin(struct ks_sink *sink, const struct ks_fact_run *run, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	enum ks_error error = ks_sql_exec(store, "BEGIN IMMEDIATE", diag);
	if (error != KS_SUCCESS)
		return error;
	if (!store->keeps_judgements)
		error = ks_store_forget_judgements(store, diag);
	if (error == KS_SUCCESS)
		error = look_around(store, diag);
	if (error == KS_SUCCESS && !store->is_first)
		error = delete_with_hash(store, run->set_hash, diag);
	if (error == KS_SUCCESS)
		error = put_run(store, run, diag);
	if (error != KS_SUCCESS) {
		ks_store_abandon(store);
		return error;
	}
	ks_store_check_keys(store, false);
	store->run_id = sqlite3_last_insert_rowid(store->db);
	store->n_inputs = 0;
	store->n_counters = 0;
	store->n_zones = 0;
	store->n_ledger_names = 0;
	store->n_rrsets = 0;
	return KS_SUCCESS;
}

static enum ks_error
put_input(struct ks_sink *sink, const struct ks_fact_input *input, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_INPUT);
	ks_sql_put_int(&row, store->n_inputs++);
	ks_sql_put_text(&row, input->path);
	ks_sql_put_text(&row, input->container);
	ks_sql_put_text(&row, input->state);
	ks_sql_put_text(&row, input->note);
	ks_sql_put_blob(&row, input->hash, sizeof(input->hash));
	ks_sql_put_count(&row, input->size_bytes);
	ks_sql_put_count(&row, input->packets);
	ks_sql_put_int(&row, input->linktype);
	ks_sql_put_int(&row, input->snaplen);
	put_span(&row, input->packets != 0, input->first_ns, input->last_ns);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_counter(struct ks_sink *sink, const struct ks_fact_counter *counter, struct ks_diag *diag)
{
	static const char *const kinds[] = {[KS_COUNTER_PACKET] = "packet",
					    [KS_COUNTER_TOTAL] = "total",
					    [KS_COUNTER_LOSS] = "loss",
					    [KS_COUNTER_NOTICE] = "notice"};
	struct ks_store *const store = ks_store_of(sink);
	struct ks_sql_row row = ks_store_fact_row(&store->sink, KS_PUT_COUNTER);
	ks_sql_put_text(&row, kinds[counter->kind]);
	ks_sql_put_text(&row, counter->name);
	ks_sql_put_int(&row, store->n_counters++);
	ks_sql_put_count(&row, counter->value);
	ks_sql_put_text(&row, counter->note);
	return ks_sql_row_done(&row, diag);
}

/* What the new run makes superfluous: runs whose packets it has read too. An input without packets (an
 * unreadable file has no hash worth comparing) decides nothing. Then names that no run mentions. */
/* clang-format off */
static const char replace_sql[] =
	"DELETE FROM run WHERE run_id <> %lld"
	" AND EXISTS (SELECT 1 FROM input WHERE input.run_id = run.run_id"
	"  AND hash IN (SELECT hash FROM input WHERE run_id = %lld))"
	" AND NOT EXISTS (SELECT 1 FROM input WHERE input.run_id = run.run_id AND packets > 0"
	"  AND hash NOT IN (SELECT hash FROM input WHERE run_id = %lld));"
	"DELETE FROM zone WHERE %d AND NOT EXISTS (SELECT 1 FROM run_zone WHERE run_zone.zone_id = zone.zone_id)"
	" AND NOT EXISTS (SELECT 1 FROM ledger_name WHERE ledger_name.zone_id = zone.zone_id)";

/* Without packets there is no first and no last. */
static const char empty_sql[] =
	"UPDATE run SET first_ns = NULL, last_ns = NULL WHERE run_id = %lld AND first_ns = 0 AND last_ns = 0"
	" AND NOT EXISTS (SELECT 1 FROM counter WHERE counter.run_id = run.run_id AND name = 'packets' AND value > 0)";

/* What is left of them stands beside files that were not read now: keeping both would count it twice. */
static const char twice_sql[] =
	"SELECT count(*) FROM input AS old JOIN input AS new USING (hash)"
	" WHERE new.run_id = (SELECT max(run_id) FROM run) AND old.run_id <> new.run_id AND new.packets > 0 AND old.packets > 0";
/* clang-format on */

static enum ks_error
refuse_twice(struct ks_store *store, struct ks_diag *diag)
{
	int64_t n = 0;
	const enum ks_error error = ks_sql_number(store, twice_sql, &n, diag);
	if (error != KS_SUCCESS || n == 0)
		return error;
	return ks_diag_set(diag, KS_ERR_DATABASE,
			   "%.300s: these bytes are in it already, beside other files: nothing was added",
			   store->path);
}

/* Takes `sql`, which is SQLite's; NULL: there was no memory for it. */
static enum ks_error
execute(struct ks_store *store, char *sql, struct ks_diag *diag)
{
	const enum ks_error error =
		sql != NULL ? ks_sql_exec(store, sql, diag) : ks_sql_fail(store, SQLITE_NOMEM, diag);
	sqlite3_free(sql);
	return error;
}

static enum ks_error
replace_others(struct ks_store *store, struct ks_diag *diag)
{
	const long long id = (long long)store->run_id;
	const enum ks_error error =
		execute(store, sqlite3_mprintf(replace_sql, id, id, id, !store->keeps_judgements), diag);
	return error == KS_SUCCESS ? refuse_twice(store, diag) : error;
}

static enum ks_error
end(struct ks_sink *sink, struct ks_diag *diag)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(store->run_id != 0);
	enum ks_error error = ks_store_put_run_zones(store, diag);
	if (error == KS_SUCCESS)
		error = ks_rows_write(store, diag);
	ks_store_check_keys(store, true);
	if (error == KS_SUCCESS && !store->is_first)
		error = replace_others(store, diag);
	if (error == KS_SUCCESS)
		error = execute(store, sqlite3_mprintf(empty_sql, (long long)store->run_id), diag);
	if (error == KS_SUCCESS)
		error = ks_sql_exec(store, "COMMIT", diag);
	if (error != KS_SUCCESS)
		ks_store_abandon(store);
	ks_store_settle(store);
	store->run_id = 0;
	return error;
}

const struct ks_sink_ops ks_store_sink_ops = {
	.begin = begin,
	.input = put_input,
	.counter = put_counter,
	.bound = ks_store_put_bound,
	.server = ks_store_put_server,
	.source = ks_store_put_source,
	.rest = ks_store_put_rest,
	.clients = ks_store_put_clients,
	.bin = ks_store_put_bin,
	.traffic = ks_store_put_traffic,
	.zone = ks_store_put_zone_fact,
	.zone_bin = ks_store_put_zone_bin,
	.flow = ks_store_put_flow,
	.net = ks_store_put_net,
	.behaviour = ks_store_put_behaviour,
	.query = ks_store_put_query,
	.icmp = ks_store_put_icmp,
	.stack = ks_store_put_stack,
	.nxdomain = ks_store_put_nxdomain,
	.depth = ks_store_put_depth,
	.zone_server = ks_store_put_zone_server,
	.given_server = ks_store_put_given_server,
	.opening = ks_store_put_opening,
	.manner = ks_store_put_manner,
	.lookaside = ks_store_put_lookaside,
	.ta_signal = ks_store_put_ta_signal,
	.zone_key = ks_store_put_zone_key,
	.failure = ks_store_put_failure,
	.ledger_name = ks_store_put_ledger_name,
	.rrset = ks_store_put_rrset,
	.rrset_seen = ks_store_put_rrset_seen,
	.key = ks_store_put_key,
	.signature = ks_store_put_signature,
	.nsec = ks_store_put_nsec,
	.exhaustion = ks_store_put_exhaustion,
	.drop = ks_store_put_drop,
	.end = end,
};
