"""`gateway` and `exporter` under a service manager: what systemd is told, and when."""

import os
import signal
import socket
import time

import pytest
from processes import Exporter, Gateway
from support import with_credentials


class Manager:
    """The socket of a systemd, in the file system or under an abstract name."""

    def __init__(self, folder, is_abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.name = f"@bedquota-{os.getpid()}" if is_abstract else str(folder / "notify")
        self.socket.bind("\0" + self.name[1:] if is_abstract else self.name)
        self.socket.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def next(self) -> str:
        return self.socket.recv(100).decode()

    def next_but(self, text: str) -> str:
        while (got := self.next()) == text:
            pass
        return got


@pytest.mark.parametrize("is_abstract", [False, True])
def test_a_gateway_tells_its_states(bedquota, environment, tmp_path, is_abstract):
    with Manager(tmp_path, is_abstract) as manager:
        variables = with_credentials(environment) | {"NOTIFY_SOCKET": manager.name}
        gateway = Gateway(bedquota, variables, "http://127.0.0.1:1")
        # It listens; no watchdog was asked for.
        assert manager.next() == "READY=1"
        gateway.process.send_signal(signal.SIGTERM)
        assert manager.next() == "STOPPING=1"
        assert gateway.process.wait(20) == 0


def test_a_watchdog_hears_it_twice_in_its_time(bedquota, environment, tmp_path):
    with Manager(tmp_path) as manager:
        variables = with_credentials(environment) | {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "600000"}
        gateway = Gateway(bedquota, variables, "http://127.0.0.1:1")
        assert manager.next_but("WATCHDOG=1") == "READY=1"
        times = []
        for _ in range(4):
            assert manager.next() == "WATCHDOG=1"
            times.append(time.monotonic())
        assert times[-1] - times[0] > 0.5
        # A process that hangs says nothing.
        gateway.process.send_signal(signal.SIGSTOP)
        manager.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            while True:
                manager.next()
        manager.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            manager.next()
        gateway.process.send_signal(signal.SIGCONT)
        manager.socket.settimeout(20)
        assert manager.next() == "WATCHDOG=1"
        assert gateway.stop() == 0


def test_an_exporter_tells_its_states(bedquota, environment, tmp_path):
    with Manager(tmp_path) as manager:
        # The watchdog is another process's.
        variables = environment | {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "600000", "WATCHDOG_PID": "1"}
        exporter = Exporter(bedquota, variables, "--emulator")
        assert manager.next() == "READY=1"
        assert exporter.stop() == 0
        assert manager.next() == "STOPPING=1"


def test_a_manager_that_is_away_harms_nothing(bedquota, environment, tmp_path):
    for name in (str(tmp_path / "nobody"), "relative", "@" + "x" * 200):
        gateway = Gateway(bedquota, with_credentials(environment) | {"NOTIFY_SOCKET": name}, "http://127.0.0.1:1")
        assert gateway.stop() == 0
