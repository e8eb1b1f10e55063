/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/name.h -- domain names in wire format.
 *
 * Input:     hostile. Work is bounded by KS_NAME_MAX octets and KS_NAME_JUMPS pointers a name.
 * Memory:    none of its own; outputs go to buffers of the caller.
 * Threads:   no state.
 * Standards: RFC 1035 s3.1, s4.1.4 (compression), s5.1 (text), RFC 4343 (case), RFC 2673/6891
 *            (0x40 labels are obsolete and refused). */
#ifndef KS_DISSECT_NAME_H
#define KS_DISSECT_NAME_H

#include "dissect/cursor.h"
#include "dissect/hash.h"

enum {
	KS_NAME_MAX = 255, /* octets of a name with its root label, RFC 1035 s2.3.4 */
	KS_LABEL_MAX = 63,
	KS_NAME_TEXT = 1024, /* every octet as \DDD: 4 * 250 + dots + NUL fits */
	KS_NAME_JUMPS = 128  /* a name of 255 octets has at most 127 labels, so no honest one needs more */
};

/* Take an uncompressed name off the cursor. Sets `*ret_labels` to the number of labels without the root.
 * An empty span (at == NULL) means refused: a pointer, a label type other than 00, too long, or cut; in
 * the last case `cur->failed` is set. */
struct ks_span ks_name_take(struct ks_cur *cur, uint8_t *ret_labels);

/* Step over a name that may end in a compression pointer, without following it. A name longer than
 * KS_NAME_MAX is stepped over too: what stands behind it is sound all the same. False when a label type is
 * not known or the bytes end. */
KS_MUST_CHECK bool ks_name_skip(struct ks_cur *cur);

/* Write the uncompressed, lower-case form of the name at `offset` of `message` to `ret` (KS_NAME_MAX octets)
 * and return its length; 0 when it is refused. Pointers must lead backwards, which ends every loop. */
size_t ks_name_expand(struct ks_span message, size_t offset, uint8_t ret[KS_NAME_MAX]);

/* Lower-case copy of an uncompressed name of `n` octets (ASCII letters only, RFC 4343 s3). Length
 * octets are below 'A', so that they pass unchanged and the whole name can be folded eight octets at once. */
void ks_name_fold(const uint8_t *name, size_t n, uint8_t ret[KS_NAME_MAX]);

/* ks_hash_bytes_twice and ks_hash_bytes of the folded name, without writing it: octets that were just stored
 * by eight and are read by sixteen have to wait for each other. */
void ks_name_hash_twice(const struct ks_secret *one, const struct ks_secret *two, struct ks_span name,
			uint64_t ret[2]);
uint64_t ks_name_hash(const struct ks_secret *secret, struct ks_span name);

/* Presentation form of an uncompressed name of `n` octets: lower case, final dot, specials escaped with
 * a backslash, octets that do not print as \DDD (RFC 1035 s5.1). Returns the length without NUL, 0 when `cap`
 * is too small (KS_NAME_TEXT never is) or the name is not well formed. */
size_t ks_name_print(const uint8_t *name, size_t n, char *ret, size_t cap);

/* The wire form of a name in presentation form, with or without final dot. Returns its length in
 * octets, 0 when it is no name. Letters are folded to lower case. */
size_t ks_name_parse(const char *text, uint8_t ret[KS_NAME_MAX]);

#endif
