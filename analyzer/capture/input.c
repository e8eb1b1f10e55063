/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/input.h"

#include "analyzer/capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Replaces XXH3_128bits_update by one that picks AVX2 or AVX-512 at run time. The hash then costs a
 * tenth of a whole read and not four tenths (843 MB pcap, Debian's libxxhash 0.8.1: 0.02 s, not 0.09). */
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

static_assert(sizeof(XXH128_canonical_t) == sizeof(((struct ks_capture_info *)0)->hash),
	      "one hash, one size");

enum { HASH_CHUNK = 1 << 18 };

static enum ks_error
hash_start(struct ks_input *input, struct ks_diag *diag)
{
	input->hash = XXH3_createState();
	if (input->hash == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory to read a capture");
	(void)XXH3_128bits_reset(input->hash);
	return KS_SUCCESS;
}

static int
open_again_if_interrupted(const char *path)
{
	/* O_NOCTTY: a path may name a terminal. Opening a FIFO waits for its writer, and a signal ends the
	 * wait. */
	for (;;) {
		const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0 || errno != EINTR)
			return fd;
	}
}

static enum ks_error
input_refuse(struct ks_input *input, const char *path, const char *why, struct ks_diag *diag)
{
	ks_input_close(input);
	return ks_diag_set(diag, KS_ERR_INPUT, "%s: %s", path, why);
}

enum ks_error
ks_input_open(struct ks_input *input, const char *path, struct ks_diag *diag)
{
	*input = (struct ks_input){.fd = -1};
	if (strcmp(path, "-") == 0) {
		input->fd = STDIN_FILENO;
		path = "standard input";
		if (isatty(STDIN_FILENO) != 0)
			return input_refuse(input, path, "is a terminal; a capture can be piped into it",
					    diag);
	} else {
		input->fd = open_again_if_interrupted(path);
		input->owned = input->fd >= 0;
	}
	struct stat status;
	if (input->fd < 0 || fstat(input->fd, &status) != 0)
		return input_refuse(input, path, strerror(errno), diag);
	if (S_ISDIR(status.st_mode))
		return input_refuse(input, path, "is a folder, not a capture", diag);
	input->regular = S_ISREG(status.st_mode);
	if (input->regular) {
		input->total_bytes = (uint64_t)status.st_size;
		(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint: may fail */
	}
	const enum ks_error error = hash_start(input, diag);
	if (error != KS_SUCCESS)
		ks_input_close(input);
	return error;
}

enum ks_error
ks_input_open_memory(struct ks_input *input, const uint8_t *bytes, size_t n, struct ks_diag *diag)
{
	*input = (struct ks_input){
		.fd = -1, .memory = bytes, .memory_n = n, .total_bytes = n, .regular = true};
	return hash_start(input, diag);
}

static size_t
memory_read(struct ks_input *input, uint8_t *to, size_t n)
{
	const uint64_t left = input->memory_n - input->read_bytes;
	if (n > left)
		n = (size_t)left;
	if (n > 0)
		memcpy(to, input->memory + input->read_bytes, n);
	return n;
}

static size_t
fd_read(struct ks_input *input, uint8_t *to, size_t n)
{
	for (;;) {
		const ssize_t got = read(input->fd, to, n);
		if (got >= 0)
			return (size_t)got;
		/* Whoever started us may have left standard input non-blocking. */
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			(void)poll(&(struct pollfd){.fd = input->fd, .events = POLLIN}, 1, -1);
		else if (errno != EINTR)
			break;
	}
	input->error = errno;
	return 0;
}

size_t
ks_input_read(struct ks_input *input, uint8_t *to, size_t n)
{
	if (input->ended)
		return 0;
	const size_t got = input->fd < 0 ? memory_read(input, to, n) : fd_read(input, to, n);
	if (got == 0) {
		input->ended = true;
		if (input->owned)
			(void)close(input->fd);
		input->owned = false;
		return 0;
	}
	/* Hash in pieces that stay in the second-level cache beside the reader's window. */
	for (size_t done = 0; done < got; done += HASH_CHUNK)
		(void)XXH3_128bits_update(input->hash, to + done,
					  got - done < HASH_CHUNK ? got - done : HASH_CHUNK);
	input->read_bytes += got;
	return got;
}

void
ks_input_drain(struct ks_input *input, uint8_t *scratch, size_t n)
{
	while (ks_input_read(input, scratch, n) > 0)
		continue;
}

void
ks_input_hash(const struct ks_input *input, uint8_t ret[16])
{
	XXH128_canonical_t canonical;
	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(input->hash));
	memcpy(ret, canonical.digest, sizeof(canonical.digest));
}

void
ks_input_close(struct ks_input *input)
{
	(void)XXH3_freeState(input->hash);
	input->hash = NULL;
	if (input->owned)
		(void)close(input->fd);
	input->owned = false;
	input->ended = true;
}
