"""aioboto3: the data plane, a hundred calls at once, and the services around it, CloudWatch in its former protocol."""

import asyncio
import json
from datetime import datetime, timedelta, timezone

import aioboto3
from botocore.config import Config
from common import CLAUDE, NOVA, PROMPT, tell

ONCE = Config(retries={"total_max_attempts": 1}, max_pool_connections=50)
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
ASK = {"messages": MESSAGES, "inferenceConfig": {"maxTokens": 2000}}
BODY = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 2000,
    "messages": [{"role": "user", "content": PROMPT}],
}


async def main():
    session = aioboto3.Session()
    found = {}
    async with session.client("bedrock-runtime", config=ONCE) as runtime:
        found["converse"] = (await runtime.converse(modelId=CLAUDE, **ASK))["usage"]["outputTokens"]
        stream = (await runtime.converse_stream(modelId=NOVA, **ASK))["stream"]
        deltas = [
            event["contentBlockDelta"]["delta"]
            async for event in stream
            if "contentBlockDelta" in event
        ]
        found["stream"] = len("".join(delta["text"] for delta in deltas))
        reply = await runtime.invoke_model(modelId=CLAUDE, body=json.dumps(BODY))
        found["invoke"] = json.loads(await reply["body"].read())["usage"]["output_tokens"]
        many = await asyncio.gather(*[runtime.converse(modelId=NOVA, **ASK) for _ in range(100)])
        found["many"] = sum(reply["usage"]["outputTokens"] for reply in many)
    async with session.client("bedrock") as bedrock:
        found["models"] = len((await bedrock.list_foundation_models())["modelSummaries"]) > 10
    async with session.client("service-quotas") as quotas:
        pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="bedrock")
        found["quotas"] = len([quota async for page in pages for quota in page["Quotas"]]) > 100
    async with session.client("sts") as sts:
        found["account"] = (await sts.get_caller_identity())["Account"]
        role = "arn:aws:iam::111122223333:role/reader"
        assumed = await sts.assume_role(RoleArn=role, RoleSessionName="me")
        found["role"] = assumed["AssumedRoleUser"]["Arn"]
    async with session.client("cloudwatch") as cloudwatch:
        end = datetime.now(timezone.utc) + timedelta(minutes=1)
        metric = {
            "Namespace": "AWS/Bedrock",
            "MetricName": "Invocations",
            "Dimensions": [{"Name": "ModelId", "Value": NOVA}],
        }
        stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
        data = await cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "n", "MetricStat": stat}],
            StartTime=end - timedelta(minutes=10),
            EndTime=end,
        )
        found["invocations"] = sum(data["MetricDataResults"][0]["Values"])
        found["metrics"] = (
            len((await cloudwatch.list_metrics(Namespace="AWS/Bedrock"))["Metrics"]) > 0
        )
    tell(**found)


asyncio.run(main())
