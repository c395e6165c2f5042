"""Chat Completions through the openai package, whose types judge every reply."""

import asyncio
from functools import partial

import openai
import pytest
from dialects import (
    CLAUDE, GPT, GPT_TPM, IMAGE_TOKENS, LONG, LONG_TOKENS, MESSAGES, OPTIONS, OSS, OSS_RPM, OSS_TPM, OUTPUT_TOKENS, PIXEL,
    PROMPT_TOKENS, SCHEMA, THROTTLED, Weather, error_of, openai_client, signing_openai_client,
)
from emulator_control import control_of, eventually
from processes import Emulator
from servers import emulator_fixture, not_through_gateway
from support import REGION

pytestmark = pytest.mark.usefixtures("control")

WEATHER = {"type": "function", "function": {"name": "weather", "parameters": SCHEMA, "strict": True}}
NOT_HERE = "The model doesn't exist or doesn't support this API. Retry your request with a different model ID."
TURNS = [{"role": "user", "content": PROMPT} for PROMPT in ("Name a river.", "Name another one.")]

server = emulator_fixture(*OPTIONS)


@pytest.fixture
def client(server):
    with openai_client(server.url) as client:
        yield client


def ask(client, model=GPT, messages=MESSAGES, **more):
    return client.chat.completions.create(model=model, messages=messages, **more)


def ask_streamed(client, **more):
    """The chunks of a stream, and its text."""
    chunks = list(ask(client, stream=True, **more))
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    return chunks, "".join(delta.content or "" for delta in deltas)


# Replies


@pytest.mark.parametrize("model", [GPT, OSS, "deepseek.v3.2", "qwen.qwen3-vl-235b-a22b"])
def test_a_whole_reply(client, model):
    reply = ask(client, model)
    assert reply.model == model and reply.id.startswith("chatcmpl-")
    [choice] = reply.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert choice.message.content
    usage = reply.usage
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens)
    assert counts == (PROMPT_TOKENS, OUTPUT_TOKENS, PROMPT_TOKENS + OUTPUT_TOKENS)


def test_the_class_for_bedrock(server):
    with openai_client(server.url, kind=partial(openai.BedrockOpenAI, aws_region=REGION)) as client:
        assert ask(client).usage.completion_tokens == OUTPUT_TOKENS
        assert ask_streamed(client)[1]
        assert client.responses.create(model=GPT, input="Hi").output_text


def test_a_stream_with_its_usage(client):
    chunks, text = ask_streamed(client, stream_options={"include_usage": True})
    assert text and len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    assert [reason for reason in reasons if reason] == ["stop"]
    assert chunks[-1].choices == []
    usage = chunks[-1].usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)


def test_a_stream_tells_no_usage_unasked(client):
    chunks, text = ask_streamed(client)
    assert text and all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_the_asynchronous_client(server):
    async def both():
        async with openai_client(server.url, kind=openai.AsyncOpenAI) as client:
            whole = await ask(client)
            chunks = [chunk async for chunk in await ask(client, stream=True)]
            return whole, chunks

    whole, chunks = asyncio.run(both())
    assert whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_signed_request(server):
    with signing_openai_client(server.url) as client:
        assert ask(client).choices[0].message.content
        assert ask_streamed(client)[1]


@pytest.mark.parametrize("streamed", [False, True])
def test_max_completion_tokens(client, streamed):
    more = {"max_completion_tokens": 5}
    if streamed:
        chunks, text = ask_streamed(client, **more)
        reason = chunks[-1].choices[0].finish_reason
    else:
        reply = ask(client, **more)
        reason, text = reply.choices[0].finish_reason, reply.choices[0].message.content
    assert reason == "length" and len(text) <= 20


def test_gpt_oss_takes_max_tokens(client):
    assert ask(client, OSS, max_tokens=5).usage.completion_tokens == 5


# What a request demands


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "weather"}}]
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_tool(client, choice, streamed):
    more = {"messages": MESSAGES, "tools": [WEATHER], "tool_choice": choice}
    if streamed:
        with client.chat.completions.stream(model=GPT, **more) as stream:
            [choice] = stream.get_final_completion().choices
    else:
        [choice] = client.chat.completions.parse(model=GPT, **more).choices
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    [call] = choice.message.tool_calls
    assert call.function.name == "weather"
    assert call.function.parsed_arguments == {"city": "sun", "days": 1}


def test_a_tool_is_not_called_unasked(client):
    [choice] = ask(client, tools=[WEATHER]).choices
    assert choice.message.tool_calls is None and choice.message.content


def test_a_tool_result_counts(client):
    call = {"name": "weather", "arguments": '{"city":"Oslo","days":1}'}
    calls = [{"id": "call_1", "type": "function", "function": call}]
    history = [{"role": "assistant", "content": None, "tool_calls": calls}]
    history += [{"role": "tool", "tool_call_id": "call_1", "content": "Rain."}]
    reply = ask(client, messages=MESSAGES + history)
    assert reply.usage.prompt_tokens == -(-(16 + 7 + 24 + 5) // 4)


def test_structured_output(client):
    reply = client.chat.completions.parse(model=GPT, messages=MESSAGES, response_format=Weather)
    assert isinstance(reply.choices[0].message.parsed, Weather)


def test_a_picture_counts(client):
    url = f"data:image/png;base64,{PIXEL}"
    content = [{"type": "text", "text": "abcd"}, {"type": "image_url", "image_url": {"url": url}}]
    reply = ask(client, messages=[{"role": "user", "content": content}])
    assert reply.usage.prompt_tokens == IMAGE_TOKENS + 1


@pytest.mark.parametrize("effort, reasoned", [("low", OUTPUT_TOKENS // 2), ("none", 0), (None, 0)])
def test_reasoning_is_counted_and_hidden(client, effort, reasoned):
    more = {} if effort is None else {"reasoning_effort": effort}
    reply = ask(client, **more)
    details = reply.usage.completion_tokens_details
    assert (details.reasoning_tokens, reply.usage.completion_tokens) == (reasoned, OUTPUT_TOKENS)
    assert len(reply.choices[0].message.content) <= 4 * (OUTPUT_TOKENS - reasoned)


@pytest.mark.parametrize("streamed", [False, True])
def test_gpt_oss_shows_its_reasoning(client, streamed):
    if streamed:
        text = ask_streamed(client, model=OSS, reasoning_effort="low")[1]
    else:
        text = ask(client, OSS, reasoning_effort="low").choices[0].message.content
    reasoning, end, answer = text.partition("</reasoning>")
    assert reasoning.startswith("<reasoning>") and end and answer


def test_gpt_caches_prompts_by_itself(client):
    """The first turn writes the prompt to the cache, and the second one, which repeats it, reads it."""
    system = [{"role": "developer", "content": LONG}]
    first = ask(client, messages=system + TURNS[:1])
    said = [{"role": "assistant", "content": first.choices[0].message.content}]
    second = ask(client, messages=[*system, TURNS[0], *said, TURNS[1]]).usage
    details = first.usage.prompt_tokens_details
    assert (details.cached_tokens, details.cache_write_tokens) == (0, first.usage.prompt_tokens)
    details = second.prompt_tokens_details
    assert details.cached_tokens == first.usage.prompt_tokens > LONG_TOKENS
    assert details.cached_tokens + details.cache_write_tokens == second.prompt_tokens


def test_gpt_oss_caches_nothing(client):
    messages = [{"role": "system", "content": LONG}, *MESSAGES]
    details = [ask(client, OSS, messages).usage.prompt_tokens_details for _ in range(2)]
    assert all(detail.cached_tokens == detail.cache_write_tokens == 0 for detail in details)


def test_a_scripted_reply(client, control):
    call = {"operation": "ChatCompletions", "text": "Let me look.", "tool": {"name": "weather"}}
    control("PUT", "replies", {"replies": [call]})
    [choice] = ask(client).choices
    assert (choice.message.content, choice.finish_reason) == ("Let me look.", "tool_calls")


# Refusals


@pytest.mark.parametrize("model", [CLAUDE, "us.amazon.nova-pro-v1:0", "meta.llama3-70b-instruct-v1:0"])
def test_a_model_that_has_other_apis(client, model):
    with pytest.raises(openai.NotFoundError) as raised:
        ask(client, model)
    assert error_of(raised) == (404, "not_found_error", "model_not_found", NOT_HERE)


@pytest.mark.parametrize(
    "model, message",
    [
        ("openai.gpt-oss-20b", "The provided model identifier is invalid."),
        ("openai.gpt-5.6-terra", "Invocation of model ID openai.gpt-5.6-terra with on-demand"),
    ],
)
def test_a_model_id_of_another_endpoint(client, model, message):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, model)
    status, kind, code, text = error_of(raised)
    assert (status, kind, code) == (400, "invalid_request_error", "validation_error")
    assert text.startswith(message)


@pytest.mark.parametrize(
    "more, message",
    [
        ({"max_tokens": 5}, "Unsupported parameter: 'max_tokens' is not supported"),
        ({"temperature": 0.7}, "Unsupported value: 'temperature' does not support 0.7"),
        ({"n": 2}, "Unsupported value: 'n' does not support 2"),
        ({"max_completion_tokens": 0}, "Invalid value for 'max_completion_tokens'"),
        ({"messages": "hello"}, "Invalid type for 'messages': expected an array, but got a string"),
        ({"messages": [{"role": "user", "content": 5}]}, "Invalid type for 'messages[0].content'"),
        ({"messages": [{"content": "x"}]}, "Missing required parameter: 'messages[0].role'."),
        ({"extra_body": {"stream": "yes"}}, "Invalid type for 'stream': expected a boolean"),
    ],
)
def test_an_invalid_request(client, more, message):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, **more)
    status, kind, code, text = error_of(raised)
    assert (status, kind, code) == (400, "invalid_request_error", "validation_error")
    assert text.startswith(message)


@not_through_gateway("on loopback it lets everybody in")
def test_a_wrong_key(server):
    with openai_client(server.url, key="wrong") as client:
        with pytest.raises(openai.PermissionDeniedError) as raised:
            ask(client)
    assert error_of(raised)[:3] == (403, "permission_error", "access_denied")


@not_through_gateway("AWS's 403 is about the gateway, and no fault of its caller")
def test_a_denied_model(client, control):
    control.deny(GPT)
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(client)
    assert error_of(raised)[2] == "access_denied"


# Quotas and faults


@not_through_gateway("a request that never fits its quota is refused at once, as something that no retry mends")
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "code, message", [(OSS_TPM, THROTTLED), (OSS_RPM, THROTTLED.replace("tokens", "requests"))]
)
def test_throttling(client, control, code, message, streamed):
    control.quota(code, 0)
    with pytest.raises(openai.RateLimitError) as raised:
        ask(client, OSS, stream=streamed)
    assert error_of(raised) == (429, "rate_limit_error", "rate_limit_exceeded", message)


def test_the_package_retries_throttling(server, control):
    control("PUT", "replies", {"replies": [{"error": {"code": "ThrottlingException"}}, {"text": "Now."}]})
    with openai_client(server.url, retries=2) as client:
        assert ask(client).choices[0].message.content == "Now."


@pytest.mark.parametrize(
    "fault, status, code",
    [
        ("internal_server_error", 500, "internal_server_error"),
        ("service_unavailable", 503, "service_unavailable"),
        pytest.param(
            "model_not_ready", 429, "rate_limit_exceeded",
            marks=not_through_gateway("in this dialect it is a throttle, which it holds"),
        ),
        ("model_timeout", 408, "model_timeout"),
        ("cut", 424, "model_error"),
    ],
)
def test_faults(client, control, fault, status, code):
    control.faults(**{fault: 1})
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client)
    assert (raised.value.status_code, raised.value.code) == (status, code)


@pytest.mark.parametrize(
    "fault, code",
    [("cut_throttling", "rate_limit_exceeded"), ("cut_unavailable", "service_unavailable")],
)
def test_a_stream_that_breaks(client, control, fault, code):
    control.faults(**{fault: 1})
    chunks = []
    with pytest.raises(openai.APIError) as raised:
        chunks.extend(iter(ask(client, stream=True)))
    assert chunks and raised.value.code == code
    assert control.in_flight() == 0


@not_through_gateway("it answers with an error")
def test_a_connection_that_drops(client, control):
    control.faults(drop=1)
    with pytest.raises(openai.APIConnectionError):
        ask(client)


def test_a_client_that_leaves_a_stream(bedquota, environment):
    """The work stops, and what was reserved for the rest is given back."""
    slow = ("--latency", "0", "--tokens-per-second", "20", "--history", "0")
    server = Emulator(bedquota, environment, *slow, "--output-tokens", "10000")
    try:
        with openai_client(server.url) as client:
            control = control_of(server)
            with ask(client, stream=True, max_completion_tokens=10_000) as stream:
                next(iter(stream))
                assert control.in_flight() == 1
            eventually(lambda: control.in_flight() == 0, "the request is settled")
            assert control.used(GPT_TPM) < 10_000
    finally:
        assert server.stop() == 0
