"""The runtime's replies to boto3: stop reasons, caches, tiers, and what the seed decides."""

import json

import pytest
from aws_clients import failure
from emulator_control import control_of
from processes import Emulator
from servers import emulator_fixture
from runtime_families import ANTHROPIC, CHAT, NOVA, PROMPT, PROMPT_TOKENS
from runtime_shapes import RuntimeClients, chunks, read_events

REPLY_TOKENS = 60
OPTIONS = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
PROFILE = "us.amazon.nova-pro-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
GPT = "openai.gpt-oss-20b-1:0"
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
LONG = "four" * 1_024
TOOL = {"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}
FORCED = {"tools": [TOOL], "toolChoice": {"tool": {"name": "weather"}}}


server = emulator_fixture(*OPTIONS, "--output-tokens", str(REPLY_TOKENS))


@pytest.fixture(scope="module")
def control(server):
    return control_of(server)


@pytest.fixture
def runtime(server, control):
    control.reset()
    return RuntimeClients(server.url).runtime()


@pytest.fixture
def unchecked(server):
    """A client that sends what botocore would refuse to."""
    return RuntimeClients(server.url).runtime(parameter_validation=False)


def converse(runtime, identifier=PROFILE, **arguments):
    return runtime.converse(modelId=identifier, **{"messages": MESSAGES} | arguments)


def streamed(runtime, identifier=PROFILE, **arguments):
    asked = {"messages": MESSAGES} | arguments
    return read_events(runtime.converse_stream(modelId=identifier, **asked)["stream"])


def invoke(runtime, identifier, body, **arguments):
    reply = runtime.invoke_model(modelId=identifier, body=json.dumps(body), **arguments)
    return reply, json.loads(reply["body"].read())


def of_kind(events, kind):
    return next(event[kind] for event in events if kind in event)


def word_of(text: str) -> str:
    """A word from the middle of a reply, to stop at when the same reply comes again."""
    words = text.split()
    return words[len(words) // 2]


# Why replies end


@pytest.mark.parametrize(
    "tokens, reason", [(1, "max_tokens"), (59, "max_tokens"), (61, "end_turn"), (500, "end_turn")]
)
def test_replies_end_by_themselves_or_at_max_tokens(runtime, tokens, reason):
    config = {"maxTokens": tokens}
    reply = converse(runtime, inferenceConfig=config)
    events = streamed(runtime, inferenceConfig=config)
    expected = min(tokens, REPLY_TOKENS)
    assert (reply["stopReason"], reply["usage"]["outputTokens"]) == (reason, expected)
    assert of_kind(events, "messageStop")["stopReason"] == reason
    assert of_kind(events, "metadata")["usage"]["outputTokens"] == expected


def test_replies_end_before_a_stop_sequence(runtime, control):
    text = converse(runtime)["output"]["message"]["content"][0]["text"]
    word = word_of(text)
    control.reset()
    config = {"stopSequences": ["¤", word]}
    reply = converse(runtime, inferenceConfig=config)
    assert reply["stopReason"] == "stop_sequence"
    assert reply["output"]["message"]["content"][0]["text"] == text[: text.index(word)]
    assert reply["usage"]["outputTokens"] < REPLY_TOKENS


def test_a_forced_tool_is_called(runtime):
    reply = converse(runtime, toolConfig=FORCED)
    use = reply["output"]["message"]["content"][0]["toolUse"]
    assert (reply["stopReason"], use["name"], use["input"]) == ("tool_use", "weather", {})
    events = streamed(runtime, toolConfig=FORCED)
    assert of_kind(events, "contentBlockStart")["start"]["toolUse"]["name"] == "weather"
    assert json.loads(of_kind(events, "contentBlockDelta")["delta"]["toolUse"]["input"]) == {}
    assert of_kind(events, "messageStop")["stopReason"] == "tool_use"


CHAT_TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
FORCED_BODIES = {
    CLAUDE: ANTHROPIC.body
    | {
        "tools": [{"name": "weather", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "weather"},
    },
    PROFILE: NOVA.body | {"toolConfig": FORCED},
    GPT: CHAT.body | {"tools": [CHAT_TOOL], "tool_choice": "required"},
}
TOOL_WORDS = {CLAUDE: "tool_use", PROFILE: "tool_use", GPT: "tool_calls"}


@pytest.mark.parametrize("identifier", FORCED_BODIES)
def test_each_family_calls_a_forced_tool(runtime, identifier):
    body = FORCED_BODIES[identifier]
    text = json.dumps(invoke(runtime, identifier, body)[1])
    assert '"weather"' in text and f'"{TOOL_WORDS[identifier]}"' in text
    stream = runtime.invoke_model_with_response_stream
    pieces = chunks(read_events(stream(modelId=identifier, body=json.dumps(body))["body"]))
    text = json.dumps(pieces)
    assert '"weather"' in text and f'"{TOOL_WORDS[identifier]}"' in text


# Caches


def cached(runtime, text=LONG):
    """The tokens that a conversation reads from the cache, writes to it, and pays in full."""
    system = [{"text": text}, {"cachePoint": {"type": "default"}}]
    usage = converse(runtime, CLAUDE, system=system)["usage"]
    assert usage["totalTokens"] == sum(
        usage[f"{kind}Tokens"] for kind in ("input", "output", "cacheReadInput", "cacheWriteInput")
    )
    return usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"], usage["inputTokens"]


def test_a_prefix_is_written_then_read_then_forgotten(runtime, control):
    control.advance(301)  # what an earlier test cached is gone
    assert cached(runtime) == (0, 1_024, PROMPT_TOKENS)
    assert cached(runtime) == (1_024, 0, PROMPT_TOKENS)
    control.advance(290)
    assert cached(runtime) == (1_024, 0, PROMPT_TOKENS), "a read keeps it for five minutes more"
    control.advance(290)
    assert cached(runtime) == (1_024, 0, PROMPT_TOKENS)
    control.advance(301)
    assert cached(runtime) == (0, 1_024, PROMPT_TOKENS)


def test_a_longer_prefix_reads_the_shorter_one(runtime, control):
    control.advance(301)
    cached(runtime)
    point = {"cachePoint": {"type": "default"}}
    system = [{"text": LONG}, point, {"text": LONG}, point]
    usage = converse(runtime, CLAUDE, system=system)["usage"]
    assert (usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]) == (1_024, 1_024)


def test_what_is_not_cached(runtime, control):
    control.advance(301)
    short = "four" * 1_023
    assert cached(runtime, short) == (0, 0, 1_023 + PROMPT_TOKENS)
    cached(runtime)
    assert cached(runtime, "five" + LONG) == (0, 1_025, PROMPT_TOKENS)
    system = [{"text": LONG}]
    usage = converse(runtime, CLAUDE, system=system)["usage"]
    assert usage["inputTokens"] == 1_024 + PROMPT_TOKENS and not usage["cacheReadInputTokens"]


def test_caches_in_a_body_of_anthropic(runtime, control):
    control.advance(301)
    block = {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}
    body = ANTHROPIC.body | {"system": [block]}
    for expected in ((1_024, 0), (0, 1_024)):
        reply, message = invoke(runtime, CLAUDE, body)
        usage, headers = message["usage"], reply["ResponseMetadata"]["HTTPHeaders"]
        assert usage["input_tokens"] == PROMPT_TOKENS
        found = usage["cache_creation_input_tokens"], usage["cache_read_input_tokens"]
        assert found == expected
        assert headers["x-amzn-bedrock-cache-write-input-token-count"] == str(expected[0])
        assert headers["x-amzn-bedrock-cache-read-input-token-count"] == str(expected[1])


# Tiers


@pytest.mark.parametrize("tier", ["priority", "default", "flex", "reserved"])
def test_replies_tell_the_service_tier(runtime, tier):
    asked = {"serviceTier": {"type": tier}}
    # Nothing is reserved here.
    served = "default" if tier == "reserved" else tier
    assert converse(runtime, **asked)["serviceTier"] == {"type": served}
    assert of_kind(streamed(runtime, **asked), "metadata")["serviceTier"] == {"type": served}
    assert invoke(runtime, PROFILE, NOVA.body, serviceTier=tier)[0]["serviceTier"] == served


def test_optimized_latency_is_repeated_where_there_is_a_quota_for_it(runtime):
    asked = {"performanceConfig": {"latency": "optimized"}}
    assert converse(runtime, **asked)["performanceConfig"] == {"latency": "optimized"}
    assert of_kind(streamed(runtime, **asked), "metadata")["performanceConfig"] == {
        "latency": "optimized"
    }
    reply = invoke(runtime, PROFILE, NOVA.body, performanceConfigLatency="optimized")[0]
    assert reply["performanceConfigLatency"] == "optimized"
    refused = failure(converse, runtime, GPT, **asked)
    assert refused[:2] == ("ValidationException", 400)
    assert "performance" in refused[2]


@pytest.mark.parametrize(
    "asked", [{"serviceTier": {"type": "gold"}}, {"performanceConfig": {"latency": "warp"}}]
)
def test_words_that_are_none(unchecked, asked):
    code, status, message = failure(converse, unchecked, **asked)
    assert (code, status) == ("ValidationException", 400)
    assert "enum value set" in message


def test_invoke_model_judges_its_words_too(unchecked):
    for asked in ({"serviceTier": "gold"}, {"performanceConfigLatency": "warp"}):
        code, status, message = failure(invoke, unchecked, PROFILE, NOVA.body, **asked)
        assert (code, status) == ("ValidationException", 400), asked
        assert "enum value set" in message


# Determinism


def texts(bedquota, environment, seed) -> list[str]:
    server = Emulator(bedquota, environment, *OPTIONS, "--seed", str(seed))
    try:
        runtime = RuntimeClients(server.url).runtime()
        replies = [converse(runtime) for _ in range(3)] + [converse(runtime, GPT)]
    finally:
        server.stop()
    return [reply["output"]["message"]["content"][0]["text"] for reply in replies]


def test_a_seed_gives_the_same_replies(bedquota, environment):
    first = texts(bedquota, environment, 7)
    assert len(set(first)) == 4, "replies differ from each other"
    assert texts(bedquota, environment, 7) == first
    assert not set(texts(bedquota, environment, 8)) & set(first)
