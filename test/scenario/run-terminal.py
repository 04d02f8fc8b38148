"""Runs a command on a terminal of its own and types what it waits for: prints the exit code, then what was shown.

    run-terminal.py ROWS COLUMNS KEYS COMMAND...    KEYS is JSON: [[wait for this text, type this text], ...]

With SHOWN in the environment, what was shown so far is in that file. Text that stands twice among the keys is waited for
twice. With HANG_UP, the terminal is closed as soon as that text was shown.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

rows, columns, keys, command = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4:]
child, terminal = pty.fork()
if child == 0:
    # The size is set before the command looks at it.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(command[0], command)
shown = b""
seen = 0
kept = open(os.environ["SHOWN"], "wb", buffering=0) if "SHOWN" in os.environ else None
end = time.time() + 60
while time.time() < end:
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
    if kept is not None:
        kept.write(data)
    while keys and keys[0][0].encode() in shown[seen:]:
        if kept is not None:
            seen = shown.index(keys[0][0].encode(), seen) + len(keys[0][0].encode())
        os.write(terminal, keys.pop(0)[1].encode())
    if "HANG_UP" in os.environ and os.environ["HANG_UP"].encode() in shown:
        os.close(terminal)
        break
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
sys.stdout.flush()
sys.stdout.buffer.write(shown)
