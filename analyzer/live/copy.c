/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COPY_NICE = 5 };

static void
become_copy(struct ks_copy *copy)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP};
	for (size_t i = 0; i < KS_COUNT(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)setpriority(PRIO_PROCESS, 0, COPY_NICE);
	(void)close(copy->from_copy);
	copy->from_copy = -1;
	copy->pid = 0;
}

static void
become_original(struct ks_copy *copy, pid_t pid, int64_t now_ns)
{
	(void)close(copy->to_original);
	copy->to_original = -1;
	copy->pid = pid;
	copy->begun_ns = now_ns;
	copy->n_read = 0;
}

enum ks_error
ks_copy_begin(struct ks_copy *copy, int64_t now_ns, bool *ret_is_copy, struct ks_diag *diag)
{
	assert(copy->pid == 0);
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return ks_diag_set(diag, KS_ERR_MEMORY, "cannot write down what is known: pipe: %s",
				   strerror(errno));
	const pid_t pid = fork();
	if (pid < 0) {
		const int why = errno;
		(void)close(ends[0]);
		(void)close(ends[1]);
		return ks_diag_set(diag, KS_ERR_MEMORY, "cannot write down what is known: fork: %s",
				   strerror(why));
	}
	copy->from_copy = ends[0];
	copy->to_original = ends[1];
	*ret_is_copy = pid == 0;
	if (pid == 0)
		become_copy(copy);
	else
		become_original(copy, pid, now_ns);
	return KS_SUCCESS;
}

static size_t
size_of(const struct ks_copy_word *word)
{
	return offsetof(struct ks_copy_word, text) + word->n;
}

void
ks_copy_tell(struct ks_copy *copy, const struct ks_copy_word *word)
{
	assert(word->n <= KS_COPY_TEXT);
	while (write(copy->to_original, word, size_of(word)) < 0 && errno == EINTR)
		continue;
}

/* One word, or what has come of it. False: no more now. */
static bool
read_word(struct ks_copy *copy, bool *ret_whole)
{
	const size_t head = offsetof(struct ks_copy_word, text);
	const size_t wanted = copy->n_read < head ? head : size_of(&copy->word);
	*ret_whole = false;
	if (copy->n_read < wanted) {
		struct pollfd fd = {.fd = copy->from_copy, .events = POLLIN};
		if (poll(&fd, 1, 0) <= 0)
			return false;
		const ssize_t n =
			read(copy->from_copy, (uint8_t *)&copy->word + copy->n_read, wanted - copy->n_read);
		if (n <= 0)
			return false;
		copy->n_read += (size_t)n;
	}
	/* Our own copy wrote it; but it may have gone mad before it died. */
	if (copy->n_read >= head && copy->word.n > KS_COPY_TEXT)
		copy->word.n = 0;
	*ret_whole = copy->n_read >= head && copy->n_read >= size_of(&copy->word);
	return true;
}

static void
read_words(struct ks_copy *copy, void (*hear)(void *arg, const struct ks_copy_word *word), void *arg)
{
	bool whole;
	while (read_word(copy, &whole)) {
		if (!whole)
			continue;
		hear(arg, &copy->word);
		copy->n_read = 0;
	}
}

bool
ks_copy_listen(struct ks_copy *copy, int wait_ms, void (*hear)(void *arg, const struct ks_copy_word *word),
	       void *arg, int *ret_status)
{
	enum { STEP_MS = 20 };
	for (;;) {
		if (copy->pid == 0)
			return false;
		/* First whether it has ended, then what it said: nothing comes behind its end. */
		const pid_t pid = waitpid(copy->pid, ret_status, WNOHANG);
		read_words(copy, hear, arg);
		if (pid == copy->pid || (pid < 0 && errno != EINTR)) {
			(void)close(copy->from_copy);
			copy->from_copy = -1;
			copy->pid = 0;
			return true;
		}
		if (wait_ms <= 0)
			return false;
		(void)poll(NULL, 0, wait_ms < STEP_MS ? wait_ms : STEP_MS);
		wait_ms -= STEP_MS;
	}
}
