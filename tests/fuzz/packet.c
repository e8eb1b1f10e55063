/* SPDX-License-Identifier: BSD-2-Clause
 *
 * packet.c -- fuzz the walk from a frame to its transport header.
 *
 * Input: two octets that choose the link type and how much of the frame was lost to the snap length,
 * then the frame. A fragment is taken for the whole of its datagram, so that what follows reassembly is
 * reached as well. */
#include <stdlib.h>
#include <string.h>

#include "dissect/layer.h"
#include "dissect/plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {1,   0,   9,   10,  12,  14,  50,  51,  101, 104,
				105, 108, 113, 127, 149, 228, 229, 239, 258, 276};

enum { FRAME_MAX = 1 << 17, LOST_UNIT = 7 };

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_inside(const uint8_t *at, uint32_t n, const struct ks_packet *packet)
{
	demand(at >= packet->data && at <= packet->data + packet->cap_len);
	demand(n <= (size_t)(packet->data + packet->cap_len - at));
}

/* A memory sanitizer speaks up when a branch depends on what was never set. */
static void
check_set(const void *field, size_t n)
{
	const uint8_t *const bytes = field;
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += bytes[i];
	demand(sum <= n * 255);
}

static void
check_datagram(const struct ks_walk *walk, const struct ks_packet *packet)
{
	const struct ks_datagram *const dg = &walk->dg;
	check_inside(dg->data, dg->cap_len, packet);
	demand(dg->cap_len <= dg->len);
	demand(dg->proto == KS_PROTO_UDP || dg->proto == KS_PROTO_TCP);
	demand(ks_ports_has(walk->ports, dg->sport) || ks_ports_has(walk->ports, dg->dport));
	demand(dg->proto == KS_PROTO_TCP || (dg->tcp_flags == 0 && dg->tcp_seq == 0 && dg->tcp_ack == 0));
	demand(dg->checksum <= KS_CHECKSUM_NONE && dg->packets > 0);
	demand(walk->seen_ip && !walk->is_fragment && walk->depth <= KS_LAYERS_MAX);
	demand(dg->ip_bytes >= (dg->v6 ? 40 : 20) && dg->wire_bytes >= packet->cap_len);
	demand(dg->v6 || (ks_addr_is_v4(&dg->src) && ks_addr_is_v4(&dg->dst)));
	demand(walk->in_icmp_error || dg->proto == KS_PROTO_TCP || dg->len > 0);
	check_set(&dg->src, sizeof(dg->src));
	check_set(&dg->dst, sizeof(dg->dst));
	check_set(&dg->ttl, sizeof(dg->ttl));
	check_set(&dg->tcp_ack, sizeof(dg->tcp_ack));
	if (walk->in_icmp_error) {
		check_set(&walk->icmp_from, sizeof(walk->icmp_from));
		check_set(&walk->icmp_code, sizeof(walk->icmp_code));
		demand(walk->icmp_type >= 1 && walk->icmp_type <= 12);
	}
}

/* What is read without a walk, the walk reads alike. */
static void
check_plain(const struct ks_walk *walk, enum ks_verdict verdict, const struct ks_packet *packet)
{
	struct ks_datagram plain;
	if (!ks_plain_read(packet, walk->ports, &plain))
		return;
	const struct ks_datagram *const dg = &walk->dg;
	demand(verdict == KS_DNS && !walk->in_icmp_error && !walk->is_fragment);
	demand(ks_addr_equal(&plain.src, &dg->src) && ks_addr_equal(&plain.dst, &dg->dst));
	demand(plain.sport == dg->sport && plain.dport == dg->dport && plain.proto == dg->proto);
	demand(plain.data == dg->data && plain.cap_len == dg->cap_len && plain.len == dg->len);
	demand(plain.ttl == dg->ttl && plain.v6 == dg->v6 && plain.ip_id == dg->ip_id);
	demand(plain.ip_bytes == dg->ip_bytes && plain.wire_bytes == dg->wire_bytes);
	demand(plain.l4_checksum == dg->l4_checksum && plain.checksum == dg->checksum);
	demand(plain.packets == dg->packets && plain.tcp_flags == dg->tcp_flags);
}

static enum ks_verdict
join(struct ks_walk *walk, const struct ks_packet *packet)
{
	const struct ks_frag_piece *const piece = &walk->piece;
	demand(walk->is_fragment && !walk->in_icmp_error);
	check_inside(piece->data, piece->cap_len, packet);
	demand(piece->cap_len <= piece->len && piece->time_ns == packet->time_ns);
	demand(piece->offset > 0 || piece->more);
	demand(piece->offset % 8 == 0 && piece->offset <= KS_FRAG_MAX);
	const struct ks_frag_whole whole = {.data = piece->data,
					    .cap_len = piece->cap_len,
					    .len = piece->len,
					    .ip_bytes = piece->ip_bytes,
					    .wire_bytes = piece->wire_bytes,
					    .pieces = 2};
	const enum ks_verdict verdict = ks_layers_resume(walk, &whole);
	demand(verdict != KS_FRAGMENT_PENDING);
	return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > FRAME_MAX)
		return 0;
	/* A copy of the exact size, so that one octet too far is seen. */
	const size_t n = size - 2;
	uint8_t *const frame = malloc(n > 0 ? n : 1);
	demand(frame != NULL);
	memcpy(frame, data + 2, n);

	static struct ks_ports ports;
	ks_ports_add(&ports, 53);
	const struct ks_packet packet = {.time_ns = 1,
					 .data = frame,
					 .cap_len = (uint32_t)n,
					 .wire_len = (uint32_t)n + data[1] * LOST_UNIT,
					 .linktype = linktypes[data[0] % KS_COUNT(linktypes)]};
	struct ks_walk walk;
	enum ks_verdict verdict = ks_layers_walk(&walk, &packet, &ports);
	check_plain(&walk, verdict, &packet);
	if (verdict == KS_FRAGMENT_PENDING)
		verdict = join(&walk, &packet);
	demand(verdict < KS_VERDICT_COUNT);
	if (verdict == KS_DNS)
		check_datagram(&walk, &packet);
	free(frame);
	return 0;
}
