#!/usr/bin/env bash
# What the command costs: its cold start, and listing 10 and 1000 servers of `rhain sim`, side by side with
# `openstack server list` where that is on PATH. One run, one machine, one cloud; docs/benchmarks.md keeps the results.
#
# usage: benches/cli.sh [RHAIN]     default: target/release/rhain, built first
#   RUNS  how often each thing is measured; the median counts (default 21; `openstack` a third of that)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
runs=${RUNS:-21}
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

# median RUNS COMMAND…: the median of its wall time in microseconds.
median() {
    local times=$1 n from to
    shift
    "$@" >/dev/null 2>&1
    for ((n = 0; n < times; n++)); do
        from=${EPOCHREALTIME/[.,]/}
        "$@" >/dev/null 2>&1
        to=${EPOCHREALTIME/[.,]/}
        echo $((to - from))
    done | sort -n | sed -n "$((times / 2 + 1))p"
}

# peak COMMAND…: its largest resident size in KiB; a dash where there is no GNU time.
peak() {
    if [ -x /usr/bin/time ]; then
        /usr/bin/time -f %M -o "$scratch/peak" "$@" >/dev/null 2>&1 && cat "$scratch/peak"
    else
        echo -
    fi
}

row() { printf '%-44s %10s ms %10s MiB\n' "$1" "$(ms "$2")" "$(mib "$3")"; }
ms() { awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'; }
mib() { if [ "$1" = - ]; then echo -; else awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'; fi; }

echo "$("$rhain" --version), $(uname -sm), $(nproc) processors, median of $runs"
cold=$(median "$runs" "$rhain" -e 1)
row "rhain -e 1 (cold start)" "$cold" "$(peak "$rhain" -e 1)"
row "rhain --cloud sim -e 'servers()' (embedded)" \
    "$(median "$runs" "$rhain" --cloud sim -e 'servers()')" "$(peak "$rhain" --cloud sim -e 'servers()')"

"$rhain" sim --clouds-yaml "$scratch/clouds.yaml" >"$scratch/sim.log" 2>&1 &
sim=$!
for ((n = 0; n < 100; n++)); do
    [ -s "$scratch/clouds.yaml" ] && break
    sleep 0.1
done
[ -s "$scratch/clouds.yaml" ] || { cat "$scratch/sim.log" >&2; exit 1; }
export OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml OS_CLOUD=sim

# Quotas go by the administrator's word, as on any cloud.
cat >"$scratch/quota.rhai" <<'SCRIPT'
let project = param("project");
api("compute", "PUT", `/os-quota-sets/${project}`, #{ quota_set: #{ instances: -1, cores: -1, ram: -1 } });
SCRIPT
cat >"$scratch/fleet.rhai" <<'SCRIPT'
let name = param("name");
boot(name, #{ image: "cirros", flavor: "m1.tiny", count: param("count", 1), networks: "none", wait: "5m" });
SCRIPT
project=$("$rhain" -e 'api("identity", "GET", "/auth/projects").projects[0].id')
"$rhain" run "$scratch/quota.rhai" --cloud sim-admin --project "$project"

made=0
for count in 10 1000; do
    "$rhain" run "$scratch/fleet.rhai" --name "fleet-$count" --count $((count - made))
    made=$count
    seen=$("$rhain" -e 'servers().len')
    [ "$seen" = "$count" ] || { echo "$seen servers instead of $count" >&2; exit 1; }
    ours=$(median "$runs" "$rhain" -e 'servers()')
    row "rhain -e 'servers()', $count servers" "$ours" "$(peak "$rhain" -e 'servers()')"
    "$rhain" -v --stats -e 'servers()' 2>&1 >/dev/null | awk '/ -> / { sub(/http:\/\/[^\/]*/, "", $2); print "    " $1, $2, $4 }
        /requests/ { print "    " $0 }'
    if command -v openstack >/dev/null; then
        theirs=$(median $((runs / 3 > 0 ? runs / 3 : 1)) openstack server list)
        row "openstack server list, $count servers" "$theirs" "$(peak openstack server list)"
        openstack server list --debug 2>&1 >/dev/null | grep -cE '^REQ: |"(GET|POST) /' | sed 's/^/    requests: /' || true
        awk -v ours="$ours" -v theirs="$theirs" 'BEGIN { printf "    %.0f times as long\n", theirs / ours }'
    else
        echo "openstack is not on PATH: nothing to compare with"
    fi
done
