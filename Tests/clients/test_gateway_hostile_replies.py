"""Replies that AWS wouldn't send, from whoever answers for it: no caller gets one that could be read in two ways, or is charged what it
can't have used."""

import json

import pytest
from malformed import NOVA
from processes import Emulator, Gateway
from raw_http import FAST, connect, receive, request, send
from raw_recorder import RawRecorder
from support import with_credentials

BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 5}}).encode()
HEADERS = [("Host", "127.0.0.1"), ("Content-Type", "application/json")]
CONVERSE = f"/model/{NOVA}/converse"


def reply(usage) -> bytes:
    message = {"role": "assistant", "content": [{"text": "Hi"}]}
    return json.dumps({"output": {"message": message}, "stopReason": "end_turn", "usage": usage}).encode()


FINE = reply({"inputTokens": 1, "outputTokens": 1, "totalTokens": 2})
LENGTH = b"Content-Length: %d\r\n" % len(FINE)


def head(fields: bytes = LENGTH, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n" + fields + b"\r\n"


@pytest.fixture(scope="module")
def behind(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST)
    with RawRecorder(emulator.url) as recorder:
        gateway = Gateway(bedquota, with_credentials(environment), recorder.url)
        yield gateway, recorder
        recorder.answer = None
        assert send(gateway.url, request("POST", CONVERSE, HEADERS, BODY))[0] == 200
        assert gateway.stop() == 0
    assert emulator.stop() == 0


def answered(behind, answer: bytes, path: str = CONVERSE):
    gateway, recorder = behind
    recorder.answer = answer
    return send(gateway.url, request("POST", path, [*HEADERS, ("x-bedquota-max-wait", "1s")], BODY))


BROKEN = {
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "nothing": b"",
    "two lengths": head(LENGTH + b"Content-Length: 5\r\n") + FINE,
    "a length and a coding": head(LENGTH + b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
    "a coding before chunks": head(b"Transfer-Encoding: gzip, chunked\r\n") + b"0\r\n\r\n",
    "another coding": head(b"Transfer-Encoding: identity\r\n") + FINE,
    "a size that is no number": head(b"Transfer-Encoding: chunked\r\n") + b"zz\r\n" + FINE,
    "a line end in a value": head(LENGTH + b"X-A: b\rX-C: d\r\n") + FINE,
    "a NUL in a value": head(LENGTH + b"X-A: b\0c\r\n") + FINE,
    "a control character in a value": head(LENGTH + b"X-A: b\x01c\r\n") + FINE,
    "a blank in a name": head(LENGTH + b"X A: b\r\n") + FINE,
    "a head of 2 MB": head(LENGTH + b"X-A: " + b"a" * 2_000_000 + b"\r\n") + FINE,
    "another protocol": head(b"Upgrade: websocket\r\nConnection: upgrade\r\n", b"101 Switching Protocols"),
    "a redirect": head(b"Location: http://elsewhere.example/\r\nContent-Length: 0\r\n", b"307 Temporary Redirect"),
    "a part of its body": head() + FINE[:20],
    "a part of its chunks": head(b"Transfer-Encoding: chunked\r\n") + b"5\r\n" + FINE[:5],
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_is_no_reply_becomes_an_error(behind, answer):
    status, body = answered(behind, answer)
    # The connection may end instead, if the beginning went on already.
    assert status is None or 500 <= status < 600, (status, body[:300])
    assert b"elsewhere" not in body


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_the_same_for_a_stream(behind, answer):
    status, body = answered(behind, answer.replace(b"application/json", b"application/vnd.amazon.eventstream"), CONVERSE + "-stream")
    assert status is None or 500 <= status < 600 or b"xception" in body or not body.endswith(b"0\r\n\r\n"), (status, body[:300])


def test_what_is_about_the_connection_or_the_host_stays_there(behind):
    gateway, recorder = behind
    fields = b"Connection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a=b\r\nAlt-Svc: h3\r\nProxy-Authenticate: Basic\r\n"
    recorder.answer = head(LENGTH + fields + b"x-amzn-RequestId: 7\r\n") + FINE
    with connect(gateway.url) as connection:
        connection.sendall(request("POST", CONVERSE, HEADERS, BODY))
        got = receive(connection)
    fields, _, body = got.lower().partition(b"\r\n\r\n")
    assert body == FINE.lower() and b"x-amzn-requestid: 7" in fields
    assert not [name for name in (b"x-hop", b"keep-alive", b"set-cookie", b"alt-svc", b"proxy-") if name in fields], fields


USAGES = [
    {"inputTokens": -(10**9), "outputTokens": -5, "totalTokens": -1},
    {"inputTokens": 10**15, "outputTokens": 10**18, "totalTokens": 0},
    {"inputTokens": "many", "outputTokens": None},
    {"inputTokens": 1e308, "outputTokens": 1.5},
    {"inputTokens": 5, "outputTokens": 5, "cacheReadInputTokens": 10**12, "cacheWriteInputTokens": 10**12},
    [],
]


@pytest.mark.parametrize("usage", USAGES)
def test_a_usage_that_cannot_be_takes_nothing_from_others(behind, usage):
    """A model has 400,000 tokens a minute or more: after a reply that claims all of them, the next request goes at once."""
    body = reply(usage)
    status, got = answered(behind, head(b"Content-Length: %d\r\n" % len(body)) + body)
    assert status == 200 and got == body
    fine = head() + FINE
    assert answered(behind, fine)[0] == 200


def test_what_aws_says_of_the_account_stays_in_the_log(behind):
    gateway, _ = behind
    words = "User: arn:aws:sts::111122223333:assumed-role/secret-role/me is not authorized to perform: bedrock:InvokeModel"
    body = json.dumps({"message": words}).encode()
    fields = b"x-amzn-ErrorType: AccessDeniedException\r\nContent-Length: %d\r\n" % len(body)
    status, got = answered(behind, head(fields, b"403 Forbidden") + body)
    assert status == 502 and b"AccessDeniedException" in got and b"secret-role" not in got and b"111122223333" not in got
    assert "secret-role" in gateway.read_log()
    body = json.dumps({"message": "You don't have access to the model with the specified model ID."}).encode()
    fields = b"x-amzn-ErrorType: AccessDeniedException\r\nContent-Length: %d\r\n" % len(body)
    status, got = answered(behind, head(fields, b"403 Forbidden") + body)
    assert status == 502 and b"have access to the model" in got


def test_news_before_a_reply_is_no_reply(behind):
    """None of it reaches the caller: boto3 would take a 102 or 103 for the reply to its next request."""
    for status in (b"100 Continue", b"102 Processing", b"103 Early Hints\r\nLink: </x>"):
        got = answered(behind, b"HTTP/1.1 %s\r\n\r\n" % status * 2_000 + head() + FINE)
        assert got == (200, FINE)
