"""How `bedquota run` ends: signals, errors that no further request survives, failures, and how the next run goes on."""

import json
import signal
import threading
import time

import pytest
from batch_runs import REPLY, Batch, ModelServer, record
from emulator_control import eventually
from servers import emulator_fixture
from runtime_calls import RPM_CODE, TPM_CODE
from support import with_credentials

server = emulator_fixture("--history", "0", "--latency", "0.5", "--output-tokens", "20")


@pytest.fixture
def batch(bedquota, environment, server, control, tmp_path):
    control.quota(RPM_CODE, 60_000)
    return Batch(bedquota, with_credentials(environment), server.url, tmp_path)


@pytest.fixture
def batch_of(bedquota, environment, tmp_path):
    """A batch whose requests go to another server."""
    return lambda server: Batch(bedquota, with_credentials(environment), server.url, tmp_path)


def error(kind, message="x"):
    return {"__type": kind, "message": message}


def identifiers(count):
    return sorted(f"r{number}" for number in range(count))


# MARK: Signals


@pytest.mark.parametrize("ordered", [[], ["--ordered"]], ids=["as they come", "ordered"])
@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_drops_what_waits_for_the_quota(batch, control, how, code, ordered):
    """300 records are a quarter of an hour of this quota; before, Ctrl-C waited for it."""
    control.quota(TPM_CODE, 6_000)
    batch.write(*map(record, range(300)))
    process = batch.start("--concurrency", "300", *ordered)
    eventually(lambda: batch.output.exists() and batch.output.stat().st_size > 0, "a result", 60)
    start = time.monotonic()
    process.send_signal(how)
    _, words = process.communicate(timeout=60)
    assert time.monotonic() - start < 20
    assert process.returncode == code, words
    assert " in flight; Ctrl-C again to abort" in words and "finishing" in words and "--resume" in words
    before = batch.identifiers()
    assert 0 < len(before) < 100 and all("modelOutput" in result for result in batch.results)
    assert f"{300 - len(before)} left" in words
    control.quota(TPM_CODE, 6_000_000)
    assert batch("--resume", *ordered).returncode == 0
    assert sorted(batch.identifiers()) == identifiers(300)


def test_what_is_in_flight_at_a_signal_is_not_lost(batch_of):
    """What is paid for is written: as many results as requests."""
    release = threading.Event()

    def answer(number, body):
        release.wait(20)
        return 200, REPLY

    with ModelServer(answer) as server:
        batch = batch_of(server)
        batch.write(*map(record, range(100)))
        process = batch.start("--concurrency", "5")
        eventually(lambda: len(server.bodies) == 5, "five in flight", 30)
        process.send_signal(signal.SIGTERM)
        words = said(process, "finishing")
        release.set()
        process.communicate(timeout=30)
        assert process.returncode == 143 and "finishing 5 in flight" in words
        assert len(batch.results) == len(server.bodies) == 5


def said(process, text):
    """What the process has said, once it has said this."""
    words = ""
    while text not in words:
        line = process.stderr.readline()
        assert line, words
        words += line
    return words


def test_a_second_signal_ends_it_at_once(batch_of):
    hang = threading.Event()
    with ModelServer(lambda number, body: (hang.wait(20), (200, REPLY))[1]) as server:
        batch = batch_of(server)
        batch.write(*map(record, range(10)))
        process = batch.start()
        eventually(lambda: server.bodies, "a request", 30)
        process.send_signal(signal.SIGINT)
        said(process, "finishing")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143
        hang.set()


# MARK: Errors that nothing survives


@pytest.mark.parametrize(
    "status, kind, message",
    [
        (403, "ExpiredTokenException", "The security token included in the request is expired"),
        (403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
        (429, "ThrottlingException", "Too many tokens per day, please wait before trying again."),
    ],
)
def test_what_no_request_survives_ends_the_run(batch_of, status, kind, message):
    expired = threading.Event()

    def answer(number, body):
        time.sleep(0.02)
        if number > 10 and not expired.is_set():
            return status, error(kind, message)
        return 200, REPLY

    with ModelServer(answer) as server:
        batch = batch_of(server)
        batch.write(*map(record, range(200)))
        done = batch("--concurrency", "4")
        assert done.returncode == 1 and message in done.stderr
        assert "190 records are left" in done.stderr and "--resume" in done.stderr
        # What was in flight then, and hardly more.
        assert len(server.bodies) <= 10 + 2 * 4
        assert len(batch.results) == 10 and all("modelOutput" in result for result in batch.results)
        expired.set()
        sent = len(server.bodies)
        done = batch("--resume")
        assert done.returncode == 0, done.stderr
        assert sorted(batch.identifiers()) == identifiers(200)
        assert len(server.bodies) == sent + 190


def test_a_service_that_stays_away_is_waited_for_as_long_as_patience_says(batch_of):
    """Records that have no reply then are left, not failed."""

    def answer(number, body):
        time.sleep(0.02)
        return (200, REPLY) if number <= 10 else (503, error("ServiceUnavailableException"))

    with ModelServer(answer) as server:
        batch = batch_of(server)
        batch.write(*map(record, range(40)))
        done = batch("--concurrency", "4", "--patience", "2")
        assert done.returncode == 1, done.stderr
        assert len(batch.results) == 10 and "30 records are left" in done.stderr
        server.answer = lambda number, body: (200, REPLY)
        assert batch("--resume").returncode == 0
        assert sorted(batch.identifiers()) == identifiers(40)


def test_without_patience_the_attempts_decide(batch_of):
    with ModelServer(lambda number, body: (503, error("ServiceUnavailableException"))) as server:
        batch = batch_of(server)
        batch.write(*map(record, range(3)))
        done = batch("--patience", "0", "--max-attempts", "2")
        assert done.returncode == 1 and "3 records have an error" in done.stderr
        assert {result["error"]["errorCode"] for result in batch.results} == {503}


# MARK: Failures


def test_failed_records_are_run_again(batch_of):
    """Every id ends up once, with its reply; what succeeded is not paid twice."""
    fails = lambda body: b"3 " in body or b"7 " in body

    def numbered(number):
        body = {"messages": [{"role": "user", "content": [{"text": f"{number} words"}]}], "inferenceConfig": {"maxTokens": 9}}
        return {"recordId": f"r{number}", "modelInput": body}

    with ModelServer(lambda n, body: (400, error("ValidationException", "no")) if fails(body) else (200, REPLY)) as server:
        batch = batch_of(server)
        batch.write(*map(numbered, range(10)))
        done = batch()
        assert done.returncode == 1 and "2 records have an error" in done.stderr
        failed = {result["recordId"]: result for result in batch.results if "error" in result}
        assert failed["r3"] == numbered(3) | {"error": {"errorCode": 400, "errorMessage": "ValidationException: no"}}
        # Resuming keeps errors as results, and still says so.
        again = batch("--resume", "--output", "json")
        summary = json.loads(again.stdout)
        assert again.returncode == 1 and (summary["failedBefore"], summary["left"]) == (2, 0)
        assert batch("--resume", "--allow-failures").returncode == 0
        server.answer = lambda number, body: (200, REPLY)
        sent = len(server.bodies)
        assert batch("--retry-failed").returncode == 0
        assert len(server.bodies) == sent + 2
        assert sorted(batch.identifiers()) == identifiers(10) and all("modelOutput" in result for result in batch.results)


def test_failures_can_be_allowed(batch):
    batch.write(record(1), "garbage")
    done = batch("--allow-failures")
    assert done.returncode == 0 and "1 failed" in done.stderr


# MARK: Outages


def test_an_endpoint_that_goes_away_costs_no_record(batch_of):
    """Away for 3 s in the middle; before, every third record ended as an error. Only what was in flight then is sent twice."""
    server = ModelServer(lambda number, body: (time.sleep(0.3), (200, REPLY))[1])
    port = server.server_port
    with server:
        batch = batch_of(server)
        batch.write(*map(record, range(120)))
        process = batch.start("--concurrency", "12")
        eventually(lambda: len(server.bodies) > 30, "thirty requests", 30)
        server.cut()
    time.sleep(3)
    with ModelServer(lambda number, body: (200, REPLY), port=port) as again:
        _, words = process.communicate(timeout=90)
        assert process.returncode == 0, words
        assert "waiting: " in words
        assert sorted(batch.identifiers()) == identifiers(120) and all("modelOutput" in result for result in batch.results)
        assert len(server.bodies) + len(again.bodies) <= 120 + 12


def test_a_run_that_resumes_waits_for_the_endpoint(batch_of):
    """It is away when the quotas are read."""
    per_day = error("ThrottlingException", "Too many tokens per day, please wait before trying again.")
    server = ModelServer(lambda number, body: (200, REPLY) if number <= 3 else (429, per_day))
    with server:
        batch = batch_of(server)
        batch.write(*map(record, range(6)))
        assert batch("--concurrency", "1").returncode == 1
        server.cut()
    process = batch.start("--resume")
    time.sleep(2.5)
    assert process.poll() is None
    with ModelServer(port=server.server_port):
        _, words = process.communicate(timeout=60)
        assert process.returncode == 0 and "waiting: " in words, words
        assert sorted(batch.identifiers()) == identifiers(6)
    assert batch("--resume", "--patience", "0").returncode == 1
