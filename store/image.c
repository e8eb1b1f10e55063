/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_alone(const char *path)
{
	static const char *const others[] = {"", "-wal", "-journal"};
	const size_t room = strlen(path) + sizeof("-journal");
	char *const name = malloc(room);
	bool ret = name != NULL;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && ret; i++) {
		struct stat status;
		(void)snprintf(name, room, "%s%s", path, others[i]);
		ret = lstat(name, &status) != 0 && errno == ENOENT;
	}
	free(name);
	return ret;
}

/* A file without a name in the folder of `path`. */
static int
open_beside(const char *path)
{
	const char *const slash = strrchr(path, '/');
	char *const folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	/* The mode that SQLite asks for. */
	const int fd = folder != NULL ? open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644) : -1;
	free(folder);
	return fd;
}

static bool
write_image(int fd)
{
	for (size_t at = 0; at < ks_image_bytes;) {
		const ssize_t n = write(fd, ks_image + at, ks_image_bytes - at);
		if (n <= 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	/* Otherwise a power failure could leave a name for half a file. */
	return fdatasync(fd) == 0;
}

/* Link it; fails where another has been quicker. */
static bool
name_it(int fd, const char *path)
{
	char self[64];
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

bool
ks_image_place(const char *path)
{
	if (ks_image_bytes == 0 || !is_alone(path))
		return false;
	const int fd = open_beside(path);
	if (fd < 0)
		return false;
	const bool ret = write_image(fd) && name_it(fd, path);
	(void)close(fd);
	return ret;
}
