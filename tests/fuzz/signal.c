/* SPDX-License-Identifier: BSD-2-Clause
 *
 * signal.c -- fuzz trust anchor signals, error reports and key tags. Input: a name in wire format; read also
 * as the value of a key-tag option and as a DNSKEY's RDATA.
 *
 * Tags must be ascending, zones must be names that lie in the input, and what a report is about must be a
 * name. */
#include <stdlib.h>

#include "dissect/signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_signal(const struct ks_signal *signal)
{
	demand(signal->n_tags >= 1 && signal->n_tags <= KS_SIGNAL_TAGS);
	for (size_t i = 1; i < signal->n_tags; i++)
		demand(signal->tags[i - 1] < signal->tags[i]);
}

static void
check_name(struct ks_span name)
{
	struct ks_signal signal;
	struct ks_error_report report;
	char text[KS_NAME_TEXT];
	const enum ks_signal_state state = ks_signal_read_name(name, &signal);
	demand(state == KS_SIGNAL_NONE || ks_signal_may_be(name));
	if (state == KS_SIGNAL_SOUND) {
		check_signal(&signal);
		demand(ks_name_print(signal.zone.at, signal.zone.n, text, sizeof(text)) > 0);
	}
	if (ks_error_report_read(name, &report) == KS_SIGNAL_SOUND)
		demand(report.n < name.n && ks_name_print(report.qname, report.n, text, sizeof(text)) > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_cur cur = ks_cur_init(data, size);
	uint8_t labels;
	const struct ks_span name = ks_name_take(&cur, &labels);
	if (name.at != NULL)
		check_name(name);
	struct ks_signal signal;
	const struct ks_span whole = {data, size};
	if (size <= 65535 && ks_signal_read_option(whole, &signal) == KS_SIGNAL_SOUND)
		check_signal(&signal);
	if (size <= 65535)
		(void)ks_key_tag(whole);
	return 0;
}
