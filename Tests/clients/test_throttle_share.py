"""Three real minutes at twice a quota: boto3 sees the throttles that the definition foretells.

The only slow test of the clients. It compares two independent witnesses, the client's own count and
CloudWatch's, with a model of `bucket60` that is written here from its definition alone.
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from aws_clients import Clients
from emulator_control import Control
from processes import Emulator
from runtime_shapes import RuntimeClients

PROFILE = "us.amazon.nova-pro-v1:0"
RPM_CODE, TPM_CODE = "L-ED46B8C5", "L-C0326783"
RPM = 300
SECONDS = 180
REQUESTS = 2 * RPM * SECONDS // 60
SHARE_TOLERANCE = 0.02
THREADS = 48
LATE_SECONDS = 0.5
OPTIONS = ("--latency", "0.2", "--tokens-per-second", "200", "--output-tokens", "10-60")

ASKED = {
    "messages": [{"role": "user", "content": [{"text": "One river, please."}]}],
    "inferenceConfig": {"maxTokens": 100},
}
METRICS = {
    "Invocations": "requests",
    "InvocationThrottles": "throttles",
    "InputTokenCount": "input",
    "OutputTokenCount": "output",
}


@pytest.fixture(scope="module")
def server(bedquota, environment):
    """An emulator with the default semantics, whose only quota in reach is requests per minute."""
    emulator = Emulator(bedquota, environment, *OPTIONS, "--history", "0")
    control = Control(emulator.url)
    control.quota(RPM_CODE, RPM)
    control.quota(TPM_CODE, 1e9)
    yield emulator
    assert emulator.stop() == 0


def bucket_share(requests: int, seconds: float, per_minute: float) -> float:
    """The share that a full bucket of one minute's quota, refilled steadily, turns away."""
    level = capacity = per_minute
    refill = per_minute / 60 * seconds / requests
    throttled = 0
    for _ in range(requests):
        if level >= 1:
            level -= 1
        else:
            throttled += 1
        level = min(level + refill, capacity)
    return throttled / requests


class Load:
    """Requests at their times, whatever became of those before; counted as the client sees them."""

    def __init__(self, client):
        self.client = client
        self.lateness = []

    def run(self, requests: int, seconds: float) -> Counter:
        begin = time.monotonic() + 0.1
        times = [begin + index * seconds / requests for index in range(requests)]
        with ThreadPoolExecutor(THREADS) as pool:
            counted = Counter()
            for one in [pool.submit(self.send, at) for at in times]:
                counted.update(one.result())
        return counted

    def send(self, at: float) -> Counter:
        time.sleep(max(at - time.monotonic(), 0))
        self.lateness.append(time.monotonic() - at)
        try:
            usage = self.client.converse(modelId=PROFILE, **ASKED)["usage"]
        except self.client.exceptions.ThrottlingException:
            return Counter(throttles=1)
        return Counter(requests=1, input=usage["inputTokens"], output=usage["outputTokens"])


def metric_sums(url: str) -> dict[str, float]:
    """What CloudWatch has of the profile, all minutes together."""
    now = datetime.now(timezone.utc)
    dimensions = [{"Name": "ModelId", "Value": PROFILE}]
    common = {"Namespace": "AWS/Bedrock", "Dimensions": dimensions}
    queries = []
    for name, seen in METRICS.items():
        stat = {"Metric": common | {"MetricName": name}, "Stat": "Sum", "Period": 60}
        queries.append({"Id": seen, "MetricStat": stat})
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(minutes=2)}
    paginator = Clients(url)("cloudwatch").get_paginator("get_metric_data")
    sums = Counter()
    for page in paginator.paginate(MetricDataQueries=queries, **span):
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    return dict(sums)


def test_the_share_of_throttles_at_twice_the_quota(server):
    load = Load(RuntimeClients(server.url).runtime(max_pool_connections=THREADS))
    seen = load.run(REQUESTS, SECONDS)

    assert seen["requests"] + seen["throttles"] == REQUESTS
    assert sorted(load.lateness)[len(load.lateness) * 99 // 100] < LATE_SECONDS
    expected = bucket_share(REQUESTS, SECONDS, RPM)
    assert seen["throttles"] / REQUESTS == pytest.approx(expected, abs=SHARE_TOLERANCE)
    assert metric_sums(server.url) == dict(seen)
