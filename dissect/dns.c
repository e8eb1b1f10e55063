/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/dns.h"

#include <string.h>

#include "dissect/dns_p.h"
#include "dissect/name.h"
#include "dissect/signal.h"

enum { ANSWER = 1, AUTHORITY = 2, ADDITIONAL = 3 };

/* In the place of a key whose record is too short to have one. */
static const struct ks_dnskey_tag no_tag;

/* One record while it is being read. */
struct record {
	size_t offset; /* of its owner name in the message */
	uint16_t type, rr_class;
	uint32_t ttl;
	struct ks_cur rdata;
};

/* Does the owner name at `offset` equal the question's name? Nearly always it is the pointer c00c, or the
 * root. */
static bool
owned_by_question(struct ks_span message, const struct ks_dns *dns, size_t offset)
{
	const uint8_t *const at = message.at + offset;
	if (message.n - offset >= 2 && at[0] == 0xc0 && at[1] == KS_DNS_HEADER)
		return true;
	if (at[0] == 0)
		return dns->qname.n == 1;
	uint8_t owner[KS_NAME_MAX], qname[KS_NAME_MAX];
	const size_t n = ks_name_expand(message, offset, owner);
	if (n != dns->qname.n)
		return false;
	ks_name_fold(dns->qname.at, n, qname);
	return memcmp(owner, qname, n) == 0;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* RFC 4034 s3.1: type covered, algorithm, labels, original TTL, expiration, inception, key tag, ... */
static void
read_dnskey_signature(struct ks_dnskey_answer *answer, struct record *record)
{
	const uint16_t covered = ks_cur_u16(&record->rdata);
	const uint8_t algorithm = ks_cur_u8(&record->rdata);
	ks_cur_skip(&record->rdata, 1);
	const uint32_t original_ttl = ks_cur_u32(&record->rdata);
	const uint32_t expiration = ks_cur_u32(&record->rdata);
	if (record->rdata.failed || covered != KS_TYPE_DNSKEY)
		return;
	answer->sig_ttl = least(answer->sig_ttl, record->ttl);
	answer->original_ttl = least(answer->original_ttl, original_ttl);
	if (answer->expirations < KS_SIG_TIMES)
		answer->expiration[answer->expirations++] = expiration;
	ks_cur_skip(&record->rdata, 4);
	const uint16_t tag = ks_cur_u16(&record->rdata);
	if (answer->signatures < KS_ANSWER_KEYS)
		answer->signer[answer->signatures] =
			record->rdata.failed ? no_tag
					     : (struct ks_dnskey_tag){.tag = tag, .algorithm = algorithm};
	answer->signatures++;
}

/* RFC 4034 s2.1: flags, protocol, algorithm, key. */
static void
read_dnskey(struct ks_dnskey_answer *answer, struct record *record)
{
	const struct ks_span whole = {record->rdata.at, ks_cur_left(&record->rdata)};
	const uint16_t flags = ks_cur_u16(&record->rdata);
	ks_cur_skip(&record->rdata, 1);
	const uint8_t algorithm = ks_cur_u8(&record->rdata);
	answer->key_ttl = least(answer->key_ttl, record->ttl);
	if (answer->keys < KS_ANSWER_KEYS)
		answer->key[answer->keys] = record->rdata.failed
						    ? no_tag
						    : (struct ks_dnskey_tag){.tag = ks_key_tag(whole),
									     .flags = flags,
									     .algorithm = algorithm};
	answer->keys++;
}

/* As DS, RFC 4034 s5.1: the key tag stands first. */
static void
read_dlv(struct ks_dlv_answer *answer, struct record *record)
{
	const uint16_t tag = ks_cur_u16(&record->rdata);
	if (record->rdata.failed)
		return;
	if (answer->records < KS_DLV_TAGS)
		answer->tag[answer->records] = tag;
	answer->records++;
}

/* A record of which more is wanted than its type and length. Signatures of other questions are not looked at:
 * an answer to DNSKEY is what storms are made of. */
static void
read_record(struct ks_span message, struct ks_dns *dns, bool in_answer, struct record *record)
{
	if (record->type == KS_TYPE_OPT) {
		ks_edns_read(&dns->edns, record->rr_class, record->ttl, record->rdata);
		return;
	}
	if (!in_answer || !dns->has_question || !owned_by_question(message, dns, record->offset))
		return;
	if (record->type == KS_TYPE_DNSKEY)
		read_dnskey(&dns->dnskey, record);
	else if (record->type == KS_TYPE_RRSIG)
		read_dnskey_signature(&dns->dnskey, record);
	else
		read_dlv(&dns->dlv, record);
}

/* Is it one of those? */
static inline bool
is_read(const struct ks_dns *dns, bool in_answer, uint16_t type)
{
	return type == KS_TYPE_OPT ||
	       (in_answer &&
		(type == KS_TYPE_DNSKEY || (type == KS_TYPE_RRSIG && dns->qtype == KS_TYPE_DNSKEY) ||
		 (type == KS_TYPE_DLV && dns->qtype == KS_TYPE_DLV)));
}

/* Octets of the owner name at `at`, of which `left` are at hand: most owners are a pointer, and that of OPT
 * is the root. 0: refused. */
static inline size_t
owner_octets(const uint8_t *at, size_t left)
{
	if (left >= 2 && (at[0] >= 0xc0 || at[0] == 0))
		return at[0] == 0 ? 1 : 2;
	struct ks_cur cur = ks_cur_init(at, left);
	return ks_name_skip(&cur) ? (size_t)(cur.at - at) : 0;
}

/* Type, class, TTL, length: RFC 1035 s3.2.1. */
enum { FIXED = 10 };

static struct record
record_at(const uint8_t *message, const uint8_t *at, const uint8_t *fixed, size_t rdata_bytes)
{
	return (struct record){
		.offset = (size_t)(at - message),
		.type = ks_be16(fixed),
		.rr_class = ks_be16(fixed + 2),
		.ttl = ks_be32(fixed + 4),
		.rdata = ks_cur_init(fixed + FIXED, rdata_bytes),
	};
}

/* What is wanted of each record, without a jump: which types follow each other nobody can foresee. */
static inline void
weigh_record(struct ks_dns *dns, bool in_answer, uint16_t type, uint32_t ttl, uint32_t octets)
{
	const bool about_keys = type == KS_TYPE_DNSKEY || type == KS_TYPE_RRSIG;
	const bool asked_for = in_answer && type == dns->qtype;
	dns->sigkey_bytes += about_keys ? octets : 0;
	dns->answer_ttl = asked_for ? least(dns->answer_ttl, ttl) : dns->answer_ttl;
}

/* Records of one or more sections, the first `n_answers` of them answers. False: one of them does not fit
 * what was captured. */
static inline bool
read_records(struct ks_span message, struct ks_cur *cur, size_t n, size_t n_answers, struct ks_dns *dns)
{
	const uint8_t *at = cur->at;
	for (size_t i = 0; i < n; i++) {
		const size_t left = (size_t)(cur->end - at), owner = owner_octets(at, left);
		if (owner == 0 || left - owner < FIXED)
			return false;
		const uint8_t *const fixed = at + owner, *const rdata = fixed + FIXED;
		const size_t rdata_bytes = ks_be16(fixed + 8);
		if (rdata_bytes > left - owner - FIXED)
			return false;
		const uint16_t type = ks_be16(fixed);
		const bool in_answer = i < n_answers;
		weigh_record(dns, in_answer, type, ks_be32(fixed + 4),
			     (uint32_t)(owner + FIXED + rdata_bytes));
		if (is_read(dns, in_answer, type)) {
			struct record record = record_at(message.at, at, fixed, rdata_bytes);
			read_record(message, dns, in_answer, &record);
		}
		at = rdata + rdata_bytes;
	}
	cur->at = at;
	return true;
}

static bool
read_answers_and_authority(struct ks_span message, struct ks_cur *cur, struct ks_dns *dns)
{
	const size_t n_answers = dns->counts[ANSWER], n = n_answers + dns->counts[AUTHORITY];
	if (n > 0 && !read_records(message, cur, n, n_answers, dns))
		return false;
	dns->additional_at = (uint32_t)(cur->at - message.at);
	return true;
}

/* The last record is OPT, owned by the root: of most additional sections the only one. */
static bool
read_last_opt(struct ks_cur *cur, struct ks_dns *dns)
{
	const uint8_t *const at = cur->at, *const fixed = at + 1;
	const size_t left = ks_cur_left(cur);
	if (left < 1 + FIXED || at[0] != 0 || ks_be16(fixed) != KS_TYPE_OPT)
		return false;
	const size_t rdata_bytes = ks_be16(fixed + 8);
	if (rdata_bytes > left - 1 - FIXED)
		return false;
	ks_edns_read(&dns->edns, ks_be16(fixed + 2), ks_be32(fixed + 4),
		     ks_cur_init(fixed + FIXED, rdata_bytes));
	return true;
}

static bool
read_additional(struct ks_span message, struct ks_cur *cur, struct ks_dns *dns)
{
	if (dns->counts[ADDITIONAL] == 1 && read_last_opt(cur, dns))
		return true;
	return read_records(message, cur, dns->counts[ADDITIONAL], 0, dns);
}

/* The first question. A name that no server would accept, too long or compressed before there is anything to
 * point at, does not hide the type asked for: real servers meet such queries and answer them with FORMERR.
 * The message counts, its name does not. */
static bool
read_question(struct ks_cur *cur, struct ks_dns *dns)
{
	const struct ks_cur start = *cur;
	const struct ks_span qname = ks_name_take(cur, &dns->labels);
	if (qname.at == NULL && !cur->failed) {
		*cur = start;
		dns->bad_name = true;
		if (!ks_name_skip(cur))
			return false;
	}
	const uint8_t *const fixed = ks_cur_take(cur, 4);
	if (fixed == NULL)
		return false;
	dns->qtype = ks_be16(fixed);
	dns->qclass = ks_be16(fixed + 2);
	dns->qname = qname;
	dns->has_question = !dns->bad_name;
	return true;
}

static bool
skip_further_questions(struct ks_cur *cur, const struct ks_dns *dns)
{
	for (unsigned i = 1; i < dns->counts[0]; i++) {
		if (!ks_name_skip(cur))
			return false;
		ks_cur_skip(cur, 4);
		if (cur->failed)
			return false;
	}
	return true;
}

static void
read_header(struct ks_cur *cur, struct ks_dns *ret)
{
	const uint8_t *const header = ks_cur_take(cur, KS_DNS_HEADER);
	if (header == NULL)
		return;
	ret->id = ks_be16(header);
	ret->flags = ks_be16(header + 2);
	for (size_t i = 0; i < KS_COUNT(ret->counts); i++)
		ret->counts[i] = ks_be16(header + 4 + 2 * i);
}

/* Part by part, and no more than anybody reads without a sign that it was written: one long run of zeros
 * becomes an instruction that takes longer than a query takes to be read. */
static void
clear(struct ks_dns *ret)
{
	struct ks_dnskey_answer *const answer = &ret->dnskey;
	ret->has_question = ret->bad_name = ret->cut = false;
	ret->labels = 0;
	ret->qtype = ret->qclass = 0;
	ret->qname = (struct ks_span){0};
	ret->edns = (struct ks_edns){0};
	ret->additional_at = ret->sigkey_bytes = 0;
	ret->said = 0;
	ret->answer_ttl = UINT32_MAX;
	ret->dlv.records = 0;
	answer->keys = answer->signatures = 0;
	answer->expirations = 0;
	answer->key_ttl = answer->sig_ttl = answer->original_ttl = UINT32_MAX;
}

bool
ks_dns_read_front(struct ks_span message, struct ks_cur *cur, struct ks_dns *ret)
{
	clear(ret);
	read_header(cur, ret);
	return !cur->failed && ret->counts[0] == 1 && read_question(cur, ret) &&
	       read_answers_and_authority(message, cur, ret);
}

/* With the upper bits of OPT, wherever that stood. */
static void
finish(struct ks_dns *dns)
{
	dns->rcode = (uint16_t)((dns->flags & 15) | dns->edns.rcode_upper << 4);
}

bool
ks_dns_read_back(struct ks_span message, struct ks_cur *cur, struct ks_dns *ret)
{
	const bool fits = read_additional(message, cur, ret);
	finish(ret);
	return fits;
}

enum ks_verdict
ks_dns_read(const uint8_t *message, size_t cap_len, size_t len, struct ks_dns *ret)
{
	const bool snapped = cap_len < len;
	struct ks_cur cur = ks_cur_init(message, cap_len);

	clear(ret);
	read_header(&cur, ret);
	if (cur.failed)
		return snapped && len >= KS_DNS_HEADER ? KS_DNS_CUT : KS_DNS_MALFORMED;
	const struct ks_span whole = {message, cap_len};
	if (ret->counts[0] > 0 && !read_question(&cur, ret)) {
		/* A label type that does not exist is bad whether or not the rest was captured. */
		if (!snapped || !cur.failed)
			return KS_DNS_MALFORMED;
		ret->cut = true;
	} else if (!skip_further_questions(&cur, ret) || !read_answers_and_authority(whole, &cur, ret) ||
		   !read_additional(whole, &cur, ret)) {
		if (!snapped)
			return KS_DNS_MALFORMED;
		ret->cut = true;
	}
	finish(ret);
	return KS_DNS;
}
