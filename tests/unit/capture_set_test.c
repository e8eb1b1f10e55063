/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Several captures as one: order, laziness, duplicates, folders, what cannot be read. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* nftw */
#endif
#include "tests/unit/capture_reader.h"
#include "tests/unit/capture_writer.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- a folder of its own for each test --- */

static char folder[] = "/tmp/capture_set_test.XXXXXX";

static void
folder_make(void)
{
	cr_assert(mkdtemp(folder) != NULL);
	cr_assert(eq(int, chdir(folder), 0));
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static void
folder_remove(void)
{
	(void)chdir("/");
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(capture_set, .init = folder_make, .fini = folder_remove);

/* A pcap with a packet at each of `n` seconds, its length telling which file it came from. */
static void
save_pcap(const char *path, uint32_t length, const uint32_t *seconds, size_t n)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	for (size_t i = 0; i < n; i++)
		pcap_packet(&bytes, seconds[i], 0, length, length);
	bytes_save(&bytes, path);
	bytes_free(&bytes);
}

#define SAVE(path, length, ...)                                                                              \
	save_pcap(path, length, (const uint32_t[]){__VA_ARGS__},                                             \
		  sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static struct ks_capture *
open_set(const char *const *paths, size_t n, const char *filter)
{
	struct ks_capture *capture = NULL;
	struct ks_diag diag = {""};
	cr_assert(eq(int, ks_capture_open_set(paths, n, filter, &capture, &diag), KS_SUCCESS), "%s",
		  diag.text);
	return capture;
}

/* "second:length" of every packet, and checks that its bytes are its file's. */
static void
told(struct ks_capture *capture, char *ret, size_t room)
{
	struct ks_packet packet;
	struct ks_diag diag;
	bool have = false;
	size_t at = 0;
	ret[0] = '\0';
	while (ks_capture_next(capture, &packet, &have, &diag) == KS_SUCCESS && have) {
		cr_assert(is_pattern(packet.data, packet.cap_len, packet.cap_len));
		at += (size_t)snprintf(ret + at, room - at, "%s%d:%u", at > 0 ? " " : "",
				       (int)(packet.time_ns / KS_NS_PER_S), packet.cap_len);
		cr_assert(lt(sz, at, room));
	}
}

static const struct ks_capture_info *
info_of(const struct ks_capture *capture, const char *path)
{
	for (size_t i = 0; i < capture->ops->n_files(capture); i++)
		if (strcmp(capture->ops->info(capture, i)->path, path) == 0)
			return capture->ops->info(capture, i);
	cr_fatal("%s is not in the set", path);
	return NULL;
}

/* --- order --- */

Test(capture_set, time_order_whatever_the_order_of_arguments)
{
	SAVE("a", 10, 1, 4, 9);
	SAVE("b", 20, 2, 4, 5);
	SAVE("c", 30, 4, 12);
	const char *const orders[][3] = {{"a", "b", "c"}, {"c", "b", "a"}, {"b", "c", "a"}};
	for (size_t i = 0; i < KS_COUNT(orders); i++) {
		struct ks_capture *const set = open_set(orders[i], 3, NULL);
		char got[200];
		told(set, got, sizeof(got));
		cr_assert(text_is(got, "1:10 2:20 4:10 4:20 4:30 5:20 9:10 12:30"));
		cr_assert(text_is(set->ops->info(set, 0)->path, "a"));
		cr_assert(eq(u64, info_of(set, "b")->packets, 3));
		cr_assert(eq(i64, info_of(set, "c")->last_ns, 12 * KS_NS_PER_S));
		ks_capture_close(set);
	}
}

Test(capture_set, a_clock_that_steps_back_keeps_its_files_order)
{
	SAVE("a", 10, 5, 2, 7);
	SAVE("b", 20, 1, 6);
	struct ks_capture *const set = open_set((const char *const[]){"b", "a"}, 2, NULL);
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:20 5:10 2:10 6:20 7:10"));
	cr_assert(eq(u64, info_of(set, "a")->clock_steps_back, 1));
	cr_assert(eq(i64, info_of(set, "a")->first_ns, 2 * KS_NS_PER_S));
	cr_assert(eq(u64, info_of(set, "b")->clock_steps_back, 0));
	ks_capture_close(set);
}

Test(capture_set, interfaces_are_numbered_by_first_packet)
{
	struct bytes bytes = {.big = false};
	ng_section(&bytes);
	ng_interface(&bytes, 1, 0, 0, 0);
	ng_interface(&bytes, 1, 0, 0, 0);
	ng_enhanced(&bytes, 1, 2, 8, 8, 8);
	ng_enhanced(&bytes, 0, 4, 8, 8, 8);
	bytes_save(&bytes, "b");
	bytes_free(&bytes);
	SAVE("a", 10, 1, 3, 5);
	struct ks_capture *const set = open_set((const char *const[]){"b", "a"}, 2, NULL);
	const uint32_t want[] = {0, 1, 0, 2, 0};
	for (size_t i = 0; i < KS_COUNT(want); i++) {
		struct ks_packet packet;
		struct ks_diag diag;
		bool have = false;
		cr_assert(eq(int, ks_capture_next(set, &packet, &have, &diag), KS_SUCCESS));
		cr_assert(have);
		cr_assert(eq(u32, packet.interface, want[i]), "packet %zu", i);
	}
	ks_capture_close(set);
}

Test(capture_set, a_filter_whose_first_match_is_late_does_not_disturb_the_order)
{
	SAVE("a", 100, 1);
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	pcap_packet(&bytes, 0, 0, 10, 10);
	pcap_packet(&bytes, 3, 0, 90, 90);
	bytes_save(&bytes, "b");
	bytes_free(&bytes);
	SAVE("c", 80, 2, 4);
	struct ks_capture *const set = open_set((const char *const[]){"a", "b", "c"}, 3, "greater 50");
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:100 2:80 3:90 4:80"));
	cr_assert(eq(u64, info_of(set, "b")->filtered, 1));
	ks_capture_close(set);
}

/* --- many files --- */

static size_t
descriptors_open(void)
{
	size_t n = 0;
	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* Eight packets of 200 kB, a second apart; headers only, the rest is a hole and reads as zeros. */
static void
save_sparse(const char *path, uint32_t second)
{
	enum { PACKET = 200000, RECORD = 16 + PACKET };
	struct bytes header = {.big = false};
	pcap_header(&header);
	bytes_save(&header, path);
	const int fd = open(path, O_WRONLY);
	cr_assert(fd >= 0);
	for (uint32_t i = 0; i < 8; i++) {
		struct bytes record = {.big = false};
		pcap_record(&record, second + i, 0, PACKET, PACKET);
		cr_assert(pwrite(fd, record.at, record.n, 24 + (off_t)i * RECORD) == (ssize_t)record.n);
		bytes_free(&record);
	}
	cr_assert(eq(int, ftruncate(fd, 24 + 8 * RECORD), 0));
	(void)close(fd);
	bytes_free(&header);
}

Test(capture_set, rotated_files_are_opened_one_by_one)
{
	enum { FILES = 300 };
	for (uint32_t i = 0; i < FILES; i++) {
		char path[16];
		(void)snprintf(path, sizeof(path), "r%03u", i);
		save_sparse(path, i * 8);
	}
	const size_t before = descriptors_open();
	struct ks_capture *const set = open_set((const char *const[]){"."}, 1, NULL);
	struct ks_packet packet;
	struct ks_diag diag;
	bool have = false;
	size_t n = 0, most = 0;
	for (; ks_capture_next(set, &packet, &have, &diag) == KS_SUCCESS && have; n++) {
		cr_assert(eq(i64, packet.time_ns, (int64_t)n * KS_NS_PER_S));
		const size_t open_now = n % 50 == 0 ? descriptors_open() - before : 0;
		most = open_now > most ? open_now : most;
	}
	cr_assert(eq(sz, n, FILES * 8));
	cr_assert(le(sz, most, 2), "%zu files open at once", most);
	ks_capture_close(set);
}

Test(capture_set, small_files_that_all_overlap_need_no_descriptors)
{
	enum { FILES = 700 };
	for (uint32_t i = 0; i < FILES; i++) {
		char path[16];
		(void)snprintf(path, sizeof(path), "s%03u", i);
		SAVE(path, i, 1, 5);
	}
	const size_t before = descriptors_open();
	struct ks_capture *const set = open_set((const char *const[]){"."}, 1, NULL);
	struct ks_packet packet;
	struct ks_diag diag;
	bool have = false;
	uint32_t n = 0;
	for (; ks_capture_next(set, &packet, &have, &diag) == KS_SUCCESS && have; n++)
		cr_assert(eq(u32, packet.cap_len, n % FILES), "equal times come in order of their paths");
	cr_assert(eq(u32, n, 2 * FILES));
	cr_assert(eq(sz, descriptors_open(), before));
	ks_capture_close(set);
}

Test(capture_set, too_many_large_files_at_once_are_refused_not_swallowed)
{
	enum { FILES = 300 };
	for (uint32_t i = 0; i < FILES; i++) {
		char path[16];
		(void)snprintf(path, sizeof(path), "l%03u", i);
		SAVE(path, i, 1, 5);
		cr_assert(eq(int, truncate(path, 4 << 20), 0)); /* followed by empty records of time 0 */
	}
	struct ks_capture *const set = open_set((const char *const[]){"."}, 1, NULL);
	struct ks_packet packet;
	struct ks_diag diag = {""};
	bool have = true;
	enum ks_error error = KS_SUCCESS;
	while (have && error == KS_SUCCESS)
		error = ks_capture_next(set, &packet, &have, &diag);
	cr_assert(eq(int, error, KS_ERR_INPUT));
	cr_assert(strstr(diag.text, "overlap in time") != NULL, "%s", diag.text);
	cr_assert(eq(int, ks_capture_next(set, &packet, &have, &diag), KS_SUCCESS));
	cr_assert(not(have), "an error ends the source");
	ks_capture_close(set);
}

/* --- duplicates --- */

Test(capture_set, the_same_bytes_are_read_once)
{
	SAVE("b", 10, 1, 2);
	SAVE("a", 10, 1, 2);
	SAVE("c", 10, 1, 3); /* as long, other bytes */
	cr_assert(eq(int, link("c", "d"), 0));
	struct ks_capture *const set = open_set((const char *const[]){"b", "d", "c", "a", "b"}, 5, NULL);
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:10 1:10 2:10 3:10"));
	cr_assert(eq(sz, set->ops->n_files(set), 5));
	const struct ks_capture_info *const first = info_of(set, "a"), *const again = info_of(set, "b");
	cr_assert(not(first->duplicate));
	cr_assert(again->duplicate);
	cr_assert(eq(int, again->state, KS_CAPTURE_UNREADABLE));
	cr_assert(text_is(again->note, "same bytes as a: counted once"));
	cr_assert(eq(int, memcmp(first->hash, again->hash, 16), 0));
	cr_assert(eq(u64, again->packets, 0));
	cr_assert(info_of(set, "d")->duplicate);
	ks_capture_close(set);
}

Test(capture_set, files_that_differ_late_are_no_duplicates)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	pcap_packet(&bytes, 1, 0, 200000, 200000);
	bytes_save(&bytes, "a");
	bytes.at[bytes.n - 1] ^= 1;
	bytes_save(&bytes, "b");
	bytes_free(&bytes);
	struct ks_capture *const set = open_set((const char *const[]){"a", "b"}, 2, NULL);
	cr_assert(not(info_of(set, "b")->duplicate));
	ks_capture_close(set);
}

/* --- folders, and what cannot be read --- */

Test(capture_set, a_folder_is_its_files_not_below_and_not_hidden)
{
	cr_assert(eq(int, mkdir("f", 0700) | mkdir("f/sub", 0700), 0));
	SAVE("f/z", 10, 3);
	SAVE("f/B", 20, 2);
	SAVE("f/.hidden", 30, 1);
	SAVE("f/sub/x", 40, 1);
	struct bytes text = {.big = false};
	put(&text, "notes\n", 6);
	bytes_save(&text, "f/README");
	bytes_free(&text);
	struct ks_capture *const set = open_set((const char *const[]){"f/"}, 1, NULL);
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "2:20 3:10"));
	cr_assert(eq(sz, set->ops->n_files(set), 3));
	cr_assert(text_is(set->ops->info(set, 0)->path, "f/B"));
	cr_assert(eq(int, info_of(set, "f/README")->state, KS_CAPTURE_UNREADABLE));
	cr_assert(strncmp(info_of(set, "f/README")->note, "no capture", 10) == 0);
	ks_capture_close(set);
}

Test(capture_set, what_cannot_be_read_does_not_fail_the_rest)
{
	SAVE("a", 10, 1);
	cr_assert(eq(int, mkdir("empty", 0700), 0));
	struct ks_capture *const set = open_set((const char *const[]){"a", "missing", "empty"}, 3, NULL);
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:10"));
	cr_assert(text_is(info_of(set, "missing")->note, "No such file or directory"));
	cr_assert(text_is(info_of(set, "empty")->note, "a folder without files"));
	cr_assert(eq(int, info_of(set, "empty")->state, KS_CAPTURE_UNREADABLE));
	ks_capture_close(set);
}

Test(capture_set, a_file_that_goes_away_is_remembered)
{
	SAVE("a", 10, 1);
	SAVE("b", 20, 2);
	struct ks_capture *const set = open_set((const char *const[]){"a", "b"}, 2, NULL);
	cr_assert(eq(int, unlink("b"), 0));
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:10"));
	cr_assert(eq(int, info_of(set, "b")->state, KS_CAPTURE_UNREADABLE));
	ks_capture_close(set);
}

Test(capture_set, nothing_readable_is_an_error)
{
	cr_assert(eq(int, mkdir("empty", 0700), 0));
	struct ks_capture *set = NULL;
	struct ks_diag diag;
	cr_assert(eq(int, ks_capture_open_set((const char *const[]){"empty"}, 1, NULL, &set, &diag),
		     KS_ERR_INPUT));
	cr_assert(text_is(diag.text, "empty: a folder without files"));
	cr_assert(eq(int, ks_capture_open_set((const char *const[]){"x", "y"}, 2, NULL, &set, &diag),
		     KS_ERR_INPUT));
	cr_assert(text_is(diag.text, "x: No such file or directory (and 1 more, none of them readable)"));
	cr_assert(eq(int, ks_capture_open_set(NULL, 0, NULL, &set, &diag), KS_ERR_USAGE));
	SAVE("a", 10, 1);
	cr_assert(eq(int, ks_capture_open_set((const char *const[]){"a"}, 1, "prot foo", &set, &diag),
		     KS_ERR_USAGE));
}

Test(capture_set, standard_input_among_files)
{
	SAVE("in", 30, 2, 6);
	SAVE("a", 10, 1, 4, 9);
	const int fd = open("in", O_RDONLY);
	int ends[2];
	char buffer[4096];
	cr_assert(eq(int, pipe(ends), 0));
	const ssize_t n = read(fd, buffer, sizeof(buffer));
	cr_assert(n > 0 && write(ends[1], buffer, (size_t)n) == n);
	(void)close(ends[1]);
	cr_assert(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	struct ks_capture *const set = open_set((const char *const[]){"a", "-", "-"}, 3, "greater 5");
	char got[200];
	told(set, got, sizeof(got));
	cr_assert(text_is(got, "1:10 2:30 4:10 6:30 9:10"));
	cr_assert(eq(sz, set->ops->n_files(set), 3));
	cr_assert(eq(u64, set->ops->info(set, 0)->packets, 2));
	cr_assert(text_is(set->ops->info(set, 1)->note, "standard input named twice"));
	ks_capture_close(set);
}

/* --- batches --- */

/* `n` packets, one each `step` seconds, of many sizes; the file ends in a record that cannot be. */
static void
save_broken_pcap(const char *path, uint32_t n, uint32_t step)
{
	struct bytes bytes = {.big = false};
	pcap_header(&bytes);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t length = 1 + i * 37 % 1500;
		pcap_packet(&bytes, i * step, 0, length, length);
	}
	put32(&bytes, n * step);
	put32(&bytes, 0);
	put32(&bytes, 1 << 20);
	put32(&bytes, 1 << 20);
	put_pattern(&bytes, 1, 1 << 20);
	bytes_save(&bytes, path);
	bytes_free(&bytes);
}

Test(capture_set, packets_of_a_batch_are_alive_together)
{
	enum { MAX = 32, FIRST = 9000, SECOND = 3000 };
	save_broken_pcap("a.pcap", FIRST, 1);
	save_broken_pcap("b.pcap", SECOND, 3);
	struct ks_capture *const capture = open_set((const char *const[]){"a.pcap", "b.pcap"}, 2, NULL);
	struct ks_packet packets[MAX];
	struct ks_diag diag;
	size_t n = 0, total = 0, batches = 0;
	int64_t last_ns = 0;
	do {
		cr_assert(eq(int, ks_capture_next_batch(capture, packets, MAX, &n, &diag), KS_SUCCESS));
		cr_assert(le(sz, n, MAX));
		for (size_t i = 0; i < n; i++) {
			cr_assert(ge(i64, packets[i].time_ns, last_ns));
			last_ns = packets[i].time_ns;
			cr_assert(is_pattern(packets[i].data, packets[i].cap_len, packets[i].cap_len),
				  "packet %zu", total + i);
		}
		total += n;
		batches++;
	} while (n > 0);
	cr_assert(eq(sz, total, FIRST + SECOND));
	cr_assert(le(sz, batches, total / 16), "most batches are full: %zu", batches);
	cr_assert(eq(int, capture->ops->info(capture, 0)->state, KS_CAPTURE_CUT));
	cr_assert(eq(int, capture->ops->info(capture, 1)->state, KS_CAPTURE_CUT));
	ks_capture_close(capture);
}
