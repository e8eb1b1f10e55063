/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/pcap_file.h -- classic pcap files.
 *
 * Input:     hostile. Microseconds, nanoseconds, and Kuznetzov's "modified" records; both byte orders.
 * Memory:    none; packets lie in the source's window.
 * Threads:   one owner at a time.
 * Standards: draft-ietf-opsawg-pcap, and libpcap's sf-pcap.c where files in the wild ask for more:
 *            versions 2.0 to 2.4 and DG/UX's 543.0, lengths swapped before 2.3 and perhaps in 2.3.
 *
 * Unlike libpcap, a record longer than the file's snap length is handed out whole (Wireshark does the
 * same): the snap length in the header is wrong more often than the record. */
#ifndef KS_CAPTURE_PCAP_FILE_H
#define KS_CAPTURE_PCAP_FILE_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/container.h"

enum ks_pcap_lengths {
	KS_PCAP_LENGTHS_KEPT, /* captured length first */
	KS_PCAP_LENGTHS_SWAPPED,
	KS_PCAP_LENGTHS_UNSURE /* version 2.3 was written in both orders: the smaller one was captured */
};

struct ks_pcap_file {
	uint64_t records;      /* read so far */
	uint32_t ns_per_unit;  /* of the fraction of a second */
	uint32_t header_bytes; /* of a record */
	int linktype;
	enum ks_pcap_lengths lengths;
	bool big;
};

/* The next bytes are a pcap magic. */
KS_MUST_CHECK bool ks_pcap_file_recognise(struct ks_source *source);

/* Read the file header; fills container, link type, snap length and digits of `ret_info`. On failure the
 * line does not name the file. */
KS_MUST_CHECK enum ks_error ks_pcap_file_start(struct ks_pcap_file *pcap, struct ks_source *source,
					       struct ks_capture_info *ret_info, struct ks_diag *diag);

/* The next record is whole, sound and at hand: reading it does not move the window. Its time is in `ret_ns`
 * then. */
bool ks_pcap_file_ahead(const struct ks_pcap_file *pcap, const struct ks_source *source, int64_t *ret_ns);

/* The next records, `max` at most, that are whole, sound and at hand: how many, each in `ret_packets`. None
 * is taken yet. */
size_t ks_pcap_file_view(const struct ks_pcap_file *pcap, const struct ks_source *source,
			 struct ks_packet *ret_packets, size_t max);

/* Take the first `n` of those. */
void ks_pcap_file_step(struct ks_pcap_file *pcap, struct ks_source *source, const struct ks_packet *packets,
		       size_t n);

/* `ret` is written on KS_READ_PACKET only, `note` on UNFINISHED and CUT. */
KS_MUST_CHECK enum ks_read ks_pcap_file_next(struct ks_pcap_file *pcap, struct ks_source *source,
					     struct ks_packet *ret, struct ks_diag *note);

#endif
