"""Libraries that call Bedrock, each in an environment of its own: they work unchanged, and the emulator counts what they did.

A script of the folder `libraries` runs each of them and prints what it got. scripts/library-environments makes the environments.
"""

import json
import subprocess
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from aws_clients import Clients
from emulator_control import eventually
from mantle import base
from network_servers import free_port
from runtime_calls import INSTANT
from runtime_prompts import CLAUDE, NOVA
from servers import emulator_fixture
from support import ROOT, with_credentials

ENVIRONMENTS = ROOT / ".build/libraries"
SCRIPTS = Path(__file__).parent / "libraries"
TOKENS = 20
# Made-up words have four letters with the space after them, which the last one doesn't have.
LETTERS = 4 * TOKENS - 1
CITY = {"name": "sun", "people": 1}
BARE_NOVA = NOVA.removeprefix("us.")
GPT, TERRA = "openai.gpt-oss-20b-1:0", "us.openai.gpt-5.6-terra"
MANTLE_OSS, MANTLE_TERRA, MANTLE_CLAUDE = "openai.gpt-oss-20b", "openai.gpt-5.6-terra", "anthropic.claude-opus-4-7"
EMBED, NOVA_EMBED = "cohere.embed-v4:0", "amazon.nova-2-multimodal-embeddings-v1:0"
TITAN = "amazon.titan-embed-image-v1"

server = emulator_fixture(*INSTANT, "--output-tokens", str(TOKENS))


def counted(server, metric="Invocations", namespace="AWS/Bedrock"):
    """What CloudWatch has of each model."""
    cloudwatch = Clients(server.control_url)("cloudwatch")
    end = datetime.now(timezone.utc) + timedelta(minutes=1)
    found = {}
    for listed in cloudwatch.list_metrics(Namespace=namespace, MetricName=metric)["Metrics"]:
        for dimension in listed["Dimensions"]:
            points = cloudwatch.get_metric_statistics(
                Namespace=namespace,
                MetricName=metric,
                Dimensions=[dimension],
                StartTime=end - timedelta(minutes=30),
                EndTime=end,
                Period=60,
                Statistics=["Sum"],
            )["Datapoints"]
            found[dimension["Value"]] = sum(point["Sum"] for point in points)
    return found


@pytest.fixture
def library(server, control, environment, tmp_path):
    """Runs a script in one of the environments, and returns what it printed."""
    settings = with_credentials(environment) | {
        "AWS_ENDPOINT_URL": server.control_url,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
        "AWS_ENDPOINT_URL_BEDROCK_MANTLE": base(server.url),
        "HOME": str(tmp_path),
    }
    # LiteLLM and agno would fetch and send things; nothing here leaves the machine.
    settings |= {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_TELEMETRY": "False",
        "AGNO_TELEMETRY": "false",
    }
    settings |= {
        "DO_NOT_TRACK": "1",
        "OTEL_SDK_DISABLED": "true",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }

    def run(name, script, **more):
        python = ENVIRONMENTS / name / "bin/python"
        if not python.exists():
            pytest.skip(f"{python} is missing: scripts/library-environments makes it")
        done = subprocess.run(
            [python, SCRIPTS / f"{script}.py"],
            env=settings | more,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    run.settings = settings
    return run


# What each script prints, the number of requests to each model, and the output tokens of all of them.
CITIES = [CITY, CITY, CITY]
LIBRARIES = {
    ("agents", "pydantic_ai_agent"): (
        {
            "text": [TOKENS] * 3,
            "stream": [LETTERS] * 2,
            "tool": CITIES,
            "native": CITIES[:2],
            "prompted": CITIES,
            "thinking": [["thinking", "text"]] * 2,
            "embeddings": [[1536] * 2, [3072] * 2],
        },
        {CLAUDE: 11, NOVA: 4},
    ),
    ("compatible", "compatible_apis"): (
        {
            "langchain": {
                "text": [TOKENS] * 3,
                "stream": [LETTERS] * 3,
                "tools": CITIES,
                "structured": CITIES,
            },
            "pydantic_ai": {"text": [TOKENS] * 3, "stream": [LETTERS] * 3, "structured": CITIES},
            "litellm": {"text": [TOKENS] * 2, "stream": [LETTERS] * 2, "responses": TOKENS, "mantle": [TOKENS] * 3},
            "agents": LETTERS,
        },
        {CLAUDE: 9, TERRA: 19, MANTLE_OSS: 1, MANTLE_TERRA: 1, MANTLE_CLAUDE: 1},
    ),
    ("agents", "strands_agent"): (
        {
            "text": [TOKENS] * 2,
            "whole": TOKENS,
            "stream": LETTERS,
            "tools": "end_turn",
            "structured": CITY,
            "thinking": ["reasoningContent", "text"],
        },
        {CLAUDE: 7, NOVA: 1},
    ),
    ("agents", "strands_compatible"): (
        {"text": [TOKENS] * 3, "tools": ["end_turn"] * 3, "structured": CITIES, "mantle": [TOKENS] * 3},
        {CLAUDE: 4, TERRA: 8, MANTLE_OSS: 1, MANTLE_TERRA: 1, MANTLE_CLAUDE: 1},
    ),
    ("agents", "agno_agent"): (
        {"text": [TOKENS] * 3, "stream": LETTERS, "tools": True, "structured": CITIES[:2]},
        {CLAUDE: 6, NOVA: 1},
    ),
    ("kernel", "instructor_modes"): (
        {"tools": CITIES[:2], "json": CITIES[:2], "markdown": CITY, "anthropic": CITIES[:2]},
        {CLAUDE: 5, NOVA: 2},
    ),
    ("kernel", "semantic_kernel_chat"): (
        {"chat": [LETTERS] * 2, "stream": [LETTERS] * 2, "embeddings": [1024] * 2},
        {CLAUDE: 2, BARE_NOVA: 2, TITAN: 2},
    ),
    ("retrieval", "llama_index_llm"): (
        {
            "complete": [LETTERS] * 2,
            "chat": [LETTERS] * 2,
            "stream": [LETTERS] * 2,
            "tools": [["weather"]] * 2,
            "structured": CITIES[:2],
            "embeddings": [1536, 1024],
        },
        {CLAUDE: 5, NOVA: 5, EMBED: 1, TITAN: 1},
    ),
    ("retrieval", "llama_index_openai_like"): (
        {"chat": [LETTERS] * 3, "stream": [LETTERS] * 3, "tools": [["weather"]] * 3, "structured": CITIES},
        {GPT: 4, MANTLE_OSS: 4, MANTLE_TERRA: 4},
    ),
    ("retrieval", "haystack_generators"): (
        {"chat": [TOKENS] * 2, "stream": [LETTERS] * 2, "tools": LETTERS, "embeddings": [1536] * 3},
        {CLAUDE: 3, NOVA: 1, EMBED: 2},
    ),
    ("aioboto3", "aioboto3_calls"): (
        {
            "converse": TOKENS,
            "stream": LETTERS,
            "invoke": TOKENS,
            "many": 100 * TOKENS,
            "models": True,
            "quotas": True,
            "account": "111122223333",
            "role": "arn:aws:sts::111122223333:assumed-role/reader/me",
            "invocations": 101,
            "metrics": True,
        },
        {CLAUDE: 2, NOVA: 101},
    ),
    ("litellm", "litellm_sdk"): (
        {
            "text": [TOKENS] * 4,
            "stream": [TOKENS] * 4,
            "tools": [["sun"]] * 4,
            "structured": [CITY] * 4,
            # Half of a reply is reasoning.
            "thinking": [[LETTERS // 2, True]] * 2,
            "embeddings": [[1536] * 2, [3072] * 2],
            "messages": TOKENS,
            "responses": TOKENS,
        },
        {CLAUDE: 12, NOVA: 4, GPT: 4, EMBED: 1, NOVA_EMBED: 2},
    ),
}


@pytest.mark.parametrize("place, script", LIBRARIES, ids=[script for _, script in LIBRARIES])
def test_a_library_works_unchanged(library, server, place, script):
    expected, requests = LIBRARIES[place, script]
    assert library(place, script) == expected
    # bedrock-mantle's ids are none of bedrock-runtime's.
    counts = counted(server) | counted(server, "Inferences", "AWS/BedrockMantle")
    assert {model: counts.get(model) for model in requests} == requests


# LiteLLM's proxy


PROXY_KEY = "sk-local-test"


def proxy_config(url):
    at = {
        "aws_bedrock_runtime_endpoint": url,
        "aws_region_name": "us-east-1",
        "aws_access_key_id": "emulator",
        "aws_secret_access_key": "emulator",
    }
    models = {
        "claude": f"bedrock/{CLAUDE}",
        "claude-invoke": f"bedrock/invoke/{CLAUDE}",
        "nova": f"bedrock/{NOVA}",
        "embed": f"bedrock/{EMBED}",
    }
    listed = [
        {"model_name": name, "litellm_params": {"model": model} | at}
        for name, model in models.items()
    ]
    return {
        "model_list": listed,
        "router_settings": {"num_retries": 0},
        "general_settings": {"master_key": PROXY_KEY},
    }


@pytest.fixture
def proxy(library, server, tmp_path):
    command = ENVIRONMENTS / "litellm/bin/litellm"
    if not command.exists():
        pytest.skip(f"{command} is missing: scripts/library-environments makes it")
    config, port = tmp_path / "config.yaml", free_port()
    # JSON is YAML.
    config.write_text(json.dumps(proxy_config(server.url)), encoding="utf-8")
    options = ("--config", config, "--port", str(port), "--host", "127.0.0.1")
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [command, *options], env=library.settings, stdout=log, stderr=log
        )
        try:
            eventually(lambda: is_live(port, process, log), "the proxy is live", 90)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def is_live(port, process, log):
    assert process.poll() is None, Path(log.name).read_text()[-3000:]
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/health/liveliness", timeout=5
        ) as reply:
            return reply.status == 200
    except OSError:
        return False


def test_litellms_proxy_works_unchanged(library, proxy, server):
    printed = library(
        "litellm", "litellm_proxy_calls", BEDQUOTA_PROXY=proxy, BEDQUOTA_PROXY_KEY=PROXY_KEY
    )
    assert printed == {
        "text": [TOKENS] * 3,
        "stream": [TOKENS] * 3,
        "structured": [CITY] * 3,
        "responses": TOKENS,
        "messages": TOKENS,
        "embeddings": [1536] * 2,
    }
    counts = counted(server)
    assert {model: counts.get(model) for model in (CLAUDE, NOVA, EMBED)} == {
        CLAUDE: 8,
        NOVA: 3,
        EMBED: 1,
    }


def test_old_boto3(library, run, environment, server):
    """Four years old: its CloudWatch speaks the query protocol."""
    run.output("alarms", "apply", NOVA, "--yes", environment=with_credentials(environment) | {"AWS_ENDPOINT_URL": server.control_url})
    got = library("old-boto3", "old_boto3")
    assert got["version"] == "1.26.0" and got["filed"] == "PENDING" and got["history"] == [True]
    assert got["refused"] == ["ResourceAlreadyExistsException"] * 3
    assert sorted(name.rpartition("/")[2] for name in got["alarms"]) == ["rpm", "throttles", "tpd", "tpm"]
