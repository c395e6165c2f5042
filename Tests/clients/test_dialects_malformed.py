"""Bodies with one odd value each: every reply is a success or a refusal in the API's own form, and the emulator goes on."""

import copy
import itertools
import json

import pytest
import requests
from dialects import CLAUDE, GPT, INSTANT, OSS, PIXEL, SCHEMA
from servers import emulator_fixture
from support import SECRET

ODD = [None, True, -1, 0, 1.5, 1e300, 2**70, "", "x" * 5_000, "\u0000", [], {}, [[]], [{}], {"": None}, [None]]
HEADERS = {"Authorization": f"Bearer {SECRET}", "anthropic-version": "2023-06-01"}
HEADERS |= {"Content-Type": "application/json"}
FUNCTION = {"name": "f", "description": "d", "parameters": SCHEMA}
URL = f"data:image/png;base64,{PIXEL}"
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CHAT = {
    "model": OSS,
    "messages": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": URL}}]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": "r"},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
    "stream_options": {"include_usage": True},
    "reasoning_effort": "low",
    "max_completion_tokens": 50,
    "stop": ["a"],
    "n": 1,
    "service_tier": "default",
}
RESPONSES = {
    "model": GPT,
    "instructions": "i",
    "input": [
        {"role": "user", "content": [{"type": "input_image", "image_url": URL, "detail": "auto"}]},
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "t"}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "r"},
    ],
    "tools": [{"type": "function", **FUNCTION}],
    "tool_choice": {"type": "function", "name": "f"},
    "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}},
    "reasoning": {"effort": "low", "summary": "auto"},
    "max_output_tokens": 50,
    "service_tier": "default",
}
MESSAGES = {
    "model": CLAUDE,
    "max_tokens": 2_000,
    "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": "u"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]},
    ],
    "tools": [{"name": "f", "input_schema": SCHEMA}],
    "tool_choice": {"type": "auto"},
    "thinking": {"type": "disabled"},
    "stop_sequences": ["a"],
    "metadata": {"user_id": "u"},
}
COUNT = {"model": CLAUDE, "messages": MESSAGES["messages"], "tools": MESSAGES["tools"]}
APIS = {
    "/openai/v1/chat/completions": CHAT,
    "/openai/v1/responses": RESPONSES,
    "/anthropic/v1/messages": MESSAGES,
    "/anthropic/v1/messages/count_tokens": COUNT,
}

server = emulator_fixture(*INSTANT, "--output-tokens", "5")


def places(value, path=()):
    """The paths of all members and elements."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def with_value(body, path, value):
    body = copy.deepcopy(body)
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return body


def is_error(path: str, reply) -> bool:
    """Whether a refusal has the form of its API."""
    body = reply.json()
    error = body["error"]
    assert error["message"] and error["type"] in ("invalid_request_error", "not_found_error"), error
    if path.startswith("/anthropic"):
        return body["type"] == "error" and bool(body["request_id"]) and set(error) == {"type", "message"}
    return set(body) == {"error"} and set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("path", APIS)
def test_odd_values(server, path):
    """Every other request asks for a stream."""
    base = APIS[path] if path.endswith("tokens") else APIS[path] | {"stream": False}
    refused = 0
    streams = itertools.cycle([{}, {"stream": True}] if "stream" in base else [{}])
    with requests.Session() as session:
        session.headers = HEADERS

        def send(body):
            return session.post(server.url + path, json.dumps(body), timeout=10)

        assert send(base).status_code == 200
        for place in places(base):
            for value in ODD:
                reply = send(with_value(base | next(streams), place, value))
                if reply.status_code == 200:
                    continue
                assert reply.status_code in (400, 404), (place, value, reply.status_code, reply.text)
                assert is_error(path, reply), (place, value, reply.text)
                refused += 1
        assert refused > 100
        assert send(base).status_code == 200
