#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# storms.sh KEYSTORM FOLDER -- does the naive way measure the same storms? For every capture of FOLDER, from the bins
# stored in its database: start (to two bins), rates, uplift, share of the increase, severity. TAP.
set -u
[ $# -eq 2 ] || { echo 'usage: storms.sh KEYSTORM FOLDER' >&2; exit 2; }
keystorm=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
need sqlite3
make_scratch

# Bins are numbered from the first; sums over servers, transports and types.
rows_sql="
WITH edge AS (SELECT min(t_s) AS t0, max(t_s) AS t1 FROM (SELECT t_s FROM bin UNION ALL SELECT t_s FROM traffic))
SELECT 'width', bin_s, (t1 - t0) / bin_s + 1 FROM run, edge;
WITH edge AS (SELECT min(t_s) AS t0 FROM (SELECT t_s FROM bin UNION ALL SELECT t_s FROM traffic))
SELECT 'bytes', (t_s - t0) / bin_s, sum(response_dns_bytes) FROM bin JOIN run USING (run_id), edge GROUP BY 2
UNION ALL SELECT 'packets', (t_s - t0) / bin_s, sum(in_packets + out_packets) FROM traffic JOIN run USING (run_id), edge GROUP BY 2
UNION ALL SELECT 'out', (t_s - t0) / bin_s, sum(out_wire_bytes) FROM traffic JOIN run USING (run_id), edge GROUP BY 2;
WITH edge AS (SELECT min(t_s) AS t0 FROM (SELECT t_s FROM bin UNION ALL SELECT t_s FROM traffic))
SELECT 'zone', zone_id, (t_s - t0) / bin_s, sum(queries), sum(response_dns_bytes)
FROM zone_bin JOIN run USING (run_id), edge WHERE zone_id IN (SELECT zone_id FROM storm) GROUP BY 2, 3;
WITH edge AS (SELECT min(t_s) AS t0 FROM (SELECT t_s FROM bin UNION ALL SELECT t_s FROM traffic))
SELECT 'storm', zone_id, name, (start_s - t0) / storm.bin_s, (end_s - t0) / storm.bin_s, base_qps, mean_qps, uplift,
	ifnull(byte_share, 'null'), severity, severity_unknown, baseline_bins, dispersion, began_before,
	(SELECT min(86400, max(ttl_greatest_s)) FROM rrset_seen WHERE rrset_seen.zone_id = storm.zone_id AND type = 48 AND authoritative)
FROM storm JOIN zone USING (zone_id), edge;"

set -- "$folder"/*.pcap*
echo "1..$(($# + 1))"
number=0 compared=0
for capture in "$@"; do
	number=$((number + 1))
	"$keystorm" analyze -q --no-progress -d "$scratch/db" "$capture" >/dev/null 2>&1
	sqlite3 -readonly -separator '|' "$scratch/db" "$rows_sql" | awk -F '|' -f "$here/storms.awk" >"$scratch/found"
	rm -f "$scratch/db"
	n=$(sed -n 's/^compared //p' "$scratch/found")
	compared=$((compared + ${n:-0}))
	if [ -n "$n" ] && ! grep -q '^differs' "$scratch/found"; then
		echo "ok $number - $(basename "$capture"): $n compared"
		continue
	fi
	failed=1
	echo "not ok $number - $(basename "$capture")"
	sed 's/^/# /' "$scratch/found"
done
# Nothing compared is no proof.
if [ $compared -ge 1 ]; then
	echo "ok $((number + 1)) - $compared storms were compared"
else
	failed=1
	echo "not ok $((number + 1)) - no storm was compared"
fi
exit $failed
