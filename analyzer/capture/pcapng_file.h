/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/capture/pcapng_file.h -- pcapng files.
 *
 * Input:     hostile. Several sections, each in its own byte order; interfaces of any link type, snap
 *            length and time resolution; enhanced, simple and obsolete packet blocks; other blocks are
 *            passed over.
 * Memory:    16 bytes per interface of the current section, at most KS_PCAPNG_INTERFACES_MAX of them;
 *            packets lie in the source's window.
 * Threads:   one owner at a time.
 * Standards: draft-ietf-opsawg-pcapng.
 *
 * Unlike libpcap: interfaces may differ; sections may differ in byte order; a packet longer than its
 * interface's snap length is handed out; a file without interfaces is one without packets; a broken
 * option ends the options of its block and not the file. */
#ifndef KS_CAPTURE_PCAPNG_FILE_H
#define KS_CAPTURE_PCAPNG_FILE_H

#include "analyzer/capture/capture.h"
#include "analyzer/capture/container.h"

enum {
	KS_PCAPNG_INTERFACES_MAX = 65536, /* of a file, all sections together */
	/* The limit of libpcap and Wireshark for any block; what is kept must also fit the window. */
	KS_PCAPNG_BLOCK_MAX = 16 << 20
};

struct ks_pcapng_interface {
	int64_t offset_ns; /* clamped to +-2^62 */
	uint32_t snaplen;  /* 0: no limit */
	uint16_t linktype;
	uint8_t resolution; /* as stored: 10^-n, or 2^-n with the upper bit */
};

struct ks_pcapng_file {
	struct ks_pcapng_interface *interfaces; /* of this section */
	uint32_t n_interfaces, room;
	uint32_t before; /* interfaces of earlier sections */
	int64_t last_ns; /* time of the previous packet, for simple packet blocks, which have none */
	uint64_t records;
	enum ks_read sticky; /* what ended the file, KS_READ_PACKET while it goes on */
	bool big;
	struct ks_diag note; /* says why it ended */
};

/* The next bytes are a section header. */
KS_MUST_CHECK bool ks_pcapng_file_recognise(struct ks_source *source);

/* Read up to the first interface, so that link type and snap length are known. Fills what
 * ks_pcap_file_start does. On failure nothing is left to close. */
KS_MUST_CHECK enum ks_error ks_pcapng_file_start(struct ks_pcapng_file *ng, struct ks_source *source,
						 struct ks_capture_info *info, struct ks_diag *diag);

/* As ks_pcap_file_next; the digits of `info` grow when a more precise interface turns up. */
KS_MUST_CHECK enum ks_read ks_pcapng_file_next(struct ks_pcapng_file *ng, struct ks_source *source,
					       struct ks_capture_info *info, struct ks_packet *ret,
					       struct ks_diag *note);

/* Accepts a zeroed one. */
void ks_pcapng_file_close(struct ks_pcapng_file *ng);

#endif
