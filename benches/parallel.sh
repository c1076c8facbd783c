#!/usr/bin/env bash
# A thousand closures, a hundred at a time, each a call that `rhain sim` holds back for 50 ms of the machine's time: how near
# the whole comes to the ideal half second, and in how much memory. docs/benchmarks.md keeps the results.
#
# usage: benches/parallel.sh [RHAIN]     default: target/release/rhain, built first
#   RUNS  how often it is measured; the median counts (default 7)
#   ITEMS, CONCURRENCY, DELAY in ms (default 1000, 100, 50)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
runs=${RUNS:-7} items=${ITEMS:-1000} concurrency=${CONCURRENCY:-100} delay=${DELAY:-50}
if [ $# -gt 0 ]; then
    rhain=$1
else
    cargo build --release --locked --quiet
    rhain=${CARGO_TARGET_DIR:-target}/release/rhain
fi
scratch=$(mktemp -d)
sim=
finish() {
    if [ -n "$sim" ]; then kill "$sim" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap finish EXIT
for name in $(env | sed -n 's/^\(OS_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY RHAIN_CLOUD || true
export HOME=$scratch NO_COLOR=1

echo "server.list delay=${delay}ms times=always" >"$scratch/faults.txt"
"$rhain" sim --faults "$scratch/faults.txt" --clouds-yaml "$scratch/clouds.yaml" >"$scratch/sim.log" 2>&1 &
sim=$!
for ((n = 0; n < 100; n++)); do
    [ -s "$scratch/clouds.yaml" ] && break
    sleep 0.1
done
[ -s "$scratch/clouds.yaml" ] || { cat "$scratch/sim.log" >&2; exit 1; }
export OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml OS_CLOUD=sim

cat >"$scratch/many.rhai" <<SCRIPT
let found = parallel(1..=$items, |n| n + servers(#{ limit: 1 }).len);
assert_eq(found.len, $items);
assert_eq(found.reduce(|sum, n| sum + n, 0), $items * ($items + 1) / 2);
SCRIPT

echo "$("$rhain" --version), $(uname -sm), $(nproc) processors, median of $runs, the start of the program included"
for ((n = 0; n < runs; n++)); do
    from=${EPOCHREALTIME/[.,]/}
    /usr/bin/time -f %M -o "$scratch/peak" "$rhain" run "$scratch/many.rhai" --concurrency "$concurrency"
    to=${EPOCHREALTIME/[.,]/}
    echo "$((to - from)) $(cat "$scratch/peak")"
done | sort -n | sed -n "$((runs / 2 + 1))p" | awk -v items="$items" -v at_once="$concurrency" -v delay="$delay" '{
    ideal = items / at_once * delay
    printf "%d items, %d at a time, %d ms each: ideal %.0f ms, took %.0f ms, %.2f times the ideal, %.1f MiB\n",
        items, at_once, delay, ideal, $1 / 1000, $1 / 1000 / ideal, $2 / 1024
}'
