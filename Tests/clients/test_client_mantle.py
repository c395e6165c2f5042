"""`invoke` and `run` on bedrock-mantle: its APIs and paths, its two quotas, and replies that the quota of output ends."""

import json

import pytest
from anthropic.types import Message
from batch_runs import Batch
from dialects import EVENTS, MESSAGES, OPTIONS, OUTPUT_TOKENS, PROMPT, PROMPT_TOKENS, WHOLE
from emulator_control import Control
from mantle import CLAUDE, CLAUDE_INPUT, CLAUDE_OUTPUT, GPT, GPT_INPUT, GPT_OUTPUT, OSS, base, books, figures, openai_client
from processes import Runner
from pydantic import TypeAdapter
from servers import emulator_fixture
from support import SECRET, with_credentials

MOST = 100
COST = PROMPT_TOKENS + OUTPUT_TOKENS
LISTED_OSS = f"{OSS}-1:0"
GEMMA = "google.gemma-4-31b"
EVERY = [(GPT, "responses"), (LISTED_OSS, "responses"), (LISTED_OSS, "chat"), (CLAUDE, "messages")]
METERS = {GPT: (GPT_INPUT, GPT_OUTPUT), CLAUDE: (CLAUDE_INPUT, CLAUDE_OUTPUT)}

# Its clock nearly stands still, and nothing refills within a minute: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, "--semantics", "fixed60", is_still=True)


@pytest.fixture
def invoke(bedquota, environment, server, control):
    runner = Runner(bedquota, with_credentials(environment))

    def call(model, *options, endpoint="mantle", **others):
        chosen = ("--endpoint", endpoint) if endpoint else ()
        arguments = (*chosen, "--max-tokens", str(MOST), "--endpoint-url", server.url)
        return runner("invoke", model, PROMPT, *arguments, *options, **others)

    return call


def spent(control, model):
    return [round(control.used(code)) for code in METERS[model]]


# MARK: invoke


@pytest.mark.parametrize("model, api", EVERY)
def test_replies_are_what_the_apis_give(invoke, model, api):
    done = invoke(model, "--api", api, "--output", "json")
    assert done.returncode == 0, done.stderr
    TypeAdapter(WHOLE[api]).validate_python(json.loads(done.stdout))
    done = invoke(model, "--api", api, "--stream", "--output", "json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line)["chunk"] for line in done.stdout.splitlines()]
    for event in events:
        TypeAdapter(EVENTS[api]).validate_python(event)
    assert len(events) > 3


@pytest.mark.parametrize("model", [GPT, CLAUDE])
def test_both_meters_and_cloudwatch_agree_with_what_is_said(server, invoke, control, model):
    """The API needn't be named; whole and streamed."""
    for code in METERS[model]:
        control.quota(code, 10_000)
    said = f"{PROMPT_TOKENS} input and {OUTPUT_TOKENS} output tokens: {COST} of the quota of input, {OUTPUT_TOKENS} of output"
    for options in ([], ["--stream"]):
        done = invoke(model, *options)
        assert done.returncode == 0 and said in done.stderr, done.stderr
        assert "bedquota:" not in done.stderr
    assert spent(control, model) == [2 * COST, 2 * OUTPUT_TOKENS]
    assert figures(server.control_url) == books(("default", model, 2, 0, 2 * PROMPT_TOKENS, 2 * OUTPUT_TOKENS))


@pytest.mark.parametrize("model, own", [(GEMMA, GEMMA), (OSS, OSS)])
def test_a_model_that_is_there_alone_goes_there(server, invoke, control, model, own):
    done = invoke(model, endpoint=None)
    assert done.returncode == 0, done.stderr
    assert f"{model} is called on bedrock-mantle" in done.stderr
    assert "No quota of input and output tokens on bedrock-mantle is known" in done.stderr
    assert figures(server.control_url) == books(("default", own, 1, 0, PROMPT_TOKENS, OUTPUT_TOKENS))


def test_the_runtime_is_the_default(server, invoke, control):
    assert invoke(LISTED_OSS, endpoint=None).returncode == 0
    assert figures(server.control_url) == {}


def test_an_api_key_opens_both_endpoints(invoke, environment):
    keyed = with_credentials(environment) | {"AWS_BEARER_TOKEN_BEDROCK": SECRET}
    done = invoke(GPT, environment=keyed)
    assert done.returncode == 0, done.stderr
    done = invoke(GPT, environment=keyed | {"AWS_BEARER_TOKEN_BEDROCK": "sesame"})
    assert done.returncode == 1 and "sesame" not in done.stderr


def test_an_endpoint_of_its_own(bedquota, environment, server, control):
    """`AWS_ENDPOINT_URL_BEDROCK_MANTLE` is the whole base of the paths."""
    here = with_credentials(environment) | {
        "AWS_ENDPOINT_URL": server.url, "AWS_ENDPOINT_URL_BEDROCK_MANTLE": f"{server.url}/bedrock-mantle",
    }  # fmt: skip
    done = Runner(bedquota, here)("invoke", GPT, PROMPT, "--endpoint", "mantle")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "model, options, said",
    [
        (f"us.{GPT}", [], f"takes ids of models alone, and us.{GPT} is none; use {GPT}."),
        ("amazon.titan-embed-text-v2:0", [], "no embedding models"),
        (GPT, ["--api", "converse"], "doesn't have Converse"),
        # Both paths are tried, and the error is the first one's.
        (GPT, ["--api", "chat"], "does not support the '/openai/v1/chat/completions' API"),
    ],
)
def test_what_it_does_not_have(invoke, control, model, options, said):
    done = invoke(model, *options)
    assert done.returncode == 1 and said in done.stderr, done.stderr


def test_a_quota_that_a_request_exceeds_is_named(invoke, control):
    control.quota(GPT_INPUT, MOST)
    done = invoke(GPT)
    assert done.returncode == 1 and GPT_INPUT in done.stderr and "lower max_tokens" in done.stderr


@pytest.mark.parametrize("options", [[], ["--stream"]], ids=["whole", "stream"])
@pytest.mark.parametrize("model", [GPT, CLAUDE])
def test_a_reply_that_the_quota_ends_is_told(invoke, control, model, options):
    """Others use the quota: all of it but five tokens is gone when the request comes."""
    control.quota(METERS[model][1], OUTPUT_TOKENS + 5)
    assert "cut off" not in invoke(model, *options).stderr
    done = invoke(model, *options)
    assert done.returncode == 0
    assert "5 output tokens" in done.stderr and "cut off by the service before max_tokens" in done.stderr


def test_a_reply_that_reaches_max_tokens_is_no_such_reply(invoke, control):
    done = invoke(GPT, "--max-tokens", str(OUTPUT_TOKENS - 5))
    assert f"{OUTPUT_TOKENS - 5} output tokens" in done.stderr and "cut off" not in done.stderr


# MARK: run


def test_a_file_of_all_forms(batch, server, control):
    body = {"input": PROMPT, "max_output_tokens": MOST}
    chat = {"messages": MESSAGES, "max_tokens": MOST}
    batch.write(
        {"recordId": "responses", "modelInput": body},
        {"recordId": "chat", "modelInput": chat},
        {"recordId": "model", "modelInput": chat | {"model": OSS}},
        {"custom_id": "openai", "url": "/v1/responses", "body": body | {"model": LISTED_OSS}},
    )
    done = batch("--endpoint", "mantle", "--output", "json", model=LISTED_OSS)
    assert done.returncode == 0, done.stderr
    assert "another model" not in done.stderr
    summary = json.loads(done.stdout)
    assert (summary["inputTokens"], summary["outputTokens"], summary["endedByQuota"]) == (4 * PROMPT_TOKENS, 4 * OUTPUT_TOKENS, 0)
    kinds = {result["recordId"]: result["modelOutput"]["object"] for result in batch.results}
    assert kinds == {"responses": "response", "chat": "chat.completion", "model": "chat.completion", "openai": "response"}
    assert figures(server.control_url) == books(("default", OSS, 4, 0, 4 * PROMPT_TOKENS, 4 * OUTPUT_TOKENS))


def test_claudes_bodies_and_those_of_the_runtime(batch, control):
    batch.write(
        {"custom_id": "anthropic", "params": {"messages": MESSAGES, "max_tokens": MOST}},
        {"recordId": "converse", "modelInput": {"messages": [{"role": "user", "content": [{"text": PROMPT}]}]}},
    )
    assert batch("--endpoint", "mantle", model=CLAUDE).returncode == 1
    results = {result["recordId"]: result for result in batch.results}
    assert Message.model_validate(results["anthropic"]["modelOutput"]).stop_reason == "end_turn"
    assert "doesn't have Converse" in results["converse"]["error"]["errorMessage"]


def test_replies_that_the_quota_ends_are_counted(server, batch, control):
    """Others leave nothing but the output of two replies and a half."""
    quota, left = 6_000, 2 * OUTPUT_TOKENS + 10
    control.quota(GPT_OUTPUT, quota)
    control("PUT", "replies", {"replies": [{"text": "x" * 4 * (quota - left)}]})
    with openai_client(f"{base(server.url)}/openai/v1") as others:
        assert others.responses.create(model=GPT, input=PROMPT, max_output_tokens=quota).usage.output_tokens == quota - left
    batch.write(*({"recordId": f"r{n}", "modelInput": {"input": PROMPT, "max_output_tokens": 30}} for n in range(3)))
    done = batch("--endpoint", "mantle", "--concurrency", "1", "--output", "json", model=GPT)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["succeeded"], summary["endedByQuota"], summary["outputTokens"]) == (3, 1, left)
    assert "1 reply was cut off before max_tokens" in done.stderr
    assert [result["modelOutput"]["status"] for result in batch.results] == ["completed", "completed", "incomplete"]


# At the quota: a server whose time runs, and whose replies take some.

PACE = ("--latency", "0.2", "--tokens-per-second", "100", "--output-tokens", "20-80", "--history", "0")
running = emulator_fixture(*PACE)


@pytest.mark.parametrize("side", ["input", "output"])
def test_a_run_at_the_quota(bedquota, environment, running, tmp_path, side):
    """300 records as fast as the quota of one side allows: none is throttled, no reply is cut off, and the books agree."""
    control = Control(running.url)
    control.reset()
    control.quota(GPT_INPUT, 90_000 if side == "input" else 1_000_000)
    control.quota(GPT_OUTPUT, 45_000 if side == "output" else 1_000_000)
    batch = Batch(bedquota, with_credentials(environment), running.url, tmp_path)
    batch.write(*({"recordId": f"r{n}", "modelInput": {"input": "sea " * 40, "max_output_tokens": 200}} for n in range(300)))
    done = batch("--endpoint", "mantle", "--output", "json", model=GPT)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["succeeded"], summary["throttled"], summary["endedByQuota"]) == (300, 0, 0)
    assert all(result["modelOutput"]["status"] == "completed" for result in batch.results)
    assert figures(running.url) == books(("default", GPT, 300, 0, summary["inputTokens"], summary["outputTokens"]))


def test_throttling_of_a_model_without_a_quota_begins_a_meter(bedquota, environment, running, tmp_path):
    control = Control(running.url)
    control.reset()
    control("PUT", "replies", {"replies": [{"error": {"code": "ThrottlingException"}}] * 3})
    batch = Batch(bedquota, with_credentials(environment), running.url, tmp_path)
    batch.write(*({"recordId": f"r{n}", "modelInput": {"input": PROMPT, "max_output_tokens": 200}} for n in range(20)))
    done = batch("--endpoint", "mantle", "--output", "json", model=LISTED_OSS)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["succeeded"], summary["throttled"]) == (20, 3)
    assert "from now on the client keeps below" in done.stderr
