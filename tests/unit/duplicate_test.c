/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/duplicate.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct ks_secret secret = {.a = 11, .b = 13};
static struct ks_duplicates duplicates;

static struct ks_datagram
query_of(const char *payload)
{
	return (struct ks_datagram){
		.src = {.b = {[15] = 1}},
		.dst = {.b = {[15] = 2}},
		.sport = 4000,
		.dport = 53,
		.proto = KS_PROTO_UDP,
		.ttl = 64,
		.data = (const uint8_t *)payload,
		.cap_len = 17,
		.len = 17,
		.ip_id = 77,
		.l4_checksum = 0x1234,
	};
}

static bool
feed(const struct ks_datagram *dg, int64_t time_ns)
{
	return ks_duplicate_feed(&duplicates, ks_duplicate_identity(&secret, dg), dg->ttl, time_ns);
}

Test(duplicate, the_second_copy_is_one_the_third_is_not)
{
	const struct ks_datagram dg = query_of("seventeen octets.");
	cr_assert(not(feed(&dg, 0)));
	cr_assert(feed(&dg, 1000));
	cr_assert(not(feed(&dg, 2000)));
	cr_assert(feed(&dg, 3000));
}

Test(duplicate, a_routed_copy_has_one_hop_less)
{
	struct ks_datagram dg = query_of("seventeen octets.");
	cr_assert(not(feed(&dg, 0)));
	dg.ttl = 63;
	cr_assert(feed(&dg, 10));
	dg.ttl = 50;
	cr_assert(not(feed(&dg, 20)), "another path: another packet");
}

Test(duplicate, a_millisecond_is_the_limit)
{
	const struct ks_datagram dg = query_of("seventeen octets.");
	cr_assert(not(feed(&dg, 0)));
	cr_assert(feed(&dg, KS_DUPLICATE_NS));
	const struct ks_datagram other = query_of("SEVENTEEN OCTETS.");
	cr_assert(not(feed(&other, 0)));
	cr_assert(not(feed(&other, KS_DUPLICATE_NS + 1)));
}

Test(duplicate, whatever_differs_makes_another_packet)
{
	const struct ks_datagram dg = query_of("seventeen octets.");
	struct ks_datagram other[9];
	for (size_t i = 0; i < KS_COUNT(other); i++)
		other[i] = dg;
	other[0].src.b[0]++;
	other[1].dst.b[0]++;
	other[2].sport++;
	other[3].dport++;
	other[4].ip_id++;
	other[5].l4_checksum++;
	other[6].len++;
	other[7].tcp_seq++;
	other[8].data = (const uint8_t *)"seventeen octet5.";
	cr_assert(not(feed(&dg, 0)));
	for (size_t i = 0; i < KS_COUNT(other); i++)
		cr_assert(not(feed(&other[i], 1)), "part %zu", i);
	cr_assert(feed(&dg, 2), "and the first one is still known");
}

/* As on the host that sends: the card fills in the checksum later, and it is the same for all of one length.
 */
Test(duplicate, a_checksum_that_is_not_right_stands_for_nothing)
{
	const struct ks_datagram dg = query_of("seventeen octets.");
	struct ks_datagram other = query_of("seventeen octets!");
	cr_assert(not(feed(&dg, 0)));
	cr_assert(not(feed(&other, 1)), "the last octet differs");
	other.checksum = KS_CHECKSUM_BAD;
	cr_assert(feed(&other, 2));
}
