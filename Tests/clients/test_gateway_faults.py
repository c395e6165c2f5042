"""The gateway when AWS fails: cut and stalled replies, storms, throttles that it could not foresee. Afterwards nothing is held, and
its books and the emulator's agree."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EventStreamError
from cutting_proxy import CuttingProxy, Fault
from gateway_world import answer
from runtime_calls import MESSAGES, PROFILE, RPM_CODE
from runtime_shapes import RuntimeClients, read_events
from urllib3.exceptions import HTTPError

ASKED = {"modelId": PROFILE, "messages": MESSAGES, "inferenceConfig": {"maxTokens": 1_000}}
# Slow enough that a cut meets a reply on its way.
FLOWING = ("--tokens-per-second", "150", "--output-tokens", "150-160")


def error_of(call, **arguments) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("fault", [Fault(head_bytes=20), Fault(head_bytes=0), Fault(body_bytes=0), Fault(body_bytes=40)], ids=str)
def test_a_reply_that_is_cut(world, fault):
    """The client gets an error of AWS's own form that its SDK tries again, never a part of the reply."""
    world = world(between=CuttingProxy)
    runtime = world.boto3()
    runtime.converse(**ASKED)
    world.between.faults = [fault]
    code, status = error_of(runtime.converse, **ASKED)
    assert status in (424, 500, 502, 503, 504), (code, status)
    assert world.between.played == 1, "what AWS may have worked on is not sent again"
    runtime.converse(**ASKED)
    runtime.close()
    world.rests(tolerance=1_500)
    assert world.outcomes() == {"succeeded": 2, "failed": 1}


@pytest.mark.parametrize("chunks", [1, 5])
def test_a_stream_that_is_cut_between_two_events(world, chunks):
    world = world(between=CuttingProxy, emulator=FLOWING)
    runtime = world.boto3()
    world.between.faults = [Fault(chunks=chunks)]
    with pytest.raises(EventStreamError, match="broke off before its end"):
        read_events_and_raise(runtime.converse_stream(**ASKED)["stream"])
    read_events(runtime.converse_stream(**ASKED)["stream"])
    runtime.close()
    world.rests()
    assert world.outcomes() == {"succeeded": 1, "broken": 1}


def test_a_stream_that_is_cut_within_an_event(world):
    """Nothing may follow half an event, so the connection ends without the end of the body."""
    world = world(between=CuttingProxy, emulator=FLOWING)
    runtime = world.boto3()
    world.between.faults = [Fault(chunks=5, is_within=True)]
    with pytest.raises((HTTPError, BotoCoreError)):
        read_events_and_raise(runtime.converse_stream(**ASKED)["stream"])
    runtime.close()
    world.rests()
    assert world.outcomes() == {"broken": 1}


def read_events_and_raise(stream):
    try:
        for _ in stream:
            pass
    finally:
        stream.close()


@pytest.mark.parametrize("operation", ["converse", "converse-stream"])
@pytest.mark.parametrize("fault", [Fault(head_bytes=0, stalls=True), Fault(body_bytes=30, stalls=True)], ids=["head", "body"])
def test_a_reply_that_stalls(world, operation, fault):
    """Silence ends with an error once it is longer than the gateway bears, and the connection to AWS with it."""
    world = world("--timeout", "2", between=CuttingProxy)
    world.between.faults = [fault]
    status, body = answer(world.begin(operation))
    if operation == "converse" or fault.head_bytes == 0:
        assert status in (408, 500, 502, 503, 504), (status, body)
        assert json.loads(body)["message"]
    else:
        assert status == 200 and not body.endswith(b"0\r\n\r\n"), "half an event, and then the end of the connection"
    world.rests(tolerance=1_500)


def test_a_storm_of_503s(world):
    """Whoever has no luck gets AWS's own 503; then everything is as before."""
    world = world()
    world.control.faults(service_unavailable=1)
    with ThreadPoolExecutor(30) as pool:
        results = list(pool.map(lambda _: answer(world.begin(x_bedquota_max_wait="3")), range(60)))
    assert {status for status, _ in results} == {503}
    assert all(b"message" in body for _, body in results)
    assert world.counted("InvocationServerErrors")["InvocationServerErrors"] == 60 + world.metric("bedquota_retries_total", cause="server")
    world.control.faults()
    assert answer(world.begin())[0] == 200
    world.rests()
    assert world.outcomes() == {"succeeded": 1, "failed": 60}


def test_now_and_then_a_503(world):
    """A fifth of the attempts fails, and hardly a client sees it."""
    world = world()
    world.control.faults(service_unavailable=0.2)
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: answer(world.begin())[0], range(100)))
    assert statuses.count(200) >= 90 and set(statuses) <= {200, 503}, statuses
    world.control.faults()
    world.rests()
    world.tokens_agree()


def take_all(direct) -> int:
    """Sends until 16 callers were throttled, however long that takes; the number of throttles."""

    def until_throttled(_):
        while True:
            try:
                direct.converse(**ASKED)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ThrottlingException", error
                return

    with ThreadPoolExecutor(16) as pool:
        return len(list(pool.map(until_throttled, range(16))))


@pytest.mark.parametrize("cause", ["others use half of the quota", "the quota is halved"])
def test_throttles_that_nobody_could_foresee(world, cause):
    """They go back into the queue: no client sees one, and the gateway learns to send less."""
    world = world(rpm=600, tpm=1e6, tpd=1e8)
    direct = RuntimeClients(world.emulator.url).runtime(max_pool_connections=16)
    if cause == "the quota is halved":
        world.control.quota(RPM_CODE, 300)
    # Somebody else has taken all that there is, of which the gateway knows nothing.
    throttles_of_others = take_all(direct)
    if cause.startswith("others"):
        world.control.traffic(PROFILE, 0.5)
    with ThreadPoolExecutor(32) as pool:
        statuses = list(pool.map(lambda _: answer(world.begin())[0], range(100)))
    assert set(statuses) == {200}, Counter(statuses)
    throttles = world.metric("bedquota_upstream_throttles_total")
    assert throttles == world.counted("InvocationThrottles")["InvocationThrottles"] - throttles_of_others > 0
    assert throttles == world.metric("bedquota_retries_total", cause="throttled")
    assert throttles < 60, "it asks less while there is nothing"
    assert "does somebody else use this quota?" in world.gateway.read_log()
    assert world.pool()["throttlesLastHour"] == throttles
    world.control.traffic(PROFILE, 0)
    world.rests(tolerance=1e8)
    assert world.outcomes() == {"succeeded": 100}
