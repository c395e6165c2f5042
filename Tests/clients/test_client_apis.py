"""`invoke` and `run` over all APIs of a model: replies by the packages' own types, one meter, errors in the same words."""

import json
import re

import pytest
from anthropic.types import Message
from dialects import (
    BURNDOWN,
    CLAUDE,
    CLAUDE_RPM,
    CLAUDE_TPM,
    EVENTS,
    GPT,
    GPT_TPM,
    MESSAGES,
    OPTIONS,
    OUTPUT_TOKENS,
    PROMPT,
    PROMPT_TOKENS,
    WHOLE,
    anthropic_client,
    openai_client,
)
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from processes import Runner
from pydantic import TypeAdapter
from servers import emulator_fixture
from support import with_credentials
from test_dialects_books import expected, sums

MOST = 100
COST = {model: PROMPT_TOKENS + burndown * OUTPUT_TOKENS for model, burndown in BURNDOWN.items()}
APIS = {GPT: ["converse", "invoke", "chat", "responses"], CLAUDE: ["converse", "invoke", "messages"]}
COMPATIBLE = [(GPT, "chat"), (GPT, "responses"), (CLAUDE, "messages")]
EVERY = [(model, api) for model, apis in APIS.items() for api in apis]

# Its clock nearly stands still, and nothing refills within a minute: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, "--semantics", "fixed60", is_still=True)


@pytest.fixture
def invoke(bedquota, environment, server, control):
    runner = Runner(bedquota, with_credentials(environment))

    def call(model, api, *options, prompt=PROMPT, **others):
        arguments = ("--api", api, "--max-tokens", str(MOST), "--endpoint-url", server.url)
        return runner("invoke", model, prompt, *arguments, *options, **others)

    return call


def members(value):
    """The names of all members, at their places."""
    if isinstance(value, dict):
        return {name: members(inner) for name, inner in value.items()}
    return [members(inner) for inner in value] if isinstance(value, list) else None


def direct(url, api) -> dict:
    """What the API gives to the vendor's own client, without streaming."""
    if api == "messages":
        with anthropic_client(url) as client:
            raw = client.messages.with_raw_response.create(model=CLAUDE, messages=MESSAGES, max_tokens=MOST)
    else:
        with openai_client(url) as client:
            if api == "chat":
                create = client.chat.completions.with_raw_response.create
                raw = create(model=GPT, messages=MESSAGES, max_completion_tokens=MOST)
            else:
                create = client.responses.with_raw_response.create
                raw = create(model=GPT, input=PROMPT, max_output_tokens=MOST, store=False)
    return json.loads(raw.text() if callable(raw.text) else raw.text)


# MARK: Replies


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_a_whole_reply_is_what_the_api_gives(invoke, server, model, api):
    done = invoke(model, api, "--output", "json")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    TypeAdapter(WHOLE[api]).validate_python(reply)
    assert members(reply) == members(direct(server.url, api))
    assert f"{PROMPT_TOKENS} input and {OUTPUT_TOKENS} output tokens" in done.stderr


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_every_event_has_the_apis_form(invoke, model, api):
    done = invoke(model, api, "--stream", "--output", "json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line)["chunk"] for line in done.stdout.splitlines()]
    for event in events:
        TypeAdapter(EVENTS[api]).validate_python(event)
    assert len(events) > 3


@pytest.mark.parametrize("model, api", EVERY)
def test_the_text_is_the_same_whole_and_streamed(invoke, control, model, api):
    texts = []
    for options in ([], ["--stream"]):
        control.reset()
        done = invoke(model, api, *options)
        assert done.returncode == 0, done.stderr
        texts.append(done.stdout)
    assert len(texts[0]) > 3 * OUTPUT_TOKENS and len(texts[0]) == len(texts[1])


# MARK: Books


@pytest.mark.parametrize("model, code", [(GPT, GPT_TPM), (CLAUDE, CLAUDE_TPM)])
def test_every_api_draws_on_one_meter(invoke, server, control, model, code):
    """Whole and streamed: the server's meter, its CloudWatch and our own words agree to the token."""
    control.quota(code, 10_000)
    for api in APIS[model]:
        for options in ([], ["--stream"]):
            done = invoke(model, api, *options)
            assert f"{PROMPT_TOKENS} input and {OUTPUT_TOKENS} output tokens: {COST[model]} quota tokens" in done.stderr
    requests = 2 * len(APIS[model])
    assert control.used(code) == pytest.approx(requests * COST[model], abs=0.01)
    assert sums(server, model) == expected(requests, BURNDOWN[model])


CHAT = {"messages": MESSAGES, "max_completion_tokens": MOST}
GPT_LINES = {
    "converse": {
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}], "inferenceConfig": {"maxTokens": MOST},
    },
    "invoke": CHAT,
    "chat": CHAT | {"model": GPT},
    "responses": {"input": PROMPT, "max_output_tokens": MOST},
}  # fmt: skip


def test_a_file_of_all_forms(batch, server, control):
    """Each body is known by its shape, or by what OpenAI's and Anthropic's batches say beside it."""
    control.quota(GPT_TPM, 1_000_000)
    lines = [{"recordId": name, "modelInput": body} for name, body in GPT_LINES.items()]
    url = {"method": "POST", "url": "/v1/chat/completions"}
    streamed = CHAT | {"model": GPT, "stream": True, "stream_options": {"include_usage": True}}
    lines += [{"custom_id": "openai-1", **url, "body": CHAT}, {"custom_id": "openai-2", **url, "body": streamed}]
    lines.append({"custom_id": "openai-3", "method": "POST", "url": "/v1/responses", "body": GPT_LINES["responses"]})
    batch.write(*lines)
    done = batch("--output", "json", model=GPT)
    assert done.returncode == 0, done.stderr
    replies = {result["recordId"]: result["modelOutput"] for result in batch.results}
    assert set(replies) == {*GPT_LINES, "openai-1", "openai-2", "openai-3"}
    for name in ("chat", "openai-1", "openai-2"):
        assert ChatCompletion.model_validate(replies[name], strict=True).model == GPT
    for name in ("responses", "openai-3"):
        assert len(Response.model_validate(replies[name]).output_text) > 3 * OUTPUT_TOKENS
    assert replies["converse"]["usage"]["outputTokens"] == OUTPUT_TOKENS
    summary = json.loads(done.stdout)
    assert (summary["inputTokens"], summary["outputTokens"]) == (len(lines) * PROMPT_TOKENS, len(lines) * OUTPUT_TOKENS)
    assert sums(server, GPT) == expected(len(lines), BURNDOWN[GPT])
    assert control.used(GPT_TPM) == pytest.approx(len(lines) * COST[GPT], abs=0.01)


def test_claudes_bodies(batch, server, control):
    body = {"messages": MESSAGES, "max_tokens": MOST}
    batch.write(
        {"custom_id": "anthropic", "params": body | {"model": CLAUDE}},
        {"recordId": "messages", "modelInput": body},
        {"recordId": "invoke", "modelInput": body | {"anthropic_version": "bedrock-2023-05-31"}},
    )
    assert batch(model=CLAUDE).returncode == 0
    for result in batch.results:
        assert len(Message.model_validate(result["modelOutput"]).content[0].text) > 3 * OUTPUT_TOKENS
    assert sums(server, CLAUDE) == expected(3, BURNDOWN[CLAUDE])
    assert control.used(CLAUDE_RPM) == pytest.approx(3, abs=0.01)


def test_the_option_decides_where_the_body_does_not(batch):
    batch.write({"recordId": "a", "modelInput": CHAT}, {"custom_id": "b", "url": "/v1/responses", "body": {"input": PROMPT}})
    assert batch("--api", "chat", "--max-tokens", "50", model=GPT).returncode == 0
    replies = {result["recordId"]: result["modelOutput"]["object"] for result in batch.results}
    # A line that names its API keeps it.
    assert replies == {"a": "chat.completion", "b": "response"}


def test_lines_that_cannot_be_sent_say_why(batch, control):
    wrong = {
        "model": CHAT | {"model": "gpt-4o"},
        "bound": {"input": PROMPT, "max_tokens": 5},
    }
    lines = [{"recordId": name, "modelInput": body} for name, body in wrong.items()]
    lines.append({"custom_id": "url", "method": "POST", "url": "/v1/embeddings", "body": {"input": "Hi"}})
    lines.append({"custom_id": "api", "params": {"max_tokens": 5, "messages": MESSAGES}})
    lines.append({"custom_id": "fine", "url": "/v1/chat/completions", "body": CHAT})
    batch.write(*lines)
    plan = batch("--dry-run", model=GPT)
    assert "1 of the first 5 names another model" in plan.stderr and "gpt-4o" in plan.stderr
    done = batch(model=GPT)
    assert done.returncode == 1 and "4 records have an error" in done.stderr
    results = {result["recordId"]: result for result in batch.results}
    errors = {name: result["error"] for name, result in results.items() if "error" in result}
    assert set(errors) == {"model", "bound", "url", "api"}
    assert "gpt-4o" in errors["model"]["errorMessage"] and GPT in errors["model"]["errorMessage"]
    assert "max_output_tokens" in errors["bound"]["errorMessage"]
    assert "/v1/embeddings" in errors["url"]["errorMessage"]
    assert errors["api"]["errorCode"] == 404 and "not_found_error" in errors["api"]["errorMessage"]
    assert results["url"]["modelInput"] == {"input": "Hi"}
    # What is mended is sent, and once.
    control.reset()
    again = batch("--resume", model=GPT)
    assert again.returncode == 1 and len(batch.results) == 5


# MARK: Errors


@pytest.mark.parametrize("model, api", EVERY)
@pytest.mark.parametrize("streamed", [[], ["--stream"]], ids=["whole", "stream"])
def test_a_throttled_request_comes_again(invoke, control, model, api, streamed):
    replies = [{"error": {"code": "ThrottlingException"}}, {"text": "Fine."}]
    control("PUT", "replies", {"replies": replies})
    done = invoke(model, api, *streamed, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Fine." and "throttled once" in done.stderr


def words(done) -> str:
    """What is said of a failure, without the name of the operation."""
    last = done.stderr.splitlines()[-1]
    return re.sub(r"^bedquota: [A-Za-z]+( \(stream\))? in ", "", last)


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_refusals_of_the_caller_have_the_words_of_native_calls(invoke, control, environment, model, api):
    wrong = with_credentials(environment) | {"AWS_SECRET_ACCESS_KEY": "sesame"}
    # The quotas are read with other keys than the model is called with: Bedrock's API key.
    keyed = with_credentials(environment) | {"AWS_BEARER_TOKEN_BEDROCK": "sesame"}
    control.deny(model)
    for more in (wrong, keyed, None):
        options = {"environment": more} if more else {}
        native, done = (invoke(model, name, **options) for name in ("converse", api))
        assert done.returncode == native.returncode == 1
        assert "sesame" not in done.stderr
        if more is not keyed:
            assert words(done) == words(native)
    assert "request access to this model" in done.stderr


@pytest.mark.parametrize("api, model", [("messages", GPT), ("chat", CLAUDE), ("responses", CLAUDE)])
def test_a_model_that_the_api_does_not_serve(invoke, api, model):
    done = invoke(model, api)
    assert done.returncode == 1 and "doesn't support this API" in done.stderr and "--api" in done.stderr


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_a_stream_that_breaks_says_so(invoke, control, model, api):
    control.faults(cut_throttling=1)
    done = invoke(model, api, "--stream")
    assert done.returncode == 1 and "ended with rate_limit_e" in done.stderr
    assert "AWS may charge" in done.stderr


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_without_usage_it_is_estimated(invoke, control, model, api):
    control.faults(no_usage=1)
    for options in ([], ["--stream"]):
        # Of a file, because the line of `invoke` tells only what a reply reports.
        done = invoke(model, api, *options)
        assert done.returncode == 0, done.stderr
        assert "output tokens" not in done.stderr


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_the_estimate_is_four_bytes_a_token(batch, control, model, api):
    control.faults(no_usage=1)
    bodies = {"chat": CHAT, "responses": GPT_LINES["responses"], "messages": {"messages": MESSAGES, "max_tokens": MOST}}
    batch.write({"recordId": "a", "modelInput": bodies[api]})
    done = batch("--api", api, "--output", "json", model=model)
    assert done.returncode == 0, done.stderr
    [result] = batch.results
    reply = result["modelOutput"]
    texts = {
        "chat": lambda: reply["choices"][0]["message"]["content"],
        "responses": lambda: reply["output"][-1]["content"][0]["text"],
        "messages": lambda: reply["content"][0]["text"],
    }
    found = json.loads(done.stdout)
    assert found["outputTokens"] == -(-len(texts[api]().encode()) // 4)
    assert PROMPT_TOKENS <= found["inputTokens"] <= 3 * PROMPT_TOKENS


@pytest.mark.parametrize("model, api", COMPATIBLE)
def test_tokens_are_counted_where_they_can_be(invoke, control, model, api):
    done = invoke(model, api, "--count-tokens")
    assert done.returncode == 0, done.stderr
    assert ("CountTokens doesn't take" in done.stderr) == (api != "messages")
