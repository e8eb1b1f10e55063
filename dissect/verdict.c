/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissect/verdict.h"

static const struct {
	const char *name, *note;
} verdicts[] = {
#define KS_VERDICT_ROW(constant, name, note) [KS_##constant] = {name, note},
	KS_VERDICTS(KS_VERDICT_ROW)
#undef KS_VERDICT_ROW
};

const char *
ks_verdict_name(enum ks_verdict verdict)
{
	assert(verdict < KS_VERDICT_COUNT);
	return verdicts[verdict].name;
}

const char *
ks_verdict_note(enum ks_verdict verdict)
{
	assert(verdict < KS_VERDICT_COUNT);
	return verdicts[verdict].note;
}
