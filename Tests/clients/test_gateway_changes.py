"""What the gateway says of itself when something changes, and how it names the end of a request that had begun with a 200."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from dialects import CLAUDE, CLAUDE_RPM
from emulator_control import eventually
from gateway_world import answer
from processes import Emulator, Gateway
from recording_upstream import RecordingUpstream, Reply, ask
from runtime_calls import INSTANT, PROFILE, RPM_CODE
from support import with_credentials

THROTTLE = b'{"message":"Too many requests, please wait before trying again."}'


def lines(log) -> list[dict]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_configuration_that_is_read_again_or_refused(world, tmp_path):
    file = tmp_path / "gateway.yaml"
    file.write_text("drain_delay: 0s\n", encoding="utf-8")
    world = world("--config", str(file))

    def said(text):
        eventually(lambda: text in world.gateway.read_log(), text)

    file.write_text("drain_delay: 0s\nlimits: {requests: 77}\n", encoding="utf-8")
    world.gateway.process.send_signal(signal.SIGHUP)
    said("notice: The configuration was read again, and holds for new requests.")
    said("warning: limits has changed, which takes effect when the gateway starts again.")
    file.write_text("drain_delay: soon\n", encoding="utf-8")
    world.gateway.process.send_signal(signal.SIGHUP)
    said(f"error: configuration refused: {file}:1: drain_delay must be a time")
    said("error: The configuration can't be used; the one before stays in force.")


def test_a_quota_that_is_another_than_before(world):
    """A throttle has the quota read again, but not within a minute of the last reading."""
    world = world(rpm=600)
    assert answer(world.begin())[0] == 200
    world.control.quota(RPM_CODE, 30)

    def is_said():
        answer(world.begin(x_bedquota_max_wait="500ms"))
        time.sleep(0.2)
        return f"{RPM_CODE} rpm " in world.gateway.read_log()

    eventually(is_said, "the change is said", seconds=180)
    assert "notice: A quota of the account has changed." in world.gateway.read_log()


@pytest.mark.parametrize("why", ["AWS finds it invalid", "AWS denies it to the gateway"])
def test_a_stream_that_fails_after_its_keep_alives(world, tmp_path, why):
    """Its client saw a 200 that broke; the log says so, and why."""
    log = tmp_path / "access.log"
    world = world(quotas={CLAUDE_RPM: 60}, configuration=f"access_log: {log}\n")
    is_denied = why.endswith("gateway")
    text = "One river, please." if is_denied else ""
    waiting = [world.begin("converse-stream", model=CLAUDE, text=text, x_stainless_read_timeout="3") for _ in range(6)]
    if is_denied:
        world.control.deny(CLAUDE)
    replies = [answer(each) for each in waiting]
    eventually(lambda: len(lines(log)) == 6, "the log is written")
    kept = [line for line in lines(log) if line.get("keepalives")]
    assert kept and [status for status, _ in replies].count(200) == len(kept)
    error = "BadGatewayException" if is_denied else "ValidationException"
    for line in kept:
        assert (line["status"], line["outcome"], line["error"]) == (200, "broken", error)
        assert line["upstream_request_id"] != line["request_id"]
    assert {line["outcome"] for line in lines(log) if line not in kept} <= {"failed"}


def test_awss_own_429_when_there_are_too_many_retries(bedquota, environment, tmp_path):
    """Its words and its status, and when to come back."""
    log = tmp_path / "access.log"
    body = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 5}}
    headers = [("Authorization", "Bearer alice"), ("Content-Type", "application/json"), ("x-bedquota-max-wait", "3s")]
    emulator = Emulator(bedquota, environment, *INSTANT, "--no-auth")
    with RecordingUpstream(emulator.url) as upstream:
        upstream.reply = Reply(429, [("Content-Type", "application/json"), ("x-amzn-ErrorType", "ThrottlingException"), ("x-amzn-RequestId", "r")], [THROTTLE])
        gateway = Gateway(bedquota, with_credentials(environment), upstream.url, configuration=f"access_log: {log}\n")
        with ThreadPoolExecutor(60) as pool:
            target = f"/model/{PROFILE}/converse"
            replies = list(pool.map(lambda _: ask(gateway.url, target, headers, json.dumps(body).encode()), range(60)))
        assert gateway.stop() == 0
    assert emulator.stop() == 0
    assert {status for status, _, _ in replies} == {429}
    sent = [line for line in lines(log) if line["attempts"]]
    assert {(line["outcome"], line["error"], line["upstream_request_id"]) for line in sent} == {("throttled", "ThrottlingException", "r")}
    assert [line for line in sent if line.get("refusal") == "retries"], "nothing is proven"
    theirs = [dict((name.lower(), value) for name, value in got) for _, got, text in replies if text == THROTTLE]
    assert len(theirs) == len(sent) and all(int(got["retry-after"]) >= 1 for got in theirs)
