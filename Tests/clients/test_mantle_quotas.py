"""bedrock-mantle's two meters of a model: input with max_tokens at the start, output while it is generated."""

import anthropic
import openai
import pytest
from dialects import GPT_TPM, LONG, LONG_TOKENS, MESSAGES, OPTIONS, OUTPUT_TOKENS, PROMPT, PROMPT_TOKENS, SCHEMA, THROTTLED, error_of
from emulator_control import control_of, eventually
from mantle import (
    CLAUDE, CLAUDE_INPUT, CLAUDE_OUTPUT, GPT, GPT_INPUT, GPT_OUTPUT, MAX_TOKENS_OF_GPT, OSS, anthropic_client, base, figures,
    openai_client,
)
from servers import emulator_fixture

MOST = 100
COST = PROMPT_TOKENS + OUTPUT_TOKENS

# Its clock stands still: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, is_still=True)


@pytest.fixture
def control(server):
    """Quotas so small that next to nothing comes back in the time of a test."""
    control = control_of(server)
    control.reset()
    for code in (GPT_INPUT, GPT_OUTPUT, CLAUDE_INPUT, CLAUDE_OUTPUT, GPT_TPM):
        control.quota(code, 10_000)
    return control


@pytest.fixture
def gpt(server, control):
    with openai_client(f"{base(server.url)}/openai/v1") as client:
        yield client


@pytest.fixture
def claude(server, control):
    with anthropic_client(f"{base(server.url)}/anthropic") as client:
        yield client


def respond(client, **more):
    asked = {"model": GPT, "input": PROMPT, "max_output_tokens": MOST}
    return client.responses.create(**asked | more)


def message(client, **more):
    return client.messages.create(**{"model": CLAUDE, "messages": MESSAGES, "max_tokens": MOST} | more)


def used(control, *codes):
    return [round(control.used(code)) for code in codes]


def test_both_meters_of_a_request(control, gpt):
    """The unused part of max_tokens comes back, so input holds what was asked and said."""
    respond(gpt)
    list(respond(gpt, stream=True))
    assert used(control, GPT_INPUT, GPT_OUTPUT) == [2 * COST, 2 * OUTPUT_TOKENS]
    assert control.in_flight() == 0


def test_both_apis_of_claude_and_no_burndown(control, claude):
    message(claude)
    with claude.messages.stream(model=CLAUDE, messages=MESSAGES, max_tokens=MOST) as stream:
        stream.get_final_message()
    claude.messages.count_tokens(model=CLAUDE, messages=MESSAGES)
    assert used(control, CLAUDE_INPUT, CLAUDE_OUTPUT) == [2 * COST, 2 * OUTPUT_TOKENS]


def test_input_and_max_tokens_must_fit(control, gpt):
    control.quota(GPT_INPUT, PROMPT_TOKENS + MOST - 1)
    with pytest.raises(openai.RateLimitError) as raised:
        respond(gpt)
    assert error_of(raised) == (429, "rate_limit_error", "rate_limit_exceeded", THROTTLED)
    assert used(control, GPT_INPUT, GPT_OUTPUT) == [0, 0]
    assert respond(gpt, max_output_tokens=MOST - 1).status == "completed"


def test_claude_is_told_in_its_words(control, claude):
    control.quota(CLAUDE_INPUT, PROMPT_TOKENS + MOST - 1)
    with pytest.raises(anthropic.RateLimitError) as raised:
        message(claude)
    assert raised.value.body["error"] == {"type": "rate_limit_error", "message": THROTTLED}


def test_without_max_tokens_the_models_maximum_is_reserved(control, gpt):
    control.quota(GPT_INPUT, PROMPT_TOKENS + MAX_TOKENS_OF_GPT - 1)
    with pytest.raises(openai.RateLimitError):
        gpt.responses.create(model=GPT, input=PROMPT)
    control.quota(GPT_INPUT, PROMPT_TOKENS + MAX_TOKENS_OF_GPT)
    assert gpt.responses.create(model=GPT, input=PROMPT).output_text
    assert used(control, GPT_INPUT) == [COST]


def test_there_is_no_quota_on_requests_or_days(control, gpt):
    for _ in range(50):
        respond(gpt)
    measures = {meter["measure"] for code, meter in control.meters().items() if code in (GPT_INPUT, GPT_OUTPUT)}
    assert measures == {"input-tpm", "output-tpm"}


def test_the_runtime_has_meters_of_its_own(server, control, gpt):
    with openai_client(f"{server.url}/openai/v1") as runtime:
        runtime.responses.create(model=f"us.{GPT}", input=PROMPT, max_output_tokens=MOST)
    respond(gpt)
    assert used(control, GPT_INPUT, GPT_TPM) == [COST, PROMPT_TOKENS + 10 * OUTPUT_TOKENS]


def test_cached_reads_are_left_out_from_the_start(control, claude):
    """The first request writes the cache, which counts; the second fits only because it reads it."""
    system = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}]
    control.quota(CLAUDE_INPUT, LONG_TOKENS + OUTPUT_TOKENS + 2 * PROMPT_TOKENS + MOST)
    first = message(claude, system=system).usage
    assert first.cache_creation_input_tokens == LONG_TOKENS
    assert used(control, CLAUDE_INPUT) == [LONG_TOKENS + COST]
    second = message(claude, system=system).usage
    assert second.cache_read_input_tokens == LONG_TOKENS
    assert used(control, CLAUDE_INPUT) == [LONG_TOKENS + 2 * COST]
    with pytest.raises(anthropic.RateLimitError):
        message(claude, system=[{"type": "text", "text": LONG}])


def test_an_empty_output_meter_ends_responses(control, gpt):
    control.quota(GPT_OUTPUT, OUTPUT_TOKENS + 7)
    respond(gpt)
    cut = respond(gpt)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert cut.usage.output_tokens == 7 and len(cut.output_text.encode()) == 4 * 7
    nothing = respond(gpt)
    assert (nothing.status, nothing.usage.output_tokens, nothing.output_text) == ("incomplete", 0, "")
    assert used(control, GPT_INPUT, GPT_OUTPUT) == [3 * PROMPT_TOKENS + OUTPUT_TOKENS + 7, OUTPUT_TOKENS + 7]


@pytest.mark.parametrize("left", [0, 1, 5, 12])
def test_an_empty_output_meter_ends_streams(control, gpt, claude, left):
    control.quota(GPT_OUTPUT, left)
    control.quota(CLAUDE_OUTPUT, left)
    events = list(respond(gpt, stream=True))
    said = "".join(event.delta for event in events if event.type.endswith("text.delta"))
    final = events[-1].response
    assert events[-1].type == "response.incomplete" and final.incomplete_details.reason == "max_output_tokens"
    assert final.output_text == said and len(said.encode()) == 4 * left == 4 * final.usage.output_tokens
    with claude.messages.stream(model=CLAUDE, messages=MESSAGES, max_tokens=MOST) as stream:
        said = "".join(stream.text_stream)
        reply = stream.get_final_message()
    assert (reply.stop_reason, reply.usage.output_tokens) == ("max_tokens", left)
    assert len(said.encode()) == 4 * left
    assert used(control, GPT_INPUT, GPT_OUTPUT, CLAUDE_INPUT, CLAUDE_OUTPUT) == 2 * [PROMPT_TOKENS + left, left]


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("left", [0, 3, 12])
def test_reasoning_is_output_and_is_cut_as_text_is(control, gpt, left, streams):
    control.quota(GPT_OUTPUT, left)
    asked = {"reasoning": {"effort": "low", "summary": "auto"}, "stream": streams}
    reply = respond(gpt, **asked)
    final = list(reply)[-1].response if streams else reply
    assert (final.status, final.usage.output_tokens) == ("incomplete", left)
    assert final.usage.output_tokens_details.reasoning_tokens == min(left, OUTPUT_TOKENS // 2)


@pytest.mark.parametrize("streams", [False, True])
def test_a_call_that_is_cut_is_no_call(control, claude, streams):
    control.quota(CLAUDE_OUTPUT, 2)
    tool = {"name": "weather", "input_schema": SCHEMA}
    asked = {"tools": [tool], "tool_choice": {"type": "tool", "name": "weather"}}
    if streams:
        with claude.messages.stream(model=CLAUDE, messages=MESSAGES, max_tokens=MOST, **asked) as stream:
            reply = stream.get_final_message()
    else:
        reply = message(claude, **asked)
    assert (reply.stop_reason, reply.usage.output_tokens) == ("max_tokens", 2)
    assert not any(block.type == "tool_use" for block in reply.content)


def test_a_model_without_published_quotas(server, control):
    with openai_client(f"{base(server.url)}/v1") as client:
        for _ in range(5):
            reply = client.chat.completions.create(model=OSS, messages=MESSAGES)
            assert reply.choices[0].finish_reason == "stop"
    assert not any("mantle" in meter["name"] and "gpt-oss" in meter["name"].lower() for meter in control.meters().values())


def test_a_failure_before_the_model_gives_all_back(control, gpt):
    control.faults(internal_server_error=1)
    with pytest.raises(openai.InternalServerError):
        respond(gpt)
    assert used(control, GPT_INPUT, GPT_OUTPUT) == [0, 0] and control.in_flight() == 0


def test_a_broken_stream_counts_what_was_sent(control, gpt):
    control.faults(cut=1)
    events = list(respond(gpt, stream=True))
    assert events[-1].type == "response.failed"
    said = sum(len(event.delta) for event in events if event.type.endswith("text.delta")) // 4
    assert used(control, GPT_INPUT) == [PROMPT_TOKENS + said]
    assert said <= used(control, GPT_OUTPUT)[0] <= OUTPUT_TOKENS


# While it is generated: a reply of five seconds, at the pace of the real clock.

SLOW = ("--latency", "0", "--tokens-per-second", "20", "--output-tokens", "100", "--history", "0")
slow_server = emulator_fixture(*SLOW)


@pytest.fixture
def slow(slow_server):
    control = control_of(slow_server)
    control.reset()
    control.quota(GPT_OUTPUT, 200)
    with openai_client(f"{base(slow_server.url)}/openai/v1") as client:
        yield client, control


def generated(control):
    """The output that the meter has counted, less what comes back meanwhile."""
    return control.used(GPT_OUTPUT) if GPT_OUTPUT in control.meters() else 0


def test_output_is_counted_while_a_stream_is_written(slow):
    client, control = slow
    stream = iter(respond(client, stream=True))
    while not next(stream).type.endswith("text.delta"):
        pass
    first = generated(control)
    eventually(lambda: generated(control) > first, "more was counted")
    assert 0 < generated(control) < MOST
    control.quota(GPT_OUTPUT, 0)
    final = list(stream)[-1].response
    assert final.status == "incomplete" and 0 < final.usage.output_tokens < MOST


def test_output_is_counted_while_a_reply_is_made(slow):
    client, control = slow
    made = respond(client, background=True)
    eventually(lambda: generated(control) > 0, "some was counted")
    control.quota(GPT_OUTPUT, 0)
    final = eventually(
        lambda: (now := client.responses.retrieve(made.id)).status != "in_progress" and now, "it has ended"
    )
    assert final.status == "incomplete" and 0 < final.usage.output_tokens < MOST


def test_a_client_that_leaves(slow, slow_server):
    client, control = slow
    with respond(client, stream=True) as stream:
        while not next(stream).type.endswith("text.delta"):
            pass
        assert control.in_flight() == 1
    eventually(lambda: control.in_flight() == 0, "its reservation ended")
    found = figures(slow_server.control_url)
    assert found[("InferenceClientErrors", "default", GPT)] == 1 and ("Inferences", None, None) not in found
    assert 0 < found[("OutputTokens", "default", GPT)] < MOST
