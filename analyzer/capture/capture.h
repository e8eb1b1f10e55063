/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/capture.h -- where packets come from.
 *
 * A source of packets is one const table of operations. There is one for a file (any container, any
 * compression, standard input) and one that merges several sources in time order; `live` adds its own.
 *
 * Memory:  a source allocates when it is opened, not per packet. Packets handed out point into its
 *          buffers and live until the next call of `next`; those of a batch live until the next batch.
 * Threads: one owner at a time.
 * Errors:  the world's: returned with one line in the caller's diagnosis. */
#ifndef KS_ANALYZER_CAPTURE_H
#define KS_ANALYZER_CAPTURE_H

#include "dissect/err.h"
#include "dissect/packet.h"

enum ks_capture_state {
	KS_CAPTURE_WHOLE,      /* read to its end */
	KS_CAPTURE_UNFINISHED, /* ends inside its last packet: still being written, or cut */
	KS_CAPTURE_CUT,        /* broken part of the way: what stood before was read */
	KS_CAPTURE_UNREADABLE  /* nothing could be read */
};

/* What a source knows about itself; complete once `next` has returned no packet. */
struct ks_capture_info {
	char path[1024];    /* as given by the user; "-" is standard input */
	char container[24]; /* "pcap", "pcapng", or with compression "pcap+gzip" */
	char note[256];     /* one line: what was wrong, "" if nothing was */
	enum ks_capture_state state;
	uint8_t hash[16];          /* XXH3-128 of the file's bytes as stored, canonical byte order */
	uint64_t size_bytes;       /* bytes of the file as stored */
	uint64_t read_bytes;       /* bytes read so far, for the progress line */
	uint64_t total_bytes;      /* size of the file, 0 when unknown (a pipe) */
	uint64_t packets;          /* delivered by `next` */
	uint64_t filtered;         /* read, but left out by the BPF filter */
	uint64_t clock_steps_back; /* packets older than their predecessor in this file */
	int linktype;              /* of the first interface; -1 when unknown */
	uint32_t snaplen;
	int64_t first_ns, last_ns; /* earliest and latest packet time; 0, 0 without packets */
	uint8_t time_digits; /* decimals of a second the file can hold: 6 or 9 (most precise interface) */
	bool duplicate;      /* left out of a set: its bytes are another file's, see `note` and `hash` */
};

struct ks_capture;

struct ks_capture_ops {
	/* The next packet. KS_SUCCESS with `*ret_have` false is the end. An error ends the source; what
	 * was delivered before stays valid. */
	enum ks_error (*next)(struct ks_capture *capture, struct ks_packet *ret, bool *ret_have,
			      struct ks_diag *diag);
	/* True: the next call of `next` leaves the packets handed out since the last false alive. May
	 * say false at any time; NULL always does. */
	bool (*ahead)(const struct ks_capture *capture);
	/* Up to `max` packets behind the last one, which leave those handed out alive as well. May find none
	 * at any time, even where `next` finds one; NULL always does. */
	size_t (*more)(struct ks_capture *capture, struct ks_packet *packets, size_t max);
	/* Number of files behind this source and what is known of each; `index` < n_files. */
	size_t (*n_files)(const struct ks_capture *capture);
	const struct ks_capture_info *(*info)(const struct ks_capture *capture, size_t index);
	void (*close)(struct ks_capture *capture);
};

/* First member of every source. */
struct ks_capture {
	const struct ks_capture_ops *ops;
};

/* Open one capture file; "-" is standard input. `filter` is a BPF expression or NULL.
 * KS_ERR_INPUT: no capture, or unreadable (the line says which). KS_ERR_USAGE: the filter is wrong, that
 * is, means nothing for Ethernet nor for the link type of the file. A file that breaks later is no error:
 * `next` ends, and the info's state and note tell. The hash is of all stored bytes even then. */
KS_MUST_CHECK enum ks_error ks_capture_open_file(const char *path, const char *filter,
						 struct ks_capture **ret, struct ks_diag *diag);

/* Open `n` paths (files, "-", or folders: every capture in it, not below it, names sorted bytewise) as
 * one source in time order. A file that cannot be read is skipped, remembered in its info
 * (KS_CAPTURE_UNREADABLE) and does not fail the rest; so is a file whose bytes are the same as another
 * one's of this call (noted as such, and `duplicate`); the first path bytewise is the one that is read.
 * Infos are in bytewise order of paths, and stay where they are until the source is closed.
 *
 * Files are opened lazily: a file whose first packet is later than all others' current packets costs no
 * buffer until then. At most KS_CAPTURE_OPEN_MAX large ones whose times overlap are open at once, else
 * `next` ends with KS_ERR_INPUT; small files count by the memory they take. Packets of equal time come
 * in bytewise order of their paths, so that the order of the command line does not matter.
 * KS_ERR_INPUT when none can be read. */
KS_MUST_CHECK enum ks_error ks_capture_open_set(const char *const *paths, size_t n, const char *filter,
						struct ks_capture **ret, struct ks_diag *diag);

enum { KS_CAPTURE_OPEN_MAX = 256 };

/* Hash of the first `limit` bytes of a file (UINT64_MAX: all of it), as `ks_capture_info.hash`. */
KS_MUST_CHECK enum ks_error ks_capture_hash_file(const char *path, uint64_t limit, uint8_t ret_hash[16],
						 struct ks_diag *diag);

static inline enum ks_error
ks_capture_next(struct ks_capture *capture, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	return capture->ops->next(capture, ret, ret_have, diag);
}

/* Up to `max` packets that are alive together until the next call. KS_SUCCESS with `*ret_n` 0 is the end;
 * after an error the `*ret_n` packets before it are good. */
static inline enum ks_error
ks_capture_next_batch(struct ks_capture *capture, struct ks_packet *packets, size_t max, size_t *ret_n,
		      struct ks_diag *diag)
{
	size_t n = 0;
	enum ks_error error;
	bool have;
	do {
		error = ks_capture_next(capture, &packets[n], &have, diag);
		n += error == KS_SUCCESS && have;
		if (n > 0 && capture->ops->more != NULL)
			n += capture->ops->more(capture, packets + n, max - n);
	} while (error == KS_SUCCESS && have && n < max && capture->ops->ahead != NULL &&
		 capture->ops->ahead(capture));
	*ret_n = n;
	return error;
}

static inline void
ks_capture_close(struct ks_capture *capture)
{
	if (capture != NULL)
		capture->ops->close(capture);
}

#endif
