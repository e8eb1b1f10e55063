/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/dissect.h"

#include "dissect/dns_known.h"
#include "dissect/duplicate.h"
#include "dissect/plain.h"

struct ks_dissector {
	struct ks_dissect_config config;
	struct ks_listener listener;
	struct ks_dissect_stats stats;
	struct ks_duplicates duplicates;
	struct ks_dns_memos memos;
	struct ks_frag *frag;
	struct ks_streams *streams;
	/* of the segment that the streams are being fed with */
	const struct ks_datagram *segment;
	int64_t segment_ns;
	bool segment_refused;
};

/* Fragments of DNS are rarer than TCP, and 64 KiB each at the worst. */
static size_t
frag_share(const struct ks_dissect_config *config)
{
	return config->memory_bytes / 4 / 64 * 64;
}

static size_t
header_bytes(void)
{
	return (sizeof(struct ks_dissector) + 63) / 64 * 64;
}

size_t
ks_dissect_memory(const struct ks_dissect_config *config)
{
	assert(config->memory_bytes >= KS_DISSECT_MEMORY_MIN);
	return header_bytes() + config->memory_bytes;
}

struct ks_dissector *
ks_dissect_init(void *memory, const struct ks_dissect_config *config, const struct ks_listener *listener)
{
	struct ks_dissector *const dissector = memory;
	uint8_t *const pool = (uint8_t *)memory + header_bytes();
	const size_t frag_bytes = frag_share(config);
	dissector->config = *config;
	dissector->listener = *listener;
	dissector->frag = ks_frag_init(pool, frag_bytes, &config->secret);
	dissector->streams =
		ks_streams_init(pool + frag_bytes, config->memory_bytes - frag_bytes, &config->secret);
	return dissector;
}

/* --- who is the server --- */

static bool
is_listed(const struct ks_dissect_config *config, const struct ks_addr *addr)
{
	for (size_t i = 0; i < config->n_servers; i++)
		if (ks_addr_in_prefix(addr, &config->servers[i].addr, config->servers[i].bits))
			return true;
	return false;
}

/* Is the address behind a DNS port one of those asked for? With no list all are. */
static bool
is_wanted(const struct ks_dissect_config *config, const struct ks_datagram *dg)
{
	if (config->n_servers == 0)
		return true;
	return (ks_ports_has(&config->ports, dg->dport) && is_listed(config, &dg->dst)) ||
	       (ks_ports_has(&config->ports, dg->sport) && is_listed(config, &dg->src));
}

static void
tell_message(struct ks_dissector *dissector, const struct ks_datagram *dg, int64_t time_ns,
	     struct ks_message *message)
{
	const bool response = ks_dns_is_response(&message->dns);
	message->time_ns = time_ns;
	message->client = response ? dg->dst : dg->src;
	message->server = response ? dg->src : dg->dst;
	message->client_port = response ? dg->dport : dg->sport;
	message->server_port = response ? dg->sport : dg->dport;
	message->tcp = dg->proto == KS_PROTO_TCP;
	message->v6 = dg->v6;
	message->ttl = dg->ttl;
	dissector->stats.messages++;
	dissector->stats.cut += message->dns.cut;
	dissector->stats.several_opt += message->dns.edns.records > 1;
	dissector->listener.message(dissector->listener.arg, message);
}

/* --- transports --- */

/* Not zeroed: ks_dns_read and tell_message fill all of it. */
static struct ks_message *
room_for_message(const struct ks_dissector *dissector, struct ks_message *own)
{
	const struct ks_listener *const listener = &dissector->listener;
	return listener->room != NULL ? listener->room(listener->arg) : own;
}

static enum ks_verdict
feed_udp(struct ks_dissector *dissector, const struct ks_datagram *dg, int64_t time_ns)
{
	struct ks_message own, *const message = room_for_message(dissector, &own);
	message->len = dg->len;
	message->bytes = (struct ks_span){dg->data, dg->cap_len};
	message->ip_bytes = dg->ip_bytes;
	message->wire_bytes = dg->wire_bytes;
	message->packets = dg->packets;
	message->passing = dg->packets > 1; /* joined in the memory of ks_frag; one alone never is */
	const enum ks_verdict verdict =
		ks_dns_read_known(&dissector->memos, dg->data, dg->cap_len, dg->len, &message->dns);
	dissector->stats.bad_checksum += dg->checksum == KS_CHECKSUM_BAD;
	if (verdict == KS_DNS) {
		tell_message(dissector, dg, time_ns, message);
		return verdict;
	}
	dissector->listener.traffic(dissector->listener.arg, dg,
				    ks_ports_has(&dissector->config.ports, dg->dport), time_ns);
	dissector->stats.malformed += verdict == KS_DNS_MALFORMED;
	return verdict;
}

static void
on_stream_message(void *arg, const struct ks_stream_message *bytes)
{
	struct ks_dissector *const dissector = arg;
	struct ks_message own, *const message = room_for_message(dissector, &own);
	message->len = bytes->len;
	message->bytes = (struct ks_span){bytes->data, bytes->cap_len};
	message->ip_bytes = message->wire_bytes = 0;
	message->packets = 0;
	message->passing = true;
	const enum ks_verdict verdict =
		ks_dns_read_known(&dissector->memos, bytes->data, bytes->cap_len, bytes->len, &message->dns);
	if (verdict == KS_DNS) {
		tell_message(dissector, dissector->segment, dissector->segment_ns, message);
		dissector->segment_refused = false;
	} else {
		dissector->stats.malformed += verdict == KS_DNS_MALFORMED;
	}
}

static enum ks_verdict
feed_tcp(struct ks_dissector *dissector, const struct ks_datagram *dg, int64_t time_ns)
{
	const bool towards_server = ks_ports_has(&dissector->config.ports, dg->dport);
	dissector->listener.traffic(dissector->listener.arg, dg, towards_server, time_ns);
	dissector->segment = dg;
	dissector->segment_ns = time_ns;
	dissector->segment_refused = true; /* until a message of it turns out to be DNS */
	const enum ks_verdict verdict =
		ks_streams_feed(dissector->streams, dg, time_ns, on_stream_message, dissector);
	if (verdict == KS_DNS && dissector->segment_refused)
		return KS_DNS_MALFORMED;
	return verdict;
}

/* What lies on a DNS port, or in an error about it. */
static enum ks_verdict
feed_datagram(struct ks_dissector *dissector, const struct ks_walk *walk, int64_t time_ns)
{
	if (!is_wanted(&dissector->config, &walk->dg))
		return KS_OTHER_SERVER;
	if (walk->in_icmp_error) {
		dissector->listener.icmp(dissector->listener.arg, walk);
		return KS_ICMP_QUOTED;
	}
	if (walk->dg.proto == KS_PROTO_TCP)
		return feed_tcp(dissector, &walk->dg, time_ns);
	return feed_udp(dissector, &walk->dg, time_ns);
}

/* --- packets --- */

/* A fragment: if it completes a datagram, the pieces that were pending share the datagram's fate. */
static enum ks_verdict
feed_fragment(struct ks_dissector *dissector, struct ks_walk *walk, int64_t time_ns)
{
	struct ks_frag_whole whole;
	walk->piece.time_ns = time_ns;
	enum ks_verdict verdict = ks_frag_feed(dissector->frag, &walk->piece, &whole);
	if (verdict != KS_DNS)
		return verdict;
	verdict = ks_layers_resume(walk, &whole);
	if (verdict == KS_DNS)
		verdict = feed_datagram(dissector, walk, time_ns);
	const uint64_t earlier = whole.pieces - 1u;
	dissector->stats.verdicts[KS_FRAGMENT_PENDING] -= earlier;
	dissector->stats.verdicts[verdict] += earlier;
	return verdict;
}

/* A capture has one link type or a handful; what is beyond the list is in the verdict's counter. */
static void
note_link(struct ks_dissect_stats *stats, int linktype)
{
	for (size_t i = 0; i < KS_UNKNOWN_LINKS; i++) {
		struct ks_unknown_link *const link = &stats->unknown_links[i];
		if (link->packets == 0)
			link->linktype = linktype;
		if (link->linktype == linktype) {
			link->packets++;
			return;
		}
	}
}

/* A packet on its way through a batch. */
struct passage {
	struct ks_walk walk;
	enum ks_verdict verdict;
	uint64_t identity; /* of what looks for duplicates */
};

/* An ICMP error quotes a packet that went the other way; joined datagrams are spared too, because a
 * fragment seen twice is recognised where it is held. */
static bool
may_be_duplicate(const struct passage *passage)
{
	return passage->verdict == KS_DNS && !passage->walk.in_icmp_error;
}

/* Down the layers, to what lies on a DNS port. Of a plain packet only the datagram of the walk is written. */
static void
walk_down(const struct ks_dissector *dissector, const struct ks_packet *packet, struct passage *ret)
{
	if (packet->time_apart) {
		ret->verdict = KS_TIME_APART;
	} else if (ks_plain_read(packet, &dissector->config.ports, &ret->walk.dg)) {
		ret->verdict = KS_DNS;
		ret->walk.in_icmp_error = false;
	} else {
		ret->verdict = ks_layers_walk(&ret->walk, packet, &dissector->config.ports);
	}
	if (may_be_duplicate(ret)) {
		ret->identity = ks_duplicate_identity(&dissector->config.secret, &ret->walk.dg);
		ks_duplicate_soon(&dissector->duplicates, ret->identity);
	}
}

static enum ks_verdict
feed_walked(struct ks_dissector *dissector, const struct ks_packet *packet, struct passage *passage)
{
	struct ks_walk *const walk = &passage->walk;
	enum ks_verdict verdict = passage->verdict;
	if (may_be_duplicate(passage) &&
	    ks_duplicate_feed(&dissector->duplicates, passage->identity, walk->dg.ttl, packet->time_ns))
		verdict = KS_DUPLICATE;
	else if (verdict == KS_DNS)
		verdict = feed_datagram(dissector, walk, packet->time_ns);
	else if (verdict == KS_FRAGMENT_PENDING)
		verdict = feed_fragment(dissector, walk, packet->time_ns);
	if (verdict == KS_LINK_UNKNOWN)
		note_link(&dissector->stats, packet->linktype);
	dissector->stats.packets++;
	dissector->stats.verdicts[verdict]++;
	return verdict;
}

enum ks_verdict
ks_dissect_feed(struct ks_dissector *dissector, const struct ks_packet *packet)
{
	struct passage passage;
	walk_down(dissector, packet, &passage);
	return feed_walked(dissector, packet, &passage);
}

void
ks_dissect_feed_batch(struct ks_dissector *dissector, const struct ks_packet *packets, size_t n)
{
	struct passage passages[KS_DISSECT_BATCH];
	assert(n <= KS_DISSECT_BATCH);
	for (size_t i = 0; i < n; i++)
		walk_down(dissector, &packets[i], &passages[i]);
	for (size_t i = 0; i < n; i++)
		(void)feed_walked(dissector, &packets[i], &passages[i]);
}

void
ks_dissect_stats(const struct ks_dissector *dissector, struct ks_dissect_stats *ret)
{
	*ret = dissector->stats;
	ret->frag = *ks_frag_stats(dissector->frag);
	ret->stream = *ks_streams_stats(dissector->streams);
	ret->verdicts[KS_FRAGMENT_PENDING] -= ret->frag.refused_packets;
	ret->verdicts[KS_FRAGMENT_REFUSED] += ret->frag.refused_packets;
}
