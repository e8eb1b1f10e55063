/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live.c -- the verb live: from network interfaces into the database, bin by bin.
 *
 * One run of the pipeline is a segment (an hour). When a bin is over, a copy of the process ends the run and
 * writes it down in place of what stood there of it; when the segment is over, the tables begin anew. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/cli/live.h"

enum { PATIENCE_MS = 30000 };       /* with the database, at the end */
#define DRAIN_NS (10 * KS_NS_PER_S) /* for what the rings still hold */

static volatile sig_atomic_t stop_asked, reread_asked;

static void
on_stop(int signal_number)
{
	stop_asked = signal_number;
}

static void
on_reread(int signal_number)
{
	reread_asked = signal_number;
}

/* --- the copy --- */

static void
hear(void *arg, const struct ks_copy_word *word)
{
	struct ks_live *const live = arg;
	if (word->kind == KS_LIVE_FIGURES || word->kind == KS_LIVE_WATCHED)
		ks_live_hear_figures(live, word);
	if (word->kind == KS_LIVE_WRITTEN) {
		live->wrote = true;
		live->written_s = live->copied_s;
	}
	if (word->kind == KS_LIVE_JUDGED) {
		live->judge_ns = word->numbers[0];
		live->judged_ns = live->copy.begun_ns;
	}
	if (word->kind == KS_LIVE_ROW)
		ks_live_hear_row(live, word);
	if (word->kind == KS_LIVE_WATCHED)
		ks_live_top_rows(live);
	if (word->kind == KS_LIVE_STORM || word->kind == KS_LIVE_WATCHED)
		ks_live_hear_storm(live, word);
	if (word->kind != KS_LIVE_FAILED || live->failing)
		return;
	live->failing = true;
	ks_live_say(live, "%.400s%s", word->text,
		    live->stop_ns != 0 ? "" : "; memory keeps it: it will be tried again");
}

/* What has become of the copy. */
static void
listen(struct ks_live *live, int wait_ms)
{
	int status;
	if (!ks_copy_listen(&live->copy, wait_ms, hear, live, &status))
		return;
	if (status == 0 && live->failing)
		ks_live_say(live, "the database can be written again");
	if (status != 0 && live->wrote && live->stop_ns != 0)
		status = 0; /* cut short: see stop() */
	if (status != 0 && !live->failing)
		ks_live_say(live, "what writes the database ended unasked (status %#x)", (unsigned)status);
	live->failing = status != 0;
	if (status == 0)
		live->written_s = live->copied_s;
	live->write_ns = ks_feed_now() - live->copy.begun_ns;
	live->figures.n_coming = 0;
	live->zones.n = live->sources.n = 0;
	live->in_round = false; /* it may have died within one */
}

/* False: not now. */
static bool
begin_copy(struct ks_live *live, int64_t now_ns, bool is_last)
{
	struct ks_diag diag;
	const pid_t original = getpid();
	if (ks_copy_begin(&live->copy, now_ns, &live->is_copy, &diag) != KS_SUCCESS) {
		ks_live_say(live, "%s; it will be tried again", diag.text);
		return false;
	}
	live->original = original;
	live->copied_s = live->bin_end_s;
	live->wrote = false;
	live->is_last = is_last;
	return true;
}

/* --- time --- */

static uint64_t
packets_of(const struct ks_live *live)
{
	uint64_t n = 0;
	for (size_t i = 0; i < live->feed.n_interfaces; i++)
		n += live->feed.infos[i].packets;
	return n;
}

static int64_t
next_multiple(int64_t t_s, int64_t step_s)
{
	return (t_s / step_s + 1) * step_s;
}

static void
set_ends(struct ks_live *live, int64_t now_ns)
{
	live->bin_end_s = next_multiple(now_ns / KS_NS_PER_S, live->options->bin_s);
	live->segment_end_s = next_multiple(now_ns / KS_NS_PER_S, live->options->segment_s);
	live->feed.due_ns = live->bin_end_s * KS_NS_PER_S;
}

/* The bin is over. While a copy is still busy nothing new can be written: then the bin is written with the
 * next. */
static enum ks_feed_step
close_bin(struct ks_live *live, int64_t now_ns)
{
	const struct ks_live_options *const options = live->options;
	const int64_t now_s = now_ns / KS_NS_PER_S;
	live->feed.due_ns = INT64_MAX;
	if (live->copy.pid != 0)
		return KS_FEED_GO;
	ks_live_read_drops(live, now_ns);
	const bool is_last = live->bin_end_s >= live->segment_end_s && !live->failing;
	if (packets_of(live) + live->drops.n > 0 && !begin_copy(live, now_ns, is_last))
		return KS_FEED_GO;
	if (live->is_copy)
		return KS_FEED_END;
	ks_live_top_bin(live, live->bin_end_s);
	live->bin_end_s = next_multiple(now_s > live->bin_end_s ? now_s : live->bin_end_s, options->bin_s);
	live->feed.due_ns = live->bin_end_s * KS_NS_PER_S;
	live->ends_segment = is_last;
	if (is_last)
		live->segment_end_s = next_multiple(live->bin_end_s - 1, options->segment_s);
	return is_last ? KS_FEED_END : KS_FEED_GO;
}

/* A signal asked to stop: the bin ends here. A copy that is still busy comes first; if the database cannot be
 * written it would wait for ever. */
static enum ks_feed_step
stop(struct ks_live *live, int64_t now_ns)
{
	listen(live, 0);
	/* The copy of a segment that is over is not alone: live_write.c. */
	if (live->copy.pid != 0 && live->wrote && !live->is_last) {
		(void)kill(live->copy.pid, SIGKILL);
		/* To judge takes longer than it had; the last copy judges all the same if that may be short.
		 */
		if (now_ns - live->copy.begun_ns > live->judge_ns)
			live->judge_ns = now_ns - live->copy.begun_ns;
	}
	listen(live, PATIENCE_MS);
	if (live->copy.pid != 0) {
		ks_live_say(live,
			    "the database could not be written within %d s: what was captured since is lost",
			    PATIENCE_MS / 1000);
		(void)kill(live->copy.pid, SIGKILL);
		live->lost = true;
		return KS_FEED_END;
	}
	live->failing = false;
	ks_live_read_drops(live, now_ns);
	if (packets_of(live) + live->drops.n > 0)
		live->lost = !begin_copy(live, now_ns, /* is_last= */ false);
	return KS_FEED_END;
}

/* What came before the signal is still on its way: until it has arrived, or what came behind it does. */
static bool
is_drained(const struct ks_live *live, int64_t now_ns, int64_t packet_ns)
{
	const int64_t since_ns = now_ns - live->stop_ns;
	if (packet_ns >= live->stop_ns || since_ns < 0 || since_ns >= DRAIN_NS)
		return true;
	return since_ns >= KS_FEED_SETTLE_NS && ks_feed_is_drained(&live->feed);
}

static enum ks_feed_step
look(void *arg, int64_t now_ns, int64_t packet_ns)
{
	struct ks_live *const live = arg;
	listen(live, 0);
	ks_live_balance(live, now_ns);
	ks_http_serve(live->http);
	if (ks_live_top_show(live, now_ns))
		stop_asked = SIGTERM;
	ks_notify_alive(&live->notify, now_ns);
	if (now_ns - live->second_ns >= KS_NS_PER_S || now_ns < live->second_ns) {
		ks_live_keep_house(live, now_ns, reread_asked != 0);
		reread_asked = 0;
	}
	if (stop_asked != 0 && live->stop_ns == 0)
		live->stop_ns = live->feed.due_ns = now_ns;
	if (live->stop_ns != 0)
		return is_drained(live, now_ns, packet_ns) ? stop(live, now_ns) : KS_FEED_GO;
	if (now_ns / KS_NS_PER_S < live->bin_end_s - 2 * (int64_t)live->options->bin_s)
		set_ends(live,
			 now_ns); /* the clock was set back: nobody shall wait until it is there again */
	const int64_t end_ns = live->bin_end_s * KS_NS_PER_S;
	if (packet_ns >= end_ns)
		return close_bin(live, packet_ns);
	return now_ns - end_ns >= KS_FEED_SETTLE_NS ? close_bin(live, now_ns) : KS_FEED_GO;
}

/* --- the verb --- */

enum { FILES_MAX = 256 };

/* The interfaces are open; the database is opened as the user who will write it. */
static enum ks_error
give_up_privileges(struct ks_live *live, const struct ks_user *user, struct ks_diag *diag)
{
	bool filtered = false;
	enum ks_error error = ks_privilege_drop(user, diag);
	if (error == KS_SUCCESS)
		error = ks_privilege_limit(FILES_MAX, diag);
	if (error == KS_SUCCESS && live->options->on_storm != NULL)
		error = ks_helper_begin(live->options->on_storm, &live->helper, diag);
	if (error == KS_SUCCESS)
		error = ks_privilege_filter(&filtered, diag);
	if (error == KS_SUCCESS && !filtered)
		ks_live_say(live, "this kernel has no filters of system calls: going on without");
	return error;
}

/* So that a database that cannot be is told of at once. */
static enum ks_error
try_database(const char *path, struct ks_diag *diag)
{
	struct ks_store *store = NULL;
	const enum ks_error error = ks_store_open(path, &store, diag);
	ks_store_close(store);
	return error;
}

static enum ks_error
run_segment(struct ks_live *live, struct ks_diag *diag)
{
	const struct ks_live_options *const options = live->options;
	live->run = (struct ks_run_config){
		.servers = options->servers,
		.n_servers = options->n_servers,
		.memory_bytes =
			options->memory_bytes / 2 - ks_live_past_bytes(options), /* the other half: copy.h */
		.past = &live->past,
		.bin_s = options->bin_s,
		.vantage = options->vantage,
		.sensor = options->sensor,
		.shed = &live->load.step,
		.tool_version = KS_VERSION,
		.ended = ks_live_ended,
		.more = ks_live_more,
		.end_arg = live,
	};
	for (size_t i = 0; i < options->ring.n_ports; i++)
		ks_ports_add(&live->run.ports, options->ports[i]);
	struct ks_run_outcome outcome;
	live->ends_segment = false;
	const enum ks_error error = ks_run(&live->feed.capture, &live->run, NULL, &outcome, diag);
	if (live->is_copy)
		ks_live_copy_end(live, error, diag);
	return error;
}

static enum ks_error
run_segments(struct ks_live *live, struct ks_diag *diag)
{
	for (;;) {
		enum ks_error error = run_segment(live, diag);
		if (error != KS_ERR_INTERRUPTED)
			return error;
		live->packets += packets_of(live);
		if (!live->ends_segment)
			return KS_SUCCESS;
		ks_drops_renew(&live->drops);
		error = ks_feed_renew(&live->feed, diag);
		if (error != KS_SUCCESS)
			return error;
	}
}

static void
begin(struct ks_live *live)
{
	const struct ks_live_options *const options = live->options;
	const int64_t now_ns = ks_feed_now();
	live->feed.look = look;
	live->feed.arg = live;
	set_ends(live, now_ns);
	live->second_ns = now_ns;
	ks_drops_init(&live->drops, options->bin_s, now_ns);
}

static void
say_begin(struct ks_live *live)
{
	const struct ks_live_options *const options = live->options;
	char text[400] = "";
	size_t n = 0;
	for (size_t i = 0; i < options->n_interfaces && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i == 0 ? "" : ", ",
				      options->interfaces[i]);
	if (!options->quiet)
		ks_live_say(live, "capturing on %s into %.100s", text, options->database);
}

static void
say_end(struct ks_live *live)
{
	if (!live->options->quiet)
		ks_live_say(live, "%" PRIu64 " packets, %" PRIu64 " lost in the kernel, %" PRIu64 " before",
			    live->packets, live->drops.all.kernel, live->drops.all.interface);
}

static int
capture(struct ks_live *live, const struct ks_live_options *options)
{
	struct ks_diag diag = {0};
	struct ks_user user = {0};
	live->options = options;
	live->helper.to_helper = -1;
	enum ks_error error = options->user != NULL ? ks_user_find(options->user, &user, &diag) : KS_SUCCESS;
	if (error == KS_SUCCESS && options->metrics != NULL)
		error = ks_http_open(options->metrics, ks_live_figures_text, live, &live->http, &diag);
	if (error == KS_SUCCESS)
		error = ks_live_open_interfaces(options, &live->feed, &diag);
	ks_notify_open(&live->notify);
	if (error != KS_SUCCESS)
		return ks_cli_fail("live", error, &diag);
	error = give_up_privileges(live, &user, &diag);
	if (error == KS_SUCCESS)
		error = ks_live_open_past(live, &diag);
	if (error == KS_SUCCESS)
		error = try_database(options->database, &diag);
	if (error == KS_SUCCESS) {
		begin(live);
		say_begin(live);
		ks_notify_tell(&live->notify, "READY=1");
		ks_live_top_begin(live);
		error = run_segments(live, &diag);
		ks_notify_tell(&live->notify, "STOPPING=1");
		listen(live, PATIENCE_MS);
		ks_live_top_end(live);
		ks_helper_done(&live->helper);
		say_end(live);
	}
	ks_http_close(live->http);
	ks_notify_close(&live->notify);
	ks_past_done(&live->past);
	ks_capture_close(&live->feed.capture);
	if (error != KS_SUCCESS)
		return ks_cli_fail("live", error, &diag);
	return live->failing || live->lost ? KS_EXIT_DATABASE : KS_EXIT_DONE;
}

int
ks_cli_live(int argc, char **argv)
{
	static struct ks_live live; /* large */
	struct ks_live_options options;
	const struct sigaction action = {.sa_handler = on_stop}, again = {.sa_handler = on_reread};
	int status = ks_live_options_parse(argc, argv, &options);
	if (status == KS_EXIT_DONE && !options.help && !ks_live_read_files(&live, &options))
		status = KS_EXIT_USAGE;
	if (status == KS_EXIT_DONE && !options.help) {
		(void)sigaction(SIGINT, &action, NULL);
		(void)sigaction(SIGTERM, &action, NULL);
		(void)sigaction(SIGHUP, &again, NULL);
		status = capture(&live, &options);
	}
	ks_live_files_done(&live);
	ks_live_options_done(&options);
	return status;
}
