/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VARIABLES = 16 };

struct order {
	uint32_t n;
	char text[KS_HELPER_TEXT];
};
static_assert(sizeof(struct order) <= 4096, "an order must be written as one piece");

/* Returns only when it could not. */
static void
become_program(const char *path, struct order *order)
{
	char *environment[VARIABLES + 2] = {0};
	char *const arguments[] = {(char *)(uintptr_t)path, NULL};
	char search[] = "PATH=/usr/local/bin:/usr/bin:/bin";
	size_t n = 0;
	order->text[sizeof(order->text) - 1] = '\0';
	for (char *at = order->text; at < order->text + order->n && n < VARIABLES; at += strlen(at) + 1)
		environment[n++] = at;
	environment[n] = search;
	static const int usual[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	for (size_t i = 0; i < KS_COUNT(usual); i++)
		(void)signal(usual[i], SIG_DFL);
	const int null = open("/dev/null", O_RDWR);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	(void)execve(path, arguments, environment);
	(void)fprintf(stderr, "keystorm live: --on-storm %.300s: %s\n", path, strerror(errno));
}

static unsigned
reap(unsigned running)
{
	while (running > 0 && waitpid(-1, NULL, WNOHANG) > 0)
		running--;
	return running;
}

/* Programs that never end are not multiplied. */
_Noreturn static void
serve(const char *path, int from_original)
{
	struct order order;
	unsigned running = 0;
	for (;;) {
		const ssize_t n = read(from_original, &order, sizeof(order));
		if (n == 0 || (n < 0 && errno != EINTR))
			_exit(0);
		running = reap(running);
		if (n != (ssize_t)sizeof(order) || order.n > sizeof(order.text))
			continue;
		if (running == KS_HELPER_PROGRAMS) {
			(void)fprintf(stderr,
				      "keystorm live: --on-storm: %d are running still: not started\n",
				      KS_HELPER_PROGRAMS);
			continue;
		}
		const pid_t pid = fork();
		if (pid == 0) {
			become_program(path, &order);
			_exit(127);
		}
		running += pid > 0;
	}
}

/* Everything but the three standard ones and `keep`. */
static void
close_files(int keep)
{
	for (int fd = STDERR_FILENO + 1; fd < 4096; fd++)
		if (fd != keep)
			(void)close(fd);
}

static enum ks_error
check(const char *path, struct ks_diag *diag)
{
	struct stat status;
	if (stat(path, &status) != 0 || access(path, X_OK) != 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "--on-storm %.300s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return ks_diag_set(diag, KS_ERR_USAGE, "--on-storm %.300s: no program", path);
	return KS_SUCCESS;
}

enum ks_error
ks_helper_begin(const char *path, struct ks_helper *ret, struct ks_diag *diag)
{
	int ends[2];
	const enum ks_error error = check(path, diag);
	if (error != KS_SUCCESS)
		return error;
	/* A pipe of packets: a read returns one order. */
	if (pipe2(ends, O_CLOEXEC | O_DIRECT) != 0)
		return ks_diag_set(diag, KS_ERR_MEMORY, "--on-storm: pipe: %s", strerror(errno));
	const pid_t pid = fork();
	if (pid < 0)
		return ks_diag_set(diag, KS_ERR_MEMORY, "--on-storm: fork: %s", strerror(errno));
	if (pid == 0) {
		/* Signals to the group are for the original; when that ends, so does the pipe. */
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGTERM, SIG_IGN);
		(void)signal(SIGHUP, SIG_IGN);
		close_files(ends[0]);
		serve(path, ends[0]);
	}
	(void)close(ends[0]);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK | O_DIRECT);
	*ret = (struct ks_helper){.pid = pid, .to_helper = ends[1]};
	return KS_SUCCESS;
}

bool
ks_helper_start(struct ks_helper *helper, const char *environment, size_t n)
{
	struct order order = {.n = (uint32_t)n};
	if (n > sizeof(order.text))
		return false;
	memcpy(order.text, environment, n);
	return write(helper->to_helper, &order, sizeof(order)) == (ssize_t)sizeof(order);
}

void
ks_helper_done(struct ks_helper *helper)
{
	if (helper->to_helper >= 0)
		(void)close(helper->to_helper);
	helper->to_helper = -1;
	if (helper->pid > 0)
		(void)waitpid(helper->pid, NULL, 0);
	helper->pid = 0;
}
