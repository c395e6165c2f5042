"""What bedquota makes of a server that fails: one clear line, exit code 1, and no secret told."""

import json
import re
import signal
import subprocess
import time

import fault_server as faults
import pytest
from fault_server import FAULTY, FaultServer, always, error, once
from support import with_credentials

SECRET = "Faulty/Secret+Key/0123456789abcdefghijkl"
TOKEN = "SessionTokenThatNobodyMaySee=="
CRASH = re.compile(r"fatal error|traceback|stack dump|crash|precondition|assertion", re.IGNORECASE)
TOLD = (SECRET, TOKEN, "Authorization", "AWS4-HMAC-SHA256", "Signature=")


@pytest.fixture
def secret_environment(environment):
    return with_credentials(environment, "AKIDFAULTS", SECRET) | {"AWS_SESSION_TOKEN": TOKEN}


@pytest.fixture
def list_from(run, secret_environment):
    """Runs `list` against a server and checks what must hold for every fault."""

    def call(server, *options, verbose=False):
        noise = "--verbose" if verbose else "--quiet"
        arguments = ("list", "--output", "json", noise, "--endpoint-url", server.url, *options)
        done = run(*arguments, environment=secret_environment, timeout=90)
        for secret in TOLD:
            assert secret not in done.stdout + done.stderr
        assert done.returncode in (0, 1), done.stderr
        assert not CRASH.search(done.stderr), done.stderr
        if not verbose:
            lines = done.stderr.splitlines()
            assert len(lines) == done.returncode, f"not one line per failure: {done.stderr!r}"
        if done.returncode == 1:
            assert done.stdout == ""
        return done

    return call


def codes(done):
    assert done.returncode == 0, done.stderr
    return [quota["code"] for quota in json.loads(done.stdout)["quotas"]]


def test_the_server_is_healthy_when_not_told_otherwise(list_from):
    with FaultServer() as server:
        done = list_from(server)
    [quota] = json.loads(done.stdout)["quotas"]
    assert (quota["code"], quota["appliedValue"], quota["defaultValue"]) == ("L-AAAAAAAA", 7, 5)


@pytest.mark.parametrize("status", [400, 403])
def test_a_denied_action_is_named(list_from, status):
    with FaultServer(always(status, error("AccessDeniedException", "No."))) as server:
        done = list_from(server)
        assert server.requests[FAULTY] == 1, "a denial is not worth a second try"
    assert done.returncode == 1
    assert "servicequotas:ListServiceQuotas" in done.stderr


@pytest.mark.parametrize(
    "status, code",
    [
        (429, "TooManyRequestsException"),
        (400, "ThrottlingException"),
        (500, "ServiceException"),
        (503, "Anything"),
    ],
)
def test_one_failure_is_retried(list_from, status, code):
    with FaultServer(once(status, error(code))) as server:
        assert codes(list_from(server)) == ["L-AAAAAAAA"]
        assert server.requests[FAULTY] == 2


@pytest.mark.parametrize(
    "status, code", [(500, "ServiceException"), (429, "TooManyRequestsException")]
)
def test_three_attempts_and_no_more(list_from, status, code):
    with FaultServer(always(status, error(code))) as server:
        done = list_from(server)
        assert server.requests[FAULTY] == 3
    assert done.returncode == 1
    assert code in done.stderr


FATAL = {
    "an HTML 502": always(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "an HTML 403": always(403, b"<html>no</html>"),
    "an empty 500": always(500, b""),
    "a 200 of no JSON": always(200, b"<html>welcome to the hotel wifi</html>"),
    "an empty 200": always(200, b""),
    "half a JSON": always(200, b'{"Quotas": [{"QuotaCode": "L-'),
    "a truncated body": faults.truncated,
    "closed in the headers": faults.close_in_the_headers,
    "closed at once": faults.close_at_once,
    "no HTTP": faults.no_http,
    "a token for ever": faults.same_token,
}


@pytest.mark.parametrize("fault", FATAL.values(), ids=FATAL)
def test_what_cannot_be_read_fails(list_from, fault):
    with FaultServer(fault) as server:
        assert list_from(server).returncode == 1
        assert server.requests[FAULTY] <= 3


ODD = {
    "null": b"null",
    "a list": b"[]",
    "no members": b"{}",
    "quotas null": b'{"Quotas": null}',
    "an empty quota": b'{"Quotas": [{}]}',
    "a code of null": b'{"Quotas": [{"QuotaCode": null}]}',
    "a huge value": b'{"Quotas": [{"QuotaCode": "L-AAAAAAAA", "QuotaName": "x", "Value": 1e400}]}',
    "a negative value": b'{"Quotas": [{"QuotaCode": "L-AAAAAAAA", "QuotaName": "x", "Value": -1e308}]}',
    "a name of escapes": b'{"Quotas": [{"QuotaCode": "L-AAAAAAAA", "QuotaName": "\\u001b[31m\\n\\u0000", "Value": 1}]}',
    "a number as token": b'{"Quotas": [], "NextToken": 7}',
    "an empty token": b'{"Quotas": [], "NextToken": ""}',
    "no UTF-8": b'{"Quotas": "\xff\xfe"}',
    "a NUL": b"\0",
    "deep nesting": b"[" * 100_000,
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_bodies_are_harmless(list_from, body):
    with FaultServer(always(200, body)) as server:
        list_from(server)


@pytest.mark.parametrize("fault", [faults.hang, faults.hang_in_the_body, faults.drip])
def test_time_runs_out(list_from, fault):
    with FaultServer(fault) as server:
        start = time.monotonic()
        assert list_from(server, "--timeout", "1").returncode == 1
        assert time.monotonic() - start < 15
        assert server.requests[FAULTY] <= 3


def test_empty_pages_are_survived(list_from):
    with FaultServer(faults.empty_pages) as server:
        assert codes(list_from(server)) == ["L-AAAAAAAA"]
        assert server.requests[FAULTY] == 4


@pytest.mark.parametrize(
    "value", ["-1", "99999999999999999999", "NaN", "1e309", "-Infinity", "", "soon", "0x10", "1.5"]
)
def test_hostile_retry_after(list_from, value):
    """The wait is never more than our own backoff (1 s at most here) and five seconds."""
    headers = [("x-amz-retry-after", value), ("Retry-After", value)]
    with FaultServer(once(429, error("TooManyRequestsException"), headers)) as server:
        start = time.monotonic()
        assert codes(list_from(server)) == ["L-AAAAAAAA"]
        assert time.monotonic() - start < 10


def test_a_signed_request_follows_no_redirect(list_from):
    with FaultServer() as other:
        moved = always(307, b"", [("Location", other.url + "/")])
        with FaultServer(moved) as server:
            assert list_from(server).returncode == 1
        assert not other.requests


def test_verbose_tells_no_secret(list_from):
    with FaultServer(always(500, error("ServiceException"))) as server:
        list_from(server, verbose=True)


def test_interrupting_a_command(bedquota, secret_environment):
    with FaultServer(faults.hang) as server:
        process = subprocess.Popen(
            [bedquota, "list", "--quiet", "--endpoint-url", server.url],
            env=secret_environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while not server.requests[FAULTY] and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130, err
    assert out == "" and len(err.splitlines()) <= 1
