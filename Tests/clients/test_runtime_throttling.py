"""Throttling as boto3 meets it: texts, what shares a quota, what is reserved and what is kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from aws_clients import failure
from botocore.exceptions import ClientError
from emulator_control import Control
from processes import Emulator
from runtime_families import NOVA, PROMPT, PROMPT_TOKENS
from runtime_shapes import RuntimeClients, read_events
from support import KEY, REGION, SECRET

REPLY_TOKENS = 20
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
OPTIONS = (*INSTANT, "--output-tokens", str(REPLY_TOKENS))
PROFILE = "us.amazon.nova-pro-v1:0"
PROFILE_ARN = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{PROFILE}"
MODEL = "amazon.nova-pro-v1:0"
RPM_CODE, TPM_CODE, TPD_CODE = "L-ED46B8C5", "L-C0326783", "L-D690997B"
MODEL_RPM = "L-F2717A44"
OPUS, OPUS_TPM = "us.anthropic.claude-opus-4-7", "L-5DB28B7B"
OPUS_MOST = 128_000
GPT_OF_ZERO, GPT_PROFILE, GPT_TPM = (
    "global.openai.gpt-5.6-terra",
    "us.openai.gpt-5.6-terra",
    "L-99936FBF",
)
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
WAIT = ", please wait before trying again."
REQUESTS = ("ThrottlingException", 429, f"Too many requests{WAIT}")
TOKENS = ("ThrottlingException", 429, f"Too many tokens{WAIT}")
PER_DAY = ("ThrottlingException", 429, f"Too many tokens per day{WAIT}")
# How many of 200 requests a minute come through at once, at least and at most.
SEMANTICS = {
    "bucket60": (200, 200),
    "bucket5": (16, 16),
    "bucket2": (6, 6),
    "rolling60": (200, 200),
    "fixed60": (200, 200),
    "laggy": (200, 200),
    "soft": (160, 240),
    "hierarchical": (100, 200),  # it ends when one of four buckets of 50 is empty
}


@pytest.fixture(scope="module")
def server(bedquota, environment):
    """An emulator whose time nearly stands still: what is gone from a meter stays gone."""
    emulator = Emulator(bedquota, environment, *OPTIONS)
    Control(emulator.url).slow_down()
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def control(server):
    control = Control(server.url)
    control.reset()
    return control


@pytest.fixture
def runtime(server, control):
    return RuntimeClients(server.url).runtime()


def converse(runtime, identifier=PROFILE, tokens=100, **arguments):
    config = {} if tokens is None else {"inferenceConfig": {"maxTokens": tokens}}
    return runtime.converse(modelId=identifier, messages=MESSAGES, **config, **arguments)


def converse_stream(runtime, identifier=PROFILE):
    config = {"maxTokens": 100}
    call = runtime.converse_stream
    reply = call(modelId=identifier, messages=MESSAGES, inferenceConfig=config)
    return read_events(reply["stream"])


def invoke(runtime, identifier=PROFILE):
    return runtime.invoke_model(modelId=identifier, body=json.dumps(NOVA.body))["body"].read()


def invoke_stream(runtime, identifier=PROFILE):
    call = runtime.invoke_model_with_response_stream
    return read_events(call(modelId=identifier, body=json.dumps(NOVA.body))["body"])


WAYS = [converse, converse_stream, invoke, invoke_stream]


# What a refusal looks like


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "code, value, expected",
    [(RPM_CODE, 0, REQUESTS), (TPM_CODE, 20, TOKENS), (TPD_CODE, 20, PER_DAY)],
)
def test_the_texts(runtime, control, way, code, value, expected):
    control.quota(code, value)
    assert failure(way, runtime) == expected
    meter = control.meters()[code]
    assert meter["inFlight"] == 0, "nothing is taken where one quota does not fit"


def test_nothing_is_taken_by_a_refusal(runtime, control):
    control.quota(TPM_CODE, 20)
    failure(converse, runtime)
    assert control.used(RPM_CODE) == pytest.approx(0, abs=0.01)


def test_a_quota_of_zero(runtime):
    code, status, message = failure(converse, runtime, GPT_OF_ZERO)
    assert (code, status) == ("ThrottlingException", 429)
    assert message in (TOKENS[2], PER_DAY[2])
    converse(runtime, GPT_PROFILE)


def refused_headers(runtime) -> dict[str, str]:
    with pytest.raises(runtime.exceptions.ThrottlingException) as caught:
        converse(runtime)
    return caught.value.response["ResponseMetadata"]["HTTPHeaders"]


def test_headers_of_a_refusal(runtime, control):
    control.quota(RPM_CODE, 0)
    headers = refused_headers(runtime)
    assert headers["x-amzn-errortype"].split(":")[0] == "ThrottlingException"
    assert "retry-after" not in headers


def test_retry_after_where_it_was_asked_for(bedquota, environment):
    server = Emulator(bedquota, environment, *OPTIONS, "--retry-after")
    try:
        Control(server.url).quota(RPM_CODE, 1)
        runtime = RuntimeClients(server.url).runtime()
        converse(runtime)
        assert 1 <= int(refused_headers(runtime)["retry-after"]) <= 60
    finally:
        assert server.stop() == 0


# What shares a quota


@pytest.mark.parametrize("first", WAYS)
def test_all_operations_share_a_quota(runtime, control, first):
    control.quota(RPM_CODE, 1)
    first(runtime)
    for way in WAYS:
        assert failure(way, runtime) == REQUESTS


def test_a_profile_and_its_arn_share_a_quota(runtime, control):
    control.quota(RPM_CODE, 2)
    converse(runtime, PROFILE)
    converse(runtime, PROFILE_ARN)
    assert failure(converse, runtime, PROFILE_ARN) == REQUESTS
    assert failure(invoke, runtime, PROFILE) == REQUESTS


def test_a_model_and_its_profile_do_not(runtime, control):
    control.quota(RPM_CODE, 0)
    assert failure(converse, runtime, PROFILE) == REQUESTS
    converse(runtime, MODEL)
    control.quota(MODEL_RPM, 0)
    assert failure(converse, runtime, MODEL) == REQUESTS


def test_optimized_latency_has_quotas_of_its_own(runtime, control):
    control.quota(RPM_CODE, 0)
    converse(runtime, performanceConfig={"latency": "optimized"})
    control.quota("L-98317D9C", 0)
    optimized = {"performanceConfig": {"latency": "optimized"}}
    assert failure(converse, runtime, **optimized) == REQUESTS


def test_counting_tokens_is_free(runtime, control):
    control.quota(RPM_CODE, 0)
    asked = {"converse": {"messages": MESSAGES}}
    assert runtime.count_tokens(modelId=PROFILE, input=asked)["inputTokens"] == PROMPT_TOKENS


def test_refused_input_takes_nothing(runtime, control):
    control.quota(RPM_CODE, 1)
    for _ in range(3):
        with pytest.raises(runtime.exceptions.ValidationException):
            runtime.invoke_model(modelId=PROFILE, body=b"{}")
    converse(runtime)


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
    """While it is under way, all of the model's maximum; at the end, five times what was said."""
    slow = ("--latency", "1", "--history", "0", "--output-tokens", str(REPLY_TOKENS))
    server = Emulator(bedquota, environment, *slow)
    control = Control(server.url)
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


def failure_or_none(runtime, **arguments):
    try:
        converse(runtime, **arguments)
    except ClientError as error:
        return error
    return None


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


def test_default_retries_recover(bedquota, environment):
    """A bucket that refills two a second is worth the wait to boto3's own retries."""
    server = Emulator(bedquota, environment, *INSTANT, "--semantics", "bucket2")
    control = Control(server.url)
    try:
        control.quota(RPM_CODE, 120)
        control.quota(TPM_CODE, 1e9)
        client = boto3.Session().client(
            "bedrock-runtime",
            region_name=REGION,
            endpoint_url=server.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        replies = [converse(client) for _ in range(8)]
        retries = [reply["ResponseMetadata"]["RetryAttempts"] for reply in replies]
        assert 1 <= sum(retries), "none was throttled"
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_what_each_semantics_lets_in_at_once(bedquota, environment, semantics):
    server = Emulator(bedquota, environment, *OPTIONS, "--semantics", semantics)
    control = Control(server.url)
    try:
        control.slow_down()
        control.quota(RPM_CODE, 200)
        runtime = RuntimeClients(server.url).runtime()
        admitted = 0
        while failure_or_none(runtime) is None:
            admitted += 1
        least, most = SEMANTICS[semantics]
        assert least <= admitted <= most
        assert control.in_flight() == 0
    finally:
        assert server.stop() == 0
