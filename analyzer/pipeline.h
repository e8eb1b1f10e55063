/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/pipeline.h -- one run: packets from a capture, through the dissector, into facts.
 *
 * Memory:  all of it reserved when the run begins (config.memory_bytes); nothing is allocated per packet.
 * Threads: the caller's. */
#ifndef KS_ANALYZER_PIPELINE_H
#define KS_ANALYZER_PIPELINE_H

#include <signal.h>

#include "analyzer/capture/capture.h"
#include "analyzer/given.h"
#include "analyzer/past.h"
#include "analyzer/shed.h"
#include "analyzer/sink.h"
#include "dissect/dissect.h"

#define KS_MEMORY_DEFAULT ((size_t)512 << 20)
#define KS_MEMORY_MIN ((size_t)16 << 20)

struct ks_run_config {
	struct ks_ports ports;
	const struct ks_prefix *servers;
	size_t n_servers;
	/* Servers of zones, sorted (given.h), n_given of them. Read behind `ended`, which may change them. */
	const struct ks_given_server *given;
	size_t n_given;
	size_t memory_bytes;
	unsigned jobs;  /* threads: 2 or more: one reads and dissects, one counts; 0 and 1: one for both */
	uint32_t bin_s; /* 0: by the length of the capture */
	char vantage;   /* 'A', 'M', 'R'; 0: inferred */
	const char *sensor; /* "" for none */
	const char *tool_version;
	/* What the runs before this one left to it, or NULL. When `ended` ends a run with KS_ERR_INTERRUPTED,
	 * it holds what that one leaves to the next. */
	struct ks_past *past;
	const enum ks_shed *shed;          /* what to leave out, as of now; NULL, or several jobs: nothing */
	const volatile sig_atomic_t *stop; /* non-zero ends the run early; may be NULL */
	/* Called now and then (about every 64 Ki packets); may be NULL. */
	void (*progress)(void *arg, struct ks_capture *capture, uint64_t packets);
	void *progress_arg;
	/* Called when the capture has ended, before the facts leave; may be NULL. May put another sink in
	 * place; an error ends the run there and is returned. */
	enum ks_error (*ended)(void *arg, struct ks_sink **sink, struct ks_diag *diag);
	/* Called when all facts but `end` were put: facts that the caller knows; may be NULL. */
	enum ks_error (*more)(void *arg, struct ks_sink *sink, struct ks_diag *diag);
	void *end_arg; /* of these two */
};

/* What the caller may want to know at once; the rest is in the sink. */
struct ks_run_outcome {
	uint64_t packets;
	bool partial;                 /* stopped early */
	size_t files, files_unusable; /* unusable: unreadable, cut or unfinished */
	struct ks_unknown_link unknown_links[KS_UNKNOWN_LINKS];
};

/* Read `capture` to its end and hand the facts to `sink`. On an error the sink's `end` was not called.
 * KS_ERR_MEMORY, KS_ERR_DATABASE (from the sink). Trouble with an input is no error: what could be read is
 * kept, and the input's facts say what was wrong. */
KS_MUST_CHECK enum ks_error ks_run(struct ks_capture *capture, const struct ks_run_config *config,
				   struct ks_sink *sink, struct ks_run_outcome *ret, struct ks_diag *diag);

#endif
