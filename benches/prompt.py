"""How long the session takes to its prompt, on a terminal: started on a pty, timed to the first prompt, left by Ctrl-D.

usage: benches/prompt.py [RHAIN] [RUNS]     default: target/release/rhain, 21
Prints the least and the median in milliseconds. Needs Python 3 on Unix, and nothing else.
"""

import os
import pty
import statistics
import sys
import tempfile
import time

rhain = sys.argv[1] if len(sys.argv) > 1 else "target/release/rhain"
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 21
home = tempfile.mkdtemp()
times = []
for _ in range(runs):
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execve(rhain, ["rhain", "--cloud", "sim"], {"TERM": "xterm", "HOME": home, "PATH": os.defpath})
    shown = b""
    while b"sim> " not in shown:
        shown += os.read(terminal, 4096)
    times.append((time.perf_counter() - begun) * 1000)
    os.write(terminal, b"\x04")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass
    os.waitpid(child, 0)
    os.close(terminal)
print(f"prompt: least {min(times):.1f} ms, median {statistics.median(times):.1f} ms of {runs}")
