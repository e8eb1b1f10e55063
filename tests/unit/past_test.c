/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The same messages, counted in one run and in several that follow each other: classes add up. */
#include "analyzer/past.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>

#include "analyzer/shard.h"

#define T0 (INT64_C(1795298174) * KS_NS_PER_S)
#define HOUR_NS (INT64_C(3600) * KS_NS_PER_S)
#define MS(n) ((int64_t)(n)*KS_NS_PER_MS)

enum { SOURCES = 200, ZONES = 3, HOURS = 7, EVENTS = 200000 };

static const struct zone {
	const char *wire;
	size_t n;
	uint32_t ttl_s;
} zones[ZONES] = {{"", 1, 172800}, {"\3tld", 5, 5400}, {"\3www\3tld", 9, 30}};

static const struct ks_secret secret = {.a = 1234567, .b = 7654321};

/* --- what is said --- */

struct event {
	int64_t t_ns;
	uint32_t source, zone;
	uint16_t id;
	bool answer, truncated, tcp;
};
static struct event events[EVENTS];
static size_t n_events;

static uint64_t dice = 42;
static uint32_t
roll(uint32_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(dice >> 33) % sides;
}

static void
happens(const struct event *event)
{
	cr_assert(n_events < EVENTS);
	events[n_events++] = *event;
}

/* A question, perhaps asked again while it waits; its answer, if there is one, perhaps only over TCP. */
static void
ask(uint32_t source, uint32_t zone, int64_t t_ns)
{
	struct event event = {.t_ns = t_ns, .source = source, .zone = zone, .id = (uint16_t)roll(65536)};
	happens(&event);
	if (roll(5) == 0) {
		event.t_ns += MS(1 + roll(9000));
		happens(&event);
	}
	if (roll(8) == 0)
		return;
	event.t_ns += MS(1 + roll(4000));
	event.answer = true;
	event.truncated = roll(6) == 0;
	happens(&event);
	if (!event.truncated)
		return;
	event = (struct event){event.t_ns + MS(20 + roll(6000)), source, zone, event.id, .tcp = true};
	happens(&event);
	event.t_ns += MS(30);
	event.answer = true;
	happens(&event);
}

/* From one second to some hours later, each order of magnitude as often. */
static int64_t
pause_ns(void)
{
	static const uint32_t up_to_s[] = {5, 60, 900, 7200, 14400};
	return MS(200) + MS(1000) * roll(up_to_s[roll(KS_COUNT(up_to_s))]) + roll(1000000);
}

static int
by_time(const void *a, const void *b)
{
	const struct event *const one = a, *const two = b;
	return (one->t_ns > two->t_ns) - (one->t_ns < two->t_ns);
}

static void
make_events(void)
{
	for (uint32_t source = 0; source < SOURCES; source++)
		for (uint32_t zone = 0; zone < ZONES; zone++)
			for (int64_t t_ns = T0 + pause_ns(); t_ns < T0 + HOURS * HOUR_NS; t_ns += pause_ns())
				ask(source, zone, t_ns);
	qsort(events, n_events, sizeof(events[0]), by_time);
}

static struct ks_addr
addr(uint32_t number)
{
	const uint8_t bytes[4] = {10, 0, (uint8_t)(number >> 8), (uint8_t)number};
	return ks_addr_from_v4(bytes);
}

static void
say(struct ks_shard *shard, const struct event *event)
{
	const struct zone *const zone = &zones[event->zone];
	struct ks_message message = {
		.time_ns = event->t_ns,
		.client = addr(event->source),
		.server = addr(60000),
		.client_port = (uint16_t)(1024 + event->id % 60000),
		.server_port = 53,
		.tcp = event->tcp,
		.ttl = 20,
		.len = event->answer ? 864 : 28,
		.dns = {.id = event->id,
			.has_question = true,
			.qname = {(const uint8_t *)zone->wire, zone->n},
			.qtype = KS_TYPE_DNSKEY,
			.qclass = 1,
			.flags = event->answer ? KS_FLAG_QR | KS_FLAG_AA : 0},
	};
	if (event->truncated)
		message.dns.flags |= KS_FLAG_TC;
	else if (event->answer)
		message.dns.dnskey = (struct ks_dnskey_answer){.keys = 2,
							       .signatures = 1,
							       .key_ttl = zone->ttl_s,
							       .sig_ttl = zone->ttl_s,
							       .original_ttl = zone->ttl_s};
	ks_shard_message(shard, &message);
}

/* --- what is counted --- */

struct sums {
	uint64_t cls[SOURCES][ZONES][KS_RQ_COUNT];
	uint64_t offenders; /* sources and zones, in the run in which they asked again first */
	uint64_t unasked;
};

static uint32_t
zone_number(const struct ks_shard *shard, uint32_t number)
{
	const struct ks_span name = ks_names_at(&shard->zones, number);
	for (uint32_t i = 0; i < ZONES; i++)
		if (zones[i].n == name.n && memcmp(zones[i].wire, name.at, name.n) == 0)
			return i;
	cr_fatal("a zone that nobody asked for");
}

static void
add_up(const struct ks_shard *shard, struct sums *ret)
{
	for (uint32_t i = 0; i < shard->flows.n; i++) {
		const struct ks_flow *const flow = ks_map_at(&shard->flows, i);
		const struct ks_addr source = ks_shard_flow_source(shard, flow);
		const uint8_t *const address = source.b;
		uint64_t *const cls =
			ret->cls[address[14] << 8 | address[15]][zone_number(shard, flow->zone)];
		for (size_t c = 0; c < KS_RQ_COUNT; c++)
			cls[c] += flow->cls[c];
		ret->offenders += !flow->offended &&
				  flow->cls[KS_RQ_HOT] + flow->cls[KS_RQ_WARM] + flow->cls[KS_RQ_COOL] > 0;
	}
	ret->unasked += shard->totals.unasked_responses;
}

/* In runs of this length. */
static void
count(int64_t run_ns, struct ks_past *past, struct sums *ret)
{
	struct ks_diag diag;
	*ret = (struct sums){0};
	for (size_t i = 0; i < n_events;) {
		static struct ks_shard shard;
		const int64_t end_ns = events[i].t_ns + run_ns;
		cr_assert(eq(int, ks_shard_init(&shard, 32 << 20, 60, &secret, &diag), KS_SUCCESS));
		if (past != NULL)
			ks_shard_begin(&shard, past);
		for (; i < n_events && events[i].t_ns < end_ns; i++)
			say(&shard, &events[i]);
		add_up(&shard, ret);
		if (past != NULL) {
			ks_shard_leave(&shard, past);
			cr_assert(eq(u64, past->forgotten, 0));
		}
		ks_shard_done(&shard);
	}
}

Test(past, classes_of_runs_that_follow_each_other_add_up_to_those_of_one)
{
	static const int64_t lengths_ns[] = {HOUR_NS, HOUR_NS / 60, HOUR_NS / 200, 3 * HOUR_NS};
	static struct sums whole, parts;
	make_events();
	count(INT64_MAX / 4, NULL, &whole);
	uint64_t n[KS_RQ_COUNT] = {0};
	for (size_t i = 0; i < SOURCES * ZONES; i++)
		for (size_t c = 0; c < KS_RQ_COUNT; c++)
			n[c] += whole.cls[i / ZONES][i % ZONES][c];
	for (size_t c = KS_RQ_FIRST; c < KS_RQ_COUNT; c++)
		cr_assert(n[c] > 100, "each class is there: %zu", c);
	for (size_t k = 0; k < KS_COUNT(lengths_ns); k++) {
		struct ks_past past;
		struct ks_diag diag;
		cr_assert(eq(int, ks_past_init(&past, 1 << 20, &secret, &diag), KS_SUCCESS));
		count(lengths_ns[k], &past, &parts);
		for (size_t i = 0; i < SOURCES * ZONES; i++)
			for (size_t c = 0; c < KS_RQ_COUNT; c++)
				cr_assert(eq(u64, parts.cls[i / ZONES][i % ZONES][c],
					     whole.cls[i / ZONES][i % ZONES][c]),
					  "source %zu, zone %zu, class %zu", i / ZONES, i % ZONES, c);
		cr_assert(eq(u64, parts.offenders, whole.offenders));
		cr_assert(eq(u64, parts.unasked, whole.unasked));
		ks_past_done(&past);
	}
	count(HOUR_NS, NULL, &parts);
	cr_assert(memcmp(parts.cls, whole.cls, sizeof(whole.cls)) != 0, "without a past they do not");
}

/* --- manners --- */

static void
add_behaviours(const struct ks_shard *shard, struct ks_behaviour_counts *ret)
{
	for (uint32_t i = 0; i < shard->behaviours.n; i++) {
		struct ks_behaviour_counts counts;
		ks_behaviour_close(ks_behaviours_at(&shard->behaviours, i), &counts);
		ret->queries += counts.queries;
		ret->bursts += counts.bursts;
		ret->failing_bursts += counts.failing_bursts;
		ret->failing_queries += counts.failing_queries;
		for (size_t c = 0; c < KS_PAUSE_CELLS; c++)
			ret->pauses[c] += counts.pauses[c];
		for (size_t c = 0; c < KS_LATE_CELLS; c++)
			ret->late[c] += counts.late[c];
	}
}

/* One source asks for the root's keys each `period_ns`, and is answered, for HOURS; in runs of `run_ns`. */
static struct ks_behaviour_counts
behave(int64_t period_ns, unsigned burst, int64_t run_ns)
{
	struct ks_behaviour_counts sums = {0};
	struct ks_past past;
	struct ks_diag diag;
	n_events = 0;
	for (int64_t t_ns = T0; t_ns < T0 + HOURS * HOUR_NS; t_ns += period_ns)
		for (unsigned i = 0; i < burst; i++) {
			struct event event = {.t_ns = t_ns + MS(500 * i), .id = (uint16_t)n_events};
			happens(&event);
			event.t_ns += MS(20);
			event.answer = true;
			happens(&event);
		}
	cr_assert(eq(int, ks_past_init(&past, 1 << 20, &secret, &diag), KS_SUCCESS));
	for (size_t i = 0; i < n_events;) {
		static struct ks_shard shard;
		const int64_t end_ns = T0 + ((events[i].t_ns - T0) / run_ns + 1) * run_ns;
		cr_assert(eq(int, ks_shard_init(&shard, 32 << 20, 60, &secret, &diag), KS_SUCCESS));
		ks_shard_begin(&shard, &past);
		for (; i < n_events && events[i].t_ns < end_ns; i++)
			say(&shard, &events[i]);
		add_behaviours(&shard, &sums);
		ks_shard_leave(&shard, &past);
		ks_shard_done(&shard);
	}
	ks_past_done(&past);
	return sums;
}

static uint64_t
sum_of(const uint64_t *cells, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += cells[i];
	return sum;
}

Test(past, who_was_followed_is_followed_from_the_first_query_on_and_pauses_span_the_end)
{
	static const struct {
		const char *what;
		int64_t period_ns;
		unsigned burst;
	} rows[] = {
		{"a query every 40 minutes", INT64_C(2400) * KS_NS_PER_S, 1},
		{"three queries every 25 minutes", INT64_C(1500) * KS_NS_PER_S, 3},
		{"three queries every 67 s", INT64_C(67) * KS_NS_PER_S, 3},
	};
	for (size_t i = 0; i < KS_COUNT(rows); i++) {
		const struct ks_behaviour_counts whole = behave(rows[i].period_ns, rows[i].burst,
								2 * HOURS * HOUR_NS),
						 parts = behave(rows[i].period_ns, rows[i].burst, HOUR_NS);
		cr_assert(whole.queries > 5);
		cr_assert(memcmp(&parts, &whole, sizeof(whole)) == 0, "%s", rows[i].what);
	}
}

Test(past, a_burst_that_the_end_cuts_is_two_without_a_pause_between_them)
{
	/* The eleven queries of a burst take 5 s; runs end in the midst of some. */
	const struct ks_behaviour_counts whole = behave(INT64_C(60) * KS_NS_PER_S, 11, 2 * HOURS * HOUR_NS),
					 parts = behave(INT64_C(60) * KS_NS_PER_S, 11,
							INT64_C(602) * KS_NS_PER_S);
	const uint64_t cuts = parts.bursts - whole.bursts;
	cr_assert(cuts > 0);
	cr_assert(eq(u64, parts.queries, whole.queries));
	cr_assert(eq(u64, parts.failing_queries, whole.failing_queries));
	cr_assert(eq(u64, parts.failing_bursts, whole.failing_bursts + cuts));
	cr_assert(eq(u64, sum_of(parts.pauses, KS_PAUSE_CELLS), sum_of(whole.pauses, KS_PAUSE_CELLS)));
	for (size_t c = 0; c < 14; c++) /* shorter than 28 s */
		cr_assert(eq(u64, parts.pauses[c], 0));
}

/* --- the table --- */

static struct ks_past_state
known(int64_t delivered_ns, int64_t life_ns, bool offended)
{
	return (struct ks_past_state){.state = {.delivered_ns = delivered_ns, .life_ns = life_ns},
				      .offended = offended};
}

static const uint8_t root[1];
static const struct ks_span root_name = {root, 1};

static void
leave(struct ks_past *past, uint32_t source, int64_t delivered_ns, bool offended)
{
	const struct ks_addr from = addr(source);
	const struct ks_past_state state = known(delivered_ns, HOUR_NS, offended);
	ks_past_leave(past, &from, root_name, &state);
}

static bool
take(struct ks_past *past, uint32_t source)
{
	const struct ks_addr from = addr(source);
	struct ks_past_state state;
	return ks_past_take(past, &from, root_name, &state);
}

Test(past, a_state_is_taken_once_and_stays_while_it_matters)
{
	struct ks_past past;
	struct ks_diag diag;
	cr_assert(eq(int, ks_past_init(&past, 1 << 20, &secret, &diag), KS_SUCCESS));
	leave(&past, 1, T0, false);
	leave(&past, 2, T0, false);
	leave(&past, 3, T0, true);
	cr_assert(take(&past, 1));
	cr_assert(not(take(&past, 1)), "it is elsewhere now");
	cr_assert(not(take(&past, 9)));
	ks_past_renew(&past, T0 + HOUR_NS - 1, 0);
	cr_assert(not(take(&past, 1)), "it was not left again");
	ks_past_renew(&past, T0 + HOUR_NS, 0);
	cr_assert(not(take(&past, 2)), "its life is over");
	cr_assert(take(&past, 3), "who offended is known for a day");
	leave(&past, 3, T0, true);
	ks_past_renew(&past, T0 + 24 * HOUR_NS, 0);
	cr_assert(not(take(&past, 3)));
	cr_assert(past.states.n <= 1, "the dead share a place");
	ks_past_done(&past);
}

Test(past, without_room_those_that_never_offended_go_and_are_counted)
{
	struct ks_past past;
	struct ks_diag diag;
	cr_assert(eq(int, ks_past_init(&past, 16 << 10, &secret, &diag), KS_SUCCESS));
	const uint32_t n = past.states.capacity;
	for (uint32_t i = 0; i < n; i++)
		leave(&past, i, T0, i % 4 == 0);
	cr_assert(eq(u64, past.forgotten, 0));
	ks_past_renew(&past, T0 + 1, n / 2);
	cr_assert(eq(u64, past.forgotten, n - (n + 3) / 4));
	for (uint32_t i = 0; i < n; i++)
		cr_assert(eq(int, take(&past, i), i % 4 == 0));
	for (uint32_t i = 0; i < n; i++)
		leave(&past, n + i, T0, false);
	cr_assert(past.states.n == n && past.forgotten > 0, "bounded, and what found no room is counted");
	ks_past_renew(&past, T0 + 2, 0);
	cr_assert(eq(u64, past.forgotten, 0), "of this end only");
	ks_past_done(&past);
}
