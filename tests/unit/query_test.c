/* SPDX-License-Identifier: BSD-2-Clause */
#include "store_feed.h"

TestSuite(query, .fini = sweep);

static struct ks_query
from_source(const char *prefix)
{
	struct ks_query query = {.has_source = true};
	cr_assert(ks_addr_parse_prefix(prefix, &query.source, &query.source_bits));
	return query;
}

/* --- what each report says of the capture above, checked by hand --- */

struct expectation {
	const char *what, *report;
	struct ks_query query;
	const char *source, *rows;
};

#define DASHES4 "-|-|-|-"
#define FIRST_LAST_A "2026-11-21T22:47:00.123456Z|2026-11-21T22:47:40.123456Z"
#define SOURCE_A                                                                                             \
	A "|210|200|200|0.952381|0.956522|dnskey-heavy,rrsig-heavy|5880|230000|" FIRST_LAST_A "|0|39.1156\n"
#define FIRST_LAST_A4 FIRST_LAST_A "|186|" DASHES4 "\n"
#define SOURCE_C                                                                                             \
	C6 "|90|120|30|0.333333|0.909091|rrsig-heavy|2520|44000|2026-11-21T22:47:02.000000Z|2026-11-21T22:"  \
	   "47:12.000000Z|0|17.4603\n"
#define SOURCE_B                                                                                             \
	B "|60|60|1|0.0166667|0.1|background|1680|30000|2026-11-21T22:47:01.000000Z|2026-11-21T22:47:39."    \
	  "000000Z|0|17.8571\n"
#define SOURCE_D                                                                                             \
	D "|60|0|0|0|-|background|1680|0|2026-11-21T22:47:30.000000Z|2026-11-21T22:47:39.000000Z|0|0\n"
#define HITTER_A                                                                                             \
	"1|" A "|.|1|198|3|1|0.857143|0.857143|150|30|6|4|0.953846|" DASHES4                                 \
	"|198000|-|-|undetermined|" FIRST_LAST_A "|186|" DASHES4 "\n"
#define HITTER_C                                                                                             \
	"2|" C6 "|example.com.|0|30|0|1|0.12987|0.987013|0|0|0|0|0|" DASHES4                                 \
	"|9000|-|-|healthy|2026-11-21T22:47:10.000000Z|2026-11-21T22:47:12.000000Z|0|" DASHES4 "\n"
#define HITTER_HOSTILE                                                                                       \
	"3|" A "|" HOSTILE_TEXT "|0|1|0|1|0.004329|0.991342|0|0|0|0|0|" DASHES4                              \
	"|0|-|-|healthy|2026-11-21T22:47:07.000000Z|2026-11-21T22:47:07.000000Z|0|" DASHES4 "\n"
#define HITTER_B                                                                                             \
	"4|" B "|.|0|1|0|1|0.004329|0.995671|0|0|0|0|0|" DASHES4                                             \
	"|1000|-|-|healthy|2026-11-21T22:47:05.000000Z|2026-11-21T22:47:05.000000Z|0|" DASHES4 "\n"
#define SEQUENCE_0                                                                                           \
	"2026-11-21T22:47:00.123456Z|-|" S1                                                                  \
	"|7|5353|udp|CD DO|1232|.|DNSKEY|2026-11-21T22:47:00.143456Z|1139|NOERROR|0|first\n"
#define SEQUENCE_1                                                                                           \
	"2026-11-21T22:47:00.263501Z|140.045|" S1 "|65535|1024|tcp|QR AA TC RD RA AD CD|-|" HOSTILE_TEXT     \
	"|TYPE65280|-|-|-|-|hot\n"
#define SEQUENCE_2                                                                                           \
	"2026-11-21T22:47:03.263501Z|3000|" S2                                                               \
	"|0|0|udp|RD|-|-|TYPE0|2026-11-21T22:47:03.300000Z|12|4095|1|-\n"
#define NOT_GRADED "|-|-|-|1|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-\n"
#define STORM_EXAMPLE "example.com.|-|-|3|0|-|-|-|-|-|1|-|-|-|-|-|-|-|-|1" NOT_GRADED
#define STORM_ROOT                                                                                           \
	".|2026-11-21T22:47:10Z|2026-11-21T22:47:30Z|9|0.4|18.75|12.5|28|3|0.75|1|30|1.5|1.25|-|-|-|-|-|0|"  \
	"7.5|20|1|0|-|-|-|-|1|step|10|first-quarter|19|1.5|2026-11-21T22:47:00Z|1|2|2|1.5|2.5|864|43200|"    \
	"51840|53520|55800|-|-|-|-|-|-|-|-\n"

/* clang-format off */
static const struct expectation expectations[] = {
	{"summary", "summary", {0}, NULL,
	 "2|1000|800|420|380|4|2|231|0.55|2|1|1|undetermined|-|2027-01-11 root KSK 20326 revoked (planned)|-\n"},
	{"totals", "totals", {0}, NULL, "1000|800|420|380|790|10|700|100|300|2|1|4|3|11760|304000\n"},
	{"quality: packets, verdicts, notices, inputs; zero only where it tells", "quality", {0}, NULL,
	 "packets|1000|packets read|total\n"
	 "dns|800|carried DNS|packet\n"
	 "not_dns|0|other traffic|packet\n"
	 "fragments_pending|0|never whole|packet\n"
	 "dns_cut|200|capture with -s 0|packet\n"
	 "sources_dropped|4|more memory keeps them|loss\n"
	 "input|7|b.pcap: ends in packet 7|input\n"},
	{"traffic: wire, DNS and IP bits; a silent bin is 0", "traffic", {0}, NULL,
	 "2026-11-21T22:47:00Z|6000|40800|10|5|1008|7200|4800|40000|-|10\n"
	 "2026-11-21T22:47:10Z|6000|40800|10|5|2822.4|64800|4800|40000|-|10\n"
	 "2026-11-21T22:47:20Z|6000|40800|10|5|3360|84000|4800|40000|-|10\n"
	 "2026-11-21T22:47:30Z|0|0|0|0|0|0|0|0|-|10\n"
	 "2026-11-21T22:47:40Z|6120|40800|10.2|5|2297.6|43992|4896|40000|-|10\n"},
	{"traffic of one server", "traffic", {.has_server = true, .limit = 2}, S2,
	 "2026-11-21T22:47:00Z|0|0|0|0|0|0|0|0|-|10\n"
	 "2026-11-21T22:47:10Z|0|0|0|0|0|0|0|0|-|10\n"},
	{"traffic in wider bins", "traffic", {.step_s = 20, .limit = 1}, NULL,
	 "2026-11-21T22:47:00Z|6000|40800|10|5|1915.2|36000|4800|40000|-|20\n"},
	{"traffic as one row: rates over the 40 s of the capture", "traffic", {.step_s = -1}, NULL,
	 "2026-11-21T22:47:00Z|6030|40800|10.05|5|2372|49998|4824|40000|-|-\n"},
	{"traffic from 10 s to 20 s as one row", "traffic", {.step_s = -1, .has_from = true, .from_ns = NS(10), .has_to = true, .to_ns = NS(20)}, NULL,
	 "2026-11-21T22:47:10Z|6000|40800|10|5|2822.4|64800|4800|40000|-|-\n"},
	{"traffic from 20 s up to 40 s", "traffic", {.has_from = true, .from_ns = NS(20), .has_to = true, .to_ns = NS(40)}, NULL,
	 "2026-11-21T22:47:20Z|6000|40800|10|5|3360|84000|4800|40000|-|10\n"
	 "2026-11-21T22:47:30Z|0|0|0|0|0|0|0|0|-|10\n"},
	{"traffic after the capture: nothing", "traffic", {.has_from = true, .from_ns = NS(1000)}, NULL, ""},
	{"traffic after the capture as one row: nothing", "traffic", {.step_s = -1, .has_from = true, .from_ns = NS(1000)}, NULL, ""},
	{"busiest bin", "traffic", {.by = "in_dns_bps", .limit = 1}, NULL,
	 "2026-11-21T22:47:20Z|6000|40800|10|5|3360|84000|4800|40000|-|10\n"},
	{"qtypes: (51.5 of 49.75 more queries a bin are DNSKEY)", "qtypes", {.limit = 3}, NULL,
	 "2026-11-21T22:47:00Z|NS|40|40|4|1120|4000|-0.0552764|10\n"
	 "2026-11-21T22:47:00Z|DNSKEY|5|5|0.5|140|5000|1.03518|10\n"
	 "2026-11-21T22:47:10Z|DNSKEY|76|76|7.6|2128|76000|1.03518|10\n"},
	{"qtypes as one row per type; words for unknown, other and none", "qtypes", {.step_s = -1}, NULL,
	 "2026-11-21T22:47:00Z|DNSKEY|231|231|5.775|6468|231000|1.03518|-\n"
	 "2026-11-21T22:47:00Z|NS|189|189|4.725|5292|18900|-0.0552764|-\n"
	 "2026-11-21T22:47:00Z|other|2|1|0.05|60|90|0.0100503|-\n"
	 "2026-11-21T22:47:00Z|TYPE0|1|0|0.025|12|0|0.00502513|-\n"
	 "2026-11-21T22:47:00Z|TYPE65280|1|0|0.025|28|0|0.00502513|-\n"},
	{"qtypes of one server", "qtypes", {.has_server = true}, S2,
	 "2026-11-21T22:47:40Z|TYPE0|1|0|0.1|12|0|0.5|10\n"
	 "2026-11-21T22:47:40Z|TYPE65280|1|0|0.1|28|0|0.5|10\n"},
	{"qtypes of three bins: no quarter, no growth", "qtypes", {.has_from = true, .from_ns = NS(20), .limit = 1}, NULL,
	 "2026-11-21T22:47:20Z|DNSKEY|100|100|10|2800|100000|-|10\n"},
	{"sources", "sources", {0}, NULL, SOURCE_A SOURCE_C SOURCE_B SOURCE_D},
	{"sources by share, unknown last", "sources", {.by = "rrsig_bytes_share"}, NULL, SOURCE_A SOURCE_C SOURCE_B SOURCE_D},
	{"sources by their answers", "sources", {.by = "responses"}, NULL, SOURCE_A SOURCE_C SOURCE_B SOURCE_D},
	{"sources of an IPv4 prefix", "sources", {.has_source = true}, "198.51.100.0/24", SOURCE_A SOURCE_B},
	{"sources of all IPv4", "sources", {.has_source = true, .limit = 2}, "0.0.0.0/0", SOURCE_A SOURCE_B},
	{"sources of an IPv6 prefix", "sources", {.has_source = true}, "2001:db8:4::/47", SOURCE_C},
	{"sources of an IPv6 prefix that just misses", "sources", {.has_source = true}, "2001:db8:6::/47", ""},
	{"sources active after 39.5 s", "sources", {.has_from = true, .from_ns = NS(39) + 500000000}, NULL, SOURCE_A},
	{"sources active before 1 s", "sources", {.has_to = true, .to_ns = NS(1)}, NULL, SOURCE_A},
	{"hitters", "hitters", {0}, NULL, HITTER_A HITTER_C HITTER_HOSTILE HITTER_B},
	{"a limit changes no running share", "hitters", {.limit = 1}, NULL, HITTER_A},
	{"a filter changes no rank", "hitters", {.zone = "Example.COM"}, NULL, HITTER_C},
	{"zone with final dot", "hitters", {.zone = "example.com."}, NULL, HITTER_C},
	{"zone written in escapes", "hitters", {.zone = "\\101"  "\\000"}, NULL, ""},
	{"hostile zone by its own text", "hitters", {.zone = HOSTILE_TEXT}, NULL, HITTER_HOSTILE},
	{"the root zone", "hitters", {.zone = "."}, NULL, HITTER_A HITTER_B},
	{"one source", "hitters", {.has_source = true}, A, HITTER_A HITTER_HOSTILE},
	{"sequence", "sequence", {.has_source = true}, A, SEQUENCE_0 SEQUENCE_1 SEQUENCE_2},
	{"sequence of one name", "sequence", {.has_source = true, .zone = "."}, A, SEQUENCE_0},
	{"sequence at one server", "sequence", {.has_source = true, .has_server = true}, A, SEQUENCE_0 SEQUENCE_1},
	{"sequence from 3 s: the step before stays known", "sequence", {.has_source = true, .has_from = true, .from_ns = NS(3)}, A, SEQUENCE_2},
	{"sequence of nobody", "sequence", {.has_source = true}, D, ""},
	{"storms", "storms", {0}, NULL, STORM_EXAMPLE STORM_ROOT},
	{"storms that one server saw", "storms", {.has_server = true}, S1,
	 ".|2026-11-21T22:47:10Z|2026-11-21T22:47:30Z|5|0.2|-|20|-|-|-|-|30|1.5|1.25|-|-|-|-|-|1|4|20|-|0|-|-|-|-|1|step|"
	 "10|first-quarter|19|1.5|2026-11-21T22:47:00Z|1|2|2|1.5|2.5|864|43200|51840|53520|55800|" S1 "|-|-|-|-|-|-|-\n"},
	{"storms that another server saw, of no zone's", "storms", {.has_server = true, .by = "uplift"}, S2,
	 "-|2026-11-21T22:47:10Z|2026-11-21T22:47:30Z|5|0.2|20|12.5|28|-|-|-|30|1.5|1.25|-|-|-|-|-|0|4|20|-|0|-|-|-|-|1|"
	 "step|10|first-quarter|19|1.5|2026-11-21T22:47:00Z|1|2|2|1.5|2.5|864|43200|51840|53520|55800|" S2 "|-|-|-|-|-|-|-\n"},
	{"storms of a zone", "storms", {.zone = "."}, NULL, STORM_ROOT},
	{"storms by uplift", "storms", {.by = "uplift"}, NULL, STORM_ROOT STORM_EXAMPLE},
	{"storms over by 30 s", "storms", {.has_from = true, .from_ns = NS(30)}, NULL, STORM_EXAMPLE},
	{"offenders without a fingerprint on record", "fingerprints", {0}, NULL, "-|1|198|1|" A "|1|1\n"},
	{"amplification over UDP; no IP sizes, no factor", "amplification", {.limit = 2}, NULL,
	 "DNSKEY|231|231|6468|231000|35.7143|-|-\n"
	 "NS|189|189|5292|18900|3.57143|-|-\n"},
	{"storms begun before 10 s", "storms", {.has_to = true, .to_ns = NS(10)}, NULL, STORM_EXAMPLE},
};
/* clang-format on */

/* `source` is the prefix for --source, or else the address for --server. */
static struct ks_query
query_of(const struct expectation *row)
{
	struct ks_query query = row->query;
	if (query.has_source)
		cr_assert(ks_addr_parse_prefix(row->source, &query.source, &query.source_bits));
	else if (query.has_server)
		query.server = addr(row->source);
	if (query.has_source && query.has_server)
		query.server = addr(S1);
	return query;
}

Test(query, says_what_the_facts_say)
{
	ks_store_close(filled());
	struct ks_store *const store = open_read(scratch("full.db"));
	for (size_t i = 0; i < KS_COUNT(expectations); i++) {
		const struct expectation *const row = &expectations[i];
		const struct ks_query query = query_of(row);
		char *const got = rows_text(store, row->report, &query);
		cr_expect(strcmp(got, row->rows) == 0, "%s:\n%swanted\n%s", row->what, got, row->rows);
		free(got);
	}
	ks_store_close(store);
}

Test(query, ranks_anew_by_another_column)
{
	struct ks_store *const store = filled();
	char *const got = rows_text(store, "hitters", &(struct ks_query){.by = "err", .limit = 2});
	cr_assert(strncmp(got, HITTER_A, strlen(HITTER_A)) == 0, "%s", got);
	char *const low =
		rows_text(store, "hitters", &(struct ks_query){.by = "response_bytes", .limit = -1});
	/* B has 1000 response octets, the hostile zone none: they change places, and the running shares with
	 * them. */
	const char *const b = strstr(low, "3|" B "|.|0|1|0|1|0.004329|0.991342|");
	const char *const hostile = strstr(low, "4|" A "|" HOSTILE_TEXT "|0|1|0|1|0.004329|0.995671|");
	cr_assert(b != NULL && hostile != NULL && b < hostile, "%s", low);
	free(got);
	free(low);
	ks_store_close(store);
}

/* --- the views, as any SQLite shell sees them --- */

static const char *const reports[] = {
	"summary",     "totals",     "quality",   "traffic",   "qtypes",       "sources",
	"clients",     "hitters",    "sequence",  "storms",    "fingerprints", "amplification",
	"nxdomain",    "anchors",    "errors",    "habits",    "starts",       "priming",
	"depth",       "cd",         "lookaside", "rollovers", "audit",        "signatures",
	"consistency", "exhaustion", "keys",      "chain",     "denial",       "growth"};

static char *
view_text(const char *path, const char *report, int skip)
{
	const size_t cap = 1 << 20;
	char *const ret = calloc(1, cap);
	size_t n = 0;
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char sql[64];
	(void)snprintf(sql, sizeof(sql), "SELECT * FROM v_%s", report);
	cr_assert(eq(int, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK));
	cr_assert(eq(int, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK), "%s", sqlite3_errmsg(db));
	const int columns = sqlite3_column_count(stmt);
	for (int i = skip; i < columns; i++)
		n += (size_t)snprintf(ret + n, cap - n, "%s%c", sqlite3_column_name(stmt, i),
				      i + 1 < columns ? '|' : '\n');
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = skip; i < columns; i++) {
			if (sqlite3_column_type(stmt, i) == SQLITE_FLOAT)
				n += (size_t)snprintf(ret + n, cap - n, "%.6g",
						      sqlite3_column_double(stmt, i));
			else if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
				n += (size_t)snprintf(ret + n, cap - n, "-");
			else
				n += (size_t)snprintf(ret + n, cap - n, "%s",
						      (const char *)sqlite3_column_text(stmt, i));
			ret[n++] = i + 1 < columns ? '|' : '\n';
		}
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return ret;
}

static char *
named_rows_text(struct ks_store *store, const char *report)
{
	struct ks_query query = strcmp(report, "sequence") == 0 ? from_source("::/0") : (struct ks_query){0};
	query.limit = -1;
	struct ks_rows *rows = NULL;
	struct ks_diag diag = {0};
	SUCCEED(ks_rows_open(store, report, &query, &rows, &diag), diag);
	char *const body = rows_text(store, report, &query);
	char *ret = NULL;
	char head[1024];
	size_t n = 0;
	for (size_t i = 0; i < ks_rows_columns(rows); i++)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "%s%c", ks_rows_column(rows, i),
				      i + 1 < ks_rows_columns(rows) ? '|' : '\n');
	ks_rows_close(rows);
	cr_assert(asprintf(&ret, "%s%s", head, body) > 0);
	free(body);
	return ret;
}

Test(query, views_equal_reports)
{
	const char *const path = scratch("full.db");
	struct ks_store *const store = filled();
	for (size_t i = 0; i < KS_COUNT(reports); i++) {
		char *const ours = named_rows_text(store, reports[i]);
		char *const view = view_text(path, reports[i], strcmp(reports[i], "sequence") == 0);
		cr_expect(strcmp(ours, view) == 0, "%s:\n%sview\n%s", reports[i], ours, view);
		free(ours);
		free(view);
	}
	ks_store_close(store);
}

/* The contract that users script against: SPEC section 6, word for word. */
Test(query, column_names_are_fixed)
{
	static const struct {
		const char *report, *columns;
	} contract[] = {
		{"summary", "files|packets|dns_messages|queries|responses|sources|zones|dnskey_queries|"
			    "dnskey_share|storms|"
			    "offenders|heavy_hitters|verdict|lead_db|next_milestone"},
		{"totals", "packets|dns_messages|queries|responses|udp|tcp|ipv4|ipv6|do_queries|tc_responses|"
			   "icmp_quoted|sources|"
			   "malformed|query_bytes|response_bytes"},
		{"quality", "counter|value|note"},
		{"traffic", "t|in_bps|out_bps|in_pps|out_pps"},
		{"qtypes", "t|qtype|queries|responses|qps|query_bytes|response_bytes|share_of_increase"},
		{"sources",
		 "source|queries|responses|dnskey_queries|dnskey_share|rrsig_bytes_share|flow|query_bytes|"
		 "response_bytes|first|last|err|baf"},
		{"hitters",
		 "rank|source|zone|heavy|queries|err|guaranteed|share|cum_share|hot|warm|cool|"
		 "refresh|rr|memory_class|"
		 "sci|spray|median_gap_ms|response_bytes|tags|fingerprint|verdict|first|last|requeries|"
		 "min_search_interval_s|rfc9520|min_caches|zone_local"},
		{"habits", "source|zone|queries|bursts|failing_bursts|memory_class|max_waiting|halted_share|"
			   "min_search_interval_s|rfc9520|zone_local|dnskey_per_query|demand_slope|"
			   "demand_correlation|last_requery|recovered|recovered_by|returned_s"},
		{"starts",
		 "t|source|zone|kind|silence_s|queries|servers|zone_servers|length_ms|sweeps|primed"},
		{"priming", "source|priming_queries|primed_queries|primed_share"},
		{"depth", "tree|depth|zones|dnskey_queries|ds_queries|share|requeries"},
		{"cd", "source|alarm|queries|plain_before|cd_queries|cd_share|retries|first|last"},
		{"lookaside", "qname|zone|queries|responses|tags|fits|first|last"},
		{"sequence", "t|dt_ms|server|id|sport|proto|flags|edns_size|qname|qtype|response_t|response_"
			     "bytes|rcode|tc|requery"},
		{"anchors", "zone|source|tags|via|last|lacks_current|dnskey_queries"},
		{"errors", "kind|code|meaning|zone|qtype|count|first|last"},
		{"signatures",
		 "zone|type|signer_tag|algorithm|inception|expiration|remaining_s|ratio_to_ttl|state|"
		 "verified"},
		{"consistency", "zone|server|nsid|dnskey_hash|signers|soa_serial|from|to"},
		{"exhaustion", "zone|problem|count|threshold|responses|server|first|last"},
		{"keys", "zone|tag|algorithm|key|role|sep|revoked|signs|has_ds|bits|exponent|warning|first|"
			 "last|responses"},
		{"chain", "zone|link|ds|denied_by|signed|warning|servers|parent_last|last"},
		{"denial", "zone|denial|level|hash_algorithm|iterations|salt_bytes|salt|opt_out_share|"
			   "warning|records|first|last"},
		{"rollovers", "zone|t|event|algorithm|tag|key|server|nsid|phase|warning|source|t_before|t_"
			      "all|servers|method|"
			      "detail"},
		{"rollover-series",
		 "zone|t|dnskey_qps|all_qps|response_bps|requery_ratio|new_offenders|event"},
		{"audit", "question|result|evidence|zones|zones_wrong"},
		{"storms", "zone|start|end|peak_qps|base_qps|uplift|uplift_lo|uplift_hi|severity|byte_share|"
			   "sources|half_life_s|"
			   "residual|residual_lo|residual_hi|trigger|lag_s|verdict|lead_db"},
		{"growth",
		 "zone|number|start|uplift|uplift_lo|uplift_hi|uplift_is_lower_bound|apart_s|growth"},
		{"diagnosis", "zone|source|hypothesis|evidence|value|weight_db|sum_db|rank"},
		{"conditions", "zone|source|condition|met|count|of|note"},
		{"resolver", "question|result|zone|value|count|of|since|note"},
		{"fingerprints", "fingerprint|sources|queries|share|example|zones|min_caches"},
		{"nxdomain", "parent|nxdomain|responses|share|distinct_labels|distinct_ratio|flood|sources"},
		{"amplification", "qtype|queries|responses|query_bytes|response_bytes|baf|baf_ip|source"},
		{"clients", "day|v4|v6|v6_64|exact|standard_error"},
	};
	struct ks_store *const store = filled();
	for (size_t i = 0; i < KS_COUNT(contract); i++) {
		char *const rows = named_rows_text(store, contract[i].report);
		const size_t n = strlen(contract[i].columns);
		cr_expect(strncmp(rows, contract[i].columns, n) == 0 && (rows[n] == '|' || rows[n] == '\n'),
			  "%s: %.400s", contract[i].report, rows);
		free(rows);
	}
	ks_store_close(store);
}

/* --- several runs --- */

Test(query, two_runs_add_up)
{
	struct ks_store *const store = open_write(scratch("two.db"));
	send_all(store, 1);
	send_all(store, 2);
	char *got = rows_text(store, "totals", &(struct ks_query){0});
	text_is(got, "2000|1600|840|760|1580|20|1400|200|600|4|2|4|6|23520|608000\n");
	free(got);
	got = rows_text(store, "sources", &(struct ks_query){.limit = 1});
	text_is(got, A "|420|400|400|0.952381|0.956522|-|11760|460000|" FIRST_LAST_A "|0|39.1156\n");
	free(got);
	got = rows_text(store, "hitters", &(struct ks_query){.limit = 1});
	text_is(got, "1|" A "|.|1|396|6|1|0.857143|0.857143|300|60|12|8|0.953846|" DASHES4
		     "|396000|-|-|-|" FIRST_LAST_A "|372|" DASHES4 "\n");
	free(got);
	got = rows_text(store, "traffic", &(struct ks_query){.limit = 1});
	text_is(got, "2026-11-21T22:47:00Z|12000|81600|20|10|2016|14400|9600|80000|-|10\n");
	free(got);
	ks_store_close(store);
}

static void
send_other_width(struct ks_store *store)
{
	struct ks_fact_run run = {.set_hash = {9},
				  .tool_version = "1.2.3",
				  .sensor = "",
				  .vantage = 'R',
				  .bin_s = 60,
				  .time_digits = 9,
				  .first_ns = NS(0) + 1,
				  .last_ns = NS(600),
				  .queries_only = true};
	struct ks_diag diag = {0};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	SEND(store, input, .path = "c.pcap", .container = "pcap", .state = "whole", .note = "", .hash = {9},
	     .packets = 1);
	SEND(store, bin, .t_s = T0 + 540, .server = addr(S1), .qtype = 48, .queries = 6);
	SEND(store, traffic, .t_s = T0, .server = addr(S1), .in_packets = 60);
	SEND(store, traffic, .t_s = T0 + 540, .server = addr(S1), .in_packets = 60);
	SEND(store, zone, .name = ROOT, .dnskey_queries = 6);
	SEND(store, flow, .zone = 0, .source = addr(D), .queries = 6, .cls = {[KS_RQ_NONE] = 6},
	     .first_ns = NS(0) + 1, .last_ns = NS(600));
	send_end(store);
}

/* One run saw queries only: what is not known must stay so. */
static void
make_two(const char *path)
{
	struct ks_store *const store = open_write(path);
	send_all(store, 1);
	send_other_width(store);
	judge(store);
	ks_store_close(store);
}

Test(query, sums_that_reports_share_change_no_row)
{
	const char *const path = scratch("shared.db");
	make_two(path);
	struct ks_store *const alone = open_read(path), *const shared = open_read(path);
	struct ks_diag diag = {0};
	SUCCEED(ks_store_share(shared, KS_SHARE_SUMMARY, &diag), diag);
	SUCCEED(ks_store_share(shared, KS_SHARE_ALL, &diag), diag);
	SUCCEED(ks_store_share(shared, KS_SHARE_SUMMARY, &diag), diag);
	for (size_t i = 0; i < KS_COUNT(reports) + 2; i++) {
		static const char *const parts[] = {"foremost", "key-rate"};
		const char *const name = i < KS_COUNT(reports) ? reports[i] : parts[i - KS_COUNT(reports)];
		char *const want = named_rows_text(alone, name);
		char *const got = named_rows_text(shared, name);
		cr_expect(strcmp(got, want) == 0, "%s:\n%sshared\n%s", name, want, got);
		free(want);
		free(got);
	}
	ks_store_close(alone);
	ks_store_close(shared);
}

Test(query, sums_are_shared_at_a_snapshot_only)
{
	const char *const path = scratch("grows.db");
	struct ks_store *const store = open_write(path);
	struct ks_diag diag = {0};
	send_all(store, 1);
	send_all(store, 2);
	SUCCEED(ks_store_share(store, KS_SHARE_ALL, &diag), diag);
	send_all(store, 3);
	char *const got = rows_text(store, "hitters", &(struct ks_query){.limit = 1});
	cr_expect(strncmp(got, "1|" A "|.|1|594|", strlen("1|" A "|.|1|594|")) == 0, "%s", got);
	free(got);
	ks_store_close(store);
}

Test(query, folds_bins_into_the_widest)
{
	struct ks_store *const store = open_write(scratch("fold.db"));
	send_all(store, 1);
	send_other_width(store);
	/* 452 packets towards the servers in the first minute, then silence, then 60. */
	char *const got = rows_text(store, "traffic", &(struct ks_query){.limit = 2});
	text_is(got, "2026-11-21T22:47:00Z|4020|27200|7.7|3.33333|1581.33|33332|3216|26666.7|-|60\n"
		     "2026-11-21T22:48:00Z|0|0|0|0|0|0|0|0|-|60\n");
	free(got);
	struct ks_rows *rows = NULL;
	struct ks_diag diag = {0};
	cr_expect(eq(int, ks_rows_open(store, "traffic", &(struct ks_query){.step_s = 90}, &rows, &diag),
		     KS_ERR_USAGE));
	text_is(diag.text, "--step 90 is no multiple of the stored bin of 60 s");
	ks_store_close(store);
}

/* --- anchors, errors --- */

#define TAGS(literal)                                                                                        \
	{                                                                                                    \
		(const uint8_t *)(literal), sizeof(literal) - 1                                              \
	}

/* The root is signed by 20326, example.com by nobody that was seen. Old and new keys of the root: 38696 is
 * there but does not sign, 19036 signed before and is revoked now, 11112 is the ZSK. */
static void
send_keys(struct ks_store *store, int64_t last_ns)
{
	static const struct ks_fact_zone_key keys[] = {
		{.tag = 20326, .flags = 257, .algorithm = 8, .signs = true},
		{.tag = 38696, .flags = 257, .algorithm = 8},
		{.tag = 19164, .flags = 385, .algorithm = 8, .signs = true},
		{.tag = 11112, .flags = 256, .algorithm = 8, .signs = true},
		{.tag = 19036, .flags = 257, .algorithm = 8, .signs = true, .first_ns = -10},
	};
	for (size_t i = 0; i < KS_COUNT(keys); i++) {
		struct ks_fact_zone_key key = keys[i];
		key.last_ns = last_ns + key.first_ns;
		key.first_ns = NS(0);
		SEND(store, zone_key, .zone = 0, .tag = key.tag, .flags = key.flags,
		     .algorithm = key.algorithm, .signs = key.signs, .first_ns = key.first_ns,
		     .last_ns = key.last_ns);
	}
}

static void
send_signals(struct ks_store *store)
{
	static const struct {
		const char *source;
		struct ks_span tags;
		enum ks_signal_via via;
		uint64_t queries, forwarded;
		int at;
	} signals[] = {
		{A, TAGS("19036"), KS_VIA_QNAME, 3, 0, 20},
		{B, TAGS("19036 20326"), KS_VIA_OPTION, 1, 0, 5},
		{B, TAGS("2032"), KS_VIA_QNAME, 2, 2, 9}, /* no key's tag, but its beginning */
		{C6, TAGS("38696"), KS_VIA_QNAME, 1, 1, 7},
		{D, TAGS("19036"), KS_VIA_SENTINEL_IS, 4, 0, 8},
		{D, TAGS("19036"), KS_VIA_SENTINEL_NOT, 5, 0, 9},
	};
	for (size_t i = 0; i < KS_COUNT(signals); i++)
		SEND(store, ta_signal, .source = addr(signals[i].source), .zone = ROOT,
		     .tags = signals[i].tags, .via = signals[i].via, .queries = signals[i].queries,
		     .forwarded = signals[i].forwarded, .first_ns = NS(1), .last_ns = NS(signals[i].at));
	SEND(store, ta_signal, .source = addr(C6), .zone = EXAMPLE, .tags = TAGS("7"), .via = KS_VIA_QNAME,
	     .queries = 1, .first_ns = NS(2), .last_ns = NS(2));
	SEND(store, ta_signal, .source = addr(C6), .zone = HOSTILE, .tags = TAGS("7"), .via = KS_VIA_QNAME,
	     .queries = 1, .first_ns = NS(2), .last_ns = NS(2));
}

static void
send_failures(struct ks_store *store)
{
	static const struct ks_fact_failure failures[] = {
		{.code = 6, .qtype = 1, .name = {(const uint8_t *)"\3www\7example\3com", 17}, .count = 4},
		{.code = 6, .qtype = 1, .name = {(const uint8_t *)"\1a\7example\3com", 15}, .count = 5},
		{.code = 9, .qtype = 48, .name = {(const uint8_t *)"", 1}, .count = 3},
		{.code = 31, .qtype = 65280, .count = 2}, /* no question, no name */
		{.report = true,
		 .code = 49152,
		 .qtype = 28,
		 .name = {(const uint8_t *)"\3new", 5},
		 .count = 1},
	};
	for (size_t i = 0; i < KS_COUNT(failures); i++) {
		struct ks_fact_failure failure = failures[i];
		if (failure.code == 6)
			failure.zone = EXAMPLE;
		failure.first_ns = NS((int64_t)i);
		failure.last_ns = NS(20 + (int64_t)i);
		struct ks_diag diag = {0};
		struct ks_sink *const sink = ks_store_sink(store);
		SUCCEED(sink->ops->failure(sink, &failure, &diag), diag);
	}
}

static struct ks_store *
signalling(void)
{
	struct ks_store *const store = open_write(scratch("signals.db"));
	send_run(store, 1);
	send_input(store, "a.pcap", 1, 1000);
	send_sources(store);
	send_zones(store);
	send_keys(store, NS(30));
	send_signals(store);
	send_failures(store);
	send_end(store);
	return store;
}

#define AT(seconds) "2026-11-21T22:47:" seconds ".000000Z"

Test(query, anchors_tell_who_lacks_the_current_key)
{
	struct ks_store *const store = signalling();
	char *got = rows_text(store, "anchors", &(struct ks_query){0});
	text_is(got,
		HOSTILE_TEXT "|" C6 "|7|qname|" AT("02") "|-|0|" AT(
			"02") "|1|0\n"
			      ".|" A "|19036|qname|" AT("20") "|1|198|" AT(
				      "01") "|3|0\n"
					    ".|" B "|2032|qname|" AT("09") "|1|1|" AT(
						    "01") "|2|2\n"
							  ".|" C6 "|38696|qname|" AT("07") "|1|0|" AT(
								  "01") "|1|1\n"
									".|" B "|19036 20326|option|" AT("05") "|0|1|" AT(
										"01") "|1|0\n"
										      ".|" D
										      "|19036|sentinel|" AT("09") "|-|0|" AT(
											      "01") "|9|0\n"
												    "example."
												    "com.|" C6
												    "|7|"
												    "qname"
												    "|" AT("0"
													   "2") "|-|30|" AT("02") "|1|0\n");
	free(got);
	struct ks_query query = {.zone = ".", .limit = 1, .has_source = true};
	cr_assert(ks_addr_parse_prefix(B, &query.source, &query.source_bits));
	got = rows_text(store, "anchors", &query);
	text_is(got, ".|" B "|2032|qname|" AT("09") "|1|1|" AT("01") "|2|2\n");
	free(got);
	ks_store_close(store);
}

/* What a later capture shows of the keys decides for signals of the earlier one, too. */
Test(query, anchors_follow_the_last_answer_of_all_runs)
{
	struct ks_store *const store = signalling();
	send_run(store, 2);
	send_input(store, "b.pcap", 2, 1000);
	SEND(store, zone, .name = ROOT, .answered = true);
	SEND(store, zone_key, .zone = 0, .tag = 38696, .flags = 257, .algorithm = 8, .signs = true,
	     .first_ns = NS(90), .last_ns = NS(99));
	send_end(store);
	char *const got = rows_text(store, "anchors", &(struct ks_query){.zone = "."});
	cr_expect(strstr(got, C6 "|38696|qname|" AT("07") "|0|") != NULL, "%s", got);
	cr_expect(strstr(got, B "|19036 20326|option|" AT("05") "|1|") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}

Test(query, hitters_name_the_tags_that_a_source_reports_of_itself)
{
	struct ks_store *const store = signalling();
	sqlite3 *db;
	sqlite3_stmt *stmt;
	cr_assert(eq(int, sqlite3_open(scratch("signals.db"), &db), SQLITE_OK));
	cr_assert(eq(int,
		     sqlite3_prepare_v2(db,
					"SELECT group_concat(source || zone || coalesce(tags, '-')) FROM"
					" (SELECT * FROM v_hitters ORDER BY rank)",
					-1, &stmt, NULL),
		     SQLITE_OK));
	cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
	/* Of B's two the one that it did not pass on for somebody else, though that came later. */
	text_is((const char *)sqlite3_column_text(stmt, 0),
		A ".19036," C6 "example.com.7," A HOSTILE_TEXT "-," B ".19036 20326");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	ks_store_close(store);
}

Test(query, errors_say_what_failed)
{
	struct ks_store *const store = signalling();
	char *got = rows_text(store, "errors", &(struct ks_query){0});
	text_is(got, "ede|6|DNSSEC Bogus|example.com.|A|9|" AT("00") "|" AT(
			     "21") "\n"
				   "ede|9|DNSKEY Missing|.|DNSKEY|3|" AT("02") "|" AT(
					   "22") "\n"
						 "ede|31|unassigned|-|TYPE65280|2|" AT("03") "|" AT(
							 "23") "\n"
							       "report|49152|private use|new.|AAAA|1|" AT(
								       "04") "|" AT("24") "\n");
	free(got);
	got = rows_text(store, "errors", &(struct ks_query){.zone = "New"});
	text_is(got, "report|49152|private use|new.|AAAA|1|" AT("04") "|" AT("24") "\n");
	free(got);
	ks_store_close(store);
}

Test(query, unknown_is_not_zero)
{
	/* Where only queries were seen nobody can be called a requerier, nor cleared of it. */
	struct ks_store *const store = open_write(scratch("queries.db"));
	send_other_width(store);
	char *got = rows_text(store, "hitters", &(struct ks_query){0});
	text_is(got,
		"1|" D "|.|0|6|0|1|1|1|-|-|-|-|-|" DASHES4
		"|-|-|-|-|2026-11-21T22:47:00.000000001Z|2026-11-21T22:57:00.000000000Z|-|" DASHES4 "\n");
	free(got);
	got = rows_text(store, "summary", &(struct ks_query){0});
	text_is(got,
		"1|-|-|-|-|0|0|6|-|-|-|-|undetermined|-|2027-01-11 root KSK 20326 revoked (planned)|-\n");
	free(got);
	ks_store_close(store);
}

Test(query, empty_database_is_an_answer)
{
	struct ks_store *const store = open_write(scratch("empty.db"));
	static const char *const empty[] = {"quality",    "traffic",         "qtypes",       "sources",
					    "hitters",    "storms",          "fingerprints", "amplification",
					    "nxdomain",   "anchors",         "errors",       "habits",
					    "starts",     "priming",         "depth",        "cd",
					    "lookaside",  "clients",         "signatures",   "consistency",
					    "exhaustion", "rollover-series", "keys",         "chain",
					    "denial",     "growth"};
	for (size_t i = 0; i < KS_COUNT(empty); i++)
		for (int64_t step = 0; step >= (i == 1 || i == 2 ? -1 : 0); step--) {
			char *const got = rows_text(store, empty[i], &(struct ks_query){.step_s = step});
			text_is(got, "");
			free(got);
		}
	char *const got = rows_text(store, "summary", &(struct ks_query){0});
	text_is(got, "0|-|-|-|-|0|0|0|-|-|0|0|undetermined|-|-|-\n");
	free(got);
	ks_store_close(store);
}

Test(query, healthy_needs_a_judgement)
{
	struct ks_store *const store = open_write(scratch("calm.db"));
	send_run(store, 1);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 5, .note = "");
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "dns_messages", .value = 5, .note = "");
	send_end(store);
	char *got = rows_text(store, "summary", &(struct ks_query){0});
	cr_expect(strstr(got, "|0|-|-|0|0|-|-|") != NULL, "not judged yet: %s", got);
	free(got);
	struct ks_diag diag = {0};
	SUCCEED(ks_store_judge_begin(store, &diag), diag);
	SUCCEED(ks_store_judge_end(store, &diag), diag);
	got = rows_text(store, "summary", &(struct ks_query){0});
	cr_expect(strstr(got, "|0|-|0|0|0|healthy|-|") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}

Test(query, absurd_time_stamp_costs_nothing)
{
	struct ks_store *const store = open_write(scratch("absurd.db"));
	send_run(store, 1);
	SEND(store, traffic, .t_s = 0, .server = addr(S1), .in_packets = 10);
	SEND(store, traffic, .t_s = T0, .server = addr(S1), .in_packets = 20);
	send_end(store);
	char *const got = rows_text(store, "traffic", &(struct ks_query){0});
	text_is(got,
		"1970-01-01T00:00:00Z|0|0|1|0|0|0|0|0|-|10\n2026-11-21T22:47:00Z|0|0|2|0|0|0|0|0|-|10\n");
	free(got);
	ks_store_close(store);
}

/* --- refusals --- */

Test(query, refuses_what_does_not_fit)
{
	/* clang-format off */
	static const struct {
		const char *report;
		struct ks_query query;
		const char *line;
	} refusals[] = {
		{"weather", {0}, "no report \"weather\": there are summary, totals, quality, traffic, qtypes, sources, clients, hitters, sequence, storms, growth, diagnosis, conditions, resolver, fingerprints, amplification, nxdomain, anchors, errors, signatures, consistency, keys, chain, denial, exhaustion, habits, starts, priming, depth, cd, lookaside, rollovers, rollover-series, audit"},
		{"summary", {.zone = "."}, "report summary takes no --zone: it takes --limit"},
		{"hitters", {.has_server = true}, "report hitters takes no --server: it takes --limit, --zone, --source, --from and --to, --by, --prefix"},
		{"storms", {.step_s = 60}, "report storms takes no --step: it takes --limit, --zone, --server, --from and --to, --by"},
		{"traffic", {.step_s = 45}, "--step 45 is no multiple of the stored bin of 10 s"},
		{"sequence", {0}, "report sequence needs --source ADDR; keystorm report hitters names the sources worth it"},
		{"sources", {.by = "flow"}, "report sources cannot be ranked by \"flow\"; --by takes one of: queries responses dnskey_queries dnskey_share rrsig_bytes_share query_bytes response_bytes err baf"},
		{"sources", {.by = "queries responses"}, NULL},
		{"sources", {.by = "quer"}, NULL},
		{"sources", {.by = ""}, NULL},
		{"sources", {.by = "queries; DROP TABLE run"}, NULL},
		{"hitters", {.zone = "a..b"}, "--zone \"a..b\" is no domain name"},
		{"hitters", {.zone = ""}, "--zone \"\" is no domain name"},
	};
	/* clang-format on */
	struct ks_store *const store = filled();
	for (size_t i = 0; i < KS_COUNT(refusals); i++) {
		struct ks_rows *rows = NULL;
		struct ks_diag diag = {0};
		const enum ks_error error =
			ks_rows_open(store, refusals[i].report, &refusals[i].query, &rows, &diag);
		cr_expect(eq(int, error, KS_ERR_USAGE), "%s: row %zu", refusals[i].report, i);
		if (refusals[i].line != NULL)
			text_is(diag.text, refusals[i].line);
		cr_expect(rows == NULL);
	}
	ks_store_close(store);
}

/* --- head --- */

static bool
warns(const struct ks_store_head *head, const char *text)
{
	for (size_t i = 0; i < head->n_caveats; i++)
		if (strstr(head->caveats[i], text) != NULL)
			return true;
	return false;
}

Test(query, head_tells_span_vantage_and_caveats)
{
	struct ks_store *const store = filled();
	struct ks_store_head head;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	cr_expect(head.has_span && head.first_ns == NS(0) + 123456000 && head.last_ns == NS(40) + 123456000);
	cr_expect(eq(int, head.time_digits, 6));
	text_is(head.vantage, "A");
	cr_expect(eq(sz, head.n_caveats, 2));
	text_is(head.caveats[0], "inputs not read to a proper end: 1 cut (see report quality)");
	text_is(head.caveats[1], "incomplete, see report quality: sources_dropped 4");

	send_other_width(store);
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	cr_expect(eq(int, head.time_digits, 9));
	text_is(head.vantage, "M");
	static const char *const wanted[] = {
		"1 of 2 captures hold only queries", "storms have not been looked for",
		"bins of 10 to 60 s were folded into bins of 60 s", "different vantage points"};
	for (size_t i = 0; i < KS_COUNT(wanted); i++)
		cr_expect(warns(&head, wanted[i]), "%s", wanted[i]);
	ks_store_close(store);
}

Test(query, head_of_partial_timeless_and_empty)
{
	struct ks_store *const store = open_write(scratch("head.db"));
	struct ks_store_head head;
	struct ks_diag diag = {0};
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	cr_expect(head.has_span == false && head.vantage[0] == '\0');
	cr_expect(warns(&head, "the database is empty"));

	struct ks_fact_run run = {.set_hash = {1},
				  .tool_version = "",
				  .sensor = "",
				  .vantage = 'R',
				  .bin_s = 1,
				  .time_digits = 6,
				  .responses_only = true,
				  .partial = true};
	struct ks_sink *const sink = ks_store_sink(store);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	send_end(store);
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	cr_expect(head.has_span == false, "no packets, no span");
	cr_expect(warns(&head, "no packets were read") && warns(&head, "interrupted") &&
		  warns(&head, "only responses"));

	run.set_hash[0] = 2;
	run.first_ns = run.last_ns = NS(0);
	SUCCEED(sink->ops->begin(sink, &run, &diag), diag);
	SEND(store, counter, .kind = KS_COUNTER_TOTAL, .name = "packets", .value = 2, .note = "");
	send_end(store);
	SUCCEED(ks_store_read_head(store, &head, &diag), diag);
	cr_expect(head.has_span && warns(&head, "carry one time"));
	char *const got = rows_text(store, "traffic", &(struct ks_query){.step_s = -1});
	free(got);
	ks_store_close(store);
}

/* --- stacks and amplification --- */

/* A run of sources that each ask for the root key twenty times, one after another hot. */
static void
send_stacks(struct ks_store *store, uint8_t hash)
{
	static const struct {
		const char *source, *fingerprint;
		uint64_t queries, cased, mixed;
		int64_t first_s, last_s;
	} stacks[] = {
		{A, "edns=1232 do cd ttl=64", 12, 4, 3, 0, 9},
		{A, "edns=4096 do ttl=64", 8, 8, 0, 9, 20},
		{A, "no-edns ttl=64", 3, 2, 1, 21, 22},
		{B, "edns=1232 do ttl=64 opt=cookie", 20, 0, 0, 0, 9},
		{D, "edns=1232 do cd ttl=64", 10, 2, 2, 0, 9},
		{D, "edns=1232 do cd ttl=128", 10, 2, 1, 10, 19},
	};
	send_run(store, hash);
	send_input(store, "s.pcap", hash, 10);
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = 48, .queries = 60, .responses = 60,
	     .query_dns_bytes = 60 * 28, .response_dns_bytes = 60 * 1150, .query_ip_bytes = 60 * 56,
	     .response_ip_bytes = 60 * 1178);
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = 48, .transport = KS_TCP, .queries = 1,
	     .responses = 1, .query_dns_bytes = 28, .response_dns_bytes = 3000);
	SEND(store, bin, .t_s = T0, .server = addr(S1), .qtype = 2, .responses = 5, .response_dns_bytes = 500,
	     .response_ip_bytes = 640);
	SEND(store, zone, .name = ROOT, .answered = true, .dnskey_queries = 60);
	static const char *const sources[] = {A, B, D};
	for (size_t i = 0; i < KS_COUNT(sources); i++)
		SEND(store, flow, .zone = 0, .source = addr(sources[i]), .queries = 20 + i,
		     .cls = {[KS_RQ_FIRST] = 1, [KS_RQ_HOT] = 19 + i}, .first_ns = NS(0), .last_ns = NS(20));
	for (size_t i = 0; i < KS_COUNT(stacks); i++)
		SEND(store, stack, .source = addr(stacks[i].source), .fingerprint = stacks[i].fingerprint,
		     .queries = stacks[i].queries, .cased_queries = stacks[i].cased,
		     .mixed_queries = stacks[i].mixed, .first_ns = NS(stacks[i].first_s),
		     .last_ns = NS(stacks[i].last_s));
	send_end(store);
}

/* A: 0x20 (3 of 4 names in mixed case), two fingerprints meet at 9 s. D: a tie that the text decides, for
 * ttl=128 (where 1 of 2 is no majority). */
#define STACKS                                                                                               \
	"edns=1232 do cd ttl=128|1|22|0.349206|" D "|1|1\n"                                                  \
	"edns=1232 do ttl=64 opt=cookie|1|21|0.333333|" B "|1|1\n"                                           \
	"edns=1232 do cd ttl=64 0x20|1|20|0.31746|" A "|1|2\n"

Test(query, offenders_are_clustered_by_their_most_frequent_fingerprint)
{
	struct ks_store *const store = open_write(scratch("stacks.db"));
	send_stacks(store, 1);
	char *got = rows_text(store, "fingerprints", &(struct ks_query){0});
	text_is(got, STACKS);
	free(got);
	got = rows_text(store, "fingerprints", &(struct ks_query){.by = "min_caches", .limit = 1});
	text_is(got, "edns=1232 do cd ttl=64 0x20|1|20|0.31746|" A "|1|2\n");
	free(got);
	got = rows_text(store, "hitters", &(struct ks_query){.limit = 1});
	cr_expect(strstr(got, "|edns=1232 do cd ttl=128|-|2026") != NULL, "%s", got);
	free(got);
	ks_store_close(store);
}

Test(query, fingerprints_of_two_runs_add_up)
{
	struct ks_store *const store = open_write(scratch("stacks2.db"));
	send_stacks(store, 1);
	send_stacks(store, 2);
	char *const got = rows_text(store, "fingerprints", &(struct ks_query){.limit = 1});
	text_is(got, "edns=1232 do cd ttl=128|1|44|0.349206|" D "|1|1\n");
	free(got);
	ks_store_close(store);
}

Test(query, amplification_leaves_tcp_out_and_needs_both_directions)
{
	struct ks_store *const store = open_write(scratch("baf.db"));
	send_stacks(store, 1);
	char *got = rows_text(store, "amplification", &(struct ks_query){0});
	text_is(got, "DNSKEY|60|60|1680|69000|41.0714|21.0357|-\n"
		     "NS|0|5|0|500|-|-|-\n");
	free(got);
	/* A run that saw no answers counts, but says nothing of what an octet brings. */
	send_other_width(store);
	got = rows_text(store, "amplification", &(struct ks_query){.limit = 1});
	text_is(got, "DNSKEY|66|60|1680|69000|41.0714|21.0357|-\n");
	free(got);
	got = rows_text(store, "amplification", &(struct ks_query){.has_from = true, .from_ns = NS(1)});
	text_is(got, "DNSKEY|6|0|0|0|-|-|-\n");
	free(got);
	ks_store_close(store);
}

/* --- names that do not exist --- */

static void
send_nxdomain(struct ks_store *store, uint8_t hash)
{
	send_run(store, hash);
	send_input(store, "n.pcap", hash, 10);
	SEND(store, nxdomain, .parent = ROOT, .nxdomain = 1000, .responses = 4000, .distinct_labels = 899,
	     .sources = 7, .first_ns = NS(0), .last_ns = NS(9));
	SEND(store, nxdomain, .parent = WIRE("\3com"), .nxdomain = 999, .responses = 999,
	     .distinct_labels = 999, .sources = 9, .first_ns = NS(0), .last_ns = NS(9));
	SEND(store, nxdomain, .parent = EXAMPLE, .nxdomain = 1000, .responses = 1250, .distinct_labels = 900,
	     .sources = 500, .first_ns = NS(10), .last_ns = NS(20));
	SEND(store, nxdomain, .parent = HOSTILE, .nxdomain = 1, .responses = 1, .distinct_labels = 1,
	     .sources = 1, .first_ns = NS(5), .last_ns = NS(5));
	send_end(store);
}

Test(query, a_flood_is_a_thousand_names_nine_tenths_different_in_one_run)
{
	struct ks_store *const store = open_write(scratch("nx.db"));
	send_nxdomain(store, 1);
	char *got = rows_text(store, "nxdomain", &(struct ks_query){0});
	text_is(got, ".|1000|4000|0.25|899|0.899|0|7\n"
		     "example.com.|1000|1250|0.8|900|0.9|1|500\n"
		     "com.|999|999|1|999|1|0|9\n" HOSTILE_TEXT "|1|1|1|1|1|0|1\n");
	free(got);
	got = rows_text(store, "nxdomain", &(struct ks_query){.zone = "Example.com", .limit = 1});
	text_is(got, "example.com.|1000|1250|0.8|900|0.9|1|500\n");
	free(got);
	got = rows_text(store, "nxdomain",
			&(struct ks_query){.has_from = true, .from_ns = NS(10), .by = "flood"});
	text_is(got, "example.com.|1000|1250|0.8|900|0.9|1|500\n");
	free(got);
	/* 999 twice is not a thousand different ones at once. */
	send_nxdomain(store, 2);
	got = rows_text(store, "nxdomain", &(struct ks_query){.zone = "com"});
	text_is(got, "com.|1998|1998|1|1998|1|0|18\n");
	free(got);
	ks_store_close(store);
}
