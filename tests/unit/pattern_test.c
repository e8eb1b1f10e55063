/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Many networks with one machine behind them. */
#include "analyzer/judge/pattern.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>

static struct ks_pattern_facts facts;

static void
add(struct ks_pattern_sums *sums, double n, double hop, double port)
{
	sums->queries += n;
	sums->hops += n * hop;
	sums->hops_squares += n * hop * hop;
	sums->ports += n * port;
	sums->ports_squares += n * port * port;
}

/* Ordinary clients, ten an hour for each hop count from 45 to 60, each from another port. */
static void
ordinary(struct ks_pattern_sums *sums, double hours)
{
	sums->seconds = hours * 3600;
	for (int hop = 45; hop <= 60; hop++)
		add(sums, 10 * hours, hop, 1024 + 4000 * (hop - 45));
}

static void
flood(double hop, double port_from, double port_step)
{
	facts = (struct ks_pattern_facts){.newcomers = 6000, .newcomers_only = 5000, .networks = 40};
	ordinary(&facts.before, 10);
	ordinary(&facts.inside, 1);
	for (int i = 0; i < 60; i++)
		add(&facts.inside, 100, hop, port_from + i * port_step);
}

Test(pattern, one_hop_limit_of_many_networks)
{
	flood(243, 2000, 1000);
	const struct ks_pattern pattern = ks_pattern_judge(&facts);
	cr_expect(epsilon_eq(dbl, pattern.hop, 243, 0.5));
	cr_expect(isnan(pattern.port));
	cr_expect(epsilon_eq(dbl, pattern.only_keys, 5.0 / 6, 1e-9));
}

Test(pattern, a_few_strangers_more_than_usual_do_not_hide_it)
{
	flood(243, 2000, 1000);
	for (int hop = 45; hop <= 54; hop++)
		add(&facts.inside, 3, hop, 1024);
	cr_expect(epsilon_eq(dbl, ks_pattern_judge(&facts).hop, 243, 1.5));
}

Test(pattern, one_busy_client_before_does_not_hide_it)
{
	flood(243, 2000, 1000);
	facts.before = (struct ks_pattern_sums){.seconds = 36000};
	add(&facts.before, 1600, 50, 5000);
	facts.inside = (struct ks_pattern_sums){.seconds = 3600};
	add(&facts.inside, 160, 50, 5000);
	add(&facts.inside, 6000, 243, 5000);
	cr_expect(epsilon_eq(dbl, ks_pattern_judge(&facts).hop, 243, 0.5));
}

Test(pattern, a_hop_limit_that_others_have_too)
{
	flood(52, 2000, 1000);
	cr_expect(epsilon_eq(dbl, ks_pattern_judge(&facts).hop, 52, 0.5));
}

Test(pattern, one_port_of_many_networks)
{
	flood(243, 8080, 0);
	for (int i = 0; i < 200; i++)
		add(&facts.inside, 20, 40 + i, 8080);
	facts.newcomers += 4000;
	const struct ks_pattern pattern = ks_pattern_judge(&facts);
	cr_expect(isnan(pattern.hop), "many");
	cr_expect(epsilon_eq(dbl, pattern.port, 8080, 0.5));
}

static void
no_pattern(const char *what)
{
	const struct ks_pattern pattern = ks_pattern_judge(&facts);
	cr_expect(isnan(pattern.hop) && isnan(pattern.port) && isnan(pattern.only_keys), "%s", what);
}

Test(pattern, what_is_none)
{
	flood(50, 2000, 1000);
	facts.networks = 15;
	no_pattern("a few networks");
	flood(50, 2000, 1000);
	facts.newcomers = 2900;
	no_pattern("those who were there before make most of it");
	flood(50, 2000, 1000);
	for (int i = 0; i < 60; i++)
		add(&facts.inside, 100, 53, 3000 + 1000 * i);
	facts.newcomers = 12000;
	no_pattern("two paths");
	flood(50, 2000, 1000);
	facts.before = (struct ks_pattern_sums){.seconds = 36000};
	no_pattern("nothing is known of before");
	add(&facts.before, 1000, 53, 5000);
	no_pattern("all came over one path before, too");
	flood(50, 2000, 1000);
	facts.before.seconds = 0;
	no_pattern("it was on when the capture began");
	facts = (struct ks_pattern_facts){.networks = 100};
	no_pattern("nothing at all");
	flood(50, 2000, 1000);
	facts.inside = facts.before;
	no_pattern("nothing was added");
}
