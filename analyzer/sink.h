/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/sink.h -- the door through which facts leave the analyzer.
 *
 * The analyzer does not know what stands behind it (the store does, or a test). Facts of one kind
 * come in the order of their keys, kinds in the order of the members below; `begin` comes first,
 * `end` last, and nothing is kept if `end` is never called. Any error stops the flow and is returned
 * by whoever was sending.
 *
 * Threads: called by one thread. */
#ifndef KS_ANALYZER_SINK_H
#define KS_ANALYZER_SINK_H

#include "analyzer/summary.h"
#include "dissect/err.h"

struct ks_sink;

struct ks_sink_ops {
	enum ks_error (*begin)(struct ks_sink *sink, const struct ks_fact_run *run, struct ks_diag *diag);
	enum ks_error (*input)(struct ks_sink *sink, const struct ks_fact_input *input, struct ks_diag *diag);
	enum ks_error (*counter)(struct ks_sink *sink, const struct ks_fact_counter *counter,
				 struct ks_diag *diag);
	enum ks_error (*server)(struct ks_sink *sink, const struct ks_fact_server *server,
				struct ks_diag *diag);
	enum ks_error (*source)(struct ks_sink *sink, const struct ks_fact_source *source,
				struct ks_diag *diag);
	enum ks_error (*rest)(struct ks_sink *sink, const struct ks_fact_rest *rest, struct ks_diag *diag);
	enum ks_error (*clients)(struct ks_sink *sink, const struct ks_fact_clients *clients,
				 struct ks_diag *diag);
	enum ks_error (*bin)(struct ks_sink *sink, const struct ks_fact_bin *bin, struct ks_diag *diag);
	enum ks_error (*traffic)(struct ks_sink *sink, const struct ks_fact_traffic *traffic,
				 struct ks_diag *diag);
	enum ks_error (*zone)(struct ks_sink *sink, const struct ks_fact_zone *zone, struct ks_diag *diag);
	enum ks_error (*zone_bin)(struct ks_sink *sink, const struct ks_fact_zone_bin *bin,
				  struct ks_diag *diag);
	enum ks_error (*flow)(struct ks_sink *sink, const struct ks_fact_flow *flow, struct ks_diag *diag);
	enum ks_error (*net)(struct ks_sink *sink, const struct ks_fact_net *net, struct ks_diag *diag);
	enum ks_error (*bound)(struct ks_sink *sink, const struct ks_fact_bound *bound, struct ks_diag *diag);
	enum ks_error (*behaviour)(struct ks_sink *sink, const struct ks_fact_behaviour *behaviour,
				   struct ks_diag *diag);
	enum ks_error (*query)(struct ks_sink *sink, const struct ks_fact_query *query, struct ks_diag *diag);
	enum ks_error (*icmp)(struct ks_sink *sink, const struct ks_fact_icmp *icmp, struct ks_diag *diag);
	enum ks_error (*stack)(struct ks_sink *sink, const struct ks_fact_stack *stack, struct ks_diag *diag);
	enum ks_error (*nxdomain)(struct ks_sink *sink, const struct ks_fact_nxdomain *nxdomain,
				  struct ks_diag *diag);
	enum ks_error (*depth)(struct ks_sink *sink, const struct ks_fact_depth *depth, struct ks_diag *diag);
	enum ks_error (*zone_server)(struct ks_sink *sink, const struct ks_fact_zone_server *server,
				     struct ks_diag *diag);
	enum ks_error (*given_server)(struct ks_sink *sink, const struct ks_fact_given_server *server,
				      struct ks_diag *diag);
	enum ks_error (*opening)(struct ks_sink *sink, const struct ks_fact_opening *opening,
				 struct ks_diag *diag);
	enum ks_error (*manner)(struct ks_sink *sink, const struct ks_fact_manner *manner,
				struct ks_diag *diag);
	enum ks_error (*lookaside)(struct ks_sink *sink, const struct ks_fact_lookaside *lookaside,
				   struct ks_diag *diag);
	enum ks_error (*ta_signal)(struct ks_sink *sink, const struct ks_fact_ta_signal *signal,
				   struct ks_diag *diag);
	enum ks_error (*zone_key)(struct ks_sink *sink, const struct ks_fact_zone_key *key,
				  struct ks_diag *diag);
	enum ks_error (*failure)(struct ks_sink *sink, const struct ks_fact_failure *failure,
				 struct ks_diag *diag);
	enum ks_error (*ledger_name)(struct ks_sink *sink, const struct ks_fact_ledger_name *name,
				     struct ks_diag *diag);
	enum ks_error (*rrset)(struct ks_sink *sink, const struct ks_fact_rrset *rrset, struct ks_diag *diag);
	enum ks_error (*rrset_seen)(struct ks_sink *sink, const struct ks_fact_rrset_seen *seen,
				    struct ks_diag *diag);
	enum ks_error (*key)(struct ks_sink *sink, const struct ks_fact_key *key, struct ks_diag *diag);
	enum ks_error (*signature)(struct ks_sink *sink, const struct ks_fact_signature *signature,
				   struct ks_diag *diag);
	enum ks_error (*nsec)(struct ks_sink *sink, const struct ks_fact_nsec *nsec, struct ks_diag *diag);
	enum ks_error (*exhaustion)(struct ks_sink *sink, const struct ks_fact_exhaustion *exhaustion,
				    struct ks_diag *diag);
	enum ks_error (*drop)(struct ks_sink *sink, const struct ks_fact_drop *drop, struct ks_diag *diag);
	enum ks_error (*end)(struct ks_sink *sink, struct ks_diag *diag);
};

/* First member of every sink. */
struct ks_sink {
	const struct ks_sink_ops *ops;
};

#endif
