#!/usr/bin/env bash
# Stacks on a real Heat and on its CloudFormation endpoint, by every way in that its users have: a login, EC2 keys in a ~/.boto as
# boto's users have it (signed in version 2 and 4), and a bare token with an address. The runbook of stacks prints the same on all
# of them. Exits non-zero at the first difference; what it makes it deletes, the keys too.
#
# usage: heat.sh [SCRATCH]
#   SCRATCH  a folder for files and logs (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   OS_CLIENT_CONFIG_FILE, OS_CLOUD   the OpenStack cloud
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rhain=${RHAIN:-$root/target/debug/rhain}
export NO_COLOR=1
made= key=
if [ $# -gt 0 ]; then scratch=$1 && mkdir -p "$scratch"; else made=$(mktemp -d) scratch=$made; fi
own() { "$rhain" "$@"; }
# bare NAME=VALUE… : the program with nothing of the user's own but these.
bare() { env -i PATH="$PATH" NO_COLOR=1 HOME="$scratch/home" "$@"; }
finish() {
    status=$?
    if [ -n "$key" ]; then
        own run - --key "$key" >/dev/null 2>&1 <<'SCRIPT' || true
let key = param("key");
let user = api("identity", "GET", "/credentials?type=ec2").credentials.filter(|c| c.blob.contains(key))[0].user_id;
api("identity", "DELETE", `/users/${user}/credentials/OS-EC2/${key}`);
SCRIPT
    fi
    if [ -n "$made" ]; then rm -rf "$made"; fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

# must WHAT WANTED GOT
must() {
    if [ "$2" != "$3" ]; then
        echo "$1: got $3, wanted $2" >&2
        exit 1
    fi
    echo "ok  $1"
}

mkdir -p "$scratch/home/.config/rhain"
echo "== keys, with nothing but a login"
own -e 'let k = create_ec2_credential(); print(`${k.access} ${reveal(k.secret)}`)' >"$scratch/keys"
read -r key secret <"$scratch/keys"
must "the keys are listed" true "$(own -e "ec2_credentials().some(|k| k.access == \"$key\")")"
cfn=$(own -e 'catalog().cloudformation')
cfn=${cfn//\"/}
host=${cfn#*://} host=${host%%[:/]*}

cat >"$scratch/home/.boto" <<BOTO
[Credentials]
aws_access_key_id = $key
aws_secret_access_key = $secret

[Boto]
debug = True
is_secure = False
cfn_region_name = heat
cfn_region_endpoint = $host
BOTO
cat >"$scratch/home/.config/rhain/config.toml" <<TOML
[clouds.second]
provider = "aws"
cloudformation_endpoint_url = "$cfn"
signature_version = 2
aws_access_key_id = "$key"
aws_secret_access_key = "$secret"
TOML

echo "== ListStacks, signed in version 4 and 2"
name=rhain-heat-$$
own -e "create_stack(\"$name\", #{ template: \"heat_template_version: 2018-08-31\" }).wait_ready(); ()" >/dev/null 2>&1
listed='api("cloudformation", "ListStacks", #{}).StackSummaries.some(|s| s.StackName == "'$name'")'
must "a ~/.boto, version 4" true "$(bare "$rhain" --cloud boto -e "$listed")"
must "keys, version 2" true "$(bare "$rhain" --cloud second -e "$listed")"
must "stacks() of a ~/.boto" true "$(bare "$rhain" --cloud boto -e "stacks().some(|s| s.name == \"$name\")")"
must "stacks() in version 2" true "$(bare "$rhain" --cloud second -e "stacks().some(|s| s.name == \"$name\")")"

echo "== HEAT_URL and OS_AUTH_TOKEN alone"
heat=$(own -e 'catalog().orchestration')
token=$(python3 - "$OS_CLIENT_CONFIG_FILE" "$OS_CLOUD" <<'PY'
import json, re, sys, urllib.request
text, cloud = open(sys.argv[1]).read(), sys.argv[2]
entry = re.split(r"(?m)^  (?=\S)", text)
entry = next(part for part in entry if part.startswith(cloud + ":"))
auth = dict(re.findall(r"(?m)^\s+(\w+): (\S+)$", entry))
domain = lambda key: {"name": auth.get(key, "Default")}
user = {"name": auth["username"], "password": auth["password"], "domain": domain("user_domain_name")}
body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}},
                 "scope": {"project": {"name": auth["project_name"], "domain": domain("project_domain_name")}}}}
request = urllib.request.Request(auth["auth_url"].rstrip("/") + "/auth/tokens", json.dumps(body).encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=30).headers["X-Subject-Token"])
PY
)
must "stacks() of a bare token" true "$(bare HEAT_URL="${heat//\"/}" OS_AUTH_TOKEN="$token" "$rhain" -e "stacks().some(|s| s.name == \"$name\")")"
own -e "delete(stack(\"$name\"), #{ wait: true }); ()" >/dev/null 2>&1

echo "== the runbook of stacks"
wanted() { sed "s/tutorial-stack/$1/" "$root/tests/cases/scripts/14-stack.out"; }
same() {
    local name=$1 && shift
    "$@" run "$root/scripts/14-stack.rhai" --name "$name" >"$scratch/$name.out" 2>"$scratch/$name.err" || {
        cat "$scratch/$name.out" "$scratch/$name.err" >&2
        echo "the runbook of stacks ended with an error: $name" >&2
        exit 1
    }
    wanted "$name" | diff -u - "$scratch/$name.out" || { echo "the runbook of stacks prints something else: $name" >&2; exit 1; }
    echo "ok  $name"
}
same rhain-heat own
on_cfn() { bare "$rhain" --cloud boto "$@" --service heat-cfn; }
same rhain-cfn on_cfn
on_second() { bare "$rhain" --cloud second "$@" --service heat-cfn; }
same rhain-cfn-2 on_second
echo "all of it passed"
