/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/relay.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct ks_relay {
	struct ks_collector collector;
	void (*count)(void *arg, const struct ks_batch *batch);
	void *arg;
	pthread_t thread;
	sem_t full, empty; /* batches to count; batches to fill */
	uint32_t filling;  /* the dissector's; it alone knows it */
	struct ks_batch *batches;
};

static void
wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) != 0 && errno == EINTR)
		continue;
}

/* An empty batch is the last one. */
static void *
count_all(void *arg)
{
	struct ks_relay *const relay = arg;
	for (uint32_t i = 0;; i = (i + 1) % KS_RELAY_BATCHES) {
		struct ks_batch *const batch = &relay->batches[i];
		wait_for(&relay->full);
		if (batch->n_events == 0)
			return NULL;
		relay->count(relay->arg, batch);
		ks_batch_clear(batch);
		(void)sem_post(&relay->empty);
	}
}

/* Hand the batch over and take the next one. */
static void
pass_on(struct ks_collector *collector)
{
	struct ks_relay *const relay = collector->arg;
	(void)sem_post(&relay->full);
	wait_for(&relay->empty);
	relay->filling = (relay->filling + 1) % KS_RELAY_BATCHES;
	collector->batch = &relay->batches[relay->filling];
}

/* Signals are for the thread that reads: a stop is noticed there. */
static int
start_thread(struct ks_relay *relay)
{
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	const int failed = pthread_create(&relay->thread, NULL, count_all, relay);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

static void
relay_free(struct ks_relay *relay)
{
	(void)sem_destroy(&relay->full);
	(void)sem_destroy(&relay->empty);
	free(relay->batches);
	free(relay);
}

enum ks_error
ks_relay_start(void (*count)(void *arg, const struct ks_batch *batch), void *arg, struct ks_relay **ret,
	       struct ks_collector **ret_collector, struct ks_diag *diag)
{
	struct ks_relay *const relay = calloc(1, sizeof(*relay));
	struct ks_batch *const batches = malloc(KS_RELAY_BATCHES * sizeof(*batches));
	if (relay == NULL || batches == NULL) {
		free(relay);
		free(batches);
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for batches of packets");
	}
	*relay = (struct ks_relay){
		.collector = {.batch = batches, .copies = true, .full = pass_on, .arg = relay},
		.count = count,
		.arg = arg,
		.batches = batches,
	};
	for (size_t i = 0; i < KS_RELAY_BATCHES; i++)
		ks_batch_clear(&batches[i]);
	(void)sem_init(&relay->full, 0, 0);
	(void)sem_init(&relay->empty, 0, KS_RELAY_BATCHES - 1); /* the first is being filled */
	const int failed = start_thread(relay);
	if (failed != 0) {
		relay_free(relay);
		return ks_diag_set(diag, KS_ERR_MEMORY, "no thread: %s; try -j 1", strerror(failed));
	}
	*ret = relay;
	*ret_collector = &relay->collector;
	return KS_SUCCESS;
}

void
ks_relay_stop(struct ks_relay *relay)
{
	if (relay == NULL)
		return;
	if (relay->collector.batch->n_events > 0)
		pass_on(&relay->collector);
	(void)sem_post(&relay->full);
	(void)pthread_join(relay->thread, NULL);
	relay_free(relay);
}
