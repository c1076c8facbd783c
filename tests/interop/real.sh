#!/usr/bin/env bash
# Every test that needs a real OpenStack, on the one that $REALCLOUD_DIR/clouds.yaml (default: /tmp/realcloud) names
# `realcloud` and, for its administrator, `realcloud-admin`: the operations of the drivers, the ways to log in, and what a
# variable shows after a chain. Some minutes; the run of all checks has the runbooks, an outage and some faults instead.
#
# usage: real.sh [--short | FILTER…]
#   FILTER       only tests whose names have this (default: all)
#   --short      stacks alone: every statement of the field's cases, many at a time, and a token that ends in a wait
#   RHAIN_TESTS  the test program (default: what `cargo test --test all` builds)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export RUST_BACKTRACE=0 OS_CLIENT_CONFIG_FILE=${REALCLOUD_DIR:-/tmp/realcloud}/clouds.yaml OS_CLOUD=realcloud
export RHAIN_REAL_AUTH_URL=${RHAIN_REAL_AUTH_URL:-http://127.0.0.1:5000}
# Cargo names every program that it builds beside it, in no order that holds: the one of the target `all` is meant.
tests=${RHAIN_TESTS:-$(cargo test --test all --no-run --message-format json |
    sed -n '/"name":"all"/s/.*"executable":"\([^"]*\)".*/\1/p')}
[ -x "$tests" ] || { echo "real.sh: no test program was built"; exit 1; }
if [ "${1:-}" = --short ]; then
    exec "$tests" --ignored --test-threads 2 stacks::cases::every_statement stacks::cases::a_bare_token
fi
# What speaks EC2, and what runs for as long as it is told, is no matter of this cloud; an administrator is asked for below.
"$tests" --ignored --skip aws::real --skip on_a_real_ec2 --skip keys::real::moto --skip fuzz --skip administrator \
    --skip a_preview --skip cloudstack:: "$@"
# This one counts all stacks that there are.
[ $# -gt 0 ] || "$tests" --ignored stacks::cases::a_preview
[ $# -gt 0 ] || OS_CLOUD=realcloud-admin "$tests" --ignored administrator
