/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/ledger_memo.c -- answers that were read before, word for word, from the same server.
 *
 * In a storm a server gives the same answer a hundred thousand times. What the first one touched in the
 * ledger is remembered under a keyed hash of its answer and authority sections; the next ones touch it again
 * without being read. Only answers that brought nothing new, nothing odd and nothing to verify are
 * remembered, and one whose period is over meanwhile is read anew. */
#include "analyzer/ledger_p.h"

/* Places in the header's counts. */
enum { ANSWERS = 1, AUTHORITY = 2 };

static uint64_t
slot_of(const struct ks_key *key)
{
	return key->w[0] % KS_LEDGER_MEMOS;
}

/* Never 0. */
static uint32_t
tag_of(const struct ks_key *key)
{
	return (uint32_t)key->w[1] | 1;
}

static struct ks_ledger_memo *
memo_at(const struct ks_ledger *ledger, uint64_t slot)
{
	return (struct ks_ledger_memo *)ledger->memos.base + slot;
}

static struct ks_ledger_run *
run_at(const struct ks_ledger *ledger, uint32_t number)
{
	return (struct ks_ledger_run *)ledger->runs.base + number;
}

/* All that the ledger reads of a response, and who gave it. False: a question that storms are not made of, or
 * sections whose place is not known. */
static bool
hash_answer(const struct ks_visit *visit, struct ks_key *ret)
{
	const struct ks_message *const message = visit->message;
	const struct ks_dns *const dns = &message->dns;
	const size_t from = KS_DNS_HEADER + dns->qname.n + 4;
	if (!dns->has_question || dns->counts[0] != 1 || !ks_ledger_keeps(dns->qtype) ||
	    dns->additional_at < from || dns->additional_at > message->bytes.n)
		return false;
	struct {
		uint32_t server, nsid;
		uint16_t flags, qtype, qclass, answers, authority, dnssec_ok;
		uint8_t qname[KS_NAME_MAX];
	} head; /* not zeroed: only the octets of the name are looked at */
	head.server = visit->server;
	head.nsid = visit->nsid;
	head.flags = dns->flags & (KS_FLAG_AA | KS_FLAG_RA | 15);
	head.qtype = dns->qtype;
	head.qclass = dns->qclass;
	head.answers = dns->counts[ANSWERS];
	head.authority = dns->counts[AUTHORITY];
	head.dnssec_ok = dns->edns.dnssec_ok;
	ks_name_fold(dns->qname.at, dns->qname.n, head.qname);
	const size_t n = offsetof(__typeof__(head), qname) + dns->qname.n;
	const struct ks_key asked = ks_ledger_hash(visit->ledger, &head, n);
	const struct ks_key said =
		ks_ledger_hash(visit->ledger, message->bytes.at + from, dns->additional_at - from);
	ret->w[0] = ks_hash_words(&visit->ledger->secret, asked.w[0], said.w[0]);
	ret->w[1] = ks_hash_words(&visit->ledger->other_secret, asked.w[1], said.w[1]);
	return true;
}

static bool
is_same_answer(const struct ks_ledger_said *said, const struct ks_visit *visit)
{
	const struct ks_dns *const dns = &visit->message->dns;
	return said->number == dns->said && said->server == visit->server && said->nsid == visit->nsid &&
	       said->dnssec_ok == dns->edns.dnssec_ok;
}

/* In a storm an answer says what the one before it said: then nothing of it is hashed. The number stands for
 * all octets from the flags to the end of the authority section. */
static bool
key_of(const struct ks_visit *visit, struct ks_key *ret)
{
	const struct ks_dns *const dns = &visit->message->dns;
	if (dns->said == 0)
		return hash_answer(visit, ret);
	struct ks_ledger_said *const said =
		&visit->ledger->said[(dns->said + visit->server * 5u + dns->edns.dnssec_ok) % KS_LEDGER_SAID];
	if (!is_same_answer(said, visit)) {
		if (!hash_answer(visit, ret))
			return false;
		*said = (struct ks_ledger_said){
			.key = *ret,
			.number = dns->said,
			.server = visit->server,
			.nsid = visit->nsid,
			.dnssec_ok = dns->edns.dnssec_ok,
		};
	}
	*ret = said->key;
	return true;
}

/* Are the periods that it belongs to still the latest of their series? */
static bool
still_holds(const struct ks_ledger *ledger, const struct ks_ledger_memo *memo)
{
	for (uint64_t i = 0; i < memo->n; i++) {
		const struct ks_ledger_touch *const touch = &memo->touch[i];
		if (touch->part != KS_TOUCH_SERIES)
			continue;
		const struct ks_ledger_series *const series = ks_map_at(&ledger->series, touch->number);
		if (series->last != touch->run || run_at(ledger, touch->run)->number != touch->run_number)
			return false;
	}
	return true;
}

static void
touch_again(const struct ks_ledger *ledger, const struct ks_ledger_touch *touch, int64_t t_ns)
{
	struct ks_ledger_content *content;
	struct ks_ledger_run *run;
	switch ((enum ks_ledger_part)touch->part) {
	case KS_TOUCH_CONTENT:
		content = ks_map_at(&ledger->contents, touch->number);
		content->count++;
		ks_ledger_stretch(&content->first_ns, &content->last_ns, false, t_ns);
		break;
	case KS_TOUCH_SERIES:
		run = run_at(ledger, touch->run);
		ks_ledger_stretch(&run->first_ns, &run->last_ns, false, t_ns);
		ks_ledger_count32(&run->count);
		if (touch->referral)
			ks_ledger_count32(&run->referrals);
		break;
	case KS_TOUCH_SIGNATURE:
		ks_ledger_count_again(ks_map_at(&ledger->signatures, touch->number), t_ns);
		break;
	}
}

bool
ks_ledger_recall(struct ks_visit *visit)
{
	visit->trace.n = 0;
	visit->odd = !key_of(visit, &visit->trace.key);
	if (visit->odd)
		return false;
	const struct ks_ledger *const ledger = visit->ledger;
	const uint64_t slot = slot_of(&visit->trace.key);
	if (ledger->memo_tags[slot] != tag_of(&visit->trace.key))
		return false;
	const struct ks_ledger_memo *const memo = memo_at(ledger, slot);
	if (memcmp(&memo->key, &visit->trace.key, sizeof(memo->key)) != 0 || !still_holds(ledger, memo))
		return false;
	for (uint64_t i = 0; i < memo->n; i++)
		touch_again(ledger, &memo->touch[i], visit->message->time_ns);
	return true;
}

void
ks_ledger_trace(struct ks_visit *visit, enum ks_ledger_part part, uint32_t number, uint32_t run,
		bool referral)
{
	struct ks_ledger_memo *const trace = &visit->trace;
	if (visit->odd || trace->n == KS_LEDGER_TOUCHES) {
		visit->odd = true;
		return;
	}
	trace->touch[trace->n++] = (struct ks_ledger_touch){
		.number = number,
		.run = run,
		.run_number = part == KS_TOUCH_SERIES ? run_at(visit->ledger, run)->number : 0,
		.part = (uint8_t)part,
		.referral = referral,
	};
}

void
ks_ledger_remember(const struct ks_visit *visit)
{
	if (visit->odd || visit->trace.n == 0)
		return;
	const uint64_t slot = slot_of(&visit->trace.key);
	*memo_at(visit->ledger, slot) = visit->trace;
	visit->ledger->memo_tags[slot] = tag_of(&visit->trace.key);
}
