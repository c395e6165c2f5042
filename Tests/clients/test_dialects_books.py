"""The same work over every API of a model: one meter, to the token, and CloudWatch's figures."""

import json
from datetime import datetime, timedelta, timezone

import anthropic
import openai
import pytest
from aws_clients import Clients
from dialects import (
    BURNDOWN,
    CLAUDE,
    CLAUDE_RPM,
    CLAUDE_TPM,
    GPT,
    GPT_TPM,
    MESSAGES,
    OPTIONS,
    OUTPUT_TOKENS,
    PROMPT,
    PROMPT_TOKENS,
    anthropic_client,
    openai_client,
)
from runtime_shapes import read_events
from servers import emulator_fixture, not_through_gateway

MOST = 100
SUMS = ["Invocations", "InvocationThrottles", "InvocationClientErrors", "InvocationServerErrors"]
SUMS += ["InputTokenCount", "OutputTokenCount", "EstimatedTPMQuotaUsage"]

# Its clock stands still: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, is_still=True)


@pytest.fixture
def gpt(server):
    with openai_client(server.url) as client:
        yield client


@pytest.fixture
def claude(server):
    with anthropic_client(server.url) as client:
        yield client


def converse(runtime, model):
    messages = [{"role": "user", "content": [{"text": PROMPT}]}]
    asked = {"modelId": model, "messages": messages, "inferenceConfig": {"maxTokens": MOST}}
    runtime.converse(**asked)
    read_events(runtime.converse_stream(**asked)["stream"])
    return 2


def invoke(runtime, model, **body):
    asked = {"modelId": model, "body": json.dumps({"messages": MESSAGES} | body)}
    runtime.invoke_model(**asked)
    read_events(runtime.invoke_model_with_response_stream(**asked)["body"])
    return 2


def chat(client):
    asked = {"model": GPT, "messages": MESSAGES, "max_completion_tokens": MOST}
    client.chat.completions.create(**asked)
    list(client.chat.completions.create(stream=True, **asked))
    return 2


def respond(client):
    asked = {"model": GPT, "input": PROMPT, "max_output_tokens": MOST}
    client.responses.create(**asked)
    list(client.responses.create(stream=True, **asked))
    return 2


def message(client):
    asked = {"model": CLAUDE, "messages": MESSAGES, "max_tokens": MOST}
    client.messages.create(**asked)
    list(client.messages.create(stream=True, **asked))
    return 2


def sums(server, model) -> dict[str, float]:
    """CloudWatch's sums over the last minutes."""
    cloudwatch = Clients(server.control_url)("cloudwatch")
    now = datetime.now(timezone.utc)
    dimensions = [{"Name": "ModelId", "Value": model}]
    found = {}
    for name in SUMS:
        reply = cloudwatch.get_metric_statistics(
            Namespace="AWS/Bedrock",
            MetricName=name,
            Dimensions=dimensions,
            StartTime=now - timedelta(minutes=30),
            EndTime=now + timedelta(minutes=30),
            Period=60,
            Statistics=["Sum"],
        )
        found[name] = sum(point["Sum"] for point in reply["Datapoints"])
    return found


def expected(requests, burndown, **more) -> dict[str, float]:
    counts = dict.fromkeys(SUMS, 0.0)
    counts |= {
        "Invocations": requests,
        "InputTokenCount": requests * PROMPT_TOKENS,
        "OutputTokenCount": requests * OUTPUT_TOKENS,
        "EstimatedTPMQuotaUsage": requests * (PROMPT_TOKENS + burndown * OUTPUT_TOKENS),
    }
    return counts | more


def test_every_api_of_gpt_draws_on_one_meter(server, control, runtime, gpt):
    control.quota(GPT_TPM, 10_000)
    requests = converse(runtime, GPT) + invoke(runtime, GPT, max_completion_tokens=MOST)
    requests += chat(gpt) + respond(gpt)
    cost = requests * (PROMPT_TOKENS + BURNDOWN[GPT] * OUTPUT_TOKENS)
    assert control.used(GPT_TPM) == pytest.approx(cost, abs=0.5)
    assert sums(server, GPT) == expected(requests, BURNDOWN[GPT])


def test_every_api_of_claude_draws_on_one_meter(server, control, runtime, claude):
    control.quota(CLAUDE_TPM, 10_000)
    requests = converse(runtime, CLAUDE) + message(claude)
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": MOST}
    requests += invoke(runtime, CLAUDE, **body)
    cost = requests * (PROMPT_TOKENS + BURNDOWN[CLAUDE] * OUTPUT_TOKENS)
    assert control.used(CLAUDE_TPM) == pytest.approx(cost, abs=0.5)
    assert control.used(CLAUDE_RPM) == pytest.approx(requests, abs=0.5)
    assert sums(server, CLAUDE) == expected(requests, BURNDOWN[CLAUDE])


@not_through_gateway("it holds what AWS throttles")
def test_what_one_api_used_up_throttles_another(server, control, runtime, gpt):
    """Seven requests fit, by any API; the eighth needs more than is left."""
    cost = PROMPT_TOKENS + BURNDOWN[GPT] * OUTPUT_TOKENS
    control.quota(GPT_TPM, 7 * cost + MOST + PROMPT_TOKENS - 1)
    requests = converse(runtime, GPT) + invoke(runtime, GPT, max_completion_tokens=MOST)
    requests += chat(gpt)
    gpt.responses.create(model=GPT, input=PROMPT, max_output_tokens=MOST)
    for call in (chat, respond):
        with pytest.raises(openai.RateLimitError):
            call(gpt)
    assert sums(server, GPT) == expected(requests + 1, BURNDOWN[GPT], InvocationThrottles=2)


@not_through_gateway("it tries again by itself")
def test_refusals_and_failures_in_the_metrics(server, control, claude):
    """As for the other APIs: an invalid request is a client error only, and takes nothing."""
    control.quota(CLAUDE_TPM, 10_000)
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.create(model=CLAUDE, messages=MESSAGES, max_tokens=0)
    control.faults(internal_server_error=1)
    with pytest.raises(anthropic.InternalServerError):
        claude.messages.create(model=CLAUDE, messages=MESSAGES, max_tokens=MOST)
    found = sums(server, CLAUDE)
    assert found["InvocationClientErrors"] == found["InvocationServerErrors"] == 1
    assert found["Invocations"] == 1 and found["InputTokenCount"] == 0
    assert control.used(CLAUDE_TPM) == pytest.approx(0, abs=0.5)


def test_streams_tell_the_time_to_the_first_token(server, control, gpt, claude):
    chat(gpt), respond(gpt), message(claude)
    cloudwatch = Clients(server.control_url)("cloudwatch")
    now = datetime.now(timezone.utc)
    for model, streams in ((GPT, 2), (CLAUDE, 1)):
        reply = cloudwatch.get_metric_statistics(
            Namespace="AWS/Bedrock",
            MetricName="TimeToFirstToken",
            Dimensions=[{"Name": "ModelId", "Value": model}],
            StartTime=now - timedelta(minutes=30),
            EndTime=now + timedelta(minutes=30),
            Period=60,
            Statistics=["SampleCount"],
        )
        assert sum(point["SampleCount"] for point in reply["Datapoints"]) == streams
