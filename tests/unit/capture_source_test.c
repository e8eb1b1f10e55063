/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bytes below the containers: pipes and compression. And filters. */
#include "tests/unit/capture_reader.h"
#include "tests/unit/capture_writer.h"

#include <lz4frame.h>
#include <lzma.h>
#include <pthread.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* --- pipes --- */

struct feed {
	const struct bytes *bytes;
	int fd;
	size_t portion;
};

static void *
feed_slowly(void *argument)
{
	const struct feed *const feed = argument;
	for (size_t at = 0; at < feed->bytes->n;) {
		const size_t left = feed->bytes->n - at;
		const ssize_t put_n =
			write(feed->fd, feed->bytes->at + at, left < feed->portion ? left : feed->portion);
		cr_assert(put_n > 0);
		at += (size_t)put_n;
	}
	(void)close(feed->fd);
	return NULL;
}

static struct got
read_stdin(const struct bytes *bytes, size_t portion)
{
	int ends[2];
	cr_assert(eq(int, pipe(ends), 0));
	cr_assert(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	(void)close(ends[0]);
	struct feed feed = {bytes, ends[1], portion};
	pthread_t thread;
	cr_assert(eq(int, pthread_create(&thread, NULL, feed_slowly, &feed), 0));
	struct got got = {.n = 0};
	struct ks_capture *capture = NULL;
	got.error = ks_capture_open_file("-", NULL, &capture, &got.diag);
	cr_assert(eq(int, got.error, KS_SUCCESS), "%s", got.diag.text);
	read_all(capture, &got);
	(void)pthread_join(thread, NULL);
	return got;
}

/* Records of all sizes over several windows: straddling ones, the largest, and none. */
static void
large_pcap(struct bytes *bytes, uint32_t megabytes)
{
	pcap_header(bytes);
	for (uint32_t i = 0; bytes->n < (size_t)megabytes << 20; i++)
		pcap_packet(bytes, i, 0, i, i % 7 == 0 ? 262144 - i % 3 : i * 977 % 1500);
}

Test(capture, pipes_give_the_same_as_files)
{
	struct bytes bytes = {.big = false};
	large_pcap(&bytes, 7);
	const struct got want = read_bytes(&bytes);
	cr_assert(eq(int, want.info.state, KS_CAPTURE_WHOLE), "%s", want.info.note);
	cr_assert(gt(sz, want.n, 100));
	const size_t portions[] = {65536, 4099};
	for (size_t i = 0; i < KS_COUNT(portions); i++) {
		const struct got got = read_stdin(&bytes, portions[i]);
		cr_assert(eq(sz, got.n, want.n));
		cr_assert(eq(u64, got.data_hash, want.data_hash));
		cr_assert(hash_is_of(&got, &bytes));
		cr_assert(eq(u64, got.info.total_bytes, 0), "a pipe does not tell its size");
		cr_assert(text_is(got.info.path, "-"));
	}
	bytes_free(&bytes);
	ng_section(&bytes); /* a byte at a time through all headers */
	ng_interface(&bytes, 1, 0, 9, 3);
	ng_enhanced(&bytes, 0, 1, 1, 40, 40);
	ng_enhanced(&bytes, 0, 2, 2, 41, 41);
	const struct got one = read_bytes(&bytes), got = read_stdin(&bytes, 1);
	cr_assert(eq(sz, got.n, one.n));
	cr_assert(eq(u64, got.data_hash, one.data_hash));
	bytes_free(&bytes);
}

/* --- compression --- */

enum { GZIP, XZ, ZSTD, LZ4, N_CODECS };

static const char *const codec_names[N_CODECS] = {"pcap+gzip", "pcap+xz", "pcap+zstd", "pcap+lz4"};

/* Append the compressed form of a part of `from` as a member or frame of its own. */
static void
put_compressed(struct bytes *to, int codec, const uint8_t *at, size_t n)
{
	size_t room = n + n / 8 + 65536, out_n = 0;
	uint8_t *const out = malloc(room);
	cr_assert(out != NULL);
	if (codec == GZIP) {
		z_stream z = {.next_in = (Bytef *)(uintptr_t)at,
			      .avail_in = (uInt)n,
			      .next_out = out,
			      .avail_out = (uInt)room};
		cr_assert(eq(int, deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
			     Z_OK));
		cr_assert(eq(int, deflate(&z, Z_FINISH), Z_STREAM_END));
		out_n = z.total_out;
		(void)deflateEnd(&z);
	} else if (codec == XZ) {
		cr_assert(eq(int,
			     lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, at, n, out, &out_n, room),
			     LZMA_OK));
	} else if (codec == ZSTD) {
		ZSTD_CCtx *const context = ZSTD_createCCtx();
		(void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1); /* as the zstd tool does */
		out_n = ZSTD_compress2(context, out, room, at, n);
		(void)ZSTD_freeCCtx(context);
		cr_assert(not(ZSTD_isError(out_n)));
	} else {
		const LZ4F_preferences_t with_sum = {
			.frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled}};
		out_n = LZ4F_compressFrame(out, room, at, n, &with_sum);
		cr_assert(not(LZ4F_isError(out_n)));
	}
	put(to, out, out_n);
	free(out);
}

Test(capture, compressed_files_give_the_same_packets)
{
	struct bytes plain = {.big = false};
	large_pcap(&plain, 4);
	const struct got want = read_bytes(&plain);
	for (int codec = 0; codec < N_CODECS; codec++) {
		struct bytes bytes = {.big = false};
		const size_t first =
			1000003; /* two members, parted inside a packet, and padding behind each */
		put_compressed(&bytes, codec, plain.at, first);
		put(&bytes, "\0\0\0\0", 4);
		put_compressed(&bytes, codec, plain.at + first, plain.n - first);
		put(&bytes, "\0\0\0\0\0\0\0\0", 8);
		const struct got got = read_bytes(&bytes), piped = read_stdin(&bytes, 4099);
		cr_assert(text_is(got.info.container, codec_names[codec]));
		cr_assert(eq(int, got.info.state, KS_CAPTURE_WHOLE), "%s: %s", codec_names[codec],
			  got.info.note);
		cr_assert(eq(sz, got.n, want.n), "%s", codec_names[codec]);
		cr_assert(eq(u64, got.data_hash, want.data_hash), "%s", codec_names[codec]);
		cr_assert(hash_is_of(&got, &bytes), "%s: the stored bytes are hashed", codec_names[codec]);
		cr_assert(eq(u64, piped.data_hash, want.data_hash), "%s", codec_names[codec]);
		cr_assert(hash_is_of(&piped, &bytes), "%s", codec_names[codec]);
		bytes_free(&bytes);
	}
	bytes_free(&plain);
}

Test(capture, compressed_files_cut_broken_and_followed)
{
	struct bytes plain = {.big = false};
	large_pcap(&plain, 2);
	const struct got whole = read_bytes(&plain);
	for (int codec = 0; codec < N_CODECS; codec++) {
		struct bytes bytes = {.big = false};
		put_compressed(&bytes, codec, plain.at, plain.n);
		const struct bytes cut = {.at = bytes.at, .n = bytes.n * 2 / 3};
		struct got got = read_bytes(&cut);
		cr_assert(eq(int, got.info.state, KS_CAPTURE_UNFINISHED), "%s: %s", codec_names[codec],
			  got.info.note);
		cr_assert(got.n > 0 && got.n < whole.n, "%s: %zu", codec_names[codec], got.n);
		cr_assert(hash_is_of(&got, &cut), "%s", codec_names[codec]);

		const size_t whole_n = bytes.n;
		put(&bytes, "something else", 14);
		got = read_bytes(&bytes);
		cr_assert(eq(int, got.info.state, KS_CAPTURE_CUT), "%s", codec_names[codec]);
		cr_assert(strstr(got.info.note, "data followed by something else") != NULL, "%s",
			  got.info.note);
		cr_assert(eq(sz, got.n, whole.n), "%s", codec_names[codec]);
		cr_assert(hash_is_of(&got, &bytes), "%s", codec_names[codec]);

		bytes.n = whole_n;
		for (size_t i = whole_n - 20; i < whole_n; i++)
			bytes.at[i] ^= 0xa5; /* the tail, with the checksum */
		got = read_bytes(&bytes);
		cr_assert(eq(int, got.info.state, KS_CAPTURE_CUT), "%s: %s", codec_names[codec],
			  got.info.note);
		cr_assert(gt(sz, got.n, 0), "%s: what came before counts", codec_names[codec]);
		cr_assert(hash_is_of(&got, &bytes), "%s", codec_names[codec]);
		bytes_free(&bytes);
	}
	bytes_free(&plain);
}

/* --- filters --- */

/* An Ethernet frame of an IPv4 packet, as far as a filter looks. */
static void
put_ipv4(struct bytes *bytes, uint8_t protocol)
{
	uint8_t frame[64] = {[12] = 0x08, [14] = 0x45, [17] = 50, [22] = 64, [23] = protocol};
	pcap_record(bytes, 1, 0, sizeof(frame), sizeof(frame));
	put(bytes, frame, sizeof(frame));
}

static struct got
read_filtered(const struct bytes *bytes, const char *filter)
{
	char path[] = "/tmp/capture_test.XXXXXX";
	const int fd = mkstemp(path);
	cr_assert(fd >= 0);
	(void)close(fd);
	bytes_save(bytes, path);
	struct got got = {.n = 0};
	struct ks_capture *capture = NULL;
	got.error = ks_capture_open_file(path, filter, &capture, &got.diag);
	if (got.error == KS_SUCCESS)
		read_all(capture, &got);
	(void)unlink(path);
	return got;
}

Test(capture, filter_leaves_out_and_counts)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	put_ipv4(&bytes, 17);
	put_ipv4(&bytes, 6);
	put_ipv4(&bytes, 17);
	const struct got got = read_filtered(&bytes, "udp");
	cr_assert(eq(int, got.error, KS_SUCCESS), "%s", got.diag.text);
	cr_assert(eq(sz, got.n, 2));
	cr_assert(eq(u64, got.info.packets, 2));
	cr_assert(eq(u64, got.info.filtered, 1));
	cr_assert(hash_is_of(&got, &bytes));
	const struct got wrong = read_filtered(&bytes, "udp port port");
	cr_assert(eq(int, wrong.error, KS_ERR_USAGE));
	cr_assert(strstr(wrong.diag.text, "udp port port") != NULL, "%s", wrong.diag.text);
	bytes_free(&bytes);
}

Test(capture, filter_follows_the_link_type_of_each_packet)
{
	const uint8_t ip[20] = {0x45, [3] = 20, [8] = 64, [9] = 17};
	struct bytes bytes = {.big = false};
	ng_section(&bytes);
	ng_interface(&bytes, 101, 0, -1, 0); /* LINKTYPE_RAW, which is DLT_RAW 12 to libpcap */
	ng_interface(&bytes, 65000, 0, -1, 0);
	ng_interface(&bytes, 228, 0, -1, 0); /* LINKTYPE_IPV4 */
	for (uint32_t interface = 0; interface < 3; interface++) {
		ng_enhanced(&bytes, interface, 1, 1, sizeof(ip), sizeof(ip));
		memcpy(bytes.at + bytes.n - 4 - sizeof(ip), ip, sizeof(ip));
	}
	const struct got got = read_filtered(&bytes, "udp");
	cr_assert(eq(sz, got.n, 2), "%s", got.diag.text);
	cr_assert(eq(int, got.packets[0].linktype, 101));
	cr_assert(eq(int, got.packets[1].linktype, 228));
	cr_assert(eq(u64, got.info.filtered, 1), "no filter can be made for link type 65000");
	bytes_free(&bytes);
}

Test(capture, filter_that_says_nothing_about_the_link_type_is_noted)
{
	struct bytes bytes = {.big = false};
	pcap_header_of(&bytes, PCAP_MICRO, 2, 4, 65000);
	pcap_packet(&bytes, 1, 0, 1, 40);
	const struct got got = read_filtered(&bytes, "udp");
	cr_assert(eq(int, got.error, KS_SUCCESS), "%s", got.diag.text);
	cr_assert(eq(sz, got.n, 0));
	cr_assert(strstr(got.info.note, "link type 65000") != NULL, "%s", got.info.note);
	bytes_free(&bytes);
}

Test(capture, hash_of_a_beginning)
{
	struct bytes bytes = {.big = false};
	put_pattern(&bytes, 1, 700001);
	char path[] = "/tmp/capture_test.XXXXXX";
	const int fd = mkstemp(path);
	cr_assert(fd >= 0);
	(void)close(fd);
	bytes_save(&bytes, path);
	const uint64_t limits[] = {0, 1, 65536, 700000, 700001, UINT64_MAX};
	for (size_t i = 0; i < KS_COUNT(limits); i++) {
		const uint64_t n = limits[i] < bytes.n ? limits[i] : bytes.n;
		XXH128_canonical_t want;
		XXH128_canonicalFromHash(&want, XXH3_128bits(bytes.at, n));
		uint8_t got[16];
		struct ks_diag diag;
		cr_assert(eq(int, ks_capture_hash_file(path, limits[i], got, &diag), KS_SUCCESS));
		cr_assert(eq(int, memcmp(got, want.digest, 16), 0), "%zu bytes", (size_t)n);
	}
	(void)unlink(path);
	bytes_free(&bytes);
}
