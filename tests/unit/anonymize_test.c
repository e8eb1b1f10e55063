/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Pseudonyms: what they keep of addresses, and which facts they stand in. */
#include "analyzer/anonymize.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

static struct ks_addr
addr(const char *text)
{
	struct ks_addr ret;
	cr_assert(ks_addr_parse(text, &ret), "%s", text);
	return ret;
}

static struct ks_siphash_key
key_of(const char *secret)
{
	return ks_anonymize_key(secret, strlen(secret));
}

static struct ks_addr
random_addr(bool v4)
{
	uint8_t bytes[16];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rand();
	return v4 ? ks_addr_from_v4(bytes) : ks_addr_from_v6(bytes);
}

/* Leading bits that two addresses of one family share. */
static unsigned
shared(const struct ks_addr *a, const struct ks_addr *b)
{
	const struct ks_span x = ks_addr_bytes(a), y = ks_addr_bytes(b);
	unsigned bits = 0;
	while (bits < x.n * 8 && ((x.at[bits / 8] ^ y.at[bits / 8]) & 0x80 >> bits % 8) == 0)
		bits++;
	return bits;
}

static struct ks_addr
with_bit_flipped(struct ks_addr addr, unsigned bit)
{
	addr.b[(ks_addr_is_v4(&addr) ? 12 : 0) + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	return addr;
}

/* Two addresses that part at a bit part there as pseudonyms, whatever comes behind. */
Test(anonymize, networks_stay_together_and_apart)
{
	const struct ks_siphash_key key = key_of("sixteen octets..");
	srand(1);
	for (int family = 0; family < 2; family++)
		for (unsigned bit = 0; bit < (family == 0 ? 32u : 128u); bit++)
			for (int times = 0; times < 8; times++) {
				const struct ks_addr a = random_addr(family == 0);
				const struct ks_addr b = with_bit_flipped(a, bit);
				const struct ks_addr x = ks_anonymize(&key, &a), y = ks_anonymize(&key, &b);
				cr_assert(eq(uint, shared(&x, &y), bit));
				cr_assert(eq(int, ks_addr_is_v4(&x), family == 0));
			}
}

Test(anonymize, a_prefix_is_that_of_its_addresses)
{
	const struct ks_siphash_key key = key_of("sixteen octets..");
	static const struct {
		const char *address;
		unsigned bits, mapped_bits;
	} rows[] = {{"198.51.100.7", 24, 120}, {"2001:db8:1:2::3", 48, 48}, {"2001:db8:1:2::3", 64, 64}};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_addr whole = addr(rows[i].address), hidden = ks_anonymize(&key, &whole);
		const struct ks_addr prefix = ks_anonymize_prefix(&key, &whole, rows[i].bits);
		char text[KS_ADDR_TEXT], with_bits[KS_ADDR_TEXT + 8];
		struct ks_addr want;
		unsigned bits;
		(void)snprintf(with_bits, sizeof(with_bits), "%s/%u", ks_addr_print(&hidden, text),
			       rows[i].bits);
		cr_assert(ks_addr_parse_prefix(with_bits, &want, &bits));
		cr_expect(eq(uint, bits, rows[i].mapped_bits));
		cr_expect(ks_addr_equal(&prefix, &want), "%s", rows[i].address);
	}
}

Test(anonymize, the_key_decides)
{
	const struct ks_addr plain = addr("198.51.100.7");
	const struct ks_siphash_key a = key_of("sixteen octets.."), b = key_of("sixteen octets.,"),
				    c = key_of("sixteen octets..\n");
	const struct ks_addr x = ks_anonymize(&a, &plain), again = ks_anonymize(&a, &plain),
			     y = ks_anonymize(&b, &plain), z = ks_anonymize(&c, &plain);
	cr_expect(ks_addr_equal(&x, &again));
	cr_expect(not(ks_addr_equal(&x, &plain)));
	cr_expect(not(ks_addr_equal(&x, &y)), "the last octet");
	cr_expect(not(ks_addr_equal(&x, &z)), "a newline behind it");
}

/* About half of all bits are flipped, at each place of them. */
Test(anonymize, no_bit_gives_itself_away)
{
	const struct ks_siphash_key key = key_of("sixteen octets..");
	enum { TIMES = 4000 };
	unsigned flipped[32] = {0};
	srand(2);
	for (int i = 0; i < TIMES; i++) {
		const struct ks_addr a = random_addr(true), x = ks_anonymize(&key, &a);
		for (unsigned bit = 0; bit < 32; bit++)
			flipped[bit] += (a.b[12 + bit / 8] ^ x.b[12 + bit / 8]) >> (7 - bit % 8) & 1;
	}
	/* The first bits are few choices that the key made once. */
	for (unsigned bit = 10; bit < 32; bit++)
		cr_expect(flipped[bit] > TIMES * 0.4 && flipped[bit] < TIMES * 0.6, "bit %u: %u", bit,
			  flipped[bit]);
}

/* --- facts --- */

struct witness {
	struct ks_sink sink;
	struct ks_addr source, server;
	bool anonymized;
	uint32_t bits;
	unsigned ends;
};

#define SEE(member, what)                                                                                    \
	static enum ks_error see_##member(struct ks_sink *sink, const struct ks_fact_##member *fact,         \
					  struct ks_diag *diag)                                              \
	{                                                                                                    \
		struct witness *const witness = (struct witness *)sink;                                      \
		(void)diag;                                                                                  \
		what;                                                                                        \
		return KS_ERR_OUTPUT; /* what the inner sink says must come back */                          \
	}
/* clang-format off */
SEE(source, witness->source = fact->source)
SEE(flow, witness->source = fact->source)
SEE(behaviour, witness->source = fact->source)
SEE(query, (witness->source = fact->source, witness->server = fact->server))
SEE(icmp, (witness->source = fact->source, witness->server = fact->server))
SEE(stack, witness->source = fact->source)
SEE(opening, witness->source = fact->source)
SEE(manner, witness->source = fact->source)
SEE(ta_signal, witness->source = fact->source)
SEE(net, (witness->source = fact->prefix, witness->bits = fact->bits))
SEE(server, witness->server = fact->server)
SEE(bin, witness->server = fact->server)
/* clang-format on */

static enum ks_error
see_run(struct ks_sink *sink, const struct ks_fact_run *fact, struct ks_diag *diag)
{
	(void)diag;
	((struct witness *)sink)->anonymized = fact->anonymized;
	return KS_SUCCESS;
}

static enum ks_error
see_end(struct ks_sink *sink, struct ks_diag *diag)
{
	(void)diag;
	((struct witness *)sink)->ends++;
	return KS_SUCCESS;
}

static const struct ks_sink_ops ops = {
	.begin = see_run,
	.source = see_source,
	.flow = see_flow,
	.behaviour = see_behaviour,
	.query = see_query,
	.icmp = see_icmp,
	.stack = see_stack,
	.opening = see_opening,
	.manner = see_manner,
	.ta_signal = see_ta_signal,
	.net = see_net,
	.server = see_server,
	.bin = see_bin,
	.end = see_end,
};

#define TELL(member, ...)                                                                                    \
	cr_expect(eq(int, sink->ops->member(sink, &(struct ks_fact_##member){__VA_ARGS__}, &diag),           \
		     KS_ERR_OUTPUT))
#define HIDDEN(member, ...)                                                                                  \
	do {                                                                                                 \
		witness.source = (struct ks_addr){0};                                                        \
		TELL(member, __VA_ARGS__);                                                                   \
		cr_expect(ks_addr_equal(&witness.source, &want), #member);                                   \
	} while (0)

Test(anonymize, sources_are_hidden_and_servers_are_not)
{
	const struct ks_siphash_key key = key_of("sixteen octets..");
	const struct ks_addr source = addr("198.51.100.7"), server = addr("192.0.2.1");
	const struct ks_addr want = ks_anonymize(&key, &source);
	struct witness witness = {.sink = {&ops}};
	struct ks_anonymizer anonymizer;
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_anonymizer_init(&anonymizer, &key, &witness.sink);

	cr_expect(eq(int, sink->ops->begin(sink, &(struct ks_fact_run){0}, &diag), KS_SUCCESS));
	cr_expect(witness.anonymized);
	HIDDEN(source, .source = source);
	HIDDEN(flow, .source = source);
	HIDDEN(behaviour, .source = source);
	HIDDEN(stack, .source = source);
	HIDDEN(opening, .source = source);
	HIDDEN(manner, .source = source);
	HIDDEN(ta_signal, .source = source);
	HIDDEN(query, .source = source, .server = server);
	cr_expect(ks_addr_equal(&witness.server, &server));
	witness.server = want;
	HIDDEN(icmp, .source = source, .server = server);
	cr_expect(ks_addr_equal(&witness.server, &server));
	witness.server = want;
	TELL(server, .server = server);
	cr_expect(ks_addr_equal(&witness.server, &server));
	witness.server = want;
	TELL(bin, .server = server);
	cr_expect(ks_addr_equal(&witness.server, &server));

	TELL(net, .prefix = addr("198.51.100.0"), .bits = 24);
	const struct ks_addr net = ks_anonymize_prefix(&key, &source, 24);
	cr_expect(ks_addr_equal(&witness.source, &net));
	cr_expect(eq(u32, witness.bits, 24));
	cr_expect(eq(int, sink->ops->end(sink, &diag), KS_SUCCESS));
	cr_expect(eq(uint, witness.ends, 1));
}
