/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/sql_p.h -- the SQL files of this folder as strings; made from them by embed.sh at build time. */
#ifndef KS_STORE_SQL_P_H
#define KS_STORE_SQL_P_H

extern const char ks_sql_schema[];
extern const char ks_sql_suspects[];
extern const char ks_sql_local[];
extern const char ks_sql_traits[];
extern const char ks_sql_causes[];
extern const char ks_sql_diagnosis[];
extern const char ks_sql_conditions[];
extern const char ks_sql_resolver[];
extern const char ks_sql_summary[];
extern const char ks_sql_totals[];
extern const char ks_sql_quality[];
extern const char ks_sql_traffic[];
extern const char ks_sql_qtypes[];
extern const char ks_sql_sources[];
extern const char ks_sql_hitters[];
extern const char ks_sql_foremost[];
extern const char ks_sql_key_rate[];
extern const char ks_sql_sequence[];
extern const char ks_sql_shared[];
extern const char ks_sql_storms[];
extern const char ks_sql_fingerprints[];
extern const char ks_sql_amplification[];
extern const char ks_sql_amplification_own[];
extern const char ks_sql_nxdomain[];
extern const char ks_sql_anchors[];
extern const char ks_sql_errors[];
extern const char ks_sql_rollovers[];
extern const char ks_sql_rollover_series[];
extern const char ks_sql_audit[];
extern const char ks_sql_signatures[];
extern const char ks_sql_consistency[];
extern const char ks_sql_exhaustion[];
extern const char ks_sql_keys[];
extern const char ks_sql_chain[];
extern const char ks_sql_denial[];
extern const char ks_sql_clients[];
extern const char ks_sql_hitters_prefix[];
extern const char ks_sql_sources_prefix[];
extern const char ks_sql_amplification_prefix[];
extern const char ks_sql_habits[];
extern const char ks_sql_growth[];
extern const char ks_sql_starts[];
extern const char ks_sql_priming[];
extern const char ks_sql_depth[];
extern const char ks_sql_cd[];
extern const char ks_sql_lookaside[];

#endif
