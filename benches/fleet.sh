#!/usr/bin/env bash
# A fleet booted, tagged, checked and deleted: scripts/05-fleet.rhai and an openstacksdk program with 32 threads that does the
# same, in turns on one cloud. Prints the requests of each, its time and its peak memory; docs/benchmarks.md keeps the results.
#
# usage: benches/fleet.sh CLOUD [RHAIN]     CLOUD as both find it: $OS_CLIENT_CONFIG_FILE, clouds.yaml
#                                           RHAIN: target/release/rhain unless given, built first
#   COUNT   how many servers (default 100)
#   TURNS   how often each goes (default 2)
#   PYTHON  one that has openstacksdk; without it, one is made in SCRATCH from PyPI
#   SCRATCH a folder that is kept (default: a new one, removed after)
set -euo pipefail
exec </dev/null
cloud=${1:?usage: benches/fleet.sh CLOUD [RHAIN]}
there=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ $# -gt 1 ]; then
    rhain=$(realpath "$2")
else
    (cd "$there" && cargo build --release --locked --quiet)
    rhain=$(realpath "${CARGO_TARGET_DIR:-$there/target}/release/rhain")
fi
count=${COUNT:-100} turns=${TURNS:-2}
if [ -n "${SCRATCH:-}" ]; then
    scratch=$SCRATCH
    mkdir -p "$scratch"
else
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
fi
python=${PYTHON:-$scratch/venv/bin/python}
if ! "$python" -c 'import openstack' 2>/dev/null; then
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check openstacksdk
    python=$scratch/venv/bin/python
fi
export OS_CLOUD=$cloud NO_COLOR=1

# field NAME FILE: a number of a line of JSON.
field() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$2"; }

# row WHO FROM TO: what a turn cost.
row() {
    awk -v who="$1" -v us=$(($3 - $2)) -v kib="$(cat "$scratch/peak")" -v writes="$4" -v reads="$5" \
        'BEGIN { printf "%-12s %6d writes %6d reads %9.2f s %8.1f MiB\n", who, writes, reads, us / 1e6, kib / 1024 }'
}

ours() {
    local from to
    from=${EPOCHREALTIME/[.,]/}
    /usr/bin/time -f %M -o "$scratch/peak" "$rhain" run "$there/scripts/05-fleet.rhai" --count "$count" --name "ours-$$" \
        --trace "$scratch/trace" >"$scratch/ours.out"
    to=${EPOCHREALTIME/[.,]/}
    grep -qx '0 are left' "$scratch/ours.out"
    row rhain "$from" "$to" "$(grep -vc '"method":"GET"' "$scratch/trace")" "$(grep -c '"method":"GET"' "$scratch/trace")"
}

theirs() {
    local from to
    from=${EPOCHREALTIME/[.,]/}
    /usr/bin/time -f %M -o "$scratch/peak" "$python" "$there/benches/peers/fleet_sdk.py" "$count" "theirs-$$" >"$scratch/theirs.out"
    to=${EPOCHREALTIME/[.,]/}
    row openstacksdk "$from" "$to" "$(field writes "$scratch/theirs.out")" "$(field reads "$scratch/theirs.out")"
}

echo "$count servers; $("$rhain" --version), openstacksdk $("$python" -c 'import openstack.version as v; print(v.__version__)'), $(uname -sm), $(nproc) processors"
for ((n = 0; n < turns; n++)); do
    ours
    theirs
done
