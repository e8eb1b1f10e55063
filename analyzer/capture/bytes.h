/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/bytes.h -- fields of a container's own headers, in the byte order its magic told.
 *
 * Input:  bytes the caller has at hand (`ks_source_need` said so); packet bytes are dissect/cursor.h's.
 * Memory: none. Threads: no state. The host's byte order does not matter. */
#ifndef KS_CAPTURE_BYTES_H
#define KS_CAPTURE_BYTES_H

#include "dissect/base.h"

static inline uint16_t
ks_load16(const uint8_t *at, bool big)
{
	if (big)
		return (uint16_t)(at[0] << 8 | at[1]);
	return (uint16_t)(at[1] << 8 | at[0]);
}

static inline uint32_t
ks_load32(const uint8_t *at, bool big)
{
	if (big)
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | (uint32_t)at[0];
}

static inline uint64_t
ks_load64(const uint8_t *at, bool big)
{
	const uint64_t first = ks_load32(at, big), second = ks_load32(at + 4, big);
	return big ? first << 32 | second : second << 32 | first;
}

#endif
