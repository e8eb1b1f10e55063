/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/rrcanon.h"

#include <string.h>

/* Where names stand in an RDATA: so many octets, then so many names; what follows is copied. */
struct layout {
	uint8_t before, names;
};

/* RFC 4034 s6.2, item 3, by number of the type. NSEC was taken off the list by RFC 6840, NAPTR has strings
 * before its name. Types that no server gives today (A6, NXT, SIG) are left as they are. */
static struct layout
layout_of(uint16_t type)
{
	switch (type) {
	case 2:  /* NS */
	case 3:  /* MD */
	case 4:  /* MF */
	case 5:  /* CNAME */
	case 7:  /* MB */
	case 8:  /* MG */
	case 9:  /* MR */
	case 12: /* PTR */
	case 39: /* DNAME */
		return (struct layout){0, 1};
	case 6:  /* SOA */
	case 14: /* MINFO */
	case 17: /* RP */
		return (struct layout){0, 2};
	case 15: /* MX */
	case 18: /* AFSDB */
	case 21: /* RT */
	case 36: /* KX */
		return (struct layout){2, 1};
	case 26: /* PX */
		return (struct layout){2, 2};
	case 33: /* SRV */
		return (struct layout){6, 1};
	case 46: /* RRSIG */
		return (struct layout){18, 1};
	default:
		return (struct layout){0, 0};
	}
}

struct writer {
	uint8_t *at;
	size_t n, cap;
	bool full;
};

static void
put(struct writer *writer, const void *bytes, size_t n)
{
	if (writer->full || n > writer->cap - writer->n) {
		writer->full = true;
		return;
	}
	if (n > 0)
		memcpy(writer->at + writer->n, bytes, n);
	writer->n += n;
}

static void
put_u16(struct writer *writer, unsigned value)
{
	const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
	put(writer, bytes, 2);
}

static void
put_u32(struct writer *writer, uint32_t value)
{
	put_u16(writer, value >> 16);
	put_u16(writer, value & 0xffff);
}

static bool
copy_octets(struct ks_cur *cur, size_t n, struct writer *writer)
{
	const uint8_t *const bytes = ks_cur_take(cur, n);
	if (bytes != NULL)
		put(writer, bytes, n);
	return bytes != NULL || n == 0;
}

static bool
copy_name(struct ks_span message, struct ks_cur *cur, struct writer *writer)
{
	uint8_t name[KS_NAME_MAX];
	const size_t offset = (size_t)(cur->at - message.at);
	if (!ks_name_skip(cur))
		return false;
	const size_t n = ks_name_expand(message, offset, name);
	put(writer, name, n);
	return n > 0;
}

/* RFC 3403 s4.1: order, preference, three character strings, a name. */
static bool
copy_naptr_head(struct ks_cur *cur, struct writer *writer)
{
	bool sound = copy_octets(cur, 4, writer);
	for (unsigned i = 0; i < 3 && sound; i++) {
		const struct ks_cur start = *cur;
		const size_t n = ks_cur_u8(cur);
		*cur = start;
		sound = copy_octets(cur, n + 1, writer);
	}
	return sound;
}

bool
ks_rr_canonical(struct ks_span message, uint16_t type, struct ks_span rdata, uint8_t *ret, size_t cap,
		size_t *ret_n)
{
	struct writer writer = {.at = ret, .cap = cap};
	struct ks_cur cur = ks_cur_init(rdata.at, rdata.n);
	struct layout layout = layout_of(type);
	bool sound = copy_octets(&cur, layout.before, &writer);
	if (type == 35) { /* NAPTR */
		sound = copy_naptr_head(&cur, &writer);
		layout.names = 1;
	}
	for (unsigned i = 0; i < layout.names && sound; i++)
		sound = copy_name(message, &cur, &writer);
	sound = sound && copy_octets(&cur, ks_cur_left(&cur), &writer);
	*ret_n = writer.n;
	return sound && !cur.failed && !writer.full;
}

/* --- RRsets --- */

/* RFC 4034 s6.3: as left-justified octets, so that a prefix comes first. */
static int
compare(struct ks_span a, struct ks_span b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = n == 0 ? 0 : memcmp(a.at, b.at, n);
	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

/* Insert into the sorted `spans`, unless it is there. */
static void
insert(struct ks_span *spans, size_t *n, struct ks_span item)
{
	size_t at = *n;
	while (at > 0 && compare(spans[at - 1], item) > 0)
		at--;
	if (at > 0 && compare(spans[at - 1], item) == 0)
		return;
	memmove(spans + at + 1, spans + at, (*n - at) * sizeof(*spans));
	spans[at] = item;
	++*n;
}

bool
ks_rrset_canonical(const struct ks_rrsets *sets, const struct ks_rrset *set, uint8_t ret[KS_RRCANON_MAX],
		   size_t *ret_n)
{
	uint8_t room[KS_RRCANON_MAX];
	struct ks_span sorted[KS_RRSET_RECORDS];
	size_t used = 0, n_sorted = 0;
	const struct ks_rr *record = ks_rrset_first(sets, set);
	for (unsigned i = 0; i < set->n; i++, record = ks_rrset_next(sets, record)) {
		size_t n;
		if (!ks_rr_canonical(sets->message, set->type, record->rdata, room + used,
				     sizeof(room) - used, &n))
			return false;
		insert(sorted, &n_sorted, (struct ks_span){room + used, n});
		used += n;
	}
	struct writer writer = {.at = ret, .cap = KS_RRCANON_MAX};
	for (size_t i = 0; i < n_sorted; i++) {
		put_u16(&writer, (unsigned)sorted[i].n);
		put(&writer, sorted[i].at, sorted[i].n);
	}
	*ret_n = writer.n;
	return !writer.full;
}

/* --- what is signed --- */

static void
put_rrsig_head(struct writer *writer, const struct ks_rrsig *rrsig)
{
	const uint8_t fixed[2] = {rrsig->algorithm, rrsig->labels};
	put_u16(writer, rrsig->covered);
	put(writer, fixed, 2);
	put_u32(writer, rrsig->original_ttl_s);
	put_u32(writer, rrsig->expiration);
	put_u32(writer, rrsig->inception);
	put_u16(writer, rrsig->tag);
	put(writer, rrsig->signer, rrsig->n_signer);
}

/* RFC 4034 s3.1.3: neither the root nor a leading asterisk count. */
static unsigned
count_labels(struct ks_span owner)
{
	unsigned labels = 0;
	for (size_t at = 0; at < owner.n && owner.at[at] != 0; at += owner.at[at] + 1u)
		labels++;
	const bool wildcard = owner.n >= 2 && owner.at[0] == 1 && owner.at[1] == '*';
	return labels - wildcard;
}

/* The name that was signed: with fewer labels in the signature than in the owner, a wildcard made the owner
 * (RFC 4035 s5.3.2). False: more. */
static bool
signed_name(const struct ks_rrsig *rrsig, struct ks_span owner, uint8_t ret[KS_NAME_MAX + 2], size_t *ret_n)
{
	unsigned labels = count_labels(owner);
	if (rrsig->labels > labels)
		return false;
	const bool expanded = rrsig->labels < labels;
	size_t at = 0;
	if (expanded && owner.n >= 2 && owner.at[0] == 1 && owner.at[1] == '*')
		at = 2;
	for (; labels > rrsig->labels; labels--)
		at += owner.at[at] + 1u;
	struct writer writer = {.at = ret, .cap = KS_NAME_MAX + 2};
	if (expanded)
		put(&writer, "\1*", 2);
	put(&writer, owner.at + at, owner.n - at);
	*ret_n = writer.n;
	return !writer.full;
}

bool
ks_rrsig_signed_data(const struct ks_rrsig *rrsig, struct ks_span owner, struct ks_span records, uint8_t *ret,
		     size_t cap, size_t *ret_n)
{
	uint8_t name[KS_NAME_MAX + 2];
	size_t n_name;
	if (!signed_name(rrsig, owner, name, &n_name))
		return false;
	struct writer writer = {.at = ret, .cap = cap};
	put_rrsig_head(&writer, rrsig);
	struct ks_cur cur = ks_cur_init(records.at, records.n);
	while (ks_cur_left(&cur) > 0) {
		const uint16_t n = ks_cur_u16(&cur);
		const uint8_t *const rdata = ks_cur_take(&cur, n);
		if (rdata == NULL)
			return false;
		put(&writer, name, n_name);
		put_u16(&writer, rrsig->covered);
		put_u16(&writer, 1); /* IN */
		put_u32(&writer, rrsig->original_ttl_s);
		put_u16(&writer, n);
		put(&writer, rdata, n);
	}
	*ret_n = writer.n;
	return !writer.full;
}
