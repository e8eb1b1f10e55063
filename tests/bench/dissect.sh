#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dissect.sh GEN DISSECT -- bench_dissect over a capture made for it.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
"$1" 200000 "$scratch/bench.pcap"
"$2" "$scratch/bench.pcap"
