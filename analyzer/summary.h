/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/summary.h -- the facts: what packets said, as records that can be added up.
 *
 * A fact record never holds a conclusion. Two records with the same key merge by adding their counts
 * and taking the earlier `first_ns` and the later `last_ns`, so merging commutes and associates.
 *
 * Units:  times in ns since the epoch, UTC; bin times in s since the epoch; bytes are octets.
 * Sizes:  "dns" bytes are DNS messages (without the TCP length prefix), "ip" bytes IP packets by their
 *         header, "wire" bytes link frames as on the wire (never the captured length).
 * Memory: pointers are owned by whoever hands the record out and live for the call. */
#ifndef KS_ANALYZER_SUMMARY_H
#define KS_ANALYZER_SUMMARY_H

#include "analyzer/judge/scale.h"
#include "dissect/addr.h"
#include "dissect/base.h"
#include "dissect/signal.h"

enum ks_transport { KS_UDP = 0, KS_TCP = 1 };

/* Query types beyond those a run keeps apart (see series.h) are counted under this one. */
#define KS_QTYPE_OTHER 0x10000u

/* Classes of DNSKEY queries, DOMAIN B1. */
enum ks_requery {
	KS_RQ_NONE,  /* not a DNSKEY query, or nothing known of answers (queries-only capture) */
	KS_RQ_FIRST, /* no usable answer delivered before, or its lifetime is over */
	KS_RQ_HOT,
	KS_RQ_WARM,
	KS_RQ_COOL,
	KS_RQ_REFRESH,
	KS_RQ_RETRANSMIT,
	KS_RQ_COUNT
};

/* One capture set, analyzed in one go. */
struct ks_fact_run {
	uint8_t set_hash[16];              /* over the sorted hashes of its inputs */
	const char *tool_version;          /* "X.Y.Z" */
	const char *sensor;                /* --sensor, or "" */
	char vantage;                      /* 'A', 'M' or 'R' */
	bool vantage_given;                /* by the user, not inferred */
	bool partial;                      /* interrupted: only the beginning was read */
	bool queries_only, responses_only; /* one-sided capture */
	bool anonymized;                   /* sources are pseudonyms, see anonymize.h */
	uint32_t bin_s;                    /* width of its bins */
	uint8_t time_digits;               /* decimals of a second in the input: 6 or 9 */
	int64_t first_ns, last_ns;
};

struct ks_fact_input {
	const char *path;
	const char *container;
	const char *state; /* "whole", "unfinished", "cut", "unreadable" */
	const char *note;  /* "" if nothing was wrong */
	uint8_t hash[16];
	uint64_t size_bytes, packets;
	int linktype;
	uint32_t snaplen;
	int64_t first_ns, last_ns;
};

/* A named count. The packet counters add up to the counter "packets". */
enum ks_counter_kind {
	KS_COUNTER_PACKET, /* one of the verdicts: each packet is in exactly one of these */
	KS_COUNTER_TOTAL,  /* a total of report totals */
	KS_COUNTER_LOSS,   /* why figures are incomplete: lost packets, full tables */
	KS_COUNTER_NOTICE  /* anything else that report quality must tell: evictions, clock jumps, cuts */
};

struct ks_fact_counter {
	enum ks_counter_kind kind;
	const char *name;
	uint64_t value;
	const char *note; /* what it means and what to do about it */
};

/* Key: (t_s, server, transport, qtype). */
struct ks_fact_bin {
	int64_t t_s; /* start of the bin, a multiple of bin_s */
	struct ks_addr server;
	bool server_other; /* `server` is not meant: servers beyond those kept apart */
	enum ks_transport transport;
	uint32_t qtype; /* or KS_QTYPE_OTHER; messages without question have qtype 0 */
	uint64_t queries, responses;
	uint64_t query_dns_bytes, response_dns_bytes;
	uint64_t do_queries, cd_queries, tc_responses;
	uint64_t query_ip_bytes, response_ip_bytes; /* of IP packets; 0 over TCP */
};

/* Key: (t_s, server). Every packet on a DNS port, with or without a whole message in it. */
struct ks_fact_traffic {
	int64_t t_s;
	struct ks_addr server;
	bool server_other;
	uint64_t in_packets, out_packets; /* in: towards the server */
	uint64_t in_ip_bytes, out_ip_bytes;
	uint64_t in_wire_bytes, out_wire_bytes;
};

struct ks_fact_server {
	struct ks_addr server;
	uint64_t queries, responses;
	uint64_t authoritative; /* responses with AA */
	uint64_t recursive;     /* responses with RA and without AA */
	uint64_t response_dns_bytes;
	uint64_t sigkey_dns_bytes; /* of them, DNSKEY and RRSIG records */
	int64_t first_ns, last_ns;
};

/* Key: (t_s, interface). Packets lost while they were captured, in bins of bin_s of the run; none: no fact.
 */
struct ks_fact_drop {
	int64_t t_s;
	const char *interface;
	uint64_t kernel; /* the socket's buffer was full */
	uint64_t device; /* by the interface, or on the way from it; may include what nobody wanted */
};

enum ks_icmp_kind {
	KS_ICMP_PORT_UNREACHABLE,
	KS_ICMP_UNREACHABLE, /* host, network, or forbidden */
	KS_ICMP_TOO_BIG,     /* fragmentation needed, packet too big */
	KS_ICMP_OTHER,
	KS_ICMP_KINDS
};

/* Key: (server, source, kind). ICMP errors that quote a packet between the two. */
struct ks_fact_icmp {
	struct ks_addr server, source;
	enum ks_icmp_kind kind;
	uint64_t packets;
};

/* Key: (source, fingerprint). How DNSKEY queries of a source look, see fingerprint.h. */
struct ks_fact_stack {
	struct ks_addr source;
	const char *fingerprint;
	uint64_t queries;
	uint64_t cased_queries; /* of them, with enough letters in the name to show a case */
	uint64_t mixed_queries; /* of those, with both cases */
	int64_t first_ns, last_ns;
};

/* Key: parent. Answers to names one label below it, from its first NXDOMAIN on; see nxdomain.h. */
struct ks_fact_nxdomain {
	struct ks_span parent; /* wire format, lower case */
	uint64_t nxdomain, responses;
	uint64_t distinct_labels, sources; /* estimates, of the NXDOMAIN answers */
	int64_t first_ns, last_ns;         /* of the NXDOMAIN answers */
};

/* A table that was full gave entries away (saving.h): what is true of those it lists and of those it does
 * not.
 */
enum ks_bound_table {
	KS_BOUND_SOURCES,
	KS_BOUND_FLOWS,
	KS_BOUND_SOURCE_NETS,
	KS_BOUND_FLOW_NETS,
	KS_BOUND_TABLES
};

struct ks_fact_bound {
	enum ks_bound_table table;
	uint64_t capacity; /* entries */
	uint64_t floor;    /* queries (or responses) at most of a key that is not listed; no err is greater */
	uint64_t replaced; /* entries given away */
	uint64_t lost;     /* queries and responses that they had counted */
};

/* Key: (zone, prefix, bits). What sources of a prefix had counted when they were given away. */
struct ks_fact_net {
	bool by_zone; /* of flows; otherwise of sources */
	uint32_t zone;
	struct ks_addr prefix;
	uint32_t bits;         /* of 32 (IPv4: 24) or 128 (IPv6: 48 and 64; each source counts for both) */
	uint64_t queries, err; /* as in ks_fact_flow */
	uint64_t responses, dnskey_queries;
	uint64_t query_dns_bytes, response_dns_bytes, sigkey_dns_bytes;
	uint64_t tcp_queries, tcp_responses;                  /* of those */
	uint64_t tcp_query_dns_bytes, tcp_response_dns_bytes; /* of those */
	uint64_t cls[KS_RQ_COUNT];                            /* of flows */
	int64_t first_ns, last_ns;
};

/* How many different sources asked; see clients.h. */
enum ks_clients_kind { KS_CLIENTS_V4, KS_CLIENTS_V6, KS_CLIENTS_V6_64, KS_CLIENTS_KINDS };
enum ks_clients_scope {
	KS_CLIENTS_ALL,       /* the whole run; no registers: those of its days, merged */
	KS_CLIENTS_DAY,       /* a UTC day */
	KS_CLIENTS_OTHER_DAYS /* days beyond those kept apart */
};
enum { KS_CLIENTS_P = 14, KS_CLIENTS_REGISTERS = 1 << 14 };

struct ks_fact_clients {
	enum ks_clients_scope scope;
	int64_t t_s;    /* start of the day */
	uint32_t place; /* bit of this day in ks_fact_source.days */
	bool exact;     /* `counts` are right; otherwise they are of those that are listed only */
	uint64_t counts[KS_CLIENTS_KINDS];
	struct ks_span registers[KS_CLIENTS_KINDS]; /* HyperLogLog, an octet each; merge by the greatest */
};

/* Key: source. */
struct ks_fact_source {
	struct ks_addr source;
	uint64_t queries,
		err; /* err: upper bound of the over-count; all other counts are too low by as much */
	uint64_t responses;
	uint32_t days; /* bit for each day on which it asked, see ks_fact_clients */
	uint64_t tcp_responses, tcp_query_dns_bytes, tcp_response_dns_bytes; /* of those */
	uint64_t dnskey_queries, ds_queries, requeries; /* requeries: hot + warm + cool, all zones */
	uint64_t do_queries, tcp_queries;
	uint64_t tcp_syns; /* segments that ask for a connection, since the source was known */
	uint64_t query_dns_bytes, response_dns_bytes;
	uint64_t sigkey_dns_bytes; /* response bytes taken by DNSKEY and RRSIG records, owner to rdata */
	int64_t first_ns, last_ns;
};

/* The sources that have no fact of their own, added up. Source and times of `sum` are not meant. */
struct ks_fact_rest {
	uint64_t sources; /* that asked anything */
	struct ks_fact_source sum;
};

/* Key: zone, by its lower-case uncompressed wire name. */
struct ks_fact_zone {
	struct ks_span name; /* wire format */
	bool answered; /* a DNSKEY RRset of that name was seen: it is a zone, not just a name asked for */
	uint64_t dnskey_queries;
	uint32_t servers; /* that gave authoritative DNSKEY answers; merges by the greatest */
};

/* Key: (zone, t_s); `zone` is an index into the order in which zones were put. DNSKEY queries only. */
struct ks_fact_zone_bin {
	uint32_t zone;
	int64_t t_s;
	uint64_t queries;          /* all DNSKEY queries for the zone */
	uint64_t cls[KS_RQ_COUNT]; /* of them, by class */
	uint64_t responses, response_dns_bytes;
	uint64_t sources_new; /* sources whose first requery for this zone fell into this bin */
	uint64_t hops, hops_squares, ports,
		ports_squares; /* sums of hop limits and source ports of the queries */
};

/* Key: (zone, source); DNSKEY queries of one source for one zone. */
struct ks_fact_flow {
	uint32_t zone;
	struct ks_addr source;
	uint64_t queries, err; /* err: upper bound of the over-count, 0 when exact */
	uint64_t
		cls[KS_RQ_COUNT]; /* of the queries - err that were seen since the source entered the table */
	uint64_t responses, response_dns_bytes;
	int64_t first_ns, last_ns;
};

/* Searches of a (source, zone), see search.h. Merge by adding, `min_ns` by the least that is not 0. */
struct ks_search_counts {
	uint64_t failing; /* searches with a requery */
	uint64_t crowded; /* of them, that asked one server more than six times */
	int64_t min_ns;   /* the least interval between failing ones; 0: none */
};

/* Of the points (demand, DNSKEY queries) of all windows, see demand.h. */
struct ks_demand_sums {
	uint64_t windows, x, y, xx, xy, yy;
};

/* What a (source, zone) did since it was followed (behaviour.h). All add up, but max_waiting and
 * last_requery_ns: the greatest; and what `searches` says of itself. */
struct ks_behaviour_counts {
	uint64_t queries;    /* retransmissions left out, here and below */
	uint64_t successive; /* queries that followed another within their burst */
	uint64_t closed;     /* of them, asked when no query was waiting for its answer */
	uint64_t bursts, failing_bursts, failing_queries;
	uint64_t long_queries;     /* in failing bursts of 20 queries and 10 s and more */
	uint64_t halted_bursts;    /* that ended 28 to 32 s after they began */
	uint64_t pauses_over_life; /* of the pauses, 0.9 of the keys' lifetime and longer */
	uint64_t max_waiting;
	int64_t last_requery_ns; /* 0: none */
	struct ks_search_counts searches;
	struct ks_demand_sums demand;
	uint64_t gaps[KS_GAP_CELLS];     /* from the last answer to the next query, where `closed` */
	uint64_t pauses[KS_PAUSE_CELLS]; /* from the start of a failing burst to the start of the next failing
					    one */
	uint64_t late[KS_LATE_CELLS];    /* asked 0.4 to 10 s after the answer, with nothing outstanding */
	uint64_t clock[KS_CLOCK_CELLS];  /* all queries, by time of day */
};

/* Key: (zone, source); one for each flow that was followed. */
struct ks_fact_behaviour {
	uint32_t zone;
	struct ks_addr source;
	struct ks_behaviour_counts counts;
	size_t n_servers;
	const struct ks_server_count {
		struct ks_addr server;
		bool other; /* `server` is not meant: servers beyond those kept apart */
		uint64_t queries;
	} * servers;
};

/* Key: (tree, labels). DNSKEY and DS queries by depth of the name. */
enum ks_tree { KS_TREE_OTHER, KS_TREE_IN_ADDR, KS_TREE_IP6, KS_TREE_E164, KS_TREES };

struct ks_fact_depth {
	enum ks_tree tree;
	uint32_t labels; /* without the root */
	uint64_t dnskey_queries, ds_queries;
};

/* Key: (zone, server). A server that gave authoritative DNSKEY answers for the zone. */
struct ks_fact_zone_server {
	uint32_t zone;
	struct ks_addr server;
};

/* Key: (zone, server). A server of the zone, as the user says. */
struct ks_fact_given_server {
	uint32_t zone;
	struct ks_addr server;
};

/* Key: (source, t_ns). How a source began: its first DNSKEY queries, or the first after a silence
 * (opening.h). */
struct ks_fact_opening {
	struct ks_addr source;
	int64_t t_ns;
	int64_t silence_ns; /* 0: not seen before */
	uint32_t zone;
	uint64_t queries;
	uint32_t servers;  /* different ones */
	int64_t length_ns; /* from the first query to the last */
	bool primed;       /* it asked for the servers of the root too */
};

/* Key: source. Sources that primed, or changed their CD bit. */
struct ks_fact_manner {
	struct ks_addr source;
	uint64_t priming_queries, primed_queries; /* primed: a DNSKEY query came within 5 s */
	bool changed;                             /* what follows is told; else it is 0 */
	uint64_t plain_before; /* queries without CD before the first with it; 0: it began with CD */
	uint64_t cd_queries;
	uint64_t retries;                /* with CD=1, less than a minute behind a SERVFAIL for the name */
	int64_t cd_first_ns, cd_last_ns; /* of such changes */
};

/* Key: name, as asked for in a lookaside registry. */
struct ks_fact_lookaside {
	struct ks_span name; /* wire format, lower case */
	uint64_t queries, responses;
	struct ks_span tags; /* of the last answer with records, decimal, a blank between two; empty: none */
	int64_t told_ns;     /* when that was; 0: never */
	int64_t first_ns, last_ns;
};

/* One query of one source, with its answer if there was one. */
struct ks_fact_query {
	struct ks_addr source, server;
	uint64_t number; /* position in the source's own sequence of queries, from 0 */
	int64_t t_ns;
	int64_t response_ns; /* 0: none seen */
	struct ks_span name; /* wire format, lower case */
	uint16_t id, sport, qtype;
	uint16_t flags;     /* header flags of the query (RFC 1035 s4.1.1), opcode and rcode included */
	uint16_t edns_size; /* 0: no OPT */
	bool dnssec_ok, edns;
	enum ks_transport transport;
	enum ks_requery requery;
	uint32_t response_bytes; /* DNS message; 0 without response */
	uint16_t rcode;          /* extended; meaningful with a response */
	bool tc;
	uint8_t hop_limit;  /* of the query, as met */
	uint8_t keep_s;     /* least TTL of the answers of its type, 255: that or longer; 0: none */
	bool server_cookie; /* RFC 7873: it returned one */
	bool ad;            /* of the answer */
};

/* Key: (source, zone, tags, via). What a source said of the trust anchors it holds (RFC 8145), or was made
 * to ask about those of a resolver (RFC 8509). */
struct ks_fact_ta_signal {
	struct ks_addr source;
	struct ks_span zone; /* wire format, lower case */
	struct ks_span tags; /* text: decimal, ascending, a blank between two */
	enum ks_signal_via via;
	uint64_t queries;
	uint64_t forwarded; /* of them, with RD=1 or DO=0: passed on for somebody else, or made up */
	int64_t first_ns, last_ns;
};

/* Key: all but the times. A key of a signed DNSKEY RRset in an authoritative answer; `zone` is an index into
 * the order in which zones were put. */
struct ks_fact_zone_key {
	uint32_t zone;
	uint16_t tag, flags;
	uint8_t algorithm;
	bool signs; /* the RRset: an RRSIG names its tag and algorithm */
	int64_t first_ns, last_ns;
};

/* Key: all but count and times. */
struct ks_fact_failure {
	bool report;    /* RFC 9567 query; otherwise an EDE option in a response */
	uint16_t code;  /* INFO-CODE, RFC 8914 */
	uint16_t qtype; /* of what failed */
	struct ks_span
		name; /* of what failed, wire format, lower case; absent: a response without question */
	struct ks_span zone; /* that `name` belongs to, or absent: not known */
	uint64_t count;
	int64_t first_ns, last_ns;
};

/* --- the ledger: the DNSSEC records that were seen ---
 *
 * Types kept: DNSKEY, DS, CDS, CDNSKEY, NSEC3PARAM and SOA, out of answer and authority sections of whole
 * responses. A content is the set of records: their order, the case of names and TTLs make no new one. Names
 * and contents are called by number, in the order in which they were put. */

/* Key: name. The names that the facts below speak of, owners and signers. */
struct ks_fact_ledger_name {
	struct ks_span name; /* wire format, lower case */
};

/* Instead of a DS RRset: the parent says that there is none (RFC 4035 s3.1.4.1). */
enum ks_denial {
	KS_DENIAL_NONE,    /* not a denial: records */
	KS_DENIAL_NSEC,    /* an NSEC of that name without DS in its bitmap */
	KS_DENIAL_NSEC3,   /* an NSEC3 of that name's hash without DS in its bitmap */
	KS_DENIAL_OPT_OUT, /* NSEC3 with opt-out in the answer, none of them of that name's hash */
	KS_DENIAL_COUNT
};

/* A DNSKEY or CDNSKEY record. A key is known by its owner, algorithm and `identity`, never by its tag. */
struct ks_rrset_key {
	uint8_t identity[16]; /* SHA-256 of the public key, its first half */
	uint16_t flags, tag;
	uint8_t algorithm;
};

/* A DS or CDS record. */
struct ks_rrset_ds {
	uint16_t tag;
	uint8_t algorithm, digest_type;
	struct ks_span digest;
};

/* Key: (name, type, hash). A content. */
struct ks_fact_rrset {
	uint32_t name; /* owner */
	uint16_t type;
	enum ks_denial denial;
	uint8_t hash[16]; /* SHA-256 of `wire`, its first half; the same in every run */
	uint32_t n_records;
	/* Each RDATA with its length in two octets before it, in canonical form and order (RFC 4034 s6); of
	 * SOA only serial, refresh, retry, expire and minimum; of a denial one octet, its number. */
	struct ks_span wire;
	uint32_t soa_serial, soa_refresh_s; /* of SOA */
	size_t n_keys, n_ds;
	const struct ks_rrset_key *keys; /* of DNSKEY and CDNSKEY, in the order of `wire` */
	const struct ks_rrset_ds *ds;    /* of DS and CDS, likewise */
	uint64_t count;                  /* responses */
	int64_t first_ns, last_ns;
};

/* Key: (name, type, server, nsid, authoritative, number). A period in which one server gave the same content,
 * signed by the same keys, with the same TTL when authoritative. Periods of a key follow one another; between
 * the last response of one and the first of the next, the content changed. */
struct ks_fact_rrset_seen {
	uint32_t name;
	uint16_t type;
	struct ks_addr server;
	struct ks_span nsid; /* EDNS option 3 of the responses; empty: none, nobody asked */
	bool authoritative;  /* AA; or a DS RRset, or its denial, in a referral without RA */
	uint32_t number;     /* from 0; numbers left out: periods forgotten, see `forgotten` */
	uint32_t forgotten;  /* periods of this key right before this one for which there was no room */
	uint32_t rrset;
	bool signers_known; /* signatures were there, or asked for (DO) and not there */
	/* Of the RRSIG records over it, text, ascending, a blank between two: "20326 38696", "8 13". */
	const char *signer_tags, *signer_algorithms;
	uint32_t ttl_least_s, ttl_greatest_s;
	uint64_t count;     /* responses */
	uint64_t referrals; /* of them, in the authority section */
	int64_t first_ns, last_ns;
};

/* Key: (name, algorithm, identity, flags). A key in one of its forms: REVOKE changes flags and tag. */
struct ks_fact_key {
	uint32_t name;
	uint8_t algorithm;
	uint8_t identity[16];
	uint16_t flags, tag;
	uint16_t tag_revoked; /* its tag with REVOKE set */
	uint8_t protocol;
	uint32_t bits;     /* of the RSA modulus, or of the curve; 0: not known */
	uint32_t exponent; /* of RSA; UINT32_MAX: that or larger; 0: not RSA, or not readable */
	bool unusable;     /* not to be read as a key of its algorithm */
	struct ks_span public_key;
	uint8_t sha1[20], sha256[32], sha384[48]; /* DS digests, types 1, 2 and 4 */
	uint64_t count;                           /* DNSKEY responses with it */
	int64_t first_ns, last_ns;
};

/* Key: (name, type, tag, algorithm, inception_s, expiration_s, folded). Signatures of one signer over RRsets
 * of one type with the same validity. Zones with many validities have one more fact, `folded`, for those that
 * find no room of their own: its inception is their latest and its expiration their earliest. */
struct ks_fact_signature {
	uint32_t name;     /* signer */
	uint16_t type;     /* covered */
	uint16_t tag;      /* of the signer's key */
	uint8_t algorithm; /* likewise */
	bool folded;
	int64_t inception_s, expiration_s; /* since the epoch: serial numbers (RFC 1982) read at `first_ns` */
	int64_t least_validity_s;          /* expiration - inception */
	uint32_t original_ttl_s;           /* the greatest */
	uint64_t count;                    /* RRSIG records */
	uint64_t expired, future;          /* of them, seen behind their expiration, before their inception */
	int64_t first_expired_ns, last_expired_ns; /* where `expired` is not 0 */
	/* Distinct pairs of RRset and signature that were looked at, by what cryptography says of them.
	 * Whether they are expired has no part in it. */
	uint64_t good, bogus, unsupported, unknown; /* unknown: no key seen, or beyond the bounds of work */
	const char *bogus_why;                      /* of the first bogus one, or NULL */
	int64_t first_ns, last_ns;
};

/* Key: all but counts and times. How a zone denies names. */
struct ks_fact_nsec {
	uint32_t name; /* zone */
	bool nsec3;
	uint8_t hash_algorithm; /* of NSEC3 */
	uint16_t iterations;
	struct ks_span salt;
	uint64_t count, opt_out; /* records; of them with opt-out */
	int64_t first_ns, last_ns;
};

/* Key: (name, kind, server). Something that costs a validator more work than is usual, DOMAIN A5 5-20. */
enum ks_exhaustion {
	KS_EXHAUST_TAG_COLLISION, /* keys of one DNSKEY RRset with one algorithm and tag */
	KS_EXHAUST_KEYS,          /* of one DNSKEY RRset */
	KS_EXHAUST_SIGNATURES,    /* over one RRset */
	KS_EXHAUST_DS,            /* of one DS RRset */
	KS_EXHAUST_ITERATIONS,    /* of NSEC3 */
	KS_EXHAUST_WINDOW_EMPTY,  /* a type bitmap with a window of length 0 */
	KS_EXHAUST_WINDOW_LONG,   /* a window of more than 32 octets, or beyond its record */
	KS_EXHAUST_WINDOW_ORDER,  /* windows not ascending */
	KS_EXHAUST_VERIFICATIONS, /* signatures left unchecked by our own bounds */
	KS_EXHAUST_COUNT
};

struct ks_fact_exhaustion {
	uint32_t name;
	enum ks_exhaustion kind;
	struct ks_addr server;
	uint64_t greatest;  /* what was counted, at its worst; 1 for malformed bitmaps */
	uint64_t limit;     /* more than that is reported */
	uint64_t responses; /* that went beyond it */
	int64_t first_ns, last_ns;
};

#endif
