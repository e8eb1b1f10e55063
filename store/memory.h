/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/memory.h -- memory for SQLite: to understand a statement takes thousands of small blocks that go soon
 * after. Private to store/. */
#ifndef KS_STORE_MEMORY_H
#define KS_STORE_MEMORY_H

/* Let SQLite take its memory from lists of free blocks by size, one set a thread; larger blocks are malloc's.
 * What is on a list stays there for the next block of its size: the process keeps the most that was in use at
 * once of each size. To be called before SQLite is in use; later it changes nothing. Nor does it in builds
 * with AddressSanitizer, which is to see every block. */
void ks_memory_init(void);

#endif
