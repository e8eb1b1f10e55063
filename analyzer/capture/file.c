/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyzer/capture/file.h"

#include "analyzer/capture/clock.h"
#include "analyzer/capture/pcap_file.h"
#include "analyzer/capture/pcapng_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum container { CONTAINER_PCAP, CONTAINER_PCAPNG };

struct file {
	struct ks_capture capture;
	enum container container;
	bool ended;
	int64_t previous_ns;   /* of the packet before that is not apart */
	uint64_t n_run;        /* packets up to that one, each no more than a day from the one before it */
	struct ks_packet next; /* read to judge the one before it; not handed out yet */
	bool has_next;
	uint8_t *held; /* bytes of a packet that was judged so */
	size_t cap_held;
	struct ks_capture_info *info;
	struct ks_filter *filter;
	struct ks_filter *own_filter; /* ours to close */
	struct ks_source source;
	union {
		struct ks_pcap_file pcap;
		struct ks_pcapng_file pcapng;
	};
	struct ks_capture_info own_info;
};

static_assert(offsetof(struct file, capture) == 0, "a source begins with its operations");

/* --- packets --- */

static enum ks_read
record_next(struct file *file, struct ks_packet *ret, struct ks_diag *note)
{
	if (file->container == CONTAINER_PCAP)
		return ks_pcap_file_next(&file->pcap, &file->source, ret, note);
	return ks_pcapng_file_next(&file->pcapng, &file->source, file->info, ret, note);
}

static bool
is_doubtful(const struct file *file, int64_t time_ns)
{
	return file->n_run > 0 && ks_clock_doubtful(time_ns, file->previous_ns);
}

static void
packet_count(struct file *file, int64_t time_ns)
{
	struct ks_capture_info *const info = file->info;
	if (file->n_run == 0) {
		info->first_ns = info->last_ns = time_ns;
	} else {
		info->clock_steps_back += time_ns < file->previous_ns;
		if (time_ns < info->first_ns)
			info->first_ns = time_ns;
		if (time_ns > info->last_ns)
			info->last_ns = time_ns;
	}
	file->n_run = is_doubtful(file, time_ns) ? 1 : file->n_run + 1;
	file->previous_ns = time_ns;
}

static void
info_note(struct ks_capture_info *info, enum ks_capture_state state, const char *note)
{
	info->state = state;
	(void)snprintf(info->note, sizeof(info->note), "%.*s", (int)sizeof(info->note) - 1, note);
}

static void
state_tell(struct file *file, enum ks_read read, const struct ks_diag *note)
{
	/* Why the bytes ended says more than where that left the reader. */
	if (read != KS_READ_CUT && file->source.ended == KS_SOURCE_BROKEN)
		info_note(file->info, KS_CAPTURE_CUT, file->source.note);
	else if (read != KS_READ_CUT && file->source.ended == KS_SOURCE_SHORT)
		info_note(file->info, KS_CAPTURE_UNFINISHED, file->source.note);
	else if (read == KS_READ_CUT)
		info_note(file->info, KS_CAPTURE_CUT, note->text);
	else if (read == KS_READ_UNFINISHED)
		info_note(file->info, KS_CAPTURE_UNFINISHED, note->text);
	else if (file->filter != NULL && file->info->filtered > 0 &&
		 !ks_filter_applies(file->filter, file->info->linktype))
		(void)snprintf(file->info->note, sizeof(file->info->note),
			       "the filter says nothing about link type %d: its packets are left out",
			       file->info->linktype);
}

static void
file_finish(struct file *file, enum ks_read read, const struct ks_diag *note)
{
	file->ended = true;
	state_tell(file, read, note);
	ks_source_finish(&file->source);
	ks_input_hash(&file->source.input, file->info->hash);
	file->info->read_bytes = file->source.input.read_bytes;
	file->info->size_bytes = file->source.input.read_bytes;
}

/* The next one that passes the filter. */
static enum ks_error
packet_read(struct file *file, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	*ret_have = false;
	while (!file->ended) {
		struct ks_diag note;
		const enum ks_read read = record_next(file, ret, &note);
		if (read == KS_READ_MEMORY) {
			file->ended = true;
			return ks_diag_set(diag, KS_ERR_MEMORY, "%s: no memory to read on", file->info->path);
		}
		if (read != KS_READ_PACKET) {
			file_finish(file, read, &note);
			break;
		}
		file->info->read_bytes = file->source.input.read_bytes;
		if (file->filter != NULL && !ks_filter_match(file->filter, ret)) {
			file->info->filtered++;
			continue;
		}
		*ret_have = true;
		break;
	}
	return KS_SUCCESS;
}

/* Reading on moves the window from under a packet: keep its bytes. */
static bool
packet_hold(struct file *file, struct ks_packet *packet)
{
	if (packet->cap_len > file->cap_held) {
		uint8_t *const more = realloc(file->held, packet->cap_len);
		if (more == NULL)
			return false;
		file->held = more;
		file->cap_held = packet->cap_len;
	}
	if (packet->cap_len > 0)
		memcpy(file->held, packet->data, packet->cap_len);
	packet->data = file->held;
	return true;
}

/* Is the time of this packet one that can be? The one behind it tells. */
static enum ks_error
packet_judge(struct file *file, struct ks_packet *packet, struct ks_diag *diag)
{
	if (!packet_hold(file, packet))
		return ks_diag_set(diag, KS_ERR_MEMORY, "%s: no memory to read on", file->info->path);
	const enum ks_error error = packet_read(file, &file->next, &file->has_next, diag);
	if (error != KS_SUCCESS)
		return error;
	packet->time_apart = ks_clock_apart(file->previous_ns, file->n_run, packet->time_ns,
					    file->has_next ? &file->next.time_ns : NULL);
	if (packet->time_apart)
		packet->time_ns = file->previous_ns;
	return KS_SUCCESS;
}

static enum ks_error
file_next(struct ks_capture *capture, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	struct file *const file = (struct file *)capture;
	enum ks_error error = KS_SUCCESS;
	if ((*ret_have = file->has_next))
		*ret = file->next;
	else
		error = packet_read(file, ret, ret_have, diag);
	file->has_next = false;
	if (error != KS_SUCCESS || !*ret_have)
		return error;
	if (is_doubtful(file, ret->time_ns))
		error = packet_judge(file, ret, diag);
	if (!ret->time_apart)
		packet_count(file, ret->time_ns);
	file->info->packets++;
	*ret_have = error == KS_SUCCESS;
	return error;
}

/* A filter may read over any number of packets, a pcapng file may end at any block. */
static bool
file_ahead(const struct ks_capture *capture)
{
	const struct file *const file = (const struct file *)capture;
	int64_t time_ns;
	return !file->ended && !file->has_next && file->filter == NULL && file->container == CONTAINER_PCAP &&
	       ks_pcap_file_ahead(&file->pcap, &file->source, &time_ns) && !is_doubtful(file, time_ns);
}

/* Packets of a plain pcap file that lie whole in the window: what file_next does, without its doubts. */
static size_t
file_more(struct ks_capture *capture, struct ks_packet *packets, size_t max)
{
	struct file *const file = (struct file *)capture;
	if (file->ended || file->has_next || file->filter != NULL || file->container != CONTAINER_PCAP)
		return 0;
	const size_t ready = ks_pcap_file_view(&file->pcap, &file->source, packets, max);
	size_t n = 0;
	while (n < ready && !is_doubtful(file, packets[n].time_ns))
		packet_count(file, packets[n++].time_ns);
	ks_pcap_file_step(&file->pcap, &file->source, packets, n);
	file->info->packets += n;
	return n;
}

static size_t
file_count(const struct ks_capture *capture)
{
	(void)capture;
	return 1;
}

static const struct ks_capture_info *
file_info(const struct ks_capture *capture, size_t index)
{
	assert(index == 0);
	(void)index;
	return ((const struct file *)capture)->info;
}

static void
file_close(struct ks_capture *capture)
{
	struct file *const file = (struct file *)capture;
	ks_source_close(&file->source);
	if (file->container == CONTAINER_PCAPNG)
		ks_pcapng_file_close(&file->pcapng);
	ks_filter_close(file->own_filter);
	free(file->held);
	free(file);
}

static const struct ks_capture_ops file_ops = {
	.next = file_next,
	.ahead = file_ahead,
	.more = file_more,
	.n_files = file_count,
	.info = file_info,
	.close = file_close,
};

/* --- what a file is --- */

/* Formats people hand in by mistake: naming them says what to do about it. */
/* clang-format off */
static const struct {
	const char *magic;
	size_t n;
	const char *name;
} others[] = {
	{"snoop\0\0\0",               8, "a snoop file (editcap -F pcap converts it)"},
	{"RTSS",                      4, "a Network Monitor 1 file (editcap -F pcap converts it)"},
	{"GMBU",                      4, "a Network Monitor 2 file (editcap -F pcap converts it)"},
	{"TRSNIFF data",             12, "a Sniffer file (editcap -F pcap converts it)"},
	{"XCP\0",                     4, "a NetXRay file (editcap -F pcap converts it)"},
	{"iptrace ",                  8, "an iptrace file (editcap -F pcap converts it)"},
	{"BZh",                       3, "bzip2 data (bzip2 -dc FILE | ... unpacks it)"},
	{"PK\3\4",                    4, "a zip archive"},
	{"7z\xbc\xaf\x27\x1c",        6, "a 7z archive"},
	{"\x1f\x9d",                  2, "compress data (gzip -dc FILE | ... unpacks it)"},
	{"\x02\x21\x4c\x18",          4, "lz4 data of the legacy format (lz4 -dc FILE | ... unpacks it)"},
	{"\x83\x65" "C-DNS",          7, "a C-DNS file"},
	{"SQLite format 3\0",        16, "a database"},
	{"\0\0\0\0\0\0\0\x22\0\0\0\2", 12, "a dnstap file"},
};
/* clang-format on */

static bool
looks_like_text(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n && i < 64; i++)
		if ((at[i] < 0x20 && at[i] != '\t' && at[i] != '\n' && at[i] != '\r') || at[i] == 0x7f)
			return false;
	return true;
}

static const char *
guess(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < KS_COUNT(others); i++)
		if (n >= others[i].n && memcmp(at, others[i].magic, others[i].n) == 0)
			return others[i].name;
	return looks_like_text(at, n) ? "text" : "something else";
}

static enum ks_error
not_a_capture(struct ks_source *source, const char *path, struct ks_diag *diag)
{
	const char *const codec = ks_codec_name(source->codec);
	(void)ks_source_need(source, 64);
	const size_t n = (size_t)(source->end - source->at);
	if (n == 0 && (source->ended == KS_SOURCE_BROKEN || source->ended == KS_SOURCE_SHORT))
		return ks_diag_set(diag, KS_ERR_INPUT, "%s: %s", path, source->note);
	if (n == 0 && codec[0] != '\0')
		return ks_diag_set(diag, KS_ERR_INPUT, "%s: %s data of an empty file", path, codec);
	if (n == 0)
		return ks_diag_set(diag, KS_ERR_INPUT, "%s: empty file", path);
	if (codec[0] == '\0')
		return ks_diag_set(
			diag, KS_ERR_INPUT,
			"%s: no capture (neither pcap nor pcapng, not compressed by gzip, xz, zstd or lz4) "
			"but %s",
			path, guess(source->at, n));
	return ks_diag_set(diag, KS_ERR_INPUT,
			   "%s: no capture (%s data, and in it neither pcap nor pcapng) but %s", path, codec,
			   guess(source->at, n));
}

static enum ks_error
container_start(struct file *file, struct ks_diag *diag)
{
	struct ks_diag why;
	enum ks_error error = KS_SUCCESS;
	struct ks_source *const source = &file->source;
	if (ks_pcap_file_recognise(source)) {
		error = ks_pcap_file_start(&file->pcap, source, file->info, &why);
	} else if (ks_pcapng_file_recognise(source)) {
		file->container = CONTAINER_PCAPNG;
		error = ks_pcapng_file_start(&file->pcapng, source, file->info, &why);
	} else {
		return not_a_capture(source, file->info->path, diag);
	}
	if (error != KS_SUCCESS)
		return ks_diag_set(diag, error, "%s: %s", file->info->path, why.text);
	if (source->codec != KS_CODEC_NONE) {
		strcat(file->info->container, "+");
		strcat(file->info->container, ks_codec_name(source->codec));
	}
	return KS_SUCCESS;
}

static_assert(sizeof("pcapng+gzip") <= sizeof(((struct ks_capture_info *)0)->container), "the longest name");

/* --- open --- */

void
ks_file_info_reset(struct ks_capture_info *info, const char *path)
{
	*info = (struct ks_capture_info){.linktype = -1, .time_digits = 6};
	(void)snprintf(info->path, sizeof(info->path), "%s", path);
}

/* Takes over `input`, also on failure. */
static enum ks_error
file_start(const char *path, struct ks_input *input, const struct ks_file_options *options,
	   struct ks_capture **ret, struct ks_diag *diag)
{
	struct file *const file = calloc(1, sizeof(*file));
	if (file == NULL) {
		ks_input_close(input);
		return ks_diag_set(diag, KS_ERR_MEMORY, "%s: no memory to read it", path);
	}
	file->capture.ops = &file_ops;
	file->filter = options->filter;
	file->info = options->info != NULL ? options->info : &file->own_info;
	ks_file_info_reset(file->info, path);
	file->info->total_bytes = file->info->size_bytes = input->total_bytes;
	enum ks_error error = ks_source_open(&file->source, input, options->look, diag);
	if (error == KS_SUCCESS)
		error = container_start(file, diag);
	if (error != KS_SUCCESS) {
		file_close(&file->capture);
		return error;
	}
	*ret = &file->capture;
	return KS_SUCCESS;
}

enum ks_error
ks_file_open(const char *path, const struct ks_file_options *options, struct ks_capture **ret,
	     struct ks_diag *diag)
{
	struct ks_input input;
	const enum ks_error error = ks_input_open(&input, path, diag);
	if (error != KS_SUCCESS)
		return error;
	return file_start(path, &input, options, ret, diag);
}

enum ks_error
ks_file_open_memory(const char *path, const uint8_t *bytes, size_t n, const struct ks_file_options *options,
		    struct ks_capture **ret, struct ks_diag *diag)
{
	struct ks_input input;
	const enum ks_error error = ks_input_open_memory(&input, bytes, n, diag);
	if (error != KS_SUCCESS)
		return error;
	return file_start(path, &input, options, ret, diag);
}

enum ks_error
ks_capture_open_file(const char *path, const char *filter, struct ks_capture **ret, struct ks_diag *diag)
{
	struct ks_capture *capture = NULL;
	enum ks_error error = ks_file_open(path, &(struct ks_file_options){.filter = NULL}, &capture, diag);
	if (error != KS_SUCCESS)
		return error;
	struct file *const file = (struct file *)capture;
	if (filter != NULL)
		error = ks_filter_open(filter, file->info->linktype, &file->own_filter, diag);
	if (error != KS_SUCCESS) {
		file_close(capture);
		return error;
	}
	file->filter = file->own_filter;
	*ret = capture;
	return KS_SUCCESS;
}

void
ks_file_filter(struct ks_capture *capture, struct ks_filter *filter)
{
	((struct file *)capture)->filter = filter;
}

size_t
ks_file_bytes(const struct ks_capture *capture)
{
	const struct file *const file = (const struct file *)capture;
	return sizeof(*file) + ks_source_bytes(&file->source) + file->cap_held;
}

enum ks_error
ks_capture_hash_file(const char *path, uint64_t limit, uint8_t ret_hash[16], struct ks_diag *diag)
{
	struct ks_input input;
	enum ks_error error = ks_input_open(&input, path, diag);
	if (error != KS_SUCCESS)
		return error;
	uint8_t *const scratch = malloc(KS_SOURCE_RAW);
	if (scratch == NULL) {
		ks_input_close(&input);
		return ks_diag_set(diag, KS_ERR_MEMORY, "%s: no memory to read it", path);
	}
	while (input.read_bytes < limit && !input.ended) {
		const uint64_t left = limit - input.read_bytes;
		(void)!ks_input_read(&input, scratch, left < KS_SOURCE_RAW ? (size_t)left : KS_SOURCE_RAW);
	}
	ks_input_hash(&input, ret_hash);
	if (input.error != 0)
		error = ks_diag_set(diag, KS_ERR_INPUT, "%s: %s", path, strerror(input.error));
	free(scratch);
	ks_input_close(&input);
	return error;
}
