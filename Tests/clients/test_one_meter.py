"""The same work over five APIs and both endpoints, by boto3, openai and anthropic at once: each endpoint's meters, and both of
CloudWatch's namespaces, have exactly what the clients were told.

No model has all five. GPT-6 Astra has InvokeModel, Converse, Chat Completions and Responses, the last two on bedrock-mantle too;
Claude has InvokeModel, Converse and Messages, and Messages there. The built-in account has no GPT-6, so GPT-5.6's quotas are renamed.
"""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import anthropic
import pytest
from dialects import OPTIONS, STRICT, anthropic_client, openai_client
from emulator_control import Control, control_of
from mantle import anthropic_client as mantle_anthropic_client
from mantle import base, books, figures
from processes import Emulator
from runtime_shapes import RuntimeClients, read_events
from support import KEY, REGION, SECRET
from test_dialects_books import sums

ROUNDS = 5
QUOTA = 12_000
MOST = 100
PROMPTS = ["What is a quota?", "Why?", "Tell me about the history of the token bucket, from its first day."]


@dataclass(frozen=True)
class Model:
    """A model of both endpoints, by its ids, the codes of its quotas, and what an output token costs on bedrock-runtime."""

    profile: str
    id: str
    tpm: str
    input: str
    output: str
    burndown: int


ASTRA = Model("us.openai.gpt-6-astra", "openai.gpt-6-astra", "L-99936FBF", "L-87594EB7", "L-574688BD", 10)
CLAUDE = Model("us.anthropic.claude-opus-4-7", "anthropic.claude-opus-4-7", "L-5DB28B7B", "L-54814DC6", "L-15CD18AC", 5)
RENAMED = {"GPT-5.6 Terra": "GPT-6 Astra", "gpt-5.6-terra": "gpt-6-astra"}


@pytest.fixture(scope="module")
def server(run, bedquota, environment, tmp_path_factory):
    account = tmp_path_factory.mktemp("record") / "astra"
    run.output("record", account, "--emulator")
    for file in account.iterdir():
        text = file.read_text(encoding="utf-8")
        for old, new in RENAMED.items():
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    emulator = Emulator(bedquota, environment, "--account", str(account), *OPTIONS)
    # Nothing refills, so what is gone from a meter is what requests took.
    Control(emulator.url).slow_down()
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def control(server):
    control = control_of(server)
    control.reset()
    # Small, so that next to nothing comes back meanwhile, but with room for every reservation at once.
    for model in (ASTRA, CLAUDE):
        for code in (model.tpm, model.input, model.output):
            control.quota(code, QUOTA)
    return control


# Each call returns the input and output tokens that its client was told.


def converse(runtime, model, prompt, stream):
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    asked = {"modelId": model.profile, "messages": messages, "inferenceConfig": {"maxTokens": MOST}}
    if stream:
        usage = read_events(runtime.converse_stream(**asked)["stream"])[-1]["metadata"]["usage"]
    else:
        usage = runtime.converse(**asked)["usage"]
    return usage["inputTokens"], usage["outputTokens"]


def invoke(runtime, model, prompt, stream):
    messages = {"messages": [{"role": "user", "content": prompt}]}
    if model is CLAUDE:
        body = messages | {"anthropic_version": "bedrock-2023-05-31", "max_tokens": MOST}
    else:
        body = messages | {"max_completion_tokens": MOST}
    asked = {"modelId": model.profile, "body": json.dumps(body)}
    if stream:
        last = json.loads(read_events(runtime.invoke_model_with_response_stream(**asked)["body"])[-1]["chunk"]["bytes"])
        metrics = last["amazon-bedrock-invocationMetrics"]
        return metrics["inputTokenCount"], metrics["outputTokenCount"]
    usage = json.loads(runtime.invoke_model(**asked)["body"].read())["usage"]
    if model is CLAUDE:
        return usage["input_tokens"], usage["output_tokens"]
    return usage["prompt_tokens"], usage["completion_tokens"]


def chat(client, model, prompt, stream):
    asked = {"model": model, "messages": [{"role": "user", "content": prompt}], "max_completion_tokens": MOST}
    if stream:
        options = {"stream": True, "stream_options": {"include_usage": True}}
        usage = list(client.chat.completions.create(**asked, **options))[-1].usage
    else:
        usage = client.chat.completions.create(**asked).usage
    return usage.prompt_tokens, usage.completion_tokens


def respond(client, model, prompt, stream):
    asked = {"model": model, "input": prompt, "max_output_tokens": MOST}
    if stream:
        usage = list(client.responses.create(stream=True, **asked))[-1].response.usage
    else:
        usage = client.responses.create(**asked).usage
    return usage.input_tokens, usage.output_tokens


def message(client, model, prompt, stream):
    asked = {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": MOST}
    if stream:
        with client.messages.stream(**asked) as events:
            usage = events.get_final_message().usage
    else:
        usage = client.messages.create(**asked).usage
    return usage.input_tokens, usage.output_tokens


@pytest.fixture
def ways(server):
    """Every API of each endpoint, as (endpoint, model, call)."""
    runtime = RuntimeClients(server.url).runtime()
    keys = {"aws_access_key": KEY, "aws_secret_key": SECRET, "aws_region": REGION}
    mantle = base(server.url)
    with (
        openai_client(server.url) as gpt,
        anthropic_client(server.url) as claude,
        anthropic.AnthropicBedrock(base_url=server.url, max_retries=0, **STRICT, **keys) as bedrock,
        openai_client(mantle) as mantle_gpt,
        mantle_anthropic_client(f"{mantle}/anthropic") as mantle_claude,
    ):
        yield [
            ("runtime", ASTRA, lambda *asked: converse(runtime, ASTRA, *asked)),
            ("runtime", ASTRA, lambda *asked: invoke(runtime, ASTRA, *asked)),
            ("runtime", ASTRA, lambda *asked: chat(gpt, ASTRA.profile, *asked)),
            ("runtime", ASTRA, lambda *asked: respond(gpt, ASTRA.profile, *asked)),
            ("runtime", CLAUDE, lambda *asked: converse(runtime, CLAUDE, *asked)),
            ("runtime", CLAUDE, lambda *asked: invoke(runtime, CLAUDE, *asked)),
            ("runtime", CLAUDE, lambda *asked: message(claude, CLAUDE.profile, *asked)),
            ("runtime", CLAUDE, lambda *asked: message(bedrock, CLAUDE.profile, *asked)),
            ("mantle", ASTRA, lambda *asked: chat(mantle_gpt, ASTRA.id, *asked)),
            ("mantle", ASTRA, lambda *asked: respond(mantle_gpt, ASTRA.id, *asked)),
            ("mantle", CLAUDE, lambda *asked: message(mantle_claude, CLAUDE.id, *asked)),
        ]


def now(control) -> float:
    """The emulator's time in seconds."""
    return control("GET", "clock")["epochSeconds"]


def test_all_apis_at_once(server, control, ways):
    work = [
        (endpoint, model, call, PROMPTS[turn % len(PROMPTS)], stream)
        for turn in range(ROUNDS)
        for stream in (False, True)
        for endpoint, model, call in ways
    ]
    start = now(control)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: one[2](one[3], one[4]), work))
    requests, read, written = Counter(), Counter(), Counter()
    for (endpoint, model, *_), (read_tokens, written_tokens) in zip(work, told):
        requests[endpoint, model] += 1
        read[endpoint, model] += read_tokens
        written[endpoint, model] += written_tokens
    assert sum(requests.values()) == len(work) and all(written.values())
    used = {code: meter["quota"] - meter["available"] for code, meter in control.meters().items()}
    # The clock creeps, so a fraction of a token has come back.
    back = QUOTA / 60 * (now(control) - start)
    for model in (ASTRA, CLAUDE):
        here, there = ("runtime", model), ("mantle", model)
        cost = read[here] + model.burndown * written[here]
        for code, taken in ((model.tpm, cost), (model.input, read[there] + written[there]), (model.output, written[there])):
            assert taken - back - 0.01 <= used[code] <= taken
        assert sums(server, model.profile) == {
            "Invocations": requests[here],
            "InputTokenCount": read[here],
            "OutputTokenCount": written[here],
            "EstimatedTPMQuotaUsage": cost,
            "InvocationThrottles": 0,
            "InvocationClientErrors": 0,
            "InvocationServerErrors": 0,
        }
    rows = [
        ("default", model.id, requests["mantle", model], 0, read["mantle", model], written["mantle", model])
        for model in (ASTRA, CLAUDE)
    ]
    assert figures(server.url) == books(*rows)
