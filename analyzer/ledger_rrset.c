/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_rrset.c -- contents of RRsets, and the periods in which servers gave them. */
#include "analyzer/ledger_p.h"

enum { SOA_NUMBERS = 20 };

/* Referrals tell of every delegation of a large zone. They must leave room for keys and answers. */
static bool
is_crowded(const struct ks_ledger *ledger)
{
	return ledger->contents.n / 3 >= ledger->contents.capacity / 4 ||
	       ledger->n_runs / 3 >= ledger->max_runs / 4 ||
	       ledger->series.n / 3 >= ledger->series.capacity / 4 ||
	       ledger->names.table.n / 3 >= ledger->names.table.capacity / 4;
}

bool
ks_ledger_keeps(uint16_t type)
{
	return type == KS_TYPE_DNSKEY || type == KS_TYPE_DS || type == KS_TYPE_SOA || type == KS_TYPE_CDS ||
	       type == KS_TYPE_CDNSKEY || type == KS_TYPE_NSEC3PARAM;
}

/* Of SOA the numbers at its end: the names before them may be compressed in many ways, and say nothing of
 * the zone's state. */
static struct ks_span
telling_part(uint16_t type, struct ks_span rdata)
{
	if (type != KS_TYPE_SOA || rdata.n < SOA_NUMBERS)
		return rdata;
	return (struct ks_span){rdata.at + rdata.n - SOA_NUMBERS, SOA_NUMBERS};
}

/* Sums of keyed hashes: whoever does not know the secret cannot make two sets meet in 128 bits. */
static struct ks_key
hash_records(const struct ks_ledger *ledger, const struct ks_rrsets *sets, const struct ks_rrset *set)
{
	struct ks_key sum = {.w = {set->n, set->type}};
	const struct ks_rr *record = ks_rrset_first(sets, set);
	for (unsigned i = 0; i < set->n; i++, record = ks_rrset_next(sets, record)) {
		const struct ks_span part = telling_part(set->type, record->rdata);
		const struct ks_key hash = ks_ledger_hash(ledger, part.at, part.n);
		sum.w[0] += hash.w[0];
		sum.w[1] += hash.w[1];
	}
	return sum;
}

struct ks_key
ks_ledger_rrset_hash(struct ks_visit *visit, const struct ks_rrset *set)
{
	static_assert(KS_RRSETS <= 32, "a bit for each");
	const size_t i = (size_t)(set - visit->sets.set);
	if ((visit->hashed >> i & 1) == 0) {
		visit->hashes[i] = hash_records(visit->ledger, &visit->sets, set);
		visit->hashed |= UINT32_C(1) << i;
	}
	return visit->hashes[i];
}

static struct ks_key
content_key(const struct ks_ledger *ledger, uint32_t name, struct ks_key records)
{
	return (struct ks_key){.w = {ks_hash_words(&ledger->secret, records.w[0], name),
				     ks_hash_words(&ledger->other_secret, records.w[1], name)}};
}

/* --- a new content --- */

static size_t
soa_wire(const struct ks_rrsets *sets, const struct ks_rrset *set, uint8_t ret[KS_RRCANON_MAX])
{
	const struct ks_span numbers = telling_part(KS_TYPE_SOA, ks_rrset_first(sets, set)->rdata);
	if (numbers.n != SOA_NUMBERS)
		return 0;
	ret[0] = 0;
	ret[1] = SOA_NUMBERS;
	memcpy(ret + 2, numbers.at, SOA_NUMBERS);
	return 2 + SOA_NUMBERS;
}

static bool
keep_wire(struct ks_visit *visit, const struct ks_rrset *set, struct ks_ledger_content *content)
{
	uint8_t wire[KS_RRCANON_MAX];
	size_t n = 0;
	if (set->type == KS_TYPE_SOA) {
		n = soa_wire(&visit->sets, set, wire);
		visit->ledger->malformed += n == 0;
	} else if (!ks_rrset_canonical(&visit->sets, set, wire, &n)) {
		visit->odd = true;
		visit->ledger->large++;
		return false;
	}
	if (!ks_ledger_keep(visit->ledger, (struct ks_span){wire, n}, &content->wire_at)) {
		visit->odd = true;
		visit->ledger->unlisted++;
		return false;
	}
	content->n_wire = (uint32_t)n;
	return true;
}

static void
fill_content(struct ks_visit *visit, const struct ks_rrset *set, uint32_t name,
	     struct ks_ledger_content *content)
{
	content->name = name;
	content->type = set->type;
	if (keep_wire(visit, set, content) && set->type == KS_TYPE_DNSKEY)
		content->collision = ks_ledger_keys(visit->ledger, name, content->wire_at, content->n_wire);
}

/* Room for a content, its times kept. NULL without; whoever gets a new one fills it. */
static struct ks_ledger_content *
touch_content(struct ks_visit *visit, const struct ks_key *key, bool *ret_new)
{
	struct ks_ledger *const ledger = visit->ledger;
	const uint32_t number = ks_map_add(&ledger->contents, key, ret_new);
	if (number == KS_MAP_NONE)
		return NULL;
	struct ks_ledger_content *const content = ks_map_at(&ledger->contents, number);
	ks_ledger_trace(visit, KS_TOUCH_CONTENT, number, KS_MAP_NONE, false);
	content->count++;
	ks_ledger_stretch(&content->first_ns, &content->last_ns, *ret_new, visit->message->time_ns);
	return content;
}

/* --- signers --- */

static size_t
gather_signers(const struct ks_visit *visit, const struct ks_rrset *set, uint32_t ret[KS_LEDGER_SIGNERS])
{
	const struct ks_rrset *const over =
		ks_rrsets_find(&visit->sets, set->section, set->owner, KS_TYPE_RRSIG, set->type);
	size_t n = 0;
	if (over == NULL)
		return 0;
	const struct ks_rr *record = ks_rrset_first(&visit->sets, over);
	for (unsigned i = 0; i < over->n; i++, record = ks_rrset_next(&visit->sets, record)) {
		const uint8_t *const at = record->rdata.at;
		if (record->rdata.n < 18)
			continue;
		const uint32_t signer = (uint32_t)at[16] << 16 | (uint32_t)at[17] << 8 | at[2];
		size_t place = n;
		while (place > 0 && ret[place - 1] > signer)
			place--;
		if (n == KS_LEDGER_SIGNERS || (place > 0 && ret[place - 1] == signer))
			continue;
		memmove(ret + place + 1, ret + place, (n - place) * sizeof(*ret));
		ret[place] = signer;
		n++;
	}
	return n;
}

/* Number of the set of keys that signed, KS_MAP_NONE: unknown. A response with DO says that an RRset without
 * signatures is not signed. */
static uint32_t
signers_of(struct ks_visit *visit, const struct ks_rrset *set)
{
	struct ks_ledger *const ledger = visit->ledger;
	uint32_t signers[KS_LEDGER_SIGNERS];
	const size_t n = gather_signers(visit, set, signers);
	if (n == 0 && !visit->message->dns.edns.dnssec_ok)
		return KS_MAP_NONE;
	const struct ks_key key = ks_ledger_hash(ledger, signers, n * sizeof(*signers));
	bool is_new;
	const uint32_t number = ks_map_add(&ledger->signers, &key, &is_new);
	if (number != KS_MAP_NONE && is_new) {
		struct ks_ledger_signers *const entry = ks_map_at(&ledger->signers, number);
		entry->n = (uint32_t)n;
		memcpy(entry->signer, signers, n * sizeof(*signers));
	}
	return number;
}

/* --- periods --- */

/* What one response says of one RRset. */
struct sighting {
	uint32_t name, content, signers, ttl_s;
	uint16_t type;
	bool authoritative, referral;
};

static struct ks_ledger_run *
run_at(const struct ks_ledger *ledger, uint32_t number)
{
	return (struct ks_ledger_run *)ledger->runs.base + number;
}

/* Caches count TTLs down, so that a TTL tells something of authoritative data only. */
static bool
continues(const struct ks_ledger_run *run, const struct sighting *seen)
{
	if (run->content != seen->content || (seen->authoritative && run->ttl_least_s != seen->ttl_s))
		return false;
	return run->signers == seen->signers || run->signers == KS_MAP_NONE || seen->signers == KS_MAP_NONE;
}

static void
extend(struct ks_ledger_run *run, const struct sighting *seen, bool is_new, int64_t t_ns)
{
	ks_ledger_stretch(&run->first_ns, &run->last_ns, is_new, t_ns);
	if (run->signers == KS_MAP_NONE)
		run->signers = seen->signers;
	if (is_new || seen->ttl_s < run->ttl_least_s)
		run->ttl_least_s = seen->ttl_s;
	if (seen->ttl_s > run->ttl_greatest_s)
		run->ttl_greatest_s = seen->ttl_s;
	ks_ledger_count32(&run->count);
	if (seen->referral)
		ks_ledger_count32(&run->referrals);
}

/* A run behind the series' last one, or that one itself when there is no room for another. */
static struct ks_ledger_run *
next_run(struct ks_ledger *ledger, struct ks_ledger_series *series, uint32_t content)
{
	struct ks_ledger_run *const last = run_at(ledger, series->last);
	if (series->n == KS_LEDGER_RUNS || ledger->n_runs == ledger->max_runs) {
		const uint32_t number = last->number + 1, forgotten = last->forgotten + 1;
		*last = (struct ks_ledger_run){
			.number = number, .forgotten = forgotten, .content = content, .next = KS_MAP_NONE};
		ledger->forgotten++;
		return last;
	}
	const uint32_t place = ledger->n_runs++;
	struct ks_ledger_run *const run = run_at(ledger, place);
	run->number = last->number + 1;
	last->next = place;
	series->last = place;
	series->n++;
	return run;
}

static struct ks_ledger_run *
first_run(struct ks_ledger *ledger, struct ks_ledger_series *series)
{
	if (ledger->n_runs == ledger->max_runs)
		return NULL;
	series->first = series->last = ledger->n_runs++;
	series->n = 1;
	return run_at(ledger, series->first);
}

static struct ks_key
series_key(uint32_t name, uint32_t server, uint32_t nsid, uint16_t type, bool authoritative)
{
	return (struct ks_key){.w = {(uint64_t)name << 32 | server,
				     (uint64_t)nsid << 32 | (uint64_t)type << 16 | authoritative}};
}

struct ks_span
ks_ledger_given_keys(const struct ks_ledger *ledger, uint32_t name, uint32_t server, uint32_t nsid)
{
	for (int authoritative = 1; authoritative >= 0; authoritative--) {
		const struct ks_key key = series_key(name, server, nsid, KS_TYPE_DNSKEY, authoritative != 0);
		const uint32_t number = ks_map_find(&ledger->series, &key);
		if (number == KS_MAP_NONE)
			continue;
		const struct ks_ledger_series *const series = ks_map_at(&ledger->series, number);
		const struct ks_ledger_content *const content =
			ks_map_at(&ledger->contents, run_at(ledger, series->last)->content);
		return ks_ledger_octets(ledger, content->wire_at, content->n_wire);
	}
	return (struct ks_span){NULL, 0};
}

static void
note(struct ks_visit *visit, const struct sighting *seen)
{
	struct ks_ledger *const ledger = visit->ledger;
	const struct ks_key key =
		series_key(seen->name, visit->server, visit->nsid, seen->type, seen->authoritative);
	bool is_new;
	const uint32_t number = ks_map_add(&ledger->series, &key, &is_new);
	struct ks_ledger_series *const series =
		number == KS_MAP_NONE ? NULL : ks_map_at(&ledger->series, number);
	struct ks_ledger_run *run = NULL;
	if (series != NULL && series->n > 0) {
		run = run_at(ledger, series->last);
		is_new = !continues(run, seen);
		if (is_new)
			run = next_run(ledger, series, seen->content);
	} else if (series != NULL) {
		run = first_run(ledger, series);
		is_new = true;
	}
	if (run == NULL) {
		visit->odd = true;
		ledger->unlisted++;
		return;
	}
	if (is_new) {
		run->content = seen->content;
		run->signers = KS_MAP_NONE;
		run->next = KS_MAP_NONE;
	}
	extend(run, seen, is_new, visit->message->time_ns);
	ks_ledger_trace(visit, KS_TOUCH_SERIES, number, series->last, seen->referral);
}

/* --- the doors --- */

static void
watch_limits(struct ks_visit *visit, const struct ks_rrset *set, uint32_t name, unsigned collision)
{
	if (set->type == KS_TYPE_DNSKEY && set->n_seen > KS_LIMIT_KEYS)
		ks_ledger_exhaust(visit, name, KS_EXHAUST_KEYS, set->n_seen);
	if (set->type == KS_TYPE_DS && set->n_seen > KS_LIMIT_DS)
		ks_ledger_exhaust(visit, name, KS_EXHAUST_DS, set->n_seen);
	if (collision > KS_LIMIT_TAG_COLLISION)
		ks_ledger_exhaust(visit, name, KS_EXHAUST_TAG_COLLISION, collision);
}

/* DS records of a referral are the parent's own although AA is not set (RFC 4035 s3.1.4); what else the
 * authority section holds has the word of the header, what the additional section holds nobody's. */
static bool
is_authoritative(const struct ks_visit *visit, const struct ks_rrset *set)
{
	if (set->section == KS_SECTION_AUTHORITY && set->type == KS_TYPE_DS)
		return !visit->recursive;
	return visit->authoritative && set->section != KS_SECTION_ADDITIONAL;
}

void
ks_ledger_rrset(struct ks_visit *visit, const struct ks_rrset *set)
{
	struct ks_ledger *const ledger = visit->ledger;
	const bool referral = set->section == KS_SECTION_AUTHORITY && set->type == KS_TYPE_DS;
	const struct ks_span owner = ks_rrset_owner(&visit->sets, set);
	const uint32_t name = referral && is_crowded(ledger) ? ks_names_find(&ledger->names, owner)
							     : ks_ledger_name(ledger, owner);
	if (name == KS_MAP_NONE) {
		visit->odd = true;
		ledger->unlisted++;
		return;
	}
	if (set->n < set->n_seen) {
		watch_limits(visit, set, name, 0);
		visit->odd = true;
		ledger->large++;
		return;
	}
	const struct ks_key key = content_key(ledger, name, ks_ledger_rrset_hash(visit, set));
	bool is_new;
	struct ks_ledger_content *const content = touch_content(visit, &key, &is_new);
	if (content == NULL) {
		visit->odd = true;
		ledger->unlisted++;
		return;
	}
	if (is_new)
		fill_content(visit, set, name, content);
	watch_limits(visit, set, name, content->collision);
	if (content->n_wire == 0) { /* no telling what it was */
		visit->odd = true;
		ledger->large++;
		return;
	}
	const struct sighting seen = {
		.name = name,
		.content = (uint32_t)(content - (struct ks_ledger_content *)ledger->contents.entries.base),
		.signers = signers_of(visit, set),
		.ttl_s = set->ttl_s,
		.type = set->type,
		.authoritative = is_authoritative(visit, set),
		.referral = set->section == KS_SECTION_AUTHORITY,
	};
	note(visit, &seen);
}

void
ks_ledger_denied(struct ks_visit *visit, struct ks_span name, enum ks_denial denial, uint32_t ttl_s,
		 bool referral)
{
	struct ks_ledger *const ledger = visit->ledger;
	const uint8_t wire = (uint8_t)denial;
	const uint32_t number = ks_ledger_name(ledger, name);
	if (number == KS_MAP_NONE) {
		visit->odd = true;
		ledger->unlisted++;
		return;
	}
	const struct ks_key key = content_key(ledger, number, (struct ks_key){.w = {denial, KS_TYPE_DS}});
	bool is_new;
	struct ks_ledger_content *const content = touch_content(visit, &key, &is_new);
	if (content == NULL) {
		visit->odd = true;
		ledger->unlisted++;
		return;
	}
	if (is_new) {
		content->name = number;
		content->type = KS_TYPE_DS;
		content->denial = wire;
		if (ks_ledger_keep(ledger, (struct ks_span){&wire, 1}, &content->wire_at))
			content->n_wire = 1;
	}
	const struct sighting seen = {
		.name = number,
		.content = (uint32_t)(content - (struct ks_ledger_content *)ledger->contents.entries.base),
		.signers = KS_MAP_NONE,
		.ttl_s = ttl_s,
		.type = KS_TYPE_DS,
		.authoritative = !visit->recursive,
		.referral = referral,
	};
	note(visit, &seen);
}
