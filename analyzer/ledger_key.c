/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_key.c -- keys, found by what they are and by their tag. */
#include "analyzer/ledger_p.h"
#include "dissect/signal.h"

static struct ks_key
key_of(const struct ks_ledger *ledger, uint32_t name, struct ks_span rdata)
{
	struct ks_key key = ks_ledger_hash(ledger, rdata.at, rdata.n);
	key.w[0] = ks_hash_words(&ledger->secret, key.w[0], name);
	return key;
}

static struct ks_key
tag_key(uint32_t name, uint8_t algorithm, uint16_t tag)
{
	return (struct ks_key){.w = {name, (uint64_t)algorithm << 16 | tag}};
}

struct ks_ledger_key *
ks_ledger_find_key(const struct ks_ledger *ledger, uint32_t name, struct ks_span rdata)
{
	const struct ks_key key = key_of(ledger, name, rdata);
	const uint32_t number = ks_map_find(&ledger->keys, &key);
	return number == KS_MAP_NONE ? NULL : ks_map_at(&ledger->keys, number);
}

const struct ks_ledger_tag *
ks_ledger_tagged(const struct ks_ledger *ledger, uint32_t name, uint8_t algorithm, uint16_t tag)
{
	const struct ks_key key = tag_key(name, algorithm, tag);
	const uint32_t number = ks_map_find(&ledger->tags, &key);
	return number == KS_MAP_NONE ? NULL : ks_map_at(&ledger->tags, number);
}

/* The key joins those with its tag, at their head. */
static void
link_tag(struct ks_ledger *ledger, uint32_t number, uint8_t algorithm, uint16_t tag)
{
	struct ks_ledger_key *const entry = ks_map_at(&ledger->keys, number);
	const struct ks_key key = tag_key(entry->name, algorithm, tag);
	bool is_new;
	const uint32_t place = ks_map_add(&ledger->tags, &key, &is_new);
	entry->next = KS_MAP_NONE;
	if (place == KS_MAP_NONE) {
		ledger->unlisted_keys++;
		return;
	}
	struct ks_ledger_tag *const tagged = ks_map_at(&ledger->tags, place);
	if (!is_new)
		entry->next = tagged->first;
	tagged->first = number;
	tagged->n++;
}

static void
add_key(struct ks_ledger *ledger, uint32_t name, uint32_t rdata_at, struct ks_span rdata,
	const struct ks_dnskey *dnskey, uint16_t tag)
{
	const struct ks_key key = key_of(ledger, name, rdata);
	bool is_new;
	const uint32_t number = ks_map_add(&ledger->keys, &key, &is_new);
	if (number == KS_MAP_NONE) {
		ledger->unlisted_keys++;
		return;
	}
	if (!is_new)
		return;
	struct ks_ledger_key *const entry = ks_map_at(&ledger->keys, number);
	entry->name = name;
	entry->rdata_at = rdata_at;
	entry->n_rdata = (uint32_t)rdata.n;
	link_tag(ledger, number, dnskey->algorithm, tag);
	ks_ledger_lift(ledger, name, dnskey->algorithm, tag);
}

/* How many of `seen` equal the last one. */
static uint8_t
count_equal(const uint32_t *seen, size_t n)
{
	uint8_t equal = 0;
	for (size_t i = 0; i < n; i++)
		equal += seen[i] == seen[n - 1];
	return equal;
}

uint8_t
ks_ledger_keys(struct ks_ledger *ledger, uint32_t name, uint32_t wire_at, uint32_t n_wire)
{
	uint32_t seen[KS_RRSET_RECORDS];
	size_t n_seen = 0;
	uint8_t most = 0;
	const struct ks_span wire = ks_ledger_octets(ledger, wire_at, n_wire);
	struct ks_cur cur = ks_cur_init(wire.at, wire.n);
	while (ks_cur_left(&cur) > 0) {
		struct ks_dnskey dnskey;
		const size_t n = ks_cur_u16(&cur);
		const struct ks_span rdata = {ks_cur_take(&cur, n), n};
		if (rdata.at == NULL || !ks_dnskey_read(rdata, &dnskey)) {
			ledger->malformed++;
			continue;
		}
		const uint16_t tag = ks_key_tag(rdata);
		add_key(ledger, name, wire_at + (uint32_t)(rdata.at - wire.at), rdata, &dnskey, tag);
		seen[n_seen++] = (uint32_t)dnskey.algorithm << 16 | tag;
		const uint8_t equal = count_equal(seen, n_seen);
		most = equal > most ? equal : most;
	}
	return most;
}
