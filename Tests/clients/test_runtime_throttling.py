"""Throttling as boto3 meets it: texts, what shares a quota, what each semantics lets in."""

import pytest
from aws_clients import failure
from emulator_control import control_of
from processes import Emulator
from servers import emulator_fixture
from runtime_calls import (
    MESSAGES,
    OPTIONS,
    PER_DAY,
    PROFILE,
    REQUESTS,
    RPM_CODE,
    TOKENS,
    TPD_CODE,
    TPM_CODE,
    converse,
    converse_stream,
    failure_or_none,
    invoke,
    invoke_stream,
)
from runtime_families import PROMPT_TOKENS
from runtime_shapes import RuntimeClients

PROFILE_ARN = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{PROFILE}"
MODEL, MODEL_RPM = "amazon.nova-pro-v1:0", "L-F2717A44"
GPT_OF_ZERO, GPT_PROFILE = "global.openai.gpt-5.6-terra", "us.openai.gpt-5.6-terra"
WAYS = [converse, converse_stream, invoke, invoke_stream]
OPTIMIZED_RPM = "L-98317D9C"
# How many of 200 requests a minute come through at once, at least and at most.
SEMANTICS = {
    "bucket60": (200, 200),
    "bucket5": (16, 16),
    "bucket2": (6, 6),
    "rolling60": (200, 200),
    "fixed60": (200, 200),
    "laggy": (200, 201),  # the next one passes on what the last has left of a request
    "soft": (160, 240),
    "hierarchical": (100, 200),  # it ends when one of four buckets of 50 is empty
}


server = emulator_fixture(*OPTIONS, is_still=True)


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


def test_quotas_of_zero(runtime, control):
    """An account without any quota for a model hears of the day's tokens, whichever are 0."""
    assert failure(converse, runtime, GPT_OF_ZERO) == PER_DAY
    converse(runtime, GPT_PROFILE)
    control.quota(TPM_CODE, 0)
    assert failure(converse, runtime) == TOKENS
    control.quota(RPM_CODE, 0)
    assert failure(converse, runtime) == PER_DAY


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
        control_of(server).quota(RPM_CODE, 1)
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
    control.quota(OPTIMIZED_RPM, 0)
    optimized = {"performanceConfig": {"latency": "optimized"}}
    assert failure(converse, runtime, **optimized) == REQUESTS


def test_counting_tokens_is_free(runtime, control):
    control.quota(RPM_CODE, 0)
    asked = {"converse": {"messages": MESSAGES}}
    counted = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    assert runtime.count_tokens(modelId=counted, input=asked)["inputTokens"] == PROMPT_TOKENS


def test_refused_input_takes_nothing(runtime, control):
    control.quota(RPM_CODE, 1)
    for _ in range(3):
        with pytest.raises(runtime.exceptions.ValidationException):
            runtime.invoke_model(modelId=PROFILE, body=b"{}")
    converse(runtime)


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_what_each_semantics_lets_in_at_once(bedquota, environment, semantics):
    server = Emulator(bedquota, environment, *OPTIONS, "--semantics", semantics)
    control = control_of(server)
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
