"""`invoke` and `run` with the service tier `reserved`: a pool of its own, which overflows to the quotas."""

import json

import pytest
from batch_runs import TEXT, record
from dialects import GPT, GPT_TPM
from processes import Runner
from runtime_calls import OPTIONS, PROFILE, REPLY_TOKENS, TPM_CODE
from runtime_families import PROMPT, PROMPT_TOKENS
from servers import emulator_fixture
from support import with_credentials

TIER = ("--service-tier", "reserved")
# More than all requests of a test need at once.
PLENTY = 10_000_000
COST = PROMPT_TOKENS + REPLY_TOKENS

# Its clock nearly stands still, and nothing refills within a minute: what is gone from a meter is exactly what requests took.
server = emulator_fixture(*OPTIONS, "--semantics", "fixed60", is_still=True)


@pytest.fixture
def invoke(bedquota, environment, server, control):
    runner = Runner(bedquota, with_credentials(environment))

    def call(*options, model=PROFILE):
        return runner("invoke", model, PROMPT, "--max-tokens", "100", "--endpoint-url", server.url, *options)

    return call


def sell(control, tokens, model=PROFILE, output=None):
    output = tokens if output is None else output
    control("PUT", "reserved", {"modelId": model, "inputTokensPerMinute": tokens, "outputTokensPerMinute": output})


def used(control, code):
    return control.used(code) if code in control.meters() else 0


# MARK: invoke


@pytest.mark.parametrize("streamed", [(), ("--stream",)], ids=["whole", "stream"])
@pytest.mark.parametrize("model, code, api", [
    (PROFILE, TPM_CODE, "converse"), (PROFILE, TPM_CODE, "invoke"), (GPT, GPT_TPM, "chat"), (GPT, GPT_TPM, "responses"),
    (GPT, GPT_TPM, "invoke"),
])  # fmt: skip
def test_every_api_says_which_tier_served(invoke, control, model, code, api, streamed):
    sell(control, PLENTY, model)
    served = invoke(*TIER, *streamed, "--api", api, model=model)
    assert served.returncode == 0, served.stderr
    assert "tokens: 0 quota tokens (served by reserved capacity)" in served.stderr
    assert used(control, code) == pytest.approx(0, abs=0.01)
    sell(control, 0, model)
    over = invoke(*TIER, *streamed, "--api", api, model=model)
    assert over.returncode == 0, over.stderr
    assert f"{REPLY_TOKENS} output tokens: {round(used(control, code))} quota tokens" in over.stderr
    assert "reserved capacity did not serve it" in over.stderr
    assert used(control, code) >= REPLY_TOKENS


def test_other_tiers_count_as_ever(invoke, control):
    sell(control, PLENTY)
    for tier in ("default", "priority", "flex"):
        control.reset()
        done = invoke("--service-tier", tier)
        assert done.returncode == 0 and f"{COST} quota tokens" in done.stderr and "reserved" not in done.stderr
        assert control.used(TPM_CODE) == pytest.approx(COST, abs=0.01)


@pytest.mark.parametrize("options, words", [
    (("--service-tier", "gold"), "--service-tier takes one of default, priority, flex, reserved"),
    (("--reserved-capacity", "5"), "--reserved-capacity takes INPUT,OUTPUT"),
    (("--reserved-capacity", "5,0"), "--reserved-capacity takes INPUT,OUTPUT"),
    (("--reserved-capacity", "5,99999999999999"), "--reserved-capacity takes INPUT,OUTPUT"),
])  # fmt: skip
def test_the_options_say_what_they_take(invoke, options, words):
    done = invoke(*options)
    assert done.returncode == 64 and words in done.stderr


# MARK: run


def reserved(number, tokens=100):
    line = record(number, tokens)
    line["modelInput"]["serviceTier"] = {"type": "reserved"}
    return line


def summary(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "unstated"])
def test_reserved_requests_take_nothing_from_the_others(batch, control, stated):
    """Of the quota, ten requests have room in a minute: 200 would need twenty."""
    sell(control, PLENTY)
    control.quota(TPM_CODE, 3_000)
    batch.write(*(reserved(number) for number in range(200)), *(record(number) for number in range(200, 205)))
    options = ("--reserved-capacity", f"{PLENTY},{PLENTY}") if stated else ()
    # Others admit twenty requests at a time, so that some wait while the first replies are out.
    found = summary(batch("--output", "json", "--concurrency", "20", *options))
    assert found["succeeded"] == 205 and found["throttled"] == 0
    assert found["reserved"]["served"] == 200 and found["reserved"]["overflowed"] == 0
    assert found["reserved"]["outputTokens"] == 200 * REPLY_TOKENS
    cost = (found["inputTokens"] - found["reserved"]["inputTokens"]) + 5 * REPLY_TOKENS
    assert control.used(TPM_CODE) == pytest.approx(cost, abs=1)


@pytest.fixture
def moving(control):
    """The emulator's clock as fast as ours, so that what the client expects to come back does."""
    control("PUT", "clock", {"scale": 1})
    yield
    control.slow_down()


@pytest.mark.usefixtures("moving")
@pytest.mark.parametrize("stated", [True, False], ids=["stated", "unstated"])
def test_what_overflows_is_not_throttled(batch, control, stated):
    """The capacity has room for some of the requests, the quota for all others."""
    capacity = 20 * (len(TEXT) // 4 + 100)
    sell(control, capacity)
    batch.write(*(reserved(number) for number in range(80)))
    options = ("--reserved-capacity", f"{capacity},{capacity}") if stated else ()
    found = summary(batch("--output", "json", "--concurrency", "20", *options))
    use = found["reserved"]
    assert found["succeeded"] == 80 and found["throttled"] == 0
    assert use["served"] + use["overflowed"] == 80 and use["served"] >= 10 and use["overflowed"] > 0
    assert use["outputTokens"] == use["served"] * REPLY_TOKENS


def test_the_words_at_the_end(batch, control):
    sell(control, PLENTY)
    batch.write(reserved(1), reserved(2), record(3))
    done = batch()
    assert "Reserved capacity served 2 of 2 requests of that tier" in done.stderr
    batch.write(record(3))
    assert "eserved" not in batch("--resume").stderr
