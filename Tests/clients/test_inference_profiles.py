"""Application inference profiles: created, tagged, invoked, deleted; and the one of the built-in account."""

import json
import uuid

import pytest
from aws_clients import Clients, failure, plain
from runtime_calls import OPTIONS, PROFILE, REQUESTS, RPM_CODE, converse
from runtime_families import NOVA
from servers import emulator_fixture, not_through_gateway
from support import REGION

server = emulator_fixture(*OPTIONS, is_still=True)
ACCOUNT = "111122223333"
ARN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:"
SOURCE = f"{ARN}inference-profile/{PROFILE}"
MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-pro-v1:0"
CLAUDES = f"arn:aws:bedrock:{REGION}::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.fixture
def bedrock(server, control):
    return Clients(server.control_url)("bedrock")


@pytest.fixture
def create(bedrock):
    def call(name="team-a", source=SOURCE, **more):
        reply = bedrock.create_inference_profile(
            inferenceProfileName=name, modelSource={"copyFrom": source}, **more
        )
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == 201 and reply["status"] == "ACTIVE"
        return reply["inferenceProfileArn"]

    return call


def listed(bedrock, kind):
    found = bedrock.list_inference_profiles(typeEquals=kind)["inferenceProfileSummaries"]
    return [profile["inferenceProfileArn"] for profile in found]


def test_the_built_in_account_has_one(bedrock, runtime):
    [profile] = bedrock.list_inference_profiles(typeEquals="APPLICATION")[
        "inferenceProfileSummaries"
    ]
    assert (
        profile["status"] == "ACTIVE"
        and "application-inference-profile/" in profile["inferenceProfileArn"]
    )
    for identifier in (profile["inferenceProfileArn"], profile["inferenceProfileId"]):
        assert converse(runtime, identifier)["stopReason"]


@pytest.mark.parametrize("source", [SOURCE, MODEL], ids=["profile", "model"])
def test_one_is_created_and_invoked(bedrock, create, runtime, source):
    arn = create(source=source, description="Team A: chat")
    profile = plain(bedrock.get_inference_profile(inferenceProfileIdentifier=arn))
    assert profile["type"] == "APPLICATION" and profile["inferenceProfileName"] == "team-a"
    assert profile["description"] == "Team A: chat"
    assert profile["inferenceProfileId"] == arn.rpartition("/")[2]
    assert arn in listed(bedrock, "APPLICATION") and arn not in listed(bedrock, "SYSTEM_DEFINED")
    expected = [MODEL] if source == MODEL else None
    assert expected is None or [model["modelArn"] for model in profile["models"]] == expected
    assert converse(runtime, arn)["stopReason"] == "end_turn"
    assert json.loads(runtime.invoke_model(modelId=arn, body=json.dumps(NOVA.body))["body"].read())


def test_it_shares_the_quotas_of_its_source_and_has_metrics_of_its_own(
    server, create, runtime, control
):
    arn = create()
    converse(runtime, arn)
    converse(runtime, PROFILE)
    assert control.used(RPM_CODE) == pytest.approx(2, abs=0.01)
    found = Clients(server.control_url)("cloudwatch").list_metrics(
        Namespace="AWS/Bedrock", MetricName="Invocations"
    )
    dimensions = [d["Value"] for metric in found["Metrics"] for d in metric["Dimensions"]]
    assert arn.rpartition("/")[2] in dimensions and PROFILE in dimensions


def test_a_deleted_one_is_gone(bedrock, create, runtime):
    arn = create()
    converse(runtime, arn)
    bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
    assert failure(converse, runtime, arn)[0] == "ValidationException"
    for call in (bedrock.get_inference_profile, bedrock.delete_inference_profile):
        assert failure(call, inferenceProfileIdentifier=arn)[:2] == (
            "ResourceNotFoundException",
            404,
        )
    assert arn not in listed(bedrock, "APPLICATION")


def test_the_same_token_makes_one_profile(bedrock, create):
    token = uuid.uuid4().hex
    assert create(clientRequestToken=token) == create(clientRequestToken=token)
    assert create() != create()


def test_reset_forgets_what_was_created(bedrock, create, control):
    before = listed(bedrock, "APPLICATION")
    create()
    bedrock.delete_inference_profile(inferenceProfileIdentifier=before[0])
    control.reset()
    assert listed(bedrock, "APPLICATION") == before


@pytest.mark.parametrize(
    "name, source, code",
    [
        ("no/slash", SOURCE, "ValidationException"),
        ("two  spaces", SOURCE, "ValidationException"),
        ("x" * 65, SOURCE, "ValidationException"),
        ("ok", "amazon.nova-pro-v1:0", "ValidationException"),
        ("ok", f"{ARN}application-inference-profile/w4q8z1t6r2ke", "ValidationException"),
        ("ok", f"{ARN}inference-profile/us.acme.rocket-v1:0", "ResourceNotFoundException"),
    ],
)
def test_what_cannot_be_created(server, name, source, code):
    call = Clients(server.control_url)("bedrock", parameter_validation=False).create_inference_profile
    assert failure(call, inferenceProfileName=name, modelSource={"copyFrom": source})[0] == code


def test_system_profiles_cannot_be_deleted(bedrock):
    call = bedrock.delete_inference_profile
    assert failure(call, inferenceProfileIdentifier=PROFILE)[0] == "ValidationException"


# Tags


def tags(bedrock, arn):
    found = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    return {tag["key"]: tag["value"] for tag in found}


def test_tags_come_with_the_profile_and_change(bedrock, create):
    arn = create(tags=[{"key": "team", "value": "a"}])
    bedrock.tag_resource(
        resourceARN=arn, tags=[{"key": "team", "value": "b"}, {"key": "cost", "value": ""}]
    )
    assert tags(bedrock, arn) == {"team": "b", "cost": ""}
    bedrock.untag_resource(resourceARN=arn, tagKeys=["team", "never"])
    assert tags(bedrock, arn) == {"cost": ""}


def test_a_resource_has_at_most_50_tags(bedrock, create):
    arn = create(tags=[{"key": f"k{n}", "value": "v"} for n in range(50)])
    code, status, _ = failure(
        bedrock.tag_resource, resourceARN=arn, tags=[{"key": "one", "value": "v"}]
    )
    assert (code, status) == ("TooManyTagsException", 400)
    assert len(tags(bedrock, arn)) == 50


def test_unknown_resources_have_no_tags(bedrock):
    arn = f"{ARN}application-inference-profile/abcdefghijkl"
    for call, more in [
        (bedrock.list_tags_for_resource, {}),
        (bedrock.tag_resource, {"tags": [{"key": "a", "value": "b"}]}),
        (bedrock.untag_resource, {"tagKeys": ["a"]}),
    ]:
        assert failure(call, resourceARN=arn, **more)[:2] == ("ResourceNotFoundException", 404)


def test_the_quota_limits_how_many_there_are(create, bedrock, control):
    control.quota("L-40EC9882", 2)
    arn = create("second")
    with pytest.raises(bedrock.exceptions.ServiceQuotaExceededException) as refused:
        create("third")
    assert "its quota of 2 inference profiles" in str(refused.value)
    bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
    assert create("third")


@not_through_gateway("it holds what AWS throttles")
def test_one_of_its_own_is_throttled_with_its_source(create, runtime, control):
    arn = create()
    control.quota(RPM_CODE, 2)
    converse(runtime, arn)
    converse(runtime, PROFILE)
    assert failure(converse, runtime, arn) == REQUESTS
