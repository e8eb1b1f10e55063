/* SPDX-License-Identifier: BSD-2-Clause
 *
 * walk.c -- walk FILE: what the machine allows. libpcap reads every packet of the file and each byte of its
 * header part (the first 64) is added up; nothing is understood. Prints the number of packets. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct sums {
	uint64_t packets, bytes;
};

static void
on_packet(u_char *arg, const struct pcap_pkthdr *head, const u_char *data)
{
	struct sums *const sums = (struct sums *)(void *)arg;
	sums->packets++;
	for (uint32_t i = 0; i < head->caplen && i < 64; i++)
		sums->bytes += data[i];
}

int
main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *const pcap = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
	if (pcap == NULL) {
		(void)fprintf(stderr, "walk: %s\n", argc == 2 ? why : "usage: walk FILE");
		return 1;
	}
	struct sums sums = {0};
	if (pcap_loop(pcap, -1, on_packet, (u_char *)&sums) != 0) {
		(void)fprintf(stderr, "walk: %s\n", pcap_geterr(pcap));
		return 1;
	}
	pcap_close(pcap);
	(void)printf("%llu packets, %llu\n", (unsigned long long)sums.packets,
		     (unsigned long long)sums.bytes);
	return 0;
}
