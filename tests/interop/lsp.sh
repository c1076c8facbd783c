#!/bin/sh
# pygls' client, unchanged from PyPI, with `rhain lsp`. Exits non-zero at the first difference.
#
# usage: lsp.sh [SCRATCH]
#   SCRATCH  a folder for the Python environment, kept for the next run (default: a new one, removed after)
#   RHAIN    the command to run (default: target/debug/rhain of this checkout)
#   PYTHON   the Python to make the environment with (default: python3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rhain=${RHAIN:-$here/../../target/debug/rhain}
if [ $# -gt 0 ]; then
    scratch=$1
    mkdir -p "$scratch"
else
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT TERM
fi
if [ ! -x "$scratch/venv/bin/python" ] || ! "$scratch/venv/bin/python" -c 'import pygls' 2>/dev/null; then
    "${PYTHON:-python3}" -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check 'pygls>=2,<3'
fi
"$scratch/venv/bin/pip" list 2>/dev/null | grep -iE '^(pygls|lsprotocol) ' || true
"$scratch/venv/bin/python" "$here/lsp_client.py" "$rhain"
