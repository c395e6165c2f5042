"""Credentials over HTTP: in the same environment bedquota and botocore send the same requests and get the same keys."""

import importlib
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import http_credentials
import pytest
from credential_server import CredentialServer
from http_credentials import SITUATIONS, Situation

BOTOCORE = Path(__file__).with_name("botocore_credentials.py")
# The two processes of a situation may run so many seconds apart.
APART_SECONDS = 300
SECRETS = ("-secret", "token-1", "token-2", "session+token", "local-token", "eks-token", "refresh-", "sesame", "PRIVATE KEY")


@dataclass
class Outcome:
    answer: dict
    requests: list
    # The files below HOME that have changed.
    written: dict
    output: str


@pytest.fixture(scope="module")
def tool(bedquota):
    tool = bedquota.with_name("credential-tool")
    if not os.access(tool, os.X_OK):
        pytest.fail(f"{tool} is missing: run `swift build`")
    return tool


@pytest.fixture(scope="module")
def closed():
    """An address that refuses connections: the port stays taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def play(command: list, situation: Situation, home: Path, clean: dict, closed: str, again: bool = False) -> Outcome:
    """Runs a program in a situation, with a server of its own and a home that has the situation's files.

    `again`: with the files that a program has left there.
    """
    with CredentialServer(situation.answers) as server:

        def filled(text: str) -> str:
            return text.replace("{url}", server.url).replace("{closed}", closed).replace("{home}", str(home))

        files = {home / path: filled(text) for path, text in situation.files.items()}
        files[home / ".aws/config"] = filled(situation.config)
        for path, text in () if again else files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        environment = clean | {
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(home / ".aws/config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws/credentials"),
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            # The mode of the AWS CLI, which is ours.
            "AWS_RETRY_MODE": "standard",
        }
        environment |= {name: filled(text) for name, text in situation.environment.items()}
        environment = {name: text for name, text in environment.items() if text}
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", timeout=60, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stderr
        written = {
            str(path.relative_to(home)): (path.read_text(), path.stat().st_mode & 0o777)
            for path in home.rglob("*")
            if path.is_file() and files.get(path) != path.read_text()
        }
        return Outcome(json.loads(done.stdout), server.requests, written, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def outcomes(tool, environment, closed, tmp_path_factory):
    """What botocore and what we make of each situation. They run side by side, because some wait for a server that is silent."""

    def both(situation: Situation) -> tuple[Outcome, Outcome]:
        theirs, ours = (tmp_path_factory.mktemp(name) for name in ("botocore", "bedquota"))
        return (
            play([sys.executable, str(BOTOCORE)], situation, theirs, environment, closed),
            play([tool], situation, ours, environment, closed),
        )

    with ThreadPoolExecutor(8) as pool:
        return dict(zip((s.name for s in SITUATIONS), pool.map(both, fresh())))


def fresh() -> list[Situation]:
    """The table with the dates of now; those of the module were made when it was read, and a whole test run takes its time."""
    return importlib.reload(http_credentials).SITUATIONS


def our_kind(answer: dict) -> str:
    if not answer or answer.get("message", "").startswith("No AWS credentials"):
        return "none"
    if (answer.get("remedy") or "").startswith("signIn"):
        return "sign-in"
    if answer.get("status"):
        return "away"
    kinds = {"transport": "unreachable", "timeout": "unreachable", "credentials": "refused", "response": "refused", "region": "configuration"}
    return kinds.get(answer.get("code"), answer.get("code", "keys"))


def test_the_table_is_complete(outcomes):
    names = [situation.name for situation in SITUATIONS]
    assert len(names) == len(set(names)) >= 35
    # Wherever we differ, the table says why.
    assert all(bool(situation.ours) == bool(situation.because) for situation in SITUATIONS)
    # What the other tests compare is there.
    ours = [ours for _, ours in outcomes.values()]
    assert sum(bool(outcome.written) for outcome in ours) >= 10
    assert sum("proof" in note for outcome in ours for note in outcome.requests) >= 5


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_botocore_and_we_agree(outcomes, situation):
    theirs, ours = outcomes[situation.name]
    assert theirs.answer.get("kind", "keys") == situation.result, theirs.answer
    assert our_kind(ours.answer) == (situation.ours or situation.result), ours.answer
    if "accessKey" in theirs.answer:
        for name in ("accessKey", "secretKey", "token"):
            assert ours.answer[name] == theirs.answer[name]
        apart = 600 if situation.random_end else APART_SECONDS
        assert abs(ours.answer["expiration"] - theirs.answer["expiration"]) <= apart
    if "accessKey" not in ours.answer:
        message = ours.answer.get("message", "")
        assert all(text in message for text in situation.says), message
        assert not any(secret in ours.output for secret in SECRETS), ours.output
    if situation.same_requests:
        assert ours.requests == theirs.requests
    assert all(note.get("proof") is None for note in ours.requests)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_both_leave_the_same_tokens(outcomes, situation):
    """What one of them has renewed, the other one finds, and so does the AWS CLI."""
    theirs, ours = outcomes[situation.name]
    assert ours.written.keys() == theirs.written.keys()
    for path, (text, mode) in ours.written.items():
        assert mode == 0o600
        mine, other = json.loads(text), json.loads(theirs.written[path][0])
        for name in set(other) - {"expiresAt", "accessToken"}:
            assert mine[name] == other[name], name
        if path.startswith(".aws/sso"):
            assert mine["accessToken"] == other["accessToken"]
            assert mine["expiresAt"][-1:] == other["expiresAt"][-1:] == "Z"
        else:
            strip = {"expiresAt": None}
            assert mine["accessToken"] | strip == other["accessToken"] | strip
        before = json.loads(next(t for p, t in situation.files.items() if p == path))
        # botocore drops what it doesn't know; we don't.
        assert set(mine) >= set(before)


RENEWED = ["sso: a session that has ended and is renewed", "login: keys that have ended"]


@pytest.mark.parametrize("name", RENEWED)
def test_the_tokens_that_one_renews_serve_the_other(tool, environment, closed, tmp_path, name):
    situation = next(situation for situation in fresh() if situation.name == name)
    programs = {"ours": [tool], "theirs": [sys.executable, str(BOTOCORE)]}
    for first, second in (("ours", "theirs"), ("theirs", "ours")):
        home = tmp_path / first
        renewing = play(programs[first], situation, home, environment, closed)
        reading = play(programs[second], situation, home, environment, closed, again=True)
        assert reading.answer["accessKey"] == renewing.answer["accessKey"]
        assert [note["request"] for note in renewing.requests if note["request"].startswith("POST")]
        assert not [note["request"] for note in reading.requests if note["request"].startswith("POST")]


@pytest.mark.parametrize("name", ["container: an address", "imds: version 2"])
def test_addresses_of_this_machine_are_asked_directly(tool, environment, closed, tmp_path, name):
    situation = next(situation for situation in fresh() if situation.name == name)
    with CredentialServer({}) as proxy:
        proxies = {f"{kind}_proxy": proxy.url for kind in ("http", "https", "all")}
        proxies |= {kind.upper(): url for kind, url in proxies.items()}
        ours = play([tool], situation, tmp_path, environment | proxies, closed)
        assert ours.answer["accessKey"] == "ASIALOCAL"
        assert proxy.requests == []


def test_with_keys_nobody_is_asked_for_others(run, client_environment):
    """Asking the instance metadata service takes two seconds where there is none."""
    with CredentialServer({}) as server:
        places = {
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/v1/credentials",
        }
        run.output("list", "--family", "nova", environment=client_environment | places)
        assert server.requests == []
