"""`bedquota run` on a disk that is full. Needs the right to mount one, as in a container of one's own."""

import os
import re
import signal
import subprocess
import time
from collections import Counter

import pytest
from batch_runs import REPLY, Batch, ModelServer, record
from emulator_control import eventually
from support import with_credentials

COUNT = 400


@pytest.fixture
def disk(tmp_path):
    """A disk of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("this test mounts a small disk, which only root may do")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def server():
    with ModelServer(lambda number, body: (time.sleep(0.05), (200, REPLY))[1]) as server:
        yield server


@pytest.fixture
def batch(bedquota, environment, server, disk, tmp_path):
    batch = Batch(bedquota, with_credentials(environment), server.url, tmp_path)
    batch.write(*map(record, range(COUNT)))
    batch.output = disk / "out.jsonl"
    return batch


def assert_once(batch, server):
    assert Counter(batch.identifiers()) == Counter(f"r{number}" for number in range(COUNT))
    assert len(server.bodies) == COUNT, "paid twice"


def test_a_disk_that_is_full_for_a_moment_costs_nothing(batch, server, disk):
    """Before: exit code 0, a torn line, and records twice."""
    (disk / "fill").write_bytes(b"x" * (1_048_576 - 36 * 1_024))
    process = batch.start("--concurrency", "60")
    # A batch doesn't fit, so the run waits.
    eventually(lambda: not grows(server), "a pause", 30)
    assert process.poll() is None
    (disk / "fill").unlink()
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and "waiting: the disk is full" in words, words
    assert_once(batch, server)


def test_nothing_is_sent_while_the_disk_is_full(batch, server, disk):
    """What is paid and can't be written may be lost. Before, the run went on sending."""
    (disk / "fill").write_bytes(b"x" * (1_048_576 - 36 * 1_024))
    process = batch.start("--concurrency", "10")
    eventually(lambda: not grows(server), "a pause", 30)
    assert len(server.bodies) < COUNT
    (disk / "fill").unlink()
    _, words = process.communicate(timeout=60)
    assert process.returncode == 0 and "waiting: the disk is full" in words, words
    assert_once(batch, server)


def grows(server):
    before = len(server.bodies)
    time.sleep(1.5)
    return len(server.bodies) > before


def test_a_second_signal_says_what_is_lost(batch, server, disk):
    """What has been paid and is not on disk goes with the process. Before, it went without a word."""
    (disk / "fill").write_bytes(b"x" * (1_048_576 - 36 * 1_024))
    process = batch.start("--concurrency", "20")
    eventually(lambda: not grows(server), "a pause", 30)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None, "the first one waits for the disk"
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=10)
    assert process.returncode == 130, words
    said = re.search(r"aborted: (\d+) results? that (?:is|are) not on disk (?:is|are) lost", words)
    # The tail of the output may be a line that its journal doesn't name.
    assert said and int(said.group(1)) == len(server.bodies) - len(batch.results), (words, len(server.bodies))
    assert "--resume" in words


def test_a_disk_that_stays_full_ends_the_run(batch, server, disk):
    (disk / "fill").write_bytes(b"x" * (1_048_576 - 36 * 1_024))
    done = batch("--concurrency", "20", "--patience", "1")
    assert done.returncode == 1 and "No space left on device" in done.stderr and "--resume" in done.stderr
    safe = len(batch.results)
    lost = len(server.bodies) - safe
    # Those that were received when the run ended are said; up to twenty were still in flight.
    said = int(re.search(r"(\d+) results? that could not be written", done.stderr).group(1))
    assert lost - 20 <= said <= lost, (lost, done.stderr)
    again = batch("--resume", "--patience", "0")
    assert again.returncode == 1 and "No space left on device" in again.stderr
    assert len(batch.results) == safe
    (disk / "fill").unlink()
    assert batch("--resume").returncode == 0
    assert Counter(batch.identifiers()) == Counter(f"r{number}" for number in range(COUNT))
