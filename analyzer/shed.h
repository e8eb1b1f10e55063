/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/shed.h -- what is left out first when packets come faster than they can be looked at.
 *
 * Each step includes those before it. What is about keys (DNSKEY and DS) is never left out, nor is any
 * message left out of totals, bins and servers. What was left out is counted: samples_shed, details_shed in
 * report quality. */
#ifndef KS_ANALYZER_SHED_H
#define KS_ANALYZER_SHED_H

enum ks_shed {
	KS_SHED_NONE,
	KS_SHED_SAMPLES,   /* the sequences of queries that are not about keys */
	KS_SHED_BACKGROUND /* messages that are not about keys: by source, name, error and record */
};

#endif
