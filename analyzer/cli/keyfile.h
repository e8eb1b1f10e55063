/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/keyfile.h -- the secret behind pseudonyms, from a file. */
#ifndef KS_ANALYZER_CLI_KEYFILE_H
#define KS_ANALYZER_CLI_KEYFILE_H

#include "dissect/siphash.h"

/* All octets of the file count, a final newline too; 16 at least, 4096 at most. False: `verb`'s line was
 * printed. */
KS_MUST_CHECK bool ks_keyfile_read(const char *verb, const char *path, struct ks_siphash_key *ret);

#endif
