/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/sampled.c -- SQL aggregates over sampled queries, for our own queries only. Each is a dozen sums over
 * the same rows; as so many aggregates of SQL they are the greatest part of judging. The result is a row of
 * numbers, which ks_part(row, place) takes apart. The order of rows does not matter. */
#include <string.h>

#include "store/store_p.h"

/* Places in the row of ks_sampled; judge/causes.sql knows them. */
enum {
	KEYS,
	RD,      /* RD=1 */
	NO_DO,   /* without DO */
	PORTS,   /* 1: always the same; 2: not */
	IDS,     /* likewise */
	HOPS,    /* different hop limits */
	HOP,     /* the least */
	UDP,     /* over UDP */
	CUT,     /* of those, answered with TC */
	COOKIES, /* with a server cookie */
	CHANGES, /* 1: EDNS sizes differ, or DO */
	SAMPLED_PARTS
};

struct range {
	int64_t least, most;
};

struct sampled {
	int64_t parts[SAMPLED_PARTS];
	struct range port, id, size;
	uint64_t hops[4]; /* a bit each */
};

static void
stretch(struct range *range, bool first, int64_t value)
{
	range->least = first || value < range->least ? value : range->least;
	range->most = first || value > range->most ? value : range->most;
}

/* ks_sampled(flags, dnssec_ok, sport, id, hop_limit, transport, tc, size, server_cookie) */
static void
sampled_step(sqlite3_context *context, int n, sqlite3_value **args)
{
	enum { FLAGS, DNSSEC_OK, SPORT, ID, HOP_LIMIT, TRANSPORT, TC, SIZE, COOKIE };
	(void)n;
	struct sampled *const sum = sqlite3_aggregate_context(context, sizeof(*sum));
	if (sum == NULL)
		return sqlite3_result_error_nomem(context);
	const bool first = sum->parts[KEYS]++ == 0;
	const bool udp = sqlite3_value_int(args[TRANSPORT]) == 0;
	const unsigned hop = (unsigned)sqlite3_value_int(args[HOP_LIMIT]) & 0xff;
	sum->parts[RD] += sqlite3_value_int(args[FLAGS]) >> 8 & 1;
	sum->parts[NO_DO] += sqlite3_value_int(args[DNSSEC_OK]) == 0;
	sum->parts[UDP] += udp;
	sum->parts[CUT] += udp && sqlite3_value_int(args[TC]) != 0;
	sum->parts[COOKIES] += sqlite3_value_int(args[COOKIE]);
	sum->hops[hop / 64] |= UINT64_C(1) << hop % 64;
	stretch(&sum->port, first, sqlite3_value_int64(args[SPORT]));
	stretch(&sum->id, first, sqlite3_value_int64(args[ID]));
	stretch(&sum->size, first, sqlite3_value_int64(args[SIZE]));
}

static void
count_hops(struct sampled *sum)
{
	for (int hop = 255; hop >= 0; hop--) {
		if ((sum->hops[hop / 64] >> hop % 64 & 1) == 0)
			continue;
		sum->parts[HOPS]++;
		sum->parts[HOP] = hop;
	}
}

static void
sampled_finish(sqlite3_context *context)
{
	struct sampled *const sum = sqlite3_aggregate_context(context, 0);
	if (sum == NULL)
		return; /* no rows: NULL */
	const int64_t no_do = sum->parts[NO_DO];
	count_hops(sum);
	sum->parts[PORTS] = sum->port.least < sum->port.most ? 2 : 1;
	sum->parts[IDS] = sum->id.least < sum->id.most ? 2 : 1;
	sum->parts[CHANGES] = sum->size.least < sum->size.most || (no_do > 0 && no_do < sum->parts[KEYS]);
	sqlite3_result_blob(context, sum->parts, sizeof(sum->parts), SQLITE_TRANSIENT);
}

/* ks_around(t_ns, start_s, end_s, n): how many before the interval, inside it, behind it. */
static void
around_step(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	int64_t *const parts = sqlite3_aggregate_context(context, 3 * sizeof(*parts));
	if (parts == NULL)
		return sqlite3_result_error_nomem(context);
	const int64_t t_ns = sqlite3_value_int64(args[0]);
	const bool begun = t_ns >= sqlite3_value_int64(args[1]) * KS_NS_PER_S;
	const bool ended = t_ns >= sqlite3_value_int64(args[2]) * KS_NS_PER_S;
	parts[begun + ended] += sqlite3_value_int64(args[3]);
}

static void
around_finish(sqlite3_context *context)
{
	const int64_t *const parts = sqlite3_aggregate_context(context, 0);
	if (parts != NULL)
		sqlite3_result_blob(context, parts, 3 * sizeof(*parts), SQLITE_TRANSIENT);
}

/* ks_part(row, place): NULL without a row, and behind its end. */
static void
part(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	const uint8_t *const row = sqlite3_value_blob(args[0]);
	const size_t n_parts = (size_t)sqlite3_value_bytes(args[0]) / sizeof(int64_t);
	const int64_t place = sqlite3_value_int64(args[1]);
	int64_t value;
	if (row == NULL || place < 0 || (uint64_t)place >= n_parts)
		return;
	memcpy(&value, row + (size_t)place * sizeof(value), sizeof(value));
	sqlite3_result_int64(context, value);
}

int
ks_sampled_register(sqlite3 *db)
{
	const int kind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	int rc = sqlite3_create_function_v2(db, "ks_sampled", 9, kind, NULL, NULL, sampled_step,
					    sampled_finish, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(db, "ks_around", 4, kind, NULL, NULL, around_step,
						around_finish, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(db, "ks_part", 2, kind, NULL, part, NULL, NULL, NULL);
	return rc;
}
