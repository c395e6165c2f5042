"""The bedrock-mantle endpoint through real clients: addresses, signatures, paths, models, stored responses."""

import asyncio

import anthropic
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import openai
import pytest
import requests
from dialects import MESSAGES, OPTIONS, OUTPUT_TOKENS, PROMPT, PROMPT_TOKENS, SCHEMA, error_of
from emulator_control import eventually
from mantle import CLAUDE, GPT, OSS, anthropic_client, base, openai_client, signing_openai_client
from servers import emulator_fixture, not_through_gateway
from support import KEY, REGION, SECRET

pytestmark = pytest.mark.usefixtures("control")
MOST = 100
VALIDATION = (400, "invalid_request_error", "validation_error")

server = emulator_fixture(*OPTIONS)


@pytest.fixture
def mantle(server):
    return base(server.url)


@pytest.fixture
def client(mantle):
    """For the models of `/openai/v1`."""
    with openai_client(f"{mantle}/openai/v1") as client:
        yield client


@pytest.fixture
def plain(mantle):
    """For the models of `/v1`."""
    with openai_client(f"{mantle}/v1") as client:
        yield client


@pytest.fixture
def claude(mantle):
    with anthropic_client(f"{mantle}/anthropic") as client:
        yield client


def message(client, **more):
    return client.messages.create(model=CLAUDE, messages=MESSAGES, max_tokens=MOST, **more)


# Addresses and signatures


@not_through_gateway("the emulator has another address")
def test_emulate_prints_the_address(server, mantle):
    assert f"bedrock-mantle: {mantle}" in server.read_log().splitlines()


def test_the_runtime_does_not_take_the_requests_of_the_other(server):
    """The id tells them apart: on bedrock-runtime, the model needs a profile."""
    with openai_client(f"{server.url}/openai/v1") as client:
        with pytest.raises(openai.BadRequestError, match="on-demand throughput"):
            client.responses.create(model=GPT, input=PROMPT)
        assert client.responses.create(model=f"us.{GPT}", input=PROMPT).output_text


@pytest.mark.parametrize(
    "model", [GPT, pytest.param(f"us.{GPT}", marks=not_through_gateway("it says which id to use instead"))]
)
def test_profiles_are_not_for_this_endpoint(client, model):
    if model == GPT:
        assert client.responses.create(model=model, input=PROMPT).output_text
        return
    with pytest.raises(openai.NotFoundError) as raised:
        client.responses.create(model=model, input=PROMPT)
    assert error_of(raised)[:3] == (404, "not_found_error", "model_not_found")


def test_a_signature_for_mantle_needs_no_base(server):
    """The service in the scope names the endpoint, also where a path is on both."""
    with signing_openai_client(f"{server.url}/openai/v1") as client:
        assert client.responses.create(model=GPT, input=PROMPT).output_text
    with signing_openai_client(f"{server.url}/openai/v1", endpoint="runtime") as client:
        assert client.responses.create(model=f"us.{GPT}", input=PROMPT).output_text


def test_a_signature_for_bedrock_is_accepted_too(mantle):
    with signing_openai_client(f"{mantle}/openai/v1", endpoint="runtime") as client:
        assert client.responses.create(model=GPT, input=PROMPT).output_text


@not_through_gateway("a Host names no endpoint of a gateway, and must be a loopback name")
def test_a_host_names_the_endpoint(server):
    headers = {"Authorization": f"Bearer {SECRET}", "Host": f"bedrock-mantle.{REGION}.api.aws"}
    asked = {"model": GPT, "input": PROMPT}
    reply = requests.post(f"{server.url}/openai/v1/responses", json=asked, headers=headers, timeout=10)
    assert reply.status_code == 200 and reply.json()["model"] == GPT


def test_paths_of_mantle_alone_need_no_base(server):
    with openai_client(f"{server.url}/v1") as client:
        assert client.chat.completions.create(model=OSS, messages=MESSAGES).choices[0].message.content
    with anthropic_client(server.url) as client:
        assert message(client).content[0].text


def signed(url: str, service: str, secret=SECRET) -> requests.Response:
    """A request that botocore signs."""
    request = botocore.awsrequest.AWSRequest("GET", f"{url}/v1/models")
    keys = botocore.credentials.Credentials(KEY, secret)
    botocore.auth.SigV4Auth(keys, service, REGION).add_auth(request)
    return requests.get(request.url, headers=dict(request.headers), timeout=10)


@not_through_gateway("on loopback it lets everybody in")
@pytest.mark.parametrize("service", ["bedrock-mantle", "bedrock"])
def test_botocore_signs_for_either_service(mantle, service):
    assert signed(mantle, service).status_code == 200
    assert signed(mantle, service, "wrong").status_code == 403


@not_through_gateway("on loopback it lets everybody in")
def test_another_service_is_refused(mantle):
    reply = signed(mantle, "monitoring")
    assert reply.status_code == 403 and "'bedrock-mantle'" in reply.json()["error"]["message"]


@not_through_gateway("on loopback it lets everybody in")
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_no_key_or_a_wrong_one(mantle, headers):
    reply = requests.get(f"{mantle}/v1/models", headers=headers, timeout=10)
    assert reply.status_code == 403 and reply.json()["error"]["code"] == "access_denied"


# Clients


def test_responses_whole_and_streamed(client):
    reply = client.responses.create(model=GPT, input=PROMPT)
    assert (reply.status, reply.model) == ("completed", GPT)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)
    events = list(client.responses.create(model=GPT, input=PROMPT, stream=True))
    assert events[-1].type == "response.completed"
    assert "".join(e.delta for e in events if e.type.endswith("text.delta")) == events[-1].response.output_text


def test_chat_whole_and_streamed(plain):
    reply = plain.chat.completions.create(model=OSS, messages=MESSAGES, max_tokens=MOST)
    assert (reply.choices[0].finish_reason, reply.usage.completion_tokens) == ("stop", OUTPUT_TOKENS)
    asked = {"model": OSS, "messages": MESSAGES, "stream_options": {"include_usage": True}}
    chunks = list(plain.chat.completions.create(stream=True, **asked))
    assert chunks[-1].usage.completion_tokens == OUTPUT_TOKENS


def test_the_class_of_the_openai_package(mantle):
    with openai_client(f"{mantle}/openai/v1", kind=openai.BedrockOpenAI, aws_region=REGION) as client:
        assert client.responses.create(model=GPT, input=PROMPT).output_text


def test_messages_signed_whole_and_streamed(claude):
    reply = message(claude)
    assert reply.content[0].text
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (PROMPT_TOKENS, OUTPUT_TOKENS)
    with claude.messages.stream(model=CLAUDE, messages=MESSAGES, max_tokens=MOST) as stream:
        assert stream.get_final_message().usage.output_tokens == OUTPUT_TOKENS
    tool = {"name": "weather", "input_schema": SCHEMA}
    called = message(claude, tools=[tool], tool_choice={"type": "tool", "name": "weather"})
    assert called.stop_reason == "tool_use" and called.content[0].name == "weather"


def test_counting_is_free(claude):
    assert claude.messages.count_tokens(model=CLAUDE, messages=MESSAGES).input_tokens == PROMPT_TOKENS


def test_asynchronous_clients(mantle):
    async def all_of_them():
        async with openai_client(f"{mantle}/openai/v1", kind=openai.AsyncOpenAI) as client:
            assert (await client.responses.create(model=GPT, input=PROMPT)).output_text
        kind = anthropic.AsyncAnthropicBedrockMantle
        async with anthropic_client(f"{mantle}/anthropic", kind=kind) as client:
            assert (await message(client)).content[0].text

    asyncio.run(all_of_them())


# Models and routes


def test_the_models(plain):
    ids = [model.id for model in plain.models.list()]
    assert ids == sorted(ids) and {GPT, CLAUDE, OSS, "deepseek.v3.2", "google.gemma-4-31b"} <= set(ids)
    assert not any(id.startswith(("us.", "global.", "amazon.", "meta.")) for id in ids)
    # The account has no quota that names it.
    assert "openai.gpt-5.4" not in ids
    assert plain.models.retrieve(OSS).id == OSS
    with pytest.raises(openai.NotFoundError):
        plain.models.retrieve("none")


def test_ids_as_other_apis_have_them(plain):
    assert plain.chat.completions.create(model=f"{OSS}-1:0", messages=MESSAGES).model == f"{OSS}-1:0"


@pytest.mark.parametrize(
    "surface, api, model, words",
    [
        ("v1", "chat", "google.gemma-4-31b", "model `google.gemma-4-31b` isn't supported on this route"),
        ("v1", "chat", GPT, f"model `{GPT}` isn't supported on this route"),
        ("openai/v1", "chat", OSS, f"model `{OSS}` isn't supported on this route"),
        ("openai/v1", "chat", GPT, f"The model '{GPT}' does not support the '/openai/v1/chat/completions' API"),
        ("v1", "responses", GPT, f"The model '{GPT}' does not support the '/v1/responses' API"),
        ("v1", "responses", "deepseek.v3.2", "The model 'deepseek.v3.2' does not support the '/v1/responses' API"),
        ("v1", "chat", CLAUDE, f"The model '{CLAUDE}' does not support the '/v1/chat/completions' API"),
    ],
)
def test_wrong_routes(mantle, surface, api, model, words):
    with openai_client(f"{mantle}/{surface}") as client, pytest.raises(openai.BadRequestError) as raised:
        if api == "chat":
            client.chat.completions.create(model=model, messages=MESSAGES)
        else:
            client.responses.create(model=model, input=PROMPT)
    assert error_of(raised) == (*VALIDATION, words)


def test_a_model_without_messages(claude):
    with pytest.raises(anthropic.BadRequestError, match="does not support the '/anthropic/v1/messages' API"):
        claude.messages.create(model=GPT, messages=MESSAGES, max_tokens=MOST)


def test_messages_have_no_structured_output(claude):
    asked = {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
    with pytest.raises(anthropic.BadRequestError, match="output_config.format"):
        message(claude, **asked)


@not_through_gateway("it has words of its own for them")
@pytest.mark.parametrize(
    "method, path",
    [("GET", "openai/v1/models"), ("GET", "v1/responses"), ("POST", "v1/files"), ("GET", "anthropic/v1/messages"), ("GET", "")],
)
def test_paths_that_are_not_there(mantle, method, path):
    headers = {"Authorization": f"Bearer {SECRET}"}
    reply = requests.request(method, f"{mantle}/{path}", headers=headers, timeout=10)
    assert reply.status_code == 404 and "bedrock-mantle has no" in reply.json()["error"]["message"]


@not_through_gateway("AWS's 403 is about the gateway, and no fault of its caller")
def test_a_denied_model(client, control):
    control.deny(GPT)
    with pytest.raises(openai.PermissionDeniedError):
        client.responses.create(model=GPT, input=PROMPT)


# Stored responses


def test_a_stored_response(client):
    made = client.responses.create(model=GPT, input=PROMPT, instructions="Be brief.", max_output_tokens=MOST)
    assert client.responses.retrieve(made.id) == made
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.BadRequestError, match="not found"):
        client.responses.create(model=GPT, input=PROMPT, previous_response_id=made.id)


def test_a_streamed_response_is_stored_and_goes_on(client):
    events = list(client.responses.create(model=GPT, input=PROMPT, stream=True))
    made = events[-1].response
    assert client.responses.retrieve(made.id) == made
    more = client.responses.create(model=GPT, input=PROMPT, previous_response_id=made.id)
    assert more.usage.input_tokens == PROMPT_TOKENS + OUTPUT_TOKENS + PROMPT_TOKENS


def test_what_is_not_stored(client, server):
    made = client.responses.create(model=GPT, input=PROMPT, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with openai_client(f"{server.url}/openai/v1") as runtime:
        other = runtime.responses.create(model=f"us.{GPT}", input=PROMPT)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(other.id)


# Responses in the background


def in_background(client, **more):
    return client.responses.create(model=GPT, input=PROMPT, background=True, **more)


def settled(client, made):
    """A response when it has ended, as clients poll for it."""
    return eventually(
        lambda: (now := client.responses.retrieve(made.id)).status not in ("queued", "in_progress") and now, "it has ended"
    )


def test_a_response_in_the_background(client, server):
    made = in_background(client)
    assert (made.status, made.background, made.output, made.usage) == ("queued", True, [], None)
    whole = settled(client, made)
    assert (whole.status, whole.id, whole.usage.output_tokens) == ("completed", made.id, OUTPUT_TOKENS)
    with pytest.raises(openai.BadRequestError, match="Cannot cancel"):
        client.responses.cancel(made.id)
    more = client.responses.create(model=GPT, input=PROMPT, previous_response_id=made.id)
    assert more.usage.input_tokens == PROMPT_TOKENS + OUTPUT_TOKENS + PROMPT_TOKENS
    with openai_client(f"{server.url}/openai/v1") as runtime:
        with pytest.raises(openai.BadRequestError, match="not supported on this endpoint"):
            runtime.responses.create(model=f"us.{GPT}", input=PROMPT, background=True)


def test_a_response_that_is_cancelled(client, control):
    control.faults(stall=1)
    made = in_background(client)
    assert client.responses.retrieve(made.id).status == "in_progress"
    for _ in range(2):
        assert client.responses.cancel(made.id).status == "cancelled"
    assert client.responses.retrieve(made.id).status == "cancelled"
    eventually(lambda: control.in_flight() == 0, "it gave its quota back")
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.cancel(made.id)


def test_a_response_that_fails(client, control):
    control.faults(cut_throttling=1)
    failed = settled(client, in_background(client))
    assert (failed.status, failed.error.code) == ("failed", "rate_limit_exceeded")


@pytest.mark.parametrize("more", [{"store": False}, {"stream": True}])
def test_what_is_not_made_in_the_background(client, more):
    with pytest.raises(openai.BadRequestError, match="(?i)background"):
        in_background(client, **more)


def test_a_reset_ends_the_background(client, control):
    control.faults(stall=1)
    made = in_background(client)
    control.reset()
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    eventually(lambda: control.in_flight() == 0, "it gave its quota back")
