#!/usr/bin/env bash
# A large list: all servers of one `rhain sim` by rhain, by openstacksdk, and by curl, which reads the same pages and does
# nothing with them. In turns, in one run; it fails where a server is missing or a page is asked for twice.
# docs/benchmarks.md keeps the results.
#
# usage: benches/large_list.sh [RHAIN]     default: target/release/rhain, built first
#   COUNT   how many servers (default 10000)
#   TURNS   how often each goes; the median counts (default 3)
#   PYTHON  one that has openstacksdk; without it, one is made in SCRATCH from PyPI
#   SCRATCH a folder that is kept (default: a new one, removed after)
set -euo pipefail
exec </dev/null
there=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ $# -gt 0 ]; then
    rhain=$(realpath "$1")
else
    (cd "$there" && cargo build --release --locked --quiet)
    rhain=$(realpath "${CARGO_TARGET_DIR:-$there/target}/release/rhain")
fi
count=${COUNT:-10000} turns=${TURNS:-3}
sim= made=
finish() {
    if [ -n "$sim" ]; then kill "$sim" 2>/dev/null || true; fi
    if [ -n "$made" ]; then rm -rf "$made"; fi
}
trap finish EXIT
if [ -n "${SCRATCH:-}" ]; then
    scratch=$SCRATCH
    mkdir -p "$scratch"
else
    scratch=$(mktemp -d)
    made=$scratch
fi
for name in $(env | sed -n 's/^\(OS_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY RHAIN_CLOUD || true
python=${PYTHON:-$scratch/venv/bin/python}
if ! "$python" -c 'import openstack' 2>/dev/null; then
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check openstacksdk
    python=$scratch/venv/bin/python
fi
export HOME=$scratch NO_COLOR=1

rm -f "$scratch/clouds.yaml"
"$rhain" sim --clouds-yaml "$scratch/clouds.yaml" >"$scratch/sim.log" 2>&1 &
sim=$!
for ((n = 0; n < 100; n++)); do
    [ -s "$scratch/clouds.yaml" ] && break
    sleep 0.1
done
[ -s "$scratch/clouds.yaml" ] || { cat "$scratch/sim.log" >&2; exit 1; }
export OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml OS_CLOUD=sim

cat >"$scratch/fill.rhai" <<'SCRIPT'
let project = whoami().project;
let id = api("identity", "GET", "/auth/projects").projects.filter(|p| p.name == project)[0].id;
cloud("sim-admin").api("compute", "PUT", `/os-quota-sets/${id}`, #{ quota_set: #{ instances: -1, cores: -1, ram: -1 } });
let left = param("count", 1);
while left > 0 {
    let some = min(left, 1000);
    boot(`large-${left}`, #{ image: "cirros", flavor: "m1.tiny", count: some, networks: "none", wait: "10m" });
    left -= some;
}
SCRIPT
"$rhain" run "$scratch/fill.rhai" --count "$count"

# turn WHO COMMAND…: its time in microseconds and peak in KiB are added to the file of that name.
turn() {
    local who=$1 from to
    shift
    from=${EPOCHREALTIME/[.,]/}
    /usr/bin/time -f %M -o "$scratch/peak" "$@"
    to=${EPOCHREALTIME/[.,]/}
    echo "$((to - from)) $(tail -n 1 "$scratch/peak")" >>"$scratch/$who.turns"
}

# told WHO: the medians.
told() {
    local middle=$(((turns + 1) / 2)) us kib
    us=$(cut -d' ' -f1 "$scratch/$1.turns" | sort -n | sed -n "${middle}p")
    kib=$(cut -d' ' -f2 "$scratch/$1.turns" | sort -n | sed -n "${middle}p")
    awk -v who="$1" -v us="$us" -v kib="$kib" 'BEGIN { printf "%-14s %9.2f s %9.1f MiB\n", who, us / 1e6, kib / 1024 }'
}

listed='let all = servers(); print(`${all.len} ${unique(all.map(|s| s.id)).len}`)'
"$rhain" --trace "$scratch/trace" -e "$listed" >"$scratch/complete"
grep -qx "$count $count" "$scratch/complete" || { echo "not complete: $(cat "$scratch/complete")" >&2; exit 1; }
sed -n 's/.*"method":"GET".*"url":"\([^"]*servers\/detail[^"]*\)".*/\1/p' "$scratch/trace" >"$scratch/pages"
[ -s "$scratch/pages" ] || { echo "the trace shows no page" >&2; exit 1; }
[ "$(sort "$scratch/pages" | uniq -d | wc -l)" = 0 ] || { echo "a page was asked for twice" >&2; exit 1; }
token=$("$python" -c 'import openstack; print(openstack.connect().auth_token)')
awk -v token="$token" 'NR > 1 { print "next" }
    { printf "url = \"%s\"\noutput = /dev/null\ncompressed\nheader = \"X-Auth-Token: %s\"\nheader = \"X-OpenStack-Nova-API-Version: latest\"\n", $0, token }' \
    "$scratch/pages" >"$scratch/curl.conf"

rm -f "$scratch"/*.turns
for ((n = 0; n < turns; n++)); do
    turn rhain "$rhain" -q -e "$listed" >/dev/null
    turn curl curl --silent --fail --config "$scratch/curl.conf"
    turn openstacksdk "$python" "$there/benches/peers/list_sdk.py" >"$scratch/theirs"
    grep -qx "$count" "$scratch/theirs"
done
echo "$count servers in $(wc -l <"$scratch/pages") pages, each once; $("$rhain" --version), $(uname -sm), $(nproc) processors, median of $turns"
for who in rhain curl openstacksdk; do told $who; done
