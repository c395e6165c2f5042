"""`credential_process` as users run it: how often, with which input, and what becomes of it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from processes import Runner
from servers import emulator_fixture
from support import KEY, SECRET
from terminals import on_terminal

MODEL = "amazon.nova-pro-v1:0"
SECONDS = 30

server = emulator_fixture()


@pytest.fixture
def user(bedquota, server, tmp_path):
    """A user whose keys come from a Python program, `work`, which prints them at its end unless it ends earlier."""

    class User:
        (tmp_path / ".aws").mkdir()
        environment = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": server.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "us-east-1",
        }
        ran = tmp_path / "ran"

        def works(self, work="", **more):
            keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET} | more
            script = f"import sys, os, time\nopen({str(self.ran)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{work}\nprint({json.dumps(keys)!r})\n"
            (tmp_path / "keys.py").write_text(script)
            (tmp_path / ".aws/config").write_text(f"[default]\ncredential_process = {sys.executable} {tmp_path / 'keys.py'}\n")
            return Runner(bedquota, self.environment)

        @property
        def runs(self):
            return self.ran.read_text().splitlines()

    return User()


def test_it_runs_once_for_all_calls(user):
    run = user.works(SessionToken="t", Expiration="2035-01-01T00:00:00Z")
    run.output("usage", MODEL, "--hours", "1")
    assert len(user.runs) == 1


def test_a_pipe_is_ours(user, bedquota):
    user.works("assert sys.stdin.read() == ''")
    done = subprocess.run(
        [bedquota, "invoke", MODEL, "-"],
        input="What is a quota?",
        env=user.environment,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and len(user.runs) == 1


def test_a_terminal_is_its_own_too(user, bedquota):
    user.works("assert sys.stdin.readline() == 'open sesame\\n'")
    screen = on_terminal([bedquota, "whoami"], user.environment, 200, answer=b"open sesame\n")
    assert screen.code == 0 and "custom-process" in screen.text, screen.text


def test_it_has_the_users_variables(user):
    user.environment["MY_VAULT"] = "here"
    run = user.works("assert os.environ['MY_VAULT'] == 'here' and os.environ['HOME']")
    run.output("whoami")


def test_ctrl_c_ends_it_too(user, bedquota):
    user.works("time.sleep(600)")
    process = subprocess.Popen(
        [bedquota, "whoami"],
        env=user.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    for _ in range(SECONDS * 20):
        if user.ran.exists() and user.runs:
            break
        time.sleep(0.05)
    # As a terminal does, to the whole group.
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(SECONDS) == 130
    for _ in range(SECONDS * 20):
        if not os.path.exists(f"/proc/{user.runs[0]}"):
            break
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{user.runs[0]}")


def test_what_it_says_is_shown_without_what_it_prints(user):
    run = user.works("print('sesame'); sys.exit('sign in first\\nand more')")
    done = run("list")
    assert done.returncode == 1
    assert done.stderr == 'bedquota: The credential_process of profile "default" ended with code 1: sign in first.\n'
