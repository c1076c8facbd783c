#!/usr/bin/env bash
# What a stack of 300 resources costs to make and to wait for, on `rhain sim`: by rhain on Heat and on CloudFormation, by
# python-heatclient and by boto3 with its waiter. One run, one machine, one cloud; docs/benchmarks.md keeps the results.
#
# usage: benches/stacks.sh [RHAIN]     default: target/release/rhain, built first
#   HEAT_PYTHON, BOTO_PYTHON  a Python that has python-heatclient, and one that has boto3 (default: python3)
#   COUNT                     how many resources (default 300)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
count=${COUNT:-300}
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
export HOME=$scratch NO_COLOR=1 AWS_EC2_METADATA_DISABLED=true

"$rhain" sim --clouds-yaml "$scratch/clouds.yaml" --aws-config "$scratch/aws" >"$scratch/sim.log" 2>&1 &
sim=$!
for ((n = 0; n < 100; n++)); do
    [ -s "$scratch/clouds.yaml" ] && [ -s "$scratch/aws" ] && break
    sleep 0.1
done
[ -s "$scratch/aws" ] || { cat "$scratch/sim.log" >&2; exit 1; }
export OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml AWS_CONFIG_FILE=$scratch/aws AWS_SHARED_CREDENTIALS_FILE=$scratch/none AWS_PROFILE=sim

{
    printf 'heat_template_version: 2018-08-31\nresources:\n'
    for ((n = 0; n < count; n++)); do printf '  r%d: {type: OS::Heat::RandomString}\n' "$n"; done
} >"$scratch/heat.yaml"
{
    printf 'Resources:\n'
    for ((n = 0; n < count; n++)); do printf '  R%d: {Type: AWS::SNS::Topic}\n' "$n"; done
} >"$scratch/aws.yaml"
cat >"$scratch/stack.rhai" <<'SCRIPT'
let s = create_stack(param("name"), #{ template_file: param("template") }).wait_ready();
print(`${s.status} ${s.stack_resources().len()}`);
SCRIPT

row() { printf '%-46s %8s s %6s requests\n' "$@"; }

# ours WHAT CLOUD TEMPLATE
ours() {
    local from=${EPOCHREALTIME/[.,]/} told
    told=$("$rhain" --cloud "$2" --stats --allow-read run "$scratch/stack.rhai" --name "ours" --template "$scratch/$3.yaml" 2>"$scratch/stats")
    local to=${EPOCHREALTIME/[.,]/}
    [ "$told" = "CREATE_COMPLETE $count" ] || { cat "$scratch/stats" >&2; echo "$1: $told" >&2; exit 1; }
    row "$1" "$(awk -v us=$((to - from)) 'BEGIN { printf "%.1f", us / 1e6 }')" "$(sed -n 's/^.*: \([0-9]*\) requests.*/\1/p' "$scratch/stats" | head -n 1)"
}

echo "$("$rhain" --version), $(uname -sm), $(nproc) processors, $count resources"
ours "rhain, Heat" sim heat
ours "rhain, CloudFormation" aws:sim aws
peer() {
    local python=$1 module=$2
    shift 2
    if "$python" -c "import $module" 2>/dev/null; then
        "$python" -W ignore benches/peers/stacks.py "$@"
    else
        echo "NOT RUN: $python has no $module"
    fi
}
peer "${HEAT_PYTHON:-python3}" heatclient heat "$scratch/heat.yaml" "$count"
peer "${BOTO_PYTHON:-python3}" boto3 boto "$scratch/aws.yaml" "$count"
