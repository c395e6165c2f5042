"""The work that every client does: a closed loop of workers, each with one request at a time."""

import json
import os
import sys
import threading
import time

MODEL = "us.amazon.nova-pro-v1:0"
REGION = "us-east-1"
KEY = SECRET = "emulator"
WORKERS = 64
MAX_TOKENS = 800
PROMPT_TOKENS = (300, 700)

# A client that fails at once must not fail thousands of times a second.
PAUSE_AFTER_FAILURE = 1.0
# Requests begun in the measured time are waited for under the same load, but not for ever.
GRACE_SECONDS = 90.0


def prompt(worker: int, number: int) -> str:
    """The prompt, the same for all clients; four bytes are one token to the emulator."""
    low, high = PROMPT_TOKENS
    return "now " * (low + (worker * 131 + number * 197) % (high - low + 1))


class Run:
    """Records how requests that begin in the measured time end, by one process's clock."""

    def __init__(self, seconds: float, measured_from: float):
        self.seconds = seconds
        self.measured_from = measured_from
        self.lock = threading.Lock()
        self.pending: dict[tuple[int, int], float] = {}
        self.answered: list[float] = []
        self.failed: list[float] = []
        self.errors: dict[str, int] = {}

    def wait_for_start(self):
        """Prints `ready`, and starts when a line arrives on stdin."""
        print("ready", flush=True)
        if not sys.stdin.readline():
            raise SystemExit("nobody said go")
        self.start = time.monotonic()
        self.cpu = time.process_time()

    def elapsed(self) -> float:
        return time.monotonic() - self.start

    def goes_on(self) -> bool:
        now = self.elapsed()
        if now < self.seconds:
            return True
        with self.lock:
            return bool(self.pending) and now < self.seconds + GRACE_SECONDS

    def begin(self, key: tuple[int, int]):
        now = self.elapsed()
        if self.measured_from <= now < self.seconds:
            with self.lock:
                self.pending[key] = now

    def end(self, key: tuple[int, int], error: str | None = None):
        now = self.elapsed()
        with self.lock:
            begun = self.pending.pop(key, None)
            if begun is None:
                return
            (self.failed if error else self.answered).append(round(now - begun, 4))
            if error:
                self.errors[error] = self.errors.get(error, 0) + 1

    def finish(self, **more):
        """Prints the summary and exits, even if requests are in flight."""
        now = self.elapsed()
        cpu = (time.process_time() - self.cpu) / now
        with self.lock:
            summary = {
                "answered": self.answered,
                "failed": self.failed,
                "unfinished": [round(now - begun, 4) for begun in self.pending.values()],
                "errors": self.errors,
                "cpu": round(cpu, 4),
            }
        print(json.dumps(summary | more), flush=True)
        os._exit(0)


def in_threads(run: Run, send, **more):
    """Runs the workers with a function (text) -> None that raises if a request fails."""

    def work(worker: int):
        number = 0
        while run.goes_on():
            run.begin((worker, number))
            try:
                send(prompt(worker, number))
                run.end((worker, number))
            except Exception as error:
                run.end((worker, number), name_of(error))
                time.sleep(PAUSE_AFTER_FAILURE)
            number += 1

    run.wait_for_start()
    for worker in range(WORKERS):
        threading.Thread(target=work, args=(worker,), daemon=True).start()
    while run.goes_on():
        time.sleep(0.1)
    run.finish(**more)


def name_of(error: Exception) -> str:
    response = getattr(error, "response", None)
    described = response.get("Error", {}) if isinstance(response, dict) else {}
    return described.get("Code") or type(error).__name__
