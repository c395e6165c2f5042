"""Servers that speak the compatible APIs oddly: what is a whole reply, what is an error, what is paid."""

import json

import pytest
from model_server import ModelServer
from processes import Runner
from runtime_calls import PROFILE
from support import with_credentials

EVENTS = {
    "chat": [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello "}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": "wörld"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5}},
    ],
    "responses": [
        {"type": "response.created", "response": {"status": "in_progress", "error": None}},
        {"type": "response.output_text.delta", "delta": "Hello "},
        {"type": "response.output_text.delta", "delta": "wörld"},
        {
            "type": "response.completed",
            "response": {
                "status": "completed",
                "error": None,
                "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello wörld"}]}],
                "usage": {"input_tokens": 10, "output_tokens": 5},
            },
        },
    ],
    "messages": [
        {"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 10, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello "}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "wörld"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ],
}
DONE = b"data: [DONE]\n\n"
APIS = list(EVENTS)
STREAMED = [api for api in APIS if api != "chat"]
SSE = {"content_type": "text/event-stream; charset=utf-8"}


def lines(events, end="\n", comment="") -> list[bytes]:
    texts = [json.dumps(event, ensure_ascii=False) for event in events]
    return [f"{comment}event: {event.get('type', 'x')}{end}data: {text}{end}{end}".encode() for event, text in zip(events, texts)]


@pytest.fixture
def invoke(bedquota, environment):
    runner = Runner(bedquota, with_credentials(environment))

    def call(server, api, *arguments, **options):
        arguments = ("--api", api, "--max-tokens", "100", "--endpoint-url", server.url, *arguments)
        return runner("invoke", PROFILE, "Hi", *arguments, **options)

    return call


FRAMINGS = {
    "as usual": lambda events: lines(events),
    "CRLF": lambda events: lines(events, "\r\n"),
    "CR": lambda events: lines(events, "\r"),
    "comments": lambda events: lines(events, comment=": keep-alive\n\n"),
    "bytes": lambda events: [bytes([byte]) for piece in lines(events) for byte in piece],
    "a byte order mark": lambda events: [b"\xef\xbb\xbf", *lines(events)],
    "one piece": lambda events: [b"".join(lines(events))],
}


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("api", APIS)
def test_a_stream_however_it_is_framed(invoke, api, framing):
    pieces = FRAMINGS[framing](EVENTS[api]) + ([DONE] if api == "chat" else [])
    with ModelServer(lambda h, n: h.stream(*pieces, **SSE)) as server:
        for options in ([], ["--stream"]) if api != "chat" else (["--stream"],):
            done = invoke(server, api, *options)
            assert done.returncode == 0, done.stderr
            assert done.stdout.strip() == "Hello wörld" and "10 input and 5 output tokens" in done.stderr


@pytest.mark.parametrize("api", APIS)
def test_what_is_asked_for(invoke, api):
    bodies = []

    def play(handler, number):
        bodies.append((json.loads(handler.body), handler.headers))
        handler.stream(*lines(EVENTS[api]), **SSE)

    with ModelServer(play) as server:
        invoke(server, api, "--stream")
    [(body, headers)] = bodies
    assert body["model"] == PROFILE and body["stream"] is True
    assert (body.get("stream_options") == {"include_usage": True}) == (api == "chat")
    assert ("anthropic-version" in headers) == (api == "messages")
    assert "SignedHeaders=" in headers["Authorization"] and "/bedrock/aws4_request" in headers["Authorization"]


@pytest.mark.parametrize("api", STREAMED)
def test_a_slow_reply_is_not_silent(invoke, api):
    slow = [piece for event in lines(EVENTS[api]) for piece in (event, 0.8)]
    with ModelServer(lambda h, n: h.stream(*slow, **SSE)) as server:
        done = invoke(server, api, "--timeout", "2")
    assert done.returncode == 0 and done.stdout.strip() == "Hello wörld", done.stderr


@pytest.mark.parametrize("streamed", [[], ["--stream"]], ids=["whole", "stream"])
@pytest.mark.parametrize("api", STREAMED)
def test_comments_do_not_end_the_silence(invoke, api, streamed):
    with ModelServer(lambda h, n: h.stream(*lines(EVENTS[api][:2]), *[b": waiting\n\n", 0.2] * 100, **SSE)) as server:
        done = invoke(server, api, "--timeout", "1", *streamed, timeout=20)
    assert done.returncode == 1 and "sent nothing of use for 1 s" in done.stderr
    assert "AWS may charge" in done.stderr and len(server.calls) == 1


@pytest.mark.parametrize("api", APIS)
def test_a_stream_is_whole_with_its_last_event(invoke, api):
    """Whether or not the mark follows with which OpenAI's streams end."""
    for pieces, is_whole in ((lines(EVENTS[api]), True), (lines(EVENTS[api][:2]), False), ([*lines(EVENTS[api][:2]), DONE], False)):
        with ModelServer(lambda h, n: h.stream(*pieces, **SSE)) as server:
            done = invoke(server, api, "--stream")
        assert (done.returncode == 0) == is_whole, done.stderr
        assert is_whole or "incomplete" in done.stderr


ERRORS = {
    "chat": {"error": {"message": "Oh no.", "type": "server_error", "code": "internal_server_error"}},
    "responses": {"type": "response.failed", "response": {"status": "failed", "error": {"code": "server_error", "message": "Oh no."}}},
    "messages": {"type": "error", "error": {"type": "overloaded_error", "message": "Oh no."}},
}


@pytest.mark.parametrize("api", APIS)
def test_an_error_after_the_beginning(invoke, environment, api):
    secret = with_credentials(environment)["AWS_SECRET_ACCESS_KEY"]
    pieces = lines([*EVENTS[api][:4 if api == "messages" else 2], ERRORS[api]])
    pieces[-1] = pieces[-1].replace(b"Oh no.", f"Oh no. \\u001b[31m key={secret}".encode())
    with ModelServer(lambda h, n: h.stream(*pieces, **SSE)) as server:
        done = invoke(server, api, "--stream")
    assert done.returncode == 1 and len(server.calls) == 1
    assert "Oh no." in done.stderr and "\x1b" not in done.stderr and f"key={secret}" not in done.stderr


@pytest.mark.parametrize("what", ["no events", "an event without end", "no JSON"])
@pytest.mark.parametrize("api", STREAMED)
def test_what_is_no_stream(invoke, api, what):
    pieces = {"no events": [b"Hello\n\n"], "no JSON": [b"data: Hello\n\n"]}
    huge = [b"data: ", *[b"x" * (1 << 20)] * 25]
    with ModelServer(lambda h, n: h.stream(*pieces.get(what, huge), **SSE)) as server:
        for options in ([], ["--stream"]):
            done = invoke(server, api, *options)
            assert done.returncode == 1 and done.stderr.count("\n") <= 3, done.stderr


@pytest.mark.parametrize("api", STREAMED)
def test_a_role_that_may_not_stream_calls_plainly(invoke, api):
    reply = {
        "responses": {"output": [{"type": "message", "content": [{"type": "output_text", "text": "ok"}]}]},
        "messages": {"content": [{"type": "text", "text": "ok"}], "usage": {"input_tokens": 10, "output_tokens": 5}},
    }[api]

    def play(handler, number):
        if json.loads(handler.body).get("stream"):
            handler.answer(403, {"error": {"message": "not allowed", "type": "permission_error"}})
        else:
            handler.answer(200, reply)

    with ModelServer(play) as server:
        done = invoke(server, api)
    assert done.returncode == 0 and done.stdout.strip() == "ok" and len(server.calls) == 2, done.stderr


THROTTLES = {
    "chat": (429, {"error": {"message": "Too many requests, please wait.", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}),
    "responses": (429, {"error": {"message": "Too many requests, please wait.", "type": "rate_limit_error", "code": None}}),
    "messages": (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    "converse": (429, {"__type": "ThrottlingException", "message": "Too many requests, please wait."}),
}


@pytest.mark.parametrize("api", THROTTLES)
def test_the_service_may_ask_for_a_pause(invoke, api):
    """It asks for more than the deadline leaves, so that another attempt makes no sense."""
    status, body = THROTTLES[api]
    with ModelServer(lambda h, n: h.answer(status, body, [("Retry-After", "30")])) as server:
        done = invoke(server, api, "--deadline", "20", timeout=15)
    assert done.returncode == 1 and len(server.calls) == 1
    # Without that, it comes again.
    with ModelServer(lambda h, n: h.answer(status, body, [("Retry-After", "0")]) if n < 3 else h.answer(400, {})) as server:
        invoke(server, api, "--deadline", "20", timeout=30)
    assert len(server.calls) == 3


@pytest.mark.parametrize("api", APIS)
def test_an_absurd_usage_costs_no_more_than_the_request_can(invoke, api):
    events = json.loads(json.dumps(EVENTS[api]).replace(": 10", ": 9e300").replace(": 5", ": 1e18"))
    with ModelServer(lambda h, n: h.stream(*lines(events), **SSE)) as server:
        done = invoke(server, api, "--stream")
    assert done.returncode == 0 and "more tokens than its request allows" in done.stderr
    assert " and 100 output tokens" in done.stderr


@pytest.mark.parametrize("what", [b"", b"null", b"<html>Sign in</html>", b"{}", b"[]", b'{"object": "x"}'])
@pytest.mark.parametrize("api", APIS)
def test_an_answer_that_is_no_reply_fails(invoke, api, what):
    with ModelServer(lambda h, n: h.answer(200, what)) as server:
        done = invoke(server, api)
    assert done.returncode == 1 and len(server.calls) == 1
    assert "instead of a reply" in done.stderr or "incomplete" in done.stderr
