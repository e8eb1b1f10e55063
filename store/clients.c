/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/clients.c -- how many different sources asked: the sink's part, and the reader for the judge. */
#include <string.h>

#include "store/store.h"
#include "store/store_p.h"

/* --- registers in octets --- */

enum { CELL_BYTES = 3 };
static_assert(KS_CLIENTS_REGISTERS % CELL_BYTES != 0, "the length tells which form it is");

struct packed {
	uint8_t bytes[KS_CLIENTS_REGISTERS];
	size_t n;
};

/* As cells, or as they are when that is shorter. */
static void
pack(struct ks_span registers, struct packed *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < registers.n; i++) {
		if (registers.at[i] == 0)
			continue;
		if (ret->n + CELL_BYTES >= sizeof(ret->bytes)) {
			memcpy(ret->bytes, registers.at, registers.n);
			ret->n = registers.n;
			return;
		}
		ret->bytes[ret->n++] = (uint8_t)(i >> 8);
		ret->bytes[ret->n++] = (uint8_t)i;
		ret->bytes[ret->n++] = registers.at[i];
	}
}

static void
raise(uint8_t *cell, uint8_t value)
{
	*cell = value > *cell ? value : *cell;
}

/* Whoever wrote them, we stay within our registers. */
static void
merge_packed(uint8_t registers[KS_CLIENTS_REGISTERS], const uint8_t *bytes, size_t n)
{
	if (n == KS_CLIENTS_REGISTERS) {
		for (size_t i = 0; i < n; i++)
			raise(&registers[i], bytes[i]);
		return;
	}
	for (size_t i = 0; i + CELL_BYTES <= n; i += CELL_BYTES) {
		const size_t cell = (size_t)bytes[i] << 8 | bytes[i + 1];
		if (cell < KS_CLIENTS_REGISTERS)
			raise(&registers[cell], bytes[i + 2]);
	}
}

/* --- in --- */

enum ks_error
ks_store_put_clients(struct ks_sink *sink, const struct ks_fact_clients *clients, struct ks_diag *diag)
{
	static const char *const scopes[] = {
		[KS_CLIENTS_ALL] = "all", [KS_CLIENTS_DAY] = "day", [KS_CLIENTS_OTHER_DAYS] = "other days"};
	struct packed packed[KS_CLIENTS_KINDS];
	struct ks_sql_row row = ks_store_fact_row(sink, KS_PUT_CLIENTS);
	ks_sql_put_text(&row, scopes[clients->scope]);
	ks_sql_put_int(&row, clients->t_s);
	ks_sql_put_int(&row, clients->place);
	for (size_t i = 0; i < KS_CLIENTS_KINDS; i++) {
		if (clients->exact)
			ks_sql_put_count(&row, clients->counts[i]);
		else
			ks_sql_put_null(&row);
	}
	for (size_t i = 0; i < KS_CLIENTS_KINDS; i++) {
		pack(clients->registers[i], &packed[i]);
		ks_sql_put_blob(&row, packed[i].bytes, packed[i].n);
	}
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_judge_clients(struct ks_store *store, const struct ks_store_clients *clients, struct ks_diag *diag)
{
	assert(clients->scope != KS_CLIENTS_OTHER_DAYS);
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_CLIENT_COUNT);
	ks_sql_put_text(&row, clients->scope == KS_CLIENTS_ALL ? "all" : "day");
	ks_sql_put_int(&row, clients->t_s);
	ks_sql_put_int(&row, clients->exact);
	for (size_t i = 0; i < KS_CLIENTS_KINDS; i++)
		ks_sql_put_count(&row, clients->counts[i]);
	return ks_sql_row_done(&row, diag);
}

/* --- out --- */

/* A group is what several runs say of one day, or of the whole ("all" would sort first: it must come last).
 */
static const char groups_sql[] = "SELECT scope, t_s, count(*), total(v4), total(v6), total(v6_64), count(v4)"
				 " FROM clients GROUP BY scope, t_s ORDER BY scope = 'all', scope, t_s";
static const char members_sql[] = "SELECT v4_registers, v6_registers, v6_64_registers"
				  " FROM clients WHERE scope = ? AND t_s = ? ORDER BY run_id";
/* Are all sources of all runs in the table, so that they can be told apart one by one? */
static const char complete_sql[] =
	"SELECT NOT EXISTS (SELECT 1 FROM run WHERE coalesce("
	" (SELECT v4 + v6 FROM clients WHERE clients.run_id = run.run_id AND scope = 'all'), -1)"
	" <> (SELECT count(*) FROM source WHERE source.run_id = run.run_id AND days <> 0))";
static const char distinct_sql[] =
	"SELECT count(DISTINCT ip) FILTER (WHERE length(ip) = 4), count(DISTINCT ip) FILTER (WHERE "
	"length(ip) = 16),"
	" count(DISTINCT substr(ip, 1, 8)) FILTER (WHERE length(ip) = 16)"
	" FROM clients CROSS JOIN source USING (run_id)"
	" WHERE scope = ?1 AND t_s = ?2 AND iif(scope = 'all', days <> 0, days >> place & 1)";

struct reader {
	struct ks_store *store;
	sqlite3_stmt *groups, *members, *distinct;
	bool complete;
	uint8_t registers[KS_CLIENTS_KINDS][KS_CLIENTS_REGISTERS];
};

static uint64_t
count_of(sqlite3_stmt *stmt, int column)
{
	const int64_t value = sqlite3_column_int64(stmt, column);
	return value < 0 ? 0 : (uint64_t)value;
}

static void
bind_group(const struct reader *reader, sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_bind_value(stmt, 1, sqlite3_column_value(reader->groups, 0));
	sqlite3_bind_int64(stmt, 2, sqlite3_column_int64(reader->groups, 1));
}

static int
read_registers(struct reader *reader)
{
	int rc;
	memset(reader->registers, 0, sizeof(reader->registers));
	bind_group(reader, reader->members);
	while ((rc = sqlite3_step(reader->members)) == SQLITE_ROW)
		for (int kind = 0; kind < KS_CLIENTS_KINDS; kind++)
			merge_packed(reader->registers[kind], sqlite3_column_blob(reader->members, kind),
				     (size_t)sqlite3_column_bytes(reader->members, kind));
	return rc;
}

/* What one run says of itself stands; what several say is the same source or another. */
static int
read_counts(struct reader *reader, struct ks_store_clients *clients)
{
	const int64_t runs = sqlite3_column_int64(reader->groups, 2);
	const bool known = sqlite3_column_int64(reader->groups, 6) == runs;
	clients->exact = known && (runs == 1 || reader->complete);
	for (int kind = 0; kind < KS_CLIENTS_KINDS; kind++)
		clients->counts[kind] = count_of(reader->groups, 3 + kind);
	if (!clients->exact || runs == 1)
		return SQLITE_DONE;
	bind_group(reader, reader->distinct);
	const int rc = sqlite3_step(reader->distinct);
	for (int kind = 0; kind < KS_CLIENTS_KINDS; kind++)
		clients->counts[kind] = count_of(reader->distinct, kind);
	return rc == SQLITE_ROW ? SQLITE_DONE : rc;
}

static enum ks_clients_scope
scope_of(const unsigned char *text)
{
	if (text != NULL && text[0] == 'd')
		return KS_CLIENTS_DAY;
	return text != NULL && text[0] == 'a' ? KS_CLIENTS_ALL : KS_CLIENTS_OTHER_DAYS;
}

static enum ks_error
read_all(struct reader *reader, ks_store_clients_fn *each, void *arg, struct ks_diag *diag)
{
	int rc;
	while ((rc = sqlite3_step(reader->groups)) == SQLITE_ROW) {
		struct ks_store_clients clients = {
			.scope = scope_of(sqlite3_column_text(reader->groups, 0)),
			.t_s = sqlite3_column_int64(reader->groups, 1),
			.registers = (const uint8_t(*)[KS_CLIENTS_REGISTERS])reader->registers,
		};
		rc = read_registers(reader);
		if (rc == SQLITE_DONE)
			rc = read_counts(reader, &clients);
		if (rc != SQLITE_DONE)
			break;
		const enum ks_error error = each(arg, &clients, diag);
		if (error != KS_SUCCESS)
			return error;
	}
	return rc == SQLITE_DONE ? KS_SUCCESS : ks_sql_fail(reader->store, rc, diag);
}

enum ks_error
ks_store_each_clients(struct ks_store *store, ks_store_clients_fn *each, void *arg, struct ks_diag *diag)
{
	struct reader reader = {.store = store};
	int64_t complete = 0;
	enum ks_error error = ks_sql_number(store, complete_sql, &complete, diag);
	reader.complete = complete != 0;
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, groups_sql, &reader.groups, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, members_sql, &reader.members, diag);
	if (error == KS_SUCCESS)
		error = ks_sql_prepare(store, distinct_sql, &reader.distinct, diag);
	if (error == KS_SUCCESS)
		error = read_all(&reader, each, arg, diag);
	sqlite3_finalize(reader.groups);
	sqlite3_finalize(reader.members);
	sqlite3_finalize(reader.distinct);
	return error;
}
