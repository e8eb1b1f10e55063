/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Trust anchor signals, sentinels, error reports and key tags: right ones, and every wrong form. */
#include "dissect/signal.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ldns/ldns.h>
#include <stdio.h>

#include "tests/support/guard.h"
#include "tests/support/wire.h"

/* The name against a guard page: a read past its end ends the test. */
static struct ks_span
name_of(const char *text)
{
	struct ks_wire wire = {0};
	ks_wire_name(&wire, text);
	return (struct ks_span){ks_guarded(wire.b, wire.n), wire.n};
}

static const char *
tags_text(const struct ks_signal *signal)
{
	static char text[KS_SIGNAL_TAGS * 6 + 1];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < signal->n_tags; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", i > 0 ? " " : "", signal->tags[i]);
	return text;
}

Test(signal, names)
{
	static const struct {
		const char *name;
		enum ks_signal_state state;
		enum ks_signal_via via;
		const char *tags, *zone;
	} rows[] = {
		{"_ta-4f66.", KS_SIGNAL_SOUND, KS_VIA_QNAME, "20326", "."},
		{"_ta-49a2-c55f.", KS_SIGNAL_SOUND, KS_VIA_QNAME, "18850 50527", "."},
		{"_TA-49A2-c55F.", KS_SIGNAL_SOUND, KS_VIA_QNAME, "18850 50527", "."},
		{"_ta-e48b.com.", KS_SIGNAL_SOUND, KS_VIA_QNAME, "58507", "com."},
		{"_ta-0000-ffff.a.b.example.", KS_SIGNAL_SOUND, KS_VIA_QNAME, "0 65535", "a.b.example."},
		{"_ta-0001-0002-0003-0004-0005-0006-0007-0008-0009-000a-000b-000c.", KS_SIGNAL_SOUND,
		 KS_VIA_QNAME, "1 2 3 4 5 6 7 8 9 10 11 12", "."},
		{"root-key-sentinel-is-ta-20326.example.com.", KS_SIGNAL_SOUND, KS_VIA_SENTINEL_IS, "20326",
		 "."},
		{"root-key-sentinel-not-ta-00042.x.", KS_SIGNAL_SOUND, KS_VIA_SENTINEL_NOT, "42", "."},
		{"Root-Key-Sentinel-IS-ta-65535.", KS_SIGNAL_SOUND, KS_VIA_SENTINEL_IS, "65535", "."},

		{"_ta-.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f6.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f660.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f6g.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f66-.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta--4f66.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f66_9728.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-4f66-972.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"_ta-9728-4f66.", KS_SIGNAL_MALFORMED, 0, NULL, NULL}, /* descending */
		{"_ta-4f66-4f66.", KS_SIGNAL_MALFORMED, 0, NULL, NULL}, /* twice */
		{"_ta-0001-0002-0003-0004-0005-0006-0007-0008-0009-000a-000b-000c-.", KS_SIGNAL_MALFORMED, 0,
		 NULL, NULL},
		{"_ta-example.com.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-is-ta-2032.x.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-is-ta-020326.x.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-is-ta-65536.x.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-is-ta-2032a.x.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-was-ta-20326.x.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},
		{"root-key-sentinel-.", KS_SIGNAL_MALFORMED, 0, NULL, NULL},

		{".", KS_SIGNAL_NONE, 0, NULL, NULL},
		{"_ta.", KS_SIGNAL_NONE, 0, NULL, NULL},
		{"ta-4f66.", KS_SIGNAL_NONE, 0, NULL, NULL},
		{"_tas-4f66.", KS_SIGNAL_NONE, 0, NULL, NULL},
		{"a._ta-4f66.", KS_SIGNAL_NONE, 0, NULL, NULL}, /* the first label only */
		{"root-key-sentinel.x.", KS_SIGNAL_NONE, 0, NULL, NULL},
		{"root.", KS_SIGNAL_NONE, 0, NULL, NULL},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_signal signal;
		char zone[KS_NAME_TEXT];
		const struct ks_span name = name_of(rows[i].name);
		const enum ks_signal_state state = ks_signal_read_name(name, &signal);
		cr_assert(eq(int, state, rows[i].state), "%s", rows[i].name);
		cr_assert(state == KS_SIGNAL_NONE || ks_signal_may_be(name), "%s: passed over", rows[i].name);
		if (state != KS_SIGNAL_SOUND)
			continue;
		cr_assert(eq(int, signal.via, rows[i].via), "%s", rows[i].name);
		cr_assert(strcmp(tags_text(&signal), rows[i].tags) == 0, "%s: %s", rows[i].name,
			  tags_text(&signal));
		cr_assert(ks_name_print(signal.zone.at, signal.zone.n, zone, sizeof(zone)) > 0);
		cr_assert(strcmp(zone, rows[i].zone) == 0, "%s: %s", rows[i].name, zone);
	}
}

Test(signal, options)
{
	static const struct {
		const char *what;
		uint8_t b[32];
		size_t n;
		enum ks_signal_state state;
		const char *tags;
		bool cut;
	} rows[] = {
		{"one", {0x4f, 0x66}, 2, KS_SIGNAL_SOUND, "20326", false},
		{"two, as dig sends them",
		 {0xc5, 0x5f, 0x49, 0xa2},
		 4,
		 KS_SIGNAL_SOUND,
		 "18850 50527",
		 false},
		{"the same twice", {0x4f, 0x66, 0x4f, 0x66}, 4, KS_SIGNAL_SOUND, "20326", false},
		{"thirteen, descending",
		 {0, 13, 0, 12, 0, 11, 0, 10, 0, 9, 0, 8, 0, 7, 0, 6, 0, 5, 0, 4, 0, 3, 0, 2, 0, 1},
		 26,
		 KS_SIGNAL_SOUND,
		 "1 2 3 4 5 6 7 8 9 10 11 12",
		 true},
		{"thirteen, ascending",
		 {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0, 11, 0, 12, 0, 13},
		 26,
		 KS_SIGNAL_SOUND,
		 "1 2 3 4 5 6 7 8 9 10 11 12",
		 true},
		{"empty", {0}, 0, KS_SIGNAL_MALFORMED, NULL, false},
		{"an odd octet", {0x4f, 0x66, 0x4f}, 3, KS_SIGNAL_MALFORMED, NULL, false},
		{"half a tag", {0x4f}, 1, KS_SIGNAL_MALFORMED, NULL, false},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_signal signal;
		const struct ks_span value = {rows[i].n > 0 ? ks_guarded(rows[i].b, rows[i].n) : NULL,
					      rows[i].n};
		const enum ks_signal_state state = ks_signal_read_option(value, &signal);
		cr_assert(eq(int, state, rows[i].state), "%s", rows[i].what);
		if (state != KS_SIGNAL_SOUND)
			continue;
		cr_assert(strcmp(tags_text(&signal), rows[i].tags) == 0, "%s: %s", rows[i].what,
			  tags_text(&signal));
		cr_assert(eq(int, signal.cut, rows[i].cut), "%s", rows[i].what);
	}
}

Test(signal, error_reports)
{
	static const struct {
		const char *name;
		enum ks_signal_state state;
		unsigned qtype, code;
		const char *qname;
	} rows[] = {
		{"_er.1.broken.test.7._er.a01.agent-domain.example.", KS_SIGNAL_SOUND, 1, 7, "broken.test."},
		{"_ER.1-28.Broken.Test.22._eR.agent.", KS_SIGNAL_SOUND, 1, 22, "broken.test."},
		{"_er.48.6._er.agent.example.", KS_SIGNAL_SOUND, 48, 6, "."}, /* about the root */
		{"_er.65535.x.49152._er.agent.", KS_SIGNAL_SOUND, 65535, 49152, "x."},
		{"_er.1.7._er.x.6._er.agent.", KS_SIGNAL_SOUND, 1, 7, "."}, /* the first pair ends the name */
		{"_er.1._er.x.6._er.agent.", KS_SIGNAL_SOUND, 1, 6, "_er.x."},
		{"_er.1.5.x.6._er.agent.", KS_SIGNAL_SOUND, 1, 6, "5.x."},

		{"_er.agent.example.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.a.x.7._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.1-.x.7._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.28-1.x.7._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.01.x.7._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.65536.x.7._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.1.x.65536._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.1.x.07._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.1.x.7.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},
		{"_er.1.x.7._er.", KS_SIGNAL_MALFORMED, 0, 0, NULL}, /* no agent */
		{"_er.1.x._er.agent.", KS_SIGNAL_MALFORMED, 0, 0, NULL},

		{".", KS_SIGNAL_NONE, 0, 0, NULL},
		{"_err.1.x.7._er.agent.", KS_SIGNAL_NONE, 0, 0, NULL},
		{"_e.1.x.7._er.agent.", KS_SIGNAL_NONE, 0, 0, NULL},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_error_report report;
		char qname[KS_NAME_TEXT];
		const struct ks_span name = name_of(rows[i].name);
		const enum ks_signal_state state = ks_error_report_read(name, &report);
		cr_assert(eq(int, state, rows[i].state), "%s", rows[i].name);
		if (state != KS_SIGNAL_SOUND)
			continue;
		cr_assert(ks_signal_may_be(name), "%s: passed over", rows[i].name);
		cr_assert(eq(uint, report.qtype, rows[i].qtype), "%s", rows[i].name);
		cr_assert(eq(uint, report.code, rows[i].code), "%s", rows[i].name);
		cr_assert(ks_name_print(report.qname, report.n, qname, sizeof(qname)) > 0, "%s",
			  rows[i].name);
		cr_assert(strcmp(qname, rows[i].qname) == 0, "%s: %s", rows[i].name, qname);
	}
}

/* ldns has an arithmetic of its own. */
Test(signal, key_tags_equal_ldns)
{
	uint8_t rdata[700];
	uint64_t state = 88172645463325252u;
	for (size_t n = 0; n <= sizeof(rdata); n++) {
		for (size_t i = 0; i < n; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			rdata[i] = (uint8_t)(state >> 32);
		}
		for (unsigned algorithm = 0; algorithm < 17; algorithm++) {
			if (n > 3)
				rdata[3] = (uint8_t)algorithm;
			/* ldns reads before a key of algorithm 1 that is too short for a modulus. */
			if (algorithm == LDNS_RSAMD5 && n < 7)
				continue;
			const struct ks_span span = {rdata, n};
			cr_assert(eq(u16, ks_key_tag(span), ldns_calc_keytag_raw(rdata, n)),
				  "%zu octets, algorithm %u", n, algorithm);
		}
	}
	static uint8_t longest[65535];
	memset(longest, 0xff, sizeof(longest));
	const struct ks_span span = {longest, sizeof(longest)};
	cr_assert(eq(u16, ks_key_tag(span), ldns_calc_keytag_raw(longest, sizeof(longest))), "no overflow");
	const uint8_t md5[6] = {1, 1, 3, 1, 9, 9};
	cr_assert(eq(u16, ks_key_tag((struct ks_span){md5, sizeof(md5)}), 0));
}
