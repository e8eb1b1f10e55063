/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/image.h -- a new database as octets. To run the text of the schema was more than a quarter of all
 * instructions for a capture of a megabyte; so the build runs it, and programs write down what came of it.
 * Private to store/, and for the program that makes the image.
 */
#ifndef KS_STORE_IMAGE_H
#define KS_STORE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A database file without runs, in WAL mode; image_make.c makes it from schema.c. No octets in programs that
 * were built without (store/image_none.c). */
extern const uint8_t ks_image[];
extern const size_t ks_image_bytes;

/* Put the image where no file is: whole and on the disk, or not at all; never in place of another's. False:
 * nothing was done, let SQLite try (and say why it cannot). So it is where a log or a journal of a database
 * lies that is gone: SQLite throws these away beside an empty file, but would play them back into ours. Errno
 * is not kept. */
bool ks_image_place(const char *path);

#endif
