#!/bin/sh
# gophercloud, unchanged, against `rhain sim`, or against the OpenStack that the environment names: the same program, the same
# assertions (gophercloud/main.go). Exits non-zero at the first difference, and with 77 where there is no Go or no module.
#
# usage: gophercloud.sh [SCRATCH]
#   SCRATCH  a folder for the program and the logs (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   OS_CLIENT_CONFIG_FILE, OS_CLOUD   where set, that cloud in place of `rhain sim`
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

PATH=$PATH:/usr/local/go/bin
if ! command -v go >/dev/null; then
    echo "!!!!!!!!!!!!!!!! gophercloud was NOT run: there is no Go (https://go.dev/dl)" >&2
    exit 77
fi
if ! (cd "$here/gophercloud" && go mod download); then
    echo "!!!!!!!!!!!!!!!! gophercloud was NOT run: its modules cannot be downloaded" >&2
    exit 77
fi
(cd "$here/gophercloud" && go build -o "$scratch/gophercloud" .)
if [ -z "${OS_CLOUD:-}" ]; then
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
    OS_CLIENT_CONFIG_FILE=$scratch/clouds.yaml OS_CLOUD=sim
    export OS_CLIENT_CONFIG_FILE OS_CLOUD
fi
"$scratch/gophercloud"
