-- SPDX-License-Identifier: BSD-2-Clause
--
-- Tables of a keystorm database, version 1, and the views that add up its runs. README.md tells what each
-- column means. The report views v_* are made from report/*.sql when a database is created.
--
-- A CHECK with a list of three words or more is spelt with OR: IN would fill a temporary table on every row.
--
-- Units are in the names: _ns and _s since the epoch in UTC, bytes are octets.
-- An address `ip` is 4 or 16 octets, empty for "servers beyond those kept apart".
-- Keys begin with run_id so that a run can be read, replaced and deleted as one piece.

CREATE TABLE run (
	run_id INTEGER PRIMARY KEY,
	set_hash BLOB NOT NULL UNIQUE CHECK (length(set_hash) = 16), -- over the sorted hashes of its inputs
	tool_version TEXT NOT NULL,
	sensor TEXT NOT NULL,
	vantage TEXT NOT NULL CHECK (vantage = 'A' OR vantage = 'M' OR vantage = 'R'),
	vantage_given INTEGER NOT NULL CHECK (vantage_given IN (0, 1)),
	partial INTEGER NOT NULL CHECK (partial IN (0, 1)), -- interrupted: only the beginning was read
	queries_only INTEGER NOT NULL CHECK (queries_only IN (0, 1)),
	responses_only INTEGER NOT NULL CHECK (responses_only IN (0, 1)),
	anonymized INTEGER NOT NULL CHECK (anonymized IN (0, 1)), -- addresses of sources are pseudonyms
	bin_s INTEGER NOT NULL CHECK (bin_s > 0),
	rolled_from_s INTEGER, -- what bin_s was before its bins were added up to coarse ones; NULL: they were not
	time_digits INTEGER NOT NULL CHECK (time_digits IN (6, 9)), -- decimals of a second in the input
	first_ns INTEGER, -- NULL: no packets
	last_ns INTEGER
) STRICT;

CREATE TABLE input (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	position INTEGER NOT NULL, -- order within the run
	path TEXT NOT NULL,
	container TEXT NOT NULL,
	state TEXT NOT NULL, -- whole, unfinished, cut, unreadable
	note TEXT NOT NULL,
	hash BLOB NOT NULL,
	size_bytes INTEGER NOT NULL,
	packets INTEGER NOT NULL,
	linktype INTEGER NOT NULL,
	snaplen INTEGER NOT NULL,
	first_ns INTEGER, -- NULL: no packets
	last_ns INTEGER,
	PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX input_hash ON input (hash);
CREATE INDEX input_size ON input (size_bytes);

CREATE TABLE counter (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind = 'packet' OR kind = 'total' OR kind = 'loss' OR kind = 'notice'),
	name TEXT NOT NULL,
	position INTEGER NOT NULL, -- order in report quality
	value INTEGER NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (run_id, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE server (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	queries INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	authoritative INTEGER NOT NULL, -- responses with AA
	recursive INTEGER NOT NULL, -- responses with RA and without AA
	response_dns_bytes INTEGER NOT NULL,
	sigkey_dns_bytes INTEGER NOT NULL, -- of them, octets of DNSKEY and RRSIG records
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, ip)
) STRICT, WITHOUT ROWID;

-- Packets lost while they were captured live. No row: none in that bin.
CREATE TABLE drops (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	t_s INTEGER NOT NULL, -- start of the bin
	interface TEXT NOT NULL,
	kernel INTEGER NOT NULL, -- the socket's buffer was full
	device INTEGER NOT NULL, -- by the interface, or on the way from it
	PRIMARY KEY (run_id, t_s, interface)
) STRICT, WITHOUT ROWID;

-- The sources that asked most, most often for keys they had, or were answered most octets; see source_rest.
CREATE TABLE source (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	err INTEGER NOT NULL, -- upper bound of the over-count; all other counts are too low by as much
	tcp_responses INTEGER NOT NULL,
	tcp_query_dns_bytes INTEGER NOT NULL, -- of those below
	tcp_response_dns_bytes INTEGER NOT NULL,
	days INTEGER NOT NULL, -- bit clients.place for each day on which it asked
	queries INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	dnskey_queries INTEGER NOT NULL,
	ds_queries INTEGER NOT NULL,
	requeries INTEGER NOT NULL, -- hot, warm and cool, all zones
	do_queries INTEGER NOT NULL,
	tcp_queries INTEGER NOT NULL,
	query_dns_bytes INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	sigkey_dns_bytes INTEGER NOT NULL, -- of the responses, octets of DNSKEY and RRSIG records
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	tcp_syns INTEGER NOT NULL, -- segments towards DNS ports that open a connection, or try to again
	PRIMARY KEY (run_id, ip)
) STRICT, WITHOUT ROWID;

-- The sources of a run that have no row of their own, added up.
CREATE TABLE source_rest (
	run_id INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
	sources INTEGER NOT NULL, -- that asked anything
	queries INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	dnskey_queries INTEGER NOT NULL,
	ds_queries INTEGER NOT NULL,
	requeries INTEGER NOT NULL,
	do_queries INTEGER NOT NULL,
	tcp_queries INTEGER NOT NULL,
	query_dns_bytes INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	sigkey_dns_bytes INTEGER NOT NULL
) STRICT;

-- What is true of a table that was full and gave entries away.
CREATE TABLE bound (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	name TEXT NOT NULL CHECK (name = 'source' OR name = 'flow' OR name = 'source_net' OR name = 'flow_net'),
	capacity INTEGER NOT NULL,
	floor INTEGER NOT NULL, -- queries at most of what is not listed
	replaced INTEGER NOT NULL,
	lost INTEGER NOT NULL, -- queries and responses that they had counted
	PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- What the sources of a prefix had counted when they were given away: IPv4 by /24; IPv6 by /48 and again by /64.
CREATE TABLE source_net (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	bits INTEGER NOT NULL,
	queries INTEGER NOT NULL,
	err INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	dnskey_queries INTEGER NOT NULL,
	tcp_queries INTEGER NOT NULL,
	tcp_responses INTEGER NOT NULL,
	query_dns_bytes INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	tcp_query_dns_bytes INTEGER NOT NULL,
	tcp_response_dns_bytes INTEGER NOT NULL,
	sigkey_dns_bytes INTEGER NOT NULL,
	PRIMARY KEY (run_id, ip, bits)
) STRICT, WITHOUT ROWID;

-- How many different sources asked. Counts are exact, or NULL. Registers are HyperLogLog, p = 14: an octet each, or,
-- when fewer are shorter, three octets for each that is not 0: its number and its value.
CREATE TABLE clients (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	scope TEXT NOT NULL CHECK (scope = 'all' OR scope = 'day' OR scope = 'other days'), -- all: no registers but those of its days
	t_s INTEGER NOT NULL, -- start of the UTC day
	place INTEGER NOT NULL, -- its bit in source.days
	v4 INTEGER,
	v6 INTEGER,
	v6_64 INTEGER, -- networks of that length
	v4_registers BLOB NOT NULL,
	v6_registers BLOB NOT NULL,
	v6_64_registers BLOB NOT NULL,
	PRIMARY KEY (run_id, scope, t_s)
) STRICT, WITHOUT ROWID;

CREATE TABLE bin (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	t_s INTEGER NOT NULL, -- start, a multiple of run.bin_s
	ip BLOB NOT NULL, -- server
	transport INTEGER NOT NULL, -- 0 UDP, 1 TCP
	qtype INTEGER NOT NULL, -- 65536: types beyond those kept apart
	queries INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	query_dns_bytes INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	do_queries INTEGER NOT NULL,
	cd_queries INTEGER NOT NULL,
	tc_responses INTEGER NOT NULL,
	query_ip_bytes INTEGER NOT NULL, -- of IP packets; 0 over TCP, where packets are not messages' own
	response_ip_bytes INTEGER NOT NULL,
	PRIMARY KEY (run_id, t_s, ip, transport, qtype)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	t_s INTEGER NOT NULL,
	ip BLOB NOT NULL, -- server; in: towards it
	in_packets INTEGER NOT NULL,
	out_packets INTEGER NOT NULL,
	in_ip_bytes INTEGER NOT NULL,
	out_ip_bytes INTEGER NOT NULL,
	in_wire_bytes INTEGER NOT NULL,
	out_wire_bytes INTEGER NOT NULL,
	PRIMARY KEY (run_id, t_s, ip)
) STRICT, WITHOUT ROWID;

-- Names are shared by all runs.
CREATE TABLE zone (
	zone_id INTEGER PRIMARY KEY,
	name_wire BLOB NOT NULL UNIQUE, -- lower case, uncompressed
	name TEXT NOT NULL, -- presentation form
	labels INTEGER NOT NULL -- without the root
) STRICT;

CREATE TABLE run_zone (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	zone_id INTEGER NOT NULL REFERENCES zone,
	answered INTEGER NOT NULL CHECK (answered IN (0, 1)), -- a DNSKEY RRset was seen: it is a zone
	dnskey_queries INTEGER NOT NULL,
	servers INTEGER NOT NULL, -- that gave authoritative DNSKEY answers
	requeries INTEGER NOT NULL, -- hot, warm and cool of all its bins
	PRIMARY KEY (run_id, zone_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_zone_zone ON run_zone (zone_id);

-- DNSKEY queries of a zone, by class (rq_none: nothing known of answers).
CREATE TABLE zone_bin (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	t_s INTEGER NOT NULL,
	queries INTEGER NOT NULL,
	rq_none INTEGER NOT NULL,
	rq_first INTEGER NOT NULL,
	rq_hot INTEGER NOT NULL,
	rq_warm INTEGER NOT NULL,
	rq_cool INTEGER NOT NULL,
	rq_refresh INTEGER NOT NULL,
	rq_retransmit INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	sources_new INTEGER NOT NULL, -- sources whose first requery for the zone fell into this bin
	hops INTEGER NOT NULL, -- sums over the queries, of hop limits as met and of source ports
	hops_squares INTEGER NOT NULL,
	ports INTEGER NOT NULL,
	ports_squares INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, t_s),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- DNSKEY queries of one source for one zone. The address is spelt out here too: the tables of sources and
-- of flows are bounded apart, so a source kept here may be missing there.
CREATE TABLE flow (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	queries INTEGER NOT NULL,
	err INTEGER NOT NULL, -- upper bound of the over-count; classes and responses are of queries - err
	rq_none INTEGER NOT NULL,
	rq_first INTEGER NOT NULL,
	rq_hot INTEGER NOT NULL,
	rq_warm INTEGER NOT NULL,
	rq_cool INTEGER NOT NULL,
	rq_refresh INTEGER NOT NULL,
	rq_retransmit INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, ip),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- As source_net, of the table above.
CREATE TABLE flow_net (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	bits INTEGER NOT NULL,
	queries INTEGER NOT NULL,
	err INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	rq_none INTEGER NOT NULL,
	rq_first INTEGER NOT NULL,
	rq_hot INTEGER NOT NULL,
	rq_warm INTEGER NOT NULL,
	rq_cool INTEGER NOT NULL,
	rq_refresh INTEGER NOT NULL,
	rq_retransmit INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	response_dns_bytes INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, ip, bits),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- How a source asks for a zone's keys, where it asks in bursts or too early; counts without retransmissions.
CREATE TABLE behaviour (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	queries INTEGER NOT NULL,
	successive INTEGER NOT NULL, -- asked less than 2 s behind another: within a burst
	closed INTEGER NOT NULL, -- of them, asked when nothing was waiting for an answer
	bursts INTEGER NOT NULL,
	failing_bursts INTEGER NOT NULL, -- with a requery
	failing_queries INTEGER NOT NULL, -- in them
	long_queries INTEGER NOT NULL, -- in those of 20 queries and 10 s and more
	halted_bursts INTEGER NOT NULL, -- that lasted 28 to 32 s
	pauses_over_life INTEGER NOT NULL, -- of 0.9 of the keys' lifetime and longer
	max_waiting INTEGER NOT NULL, -- queries without answer at one time
	last_requery_ns INTEGER, -- NULL: none
	failing_searches INTEGER NOT NULL, -- less than 1 s between two queries, with a requery
	crowded_searches INTEGER NOT NULL, -- of them, that asked one server more than six times
	min_search_ns INTEGER, -- least interval between failing searches, NULL: none
	windows INTEGER NOT NULL, -- of 5 s and more: points (demand, DNSKEY queries), and their sums
	demand INTEGER NOT NULL,
	demand_dnskey INTEGER NOT NULL,
	demand_xx INTEGER NOT NULL,
	demand_xy INTEGER NOT NULL,
	demand_yy INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, ip),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Its histograms; cells without count have no row. README.md tells what the cells mean.
CREATE TABLE behaviour_cell (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	kind TEXT NOT NULL CHECK (kind = 'gap' OR kind = 'pause' OR kind = 'late' OR kind = 'clock'), -- answer to query; burst to burst; answer to late query; time of day
	cell INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, ip, kind, cell),
	FOREIGN KEY (run_id, zone_id, ip) REFERENCES behaviour ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Its queries by server; no octets: servers beyond those kept apart.
CREATE TABLE behaviour_server (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	server_ip BLOB NOT NULL,
	queries INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, ip, server_ip),
	FOREIGN KEY (run_id, zone_id, ip) REFERENCES behaviour ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- DNSKEY and DS queries by depth of the name.
CREATE TABLE depth (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	tree TEXT NOT NULL CHECK (tree = 'in-addr.arpa.' OR tree = 'ip6.arpa.' OR tree = 'e164.arpa.' OR tree = 'other'),
	labels INTEGER NOT NULL, -- without the root
	dnskey_queries INTEGER NOT NULL,
	ds_queries INTEGER NOT NULL,
	PRIMARY KEY (run_id, tree, labels)
) STRICT, WITHOUT ROWID;

-- Which servers gave authoritative DNSKEY answers for a zone, of the first 64 of the run.
CREATE TABLE zone_server (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	server_ip BLOB NOT NULL,
	PRIMARY KEY (run_id, zone_id, server_ip),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Which servers a zone has, as the user says (--zone-servers).
CREATE TABLE given_server (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	server_ip BLOB NOT NULL,
	PRIMARY KEY (run_id, zone_id, server_ip),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- How a source began: its first DNSKEY queries, or the first after a minute of silence, where they went to several
-- servers, came with a priming query, or ended a silence of thirty days.
CREATE TABLE opening (
	run_id INTEGER NOT NULL,
	ip BLOB NOT NULL,
	t_ns INTEGER NOT NULL,
	address TEXT NOT NULL,
	silence_ns INTEGER, -- before it; NULL: the source was not seen before
	zone_id INTEGER NOT NULL,
	queries INTEGER NOT NULL,
	servers INTEGER NOT NULL, -- different ones
	length_ns INTEGER NOT NULL, -- from the first query to the last
	primed INTEGER NOT NULL CHECK (primed IN (0, 1)), -- it asked for the servers of the root too
	PRIMARY KEY (run_id, ip, t_ns),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Sources that primed, or whose CD bit changed from 0 to 1; the columns on CD are NULL without such a change.
CREATE TABLE manner (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	priming_queries INTEGER NOT NULL,
	primed_queries INTEGER NOT NULL, -- of them, with a DNSKEY query less than 5 s behind
	plain_before INTEGER, -- queries with CD=0 before the first with CD=1; 0: it began with CD=1
	cd_queries INTEGER,
	cd_retries INTEGER, -- with CD=1, for a name refused with SERVFAIL at most 60 s before
	cd_first_ns INTEGER, -- of the changes
	cd_last_ns INTEGER,
	PRIMARY KEY (run_id, ip)
) STRICT, WITHOUT ROWID;

-- Names asked for in lookaside registries (type DLV).
CREATE TABLE lookaside (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	qname_wire BLOB NOT NULL, -- lower case, uncompressed
	qname TEXT NOT NULL,
	queries INTEGER NOT NULL,
	responses INTEGER NOT NULL,
	tags TEXT, -- of the last answer with DLV records: decimal, ascending, a blank between two; NULL: none
	told_ns INTEGER, -- when that was
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, qname_wire)
) STRICT, WITHOUT ROWID;

-- A bounded sample of the queries of a source, each with its answer. Both addresses have rows of their own.
CREATE TABLE query (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	number INTEGER NOT NULL, -- position in the source's own sequence
	server_ip BLOB NOT NULL,
	t_ns INTEGER NOT NULL,
	response_ns INTEGER, -- NULL: no response seen
	qname_wire BLOB, -- NULL: no question
	qname TEXT,
	qtype INTEGER NOT NULL,
	id INTEGER NOT NULL,
	sport INTEGER NOT NULL,
	flags INTEGER NOT NULL, -- of the header, RFC 1035 section 4.1.1
	dnssec_ok INTEGER NOT NULL CHECK (dnssec_ok IN (0, 1)),
	edns_size INTEGER, -- NULL: no OPT record
	transport INTEGER NOT NULL,
	requery INTEGER NOT NULL, -- 0 none, 1 first, 2 hot, 3 warm, 4 cool, 5 refresh, 6 retransmit
	response_bytes INTEGER,
	rcode INTEGER,
	tc INTEGER,
	hop_limit INTEGER NOT NULL, -- of the query, as met
	server_cookie INTEGER NOT NULL CHECK (server_cookie IN (0, 1)), -- it returned one (RFC 7873)
	keep_s INTEGER, -- least TTL of the answers of its type, 255: that or longer; NULL: none
	ad INTEGER, -- of the answer
	PRIMARY KEY (run_id, ip, number)
) STRICT, WITHOUT ROWID;

-- ICMP errors that quote a packet between a server and a source.
CREATE TABLE icmp (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	server_ip BLOB NOT NULL,
	server_address TEXT NOT NULL,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind = 'port unreachable' OR kind = 'unreachable' OR kind = 'too big' OR kind = 'other'),
	packets INTEGER NOT NULL,
	PRIMARY KEY (run_id, server_ip, ip, kind)
) STRICT, WITHOUT ROWID;

-- How the DNSKEY queries of a source look: the four fingerprints met last.
CREATE TABLE source_stack (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	fingerprint TEXT NOT NULL, -- without the trait 0x20
	queries INTEGER NOT NULL,
	cased_queries INTEGER NOT NULL, -- of them, names with three letters or more
	mixed_queries INTEGER NOT NULL, -- of those, in both cases
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, ip, fingerprint)
) STRICT, WITHOUT ROWID;

-- Answers to names one label below a parent, from its first NXDOMAIN on.
CREATE TABLE nxdomain (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	parent_wire BLOB NOT NULL, -- lower case, uncompressed
	parent TEXT NOT NULL, -- presentation form
	nxdomain INTEGER NOT NULL CHECK (nxdomain > 0),
	responses INTEGER NOT NULL,
	distinct_labels INTEGER NOT NULL, -- estimate, standard error 2.3 %
	sources INTEGER NOT NULL, -- estimate, standard error 6.5 %
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, parent_wire)
) STRICT, WITHOUT ROWID;

-- What a source says of the trust anchors it holds (RFC 8145: qname, option), or asks about those of a resolver
-- (RFC 8509: sentinel-is, sentinel-not).
CREATE TABLE ta_signal (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	ip BLOB NOT NULL,
	address TEXT NOT NULL,
	zone_wire BLOB NOT NULL,
	zone TEXT NOT NULL,
	tags TEXT NOT NULL, -- decimal, ascending, a blank between two
	via TEXT NOT NULL CHECK (via = 'qname' OR via = 'option' OR via = 'sentinel-is' OR via = 'sentinel-not'),
	queries INTEGER NOT NULL,
	forwarded INTEGER NOT NULL, -- of them, with RD=1 or DO=0: passed on, or made up
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, ip, zone_wire, tags, via)
) STRICT, WITHOUT ROWID;
CREATE INDEX ta_signal_source ON ta_signal (ip, zone_wire);

-- Keys in authoritative, signed DNSKEY answers; one that signed in some and not in others is two rows.
CREATE TABLE zone_key (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	tag INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	flags INTEGER NOT NULL, -- 1 SEP, 128 REVOKE, 256 ZONE
	signs INTEGER NOT NULL CHECK (signs IN (0, 1)), -- the DNSKEY RRset
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, tag, algorithm, flags, signs),
	FOREIGN KEY (run_id, zone_id) REFERENCES run_zone ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Extended DNS Errors in responses (RFC 8914: ede) and error reports of resolvers (RFC 9567: report).
CREATE TABLE failure (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('ede', 'report')),
	code INTEGER NOT NULL,
	qtype INTEGER NOT NULL, -- of what failed
	qname_wire BLOB NOT NULL, -- empty: a response without question
	qname TEXT,
	zone_wire BLOB, -- NULL: not known
	zone TEXT,
	count INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, kind, code, qtype, qname_wire)
) STRICT, WITHOUT ROWID;

-- The ledger: DNSSEC records that were seen. A name it mentions, so that the name is kept.
CREATE TABLE ledger_name (
	run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
	zone_id INTEGER NOT NULL REFERENCES zone,
	PRIMARY KEY (run_id, zone_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_name_zone ON ledger_name (zone_id);

-- Contents of DNSKEY, DS, CDS, CDNSKEY, NSEC3PARAM and SOA RRsets, and denials of DS.
CREATE TABLE rrset (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL, -- owner
	rrset INTEGER NOT NULL, -- number within the run
	type INTEGER NOT NULL,
	denial TEXT CHECK (denial = 'nsec' OR denial = 'nsec3' OR denial = 'opt-out'), -- NULL: records
	hash BLOB NOT NULL CHECK (length(hash) = 16), -- of wire; the same in every run
	n_records INTEGER NOT NULL,
	wire BLOB NOT NULL, -- RDATAs in canonical form and order, two octets of length before each
	soa_serial INTEGER, -- NULL unless SOA
	soa_refresh_s INTEGER,
	count INTEGER NOT NULL, -- responses
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, rrset),
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX rrset_zone ON rrset (zone_id, type, hash);

-- The keys of DNSKEY and CDNSKEY contents.
CREATE TABLE rrset_key (
	run_id INTEGER NOT NULL,
	rrset INTEGER NOT NULL,
	position INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	identity BLOB NOT NULL CHECK (length(identity) = 16), -- of the public key
	flags INTEGER NOT NULL, -- 1 SEP, 128 REVOKE, 256 ZONE
	tag INTEGER NOT NULL,
	PRIMARY KEY (run_id, rrset, position),
	FOREIGN KEY (run_id, rrset) REFERENCES rrset ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The digests of DS and CDS contents.
CREATE TABLE rrset_ds (
	run_id INTEGER NOT NULL,
	rrset INTEGER NOT NULL,
	position INTEGER NOT NULL,
	tag INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	digest_type INTEGER NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (run_id, rrset, position),
	FOREIGN KEY (run_id, rrset) REFERENCES rrset ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Periods in which one server gave the same content, signed by the same keys, with the same TTL when authoritative.
CREATE TABLE rrset_seen (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	type INTEGER NOT NULL,
	server_ip BLOB NOT NULL,
	nsid BLOB NOT NULL, -- empty: none in the responses
	authoritative INTEGER NOT NULL CHECK (authoritative IN (0, 1)), -- AA; or DS in a referral without RA
	number INTEGER NOT NULL, -- in order of time, from 0
	server_address TEXT NOT NULL,
	rrset INTEGER NOT NULL,
	signer_tags TEXT, -- decimal, ascending, a blank between two; '': unsigned; NULL: nobody asked for signatures
	signer_algorithms TEXT, -- likewise
	ttl_least_s INTEGER NOT NULL,
	ttl_greatest_s INTEGER NOT NULL,
	count INTEGER NOT NULL, -- responses
	referrals INTEGER NOT NULL, -- of them, in the authority section
	forgotten INTEGER NOT NULL, -- periods right before this one for which there was no room
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, type, server_ip, nsid, authoritative, number),
	-- Not (run_id, rrset): to find the periods of a content when a run goes would take an index that nobody else asks.
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX rrset_seen_zone ON rrset_seen (zone_id, type, first_ns);

-- Keys, each in the forms (flags) in which it was seen.
CREATE TABLE dkey (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	identity BLOB NOT NULL CHECK (length(identity) = 16), -- of the public key
	flags INTEGER NOT NULL,
	tag INTEGER NOT NULL,
	tag_revoked INTEGER NOT NULL, -- with REVOKE set
	protocol INTEGER NOT NULL,
	bits INTEGER, -- of the RSA modulus or the curve; NULL: not known
	exponent INTEGER, -- of RSA; 4294967295: that or larger; NULL: not RSA, or not readable
	unusable INTEGER NOT NULL CHECK (unusable IN (0, 1)), -- not to be read as a key of its algorithm
	public_key BLOB NOT NULL,
	sha1 BLOB NOT NULL, -- DS digests
	sha256 BLOB NOT NULL,
	sha384 BLOB NOT NULL,
	count INTEGER NOT NULL, -- DNSKEY responses with it
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, algorithm, identity, flags),
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX dkey_zone ON dkey (zone_id, tag, algorithm);

-- Signatures by signer, type covered, key and validity.
CREATE TABLE signature (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL, -- signer
	type INTEGER NOT NULL, -- covered
	tag INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	inception_s INTEGER NOT NULL, -- folded: the latest
	expiration_s INTEGER NOT NULL, -- folded: the earliest
	folded INTEGER NOT NULL CHECK (folded IN (0, 1)), -- validities beyond those kept apart
	least_validity_s INTEGER NOT NULL,
	original_ttl_s INTEGER NOT NULL, -- the greatest
	count INTEGER NOT NULL, -- records
	expired INTEGER NOT NULL, -- of them, when seen
	future INTEGER NOT NULL, -- likewise, before their inception
	first_expired_ns INTEGER, -- NULL: never
	last_expired_ns INTEGER,
	good INTEGER NOT NULL, -- RRsets verified
	bogus INTEGER NOT NULL,
	unsupported INTEGER NOT NULL,
	unknown INTEGER NOT NULL, -- no key seen, or too much work
	bogus_why TEXT, -- of the first bogus one
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, type, tag, algorithm, inception_s, expiration_s, folded),
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX signature_zone ON signature (zone_id, type);

-- How zones deny names.
CREATE TABLE nsec (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('NSEC', 'NSEC3')),
	hash_algorithm INTEGER NOT NULL, -- 0 for NSEC, and so on
	iterations INTEGER NOT NULL,
	salt BLOB NOT NULL,
	count INTEGER NOT NULL, -- records
	opt_out INTEGER NOT NULL, -- of them, with opt-out
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, kind, hash_algorithm, iterations, salt),
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX nsec_zone ON nsec (zone_id);

-- What costs validators more work than is usual.
CREATE TABLE exhaustion (
	run_id INTEGER NOT NULL,
	zone_id INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind = 'key-tag-collision' OR kind = 'keys' OR kind = 'signatures' OR kind = 'ds' OR kind = 'nsec3-iterations' OR kind = 'empty-window' OR kind = 'long-window' OR kind = 'window-order' OR kind = 'verifications'),
	server_ip BLOB NOT NULL,
	server_address TEXT NOT NULL,
	greatest INTEGER NOT NULL,
	threshold INTEGER NOT NULL, -- more than that is a row
	responses INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns INTEGER NOT NULL,
	PRIMARY KEY (run_id, zone_id, kind, server_ip),
	FOREIGN KEY (run_id, zone_id) REFERENCES ledger_name ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Judgements: computed from the facts above, replaced as a whole.
CREATE TABLE storm (
	storm_id INTEGER PRIMARY KEY,
	zone_id INTEGER NOT NULL REFERENCES zone,
	start_s INTEGER NOT NULL,
	end_s INTEGER NOT NULL, -- first second after it, or after the capture when it is open
	began_before INTEGER NOT NULL CHECK (began_before IN (0, 1)), -- the capture begins inside it
	open INTEGER NOT NULL CHECK (open IN (0, 1)), -- the capture ends inside it
	peak_qps REAL,
	base_qps REAL,
	uplift REAL, -- NULL: nothing was asked before
	uplift_is_lower_bound INTEGER NOT NULL CHECK (uplift_is_lower_bound IN (0, 1)),
	queries INTEGER NOT NULL,
	-- What follows is NULL where it is not known. _lo and _hi are the ends of an interval of 95 %.
	bin_s INTEGER, -- of the series it was found in
	duration_s REAL,
	unknown_bins INTEGER, -- within it, nothing captured
	baseline TEXT CHECK (baseline = 'first-quarter' OR baseline = 'same-time-7-days' OR baseline = 'without-requeries'),
	baseline_bins INTEGER, -- that base_qps is the mean of
	dispersion REAL, -- of them, variance over mean
	second_start_s INTEGER, -- by the other method; NULL: it sees no rise
	uplift_lo REAL,
	uplift_hi REAL,
	mean_qps REAL,
	severity INTEGER CHECK (severity BETWEEN 1 AND 5),
	severity_unknown INTEGER, -- tests of the four that could not be made
	byte_share REAL, -- of the increase in DNS response bytes
	answer_bytes REAL, -- mean
	answered_bps REAL, -- DNS messages
	predicted_bps REAL, -- if all queries were answered so: DNS messages
	predicted_ip_bps REAL,
	predicted_wire_bps REAL, -- Ethernet with FCS, preamble and gap
	growth REAL, -- uplift over that of the zone's storm before
	growth_lo REAL,
	growth_hi REAL,
	rise TEXT CHECK (rise IN ('step', 'ramp')),
	rise_s REAL, -- from 10 to 90 %
	half_life_s REAL,
	half_life_at_least_s REAL, -- when it is not over
	residual REAL, -- rate after over rate before
	residual_lo REAL,
	residual_hi REAL,
	residual_share REAL, -- likewise, as shares of all queries
	residual_share_lo REAL,
	residual_share_hi REAL
) STRICT;
CREATE INDEX storm_zone ON storm (zone_id);

-- The same, as one of several servers saw them: columns as in storm, in the same order, and two more. DNSKEY queries of
-- all zones; zone_id: whose storm it most likely is, NULL: nobody's.
CREATE TABLE server_storm (
	storm_id INTEGER PRIMARY KEY,
	zone_id INTEGER REFERENCES zone,
	start_s INTEGER NOT NULL,
	end_s INTEGER NOT NULL,
	began_before INTEGER NOT NULL CHECK (began_before IN (0, 1)),
	open INTEGER NOT NULL CHECK (open IN (0, 1)),
	peak_qps REAL,
	base_qps REAL,
	uplift REAL,
	uplift_is_lower_bound INTEGER NOT NULL CHECK (uplift_is_lower_bound IN (0, 1)),
	queries INTEGER NOT NULL,
	bin_s INTEGER,
	duration_s REAL,
	unknown_bins INTEGER,
	baseline TEXT CHECK (baseline = 'first-quarter' OR baseline = 'same-time-7-days' OR baseline = 'without-requeries'),
	baseline_bins INTEGER,
	dispersion REAL,
	second_start_s INTEGER,
	uplift_lo REAL,
	uplift_hi REAL,
	mean_qps REAL,
	severity INTEGER CHECK (severity BETWEEN 1 AND 5),
	severity_unknown INTEGER,
	byte_share REAL,
	answer_bytes REAL,
	answered_bps REAL,
	predicted_bps REAL,
	predicted_ip_bps REAL,
	predicted_wire_bps REAL,
	growth REAL,
	growth_lo REAL,
	growth_hi REAL,
	rise TEXT CHECK (rise IN ('step', 'ramp')),
	rise_s REAL,
	half_life_s REAL,
	half_life_at_least_s REAL,
	residual REAL,
	residual_lo REAL,
	residual_hi REAL,
	residual_share REAL,
	residual_share_lo REAL,
	residual_share_hi REAL,
	ip BLOB NOT NULL,
	address TEXT NOT NULL
) STRICT;
CREATE INDEX server_storm_zone ON server_storm (zone_id);

CREATE TABLE habit (
	zone_id INTEGER NOT NULL REFERENCES zone,
	ip BLOB NOT NULL,
	memory_class TEXT CHECK (memory_class = 'none' OR memory_class = '30s' OR memory_class = '60s' OR memory_class = '600s' OR memory_class = 'ttl'), -- of failures
	sci REAL, -- self-clocking index
	spray REAL, -- entropy over servers, 1: all alike
	coverage REAL, -- servers asked of those there are
	median_gap_ms REAL, -- answer to next query
	min_search_interval_s REAL, -- between failing searches
	rfc9520 TEXT CHECK (rfc9520 IN ('violates', 'caches')),
	halted_share REAL, -- of its bursts, those of 28 to 32 s
	dnskey_per_query REAL, -- DNSKEY queries for each query of its demand
	demand_slope REAL, -- more of them for one more query of demand
	demand_correlation REAL,
	late_repeats REAL, -- queries 0.4 to 10 s behind an answer, made by a timer; 0: by none
	day_night REAL, -- wave of a day in its rate, over the mean
	zone_local INTEGER CHECK (zone_local IN (0, 1)), -- it fails with this zone only; NULL: not known
	PRIMARY KEY (zone_id, ip)
) STRICT, WITHOUT ROWID;

-- Over all runs: each day, and the whole (t_s 0).
CREATE TABLE client_count (
	scope TEXT NOT NULL CHECK (scope IN ('all', 'day')),
	t_s INTEGER NOT NULL,
	exact INTEGER NOT NULL CHECK (exact IN (0, 1)), -- 0: estimates, standard error 0.81 %
	v4 INTEGER NOT NULL,
	v6 INTEGER NOT NULL,
	v6_64 INTEGER NOT NULL,
	PRIMARY KEY (scope, t_s)
) STRICT, WITHOUT ROWID;

-- What is remarkable of a source. No row: an ordinary one.
CREATE TABLE trait (
	ip BLOB PRIMARY KEY,
	flow TEXT CHECK (flow = 'dnskey-heavy' OR flow = 'rrsig-heavy' OR flow = 'dnskey-heavy,rrsig-heavy'), -- NULL: background
	min_caches INTEGER, -- at least so many caches behind the address; NULL: not known
	returned_s REAL -- it came back with stale keys after so long; NULL: it did not
) STRICT, WITHOUT ROWID;
-- What happened to a zone's keys, at some instant behind before_ns and not behind t_ns.
CREATE TABLE event (
	event_id INTEGER PRIMARY KEY,
	zone_id INTEGER NOT NULL REFERENCES zone,
	kind TEXT NOT NULL, -- DOMAIN B9
	t_ns INTEGER NOT NULL, -- first seen so
	before_ns INTEGER, -- last seen otherwise; NULL: it was so at first sight
	all_ns INTEGER NOT NULL, -- first seen so by the last of the servers that changed
	servers INTEGER, -- that were seen to change; NULL: not a matter of servers
	server_ip BLOB, -- first seen to have changed
	server_address TEXT,
	nsid BLOB, -- empty: not named
	algorithm INTEGER,
	tag INTEGER,
	identity BLOB, -- of the key
	phase TEXT,
	method TEXT,
	detail TEXT,
	warning TEXT
) STRICT;
CREATE INDEX event_zone ON event (zone_id, t_ns);

-- What is not in it, one row.
CREATE TABLE event_rest (
	events INTEGER NOT NULL, -- of zones with more than 1024
	zones INTEGER NOT NULL -- of which so much is known that not all of it was looked at
) STRICT;

-- The event before a storm that may have set it off.
CREATE TABLE storm_trigger (
	storm_id INTEGER PRIMARY KEY REFERENCES storm,
	event_id INTEGER NOT NULL REFERENCES event,
	lag_s REAL NOT NULL, -- from when the event was seen to the start of the storm's first bin, at least
	lag_most_s REAL -- from when it was not seen yet to that bin's end; NULL: not known
) STRICT;
CREATE INDEX storm_trigger_event ON storm_trigger (event_id);

-- All that may have set off a storm, the likeliest at place 1: events of its zone, of zones above, steps of the calendar.
CREATE TABLE storm_candidate (
	storm_id INTEGER NOT NULL REFERENCES storm,
	place INTEGER NOT NULL,
	event_id INTEGER REFERENCES event, -- NULL: of the calendar
	zone TEXT NOT NULL,
	above INTEGER NOT NULL CHECK (above IN (0, 1)), -- of a zone above the storm's
	kind TEXT NOT NULL,
	tag INTEGER,
	planned INTEGER NOT NULL CHECK (planned IN (0, 1)), -- whether it happened is not known here
	lag_s REAL NOT NULL, -- as in storm_trigger
	lag_most_s REAL,
	PRIMARY KEY (storm_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX storm_candidate_event ON storm_candidate (event_id);

-- What a storm and the one before it of the zone let expect; none of the first. _lo and _hi as in storm.
CREATE TABLE storm_outlook (
	storm_id INTEGER PRIMARY KEY REFERENCES storm,
	apart_s REAL NOT NULL, -- from start to start
	doubling_s REAL, -- NULL: it does not grow
	doubling_lo_s REAL,
	doubling_hi_s REAL, -- NULL: it may be that it does not
	next_uplift REAL, -- of the next one, if it grows again as it did
	next_uplift_lo REAL,
	next_uplift_hi REAL
) STRICT;

-- The event inside a storm that may have ended it.
CREATE TABLE storm_repair (
	storm_id INTEGER PRIMARY KEY REFERENCES storm,
	event_id INTEGER NOT NULL REFERENCES event,
	above INTEGER NOT NULL CHECK (above IN (0, 1)), -- of a zone above the storm's
	to_end_s REAL, -- from it to the end of the storm; NULL: it is on
	to_half_s REAL -- from it to when the rate was half way down; NULL: it was not, or had been before
) STRICT;
CREATE INDEX storm_repair_event ON storm_repair (event_id);

-- Why: of each storm, and of each source that asked too often for a zone's keys.
CREATE TABLE diagnosis (
	diagnosis_id INTEGER PRIMARY KEY,
	zone_id INTEGER NOT NULL REFERENCES zone,
	storm_id INTEGER REFERENCES storm, -- NULL: of a source
	ip BLOB, -- NULL: of a storm
	address TEXT,
	queries REAL NOT NULL, -- for the zone's keys
	verdict TEXT NOT NULL,
	lead_db REAL, -- over the next best explanation; NULL: does not apply
	above_zone_id INTEGER REFERENCES zone -- whose verdict it has, since who fails there fails below; NULL: its own
) STRICT;
CREATE INDEX diagnosis_flow ON diagnosis (zone_id, ip);
CREATE INDEX diagnosis_storm ON diagnosis (storm_id);

-- What a diagnosis stands on, in one row: the views finding and explanation have a row for each kind and each explanation.
-- A letter or digit for each: of the kinds of evidence in the order of weight.place, of the explanations in that of sums.
CREATE TABLE reasoning (
	diagnosis_id INTEGER PRIMARY KEY REFERENCES diagnosis,
	states TEXT NOT NULL, -- p present, a absent, u unknown
	missing TEXT NOT NULL, -- A: of all that is unknown, this would tell most, then B; -: would tell nothing
	ranks TEXT NOT NULL, -- 1: the likeliest
	-- What was measured; NULL: nothing.
	e1 REAL, e2 REAL, e3 REAL, e4 REAL, e5 REAL, e6 REAL,
	e7 REAL, e8 REAL, e9 REAL, e10 REAL, e11 REAL, e12 REAL,
	e13 REAL, e14 REAL, e15 REAL, e16 REAL, e17 REAL, e18 REAL,
	-- Sums of the weights of all findings.
	dos REAL NOT NULL,
	reflection REAL NOT NULL,
	no_cache REAL NOT NULL,
	loop REAL NOT NULL,
	stale_trust_anchor REAL NOT NULL,
	broken_zone REAL NOT NULL,
	answer_lost REAL NOT NULL,
	monitoring REAL NOT NULL
) STRICT;

-- The matrix that was used, in decibans.
CREATE TABLE weight (
	evidence TEXT NOT NULL,
	hypothesis TEXT NOT NULL,
	label TEXT NOT NULL, -- E1 to E18
	place INTEGER NOT NULL,
	present_db REAL NOT NULL,
	absent_db REAL NOT NULL,
	meaning TEXT NOT NULL,
	shown_in TEXT NOT NULL, -- a report
	decided_by TEXT NOT NULL, -- the capture that would tell
	PRIMARY KEY (hypothesis, evidence)
) STRICT, WITHOUT ROWID;

-- Any one explanation names all kinds of evidence, and any kind all explanations.
CREATE VIEW finding AS
SELECT
	diagnosis_id,
	evidence,
	CASE substr(states, place + 1, 1) WHEN 'p' THEN 'present' WHEN 'a' THEN 'absent' ELSE 'unknown' END AS state,
	CASE place
		WHEN 0 THEN e1 WHEN 1 THEN e2 WHEN 2 THEN e3 WHEN 3 THEN e4 WHEN 4 THEN e5 WHEN 5 THEN e6
		WHEN 6 THEN e7 WHEN 7 THEN e8 WHEN 8 THEN e9 WHEN 9 THEN e10 WHEN 10 THEN e11 WHEN 11 THEN e12
		WHEN 12 THEN e13 WHEN 13 THEN e14 WHEN 14 THEN e15 WHEN 15 THEN e16 WHEN 16 THEN e17 WHEN 17 THEN e18
	END AS value,
	nullif(instr('ABCDEFGHIJKLMNOPQR', substr(missing, place + 1, 1)), 0) AS missing
FROM reasoning CROSS JOIN weight
WHERE hypothesis = 'dos';

CREATE VIEW explanation AS
SELECT
	diagnosis_id,
	hypothesis,
	CASE hypothesis
		WHEN 'dos' THEN dos WHEN 'reflection' THEN reflection WHEN 'no-cache' THEN no_cache WHEN 'loop' THEN loop
		WHEN 'stale-trust-anchor' THEN stale_trust_anchor WHEN 'broken-zone' THEN broken_zone WHEN 'answer-lost' THEN answer_lost WHEN 'monitoring' THEN monitoring
	END AS sum_db,
	CAST(substr(ranks, CASE hypothesis
		WHEN 'dos' THEN 1 WHEN 'reflection' THEN 2 WHEN 'no-cache' THEN 3 WHEN 'loop' THEN 4
		WHEN 'stale-trust-anchor' THEN 5 WHEN 'broken-zone' THEN 6 WHEN 'answer-lost' THEN 7 WHEN 'monitoring' THEN 8
	END, 1) AS INTEGER) AS rank
FROM reasoning CROSS JOIN weight
WHERE evidence = 'after-event';

-- Holds its one row while the judgements belong to the facts: a new run takes it away, but for one that is still being
-- captured, which they may be a while behind.
CREATE TABLE judged (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	last_ns INTEGER -- of the facts that they belong to; NULL: no packets
) STRICT;

-- Words for readers that have only SQL; what is not here prints as TYPE<code> or the bare number.
CREATE TABLE rrtype (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE rcode (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
-- Extended DNS Error codes: the IANA registry.
CREATE TABLE ede (code INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO ede VALUES
	(0, 'Other Error'),
	(1, 'Unsupported DNSKEY Algorithm'),
	(2, 'Unsupported DS Digest Type'),
	(3, 'Stale Answer'),
	(4, 'Forged Answer'),
	(5, 'DNSSEC Indeterminate'),
	(6, 'DNSSEC Bogus'),
	(7, 'Signature Expired'),
	(8, 'Signature Not Yet Valid'),
	(9, 'DNSKEY Missing'),
	(10, 'RRSIGs Missing'),
	(11, 'No Zone Key Bit Set'),
	(12, 'NSEC Missing'),
	(13, 'Cached Error'),
	(14, 'Not Ready'),
	(15, 'Blocked'),
	(16, 'Censored'),
	(17, 'Filtered'),
	(18, 'Prohibited'),
	(19, 'Stale NXDOMAIN Answer'),
	(20, 'Not Authoritative'),
	(21, 'Not Supported'),
	(22, 'No Reachable Authority'),
	(23, 'Network Error'),
	(24, 'Invalid Data'),
	(25, 'Signature Expired before Valid'),
	(26, 'Too Early'),
	(27, 'Unsupported NSEC3 Iterations Value'),
	(28, 'Unable to conform to policy'),
	(29, 'Synthesized'),
	(30, 'Invalid Query Type');

-- The database as a whole, one row. Bins of different widths are folded into the widest, but for those that were
-- rolled up: where one of these lies all is folded into its width.
CREATE VIEW whole AS
SELECT
	count(*) AS runs,
	min(first_ns) AS first_ns,
	max(last_ns) AS last_ns,
	nullif(max(last_ns) - min(first_ns), 0) / 1e9 AS span_s, -- NULL: no time passed, no rate is known
	coalesce(max(iif(rolled_from_s IS NULL, bin_s, NULL)), max(bin_s)) AS bin_s,
	max(time_digits) AS time_digits,
	min(responses_only) AS responses_only, -- 1: no run saw queries
	min(queries_only OR responses_only) AS one_sided, -- 1: no run saw both queries and answers
	max(bin_s) AS widest_s,
	max(iif(rolled_from_s IS NULL, NULL, bin_s)) AS coarse_s -- of bins that were rolled up; NULL: none
FROM run;

-- Where bins lie that were rolled up. Whatever begins in one of them is folded into it.
CREATE VIEW coarse AS
SELECT DISTINCT t_s / coarse_s * coarse_s AS t_s
FROM whole, (
	SELECT t_s FROM run CROSS JOIN traffic USING (run_id) WHERE rolled_from_s IS NOT NULL
	UNION ALL
	SELECT t_s FROM run CROSS JOIN bin USING (run_id) WHERE rolled_from_s IS NOT NULL
	UNION ALL
	SELECT t_s FROM run CROSS JOIN zone_bin USING (run_id) WHERE rolled_from_s IS NOT NULL
)
WHERE coarse_s > bin_s;

-- Messages over UDP by type; those of runs that saw one direction only (one_sided 1) apart.
CREATE VIEW udp_type AS
SELECT qtype, queries_only OR responses_only AS one_sided, sum(queries) AS queries, sum(responses) AS responses,
	sum(query_dns_bytes) AS query_dns_bytes, sum(response_dns_bytes) AS response_dns_bytes,
	sum(query_ip_bytes) AS query_ip_bytes, sum(response_ip_bytes) AS response_ip_bytes
FROM run CROSS JOIN bin USING (run_id)
WHERE transport = 0
GROUP BY qtype, queries_only OR responses_only;

-- Bounds over all runs. What a run does not list it may have met as often as its floor says: rows below that are
-- missing in a run count so much more, with so much more err.
CREATE VIEW all_bound AS
SELECT name, sum(capacity) AS capacity, sum(floor) AS floor, sum(replaced) AS replaced, sum(lost) AS lost
FROM bound
GROUP BY name;

-- How many sources asked anything: what the judge says (client_count). Before he did: exact for one run, and for
-- several whose sources all have rows; otherwise the rests of two runs may hold the same ones, so the sum is the most
-- there can be, and if sources had to leave a full table nothing is known.
CREATE VIEW source_count AS
SELECT
	-- Looked at in this order, and no further than needed: to count the sources of many runs takes long.
	coalesce(
		(SELECT v4 + v6 FROM client_count WHERE scope = 'all'),
		iif(
			EXISTS (SELECT 1 FROM bound WHERE name = 'source' AND lost > 0),
			NULL,
			(SELECT count(DISTINCT ip) FROM source WHERE queries > 0) + (SELECT coalesce(sum(sources), 0) FROM source_rest)
		)
	) AS sources,
	(SELECT count(*) FROM run) > 1 AND EXISTS (SELECT 1 FROM source_rest)
		AND NOT EXISTS (SELECT 1 FROM client_count WHERE scope = 'all') AS is_upper_bound,
	EXISTS (SELECT 1 FROM client_count WHERE scope = 'all' AND NOT exact) AS is_estimate;

-- The servers of each zone in each run, by length of their addresses: how many were seen to answer for its keys, how many
-- were given (0: none), and how many a source of that IP version is taken to have. What the user says counts where
-- two or more were seen: before one server nobody can tell whether its clients ask the others.
CREATE VIEW zone_set AS
SELECT run_id, zone_id, octets, sum(seen) AS seen, sum(given) AS given,
	iif(sum(seen) >= 2 AND sum(given) > 0, sum(given), sum(seen)) AS servers
FROM (
	SELECT run_id, zone_id, length(server_ip) AS octets, 1 AS seen, 0 AS given FROM zone_server
	UNION ALL
	SELECT run_id, zone_id, length(server_ip), 0, 1 FROM given_server
)
GROUP BY run_id, zone_id, octets;

-- One row per source over all runs. Octets over UDP are those of runs that saw queries and answers.
CREATE VIEW all_source AS
WITH
	missing (floor) AS (SELECT total(floor) FROM bound WHERE name = 'source'),
	seen AS MATERIALIZED (
		SELECT run.run_id, queries_only, responses_only, floor
		FROM run LEFT JOIN bound ON bound.run_id = run.run_id AND name = 'source'
	)
SELECT
	ip,
	max(address) AS address,
	sum(queries) + cast(missing.floor - total(seen.floor) AS INTEGER) AS queries,
	sum(err) + cast(missing.floor - total(seen.floor) AS INTEGER) AS err,
	sum(responses) AS responses,
	sum(dnskey_queries) AS dnskey_queries,
	sum(query_dns_bytes) AS query_dns_bytes,
	sum(response_dns_bytes) AS response_dns_bytes,
	sum(sigkey_dns_bytes) AS sigkey_dns_bytes,
	sum(iif(queries_only OR responses_only, NULL, query_dns_bytes - tcp_query_dns_bytes)) AS udp_query_dns_bytes,
	sum(iif(queries_only OR responses_only, NULL, response_dns_bytes - tcp_response_dns_bytes)) AS udp_response_dns_bytes,
	min(source.first_ns) AS first_ns,
	max(source.last_ns) AS last_ns
FROM missing CROSS JOIN seen CROSS JOIN source USING (run_id)
GROUP BY ip;

-- One row per source and zone over all runs, with the tests that need no more than it. A requery cannot be
-- known where only one side was seen: runs with queries only count in `queries` but not in the ratio. A
-- retransmission, or the TCP query that TC=1 asks for, belongs to the transaction of an earlier query: the
-- ratio is one of transactions. It is about the queries that were seen while the source had a place in the table
-- (queries - err), and so is `offends`.
CREATE VIEW all_flow AS
WITH
	missing (floor) AS (SELECT total(floor) FROM bound WHERE name = 'flow'),
	seen AS MATERIALIZED ( -- what is the same for all flows of a run is looked up once a run
		SELECT run.run_id, queries_only, responses_only, floor
		FROM run LEFT JOIN bound ON bound.run_id = run.run_id AND name = 'flow'
	),
	merged AS (
		SELECT
			zone_id,
			ip,
			max(address) AS address,
			sum(iif(responses_only, NULL, queries)) + cast(missing.floor - total(seen.floor) AS INTEGER) AS queries,
			sum(err) + cast(missing.floor - total(seen.floor) AS INTEGER) AS err,
			sum(iif(queries_only OR responses_only, NULL, queries - err - rq_retransmit)) AS classed,
			sum(iif(queries_only OR responses_only, NULL, rq_hot)) AS hot,
			sum(iif(queries_only OR responses_only, NULL, rq_warm)) AS warm,
			sum(iif(queries_only OR responses_only, NULL, rq_cool)) AS cool,
			sum(iif(queries_only OR responses_only, NULL, rq_refresh)) AS refresh,
			sum(iif(queries_only, NULL, response_dns_bytes)) AS response_dns_bytes,
			min(flow.first_ns) AS first_ns,
			max(flow.last_ns) AS last_ns
		FROM missing CROSS JOIN seen CROSS JOIN flow USING (run_id)
		GROUP BY zone_id, ip
	),
	asked (n) AS (SELECT sum(queries) FROM bin WHERE qtype = 48)
SELECT
	merged.*,
	asked.n AS all_queries, -- DNSKEY queries of everybody
	(hot + warm + cool) * 1.0 / nullif(classed, 0) AS rr,
	queries * 1000 >= asked.n AND queries / span_s >= 0.1 AND (hot + warm + cool) * 2 >= classed AS heavy,
	queries - err >= 10 AND (hot + warm + cool) * 2 >= classed AS offends,
	(queries - err) * 1000 >= asked.n AS guaranteed
FROM merged, asked, whole;

-- One row per source and fingerprint over all runs; the most frequent one of a source has place 1. Names in mixed
-- case most of the time are 0x20.
CREATE VIEW all_stack AS
SELECT *, row_number() OVER (PARTITION BY ip ORDER BY queries DESC, fingerprint) AS place
FROM (
	SELECT
		ip,
		max(address) AS address,
		fingerprint || iif(sum(mixed_queries) * 2 > sum(cased_queries), ' 0x20', '') AS fingerprint,
		sum(queries) AS queries,
		min(first_ns) AS first_ns,
		max(last_ns) AS last_ns
	FROM source_stack
	GROUP BY ip, source_stack.fingerprint
);
-- Key-signing keys of each zone as of its last authoritative DNSKEY answer: SEP set, REVOKE not, and signing.
CREATE VIEW current_key AS
WITH latest AS (SELECT zone_id, max(last_ns) AS last_ns FROM zone_key GROUP BY zone_id)
SELECT DISTINCT zone_id, name_wire, tag
FROM zone_key JOIN latest USING (zone_id, last_ns) JOIN zone USING (zone_id)
WHERE signs AND flags & 1 AND NOT flags & 128;

-- Steps of rollovers that were announced or written down: neither facts of packets nor judgements.
CREATE TABLE calendar (
	origin TEXT NOT NULL CHECK (origin IN ('own', 'file')), -- part of the program, or --rollovers
	zone_wire BLOB NOT NULL,
	zone TEXT NOT NULL,
	t_ns INTEGER NOT NULL,
	event TEXT NOT NULL, -- DOMAIN B9
	tag INTEGER, -- NULL: not given
	planned INTEGER NOT NULL CHECK (planned IN (0, 1)), -- whether it happened is not known here
	note TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX calendar_step ON calendar (origin, zone_wire, event, coalesce(tag, -1), t_ns);

-- The calendar in force: what the user wrote takes the place of what the program knows of the same step.
CREATE VIEW milestone AS
SELECT *
FROM calendar AS mine
WHERE origin = 'file' OR NOT EXISTS (
	SELECT 1 FROM calendar AS theirs
	WHERE theirs.origin = 'file' AND theirs.zone_wire = mine.zone_wire AND theirs.event = mine.event
		AND theirs.tag IS mine.tag
);

-- What may have set off each storm, how soon, and how much of the growth it was. NULL: not known.
CREATE VIEW storm_cause AS
WITH
	-- Where the captures begin that were on when the storm began: months can lie between them and those before.
	edge AS (
		SELECT storm_id, min(run.first_ns / 1000000000 / run.bin_s * run.bin_s) AS first_s
		FROM storm JOIN run ON run.first_ns / 1000000000 <= start_s AND run.last_ns / 1000000000 >= start_s
		GROUP BY storm_id
	),
	-- Queries before the storm and inside, of its zone and of all.
	grown AS (
		SELECT storm.*, storm_trigger.event_id, lag_s, lag_most_s,
			nullif(start_s - edge.first_s, 0) AS before_s,
			end_s - start_s AS inside_s,
			(SELECT total(queries) FROM run JOIN zone_bin USING (run_id)
				WHERE zone_bin.zone_id = storm.zone_id AND t_s >= edge.first_s AND t_s < start_s) AS zone_before,
			(SELECT total(queries) FROM run JOIN bin USING (run_id) WHERE t_s >= edge.first_s AND t_s < start_s) AS all_before,
			(SELECT total(queries) FROM run JOIN bin USING (run_id) WHERE t_s >= start_s AND t_s < end_s) AS all_inside
		FROM storm JOIN storm_trigger USING (storm_id) JOIN edge USING (storm_id)
	)
SELECT
	storm_id,
	grown.zone_id,
	event_id,
	kind || coalesce(' ' || tag, '') AS "trigger",
	lag_s, -- at least
	lag_most_s, -- at most
	-- Sources that asked again for the first time between the event and the end of the storm.
	(
		SELECT sum(sources_new)
		FROM run JOIN zone_bin USING (run_id)
		WHERE zone_bin.zone_id = grown.zone_id AND t_s >= coalesce(before_ns, t_ns) / 1000000000 / bin_s * bin_s AND t_s < end_s
	) AS new_offenders,
	iif(all_inside / inside_s > all_before / before_s,
		(grown.queries * 1.0 / inside_s - zone_before / before_s) / (all_inside / inside_s - all_before / before_s), NULL)
		AS share_of_increase, -- of all queries, the part that was for this zone's keys
	-- Against the storm that an event of this zone set off before.
	peak_qps / lag(peak_qps) OVER (PARTITION BY grown.zone_id ORDER BY start_s) AS growth
FROM grown JOIN event USING (event_id);
