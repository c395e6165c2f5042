"""What requests reserve and what they keep, seen by boto3; quotas that change meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from aws_clients import failure
from emulator_control import control_of
from processes import Emulator
from servers import emulator_fixture
from runtime_calls import (
    MESSAGES,
    OPTIONS,
    OPUS,
    OPUS_TPM,
    PER_DAY,
    PROFILE,
    REPLY_TOKENS,
    REQUESTS,
    RPM_CODE,
    TOKENS,
    TPD_CODE,
    TPM_CODE,
    converse,
    failure_or_none,
)
from runtime_families import PROMPT_TOKENS
from runtime_shapes import RuntimeClients, read_events
from support import KEY, REGION, SECRET

OPUS_MOST = 128_000
GPT_PROFILE, GPT_TPM = "us.openai.gpt-5.6-terra", "L-99936FBF"


server = emulator_fixture(*OPTIONS, is_still=True)


# What is reserved and what is kept


@pytest.mark.parametrize("tokens, fits", [(990, True), (991, True), (992, False), (None, False)])
def test_input_and_max_tokens_are_reserved(runtime, control, tokens, fits):
    """9 tokens of input and 991 of output are a quota of 1,000; a reply is ever so much shorter."""
    control.quota(TPM_CODE, 1_000)
    if fits:
        converse(runtime, tokens=tokens)
        assert control.used(TPM_CODE) == pytest.approx(PROMPT_TOKENS + REPLY_TOKENS, abs=1)
    else:
        assert failure(converse, runtime, tokens=tokens) == TOKENS
        assert control.used(TPM_CODE) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("below, fits", [(0, True), (1, False)])
def test_without_max_tokens_the_most_that_a_model_says_is_reserved(runtime, control, below, fits):
    control.quota(OPUS_TPM, PROMPT_TOKENS + OPUS_MOST - below)
    if fits:
        converse(runtime, OPUS, None)
    else:
        assert failure(converse, runtime, OPUS, None) == TOKENS


def test_a_stream_holds_its_reservation(bedquota, environment):
    """In flight, a request reserves the model's maximum output; in the end, it costs five times its output."""
    slow = ("--latency", "1", "--history", "0", "--output-tokens", str(REPLY_TOKENS))
    server = Emulator(bedquota, environment, *slow)
    control = control_of(server)
    try:
        runtime = RuntimeClients(server.url).runtime()
        stream = runtime.converse_stream(modelId=OPUS, messages=MESSAGES)["stream"]
        meter = control.meters()[OPUS_TPM]
        refill = meter["quota"] / 60 * 5  # what five seconds bring back
        held = meter["quota"] - meter["available"]
        assert PROMPT_TOKENS + OPUS_MOST - refill <= held <= PROMPT_TOKENS + OPUS_MOST
        assert meter["inFlight"] == 1
        read_events(stream)
        assert control.in_flight() == 0
        assert control.used(OPUS_TPM) <= PROMPT_TOKENS + 5 * REPLY_TOKENS
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize(
    "identifier, code, burndown",
    [(PROFILE, TPM_CODE, 1), (OPUS, OPUS_TPM, 5), (GPT_PROFILE, GPT_TPM, 10)],
)
def test_output_burns_down_at_the_end(runtime, control, identifier, code, burndown):
    control.quota(code, 6_000)
    converse(runtime, identifier)
    expected = PROMPT_TOKENS + burndown * REPLY_TOKENS
    assert control.used(code) == pytest.approx(expected, abs=0.5)


def test_cache_reads_are_given_back(runtime, control):
    control.quota(OPUS_TPM, 6_000)
    control.advance(301)
    system = [{"text": "four" * 2_000}, {"cachePoint": {"type": "default"}}]
    burnt = PROMPT_TOKENS + 5 * REPLY_TOKENS
    converse(runtime, OPUS, system=system)
    written = control.used(OPUS_TPM)
    converse(runtime, OPUS, system=system)
    assert written == pytest.approx(2_000 + burnt, abs=0.5)
    assert control.used(OPUS_TPM) == pytest.approx(written + burnt, abs=0.5)


def test_faults_before_the_model_give_tokens_back_but_not_the_request(runtime, control):
    for fault, expected in [
        ("internal_server_error", ("InternalServerException", 500)),
        ("service_unavailable", ("ServiceUnavailableException", 503)),
        ("model_not_ready", ("ModelNotReadyException", 429)),
        ("model_timeout", ("ModelTimeoutException", 408)),
    ]:
        control.reset()
        control.quota(TPM_CODE, 6_000)
        control.faults(**{fault: 1})
        assert failure(converse, runtime)[:2] == expected
        assert control.used(RPM_CODE) == pytest.approx(1, abs=0.01)
        cost = PROMPT_TOKENS if fault == "model_timeout" else 0
        assert control.used(TPM_CODE) == pytest.approx(cost, abs=0.5)
        assert control.in_flight() == 0


# While it runs


def test_a_quota_changes(runtime, control):
    control.quota(RPM_CODE, 1)
    converse(runtime)
    assert failure(converse, runtime) == REQUESTS
    control.quota(RPM_CODE, 5)
    for _ in range(4):
        converse(runtime)
    assert failure(converse, runtime) == REQUESTS
    control.advance(60)
    converse(runtime)


def test_a_day_refills_in_a_day(runtime, control):
    control.quota(TPD_CODE, 100)  # doubled for cross-region calls
    while failure_or_none(runtime, tokens=91) is None:
        assert control.used(TPD_CODE) <= 200
    assert failure(converse, runtime, tokens=191) == PER_DAY
    control.advance(86_400)
    converse(runtime, tokens=191)


def test_others_use_up_their_share(runtime, control):
    """At 90 % of 100 a minute, others leave 10 of each minute's refill."""
    control.quota(RPM_CODE, 100)
    converse(runtime)
    control.traffic(PROFILE, 0.9)
    while failure_or_none(runtime) is None:
        pass
    control.advance(60)
    admitted = 0
    while failure_or_none(runtime) is None:
        admitted += 1
    assert 8 <= admitted <= 12
    control.traffic(PROFILE, 0)
    control.advance(60)
    for _ in range(100):
        converse(runtime)


def test_many_threads_share_a_quota_exactly(server, control):
    control.quota(RPM_CODE, 50)
    runtime = RuntimeClients(server.url).runtime(max_pool_connections=16)
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: failure_or_none(runtime) is None, range(120)))
    assert sum(outcomes) == 50
    assert control.in_flight() == 0


def test_default_retries_recover(server, control):
    """boto3's own retries carry a request over two throttles; nothing but the keys is set."""
    client = boto3.Session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=server.url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    statuses = []

    def relieve(response_dict, **_):
        statuses.append(response_dict["status_code"])
        if statuses.count(429) == 2:
            control.quota(RPM_CODE, 10)

    client.meta.events.register("response-received.bedrock-runtime", relieve)
    control.quota(RPM_CODE, 0)
    assert converse(client)["ResponseMetadata"]["RetryAttempts"] == 2
    assert statuses == [429, 429, 200]
