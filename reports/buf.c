/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool
reserve(struct ks_buf *buf, size_t more)
{
	if (buf->failed)
		return false;
	if (more < buf->cap - buf->n) /* the NUL needs the byte that < leaves */
		return true;
	size_t cap = buf->cap == 0 ? 256 : buf->cap;
	while (cap - buf->n <= more) {
		if (cap > SIZE_MAX / 2) {
			buf->failed = true;
			return false;
		}
		cap *= 2;
	}
	char *at = realloc(buf->at, cap);
	if (at == NULL) {
		buf->failed = true;
		return false;
	}
	buf->at = at;
	buf->cap = cap;
	return true;
}

void
ks_buf_put(struct ks_buf *buf, const void *bytes, size_t n)
{
	if (!reserve(buf, n))
		return;
	if (n > 0)
		memcpy(buf->at + buf->n, bytes, n);
	buf->n += n;
	buf->at[buf->n] = '\0';
}

void
ks_buf_text(struct ks_buf *buf, const char *text)
{
	ks_buf_put(buf, text, strlen(text));
}

void
ks_buf_fill(struct ks_buf *buf, char c, size_t times)
{
	if (!reserve(buf, times))
		return;
	memset(buf->at + buf->n, c, times);
	buf->n += times;
	buf->at[buf->n] = '\0';
}

void
ks_buf_printf(struct ks_buf *buf, const char *format, ...)
{
	char piece[512];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (n > 0)
		ks_buf_text(buf, piece);
}

const char *
ks_buf_string(const struct ks_buf *buf)
{
	return buf->at == NULL ? "" : buf->at;
}

void
ks_buf_clear(struct ks_buf *buf)
{
	buf->n = 0;
	if (buf->at != NULL)
		buf->at[0] = '\0';
}

void
ks_buf_done(struct ks_buf *buf)
{
	free(buf->at);
	*buf = (struct ks_buf){0};
}

enum ks_error
ks_buf_flush(struct ks_buf *buf, FILE *out, struct ks_diag *diag)
{
	if (buf->failed)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for a line of the report");
	/* Looked at after every line, not only at the end: a reader that went away (head, less) should
	 * not cost the rest of a long query. */
	errno = 0;
	if ((buf->n > 0 && fwrite(buf->at, 1, buf->n, out) != buf->n) || ferror(out))
		return ks_diag_set(diag, KS_ERR_OUTPUT, "cannot write: %s",
				   errno == 0 ? "an earlier write failed" : strerror(errno));
	ks_buf_clear(buf);
	return KS_SUCCESS;
}
