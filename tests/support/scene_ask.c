/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_ask.c -- a query, and what the server answers. */
#include "tests/support/scene.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	QR = 0x8000,
	AA = 0x0400,
	TC = 0x0200,
	RD = 0x0100,
	CD = 0x0010,
	NXDOMAIN = 3,
	SERVER_US = 180,
	MSS = 1440
};

struct ks_scene_ip
ks_scene_ip(const char *text, uint32_t add)
{
	struct ks_scene_ip ip = {.n = strchr(text, ':') != NULL ? 16 : 4};
	if (inet_pton(ip.n == 4 ? AF_INET : AF_INET6, text, ip.b) != 1)
		ks_scene_die("not an address");
	for (size_t i = ip.n; add > 0; add >>= 8) {
		add += ip.b[--i];
		ip.b[i] = (uint8_t)add;
	}
	return ip;
}

const struct ks_scene_ip *
ks_scene_server(const struct ks_scene_zone *zone, size_t server, const struct ks_scene_host *host)
{
	const size_t at = server % zone->n_servers; /* with fewer of them than the scene was written for */
	return host->ip.n == 4 ? &zone->server4[at] : &zone->server6[at];
}

/* Cookies of eight octets of the client's, and sixteen of the server's (RFC 7873 s4, RFC 9018). */
static void
put_opt(struct ks_wire *wire, const struct ks_scene_host *host, unsigned size, bool server_cookie)
{
	const unsigned n_cookie = !host->cookie ? 0 : server_cookie ? 24 : 8;
	ks_wire_rr(wire, ".", 41, size, host->dnssec ? 0x8000 : 0, n_cookie > 0 ? 4 + n_cookie : 0);
	if (n_cookie == 0)
		return;
	ks_wire_u16(wire, 10);
	ks_wire_u16(wire, n_cookie);
	for (unsigned i = 0; i < n_cookie; i++)
		ks_wire_u8(wire, host->ip.b[i % host->ip.n] + 17 * i);
}

static struct ks_wire
make_query(const struct ks_scene_host *host, const struct ks_scene_query *query, unsigned id)
{
	struct ks_wire wire = {0};
	ks_wire_header(&wire, id, (host->rd ? RD : 0) | (host->cd ? CD : 0), 1, 0, 0, host->edns > 0);
	ks_wire_question(&wire, query->name, query->type);
	if (host->edns > 0)
		put_opt(&wire, host, host->edns, host->has_cookie);
	return wire;
}

static bool
begins(const char *name, const char *label, const char *zone)
{
	const size_t n = strlen(label);
	return strncmp(name, label, n) == 0 && name[n] == '.' &&
	       strcmp(zone[0] == '.' ? name + n : name + n + 1, zone) == 0;
}

/* KS_SCENE_KINDS: the name is there, the type is not. */
static enum ks_scene_kind
kind_of(const struct ks_scene_query *query)
{
	static const struct {
		uint16_t type;
		enum ks_scene_kind kind;
	} apex[] = {{48, KS_SCENE_DNSKEY},
		    {6, KS_SCENE_SOA},
		    {2, KS_SCENE_NS},
		    {15, KS_SCENE_MX},
		    {16, KS_SCENE_TXT}};
	const char *const zone = query->zone->name;
	if (strcmp(query->name, zone) == 0) {
		for (size_t i = 0; i < sizeof(apex) / sizeof(apex[0]); i++)
			if (apex[i].type == query->type)
				return apex[i].kind;
		return KS_SCENE_KINDS;
	}
	if (query->type == 1 && begins(query->name, "www", zone))
		return KS_SCENE_A;
	if (query->type == 43 && begins(query->name, "child", zone))
		return KS_SCENE_DS;
	return KS_SCENE_DENIAL;
}

static struct ks_wire
make_answer(const struct ks_scene_host *host, const struct ks_scene_query *query, unsigned id, int64_t t_us,
	    bool cut)
{
	const struct ks_scene_state *const state = ks_scene_zone_at(query->zone, t_us);
	enum ks_scene_kind kind = kind_of(query);
	const bool nodata = kind == KS_SCENE_KINDS, denied = nodata || kind == KS_SCENE_DENIAL;
	if (nodata)
		kind = KS_SCENE_DENIAL;
	static const struct ks_scene_section none;
	const struct ks_scene_section *const section = cut            ? &none
						       : host->dnssec ? &state->signed_[kind]
								      : &state->plain[kind];
	struct ks_wire wire = {0};
	ks_wire_header(&wire, id,
		       QR | AA | (cut ? TC : 0) | (host->rd ? RD : 0) | (host->cd ? CD : 0) |
			       (denied && !nodata ? NXDOMAIN : 0),
		       1, denied ? 0 : section->n_records, denied ? section->n_records : 0, host->edns > 0);
	ks_wire_question(&wire, query->name, query->type);
	ks_wire_bytes(&wire, section->b, section->n);
	if (host->edns > 0)
		put_opt(&wire, host, 4096, true);
	return wire;
}

static void
note(struct ks_scene *scene, int64_t t_us, const struct ks_scene_host *host,
     const struct ks_scene_query *query)
{
	if (query->type != 48 || t_us < scene->from_us || t_us >= scene->to_us)
		return;
	if (scene->n_asked == scene->asked_room) {
		scene->asked_room = 2 * scene->asked_room + 1024;
		scene->asked = ks_scene_more(scene->asked, scene->asked_room * sizeof(scene->asked[0]));
	}
	scene->asked[scene->n_asked++] =
		(struct ks_scene_asked){.t_us = t_us, .zone = query->zone, .ip = host->ip};
}

static struct ks_scene_path
path_of(struct ks_scene *scene, const struct ks_scene_host *host, const struct ks_scene_query *query)
{
	return (struct ks_scene_path){
		.from = &host->ip,
		.to = ks_scene_server(query->zone, query->server, host),
		.hops = host->hops,
		.from_port = host->port != 0 ? host->port : (uint16_t)(1024 + ks_scene_below(scene, 64512)),
		.to_port = 53,
	};
}

static struct ks_scene_path
back(const struct ks_scene_path *path)
{
	return (struct ks_scene_path){.from = path->to,
				      .to = path->from,
				      .hops = 64,
				      .from_port = path->to_port,
				      .to_port = path->from_port};
}

int64_t
ks_scene_ask(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
	     const struct ks_scene_query *query, bool *ret_cut)
{
	const struct ks_scene_path path = path_of(scene, host, query), way_back = back(&path);
	const unsigned id = ks_scene_below(scene, 0x10000);
	const struct ks_wire question = make_query(host, query, id);
	const int64_t answer_us = t_us + host->away_us + SERVER_US + ks_scene_below(scene, 60);
	ks_scene_udp(scene, t_us, &path, &question);
	note(scene, t_us, host, query);
	struct ks_wire answer = make_answer(host, query, id, t_us, false);
	const bool cut = answer.n > (host->edns > 512 ? host->edns : 512u);
	if (cut)
		answer = make_answer(host, query, id, t_us, true);
	if (!host->unanswered)
		ks_scene_udp(scene, answer_us, &way_back, &answer);
	host->has_cookie = host->cookie;
	if (ret_cut != NULL)
		*ret_cut = cut;
	return answer_us;
}

/* A message behind its length (RFC 1035 s4.2.2), in segments. Returns the sequence number behind it. */
static uint32_t
send_message(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path, uint32_t seq,
	     uint32_t ack, const struct ks_wire *message)
{
	struct ks_wire framed = {0};
	ks_wire_u16(&framed, (unsigned)message->n);
	ks_wire_bytes(&framed, message->b, message->n);
	for (size_t at = 0; at < framed.n; at += MSS) {
		const size_t n = framed.n - at < MSS ? framed.n - at : MSS;
		ks_scene_tcp(scene, t_us + (int64_t)at / MSS, path, seq + (uint32_t)at, ack,
			     KS_SCENE_PSH | KS_SCENE_ACK, framed.b + at, n);
	}
	return seq + (uint32_t)framed.n;
}

int64_t
ks_scene_ask_tcp(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		 const struct ks_scene_query *query)
{
	const struct ks_scene_path path = path_of(scene, host, query), way_back = back(&path);
	const unsigned id = ks_scene_below(scene, 0x10000);
	const uint32_t ours = (uint32_t)ks_scene_draw(scene), theirs = (uint32_t)ks_scene_draw(scene);
	const int64_t asked_us = t_us + host->rtt_us, answer_us = asked_us + host->away_us + SERVER_US;
	const int64_t closed_us = answer_us + host->rtt_us;
	ks_scene_tcp(scene, t_us, &path, ours, 0, KS_SCENE_SYN, NULL, 0);
	ks_scene_tcp(scene, t_us + 30, &way_back, theirs, ours + 1, KS_SCENE_SYN | KS_SCENE_ACK, NULL, 0);
	ks_scene_tcp(scene, asked_us - 2, &path, ours + 1, theirs + 1, KS_SCENE_ACK, NULL, 0);
	const struct ks_wire question = make_query(host, query, id);
	const uint32_t sent = send_message(scene, asked_us, &path, ours + 1, theirs + 1, &question);
	note(scene, asked_us, host, query);
	const struct ks_wire answer = make_answer(host, query, id, asked_us, false);
	const uint32_t got = send_message(scene, answer_us, &way_back, theirs + 1, sent, &answer);
	ks_scene_tcp(scene, closed_us, &path, sent, got, KS_SCENE_FIN | KS_SCENE_ACK, NULL, 0);
	ks_scene_tcp(scene, closed_us + 30, &way_back, got, sent + 1, KS_SCENE_FIN | KS_SCENE_ACK, NULL, 0);
	ks_scene_tcp(scene, closed_us + host->rtt_us, &path, sent + 1, got + 1, KS_SCENE_ACK, NULL, 0);
	host->has_cookie = host->cookie;
	return answer_us + 1;
}

int64_t
ks_scene_lookup(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		const struct ks_scene_query *query)
{
	bool cut;
	const int64_t answer_us = ks_scene_ask(scene, t_us, host, query, &cut);
	return cut ? ks_scene_ask_tcp(scene, answer_us + host->rtt_us, host, query) : answer_us;
}

int64_t
ks_scene_half_open(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		   const struct ks_scene_query *query)
{
	const struct ks_scene_path path = path_of(scene, host, query), way_back = back(&path);
	const uint32_t ours = (uint32_t)ks_scene_draw(scene), theirs = (uint32_t)ks_scene_draw(scene);
	for (int64_t again_us = 0; again_us <= KS_SCENE_SECOND; again_us += KS_SCENE_SECOND) {
		ks_scene_tcp(scene, t_us + again_us, &path, ours, 0, KS_SCENE_SYN, NULL, 0);
		ks_scene_tcp(scene, t_us + again_us + 30, &way_back, theirs, ours + 1,
			     KS_SCENE_SYN | KS_SCENE_ACK, NULL, 0);
	}
	return t_us + KS_SCENE_SECOND;
}

int64_t
ks_scene_ask_key(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		 const struct ks_scene_zone *zone, size_t server)
{
	const struct ks_scene_query query = {.zone = zone, .server = server, .name = zone->name, .type = 48};
	return ks_scene_ask(scene, t_us, host, &query, NULL);
}
