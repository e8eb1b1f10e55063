/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/judge/diagnosis.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#define LIST(...) ((const enum ks_evidence[]){__VA_ARGS__, KS_EVIDENCE})

/* Findings of which those of the list, which KS_EVIDENCE ends, are present and the rest not known. */
static void
present(struct ks_finding findings[KS_EVIDENCE], const enum ks_evidence *list)
{
	for (int i = 0; i < KS_EVIDENCE; i++)
		findings[i] = (struct ks_finding){.presence = KS_UNKNOWN};
	for (; *list != KS_EVIDENCE; list++)
		findings[*list].presence = KS_PRESENT;
}

/* What each cause looks like in packets, in the words of DOMAIN A3; -1: nothing may be decided. */
static const struct {
	const char *what;
	enum ks_evidence list[8];
	int verdict;
	enum ks_evidence absent[5]; /* empty: none */
} scenes[] = {
	{"a flood from forged addresses, many ports",
	 {KS_E_OPEN_LOOP, KS_E_ONLY_KEYS, KS_E_RD, KS_E_NO_DO, KS_EVIDENCE},
	 -1,
	 {0}},
	{"the same with ICMP from the victims",
	 {KS_E_OPEN_LOOP, KS_E_ONLY_KEYS, KS_E_FORGED, KS_EVIDENCE},
	 KS_H_REFLECTION,
	 {0}},
	{"the same from real addresses: a handshake rules reflection out",
	 {KS_E_OPEN_LOOP, KS_E_ONLY_KEYS, KS_E_HANDSHAKE, KS_E_RD, KS_EVIDENCE},
	 -1,
	 {0}},
	{"a resolver without cache repeats everything",
	 {KS_E_REPEATS_OTHERS, KS_E_DEMAND, KS_E_WAS_ORDINARY, KS_EVIDENCE},
	 -1,
	 {0}},
	{"the same where answers are seen to arrive",
	 {KS_E_REPEATS_OTHERS, KS_E_DEMAND, KS_E_MANY_ZONES, KS_EVIDENCE},
	 KS_H_NO_CACHE,
	 {KS_E_PATH_TROUBLE, KS_E_RD, KS_EVIDENCE}},
	{"a stale anchor that nothing betrays, one server seen: the zone is well, and the source driven by "
	 "answers",
	 {KS_E_CLOSED_LOOP, KS_EVIDENCE},
	 KS_H_STALE_ANCHOR,
	 {KS_E_ZONE_BAD, KS_E_PATH_TROUBLE, KS_E_RD, KS_E_NO_DO, KS_EVIDENCE}},
	{"a stale anchor, one server seen",
	 {KS_E_AFTER_EVENT, KS_E_FEW_SOURCES, KS_E_WAS_ORDINARY, KS_E_CLOSED_LOOP, KS_EVIDENCE},
	 KS_H_STALE_ANCHOR,
	 {0}},
	{"a stale anchor that says so", {KS_E_SAYS_STALE, KS_EVIDENCE}, KS_H_STALE_ANCHOR, {0}},
	{"an expired zone: everybody asks again",
	 {KS_E_ZONE_BAD, KS_E_MANY_SOURCES, KS_E_SPRAY, KS_E_CLOSED_LOOP, KS_EVIDENCE},
	 KS_H_BROKEN_ZONE,
	 {0}},
	{"answers that do not arrive", {KS_E_PATH_TROUBLE, KS_E_SPRAY, KS_EVIDENCE}, KS_H_ANSWER_LOST, {0}},
	{"a closed loop alone says too little", {KS_E_CLOSED_LOOP, KS_EVIDENCE}, -1, {0}},
	{"nothing at all", {KS_EVIDENCE}, -1, {0}},
};

Test(diagnosis, scenes_get_their_verdict_or_none)
{
	for (size_t i = 0; i < KS_COUNT(scenes); i++) {
		struct ks_finding findings[KS_EVIDENCE];
		struct ks_diagnosis diagnosis;
		present(findings, scenes[i].list);
		for (size_t k = 0; scenes[i].absent[0] != 0 && scenes[i].absent[k] != KS_EVIDENCE; k++)
			findings[scenes[i].absent[k]].presence = KS_ABSENT;
		ks_diagnose(findings, &diagnosis);
		cr_expect(eq(int, diagnosis.decided ? (int)diagnosis.order[0] : -1, scenes[i].verdict), "%s",
			  scenes[i].what);
	}
}

Test(diagnosis, sums_order_and_lead_agree)
{
	struct ks_finding findings[KS_EVIDENCE];
	struct ks_diagnosis diagnosis;
	for (unsigned set = 0; set < 1u << KS_EVIDENCE; set += 37) {
		for (unsigned i = 0; i < KS_EVIDENCE; i++)
			findings[i] =
				(struct ks_finding){.presence = (set >> i & 1) != 0 ? KS_PRESENT : KS_ABSENT};
		ks_diagnose(findings, &diagnosis);
		cr_assert(eq(sz, diagnosis.n_missing, 0), "all is known");
		unsigned seen = 0;
		for (int h = 0; h < KS_HYPOTHESES; h++) {
			int sum = 0;
			for (int e = 0; e < KS_EVIDENCE; e++)
				sum += ks_diagnosis_weight((enum ks_evidence)e, findings[e].presence,
							   (enum ks_hypothesis)h);
			cr_assert(eq(int, diagnosis.sum_db[h], sum));
			seen |= 1u << diagnosis.order[h];
			if (h > 0)
				cr_assert(ge(int, diagnosis.sum_db[diagnosis.order[h - 1]],
					     diagnosis.sum_db[diagnosis.order[h]]));
		}
		cr_assert(eq(uint, seen, (1u << KS_HYPOTHESES) - 1));
		cr_assert(eq(int, diagnosis.lead_db,
			     diagnosis.sum_db[diagnosis.order[0]] - diagnosis.sum_db[diagnosis.order[1]]));
	}
}

Test(diagnosis, an_empty_capture_is_undetermined_and_names_what_would_tell)
{
	struct ks_finding findings[KS_EVIDENCE] = {0};
	struct ks_diagnosis diagnosis;
	ks_diagnose(findings, &diagnosis);
	cr_assert(not(diagnosis.decided));
	cr_assert(not(diagnosis.known));
	cr_assert(gt(sz, diagnosis.n_missing, 5));
	for (size_t i = 1; i < diagnosis.n_missing; i++)
		cr_assert(ne(int, (int)diagnosis.missing[i], (int)diagnosis.missing[i - 1]));
}

/* Undecided between a stale anchor and a broken zone: what tells those two apart comes first. */
Test(diagnosis, the_most_telling_gap_comes_first)
{
	struct ks_finding findings[KS_EVIDENCE] = {0};
	struct ks_diagnosis diagnosis;
	findings[KS_E_AFTER_EVENT].presence = KS_PRESENT;
	findings[KS_E_CLOSED_LOOP].presence = KS_PRESENT;
	ks_diagnose(findings, &diagnosis);
	cr_assert(not(diagnosis.decided));
	cr_assert(eq(int, (int)diagnosis.order[0], KS_H_STALE_ANCHOR));
	cr_assert(eq(int, (int)diagnosis.order[1], KS_H_BROKEN_ZONE));
	cr_assert(eq(int, (int)diagnosis.missing[0], KS_E_ZONE_BAD));
	cr_assert(eq(int, (int)diagnosis.missing[1], KS_E_MANY_SOURCES));
	cr_assert(eq(int, (int)diagnosis.missing[2], KS_E_SAYS_STALE));
}

/* Whatever is found of one kind, the sums move by the weights of that kind and by nothing else. */
Test(diagnosis, one_finding_moves_what_its_row_says)
{
	for (int seed = 0; seed < 50; seed++) {
		struct ks_finding findings[KS_EVIDENCE];
		struct ks_diagnosis before, after;
		for (int i = 0; i < KS_EVIDENCE; i++)
			findings[i] =
				(struct ks_finding){.presence = (enum ks_presence)((seed * 7 + i * i) % 3)};
		ks_diagnose(findings, &before);
		for (int e = 0; e < KS_EVIDENCE; e++)
			for (int to = KS_UNKNOWN; to <= KS_PRESENT; to++) {
				const enum ks_presence from = findings[e].presence;
				findings[e].presence = (enum ks_presence)to;
				ks_diagnose(findings, &after);
				findings[e].presence = from;
				for (int h = 0; h < KS_HYPOTHESES; h++)
					cr_assert(eq(int, after.sum_db[h] - before.sum_db[h],
						     ks_diagnosis_weight((enum ks_evidence)e,
									 (enum ks_presence)to,
									 (enum ks_hypothesis)h) -
							     ks_diagnosis_weight((enum ks_evidence)e, from,
										 (enum ks_hypothesis)h)));
			}
	}
}

/* Each word is told apart, and every kind says how it could be had. */
Test(diagnosis, everything_has_a_name)
{
	for (int i = 0; i < KS_EVIDENCE; i++) {
		cr_assert(ks_evidence_text((enum ks_evidence)i)[0] != '\0');
		cr_assert(ks_evidence_how((enum ks_evidence)i)[0] != '\0');
		for (int k = 0; k < i; k++)
			cr_assert(ne(str, (char *)(uintptr_t)ks_evidence_name((enum ks_evidence)i),
				     (char *)(uintptr_t)ks_evidence_name((enum ks_evidence)k)));
	}
	for (int h = 0; h < KS_HYPOTHESES; h++)
		cr_assert(ks_hypothesis_name((enum ks_hypothesis)h)[0] != '\0');
}
