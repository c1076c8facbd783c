#!/usr/bin/env bash
# Every fault × every family of verbs, on all three simulated providers: some 4,000 cells, and ten minutes on two cores.
# `cargo test` judges a share of each row; this judges all of them. The last line counts.
#
# usage: matrices.sh [openstack | aws | cloudstack]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
RUST_BACKTRACE=0 exec cargo test --locked --test all -- --ignored --nocapture "${1:+$1::}matrix::every_fault_of_every_family"
