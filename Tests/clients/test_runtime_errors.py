"""The runtime's errors as boto3 sees them, and the names that a model goes by."""

import json

import pytest
from aws_clients import failure
from emulator_control import control_of
from servers import emulator_fixture, not_through_gateway
from runtime_families import ANTHROPIC, NOVA, PROMPT
from runtime_shapes import RuntimeClients

OPTIONS = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
MODEL = "amazon.nova-pro-v1:0"
PROFILE = "us.amazon.nova-pro-v1:0"
CLAUDE = "us.anthropic.claude-sonnet-4-20250514-v1:0"
OPUS = "anthropic.claude-opus-4-7"
REGION = "arn:aws:bedrock:us-east-1"
ACCOUNT = "111122223333"
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
UNKNOWN = "The provided model identifier is invalid."
MODEL_ARN = f"{REGION}::foundation-model/{MODEL}"
PROFILE_ARN = f"{REGION}:{ACCOUNT}:inference-profile/{PROFILE}"
PROVISIONED = f"{REGION}:{ACCOUNT}:provisioned-model/8q2mf4x7n1ab"
CREATING = f"{REGION}:{ACCOUNT}:provisioned-model/k3v9t0c5w6yz"


server = emulator_fixture(*OPTIONS)


@pytest.fixture
def control(server):
    control = control_of(server)
    yield control
    control.deny()
    control.reset()


@pytest.fixture(params=["checked", "unchecked"])
def runtime(server, request):
    return RuntimeClients(server.url).runtime(parameter_validation=request.param == "checked")


@pytest.fixture
def unchecked(server):
    return RuntimeClients(server.url).runtime(parameter_validation=False)


def calls(runtime, identifier, body=NOVA.body):
    """The same question through all five operations."""
    body = json.dumps(body)
    yield runtime.converse, {"modelId": identifier, "messages": MESSAGES}
    yield runtime.converse_stream, {"modelId": identifier, "messages": MESSAGES}
    yield runtime.invoke_model, {"modelId": identifier, "body": body}
    yield runtime.invoke_model_with_response_stream, {"modelId": identifier, "body": body}
    counted = {"converse": {"messages": MESSAGES}}
    yield runtime.count_tokens, {"modelId": identifier, "input": counted}


@pytest.mark.parametrize("identifier", [MODEL, MODEL_ARN, PROFILE, PROFILE_ARN, PROVISIONED])
def test_names_of_a_model(server, identifier):
    for call, arguments in calls(RuntimeClients(server.url).runtime(), identifier):
        if "input" in arguments:
            code, status, message = failure(call, **arguments)
            assert (code, status) == ("ValidationException", 400)
            assert message == "The provided model doesn't support counting tokens."
            continue
        reply = call(**arguments)
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == 200
        for stream in (reply.get("stream"), reply.get("body")):
            if stream is not None:
                stream.close()


@pytest.mark.parametrize(
    "identifier",
    [
        "acme.rocket-9-v1:0",
        "eu.amazon.nova-pro-v1:0",
        "nonsense",
        f"arn:aws:bedrock:us-west-2::foundation-model/{MODEL}",
        f"{REGION}:999999999999:inference-profile/{PROFILE}",
        f"{REGION}::foundation-model/acme.rocket-9-v1:0",
    ],
)
def test_names_of_nothing(runtime, identifier):
    for call, arguments in calls(runtime, identifier):
        assert failure(call, **arguments) == ("ValidationException", 400, UNKNOWN)


def test_a_provisioned_model_that_is_not_ready(runtime):
    for call, arguments in calls(runtime, CREATING):
        assert failure(call, **arguments)[:2] == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize("identifier", [OPUS, f"{REGION}::foundation-model/{OPUS}"])
def test_models_that_need_a_profile(runtime, identifier):
    expected = (
        f"Invocation of model ID {OPUS} with on-demand throughput isn’t supported. Retry your "
        "request with the ID or ARN of an inference profile that contains this model."
    )
    for call, arguments in list(calls(runtime, identifier))[:4]:
        assert failure(call, **arguments) == ("ValidationException", 400, expected)


@not_through_gateway("AWS's 403 is about the gateway, and no fault of its caller")
@pytest.mark.parametrize("denied", [MODEL, PROFILE])
def test_models_without_access(runtime, control, denied):
    control.deny(denied)
    expected = "You don't have access to the model with the specified model ID."
    for name in (PROFILE, PROFILE_ARN):
        for call, arguments in list(calls(runtime, name))[:4]:
            assert failure(call, **arguments) == ("AccessDeniedException", 403, expected)
    control.deny()
    runtime.converse(modelId=PROFILE, messages=MESSAGES)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe", b"{}", b'{"messages": 7}'])
@pytest.mark.parametrize("identifier", [PROFILE, CLAUDE, "meta.llama3-70b-instruct-v1:0"])
def test_bodies_that_are_none(runtime, identifier, body):
    for call in (runtime.invoke_model, runtime.invoke_model_with_response_stream):
        code, status, message = failure(call, modelId=identifier, body=body)
        assert (code, status) == ("ValidationException", 400)
        assert "reformat your input and try again" in message or "required" in message


def test_an_empty_body(unchecked):
    code, status, message = failure(unchecked.invoke_model, modelId=PROFILE, body=b"")
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith("Malformed input request")


@pytest.mark.parametrize(
    "change",
    [
        {"max_tokens": 0},
        {"max_tokens": "many"},
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hi"}, {"role": "robot", "content": "x"}]},
        {"colour": "blue"},
        {"anthropic_version": None},
    ],
)
def test_bodies_of_anthropic_that_are_wrong(runtime, change):
    body = json.dumps(ANTHROPIC.body | change)
    code, status, message = failure(runtime.invoke_model, modelId=CLAUDE, body=body)
    assert (code, status) == ("ValidationException", 400)
    assert message


@not_through_gateway("it says first that the quota never has room for it")
def test_prompts_that_are_too_long(unchecked):
    """Claude Sonnet 4's window is 200,000 tokens; Nova Pro's is 300,000."""
    for identifier, window, expected in [
        (CLAUDE, 200_000, "prompt is too long: 200001 tokens > 200000 maximum"),
        (PROFILE, 300_000, "Input is too long for requested model."),
    ]:
        messages = [{"role": "user", "content": [{"text": "four" * (window + 1)}]}]
        code, status, message = failure(unchecked.converse, modelId=identifier, messages=messages)
        assert (code, status) == ("ValidationException", 400), identifier
        assert expected in message


def test_more_tokens_than_a_model_can_say(runtime):
    """Claude Sonnet 4 puts out 64,000 tokens at most."""
    asked = {"modelId": CLAUDE, "messages": MESSAGES, "inferenceConfig": {"maxTokens": 64_001}}
    for call in (runtime.converse, runtime.converse_stream):
        code, status, message = failure(call, **asked)
        assert (code, status) == ("ValidationException", 400)
        assert "exceeds the model limit of 64000" in message
    body = json.dumps(ANTHROPIC.body | {"max_tokens": 64_001})
    code, _, message = failure(runtime.invoke_model, modelId=CLAUDE, body=body)
    assert code == "ValidationException" and "exceeds the model limit" in message


@pytest.mark.parametrize(
    "messages, expected",
    [
        ([], "conversation must start with a user message"),
        ([{"role": "assistant", "content": [{"text": "Hi"}]}], "must start with a user message"),
        ([MESSAGES[0], MESSAGES[0]], "must alternate between user and assistant"),
        ([{"role": "user", "content": []}], "is empty"),
        ([{"role": "user", "content": [{"text": " "}]}], "is blank"),
    ],
)
def test_conversations_that_are_none(runtime, messages, expected):
    code, status, message = failure(runtime.converse, modelId=PROFILE, messages=messages)
    assert (code, status) == ("ValidationException", 400)
    assert expected in message


def test_models_that_do_not_talk(runtime):
    for identifier in ("cohere.embed-v4:0", "us.stability.stable-image-inpaint-v1:0"):
        for call, arguments in list(calls(runtime, identifier))[:2]:
            code, status, message = failure(call, **arguments)
            assert (code, status) == ("ValidationException", 400)
            assert "doesn't support the model" in message
