"""One run of the program, which ends no later than this process."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Mapping, Sequence

from ._program import StartError

STOP_SECONDS = 10
LINES_KEPT = 20
URL = re.compile(r"https?://\S+")
LEVEL = re.compile(r"\S+ (warning|error|critical): ")

# Becomes the program, after it has asked the kernel to kill it when its parent ends, even by SIGKILL. A `preexec_fn` could ask for the
# same, but runs Python between fork and exec, which can deadlock where there are threads. Python ignores SIGPIPE, and a thread may block
# signals; both would be inherited.
LAUNCHER = """
import ctypes, os, signal, sys
parent, program = int(sys.argv[1]), sys.argv[2]
PR_SET_PDEATHSIG = 1
if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL)) != 0:
    sys.exit("prctl(PR_SET_PDEATHSIG) failed")
if os.getppid() != parent:
    sys.exit("the process that started it has ended")
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, ())
try:
    os.execv(program, sys.argv[2:])
except OSError as error:
    sys.exit(f"{program}: {error.strerror}")
"""

log = logging.getLogger("bedquota")


class Process:
    """Runs a command from a thread of its own.

    The kernel takes the *thread* that forked for the parent. So the thread lives as long as the program: it starts it, reads its
    output to the end, and waits for it.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]):
        self.name = f"bedquota {command[1]}"
        self._owner = os.getpid()
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._started: Future[subprocess.Popen[str]] = Future()
        self._url: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, args=(command, environment), name=self.name, daemon=True)
        self._thread.start()
        try:
            self.pid = self._started.result().pid
        except OSError as error:
            raise StartError(f"{self.name} can't be started with the Python {sys.executable!r}: {error.strerror}.") from error

    def _run(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, str(self._owner), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                env=environment,
                # Ctrl-C is for this process, which then ends the program.
                start_new_session=True,
            )
        except BaseException as error:
            self._started.set_exception(error)
            return
        self._started.set_result(process)
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                self._hear(line.rstrip("\n"))
        code = process.wait()
        if not self._url.done():
            self._url.set_exception(self.failure(f"ended with exit code {code} before it served"))

    def _hear(self, line: str) -> None:
        if not self._url.done() and URL.fullmatch(line):
            self._url.set_result(line)
            return
        self._lines.append(line)
        level = LEVEL.match(line)
        log.log(getattr(logging, level[1].upper()) if level else logging.INFO, "%s: %s", self.name, line)

    def url(self, seconds: float) -> str:
        """The URL that the program prints when it listens."""
        try:
            return self._url.result(seconds)
        except FutureTimeout:
            raise self.failure(f"did not listen within {seconds:g} s") from None

    def has_ended(self) -> bool:
        return self._started.result().poll() is not None

    def failure(self, what: str) -> StartError:
        """An error with the last lines that the program printed."""
        if threading.current_thread() is not self._thread and self.has_ended():
            # Its last lines may still be on their way; a child of its own may keep the pipe open.
            self._thread.join(1)
        said = "\n".join(self._lines)
        return StartError(f"{self.name} {what}. " + (f"It said:\n{said}" if said else "It said nothing."))

    def stop(self, how: signal.Signals) -> None:
        """Ends the program, by SIGKILL if it takes longer than STOP_SECONDS. Does nothing in a fork of the process that started it."""
        if os.getpid() != self._owner:
            return
        process = self._started.result()
        if process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.warning("%s did not end within %d s and is killed", self.name, STOP_SECONDS)
            process.kill()
            process.wait()
