/* SPDX-License-Identifier: BSD-2-Clause */
#include "reports/escape.h"

#include <string.h>

size_t
ks_utf8_next(const char *at, size_t n, uint32_t *ret)
{
	/* The smallest code point of each length: what is below it is an overlong form (RFC 3629 s3). */
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t first = (uint8_t)at[0];
	size_t length = first < 0x80   ? 1
			: first < 0xc0 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf8 ? 4
				       : 0;
	if (length == 0 || length > n)
		return 0;
	uint32_t code = length == 1 ? first : first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		uint8_t byte = (uint8_t)at[i];
		if ((byte & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte & 0x3fu);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return length;
}

bool
ks_utf8_hidden(uint32_t code)
{
	static const struct {
		uint32_t from, to;
	} hidden[] = {
		{0x0000, 0x001f},   /* C0 */
		{0x007f, 0x009f},   /* DEL, C1 */
		{0x00ad, 0x00ad},   /* soft hyphen */
		{0x061c, 0x061c},   /* Arabic letter mark */
		{0x180e, 0x180e},   /* Mongolian vowel separator */
		{0x200b, 0x200f},   /* zero width, left-to-right and right-to-left marks */
		{0x2028, 0x202e},   /* separators, bidi embeddings and overrides */
		{0x2060, 0x206f},   /* invisible operators, bidi isolates */
		{0xfeff, 0xfeff},   /* byte order mark */
		{0xfff9, 0xfffb},   /* interlinear annotation */
		{0xfffe, 0xffff},   /* no characters, and forbidden in XML (XML 1.0 s2.2) */
		{0xe0000, 0xe0fff}, /* tags, variation selectors */
	};
	for (size_t i = 0; i < KS_COUNT(hidden); i++)
		if (code >= hidden[i].from && code <= hidden[i].to)
			return true;
	return false;
}

size_t
ks_utf8_columns(const char *text, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n; i++)
		columns += ((uint8_t)text[i] & 0xc0) != 0x80;
	return columns;
}

static void
put_u(struct ks_buf *buf, uint32_t code)
{
	if (code < 0x10000) {
		ks_buf_printf(buf, "\\u%04x", (unsigned)code);
		return;
	}
	/* JSON knows only UTF-16 units (RFC 8259 s7). */
	code -= 0x10000;
	ks_buf_printf(buf, "\\u%04x\\u%04x", 0xd800u + (unsigned)(code >> 10),
		      0xdc00u + (unsigned)(code & 0x3ff));
}

void
ks_escape_json(struct ks_buf *buf, const char *text, size_t n)
{
	ks_buf_put(buf, "\"", 1);
	for (size_t i = 0; i < n;) {
		uint32_t code;
		size_t length = ks_utf8_next(text + i, n - i, &code);
		if (length == 0)
			ks_buf_text(buf, "\\ufffd");
		else if (code == '"' || code == '\\')
			ks_buf_printf(buf, "\\%c", (char)code);
		else if (ks_utf8_hidden(code))
			put_u(buf, code);
		else
			ks_buf_put(buf, text + i, length);
		i += length == 0 ? 1 : length;
	}
	ks_buf_put(buf, "\"", 1);
}

void
ks_escape_terminal(struct ks_buf *buf, const char *text, size_t n, bool unicode)
{
	for (size_t i = 0; i < n;) {
		uint32_t code = 0;
		size_t length = ks_utf8_next(text + i, n - i, &code);
		size_t step = length == 0 ? 1 : length;
		if (length == 0 || ks_utf8_hidden(code) || (!unicode && code > 0x7e))
			for (size_t j = 0; j < step; j++)
				ks_buf_printf(buf, "\\x%02x", (unsigned)(uint8_t)text[i + j]);
		else
			ks_buf_put(buf, text + i, length);
		i += step;
	}
}

void
ks_escape_csv(struct ks_buf *buf, const char *text, size_t n)
{
	bool formula = n > 0 && memchr("=+-@\t\r", text[0], 6) != NULL;
	/* A line end never arrives at a quote: it is a control byte and printed as \x0a. */
	bool quote = n > 0 && (memchr(text, ',', n) != NULL || memchr(text, '"', n) != NULL ||
			       text[0] == ' ' || text[n - 1] == ' ');
	if (quote)
		ks_buf_put(buf, "\"", 1);
	if (formula)
		ks_buf_put(buf, "'", 1);
	for (size_t i = 0; i < n;) {
		const char *mark = memchr(text + i, '"', n - i);
		size_t piece = mark == NULL ? n - i : (size_t)(mark - (text + i));
		ks_escape_terminal(buf, text + i, piece, /* unicode= */ true);
		if (mark != NULL)
			ks_buf_put(buf, "\"\"", 2);
		i += piece + (mark != NULL);
	}
	if (quote)
		ks_buf_put(buf, "\"", 1);
}

static const char *
entity_of(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
ks_escape_markup(struct ks_buf *buf, const char *text, size_t n)
{
	struct ks_buf safe = {0};
	ks_escape_terminal(&safe, text, n, /* unicode= */ true);
	const char *const at = ks_buf_string(&safe);
	size_t plain = 0; /* where the piece begins that needs nothing */
	for (size_t i = 0; i < safe.n; i++) {
		const char *const entity = entity_of(at[i]);
		if (entity == NULL)
			continue;
		ks_buf_put(buf, at + plain, i - plain);
		ks_buf_text(buf, entity);
		plain = i + 1;
	}
	ks_buf_put(buf, at + plain, safe.n - plain);
	buf->failed |= safe.failed;
	ks_buf_done(&safe);
}

void
ks_escape_script_json(struct ks_buf *buf, const char *text, size_t n)
{
	struct ks_buf json = {0};
	ks_escape_json(&json, text, n);
	for (size_t i = 0; i < json.n; i++) {
		const char c = json.at[i];
		if (c == '<' || c == '>' || c == '&')
			ks_buf_printf(buf, "\\u%04x", (unsigned)c);
		else
			ks_buf_put(buf, &json.at[i], 1);
	}
	buf->failed |= json.failed;
	ks_buf_done(&json);
}

void
ks_escape_shell(struct ks_buf *buf, const char *text, size_t n)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:,@%+=";
	bool plain = n > 0, printable = true;
	for (size_t i = 0; i < n; i++) {
		plain = plain && memchr(safe, text[i], sizeof(safe) - 1) != NULL;
		printable = printable && text[i] >= 0x20 && text[i] <= 0x7e;
	}
	if (plain) {
		ks_buf_put(buf, text, n);
		return;
	}
	/* Single quotes keep everything but themselves; $'...' can also name a byte that must not be shown.
	 */
	ks_buf_text(buf, printable ? "'" : "$'");
	for (size_t i = 0; i < n; i++) {
		uint8_t byte = (uint8_t)text[i];
		if (byte == '\'')
			ks_buf_text(buf, printable ? "'\\''" : "\\'");
		else if (!printable && (byte == '\\' || byte < 0x20 || byte > 0x7e))
			ks_buf_printf(buf, "\\%03o", (unsigned)byte);
		else
			ks_buf_put(buf, text + i, 1);
	}
	ks_buf_put(buf, "'", 1);
}
