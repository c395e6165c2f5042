"""Runs bedquota to its end, as an emulator, or as a gateway."""

import select
import signal
import subprocess
import tempfile
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 10


class Emulator:
    """`bedquota emulate` on a free port, in a process of its own; `anywhere` is for one over TLS, or that isn't on 127.0.0.1."""

    command = ("emulate", "--port", "0")

    def __init__(
        self, binary: Path, environment: dict[str, str], *options: str, anywhere: bool = False
    ):
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, *self.command, *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        try:
            self.url = self._first_line()
            start = ("http://", "https://") if anywhere else "http://127.0.0.1:"
            assert self.url.startswith(start), f"no URL on stdout: {self.url!r}"
        except BaseException:
            self.kill()
            raise

    @property
    def control_url(self) -> str:
        """Where the emulator's control API is."""
        return self.url

    def _first_line(self) -> str:
        # Not select, which takes no descriptor above 1,023: some tests have thousands open.
        poll = select.poll()
        poll.register(self.process.stdout, select.POLLIN)
        line = self.process.stdout.readline().strip() if poll.poll(START_SECONDS * 1_000) else ""
        assert line, f"{self.command[0]} said nothing on stdout; its log:\n{self.read_log()}"
        return line

    def read_log(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stops it and returns its exit code; stdout must have one line only."""
        self.process.send_signal(how)
        try:
            rest, _ = self.process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"{how.name} did not stop {self.command[0]} in {STOP_SECONDS} s"
            ) from None
        assert rest == "", f"more than one line on stdout: {rest!r}"
        return self.process.returncode

    def kill(self):
        """Kills the process; for a test that has failed already."""
        self.process.kill()
        self.process.communicate()


class Exporter(Emulator):
    """`bedquota exporter` on a free port."""

    command = ("exporter", "--port", "0")


class Gateway(Emulator):
    """`bedquota gateway` on a free port, with AWS at `upstream`: the URL of an emulator, say.

    `configuration` is the text of its file; nobody routes to it, so it needs no time to be left before it ends.
    """

    command = ("gateway", "--listen")

    def __init__(
        self,
        binary: Path,
        environment: dict[str, str],
        upstream: str,
        *options: str,
        configuration: str = "",
        anywhere: bool = False,
    ):
        self.upstream = upstream
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8")
        self.file.write(configuration if "drain_delay:" in configuration else f"drain_delay: 0s\n{configuration}")
        self.file.flush()
        self.again = (binary, environment | {"AWS_ENDPOINT_URL": upstream}, "--config", self.file.name, *options)
        self.anywhere = anywhere
        self._start("127.0.0.1:0")

    def _start(self, address: str):
        binary, environment, *options = self.again
        super().__init__(binary, environment, address, *options, anywhere=self.anywhere)

    def restart(self):
        """Ends it and starts another at the same address, which has learned nothing yet."""
        self.kill()
        self._start(self.url.partition("://")[2])

    @property
    def control_url(self) -> str:
        return self.upstream


class Runner:
    """Runs bedquota to its end, by default in `environment`, without credentials."""

    def __init__(self, binary: Path, environment: dict[str, str]):
        self.binary = binary
        self.environment = environment

    def __call__(self, *arguments, environment=None, timeout=60) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [self.binary, *map(str, arguments)],
            env=environment or self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )
        assert done.returncode >= 0, f"died of signal {-done.returncode}:\n{done.stderr}"
        return done

    def output(self, *arguments, **options) -> str:
        """The stdout of a run, which must succeed."""
        done = self(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout
