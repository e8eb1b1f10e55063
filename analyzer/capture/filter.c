/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/filter.h"

#include "analyzer/capture/container.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PROGRAMS_MAX = 8, /* link types at once; more take turns */
	LINKTYPE_ETHERNET = 1
};

struct program {
	int linktype;
	bool usable;
	struct bpf_program bpf;
};

struct ks_filter {
	size_t n, newest; /* programs, and the one used last */
	size_t oldest;    /* replaced when all are taken */
	struct program programs[PROGRAMS_MAX];
	char expression[];
};

/* libpcap compiles for its own DLT_ numbers, which differ from those in files for a dozen link types and
 * between systems; it keeps the translation to itself, but applies it to every file it opens. So it is
 * shown a file header of that link type and nothing behind it, rather than pcap_open_dead with a number
 * of a table of our own. */
static pcap_t *
empty_capture(int linktype)
{
	struct pcap_file_header header = {
		.magic = 0xa1b2c3d4,
		.version_major = 2,
		.version_minor = 4,
		.snaplen = KS_PACKET_MAX,
		.linktype = (bpf_u_int32)linktype,
	};
	char error[PCAP_ERRBUF_SIZE];
	FILE *const file = fmemopen(&header, sizeof(header), "r");
	if (file == NULL)
		return NULL;
	pcap_t *const pcap = pcap_fopen_offline(file, error);
	if (pcap == NULL)
		(void)fclose(file);
	return pcap;
}

static void
compile(struct program *ret, const char *expression, int linktype, struct ks_diag *diag)
{
	*ret = (struct program){.linktype = linktype};
	pcap_t *const pcap = empty_capture(linktype);
	if (pcap == NULL) {
		(void)ks_diag_set(diag, KS_ERR_USAGE, "filter \"%s\": link type %d unknown", expression,
				  linktype);
		return;
	}
	ret->usable = pcap_compile(pcap, &ret->bpf, expression, /* optimize= */ 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!ret->usable)
		(void)ks_diag_set(diag, KS_ERR_USAGE, "filter \"%s\": %s", expression, pcap_geterr(pcap));
	pcap_close(pcap);
}

static struct program *
program_for(struct ks_filter *filter, int linktype, struct ks_diag *diag)
{
	for (size_t i = 0; i < filter->n; i++) {
		if (filter->programs[i].linktype != linktype)
			continue;
		filter->newest = i;
		return &filter->programs[i];
	}
	if (filter->n < PROGRAMS_MAX) {
		filter->newest = filter->n++;
	} else {
		filter->newest = filter->oldest;
		filter->oldest = (filter->oldest + 1) % PROGRAMS_MAX;
		pcap_freecode(&filter->programs[filter->newest].bpf);
	}
	struct program *const program = &filter->programs[filter->newest];
	compile(program, filter->expression, linktype, diag);
	return program;
}

enum ks_error
ks_filter_open(const char *expression, int linktype, struct ks_filter **ret, struct ks_diag *diag)
{
	const size_t n = strlen(expression) + 1;
	struct ks_filter *const filter = calloc(1, sizeof(*filter) + n);
	if (filter == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for a filter");
	memcpy(filter->expression, expression, n);
	struct ks_diag why;
	/* The complaint that counts is the one about Ethernet: that is what people write filters for. */
	struct ks_diag unused;
	if (!program_for(filter, LINKTYPE_ETHERNET, &why)->usable &&
	    (linktype < 0 || !program_for(filter, linktype, &unused)->usable)) {
		ks_filter_close(filter);
		*diag = why;
		return KS_ERR_USAGE;
	}
	*ret = filter;
	return KS_SUCCESS;
}

bool
ks_filter_applies(struct ks_filter *filter, int linktype)
{
	struct ks_diag why;
	return program_for(filter, linktype, &why)->usable;
}

bool
ks_filter_match(struct ks_filter *filter, const struct ks_packet *packet)
{
	const struct program *program = &filter->programs[filter->newest];
	if (program->linktype != packet->linktype) {
		struct ks_diag why;
		program = program_for(filter, packet->linktype, &why);
	}
	if (!program->usable)
		return false;
	const struct pcap_pkthdr header = {.caplen = packet->cap_len, .len = packet->wire_len};
	return pcap_offline_filter(&program->bpf, &header, packet->data) != 0;
}

void
ks_filter_close(struct ks_filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->n; i++)
		pcap_freecode(&filter->programs[i].bpf);
	free(filter);
}
