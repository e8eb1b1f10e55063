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

/* A letter for each kind of evidence. */
static void
put_letters(struct ks_sql_row *row, const struct ks_store_diagnosis *diagnosis)
{
	static const char states[] = {[KS_UNKNOWN] = 'u', [KS_ABSENT] = 'a', [KS_PRESENT] = 'p'};
	const struct ks_diagnosis *const result = &diagnosis->diagnosis;
	char letters[KS_EVIDENCE + 1] = "", missing[KS_EVIDENCE + 1] = "";
	for (int i = 0; i < KS_EVIDENCE; i++) {
		letters[i] = states[diagnosis->findings[i].presence];
		missing[i] = '-';
	}
	for (size_t i = 0; i < result->n_missing; i++)
		missing[result->missing[i]] = (char)('A' + i);
	ks_sql_put_text(row, letters);
	ks_sql_put_text(row, missing);
}

static void
put_ranks(struct ks_sql_row *row, const struct ks_diagnosis *diagnosis)
{
	char ranks[KS_HYPOTHESES + 1] = "";
	for (int place = 0; place < KS_HYPOTHESES; place++)
		ranks[diagnosis->order[place]] = (char)('1' + place);
	ks_sql_put_text(row, ranks);
}

static enum ks_error
put_reasoning(struct ks_store *store, int64_t id, const struct ks_store_diagnosis *diagnosis,
	      struct ks_diag *diag)
{
	static_assert(KS_EVIDENCE == 18 && KS_HYPOTHESES == 8, "the columns e1 to e18, dos to monitoring");
	struct ks_sql_row row = ks_sql_row_begin(store, KS_PUT_REASONING);
	ks_sql_put_int(&row, id);
	put_letters(&row, diagnosis);
	put_ranks(&row, &diagnosis->diagnosis);
	for (int i = 0; i < KS_EVIDENCE; i++)
		ks_sql_put_real(&row, diagnosis->findings[i].value);
	for (int i = 0; i < KS_HYPOTHESES; i++)
		ks_sql_put_real(&row, diagnosis->diagnosis.sum_db[i]);
	return ks_sql_row_done(&row, diag);
}

enum ks_error
ks_store_judge_diagnosis(struct ks_store *store, const struct ks_store_diagnosis *diagnosis,
			 struct ks_diag *diag)
{
	const enum ks_error error = put_head(store, diagnosis, diag);
	if (error != KS_SUCCESS || !diagnosis->has_findings)
		return error;
	return put_reasoning(store, sqlite3_last_insert_rowid(store->db), diagnosis, diag);
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
