"""Requests that wait longer than their clients bear silence: on a stream they get their answer, and their callers see no trace of the wait."""

import json
import os
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import anthropic
import boto3
import openai
import pytest
from dialects import CLAUDE, CLAUDE_RPM, GPT, GPT_TPM, OSS, OSS_RPM
from emulator_control import Control, eventually
from langchain_aws import ChatBedrockConverse
from processes import Emulator, Gateway
from support import REGION, with_credentials
from test_gateway_clients import PlainNginx

PROMPT = "What is a quota?"
MESSAGES = [{"role": "user", "content": PROMPT}]
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]
ANTHROPIC = {"max_tokens": 100, "messages": MESSAGES}
PAIR = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
TOKEN = "emulator"
OPTIONS = ("--latency", "0", "--tokens-per-second", "0", "--history", "0", "--output-tokens", "20")
# One a second, of which as many may come at once.
RPM = 60
# An answer of 20 tokens, which count ten times, and the prompt.
GPT_COST = 204
CONVERSE = {"messages": BLOCKS, "inferenceConfig": {"maxTokens": 10}}
BEFORE = [
    (f"/model/{CLAUDE}/converse", CONVERSE),
    (f"/model/{OSS}/converse", CONVERSE),
    ("/openai/v1/responses", {"model": GPT, "input": PROMPT, "max_output_tokens": 20}),
]
slow = pytest.mark.skipif(os.environ.get("BEDQUOTA_SLOW") != "1", reason="takes minutes; BEDQUOTA_SLOW=1 runs it")


# Each client with its default time-outs and retries, as the kinds of events that its caller sees.


def boto3_converse(url):
    runtime = boto3.Session().client("bedrock-runtime", region_name=REGION, endpoint_url=url, **PAIR)
    return [kind for event in runtime.converse_stream(modelId=CLAUDE, messages=BLOCKS)["stream"] for kind in event]


def boto3_invoke(url):
    runtime = boto3.Session().client("bedrock-runtime", region_name=REGION, endpoint_url=url, **PAIR)
    body = json.dumps(ANTHROPIC | {"anthropic_version": "bedrock-2023-05-31"})
    stream = runtime.invoke_model_with_response_stream(modelId=CLAUDE, body=body)["body"]
    return [json.loads(event["chunk"]["bytes"])["type"] for event in stream]


def langchain(url):
    chat = ChatBedrockConverse(model=CLAUDE, max_tokens=100, region_name=REGION, endpoint_url=url, **PAIR)
    return [sorted(block["type"] for block in chunk.content if isinstance(block, dict)) for chunk in chat.stream(PROMPT)]


def anthropic_bedrock(url):
    with anthropic.AnthropicBedrock(base_url=url, aws_access_key="emulator", aws_secret_key="emulator", aws_region=REGION) as client:
        return [event.type for event in client.messages.create(model=CLAUDE, stream=True, **ANTHROPIC)]


def anthropic_messages(url):
    with anthropic.Anthropic(base_url=f"{url}/anthropic", api_key=TOKEN) as client:
        return [event.type for event in client.messages.create(model=CLAUDE, stream=True, **ANTHROPIC)]


def openai_chat(url):
    with openai.OpenAI(base_url=f"{url}/openai/v1", api_key=TOKEN) as client:
        chunks = client.chat.completions.create(model=OSS, messages=MESSAGES, max_completion_tokens=100, stream=True)
        return [[choice.finish_reason for choice in chunk.choices] for chunk in chunks]


def openai_responses(url):
    with openai.OpenAI(base_url=f"{url}/openai/v1", api_key=TOKEN) as client:
        return [event.type for event in client.responses.create(model=GPT, input=PROMPT, max_output_tokens=100, stream=True)]


CLIENTS = [boto3_converse, boto3_invoke, langchain, anthropic_bedrock, anthropic_messages, openai_chat, openai_responses]


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    server = Emulator(bedquota, environment, *OPTIONS)
    yield server
    assert server.stop() == 0


@pytest.fixture
def gateway(bedquota, environment, emulator, tmp_path):
    """It reads the quotas when it first needs them, so they are low from its start."""
    control = Control(emulator.url)
    control.reset()
    for code in (CLAUDE_RPM, OSS_RPM):
        control.quota(code, RPM)
    control.quota(GPT_TPM, RPM * GPT_COST)
    log = tmp_path / "access.log"
    gateway = Gateway(bedquota, with_credentials(environment), emulator.url, configuration=f"access_log: {log}\n")
    gateway.access_log = log
    yield gateway
    assert gateway.stop() == 0


def ask(url, path, body):
    """A whole request of a client that waits for minutes. The token names the same caller as everything else here."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "x-stainless-read-timeout": "600"}
    with urllib.request.urlopen(urllib.request.Request(url + path, json.dumps(body).encode(), headers), timeout=600) as reply:
        return reply.status


def queue_length(gateway) -> int:
    with urllib.request.urlopen(f"{gateway.url}/status", timeout=10) as reply:
        status = json.load(reply)
    return sum(pool.get("waiting", 0) for pool in status["pools"])


def hold(gateway, emulator, seconds):
    """Queues as many requests as pass in `seconds`, for a gateway begins with no room; then every client asks, straight and through nginx.

    That each was held for long enough shows in its keep-alives, one every 15 s.
    """
    plain = {client.__name__: client(emulator.url) for client in CLIENTS}
    with ThreadPoolExecutor(3 * seconds + 2 * len(CLIENTS)) as pool, PlainNginx(gateway.url) as nginx:
        before = [pool.submit(ask, gateway.url, *asked) for _ in range(seconds) for asked in BEFORE]
        eventually(lambda: queue_length(gateway) >= 3 * (seconds - 15), "the requests before them wait")
        running = {
            (client.__name__, name): pool.submit(client, url)
            for client in CLIENTS
            for name, url in (("straight", gateway.url), ("nginx", nginx.url))
        }
        seen = {key: future.result(timeout=seconds + 120) for key, future in running.items()}
        assert {future.result() for future in before} == {200}
    assert seen == {key: plain[key[0]] for key in seen}

    def keep_alives():
        lines = [json.loads(line) for line in gateway.access_log.read_text(encoding="utf-8").splitlines()]
        # Some clients hang up after the last event, and a busy machine sees that before it has ended the reply.
        return [line.get("keepalives", 0) for line in lines if line.get("stream") and line["outcome"] in ("succeeded", "abandoned")]

    eventually(lambda: len(keep_alives()) >= len(seen), f"all {len(seen)} streams are in the log: {keep_alives()}")
    assert min(keep_alives()) >= (seconds - 25) // 15, "one was held so briefly that nothing is proven"


def test_every_client_bears_a_wait_of_over_a_minute(gateway, emulator):
    """Longer than boto3's read time-out and nginx's, 60 s each."""
    hold(gateway, emulator, 85)


@slow
def test_every_client_bears_a_wait_of_three_minutes(gateway, emulator):
    hold(gateway, emulator, 200)
