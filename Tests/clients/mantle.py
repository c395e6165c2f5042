"""bedrock-mantle: models, quotas, clients and metrics of its tests."""

from datetime import datetime, timedelta, timezone

import anthropic
import openai
from aws_clients import Clients
from dialects import STRICT
from openai.providers import bedrock
from servers import THROUGH_GATEWAY
from support import KEY, REGION, SECRET

GPT = "openai.gpt-5.6-terra"
GPT_INPUT, GPT_OUTPUT = "L-87594EB7", "L-574688BD"
CLAUDE = "anthropic.claude-opus-4-7"
CLAUDE_INPUT, CLAUDE_OUTPUT = "L-54814DC6", "L-15CD18AC"
# Listed as openai.gpt-oss-20b-1:0; the account has no quota for it on this endpoint.
OSS = "openai.gpt-oss-20b"
MAX_TOKENS_OF_GPT = 128_000
NAMESPACE = "AWS/BedrockMantle"


def base(url: str) -> str:
    """Its URL, for which the emulator and a gateway have different paths."""
    return f"{url}/mantle" if THROUGH_GATEWAY else f"{url}/bedrock-mantle"


def openai_client(base_url: str, kind=openai.OpenAI, **more):
    """A client with an API key; every reply is judged by the package's types."""
    return kind(base_url=base_url, api_key=SECRET, max_retries=0, **STRICT, **more)


def signing_openai_client(base_url: str, endpoint="mantle", **more):
    keys = {"access_key_id": KEY, "secret_access_key": SECRET, "region": REGION}
    provider = bedrock(endpoint=endpoint, base_url=base_url, **keys)
    return openai.OpenAI(provider=provider, max_retries=0, **STRICT, **more)


def anthropic_client(base_url: str, kind=anthropic.AnthropicBedrockMantle, **more):
    """A client that signs for bedrock-mantle."""
    keys = {"aws_access_key": KEY, "aws_secret_key": SECRET, "aws_region": REGION}
    return kind(base_url=base_url, max_retries=0, **STRICT, **keys, **more)


def figures(url: str) -> dict[tuple, float]:
    """CloudWatch's sums of every metric that it lists, by its name and its project and model, if any."""
    cloudwatch = Clients(url)("cloudwatch")
    metrics = []
    for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace=NAMESPACE):
        metrics += page["Metrics"]
    now = datetime.now(timezone.utc)
    queries = [
        {"Id": f"m{index}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        for index, metric in enumerate(metrics)
    ]
    if not queries:
        return {}
    reply = cloudwatch.get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - timedelta(minutes=30),
        EndTime=now + timedelta(minutes=30),
    )
    sums = {result["Id"]: sum(result["Values"]) for result in reply["MetricDataResults"]}
    found = {}
    for query in queries:
        metric = query["MetricStat"]["Metric"]
        dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        key = (metric["MetricName"], dimensions.pop("Project", None), dimensions.pop("Model", None))
        assert not dimensions and key not in found
        found[key] = sums[query["Id"]]
    return found


def books(*rows) -> dict[tuple, float]:
    """What `figures` must show of rows (project, model, inferences, errors, input, output), by AWS's page of the metrics."""
    found = {}

    def add(metric, value, *levels):
        for level in levels:
            found[(metric, *level)] = found.get((metric, *level), 0) + value

    for project, model, inferences, errors, read, written in rows:
        account, own, of_model, both = (None, None), (project, None), (None, model), (project, model)
        if inferences:
            add("Inferences", inferences, account, own, of_model, both)
        if errors:
            add("InferenceClientErrors", errors, account, own, of_model, both)
        if inferences or read or written:
            add("TotalInputTokens", read, account, own, of_model)
            add("TotalOutputTokens", written, account, own, of_model)
            add("InputTokens", read, both)
            add("OutputTokens", written, both)
    return found
