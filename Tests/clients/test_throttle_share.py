"""Three real minutes at twice the quota: the share that is throttled, and what CloudWatch says of it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from urllib.request import Request, urlopen

import pytest
from aws_clients import Clients
from botocore.exceptions import ClientError
from processes import Emulator

MODEL = "amazon.nova-pro-v1:0"
REQUESTS_PER_MINUTE = 300
SECONDS = 180
FACTOR = 2
OUTPUT_TOKENS = 40


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    options = ("--output-tokens", str(OUTPUT_TOKENS), "--history", "0", "--no-auth")
    server = Emulator(bedquota, environment, *options)
    for code, value in (("L-F2717A44", REQUESTS_PER_MINUTE), ("L-CE33604C", 1e9)):
        change = json.dumps({"code": code, "value": value}).encode()
        urlopen(Request(f"{server.url}/_emulator/quotas", change, method="PUT")).read()
    yield server
    assert server.stop() == 0


def predicted_share(instants) -> float:
    """A bucket of a minute's quota, full at the start and refilled without a pause."""
    level = float(REQUESTS_PER_MINUTE)
    throttled, last = 0, instants[0]
    for instant in instants:
        level = min(level + (instant - last) * REQUESTS_PER_MINUTE / 60, REQUESTS_PER_MINUTE)
        last = instant
        if level >= 1:
            level -= 1
        else:
            throttled += 1
    return throttled / len(instants)


def offer(clients, count, spacing):
    """Sends open loop: each at its time, however long the ones before it take. The answers, and when each was sent."""
    runtime = clients("bedrock-runtime", max_pool_connections=64)
    start = time.monotonic()

    def ask(number):
        time.sleep(max(start + number * spacing - time.monotonic(), 0))
        sent = time.monotonic() - start
        try:
            reply = runtime.converse(
                modelId=MODEL,
                messages=[{"role": "user", "content": [{"text": "abcd" * (number % 50 + 1)}]}],
                inferenceConfig={"maxTokens": 200},
            )
            return sent, reply["usage"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ThrottlingException", error
            return sent, None

    with ThreadPoolExecutor(64) as pool:
        return list(pool.map(ask, range(count)))


def reported(clients) -> dict[str, float]:
    metrics = ("Invocations", "InvocationThrottles", "InputTokenCount", "OutputTokenCount")
    metrics += ("EstimatedTPMQuotaUsage",)
    now = datetime.now(timezone.utc)
    reply = clients("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": f"m{index}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Bedrock",
                        "MetricName": name,
                        "Dimensions": [{"Name": "ModelId", "Value": MODEL}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for index, name in enumerate(metrics)
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=2),
    )
    return {name: sum(row["Values"]) for name, row in zip(metrics, reply["MetricDataResults"])}


def test_the_throttled_share_and_the_metrics(emulator):
    clients = Clients(emulator.url)
    spacing = 60 / (REQUESTS_PER_MINUTE * FACTOR)
    answers = offer(clients, SECONDS * FACTOR * REQUESTS_PER_MINUTE // 60, spacing)
    usages = [usage for _, usage in answers if usage]
    share = 1 - len(usages) / len(answers)
    predicted = predicted_share(sorted(sent for sent, _ in answers))
    print(f"{len(answers)} sent, {share:.4f} throttled, {predicted:.4f} predicted")
    assert abs(share - predicted) <= 0.02
    assert abs(predicted - 1 / 3) <= 0.02, "a minute of the quota is there at the start"

    found = reported(clients)
    assert found == {
        "Invocations": len(usages),
        "InvocationThrottles": len(answers) - len(usages),
        "InputTokenCount": sum(usage["inputTokens"] for usage in usages),
        "OutputTokenCount": sum(usage["outputTokens"] for usage in usages),
        "EstimatedTPMQuotaUsage": sum(usage["totalTokens"] for usage in usages),
    }
