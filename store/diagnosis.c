/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store/diagnosis.c -- diagnoses on their way in. */
#include <math.h>
#include <stdio.h>

#include "store/cause.h"
#include "store/store_p.h"

static enum ks_error
put_head(struct ks_store *store, const struct ks_store_diagnosis *diagnosis, struct ks_diag *diag)
{
	char address[KS_ADDR_TEXT];
	const struct ks_span ip = ks_addr_bytes(&diagnosis->source);
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_DIAGNOSIS);
	ks_sql_put_int(&row, diagnosis->zone_id);
	if (diagnosis->storm_id != 0) {
		ks_sql_put_int(&row, diagnosis->storm_id);
		ks_sql_put_null(&row);
		ks_sql_put_null(&row);
	} else {
		ks_sql_put_null(&row);
		ks_sql_put_blob(&row, ip.at, ip.n);
		ks_sql_put_text(&row, ks_addr_print(&diagnosis->source, address));
	}
	ks_sql_put_real(&row, diagnosis->queries);
	ks_sql_put_text(&row, diagnosis->verdict);
	ks_sql_put_real(&row, diagnosis->lead_db);
	ks_sql_put_known(&row, diagnosis->above_zone_id != 0, diagnosis->above_zone_id);
	return ks_sql_row_done(&row, diag);
}

static enum ks_error
put_findings(struct ks_store *store, int64_t id, const struct ks_store_diagnosis *diagnosis,
	     struct ks_diag *diag)
{
	static const char *const states[] = {
		[KS_UNKNOWN] = "unknown", [KS_ABSENT] = "absent", [KS_PRESENT] = "present"};
	enum ks_error error = KS_SUCCESS;
	int64_t missing[KS_EVIDENCE] = {0};
	for (size_t i = 0; i < diagnosis->diagnosis.n_missing; i++)
		missing[diagnosis->diagnosis.missing[i]] = (int64_t)i + 1;
	for (int i = 0; i < KS_EVIDENCE && error == KS_SUCCESS; i++) {
		const struct ks_finding *const finding = &diagnosis->findings[i];
		struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_FINDING);
		ks_sql_put_int(&row, id);
		ks_sql_put_text(&row, ks_evidence_name((enum ks_evidence)i));
		ks_sql_put_text(&row, states[finding->presence]);
		ks_sql_put_real(&row, finding->value);
		if (missing[i] != 0)
			ks_sql_put_int(&row, missing[i]);
		else
			ks_sql_put_null(&row);
		error = ks_sql_row_done(&row, diag);
	}
	return error;
}

static enum ks_error
put_explanations(struct ks_store *store, int64_t id, const struct ks_diagnosis *diagnosis,
		 struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (int place = 0; place < KS_HYPOTHESES && error == KS_SUCCESS; place++) {
		const enum ks_hypothesis hypothesis = diagnosis->order[place];
		struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_EXPLANATION);
		ks_sql_put_int(&row, id);
		ks_sql_put_text(&row, ks_hypothesis_name(hypothesis));
		ks_sql_put_int(&row, diagnosis->sum_db[hypothesis]);
		ks_sql_put_int(&row, place + 1);
		error = ks_sql_row_done(&row, diag);
	}
	return error;
}

enum ks_error
ks_store_judge_diagnosis(struct ks_store *store, const struct ks_store_diagnosis *diagnosis,
			 struct ks_diag *diag)
{
	enum ks_error error = put_head(store, diagnosis, diag);
	const int64_t id = sqlite3_last_insert_rowid(store->db);
	if (error == KS_SUCCESS && diagnosis->has_findings)
		error = put_findings(store, id, diagnosis, diag);
	if (error == KS_SUCCESS && diagnosis->has_findings)
		error = put_explanations(store, id, &diagnosis->diagnosis, diag);
	return error;
}

/* The matrix that was used, so that a report can show each cell. */
static enum ks_error
put_weight(struct ks_store *store, enum ks_evidence evidence, enum ks_hypothesis hypothesis,
	   struct ks_diag *diag)
{
	char label[8];
	(void)snprintf(label, sizeof(label), "E%d", (int)evidence + 1);
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_WEIGHT);
	ks_sql_put_text(&row, ks_evidence_name(evidence));
	ks_sql_put_text(&row, ks_hypothesis_name(hypothesis));
	ks_sql_put_text(&row, label);
	ks_sql_put_int(&row, evidence);
	ks_sql_put_int(&row, ks_diagnosis_weight(evidence, KS_PRESENT, hypothesis));
	ks_sql_put_int(&row, ks_diagnosis_weight(evidence, KS_ABSENT, hypothesis));
	ks_sql_put_text(&row, ks_evidence_text(evidence));
	ks_sql_put_text(&row, ks_evidence_where(evidence));
	ks_sql_put_text(&row, ks_evidence_how(evidence));
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_put_weights(struct ks_store *store, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (int e = 0; e < KS_EVIDENCE; e++)
		for (int h = 0; h < KS_HYPOTHESES && error == KS_SUCCESS; h++)
			error = put_weight(store, (enum ks_evidence)e, (enum ks_hypothesis)h, diag);
	return error;
}
