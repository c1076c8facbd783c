#!/bin/sh
# The runbooks that run on every kind of cloud, on somebody else's EC2: moto's server from PyPI, which checks signatures and
# policies. They print what they print on the simulated clouds. Exits non-zero at the first difference.
#
# usage: moto.sh [SCRATCH]
#   SCRATCH  a folder for the Python environment and the logs, kept for the next run (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   RHAIN_TESTS  the program of the tests, for those of them that need such a cloud (default: none)
#   PYTHON   the Python to make the environment with (default: python3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
rhain=${RHAIN:-$root/target/debug/rhain}
if [ $# -gt 0 ]; then
    scratch=$1
    mkdir -p "$scratch"
    made=
else
    scratch=$(mktemp -d)
    made=$scratch
fi
server=
finish() {
    status=$?
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    if [ -n "$made" ]; then rm -rf "$made"; fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ ! -x "$scratch/venv/bin/moto_server" ]; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]' boto3
fi
PATH=$scratch/venv/bin:$PATH
for name in $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\|BOTO_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY || true
HOME=$scratch/home
export HOME
mkdir -p "$HOME"

port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
MOTO_ENABLE_AMI_VALIDATION=true MOTO_ENABLE_KEYPAIR_VALIDATION=true MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION=true \
    moto_server -H 127.0.0.1 -p "$port" >"$scratch/moto.log" 2>&1 &
server=$!
# A user who may do everything, with keys of its own; from then on every request is checked.
python - "http://127.0.0.1:$port" >"$scratch/keys" <<'PY'
import json, sys, time, urllib.request
import boto3

url = sys.argv[1]
for _ in range(240):
    try:
        urllib.request.urlopen(url + "/moto-api/data.json", timeout=5).read()
        break
    except OSError:
        time.sleep(0.25)
else:
    sys.exit("moto's server does not answer")
options = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
iam = boto3.client("iam", **options)
iam.create_user(UserName="operator")
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="operator", PolicyName="all", PolicyDocument=json.dumps(everything))
key = iam.create_access_key(UserName="operator")["AccessKey"]
image = boto3.client("ec2", **options).describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
request = urllib.request.Request(url + "/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})
urllib.request.urlopen(request, timeout=10).read()
print(key["AccessKeyId"], key["SecretAccessKey"], image)
PY
read -r access secret image <"$scratch/keys"
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID="$access" AWS_SECRET_ACCESS_KEY="$secret"

# same NAME ARGUMENT…: what a runbook prints, but for the names of image and flavors; and moto takes private addresses at
# random, so that two of a hundred may be alike.
same() {
    name=$1
    shift
    echo "== $name"
    "$rhain" --cloud aws run "$root/scripts/$name.rhai" --image "$image" --flavor t2.micro "$@" >"$scratch/$name.out"
    sed -E 's/(ACTIVE), t2\.micro, .*/\1, m1.tiny, cirros/; s/t2\.small/m1.small/; s/^9[0-9] addresses/100 addresses/' "$scratch/$name.out" |
        diff -u "$root/tests/cases/scripts/$name.out" -
}
same 01-hello --larger t2.small
same 05-fleet
same 06-ec2
same 07-orphans
same 12-rotate-keys

if [ -n "${RHAIN_TESTS:-}" ]; then
    echo "== what a variable shows after a chain, and every operation"
    RHAIN_REAL_EC2_IMAGE=$image RHAIN_REAL_EC2_URL=$AWS_ENDPOINT_URL RUST_BACKTRACE=0 \
        "$RHAIN_TESTS" --ignored on_a_real_ec2 aws::real
fi

# moto rolls nothing back: that part is left out.
echo "== 14-stack"
"$rhain" --cloud aws run "$root/scripts/14-stack.rhai" --skip rollback >"$scratch/14-stack.out" 2>"$scratch/14-stack.err" ||
    { cat "$scratch/14-stack.out" "$scratch/14-stack.err" >&2; exit 1; }
sed '/^the update is /d; /its note is still /d' "$root/tests/cases/scripts/14-stack.out" | diff -u - "$scratch/14-stack.out"

echo "== wrong keys are refused"
status=0
AWS_SECRET_ACCESS_KEY=wrong "$rhain" --cloud aws -e 'servers()' >"$scratch/refused.out" 2>&1 || status=$?
if [ $status -ne 3 ] || ! grep -q 'refuses the access key' "$scratch/refused.out"; then
    cat "$scratch/refused.out" >&2
    echo "wrong keys ended with $status, not 3" >&2
    exit 1
fi
echo "all of it passed"
