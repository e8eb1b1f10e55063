/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger.c -- the ledger's tables, and its door. */
#include "analyzer/ledger.h"

#include <stdlib.h>

#include "analyzer/ledger_p.h"

static_assert(sizeof(struct ks_ledger_content) == 56 && sizeof(struct ks_ledger_run) == 56, "whole words");
static_assert(sizeof(struct ks_ledger_signature) % 8 == 0 && sizeof(struct ks_ledger_nsid) % 8 == 0,
	      "tables hold whole words");

/* Shares of the ledger's memory, in fortieths. */
enum {
	SHARES = 40,
	SHARE_NAMES = 4,
	SHARE_CONTENTS = 5,
	SHARE_OCTETS = 7,
	SHARE_SERIES = 4,
	SHARE_RUNS = 4,
	SHARE_KEYS = 2,
	SHARE_SIGNATURES = 3,
	SHARE_PAIRS = 2,
	SHARE_SLOTS = 1,
	SHARE_SIGNERS = 2,
	SHARE_NSIDS = 1,
	SHARE_NSECS = 2,
	SHARE_EXHAUSTIONS = 2
};
enum { SLOTS_MAX = 256 };

/* Every number of a name fits the 24 bits that the keys of signatures have for it. */
enum { NAMES_BYTES_MAX = 1 << 29 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static enum ks_error
init_tables(struct ks_ledger *ledger, size_t unit, struct ks_diag *diag)
{
	const struct {
		struct ks_map *map;
		size_t entry_size, capacity;
	} maps[] = {
#define SHARED(map, type, share)                                                                             \
	{&ledger->map, sizeof(struct type), ks_map_capacity(sizeof(struct type), unit * (share))}
		SHARED(contents, ks_ledger_content, SHARE_CONTENTS),
		SHARED(series, ks_ledger_series, SHARE_SERIES),
		SHARED(keys, ks_ledger_key, SHARE_KEYS / 2),
		SHARED(tags, ks_ledger_tag, SHARE_KEYS / 2),
		SHARED(signatures, ks_ledger_signature, SHARE_SIGNATURES),
		SHARED(pairs, ks_ledger_pair, SHARE_PAIRS),
		SHARED(signers, ks_ledger_signers, SHARE_SIGNERS),
		SHARED(nsids, ks_ledger_nsid, SHARE_NSIDS),
		SHARED(nsecs, ks_ledger_nsec, SHARE_NSECS),
		SHARED(exhaustions, ks_ledger_exhaustion, SHARE_EXHAUSTIONS),
#undef SHARED
	};
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < KS_COUNT(maps) && error == KS_SUCCESS; i++)
		error = ks_map_init(maps[i].map, maps[i].entry_size, maps[i].capacity, &ledger->secret, diag);
	return error;
}

static enum ks_error
init_regions(struct ks_ledger *ledger, size_t unit, struct ks_diag *diag)
{
	ledger->max_runs = (uint32_t)(unit * SHARE_RUNS / sizeof(struct ks_ledger_run));
	ledger->n_slots = (uint32_t)least(unit * SHARE_SLOTS / KS_LEDGER_SLOT + 1, SLOTS_MAX);
	enum ks_error error = ks_region_init(&ledger->octets, unit * SHARE_OCTETS, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&ledger->runs, ledger->max_runs * sizeof(struct ks_ledger_run), diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&ledger->slots, (size_t)ledger->n_slots * KS_LEDGER_SLOT, diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&ledger->memos, KS_LEDGER_MEMOS * sizeof(struct ks_ledger_memo), diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&ledger->denials, KS_LEDGER_DENIALS * sizeof(struct ks_ledger_denial),
				       diag);
	return error;
}

enum ks_error
ks_ledger_init(struct ks_ledger *ledger, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	const size_t unit = bytes / SHARES;
	*ledger = (struct ks_ledger){
		.secret = {.a = secret->a ^ UINT64_C(0x6c65646765720001), .b = ~secret->b},
		.other_secret = {.a = ~secret->b, .b = secret->a ^ UINT64_C(0x6c65646765720002)},
	};
	enum ks_error error =
		ks_names_init(&ledger->names, least(unit * SHARE_NAMES, NAMES_BYTES_MAX), secret, diag);
	if (error == KS_SUCCESS)
		error = init_tables(ledger, unit, diag);
	if (error == KS_SUCCESS)
		error = init_regions(ledger, unit, diag);
	if (error != KS_SUCCESS)
		ks_ledger_done(ledger);
	return error;
}

void
ks_ledger_done(struct ks_ledger *ledger)
{
	struct ks_map *const maps[] = {
		&ledger->contents,   &ledger->series, &ledger->signers, &ledger->keys,  &ledger->tags,
		&ledger->signatures, &ledger->pairs,  &ledger->nsids,   &ledger->nsecs, &ledger->exhaustions,
	};
	struct ks_region *const regions[] = {&ledger->octets, &ledger->runs, &ledger->slots, &ledger->denials,
					     &ledger->memos};
	ks_names_done(&ledger->names);
	free(ledger->chosen);
	ledger->chosen = NULL;
	for (size_t i = 0; i < KS_COUNT(maps); i++)
		ks_map_done(maps[i]);
	for (size_t i = 0; i < KS_COUNT(regions); i++)
		ks_region_done(regions[i]);
}

/* --- what the other files share --- */

uint32_t
ks_ledger_name(struct ks_ledger *ledger, struct ks_span name)
{
	bool is_new;
	return ks_names_add(&ledger->names, name, &is_new);
}

bool
ks_ledger_keep(struct ks_ledger *ledger, struct ks_span bytes, uint32_t *ret_at)
{
	if (bytes.n > ledger->octets.reserved_bytes - ledger->used_octets ||
	    ledger->used_octets + bytes.n > UINT32_MAX)
		return false;
	*ret_at = (uint32_t)ledger->used_octets;
	if (bytes.n > 0)
		memcpy((uint8_t *)ledger->octets.base + ledger->used_octets, bytes.at, bytes.n);
	ledger->used_octets += bytes.n;
	return true;
}

struct ks_span
ks_ledger_octets(const struct ks_ledger *ledger, uint32_t at, uint32_t n)
{
	return (struct ks_span){(const uint8_t *)ledger->octets.base + at, n};
}

void
ks_ledger_exhaust(struct ks_visit *visit, uint32_t name, enum ks_exhaustion kind, uint64_t n)
{
	struct ks_ledger *const ledger = visit->ledger;
	visit->odd = true;
	const struct ks_key key = {.w = {(uint64_t)name << 32 | visit->server, kind}};
	bool is_new;
	const uint32_t number =
		name == KS_MAP_NONE ? KS_MAP_NONE : ks_map_add(&ledger->exhaustions, &key, &is_new);
	if (number == KS_MAP_NONE) {
		ledger->unlisted++;
		return;
	}
	struct ks_ledger_exhaustion *const entry = ks_map_at(&ledger->exhaustions, number);
	ks_ledger_stretch(&entry->first_ns, &entry->last_ns, is_new, visit->message->time_ns);
	entry->responses++;
	if (n > entry->greatest)
		entry->greatest = n;
}

/* --- the door --- */

/* Whole answers with DNSSEC records in them, or to a question about such. What a bad answer holds is nobody's
 * word, and of a truncated one part of an RRset may be missing. */
static bool
is_wanted(const struct ks_message *message)
{
	const struct ks_dns *const dns = &message->dns;
	if (message->bytes.at == NULL || dns->cut || (dns->flags & KS_FLAG_TC) != 0)
		return false;
	if (ks_dns_opcode(dns) != 0 || (dns->rcode != 0 && dns->rcode != 3))
		return false;
	return dns->sigkey_bytes > 0 ||
	       (dns->has_question && dns->qclass == 1 && ks_ledger_keeps(dns->qtype));
}

static uint32_t
add_nsid(struct ks_ledger *ledger, struct ks_span nsid)
{
	const struct ks_key key = ks_ledger_hash(ledger, nsid.at, nsid.n);
	bool is_new;
	const uint32_t number = ks_map_add(&ledger->nsids, &key, &is_new);
	if (number == KS_MAP_NONE || !is_new)
		return number;
	struct ks_ledger_nsid *const entry = ks_map_at(&ledger->nsids, number);
	entry->n = (uint32_t)least(nsid.n, KS_LEDGER_NSID);
	if (entry->n > 0)
		memcpy(entry->b, nsid.at, entry->n);
	return number;
}

/* Most answers have none. */
static uint32_t
nsid_number(struct ks_ledger *ledger, struct ks_span nsid)
{
	if (nsid.n > 0)
		return add_nsid(ledger, nsid);
	if (!ledger->has_no_nsid) {
		ledger->no_nsid = add_nsid(ledger, nsid);
		ledger->has_no_nsid = ledger->no_nsid != KS_MAP_NONE;
	}
	return ledger->no_nsid;
}

static void
visit_set(struct ks_visit *visit, const struct ks_rrset *set)
{
	switch (set->type) {
	case KS_TYPE_RRSIG:
		ks_ledger_signatures(visit, set);
		break;
	case KS_TYPE_NSEC:
	case KS_TYPE_NSEC3:
		visit->odd = true;
		ks_ledger_nsec(visit, set);
		break;
	default:
		break;
	}
}

/* Answers to questions for keys are always read. Of others, which a busy server gives by the ten thousand a
 * second, enough are to see what changes within the second. */
static bool
may_read(struct ks_ledger *ledger, int64_t t_ns)
{
	const int64_t second = t_ns / KS_NS_PER_S;
	if (second != ledger->read_at) {
		ledger->read_at = second;
		ledger->read_second = 0;
	}
	if (ledger->read_second++ < KS_LEDGER_READ_SECOND)
		return true;
	ledger->skimmed++;
	return false;
}

void
ks_ledger_feed(struct ks_ledger *ledger, uint32_t server, const struct ks_message *message)
{
	if (!is_wanted(message))
		return;
	/* Only answers to questions for keys are remembered. */
	const bool about_keys = message->dns.has_question && ks_ledger_keeps(message->dns.qtype);
	if (!about_keys && !may_read(ledger, message->time_ns))
		return;
	struct ks_visit visit; /* not zeroed: the greater part is room */
	visit.ledger = ledger;
	visit.message = message;
	visit.server = server;
	visit.authoritative = (message->dns.flags & KS_FLAG_AA) != 0;
	visit.recursive = !visit.authoritative && (message->dns.flags & KS_FLAG_RA) != 0;
	visit.n_signer = 0;
	visit.hashed = 0;
	visit.nsid = nsid_number(ledger, message->dns.edns.nsid);
	if (server == KS_MAP_NONE || visit.nsid == KS_MAP_NONE) {
		ledger->unlisted++;
		return;
	}
	if (ks_ledger_recall(&visit))
		return;
	ks_rrsets_read(message->bytes, &message->dns, &visit.sets);
	/* Referrals and priming answers may hold signed addresses. An answer to a question for keys holds
	 * none, and is remembered by what stands before its additional section. */
	if (!ks_ledger_keeps(message->dns.qtype))
		ks_rrsets_read_additional(&message->dns, &visit.sets);
	visit.odd |= visit.sets.lost > 0;
	ledger->lost_records += visit.sets.lost;
	/* Contents first: the keys of this message may have made its signatures. */
	for (unsigned i = 0; i < visit.sets.n; i++)
		if (ks_ledger_keeps(visit.sets.set[i].type))
			ks_ledger_rrset(&visit, &visit.sets.set[i]);
	for (unsigned i = 0; i < visit.sets.n; i++)
		visit_set(&visit, &visit.sets.set[i]);
	ks_ledger_ds_denial(&visit);
	ks_ledger_remember(&visit);
}
