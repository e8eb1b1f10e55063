/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scene_zone.c -- zones: RRsets in canonical form, signed (RFC 4034 s3.1.8.1), and written as sections of
 * answers. */
#include "tests/support/scene.h"

#include <stdlib.h>
#include <string.h>

enum { SET_RECORDS = 16 };

struct rrset {
	char owner[96];
	bool is_qname; /* written as a pointer to the question */
	uint16_t type;
	uint32_t ttl_s;
	struct ks_wire rdata[SET_RECORDS];
	size_t n;
};

struct signing {
	const struct ks_scene_zone *zone;
	const struct ks_scene_keys *keys;
};

/* LABEL.ZONE, or the zone alone. */
static void
name_below(char ret[96], const char *label, const char *zone)
{
	(void)snprintf(ret, 96, "%s%s%s", label, label[0] != '\0' ? "." : "",
		       zone[0] == '.' && label[0] != '\0' ? "" : zone);
}

static struct ks_wire *
add_record(struct rrset *set)
{
	if (set->n == SET_RECORDS)
		ks_scene_die("too many records in a set");
	return &set->rdata[set->n++];
}

static void
begin(struct rrset *set, const struct ks_scene_zone *zone, const char *label, uint16_t type, uint32_t ttl_s)
{
	memset(set, 0, sizeof(*set));
	name_below(set->owner, label, zone->name);
	set->is_qname = true;
	set->type = type;
	set->ttl_s = ttl_s;
}

static int
by_octets(const void *one, const void *other)
{
	const struct ks_wire *const a = one, *const b = other;
	const int order = memcmp(a->b, b->b, a->n < b->n ? a->n : b->n);
	return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

/* "." has none. */
static unsigned
count_labels(const char *name)
{
	unsigned n = 0;
	if (name[0] == '.')
		return 0;
	for (; *name != '\0'; name++)
		n += *name == '.';
	return n;
}

static void
put_owner(struct ks_wire *wire, const struct rrset *set)
{
	if (set->is_qname && set->owner[0] != '.')
		ks_wire_u16(wire, 0xc00c);
	else
		ks_wire_name(wire, set->owner); /* the root is shorter than a pointer */
}

static void
put_record(struct ks_wire *wire, const struct rrset *set, unsigned type, const struct ks_wire *rdata)
{
	put_owner(wire, set);
	ks_wire_u16(wire, type);
	ks_wire_u16(wire, 1);
	ks_wire_u32(wire, set->ttl_s);
	ks_wire_u16(wire, (unsigned)rdata->n);
	ks_wire_bytes(wire, rdata->b, rdata->n);
}

/* What is signed: RRSIG's RDATA up to the signature, then the records with their full names. */
static void
put_signed(uint8_t *to, size_t room, size_t *n, const struct ks_wire *wire)
{
	if (*n + wire->n > room)
		ks_scene_die("too much to sign");
	memcpy(to + *n, wire->b, wire->n);
	*n += wire->n;
}

static struct ks_wire
make_rrsig(const struct rrset *set, const struct signing *by, const struct ks_scene_key *key)
{
	uint8_t data[8192], signature[KS_RSA_OCTETS];
	size_t n = 0;
	struct ks_wire rdata = {0};
	ks_wire_u16(&rdata, set->type);
	ks_wire_u8(&rdata, 8);
	ks_wire_u8(&rdata, count_labels(set->owner));
	ks_wire_u32(&rdata, set->ttl_s);
	ks_wire_u32(&rdata, (uint32_t)(by->keys->expiration_us / KS_SCENE_SECOND));
	ks_wire_u32(&rdata, (uint32_t)(by->keys->inception_us / KS_SCENE_SECOND));
	ks_wire_u16(&rdata, key->tag);
	ks_wire_name(&rdata, by->zone->name);
	put_signed(data, sizeof(data), &n, &rdata);
	struct rrset whole = {.type = set->type, .ttl_s = set->ttl_s};
	memcpy(whole.owner, set->owner, sizeof(whole.owner));
	for (size_t i = 0; i < set->n; i++) {
		struct ks_wire record = {0};
		put_record(&record, &whole, set->type, &set->rdata[i]);
		put_signed(data, sizeof(data), &n, &record);
	}
	ks_scene_key_sign(key, data, n, signature);
	ks_wire_bytes(&rdata, signature, sizeof(signature));
	return rdata;
}

static void
append(struct ks_scene_section *section, const struct ks_wire *record)
{
	if (section->n + record->n > sizeof(section->b))
		ks_scene_die("too large a section");
	memcpy(section->b + section->n, record->b, record->n);
	section->n = (uint16_t)(section->n + record->n);
	section->n_records++;
}

/* The set behind what is there already, with the signatures of `signers` (bits) in the signed form. */
static void
serve(struct rrset *set, const struct signing *by, unsigned signers, struct ks_scene_state *state,
      enum ks_scene_kind kind)
{
	qsort(set->rdata, set->n, sizeof(set->rdata[0]), by_octets);
	for (size_t i = 0; i < set->n; i++) {
		struct ks_wire record = {0};
		put_record(&record, set, set->type, &set->rdata[i]);
		append(&state->plain[kind], &record);
		append(&state->signed_[kind], &record);
	}
	for (size_t i = 0; i < by->keys->n; i++)
		if (signers >> i & 1) {
			const struct ks_wire rrsig = make_rrsig(set, by, by->keys->key[i]);
			struct ks_wire record = {0};
			put_record(&record, set, 46, &rrsig);
			append(&state->signed_[kind], &record);
		}
}

static void
fill_soa(struct rrset *set, const struct ks_scene_zone *zone, size_t serial)
{
	char name[96];
	struct ks_wire *const rdata = add_record(set);
	name_below(name, "ns1", zone->name);
	ks_wire_name(rdata, name);
	name_below(name, "admin", zone->name);
	ks_wire_name(rdata, name);
	ks_wire_u32(rdata, 1000 + (uint32_t)serial);
	ks_wire_u32(rdata, 1800);
	ks_wire_u32(rdata, 900);
	ks_wire_u32(rdata, 604800);
	ks_wire_u32(rdata, KS_SCENE_TTL_S);
}

static void
fill_ns(struct rrset *set, const struct ks_scene_zone *zone)
{
	for (size_t i = 0; i < zone->n_servers; i++) {
		char label[24], name[96];
		(void)snprintf(label, sizeof(label), "ns%zu", i + 1);
		name_below(name, label, zone->name);
		ks_wire_name(add_record(set), name);
	}
}

static void
fill_mx(struct rrset *set, const struct ks_scene_zone *zone)
{
	char name[96];
	struct ks_wire *const rdata = add_record(set);
	name_below(name, "mail", zone->name);
	ks_wire_u16(rdata, 10);
	ks_wire_name(rdata, name);
}

static void
fill_ds(struct rrset *set)
{
	struct ks_wire *const rdata = add_record(set);
	ks_wire_u16(rdata, 4711);
	ks_wire_u8(rdata, 8);
	ks_wire_u8(rdata, 2);
	for (unsigned i = 0; i < 32; i++)
		ks_wire_u8(rdata, 7 * i + 1);
}

/* RFC 4034 s4.1.2; types below 64 only. */
static void
fill_nsec(struct rrset *set, const char *next, const uint8_t *types, size_t n_types)
{
	uint8_t bitmap[8] = {0};
	struct ks_wire *const rdata = add_record(set);
	for (size_t i = 0; i < n_types; i++)
		bitmap[types[i] / 8] |= (uint8_t)(0x80 >> types[i] % 8);
	ks_wire_name(rdata, next);
	ks_wire_u8(rdata, 0);
	ks_wire_u8(rdata, types[n_types - 1] / 8 + 1u);
	ks_wire_bytes(rdata, bitmap, types[n_types - 1] / 8 + 1u);
}

/* No name from xa on: behind www comes the apex again; and no wildcard: behind the apex comes child. */
static void
serve_denial(const struct signing *by, unsigned signer, size_t serial, struct ks_scene_state *state)
{
	static const uint8_t apex[] = {2, 6, 15, 16, 46, 47, 48}, host[] = {1, 46, 47};
	const struct ks_scene_zone *const zone = by->zone;
	struct rrset set;
	char next[96];
	begin(&set, zone, "", 6, KS_SCENE_TTL_S);
	set.is_qname = false;
	fill_soa(&set, zone, serial);
	serve(&set, by, signer, state, KS_SCENE_DENIAL);
	struct ks_scene_section soa_alone = state->plain[KS_SCENE_DENIAL];
	begin(&set, zone, "", 47, KS_SCENE_TTL_S);
	set.is_qname = false;
	name_below(next, "child", zone->name);
	fill_nsec(&set, next, apex, sizeof(apex));
	serve(&set, by, signer, state, KS_SCENE_DENIAL);
	begin(&set, zone, "www", 47, KS_SCENE_TTL_S);
	set.is_qname = false;
	fill_nsec(&set, zone->name, host, sizeof(host));
	serve(&set, by, signer, state, KS_SCENE_DENIAL);
	state->plain[KS_SCENE_DENIAL] = soa_alone; /* NSEC is for those who ask for signatures */
}

static void
serve_data(const struct signing *by, unsigned signer, size_t serial, struct ks_scene_state *state)
{
	const struct ks_scene_zone *const zone = by->zone;
	struct rrset set;
	begin(&set, zone, "", 6, KS_SCENE_TTL_S);
	fill_soa(&set, zone, serial);
	serve(&set, by, signer, state, KS_SCENE_SOA);
	begin(&set, zone, "", 2, KS_SCENE_TTL_S);
	fill_ns(&set, zone);
	serve(&set, by, signer, state, KS_SCENE_NS);
	begin(&set, zone, "", 15, KS_SCENE_TTL_S);
	fill_mx(&set, zone);
	serve(&set, by, signer, state, KS_SCENE_MX);
	begin(&set, zone, "", 16, KS_SCENE_TTL_S);
	ks_wire_bytes(add_record(&set), "\26v=keystorm-scene -all ", 23);
	serve(&set, by, signer, state, KS_SCENE_TXT);
	begin(&set, zone, "www", 1, KS_SCENE_TTL_S);
	ks_wire_bytes(add_record(&set), "\313\0\161\120", 4);
	serve(&set, by, signer, state, KS_SCENE_A);
	begin(&set, zone, "child", 43, KS_SCENE_TTL_S);
	fill_ds(&set);
	serve(&set, by, signer, state, KS_SCENE_DS);
	serve_denial(by, signer, serial, state);
}

static void
serve_keys(const struct signing *by, struct ks_scene_state *state)
{
	struct rrset set;
	begin(&set, by->zone, "", 48, by->zone->ttl_s);
	for (size_t i = 0; i < by->keys->n; i++)
		ks_wire_bytes(add_record(&set), by->keys->key[i]->rdata, KS_RSA_RDATA);
	serve(&set, by, by->keys->signers, state, KS_SCENE_DNSKEY);
}

struct ks_scene_zone *
ks_scene_zone_add(struct ks_scene *scene, const char *name, uint32_t ttl_s, const char *server4,
		  const char *server6, size_t n_servers)
{
	if (scene->n_zones == sizeof(scene->zones) / sizeof(scene->zones[0]) || n_servers > KS_SCENE_SERVERS)
		ks_scene_die("too many zones or servers");
	struct ks_scene_zone *const zone = &scene->zones[scene->n_zones++];
	(void)snprintf(zone->name, sizeof(zone->name), "%s", name);
	if (scene->knobs.servers != 0 && scene->knobs.servers < KS_SCENE_SERVERS)
		n_servers = (size_t)scene->knobs.servers;
	zone->ttl_s = scene->knobs.ttl_s != 0 ? (uint32_t)scene->knobs.ttl_s : ttl_s;
	zone->n_servers = n_servers;
	for (uint32_t i = 0; i < n_servers; i++) {
		zone->server4[i] = ks_scene_ip(server4, i);
		zone->server6[i] = ks_scene_ip(server6, i);
	}
	return zone;
}

void
ks_scene_zone_state(struct ks_scene_zone *zone, int64_t from_us, const struct ks_scene_keys *keys)
{
	if (zone->n_states == KS_SCENE_STATES)
		ks_scene_die("too many states of a zone");
	zone->states = ks_scene_more(zone->states, (zone->n_states + 1) * sizeof(zone->states[0]));
	struct ks_scene_state *const state = &zone->states[zone->n_states];
	memset(state, 0, sizeof(*state));
	state->from_us = from_us;
	const struct signing by = {zone, keys};
	serve_keys(&by, state);
	serve_data(&by, 1u << keys->zone_signer, zone->n_states, state);
	zone->n_states++;
}

void
ks_scene_zone_large(struct ks_scene_zone *zone, const struct ks_scene *scene)
{
	struct ks_scene_key one, other, zsk;
	ks_scene_key_make(0, 257, 38696, &one);
	ks_scene_key_make(1, 257, KS_RSA_ANY_TAG, &other);
	ks_scene_key_make(2, 256, KS_RSA_ANY_TAG, &zsk);
	const struct ks_scene_keys keys = {
		.key = {&one, &other, &zsk},
		.n = 3,
		.signers = 3,
		.zone_signer = 2,
		.inception_us = scene->from_us - 120 * KS_SCENE_HOUR,
		.expiration_us = scene->to_us + 216 * KS_SCENE_HOUR,
	};
	ks_scene_zone_state(zone, scene->from_us, &keys);
}

const struct ks_scene_state *
ks_scene_zone_at(const struct ks_scene_zone *zone, int64_t t_us)
{
	size_t at = zone->n_states;
	while (at > 1 && zone->states[at - 1].from_us > t_us)
		at--;
	return &zone->states[at - 1];
}
