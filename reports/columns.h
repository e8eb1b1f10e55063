/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/columns.h -- what is known of a column besides its values: how people want to see it.
 *
 * A column that is not listed is shown by its suffix (_bps, _bytes, _s, ...; the contract that names
 * carry units) or its value, so a new report needs no entry here unless it wants a nicer head. */
#ifndef KS_REPORTS_COLUMNS_H
#define KS_REPORTS_COLUMNS_H

#include "reports/buf.h"
#include "store/query.h"

enum ks_column_kind {
	KS_COLUMN_AUTO, /* by the value: text, or a count, or a real number */
	KS_COLUMN_TEXT,
	KS_COLUMN_PLAIN,  /* an integer that is a name (port, tag, rank): never scaled */
	KS_COLUMN_BOOL,   /* the store's 0 and 1 */
	KS_COLUMN_TIME,   /* RFC 3339, as precise as it came */
	KS_COLUMN_SECOND, /* RFC 3339, shown to the second */
	KS_COLUMN_COUNT,
	KS_COLUMN_SHARE, /* of 1, shown in per cent */
	KS_COLUMN_BYTES,
	KS_COLUMN_BPS,
	KS_COLUMN_RATE,
	KS_COLUMN_SPAN_S,
	KS_COLUMN_SPAN_MS, /* durations */
};

struct ks_column {
	const char *name, *title;
	enum ks_column_kind kind;
	uint8_t priority; /* 0..99: the lowest leaves first when the terminal is narrow */
	uint8_t flex;     /* may be folded down to this many columns; 0: never */
};

/* By its name, listed or guessed; `title` may point to `name`. */
struct ks_column ks_column_of(const char *name);
/* Is the value a judgement or a warning that must not be lost where its column has no room? */
bool ks_column_is_told(const char *name, const struct ks_value *value);
/* Numbers line up at their right end. */
bool ks_column_is_right(const struct ks_column *column, enum ks_value_type type);

/* The value as a person reads it; NULL as "-". Safe for a terminal. */
void ks_column_print(struct ks_buf *buf, const struct ks_column *column, const struct ks_value *value,
		     bool unicode);

/* The value of the named column in the current row; KS_VALUE_NULL when there is no such column. */
struct ks_value ks_column_value(const struct ks_rows *rows, const char *name);
/* As a number, `otherwise` when it is none. */
double ks_column_number(const struct ks_value *value, double otherwise);

#endif
