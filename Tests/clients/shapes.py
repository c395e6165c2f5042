"""Judges a raw reply of the emulator by botocore's own model of the operation."""

import base64
import json
import re
import xml.etree.ElementTree as ElementTree

import botocore.session
from botocore.validate import ParamValidator

# The recorded account holds these, the enums of the SDK don't (yet).
NEWER_THAN_THE_SDK = {"INFERENCE_PROFILE", "PREFERENCE_FINE_TUNING", "SPEECH", "VIDEO", "AUDIO"}

CONTENT_TYPES = {"rest-json": "application/json", "query": "text/xml"}
SCALARS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (str, int, float),
}


def check_request(service, operation, body):
    """Raises when botocore would not send these parameters of a JSON protocol."""
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    report = ParamValidator().validate(body, model.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert set(body) <= set(model.input_shape.members), operation


def check_reply(operation_model, response_dict, **_):
    """A botocore `before-parse` handler: raises AssertionError when AWS would not answer like this."""
    # Of the protocols that a service speaks, the one that botocore chose.
    protocol = operation_model.service_model.resolved_protocol
    headers = response_dict["headers"]
    where = operation_model.name
    assert headers.get("x-amzn-requestid"), f"{where}: no x-amzn-RequestId"
    content_type = headers.get("content-type", "")
    expected = CONTENT_TYPES.get(protocol) or json_type(operation_model)
    status = response_dict["status_code"]
    failed = status >= 300
    if operation_model.has_event_stream_output and not failed:
        expected = "application/vnd.amazon.eventstream"
    assert content_type.startswith(expected), f"{where}: {content_type!r}"

    if protocol == "query":
        check_xml(operation_model, response_dict["body"], failed)
    elif failed:
        check_json_error(operation_model, json.loads(response_dict["body"]), headers, status)
    elif operation_model.has_event_stream_output or operation_model.has_streaming_output:
        pass  # A stream, or a body that is the model's own and not AWS's.
    elif operation_model.output_shape is None:
        assert response_dict["body"] in (b"", b"{}"), f"{where} has no output"
    else:
        check(operation_model.output_shape, json.loads(response_dict["body"]), where)


def json_type(operation_model):
    return f"application/x-amz-json-{operation_model.metadata['jsonVersion']}"


def check(shape, value, where):
    """Null stands for nothing in JSON; of a document, only the service knows the shape."""
    if value is None or getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        check_structure(shape, value, where)
    elif shape.type_name == "list":
        assert isinstance(value, list), f"{where}: {value!r} is no list"
        for index, element in enumerate(value):
            check(shape.member, element, f"{where}[{index}]")
    elif shape.type_name == "map":
        assert isinstance(value, dict), f"{where}: {value!r} is no map"
        for key, element in value.items():
            check(shape.value, element, f"{where}.{key}")
    elif shape.type_name == "blob":
        base64.b64decode(value, validate=True)
    else:
        check_scalar(shape, value, where)


def check_structure(shape, value, where):
    assert isinstance(value, dict), f"{where}: {value!r} is no structure"
    members = wire_members(shape)
    unknown = set(value) - set(members)
    assert not unknown, f"{where}: {sorted(unknown)} are no members of {shape.name}"
    missing = {name for name in shape.required_members if value.get(wire_name(shape, name)) is None}
    assert not missing, f"{where}: {sorted(missing)} are required in {shape.name}"
    if getattr(shape, "is_tagged_union", False):
        assert len(value) == 1, f"{where}: {sorted(value)} in the union {shape.name}"
    for name, element in value.items():
        check(members[name], element, f"{where}.{name}")


def check_scalar(shape, value, where):
    kind = SCALARS[shape.type_name]
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    assert right, f"{where}: {value!r} is no {shape.type_name}"
    if shape.type_name == "string" and shape.enum:
        assert value in shape.enum or value in NEWER_THAN_THE_SDK, f"{where}: {value!r}"
    if shape.name == "NextToken" and (pattern := shape.metadata.get("pattern")):
        assert re.search(pattern, value), f"{where}: {value!r} is no token that may be sent back"
        assert len(value) <= shape.metadata["max"]


def check_json_error(operation_model, body, headers, status):
    """An error says its code in the body or the header, and spells the message as the model does."""
    code = headers.get("x-amzn-errortype") or body.get("__type") or body.get("code")
    assert code, f"{operation_model.name}: an error without a code: {body}"
    code = code.split(":")[0].split("#")[-1]
    modelled = {shape.name: shape for shape in operation_model.error_shapes}
    allowed = set(modelled[code].members) if code in modelled else {"message", "Message"}
    unknown = set(body) - allowed - {"__type", "code"}
    assert not unknown, f"{operation_model.name}: {sorted(unknown)} are no members of {code}"
    if "awsQueryCompatible" in operation_model.metadata:
        check_query_error(operation_model, modelled.get(code), headers, status)


def check_query_error(operation_model, shape, headers, status):
    """A service that spoke the query protocol still tells the code that an error had there."""
    code, fault = headers.get("x-amzn-query-error", ";").split(";")
    where = f"{operation_model.name}: {code!r}"
    assert code, f"{where} is no code"
    assert fault == ("Sender" if status < 500 else "Receiver"), f"{where}: {fault!r} for {status}"
    if shape:
        assert code == shape.metadata["error"]["code"], f"{where} of {shape.name}"
        assert status == shape.metadata["error"]["httpStatusCode"], f"{where}: {status}"


def check_xml(operation_model, body, failed):
    root = ElementTree.fromstring(body)
    space = "{" + operation_model.metadata["xmlNamespace"] + "}"
    if failed:
        assert root.tag == f"{space}ErrorResponse"
        assert {child.tag for child in root} == {f"{space}Error", f"{space}RequestId"}
        error = {child.tag.removeprefix(space) for child in root.find(f"{space}Error")}
        assert error == {"Type", "Code", "Message"}
        return
    name = operation_model.name
    assert root.tag == f"{space}{name}Response"
    result = root.find(f"{space}{operation_model.output_shape.serialization['resultWrapper']}")
    members = {child.tag.removeprefix(space) for child in result}
    assert members <= set(wire_members(operation_model.output_shape))
    assert root.findtext(f"{space}ResponseMetadata/{space}RequestId")


def wire_name(shape, name):
    return shape.members[name].serialization.get("name", name)


def wire_members(shape):
    return {wire_name(shape, name): member for name, member in shape.members.items()}
