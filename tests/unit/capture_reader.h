/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/unit/capture_reader.h -- read a whole capture into something that can be compared. */
#ifndef KS_TEST_CAPTURE_READER_H
#define KS_TEST_CAPTURE_READER_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/file.h"
#include "tests/unit/capture_writer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <xxhash.h>

/* What a file gave, for comparisons in one line. */
struct got {
	enum ks_error error;
	struct ks_diag diag;
	struct ks_capture_info info;
	struct ks_packet packets[128]; /* without data */
	size_t n;
	uint64_t data_hash; /* of the bytes of all packets */
};

static inline void
read_all(struct ks_capture *capture, struct got *got)
{
	bool have = false;
	struct ks_packet packet;
	while ((got->error = ks_capture_next(capture, &packet, &have, &got->diag)) == KS_SUCCESS && have) {
		got->data_hash = XXH3_64bits_withSeed(packet.data, packet.cap_len, got->data_hash);
		packet.data = NULL;
		if (got->n < KS_COUNT(got->packets))
			got->packets[got->n] = packet;
		got->n++;
	}
	got->info = *capture->ops->info(capture, 0);
	ks_capture_close(capture);
}

static inline struct got
read_bytes(const struct bytes *bytes)
{
	/* Exactly as long as the file: a read behind it is seen. */
	uint8_t *const exact = malloc(bytes->n + (bytes->n == 0));
	cr_assert(exact != NULL);
	if (bytes->n > 0)
		memcpy(exact, bytes->at, bytes->n);
	struct got got = {.n = 0};
	struct ks_capture *capture = NULL;
	got.error = ks_file_open_memory("x", exact, bytes->n, &(struct ks_file_options){.look = false},
					&capture, &got.diag);
	if (got.error == KS_SUCCESS)
		read_all(capture, &got);
	free(exact);
	return got;
}

static inline bool
hash_is_of(const struct got *got, const struct bytes *bytes)
{
	XXH128_canonical_t want;
	XXH128_canonicalFromHash(&want, XXH3_128bits(bytes->at, bytes->n));
	return memcmp(want.digest, got->info.hash, 16) == 0 && got->info.size_bytes == bytes->n &&
	       got->info.read_bytes == bytes->n;
}

#endif
