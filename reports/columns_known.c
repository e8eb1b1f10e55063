/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reports/columns_known.c -- what columns are called, what they hold, which may go when the terminal is
 * narrow, and which never go without a word. */
#include <math.h>
#include <string.h>

#include "reports/columns.h"

/* clang-format off */
static const struct ks_column known[] = {
	/* who and what */
	{"rank",              "#",            KS_COLUMN_PLAIN,  90, 0},
	{"source",            NULL,           KS_COLUMN_TEXT,   99, 0},
	{"server",            NULL,           KS_COLUMN_TEXT,   80, 0},
	{"zone",              NULL,           KS_COLUMN_TEXT,   98, 16},
	{"qname",             NULL,           KS_COLUMN_TEXT,   92, 16},
	{"qtype",             NULL,           KS_COLUMN_TEXT,   93, 0},
	{"counter",           NULL,           KS_COLUMN_TEXT,   99, 0},
	{"value",             NULL,           KS_COLUMN_AUTO,   98, 0},
	{"note",              NULL,           KS_COLUMN_TEXT,   97, 24},
	{"kind",              NULL,           KS_COLUMN_TEXT,   10, 0},
	{"heavy",             NULL,           KS_COLUMN_BOOL,   70, 0},
	{"guaranteed",        NULL,           KS_COLUMN_BOOL,   15, 0},
	{"tags",              NULL,           KS_COLUMN_TEXT,   45, 16},
	{"via",               NULL,           KS_COLUMN_TEXT,   60, 0},
	{"lacks_current",     "stale",        KS_COLUMN_BOOL,   88, 0},
	{"code",              NULL,           KS_COLUMN_PLAIN,  96, 0},
	{"meaning",           NULL,           KS_COLUMN_TEXT,   97, 16},
	{"count",             NULL,           KS_COLUMN_COUNT,  95, 0},
	{"forwarded",         NULL,           KS_COLUMN_COUNT,  32, 0},
	{"fingerprint",       NULL,           KS_COLUMN_TEXT,   35, 16},
	{"verdict",           NULL,           KS_COLUMN_TEXT,   93, 0},
	{"condition",         NULL,           KS_COLUMN_TEXT,   97, 0},
	{"met",               NULL,           KS_COLUMN_TEXT,   97, 0},
	{"of",                NULL,           KS_COLUMN_COUNT,  94, 0},
	{"since",             NULL,           KS_COLUMN_SECOND, 60, 0},
	{"hypothesis",        NULL,           KS_COLUMN_TEXT,   97, 0},
	{"state",             NULL,           KS_COLUMN_TEXT,   90, 0},
	{"label",             NULL,           KS_COLUMN_TEXT,   60, 0},
	{"weight_db",         "weight dB",    KS_COLUMN_RATE,   97, 0},
	{"sum_db",            "sum dB",       KS_COLUMN_RATE,   96, 0},
	{"shown_in",          "shown in",     KS_COLUMN_TEXT,   50, 0},
	{"decided_by",        "would tell",   KS_COLUMN_TEXT,   12, 16},
	{"inherited_from",    "as at",        KS_COLUMN_TEXT,   12, 0},
	{"trigger",           NULL,           KS_COLUMN_TEXT,   92, 16},
	{"flow",              NULL,           KS_COLUMN_TEXT,   82, 0},
	{"next_milestone",    "next milestone", KS_COLUMN_TEXT, 50, 24},
	{"to_decide",         "to decide, capture", KS_COLUMN_TEXT, 45, 24},
	{"missing",           "tells most",   KS_COLUMN_PLAIN,  40, 0},

	{"event",             NULL,           KS_COLUMN_TEXT,   97, 16},
	{"key",               NULL,           KS_COLUMN_TEXT,   40, 0},
	{"phase",             NULL,           KS_COLUMN_TEXT,   84, 0},
	{"method",            NULL,           KS_COLUMN_TEXT,   60, 0},
	{"detail",            NULL,           KS_COLUMN_TEXT,   55, 16},
	{"warning",           NULL,           KS_COLUMN_TEXT,   90, 24},
	{"servers",           NULL,           KS_COLUMN_COUNT,  45, 0},
	{"question",          NULL,           KS_COLUMN_TEXT,   97, 24},
	{"result",            NULL,           KS_COLUMN_TEXT,   99, 0},
	{"evidence",          NULL,           KS_COLUMN_TEXT,   98, 24},

	/* when */
	{"t",                 "time",         KS_COLUMN_TIME,   99, 0},
	{"t_before",          "not before",   KS_COLUMN_TIME,   70, 0},
	{"t_all",             "all by",       KS_COLUMN_TIME,   30, 0},
	{"start",             NULL,           KS_COLUMN_SECOND, 95, 0},
	{"end",               NULL,           KS_COLUMN_SECOND, 91, 0},
	{"first",             NULL,           KS_COLUMN_SECOND, 31, 0},
	{"last",              NULL,           KS_COLUMN_SECOND, 30, 0},
	{"response_t",        "answered",     KS_COLUMN_TIME,   30, 0},
	{"dt_ms",             "after",        KS_COLUMN_SPAN_MS, 95, 0},
	{"median_gap_ms",     "median gap",   KS_COLUMN_SPAN_MS, 40, 0},
	{"half_life_s",       "half-life",    KS_COLUMN_SPAN_S, 40, 0},
	{"lag_s",             "lag",          KS_COLUMN_SPAN_S, 55, 0},
	{"lag_most_s",        "lag at most",  KS_COLUMN_SPAN_S, 54, 0},
	{"trigger_zone",      "trigger's zone", KS_COLUMN_TEXT, 13, 0},
	{"trigger_source",    "known from",   KS_COLUMN_TEXT,   14, 0},
	{"other_triggers",    "or",           KS_COLUMN_TEXT,   36, 16},

	/* how many */
	{"queries",           NULL,           KS_COLUMN_COUNT,  95, 0},
	{"responses",         NULL,           KS_COLUMN_COUNT,  60, 0},
	{"dnskey_queries",    "DNSKEY",       KS_COLUMN_COUNT,  90, 0},
	{"dnskey_share",      "DNSKEY share", KS_COLUMN_SHARE,  88, 0},
	{"rrsig_bytes_share", "sig bytes",    KS_COLUMN_SHARE,  75, 0},
	{"share",             NULL,           KS_COLUMN_SHARE,  92, 0},
	{"cum_share",         "sum",          KS_COLUMN_SHARE,  50, 0},
	{"share_of_increase", "of increase",  KS_COLUMN_SHARE,  70, 0},
	{"byte_share",        "of growth",    KS_COLUMN_SHARE,  75, 0},
	{"err",               "+/-",          KS_COLUMN_COUNT,  20, 0},
	{"hot",               NULL,           KS_COLUMN_COUNT,  65, 0},
	{"warm",              NULL,           KS_COLUMN_COUNT,  62, 0},
	{"cool",              NULL,           KS_COLUMN_COUNT,  61, 0},
	{"refresh",           NULL,           KS_COLUMN_COUNT,  58, 0},
	{"requeries",         "again",        KS_COLUMN_COUNT,  12, 0},
	{"rr",                "requeries",    KS_COLUMN_SHARE,  86, 0},
	{"memory_class",      "memory",       KS_COLUMN_TEXT,   48, 0},
	{"sci",               NULL,           KS_COLUMN_AUTO,   42, 0},
	{"spray",             NULL,           KS_COLUMN_AUTO,   41, 0},

	/* how much */
	{"query_bytes",       "asked",        KS_COLUMN_BYTES,  40, 0},
	{"response_bytes",    "answers",      KS_COLUMN_BYTES,  57, 0},
	{"in_bps",            "in",           KS_COLUMN_BPS,    95, 0},
	{"out_bps",           "out",          KS_COLUMN_BPS,    94, 0},
	{"in_pps",            "in p/s",       KS_COLUMN_RATE,   80, 0},
	{"out_pps",           "out p/s",      KS_COLUMN_RATE,   79, 0},
	{"in_dns_bps",        "in DNS",       KS_COLUMN_BPS,    50, 0},
	{"out_dns_bps",       "out DNS",      KS_COLUMN_BPS,    49, 0},
	{"in_ip_bps",         "in IP",        KS_COLUMN_BPS,    40, 0},
	{"out_ip_bps",        "out IP",       KS_COLUMN_BPS,    39, 0},
	{"dropped",           "lost",         KS_COLUMN_COUNT,  93, 0},
	{"bin_s",             "bin",          KS_COLUMN_SPAN_S,  8, 0},
	{"dnskey_qps",        "DNSKEY q/s",   KS_COLUMN_RATE,   95, 0},
	{"all_qps",           "all q/s",      KS_COLUMN_RATE,   80, 0},
	{"response_bps",      "answers",      KS_COLUMN_BPS,    85, 0},
	{"requery_ratio",     "requeries",    KS_COLUMN_SHARE,  90, 0},
	{"new_offenders",     "new",          KS_COLUMN_COUNT,  88, 0},
	{"zones_wrong",       "wrong",        KS_COLUMN_COUNT,  61, 0},
	{"qps",               "q/s",          KS_COLUMN_RATE,   85, 0},
	{"peak_qps",          "peak q/s",     KS_COLUMN_RATE,   90, 0},
	{"base_qps",          "base q/s",     KS_COLUMN_RATE,   80, 0},
	{"uplift",            NULL,           KS_COLUMN_RATE,   96, 0},
	{"uplift_lo",         "from",         KS_COLUMN_RATE,   47, 0},
	{"uplift_hi",         "to",           KS_COLUMN_RATE,   46, 0},
	{"uplift_is_lower_bound", "at least", KS_COLUMN_BOOL,   48, 0},
	{"severity",          NULL,           KS_COLUMN_PLAIN,  72, 0},
	{"severity_unknown",  "not tested",   KS_COLUMN_PLAIN,  24, 0},
	{"mean_qps",          "mean q/s",     KS_COLUMN_RATE,   30, 0},
	{"duration_s",        "lasted",       KS_COLUMN_SPAN_S, 35, 0},
	{"still_elevated",    "still on",     KS_COLUMN_BOOL,   34, 0},
	{"half_life_at_least_s", "half-life at least", KS_COLUMN_SPAN_S, 22, 0},
	{"residual",          "rest",         KS_COLUMN_RATE,   38, 0},
	{"residual_lo",       "rest from",    KS_COLUMN_RATE,   27, 0},
	{"residual_hi",       "rest to",      KS_COLUMN_RATE,   26, 0},
	{"residual_share",    "rest of all",  KS_COLUMN_RATE,   20, 0},
	{"residual_share_lo", "rest of all from", KS_COLUMN_RATE, 12, 0},
	{"residual_share_hi", "rest of all to", KS_COLUMN_RATE, 11, 0},
	{"higher_than_before", "more than before", KS_COLUMN_BOOL, 28, 0},
	{"rise",              NULL,           KS_COLUMN_TEXT,   45, 0},
	{"rise_s",            "rose in",      KS_COLUMN_SPAN_S, 33, 0},
	{"baseline",          NULL,           KS_COLUMN_TEXT,   32, 0},
	{"baseline_bins",     "base bins",    KS_COLUMN_COUNT,  18, 0},
	{"dispersion",        NULL,           KS_COLUMN_RATE,   17, 0},
	{"second_start",      "PELT start",   KS_COLUMN_SECOND, 15, 0},
	{"second_agrees",     "PELT agrees",  KS_COLUMN_BOOL,   16, 0},
	{"unknown_bins",      "unknown bins", KS_COLUMN_COUNT,  25, 0},
	{"growth",            NULL,           KS_COLUMN_RATE,   29, 0},
	{"growth_lo",         "growth from",  KS_COLUMN_RATE,   10, 0},
	{"growth_hi",         "growth to",    KS_COLUMN_RATE,    9, 0},
	{"number",            "#",            KS_COLUMN_PLAIN,  90, 0},
	{"apart_s",           "after",        KS_COLUMN_SPAN_S, 85, 0},
	{"doubling_s",        "doubles in",   KS_COLUMN_SPAN_S, 70, 0},
	{"doubling_lo_s",     "at least in",  KS_COLUMN_SPAN_S, 12, 0},
	{"doubling_hi_s",     "at most in",   KS_COLUMN_SPAN_S, 11, 0},
	{"next_uplift",       "next",         KS_COLUMN_RATE,   84, 0},
	{"next_uplift_lo",    "next from",    KS_COLUMN_RATE,   45, 0},
	{"next_uplift_hi",    "next to",      KS_COLUMN_RATE,   44, 0},
	{"repair",            NULL,           KS_COLUMN_TEXT,   37, 16},
	{"repair_s",          "over after",   KS_COLUMN_SPAN_S, 36, 0},
	{"repair_half_s",     "half after",   KS_COLUMN_SPAN_S, 21, 0},
	{"answer_bytes",      "answer",       KS_COLUMN_BYTES,  21, 0},
	{"answered_bps",      "answered",     KS_COLUMN_BPS,    23, 0},
	{"predicted_bps",     "predicted",    KS_COLUMN_BPS,    14, 0},
	{"predicted_ip_bps",  "predicted IP", KS_COLUMN_BPS,    13, 0},
	{"predicted_wire_bps", "predicted wire", KS_COLUMN_BPS, 19, 0},
	{"sources",           NULL,           KS_COLUMN_COUNT,  74, 0},
	{"lead_db",           "lead dB",      KS_COLUMN_RATE,   52, 0},

	{"baf",               "answers/asked", KS_COLUMN_RATE,  90, 0},
	{"baf_ip",            "with IP",      KS_COLUMN_RATE,   70, 0},
	{"zones",             NULL,           KS_COLUMN_COUNT,  60, 0},
	{"min_caches",        "caches >=",    KS_COLUMN_COUNT,  40, 0},
	{"day",               NULL,           KS_COLUMN_TEXT,   99, 0},
	{"v4",                "IPv4",         KS_COLUMN_COUNT,  95, 0},
	{"v6",                "IPv6",         KS_COLUMN_COUNT,  94, 0},
	{"v6_64",             "IPv6 /64",     KS_COLUMN_COUNT,  93, 0},
	{"exact",             NULL,           KS_COLUMN_BOOL,   90, 0},
	{"standard_error",    "standard error", KS_COLUMN_SHARE, 80, 0},
	{"example",           NULL,           KS_COLUMN_TEXT,   80, 0},

	/* records of DNSSEC */
	{"type",              NULL,           KS_COLUMN_TEXT,   96, 0},
	{"nsid",              NULL,           KS_COLUMN_TEXT,   75, 0},
	{"dnskey_hash",       "keys",         KS_COLUMN_TEXT,   79, 0},
	{"key_sets",          "sets",         KS_COLUMN_COUNT,  33, 0},
	{"signers",           NULL,           KS_COLUMN_TEXT,   76, 0},
	{"from",              NULL,           KS_COLUMN_SECOND, 78, 0},
	{"to",                NULL,           KS_COLUMN_SECOND, 77, 0},
	{"inception",         NULL,           KS_COLUMN_SECOND, 40, 0},
	{"expiration",        NULL,           KS_COLUMN_SECOND, 88, 0},
	{"remaining_s",       "left",         KS_COLUMN_SPAN_S, 90, 0},
	{"verified",          NULL,           KS_COLUMN_TEXT,   94, 0},
	{"why",               NULL,           KS_COLUMN_TEXT,   38, 16},
	{"seen_expired",      "seen expired", KS_COLUMN_COUNT,  60, 0},
	{"first_expired",     "from",         KS_COLUMN_SECOND, 36, 0},
	{"last_expired",      "to",           KS_COLUMN_SECOND, 35, 0},
	{"folded",            NULL,           KS_COLUMN_BOOL,   34, 0},
	{"problem",           NULL,           KS_COLUMN_TEXT,   97, 0},
	{"role",              NULL,           KS_COLUMN_TEXT,   95, 0},
	{"sep",               "SEP",          KS_COLUMN_BOOL,   45, 0},
	{"revoked",           NULL,           KS_COLUMN_BOOL,   62, 0},
	{"signs",             NULL,           KS_COLUMN_TEXT,   70, 16},
	{"has_ds",            "DS",           KS_COLUMN_BOOL,   80, 0},
	{"bits",              NULL,           KS_COLUMN_PLAIN,  48, 0},
	{"exponent",          NULL,           KS_COLUMN_PLAIN,  32, 0},
	{"link",              NULL,           KS_COLUMN_TEXT,   97, 0},
	{"ds",                "DS",           KS_COLUMN_TEXT,   85, 0},
	{"denied_by",         "denied by",    KS_COLUMN_TEXT,   80, 0},
	{"signed",            NULL,           KS_COLUMN_BOOL,   60, 0},
	{"parent_last",       "parent asked", KS_COLUMN_SECOND, 32, 0},
	{"denial",            NULL,           KS_COLUMN_TEXT,   96, 0},
	{"level",             NULL,           KS_COLUMN_TEXT,   97, 0},
	{"hash_algorithm",    "hash",         KS_COLUMN_PLAIN,  40, 0},
	{"iterations",        NULL,           KS_COLUMN_PLAIN,  93, 0},
	{"salt_bytes",        "salt",         KS_COLUMN_BYTES,  60, 0},
	{"salt",              "salt octets",  KS_COLUMN_TEXT,   20, 0},
	{"opt_out_share",     "opt-out",      KS_COLUMN_SHARE,  75, 0},
	{"records",           NULL,           KS_COLUMN_COUNT,  50, 0},
	{"threshold",         "more than",    KS_COLUMN_PLAIN,  80, 0},

	{"parent",            "below",        KS_COLUMN_TEXT,   98, 16},
	{"nxdomain",          "NXDOMAIN",     KS_COLUMN_COUNT,  95, 0},
	{"distinct_labels",   "labels",       KS_COLUMN_COUNT,  80, 0},
	{"distinct_ratio",    "different",    KS_COLUMN_SHARE,  82, 0},
	{"flood",             NULL,           KS_COLUMN_BOOL,   90, 0},

	/* how sources ask */
	{"bursts",            NULL,           KS_COLUMN_COUNT,  60, 0},
	{"failing_bursts",    "failing",      KS_COLUMN_COUNT,  62, 0},
	{"max_waiting",       "waiting",      KS_COLUMN_COUNT,  58, 0},
	{"halted_share",      "halted",       KS_COLUMN_SHARE,  52, 0},
	{"min_search_interval_s", "searches after", KS_COLUMN_SPAN_S, 38, 0},
	{"rfc9520",           "RFC 9520",     KS_COLUMN_TEXT,   39, 0},
	{"zone_local",        "zone only",    KS_COLUMN_BOOL,   34, 0},
	{"dnskey_per_query",  "DNSKEY/query", KS_COLUMN_RATE,   50, 0},
	{"demand_slope",      "slope",        KS_COLUMN_RATE,   44, 0},
	{"demand_correlation", "correlation", KS_COLUMN_RATE,   43, 0},
	{"last_requery",      "last requery", KS_COLUMN_SECOND, 64, 0},
	{"recovered",         NULL,           KS_COLUMN_BOOL,   66, 0},
	{"recovered_by",      "by",           KS_COLUMN_TEXT,   56, 0},
	{"returned_s",        "back after",   KS_COLUMN_SPAN_S, 36, 0},
	{"silence_s",         "silent for",   KS_COLUMN_SPAN_S, 80, 0},
	{"servers_origin",    "known",        KS_COLUMN_TEXT,   30, 0},
	{"late_repeats",      "late",         KS_COLUMN_RATE,   24, 0},
	{"day_night",         "day/night",    KS_COLUMN_RATE,   24, 0},
	{"zone_servers",      "of",           KS_COLUMN_COUNT,  70, 0},
	{"length_ms",         "took",         KS_COLUMN_SPAN_MS, 72, 0},
	{"sweeps",            NULL,           KS_COLUMN_BOOL,   60, 0},
	{"primed",            NULL,           KS_COLUMN_BOOL,   58, 0},
	{"priming_queries",   "priming",      KS_COLUMN_COUNT,  90, 0},
	{"primed_queries",    "then DNSKEY",  KS_COLUMN_COUNT,  85, 0},
	{"primed_share",      "share",        KS_COLUMN_SHARE,  80, 0},
	{"tree",              NULL,           KS_COLUMN_TEXT,   99, 0},
	{"depth",             "labels",       KS_COLUMN_PLAIN,  98, 0},
	{"ds_queries",        "DS",           KS_COLUMN_COUNT,  89, 0},
	{"alarm",             NULL,           KS_COLUMN_TEXT,   96, 0},
	{"plain_before",      "without CD",   KS_COLUMN_COUNT,  80, 0},
	{"cd_queries",        "with CD",      KS_COLUMN_COUNT,  82, 0},
	{"cd_share",          "share since",  KS_COLUMN_SHARE,  78, 0},
	{"retries",           "after SERVFAIL", KS_COLUMN_COUNT, 84, 0},
	{"fits",              NULL,           KS_COLUMN_BOOL,   90, 0},

	/* one query on the wire */
	{"id",                NULL,           KS_COLUMN_PLAIN,  35, 0},
	{"sport",             "port",         KS_COLUMN_PLAIN,  36, 0},
	{"proto",             NULL,           KS_COLUMN_TEXT,   50, 0},
	{"flags",             NULL,           KS_COLUMN_TEXT,   45, 0},
	{"edns_size",         "edns",         KS_COLUMN_PLAIN,  40, 0},
	{"rcode",             NULL,           KS_COLUMN_TEXT,   70, 0},
	{"tc",                NULL,           KS_COLUMN_BOOL,   55, 0},
	{"requery",           NULL,           KS_COLUMN_TEXT,   94, 0},

	/* computed */
	{"saturated",         NULL,           KS_COLUMN_BOOL,   50, 0},
	{"quantity",          NULL,           KS_COLUMN_TEXT,   95, 0},
	{"unit",              NULL,           KS_COLUMN_TEXT,   91, 0},
	{"a",                 "A",            KS_COLUMN_AUTO,   94, 0},
	{"b",                 "B",            KS_COLUMN_AUTO,   93, 0},
	{"ratio",             "B/A",          KS_COLUMN_RATE,   92, 0},
	{"ratio_lo",          "from",         KS_COLUMN_RATE,   90, 0},
	{"ratio_hi",          "to",           KS_COLUMN_RATE,   90, 0},

	/* names whose suffix would mislead */
	{"ratio_to_ttl",      "validity/TTL", KS_COLUMN_RATE,   50, 0},
	{"tag",               NULL,           KS_COLUMN_PLAIN,  92, 0},
	{"signer_tag",        "signer",       KS_COLUMN_PLAIN,  87, 0},
	{"algorithm",         NULL,           KS_COLUMN_PLAIN,  50, 0},
	{"soa_serial",        NULL,           KS_COLUMN_PLAIN,  50, 0},
};

static const struct {
	const char *suffix;
	enum ks_column_kind kind;
} suffixes[] = {
	{"_bps", KS_COLUMN_BPS},      {"_qps", KS_COLUMN_RATE},   {"_pps", KS_COLUMN_RATE},
	{"_db", KS_COLUMN_RATE},      {"_bytes", KS_COLUMN_BYTES}, {"_ms", KS_COLUMN_SPAN_MS},
	{"_s", KS_COLUMN_SPAN_S},     {"_share", KS_COLUMN_SHARE}, {"_ratio", KS_COLUMN_RATE},
	{"_queries", KS_COLUMN_COUNT}, {"_responses", KS_COLUMN_COUNT},
};
/* clang-format on */

static bool
ends_with(const char *text, const char *suffix)
{
	size_t n = strlen(text), n_suffix = strlen(suffix);
	return n >= n_suffix && strcmp(text + n - n_suffix, suffix) == 0;
}

struct ks_column
ks_column_of(const char *name)
{
	for (size_t i = 0; i < KS_COUNT(known); i++)
		if (strcmp(known[i].name, name) == 0) {
			struct ks_column column = known[i];
			if (column.title == NULL)
				column.title = column.name;
			return column;
		}
	struct ks_column column = {.name = name, .title = name, .kind = KS_COLUMN_AUTO, .priority = 50};
	for (size_t i = 0; i < KS_COUNT(suffixes); i++)
		if (ends_with(name, suffixes[i].suffix)) {
			column.kind = suffixes[i].kind;
			break;
		}
	return column;
}

/* Judgements and warnings. `word`: only this one; NULL: any text, a number above 0, a yes. */
static const struct {
	const char *name, *word;
} told[] = {
	{"warning", NULL},
	{"why", NULL},
	{"verdict", NULL},
	{"trigger", NULL},
	{"repair", NULL},
	{"alarm", NULL},
	{"level", NULL},
	{"problem", NULL},
	{"result", NULL},
	{"link", NULL},
	{"state", NULL},
	{"verified", NULL},
	{"event", NULL},
	{"phase", NULL},
	{"flood", NULL},
	{"lacks_current", NULL},
	{"seen_expired", NULL},
	{"zone_local", NULL},
	{"flow", NULL},
	{"rfc9520", "violates"},
	{"heavy", NULL},
	{"recovered_by", NULL},
	{"met", NULL},
	{"higher_than_before", NULL},
	{"fits", NULL},

	{"uplift_is_lower_bound", NULL},
};

bool
ks_column_is_told(const char *name, const struct ks_value *value)
{
	size_t i = 0;
	while (i < KS_COUNT(told) && strcmp(told[i].name, name) != 0)
		i++;
	if (i == KS_COUNT(told))
		return false;
	if (value->type != KS_VALUE_TEXT)
		return ks_column_number(value, 0) > 0;
	return value->n_text > 0 &&
	       (told[i].word == NULL || (value->n_text == strlen(told[i].word) &&
					 memcmp(value->text, told[i].word, value->n_text) == 0));
}
