/* SPDX-License-Identifier: BSD-2-Clause
 *
 * measure.c -- measure RUNS NAME COMMAND [NAME COMMAND]...: what commands cost, side by side.
 *
 * Each COMMAND is a line for sh; its output is thrown away. They take turns, A B C A B C, so that a machine
 * that drifts drifts for all; the first round warms the caches and is not counted. Printed for each: CPU
 * seconds (user and system, of all its children) and seconds by the clock, least and median, the greatest
 * resident set, and the median over rounds of its CPU against that of the first command in the same round,
 * which is the figure that travels. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 99, COMMANDS_MAX = 16 };

struct cost {
	double cpu_s, wall_s;
	long peak_kib;
};

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static double
now_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int
run(const char *command, struct cost *ret)
{
	const double began_s = now_s();
	const pid_t child = fork();
	if (child == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
			_exit(127);
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	struct rusage usage;
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return -1;
	*ret = (struct cost){
		.cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
		.wall_s = now_s() - began_s,
		.peak_kib = usage.ru_maxrss,
	};
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y ? 1 : 0;
}

static double
median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), by_value);
	return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void
print_line(const char *name, const struct cost *costs, const struct cost *yardstick, int runs)
{
	double cpu[RUNS_MAX], wall[RUNS_MAX], ratio[RUNS_MAX];
	long peak_kib = 0;
	for (int i = 0; i < runs; i++) {
		cpu[i] = costs[i].cpu_s;
		wall[i] = costs[i].wall_s;
		ratio[i] = costs[i].cpu_s / yardstick[i].cpu_s;
		peak_kib = costs[i].peak_kib > peak_kib ? costs[i].peak_kib : peak_kib;
	}
	const double cpu_median = median(cpu, runs), wall_median = median(wall, runs);
	(void)printf("%-24s %9.3f %9.3f %9.3f %9.3f %9.1f %8.2f\n", name, cpu[0], cpu_median, wall[0],
		     wall_median, (double)peak_kib / 1024, median(ratio, runs));
}

int
main(int argc, char **argv)
{
	static struct cost costs[COMMANDS_MAX][RUNS_MAX];
	const int runs = argc > 1 ? atoi(argv[1]) : 0, n = (argc - 2) / 2;
	if (argc < 4 || argc % 2 != 0 || runs < 1 || runs > RUNS_MAX || n > COMMANDS_MAX) {
		(void)fprintf(stderr, "usage: measure RUNS NAME COMMAND [NAME COMMAND]...\n");
		return 2;
	}
	for (int round = -1; round < runs; round++) {
		for (int i = 0; i < n; i++) {
			struct cost warming;
			const char *const command = argv[3 + 2 * i];
			const int status = run(command, round < 0 ? &warming : &costs[i][round]);
			if (status != 0) {
				(void)fprintf(stderr, "measure: status %d of: %s\n", status, command);
				return 1;
			}
		}
	}
	(void)printf("%-24s %9s %9s %9s %9s %9s %8s\n", "", "CPU s", "median", "wall s", "median", "peak MiB",
		     "x first");
	for (int i = 0; i < n; i++)
		print_line(argv[2 + 2 * i], costs[i], costs[0], runs);
	return 0;
}
