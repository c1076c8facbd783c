#!/bin/sh
# cs and libcloud, unchanged from PyPI, against the CloudStack face of `rhain sim`, and libcloud's canned answers against the
# driver; py-acs-sdk where a Python 3.12 is found, cloudmonkey 5 where a Python 2.7 is. Exits non-zero at the first difference.
#
# usage: cloudstack.sh [SCRATCH]
#   SCRATCH    a folder for the Python environments and the logs, kept for the next run (default: a new one, removed after)
#   RHAIN      the command to run (default: target/debug/rhain of this checkout)
#   PYTHON     the Python to make the environment with (default: python3)
#   PYTHON312  a Python 3.12 for py-acs-sdk, PYTHON27 a Python 2.7 for cloudmonkey 5 (default: what is found)
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

# python_of VERSION GIVEN: a Python of this version that starts, or nothing.
python_of() {
    for one in "$2" "python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if [ -n "$one" ] && "$one" -c 'import sys' 2>/dev/null; then
            command -v "$one"
            return
        fi
    done
}
python312=$(python_of 3.12 "${PYTHON312:-}")
python27=$(python_of 2.7 "${PYTHON27:-}")

if [ ! -x "$scratch/venv/bin/cs" ]; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check cs apache-libcloud
fi
"$scratch/venv/bin/pip" list 2>/dev/null | grep -iE '^(cs|apache-libcloud) ' || true

for name in $(env | sed -n 's/^\(CLOUDSTACK_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY || true
# Nothing of whoever runs this is read.
HOME=$scratch/home
export HOME
mkdir -p "$HOME"
cd "$HOME"
rm -f "$scratch/cloudstack.ini"
"$rhain" sim --port 0 --clouds-yaml "$scratch/clouds.yaml" --cloudstack-config "$scratch/cloudstack.ini" \
    >"$scratch/sim.log" 2>&1 &
sim=$!
tries=0
while [ ! -s "$scratch/cloudstack.ini" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ] || ! kill -0 "$sim" 2>/dev/null; then
        cat "$scratch/sim.log" >&2
        echo "rhain sim did not start" >&2
        exit 1
    fi
    sleep 0.1
done

setting() { sed -n "s/^$1 = //p" "$scratch/cloudstack.ini" | head -n 1; }
CLOUDSTACK_ENDPOINT=$(setting endpoint)
CLOUDSTACK_KEY=$(setting key)
CLOUDSTACK_SECRET=$(setting secret)
export CLOUDSTACK_ENDPOINT CLOUDSTACK_KEY CLOUDSTACK_SECRET

echo "== cs"
"$scratch/venv/bin/python" "$here/cloudstack_cs.py"
got=$(env -u CLOUDSTACK_ENDPOINT -u CLOUDSTACK_KEY -u CLOUDSTACK_SECRET CLOUDSTACK_CONFIG="$scratch/cloudstack.ini" \
    "$scratch/venv/bin/cs" listZones | grep -c '"name": "sim"')
[ "$got" = 1 ] || { echo "the program cs does not list the zone" >&2; exit 1; }
echo "ok  cs as a program, by its file"

echo "== libcloud"
"$scratch/venv/bin/python" "$here/cloudstack_libcloud.py"

echo "== libcloud's canned answers"
"$scratch/venv/bin/python" "$here/cloudstack_canned.py" "$(command -v "$rhain")" "$scratch"

echo "== py-acs-sdk"
if [ -z "$python312" ]; then
    echo "!!!!!!!!!!!!!!!! NOT RUN: py-acs-sdk needs a Python 3.12, and none is found (PYTHON312 names one)"
else
    if [ ! -d "$scratch/acs" ]; then
        "$python312" -m venv "$scratch/acs"
        "$scratch/acs/bin/pip" install --quiet --disable-pip-version-check py-acs-sdk
    fi
    "$scratch/acs/bin/python" "$here/cloudstack_acs.py"
fi

echo "== cloudmonkey 5"
if [ -z "$python27" ]; then
    echo "!!!!!!!!!!!!!!!! NOT RUN: cloudmonkey 5 needs a Python 2.7, and none is found (PYTHON27 names one)"
else
    if [ ! -d "$scratch/cmk/cloudmonkey" ]; then
        "$python27" -m pip install --quiet --disable-pip-version-check --target "$scratch/cmk" cloudmonkey 2>/dev/null
    fi
    mkdir -p "$HOME/.cloudmonkey"
    cat >"$HOME/.cloudmonkey/config" <<CONFIG
[core]
profile = sim
asyncblock = true
paramcompletion = false
history_file = $HOME/.cloudmonkey/history
log_file = $HOME/.cloudmonkey/log
cache_file = $HOME/.cloudmonkey/cache

[ui]
color = false
prompt = >
display = default

[sim]
url = $CLOUDSTACK_ENDPOINT
timeout = 60
apikey = $CLOUDSTACK_KEY
secretkey = $CLOUDSTACK_SECRET
verifysslcert = false
signatureversion = 3
expires = 600
CONFIG
    # cmk WORDS…: what cloudmonkey says.
    cmk() { PYTHONPATH=$scratch/cmk "$python27" "$scratch/cmk/bin/cloudmonkey" "$@"; }
    # has WHAT WORDS TEXT: the text has these words.
    has() {
        case $3 in
            *"$2"*) echo "ok  $1" ;;
            *) printf '%s: no `%s` in\n%s\n' "$1" "$2" "$3" >&2; exit 1 ;;
        esac
    }
    # id KEY TEXT: the first id of a text.
    id() { printf '%s\n' "$1" | sed -n 's/^ *"\{0,1\}id"\{0,1\} *[:=] *"\{0,1\}\([0-9a-f-]\{36\}\).*/\1/p' | head -n 1; }
    has "sync" "APIs" "$(cmk sync 2>&1)"
    zones=$(cmk list zones)
    has "zones" "name = sim" "$zones"
    templates=$(cmk list templates templatefilter=executable)
    offerings=$(cmk list serviceofferings name=m1.small)
    deployed=$(cmk deploy virtualmachine name=monkey "zoneid=$(id "$zones")" "templateid=$(id "$templates")" \
        "serviceofferingid=$(id "$offerings")" 2>&1)
    has "deploy waits for its job" "state = Running" "$deployed"
    machine=$(id "$(cmk list virtualmachines name=monkey)")
    has "stop" "state = Stopped" "$(cmk stop virtualmachine "id=$machine" 2>&1)"
    has "destroy" "state = Destroyed" "$(cmk destroy virtualmachine "id=$machine" 2>&1)"
fi
echo "all is as it should be"
