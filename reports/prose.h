/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/prose.h -- the lines around a table: head, caveats, and the command to type next.
 *
 * Everything printed here is safe for a terminal, whatever the database holds. */
#ifndef KS_REPORTS_PROSE_H
#define KS_REPORTS_PROSE_H

#include "reports/buf.h"
#include "reports/fmt/fmt.h"

/* "keystorm hitters - 2026-11-21 22:47:00Z to 22:50:09Z (3 min 9 s), vantage M" */
void ks_prose_head(struct ks_buf *buf, const struct ks_document *document);
void ks_prose_caveats(struct ks_buf *buf, const struct ks_document *document);

/* `text` (already safe) folded at `width` columns (0: not at all); the first line begins with `first`,
 * the others with as many spaces. */
void ks_prose_fold(struct ks_buf *buf, const char *first, const char *text, size_t width);
/* `text` with what comes before the first of `stops` (all of it: "") emphasised, where the reader has
 * colours. */
enum ks_tone { KS_TONE_HEAD, KS_TONE_BAD, KS_TONE_GOOD, KS_TONE_WARNING };
void ks_prose_tone(struct ks_buf *buf, const struct ks_document *document, enum ks_tone tone,
		   const char *text, const char *stops);
/* How many bytes of `text` go into a line of `columns` (at least one character); `ret_skip` is where the
 * next line begins. */
size_t ks_prose_fit(const char *text, size_t n, size_t columns, size_t *ret_skip);

/* "`label`keystorm report ARGS -d PATH"; -d only when the database is not the default one. `args` is
 * ready for a shell. */
void ks_prose_command(struct ks_buf *buf, const struct ks_document *document, const char *label,
		      const char *args);
/* What can be done at the servers against a storm with this verdict, and how to see whether it helped;
 * nothing where configuration of servers is no answer to it. */
void ks_prose_remedy(struct ks_buf *buf, const struct ks_document *document, const char *label,
		     const char *verdict);
/* Copy `pattern`, with {column} replaced by that value of the current row, quoted for a shell. False when
 * the row has no such value. */
KS_MUST_CHECK bool ks_prose_expand(struct ks_buf *buf, const char *pattern, const struct ks_rows *rows);

/* ", 12.0 dB ahead of the next (10 are enough)": how sure the verdict of a diagnosis is. */
void ks_prose_lead(struct ks_buf *buf, const char *verdict, double lead_db);
/* What else must be known to read the explanations below such a verdict; NULL: nothing. */
const char *ks_prose_verdict_note(const char *verdict);

#endif
