/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Signals, zone keys, error codes and reports, counted in bounded tables. */
#include "analyzer/signals.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "analyzer/errors.h"
#include "tests/support/wire.h"

enum { DNSKEY = KS_TYPE_DNSKEY, SIGNAL_TYPE = 10 };

static const struct ks_secret secret = {.a = 11, .b = 13};
static struct ks_signals signals;
static struct ks_errors errors;

static void
begin(size_t bytes)
{
	struct ks_diag diag;
	cr_assert(eq(int, ks_signals_init(&signals, bytes, &secret, &diag), KS_SUCCESS));
	cr_assert(eq(int, ks_errors_init(&errors, bytes, &secret, &diag), KS_SUCCESS));
}

static struct ks_message
query(struct ks_wire *wire, const char *name, uint16_t qtype, int64_t t_ns)
{
	*wire = (struct ks_wire){0};
	ks_wire_name(wire, name);
	return (struct ks_message){
		.time_ns = t_ns,
		.dns = {.has_question = true,
			.qname = {wire->b, wire->n},
			.qtype = qtype,
			.qclass = 1,
			.edns = {.records = 1, .dnssec_ok = true}},
	};
}

static void
ask(uint32_t source, const char *name, int64_t t_ns, unsigned flags, bool dnssec_ok)
{
	struct ks_wire wire;
	struct ks_message message = query(&wire, name, SIGNAL_TYPE, t_ns);
	message.dns.flags = (uint16_t)flags;
	message.dns.edns.dnssec_ok = dnssec_ok;
	ks_signals_query(&signals, source, &message);
}

static const struct ks_signal_entry *
entry(uint32_t i)
{
	cr_assert(i < signals.table.n);
	return ks_map_at(&signals.table, i);
}

static const char *
tags(const struct ks_signal_entry *of)
{
	static char text[80];
	const struct ks_span span = ks_names_at(&signals.names, (uint32_t)(of->key.w[1] >> 32));
	memcpy(text, span.at, span.n);
	text[span.n] = '\0';
	return text;
}

Test(signals, are_counted_by_source_zone_tags_and_way)
{
	begin(1 << 20);
	ask(1, "_ta-c55f.", 100, 0, true);
	ask(1, "_TA-C55F.", 50, KS_FLAG_RD, true);
	ask(1, "_ta-c55f.", 200, 0, false);
	ask(1, "_ta-49a2-c55f.", 300, 0, true);
	ask(1, "_ta-c55f.com.", 300, 0, true);
	ask(2, "_ta-c55f.", 300, 0, true);
	ask(2, "root-key-sentinel-is-ta-50527.x.", 300, KS_FLAG_RD, false);
	ask(2, "root-key-sentinel-not-ta-50527.x.", 300, KS_FLAG_RD, false);
	ask(2, "www.example.", 300, 0, true);
	cr_assert(eq(u32, signals.table.n, 6));
	cr_assert(eq(u32, entry(0)->queries, 3));
	cr_assert(eq(u32, entry(0)->forwarded, 2));
	cr_assert(eq(i64, entry(0)->first_ns, 50));
	cr_assert(eq(i64, entry(0)->last_ns, 200));
	cr_assert(strcmp(tags(entry(0)), "50527") == 0);
	cr_assert(strcmp(tags(entry(1)), "18850 50527") == 0);
	cr_assert(eq(u64, entry(4)->key.w[1] & 0xff, KS_VIA_SENTINEL_IS));
	cr_assert(eq(u64, entry(5)->key.w[1] & 0xff, KS_VIA_SENTINEL_NOT));
	cr_assert(eq(u32, entry(4)->forwarded, 0), "a user's query is not a forwarded signal");
	cr_assert(eq(u64, signals.malformed, 0));
}

Test(signals, options_count_in_dnskey_queries_only)
{
	static const uint8_t two[] = {0xc5, 0x5f, 0x49, 0xa2}, odd[] = {1, 2, 3};
	struct ks_wire wire;
	begin(1 << 20);
	struct ks_message message = query(&wire, ".", DNSKEY, 7);
	message.dns.edns.options = KS_EDNS_KEY_TAG;
	message.dns.edns.key_tags = (struct ks_span){two, sizeof(two)};
	ks_signals_query(&signals, 3, &message);
	cr_assert(eq(u32, signals.table.n, 1));
	cr_assert(strcmp(tags(entry(0)), "18850 50527") == 0);
	cr_assert(eq(u64, entry(0)->key.w[1] & 0xff, KS_VIA_OPTION));

	message.dns.qtype = KS_TYPE_DS;
	ks_signals_query(&signals, 3, &message);
	message.dns.qtype = DNSKEY;
	message.dns.edns.key_tags = (struct ks_span){odd, sizeof(odd)};
	ks_signals_query(&signals, 3, &message);
	message.dns.edns.key_tags = (struct ks_span){0};
	ks_signals_query(&signals, 3, &message);
	cr_assert(eq(u32, signals.table.n, 1));
	cr_assert(eq(u32, entry(0)->queries, 1));
	cr_assert(eq(u64, signals.malformed, 3));
}

Test(signals, other_opcodes_classes_and_malformed_names_are_none)
{
	struct ks_wire wire;
	begin(1 << 20);
	struct ks_message message = query(&wire, "_ta-c55f.", SIGNAL_TYPE, 7);
	message.dns.flags = 5 << 11;
	ks_signals_query(&signals, 1, &message);
	message.dns.flags = 0;
	message.dns.qclass = 3;
	ks_signals_query(&signals, 1, &message);
	message.dns.has_question = false;
	ks_signals_query(&signals, 1, &message);
	cr_assert(eq(u64, signals.malformed, 0));
	ask(1, "_ta-c55.", 1, 0, true);
	ask(1, "root-key-sentinel-is-ta-1.", 1, 0, true);
	cr_assert(eq(u64, signals.malformed, 2));
	cr_assert(eq(u32, signals.table.n, 0));
}

Test(signals, what_finds_no_room_is_counted)
{
	begin(4096);
	const uint32_t room = signals.table.capacity;
	for (uint32_t i = 0; i < room + 10; i++)
		ask(i, "_ta-c55f.", i, 0, true);
	cr_assert(eq(u32, signals.table.n, room));
	cr_assert(eq(u64, signals.unlisted, 10));
	ask(KS_MAP_NONE, "_ta-c55f.", 1, 0, true);
	cr_assert(eq(u64, signals.unlisted, 11));
}

Test(signals, keys_of_signed_authoritative_answers)
{
	struct ks_dns dns = {
		.flags = KS_FLAG_QR | KS_FLAG_AA,
		.dnskey = {.keys = 3,
			   .signatures = 1,
			   .key = {{.tag = 50527, .flags = 257, .algorithm = 8},
				   {.tag = 17248, .flags = 256, .algorithm = 8},
				   {.tag = 50527, .flags = 257, .algorithm = 13}}, /* same tag, other key */
			   .signer = {{.tag = 50527, .algorithm = 8}}},
	};
	begin(1 << 20);
	ks_signals_answer(&signals, 4, &dns, 100);
	ks_signals_answer(&signals, 4, &dns, 50);
	cr_assert(eq(u32, signals.keys.n, 3));
	const struct ks_key_entry *const key = ks_map_at(&signals.keys, 0);
	cr_assert(eq(u64, key->key.w[0], 4));
	cr_assert(eq(u64, key->key.w[1], UINT64_C(50527) << 32 | 257 << 16 | 8 << 8 | 1));
	cr_assert(eq(i64, key->first_ns, 50));
	cr_assert(eq(i64, key->last_ns, 100));
	const struct ks_key_entry *const other = ks_map_at(&signals.keys, 2);
	cr_assert(eq(u64, other->key.w[1] & 1, 0));

	static const struct {
		const char *what;
		uint16_t flags, signatures;
		bool cut;
	} silent[] = {
		{"no AA", KS_FLAG_QR, 1, false},
		{"TC", KS_FLAG_QR | KS_FLAG_AA | KS_FLAG_TC, 1, false},
		{"no signature", KS_FLAG_QR | KS_FLAG_AA, 0, false},
		{"cut by the snap length", KS_FLAG_QR | KS_FLAG_AA, 1, true},
	};
	for (size_t i = 0; i < KS_COUNT(silent); i++) {
		dns.flags = silent[i].flags;
		dns.dnskey.signatures = silent[i].signatures;
		dns.cut = silent[i].cut;
		ks_signals_answer(&signals, 5, &dns, 100);
		cr_assert(eq(u32, signals.keys.n, 3), "%s", silent[i].what);
	}
	dns.cut = false;
	dns.dnskey.signatures = 17; /* more than are read */
	ks_signals_answer(&signals, KS_MAP_NONE, &dns, 100);
	cr_assert(eq(u64, signals.unlisted_keys, 3));
	cr_assert(eq(u64, signals.long_answers, 1));
}

Test(signals, codes_and_reports)
{
	struct ks_wire wire;
	begin(1 << 20);
	struct ks_message message = query(&wire, "www.Example.com.", 1, 0);
	message.dns.flags = KS_FLAG_QR;
	ks_errors_response(&errors, &message.dns, 1);
	cr_assert(eq(u32, errors.table.n, 0), "no EDE");
	message.dns.edns.options = KS_EDNS_EDE;
	message.dns.edns.ede = 6;
	ks_errors_response(&errors, &message.dns, 20);
	ks_errors_response(&errors, &message.dns, 10);
	message.dns.edns.ede = 7;
	ks_errors_response(&errors, &message.dns, 30);
	message.dns.has_question = false;
	message.dns.qtype = 0;
	ks_errors_response(&errors, &message.dns, 40);

	message = query(&wire, "_er.1.www.Example.com.6._er.agent.", KS_TYPE_TXT, 0);
	ks_errors_query(&errors, &message.dns, 50);
	message.dns.qtype = 1;
	ks_errors_query(&errors, &message.dns, 50); /* a minimising resolver on its way */
	message = query(&wire, "_er.agent.", KS_TYPE_TXT, 0);
	ks_errors_query(&errors, &message.dns, 50);
	cr_assert(eq(u32, errors.table.n, 4));
	cr_assert(eq(u64, errors.malformed, 1));
	const struct ks_error_entry *const first = ks_map_at(&errors.table, 0);
	cr_assert(eq(u64, first->count, 2));
	cr_assert(eq(i64, first->first_ns, 10));
	cr_assert(eq(i64, first->last_ns, 20));
	const struct ks_error_entry *const nameless = ks_map_at(&errors.table, 2);
	cr_assert(eq(u64, nameless->key.w[0], KS_MAP_NONE));
	const struct ks_error_entry *const report = ks_map_at(&errors.table, 3);
	cr_assert(eq(u64, report->key.w[0], first->key.w[0]), "the same name");
	cr_assert(eq(u64, report->key.w[1], UINT64_C(1) << 32 | 6 << 16 | 1));
}
