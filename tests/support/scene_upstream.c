/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_upstream.c -- at a resolver: its clients on one side, the servers on the other. A zone expires;
 * clients are refused, try without checking, and ask another resolver, which goes on without validating. */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

enum { SPAN_START_S = 1740960000, EXPIRED = 30, LENGTH = 61, STUBS = 40 }; /* 2025-03-03; minutes */
enum { QR = 0x8000, RD = 0x0100, RA = 0x0080, AD = 0x0020, CD = 0x0010, SERVFAIL = 2, EDE = 15 };

struct exchange {
	const struct ks_scene_ip *stub, *resolver;
	const char *name;
	unsigned flags;  /* of the query: RD, CD */
	unsigned answer; /* of the response: flags and RCODE */
	int ede;         /* -1: none */
};

static void
put_opt(struct ks_wire *wire, int ede)
{
	ks_wire_rr(wire, ".", 41, 1232, 0, ede >= 0 ? 6 : 0);
	if (ede < 0)
		return;
	ks_wire_u16(wire, EDE);
	ks_wire_u16(wire, 2);
	ks_wire_u16(wire, (unsigned)ede);
}

/* A stub's query and the resolver's answer, `wait_us` later. */
static void
serve_stub(struct ks_scene *scene, int64_t t_us, int64_t wait_us, const struct exchange *exchange)
{
	struct ks_wire query = {0}, response = {0};
	const unsigned id = ks_scene_below(scene, 0x10000);
	const bool fails = (exchange->answer & 15) != 0;
	const struct ks_scene_path path = {
		.from = exchange->stub,
		.to = exchange->resolver,
		.hops = 64,
		.from_port = (uint16_t)(1024 + ks_scene_below(scene, 64000)),
		.to_port = 53,
	};
	const struct ks_scene_path back = {
		.from = path.to, .to = path.from, .hops = 64, .from_port = 53, .to_port = path.from_port};
	ks_wire_header(&query, id, exchange->flags | AD, 1, 0, 0, 1);
	ks_wire_question(&query, exchange->name, 1);
	put_opt(&query, -1);
	ks_wire_header(&response, id, QR | RA | (exchange->flags & (RD | CD)) | exchange->answer, 1, !fails,
		       0, 1);
	ks_wire_question(&response, exchange->name, 1);
	if (!fails) {
		ks_wire_rr(&response, NULL, 1, 1, 60, 4);
		ks_wire_bytes(&response, "\300\0\2\31", 4);
	}
	put_opt(&response, exchange->ede);
	ks_scene_udp(scene, t_us, &path, &query);
	ks_scene_udp(scene, t_us + wait_us, &back, &response);
}

struct planted {
	unsigned refused, with_cd, elsewhere, insecure;
	unsigned ede[26];
};

/* What becomes of one query for the zone that expired. */
static void
refuse(struct ks_scene *scene, int64_t t_us, const struct ks_scene_ip *stub, const char *name,
       struct planted *planted)
{
	/* How one symptom is spread over codes: mostly 7 (expired), then 6 (bogus), 9 (no key), 22 (no
	 * authority). */
	static const int codes[8] = {7, 7, 7, 7, 7, 6, 9, 22};
	const struct ks_scene_ip first = ks_scene_ip("192.0.2.53", 0), second = ks_scene_ip("192.0.2.54", 0);
	const int code = codes[ks_scene_below(scene, 8)];
	struct exchange exchange = {
		.stub = stub, .resolver = &first, .name = name, .flags = RD, .answer = SERVFAIL, .ede = code};
	serve_stub(scene, t_us, 30000, &exchange);
	planted->refused++;
	planted->ede[code]++;
	const unsigned what = ks_scene_below(scene, 4);
	exchange.ede = -1;
	exchange.answer = 0;
	if (what == 0) { /* the same name with CD: checking is the reason */
		exchange.flags = RD | CD;
		serve_stub(scene, t_us + 4 * KS_SCENE_SECOND, 9000, &exchange);
		planted->with_cd++;
	} else if (what == 1) { /* the second resolver of the list, which does not validate */
		exchange.resolver = &second;
		serve_stub(scene, t_us + 2 * KS_SCENE_SECOND, 12000, &exchange);
		planted->elsewhere++;
	} else if (what == 2 &&
		   t_us > ks_scene_minute(scene, EXPIRED + 15)) { /* somebody made an exception */
		serve_stub(scene, t_us + 20 * KS_SCENE_SECOND, 9000, &exchange);
		planted->insecure++;
	}
}

static void
serve_clients(struct ks_scene *scene, struct planted *planted)
{
	const struct ks_scene_ip first = ks_scene_ip("192.0.2.53", 0);
	const int64_t expired_us = ks_scene_minute(scene, EXPIRED);
	unsigned number = 0;
	for (int64_t t = scene->from_us; t < scene->to_us - 30 * KS_SCENE_SECOND; number++) {
		char name[96];
		const struct ks_scene_ip stub = ks_scene_ip("10.0.0.1", ks_scene_below(scene, STUBS));
		const bool good = number % 3 != 0;
		(void)snprintf(name, sizeof(name), "h%u.%s", number, good ? "alpha." : "tld.");
		const struct exchange exchange = {.stub = &stub,
						  .resolver = &first,
						  .name = name,
						  .flags = RD,
						  .answer = AD,
						  .ede = -1};
		if (!good && t >= expired_us)
			refuse(scene, t, &stub, name, planted);
		else
			serve_stub(scene, t, 20000, &exchange);
		t += ks_scene_about(scene, KS_SCENE_SECOND);
	}
}

static struct ks_scene_zone *
expiring_zone(struct ks_scene *scene)
{
	struct ks_scene_zone *const zone =
		ks_scene_zone_add(scene, "tld.", 600, "198.18.1.1", "2001:db8:53:1::1", 6);
	struct ks_scene_key ksk, zsk;
	ks_scene_key_make(3, 257, KS_RSA_ANY_TAG, &ksk);
	ks_scene_key_make(4, 256, KS_RSA_ANY_TAG, &zsk);
	const struct ks_scene_keys keys = {
		.key = {&ksk, &zsk},
		.n = 2,
		.signers = 1,
		.zone_signer = 1,
		.inception_us = scene->from_us - 336 * KS_SCENE_HOUR,
		.expiration_us = ks_scene_minute(scene, EXPIRED),
	};
	ks_scene_zone_state(zone, scene->from_us, &keys);
	return zone;
}

void
ks_scene_at_resolver(struct ks_scene *scene)
{
	struct planted planted = {0};
	scene->note = "at a resolver: tld. expires; SERVFAIL with codes, retries with CD, another resolver, "
		      "answers without AD";
	scene->cause = scene->verdict = "broken-zone";
	scene->vantage = "R";
	ks_scene_span(scene, SPAN_START_S, LENGTH);
	struct ks_scene_zone *const tld = expiring_zone(scene);
	struct ks_scene_zone *const alpha = ks_scene_healthy_zone(scene, "alpha.", 3);
	struct ks_scene_host resolver = ks_scene_resolver(scene, "192.0.2.53", 0);
	resolver.hops = 64;
	resolver.rtt_us = 0; /* the round trip lies on the other side of the capture */
	resolver.away_us = 21000;
	ks_scene_ordinary(scene, &resolver, alpha, scene->from_us, scene->to_us, 4 * KS_SCENE_SECOND);
	ks_scene_ordinary(scene, &resolver, tld, scene->from_us, scene->to_us, 6 * KS_SCENE_SECOND);
	ks_scene_knot(scene, &resolver, tld, ks_scene_minute(scene, EXPIRED), scene->to_us,
		      3 * KS_SCENE_SECOND);
	serve_clients(scene, &planted);
	ks_scene_blame(scene, &resolver, tld, "broken-zone", "the resolver itself, healthy");
	(void)snprintf(
		scene->extra, sizeof(scene->extra),
		"\t\"events\": [{\"zone\": \"tld.\", \"event\": \"SIG_EXPIRED\", \"t\": %lld}],\n"
		"\t\"resolver\": {\"address\": \"192.0.2.53\", \"servfail\": %u, \"cd_after_servfail\": %u, "
		"\"failover\": %u, \"insecure_fallback\": %u, \"ad_lost\": \"tld.\",\n"
		"\t\t\"ede\": {\"6\": %u, \"7\": %u, \"9\": %u, \"22\": %u}},\n",
		(long long)SPAN_START_S + EXPIRED * 60, planted.refused, planted.with_cd, planted.elsewhere,
		planted.insecure, planted.ede[6], planted.ede[7], planted.ede[9], planted.ede[22]);
	ks_scene_storm(scene, &(struct ks_scene_storm){.zone = tld,
						       .start_us = ks_scene_minute(scene, EXPIRED),
						       .rise = "step",
						       .verdict = "broken-zone",
						       .evidence = "E1 E6 E13"});
}
