"""The data plane through Anthropic's SDK with its default retries, and with API keys."""

import math

import anthropic
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import InvalidEndpointConfigurationError
from runtime_prompts import (
    BLOCKS,
    CLAUDE,
    CLAUDE_RPM,
    CLAUDE_TPM,
    MESSAGES,
    NOVA,
    OUTPUT_TOKENS,
    PROMPT_OPTIONS,
    PROMPT_TOKENS,
    WEATHER,
)
from servers import emulator_fixture, not_through_gateway
from support import KEY, REGION, SECRET

# Every test finds the emulator as it was at the start.
pytestmark = pytest.mark.usefixtures("control")


server = emulator_fixture(*PROMPT_OPTIONS)


@pytest.fixture
def claude(server):
    keys = {"aws_access_key": KEY, "aws_secret_key": SECRET, "aws_region": REGION}
    with anthropic.AnthropicBedrock(base_url=server.url, **keys) as client:
        yield client


def test_anthropic_message(claude):
    reply = claude.messages.create(model=CLAUDE, max_tokens=1000, messages=MESSAGES)
    assert (reply.role, reply.stop_reason) == ("assistant", "end_turn")
    assert reply.content[0].type == "text" and reply.content[0].text
    assert reply.usage.input_tokens == PROMPT_TOKENS
    assert reply.usage.output_tokens == OUTPUT_TOKENS


def test_anthropic_stream(claude):
    """The parts of a stream are the text of the message at its end, and its usage is final."""
    with claude.messages.stream(model=CLAUDE, max_tokens=1000, messages=MESSAGES) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text and text == final.content[0].text
    assert final.stop_reason == "end_turn"
    assert (final.usage.input_tokens, final.usage.output_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)


@pytest.mark.parametrize("choice", [{"type": "tool", "name": "weather"}, {"type": "any"}])
@pytest.mark.parametrize("streamed", [False, True])
def test_anthropic_forced_tool(claude, choice, streamed):
    """A forced tool is used, streamed or not, with an input that is an object."""
    asked = {"model": CLAUDE, "max_tokens": 1000, "messages": MESSAGES}
    asked |= {"tools": [WEATHER], "tool_choice": choice}
    if streamed:
        with claude.messages.stream(**asked) as stream:
            reply = stream.get_final_message()
    else:
        reply = claude.messages.create(**asked)
    assert reply.stop_reason == "tool_use"
    [use] = [block for block in reply.content if block.type == "tool_use"]
    assert use.name == "weather" and isinstance(use.input, dict)


def test_anthropic_tool_input_has_what_the_schema_requires(claude):
    reply = claude.messages.create(
        model=CLAUDE,
        max_tokens=1000,
        messages=MESSAGES,
        tools=[WEATHER],
        tool_choice={"type": "tool", "name": "weather"},
    )
    [use] = [block for block in reply.content if block.type == "tool_use"]
    assert isinstance(use.input["city"], str)


def test_anthropic_takes_a_tool_result(claude):
    """The second turn, with the use and its result in the history."""
    use = {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {"city": "Oslo"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_01", "content": "Rain."}
    history = [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    reply = claude.messages.create(
        model=CLAUDE, max_tokens=1000, messages=MESSAGES + history, tools=[WEATHER]
    )
    assert reply.content and reply.usage.input_tokens > PROMPT_TOKENS


def test_anthropic_cached_system_prompt(claude):
    """The first request writes the cache, the second one reads it."""
    prompt = "Answer like a pirate. " * 400
    system = [{"type": "text", "text": prompt, "cache_control": {"type": "ephemeral"}}]
    asked = {"model": CLAUDE, "max_tokens": 100, "messages": MESSAGES, "system": system}
    first, second = (claude.messages.create(**asked).usage for _ in range(2))
    cached = math.ceil(len(prompt) / 4)
    assert (first.cache_creation_input_tokens, first.cache_read_input_tokens) == (cached, 0)
    assert (second.cache_creation_input_tokens, second.cache_read_input_tokens) == (0, cached)
    assert first.input_tokens == second.input_tokens == PROMPT_TOKENS


@not_through_gateway("a quota of 0 is said at once, as something that no retry mends")
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("code", [CLAUDE_TPM, CLAUDE_RPM])
def test_anthropic_quota_of_zero(control, claude, code, streamed):
    control.quota(code, 0)
    with pytest.raises(anthropic.RateLimitError) as raised:
        claude.messages.create(
            model=CLAUDE, max_tokens=1000, messages=MESSAGES, stream=streamed
        )
    assert raised.value.status_code == 429
    assert "Too many" in str(raised.value)


@not_through_gateway("it holds what AWS throttles")
def test_anthropic_recovers_by_itself(control, claude):
    """An empty quota of two a second throttles a client that tries once, not one that retries."""
    asked = {"model": CLAUDE, "max_tokens": 10, "messages": MESSAGES}
    once = claude.with_options(max_retries=0)
    control.quota(CLAUDE_RPM, 120)
    control.slow_down()
    for _ in range(120):
        once.messages.create(**asked)
    with pytest.raises(anthropic.RateLimitError):
        once.messages.create(**asked)
    control("PUT", "clock", {"scale": 1})
    assert claude.messages.create(**asked).usage.output_tokens == 10
    assert control.meters()[CLAUDE_RPM]["available"] < 3


@not_through_gateway("on loopback it lets everybody in")
def test_anthropic_errors(claude):
    """A model that is none, and a body that is wrong, are the caller's mistakes."""
    with pytest.raises(anthropic.BadRequestError, match="model identifier is invalid"):
        claude.messages.create(model="no.such-model", max_tokens=10, messages=MESSAGES)
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.create(model=CLAUDE, max_tokens=10, messages=[])
    wrong = claude.copy(aws_secret_key="wrong")
    with pytest.raises(anthropic.PermissionDeniedError):
        wrong.messages.create(model=CLAUDE, max_tokens=10, messages=MESSAGES)


# An API key of Bedrock


@pytest.fixture
def key_client(server):
    """Makes clients of Anthropic's SDK that have a key and no other credentials."""

    def make(key):
        return anthropic.AnthropicBedrock(base_url=server.url, api_key=key, aws_region=REGION)

    return make


@pytest.mark.parametrize("streamed", [False, True])
def test_an_api_key_is_enough(key_client, streamed):
    asked = {"model": CLAUDE, "max_tokens": 10, "messages": MESSAGES}
    with key_client(SECRET) as client:
        reply = client.messages.create(**asked, stream=streamed)
        assert list(reply)[-1].type == "message_stop" if streamed else reply.content


@not_through_gateway("on loopback it lets everybody in")
def test_a_wrong_api_key_is_denied(key_client):
    with key_client("wrong") as client, pytest.raises(anthropic.PermissionDeniedError):
        client.messages.create(model=CLAUDE, max_tokens=10, messages=MESSAGES)


def test_boto3_keeps_its_api_key_from_plain_http(server, monkeypatch):
    """botocore 1.44 sends a key over TLS only, which 1.43 didn't; a boto3 user has to sign."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", SECRET)
    runtime = boto3.Session().client(
        "bedrock-runtime", region_name=REGION, endpoint_url=server.url
    )
    with pytest.raises(InvalidEndpointConfigurationError, match="HTTPS"):
        runtime.converse(modelId=NOVA, messages=BLOCKS)
    # The environment's key must not hide credentials that a client is given for signing.
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    signing = boto3.Session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=server.url,
        config=Config(signature_version="v4"),
        **keys,
    )
    assert signing.converse(modelId=NOVA, messages=BLOCKS)["usage"]["outputTokens"] > 0
