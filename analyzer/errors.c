/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/errors.h"

#include "dissect/signal.h"

static_assert(sizeof(struct ks_error_entry) == 40, "whole words");

enum ks_error
ks_errors_init(struct ks_errors *errors, size_t bytes, const struct ks_secret *secret, struct ks_diag *diag)
{
	*errors = (struct ks_errors){0};
	enum ks_error error =
		ks_map_init(&errors->table, sizeof(struct ks_error_entry),
			    ks_map_capacity(sizeof(struct ks_error_entry), bytes / 2), secret, diag);
	if (error == KS_SUCCESS)
		error = ks_names_init(&errors->names, bytes / 2, secret, diag);
	if (error != KS_SUCCESS)
		ks_errors_done(errors);
	return error;
}

void
ks_errors_done(struct ks_errors *errors)
{
	ks_map_done(&errors->table);
	ks_names_done(&errors->names);
}

static void
count(struct ks_errors *errors, const struct ks_key *key, int64_t t_ns)
{
	bool is_new;
	const uint32_t number = ks_map_add(&errors->table, key, &is_new);
	if (number == KS_MAP_NONE) {
		errors->unlisted++;
		return;
	}
	struct ks_error_entry *const entry = ks_map_at(&errors->table, number);
	if (is_new || t_ns < entry->first_ns)
		entry->first_ns = t_ns;
	if (is_new || t_ns > entry->last_ns)
		entry->last_ns = t_ns;
	entry->count++;
}

static void
keep(struct ks_errors *errors, struct ks_span name, bool report, uint16_t code, uint16_t qtype, int64_t t_ns)
{
	bool is_new;
	const uint32_t number = name.n == 0 ? KS_MAP_NONE : ks_names_add(&errors->names, name, &is_new);
	if (number == KS_MAP_NONE && name.n != 0) {
		errors->unlisted++;
		return;
	}
	const struct ks_key key = {
		.w = {number, (uint64_t)report << 32 | (uint64_t)code << 16 | qtype},
	};
	count(errors, &key, t_ns);
}

void
ks_errors_query(struct ks_errors *errors, const struct ks_dns *dns, int64_t t_ns)
{
	struct ks_error_report report;
	if (!dns->has_question || dns->qtype != KS_TYPE_TXT || ks_dns_opcode(dns) != 0 ||
	    !ks_signal_may_be(dns->qname))
		return;
	const enum ks_signal_state state = ks_error_report_read(dns->qname, &report);
	errors->malformed += state == KS_SIGNAL_MALFORMED;
	if (state == KS_SIGNAL_SOUND)
		keep(errors, (struct ks_span){report.qname, report.n}, true, report.code, report.qtype, t_ns);
}

void
ks_errors_response(struct ks_errors *errors, const struct ks_dns *dns, int64_t t_ns)
{
	if ((dns->edns.options & KS_EDNS_EDE) == 0)
		return;
	const struct ks_span name = dns->has_question ? dns->qname : (struct ks_span){0};
	keep(errors, name, false, dns->edns.ede, dns->qtype, t_ns);
}
