/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tests/support/scene_sha256.h -- SHA-256 (FIPS 180-4), so that scenes need no library. */
#ifndef KS_TESTS_SUPPORT_SCENE_SHA256_H
#define KS_TESTS_SUPPORT_SCENE_SHA256_H

#include <stddef.h>
#include <stdint.h>

void ks_scene_sha256(const uint8_t *data, size_t n, uint8_t ret_digest[32]);

#endif
