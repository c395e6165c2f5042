"""`emulate --reservation-factor`: how often max_tokens count while a request runs."""

import json
import subprocess
import urllib.error

import pytest
from aws_clients import failure
from emulator_control import Control, eventually
from processes import Emulator
from runtime_calls import MESSAGES, OPTIONS, OPUS, OPUS_TPM, PROFILE, REPLY_TOKENS, TOKENS, TPM_CODE, converse
from runtime_families import PROMPT_TOKENS
from runtime_shapes import RuntimeClients
from servers import emulator_fixture
from support import with_credentials
from test_commands import assert_failed

# Quota tokens per output token of the two models.
BURNDOWN = {OPUS: 5, PROFILE: 1}
QUOTA = 10_000

server = emulator_fixture(*OPTIONS, "--reservation-factor", "burndown", is_still=True)


@pytest.mark.parametrize("identifier, code", [(OPUS, OPUS_TPM), (PROFILE, TPM_CODE)])
@pytest.mark.parametrize("more, fits", [(0, True), (1, False)])
def test_max_tokens_count_as_often_as_output(runtime, control, identifier, code, more, fits):
    """What a request keeps in the end is the same as ever."""
    burndown = BURNDOWN[identifier]
    control.quota(code, QUOTA)
    tokens = (QUOTA - PROMPT_TOKENS) // burndown + more
    if fits:
        converse(runtime, identifier, tokens)
        assert control.used(code) == pytest.approx(PROMPT_TOKENS + burndown * REPLY_TOKENS, abs=1)
    else:
        assert failure(converse, runtime, identifier, tokens) == TOKENS
        assert control.used(code) == pytest.approx(0, abs=1)


def test_it_can_be_changed_while_the_emulator_runs(runtime, control):
    control.quota(OPUS_TPM, QUOTA)
    state = control("PUT", "reservation", {"factor": "1"})
    assert [region["reservationFactor"] for region in state["regions"]] == ["1"]
    converse(runtime, OPUS, QUOTA - PROMPT_TOKENS)
    control.reset()
    assert [region["reservationFactor"] for region in control("GET", "state")["regions"]] == ["burndown"]
    for body in ({"factor": "5"}, {"factor": 1}, {}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            control("PUT", "reservation", body)
        assert refused.value.code == 400 and b"burndown" in refused.value.read()


def test_what_is_held_in_flight(bedquota, environment):
    """Nearly still, a reply never comes: what is gone from the meter is what the request holds."""
    held = {}
    for factor in ("1", "burndown"):
        emulator = Emulator(
            bedquota, environment, "--history", "0", "--latency", "60", "--reservation-factor", factor
        )
        control = Control(emulator.url)
        try:
            control.slow_down()
            runtime = RuntimeClients(emulator.url).runtime()
            config = {"maxTokens": 1_000}
            stream = runtime.converse_stream(modelId=OPUS, messages=MESSAGES, inferenceConfig=config)["stream"]
            assert control.in_flight() == 1
            held[factor] = control.used(OPUS_TPM)
            stream.close()
            eventually(lambda: control.in_flight() == 0, "the end of the request")
            # Its input is all that it keeps.
            assert control.used(OPUS_TPM) == pytest.approx(PROMPT_TOKENS, abs=100)
        finally:
            assert emulator.stop() == 0
    assert held == pytest.approx({"1": PROMPT_TOKENS + 1_000, "burndown": PROMPT_TOKENS + 5_000}, abs=100)


@pytest.mark.parametrize("value", ["2", "", "both"])
def test_bad_usage(run, value):
    assert_failed(run("emulate", "--reservation-factor", value), 64, "1 or burndown")


@pytest.mark.parametrize("factor", ["1", "burndown"])
def test_a_run_learns_which_of_the_two_holds(bedquota, environment, tmp_path, factor):
    """The quota holds three of the requests with the burndown and seventeen without. The first two that are throttled tell."""
    emulator = Emulator(
        bedquota, environment, "--history", "0", "--latency", "4", "--output-tokens", "50", "--reservation-factor", factor
    )
    try:
        messages = [{"role": "user", "content": "hello"}]
        body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 8_000, "messages": messages}
        lines = [json.dumps({"recordId": str(number), "modelInput": body}) for number in range(14)]
        (tmp_path / "in.jsonl").write_text("\n".join(lines))
        client = with_credentials(environment) | {"AWS_ENDPOINT_URL": emulator.url}
        command = ["run", "anthropic.claude-opus-4-6-v1", "--input", "in.jsonl", "--output-file", "out.jsonl", "--yes", "--output", "json"]
        done = subprocess.run([bedquota, *command], env=client, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
        assert summary["succeeded"] == 14
        # Requests that were on their way when the second was throttled may be throttled as well.
        most = 0 if factor == "1" else 4
        assert min(most, 1) <= summary["throttled"] <= most
    finally:
        emulator.stop()
