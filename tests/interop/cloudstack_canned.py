"""libcloud's canned CloudStack answers, read from the installed package, replayed to rhain.

usage: cloudstack_canned.py RHAIN SCRATCH

A server of a few lines answers each command with the canned answer that is next in turn; a script calls every command once for
each, and prints what the driver made of it. Lists of nouns are read by the verbs of their noun as well.
"""

import collections
import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse

import libcloud

RHAIN, SCRATCH = sys.argv[1:3]
FOLDER = os.path.join(os.path.dirname(libcloud.__file__), "test", "compute", "fixtures", "cloudstack")
SECRET = {"privatekey", "secretkey", "password", "sessionkey"}

canned = collections.defaultdict(dict)
for name in sorted(os.listdir(FOLDER)):
    if name.endswith(".json") and "_" in name:
        command, tag = name[:-len(".json")].split("_", 1)
        with open(os.path.join(FOLDER, name)) as file:
            canned[command][tag] = file.read()
if len(canned) < 60:
    sys.exit(f"{FOLDER} holds the answers of {len(canned)} commands: is this apache-libcloud?")
turns = [(command, tag) for command in canned for tag in canned[command] if command != "queryAsyncJobResult"]
waiting = collections.deque()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        query = urllib.parse.urlsplit(self.path).query + "&" + self.rfile.read(length).decode()
        asked = dict(urllib.parse.parse_qsl(query))
        body = answer(asked).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


def answer(asked):
    command = asked.get("command", "")
    if command == "queryAsyncJobResult":
        return canned[command].get(asked["jobid"], '{"queryasyncjobresultresponse": {"jobstatus": 1, "jobresult": {}}}')
    if asked.get("page", "1") != "1":
        return '{"beyondresponse": {}}'
    if waiting and waiting[0][0] == command:
        return canned[command][waiting.popleft()[1]]
    return canned.get(command, {}).get("default", '{"noresponse": {}}')


def inner(text):
    (value,) = json.loads(text).values()
    return value


def without_secrets(value):
    if isinstance(value, dict):
        return {key: without_secrets(one) for key, one in value.items() if key not in SECRET}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


def run(script):
    path = os.path.join(SCRATCH, "canned.rhai")
    with open(path, "w") as file:
        file.write(script)
    environment = {"PATH": os.environ["PATH"], "HOME": SCRATCH, "CLOUDSTACK_KEY": "K", "CLOUDSTACK_SECRET": "S",
                   "CLOUDSTACK_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}/client/api"}
    done = subprocess.run([RHAIN, "run", "--cloud", "cloudstack", "--no-color", path], env=environment, text=True,
                          capture_output=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"rhain ended with {done.returncode}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

# Every canned answer, by `api`.
waiting.extend(turns)
calls = [f'try {{ print(to_json(api("cloudstack", "{command}", #{{ wait: false }}))); }} '
         'catch (e) { print(to_json(#{ refused: e.kind, status: e.status })); }'
         for command, _ in turns]
got = run("\n".join(calls))
if len(got) != len(turns):
    sys.exit(f"{len(turns)} answers were canned, {len(got)} came out")
refused = 0
for (command, tag), made in zip(turns, got):
    wanted = inner(canned[command][tag])
    if "errortext" in wanted:
        refused += 1
        expected = {"refused": made.get("refused"), "status": wanted["errorcode"]}
        if made != expected or made["refused"] not in ("invalid_argument", "not_found", "conflict"):
            sys.exit(f"{command} {tag}: got {made}")
    elif wanted.get("success") in (False, "false"):
        refused += 1
        if made.get("refused") != "failed":
            sys.exit(f"{command} {tag}: got {made}")
    elif without_secrets(made) != without_secrets(wanted):
        sys.exit(f"{command} {tag}: got {made}\nwanted {wanted}")
if waiting:
    sys.exit(f"never asked for: {list(waiting)}")
print("ok ", len(turns), "canned answers of", len(canned) - 1, "commands,", refused, "of them refusals")

# Jobs, each waited for.
jobs = canned["queryAsyncJobResult"]
canned["startVirtualMachine"] = {job: json.dumps({"r": {"jobid": job}}) for job in jobs}
waiting.extend(("startVirtualMachine", job) for job in jobs)
call = ('try { print(to_json(api("cloudstack", "startVirtualMachine", #{}))); } '
        'catch (e) { print(to_json(#{ refused: e.kind })); }')
got = run("\n".join(call for _ in jobs))
for job, made in zip(jobs, got):
    told = inner(jobs[job])
    wanted = {"refused": "failed"} if told["jobstatus"] == 2 else told.get("jobresult", {})
    if without_secrets(made) != without_secrets(wanted):
        sys.exit(f"job {job}: got {made}\nwanted {wanted}")
print("ok ", len(jobs), "canned results of jobs")

# The lists that are nouns, by their verbs.
NOUNS = [("servers", "listVirtualMachines", "virtualmachine"), ("images", "listTemplates", "template"),
         ("flavors", "listServiceOfferings", "serviceoffering"), ("volumes", "listVolumes", "volume"),
         ("snapshots", "listSnapshots", "snapshot"), ("networks", "listNetworks", "network"),
         ("security_groups", "listSecurityGroups", "securitygroup"), ("keypairs", "listSSHKeyPairs", "sshkeypair"),
         ("public_ips", "listPublicIpAddresses", "publicipaddress")]
lines = [f"print(to_json({verb}().map(|one| {'one.address' if verb == 'public_ips' else 'one.name'})));"
         for verb, _, _ in NOUNS]
got = run("\n".join(lines))
for (verb, command, key), made in zip(NOUNS, got):
    rows = inner(canned[command]["default"]).get(key, [])
    seen = {row.get("id", row.get("name")): row.get("ipaddress" if verb == "public_ips" else "name") for row in rows}
    if sorted(map(str, made)) != sorted(map(str, seen.values())):
        sys.exit(f"{verb}: got {made}, wanted {list(seen.values())}")
    print("ok ", verb, len(made))
