/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/stream_start.h -- could a DNS message over TCP begin here?
 *
 * Asked where alignment is unknown. The answer must not be "yes" by chance: a false start would cut the
 * rest of the stream at lengths that are none. So beyond the two octets of length, it takes a header
 * whose counts fit into that length, and a first question or record with an uncompressed name and a
 * known class (nothing precedes it that a compression pointer could name); and what comes after the
 * message, as far as it is at hand, must look like a start too.
 *
 * Private to the stream files.
 * Memory: none. Threads: no state. Standards: RFC 1035 s4.1, RFC 9619 (one question at most), RFC 8490
 * (stateful operations: all counts zero). */
#ifndef KS_DISSECT_STREAM_START_H
#define KS_DISSECT_STREAM_START_H

#include "dissect/run.h"

enum ks_start {
	KS_START_NO,
	KS_START_MAYBE, /* nothing against it; it takes more bytes to say, and there may be some */
	KS_START_YES
};

/* KS_START_MAYBE is answered for fewer than this many bytes only: length, header, name, type, class. */
enum { KS_START_BYTES = 2 + 12 + 255 + 4 };

/* `bytes` are those from the place in question to the end of what is at hand. */
enum ks_start ks_stream_start(const struct ks_bytes *bytes);

#endif
