/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/http.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const struct {
	const char *text, *addr; /* addr NULL: refused */
	uint16_t port;
} rows[] = {
	{"9153", "127.0.0.1", 9153},
	{":9153", "127.0.0.1", 9153},
	{"192.0.2.1:80", "192.0.2.1", 80},
	{"0.0.0.0:65535", "0.0.0.0", 65535},
	{"[::1]:9153", "::1", 9153},
	{"[2001:db8::1]:1", "2001:db8::1", 1},
	{"::1:9153", NULL, 0},
	{"[::1]", NULL, 0},
	{"::1", NULL, 0},
	{"", NULL, 0},
	{":", NULL, 0},
	{"0", NULL, 0},
	{"65536", NULL, 0},
	{"-1", NULL, 0},
	{"+80", NULL, 0},
	{"80x", NULL, 0},
	{"localhost:80", NULL, 0},
	{"192.0.2.1", NULL, 0},
	{"[192.0.2.1:80", NULL, 0},
	{"[]:80", NULL, 0},
	{"[:80", NULL, 0},
	{"0000000000000000000000000000000000000000000000000000000000000000:80", NULL, 0},
};

Test(http, where_to_listen)
{
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		struct ks_addr addr;
		bool v6;
		uint16_t port;
		char text[KS_ADDR_TEXT] = "";
		const bool good = ks_http_parse(rows[i].text, &addr, &v6, &port);
		cr_expect(good == (rows[i].addr != NULL), "'%s'", rows[i].text);
		if (!good || rows[i].addr == NULL)
			continue;
		cr_expect(strcmp(ks_addr_print(&addr, text), rows[i].addr) == 0, "'%s': %s", rows[i].text,
			  text);
		cr_expect(port == rows[i].port, "'%s': %u", rows[i].text, port);
	}
}
