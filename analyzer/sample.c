/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/sample.h"

#include <string.h>

static_assert(sizeof(struct ks_record) == 56, "the pool is sized by it");

static const struct ks_sample_list empty = {.head = KS_SAMPLE_NONE, .tail = KS_SAMPLE_NONE};

enum ks_error
ks_samples_init(struct ks_samples *samples, size_t bytes, struct ks_diag *diag)
{
	/* A log for every second record: most sources ask a handful of queries. */
	const size_t capacity = bytes / (sizeof(struct ks_record) + sizeof(struct ks_log) / 2) / 2 * 2;
	*samples = (struct ks_samples){
		.record_capacity = (uint32_t)capacity,
		.log_capacity = (uint32_t)(capacity / 2),
		.free_records = KS_SAMPLE_NONE,
		.free_log = KS_SAMPLE_NONE,
		.cap = KS_SAMPLE_CAP,
	};
	enum ks_error error = ks_region_init(&samples->records, capacity * sizeof(struct ks_record), diag);
	if (error == KS_SUCCESS)
		error = ks_region_init(&samples->logs, capacity / 2 * sizeof(struct ks_log), diag);
	if (error != KS_SUCCESS)
		ks_samples_done(samples);
	return error;
}

void
ks_samples_done(struct ks_samples *samples)
{
	ks_region_done(&samples->records);
	ks_region_done(&samples->logs);
}

struct ks_record *
ks_samples_record(const struct ks_samples *samples, uint32_t record)
{
	return (struct ks_record *)samples->records.base + record;
}

static struct ks_log *
log_at(const struct ks_samples *samples, uint32_t log)
{
	return (struct ks_log *)samples->logs.base + log;
}

/* --- lists of records --- */

static void
append(const struct ks_samples *samples, struct ks_sample_list *list, uint32_t record)
{
	ks_samples_record(samples, record)->next = KS_SAMPLE_NONE;
	if (list->n == 0)
		list->head = record;
	else
		ks_samples_record(samples, list->tail)->next = record;
	list->tail = record;
	list->n++;
}

static uint32_t
take_head(const struct ks_samples *samples, struct ks_sample_list *list)
{
	const uint32_t record = list->head;
	list->head = ks_samples_record(samples, record)->next;
	list->n--;
	return record;
}

static void
release(struct ks_samples *samples, uint32_t record)
{
	struct ks_record *const freed = ks_samples_record(samples, record);
	freed->log = KS_SAMPLE_NONE;
	freed->next = samples->free_records;
	samples->free_records = record;
	samples->used_records--;
}

static void
release_list(struct ks_samples *samples, struct ks_sample_list *list)
{
	while (list->n > 0)
		release(samples, take_head(samples, list));
	*list = empty;
}

/* Keep of the middle what a stride twice as long keeps, until it fits. */
static void
thin_middle(struct ks_samples *samples, struct ks_log *log)
{
	while (log->middle.n > samples->cap) {
		struct ks_sample_list all = log->middle;
		log->middle = empty;
		log->stride *= 2;
		while (all.n > 0) {
			const uint32_t record = take_head(samples, &all);
			if (ks_samples_record(samples, record)->number % log->stride == 0)
				append(samples, &log->middle, record);
			else
				release(samples, record);
		}
	}
}

static void
to_middle(struct ks_samples *samples, struct ks_log *log, uint32_t record)
{
	if (ks_samples_record(samples, record)->number % log->stride == 0)
		append(samples, &log->middle, record);
	else
		release(samples, record);
}

/* --- squeezing --- */

static void
drop_log(struct ks_samples *samples, uint32_t number)
{
	struct ks_log *const log = log_at(samples, number);
	release_list(samples, &log->first);
	release_list(samples, &log->middle);
	release_list(samples, &log->last);
	log->owner = KS_SAMPLE_NONE;
	log->next_number = samples->free_log;
	samples->free_log = number;
}

/* Let go of what is not about keys. */
static void
drop_background(struct ks_samples *samples, struct ks_sample_list *list)
{
	struct ks_sample_list all = *list;
	*list = empty;
	while (all.n > 0) {
		const uint32_t record = take_head(samples, &all);
		if ((ks_samples_record(samples, record)->bits & KS_REC_KEYS) != 0)
			append(samples, list, record);
		else
			release(samples, record);
	}
}

/* The first list's tail moves on into the middle: it is older than all that is there. */
static void
trim_log(struct ks_samples *samples, struct ks_log *log)
{
	struct ks_sample_list all = log->first, middle = log->middle;
	log->first = log->middle = empty;
	while (all.n > 0) {
		const uint32_t record = take_head(samples, &all);
		if (log->first.n < samples->cap)
			append(samples, &log->first, record);
		else
			to_middle(samples, log, record);
	}
	while (middle.n > 0)
		append(samples, &log->middle, take_head(samples, &middle));
	while (log->last.n > samples->cap)
		to_middle(samples, log, take_head(samples, &log->last));
	thin_middle(samples, log);
}

/* False when there is nothing left to give up. */
static bool
squeeze(struct ks_samples *samples)
{
	if (samples->min_rank < KS_RANK_REQUERIES)
		samples->min_rank++;
	else if (samples->cap > 1)
		samples->cap /= 2;
	else
		return false;
	const bool first = samples->squeezes++ == 0;
	for (uint32_t i = 0; i < samples->n_logs; i++) {
		struct ks_log *const log = log_at(samples, i);
		if (log->owner == KS_SAMPLE_NONE)
			continue;
		if (log->rank < samples->min_rank) {
			drop_log(samples, i);
			continue;
		}
		if (first) {
			drop_background(samples, &log->first);
			drop_background(samples, &log->middle);
			drop_background(samples, &log->last);
		}
		trim_log(samples, log);
	}
	return true;
}

static bool
make_room(struct ks_samples *samples)
{
	while (samples->free_records == KS_SAMPLE_NONE && samples->n_records == samples->record_capacity)
		if (!squeeze(samples))
			return false;
	return true;
}

void
ks_samples_shrink(struct ks_samples *samples, uint32_t n_records)
{
	while (samples->used_records > n_records)
		if (!squeeze(samples))
			return;
}

/* --- logs --- */

uint32_t
ks_samples_open(struct ks_samples *samples, uint32_t owner, enum ks_sample_rank rank)
{
	if (rank < samples->min_rank)
		return KS_SAMPLE_NONE;
	uint32_t number = samples->free_log;
	if (number != KS_SAMPLE_NONE)
		samples->free_log = log_at(samples, number)->next_number;
	else if (samples->n_logs < samples->log_capacity)
		number = samples->n_logs++;
	else
		return KS_SAMPLE_NONE;
	*log_at(samples, number) = (struct ks_log){.owner = owner,
						   .stride = 1,
						   .rank = (uint8_t)rank,
						   .first = empty,
						   .middle = empty,
						   .last = empty};
	return number;
}

bool
ks_samples_is_of(const struct ks_samples *samples, uint32_t log, uint32_t owner)
{
	return log != KS_SAMPLE_NONE && log_at(samples, log)->owner == owner;
}

bool
ks_samples_owner(const struct ks_samples *samples, uint32_t log, uint32_t *ret_owner)
{
	*ret_owner = log_at(samples, log)->owner;
	return *ret_owner != KS_SAMPLE_NONE;
}

void
ks_samples_close(struct ks_samples *samples, uint32_t log, uint32_t owner)
{
	if (ks_samples_is_of(samples, log, owner))
		drop_log(samples, log);
}

void
ks_samples_raise(struct ks_samples *samples, uint32_t log, enum ks_sample_rank rank)
{
	struct ks_log *const raised = log_at(samples, log);
	if (raised->rank < rank)
		raised->rank = (uint8_t)rank;
}

static uint32_t
allocate(struct ks_samples *samples)
{
	uint32_t record = samples->free_records;
	if (record != KS_SAMPLE_NONE) {
		samples->free_records = ks_samples_record(samples, record)->next;
		__builtin_prefetch(ks_samples_record(samples, samples->free_records), 1);
	} else {
		record = samples->n_records++;
	}
	samples->used_records++;
	return record;
}

uint32_t
ks_samples_add(struct ks_samples *samples, uint32_t log_number, uint8_t bits)
{
	struct ks_log *const log = log_at(samples, log_number);
	const uint32_t owner = log->owner;
	if (!make_room(samples) || log->owner != owner)
		return KS_SAMPLE_NONE;
	const uint32_t number = allocate(samples);
	*ks_samples_record(samples, number) =
		(struct ks_record){.log = log_number, .number = log->next_number++, .bits = bits};
	if (log->first.n < samples->cap && log->last.n == 0 && log->middle.n == 0) {
		append(samples, &log->first, number);
		return number;
	}
	append(samples, &log->last, number);
	if (log->last.n > samples->cap) {
		to_middle(samples, log, take_head(samples, &log->last));
		/* The next one to go: whoever asks so often may ask again before others do. */
		__builtin_prefetch(ks_samples_record(samples, log->last.head), 1);
	}
	thin_middle(samples, log);
	return number;
}

const struct ks_record *
ks_samples_next(const struct ks_samples *samples, uint32_t log_number, const struct ks_record *record)
{
	const struct ks_log *const log = log_at(samples, log_number);
	if (record != NULL && record->next != KS_SAMPLE_NONE)
		return ks_samples_record(samples, record->next);
	const struct ks_sample_list *const lists[] = {&log->first, &log->middle, &log->last};
	bool passed = record == NULL;
	for (size_t i = 0; i < KS_COUNT(lists); i++) {
		if (lists[i]->n == 0)
			continue;
		if (passed)
			return ks_samples_record(samples, lists[i]->head);
		passed = ks_samples_record(samples, lists[i]->tail) == record;
	}
	return NULL;
}
