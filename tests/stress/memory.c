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

#include "tests/support/pcap.h"

enum { FEW = 100000, MANY = 800000, PER_SECOND = 20000 };
enum { OCTETS_MOST = 80, FIXED_KIB_MOST = 32 << 10 };
#define FROM_US UINT64_C(1800000000000000)

static struct ks_pcap_end
source_of(uint32_t number)
{
	struct ks_pcap_end source = {.v6 = number % 4 == 3, .port = 1024 + number % 60000};
	const uint8_t low[] = {(uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
	if (source.v6) {
		memcpy(source.address, (uint8_t[]){0x20, 0x01, 0x0d, 0xb8}, 4);
		memcpy(source.address + 5, low, sizeof(low));
		source.address[15] = 1;
	} else {
		source.address[0] = 10;
		memcpy(source.address + 1, low, sizeof(low));
	}
	return source;
}

static bool
write_query(FILE *out, uint32_t number)
{
	const struct ks_pcap_end source = source_of(number), server = ks_pcap_server(source.v6);
	struct ks_wire dns = {0};
	ks_wire_header(&dns, number & 0xffff, 0, 1, 0, 0, 0);
	ks_wire_question(&dns, "www.example.", 1);
	return ks_pcap_message(out, &source, &server, &dns,
			       FROM_US + UINT64_C(1000000) * number / PER_SECOND);
}

static bool
write_capture(const char *path, uint32_t n_sources)
{
	FILE *const out = fopen(path, "wb");
	if (out == NULL)
		return false;
	bool good = ks_pcap_begin(out);
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
