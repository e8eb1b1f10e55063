/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dissect/base.h -- attributes and the few words every other file needs. */
#ifndef KS_DISSECT_BASE_H
#define KS_DISSECT_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KS_MUST_CHECK __attribute__((warn_unused_result))
#define KS_PURE __attribute__((pure))
#define KS_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define KS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define KS_NS_PER_S INT64_C(1000000000)
#define KS_NS_PER_MS INT64_C(1000000)
#define KS_NS_PER_US INT64_C(1000)

/* Bytes inside somebody else's buffer: owns nothing and dies with it. `at` is NULL when absent. */
struct ks_span {
	const uint8_t *at;
	size_t n;
};

#endif
