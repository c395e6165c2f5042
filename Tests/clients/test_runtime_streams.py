"""Streams through boto3: their pace, clients that leave, and faults in their middle."""

import json
import socket
import time

import pytest
from aws_clients import failure
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectionError,
    EventStreamError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from emulator_control import eventually
from servers import emulator_fixture, not_through_gateway
from runtime_families import NOVA, PROMPT, PROMPT_TOKENS
from runtime_shapes import RuntimeClients, chunks, read_events
from support import KEY, REGION, SECRET
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as PoolReadTimeoutError

PROFILE = "us.amazon.nova-pro-v1:0"
RPM_CODE, TPM_CODE = "L-ED46B8C5", "L-C0326783"
LATENCY = 0.3
SPEED = 200
MAX_TOKENS = 2_000
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
OPTIONS = ("--latency", str(LATENCY), "--tokens-per-second", str(SPEED), "--history", "0")
# What boto3 raises when a connection dies, before the head of the reply or after it.
BROKEN = (ConnectionError, ConnectionClosedError, ResponseStreamingError, ProtocolError)
LATE = (ReadTimeoutError, PoolReadTimeoutError)


# An emulator of replies that take ten seconds, unless max_tokens says less.
server = emulator_fixture(*OPTIONS, "--output-tokens", str(MAX_TOKENS))


@pytest.fixture
def hasty(server, control):
    """A client that waits one second for a byte."""
    return RuntimeClients(server.url).runtime(read_timeout=1)


def talk(runtime, tokens=MAX_TOKENS, identifier=PROFILE):
    config = {"maxTokens": tokens}
    call = runtime.converse_stream
    return call(modelId=identifier, messages=MESSAGES, inferenceConfig=config)["stream"]


def chunked(runtime, tokens=MAX_TOKENS):
    body = NOVA.body | {"inferenceConfig": {"maxTokens": tokens}}
    call = runtime.invoke_model_with_response_stream
    return call(modelId=PROFILE, body=json.dumps(body))["body"]


STREAMS = [pytest.param(talk, id="converse"), pytest.param(chunked, id="invoke")]


def nothing_in_flight(control):
    eventually(lambda: control.in_flight() == 0, "nothing is in flight")


# Pace


@pytest.mark.parametrize("open_stream", STREAMS)
def test_words_come_one_after_the_other(runtime, open_stream):
    """No sooner than they are made; a busy machine may be later."""
    begin = time.monotonic()
    stream = open_stream(runtime, 100)
    next(iter(stream))
    first = time.monotonic() - begin
    seen = sum(1 for _ in stream)
    assert first >= LATENCY
    assert time.monotonic() - begin >= LATENCY + 100 / SPEED
    assert seen >= 100 / 5, "a stream of 100 tokens comes in many events"


def test_what_a_stream_says_of_its_times(runtime):
    events = read_events(talk(runtime, 100))
    assert events[-1]["metadata"]["metrics"]["latencyMs"] >= 1_000 * (LATENCY + 100 / SPEED)
    metrics = chunks(read_events(chunked(runtime, 100)))[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["firstByteLatency"] >= 1_000 * LATENCY
    assert metrics["invocationLatency"] >= 1_000 * (LATENCY + 100 / SPEED)


def test_a_whole_reply_takes_as_long(runtime):
    begin = time.monotonic()
    config = {"maxTokens": 100}
    reply = runtime.converse(modelId=PROFILE, messages=MESSAGES, inferenceConfig=config)
    assert time.monotonic() - begin >= LATENCY + 100 / SPEED
    assert reply["metrics"]["latencyMs"] >= 1_000 * (LATENCY + 100 / SPEED)


# Clients that leave


@pytest.mark.parametrize("open_stream", STREAMS)
def test_a_stream_that_is_closed_early_gives_back_its_reservation(runtime, control, open_stream):
    control.quota(TPM_CODE, 10_000)  # a refill of 167 a second
    stream = open_stream(runtime)
    events = iter(stream)
    for _ in range(5):
        next(events)
    meter = control.meters()[TPM_CODE]
    assert meter["inFlight"] == 1
    stream.close()
    nothing_in_flight(control)
    meter = control.meters()[TPM_CODE]
    assert meter["available"] >= meter["quota"] - PROMPT_TOKENS - 400


def test_a_stream_reserves_its_max_tokens_and_keeps_what_went_out(runtime, control):
    """A quota of 3,000 refills 50 a second, which the bounds allow for."""
    control.quota(TPM_CODE, 3_000)
    control.quota(RPM_CODE, 10)
    stream = talk(runtime)
    events = iter(stream)
    for _ in range(21):  # messageStart and 20 × 5 tokens
        next(events)
    held = control.used(TPM_CODE)
    assert PROMPT_TOKENS + MAX_TOKENS - 300 <= held <= PROMPT_TOKENS + MAX_TOKENS
    stream.close()
    nothing_in_flight(control)
    assert 0 <= control.used(TPM_CODE) <= PROMPT_TOKENS + 400


@not_through_gateway("it holds what AWS throttles")
def test_the_request_itself_is_not_given_back(runtime, control):
    control.quota(RPM_CODE, 2)
    for _ in range(2):
        talk(runtime).close()
        nothing_in_flight(control)
    assert failure(talk, runtime)[0] == "ThrottlingException"


def signed_request(url: str) -> bytes:
    """A ConverseStream request as it goes over the wire."""
    body = json.dumps({"messages": MESSAGES, "inferenceConfig": {"maxTokens": MAX_TOKENS}})
    path = f"{url}/model/{PROFILE.replace(':', '%3A')}/converse-stream"
    request = AWSRequest("POST", path, {"Content-Type": "application/json"}, body)
    SigV4Auth(Credentials(KEY, SECRET), "bedrock", REGION).add_auth(request)
    prepared = request.prepare()
    host = url.removeprefix("http://")
    lines = [f"POST {prepared.url.removeprefix(url)} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {decoded(value)}" for name, value in prepared.headers.items()]
    return "\r\n".join([*lines, "", body]).encode()


def decoded(value) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def connected(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("read", [False, True], ids=["before-the-head", "after-the-head"])
def test_a_socket_that_goes_away(server, control, reset, read):
    control.quota(TPM_CODE, 10_000)
    with connected(server.url) as wire:
        wire.sendall(signed_request(server.url))
        eventually(lambda: control.in_flight() == 1, "the request is in flight")
        if read:
            assert wire.recv(4_096).startswith(b"HTTP/1.1 200")
        if reset:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    nothing_in_flight(control)
    assert control.used(TPM_CODE) < 600


def test_many_that_leave_at_once(server, control):
    control.quota(TPM_CODE, 1e6)
    wires = [connected(server.url) for _ in range(20)]
    for wire in wires:
        wire.sendall(signed_request(server.url))
    eventually(lambda: control.in_flight() == 20, "all requests are in flight")
    for wire in wires:
        wire.close()
    nothing_in_flight(control)


def test_a_client_that_leaves_a_whole_reply(hasty, control):
    """A reply that is no stream is made to its end; at the latest then it is settled."""
    with pytest.raises(ReadTimeoutError):
        hasty.converse(modelId=PROFILE, messages=MESSAGES, inferenceConfig={"maxTokens": 400})
    nothing_in_flight(control)


# Faults


@pytest.mark.parametrize("open_stream", STREAMS)
def test_a_stream_that_is_cut(runtime, control, open_stream):
    control.faults(cut=1)
    events = []
    with pytest.raises(EventStreamError) as caught:
        events.extend(iter(open_stream(runtime, 100)))
    assert caught.value.response["Error"]["Code"] == "modelStreamErrorException"
    assert "Retry your request" in caught.value.response["Error"]["Message"]
    nothing_in_flight(control)


def test_a_whole_reply_that_is_cut(runtime, control):
    control.faults(cut=1)
    asked = {"modelId": PROFILE, "messages": MESSAGES, "inferenceConfig": {"maxTokens": 50}}
    assert failure(runtime.converse, **asked)[:2] == ("ModelErrorException", 424)
    nothing_in_flight(control)


@not_through_gateway("it says in the stream that AWS broke off")
@pytest.mark.parametrize("open_stream", STREAMS)
def test_a_stream_whose_connection_is_dropped(runtime, control, open_stream):
    control.faults(drop=1)
    stream = open_stream(runtime, 100)
    seen = 0
    with pytest.raises(BROKEN):
        for _ in stream:
            seen += 1
    assert seen >= 1, "it breaks in its middle"
    nothing_in_flight(control)


@not_through_gateway("it answers with an error")
def test_a_whole_reply_whose_connection_is_dropped(runtime, control):
    control.faults(drop=1)
    with pytest.raises(BROKEN):
        runtime.converse(modelId=PROFILE, messages=MESSAGES, inferenceConfig={"maxTokens": 50})
    nothing_in_flight(control)


@pytest.mark.parametrize("open_stream", STREAMS)
def test_a_stream_that_stalls(hasty, control, open_stream):
    """A stall lasts ten minutes; the reservation of a client that gave up is returned at once."""
    control.faults(stall=1)
    stream = open_stream(hasty, 100)
    with pytest.raises(LATE):
        for _ in stream:
            pass
    stream.close()
    nothing_in_flight(control)


def test_the_next_request_after_faults(runtime, control):
    control.faults(cut=1)
    with pytest.raises(EventStreamError):
        list(talk(runtime, 50))
    control.faults()
    assert read_events(talk(runtime, 50))[-1]["metadata"]["usage"]["outputTokens"] == 50
