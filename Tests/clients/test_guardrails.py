"""Guardrails: made, versioned, applied; their quotas per second, and their metrics."""

from datetime import datetime, timedelta, timezone

import pytest
from aws_clients import Clients, failure, plain
from runtime_calls import OPTIONS, REQUESTS
from servers import emulator_fixture

REQUESTS_CODE, CONTENT_CODE = "L-9072D6F0", "L-01F3CD81"
BLOCKED = "I can't talk about that."
POLICIES = {
    "topicPolicyConfig": {
        "topicsConfig": [
            {
                "name": "Stocks",
                "definition": "Advice on shares.",
                "examples": ["buy shares"],
                "type": "DENY",
            }
        ]
    },
    "contentPolicyConfig": {
        "filtersConfig": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "LOW"}]
    },
    "wordPolicyConfig": {
        "wordsConfig": [{"text": "rocket"}, {"text": "moon base", "inputAction": "NONE"}]
    },
    "sensitiveInformationPolicyConfig": {
        "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}],
        "regexesConfig": [{"name": "id", "pattern": "[0-9]+", "action": "BLOCK"}],
    },
    "contextualGroundingPolicyConfig": {"filtersConfig": [{"type": "GROUNDING", "threshold": 0.5}]},
}
server = emulator_fixture(*OPTIONS, is_still=True)


@pytest.fixture
def bedrock(server, control):
    return Clients(server.control_url)("bedrock")


@pytest.fixture
def create(bedrock):
    def call(name="house-rules", policies=POLICIES, **more):
        reply = bedrock.create_guardrail(
            name=name,
            blockedInputMessaging=BLOCKED,
            blockedOutputsMessaging="That was blocked.",
            **policies,
            **more,
        )
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == 202 and reply["version"] == "DRAFT"
        return reply

    return call


@pytest.fixture
def apply(server, create):
    """Applies a guardrail, by default one with all policies."""
    runtime = Clients(server.url)("bedrock-runtime")
    made = create()

    def call(*texts, source="INPUT", guardrail=made["guardrailId"], version="DRAFT", content=None):
        return runtime.apply_guardrail(
            guardrailIdentifier=guardrail,
            guardrailVersion=version,
            source=source,
            content=content or [{"text": {"text": text}} for text in texts],
        )

    call.made = made
    return call


# The control plane


def test_it_is_shown_as_it_was_made(bedrock, create):
    made = create(description="For the house", tags=[{"key": "team", "value": "a"}])
    for identifier in (made["guardrailId"], made["guardrailArn"]):
        shown = plain(bedrock.get_guardrail(guardrailIdentifier=identifier))
        assert shown["status"] == "READY" and shown["description"] == "For the house"
        assert shown["topicPolicy"]["topics"] == POLICIES["topicPolicyConfig"]["topicsConfig"]
        assert shown["wordPolicy"]["words"] == POLICIES["wordPolicyConfig"]["wordsConfig"]
        assert shown["sensitiveInformationPolicy"]["piiEntities"][0]["type"] == "EMAIL"
        assert shown["contextualGroundingPolicy"]["filters"] == [
            {"type": "GROUNDING", "threshold": 0.5}
        ]
    found = bedrock.list_tags_for_resource(resourceARN=made["guardrailArn"])["tags"]
    assert found == [{"key": "team", "value": "a"}]


def test_versions_keep_what_the_draft_was(bedrock, create):
    identifier = create()["guardrailId"]
    version = bedrock.create_guardrail_version(guardrailIdentifier=identifier)["version"]
    bedrock.update_guardrail(
        guardrailIdentifier=identifier,
        name="new-rules",
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
        wordPolicyConfig={"wordsConfig": [{"text": "moon"}]},
    )
    assert (
        version,
        bedrock.create_guardrail_version(guardrailIdentifier=identifier)["version"],
    ) == ("1", "2")
    old = bedrock.get_guardrail(guardrailIdentifier=identifier, guardrailVersion="1")
    new = bedrock.get_guardrail(guardrailIdentifier=identifier, guardrailVersion="2")
    assert (old["name"], new["name"]) == ("house-rules", "new-rules")
    assert "topicPolicy" in old and "topicPolicy" not in new
    listed = bedrock.list_guardrails(guardrailIdentifier=identifier)["guardrails"]
    assert [item["version"] for item in listed] == ["DRAFT", "1", "2"]
    bedrock.delete_guardrail(guardrailIdentifier=identifier, guardrailVersion="1")
    call = bedrock.get_guardrail
    assert failure(call, guardrailIdentifier=identifier, guardrailVersion="1")[:2] == (
        "ResourceNotFoundException",
        404,
    )
    bedrock.delete_guardrail(guardrailIdentifier=identifier, guardrailVersion="2")
    third = bedrock.create_guardrail_version(guardrailIdentifier=identifier)["version"]
    assert third == "3", "numbers of deleted versions aren't given again"
    bedrock.delete_guardrail(guardrailIdentifier=identifier)
    assert failure(call, guardrailIdentifier=identifier)[:2] == ("ResourceNotFoundException", 404)


def test_lists_come_in_pages(bedrock, create):
    names = [f"rules-{number}" for number in range(5)]
    for name in names:
        create(name)
    pages = bedrock.get_paginator("list_guardrails").paginate(PaginationConfig={"PageSize": 2})
    sizes = [[item["name"] for item in page["guardrails"]] for page in pages]
    assert sizes == [names[:2], names[2:4], names[4:]]


def test_what_cannot_be_made(bedrock, create, control):
    create()
    assert failure(create)[:2] == ("ConflictException", 400)
    assert failure(create, "empty", {})[0] == "ValidationException"
    unchecked = Clients(bedrock.meta.endpoint_url)("bedrock", parameter_validation=False)
    assert failure(unchecked.create_guardrail, name="x")[0] == "ValidationException"
    control.quota("L-0E5A840C", 1)
    code, status, message = failure(create, "second")
    assert (code, status) == (
        "ServiceQuotaExceededException",
        400,
    ) and "quota of 1 guardrails" in message


def test_the_same_token_makes_one(create):
    made = [
        create(clientRequestToken="once-and-only-once-0123456789abcdef")["guardrailId"]
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_the_quota_of_versions(bedrock, create, control):
    control.quota("L-D471AEAB", 1)
    identifier = create()["guardrailId"]
    bedrock.create_guardrail_version(guardrailIdentifier=identifier)
    code = failure(bedrock.create_guardrail_version, guardrailIdentifier=identifier)[0]
    assert code == "ServiceQuotaExceededException"


# Applying


def test_harmless_text_passes(apply):
    reply = apply("Hello, world.")
    assert (reply["action"], reply["outputs"]) == ("NONE", [])
    assert reply["usage"] == {
        "topicPolicyUnits": 1,
        "contentPolicyUnits": 1,
        "wordPolicyUnits": 1,
        "sensitiveInformationPolicyUnits": 1,
        "sensitiveInformationPolicyFreeUnits": 1,
        "contextualGroundingPolicyUnits": 0,
        "contentPolicyImageUnits": 0,
        "automatedReasoningPolicyUnits": 0,
    }
    assert reply["guardrailCoverage"]["textCharacters"] == {"guarded": 13, "total": 13}


@pytest.mark.parametrize("length, units", [(0, 0), (1, 1), (1000, 1), (1001, 2), (2500, 3)])
def test_a_unit_has_a_thousand_characters(apply, length, units):
    assert apply("é" * length)["usage"]["contentPolicyUnits"] == units


@pytest.mark.parametrize(
    "text, policy, found",
    [
        ("A Rocket!", "wordPolicy", ("customWords", "match", "rocket")),
        ("Should I buy shares now?", "topicPolicy", ("topics", "name", "Stocks")),
    ],
)
def test_what_is_denied_is_blocked(apply, text, policy, found):
    reply = apply(text)
    assert (reply["action"], reply["outputs"]) == ("GUARDRAIL_INTERVENED", [{"text": BLOCKED}])
    kind, member, value = found
    [finding] = reply["assessments"][0][policy][kind]
    assert (finding[member], finding["action"]) == (value, "BLOCKED")
    assert apply(text, source="OUTPUT")["outputs"] == [{"text": "That was blocked."}]


def test_words_are_whole_and_actions_follow_the_source(apply):
    assert apply("Skyrockets")["action"] == "NONE"
    assert apply("The moon base")["action"] == "NONE"
    assert apply("The moon base", source="OUTPUT")["action"] == "GUARDRAIL_INTERVENED"


def test_addresses_are_masked(apply):
    reply = apply("Write to ann@example.org.", "And wait.")
    assert reply["outputs"] == [{"text": "Write to {EMAIL}."}, {"text": "And wait."}]
    [found] = reply["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"]
    assert (found["match"], found["action"]) == ("ann@example.org", "ANONYMIZED")


def test_qualifiers_say_what_is_guarded(apply):
    content = [
        {"text": {"text": "rocket " * 200, "qualifiers": ["grounding_source"]}},
        {"text": {"text": "Why?", "qualifiers": ["query"]}},
        {"text": {"text": "Because.", "qualifiers": ["guard_content"]}},
    ]
    reply = apply(content=content, source="OUTPUT")
    assert reply["action"] == "NONE"
    assert reply["usage"]["contentPolicyUnits"] == 1
    assert reply["usage"]["contextualGroundingPolicyUnits"] == 2
    assert reply["guardrailCoverage"]["textCharacters"] == {"guarded": 8, "total": 1412}


def test_a_version_is_applied(apply, bedrock):
    identifier = apply.made["guardrailId"]
    bedrock.create_guardrail_version(guardrailIdentifier=identifier)
    details = apply("Hi", version="1")["assessments"][0]["appliedGuardrailDetails"]
    assert (details["guardrailId"], details["guardrailVersion"]) == (identifier, "1")
    assert apply("Hi", guardrail=apply.made["guardrailArn"])["action"] == "NONE"
    for unknown in ({"version": "2"}, {"guardrail": "abcdefghijkl"}):
        assert failure(apply, "Hi", **unknown)[:2] == ("ResourceNotFoundException", 404)


# Quotas


def test_requests_per_second(apply, control):
    control.quota(REQUESTS_CODE, 2)
    apply("one")
    apply("two")
    assert failure(apply, "three") == REQUESTS
    control.advance(0.5)
    apply("three")
    assert failure(apply, "four") == REQUESTS


def test_units_per_second_of_each_policy(apply, control):
    control.quota(CONTENT_CODE, 5)
    apply("x" * 3000)
    assert failure(apply, "x" * 2001) == REQUESTS
    apply("x" * 2000)
    control.advance(1)
    assert failure(apply, "x" * 5001) == REQUESTS, "what is above the quota never fits"
    control.quota(CONTENT_CODE, 0)
    assert failure(apply, "x") == REQUESTS


def test_a_refused_request_takes_nothing(apply, control):
    control.quota(CONTENT_CODE, 1)
    control.quota(REQUESTS_CODE, 3)
    for _ in range(5):
        failure(apply, "x" * 1001)
    apply("x")
    assert failure(apply, "x") == REQUESTS
    apply("")


def test_the_standard_tier_does_not_draw_on_the_classic_one(create, apply, control):
    """The built-in account has no quota of the standard tier, so nothing limits it there."""
    policy = POLICIES["contentPolicyConfig"] | {"tierConfig": {"tierName": "STANDARD"}}
    made = create("standard", {"contentPolicyConfig": policy})
    control.quota(CONTENT_CODE, 0)
    assert failure(apply, "x") == REQUESTS
    assert apply("x", guardrail=made["guardrailId"])["action"] == "NONE"


# CloudWatch


def test_metrics(server, apply, control):
    apply("Hello.")
    apply("A rocket", source="OUTPUT")
    control.quota(REQUESTS_CODE, 0)
    failure(apply, "Hello.")
    failure(apply, "Hello.", version="7")
    now = datetime.now(timezone.utc)
    cloudwatch = Clients(server.control_url)("cloudwatch")

    def total(metric, **dimensions):
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/Bedrock/Guardrails",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    operation = {"Operation": "ApplyGuardrail"}
    expected = {
        "Invocations": 2,
        "InvocationsIntervened": 1,
        "InvocationThrottles": 1,
        "InvocationClientErrors": 1,
    }
    assert {name: total(name, **operation) for name in expected} == expected
    assert total("TextUnitCount", **operation) == 9
    assert total("TextUnitCount", GuardrailPolicyType="ContentPolicy") == 2
    assert total("Invocations", GuardrailContentSource="Output") == 1
    assert (
        total("Invocations", GuardrailArn=apply.made["guardrailArn"], GuardrailVersion="DRAFT") == 2
    )
