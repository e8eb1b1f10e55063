/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any bytes as a capture file: containers and decompression. Beyond what the sanitizers see, every
 * packet keeps the promises of dissect/packet.h and the file's account of itself adds up. */
#include "analyzer/capture/container.h"
#include "analyzer/capture/file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool promise)
{
	if (!promise)
		abort();
}

struct account {
	uint64_t packets, timed, back; /* timed: whose time can be */
	int64_t first_ns, last_ns, previous_ns;
	unsigned sum;
};

static void
packet_check(struct account *account, const struct ks_packet *packet)
{
	require(packet->cap_len <= KS_PACKET_MAX && packet->wire_len >= packet->cap_len);
	require(packet->time_ns >= 0 && packet->time_ns <= KS_TIME_MAX);
	require(packet->linktype >= 0 && packet->linktype <= UINT16_MAX);
	for (uint32_t i = 0; i < packet->cap_len; i++)
		account->sum += packet->data[i];
	account->packets++;
	if (packet->time_apart)
		return;
	if (account->timed == 0 || packet->time_ns < account->first_ns)
		account->first_ns = packet->time_ns;
	if (account->timed == 0 || packet->time_ns > account->last_ns)
		account->last_ns = packet->time_ns;
	account->back += account->timed > 0 && packet->time_ns < account->previous_ns;
	account->previous_ns = packet->time_ns;
	account->timed++;
}

static void
info_check(const struct account *account, const struct ks_capture_info *info, const uint8_t *data,
	   size_t size)
{
	XXH128_canonical_t hash;
	XXH128_canonicalFromHash(&hash, XXH3_128bits(data, size));
	require(memcmp(hash.digest, info->hash, sizeof(info->hash)) == 0);
	require(info->size_bytes == size && info->read_bytes == size);
	require(info->packets == account->packets && info->clock_steps_back == account->back);
	require(info->first_ns == account->first_ns && info->last_ns == account->last_ns);
	require((info->state == KS_CAPTURE_WHOLE) == (info->note[0] == '\0'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ks_capture *capture = NULL;
	struct ks_diag diag = {""};
	const struct ks_file_options options = {.filter = NULL};
	if (ks_file_open_memory("fuzz", data, size, &options, &capture, &diag) != KS_SUCCESS) {
		require(strncmp(diag.text, "fuzz: ", 6) == 0);
		return 0;
	}
	struct account account = {.packets = 0};
	struct ks_packet packet;
	bool have = false;
	while (ks_capture_next(capture, &packet, &have, &diag) == KS_SUCCESS && have)
		packet_check(&account, &packet);
	info_check(&account, capture->ops->info(capture, 0), data, size);
	ks_capture_close(capture);
	return 0;
}
