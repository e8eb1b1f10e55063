/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/signals.h"

#include "analyzer/requery.h"

static_assert(sizeof(struct ks_signal_entry) == 40 && sizeof(struct ks_key_entry) == 32, "whole words");

enum { KEYS_MAX = 32768, TAGS_TEXT = KS_SIGNAL_TAGS * 6 };

enum ks_error
ks_signals_init(struct ks_signals *signals, size_t bytes, const struct ks_secret *secret,
		struct ks_diag *diag)
{
	*signals = (struct ks_signals){0};
	enum ks_error error =
		ks_map_init(&signals->table, sizeof(struct ks_signal_entry),
			    ks_map_capacity(sizeof(struct ks_signal_entry), bytes / 4 * 3), secret, diag);
	if (error == KS_SUCCESS)
		error = ks_map_init(&signals->keys, sizeof(struct ks_key_entry), KEYS_MAX, secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&signals->names, bytes / 4, secret, diag);
	if (error != KS_SUCCESS)
		ks_signals_done(signals);
	return error;
}

void
ks_signals_done(struct ks_signals *signals)
{
	ks_map_done(&signals->table);
	ks_map_done(&signals->keys);
	ks_names_done(&signals->names);
}

static void
stretch(int64_t *first_ns, int64_t *last_ns, bool is_new, int64_t t_ns)
{
	if (is_new || t_ns < *first_ns)
		*first_ns = t_ns;
	if (is_new || t_ns > *last_ns)
		*last_ns = t_ns;
}

/* "19036 20326"; digits and blanks pass a table of names unchanged. */
static size_t
print_tags(const struct ks_signal *signal, uint8_t ret[TAGS_TEXT])
{
	size_t n = 0;
	for (size_t i = 0; i < signal->n_tags; i++) {
		if (i > 0)
			ret[n++] = ' ';
		unsigned digits = 1;
		for (unsigned rest = signal->tags[i]; rest >= 10; rest /= 10)
			digits++;
		unsigned rest = signal->tags[i];
		for (unsigned at = digits; at > 0; at--, rest /= 10)
			ret[n + at - 1] = (uint8_t)('0' + rest % 10);
		n += digits;
	}
	return n;
}

/* A validator asks an authoritative server with RD=0 and, having EDNS, with DO=1. A signal that comes
 * otherwise was passed on for somebody else, or made up. Sentinels are asked by users: nothing to tell. */
static bool
is_forwarded(const struct ks_signal *signal, const struct ks_dns *dns)
{
	if (signal->via == KS_VIA_SENTINEL_IS || signal->via == KS_VIA_SENTINEL_NOT)
		return false;
	return (dns->flags & KS_FLAG_RD) != 0 || !dns->edns.dnssec_ok;
}

static void
keep_signal(struct ks_signals *signals, uint32_t source, const struct ks_signal *signal,
	    const struct ks_message *message)
{
	uint8_t text[TAGS_TEXT];
	bool is_new;
	const size_t n = print_tags(signal, text);
	signals->tags_cut += signal->cut;
	const uint32_t zone = ks_names_add(&signals->names, signal->zone, &is_new);
	const uint32_t tags = ks_names_add(&signals->names, (struct ks_span){text, n}, &is_new);
	if (source == KS_MAP_NONE || zone == KS_MAP_NONE || tags == KS_MAP_NONE) {
		signals->unlisted++;
		return;
	}
	const struct ks_key key = {.w = {(uint64_t)source << 32 | zone, (uint64_t)tags << 32 | signal->via}};
	const uint32_t number = ks_map_add(&signals->table, &key, &is_new);
	if (number == KS_MAP_NONE) {
		signals->unlisted++;
		return;
	}
	struct ks_signal_entry *const entry = ks_map_at(&signals->table, number);
	stretch(&entry->first_ns, &entry->last_ns, is_new, message->time_ns);
	entry->queries += entry->queries != UINT32_MAX;
	entry->forwarded += is_forwarded(signal, &message->dns) && entry->forwarded != UINT32_MAX;
}

static void
take(struct ks_signals *signals, uint32_t source, enum ks_signal_state state, const struct ks_signal *signal,
     const struct ks_message *message)
{
	if (state == KS_SIGNAL_SOUND)
		keep_signal(signals, source, signal, message);
	else
		signals->malformed += state == KS_SIGNAL_MALFORMED;
}

void
ks_signals_query(struct ks_signals *signals, uint32_t source, const struct ks_message *message)
{
	const struct ks_dns *const dns = &message->dns;
	struct ks_signal signal;
	if (!dns->has_question || ks_dns_opcode(dns) != 0 || dns->qclass != 1)
		return;
	if (ks_signal_may_be(dns->qname)) {
		const enum ks_signal_state state = ks_signal_read_name(dns->qname, &signal);
		take(signals, source, state, &signal, message);
	}
	if ((dns->edns.options & KS_EDNS_KEY_TAG) == 0)
		return;
	enum ks_signal_state state = ks_signal_read_option(dns->edns.key_tags, &signal);
	if (dns->qtype != KS_TYPE_DNSKEY) /* RFC 8145 s4.1: with DNSKEY questions only */
		state = KS_SIGNAL_MALFORMED;
	signal.zone = dns->qname;
	take(signals, source, state, &signal, message);
}

/* --- keys --- */

static bool
has_signed(const struct ks_dnskey_answer *answer, const struct ks_dnskey_tag *key)
{
	const size_t n = answer->signatures < KS_ANSWER_KEYS ? answer->signatures : KS_ANSWER_KEYS;
	for (size_t i = 0; i < n; i++)
		if (answer->signer[i].tag == key->tag && answer->signer[i].algorithm == key->algorithm)
			return true;
	return false;
}

/* Number of its entry, or KS_MAP_NONE. */
static uint32_t
keep_key(struct ks_signals *signals, uint32_t zone, const struct ks_dnskey_tag *tag, bool signs, int64_t t_ns)
{
	const struct ks_key key = {.w = {zone, (uint64_t)tag->tag << 32 | (uint64_t)tag->flags << 16 |
						       (uint64_t)tag->algorithm << 8 | signs}};
	bool is_new;
	const uint32_t number = zone == KS_MAP_NONE ? KS_MAP_NONE : ks_map_add(&signals->keys, &key, &is_new);
	if (number == KS_MAP_NONE) {
		signals->unlisted_keys++;
		return KS_MAP_NONE;
	}
	struct ks_key_entry *const entry = ks_map_at(&signals->keys, number);
	stretch(&entry->first_ns, &entry->last_ns, is_new, t_ns);
	return number;
}

static void
touch_again(const struct ks_signals *signals, const struct ks_known_answer *known, int64_t t_ns)
{
	for (uint32_t i = 0; i < known->n; i++) {
		struct ks_key_entry *const entry = ks_map_at(&signals->keys, known->entry[i]);
		stretch(&entry->first_ns, &entry->last_ns, false, t_ns);
	}
}

/* What found no room is counted each time, so such an answer is not remembered. */
static void
keep_keys(struct ks_signals *signals, uint32_t zone, const struct ks_dns *dns, struct ks_known_answer *known,
	  int64_t t_ns)
{
	const struct ks_dnskey_answer *const answer = &dns->dnskey;
	const size_t n = answer->keys < KS_ANSWER_KEYS ? answer->keys : KS_ANSWER_KEYS;
	*known = (struct ks_known_answer){.said = dns->said, .zone = zone};
	for (size_t i = 0; i < n; i++) {
		if (answer->key[i].algorithm == 0) /* reserved, RFC 4034 appendix A.1; or too short for one */
			continue;
		const bool signs = has_signed(answer, &answer->key[i]);
		const uint32_t number = keep_key(signals, zone, &answer->key[i], signs, t_ns);
		known->entry[known->n++] = number;
		if (number == KS_MAP_NONE)
			known->said = 0;
	}
}

void
ks_signals_answer(struct ks_signals *signals, uint32_t zone, const struct ks_dns *dns, int64_t t_ns)
{
	const struct ks_dnskey_answer *const answer = &dns->dnskey;
	if (!ks_requery_is_answer(dns) || answer->signatures == 0 || dns->cut)
		return;
	signals->long_answers += answer->keys > KS_ANSWER_KEYS || answer->signatures > KS_ANSWER_KEYS;
	struct ks_known_answer *const known = &signals->known[dns->said % KS_SIGNALS_KNOWN];
	if (dns->said != 0 && known->said == dns->said && known->zone == zone)
		touch_again(signals, known, t_ns);
	else
		keep_keys(signals, zone, dns, known, t_ns);
}
