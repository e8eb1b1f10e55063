/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Comments, quotes, and questions about a plan. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reports/mitigate/mitigate.h"

enum { COLUMNS = 100, SENTENCES = 2048 };

/* The end of what fits into `columns`: behind the last blank, or the whole first word. */
static size_t
fit(const char *text, size_t n, size_t columns)
{
	if (n <= columns)
		return n;
	size_t end = columns;
	while (end > 0 && text[end] != ' ')
		end--;
	if (end > strspn(text, " "))
		return end;
	end = columns;
	while (end < n && text[end] != ' ')
		end++;
	return end;
}

static void
fold(struct ks_buf *buf, const char *comment, const char *text)
{
	const size_t indent = strspn(text, " ");
	size_t columns = COLUMNS - strlen(comment) - 1;
	for (const char *at = text; *at != '\0';) {
		const size_t n = fit(at, strlen(at), columns);
		ks_buf_text(buf, comment);
		ks_buf_text(buf, " ");
		if (at > text)
			ks_buf_fill(buf, ' ', indent);
		ks_buf_put(buf, at, n);
		ks_buf_text(buf, "\n");
		at += n;
		at += strspn(at, " ");
		columns = COLUMNS - strlen(comment) - 1 - indent;
	}
}

void
ks_mitigate_say(struct ks_buf *buf, const char *comment, const char *format, ...)
{
	char text[SENTENCES];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *c = text; *c != '\0'; c++)
		if (*c < 0x20 || *c >= 0x7f)
			*c = '?';
	fold(buf, comment, text);
}

static bool
is_plain(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' ||
	       octet == '_';
}

void
ks_mitigate_put_name(struct ks_buf *buf, const struct ks_mitigate_zone *zone, const char *backslash)
{
	ks_buf_text(buf, zone->wire[0] == 0 ? "\"." : "\"");
	for (size_t at = 0; zone->wire[at] != 0; at += 1 + zone->wire[at]) {
		for (size_t i = 1; i <= zone->wire[at]; i++)
			if (is_plain(zone->wire[at + i]))
				ks_buf_put(buf, &zone->wire[at + i], 1);
			else
				ks_buf_printf(buf, "%s%03u", backslash, zone->wire[at + i]);
		ks_buf_text(buf, ".");
	}
	ks_buf_text(buf, "\"");
}

bool
ks_mitigate_limits(const struct ks_mitigate_zone *zone)
{
	return zone->relief == KS_RELIEF_NAMED || zone->relief == KS_RELIEF_PROVED ||
	       zone->relief == KS_RELIEF_LIMIT;
}

bool
ks_mitigate_doubts(const struct ks_mitigate_zone *zone)
{
	return zone->relief == KS_RELIEF_PROVED || zone->relief == KS_RELIEF_LIMIT;
}

size_t
ks_mitigate_named(const struct ks_mitigate_zone *zone)
{
	size_t n = 0;
	for (size_t i = 0; i < zone->n_sources; i++)
		n += zone->sources[i].named;
	return n;
}

bool
ks_mitigate_any_limits(const struct ks_mitigate_plan *plan)
{
	for (size_t i = 0; i < plan->n_zones; i++)
		if (ks_mitigate_limits(&plan->zones[i]))
			return true;
	return false;
}

bool
ks_mitigate_any_doubts(const struct ks_mitigate_plan *plan)
{
	for (size_t i = 0; i < plan->n_zones; i++)
		if (ks_mitigate_doubts(&plan->zones[i]))
			return true;
	return false;
}

size_t
ks_mitigate_all_named(const struct ks_mitigate_plan *plan, size_t *ret_with_cookies)
{
	size_t n = 0;
	*ret_with_cookies = 0;
	for (size_t i = 0; i < plan->n_zones; i++)
		for (size_t j = 0; j < plan->zones[i].n_sources; j++) {
			const struct ks_mitigate_source *const source = &plan->zones[i].sources[j];
			n += source->named;
			*ret_with_cookies += source->named && source->sends_cookies;
		}
	return n;
}
