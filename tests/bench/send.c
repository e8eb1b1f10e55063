/* SPDX-License-Identifier: BSD-2-Clause
 *
 * send.c -- send IFACE CAPTURE PPS SECONDS: the frames of a capture, in a loop, at a rate (0: as fast as it
 * goes).
 *
 * Through a packet socket past the queues of the interface, many frames a call. Into one end of a cable
 * between two interfaces of this machine each call does the receiver's part of the kernel's work too, so what
 * is sent is what the kernel takes. Frames are read before the first is sent. Says at the end what it sent,
 * in how long:
 *
 *     packets 600000 octets 170000000 seconds 3.000012 pps 199999 refused 0
 *
 * `refused`: times the kernel had no room; that frame was tried again. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, SEND_BUFFER_BYTES = 8 << 20 };
/* Nobody sleeps shorter than that; so a burst is as long at most, or a batch. */
#define SLEEP_NS INT64_C(100000)

struct frames {
	struct iovec *list;
	size_t n, capacity;
};

struct sender {
	int fd;
	double pps;      /* 0: no bound */
	int64_t long_ns; /* how long to send */
	uint64_t packets, octets, refused;
};

static int64_t
now_ns(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
sleep_until(int64_t t_ns)
{
	const struct timespec at = {.tv_sec = t_ns / 1000000000, .tv_nsec = t_ns % 1000000000};
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		continue;
}

/* --- frames --- */

static bool
add_frame(struct frames *frames, const void *bytes, size_t n)
{
	if (frames->n == frames->capacity) {
		const size_t capacity = frames->capacity * 2 + 1024;
		struct iovec *const grown = realloc(frames->list, capacity * sizeof(*grown));
		if (grown == NULL)
			return false;
		frames->list = grown;
		frames->capacity = capacity;
	}
	void *const copy = malloc(n);
	if (copy == NULL)
		return false;
	memcpy(copy, bytes, n);
	frames->list[frames->n++] = (struct iovec){.iov_base = copy, .iov_len = n};
	return true;
}

static bool
read_frames(const char *path, struct frames *ret)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *const pcap = pcap_open_offline(path, error);
	if (pcap == NULL) {
		(void)fprintf(stderr, "send: %s\n", error);
		return false;
	}
	struct pcap_pkthdr *header;
	const u_char *bytes;
	bool good = pcap_datalink(pcap) == DLT_EN10MB;
	while (good && pcap_next_ex(pcap, &header, &bytes) == 1)
		if (header->caplen >= ETHER_HDR_LEN)
			good = add_frame(ret, bytes, header->caplen);
	pcap_close(pcap);
	if (!good || ret->n == 0)
		(void)fprintf(stderr, "send: %s: no Ethernet frames, or no memory for them\n", path);
	return good && ret->n > 0;
}

static void
free_frames(struct frames *frames)
{
	for (size_t i = 0; i < frames->n; i++)
		free(frames->list[i].iov_base);
	free(frames->list);
}

/* --- sending --- */

static int
open_socket(const char *interface)
{
	const int on = 1, bytes = SEND_BUFFER_BYTES;
	const struct sockaddr_ll to = {.sll_family = AF_PACKET,
				       .sll_ifindex = (int)if_nametoindex(interface)};
	const int fd =
		socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* of no protocol: it receives nothing */
	if (fd < 0 || to.sll_ifindex == 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		(void)fprintf(stderr, "send: interface %s: %s\n", interface, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	/* Kernels that know neither are slower. */
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	return fd;
}

/* Frames from `at` on, at most BATCH and not behind the last. Returns how many the kernel took, -1: none
 * ever. */
static int
send_some(struct sender *sender, const struct frames *frames, size_t at)
{
	struct mmsghdr messages[BATCH] = {0};
	unsigned n = 0;
	for (; n < BATCH && at + n < frames->n; n++)
		messages[n].msg_hdr = (struct msghdr){.msg_iov = &frames->list[at + n], .msg_iovlen = 1};
	const int sent = sendmmsg(sender->fd, messages, n, 0);
	if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
		perror("send: sendmmsg");
		return -1;
	}
	sender->refused += sent < (int)n;
	for (int i = 0; i < sent; i++)
		sender->octets += messages[i].msg_len;
	return sent < 0 ? 0 : sent;
}

/* Returns how long it took; negative: it failed. */
static int64_t
send_all(struct sender *sender, const struct frames *frames)
{
	const int64_t begun_ns = now_ns();
	size_t at = 0;
	for (;;) {
		const int64_t t_ns = now_ns() - begun_ns;
		const int64_t due_ns =
			sender->pps > 0 ? (int64_t)((double)sender->packets * 1e9 / sender->pps) : 0;
		if (t_ns >= sender->long_ns || due_ns >= sender->long_ns)
			return t_ns;
		if (due_ns - t_ns >= SLEEP_NS)
			sleep_until(begun_ns + due_ns);
		const int sent = send_some(sender, frames, at);
		if (sent < 0)
			return -1;
		sender->packets += (uint64_t)sent;
		at = (at + (size_t)sent) % frames->n;
	}
}

static bool
read_number(const char *text, double most, double *ret)
{
	char *end;
	*ret = strtod(text, &end);
	return end != text && *end == '\0' && *ret >= 0 && *ret <= most;
}

int
main(int argc, char **argv)
{
	struct frames frames = {0};
	struct sender sender = {0};
	double seconds;
	if (argc != 5 || !read_number(argv[3], 1e9, &sender.pps) || !read_number(argv[4], 1e6, &seconds)) {
		(void)fputs("usage: send IFACE CAPTURE PPS SECONDS\n", stderr);
		return 2;
	}
	sender.long_ns = (int64_t)(seconds * 1e9);
	sender.fd = read_frames(argv[2], &frames) ? open_socket(argv[1]) : -1;
	const int64_t took_ns = sender.fd >= 0 ? send_all(&sender, &frames) : -1;
	if (took_ns >= 0)
		(void)printf("packets %ju octets %ju seconds %.6f pps %.0f refused %ju\n",
			     (uintmax_t)sender.packets, (uintmax_t)sender.octets, (double)took_ns * 1e-9,
			     took_ns > 0 ? (double)sender.packets * 1e9 / (double)took_ns : 0.0,
			     (uintmax_t)sender.refused);
	if (sender.fd >= 0)
		(void)close(sender.fd);
	free_frames(&frames);
	return took_ns >= 0 ? 0 : 1;
}
