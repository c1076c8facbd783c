#!/usr/bin/env bash
# A Nova whose API is frozen, stopped and started anew in the middle of a boot of 20 servers.
#
#   tests/interop/outage.sh REAL_CLOUD_PROGRAM SCRATCH
#
# RHAIN is the program to test. REALCLOUD_DIR/run/nova-api.pid holds the process and its start time; it runs again when this
# ends, whatever happens. In each scene the script ends with all 20 servers ACTIVE, or says of each that exists that it does
# or may; no server has a twin. A Nova that ends between its database and its message bus forgets to schedule what it had
# answered for: that server stays in BUILD, and the wait for it names it when its time is over.
set -euo pipefail
real=$1 scratch=$2
rhain=${RHAIN:?the program to test}
dir=${REALCLOUD_DIR:-/tmp/realcloud}
export OS_CLIENT_CONFIG_FILE=$dir/clouds.yaml OS_CLOUD=realcloud NO_COLOR=1
mkdir -p "$scratch"

api() {
    local pid at
    read -r pid at <"$dir/run/nova-api.pid"
    # The process of that file and no other: field 22 of its stat is its start.
    [ "$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)" = "$at" ] && echo "$pid"
}

answers() { curl --silent --output /dev/null --max-time 5 http://127.0.0.1:8774/; }

# Whatever ends this, the API goes on.
mend() {
    local pid
    if pid=$(api 2>/dev/null); then kill -CONT "$pid" 2>/dev/null || true; fi
    answers || "$real" start >"$scratch/start.log" 2>&1 || true
}
trap mend EXIT

cat >"$scratch/fleet.rhai" <<'RHAI'
let prefix = param("prefix", "");
let specs = [];
for n in 1..=20 { specs.push(#{ name: `${prefix}-${n}`, image: "cirros", flavor: "m1.tiny" }); }
try {
    let fleet = boot_all(specs).wait_active("2m");
    print(`all ${fleet.len()}`);
    for s in fleet { print(`has ${s.name}`); }
} catch (e) {
    print(`error ${e.kind}`);
    for x in e.exists { print(`has ${x.name}`); }
    let at = 0;
    for r in e.results {
        if is_error(r) { print(`may ${specs[at].name} ${r.kind}: ${r.message}`); } else { print(`has ${r.name}`); }
        at += 1;
    }
}
RHAI

names() { "$rhain" --format json -e "servers(#{ name: \"$1-*\" }).map(|s| s.name)" | tr -d '[]" ' | tr ',' '\n' | grep . | sort; }

# scene NAME BREAK: boots 20, and runs BREAK once the first create has been answered.
scene() {
    local name=$1 break=$2 prefix status=0 running
    prefix=out-$name-$$
    : >"$scratch/$name.err"
    "$rhain" run "$scratch/fleet.rhai" --prefix "$prefix" -v --stats --concurrency 4 --timeout 6s \
        >"$scratch/$name.out" 2>"$scratch/$name.err" &
    running=$!
    until grep -q '^POST .*/servers -> 202' "$scratch/$name.err" || ! kill -0 "$running" 2>/dev/null; do sleep 0.05; done
    "$break"
    wait "$running" || status=$?
    answers || { echo "$name: the API is not back"; return 1; }
    # What the cloud had taken up before it answered nobody may come late.
    sleep 5
    names "$prefix" >"$scratch/$name.names" || true
    echo "---- $name: exit $status, $(head -n 1 "$scratch/$name.out"), $(wc -l <"$scratch/$name.names") servers, $(grep -c '^POST .*/servers ->' "$scratch/$name.err") creates"
    grep -E '^(realcloud|waits): ' "$scratch/$name.err" || true
    local wrong=0 twins lost
    grep -Eq '^(all|error) ' "$scratch/$name.out" || { echo "$name: the script says nothing"; wrong=1; }
    twins=$(uniq -d "$scratch/$name.names")
    [ -z "$twins" ] || { echo "$name: made twice: $twins"; wrong=1; }
    awk '$1 == "has" || $1 == "may" { print $2 }' "$scratch/$name.out" | sort -u >"$scratch/$name.told"
    lost=$(comm -23 "$scratch/$name.names" "$scratch/$name.told")
    [ -z "$lost" ] || { echo "$name: exists and is not told of: $lost"; wrong=1; }
    lost=$(awk '$1 == "has" { print $2 }' "$scratch/$name.out" | sort -u | comm -23 - "$scratch/$name.names")
    [ -z "$lost" ] || { echo "$name: told of and does not exist: $lost"; wrong=1; }
    if grep -q '^all ' "$scratch/$name.out"; then
        [ "$(wc -l <"$scratch/$name.names")" = 20 ] || { echo "$name: not 20"; wrong=1; }
    fi
    "$rhain" -e "delete(servers(#{ name: \"$prefix-*\" }), #{ wait: true, missing_ok: true })" >/dev/null || wrong=1
    return $wrong
}

frozen() {
    local pid
    pid=$(api)
    kill -STOP "$pid"
    sleep 15
    kill -CONT "$pid"
}

# ended SIGNAL: ends the API so, and starts it anew once it is gone.
ended() {
    local pid
    pid=$(api)
    kill "-$1" "$pid"
    while [ -e "/proc/$pid" ]; do sleep 0.1; done
    "$real" start >"$scratch/start.log" 2>&1
}

stopped() { ended TERM; }

killed() { ended KILL; }

answers || { echo "no Nova answers"; exit 1; }
failed=0
for one in ${SCENES:-frozen stopped killed}; do
    scene "$one" "$one" || { failed=1; cat "$scratch/$one.out"; tail -n 30 "$scratch/$one.err"; }
done
exit $failed
