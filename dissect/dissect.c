/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/dissect.h"

#include "dissect/duplicate.h"

struct ks_dissector {
	struct ks_dissect_config config;
	struct ks_listener listener;
	struct ks_dissect_stats stats;
	struct ks_duplicates duplicates;
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

static enum ks_verdict
feed_udp(struct ks_dissector *dissector, const struct ks_datagram *dg, int64_t time_ns)
{
	/* Not zeroed: ks_dns_read and tell_message fill all of it. */
	struct ks_message message;
	message.len = dg->len;
	message.bytes = (struct ks_span){dg->data, dg->cap_len};
	message.ip_bytes = dg->ip_bytes;
	bool towards_server = ks_ports_has(&dissector->config.ports, dg->dport);
	const enum ks_verdict verdict = ks_dns_read(dg->data, dg->cap_len, dg->len, &message.dns);
	dissector->stats.bad_checksum += dg->checksum == KS_CHECKSUM_BAD;
	if (verdict == KS_DNS)
		towards_server = !ks_dns_is_response(&message.dns);
	dissector->listener.traffic(dissector->listener.arg, dg, towards_server, time_ns);
	if (verdict == KS_DNS)
		tell_message(dissector, dg, time_ns, &message);
	else
		dissector->stats.malformed += verdict == KS_DNS_MALFORMED;
	return verdict;
}

static void
on_stream_message(void *arg, const struct ks_stream_message *bytes)
{
	struct ks_dissector *const dissector = arg;
	struct ks_message message;
	message.len = bytes->len;
	message.bytes = (struct ks_span){bytes->data, bytes->cap_len};
	message.ip_bytes = 0;
	const enum ks_verdict verdict = ks_dns_read(bytes->data, bytes->cap_len, bytes->len, &message.dns);
	if (verdict == KS_DNS) {
		tell_message(dissector, dissector->segment, dissector->segment_ns, &message);
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

/* An ICMP error quotes a packet that went the other way; joined datagrams are spared too, because a
 * fragment seen twice is recognised where it is held. */
static bool
is_duplicate(struct ks_dissector *dissector, const struct ks_walk *walk, int64_t time_ns)
{
	return !walk->in_icmp_error &&
	       ks_duplicate_feed(&dissector->duplicates, &dissector->config.secret, &walk->dg, time_ns);
}

/* What follows the walk down the layers, which returned `verdict`. */
static enum ks_verdict
feed_walked(struct ks_dissector *dissector, const struct ks_packet *packet, struct ks_walk *walk,
	    enum ks_verdict verdict)
{
	if (verdict == KS_DNS && is_duplicate(dissector, walk, packet->time_ns))
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

static enum ks_verdict
walk_down(const struct ks_dissector *dissector, const struct ks_packet *packet, struct ks_walk *walk)
{
	if (packet->time_apart)
		return KS_TIME_APART;
	return ks_layers_walk(walk, packet, &dissector->config.ports);
}

enum ks_verdict
ks_dissect_feed(struct ks_dissector *dissector, const struct ks_packet *packet)
{
	struct ks_walk walk;
	const enum ks_verdict verdict = walk_down(dissector, packet, &walk);
	return feed_walked(dissector, packet, &walk, verdict);
}

static void
announce(const struct ks_dissector *dissector, const struct ks_walk *walk, unsigned step)
{
	const bool towards_server = ks_ports_has(&dissector->config.ports, walk->dg.dport);
	dissector->listener.soon(dissector->listener.arg, towards_server ? &walk->dg.src : &walk->dg.dst,
				 step);
}

void
ks_dissect_feed_batch(struct ks_dissector *dissector, const struct ks_packet *packets, size_t n)
{
	struct ks_walk walks[KS_DISSECT_BATCH];
	enum ks_verdict verdicts[KS_DISSECT_BATCH];
	const bool announces = n > 1 && dissector->listener.soon != NULL;
	assert(n <= KS_DISSECT_BATCH);
	for (size_t i = 0; i < n; i++) {
		verdicts[i] = walk_down(dissector, &packets[i], &walks[i]);
		if (announces && verdicts[i] == KS_DNS)
			announce(dissector, &walks[i], 0);
	}
	for (size_t i = 0; announces && i < n; i++)
		if (verdicts[i] == KS_DNS)
			announce(dissector, &walks[i], 1);
	for (size_t i = 0; i < n; i++)
		(void)feed_walked(dissector, &packets[i], &walks[i], verdicts[i]);
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
