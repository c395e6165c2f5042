"""Reasoning before the reply: asked of Claude and Nova, whole and streamed, and sent back."""

import json

import anthropic
import pytest
from runtime_calls import OPTIONS, OPUS, OPUS_TPM, REPLY_TOKENS
from runtime_prompts import BLOCKS, CLAUDE, CLAUDE_TPM, MESSAGES, NOVA
from runtime_shapes import chunks, read_events
from servers import emulator_fixture
from support import KEY, REGION, SECRET

# Half of a reply is reasoning.
THOUGHT = REPLY_TOKENS // 2
ENABLED = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
ADAPTIVE = {"thinking": {"type": "adaptive"}}
NOVAS = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}
BODY = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 4000, "messages": MESSAGES}

server = emulator_fixture(*OPTIONS, is_still=True)


def converse(runtime, fields, model=CLAUDE, **more):
    return runtime.converse(
        modelId=model,
        messages=more.pop("messages", BLOCKS),
        inferenceConfig={"maxTokens": 4000},
        additionalModelRequestFields=fields,
        **more,
    )


def tokens(text):
    """Four bytes are a token."""
    return (len(text) + 3) // 4


# Sources: docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html and …-adaptive-thinking.html


@pytest.mark.parametrize(
    "fields, model, code",
    [(ENABLED, CLAUDE, CLAUDE_TPM), (ADAPTIVE, OPUS, OPUS_TPM)],
    ids=["enabled", "adaptive"],
)
def test_converse(runtime, control, fields, model, code):
    # So little comes back to a small quota in the slow time of this server.
    control.quota(code, 10_000)
    reply = converse(runtime, fields, model)
    reasoning, text = reply["output"]["message"]["content"]
    thought = reasoning["reasoningContent"]["reasoningText"]
    assert tokens(thought["text"]) == THOUGHT and thought["signature"]
    assert tokens(text["text"]) == REPLY_TOKENS - THOUGHT
    # Reasoning is output: it is counted, and it costs the burndown of 5.
    assert reply["usage"]["outputTokens"] == REPLY_TOKENS
    assert control.used(code) == pytest.approx(
        reply["usage"]["inputTokens"] + 5 * REPLY_TOKENS, abs=1
    )


@pytest.mark.parametrize(
    "fields", [{}, {"thinking": {"type": "disabled"}}], ids=["not", "disabled"]
)
def test_unless_it_is_not_asked_for(runtime, fields):
    [text] = converse(runtime, fields)["output"]["message"]["content"]
    assert tokens(text["text"]) == REPLY_TOKENS


def test_converse_stream(runtime):
    stream = runtime.converse_stream(
        modelId=CLAUDE, messages=BLOCKS, additionalModelRequestFields=ENABLED
    )["stream"]
    events = read_events(stream)
    deltas = [e["contentBlockDelta"] for e in events if "contentBlockDelta" in e]
    thoughts = [d["delta"]["reasoningContent"] for d in deltas if d["contentBlockIndex"] == 0]
    words = [d["delta"]["text"] for d in deltas if d["contentBlockIndex"] == 1]
    assert tokens("".join(t.get("text", "") for t in thoughts)) == THOUGHT
    assert [bool(t.get("signature")) for t in thoughts] == [False] * (len(thoughts) - 1) + [True]
    assert tokens("".join(words)) == REPLY_TOKENS - THOUGHT
    stops = [e["contentBlockStop"]["contentBlockIndex"] for e in events if "contentBlockStop" in e]
    assert stops == [0, 1]


def test_invoke(runtime):
    reply = json.loads(
        runtime.invoke_model(modelId=CLAUDE, body=json.dumps(BODY | ENABLED))["body"].read()
    )
    thinking, text = reply["content"]
    assert thinking["type"] == "thinking" and thinking["thinking"] and thinking["signature"]
    assert text["type"] == "text" and reply["usage"]["output_tokens"] == REPLY_TOKENS


def test_invoke_without_showing_it(runtime):
    fields = {"thinking": {"type": "adaptive", "display": "omitted"}}
    stream = runtime.invoke_model_with_response_stream(modelId=OPUS, body=json.dumps(BODY | fields))
    found = chunks(read_events(stream["body"]))
    types = [
        c["delta"]["type"] for c in found if c["type"] == "content_block_delta" and c["index"] == 0
    ]
    assert types == ["signature_delta"]
    assert found[-2]["usage"]["output_tokens"] == REPLY_TOKENS


def test_anthropics_stream(server, control):
    client = anthropic.AnthropicBedrock(
        base_url=server.url,
        aws_region=REGION,
        aws_access_key=KEY,
        aws_secret_key=SECRET,
        max_retries=0,
    )
    with client.messages.stream(
        model=CLAUDE, max_tokens=4000, messages=MESSAGES, **ENABLED
    ) as stream:
        message = stream.get_final_message()
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert tokens(message.content[0].thinking) == THOUGHT and message.content[0].signature
    assert tokens(message.content[1].text) == REPLY_TOKENS - THOUGHT


# Source: docs.aws.amazon.com/nova/latest/nova2-userguide/reasoning-capabilities.html


def test_nova_redacts_it(runtime):
    reply = converse(runtime, NOVAS, NOVA)
    reasoning, _ = reply["output"]["message"]["content"]
    assert reasoning == {"reasoningContent": {"reasoningText": {"text": "[REDACTED]"}}}
    assert reply["usage"]["outputTokens"] == REPLY_TOKENS


def test_it_goes_back_with_the_next_request(runtime):
    """The next turn of an agent has the whole message in it, reasoning and signature too."""
    message = converse(runtime, ENABLED)["output"]["message"]
    again = [*BLOCKS, message, *BLOCKS]
    assert converse(runtime, ENABLED, messages=again)["stopReason"] == "end_turn"


def test_it_comes_before_structured_output(runtime):
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    structure = {"jsonSchema": {"name": "x", "schema": json.dumps(schema)}}
    format = {"textFormat": {"type": "json_schema", "structure": structure}}
    reply = converse(runtime, ENABLED, outputConfig=format)
    reasoning, text = reply["output"]["message"]["content"]
    assert "reasoningContent" in reasoning and text == {"text": '{"a":"sun"}'}
    assert reply["usage"]["outputTokens"] == THOUGHT + 3
