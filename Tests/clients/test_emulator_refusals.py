"""Requests that AWS refuses, sent by boto3: the emulator refuses them in the same words, and counts no quota.

Each case names where the words or the limit were seen. The rules are in BedrockEmulator/Models/Rules.
"""

import json

import pytest
from botocore.exceptions import ClientError
from emulator_control import control_of
from raw_http import FAST
from runtime_shapes import RuntimeClients
from servers import emulator_fixture

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "us.anthropic.claude-opus-4-7"
NOVA = "us.amazon.nova-pro-v1:0"
LLAMA = "meta.llama3-70b-instruct-v1:0"
GITHUB = "https://github.com"
REFERENCE = "https://docs.aws.amazon.com/bedrock/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide"
REPORT = "The model returned the following errors: "

ASKED = {"role": "user", "content": [{"text": "a"}]}
USE = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "w", "input": {}}}]}
TOOLS = {"tools": [{"toolSpec": {"name": "w", "inputSchema": {"json": {"type": "object"}}}}]}
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
PICTURE = {"image": {"format": "png", "source": {"bytes": b"x" * 600}}}
LARGE = {"image": {"format": "png", "source": {"bytes": b"x" * 6_000_000}}}

server = emulator_fixture(*FAST)


@pytest.fixture(scope="module")
def runtime(server):
    return RuntimeClients(server.url).runtime()


def result(identifier):
    block = {"toolResult": {"toolUseId": identifier, "content": [{"text": "x"}]}}
    return {"role": "user", "content": [block]}


def document(name):
    return {"document": {"name": name, "format": "txt", "source": {"bytes": b"x"}}}


def asked(*blocks):
    return [{"role": "user", "content": [*blocks, {"text": "q"}]}]


def said(text):
    return [ASKED, {"role": "assistant", "content": [{"text": text}]}]


def thinking(**config):
    config = {"maxTokens": 3000} | config
    return {"inferenceConfig": config, "additionalModelRequestFields": THINKING}


# What is wrong, the model, the arguments of Converse, the words, their source.
CASES = [
    (
        "a toolUse without a toolResult",
        SONNET,
        {"messages": [ASKED, USE, ASKED], "toolConfig": TOOLS},
        "Expected toolResult blocks at messages.2.content for the following Ids: t1",
        f"{GITHUB}/crewAIInc/crewAI/issues/4749",
    ),
    (
        "a toolResult of an unknown id",
        SONNET,
        {"messages": [ASKED, USE, result("zzz")], "toolConfig": TOOLS},
        "Expected toolResult blocks at messages.2.content for the following Ids: t1",
        f"{GITHUB}/crewAIInc/crewAI/issues/4749",
    ),
    (
        "a history of tools without toolConfig",
        SONNET,
        {"messages": [ASKED, USE, result("t1")]},
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        f"{GITHUB}/langgenius/dify/issues/17545",
    ),
    (
        "temperature and topP together",
        SONNET,
        {"inferenceConfig": {"temperature": 0.5, "topP": 0.5}},
        f"{REPORT}`temperature` and `top_p` cannot both be specified for this model.",
        f"{GITHUB}/BerriAI/litellm/issues/15070",
    ),
    (
        "a temperature for Opus 4.7",
        OPUS,
        {"inferenceConfig": {"temperature": 0.5}},
        f"{REPORT}`temperature` is deprecated for this model.",
        f"{GITHUB}/openclaw/openclaw/issues/73663",
    ),
    (
        "a thinking budget of maxTokens or more",
        SONNET,
        thinking(maxTokens=1000),
        f"{REPORT}`max_tokens` must be greater than `thinking.budget_tokens`.",
        f"{GITHUB}/vercel/ai/issues/7927",
    ),
    (
        "a thinking budget below 1,024",
        SONNET,
        {
            "inferenceConfig": {"maxTokens": 3000},
            "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 9}},
        },
        f"{REPORT}thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        f"{GITHUB}/danny-avila/LibreChat/issues/8346",
    ),
    (
        "thinking with a temperature",
        SONNET,
        thinking(temperature=0.0),
        f"{REPORT}`temperature` may only be set to 1 when thinking is enabled.",
        f"{GITHUB}/Aider-AI/aider/issues/3720",
    ),
    (
        "thinking with a forced tool",
        SONNET,
        thinking() | {"toolConfig": TOOLS | {"toolChoice": {"any": {}}}},
        f"{REPORT}Thinking may not be enabled when tool_choice forces tool use.",
        f"{GITHUB}/strands-agents/harness-sdk/pull/1495",
    ),
    (
        "thinking with a budget on Opus 4.7",
        OPUS,
        thinking(),
        f'{REPORT}"thinking.type.enabled" is not supported for this model.',
        f"{GITHUB}/Kilo-Org/kilocode/issues/10732",
    ),
    (
        "a picture of 6 MB",
        SONNET,
        {"messages": asked(LARGE)},
        f"{REPORT}messages.0.content.0.image.source.bytes: image exceeds 5 MB maximum",
        f"{GITHUB}/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws"
        "/issues/778",
    ),
    (
        "21 pictures",
        SONNET,
        {"messages": asked(*[PICTURE] * 21)},
        f"{REPORT}too many images and documents: 21 + 0 > 20",
        f"{GITHUB}/boto/boto3/issues/4632",
    ),
    (
        "6 documents",
        SONNET,
        {"messages": asked(*[document(f"d{i}") for i in range(6)])},
        "You can't include more than 5 documents in a request.",
        f"{GITHUB}/aws-samples/generative-ai-use-cases/issues/1685",
    ),
    (
        "two documents of one name",
        NOVA,
        {"messages": asked(document("d"), document("d"))},
        "Messages can't contain duplicate document names.",
        f"{GITHUB}/maximhq/bifrost/issues/7003",
    ),
    (
        "a document without text",
        SONNET,
        {"messages": [{"role": "user", "content": [document("d")]}]},
        "A text block must be included when using documents.",
        f"{GITHUB}/maximhq/bifrost/pull/5817",
    ),
    (
        "a document with a dot in its name",
        NOVA,
        {"messages": asked(document("d.txt"))},
        "The document file name can only contain alphanumeric characters",
        f"{REFERENCE}/API_runtime_DocumentBlock.html",
    ),
    (
        "a picture for a model that reads only text",
        LLAMA,
        {"messages": asked(PICTURE)},
        "This model doesn't support the image content block that you provided.",
        f"{GUIDE}/conversation-inference-supported-models-features.html",
    ),
    (
        "tools for a model without",
        LLAMA,
        {"toolConfig": TOOLS},
        "This model doesn't support tool use.",
        f"{GUIDE}/conversation-inference-supported-models-features.html",
    ),
    (
        "a prefilled reply on Opus 4.7",
        OPUS,
        {"messages": said("{")},
        f"{REPORT}This model does not support assistant message prefill.",
        f"{GITHUB}/anomalyco/opencode/issues/29760",
    ),
    (
        "a prefilled reply that ends in a blank",
        SONNET,
        {"messages": said("{ ")},
        f"{REPORT}messages: final assistant content cannot end with trailing whitespace",
        f"{GITHUB}/aws/aws-sdk-net/pull/4015",
    ),
    (
        "a tool's name with a dot",
        SONNET,
        {"toolConfig": {"tools": [{"toolSpec": TOOLS["tools"][0]["toolSpec"] | {"name": "a.b"}}]}},
        "1 validation error detected: Value 'a.b' at 'toolConfig.tools.1.member.toolSpec.name' "
        "failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
        f"{REFERENCE}/API_runtime_ToolSpecification.html",
    ),
    (
        "a guardrail that doesn't exist",
        NOVA,
        {"guardrailConfig": {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}},
        "The guardrail identifier or version provided in the request does not exist.",
        f"{REFERENCE}/API_runtime_GuardrailConfiguration.html",
    ),
    (
        "stop sequences for GPT OSS",
        "openai.gpt-oss-20b-1:0",
        {"inferenceConfig": {"stopSequences": ["x"]}},
        "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
        f"{GITHUB}/langchain4j/langchain4j/issues/3650",
    ),
]


@pytest.mark.parametrize(
    "model, arguments, words, source", [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_converse_refuses(server, runtime, model, arguments, words, source):
    assert source.startswith("https://")
    control = control_of(server)
    control.reset()
    arguments = {"messages": [ASKED]} | arguments
    for call in (runtime.converse, runtime.converse_stream):
        with pytest.raises(ClientError) as refused:
            call(modelId=model, **arguments)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        error = refused.value.response["Error"]
        assert error["Code"] == "ValidationException"
        assert error["Message"].startswith(words), source
    assert all(meter["available"] == meter["quota"] for meter in control.meters().values())


MESSAGES = [{"role": "user", "content": "a"}]
TOOL_USE = {"type": "tool_use", "id": "t1", "name": "w", "input": {}}
NATIVE = [
    (
        "a thinking budget of max_tokens or more",
        {"max_tokens": 1000} | {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
        f"{GITHUB}/vercel/ai/issues/7927",
    ),
    (
        "a tool_use without a tool_result",
        {"messages": [*MESSAGES, {"role": "assistant", "content": [TOOL_USE]}, *MESSAGES]},
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.",
        f"{GITHUB}/anthropics/claude-code/issues/3632",
    ),
    (
        "a temperature above 1",
        {"temperature": 1.5},
        "temperature: range: 0..1",
        f"{GITHUB}/anthropics/anthropic-sdk-python/issues/893",
    ),
    (
        "two tools of one name",
        {"tools": [{"name": "w", "input_schema": {"type": "object"}}] * 2},
        "tools: Tool names must be unique.",
        f"{GITHUB}/anthropics/claude-code/issues/10687",
    ),
]


@pytest.mark.parametrize(
    "members, words, source", [case[1:] for case in NATIVE], ids=[case[0] for case in NATIVE]
)
def test_invoke_model_refuses(runtime, members, words, source):
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 3000, "messages": MESSAGES}
    body = json.dumps(body | members)
    for call in (runtime.invoke_model, runtime.invoke_model_with_response_stream):
        with pytest.raises(ClientError) as refused:
            call(modelId=SONNET, body=body)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        assert refused.value.response["Error"]["Message"].startswith(words), source


ACCEPTED = [
    ("a whole round of tools", SONNET, {"messages": [ASKED, USE, result("t1")], "toolConfig": TOOLS}),
    ("a thinking budget", SONNET, thinking()),
    ("5 documents", SONNET, {"messages": asked(*[document(f"d{i}") for i in range(5)])}),
    ("20 pictures", SONNET, {"messages": asked(*[PICTURE] * 20)}),
    ("a large picture for Nova", NOVA, {"messages": asked(LARGE)}),
    ("a prefilled reply on Sonnet 4.5", SONNET, {"messages": said("{")}),
    ("tools of Llama 4", "us.meta.llama4-scout-17b-instruct-v1:0", {"toolConfig": TOOLS}),
]


@pytest.mark.parametrize(
    "model, arguments", [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED]
)
def test_what_aws_accepts_is_accepted(runtime, model, arguments):
    runtime.converse(modelId=model, **({"messages": [ASKED]} | arguments))
