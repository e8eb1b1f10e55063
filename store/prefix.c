/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/prefix.c -- SQL functions about addresses and their prefixes. Only for our own queries: the views
 * must work in any SQLite shell. */
#include <stdio.h>
#include <string.h>

#include "dissect/addr.h"
#include "store/store_p.h"

/* A stored address has 4 octets or 16. */
static bool
take_addr(sqlite3_value *value, struct ks_addr *ret)
{
	const int n = sqlite3_value_bytes(value);
	const uint8_t *const bytes = sqlite3_value_blob(value);
	if ((n != 4 && n != 16) || bytes == NULL)
		return false;
	*ret = n == 4 ? ks_addr_from_v4(bytes) : ks_addr_from_v6(bytes);
	return true;
}

/* ks_in_prefix(ip, prefix, bits): does the stored address lie in the prefix of the 16-octet form? */
static void
in_prefix(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	struct ks_addr addr;
	const struct ks_addr *const prefix = sqlite3_value_blob(args[1]);
	static_assert(sizeof(*prefix) == 16, "an address is bound as sixteen octets");
	if (!take_addr(args[0], &addr) || prefix == NULL ||
	    sqlite3_value_bytes(args[1]) != (int)sizeof(*prefix)) {
		sqlite3_result_int(context, 0);
		return;
	}
	sqlite3_result_int(context, ks_addr_in_prefix(&addr, prefix, (unsigned)sqlite3_value_int(args[2])));
}

static int
length_of(const struct ks_addr *addr, sqlite3_value **args)
{
	return sqlite3_value_int(args[ks_addr_is_v4(addr) ? 1 : 2]);
}

/* ks_net(ip, len4, len6): the address with all bits behind the prefix cleared. */
static void
net(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	struct ks_addr addr;
	if (!take_addr(args[0], &addr))
		return; /* NULL */
	const struct ks_span ip = ks_addr_bytes(&addr);
	const int length = length_of(&addr, args);
	uint8_t bytes[16];
	for (int i = 0; i < (int)ip.n; i++) {
		const int bits = length - 8 * i;
		const int cleared = bits >= 8 ? 0 : bits <= 0 ? 8 : 8 - bits;
		bytes[i] = (uint8_t)(ip.at[i] >> cleared << cleared);
	}
	sqlite3_result_blob(context, bytes, (int)ip.n, SQLITE_TRANSIENT);
}

/* ks_net_text(net, len4, len6): "192.0.2.0/24"; a whole address stands alone. */
static void
net_text(sqlite3_context *context, int n, sqlite3_value **args)
{
	(void)n;
	struct ks_addr addr;
	if (!take_addr(args[0], &addr))
		return;
	char address[KS_ADDR_TEXT], text[KS_ADDR_TEXT + 12];
	const int length = length_of(&addr, args);
	(void)ks_addr_print(&addr, address);
	if (length < 8 * (int)ks_addr_bytes(&addr).n)
		(void)snprintf(text, sizeof(text), "%s/%d", address, length);
	else
		(void)snprintf(text, sizeof(text), "%s", address);
	sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

int
ks_prefix_register(sqlite3 *db)
{
	static const struct {
		const char *name;
		void (*function)(sqlite3_context *context, int n, sqlite3_value **args);
	} functions[] = {{"ks_in_prefix", in_prefix}, {"ks_net", net}, {"ks_net_text", net_text}};
	int rc = SQLITE_OK;
	for (size_t i = 0; i < KS_COUNT(functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(db, functions[i].name, 3,
						SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
						functions[i].function, NULL, NULL, NULL);
	return rc;
}
