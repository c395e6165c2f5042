"""What a client sends reaches AWS byte for byte, and what AWS replies reaches the client; what the gateway changes is listed here."""

import gzip
import http.client
import json
import random
import threading
import uuid
from collections import Counter
from urllib.parse import urlsplit

import pytest
from dialects import CLAUDE, CLAUDE_RPM
from emulator_control import Control, eventually
from http2_raw import Connection, head
from processes import Emulator, Gateway
from raw_http import FAST, signed
from recording_upstream import RecordingUpstream, Reply, ask
from support import KEY, REGION, with_credentials

NOVA, NOVA_QUOTAS = "us.amazon.nova-pro-v1:0", ("L-ED46B8C5", "L-C0326783")
ARN = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{NOVA}"
ENCODED_ARN = ARN.replace(":", "%3A").replace("/", "%2F")
CONVERSE = f"/model/{NOVA}/converse"
JSON = ("Content-Type", "application/json")
MESSAGES = [{"role": "user", "content": [{"text": "Hi"}]}]
BODY = json.dumps({"messages": MESSAGES, "inferenceConfig": {"maxTokens": 10}}).encode()
ANTHROPIC = {"max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}
CLAUDE_BODY = json.dumps(ANTHROPIC | {"anthropic_version": "bedrock-2023-05-31"}).encode()
# A token of the caller's, which AWS must never see.
TOKEN = "my-own-token"


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--no-auth", "--output-tokens", "60")
    for code in (*NOVA_QUOTAS, CLAUDE_RPM):
        # Nothing here waits.
        Control(server.url).quota(code, 1e9)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def upstream(emulator):
    with RecordingUpstream(emulator.url) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(bedquota, environment, upstream, tmp_path_factory):
    log = tmp_path_factory.mktemp("gateway") / "access.log"
    gateway = Gateway(bedquota, with_credentials(environment), upstream.url, configuration=f"access_log: {log}\n")
    gateway.access_log = log
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture(autouse=True)
def fresh(upstream):
    upstream.requests, upstream.reply = [], Reply(headers=[JSON])


# To AWS


@pytest.mark.parametrize(
    "target",
    [
        CONVERSE,
        f"/model/{NOVA.replace(':', '%3A')}/converse",
        f"/model/{NOVA.replace(':', '%3a')}/converse",
        f"/model/{ENCODED_ARN}/converse",
        f"/model/{ENCODED_ARN.lower()}/converse",
        f"/model/{ARN}/converse",
        f"/model/us.amazon%2Enova-pro-v1:0/converse",
        f"{CONVERSE}?a=b%20c&d=%2F&e",
        f"{CONVERSE}?",
    ],
)
def test_path_and_query_are_the_callers(gateway, upstream, target):
    assert ask(gateway.url, target, [JSON], BODY)[0] == 200
    recorded = upstream.last()
    assert (recorded.method, recorded.target) == ("POST", target)


@pytest.mark.parametrize(
    "target, body",
    [
        (CONVERSE, b' {\n\t"messages" :[{"content":[{"text":"Z\xc3\xbcrich \\u00fc \\ud83d\\ude00"}],"role":"user"}] , "x":1.0e+02 }\r\n'),
        (CONVERSE, b'{"messages":[{"role":"user","content":[{"text":"a"}]}],"messages":[{"role":"user","content":[{"text":"b"}]}]}'),
        (f"/model/{NOVA}/invoke", b'{"n": 123456789012345678901234567890, "f": 0.10000000000000000001}'),
        (f"/model/{NOVA}/invoke", b"no JSON at all \x00\xff\xfe"),
        (f"/model/{NOVA}/invoke", b""),
        (f"/model/{NOVA}/invoke", b'{"p":"' + b"x" * 900_000 + b'"}'),
        ("/openai/v1/chat/completions", b'{"model":"openai.gpt-oss-20b-1:0",  "messages":[{"role":"user","content":"Hi"}], "new_member":{}}'),
        ("/anthropic/v1/messages?beta=true", b'{"max_tokens":5,"model":"%s","messages":[]}' % CLAUDE.encode()),
    ],
)
def test_the_body_is_the_callers(gateway, upstream, target, body):
    assert ask(gateway.url, target, [JSON], body)[0] == 200
    recorded = upstream.last()
    assert (recorded.target, recorded.body) == (target, body)
    assert recorded.values("content-length") == [str(len(body))]


def test_a_compressed_body_stays_compressed(gateway, upstream):
    body = gzip.compress(json.dumps({"model": "openai.gpt-oss-20b-1:0", "messages": [{"role": "user", "content": "Hi"}]}).encode())
    headers = [JSON, ("Content-Encoding", "gzip")]
    status, _, said = ask(gateway.url, f"/model/{NOVA}/invoke", headers, body)
    assert status == 200, said
    recorded = upstream.last()
    assert recorded.body == body and recorded.values("content-encoding") == ["gzip"]


PASSED = [
    ("content-type", "application/json; charset=utf-8"),
    ("accept", "application/json, */*"),
    ("user-agent", "a-client/1.0 (of today)"),
    ("anthropic-version", "2023-06-01"),
    ("anthropic-beta", "one-2025-01-01,two-2025-02-02"),
    ("anthropic-beta", "made-up-tomorrow"),
    ("X-Amzn-Bedrock-Trace", "ENABLED"),
    ("X-Amzn-Bedrock-GuardrailIdentifier", "abc"),
    ("X-Amzn-Bedrock-GuardrailVersion", "1"),
    ("X-Amzn-Bedrock-PerformanceConfig-Latency", "standard"),
    ("X-Amzn-Bedrock-Request-Metadata", '{"a":"b  c"}'),
    ("X-Amzn-Made-Up-Tomorrow", "yes"),
    ("amz-sdk-invocation-id", "2f1b1f5e-0000-4000-8000-000000000001"),
    ("amz-sdk-request", "attempt=1; max=3"),
]
DROPPED = [
    ("Authorization", f"Bearer {TOKEN}"),
    ("X-Api-Key", TOKEN),
    ("Cookie", "session=1"),
    ("Forwarded", "for=192.0.2.1"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-Proto", "https"),
    ("X-Real-IP", "192.0.2.1"),
    ("x-stainless-timeout", "600"),
    ("x-stainless-lang", "python"),
    ("x-claude-code-session-id", "1"),
    ("x-bedquota-max-wait", "30s"),
    ("x-amz-date", "20200101T000000Z"),
    ("x-amz-security-token", "the caller's"),
    ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive, X-Of-This-Hop"),
    ("X-Of-This-Hop", "1"),
    ("Keep-Alive", "timeout=5"),
    ("TE", "trailers"),
    ("Proxy-Authorization", "Basic eDp5"),
    ("Upgrade", "websocket"),
]
# What the gateway adds or replaces.
REPLACED = {"host", "authorization", "x-amz-date", "x-amz-content-sha256", "content-length", "accept-encoding"}


def lower(pairs):
    return [(name.lower(), value) for name, value in pairs]


def test_which_headers_pass(gateway, upstream):
    mixed = [*PASSED, *DROPPED]
    random.Random(1).shuffle(mixed)
    status, _, said = ask(gateway.url, CONVERSE, mixed, BODY)
    assert status == 200, said
    recorded = upstream.last()
    assert [pair for pair in lower(recorded.headers) if pair[0] not in REPLACED] == lower(p for p in mixed if p in PASSED)
    assert recorded.values("accept-encoding") == ["identity"]
    assert recorded.values("host") == [urlsplit(upstream.url).netloc]
    assert TOKEN not in str(recorded.headers)


def test_the_same_over_http2(gateway, upstream):
    with Connection(gateway.url) as connection:
        status, _ = connection.reply(connection.request(head("POST", CONVERSE, *lower(PASSED)), BODY))
    assert status == "200"
    recorded = upstream.last()
    assert (recorded.target, recorded.body) == (CONVERSE, BODY)
    assert [pair for pair in lower(recorded.headers) if pair[0] not in REPLACED] == lower(PASSED)


def test_aws_gets_a_right_signature_of_what_it_gets(gateway, upstream):
    """Signed are the headers that AWS demands and no others, which something in between might change."""
    headers = [JSON, ("X-Amzn-Bedrock-Trace", "ENABLED"), ("anthropic-beta", "one")]
    assert ask(gateway.url, f"/model/{ENCODED_ARN}/converse", headers, BODY)[0] == 200
    recorded = upstream.last()
    [authorization] = recorded.values("authorization")
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "x-amz-date", "content-type", "x-amzn-bedrock-trace"} <= set(names)
    assert not {"anthropic-beta", "accept-encoding", "user-agent", "content-length"} & set(names)
    again = signed(
        recorded.method, recorded.target, recorded.body, region=REGION, key=KEY, host=recorded.values("host")[0],
        stamp=recorded.values("x-amz-date")[0], names=names,
        headers=[(n, v) for n, v in lower(recorded.headers) if n in names and n not in ("host", "x-amz-date")],
    )
    assert dict(again)["authorization"] == authorization


# To the client

HEADERS = [
    JSON,
    ("x-amzn-RequestId", "a1b2c3d4-0000-4000-8000-00000000000a"),
    ("X-Amzn-Bedrock-Input-Token-Count", "3"),
    ("X-Amzn-Bedrock-Output-Token-Count", "5"),
    ("X-Amzn-Bedrock-Invocation-Latency", "120"),
    ("anthropic-ratelimit-tokens-remaining", "1000"),
    ("x-made-up-tomorrow", "yes"),
    ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
]
# About a connection, or the gateway's own.
OURS = {"date", "connection", "transfer-encoding", "x-bedquota-waited-ms", "x-bedquota-limit"}


def both(gateway, upstream, target, body, headers=(JSON,)):
    """The same request through the gateway and straight, each as status, headers and body."""
    seen = []
    for url in (gateway.url, upstream.url):
        status, got, data = ask(url, target, headers, body)
        assert sum(name.lower() == "date" for name, _ in got) <= 1, got
        seen.append((status, Counter(pair for pair in lower(got) if pair[0] not in OURS), data))
    return seen


ERRORS = [
    (400, "ValidationException", b'{"message":"messages: at least one message is required  \\u00fc"}'),
    (404, "ResourceNotFoundException", b'{ "Message" : "no such thing" }'),
    (424, "ModelErrorException", b'{"message":"x","originalStatusCode":500,"resourceName":"r"}'),
    (413, "Unknown", b"<html>not JSON</html>"),
    (400, "ServiceQuotaExceededException", b""),
]


@pytest.mark.parametrize("status, code, body", ERRORS)
@pytest.mark.parametrize("target, asked", [(CONVERSE, BODY), (f"/model/{CLAUDE}/invoke-with-response-stream", CLAUDE_BODY)])
def test_an_error_is_awss_own(gateway, upstream, status, code, body, target, asked):
    """After as many attempts as make sense."""
    named = [("x-amzn-ErrorType", f"{code}:http://internal.amazon.com/coral/com.amazon.bedrock/"), ("x-should-retry", "false")]
    upstream.reply = Reply(status, HEADERS + named, [body])
    through, straight = both(gateway, upstream, target, asked)
    assert through == straight


def test_a_throttle_that_nobody_waits_for_is_awss_own(gateway, upstream):
    body = b'{"message":"Too many tokens, please wait before trying again."}'
    named = [("x-amzn-ErrorType", "ThrottlingException:http://internal.amazon.com/"), ("Retry-After", "7")]
    upstream.reply = Reply(429, HEADERS + named, [body])
    through, straight = both(gateway, upstream, CONVERSE, BODY, [JSON, ("x-bedquota-max-wait", "0s")])
    assert through == straight


WHOLE = {
    "converse": (CONVERSE, BODY),
    "invoke": (f"/model/{CLAUDE}/invoke", CLAUDE_BODY),
    "chat": ("/openai/v1/chat/completions", json.dumps({"model": "openai.gpt-oss-20b-1:0", "messages": [{"role": "user", "content": "Hi"}]}).encode()),
    "responses": ("/openai/v1/responses", json.dumps({"model": "us.openai.gpt-5.6-terra", "input": "Hi", "max_output_tokens": 50}).encode()),
    "messages": ("/anthropic/v1/messages", json.dumps(ANTHROPIC | {"model": CLAUDE}).encode()),
}
STREAMS = {
    "converse": (f"{CONVERSE}-stream", BODY),
    "invoke": (f"/model/{CLAUDE}/invoke-with-response-stream", CLAUDE_BODY),
} | {
    name: (target, json.dumps(json.loads(body) | {"stream": True}).encode())
    for name, (target, body) in WHOLE.items()
    if name in ("chat", "responses", "messages")
}


def of_emulator(emulator, target, body) -> tuple[str, bytes]:
    """The type and the body of a reply as AWS makes it."""
    status, headers, data = ask(emulator.url, target, [JSON, ("anthropic-version", "2023-06-01")], body)
    assert status == 200, data
    return {name.lower(): value for name, value in headers}["content-type"], data


def typed(kind):
    return [("Content-Type", kind), *HEADERS[1:]]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_reply_is_awss_own(gateway, upstream, emulator, name, chunked):
    kind, data = of_emulator(emulator, *WHOLE[name])
    upstream.reply = Reply(200, typed(kind), [data[:7], data[7:]], chunked)
    through, straight = both(gateway, upstream, *WHOLE[name])
    if chunked:
        # In one piece it needs no chunks.
        through[1].pop(("content-length", str(len(data))), None)
    assert through == straight


def test_a_large_reply_is_awss_own(gateway, upstream):
    data = json.dumps({"embedding": [random.Random(2).random() for _ in range(200_000)]}).encode()
    for chunked in (False, True):
        upstream.reply = Reply(200, HEADERS, [data[at : at + 50_001] for at in range(0, len(data), 50_001)], chunked)
        through, straight = both(gateway, upstream, f"/model/{NOVA}/invoke", b"{}")
        assert through[2] == straight[2] and through == straight


def cut(data: bytes, seed: int) -> list[bytes]:
    """Pieces that have nothing to do with where events end; seed 0: single bytes."""
    if seed == 0:
        return [data[at : at + 1] for at in range(len(data))]
    rng, pieces = random.Random(seed), []
    while data:
        size = rng.choice([1, 2, 3, 11, 12, 13, 100, 1_000])
        pieces.append(data[:size])
        data = data[size:]
    return pieces


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_awss_own_however_it_is_cut(gateway, upstream, emulator, name, seed):
    kind, data = of_emulator(emulator, *STREAMS[name])
    upstream.reply = Reply(200, typed(kind), cut(data, seed), chunked=True)
    through, straight = both(gateway, upstream, *STREAMS[name])
    assert through == straight and through[2] == data


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_breaks_off_is_no_whole_one(gateway, upstream, emulator, name):
    """In the middle of an event nothing can be said, so the connection breaks as AWS's did."""
    kind, data = of_emulator(emulator, *STREAMS[name])
    upstream.reply = Reply(200, typed(kind), [data[: len(data) // 2], data[len(data) // 2 : -20]], chunked=True, breaks=True)
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(gateway.url, STREAMS[name][0], [JSON], STREAMS[name][1])
    assert data.startswith(broken.value.partial)


@pytest.mark.parametrize("is_whole", [True, False], ids=["after the last event", "before it"])
@pytest.mark.parametrize("name", STREAMS)
def test_who_hangs_up_after_the_last_event_got_everything(gateway, upstream, emulator, name, is_whole):
    """Clients don't wait for the end of the body, which may come much later than the last event."""
    kind, data = of_emulator(emulator, *STREAMS[name])
    ends, id = threading.Event(), str(uuid.uuid4())
    headers = [("Content-Type", kind), ("x-amzn-RequestId", id)]
    upstream.reply = Reply(200, headers, [data[:7], data[7:] if is_whole else data[7:-20]], chunked=True, ends=ends)
    path, body = STREAMS[name]
    connection = http.client.HTTPConnection(urlsplit(gateway.url).netloc, timeout=60)
    connection.request("POST", path, body, dict([JSON]))
    reply = connection.getresponse()
    assert reply.read(len(upstream.reply.body)) == upstream.reply.body
    reply.close()
    connection.close()

    def lines():
        return [line for line in gateway.access_log.read_text(encoding="utf-8").splitlines() if id in line]

    eventually(lines, "the request has ended")
    ends.set()
    line = json.loads(lines()[0])
    assert line["outcome"] == ("succeeded" if is_whole else "abandoned") and line["bytes_out"] == len(upstream.reply.body), line
