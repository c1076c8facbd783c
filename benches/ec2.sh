#!/usr/bin/env bash
# What listing costs on EC2: 10 and 1000 instances of `rhain sim`, side by side with `aws ec2 describe-instances` where that is
# on PATH. Both start cold, both read the same keys and the same address from the environment. One run, one machine, one cloud;
# docs/benchmarks.md keeps the results.
#
# usage: benches/ec2.sh [RHAIN]     default: target/release/rhain, built first
#   RUNS  how often each thing is measured; the median counts (default 21; `aws` a third of that)
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
for name in $(env | sed -n 's/^\(\(OS\|AWS\)_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY RHAIN_CLOUD || true
export HOME=$scratch NO_COLOR=1 AWS_PAGER= AWS_EC2_METADATA_DISABLED=true

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

"$rhain" sim --clouds-yaml "$scratch/clouds.yaml" --aws-config "$scratch/aws" >"$scratch/sim.log" 2>&1 &
sim=$!
for ((n = 0; n < 100; n++)); do
    [ -s "$scratch/clouds.yaml" ] && break
    sleep 0.1
done
[ -s "$scratch/clouds.yaml" ] || { cat "$scratch/sim.log" >&2; exit 1; }

# Quotas go by the administrator's word, for which EC2 has none: the same cloud's other face has.
cat >"$scratch/quota.rhai" <<'SCRIPT'
let project = param("project");
api("compute", "PUT", `/os-quota-sets/${project}`, #{ quota_set: #{ instances: -1, cores: -1, ram: -1 } });
api("network", "PUT", `/quotas/${project}`, #{ quota: #{ port: -1 } });
SCRIPT
cat >"$scratch/fleet.rhai" <<'SCRIPT'
let name = param("name");
boot(name, #{ image: "cirros", flavor: "m1.tiny", count: param("count", 1), wait: "5m" });
SCRIPT
export OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml
project=$("$rhain" --cloud sim -e 'api("identity", "GET", "/auth/projects").projects[0].id')
"$rhain" run "$scratch/quota.rhai" --cloud sim-admin --project "$project"
unset OS_CLIENT_CONFIG_FILE
export AWS_CONFIG_FILE=$scratch/aws AWS_SHARED_CREDENTIALS_FILE=$scratch/none AWS_PROFILE=sim RHAIN_CLOUD=aws:sim

echo "$("$rhain" --version), $(command -v aws >/dev/null && aws --version 2>&1), $(uname -sm), $(nproc) processors, median of $runs"
made=0
for count in 10 1000; do
    "$rhain" run "$scratch/fleet.rhai" --name "fleet-$count" --count $((count - made))
    made=$count
    seen=$("$rhain" -e 'servers().len')
    [ "$seen" = "$count" ] || { echo "$seen instances instead of $count" >&2; exit 1; }
    ours=$(median "$runs" "$rhain" -e 'servers().len')
    row "rhain -e 'servers().len', $count instances" "$ours" "$(peak "$rhain" -e 'servers().len')"
    table=$(median "$runs" "$rhain" -e 'servers()')
    row "rhain -e 'servers()', $count instances" "$table" "$(peak "$rhain" -e 'servers()')"
    "$rhain" --stats -e 'servers()' 2>&1 >/dev/null | awk '/requests/ { print "    " $0 }'
    if command -v aws >/dev/null; then
        theirs=$(median $((runs / 3 > 0 ? runs / 3 : 1)) aws ec2 describe-instances)
        row "aws ec2 describe-instances, $count instances" "$theirs" "$(peak aws ec2 describe-instances)"
        told=$(aws ec2 describe-instances | grep -c '"InstanceId": "i-' || true)
        [ "$told" -ge "$count" ] || { echo "aws tells $told instances instead of $count" >&2; exit 1; }
        awk -v ours="$ours" -v table="$table" -v theirs="$theirs" \
            'BEGIN { printf "    %.0f times as long as `servers().len`, %.0f times as `servers()`\n", theirs / ours, theirs / table }'
    else
        echo "aws is not on PATH: nothing to compare with"
    fi
done
