/* SPDX-License-Identifier: BSD-2-Clause
 *
 * memory.c -- memory KEYSTORM FOLDER: what a distinct source costs in memory, without a bound set.
 *
 * Two captures in FOLDER that differ in nothing but how many sources there are, each of which asks once: the
 * difference between the greatest resident sets of two analyses is what the sources cost, and everything that
 * grows with nothing else. What does not is bounded too: the smaller capture, less its sources. TAP.
 *
 * A source is a line of 64 octets and a slot of 4 in an index that is between 5/16 and 5/8 full; at
 * the end one bit, and for IPv6 (one in four) its network, sorted with a copy. */
#define _GNU_SOURCE /* wait4 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/wire.h"

enum { FEW = 100000, MANY = 800000, PER_SECOND = 20000 };
enum { OCTETS_MOST = 80, FIXED_KIB_MOST = 32 << 10 };

static void
put_host_u32(struct ks_wire *wire, uint32_t value)
{
	ks_wire_bytes(wire, &value, sizeof(value));
}

static void
put_network(struct ks_wire *frame, uint32_t source, size_t n_dns)
{
	ks_wire_bytes(frame, (uint8_t[12]){2, [5] = 1, [6] = 2, [11] = 2}, 12);
	if (source % 4 == 3) {
		ks_wire_u16(frame, 0x86dd);
		ks_wire_u32(frame, 0x60000000);
		ks_wire_u16(frame, (unsigned)n_dns + 8);
		ks_wire_u16(frame, 17 << 8 | 57);
		ks_wire_u32(frame, 0x20010db8);
		ks_wire_u32(frame, source);
		ks_wire_bytes(frame, (uint8_t[8]){[7] = 1}, 8);
		ks_wire_bytes(frame, (uint8_t[16]){0x20, 0x01, 0x0d, 0xb8, [15] = 0x53}, 16);
		return;
	}
	ks_wire_u16(frame, 0x0800);
	ks_wire_u16(frame, 0x4500);
	ks_wire_u16(frame, (unsigned)n_dns + 28);
	ks_wire_u32(frame, 0);
	ks_wire_u32(frame, 57u << 24 | 17u << 16);
	ks_wire_u32(frame, 10u << 24 | source);
	ks_wire_bytes(frame, (uint8_t[4]){192, 0, 2, 53}, 4);
}

static bool
write_query(FILE *out, uint32_t source)
{
	struct ks_wire dns = {0}, frame = {0}, head = {0};
	ks_wire_header(&dns, source & 0xffff, 0, 1, 0, 0, 0);
	ks_wire_question(&dns, "www.example.", 1);
	put_network(&frame, source, dns.n);
	ks_wire_u16(&frame, 1024 + source % 60000);
	ks_wire_u16(&frame, 53);
	ks_wire_u16(&frame, (unsigned)dns.n + 8);
	ks_wire_u16(&frame, 0);
	ks_wire_bytes(&frame, dns.b, dns.n);
	put_host_u32(&head, 1800000000 + source / PER_SECOND);
	put_host_u32(&head, source % PER_SECOND * (1000000 / PER_SECOND));
	put_host_u32(&head, (uint32_t)frame.n);
	put_host_u32(&head, (uint32_t)frame.n);
	return fwrite(head.b, head.n, 1, out) == 1 && fwrite(frame.b, frame.n, 1, out) == 1;
}

static bool
write_capture(const char *path, uint32_t n_sources)
{
	FILE *const out = fopen(path, "wb");
	if (out == NULL)
		return false;
	struct ks_wire head = {0};
	const uint32_t fields[] = {0xa1b2c3d4, 4u << 16 | 2u, 0, 0, 262144, 1};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put_host_u32(&head, fields[i]);
	bool good = fwrite(head.b, head.n, 1, out) == 1;
	for (uint32_t i = 0; i < n_sources && good; i++)
		good = write_query(out, i);
	return fclose(out) == 0 && good;
}

/* The greatest resident set of an analysis; 0: it failed. */
static long
resident_kib(char *keystorm, char *capture, char *database)
{
	const pid_t pid = fork();
	if (pid == 0) {
		execl(keystorm, keystorm, "analyze", "-q", "--no-progress", "-j", "1", "-d", database,
		      capture, (char *)NULL);
		_exit(127);
	}
	int status;
	struct rusage usage;
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
		return 0;
	return usage.ru_maxrss;
}

static long
measure(char *keystorm, const char *folder, uint32_t n_sources)
{
	char capture[512], database[512];
	(void)snprintf(capture, sizeof(capture), "%s/memory-%u.pcap", folder, n_sources);
	(void)snprintf(database, sizeof(database), "%s/memory-%u.db", folder, n_sources);
	const long kib = write_capture(capture, n_sources) ? resident_kib(keystorm, capture, database) : 0;
	(void)unlink(capture);
	(void)unlink(database);
	return kib;
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		(void)fprintf(stderr, "usage: memory KEYSTORM FOLDER\n");
		return 2;
	}
	const long few = measure(argv[1], argv[2], FEW), many = measure(argv[1], argv[2], MANY);
	if (few == 0 || many == 0) {
		printf("Bail out! no capture written, or not analyzed\n");
		return 1;
	}
	const double octets = (double)(many - few) * 1024 / (MANY - FEW);
	const double fixed_kib = (double)few - octets * FEW / 1024;
	printf("1..2\n");
	printf("%sok 1 - a distinct source: %.1f octets, at most %d\n", octets <= OCTETS_MOST ? "" : "not ",
	       octets, OCTETS_MOST);
	printf("%sok 2 - all else: %.0f KiB, at most %d\n", fixed_kib <= FIXED_KIB_MOST ? "" : "not ",
	       fixed_kib, FIXED_KIB_MOST);
	return 0;
}
