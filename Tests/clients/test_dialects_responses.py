"""The Responses API through the openai package, whose types judge every reply."""

import asyncio

import openai
import pytest
from dialects import (
    CLAUDE, GPT, GPT_TPM, IMAGE_TOKENS, LONG, LONG_TOKENS, OPTIONS, OSS, OUTPUT_TOKENS, PIXEL, PROMPT, PROMPT_TOKENS, SCHEMA, THROTTLED,
    Weather, error_of, openai_client, signing_openai_client,
)
from servers import emulator_fixture, not_through_gateway

pytestmark = pytest.mark.usefixtures("control")

WEATHER = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": True}
INVALID = (400, "invalid_request_error", "validation_error")

server = emulator_fixture(*OPTIONS)


@pytest.fixture
def client(server):
    with openai_client(server.url) as client:
        yield client


def ask(client, model=GPT, input=PROMPT, **more):
    return client.responses.create(model=model, input=input, **more)


def refusal(client, **more):
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, **more)
    return error_of(raised)


# Replies


def test_a_whole_reply(client):
    reply = ask(client)
    assert reply.id.startswith("resp_") and reply.model == GPT
    assert (reply.status, reply.error, reply.incomplete_details) == ("completed", None, None)
    [message] = reply.output
    assert (message.type, message.role, message.status) == ("message", "assistant", "completed")
    assert reply.output_text
    usage = reply.usage
    counts = (usage.input_tokens, usage.output_tokens, usage.total_tokens)
    assert counts == (PROMPT_TOKENS, OUTPUT_TOKENS, PROMPT_TOKENS + OUTPUT_TOKENS)


def test_the_events_of_a_stream(client):
    events = list(ask(client, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    types = [event.type.removeprefix("response.") for event in events]
    before = ["created", "in_progress", "output_item.added", "content_part.added"]
    after = ["output_text.done", "content_part.done", "output_item.done", "completed"]
    deltas = len(types) - len(before) - len(after)
    assert deltas > 1 and types == before + ["output_text.delta"] * deltas + after
    text = "".join(event.delta for event in events if event.type.endswith("text.delta"))
    final = events[-1].response
    assert text == final.output_text and final.usage.output_tokens == OUTPUT_TOKENS


def test_the_stream_helper(client):
    with client.responses.stream(model=GPT, input=PROMPT) as stream:
        final = stream.get_final_response()
    assert final.status == "completed" and final.output_text


def test_the_asynchronous_client(server):
    async def both():
        async with openai_client(server.url, kind=openai.AsyncOpenAI) as client:
            whole = await ask(client)
            return whole, [event async for event in await ask(client, stream=True)]

    whole, events = asyncio.run(both())
    assert whole.output_text and events[-1].type == "response.completed"


def test_a_signed_request(server):
    with signing_openai_client(server.url) as client:
        assert ask(client).output_text


@pytest.mark.parametrize("streamed", [False, True])
def test_max_output_tokens(client, streamed):
    reply = ask(client, max_output_tokens=5, stream=streamed)
    if streamed:
        last = list(reply)[-1]
        assert last.type == "response.incomplete"
        reply = last.response
    assert (reply.status, reply.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert reply.output[0].status == "incomplete" and reply.usage.output_tokens == 5


def test_a_reply_repeats_the_settings(client):
    asked = {"instructions": "Be brief.", "tools": [WEATHER], "metadata": {"a": "b"}, "store": False}
    reply = ask(client, max_output_tokens=50, tool_choice="auto", **asked)
    assert (reply.instructions, reply.metadata) == ("Be brief.", {"a": "b"})
    assert (reply.tools[0].name, reply.tool_choice, reply.max_output_tokens) == ("weather", "auto", 50)


# What a request demands


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "weather"}])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_tool(client, choice, streamed):
    more = {"tools": [WEATHER], "tool_choice": choice}
    if streamed:
        with client.responses.stream(model=GPT, input=PROMPT, **more) as stream:
            reply = stream.get_final_response()
    else:
        reply = client.responses.parse(model=GPT, input=PROMPT, **more)
    [call] = reply.output
    assert (call.type, call.name, call.status) == ("function_call", "weather", "completed")
    assert call.parsed_arguments == {"city": "sun", "days": 1}


def test_a_call_and_its_result_go_back(client):
    first = ask(client, tools=[WEATHER], tool_choice="required")
    [call] = first.output
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "Rain."}
    history = [{"role": "user", "content": PROMPT}, call.model_dump(exclude_none=True), result]
    second = ask(client, input=history, tools=[WEATHER])
    added = len(call.name) + len(call.arguments) + len("Rain.")
    # The sum of the bytes is rounded up once.
    assert 0 <= second.usage.input_tokens - first.usage.input_tokens - added // 4 <= 1
    assert second.output_text


@pytest.mark.parametrize("streamed", [False, True])
def test_a_response_goes_on_from_another(client, streamed):
    """Everything that was asked and answered before is input again, but not the instructions."""

    def go_on(**more):
        reply = ask(client, stream=streamed, **more)
        return list(reply)[-1].response if streamed else reply

    first = go_on(instructions="Be brief.")
    second = go_on(previous_response_id=first.id)
    third = go_on(previous_response_id=second.id)
    turn = PROMPT_TOKENS + OUTPUT_TOKENS
    # A reply has a byte less than four for each of its tokens.
    counts = [reply.usage.input_tokens for reply in (second, third)]
    assert counts == [turn + PROMPT_TOKENS, 2 * turn + PROMPT_TOKENS]
    assert second.previous_response_id == first.id


def test_a_call_goes_on_with_its_result(client):
    first = ask(client, tools=[WEATHER], tool_choice="required")
    result = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "Rain."}
    second = ask(client, input=[result], previous_response_id=first.id, tools=[WEATHER])
    assert second.usage.input_tokens > first.usage.input_tokens and second.output_text


def test_what_is_not_stored_is_not_found(client, control):
    kept, dropped = ask(client), ask(client, store=False)
    message = "Previous response with id '{}' not found."
    assert refusal(client, previous_response_id=dropped.id)[3] == message.format(dropped.id)
    control.reset()
    assert refusal(client, previous_response_id=kept.id)[3] == message.format(kept.id)


def test_structured_output(client):
    reply = client.responses.parse(model=GPT, input=PROMPT, text_format=Weather)
    assert isinstance(reply.output_parsed, Weather)


def test_a_picture_and_a_file_count(client):
    picture = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "auto"}
    file = {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,YWJjZGVmZ2g="}
    content = [{"type": "input_text", "text": "abcd"}, picture, file]
    usage = ask(client, input=[{"role": "user", "content": content}]).usage
    assert usage.input_tokens == 1 + IMAGE_TOKENS + 2


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("summary", [None, "auto"])
def test_reasoning(client, streamed, summary):
    reply = ask(client, reasoning={"effort": "low", "summary": summary}, stream=streamed)
    if streamed:
        events = list(reply)
        reply = events[-1].response
        deltas = [event.delta for event in events if "reasoning_summary_text.delta" in event.type]
        assert bool(deltas) == bool(summary)
        if summary:
            assert "".join(deltas) == reply.output[0].summary[0].text
    reasoning, message = reply.output
    assert (reasoning.type, message.type) == ("reasoning", "message")
    assert bool(reasoning.summary) == bool(summary)
    assert reply.usage.output_tokens_details.reasoning_tokens == OUTPUT_TOKENS // 2
    assert reply.usage.output_tokens == OUTPUT_TOKENS


def test_reasoning_goes_back(client):
    first = ask(client, reasoning={"effort": "low"})
    items = [item.model_dump(exclude_none=True) for item in first.output]
    again = ask(client, input=[{"role": "user", "content": PROMPT}, *items])
    assert again.usage.input_tokens == PROMPT_TOKENS + OUTPUT_TOKENS // 2


def test_gpt_caches_prompts_by_itself(client):
    usages = [ask(client, instructions=LONG).usage for _ in range(2)]
    written, read = (usage.input_tokens_details for usage in usages)
    assert (written.cached_tokens, written.cache_write_tokens) == (0, LONG_TOKENS + PROMPT_TOKENS)
    assert (read.cached_tokens, read.cache_write_tokens) == (LONG_TOKENS + PROMPT_TOKENS, 0)


def test_a_scripted_reply(client, control):
    call = {"operation": "Responses", "reasoning": "Hm.", "text": "Let me look.", "tool": {"name": "weather"}}
    control("PUT", "replies", {"replies": [call]})
    assert [item.type for item in ask(client).output] == ["reasoning", "message", "function_call"]


# Refusals, quotas and faults


@pytest.mark.parametrize("model", [OSS, "deepseek.v3.2"])
def test_a_model_with_chat_completions_only(client, model):
    message = f"The model '{model}' does not support the '/openai/v1/responses' API"
    assert refusal(client, model=model) == (*INVALID, message)


def test_a_model_with_neither(client):
    assert refusal(client, model=CLAUDE)[:3] == (404, "not_found_error", "model_not_found")


@pytest.mark.parametrize(
    "more, message",
    [
        ({"previous_response_id": "resp_1"}, "Previous response with id 'resp_1' not found."),
        ({"background": True}, "Unsupported parameter: 'background' is not supported"),
        ({"conversation": "conv_1"}, "Unsupported parameter: 'conversation' is not supported"),
        ({"tools": [{"type": "web_search"}]}, "Tool type 'web_search' is not supported"),
        ({"input": [{"type": "item_reference", "id": "a"}]}, "Item with id 'a' not found."),
        ({"input": 5}, "Invalid type for 'input': expected an array, but got an integer instead."),
        ({"input": [{"role": "user"}]}, "Missing required parameter: 'input[0].content'."),
        ({"temperature": 0.5}, "Unsupported value: 'temperature' does not support 0.5"),
        ({"max_output_tokens": 0}, "Invalid value for 'max_output_tokens'"),
        ({"tool_choice": {"type": "function", "name": "b"}}, "Tool choice 'b' not found"),
    ],
)
def test_an_invalid_request(client, more, message):
    *kind, text = refusal(client, **more)
    assert tuple(kind) == INVALID and text.startswith(message)


@not_through_gateway("a request that never fits its quota is refused at once, as something that no retry mends")
@pytest.mark.parametrize("streamed", [False, True])
def test_throttling(client, control, streamed):
    control.quota(GPT_TPM, 1)
    expected = (429, "rate_limit_error", "rate_limit_exceeded", THROTTLED)
    assert refusal(client, stream=streamed) == expected


@pytest.mark.parametrize(
    "fault, code", [("cut_throttling", "rate_limit_exceeded"), ("cut", "server_error")]
)
def test_a_stream_that_breaks(client, control, fault, code):
    control.faults(**{fault: 1})
    last = list(ask(client, stream=True))[-1]
    assert (last.type, last.response.status) == ("response.failed", "failed")
    assert last.response.error.code == code and last.response.output == []
    assert control.in_flight() == 0


def test_a_reply_without_its_usage(client, control):
    control.faults(no_usage=1)
    reply = ask(client)
    assert reply.output_text and reply.usage is None
