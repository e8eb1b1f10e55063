/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/table.h"

#include <string.h>

void
ks_list_append(struct ks_list *list, struct ks_list_link *link)
{
	link->older = list->newest;
	link->newer = NULL;
	if (list->newest != NULL)
		list->newest->newer = link;
	else
		list->oldest = link;
	list->newest = link;
}

void
ks_list_remove(struct ks_list *list, struct ks_list_link *link)
{
	if (link->older != NULL)
		link->older->newer = link->newer;
	else
		list->oldest = link->newer;
	if (link->newer != NULL)
		link->newer->older = link->older;
	else
		list->newest = link->older;
	*link = (struct ks_list_link){NULL, NULL};
}

bool
ks_list_has(const struct ks_list *list, const struct ks_list_link *link)
{
	return link->older != NULL || list->oldest == link;
}

void
ks_table_init(struct ks_table *table, void *entries, size_t entry_bytes, size_t key_bytes,
	      struct ks_table_link **chains, size_t n)
{
	assert(n > 0);
	*table = (struct ks_table){.chains = chains,
				   .entries = entries,
				   .n = n,
				   .entry_bytes = entry_bytes,
				   .key_bytes = key_bytes};
}

/* High half of a product instead of a remainder: no division, and n need not be a power of two. */
static struct ks_table_link **
chain_of(const struct ks_table *table, uint64_t hash)
{
	return &table->chains[(size_t)((unsigned __int128)hash * table->n >> 64)];
}

struct ks_table_link *
ks_table_find(const struct ks_table *table, uint64_t hash, const void *key)
{
	for (struct ks_table_link *entry = *chain_of(table, hash); entry != NULL; entry = entry->chain)
		if (entry->hash == hash && memcmp(entry + 1, key, table->key_bytes) == 0)
			return entry;
	return NULL;
}

struct ks_table_link *
ks_table_displaced(const struct ks_table *table, uint64_t hash)
{
	unsigned length = 0;
	for (struct ks_table_link *entry = *chain_of(table, hash); entry != NULL; entry = entry->chain)
		if (++length == KS_TABLE_CHAIN)
			return entry;
	const bool full = table->removed == NULL && table->n_used == table->n;
	return full ? ks_table_oldest(table) : NULL;
}

/* Entries never used are taken last: memory that no traffic needs is never touched. */
static struct ks_table_link *
take_entry(struct ks_table *table)
{
	struct ks_table_link *const entry = table->removed;
	if (entry != NULL) {
		table->removed = entry->chain;
		return entry;
	}
	assert(table->n_used < table->n);
	return (void *)(table->entries + table->n_used++ * table->entry_bytes);
}

struct ks_table_link *
ks_table_add(struct ks_table *table, uint64_t hash, const void *key)
{
	struct ks_table_link *const entry = take_entry(table);
	struct ks_table_link **const chain = chain_of(table, hash);
	entry->chain = *chain;
	*chain = entry;
	entry->hash = hash;
	memcpy(entry + 1, key, table->key_bytes);
	ks_list_append(&table->by_age, &entry->age);
	return entry;
}

void
ks_table_touch(struct ks_table *table, struct ks_table_link *entry)
{
	if (table->by_age.newest == &entry->age)
		return;
	ks_list_remove(&table->by_age, &entry->age);
	ks_list_append(&table->by_age, &entry->age);
}

void
ks_table_remove(struct ks_table *table, struct ks_table_link *entry)
{
	struct ks_table_link **at = chain_of(table, entry->hash);
	while (*at != entry)
		at = &(*at)->chain;
	*at = entry->chain;
	ks_list_remove(&table->by_age, &entry->age);
	entry->chain = table->removed;
	table->removed = entry;
}

struct ks_table_link *
ks_table_oldest(const struct ks_table *table)
{
	if (table->by_age.oldest == NULL)
		return NULL;
	return KS_CONTAINER(table->by_age.oldest, struct ks_table_link, age);
}
