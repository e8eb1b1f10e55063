/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/wire.h -- a writer of DNS messages, right and wrong ones, so that tests say what they send.
 */
#ifndef KS_TESTS_SUPPORT_WIRE_H
#define KS_TESTS_SUPPORT_WIRE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct ks_wire {
	uint8_t b[4096];
	size_t n;
};

static inline void
ks_wire_bytes(struct ks_wire *wire, const void *bytes, size_t n)
{
	if (n > sizeof(wire->b) - wire->n)
		abort();
	memcpy(wire->b + wire->n, bytes, n);
	wire->n += n;
}

static inline void
ks_wire_u8(struct ks_wire *wire, unsigned value)
{
	const uint8_t byte = (uint8_t)value;
	ks_wire_bytes(wire, &byte, 1);
}

static inline void
ks_wire_u16(struct ks_wire *wire, unsigned value)
{
	ks_wire_u8(wire, value >> 8);
	ks_wire_u8(wire, value & 0xff);
}

static inline void
ks_wire_u32(struct ks_wire *wire, uint32_t value)
{
	ks_wire_u16(wire, value >> 16);
	ks_wire_u16(wire, value & 0xffff);
}

static inline void
ks_wire_header(struct ks_wire *wire, unsigned id, unsigned flags, unsigned qd, unsigned an, unsigned ns,
	       unsigned ar)
{
	const unsigned fields[] = {id, flags, qd, an, ns, ar};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		ks_wire_u16(wire, fields[i]);
}

/* "tld." or "." in presentation form without escapes. */
static inline void
ks_wire_name(struct ks_wire *wire, const char *name)
{
	for (const char *dot; *name != '\0' && (dot = strchr(name, '.')) != NULL && dot != name;
	     name = dot + 1) {
		ks_wire_u8(wire, (unsigned)(dot - name));
		ks_wire_bytes(wire, name, (size_t)(dot - name));
	}
	ks_wire_u8(wire, 0);
}

static inline void
ks_wire_question(struct ks_wire *wire, const char *name, unsigned qtype)
{
	ks_wire_name(wire, name);
	ks_wire_u16(wire, qtype);
	ks_wire_u16(wire, 1);
}

/* A record up to its RDATA; `name` NULL: a pointer to the question. */
static inline void
ks_wire_rr(struct ks_wire *wire, const char *name, unsigned type, unsigned rr_class, uint32_t ttl,
	   unsigned n_rdata)
{
	if (name == NULL)
		ks_wire_u16(wire, 0xc00c);
	else
		ks_wire_name(wire, name);
	ks_wire_u16(wire, type);
	ks_wire_u16(wire, rr_class);
	ks_wire_u32(wire, ttl);
	ks_wire_u16(wire, n_rdata);
}

static inline void
ks_wire_dnskey(struct ks_wire *wire, const char *name, uint32_t ttl, unsigned n_key)
{
	ks_wire_rr(wire, name, 48, 1, ttl, 4 + n_key);
	ks_wire_u16(wire, 257);
	ks_wire_u8(wire, 3);
	ks_wire_u8(wire, 8);
	for (unsigned i = 0; i < n_key; i++)
		ks_wire_u8(wire, i);
}

/* The signer's name is the root. */
static inline void
ks_wire_rrsig(struct ks_wire *wire, const char *name, uint32_t ttl, unsigned covered, uint32_t original_ttl,
	      uint32_t expiration, unsigned n_signature)
{
	ks_wire_rr(wire, name, 46, 1, ttl, 18 + 1 + n_signature);
	ks_wire_u16(wire, covered);
	ks_wire_u16(wire, 8 << 8);
	ks_wire_u32(wire, original_ttl);
	ks_wire_u32(wire, expiration);
	ks_wire_u32(wire, expiration - 1209600);
	ks_wire_u16(wire, 20326);
	ks_wire_u8(wire, 0);
	for (unsigned i = 0; i < n_signature; i++)
		ks_wire_u8(wire, i);
}

#endif
