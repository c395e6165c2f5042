"""The fleet store's arithmetic in Swift against the reference in Python; both play the same operations."""

import subprocess
import sys
from pathlib import Path

import pytest
from fleet_trace import ABSENT


def test_the_reference_gives_the_same_replies(bedquota):
    tool = bedquota.with_name("fleet-parity")
    if not tool.exists():
        pytest.fail(f"{tool} is missing: run `swift build`")
    trace = subprocess.run([tool, "trace", "10000"], check=True, capture_output=True, timeout=300).stdout
    player = subprocess.run(
        [sys.executable, Path(__file__).with_name("fleet_trace.py")], input=trace, capture_output=True, timeout=300
    )
    words = (player.stdout + player.stderr).decode()
    if player.returncode == ABSENT:
        pytest.skip(words.strip())
    assert player.returncode == 0, words[-2000:]
