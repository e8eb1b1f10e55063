/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/relay.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Whoever has nothing to do is woken when there is work for a while: to put a thread to sleep and to wake it
 * costs as much as counting half a batch. */
enum { SEVERAL = KS_RELAY_BATCHES / 2 };

struct ks_relay {
	struct ks_collector collector;
	void (*count)(void *arg, const struct ks_batch *batch);
	void *arg;
	pthread_t thread;
	struct ks_batch *batches;
	/* Batches handed over and batches counted, since the beginning. Each thread writes its own. */
	_Atomic uint64_t filled, counted;
	atomic_bool ended; /* no more will come */
	/* Only for who sleeps: it says so before it looks for the last time whether it must. */
	pthread_mutex_t lock;
	pthread_cond_t more, room;
	atomic_bool wants_more, wants_room;
};

static void
wake(struct ks_relay *relay, pthread_cond_t *who)
{
	(void)pthread_mutex_lock(&relay->lock);
	(void)pthread_cond_signal(who);
	(void)pthread_mutex_unlock(&relay->lock);
}

static uint64_t
n_waiting(struct ks_relay *relay)
{
	return atomic_load(&relay->filled) - atomic_load(&relay->counted);
}

static void
sleep_till_more(struct ks_relay *relay)
{
	(void)pthread_mutex_lock(&relay->lock);
	atomic_store(&relay->wants_more, true);
	while (n_waiting(relay) < SEVERAL && !atomic_load(&relay->ended))
		(void)pthread_cond_wait(&relay->more, &relay->lock);
	atomic_store(&relay->wants_more, false);
	(void)pthread_mutex_unlock(&relay->lock);
}

static void
sleep_till_room(struct ks_relay *relay)
{
	(void)pthread_mutex_lock(&relay->lock);
	atomic_store(&relay->wants_room, true);
	while (n_waiting(relay) > KS_RELAY_BATCHES - SEVERAL)
		(void)pthread_cond_wait(&relay->room, &relay->lock);
	atomic_store(&relay->wants_room, false);
	(void)pthread_mutex_unlock(&relay->lock);
}

static void *
count_all(void *arg)
{
	struct ks_relay *const relay = arg;
	for (uint64_t i = 0;; i++) {
		if (atomic_load(&relay->filled) == i)
			sleep_till_more(relay);
		if (atomic_load(&relay->filled) == i)
			return NULL; /* awake, and nothing there: that was all */
		struct ks_batch *const batch = &relay->batches[i % KS_RELAY_BATCHES];
		relay->count(relay->arg, batch);
		ks_batch_clear(batch);
		atomic_store(&relay->counted, i + 1);
		if (atomic_load(&relay->wants_room) && n_waiting(relay) <= KS_RELAY_BATCHES - SEVERAL)
			wake(relay, &relay->room);
	}
}

/* Hand the batch over and take the next one. */
static void
pass_on(struct ks_collector *collector)
{
	struct ks_relay *const relay = collector->arg;
	const uint64_t filled = atomic_load(&relay->filled) + 1;
	atomic_store(&relay->filled, filled);
	if (atomic_load(&relay->wants_more) && n_waiting(relay) >= SEVERAL)
		wake(relay, &relay->more);
	if (n_waiting(relay) == KS_RELAY_BATCHES)
		sleep_till_room(relay);
	collector->batch = &relay->batches[filled % KS_RELAY_BATCHES];
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
	(void)pthread_cond_destroy(&relay->more);
	(void)pthread_cond_destroy(&relay->room);
	(void)pthread_mutex_destroy(&relay->lock);
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
	(void)pthread_mutex_init(&relay->lock, NULL);
	(void)pthread_cond_init(&relay->more, NULL);
	(void)pthread_cond_init(&relay->room, NULL);
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
	atomic_store(&relay->ended, true);
	wake(relay, &relay->more);
	(void)pthread_join(relay->thread, NULL);
	relay_free(relay);
}
