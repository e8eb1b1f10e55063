/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/cli/live.h -- what the parts of the verb live share. */
#ifndef KS_ANALYZER_CLI_LIVE_H
#define KS_ANALYZER_CLI_LIVE_H

#include "analyzer/anonymize.h"
#include "analyzer/cli/calendar.h"
#include "analyzer/cli/cli.h"
#include "analyzer/cli/zone_servers.h"
#include "analyzer/live/announce.h"
#include "analyzer/live/copy.h"
#include "analyzer/live/drops.h"
#include "analyzer/live/feed.h"
#include "analyzer/live/helper.h"
#include "analyzer/live/http.h"
#include "analyzer/live/load.h"
#include "analyzer/live/notify.h"
#include "analyzer/live/privilege.h"
#include "analyzer/live/screen.h"
#include "analyzer/past.h"
#include "analyzer/pipeline.h"

enum {
	KS_LIVE_BIN_S = 60,
	KS_LIVE_SEGMENT_S = 3600,
	KS_LIVE_SERVERS_MAX = 4096,
	KS_LIVE_COARSE_S = 3600,
	KS_LIVE_FINE_DAYS = 14
};

struct ks_live_options {
	const char *interfaces[KS_FEED_RINGS];
	size_t n_interfaces;
	const char *database, *rollovers, *zone_servers, *keyfile;
	size_t fanout;              /* rings of each interface */
	const char *user;           /* to become; NULL: stay */
	struct ks_ring_config ring; /* ports: of `ports` */
	uint16_t ports[64];
	uint32_t bin_s, segment_s;
	uint32_t retain_days; /* 0: for ever */
	uint32_t fine_days;   /* then bins are added up; 0: never */
	size_t memory_bytes;
	struct ks_prefix *servers; /* KS_LIVE_SERVERS_MAX of them */
	size_t n_servers;
	const char *sensor;
	char vantage;         /* 0: inferred */
	const char *metrics;  /* where to listen, or NULL */
	const char *on_storm; /* program, or NULL */
	bool quiet, json, top, help;
};

/* Parse `argv`; an error is printed, its exit status returned. ks_live_options_done in any case. */
int ks_live_options_parse(int argc, char **argv, struct ks_live_options *ret);
void ks_live_options_done(struct ks_live_options *options);

/* Words of a copy of the process. */
enum ks_live_word {
	KS_LIVE_FAILED,  /* text: the line of an error */
	KS_LIVE_FIGURES, /* text: lines of figures */
	KS_LIVE_ROW,     /* of a table: which, queries, requeries; text: name */
	KS_LIVE_STORM,   /* one that is on: see live_watch.c */
	KS_LIVE_WRITTEN, /* the facts: what follows can be done without */
	KS_LIVE_JUDGED,  /* numbers: how long that took */
	KS_LIVE_WATCHED  /* those were all */
};

/* Figures from the database, as text. */
struct ks_live_figures {
	size_t n_shown, n_coming;
	char shown[128 * 1024], coming[128 * 1024];
};

/* The verb while it is on. */
struct ks_live {
	const struct ks_live_options *options;
	struct ks_calendar calendar;         /* with options->rollovers */
	struct ks_zone_servers zone_servers; /* with options->zone_servers */
	struct ks_siphash_key key;           /* with options->keyfile */
	struct ks_anonymizer anonymizer;     /* likewise, in the copy */
	struct ks_run_config run;            /* of the segment */
	struct ks_past past;                 /* of the segments before it */
	struct ks_feed feed;
	struct ks_drops drops;
	struct ks_load load;
	struct ks_copy copy;
	struct ks_announcer announcer;
	struct ks_helper helper;
	struct ks_http *http; /* NULL: none */
	struct ks_notify notify;
	struct ks_live_figures figures;
	struct ks_screen screen;
	struct ks_screen_table zones, sources; /* that are coming in */
	bool on_screen;
	uint64_t bin_packets, bin_lost; /* of all, when the last bin was over */
	bool in_round;                  /* storms are coming in */

	struct ks_store *store;      /* in the copy only */
	bool wrote;                  /* the copy that is still busy has written its facts */
	int64_t bin_end_s;           /* of the bin that is open */
	int64_t segment_end_s;       /* then the tables begin anew */
	int64_t copied_s, written_s; /* end of the bin that a copy writes, and that was written last */
	int64_t write_ns;            /* how long that took */
	int64_t judged_ns;           /* clock, of the copy that judged last */
	int64_t judge_ns;            /* how long that took */
	int64_t second_ns;           /* clock, of the last housekeeping */
	int64_t stop_ns;             /* clock; 0: nobody asked to stop */
	pid_t original;              /* in the copy: whose */
	bool is_copy, is_last;       /* is_last: the copy of a segment that is over */
	bool ends_segment;           /* the run ends for the next segment */
	bool is_down[KS_FEED_RINGS]; /* as was told */
	bool lost;                   /* something could not be written, and nobody will try again */
	bool failing;                /* what was written last could not be */
	uint64_t packets;            /* of segments that are over */
};

/* Open all interfaces, or none. KS_ERR_INPUT, KS_ERR_USAGE: ring.h. */
enum ks_error ks_live_open_interfaces(const struct ks_live_options *options, struct ks_feed *feed,
				      struct ks_diag *diag);
/* What a segment leaves to the next one; its octets are taken from those of the tables. KS_ERR_MEMORY. */
size_t ks_live_past_bytes(const struct ks_live_options *options);
enum ks_error ks_live_open_past(struct ks_live *live, struct ks_diag *diag);
/* The files that options name: at the start (false: what is wrong was told), and again when SIGHUP asked. */
bool ks_live_read_files(struct ks_live *live, const struct ks_live_options *options);
void ks_live_reread_files(struct ks_live *live);
void ks_live_files_done(struct ks_live *live);
/* In the copy, when its run ends: opens the database. In the original: KS_ERR_INTERRUPTED. */
enum ks_error ks_live_ended(void *arg, struct ks_sink **sink, struct ks_diag *diag);
/* In the copy: tell the original which storms are on. In the original: hear it. */
enum ks_error ks_live_watch(struct ks_live *live, struct ks_diag *diag);
void ks_live_hear_storm(struct ks_live *live, const struct ks_copy_word *word);
/* In the copy: tell the original figures from the database. In the original: hear them; and all of them as
 * text. */
enum ks_error ks_live_measure(struct ks_live *live, struct ks_diag *diag);
void ks_live_hear_figures(struct ks_live *live, const struct ks_copy_word *word);
size_t ks_live_figures_text(void *arg, char *ret, size_t size);
/* One line: on standard error, or an event on the screen. */
void ks_live_say(struct ks_live *live, const char *format, ...) KS_PRINTF(2, 3);
/* --top: begin and end of the screen; rows of its tables, and that they were all; once a second, the rate;
 * now and then draw it (true: the user wants to end); at the end of a bin a line, where there is no screen.
 */
void ks_live_top_begin(struct ks_live *live);
void ks_live_top_end(struct ks_live *live);
void ks_live_hear_row(struct ks_live *live, const struct ks_copy_word *word);
void ks_live_top_rows(struct ks_live *live);
void ks_live_top_second(struct ks_live *live);
bool ks_live_top_show(struct ks_live *live, int64_t now_ns);
void ks_live_top_bin(struct ks_live *live, int64_t end_s);
/* Once a second; ks_live_read_drops also at the end of a bin. */
void ks_live_keep_house(struct ks_live *live, int64_t now_ns, bool rereads);
void ks_live_read_drops(struct ks_live *live, int64_t now_ns);
/* Whether to leave something out, or take it up again. */
void ks_live_balance(struct ks_live *live, int64_t now_ns);
/* The facts that only live knows. */
enum ks_error ks_live_more(void *arg, struct ks_sink *sink, struct ks_diag *diag);
/* In the copy: judge what was written if `error` is KS_SUCCESS, tell the original, end the process. */
_Noreturn void ks_live_copy_end(struct ks_live *live, enum ks_error error, struct ks_diag *diag);

#endif
