/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/row_parts.c -- values and beginnings that rows of many tables share. */
#include "dissect/name.h"
#include "store/store_p.h"

struct ks_store *
ks_store_of(struct ks_sink *sink)
{
	static_assert(offsetof(struct ks_store, sink) == 0, "the sink is the store");
	return (struct ks_store *)(void *)sink;
}

struct ks_sql_row
ks_store_fact_row(struct ks_sink *sink, enum ks_put which)
{
	struct ks_store *const store = ks_store_of(sink);
	assert(store->run_id != 0);
	struct ks_sql_row row = ks_sql_row_begin(store, which);
	ks_sql_put_int(&row, store->run_id);
	return row;
}

void
ks_sql_put_run_zone(struct ks_sql_row *row, uint32_t zone)
{
	assert(zone < row->store->n_zones);
	ks_sql_put_int(row, row->store->zones[zone].zone_id);
}

void
ks_sql_put_known(struct ks_sql_row *row, bool known, int64_t value)
{
	if (known)
		ks_sql_put_int(row, value);
	else
		ks_sql_put_null(row);
}

void
ks_sql_put_word(struct ks_sql_row *row, const char *word)
{
	if (word != NULL && word[0] != '\0')
		ks_sql_put_text(row, word);
	else
		ks_sql_put_null(row);
}

void
ks_sql_put_span(struct ks_sql_row *row, struct ks_span bytes)
{
	ks_sql_put_blob(row, bytes.at, bytes.n);
}

void
ks_sql_put_addr(struct ks_sql_row *row, const struct ks_addr *addr)
{
	ks_sql_put_span(row, ks_addr_bytes(addr));
}

/* A message without question has no name at all, which is not the root's name. */
void
ks_sql_put_name(struct ks_sql_row *row, struct ks_span name, char text[KS_NAME_TEXT])
{
	if (name.n == 0 || ks_name_print(name.at, name.n, text, KS_NAME_TEXT) == 0) {
		ks_sql_put_null(row);
		ks_sql_put_null(row);
		return;
	}
	ks_sql_put_blob(row, name.at, name.n);
	ks_sql_put_text(row, text);
}
