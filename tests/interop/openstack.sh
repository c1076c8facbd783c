#!/bin/sh
# python-openstackclient and openstacksdk, unchanged from PyPI, against `rhain sim`. Exits non-zero at the first difference.
#
# usage: openstack.sh [SCRATCH]
#   SCRATCH  a folder for the Python environment and the logs, kept for the next run (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   PYTHON   the Python to make the environment with (default: python3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rhain=${RHAIN:-$here/../../target/debug/rhain}
if [ $# -gt 0 ]; then
    scratch=$1
    mkdir -p "$scratch"
    made=
else
    scratch=$(mktemp -d)
    made=$scratch
fi
sim=
finish() {
    status=$?
    if [ -n "$sim" ]; then kill "$sim" 2>/dev/null || true; fi
    if [ -n "$made" ]; then rm -rf "$made"; fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ ! -x "$scratch/venv/bin/openstack" ]; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check python-openstackclient openstacksdk
fi
PATH=$scratch/venv/bin:$PATH
pip list 2>/dev/null | grep -iE '^(python-openstackclient|openstacksdk) ' || true

for name in $(env | sed -n 's/^\(OS_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY || true
rm -f "$scratch/clouds.yaml"
"$rhain" sim --port 0 --clouds-yaml "$scratch/clouds.yaml" >"$scratch/sim.log" 2>&1 &
sim=$!
tries=0
while [ ! -s "$scratch/clouds.yaml" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$sim" 2>/dev/null; then
        cat "$scratch/sim.log" >&2
        echo "rhain sim did not start" >&2
        exit 1
    fi
    sleep 0.1
done
export OS_CLIENT_CONFIG_FILE="$scratch/clouds.yaml" OS_CLOUD=sim

echo "== openstacksdk"
python "$here/openstack_sdk.py" sim

echo "== python-openstackclient"
# must WHAT WANTED COMMAND…: the command's output is what is wanted.
must() {
    what=$1 wanted=$2
    shift 2
    if ! got=$("$@" 2>"$scratch/stderr"); then
        cat "$scratch/stderr" >&2
        echo "$what: \`$*\` ended with an error" >&2
        exit 1
    fi
    if [ "$got" != "$wanted" ]; then
        printf '%s: got\n%s\nwanted\n%s\n' "$what" "$got" "$wanted" >&2
        exit 1
    fi
    echo "ok  $what"
}
# refused WHAT WORDS COMMAND…: the command fails, and says so in these words.
refused() {
    what=$1 words=$2
    shift 2
    if "$@" >/dev/null 2>"$scratch/stderr"; then
        echo "$what: was not refused" >&2
        exit 1
    fi
    if ! grep -qF "$words" "$scratch/stderr"; then
        cat "$scratch/stderr" >&2
        echo "$what: refused in other words" >&2
        exit 1
    fi
    echo "ok  $what"
}
status() { openstack server show "$1" -f value -c status; }
project=$(openstack token issue -f value -c project_id)
must "token" "$project" openstack --os-cloud sim-admin project show demo -f value -c id
must "image list" "cirros active" openstack image list -f value -c Name -c Status
must "image show" "1100
active" openstack image show cirros -f value -c size -c status
must "flavor list" "m1.tiny 512
m1.small 2048
m1.medium 4096
m1.large 8192
m1.nano 64
m1.xlarge 16384" openstack flavor list -f value -c Name -c RAM
must "flavor show" "512" openstack flavor show m1.tiny -f value -c ram
must "server list" "" openstack server list -f value
must "server create" "ACTIVE" openstack server create --image cirros --flavor m1.tiny --network private \
    --property role=web --wait cli -f value -c status
must "server list shows it" "cli ACTIVE cirros m1.tiny" \
    openstack server list -f value -c Name -c Status -c Image -c Flavor
openstack server set --property tier=1 cli
must "server metadata" '{"role": "web", "tier": "1"}' \
    sh -c 'openstack server show cli -f json -c properties | python -c "import json,sys; print(json.dumps(json.load(sys.stdin)[\"properties\"], sort_keys=True))"'
openstack server unset --property role cli
openstack server resize --flavor m1.small --wait cli >/dev/null
must "server resize" "VERIFY_RESIZE" status cli
openstack server resize confirm cli
tries=0
while [ "$(status cli)" != ACTIVE ] && [ $tries -lt 30 ]; do tries=$((tries + 1)); done
must "server resize confirm" "ACTIVE" status cli
openstack server reboot --wait cli >/dev/null
must "server reboot" "ACTIVE" status cli
openstack server reboot --hard --wait cli >/dev/null
must "server reboot --hard" "ACTIVE" status cli
openstack server rebuild --image cirros --wait cli >/dev/null
must "server rebuild" "ACTIVE" status cli
openstack server image create --name snap --wait cli >/dev/null
must "server image create" "active" openstack image show snap -f value -c status
openstack server stop cli
tries=0
while [ "$(status cli)" != SHUTOFF ] && [ $tries -lt 30 ]; do tries=$((tries + 1)); done
must "server stop" "SHUTOFF" status cli
refused "server pause when stopped" "while it is in vm_state stopped" openstack server pause cli
refused "server create of m1.nano" "Only volume-backed servers are allowed" \
    openstack server create --image cirros --flavor m1.nano --network private nano
refused "a wrong password" "The request you have made requires authentication." \
    openstack --os-password wrong server list
must "server delete" "" openstack server delete --wait cli
must "image delete" "" openstack image delete snap
must "server list is empty" "" openstack server list -f value
must "image list is as before" "cirros" openstack image list -f value -c Name
echo "all is as it should be"
