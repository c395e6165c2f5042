"""A terminal for `bedquota top`: a pty whose output pyte draws, with keys, sizes and job control."""

import os
import signal
import termios
import time

import pexpect
import pyte

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "page up": "\x1b[5~", "page down": "\x1b[6~", "back tab": "\x1b[Z", "tab": "\t", "enter": "\r", "escape": "\x1b",
    "backspace": "\x7f", "ctrl-c": "\x03", "ctrl-l": "\x0c", "ctrl-z": "\x1a",
}
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """A command on a terminal of its own. `raw` is all that it has written."""

    def __init__(self, command, environment, width: int = 80, height: int = 24, **variables):
        environment = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "LC_ALL")}
        environment |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | variables
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        command = list(map(str, command))
        self.process = pexpect.spawn(command[0], command[1:], env=environment, dimensions=(height, width), timeout=20)
        self.process.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Kills the command, if it goes on, and its terminal."""
        if self.process.isalive():
            self.process.kill(signal.SIGKILL)
            self.process.kill(signal.SIGCONT)
        self.process.close(force=True)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def read(self, seconds: float = 0.05, silence: float | None = None) -> bytes:
        """Draws what the command writes in that time, or until it is silent for so long; returns it."""
        end, received = time.monotonic() + seconds, b""
        while (rest := end - time.monotonic()) > 0:
            try:
                part = self.process.read_nonblocking(65_536, timeout=min(rest, silence or rest))
            except (pexpect.TIMEOUT, pexpect.EOF):
                break
            received += part
            self.stream.feed(part)
        self.raw += received
        return received

    def wait(self, condition, what: str = "", seconds: float = 10):
        """Reads until `condition` holds for this terminal, or a text is on the screen."""
        holds = condition if callable(condition) else lambda terminal: condition in terminal.text
        end = time.monotonic() + seconds
        while not holds(self):
            assert time.monotonic() < end, f"{what or condition!r} did not come; the screen:\n{self.text}"
            self.read()
        # A pty passes a frame on in several parts.
        self.read(0.5, silence=0.03)
        return self

    def wait_gone(self, text: str, seconds: float = 10):
        return self.wait(lambda terminal: text not in terminal.text, f"the end of {text!r}", seconds)

    def press(self, *keys: str):
        """Sends keys: names of `KEYS`, or the characters themselves."""
        for key in keys:
            self.process.send(KEYS.get(key, key))
        return self

    def resize(self, width: int, height: int):
        """Changes the size of the terminal, on which nothing is left."""
        self.screen.resize(height, width)
        self.screen.reset()
        self.process.setwinsize(height, width)
        return self

    def signal(self, number: signal.Signals):
        os.kill(self.process.pid, number)
        return self

    @property
    def modes(self) -> list:
        """The terminal's modes, as `stty` would show them. Linux sets PENDIN by itself, which is no mode."""
        modes = termios.tcgetattr(self.process.child_fd)
        modes[3] &= ~getattr(termios, "PENDIN", 0)
        return modes

    def ended(self, seconds: float = 10) -> int:
        """Waits for the end; returns the exit code, or the negative number of the signal."""
        end = time.monotonic() + seconds
        while self.process.isalive():
            assert time.monotonic() < end, f"the command has not ended; the screen:\n{self.text}"
            self.read()
        self.read()
        return self.process.exitstatus if self.process.exitstatus is not None else -self.process.signalstatus
