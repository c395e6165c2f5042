"""Replies that a test scripts through the control API, and exceptions in the middle of streams."""

import json
import urllib.error
from datetime import datetime, timedelta, timezone

import pytest
from aws_clients import Clients, failure
from botocore.exceptions import EventStreamError
from runtime_calls import (
    MESSAGES,
    OPTIONS,
    PROFILE,
    REPLY_TOKENS,
    RPM_CODE,
    converse,
    converse_stream,
)
from runtime_prompts import CLAUDE
from servers import emulator_fixture, not_through_gateway

server = emulator_fixture(*OPTIONS, is_still=True)
VERSION = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500}
VERSION |= {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def script(control):
    def set_replies(*replies):
        return control("PUT", "replies", {"replies": list(replies)})

    return set_replies


def text(reply):
    return "".join(block.get("text", "") for block in reply["output"]["message"]["content"])


def counted(server, metric, model=PROFILE):
    end = datetime.now(timezone.utc) + timedelta(minutes=1)
    found = Clients(server.control_url)("cloudwatch").get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName=metric,
        Dimensions=[{"Name": "ModelId", "Value": model}],
        StartTime=end - timedelta(minutes=10),
        EndTime=end,
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


def test_texts_come_in_order_and_then_made_up_ones(runtime, script):
    script({"text": "The first."}, {"text": "Zürich, 東京"})
    first, second, third = (converse(runtime) for _ in range(3))
    assert [text(first), text(second)] == ["The first.", "Zürich, 東京"]
    assert first["usage"]["outputTokens"] == 3 and first["stopReason"] == "end_turn"
    assert third["usage"]["outputTokens"] == REPLY_TOKENS


def test_each_model_and_operation_takes_its_own(runtime, script, control):
    script(
        {"modelId": CLAUDE, "text": "Claude's"},
        {"operation": "ConverseStream", "text": "streamed"},
        {"modelId": "amazon.nova-pro-v1:0", "operation": "Converse", "text": "Nova's"},
    )
    assert text(converse(runtime)) == "Nova's"
    events = converse_stream(runtime)
    deltas = [e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e]
    assert "".join(deltas) == "streamed"
    [left] = control("GET", "replies")["replies"]
    assert left == {"modelId": CLAUDE, "text": "Claude's"}
    assert text(converse(runtime, CLAUDE)) == "Claude's"
    assert control("GET", "replies") == {"replies": []}


def test_a_tool_is_called_and_the_agent_goes_on(runtime, script):
    """What an agent's test wants: a text and a call, then the answer."""
    call = {"name": "weather", "input": {"city": "Bern"}}
    script({"text": "Let me look.", "tool": call}, {"text": "Sunny."})
    tools = {
        "tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]
    }
    first = converse(runtime, toolConfig=tools)
    said, called = first["output"]["message"]["content"]
    assert said == {"text": "Let me look."} and first["stopReason"] == "tool_use"
    use = called["toolUse"]
    assert (use["name"], use["input"]) == ("weather", {"city": "Bern"})
    result = {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": "sun"}]}}
    messages = [*MESSAGES, first["output"]["message"], {"role": "user", "content": [result]}]
    last = runtime.converse(modelId=PROFILE, messages=messages, toolConfig=tools)
    assert text(last) == "Sunny." and last["stopReason"] == "end_turn"


def test_a_tool_is_called_in_a_stream(runtime, script):
    script(
        {"reasoning": "Hm.", "text": "Let me look.", "tool": {"name": "weather", "input": {"n": 1}}}
    )
    events = converse_stream(runtime)
    [start] = [e["contentBlockStart"] for e in events if "contentBlockStart" in e]
    assert start["contentBlockIndex"] == 2 and start["start"]["toolUse"]["name"] == "weather"
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    inputs = [d["delta"]["toolUse"]["input"] for d in deltas if d["contentBlockIndex"] == 2]
    assert json.loads("".join(inputs)) == {"n": 1}
    stops = [e["contentBlockStop"]["contentBlockIndex"] for e in events if "contentBlockStop" in e]
    assert stops == [0, 1, 2]


def test_claudes_own_format_has_it_too(runtime, script):
    script({"reasoning": "Hm.", "text": "Yes.", "tool": {"name": "w", "input": {"n": 1}}})
    reply = json.loads(
        runtime.invoke_model(modelId=CLAUDE, body=json.dumps(VERSION))["body"].read()
    )
    assert [block["type"] for block in reply["content"]] == ["thinking", "text", "tool_use"]
    assert reply["content"][0]["thinking"] == "Hm." and reply["content"][2]["input"] == {"n": 1}


def test_max_tokens_cuts_it(runtime, script):
    script({"text": "twelve bytes"})
    reply = converse(runtime, tokens=2)
    assert text(reply) == "twelve b" and reply["stopReason"] == "max_tokens"
    assert reply["usage"]["outputTokens"] == 2


@not_through_gateway("it tries again by itself")
@pytest.mark.parametrize(
    "code, status",
    [
        ("ThrottlingException", 429),
        ("ModelNotReadyException", 429),
        ("ServiceUnavailableException", 503),
        ("InternalServerException", 500),
        ("ModelErrorException", 424),
        ("ModelTimeoutException", 408),
        ("AccessDeniedException", 403),
        ("ValidationException", 400),
        ("ServiceQuotaExceededException", 400),
    ],
)
def test_errors(runtime, script, code, status):
    script(
        {"error": {"code": code}},
        {"error": {"code": code, "message": "As I said."}},
        {"text": "ok"},
    )
    first, second = failure(converse, runtime), failure(converse, runtime)
    assert first[:2] == (code, status) and first[2]
    assert second == (code, status, "As I said.")
    assert text(converse(runtime)) == "ok"


@not_through_gateway("it tries again by itself")
def test_a_scripted_throttle_counts_as_one_and_takes_nothing(runtime, script, server, control):
    script({"error": {"code": "ThrottlingException"}})
    failure(converse, runtime)
    assert counted(server, "InvocationThrottles") == 1 and counted(server, "Invocations") == 0
    converse(runtime)
    assert control.used(RPM_CODE) == pytest.approx(1, abs=0.01)


@not_through_gateway("it holds what AWS throttles")
def test_a_request_that_the_quota_throttles_leaves_the_script_as_it_was(runtime, script, control):
    script({"text": "one"}, {"text": "two"})
    control.quota(RPM_CODE, 0)
    assert failure(converse, runtime)[0] == "ThrottlingException"
    control.quota(RPM_CODE, 100)
    control.advance(60)
    assert [text(converse(runtime)) for _ in range(2)] == ["one", "two"]


def test_a_request_for_vectors_takes_no_text(runtime, script, control):
    script({"text": "x"})
    body = {"texts": ["a"], "input_type": "search_query"}
    runtime.invoke_model(modelId="cohere.embed-v4:0", body=json.dumps(body))
    assert control("GET", "replies")["replies"] == [{"text": "x"}]


def test_reset_clears_the_script(script, control):
    script({"text": "x"})
    control.reset()
    assert control("GET", "replies") == {"replies": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"replies": {}},
        {"replies": [1]},
        {"replies": [{}]},
        {"replies": [{"modelId": "x"}]},
        {"replies": [{"text": 1}]},
        {"replies": [{"text": "x", "model": "y"}]},
        {"replies": [{"text": "x", "operation": "converse"}]},
        {"replies": [{"tool": {"input": {}}}]},
        {"replies": [{"tool": {"name": "t", "input": []}}]},
        {"replies": [{"error": {"code": "Throttled"}}]},
        {"replies": [{"error": "ThrottlingException"}]},
        {"replies": [{"text": "x", "error": {"code": "AccessDeniedException"}}]},
        {"replies": [{"tool": {"name": "t"}, "error": {"code": "ThrottlingException"}}]},
        {"replies": [{"text": "x"}] * 1001},
    ],
)
def test_what_is_no_script_is_refused_and_changes_nothing(control, script, body):
    script({"text": "kept"})
    with pytest.raises(urllib.error.HTTPError) as error:
        control("PUT", "replies", body)
    assert error.value.code == 400 and json.loads(error.value.read())["message"]
    assert control("GET", "replies")["replies"] == [{"text": "kept"}]


# Exceptions in the middle of a stream

EXCEPTIONS = [
    ("cut", "modelStreamErrorException", "ModelErrorException", 424),
    ("cut_throttling", "throttlingException", "ThrottlingException", 429),
    ("cut_unavailable", "serviceUnavailableException", "ServiceUnavailableException", 503),
    ("cut_internal", "internalServerException", "InternalServerException", 500),
]


def streamed(runtime):
    return runtime.converse_stream(modelId=PROFILE, messages=MESSAGES)["stream"]


def streamed_chunks(runtime):
    body = json.dumps(VERSION)
    return runtime.invoke_model_with_response_stream(modelId=CLAUDE, body=body)["body"]


@pytest.mark.parametrize("open_stream", [streamed, streamed_chunks])
@pytest.mark.parametrize("fault, exception, code, status", EXCEPTIONS)
def test_a_stream_breaks_in_the_middle(
    runtime, control, fault, exception, code, status, open_stream
):
    control.faults(**{fault: 1})
    seen = []
    with pytest.raises(EventStreamError) as error:
        seen.extend(open_stream(runtime))
    assert error.value.response["Error"]["Code"] == exception
    assert error.value.response["Error"]["Message"]


@pytest.mark.parametrize("fault, exception, code, status", EXCEPTIONS)
def test_a_reply_in_one_piece_is_the_error(runtime, control, fault, exception, code, status):
    control.faults(**{fault: 1})
    assert failure(converse, runtime)[:2] == (code, status)


@pytest.mark.parametrize("fault, exception, code, status", EXCEPTIONS)
def test_a_script_breaks_one_stream_at_the_word_it_names(
    runtime, script, fault, exception, code, status
):
    script({"text": "So far, so good", "error": {"code": code, "message": "Gone."}})
    seen = []
    with pytest.raises(EventStreamError) as error:
        for event in streamed(runtime):
            seen.append(event)
    words = [e["contentBlockDelta"]["delta"]["text"] for e in seen if "contentBlockDelta" in e]
    assert "".join(words) == "So far, so good"
    described = error.value.response["Error"]
    assert (described["Code"], described["Message"]) == (exception, "Gone.")
    assert len(converse_stream(runtime)) > 3


def test_what_was_sent_before_the_exception_is_paid(runtime, control, server):
    control.faults(cut_throttling=1)
    with pytest.raises(EventStreamError):
        list(streamed(runtime))
    assert counted(server, "Invocations") == 1 and counted(server, "InvocationThrottles") == 0
    assert 0 < counted(server, "OutputTokenCount") < REPLY_TOKENS
