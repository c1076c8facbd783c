#!/usr/bin/env python3
"""One fault that strikes once, around each operation, on a real OpenStack: every run ends well, and the world shows one effect.

    settle.py [--short] [--operations boot,stop] [--faults reset-before,502-after] [--jobs N]

RHAIN is the program to test; OS_CLIENT_CONFIG_FILE and OS_CLOUD name the cloud. A proxy stands before Nova, and before nothing
else: it lets all requests through but one, which it breaks before or after Nova has seen it. `--short` is for CI: no hangs, and
boot, resize, confirm and delete alone. The last line counts; exit 1 where a cell ends otherwise. What a cell makes it deletes.
"""

import argparse
import concurrent.futures
import http.client
import http.server
import itertools
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse

RHAIN = os.environ["RHAIN"]
HANG = 8
TIMEOUT = "4s"

FAULTS = {
    "reset-before": ("reset", "before"),
    "reset-after": ("reset", "after"),
    "hang-before": ("hang", "before"),
    "hang-after": ("hang", "after"),
    "502-before": (502, "before"),
    "502-after": (502, "after"),
    "503": (503, "before"),
    "503-retry-after": (503, "before", "2"),
    "429": (429, "before"),
    "429-retry-after": (429, "before", "2"),
    "500": (500, "before"),
    "401": (401, "before"),
    "cut-off": ("cut", "after"),
    "garbled": ("garble", "after"),
}

SPEC = '#{ image: "cirros", flavor: "m1.tiny" }'

# Which request is struck, what is there before, what the script does, and what is there afterwards: its count of servers or
# images of the name, and a text that it prints last.
OPERATIONS = {
    "list": ("GET", r"/servers(/detail)?$", True, 'print(servers(#{ name: N }).len())', "1"),
    "show": ("GET", r"/servers/[0-9a-f-]{36}$", True, 'print(refresh(S).name == N)', "true"),
    "boot": ("POST", r"/servers$", False, f'print(boot(N, {SPEC}).wait_active("5m").status)', "ACTIVE"),
    "wait": ("GET", r"/servers/[0-9a-f-]{36}$", True, 'print(S.wait_active("5m").status)', "ACTIVE"),
    "set_meta": ("POST", r"/metadata$", True, 'print(set_meta(S, "a", "1").meta.a)', "1"),
    "stop": ("POST", "os-stop", True, 'print(stop(S).wait_status("SHUTOFF", "5m").status)', "SHUTOFF"),
    "resize": ("POST", '"resize"', True, 'print(resize(S, "m1.small").wait_status("VERIFY_RESIZE", "5m").flavor)', "m1.small"),
    "confirm": ("POST", "confirmResize", "resized", 'print(confirm_resize(S, "5m").wait_active("5m").flavor)', "m1.small"),
    "snapshot": ("POST", "createImage", True, 'print(snapshot(S, N).wait_active("5m").name == N)', "true"),
    "delete": ("DELETE", r"/servers/[0-9a-f-]{36}$", True, 'delete(S, #{ wait: "5m" }); print(find_server(N) == ())', "true"),
}
NUMBER = itertools.count()
SHORT = (["boot", "resize", "confirm", "delete"], [name for name in FAULTS if not name.startswith("hang")])


class Proxy(http.server.ThreadingHTTPServer):
    """Before a real Nova. Strikes the first request that fits, once."""

    daemon_threads = True

    def __init__(self, target, method, pattern, fault):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.method, self.pattern, self.fault = target, method, re.compile(pattern), fault
        self.lock, self.struck = threading.Lock(), False

    def strikes(self, method, path, body):
        with self.lock:
            fits = method == self.method and (
                self.pattern.search(path.split("?")[0]) or (body and self.pattern.search(body.decode("utf-8", "replace")))
            )
            if self.struck or not fits:
                return None
            self.struck = True
            return self.fault

    def handle_error(self, request, client_address):
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def pass_on(self, body):
        target = urllib.parse.urlsplit(self.server.target)
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=300)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def say(self, status, body=b"", headers=()):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.strikes(self.command, self.path, body)
        kind, when = fault[:2] if fault else (None, None)
        if fault and when == "before":
            return self.strike(kind, fault[2:])
        answer, data = self.pass_on(body)
        if fault and kind not in ("cut", "garble"):
            return self.strike(kind, fault[2:])
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in ("content-length", "transfer-encoding", "connection")]
        if kind == "cut":
            self.send_response(answer.status)
            for key, value in kept:
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(data) + 100))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            return self.reset()
        if kind == "garble" and data:
            data = b'{"' + data[: len(data) // 2]
        if answer.status == 204:
            self.send_response(204)
            for key, value in kept:
                self.send_header(key, value)
            self.end_headers()
            return None
        return self.say(answer.status, data, kept)

    def strike(self, kind, more):
        if kind == "reset":
            return self.reset()
        if kind == "hang":
            threading.Event().wait(HANG)
            return self.reset()
        headers = [("Content-Type", "text/html")] + ([("Retry-After", more[0])] if more else [])
        return self.say(kind, b"<html>a fault of the test</html>", headers)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_one


def rhain(script, config=None, timeout=None):
    environment = dict(os.environ, NO_COLOR="1")
    if config:
        environment["OS_CLIENT_CONFIG_FILE"] = str(config)
    options = ["--timeout", timeout] if timeout else []
    done = subprocess.run([RHAIN, *options, "-e", script], env=environment, capture_output=True, text=True, timeout=1500)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def cell(operation, fault, scratch, nova):
    method, pattern, before, script, wanted = OPERATIONS[operation]
    name = f"settle-{operation}-{fault}-{os.getpid()}-{next(NUMBER)}"
    try:
        if before:
            resize = '.resize("m1.small").wait_status("VERIFY_RESIZE", "5m")' if before == "resized" else ""
            code, _, error = rhain(f'boot("{name}", {SPEC}).wait_active("5m"){resize}.id')
            if code:
                return f"cannot be prepared: {error}"
        proxy = Proxy(nova, method, pattern, FAULTS[fault])
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        port, path = proxy.server_address[1], urllib.parse.urlsplit(nova).path
        clouds = pathlib.Path(os.environ["OS_CLIENT_CONFIG_FILE"]).read_text()
        entry = f"  {os.environ['OS_CLOUD']}:\n"
        assert entry in clouds, f"{os.environ['OS_CLOUD']} is no entry of its own line"
        override = f"    compute_endpoint_override: http://127.0.0.1:{port}{path}\n"
        config = scratch / f"{name}.yaml"
        config.write_text(clouds.replace(entry, entry + override))
        script = script.replace("N", f'"{name}"').replace("S.", "s.").replace("(S", "(s").replace("SPEC", SPEC)
        script = (f'let s = server("{name}"); ' if before else "") + script
        hangs = fault.startswith("hang")
        code, out, error = rhain(script, config, TIMEOUT if hangs else None)
        proxy.shutdown()
        if not proxy.struck:
            return "the fault never struck"
        if code or out.splitlines()[-1:] != [wanted]:
            return f"exit {code}, {out!r}, {error[-600:]}"
        counts = f'print([servers(#{{ name: "{name}" }}).len(), images(#{{ name: "{name}" }}).len()])'
        _, seen, _ = rhain(counts)
        right = [0 if operation == "delete" else 1, 1 if operation == "snapshot" else 0]
        return None if seen == json.dumps(right) else f"servers and images {seen}, not {right}"
    finally:
        rhain(f'for s in servers(#{{ name: "{name}" }}) {{ delete(s) }} for i in images(#{{ name: "{name}" }}) {{ delete(i) }}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--operations")
    parser.add_argument("--faults")
    parser.add_argument("--jobs", type=int, default=4)
    given = parser.parse_args()
    operations, faults = SHORT if given.short else (list(OPERATIONS), list(FAULTS))
    operations = given.operations.split(",") if given.operations else operations
    faults = given.faults.split(",") if given.faults else faults
    code, nova, error = rhain('print(catalog()["compute"])')
    if code:
        sys.exit(f"the cloud does not answer: {error}")
    nova = nova.splitlines()[-1]
    # A project's first server has its network made, and two at once would each make it.
    first = f"settle-first-{os.getpid()}"
    code, _, error = rhain(f'let s = boot("{first}", {SPEC}).wait_active("5m"); delete(s, #{{ wait: "5m" }})')
    if code:
        sys.exit(f"the cloud starts no server: {error}")
    cells = [(operation, fault) for operation in operations for fault in faults]
    bad = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
            ended = pool.map(lambda one: (one, cell(*one, scratch, nova)), cells)
            for (operation, fault), wrong in ended:
                if wrong is not None:
                    bad.append((operation, fault))
                print(f"{operation:9} {fault:16} {'ok' if wrong is None else wrong}", flush=True)
        # Its limits on time are short: what went wrong beside others is tried once more alone.
        for operation, fault in list(bad):
            folder = scratch / "again"
            folder.mkdir(exist_ok=True)
            wrong = cell(operation, fault, folder, nova)
            if wrong is None:
                bad.remove((operation, fault))
            print(f"{operation:9} {fault:16} alone: {'ok' if wrong is None else wrong}", flush=True)
    print(f"{len(cells) - len(bad)} of {len(cells)} end well")
    sys.exit(len(bad) > 0)


if __name__ == "__main__":
    main()
