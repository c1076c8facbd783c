#!/bin/sh
# python-openstackclient, openstacksdk and python-heatclient, unchanged from PyPI, against `rhain sim`. Exits non-zero at the first difference.
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

if ! "$scratch/venv/bin/python" -c 'import openstackclient, heatclient' 2>/dev/null; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check python-openstackclient openstacksdk \
        python-heatclient
fi
PATH=$scratch/venv/bin:$PATH
pip list 2>/dev/null | grep -iE '^(python-openstackclient|openstacksdk|python-heatclient) ' || true

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

echo "== python-heatclient"
python "$here/stacks_heat.py" sim

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
# until WHAT WANTED COMMAND…: sooner or later the command's output is what is wanted.
until_is() {
    what=$1 wanted=$2
    shift 2
    tries=0
    while [ "$("$@" 2>/dev/null)" != "$wanted" ] && [ $tries -lt 30 ]; do tries=$((tries + 1)); done
    must "$what" "$wanted" "$@"
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
# To another host, which only an administrator may ask for.
host() { openstack --os-cloud sim-admin server show "$1" -f value -c OS-EXT-SRV-ATTR:host; }
refused "server migrate by an ordinary user" "403" openstack server migrate cli
# It finds a server of another project by id alone.
id=$(openstack server show cli -f value -c id)
before=$(host "$id")
openstack --os-cloud sim-admin server migrate --wait "$id" >/dev/null
must "server migrate" "VERIFY_RESIZE" status cli
openstack --os-cloud sim-admin server migration confirm "$id"
until_is "server migration confirm" "ACTIVE" status cli
must "it is on another host" "yes" sh -c '[ "$0" != "$1" ] && echo yes' "$before" "$(host "$id")"
before=$(host "$id")
openstack --os-cloud sim-admin server migrate --live-migration --wait "$id" >/dev/null
until_is "server migrate --live-migration" "ACTIVE" status cli
must "and on another again" "yes" sh -c '[ "$0" != "$1" ] && echo yes' "$before" "$(host "$id")"
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
must "network list" "private
public" sh -c 'openstack network list -f value -c Name | sort'
must "network create" "inner ACTIVE False" sh -c 'openstack network create inner -f json | python -c "import json,sys; n=json.load(sys.stdin); print(n[\"name\"], n[\"status\"], n[\"router:external\"])"'
# The client shows columns in an order of its own.
must "subnet create" "192.168.7.0/24
192.168.7.1" sh -c 'openstack subnet create --network inner --subnet-range 192.168.7.0/24 inner -f value -c gateway_ip -c cidr | sort'
must "router create" "ACTIVE" openstack router create between -f value -c status
must "router set" "" openstack router set --external-gateway public between
must "router add subnet" "" openstack router add subnet between inner
must "port create" "192.168.7.9" sh -c 'openstack port create --network inner --fixed-ip ip-address=192.168.7.9 mine -f json -c fixed_ips | python -c "import json,sys; print(json.load(sys.stdin)[\"fixed_ips\"][0][\"ip_address\"])"'
must "security group create" "web" openstack security group create --description "web servers" web -f value -c name
must "security group rule create" "80
80
tcp" sh -c 'openstack security group rule create --protocol tcp --dst-port 80 --remote-ip 0.0.0.0/0 web -f value \
    -c protocol -c port_range_max -c port_range_min | sort'
refused "a security group rule twice" "Security group rule already exists." \
    openstack security group rule create --protocol tcp --dst-port 80 --remote-ip 0.0.0.0/0 web
must "security group rule list" "tcp 0.0.0.0/0 80:80" \
    openstack security group rule list web --protocol tcp --ingress -f value -c "IP Protocol" -c "Port Range" -c "IP Range"
must "server add security group" "" openstack server add security group cli web
must "server remove security group" "" openstack server remove security group cli web
must "floating ip create" "DOWN" sh -c 'openstack floating ip create --floating-ip-address 203.0.113.50 public --os-cloud sim-admin --project demo -f value -c status'
must "server add floating ip" "" openstack server add floating ip cli 203.0.113.50
must "floating ip list" "203.0.113.50 ACTIVE" sh -c 'openstack floating ip list --long -f value -c "Floating IP Address" -c Status'
must "server remove floating ip" "" openstack server remove floating ip cli 203.0.113.50
must "floating ip set" "" openstack floating ip set --port mine 203.0.113.50
must "floating ip unset" "" openstack floating ip unset --port 203.0.113.50
must "floating ip delete" "" openstack floating ip delete 203.0.113.50
must "volume create" "creating 1 fake" sh -c 'openstack volume create --size 1 --property a=b disk -f json | python -c "import json,sys; v=json.load(sys.stdin); print(v[\"status\"], v[\"size\"], v[\"type\"])"'
until_is "volume show" "available" openstack volume show disk -f value -c status
must "server add volume" "/dev/sdb" openstack server add volume cli disk -f value -c Device
until_is "volume list" "disk in-use 1" openstack volume list -f value -c Name -c Status -c Size
refused "volume delete in use" "Volume status must be available" openstack volume delete disk
must "server remove volume" "" openstack server remove volume cli disk
until_is "a volume is free again" "available" openstack volume show disk -f value -c status
must "volume set" "" openstack volume set --size 2 --name bigger disk
until_is "a volume is larger" "2
available" sh -c 'openstack volume show bigger -f value -c size -c status | sort'
must "volume snapshot create" "creating" openstack volume snapshot create --volume bigger snap -f value -c status
until_is "volume snapshot list" "snap available 2" openstack volume snapshot list -f value -c Name -c Status -c Size
must "volume create of a snapshot" "2" openstack volume create --snapshot snap other -f value -c size
# Bytes go up and come back as they were, and another project is let in.
other=$(openstack --os-cloud sim-admin project show alt -f value -c id)
head -c 3000000 /dev/urandom >"$scratch/image.raw"
openstack image create --disk-format raw --container-format bare --property use=test --file "$scratch/image.raw" \
    moved >/dev/null
must "image create of a file" "active 3000000 $(md5sum "$scratch/image.raw" | cut -d " " -f 1)" sh -c 'openstack image show moved -f json | python -c "import json,sys; i=json.load(sys.stdin); print(i[\"status\"], i[\"size\"], i[\"checksum\"])"'
must "image save" "" openstack image save --file "$scratch/image.copy" moved
must "the same bytes" "" cmp "$scratch/image.raw" "$scratch/image.copy"
must "image add project" "pending" openstack image add project moved "$other" -f value -c status
must "image member list" "$other pending" openstack image member list moved -f value -c "Member ID" -c Status
must "image set --accept" "" openstack --os-cloud sim-admin image set --accept --project "$other" moved
must "an accepted member" "accepted" openstack image member list moved -f value -c Status
must "image remove project" "" openstack image remove project moved "$other"
must "no members are left" "" openstack image member list moved -f value
must "image set" "" openstack image set --name kept --min-disk 2 --protected moved
refused "image delete of a protected one" "403" openstack image delete kept
must "image set --unprotected" "" openstack image set --unprotected kept
must "image delete of a moved one" "" openstack image delete kept
must "keypair create" "" sh -c 'openstack keypair create pair >"$0/pair" && rm "$0/pair"' "$scratch"
must "keypair list" "pair" openstack keypair list -f value -c Name
must "keypair delete" "" openstack keypair delete pair
must "volume backup create" "bigger-1" openstack volume backup create --name bigger-1 bigger -f value -c name
until_is "volume backup list" "bigger-1 available 2" openstack volume backup list -f value -c Name -c Status -c Size
must "volume backup restore" "bigger-2" openstack volume backup restore bigger-1 bigger-2 -f value -c volume_name
until_is "the restored volume" "available" openstack volume show bigger-2 -f value -c status
must "volume backup delete" "" openstack volume backup delete bigger-1
until_is "no backups are left" "" openstack volume backup list -f value
must "the restored volume goes" "" openstack volume delete bigger-2
until_is "one volume fewer" "bigger
other" sh -c 'openstack volume list -f value -c Name | sort'
must "limits" "3" sh -c 'openstack quota show -f json --usage | python -c "import json,sys; rows={r[\"Resource\"]: r for r in json.load(sys.stdin)}; print(rows[\"volumes\"][\"In Use\"] + rows[\"snapshots\"][\"In Use\"])"'
until_is "the volume of a snapshot" "available" openstack volume show other -f value -c status
must "volume delete" "" openstack volume delete other
must "volume snapshot delete" "" openstack volume snapshot delete snap
until_is "no snapshots are left" "" openstack volume snapshot list -f value
must "volume delete of another" "" openstack volume delete bigger
until_is "no volumes are left" "" openstack volume list -f value
must "port set" "" openstack port set --name ours --allowed-address ip-address=192.168.7.100 mine
must "port show" "192.168.7.100 DOWN" sh -c 'openstack port show ours -f json | python -c "import json,sys; p=json.load(sys.stdin); print(p[\"allowed_address_pairs\"][0][\"ip_address\"], p[\"status\"])"'
must "port list of a name" "ours" openstack port list --name ours -f value -c Name
must "port delete" "" openstack port delete ours
must "server group create" "apart anti-affinity" sh -c 'openstack server group create --policy anti-affinity apart -f json | python -c "import json,sys; g=json.load(sys.stdin); print(g[\"name\"], g[\"policy\"])"'
must "server group list" "apart anti-affinity" openstack server group list -f value -c Name -c Policy
must "server group delete" "" openstack server group delete apart
must "no server groups are left" "" openstack server group list -f value
must "router remove subnet" "" openstack router remove subnet between inner
must "router delete" "" openstack router delete between
must "network delete" "" openstack network delete inner
must "security group delete" "" openstack security group delete web
cat >"$scratch/stack.yaml" <<'YAML'
heat_template_version: 2018-08-31
parameters:
  length: {type: number, default: 8}
resources:
  word: {type: OS::Heat::RandomString, properties: {length: {get_param: length}}}
  inner: {type: child.yaml, properties: {word: {get_resource: word}}}
outputs:
  word: {value: {get_attr: [inner, word]}}
YAML
cat >"$scratch/child.yaml" <<'YAML'
heat_template_version: 2018-08-31
parameters: {word: {type: string}}
resources:
  keep: {type: OS::Heat::Value, properties: {value: {get_param: word}}}
outputs:
  word: {value: {get_attr: [keep, value]}}
YAML
# With --wait the client prints the events too.
must "stack create" "CREATE_COMPLETE" sh -c 'openstack stack create -t "$0" --tags x,y --wait words -f value -c stack_status | tail -n 1' "$scratch/stack.yaml"
must "stack list" "words CREATE_COMPLETE" openstack stack list -f value -c "Stack Name" -c "Stack Status"
must "stack list by tags" "words" openstack stack list --tags x,y -f value -c "Stack Name"
must "stack show" "words" openstack stack show words -f value -c stack_name
must "stack output show" "8" sh -c 'openstack stack output show words word -f value -c output_value | tr -d "\n" | wc -c'
must "stack resource list" "inner
keep
word" sh -c 'openstack stack resource list words --nested-depth 2 -f value -c resource_name | sort'
must "stack resource show" "OS::Heat::RandomString" openstack stack resource show words word -f value -c resource_type
must "stack event list" "words CREATE_IN_PROGRESS" sh -c 'openstack stack event list words -f json | python -c "import json,sys; e=json.load(sys.stdin)[0]; print(e[\"resource_name\"], e[\"resource_status\"])"'
must "stack template show" "2018-08-31" sh -c 'openstack stack template show words | sed -n "s/^heat_template_version: //p" | tr -d "\047\042"'
must "stack update" "UPDATE_COMPLETE" sh -c 'openstack stack update --existing --parameter length=12 --wait words -f value -c stack_status | tail -n 1'
must "a longer word" "12" sh -c 'openstack stack output show words word -f value -c output_value | tr -d "\n" | wc -c'
must "stack update --dry-run" "word" sh -c 'openstack stack update --existing --parameter length=20 --dry-run words -f value -c replaced | grep -o word | head -n 1'
must "orchestration template validate" "length" sh -c 'openstack orchestration template validate -t "$0/child.yaml" -f json >/dev/null; openstack orchestration template validate -t "$0/stack.yaml" -f json | python -c "import json,sys; print(*json.load(sys.stdin)[\"Parameters\"])"' "$scratch"
must "orchestration resource type list" "OS::Nova::Server" sh -c 'openstack orchestration resource type list -f value | grep -x OS::Nova::Server'
must "stack check" "CHECK_COMPLETE" sh -c 'openstack stack check words --wait >/dev/null; openstack stack show words -f value -c stack_status'
refused "a second of that name" "The Stack (words) already exists." openstack stack create -t "$scratch/child.yaml" --parameter word=x words
refused "a parameter that is missing" "The Parameter (word) was not provided." openstack stack create -t "$scratch/child.yaml" other
must "ec2 credentials create" "32" sh -c 'openstack ec2 credentials create -f value -c access | tr -d "\n" | wc -c'
openstack stack delete --yes --wait words >/dev/null
must "stack list is empty" "" openstack stack list -f value
refused "server create of m1.nano" "Only volume-backed servers are allowed" \
    openstack server create --image cirros --flavor m1.nano --network private nano
refused "a wrong password" "The request you have made requires authentication." \
    openstack --os-password wrong server list
must "server delete" "" openstack server delete --wait cli
must "image delete" "" openstack image delete snap
must "server list is empty" "" openstack server list -f value
must "image list is as before" "cirros" openstack image list -f value -c Name
echo "all is as it should be"
