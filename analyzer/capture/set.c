/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several captures as one, in time order.
 *
 * Each regular file is looked at once for the time of its first packet and closed again. A heap holds
 * the files by the time of the packet they would give next, then by their place in the sorted list; one
 * that reaches the top unopened is opened then. So what is open at any moment are the files whose times
 * overlap there, and rotated captures of a week need two windows and not a thousand.
 *
 * A file whose own clock steps back keeps its order: only its current packet is compared. */
#include "analyzer/capture/capture.h"
#include "analyzer/capture/file.h"
#include "analyzer/capture/set_files.h"
#include "analyzer/capture/source.h"

#include <stdlib.h>
#include <string.h>

struct heap_item {
	int64_t time_ns;
	size_t index; /* of the file: bytewise order of paths */
};

struct set {
	struct ks_capture capture;
	struct ks_set_files files;
	struct ks_filter *filter;
	struct heap_item *heap;
	size_t heap_n;
	bool delivered; /* the top's packet is with the caller: move on first */
	bool failed;
	uint64_t footprint; /* of the files open now */
	uint32_t n_interfaces;
};

static_assert(offsetof(struct set, capture) == 0, "a source begins with its operations");

/* What KS_CAPTURE_OPEN_MAX full windows weigh. Small files, and files read to their end, weigh less and
 * hold no descriptor, so that a folder of thousands of them can be merged whatever their times. */
#define FOOTPRINT_MAX ((uint64_t)KS_CAPTURE_OPEN_MAX * (KS_SOURCE_WINDOW + (64u << 10)))

/* --- heap --- */

static bool
heap_before(const struct heap_item *a, const struct heap_item *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->index < b->index;
}

static void
heap_down(struct set *set, size_t i)
{
	const struct heap_item item = set->heap[i];
	for (size_t child; (child = 2 * i + 1) < set->heap_n; i = child) {
		if (child + 1 < set->heap_n && heap_before(&set->heap[child + 1], &set->heap[child]))
			child++;
		if (!heap_before(&set->heap[child], &item))
			break;
		set->heap[i] = set->heap[child];
	}
	set->heap[i] = item;
}

static void
heap_drop_top(struct set *set)
{
	set->heap[0] = set->heap[--set->heap_n];
	if (set->heap_n > 0)
		heap_down(set, 0);
}

/* --- files --- */

static void
member_close(struct set *set, struct ks_set_file *file)
{
	ks_capture_close(file->capture);
	file->capture = NULL;
	set->footprint -= file->footprint;
	file->footprint = 0;
}

/* The next packet of an open file; without one it is closed. */
static enum ks_error
member_advance(struct set *set, struct ks_set_file *file, bool *ret_have, struct ks_diag *diag)
{
	const enum ks_error error = ks_capture_next(file->capture, &file->packet, ret_have, diag);
	if (error != KS_SUCCESS || !*ret_have)
		member_close(set, file);
	return error;
}

static enum ks_error
member_open(struct set *set, struct ks_set_file *file, bool look, struct ks_diag *diag)
{
	/* A look is for the time of the first packet, whichever the filter wants: to find the first that
	 * passes could mean to read the whole file. */
	const struct ks_file_options options = {
		.filter = look ? NULL : set->filter, .info = &file->info, .look = look};
	const enum ks_error error = ks_file_open(file->path, &options, &file->capture, diag);
	if (error == KS_ERR_MEMORY)
		return error;
	if (error != KS_SUCCESS) {
		ks_file_info_reset(&file->info, file->path);
		file->info.size_bytes = file->info.total_bytes = file->size;
		ks_set_file_leave_out(file, diag->text);
	}
	return KS_SUCCESS;
}

/* Open a file for good. */
static enum ks_error
member_begin(struct set *set, struct ks_set_file *file, struct ks_diag *diag)
{
	const enum ks_error error = member_open(set, file, /* look= */ false, diag);
	if (error != KS_SUCCESS || file->left_out)
		return error;
	file->footprint = ks_file_bytes(file->capture);
	set->footprint += file->footprint;
	if (set->footprint > FOOTPRINT_MAX)
		return ks_diag_set(diag, KS_ERR_INPUT,
				   "%s: more captures overlap in time here than can be open at once (%d); "
				   "merge some of them first, for example with mergecap",
				   file->path, KS_CAPTURE_OPEN_MAX);
	return KS_SUCCESS;
}

static void
info_forget_look(struct ks_capture_info *info)
{
	info->packets = info->clock_steps_back = info->read_bytes = 0;
	info->first_ns = info->last_ns = 0;
	info->state = KS_CAPTURE_WHOLE;
}

/* Find the time of the first packet. A file without packets is read to its end by that. */
static enum ks_error
member_look(struct set *set, struct ks_set_file *file, bool *ret_have, struct ks_diag *diag)
{
	*ret_have = false;
	enum ks_error error = member_open(set, file, /* look= */ true, diag);
	if (error != KS_SUCCESS || file->left_out)
		return error;
	error = member_advance(set, file, ret_have, diag);
	if (error != KS_SUCCESS || !*ret_have)
		return error;
	member_close(set, file);
	info_forget_look(&file->info);
	return KS_SUCCESS;
}

/* --- interfaces --- */

static bool
interface_room(struct ks_set_file *file, uint32_t own)
{
	if (own < file->n_interface_ids)
		return true;
	const uint32_t n = own < 4 ? 4 : (own + 1) * 2; /* own < KS_PCAPNG_INTERFACES_MAX */
	uint32_t *const more = realloc(file->interface_ids, n * sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + file->n_interface_ids, 0xff, (n - file->n_interface_ids) * sizeof(*more));
	file->interface_ids = more;
	file->n_interface_ids = n;
	return true;
}

/* Numbers are given in the order of first packets: the same for any order of the command line. */
static bool
interface_number(struct set *set, struct ks_set_file *file, struct ks_packet *packet)
{
	if (!interface_room(file, packet->interface))
		return false;
	uint32_t *const id = &file->interface_ids[packet->interface];
	if (*id == UINT32_MAX)
		*id = set->n_interfaces++;
	packet->interface = *id;
	return true;
}

/* --- operations --- */

/* The top has a packet of its own time now, or none. */
static void
top_settle(struct set *set, bool have)
{
	if (!have) {
		heap_drop_top(set);
		return;
	}
	set->heap[0].time_ns = set->files.at[set->heap[0].index].packet.time_ns;
	heap_down(set, 0);
}

static enum ks_error
top_deliver(struct set *set, struct ks_set_file *file, struct ks_packet *ret, bool *ret_have,
	    struct ks_diag *diag)
{
	*ret = file->packet;
	if (!interface_number(set, file, ret))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the list of interfaces");
	*ret_have = set->delivered = true;
	return KS_SUCCESS;
}

static enum ks_error
merge_step(struct set *set, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	while (set->heap_n > 0) {
		struct ks_set_file *const file = &set->files.at[set->heap[0].index];
		enum ks_error error = KS_SUCCESS;
		if (file->capture == NULL) {
			error = member_begin(set, file, diag);
		} else if (!set->delivered) {
			return top_deliver(set, file, ret, ret_have, diag);
		}
		bool have = false;
		set->delivered = false;
		if (error == KS_SUCCESS && !file->left_out)
			error = member_advance(set, file, &have, diag);
		if (error != KS_SUCCESS)
			return error;
		top_settle(set, have);
	}
	return KS_SUCCESS;
}

/* The last file of the set, or its only one: nothing is left to merge it with. */
static enum ks_error
sole_step(struct set *set, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	struct ks_set_file *const file = &set->files.at[set->heap[0].index];
	const enum ks_error error = ks_capture_next(file->capture, ret, ret_have, diag);
	if (error != KS_SUCCESS || !*ret_have) {
		member_close(set, file);
		set->heap_n = 0;
		return error;
	}
	if (!interface_number(set, file, ret))
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the list of interfaces");
	return KS_SUCCESS;
}

static enum ks_error
set_next(struct ks_capture *capture, struct ks_packet *ret, bool *ret_have, struct ks_diag *diag)
{
	struct set *const set = (struct set *)capture;
	*ret_have = false;
	if (set->failed)
		return KS_SUCCESS;
	const bool sole = set->heap_n == 1 && set->delivered;
	const enum ks_error error =
		sole ? sole_step(set, ret, ret_have, diag) : merge_step(set, ret, ret_have, diag);
	set->failed = error != KS_SUCCESS;
	return error;
}

/* The next step first moves on in the file whose packet was handed out last; other files' windows stay. */
static bool
set_ahead(const struct ks_capture *capture)
{
	const struct set *const set = (const struct set *)capture;
	if (set->failed || !set->delivered || set->heap_n == 0)
		return false;
	const struct ks_capture *const file = set->files.at[set->heap[0].index].capture;
	return file != NULL && file->ops->ahead(file);
}

/* Where there is nothing to merge with, the file's own way of giving many. */
static size_t
set_more(struct ks_capture *capture, struct ks_packet *packets, size_t max)
{
	struct set *const set = (struct set *)capture;
	if (set->failed || !set->delivered || set->heap_n != 1)
		return 0;
	struct ks_set_file *const file = &set->files.at[set->heap[0].index];
	if (file->capture == NULL || file->capture->ops->more == NULL)
		return 0;
	const size_t n = file->capture->ops->more(file->capture, packets, max);
	/* They are of the interface of the packet before them, which has its number. */
	for (size_t i = 0; i < n; i++)
		packets[i].interface = file->interface_ids[packets[i].interface];
	return n;
}

static size_t
set_n_files(const struct ks_capture *capture)
{
	return ((const struct set *)capture)->files.n;
}

static const struct ks_capture_info *
set_info(const struct ks_capture *capture, size_t index)
{
	const struct set *const set = (const struct set *)capture;
	assert(index < set->files.n);
	return &set->files.at[index].info;
}

static void
set_close(struct ks_capture *capture)
{
	struct set *const set = (struct set *)capture;
	ks_set_files_free(&set->files);
	ks_filter_close(set->filter);
	free(set->heap);
	free(set);
}

static const struct ks_capture_ops set_ops = {
	.next = set_next,
	.ahead = set_ahead,
	.more = set_more,
	.n_files = set_n_files,
	.info = set_info,
	.close = set_close,
};

/* --- open --- */

/* Wrong is a filter that means nothing for Ethernet nor for the link type of any file. */
static enum ks_error
filter_open(struct set *set, const char *filter, struct ks_diag *diag)
{
	if (filter == NULL)
		return KS_SUCCESS;
	enum ks_error error = ks_filter_open(filter, -1, &set->filter, diag);
	struct ks_diag unused;
	for (size_t i = 0; i < set->files.n && error == KS_ERR_USAGE; i++)
		if (!set->files.at[i].left_out && set->files.at[i].info.linktype >= 0)
			error = ks_filter_open(filter, set->files.at[i].info.linktype, &set->filter, &unused);
	return error;
}

static void
heap_add(struct set *set, const struct ks_set_file *file)
{
	const size_t index = (size_t)(file - set->files.at);
	set->heap[set->heap_n++] = (struct heap_item){file->packet.time_ns, index};
}

/* Look at every file; what cannot be opened twice, such as a pipe, is opened for good. */
static enum ks_error
members_look(struct set *set, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < set->files.n && error == KS_SUCCESS; i++) {
		struct ks_set_file *const file = &set->files.at[i];
		bool have = false;
		if (file->left_out)
			continue;
		error = file->reopens ? member_look(set, file, &have, diag) : member_begin(set, file, diag);
		if (have)
			heap_add(set, file);
	}
	return error;
}

/* The first packets of pipes, which the filter must see. */
static enum ks_error
members_advance(struct set *set, struct ks_diag *diag)
{
	enum ks_error error = KS_SUCCESS;
	for (size_t i = 0; i < set->files.n && error == KS_SUCCESS; i++) {
		struct ks_set_file *const file = &set->files.at[i];
		bool have = false;
		if (file->capture == NULL)
			continue;
		ks_file_filter(file->capture, set->filter);
		error = member_advance(set, file, &have, diag);
		if (have)
			heap_add(set, file);
	}
	return error;
}

/* KS_ERR_INPUT with the first file's reason when all were left out. */
static enum ks_error
any_readable(const struct set *set, struct ks_diag *diag)
{
	for (size_t i = 0; i < set->files.n; i++)
		if (!set->files.at[i].left_out)
			return KS_SUCCESS;
	const struct ks_set_file *const first = &set->files.at[0];
	if (set->files.n == 1)
		return ks_diag_set(diag, KS_ERR_INPUT, "%s: %s", first->path, first->info.note);
	return ks_diag_set(diag, KS_ERR_INPUT, "%s: %s (and %zu more, none of them readable)", first->path,
			   first->info.note, set->files.n - 1);
}

static enum ks_error
set_open(struct set *set, const char *const *paths, size_t n, const char *filter, struct ks_diag *diag)
{
	enum ks_error error = ks_set_files_list(&set->files, paths, n, diag);
	if (error != KS_SUCCESS)
		return error;
	set->heap = malloc(set->files.n * sizeof(*set->heap));
	if (set->heap == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the list of captures");
	error = members_look(set, diag);
	if (error == KS_SUCCESS)
		error = filter_open(set, filter, diag);
	if (error == KS_SUCCESS)
		error = members_advance(set, diag);
	if (error == KS_SUCCESS)
		error = any_readable(set, diag);
	for (size_t i = set->heap_n; i-- > 0;)
		heap_down(set, i);
	return error;
}

enum ks_error
ks_capture_open_set(const char *const *paths, size_t n, const char *filter, struct ks_capture **ret,
		    struct ks_diag *diag)
{
	if (n == 0)
		return ks_diag_set(diag, KS_ERR_USAGE, "no capture named");
	struct set *const set = calloc(1, sizeof(*set));
	if (set == NULL)
		return ks_diag_set(diag, KS_ERR_MEMORY, "no memory for the list of captures");
	set->capture.ops = &set_ops;
	const enum ks_error error = set_open(set, paths, n, filter, diag);
	if (error != KS_SUCCESS) {
		set_close(&set->capture);
		return error;
	}
	*ret = &set->capture;
	return KS_SUCCESS;
}
