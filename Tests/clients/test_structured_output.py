"""Replies in JSON of a schema: what each API asks with, and what its clients read."""

import json

import anthropic
import pytest
from aws_clients import failure
from langchain_aws import ChatBedrockConverse
from pydantic import BaseModel
from runtime_calls import OPTIONS
from runtime_prompts import BLOCKS, CLAUDE, MESSAGES, NOVA, PROMPT
from runtime_shapes import chunks, read_events
from servers import emulator_fixture
from support import KEY, REGION, SECRET, with_credentials

server = emulator_fixture(*OPTIONS)
GPT = "openai.gpt-oss-20b-1:0"
VERSION = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "messages": MESSAGES}


class City(BaseModel):
    name: str
    people: int
    rivers: list[str]


SCHEMA = City.model_json_schema() | {"additionalProperties": False}
INSTANCE = City(name="sun", people=1, rivers=[])
TEXT = '{"name":"sun","people":1,"rivers":[]}'
FORMAT = {"type": "json_schema", "schema": SCHEMA}
OPENAI_FORMAT = {"type": "json_schema", "json_schema": {"name": "City", "schema": SCHEMA}}


def output_config(schema):
    structure = {"jsonSchema": {"name": "City", "schema": schema}}
    return {"textFormat": {"type": "json_schema", "structure": structure}}


def converse(runtime, model=CLAUDE, **more):
    config = {"maxTokens": 500}
    return runtime.converse(modelId=model, messages=BLOCKS, inferenceConfig=config, **more)


def invoke(runtime, model, body):
    return json.loads(runtime.invoke_model(modelId=model, body=json.dumps(body))["body"].read())


# Source: docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html


def test_converse(runtime):
    reply = converse(runtime, outputConfig=output_config(json.dumps(SCHEMA)))
    assert reply["output"]["message"]["content"] == [{"text": TEXT}]
    assert reply["usage"]["outputTokens"] == (len(TEXT) + 3) // 4
    assert reply["stopReason"] == "end_turn"


def test_converse_with_claudes_own_field(runtime):
    fields = {"output_config": {"format": FORMAT}}
    reply = converse(runtime, additionalModelRequestFields=fields)
    assert reply["output"]["message"]["content"] == [{"text": TEXT}]


def test_converse_stream(runtime):
    stream = runtime.converse_stream(
        modelId=CLAUDE, messages=BLOCKS, outputConfig=output_config(json.dumps(SCHEMA))
    )["stream"]
    deltas = [
        e["contentBlockDelta"]["delta"] for e in read_events(stream) if "contentBlockDelta" in e
    ]
    assert len(deltas) > 1 and "".join(delta["text"] for delta in deltas) == TEXT


@pytest.mark.parametrize("schema", ["", "{", "[]", "true"])
def test_converse_refuses_a_schema_that_is_no_json_object(runtime, schema):
    call = lambda: converse(runtime, outputConfig=output_config(schema))  # noqa: E731
    code, status, message = failure(call)
    assert (code, status) == ("ValidationException", 400) and "jsonSchema.schema" in message


@pytest.mark.parametrize(
    "field", [{"output_config": {"format": FORMAT}}, {"output_format": FORMAT}]
)
def test_invoke_claude(runtime, field):
    assert invoke(runtime, CLAUDE, VERSION | field)["content"] == [{"type": "text", "text": TEXT}]


@pytest.mark.parametrize(
    "format, text",
    [(OPENAI_FORMAT, TEXT), ({"type": "json_object"}, "{}")],
    ids=["schema", "object"],
)
def test_invoke_an_open_weight_model(runtime, format, text):
    reply = invoke(runtime, GPT, {"messages": MESSAGES, "response_format": format})
    assert reply["choices"][0]["message"]["content"] == text


def test_invoke_stream(runtime):
    body = json.dumps(VERSION | {"output_config": {"format": FORMAT}})
    stream = runtime.invoke_model_with_response_stream(modelId=CLAUDE, body=body)["body"]
    deltas = [c["delta"] for c in chunks(read_events(stream)) if c["type"] == "content_block_delta"]
    assert "".join(delta["text"] for delta in deltas) == TEXT


def test_anthropics_parse(server):
    client = anthropic.AnthropicBedrock(
        base_url=server.url,
        aws_region=REGION,
        aws_access_key=KEY,
        aws_secret_key=SECRET,
        max_retries=0,
    )
    parsed = client.messages.parse(
        model=CLAUDE, max_tokens=500, messages=MESSAGES, output_format=City
    )
    assert parsed.parsed_output == INSTANCE


def test_langchains_json_schema(server, control, monkeypatch):
    for name, value in with_credentials({}).items():
        monkeypatch.setenv(name, value)
    chat = ChatBedrockConverse(model=CLAUDE, region_name=REGION, endpoint_url=server.url)
    assert chat.with_structured_output(City, method="json_schema").invoke(PROMPT) == INSTANCE


# Libraries write a schema into the prompt for models that have no structured output, and parse the reply.


def prompted(schema):
    return f"Reply with JSON only, in this schema:\n\n{json.dumps(schema, indent=2)}\n\nNo prose."


NESTED = {"$defs": {"City": SCHEMA}, "$ref": "#/$defs/City"}


@pytest.mark.parametrize("model", [CLAUDE, NOVA])
@pytest.mark.parametrize("schema", [SCHEMA, NESTED], ids=["plain", "references"])
@pytest.mark.parametrize("before", ["", 'Like {this} or {"that": 1}: '], ids=["alone", "braces"])
def test_a_schema_in_the_system_prompt(runtime, model, schema, before):
    reply = converse(runtime, model, system=[{"text": before + prompted(schema)}])
    assert reply["output"]["message"]["content"] == [{"text": TEXT}]


def test_a_schema_in_the_last_message(runtime):
    messages = [{"role": "user", "content": prompted(SCHEMA)}]
    assert invoke(runtime, CLAUDE, VERSION | {"messages": messages})["content"][0]["text"] == TEXT
    system = {"role": "system", "content": prompted(SCHEMA)}
    reply = invoke(runtime, GPT, {"messages": [system, *MESSAGES]})
    assert reply["choices"][0]["message"]["content"] == TEXT


FIELDS = {name: dict(field) for name, field in SCHEMA["properties"].items()}
REFERRED = {"city": {"$ref": "#/$defs/City"}, "$defs": {"City": FIELDS}}


@pytest.mark.parametrize("fields, text", [(FIELDS, TEXT), (REFERRED, f'{{"city":{TEXT}}}')])
def test_properties_alone_in_the_prompt(runtime, fields, text):
    prompt = f'Provide these fields: ["name"]. Their properties are {json.dumps(fields)}'
    reply = converse(runtime, system=[{"text": prompt}])
    assert reply["output"]["message"]["content"] == [{"text": text}]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"type": "text", "text": "x"}',
        '{"a": {"type": "x"}, "b": 1}',
        '{"properties": 1}',
        '"properties"',
        '{"a": {"properties"',
        "{" * 2_000 + '"properties"',
    ],
)
def test_other_prompts_have_other_replies(runtime, text):
    reply = converse(runtime, system=[{"text": text}])
    assert not reply["output"]["message"]["content"][0]["text"].startswith("{")
    assert reply["usage"]["outputTokens"] == 20
