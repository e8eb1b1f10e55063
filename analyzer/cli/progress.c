/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/cli/progress.h"

#include <stdio.h>

static double
seconds_between(const struct timespec *a, const struct timespec *b)
{
	return (double)(b->tv_sec - a->tv_sec) + (double)(b->tv_nsec - a->tv_nsec) * 1e-9;
}

void
ks_progress_init(struct ks_progress *progress)
{
	*progress = (struct ks_progress){0};
	(void)clock_gettime(CLOCK_MONOTONIC, &progress->began);
	progress->shown = progress->began;
}

void
ks_progress_show(void *arg, struct ks_capture *capture, uint64_t packets)
{
	struct ks_progress *const progress = arg;
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds_between(&progress->shown, &now) < 0.25)
		return;
	uint64_t read = 0, total = 0;
	for (size_t i = 0; i < capture->ops->n_files(capture); i++) {
		const struct ks_capture_info *const info = capture->ops->info(capture, i);
		read += info->read_bytes;
		total += info->total_bytes;
	}
	const double seconds = seconds_between(&progress->began, &now);
	(void)fprintf(stderr, "\r%.1f MB, %.2f M packets, %.2f M packets/s", (double)read * 1e-6,
		      (double)packets * 1e-6, (double)packets / seconds * 1e-6);
	if (total > read && read > 0)
		(void)fprintf(stderr, ", %.0f %%, %.0f s left", 100.0 * (double)read / (double)total,
			      seconds * (double)(total - read) / (double)read);
	(void)fputs("\033[K", stderr);
	(void)fflush(stderr);
	progress->shown = now;
	progress->any = true;
}

void
ks_progress_done(struct ks_progress *progress)
{
	if (progress->any)
		(void)fputs("\r\033[K", stderr);
	progress->any = false;
}
