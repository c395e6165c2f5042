"""`bedquota invoke`: one prompt through the quota-aware client."""

import json

import pytest
from processes import Runner
from servers import emulator_fixture
from runtime_calls import PROFILE, TPM_CODE
from support import with_credentials
from test_commands import assert_failed


server = emulator_fixture("--history", "0", "--latency", "0.05")


@pytest.fixture
def invoke(bedquota, environment, server):
    runner = Runner(bedquota, with_credentials(environment))

    def call(*arguments, **options):
        return runner("invoke", *arguments, "--endpoint-url", server.url, **options)

    return call


def test_a_reply_and_what_it_used(invoke, control):
    done = invoke(PROFILE, "How are you?", "--max-tokens", "12")
    assert done.returncode == 0
    assert len(done.stdout.strip()) > 12
    assert "3 input and 12 output tokens" in done.stderr


# One of each family that the built-in account has.
FAMILIES = [
    PROFILE, "us.anthropic.claude-opus-4-7", "us.meta.llama4-scout-17b-instruct-v1:0", "mistral.mistral-large-2402-v1:0",
    "mistral.mistral-large-3-675b-instruct", "deepseek.v3.2", "openai.gpt-oss-20b-1:0", "qwen.qwen3-vl-235b-a22b",
]  # fmt: skip


@pytest.mark.parametrize("model", FAMILIES)
@pytest.mark.parametrize("api", ["converse", "invoke-model"])
def test_a_stream_says_what_the_whole_reply_does(invoke, control, model, api):
    replies = [
        invoke(model, "How are you?", "--max-tokens", "12", "--api", api, *options) for options in ([], ["--stream"])
    ]
    for done in replies:
        assert done.returncode == 0, done.stderr
        assert 40 <= len(done.stdout.strip()) <= 48
        assert "output tokens: " in done.stderr


def test_a_model_that_makes_vectors(invoke, control):
    reply = invoke("cohere.embed-v4:0", "Hi")
    assert reply.returncode == 0, reply.stderr
    assert "embeddings" in json.loads(reply.stdout)


def test_events_as_json(invoke, control):
    done = invoke(PROFILE, "Hi", "--max-tokens", "8", "--stream", "--output", "json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [next(iter(event)) for event in events][-1] == "metadata"
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 8


def test_json_is_what_the_service_sent(invoke, control):
    reply = json.loads(invoke(PROFILE, "Hi", "--output", "json", "--quiet").stdout)
    assert reply["output"]["message"]["role"] == "assistant"


def test_the_quota_is_charged_once(invoke, control, server):
    invoke(PROFILE, "How are you?", "--max-tokens", "12")
    assert 0 <= control.used(TPM_CODE) <= 15


def test_a_throttled_request_comes_again(invoke, control, runtime):
    """Another client has used the quota up, which our limiter doesn't know."""
    control.quota(TPM_CODE, 60_000)
    prompt = [{"role": "user", "content": [{"text": "x" * 4 * 59_900}]}]
    runtime.converse(modelId=PROFILE, messages=prompt, inferenceConfig={"maxTokens": 1})
    done = invoke(PROFILE, "x" * 400, "--max-tokens", "3000", "--verbose")
    assert done.returncode == 0, done.stderr
    answers = [line for line in done.stderr.splitlines() if "operation=Converse" in line]
    assert [("status=429" in line) for line in answers] == [True] * (len(answers) - 1) + [False]
    assert len(answers) > 1


def test_what_can_never_fit_is_refused_here(invoke, control):
    control.quota(TPM_CODE, 500)
    assert_failed(invoke(PROFILE, "Hi", "--max-tokens", "900"), 1, "500", "max_tokens")


def test_an_id_that_the_service_does_not_know(invoke, control):
    for options in ([], ["--stream"]):
        assert_failed(invoke("acme.rocket-v1:0", "Hi", *options), 1, "invalid", "bedquota models")


def test_a_denied_model_says_whom_to_ask(invoke, control):
    control.deny(PROFILE)
    assert_failed(invoke(PROFILE, "Hi"), 1, "request access to this model")


def test_an_api_key_takes_the_place_of_a_signature(invoke, control, environment):
    """The control plane of Bedrock takes it as well; Service Quotas and CloudWatch know signatures only."""
    keyed = with_credentials(environment) | {"AWS_BEARER_TOKEN_BEDROCK": "emulator"}
    done = invoke(PROFILE, "Hi", environment=keyed)
    assert done.returncode == 0, done.stderr
    wrong = invoke(PROFILE, "Hi", environment=keyed | {"AWS_BEARER_TOKEN_BEDROCK": "sesame"})
    assert wrong.returncode == 1 and "sesame" not in wrong.stderr


@pytest.mark.parametrize("arguments", [["us.", "Hi"], [PROFILE], [PROFILE, "Hi", "--max-tokens", "0"], [PROFILE, ""]])
def test_bad_usage(run, arguments):
    assert_failed(run("invoke", *arguments, "--emulator"), 64)
