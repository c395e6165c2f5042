"""What `invoke` sends again and what it doesn't, what counts as a reply, and how it ends when a server is slow or hostile."""

import json
import time

import pytest
from model_server import DELTA, METADATA, REPLY, START, STOP, ModelServer, event, sound
from processes import Runner
from runtime_calls import PROFILE
from support import with_credentials


@pytest.fixture
def invoke(bedquota, environment):
    runner = Runner(bedquota, with_credentials(environment))

    def call(server, *arguments, **options):
        return runner("invoke", PROFILE, "Hi", "--max-tokens", "100", "--endpoint-url", server.url, *arguments, **options)

    return call


def test_a_slow_reply_is_not_silent(invoke):
    """Five seconds of events, never one of silence: read whole, at a limit of two seconds, and paid once."""
    with ModelServer(lambda h, n: h.stream(START, *[DELTA, 0.5] * 7, STOP, METADATA)) as server:
        done = invoke(server, "--timeout", "2", "--output", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["output"]["message"]["content"] == [{"text": "Hello " * 7}]
    assert server.calls == ["converse-stream"]


@pytest.mark.parametrize("streamed", [[], ["--stream"]], ids=["whole", "stream"])
def test_silence_is_paid_once(invoke, streamed):
    def play(handler, number):
        handler.stream(START, DELTA, 30, STOP)

    with ModelServer(play) as server:
        done = invoke(server, "--timeout", "1", *streamed)
    assert done.returncode == 1 and len(server.calls) == 1
    assert "sent nothing of use for 1 s" in done.stderr and "--timeout" in done.stderr
    assert "1 attempt was lost after the request was sent; AWS may charge" in done.stderr


@pytest.mark.parametrize("cut", ["before the reply", "in the reply"])
def test_a_lost_connection_is_not_sent_again(invoke, cut):
    def play(handler, number):
        handler.drop() if cut == "before the reply" else handler.stream(START, DELTA, ends=False)

    with ModelServer(play) as server:
        done = invoke(server)
    assert done.returncode == 1 and len(server.calls) == 1
    assert "AWS may charge" in done.stderr


# Each hung for ever: bytes arrive, but nothing becomes whole.
DRIPS = {
    "a whole reply": lambda h, n: h.drip(),
    "the head": lambda h, n: h.drip(b"HTTP/1.1 200 OK\r\n", b"X"),
    "an error": lambda h, n: h.drip(b"HTTP/1.1 400 Bad\r\nContent-Length: 1000\r\n\r\n"),
    "an event": lambda h, n: h.drip(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + START + DELTA[:40], b"\0"
    ),
}


@pytest.mark.parametrize("limit", [["--timeout", "1"], ["--deadline", "1"]], ids=["timeout", "deadline"])
@pytest.mark.parametrize("what", DRIPS)
def test_a_drip_ends(invoke, what, limit):
    with ModelServer(DRIPS[what]) as server:
        begun = time.monotonic()
        done = invoke(server, *limit, timeout=20)
        assert time.monotonic() - begun < 10
    assert done.returncode == 1 and len(server.calls) == 1


def test_a_deadline_holds_to_the_last_byte_and_is_named(invoke):
    with ModelServer(lambda h, n: h.stream(START, *[DELTA, 0.2] * 100)) as server:
        for options in ([], ["--stream"]):
            done = invoke(server, "--deadline", "1.5", *options)
            assert done.returncode == 1 and "deadline of 1.5 s" in done.stderr and "--deadline" in done.stderr
        tiny = invoke(server, "--deadline", "0.01")
    assert tiny.returncode == 1 and "0.01 s" in tiny.stderr and "--deadline" in tiny.stderr
    assert "--timeout" not in tiny.stderr


NO_REPLIES = {
    "empty": b"", "HTML": b"<html><body>Sign in</body></html>", "null": b"null", "garbage": b"\xff\x00{}",
    "coral": {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}, "Version": "1.0"},
    "an error": {"__type": "ValidationException", "message": "no"},
}  # fmt: skip


@pytest.mark.parametrize("api", ["converse", "invoke-model"])
@pytest.mark.parametrize("what", NO_REPLIES)
def test_an_answer_that_is_no_reply_fails(invoke, what, api):
    with ModelServer(lambda h, n: h.answer(200, NO_REPLIES[what])) as server:
        done = invoke(server, "--api", api)
    assert done.returncode == 1 and "instead of a reply" in done.stderr and len(server.calls) == 1


STREAMS = {
    "nothing": ([], False), "no end": ([START, DELTA], False), "metadata and no end": ([START, DELTA, METADATA], False),
    "no metrics": ([START, DELTA, STOP], True), "whole": ([START, DELTA, STOP, METADATA], True),
    "an exception": ([START, DELTA, event("modelStreamErrorException", {"message": "x"}, "exception")], False),
}  # fmt: skip


@pytest.mark.parametrize("streamed", [[], ["--stream"]], ids=["whole", "stream"])
@pytest.mark.parametrize("what", STREAMS)
def test_a_stream_is_whole_with_its_last_event(invoke, what, streamed):
    events, is_whole = STREAMS[what]
    with ModelServer(lambda h, n: h.stream(*events)) as server:
        done = invoke(server, *streamed)
    assert (done.returncode == 0) == is_whole, done.stderr
    assert len(server.calls) == 1


def test_a_model_that_does_not_stream_is_called_plainly(invoke):
    def play(handler, number):
        if server.calls[-1] == "converse":
            sound(handler)
        else:
            handler.fail(400, "ValidationException", "The model is unsupported for streaming.")

    with ModelServer(play) as server:
        done = invoke(server)
    assert done.returncode == 0 and server.calls == ["converse-stream", "converse"]


def test_a_role_that_may_not_stream_calls_plainly(invoke):
    def play(handler, number):
        sound(handler) if server.calls[-1] == "converse" else handler.fail(403, "AccessDeniedException")

    with ModelServer(play) as server:
        done = invoke(server)
    assert done.returncode == 0 and server.calls == ["converse-stream", "converse"]


def test_a_throttle_is_no_attempt(invoke):
    """Five refusals, more than the attempts of old; then a reply."""

    def play(handler, number):
        sound(handler) if number > 5 else handler.fail(429, "ThrottlingException", "Too many requests, please wait.")

    with ModelServer(play) as server:
        done = invoke(server, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(server.calls) == 6


def test_a_day_that_is_spent_ends_it_at_once(invoke):
    with ModelServer(lambda h, n: h.fail(429, "ThrottlingException", "Too many tokens per day, please wait.")) as server:
        done = invoke(server)
    assert done.returncode == 1 and len(server.calls) == 1


def test_resubmit_later_is_done(invoke):
    def play(handler, number):
        sound(handler) if number > 2 else handler.fail(400, "ServiceQuotaExceededException", "Resubmit your request later.")

    with ModelServer(play) as server:
        assert invoke(server).returncode == 0
    assert len(server.calls) == 3


def test_a_proxys_page_says_what_it_is(invoke):
    page = b"<html><title>Blocked by Example Firewall</title><body>no</body></html>"
    with ModelServer(lambda h, n: h.answer(403, page, [("Content-Type", "text/html")])) as server:
        done = invoke(server)
    assert done.returncode == 1 and "HTML" in done.stderr and "proxy" in done.stderr


@pytest.mark.parametrize("status", [b"000 x", b"99 x"])
def test_a_status_that_is_none_ends_no_process(invoke, status):
    with ModelServer(lambda h, n: h.wfile.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\n{}")) as server:
        done = invoke(server)
    assert done.returncode == 1


def test_an_exception_of_a_stream_is_cleaned(invoke, environment):
    secret = with_credentials(environment)["AWS_SECRET_ACCESS_KEY"]
    bad = event("modelStreamErrorException", {"message": f"key={secret}. \x1b[31mred\nline"}, "exception")
    with ModelServer(lambda h, n: h.stream(START, bad)) as server:
        for options in ([], ["--stream"]):
            done = invoke(server, *options)
            assert done.returncode == 1 and "\x1b" not in done.stderr
            assert f"key={secret}" not in done.stderr
