"""Judges replies and events of the Bedrock runtime by botocore's model, blobs and streams too."""

import json

from aws_clients import Clients
from shapes import check, check_json_error

EVENT_STREAM = "application/vnd.amazon.eventstream"


class RuntimeClients(Clients):
    """boto3 clients of the data plane; `runtime()` is the one that most tests want."""

    def runtime(self, **settings):
        return self("bedrock-runtime", **settings)

    def judge(self, operation_model, **details):
        check_runtime_reply(operation_model, **details)
        self.replies.append(operation_model.name)


def check_runtime_reply(operation_model, response_dict, **_):
    """A botocore `before-parse` handler; the body of a stream is left for the test to read."""
    where, shape = operation_model.name, operation_model.output_shape
    headers, status = response_dict["headers"], response_dict["status_code"]
    assert headers.get("x-amzn-requestid"), f"{where}: no x-amzn-RequestId"
    content_type = headers.get("content-type", "")
    if status >= 300:
        assert content_type == "application/json", f"{where}: {content_type!r}"
        body = json.loads(response_dict["body"])
        check_json_error(operation_model, body, headers, status)
        assert headers.get("x-amzn-errortype"), f"{where}: an error without x-amzn-ErrorType"
    elif operation_model.has_event_stream_output:
        assert content_type == EVENT_STREAM, f"{where}: {content_type!r}"
    else:
        assert content_type == "application/json", f"{where}: {content_type!r}"
        if not operation_model.has_streaming_output:
            check(shape, json.loads(response_dict["body"]), where)


def read_events(stream) -> list[dict]:
    """All events of a botocore stream, each judged as it came over the wire."""
    found = []
    for message in stream._event_generator:
        check_event(stream._output_shape, message)
        found.append(stream._parse_event(message))
    return found


def check_event(shape, message):
    """An event that the model knows, with a payload that fits; Bedrock pads payloads with `p`."""
    headers = message.headers
    assert headers[":message-type"] == "event", headers
    assert headers[":content-type"] == "application/json", headers
    kind = headers[":event-type"]
    assert kind in shape.members, f"{kind} is no event of {shape.name}"
    payload = json.loads(message.payload)
    padding = payload.pop("p", "")
    assert isinstance(padding, str)
    check(shape.members[kind], payload, kind)


def chunks(events) -> list[dict]:
    """The bodies in the events of InvokeModelWithResponseStream."""
    return [json.loads(event["chunk"]["bytes"]) for event in events]
