/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/scene.h -- captures of which everything is known: what each scene is made of.
 *
 * A scene is a list of packets as a mirror port in front of the name servers would see them, and the truth
 * about them. Everything is drawn from one seed, so that the same name and seed give the same octets. Keys
 * and signatures are real: what is served verifies unless a scene breaks it on purpose. Times are
 * microseconds since 1970.
 *
 * Memory:  packets are kept until they are written, sorted by time. Errors end the program: it is a tool of
 * tests. Threads: one. */
#ifndef KS_TESTS_SUPPORT_SCENE_H
#define KS_TESTS_SUPPORT_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/support/scene_rsa.h"
#include "tests/support/wire.h"

#define KS_SCENE_SECOND INT64_C(1000000)
#define KS_SCENE_MINUTE (60 * KS_SCENE_SECOND)
#define KS_SCENE_HOUR (60 * KS_SCENE_MINUTE)

enum {
	KS_SCENE_SERVERS = 14,
	KS_SCENE_STATES = 6,
	KS_SCENE_OFFENDERS = 200,
	KS_SCENE_STORMS = 8,
	KS_SCENE_KEYS = 5
};

struct ks_scene_ip {
	uint8_t b[16];
	uint8_t n; /* 4 or 16 */
};

/* Somebody who asks. */
struct ks_scene_host {
	struct ks_scene_ip ip;
	uint8_t hops;     /* left of TTL or hop limit where the capture is */
	uint32_t rtt_us;  /* from there to the host and back */
	uint32_t away_us; /* from there to the servers and back */
	uint16_t edns;    /* buffer size; 0: no OPT record */
	uint16_t port;    /* 0: another one for each query */
	bool dnssec, rd, cd;
	bool cookie;     /* sends a client cookie */
	bool has_cookie; /* and returns the server's (RFC 7873) */
	bool unanswered; /* its queries get no answer */
};

/* Everything that a zone gives, each ready for the answer or authority section, with signatures and without.
 */
enum ks_scene_kind {
	KS_SCENE_DNSKEY, /* these five at the apex */
	KS_SCENE_SOA,
	KS_SCENE_NS,
	KS_SCENE_MX,
	KS_SCENE_TXT,
	KS_SCENE_A,  /* of www */
	KS_SCENE_DS, /* of child, which is nowhere in the scene */
	KS_SCENE_DENIAL,
	KS_SCENE_KINDS
};

struct ks_scene_section {
	uint8_t b[1800];
	uint16_t n, n_records;
};

struct ks_scene_state {
	int64_t from_us;
	struct ks_scene_section plain[KS_SCENE_KINDS], signed_[KS_SCENE_KINDS];
};

/* The keys of a zone from some time on, and what is signed with them. */
struct ks_scene_keys {
	const struct ks_scene_key *key[KS_SCENE_KEYS];
	size_t n;
	unsigned signers;     /* bit i: key[i] signs the DNSKEY RRset */
	unsigned zone_signer; /* key[that] signs the rest */
	int64_t inception_us, expiration_us;
};

struct ks_scene_zone {
	char name[64];  /* with its final dot */
	uint32_t ttl_s; /* of DNSKEY; everything else has KS_SCENE_TTL_S */
	struct ks_scene_ip server4[KS_SCENE_SERVERS], server6[KS_SCENE_SERVERS];
	size_t n_servers;
	struct ks_scene_state *states;
	size_t n_states;
};

enum { KS_SCENE_TTL_S = 3600 };

struct ks_scene_packet {
	int64_t t_us;
	size_t at;
	uint32_t n;
	uint32_t number; /* keeps the order of equals */
};

/* A DNSKEY query, for the truth. */
struct ks_scene_asked {
	int64_t t_us;
	const struct ks_scene_zone *zone;
	struct ks_scene_ip ip;
};

struct ks_scene_offender {
	struct ks_scene_ip ip;
	const struct ks_scene_zone *zone;
	const char *verdict, *profile;
};

struct ks_scene_storm {
	const struct ks_scene_zone *zone;
	int64_t start_us, end_us; /* end 0: not over when the capture ends */
	const char *verdict;
	const char *rise;     /* "step" or "ramp" */
	const char *evidence; /* words E1 to E18, as planted */
};

struct ks_scene_span {
	int64_t from_us, to_us;
};

/* What may be otherwise than a scene is written: 0, or false, as it is written. */
struct ks_scene_knobs {
	int64_t ttl_s;                    /* of all DNSKEY */
	int64_t servers;                  /* of each zone */
	int64_t pace_percent;             /* of the intervals of those who make the trouble */
	int64_t loss_percent;             /* of the packets, by chance */
	int64_t from_percent, to_percent; /* of the span: what is captured */
	int64_t v6;                       /* 1: all clients have IPv6 */
	int64_t noise;                    /* ordinary resolvers of an unrelated zone */
	int64_t side;                     /* 1: queries only; 2: answers only */
	int64_t one_server;               /* 1: only what the first server of a zone sends and receives */
};

struct ks_scene {
	struct ks_scene_knobs knobs;
	const char *name;
	uint64_t seed, random;
	int64_t from_us, to_us;
	uint8_t *bytes;
	size_t n_bytes, room;
	struct ks_scene_packet *packets;
	size_t n_packets, packet_room;
	struct ks_scene_asked *asked;
	size_t n_asked, asked_room;
	const char *vantage, *cause, *note, *options;
	const char *verdict; /* of the summary */
	struct ks_scene_storm storms[KS_SCENE_STORMS];
	size_t n_storms;
	struct ks_scene_offender offenders[KS_SCENE_OFFENDERS];
	size_t n_offenders;
	struct ks_scene_zone zones[KS_SCENE_STORMS];
	size_t n_zones;
	struct ks_scene_span captured[8]; /* none: all the time */
	size_t n_captured;
	char extra[4096]; /* members of the truth that this scene alone has; each ends in a comma */
};

/* --- scene_knobs.c --- */
/* "KEY=VALUE", as ks_scene_knobs has them; false: no such key or value. */
bool ks_scene_turn(struct ks_scene *scene, const char *setting);
/* An interval of those who make the trouble. */
int64_t ks_scene_pace(const struct ks_scene *scene, int64_t us);
struct ks_scene_ip ks_scene_client(const struct ks_scene *scene, struct ks_scene_ip ip);
/* Is a frame in the capture? */
bool ks_scene_is_captured(struct ks_scene *scene, int64_t t_us, const uint8_t *frame, size_t n);
/* When a scene is made: whoever else asks. */
void ks_scene_make_noise(struct ks_scene *scene);

/* --- scene_out.c: chance, packets, files --- */
uint64_t ks_scene_draw(struct ks_scene *scene);
uint32_t ks_scene_below(struct ks_scene *scene, uint32_t n);
/* `mean`, half of it more or less. */
int64_t ks_scene_about(struct ks_scene *scene, int64_t mean);
/* With a long tail: median 0.75 of the mean, and three times it at most. */
int64_t ks_scene_uneven(struct ks_scene *scene, int64_t mean);
void *ks_scene_more(void *memory, size_t n);
void ks_scene_put(struct ks_scene *scene, int64_t t_us, const void *frame, size_t n);
void ks_scene_write(struct ks_scene *scene, const char *path);
_Noreturn void ks_scene_die(const char *what);

/* --- scene_net.c: frames --- */
struct ks_scene_path {
	const struct ks_scene_ip *from, *to;
	uint8_t hops;
	uint16_t from_port, to_port;
};

void ks_scene_udp(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path,
		  const struct ks_wire *message);

enum { KS_SCENE_FIN = 1, KS_SCENE_SYN = 2, KS_SCENE_RST = 4, KS_SCENE_PSH = 8, KS_SCENE_ACK = 16 };
void ks_scene_tcp(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path, uint32_t seq,
		  uint32_t ack, unsigned flags, const uint8_t *data, size_t n);

/* Port unreachable, for the answer that went along `path` (IPv4 only): RFC 792, quoting 512 octets at most.
 */
void ks_scene_unreachable(struct ks_scene *scene, int64_t t_us, const struct ks_scene_path *path,
			  const struct ks_wire *answer);

/* --- scene_zone.c: what is served --- */
struct ks_scene_zone *ks_scene_zone_add(struct ks_scene *scene, const char *name, uint32_t ttl_s,
					const char *server4, const char *server6, size_t n_servers);
void ks_scene_zone_state(struct ks_scene_zone *zone, int64_t from_us, const struct ks_scene_keys *keys);

/* Keys that have been larger than 1232 octets for long: three of them and two signatures, 1425. */
void ks_scene_zone_large(struct ks_scene_zone *zone, const struct ks_scene *scene);
const struct ks_scene_state *ks_scene_zone_at(const struct ks_scene_zone *zone, int64_t t_us);

/* --- scene_ask.c: queries and their answers --- */
struct ks_scene_query {
	const struct ks_scene_zone *zone;
	size_t server;
	const char *name;
	uint16_t type;
};

/* The answer leaves the server at the time that is returned; `ret_cut`, unless NULL, says whether it had TC.
 */
int64_t ks_scene_ask(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		     const struct ks_scene_query *query, bool *ret_cut);
/* The same over TCP: handshake, query, answer, end. */
int64_t ks_scene_ask_tcp(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
			 const struct ks_scene_query *query);
/* UDP, and TCP when that was cut. */
int64_t ks_scene_lookup(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
			const struct ks_scene_query *query);
/* SYN, twice, and nothing behind the server's answer. */
int64_t ks_scene_half_open(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
			   const struct ks_scene_query *query);
int64_t ks_scene_ask_key(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
			 const struct ks_scene_zone *zone, size_t server);
struct ks_scene_ip ks_scene_ip(const char *text, uint32_t add);
const struct ks_scene_ip *ks_scene_server(const struct ks_scene_zone *zone, size_t server,
					  const struct ks_scene_host *host);

/* --- scene_people.c: who asks in health --- */
struct ks_scene_host ks_scene_resolver(struct ks_scene *scene, const char *ip, uint32_t add);
/* An ordinary resolver from one time to another: several types, keys once a lifetime, more by day than by
 * night. */
void ks_scene_ordinary(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		       int64_t from_us, int64_t to_us, int64_t mean_us);
/* So many of them at 100.64.0.0/10, one in four at 2001:db8:64::/48. */
void ks_scene_population(struct ks_scene *scene, const struct ks_scene_zone *zone, uint32_t n,
			 int64_t mean_us);
void ks_scene_signal(struct ks_scene *scene, int64_t t_us, struct ks_scene_host *host,
		     const struct ks_scene_zone *zone, const char *tags, uint16_t type);

/* --- scene_stale.c: who fails, as known software does --- */
void ks_scene_bind(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		   int64_t from_us, int64_t to_us);
void ks_scene_unbound(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		      int64_t from_us, int64_t to_us);
/* Five for each client query; clients come `mean_us` apart, more and less in turn of `wave_us`. */
void ks_scene_knot(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		   int64_t from_us, int64_t to_us, int64_t mean_us);
/* BIND before change 2852: one query after the other, all servers in turn, without end while clients ask. */
void ks_scene_old_bind(struct ks_scene *scene, struct ks_scene_host *host, const struct ks_scene_zone *zone,
		       int64_t from_us, int64_t to_us);

/* --- scene_world.c: what several scenes share --- */
/* From a midnight on, for so many minutes. */
void ks_scene_span(struct ks_scene *scene, int64_t from_s, int64_t minutes);
int64_t ks_scene_minute(const struct ks_scene *scene, int64_t minute);
/* The root at thirteen servers with KSK-2024's tag, in one state, and `n` ordinary resolvers. */
struct ks_scene_zone *ks_scene_root(struct ks_scene *scene, uint32_t ttl_s, uint32_t n);
/* A healthy zone of four servers, the number `number`, with keys of its own. */
struct ks_scene_zone *ks_scene_healthy_zone(struct ks_scene *scene, const char *name, unsigned number);
/* One stale resolver that was so before the capture began: Unbound, 5 queries every 61 s, signals of the old
 * key. */
void ks_scene_genuine(struct ks_scene *scene, const struct ks_scene_zone *zone);

/* --- scene_truth.c --- */
void ks_scene_blame(struct ks_scene *scene, const struct ks_scene_host *host,
		    const struct ks_scene_zone *zone, const char *verdict, const char *profile);
void ks_scene_storm(struct ks_scene *scene, const struct ks_scene_storm *storm);
void ks_scene_tell(const struct ks_scene *scene, const char *path);
void ks_scene_text(const struct ks_scene_ip *ip, char ret[46]);

/* --- the scenes --- */
typedef void ks_scene_fn(struct ks_scene *scene);
ks_scene_fn ks_scene_dos, ks_scene_reflection, ks_scene_no_cache, ks_scene_loop, ks_scene_stale,
	ks_scene_broken, ks_scene_lost, ks_scene_monitoring, ks_scene_slow_burn, ks_scene_reverse,
	ks_scene_timer, ks_scene_by_day, ks_scene_carpet, ks_scene_clock_skew, ks_scene_at_resolver,
	ks_scene_root_2019, ks_scene_healthy;

#endif
