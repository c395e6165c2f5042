"""Meters and metrics add up to what clients saw, however their requests end."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from aws_clients import Clients
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError
from emulator_control import control_of
from servers import emulator_fixture
from runtime_families import ANTHROPIC
from runtime_shapes import RuntimeClients
from urllib3.exceptions import ProtocolError

CLAUDE = "us.anthropic.claude-sonnet-4-20250514-v1:0"
RPM_CODE, TPM_CODE = "L-559DCC33", "L-59759B4A"
BURNDOWN = 5
SEED = 20261124
REQUESTS = 600
THREADS = 8
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
OPTIONS = (*INSTANT, "--output-tokens", "5-80", "--semantics", "rolling60")
# Half of the requests go wrong, in every way that ends by itself.
FAULTS = {
    "internal_server_error": 0.1,
    "service_unavailable": 0.1,
    "model_not_ready": 0.05,
    "model_timeout": 0.05,
    "cut": 0.05,
    "cut_throttling": 0.05,
    "cut_unavailable": 0.05,
    "drop": 0.1,
}
FAILURES = (ClientError, ConnectionError, HTTPClientError, ProtocolError)
SUMS = ["Invocations", "InvocationThrottles", "InputTokenCount", "OutputTokenCount"]
SUMS += ["EstimatedTPMQuotaUsage", "InvocationClientErrors", "InvocationServerErrors"]


# Its clock stands still: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, is_still=True)


@pytest.fixture
def control(server):
    """Quotas that never throttle, and that count to the token."""
    control = control_of(server)
    control.reset()
    control.quota(RPM_CODE, 1e6)
    control.quota(TPM_CODE, 1e9)
    return control


@pytest.fixture
def runtime(server, control):
    return RuntimeClients(server.url).runtime(max_pool_connections=THREADS)


def converse(runtime, text, limit):
    usage = runtime.converse(**conversation(text, limit))["usage"]
    return usage["inputTokens"], usage["outputTokens"]


def converse_stream(runtime, text, limit):
    events = list(runtime.converse_stream(**conversation(text, limit))["stream"])
    usage = events[-1]["metadata"]["usage"]
    return usage["inputTokens"], usage["outputTokens"]


def invoke(runtime, text, limit):
    reply = runtime.invoke_model(modelId=CLAUDE, body=body(text, limit))
    return ANTHROPIC.usage(json.loads(reply["body"].read()))


def invoke_stream(runtime, text, limit):
    call = runtime.invoke_model_with_response_stream
    events = list(call(modelId=CLAUDE, body=body(text, limit))["body"])
    metrics = json.loads(events[-1]["chunk"]["bytes"])["amazon-bedrock-invocationMetrics"]
    return metrics["inputTokenCount"], metrics["outputTokenCount"]


def conversation(text, limit):
    messages = [{"role": "user", "content": [{"text": text}]}]
    return {"modelId": CLAUDE, "messages": messages, "inferenceConfig": {"maxTokens": limit}}


def body(text, limit):
    messages = [{"role": "user", "content": text}]
    return json.dumps(ANTHROPIC.body | {"messages": messages, "max_tokens": limit})


WAYS = [converse, converse_stream, invoke, invoke_stream]


def attempt(runtime, number) -> Counter:
    """One request of the seeded mix, as its client counts it."""
    draw = random.Random(f"{SEED}/{number}")
    way, text = draw.choice(WAYS), "four" * draw.randint(1, 60)
    try:
        read, said = way(runtime, text, draw.choice([5, 50, 64_000]))
    except FAILURES:
        return Counter(failed=1)
    return Counter(done=1, input=read, output=said, cost=read + BURNDOWN * said)


def mix(runtime) -> Counter:
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda number: attempt(runtime, number), range(REQUESTS)), Counter())


def metric_sums(url) -> dict[str, float]:
    now = datetime.now(timezone.utc)
    common = {"Namespace": "AWS/Bedrock", "Dimensions": [{"Name": "ModelId", "Value": CLAUDE}]}
    queries = []
    for index, name in enumerate(SUMS):
        stat = {"Metric": common | {"MetricName": name}, "Stat": "Sum", "Period": 60}
        queries.append({"Id": f"m{index}", "MetricStat": stat})
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1)}
    cloudwatch = Clients(url)("cloudwatch")
    results = cloudwatch.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
    return {SUMS[int(result["Id"][1:])]: sum(result["Values"]) for result in results}


def test_replies_add_up(server, runtime, control):
    """Without faults the client's own count is all that there is, to the token."""
    seen = mix(runtime)
    sums = metric_sums(server.control_url)
    assert seen["done"] == REQUESTS == sums["Invocations"] == control.used(RPM_CODE)
    assert (seen["input"], seen["output"]) == (sums["InputTokenCount"], sums["OutputTokenCount"])
    assert seen["cost"] == sums["EstimatedTPMQuotaUsage"] == control.used(TPM_CODE)
    assert control.in_flight() == 0


def test_faults_add_up(server, runtime, control):
    """A broken-off request costs the output sent so far, which only CloudWatch knows; nothing else is lost."""
    control.faults(**FAULTS)
    seen = mix(runtime)
    sums = metric_sums(server.control_url)
    errors = sums["InvocationClientErrors"] + sums["InvocationServerErrors"]
    assert REQUESTS * 0.3 < seen["failed"] == errors
    assert REQUESTS == sums["Invocations"] == control.used(RPM_CODE)
    assert sums["InvocationThrottles"] == 0
    assert seen["cost"] == sums["EstimatedTPMQuotaUsage"], "only what succeeded is in it"
    cost = sums["InputTokenCount"] + BURNDOWN * sums["OutputTokenCount"]
    assert cost > seen["cost"] and control.used(TPM_CODE) == cost
    assert control.in_flight() == 0
