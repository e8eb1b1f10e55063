/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/live/notify.h -- tell the service manager how it goes: sd_notify(3) without its library, which
 * would bring a dozen others for a datagram.
 *
 * Memory: none. Threads: one owner. Without $NOTIFY_SOCKET nothing happens. */
#ifndef KS_LIVE_NOTIFY_H
#define KS_LIVE_NOTIFY_H

#include "dissect/base.h"

struct ks_notify {
	int fd;              /* -1: there is nobody to tell */
	int64_t watchdog_ns; /* it wants a word that often; 0: it does not */
	int64_t told_ns;     /* clock */
};

/* Before privileges are given up: the socket may be another user's. */
void ks_notify_open(struct ks_notify *notify);
void ks_notify_close(struct ks_notify *notify);

/* "READY=1", "STOPPING=1"; what cannot be told is not. */
void ks_notify_tell(const struct ks_notify *notify, const char *state);

/* Call it often; it tells when half of the time is over. */
void ks_notify_alive(struct ks_notify *notify, int64_t now_ns);

#endif
