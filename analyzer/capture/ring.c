/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct ks_ring {
	pcap_t *pcap;
	char *name;
	uint8_t *slab;
	size_t slab_bytes, used;
	struct ks_packet packets[KS_RING_BATCH];
	size_t n, at;
	uint32_t snaplen;
	int linktype;
	bool nanoseconds, down;
	int64_t from_ns;
	int device_fd; /* /proc/net/dev: of our network namespace, which /sys need not be */
	uint64_t interface_base;
	size_t ring_bytes;
	uint32_t put_base; /* what the kernel had put into the ring before there was a filter */
	uint64_t taken, taken_bytes;
	struct ks_ring_lost lost;
};

/* --- the default filter --- */

static const char ports_of_ip[] =
	"(ip[6:2] & 0x1fff != 0)"
	/* IPv6 headers in front of the ports: hop by hop, routing, fragment, options */
	" or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))"
	" or icmp or icmp6"
	/* IP in IP, GRE and ERSPAN, VXLAN, Geneve, GTP-U */
	" or ip proto 4 or ip proto 41 or ip proto 47"
	" or ip6 proto 4 or ip6 proto 41 or ip6 proto 47"
	" or udp port 4789 or udp port 6081 or udp port 2152";
/* MPLS, PPPoE, and tags that the kernel leaves in the packet; `vlan` last, for it moves what follows. */
static const char ports_of_link[] = " or ether proto 0x8847 or ether proto 0x8848 or ether proto 0x8864"
				    " or ether proto 0x88a8 or ether proto 0x9100 or vlan";

size_t
ks_ring_filter(const uint16_t *ports, size_t n_ports, bool link, char *ret, size_t size)
{
	size_t n = 0;
	for (size_t i = 0; i < n_ports && n < size; i++)
		n += (size_t)snprintf(ret + n, size - n, "port %u or ", ports[i]);
	if (n < size)
		n += (size_t)snprintf(ret + n, size - n, "%s%s", ports_of_ip, link ? ports_of_link : "");
	return n < size ? n : 0;
}

static bool
compile(pcap_t *pcap, const struct ks_ring_config *config, struct bpf_program *ret)
{
	char text[4096];
	if (config->filter != NULL)
		return pcap_compile(pcap, ret, config->filter, /* optimize= */ 1, PCAP_NETMASK_UNKNOWN) == 0;
	for (int link = 1; link >= 0; link--) {
		if (ks_ring_filter(config->ports, config->n_ports, link != 0, text, sizeof(text)) == 0)
			text[0] = '\0'; /* so many ports that all packets may as well be looked at */
		if (pcap_compile(pcap, ret, text, /* optimize= */ 1, PCAP_NETMASK_UNKNOWN) == 0)
			return true;
	}
	return false;
}

static enum ks_error
set_filter(struct ks_ring *ring, const struct ks_ring_config *config, struct ks_diag *diag)
{
	struct bpf_program program;
	if (!compile(ring->pcap, config, &program))
		return ks_diag_set(diag, KS_ERR_USAGE, "filter \"%s\": %s",
				   config->filter != NULL ? config->filter : "", pcap_geterr(ring->pcap));
	const int rc = pcap_setfilter(ring->pcap, &program);
	pcap_freecode(&program);
	if (rc != 0)
		return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: filter: %s", ring->name,
				   pcap_geterr(ring->pcap));
	return KS_SUCCESS;
}

/* --- drops before the socket --- */

/* The columns "drop" and "fifo" of what was received. */
static bool
read_device(const struct ks_ring *ring, uint64_t *ret)
{
	char text[65536];
	const ssize_t n = pread(ring->device_fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return false;
	text[n] = '\0';
	const size_t n_name = strlen(ring->name);
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		unsigned long long drop, fifo;
		line += strspn(line, " ");
		if (strncmp(line, ring->name, n_name) == 0 && line[n_name] == ':' &&
		    sscanf(line + n_name + 1, "%*u %*u %*u %llu %llu", &drop, &fifo) == 2) {
			*ret = drop + fifo;
			return true;
		}
	}
	return false;
}

void
ks_ring_lost(struct ks_ring *ring, struct ks_ring_lost *ret)
{
	struct pcap_stat stat;
	uint64_t device;
	/* libpcap's counter has 32 bits and wraps in a bad week. */
	if (pcap_stats(ring->pcap, &stat) == 0)
		ring->lost.kernel += (uint32_t)(stat.ps_drop - (uint32_t)ring->lost.kernel);
	/* A counter that went back belongs to a device that was made anew. */
	if (read_device(ring, &device)) {
		if (device > ring->interface_base)
			ring->lost.interface += device - ring->interface_base;
		ring->interface_base = device;
	}
	*ret = ring->lost;
}

/* Packets that the kernel put into the ring so far; the counter has 32 bits. */
static uint32_t
put_so_far(struct ks_ring *ring)
{
	struct pcap_stat stat;
	return pcap_stats(ring->pcap, &stat) == 0 ? stat.ps_recv - stat.ps_drop
						  : ring->put_base + (uint32_t)ring->taken;
}

uint32_t
ks_ring_waiting(struct ks_ring *ring)
{
	const int32_t waiting = (int32_t)(put_so_far(ring) - (ring->put_base + (uint32_t)ring->taken));
	return (waiting > 0 ? (uint32_t)waiting : 0) + (uint32_t)(ring->n - ring->at);
}

double
ks_ring_fill(struct ks_ring *ring)
{
	enum { HEAD_BYTES = 96 }; /* what the kernel writes before each, and padding */
	const uint32_t taken = ring->put_base + (uint32_t)ring->taken;
	const int32_t waiting = (int32_t)(put_so_far(ring) - taken);
	if (waiting <= 0 || ring->taken == 0)
		return 0;
	const double mean_bytes = HEAD_BYTES + (double)ring->taken_bytes / (double)ring->taken;
	const double fill = waiting * mean_bytes / (double)ring->ring_bytes;
	return fill < 1 ? fill : 1;
}

/* --- opening --- */

/* Those who may not are told what to do about it; libpcap's own words for the rest are fine. */
static enum ks_error
refuse(const char *name, pcap_t *pcap, int rc, struct ks_diag *diag)
{
	const char *const said = pcap_geterr(pcap);
	if (rc == PCAP_ERROR_PERM_DENIED || rc == PCAP_ERROR_PROMISC_PERM_DENIED)
		return ks_diag_set(
			diag, KS_ERR_INPUT,
			"interface %.100s: no permission to capture; start as root with --user NAME, "
			"or with the capability CAP_NET_RAW",
			name);
	if (rc == PCAP_ERROR_NO_SUCH_DEVICE)
		return ks_diag_set(diag, KS_ERR_INPUT,
				   "interface %.100s: there is none; ip link shows those that there are",
				   name);
	if (rc == PCAP_ERROR_IFACE_NOT_UP)
		return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: it is down; ip link set %.100s up",
				   name, name);
	return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: %s%s%s", name, pcap_statustostr(rc),
			   said[0] != '\0' ? ": " : "", said);
}

static enum ks_error
join_group(struct ks_ring *ring, uint16_t group, struct ks_diag *diag)
{
	const int value = group | PACKET_FANOUT_HASH << 16;
	if (setsockopt(pcap_fileno(ring->pcap), SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)) == 0)
		return KS_SUCCESS;
	return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: --fanout: %s", ring->name, strerror(errno));
}

static enum ks_error
activate(struct ks_ring *ring, const struct ks_ring_config *config, struct ks_diag *diag)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	ring->pcap = pcap_create(ring->name, error);
	if (ring->pcap == NULL)
		return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: %s", ring->name, error);
	(void)pcap_set_snaplen(ring->pcap, (int)config->snaplen);
	(void)pcap_set_promisc(ring->pcap, config->promiscuous);
	(void)pcap_set_timeout(ring->pcap, KS_RING_DELAY_MS);
	(void)pcap_set_buffer_size(ring->pcap, (int)config->bytes);
	ring->nanoseconds = pcap_set_tstamp_precision(ring->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	const int rc = pcap_activate(ring->pcap);
	if (rc < 0)
		return refuse(ring->name, ring->pcap, rc, diag);
	if (pcap_setnonblock(ring->pcap, 1, error) != 0)
		return ks_diag_set(diag, KS_ERR_INPUT, "interface %.100s: %s", ring->name, error);
	ring->linktype = pcap_datalink(ring->pcap);
	const enum ks_error joined = config->group != 0 ? join_group(ring, config->group, diag) : KS_SUCCESS;
	return joined == KS_SUCCESS ? set_filter(ring, config, diag) : joined;
}

enum ks_error
ks_ring_open(const char *name, const struct ks_ring_config *config, struct ks_ring **ret,
	     struct ks_diag *diag)
{
	struct ks_ring *const ring = calloc(1, sizeof(*ring));
	if (ring == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "interface %.100s: out of memory", name);
	ring->device_fd = config->is_further ? -1 : open("/proc/net/dev", O_RDONLY | O_CLOEXEC);
	ring->from_ns = INT64_MIN;
	ring->snaplen = config->snaplen;
	ring->slab_bytes = (size_t)config->snaplen * 64; /* hundreds of usual packets, 64 of the largest */
	ring->slab = malloc(ring->slab_bytes);
	ring->name = strdup(name);
	enum ks_error error = KS_SUCCESS;
	if (ring->slab == NULL || ring->name == NULL)
		error = ks_diag_set(diag, KS_ERR_MEMORY, "interface %.100s: out of memory", name);
	if (error == KS_SUCCESS)
		error = activate(ring, config, diag);
	if (error != KS_SUCCESS) {
		ks_ring_close(ring);
		return error;
	}
	(void)read_device(ring, &ring->interface_base);
	ring->ring_bytes = config->bytes;
	ring->put_base = put_so_far(ring);
	*ret = ring;
	return KS_SUCCESS;
}

void
ks_ring_close(struct ks_ring *ring)
{
	if (ring == NULL)
		return;
	if (ring->pcap != NULL)
		pcap_close(ring->pcap);
	if (ring->device_fd >= 0)
		(void)close(ring->device_fd);
	free(ring->slab);
	free(ring->name);
	free(ring);
}

/* --- packets --- */

static void
keep(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct ks_ring *const ring = (struct ks_ring *)(void *)user;
	const uint32_t n = header->caplen < ring->snaplen ? header->caplen : ring->snaplen;
	uint8_t *const to = ring->slab + ring->used;
	const int64_t time_ns = (int64_t)header->ts.tv_sec * KS_NS_PER_S +
				(int64_t)header->ts.tv_usec * (ring->nanoseconds ? 1 : 1000);
	ring->taken++;
	ring->taken_bytes += n;
	if (time_ns < ring->from_ns)
		return;
	memcpy(to, bytes, n);
	ring->used += n;
	ring->packets[ring->n++] = (struct ks_packet){
		.time_ns = time_ns,
		.data = to,
		.cap_len = n,
		.wire_len = header->len > n ? header->len : n,
		.linktype = ring->linktype,
	};
	if (ring->slab_bytes - ring->used < ring->snaplen)
		pcap_breakloop(ring->pcap);
}

/* An interface that is down says so with each call, once a network card is plugged in again it goes on: the
 * socket outlives that, and nobody could open a new one after privileges are gone. */
static void
refill(struct ks_ring *ring)
{
	ring->n = ring->at = ring->used = 0;
	const int rc = pcap_dispatch(ring->pcap, KS_RING_BATCH, keep, (u_char *)ring);
	ring->down = rc == PCAP_ERROR;
}

void
ks_ring_begin(struct ks_ring *ring, int64_t from_ns)
{
	ring->from_ns = from_ns;
}

const struct ks_packet *
ks_ring_peek(struct ks_ring *ring)
{
	if (ring->at == ring->n)
		refill(ring);
	return ring->at < ring->n ? &ring->packets[ring->at] : NULL;
}

void
ks_ring_take(struct ks_ring *ring)
{
	assert(ring->at < ring->n);
	ring->at++;
}

bool
ks_ring_ahead(const struct ks_ring *ring)
{
	return ring->at < ring->n;
}

bool
ks_ring_is_spent(const struct ks_ring *ring)
{
	return ring->n > 0 && ring->at == ring->n;
}

/* libpcap tells once that the interface went down, and afterwards of nothing. */
bool
ks_ring_is_up(const struct ks_ring *ring)
{
	struct ifreq request = {.ifr_flags = 0};
	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ring->name);
	if (strcmp(ring->name, "any") == 0)
		return true; /* no interface, but all of them */
	return ioctl(pcap_fileno(ring->pcap), SIOCGIFFLAGS, &request) == 0 &&
	       (request.ifr_flags & IFF_UP) != 0;
}

int
ks_ring_fd(const struct ks_ring *ring)
{
	return ring->down ? -1 : pcap_get_selectable_fd(ring->pcap);
}

const char *
ks_ring_name(const struct ks_ring *ring)
{
	return ring->name;
}

int
ks_ring_linktype(const struct ks_ring *ring)
{
	return ring->linktype;
}

uint32_t
ks_ring_snaplen(const struct ks_ring *ring)
{
	return ring->snaplen;
}

uint8_t
ks_ring_time_digits(const struct ks_ring *ring)
{
	return ring->nanoseconds ? 9 : 6;
}
