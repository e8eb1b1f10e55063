/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analyzer/judge/repair.h -- which event ended a storm.
 *
 * Input:   events of the storm's zone and of those above, as for onset.h. Pure. Memory: none. Threads: no
 *          state.
 * Method:  DOMAIN B10, "from the repairing event". What repairs is a change of keys, signers or DS, new
 *          signatures where others had expired, or that servers agree again; not what only breaks, and not
 *          what a calendar says. Of those seen behind the storm's first bin (inside it they may be what set
 *          it off) and not behind its end the last one counts, the zone's own before those of the zones
 *          above; of one step (onset.h) a change of DS or renewed signatures, then what went, then what came.
 *          Where nothing was seen by the end, it is the first that was seen later but may have happened by
 *          then. Coming before an end is not causing it. */
#ifndef KS_ANALYZER_JUDGE_REPAIR_H
#define KS_ANALYZER_JUDGE_REPAIR_H

#include "analyzer/judge/onset.h"

/* False: none was seen. `from_ns`: end of the first bin; `end_ns`: of the storm. */
bool ks_repair_find(const struct ks_onset_event *events, size_t n, int64_t from_ns, int64_t end_ns,
		    size_t *ret);

#endif
