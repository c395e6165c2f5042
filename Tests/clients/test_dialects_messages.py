"""The Messages API through the anthropic package, whose types judge every reply."""

import asyncio

import anthropic
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from dialects import (
    CLAUDE, CLAUDE_RPM, CLAUDE_TPM, GPT, IMAGE_TOKENS, LONG, LONG_TOKENS, MESSAGES, OPTIONS, OUTPUT_TOKENS, PIXEL, PROMPT_TOKENS,
    SCHEMA, THROTTLED, Weather, anthropic_client,
)
from emulator_control import control_of, eventually
from processes import Emulator
from servers import emulator_fixture, not_through_gateway
from support import KEY, REGION, SECRET

pytestmark = pytest.mark.usefixtures("control")

WEATHER = {"name": "weather", "input_schema": SCHEMA}
MOST = 3_000
BODY = f'{{"model":"{CLAUDE}","max_tokens":50,"messages":[{{"role":"user","content":"Hi"}}]}}'
HEADERS = {"Content-Type": "application/json", "anthropic-version": "2023-06-01"}

server = emulator_fixture(*OPTIONS)


@pytest.fixture
def client(server):
    with anthropic_client(server.url) as client:
        yield client


def ask(client, model=CLAUDE, messages=MESSAGES, max_tokens=MOST, **more):
    return client.messages.create(model=model, messages=messages, max_tokens=max_tokens, **more)


def stream(client, **more):
    """The events of a stream, and the message at its end."""
    asked = {"model": CLAUDE, "messages": MESSAGES, "max_tokens": MOST} | more
    with client.messages.stream(**asked) as stream:
        events = [event.type for event in stream]
        return events, stream.get_final_message()


def refusal(client, **more) -> tuple[int, str, str]:
    """The status, type and message of the refusal, whose form is Anthropic's."""
    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(client, **more)
    body = raised.value.body
    assert body["type"] == "error" and set(body) == {"type", "error", "request_id"}
    return raised.value.status_code, body["error"]["type"], body["error"]["message"]


# Replies


def test_a_whole_reply(client):
    reply = ask(client)
    assert (reply.type, reply.role, reply.stop_reason) == ("message", "assistant", "end_turn")
    [block] = reply.content
    assert block.type == "text" and block.text
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)


def test_a_stream(client):
    events, final = stream(client)
    assert (events[0], events[-1]) == ("message_start", "message_stop")
    assert events.count("content_block_start") == events.count("content_block_stop") == 1
    assert final.content[0].text and final.stop_reason == "end_turn"
    assert (final.usage.input_tokens, final.usage.output_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)


def test_the_asynchronous_client(server):
    async def both():
        async with anthropic_client(server.url, kind=anthropic.AsyncAnthropic) as client:
            whole = await ask(client)
            return whole, [event async for event in await ask(client, stream=True)]

    whole, events = asyncio.run(both())
    assert whole.content[0].text and events[-1].type == "message_stop"


def test_the_client_for_mantle_with_an_api_key(server):
    kind = anthropic.AnthropicBedrockMantle
    with anthropic_client(server.url, kind=kind, aws_region=REGION) as client:
        assert ask(client).content[0].text
        assert stream(client)[1].content[0].text


def test_the_beta_client(client):
    asked = {"model": CLAUDE, "max_tokens": MOST, "messages": MESSAGES}
    reply = client.beta.messages.create(betas=["context-1m-2025-08-07"], **asked)
    assert reply.content[0].text


@pytest.mark.parametrize(
    "headers", [{"x-api-key": SECRET}, {"Authorization": f"Bearer {SECRET}"}]
)
def test_both_headers_of_api_keys(server, headers):
    url = f"{server.url}/anthropic/v1/messages"
    assert requests.post(url, BODY, headers=HEADERS | headers, timeout=10).status_code == 200


@not_through_gateway("on loopback it lets everybody in")
@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": "wrong"}, {"x-api-key": SECRET, "Authorization": "Bearer wrong"}]
)
def test_wrong_keys(server, headers):
    url = f"{server.url}/anthropic/v1/messages"
    reply = requests.post(url, BODY, headers=HEADERS | headers, timeout=10)
    assert reply.status_code == 403
    assert (reply.json()["type"], reply.json()["error"]["type"]) == ("error", "permission_error")


def test_a_signed_request(server):
    url = f"{server.url}/anthropic/v1/messages"
    request = AWSRequest("POST", url, HEADERS, BODY)
    SigV4Auth(Credentials(KEY, SECRET), "bedrock", REGION).add_auth(request)
    reply = requests.post(url, BODY, headers=dict(request.headers), timeout=10)
    assert reply.status_code == 200 and reply.json()["content"][0]["text"]


def test_max_tokens(client):
    reply = ask(client, max_tokens=5)
    assert (reply.stop_reason, reply.usage.output_tokens) == ("max_tokens", 5)


def test_tokens_are_counted_for_free(client, control):
    control.quota(CLAUDE_TPM, 0)
    counted = client.messages.count_tokens(model=CLAUDE, messages=MESSAGES, system="Be brief.")
    assert counted.input_tokens == -(-(16 + 9) // 4)


# What a request demands


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "weather"}])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_tool(client, choice, streamed):
    more = {"tools": [WEATHER], "tool_choice": choice}
    reply = stream(client, **more)[1] if streamed else ask(client, **more)
    [use] = reply.content
    assert (use.type, use.name, reply.stop_reason) == ("tool_use", "weather", "tool_use")
    assert use.input == {"city": "sun", "days": 1}


def test_structured_output(client):
    asked = {"model": CLAUDE, "max_tokens": MOST, "messages": MESSAGES}
    reply = client.messages.parse(output_format=Weather, **asked)
    assert isinstance(reply.parsed_output, Weather)


def test_a_picture_counts(client):
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "text", "text": "abcd"}, {"type": "image", "source": source}]
    usage = ask(client, messages=[{"role": "user", "content": content}]).usage
    assert usage.input_tokens == IMAGE_TOKENS + 1


@pytest.mark.parametrize("streamed", [False, True])
def test_thinking(client, streamed):
    more = {"thinking": {"type": "enabled", "budget_tokens": 1_024}}
    reply = stream(client, **more)[1] if streamed else ask(client, **more)
    thinking, text = reply.content
    assert thinking.type == "thinking" and thinking.thinking and thinking.signature
    assert text.text and reply.usage.output_tokens == OUTPUT_TOKENS
    assert reply.usage.output_tokens_details.thinking_tokens == OUTPUT_TOKENS // 2


@pytest.mark.parametrize("streamed", [False, True])
def test_a_cached_system_prompt(client, control, streamed):
    control.advance(301)
    system = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}]
    ways = (lambda: stream(client, system=system)[1]) if streamed else lambda: ask(client, system=system)
    usages = [ways().usage for _ in range(2)]
    counts = [(usage.cache_creation_input_tokens, usage.cache_read_input_tokens) for usage in usages]
    assert counts == [(LONG_TOKENS, 0), (0, LONG_TOKENS)]
    assert [usage.input_tokens for usage in usages] == [PROMPT_TOKENS] * 2


def test_the_last_part_of_a_prompt_is_cached_if_asked(client, control):
    control.advance(301)
    more = {"system": LONG, "cache_control": {"type": "ephemeral"}}
    usages = [ask(client, **more).usage for _ in range(2)]
    whole = LONG_TOKENS + PROMPT_TOKENS
    counts = [(usage.cache_creation_input_tokens, usage.cache_read_input_tokens) for usage in usages]
    assert counts == [(whole, 0), (0, whole)]


# Refusals, quotas and faults


@pytest.mark.parametrize("model", [GPT, "us.amazon.nova-pro-v1:0"])
def test_a_model_that_has_other_apis(client, model):
    message = "The model doesn't exist or doesn't support this API. Retry your request with a different model ID."
    assert refusal(client, model=model) == (404, "not_found_error", message)


@pytest.mark.parametrize(
    "more, message",
    [
        ({"max_tokens": 0}, "max_tokens: must be greater than or equal to 1"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": "hello"}, "messages: Input should be a valid list"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        ({"extra_body": {"seed": 1}}, "seed: Extra inputs are not permitted"),
        ({"extra_body": {"stream": 1}}, "stream: Input should be a valid boolean"),
        ({"extra_body": {"temperature": 2}}, "temperature: range: 0..1"),
        ({"stop_sequences": [" "]}, "stop_sequences: each stop sequence must contain"),
        pytest.param(
            {"messages": [{"role": "user", "content": "x" * 4_000_004}]}, "prompt is too long: 1000001",
            marks=not_through_gateway("it says first that the quota never has room for it"),
        ),
        ({"model": "claude-of-anthropic"}, "The provided model identifier is invalid."),
    ],
)
def test_an_invalid_request(client, more, message):
    status, kind, text = refusal(client, **more)
    assert (status, kind) == (400, "invalid_request_error") and text.startswith(message)


def test_a_request_without_a_version(server):
    headers = {"x-api-key": SECRET, "Content-Type": "application/json"}
    url = f"{server.url}/anthropic/v1/messages"
    reply = requests.post(url, BODY, headers=headers, timeout=10)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"] == "anthropic-version: header is required"


@not_through_gateway("a request that never fits its quota is refused at once, as something that no retry mends")
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "code, message", [(CLAUDE_TPM, THROTTLED), (CLAUDE_RPM, THROTTLED.replace("tokens", "requests"))]
)
def test_throttling(client, control, code, message, streamed):
    control.quota(code, 0)
    assert refusal(client, stream=streamed) == (429, "rate_limit_error", message)


def test_the_package_retries_throttling(server, control):
    replies = [{"error": {"code": "ThrottlingException"}}, {"operation": "Messages", "text": "Now."}]
    control("PUT", "replies", {"replies": replies})
    with anthropic_client(server.url, retries=2) as client:
        assert ask(client).content[0].text == "Now."


@pytest.mark.parametrize(
    "fault, status, kind",
    [
        ("internal_server_error", 500, "api_error"),
        ("service_unavailable", 529, "overloaded_error"),
        ("model_timeout", 408, "timeout_error"),
        ("cut", 424, "api_error"),
    ],
)
def test_faults(client, control, fault, status, kind):
    control.faults(**{fault: 1})
    assert refusal(client)[:2] == (status, kind)


@pytest.mark.parametrize(
    "fault, kind", [("cut_throttling", "rate_limit_error"), ("cut_unavailable", "overloaded_error")]
)
def test_a_stream_that_breaks(client, control, fault, kind):
    control.faults(**{fault: 1})
    events = []
    with pytest.raises(anthropic.APIStatusError) as raised:
        events.extend(iter(ask(client, stream=True)))
    assert events[0].type == "message_start"
    assert raised.value.body["error"]["type"] == kind
    assert control.in_flight() == 0


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_leaves(bedquota, environment, streamed):
    """The work stops, and what was reserved for the rest is given back."""
    slow = ("--latency", "0", "--tokens-per-second", "20", "--history", "0")
    server = Emulator(bedquota, environment, *slow, "--output-tokens", "10000")
    try:
        control = control_of(server)
        with anthropic_client(server.url, timeout=1.0) as client:
            if streamed:
                with ask(client, stream=True, max_tokens=10_000) as stream:
                    next(iter(stream))
                    assert control.in_flight() == 1
            else:
                with pytest.raises(anthropic.APITimeoutError):
                    ask(client, max_tokens=10_000)
            eventually(lambda: control.in_flight() == 0, "the request is settled")
            assert control.used(CLAUDE_TPM) < 10_000
    finally:
        assert server.stop() == 0
