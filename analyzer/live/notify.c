/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/live/notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* $WATCHDOG_USEC, if it is meant for this process. */
static int64_t
watchdog_ns(void)
{
	const char *const pid = getenv("WATCHDOG_PID"), *const usec = getenv("WATCHDOG_USEC");
	if (usec == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	const long long n = strtoll(usec, NULL, 10);
	return n > 0 && n < INT64_MAX / 1000 ? (int64_t)n * 1000 : 0;
}

void
ks_notify_open(struct ks_notify *notify)
{
	const char *const path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	*notify = (struct ks_notify){.fd = -1};
	if (path == NULL || strlen(path) >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(address.sun_path, path, strlen(path));
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* abstract */
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (notify->fd >= 0 && connect(notify->fd, (const struct sockaddr *)&address, n) != 0)
		ks_notify_close(notify);
	notify->watchdog_ns = notify->fd >= 0 ? watchdog_ns() : 0;
}

void
ks_notify_close(struct ks_notify *notify)
{
	if (notify->fd >= 0)
		(void)close(notify->fd);
	notify->fd = -1;
}

void
ks_notify_tell(const struct ks_notify *notify, const char *state)
{
	if (notify->fd >= 0)
		(void)send(notify->fd, state, strlen(state), MSG_NOSIGNAL);
}

void
ks_notify_alive(struct ks_notify *notify, int64_t now_ns)
{
	const int64_t since_ns = now_ns - notify->told_ns;
	if (notify->watchdog_ns == 0 || (since_ns >= 0 && since_ns < notify->watchdog_ns / 2))
		return;
	notify->told_ns = now_ns;
	ks_notify_tell(notify, "WATCHDOG=1");
}
