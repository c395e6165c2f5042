"""What the README shows is what the program prints."""

import re
import shlex
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ bedquota (.*?)\n(.*?)\n```", README, flags=re.DOTALL)


def test_there_are_examples():
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("command, output", BLOCKS, ids=[command for command, _ in BLOCKS])
def test_an_example_is_true(run, command, output):
    done = run(*shlex.split(command), "--quiet")
    assert done.returncode == 0
    assert done.stdout.rstrip() == output
