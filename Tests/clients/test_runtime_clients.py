"""The data plane through clients that people use, each with its default settings for retries."""

import json
import math
import re
import subprocess
import urllib.request
from datetime import UTC, datetime, timedelta

import anthropic
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, InvalidEndpointConfigurationError
from langchain_aws import BedrockEmbeddings, ChatBedrockConverse
from langchain_core.messages import HumanMessage, SystemMessage
from processes import Emulator
from support import KEY, REGION, SECRET, aws_command, with_credentials

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE_TPM, CLAUDE_RPM = "L-F4DDD3EB", "L-4A6BFAB1"
NOVA = "us.amazon.nova-pro-v1:0"
EMBED = "cohere.embed-v4:0"
OUTPUT_TOKENS = 200
PROMPT = "What is a quota?"
# Four bytes are a token.
PROMPT_TOKENS = math.ceil(len(PROMPT) / 4)
MESSAGES = [{"role": "user", "content": PROMPT}]
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "weather", "description": "The weather in a city.", "input_schema": SCHEMA}


@pytest.fixture(scope="module")
def server(bedquota, environment):
    """An emulator that answers at once, with replies of one length."""
    options = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
    server = Emulator(bedquota, environment, *options, "--output-tokens", str(OUTPUT_TOKENS))
    yield server
    assert server.stop() == 0


@pytest.fixture(autouse=True)
def fresh(server):
    control(server, "reset", {})


@pytest.fixture
def aws(server, environment):
    """Runs the AWS CLI."""
    variables = with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url}

    def call(*arguments):
        return subprocess.run(
            [aws_command(), *arguments, "--output", "json"],
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return call


@pytest.fixture
def claude(server):
    keys = {"aws_access_key": KEY, "aws_secret_key": SECRET, "aws_region": REGION}
    with anthropic.AnthropicBedrock(base_url=server.url, **keys) as client:
        yield client


@pytest.fixture
def langchain(server, monkeypatch):
    """The settings of each LangChain model."""
    for name, value in with_credentials({}).items():
        monkeypatch.setenv(name, value)
    return {"region_name": REGION, "endpoint_url": server.url}


def control(server, call, body):
    request = urllib.request.Request(
        f"{server.url}/_emulator/{call}", json.dumps(body).encode(), method="PUT"
    )
    if call == "reset":
        request.method = "POST"
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def set_quota(server, code, value):
    control(server, "quotas", {"code": code, "value": value})


def printed(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cli_converse(aws, model=NOVA):
    return aws(
        "bedrock-runtime", "converse", "--model-id", model, "--messages", json.dumps(BLOCKS)
    )


# The AWS CLI


def test_cli_converse(aws):
    """A whole reply, whose usage is the prompt's bytes and the length that was asked for."""
    reply = printed(cli_converse(aws))
    assert reply["stopReason"] == "end_turn"
    assert reply["output"]["message"]["content"][0]["text"]
    assert reply["usage"]["inputTokens"] == PROMPT_TOKENS
    assert reply["usage"]["outputTokens"] == OUTPUT_TOKENS
    assert reply["usage"]["totalTokens"] == PROMPT_TOKENS + OUTPUT_TOKENS


def test_cli_invoke_model_writes_the_body(aws, tmp_path):
    """The file holds the body of the family, the terminal the content type."""
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": MESSAGES}
    file = tmp_path / "reply.json"
    # Version 1 takes the body as it is, and knows no option for that.
    version = aws("--version").stdout
    raw = ("--cli-binary-format", "raw-in-base64-out") if "aws-cli/2" in version else ()
    options = ("--body", json.dumps(body), str(file), *raw)
    done = aws("bedrock-runtime", "invoke-model", "--model-id", CLAUDE, *options)
    assert printed(done)["contentType"] == "application/json"
    reply = json.loads(file.read_text(encoding="utf-8"))
    assert (reply["type"], reply["role"], reply["stop_reason"]) == (
        "message",
        "assistant",
        "max_tokens",
    )
    assert reply["usage"]["input_tokens"] == PROMPT_TOKENS
    assert reply["usage"]["output_tokens"] == 50


def test_cli_count_tokens(aws):
    asked = json.dumps({"converse": {"messages": BLOCKS}})
    done = aws("bedrock-runtime", "count-tokens", "--model-id", CLAUDE, "--input", asked)
    assert printed(done) == {"inputTokens": PROMPT_TOKENS}


def test_cli_metrics_after_traffic(aws):
    """What was invoked is a dimension at once, and its sum is what was invoked."""
    printed(cli_converse(aws))
    dimension = {"Name": "ModelId", "Value": NOVA}
    named = ("--namespace", "AWS/Bedrock", "--metric-name", "OutputTokenCount")
    listed = printed(aws("cloudwatch", "list-metrics", *named))["Metrics"]
    assert [dimension] in [metric["Dimensions"] for metric in listed]
    now = datetime.now(UTC)
    window = ("--start-time", (now - timedelta(minutes=10)).isoformat())
    window += ("--end-time", (now + timedelta(minutes=2)).isoformat(), "--period", "60")
    by = ("--statistics", "Sum", "--dimensions", json.dumps([dimension]))
    points = printed(aws("cloudwatch", "get-metric-statistics", *named, *window, *by))["Datapoints"]
    assert sum(point["Sum"] for point in points) == OUTPUT_TOKENS


def test_cli_requests_an_increase(aws):
    """A request stays open; a second one for the same quota is refused."""
    wish = ("request-service-quota-increase", "--service-code", "bedrock")
    wish += ("--quota-code", CLAUDE_TPM, "--desired-value", "9000000")
    made = printed(aws("service-quotas", *wish))["RequestedQuota"]
    assert made["QuotaCode"] == CLAUDE_TPM and made["DesiredValue"] == 9_000_000
    assert made["Status"] in ("PENDING", "CASE_OPENED")
    again = aws("service-quotas", *wish)
    assert again.returncode in (254, 255)
    assert "(ResourceAlreadyExistsException)" in again.stderr


def test_cli_lists_provisioned_throughputs(aws):
    listed = printed(aws("bedrock", "list-provisioned-model-throughputs"))
    assert isinstance(listed["provisionedModelSummaries"], list)


@pytest.mark.parametrize(
    "model, code",
    [
        ("no.such-model-v1:0", "ValidationException"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "ValidationException"),
    ],
)
def test_cli_tells_an_error(aws, model, code):
    done = cli_converse(aws, model)
    assert done.returncode in (254, 255), done.stdout
    assert f"({code}) when calling the Converse operation" in done.stderr


def test_cli_gives_up_on_a_quota_of_zero(server, aws):
    """It tries as often as it does by default, and then says that it did."""
    set_quota(server, CLAUDE_TPM, 0)
    done = cli_converse(aws, CLAUDE)
    assert done.returncode in (254, 255), done.stdout
    assert "(ThrottlingException) when calling the Converse operation (reached max" in done.stderr
    assert re.search("Too many tokens( per day)?, please wait before trying again.", done.stderr)


# Anthropic's SDK


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


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("code", [CLAUDE_TPM, CLAUDE_RPM])
def test_anthropic_quota_of_zero(server, claude, code, streamed):
    set_quota(server, code, 0)
    with pytest.raises(anthropic.RateLimitError) as raised:
        claude.messages.create(
            model=CLAUDE, max_tokens=1000, messages=MESSAGES, stream=streamed
        )
    assert raised.value.status_code == 429
    assert "Too many" in str(raised.value)


def test_anthropic_recovers_by_itself(server, claude):
    """A bucket of 60 s that lacks a little is full again before the client gives up."""
    set_quota(server, CLAUDE_RPM, 120)
    for _ in range(119):
        claude.with_options(max_retries=0).messages.create(
            model=CLAUDE, max_tokens=10, messages=MESSAGES
        )
    for _ in range(5):
        reply = claude.messages.create(model=CLAUDE, max_tokens=10, messages=MESSAGES)
        assert reply.usage.output_tokens == 10


def test_anthropic_errors(claude):
    """A model that is none, and a body that is wrong, are the caller's mistakes."""
    with pytest.raises(anthropic.BadRequestError, match="model identifier is invalid"):
        claude.messages.create(model="no.such-model", max_tokens=10, messages=MESSAGES)
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.create(model=CLAUDE, max_tokens=10, messages=[])
    wrong = claude.copy(aws_secret_key="wrong")
    with pytest.raises(anthropic.PermissionDeniedError):
        wrong.messages.create(model=CLAUDE, max_tokens=10, messages=MESSAGES)


# LangChain


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


def test_langchain_quota_of_zero(server, langchain):
    set_quota(server, CLAUDE_TPM, 0)
    with pytest.raises(ClientError, match="ThrottlingException"):
        ChatBedrockConverse(model=CLAUDE, max_tokens=1000, **langchain).invoke(PROMPT)


def test_langchain_embeddings(langchain):
    """As many vectors as documents, all of one length; the same text has the same vector."""
    embeddings = BedrockEmbeddings(model_id=EMBED, **langchain)
    one, two = embeddings.embed_documents(["one", "two"])
    assert len(one) == len(two) > 1 and one != two
    assert len(embeddings.embed_query("one")) == len(one)


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


def test_a_wrong_api_key_is_denied(key_client):
    with key_client("wrong") as client, pytest.raises(anthropic.PermissionDeniedError):
        client.messages.create(model=CLAUDE, max_tokens=10, messages=MESSAGES)


def test_boto3_keeps_its_api_key_from_plain_http(server, monkeypatch):
    """botocore sends a key over TLS only, so no request arrives; a boto3 user has to sign."""
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
