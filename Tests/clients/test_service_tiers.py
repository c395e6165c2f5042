"""Service tiers: three share the on-demand quotas, `reserved` has a capacity of its own; replies and CloudWatch tell which served."""

import json
from datetime import datetime, timedelta, timezone
from urllib.error import HTTPError

import openai
import pytest
from aws_clients import Clients, failure
from dialects import GPT
from runtime_calls import (
    OPTIONS,
    PROFILE,
    REPLY_TOKENS,
    REQUESTS,
    RPM_CODE,
    TPM_CODE,
    converse,
    converse_stream,
)
from runtime_families import NOVA, PROMPT_TOKENS
from runtime_shapes import RuntimeClients
from servers import emulator_fixture
from support import KEY

INPUT, OUTPUT = 30, 200  # tokens per minute: three prompts, or two times 100 max_tokens
RESERVED = {"serviceTier": {"type": "reserved"}}
server = emulator_fixture(
    *OPTIONS, "--reserved-capacity", f"{PROFILE}={INPUT},{OUTPUT}", is_still=True
)


def level(control):
    [region] = control("GET", "state")["regions"]
    [found] = region["reserved"]
    return found


def served_by(reply):
    return reply["serviceTier"]["type"]


@pytest.mark.parametrize("tier", ["priority", "default", "flex"])
def test_these_share_the_on_demand_quotas(runtime, control, tier):
    assert served_by(converse(runtime, serviceTier={"type": tier})) == tier
    assert control.used(RPM_CODE) == pytest.approx(1, abs=0.01)
    control.quota(RPM_CODE, 1)
    assert failure(converse, runtime) == REQUESTS
    assert failure(converse, runtime, serviceTier={"type": tier}) == REQUESTS


def test_reserved_draws_on_its_own_capacity(runtime, control):
    assert served_by(converse(runtime, **RESERVED)) == "reserved"
    assert RPM_CODE not in control.meters() or control.used(RPM_CODE) == pytest.approx(0, abs=0.01)
    left = level(control)
    assert (left["inputTokensPerMinute"], left["outputTokensPerMinute"]) == (INPUT, OUTPUT)
    assert left["inputAvailable"] == pytest.approx(INPUT - PROMPT_TOKENS, abs=0.1)
    assert left["outputAvailable"] == pytest.approx(OUTPUT - REPLY_TOKENS, abs=0.1)


def test_it_overflows_to_default_when_either_side_is_full(runtime, control):
    # A reply has 20 tokens: 170 max_tokens fit into 200 and 180 tokens, but not into 160.
    tiers = [served_by(converse(runtime, tokens=170, **RESERVED)) for _ in range(4)]
    assert tiers == ["reserved", "reserved", "default", "default"]
    assert control.used(RPM_CODE) == pytest.approx(2, abs=0.01)


def test_the_input_side_fills_too(runtime, control):
    tiers = [served_by(converse(runtime, tokens=25, **RESERVED)) for _ in range(4)]
    assert tiers == ["reserved"] * 3 + ["default"]


def test_what_overflows_is_throttled_by_the_quotas(runtime, control):
    control.quota(TPM_CODE, 0)
    assert served_by(converse(runtime, **RESERVED)) == "reserved"
    code, status, _ = failure(converse, runtime, tokens=300, **RESERVED)
    assert (code, status) == ("ThrottlingException", 429)


def test_invoke_model_and_streams_tell_it(runtime, control):
    body = json.dumps(NOVA.body)
    reply = runtime.invoke_model(modelId=PROFILE, body=body, serviceTier="reserved")
    assert reply["serviceTier"] == "reserved"
    reply["body"].read()
    [metadata] = [event["metadata"] for event in converse_stream(runtime) if "metadata" in event]
    assert "serviceTier" not in metadata
    stream = runtime.converse_stream(
        modelId=PROFILE, messages=[{"role": "user", "content": [{"text": "Hi"}]}], **RESERVED
    )["stream"]
    # Without max_tokens the model's maximum output is reserved, which doesn't fit.
    [metadata] = [event["metadata"] for event in stream if "metadata" in event]
    assert metadata["serviceTier"] == {"type": "default"}


def test_openai_s_apis_tell_it(server, control):
    control(
        "PUT",
        "reserved",
        {"modelId": GPT, "inputTokensPerMinute": 1000, "outputTokensPerMinute": 100},
    )
    with openai.OpenAI(base_url=f"{server.url}/openai/v1", api_key=KEY, max_retries=0) as client:
        for asked, limit, served in [
            ("reserved", 100, "reserved"),
            ("reserved", 101, "default"),
            ("flex", 50, "flex"),
        ]:
            chat = client.chat.completions.create(
                model=GPT,
                messages=[{"role": "user", "content": "Hi"}],
                max_completion_tokens=limit,
                extra_body={"service_tier": asked},
            )
            assert chat.service_tier == served
            control(
                "PUT",
                "reserved",
                {"modelId": GPT, "inputTokensPerMinute": 1000, "outputTokensPerMinute": 100},
            )
        reply = client.responses.create(
            model=GPT, input="Hi", max_output_tokens=100, extra_body={"service_tier": "reserved"}
        )
        assert reply.service_tier == "reserved"


def test_a_failed_request_gives_all_back(runtime, control):
    control.faults(internal_server_error=1)
    assert failure(converse, runtime, **RESERVED)[1] == 500
    control.faults()
    left = level(control)
    assert (left["inputAvailable"], left["outputAvailable"]) == (INPUT, OUTPUT)


def test_capacity_is_set_and_taken_away_while_it_runs(runtime, control):
    wanted = {"modelId": PROFILE, "inputTokensPerMinute": 1000, "outputTokensPerMinute": 1000}
    control("PUT", "reserved", wanted)
    assert level(control)["inputAvailable"] == 1000
    control("PUT", "reserved", wanted | {"inputTokensPerMinute": 0, "outputTokensPerMinute": 0})
    assert served_by(converse(runtime, **RESERVED)) == "default"
    for wrong in ({"modelId": PROFILE}, wanted | {"modelId": "acme.rocket"}):
        with pytest.raises(HTTPError) as refused:
            control("PUT", "reserved", wrong)
        assert refused.value.code == 400


# CloudWatch


def sums(server, metric, *dimensions):
    now = datetime.now(timezone.utc)
    reply = Clients(server.control_url)("cloudwatch").get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in reply["Datapoints"])


def test_series_of_tiers_lie_beside_the_plain_one(server, runtime, control):
    converse(runtime)
    converse(runtime, tokens=150, **RESERVED)
    converse(runtime, tokens=300, **RESERVED)
    converse(runtime, serviceTier={"type": "flex"})
    model = ("ModelId", PROFILE)

    def tier(asked, resolved):
        return (model, ("ServiceTier", asked), ("ResolvedServiceTier", resolved))

    for metric, each in [("Invocations", 1), ("InputTokenCount", PROMPT_TOKENS)]:
        assert sums(server, metric, model) == 4 * each, "the whole counts each request once"
        for pair in [("reserved", "reserved"), ("reserved", "default"), ("flex", "flex")]:
            assert sums(server, metric, *tier(*pair)) == each
        assert sums(server, metric, *tier("default", "default")) == 0
    listed = Clients(server.control_url)("cloudwatch").list_metrics(
        Namespace="AWS/Bedrock",
        MetricName="Invocations",
        Dimensions=[{"Name": "ServiceTier", "Value": "reserved"}],
    )["Metrics"]
    found = {
        tuple(sorted((d["Name"], d["Value"]) for d in metric["Dimensions"])) for metric in listed
    }
    assert found == {
        tuple(sorted(tier("reserved", "reserved"))),
        tuple(sorted(tier("reserved", "default"))),
    }


@pytest.mark.parametrize(
    "value", ["x", f"{PROFILE}=1", f"{PROFILE}=1,-1", "=1,1", f"{PROFILE}=a,b"]
)
def test_the_option_says_what_it_takes(run, value):
    done = run("emulate", "--reserved-capacity", value)
    assert done.returncode == 64
    assert "--reserved-capacity takes ID=INPUT,OUTPUT" in done.stderr
