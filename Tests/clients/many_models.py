"""An account with as many models as a test wants, each with quotas of its own, in several Regions."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config
from region_emulators import EAST, OHIO, WEST, RegionEmulators, change, region_accounts

REGIONS = (EAST, WEST, OHIO)
# The model whose entries are copied: its version is a number, and its quotas are named after it.
PATTERN, NAME = "deepseek.v3.2", "DeepSeek V3.2"
# Calls of boto3 in flight.
CALLS_MAX = 16


def models(count: int) -> list[str]:
    return [f"deepseek.v3.{10 + number}" for number in range(count)]


def write_account(source: Path, folder: Path, count: int) -> dict[str, Path]:
    """Account folders by Region, with the copied models and nothing else. `source` is a folder that `bedquota record` has made."""
    for region_folder in (folders := region_accounts(source, folder, REGIONS)).values():
        change(region_folder / "list-foundation-models.json", lambda page: {"modelSummaries": copies(page["modelSummaries"], PATTERN, count)})
        change(region_folder / "list-inference-profiles.json", lambda page: {"inferenceProfileSummaries": []})
        for file in ("list-service-quotas.json", "list-aws-default-service-quotas.json"):
            change(region_folder / file, lambda page: {"Quotas": copies(page["Quotas"], NAME, count)})
    return folders


def copies(entries: list[dict], of: str, count: int) -> list[dict]:
    """The entries that name the pattern, once for each model."""
    texts = [text for entry in entries if of in (text := json.dumps(entry))]
    return [json.loads(renamed(text, number)) for number in range(count) for text in texts]


def renamed(text: str, number: int) -> str:
    version = 10 + number
    text = text.replace(PATTERN, f"deepseek.v3.{version}").replace(NAME, f"DeepSeek V3.{version}")
    entry = json.loads(text)
    if code := entry.get("QuotaCode"):
        # A code of eight characters, as AWS's are.
        text = text.replace(code, f"{code[:-2]}{version:02X}")
    return text


def ask_all(regions: RegionEmulators, ids: list[str]):
    """One request to each model in each Region, so that CloudWatch has metrics of it."""
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    for region in REGIONS:
        client = boto3.Session().client(
            "bedrock-runtime", region_name=region, endpoint_url=regions.aws.url, **keys,
            config=Config(max_pool_connections=CALLS_MAX, retries={"total_max_attempts": 1}),
        )

        def ask(model, client=client):
            client.converse(modelId=model, messages=[{"role": "user", "content": [{"text": "Hi"}]}], inferenceConfig={"maxTokens": 20})

        with ThreadPoolExecutor(CALLS_MAX) as pool:
            list(pool.map(ask, ids))
        client.close()
