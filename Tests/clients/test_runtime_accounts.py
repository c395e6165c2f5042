"""Invocations in an edited account: an application profile, a quota of concurrent requests."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_clients import failure
from processes import Emulator
from runtime_families import NOVA, PROMPT
from runtime_shapes import RuntimeClients

MODEL = "amazon.nova-pro-v1:0"
PROFILE = f"us.{MODEL}"
RPM_CODE = "L-ED46B8C5"
CONCURRENT_CODE = "L-44704E61"
CONCURRENT_NAME = "On-demand InvokeModel concurrent requests for Amazon Nova Pro"
AT_A_TIME = 2
APPLICATION_ID = "abc123def456"
ARN = "arn:aws:bedrock:us-east-1:111122223333"
APPLICATION = f"{ARN}:application-inference-profile/{APPLICATION_ID}"
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
OPTIONS = ("--latency", "0.5", "--tokens-per-second", "0", "--history", "0")
QUOTA_FILES = ("list-service-quotas.json", "list-aws-default-service-quotas.json")


def edit(file, change):
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def add_application_profile(content):
    profiles = content["inferenceProfileSummaries"]
    [system] = [profile for profile in profiles if profile["inferenceProfileId"] == PROFILE]
    mine = {
        "inferenceProfileName": "mine",
        "inferenceProfileId": APPLICATION_ID,
        "inferenceProfileArn": APPLICATION,
        "type": "APPLICATION",
    }
    profiles.append(system | mine)


def limit_concurrency(content):
    """No model that talks has such a quota, so another one's is renamed."""
    [quota] = [quota for quota in content["Quotas"] if quota["QuotaCode"] == CONCURRENT_CODE]
    quota |= {"QuotaName": CONCURRENT_NAME, "Value": AT_A_TIME}


@pytest.fixture(scope="module")
def server(run, bedquota, environment, tmp_path_factory):
    account = tmp_path_factory.mktemp("record") / "own"
    run.output("record", account, "--emulator")
    edit(account / "list-inference-profiles.json", add_application_profile)
    for name in QUOTA_FILES:
        edit(account / name, limit_concurrency)
    emulator = Emulator(bedquota, environment, "--account", str(account), *OPTIONS)
    yield emulator
    assert emulator.stop() == 0


def converse(runtime, identifier):
    return runtime.converse(modelId=identifier, messages=MESSAGES)


def invoke(runtime, identifier):
    return runtime.invoke_model(modelId=identifier, body=json.dumps(NOVA.body))


@pytest.mark.parametrize("way", [converse, invoke])
def test_an_application_profile_shares_the_quota_of_its_source(runtime, control, way):
    control.quota(RPM_CODE, 2)
    converse(runtime, PROFILE)
    way(runtime, APPLICATION)
    for identifier in (PROFILE, APPLICATION):
        assert failure(way, runtime, identifier)[:2] == ("ThrottlingException", 429)
    converse(runtime, MODEL)


def converses(runtime):
    """Whether it was accepted; throttling must have the text of too many requests."""
    try:
        converse(runtime, MODEL)
    except runtime.exceptions.ThrottlingException as error:
        assert error.response["Error"]["Message"].startswith("Too many requests, please wait")
        return False
    return True


def test_requests_at_a_time(server, control):
    """Of six concurrent requests two are accepted; when they have ended, two more."""
    runtime = RuntimeClients(server.url).runtime(max_pool_connections=8)
    for _ in range(2):
        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(lambda _: converses(runtime), range(6))) == AT_A_TIME
        assert control.in_flight() == 0
    control.quota(CONCURRENT_CODE, 0)
    assert not converses(runtime)
