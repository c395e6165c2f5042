"""The README and the guides show what the program prints, and what AWS's own clients print on its emulator."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from processes import Emulator
from support import aws_command, with_credentials

ROOT = Path(__file__).parents[2]
README, QUOTAS, EMULATOR = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/quotas.md", "docs/emulator.md"))
BLOCKS = re.findall(r"```console\n\$ bedquota (.*?)\n(.*?)\n```", f"{README}\n{QUOTAS}", flags=re.DOTALL)
[(AWS_COMMAND, AWS_OUTPUT)] = re.findall(
    r"```sh\naws (.*?)\n```\n\n```json\n(.*?)\n```", README, flags=re.DOTALL
)
[(PROGRAM, PRINTED)] = re.findall(
    r"```python\n(.*?)```\n\n```\n(.*?)```", EMULATOR, flags=re.DOTALL
)


def test_there_are_examples():
    assert len(BLOCKS) >= 3


@pytest.mark.parametrize("command, output", BLOCKS, ids=[f"{number} {command}" for number, (command, _) in enumerate(BLOCKS)])
def test_an_example_is_true(run, command, output):
    done = run(*shlex.split(command), "--quiet")
    assert done.returncode == 0
    assert done.stdout.rstrip() == output


@pytest.fixture
def served(bedquota, environment):
    """The environment of a client of an emulator as the guides start it."""
    server = Emulator(bedquota, environment)
    yield with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url}
    assert server.stop() == 0


def test_the_aws_cli_prints_what_is_shown(served):
    command = [aws_command(), *shlex.split(AWS_COMMAND), "--output", "json"]
    done = subprocess.run(command, env=served, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(AWS_OUTPUT)


def test_the_boto3_program_prints_what_is_shown(served):
    """How many of the twenty pass depends on their timing; the texts don't."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=served, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    shown = [line.split(" ", 1) for line in PRINTED.splitlines()]
    printed = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert [text for _, text in printed] == [text for _, text in shown]
    assert sum(int(count) for count, _ in printed) == 20
