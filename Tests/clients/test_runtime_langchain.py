"""The data plane through LangChain's models, with their default settings for retries."""

import pytest
from botocore.exceptions import ClientError
from langchain_aws import BedrockEmbeddings, ChatBedrockConverse
from langchain_core.messages import HumanMessage, SystemMessage
from runtime_prompts import (
    CLAUDE,
    CLAUDE_TPM,
    NOVA,
    OUTPUT_TOKENS,
    PROMPT,
    PROMPT_OPTIONS,
    PROMPT_TOKENS,
    SCHEMA,
)
from servers import emulator_fixture, not_through_gateway
from support import REGION, with_credentials

EMBED = "cohere.embed-v4:0"

# Every test finds the emulator as it was at the start.
pytestmark = pytest.mark.usefixtures("control")


server = emulator_fixture(*PROMPT_OPTIONS)


@pytest.fixture
def langchain(server, monkeypatch):
    """The settings of each LangChain model."""
    for name, value in with_credentials({}).items():
        monkeypatch.setenv(name, value)
    return {"region_name": REGION, "endpoint_url": server.url}


@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_langchain_invoke(langchain, model):
    chat = ChatBedrockConverse(model=model, max_tokens=1000, **langchain)
    reply = chat.invoke([SystemMessage("Be brief."), HumanMessage(PROMPT)])
    assert reply.content
    assert reply.response_metadata["stopReason"] == "end_turn"
    assert reply.usage_metadata["output_tokens"] == OUTPUT_TOKENS
    assert reply.usage_metadata["input_tokens"] > PROMPT_TOKENS


@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_langchain_stream(langchain, model):
    """Many chunks, which add up to the usage of the whole."""
    chat = ChatBedrockConverse(model=model, max_tokens=1000, **langchain)
    chunks = list(chat.stream(PROMPT))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert len(chunks) > 3 and whole.text
    assert whole.usage_metadata["input_tokens"] == PROMPT_TOKENS
    assert whole.usage_metadata["output_tokens"] == OUTPUT_TOKENS


@pytest.mark.parametrize("model", [NOVA, CLAUDE])
def test_langchain_structured_output(langchain, model):
    schema = {"title": "Weather", "description": "The weather.", **SCHEMA}
    chat = ChatBedrockConverse(model=model, max_tokens=1000, **langchain)
    assert isinstance(chat.with_structured_output(schema).invoke(PROMPT)["city"], str)


def test_langchain_streams_a_forced_tool(langchain):
    schema = {"title": "weather", "description": "The weather.", **SCHEMA}
    chat = ChatBedrockConverse(model=CLAUDE, max_tokens=1000, **langchain)
    chunks = list(chat.bind_tools([schema], tool_choice="weather").stream(PROMPT))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    [call] = whole.tool_calls
    assert call["name"] == "weather" and isinstance(call["args"], dict)


@not_through_gateway("a quota of 0 is said at once, as something that no retry mends")
def test_langchain_quota_of_zero(control, langchain):
    control.quota(CLAUDE_TPM, 0)
    with pytest.raises(ClientError, match="ThrottlingException"):
        ChatBedrockConverse(model=CLAUDE, max_tokens=1000, **langchain).invoke(PROMPT)


def test_langchain_embeddings(langchain):
    """As many vectors as documents, all of one length; the same text has the same vector."""
    embeddings = BedrockEmbeddings(model_id=EMBED, **langchain)
    one, two = embeddings.embed_documents(["one", "two"])
    assert len(one) == len(two) > 1 and one != two
    assert len(embeddings.embed_query("one")) == len(one)
