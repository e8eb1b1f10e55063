/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/image_none.c -- no image: for the program that makes it, and for builds that cannot run what they
 * built. */
#include "store/image.h"

const uint8_t ks_image[] = {0};
const size_t ks_image_bytes = 0;
