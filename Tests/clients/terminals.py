"""Runs bedquota on a terminal of a given width."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

SGR = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """What a process has written to its terminal, and its exit code."""

    def __init__(self, text: str, code: int):
        self.raw, self.code = text, code
        # The line of progress writes over itself and is erased in the end.
        self.lines = [line.split("\r\x1b[K")[-1] for line in SGR.sub("", text).replace("\r\n", "\n").split("\n")]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> list[str]:
        return self.text.split()


def on_terminal(command, environment, width: int, answer: bytes = b"", until: bytes = b"", **more) -> Screen:
    """Runs a command whose stdin, stdout and stderr are a terminal.

    `answer` is what the user types; after the line that `until` begins, or that it ends, the user presses Ctrl-C. `more` are variables.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {name: value for name, value in environment.items() if name != "COLUMNS"} | {"TERM": "xterm"} | more
    process = subprocess.Popen(list(map(str, command)), env=environment, stdin=follower, stdout=follower, stderr=follower,
                               start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(follower)
    if answer:
        os.write(leader, answer)
    received = b""
    try:
        while data := os.read(leader, 65_536):
            received += data
            if until and until in received and received.endswith((b"\n", until)):
                os.write(leader, b"\x03")
                until = b""
    except OSError:
        pass
    os.close(leader)
    return Screen(received.decode(), process.wait(30))


def columns(text: str) -> int:
    """The columns that a text takes: two for the wide characters of East Asia, none for accents."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
