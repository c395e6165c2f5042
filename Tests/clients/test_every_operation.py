"""Every operation of Bedrock's two services, as botocore knows them, gets an answer: its own, or AWS's for an unknown one."""

import json
import re
from urllib.parse import quote

import botocore.session
import pytest
from botocore.serialize import create_serializer
from raw_http import HOST, connect, receive, request
from runtime_calls import OPTIONS
from servers import emulator_fixture
from signing import Identity, Request, sign
from support import KEY, REGION, SECRET

server = emulator_fixture(*OPTIONS)
SERVICES = {
    name: botocore.session.get_session().get_service_model(name)
    for name in ("bedrock", "bedrock-runtime")
}
SERVED = {
    "bedrock": {
        "CreateGuardrail",
        "CreateGuardrailVersion",
        "CreateInferenceProfile",
        "CreateModelInvocationJob",
        "DeleteGuardrail",
        "DeleteInferenceProfile",
        "GetFoundationModel",
        "GetFoundationModelAvailability",
        "GetGuardrail",
        "GetInferenceProfile",
        "GetModelInvocationJob",
        "GetProvisionedModelThroughput",
        "ListFoundationModels",
        "ListGuardrails",
        "ListInferenceProfiles",
        "ListModelInvocationJobs",
        "ListProvisionedModelThroughputs",
        "ListTagsForResource",
        "StopModelInvocationJob",
        "TagResource",
        "UntagResource",
        "UpdateGuardrail",
    },
    "bedrock-runtime": {
        "ApplyGuardrail",
        "Converse",
        "ConverseStream",
        "CountTokens",
        "GetAsyncInvoke",
        "InvokeModel",
        "InvokeModelWithResponseStream",
        "ListAsyncInvokes",
        "StartAsyncInvoke",
    },
}
# What AWS's front end may say to any request, beside the errors that the model names.
FRONT_END = {"SerializationException"}
OPERATIONS = [
    (service, name) for service, model in SERVICES.items() for name in model.operation_names
]
UNKNOWN = b"<UnknownOperationException/>"


def example(shape, depth=0):
    """The smallest value of a shape: required members only."""
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {}
        names = shape.required_members
        if getattr(shape, "is_tagged_union", False):
            names = list(shape.members)[:1]
        return {name: example(shape.members[name], depth + 1) for name in names if depth < 8}
    if kind == "list":
        return [example(shape.member, depth + 1)] * shape.metadata.get("min", 0)
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
    values = {"map": {}, "blob": b"{}", "boolean": True, "timestamp": "2026-01-01T00:00:00Z"}
    return values.get(kind, max(1, shape.metadata.get("min", 1)))


def serialized(service, name):
    """Method, target and body of the smallest request that botocore would send."""
    model = SERVICES[service].operation_model(name)
    parameters = example(model.input_shape) if model.input_shape else {}
    events = model.get_event_stream_input() if model.has_event_stream_input else None
    if events:
        parameters = {
            key: value
            for key, value in parameters.items()
            if model.input_shape.members[key] != events
        }
    made = create_serializer("rest-json", False).serialize_to_request(parameters, model)
    query = "&".join(f"{quote(k)}={quote(str(v))}" for k, v in (made["query_string"] or {}).items())
    body = b"" if events else made["body"] or b""
    return made["method"], made["url_path"] + (f"?{query}" if query else ""), body


def answer(server, service, name):
    """The status, error code and body of the reply to an operation's smallest request."""
    method, target, body = serialized(service, name)
    signed = sign(
        Request(method, server.url + target, [("Content-Type", "application/json")], body),
        Identity(KEY, SECRET, REGION, "bedrock"),
    )
    headers = [("Host", server.url.removeprefix("http://")), *signed]
    with connect(server.url) as connection:
        connection.sendall(request(method, target, headers, body))
        head, _, rest = receive(connection).partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3})", head)
    assert status, f"{name}: no answer"
    code = re.search(rb"(?i)^x-amzn-errortype: ([A-Za-z]+)", head, re.MULTILINE)
    return int(status[1]), code and code[1].decode(), rest


@pytest.mark.parametrize("service, name", OPERATIONS, ids=[name for _, name in OPERATIONS])
def test_each_is_answered(server, service, name):
    status, code, body = answer(server, service, name)
    if name not in SERVED[service]:
        assert (status, code, body.strip()) == (404, "UnknownOperationException", UNKNOWN)
        return
    modelled = {shape.name for shape in SERVICES[service].operation_model(name).error_shapes}
    assert status < 300 or code in modelled | FRONT_END, body
    assert status < 300 or json.loads(body)["message"]


def test_what_is_served_exists():
    for service, names in SERVED.items():
        assert names <= set(SERVICES[service].operation_names)


@pytest.mark.parametrize(
    "method, target",
    [
        ("POST", "/model/amazon.nova-2-sonic-v1:0/invoke-with-bidirectional-stream"),
        ("POST", "/nonsense"),
        ("DELETE", "/foundation-models"),
    ],
)
def test_a_request_without_end_is_answered(server, method, target):
    """The reply comes after the head, with or without a signature: a bidirectional stream never ends by itself."""
    head = f"{method} {target} HTTP/1.1\r\nHost: {HOST[1]}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connect(server.url) as connection:
        connection.sendall(head.encode() + b"4\r\nabcd\r\n")
        reply = b""
        while UNKNOWN not in reply:
            part = connection.recv(65_536)
            assert part, reply
            reply += part
    assert reply.startswith(b"HTTP/1.1 404 ")
