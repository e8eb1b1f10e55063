/* SPDX-License-Identifier: BSD-2-Clause
 *
 * walk.c -- walk FILE: what the machine allows. The least that any answer about sources and types needs, done
 * once: read a pcap file, parse Ethernet, IPv4 or IPv6, UDP or one segment of TCP, the DNS header and its
 * question; count query types, all sources in one table, types by minute; name the hundred that ask for
 * DNSKEY most. No fragments, no reassembly, no answers, no database. What it does not do is the point: it is
 * the yardstick of the benchmark. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 1 << 20, RECORD = 16, MINUTES = 4096, TYPES = 260, TOP = 100, DNSKEY = 48 };

struct source {
	uint64_t key[2];
	uint32_t queries, dnskey_queries; /* queries 0: free */
};

struct walk {
	struct source *sources;
	uint64_t mask, n_sources;
	uint64_t packets, queries, responses, other;
	uint64_t types[TYPES];
	uint32_t minutes[MINUTES][TYPES], first_minute;
};

static uint16_t
be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t
le32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

/* --- the table of sources: open addressing, doubled at 70 % --- */

static uint64_t
place_of(const struct walk *walk, const uint64_t key[2])
{
	const __uint128_t product = (__uint128_t)(key[0] ^ UINT64_C(0x9e3779b97f4a7c15)) *
				    (key[1] ^ UINT64_C(0xe7037ed1a0b428db));
	uint64_t i = ((uint64_t)product ^ (uint64_t)(product >> 64)) & walk->mask;
	while (walk->sources[i].queries != 0 &&
	       (walk->sources[i].key[0] != key[0] || walk->sources[i].key[1] != key[1]))
		i = (i + 1) & walk->mask;
	return i;
}

static void
grow(struct walk *walk)
{
	struct source *const old = walk->sources;
	const uint64_t n = old == NULL ? 0 : walk->mask + 1;
	walk->mask = n == 0 ? 4095 : 2 * n - 1;
	walk->sources = calloc(walk->mask + 1, sizeof(*walk->sources));
	if (walk->sources == NULL)
		exit(1);
	for (uint64_t i = 0; i < n; i++)
		if (old[i].queries != 0)
			walk->sources[place_of(walk, old[i].key)] = old[i];
	free(old);
}

static void
count_source(struct walk *walk, const uint64_t key[2], bool dnskey)
{
	if (walk->sources == NULL || walk->n_sources * 10 >= (walk->mask + 1) * 7)
		grow(walk);
	struct source *const source = &walk->sources[place_of(walk, key)];
	if (source->queries == 0) {
		memcpy(source->key, key, sizeof(source->key));
		walk->n_sources++;
	}
	source->queries++;
	source->dnskey_queries += dnskey;
}

/* --- packets --- */

/* False: no query that can be read. */
static bool
read_question(const uint8_t *dns, const uint8_t *end, uint16_t *ret_type)
{
	if (end - dns < 12 || be16(dns + 4) != 1)
		return false;
	const uint8_t *at = dns + 12;
	while (at < end && *at != 0)
		at += *at < 64 ? *at + 1 : end - at + 1;
	if (end - at < 5)
		return false;
	*ret_type = be16(at + 1);
	return true;
}

static bool
read_transport(const uint8_t *at, const uint8_t *end, uint8_t protocol, const uint8_t **ret_dns)
{
	if (end - at < 8 || (be16(at) != 53 && be16(at + 2) != 53))
		return false;
	if (protocol == 17) {
		*ret_dns = at + 8;
		return true;
	}
	if (protocol != 6 || end - at < 20)
		return false;
	const uint8_t *const payload = at + (at[12] >> 4) * 4;
	if (payload > end || end - payload < 2)
		return false;
	*ret_dns = payload + 2;
	return true;
}

static void
count_query(struct walk *walk, uint32_t second, const uint64_t key[2], uint16_t type)
{
	const uint32_t kind = type < TYPES ? type : TYPES - 1;
	const uint32_t minute = second / 60;
	if (walk->queries++ == 0)
		walk->first_minute = minute;
	walk->types[kind]++;
	walk->minutes[(minute - walk->first_minute) % MINUTES][kind]++;
	count_source(walk, key, type == DNSKEY);
}

static void
read_packet(struct walk *walk, uint32_t second, const uint8_t *at, const uint8_t *end)
{
	const uint8_t *transport, *dns;
	uint8_t protocol;
	uint64_t key[2] = {0, 0};
	walk->packets++;
	if (end - at >= 34 && be16(at + 12) == 0x0800) {
		transport = at + 14 + (at[14] & 15) * 4;
		protocol = at[23];
		memcpy(&key[1], at + 26, 4);
	} else if (end - at >= 54 && be16(at + 12) == 0x86dd) {
		transport = at + 54;
		protocol = at[20];
		memcpy(key, at + 22, 16);
	} else {
		walk->other++;
		return;
	}
	uint16_t type;
	if (transport > end || !read_transport(transport, end, protocol, &dns) || end - dns < 3)
		walk->other++;
	else if ((dns[2] & 0x80) != 0)
		walk->responses++;
	else if (read_question(dns, end, &type))
		count_query(walk, second, key, type);
	else
		walk->other++;
}

/* Whole records of the window; returns what is left of it. */
static size_t
read_window(struct walk *walk, uint8_t *window, size_t n)
{
	const uint8_t *at = window, *const end = window + n;
	while (end - at >= RECORD) {
		const uint32_t length = le32(at + 8);
		if (length > (size_t)(end - at) - RECORD)
			break;
		read_packet(walk, le32(at), at + RECORD, at + RECORD + length);
		at += RECORD + length;
	}
	const size_t left = (size_t)(end - at);
	memmove(window, at, left);
	return left;
}

static int
by_dnskey(const void *a, const void *b)
{
	const uint32_t x = ((const struct source *)a)->dnskey_queries;
	const uint32_t y = ((const struct source *)b)->dnskey_queries;
	return x < y ? 1 : x > y ? -1 : 0;
}

static uint64_t
top_share(struct walk *walk)
{
	uint64_t sum = 0;
	if (walk->sources == NULL)
		return 0;
	qsort(walk->sources, walk->mask + 1, sizeof(*walk->sources), by_dnskey);
	for (int i = 0; i < TOP; i++)
		sum += walk->sources[i].dnskey_queries;
	return sum;
}

int
main(int argc, char **argv)
{
	static struct walk walk;
	static uint8_t window[WINDOW];
	const int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	if (fd < 0 || read(fd, window, 24) != 24) {
		(void)fprintf(stderr, "usage: walk FILE, a pcap file of this machine's byte order\n");
		return 1;
	}
	size_t held = 0;
	for (ssize_t n; (n = read(fd, window + held, sizeof(window) - held)) > 0;)
		held = read_window(&walk, window, held + (size_t)n);
	(void)printf("%llu packets, %llu queries, %llu responses, %llu sources, %llu DNSKEY, %llu by the "
		     "first %d\n",
		     (unsigned long long)walk.packets, (unsigned long long)walk.queries,
		     (unsigned long long)walk.responses, (unsigned long long)walk.n_sources,
		     (unsigned long long)walk.types[DNSKEY], (unsigned long long)top_share(&walk), TOP);
	return 0;
}
