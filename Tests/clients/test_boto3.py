"""boto3 reads an account through the emulator and gets exactly what the account folder holds."""

import random
import re

import pytest
from aws_clients import failure, plain

LISTS = ["list_service_quotas", "list_aws_default_service_quotas"]


def pages(client, operation, size=None, **arguments):
    paging = {"PageSize": size} if size else {}
    return [
        plain(page)
        for page in client.get_paginator(operation).paginate(PaginationConfig=paging, **arguments)
    ]


@pytest.mark.parametrize("size", [1, 7, 50, 99, 100, None])
@pytest.mark.parametrize("operation", LISTS)
def test_every_page_size_gives_the_recorded_quotas(clients, served_account, operation, size):
    found = pages(clients("service-quotas"), operation, size, ServiceCode="bedrock")
    recorded = served_account.applied if operation == LISTS[0] else served_account.defaults
    assert [quota for page in found for quota in page["Quotas"]] == recorded
    assert all(len(page["Quotas"]) <= (size or 100) for page in found)


def test_quotas_one_by_one(clients, served_account):
    get = clients("service-quotas").get_service_quota
    seed = 20260801
    for quota in random.Random(seed).sample(served_account.applied, 20):
        assert plain(get(ServiceCode="bedrock", QuotaCode=quota["QuotaCode"])) == {"Quota": quota}


def test_a_quota_with_only_a_default_has_no_applied_value(clients, served_account):
    applied = {quota["QuotaCode"] for quota in served_account.applied}
    default_only = sorted(set(served_account.union) - applied)
    assert default_only, "the account should hold a default-only quota"
    for code in default_only[:3]:
        error, _, _ = failure(
            clients("service-quotas").get_service_quota, ServiceCode="bedrock", QuotaCode=code
        )
        assert error == "NoSuchResourceException"


@pytest.mark.parametrize(
    "service, code", [("bedrock", "L-00000000"), ("no-such-service", "L-00000000")]
)
def test_unknown_quotas(clients, service, code):
    get = clients("service-quotas").get_service_quota
    assert failure(get, ServiceCode=service, QuotaCode=code)[0] == "NoSuchResourceException"


@pytest.mark.parametrize("operation", LISTS)
def test_unknown_service_codes(clients, operation):
    call = getattr(clients("service-quotas"), operation)
    assert failure(call, ServiceCode="no-such-service")[0] == "NoSuchResourceException"


@pytest.mark.parametrize("size", [0, 101])
@pytest.mark.parametrize("operation", LISTS)
def test_page_sizes_out_of_range(clients, operation, size):
    call = getattr(clients("service-quotas", parameter_validation=False), operation)
    code, status, _ = failure(call, ServiceCode="bedrock", MaxResults=size)
    assert code in {"IllegalArgumentException", "ValidationException"}
    assert status == 400


@pytest.mark.parametrize("operation", LISTS)
def test_a_token_that_was_never_given(clients, operation):
    call = getattr(clients("service-quotas"), operation)
    code, _, _ = failure(call, ServiceCode="bedrock", NextToken="bm90IGEgdG9rZW4=")
    assert code == "InvalidPaginationTokenException"


def test_all_models(clients, served_account):
    reply = plain(clients("bedrock").list_foundation_models())
    assert reply == {"modelSummaries": served_account.models}


def test_models_by_provider(clients, served_account):
    bedrock = clients("bedrock")
    for provider in sorted({model["providerName"] for model in served_account.models}):
        if not re.fullmatch("[A-Za-z0-9- ]{1,63}", provider):
            continue  # botocore's model forbids asking for it, as for "Z.AI"
        expected = [model for model in served_account.models if model["providerName"] == provider]
        for spelling in (provider, provider.lower()):
            assert plain(bedrock.list_foundation_models(byProvider=spelling)) == {
                "modelSummaries": expected
            }
    assert bedrock.list_foundation_models(byProvider="Nobody")["modelSummaries"] == []


@pytest.mark.parametrize(
    "argument, member, values",
    [
        ("byOutputModality", "outputModalities", ["TEXT", "IMAGE", "EMBEDDING"]),
        ("byInferenceType", "inferenceTypesSupported", ["ON_DEMAND", "PROVISIONED"]),
        ("byCustomizationType", "customizationsSupported", ["FINE_TUNING", "DISTILLATION"]),
    ],
)
def test_models_by_what_they_support(clients, served_account, argument, member, values):
    for value in values:
        expected = [model for model in served_account.models if value in model.get(member, [])]
        reply = plain(clients("bedrock").list_foundation_models(**{argument: value}))
        assert reply == {"modelSummaries": expected}


def test_filters_together(clients, served_account):
    reply = clients("bedrock").list_foundation_models(
        byProvider="Amazon", byOutputModality="EMBEDDING"
    )
    assert [model["modelId"] for model in reply["modelSummaries"]] == [
        model["modelId"]
        for model in served_account.models
        if model["providerName"] == "Amazon" and "EMBEDDING" in model["outputModalities"]
    ]


def test_a_filter_value_outside_the_enum(clients):
    call = clients("bedrock").list_foundation_models
    assert failure(call, byOutputModality="SMELL")[:2] == ("ValidationException", 400)


def test_models_one_by_one(clients, served_account):
    get = clients("bedrock").get_foundation_model
    for model in served_account.models:
        for identifier in (model["modelId"], model["modelArn"]):
            assert plain(get(modelIdentifier=identifier)) == {"modelDetails": model}


def test_an_unknown_model(clients):
    call = clients("bedrock").get_foundation_model
    code, _, _ = failure(call, modelIdentifier="acme.rocket-9-v1:0")
    assert code in {"ResourceNotFoundException", "ValidationException"}


@pytest.mark.parametrize("size", [1, 7, 1000, None])
def test_all_profiles(clients, served_account, size):
    found = pages(clients("bedrock"), "list_inference_profiles", size)
    profiles = [profile for page in found for profile in page["inferenceProfileSummaries"]]
    assert profiles == served_account.profiles
    assert size is None or all(len(page["inferenceProfileSummaries"]) <= size for page in found)


@pytest.mark.parametrize("kind", ["SYSTEM_DEFINED", "APPLICATION"])
def test_profiles_by_type(clients, served_account, kind):
    found = pages(clients("bedrock"), "list_inference_profiles", 10, typeEquals=kind)
    profiles = [profile for page in found for profile in page["inferenceProfileSummaries"]]
    assert profiles == [profile for profile in served_account.profiles if profile["type"] == kind]


def test_profiles_one_by_one(clients, served_account):
    get = clients("bedrock").get_inference_profile
    for profile in served_account.profiles:
        for identifier in (profile["inferenceProfileId"], profile["inferenceProfileArn"]):
            assert plain(get(inferenceProfileIdentifier=identifier)) == profile


def test_an_unknown_profile(clients):
    call = clients("bedrock").get_inference_profile
    code, status, _ = failure(call, inferenceProfileIdentifier="us.acme.rocket-9-v1:0")
    assert (code, status) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(
    "arguments", [{"maxResults": 0}, {"maxResults": 1001}, {"nextToken": "never-given"}]
)
def test_profile_pages_that_cannot_be(clients, arguments):
    call = clients("bedrock", parameter_validation=False).list_inference_profiles
    assert failure(call, **arguments)[:2] == ("ValidationException", 400)


def test_who_am_i(clients, served_account):
    identity = plain(clients("sts").get_caller_identity())
    assert set(identity) == {"UserId", "Account", "Arn"}
    assert identity["Account"] == served_account.account_id
    assert re.match(f"arn:aws:(iam|sts)::{identity['Account']}:", identity["Arn"])


def test_every_operation_is_judged_by_its_model(clients, served_account):
    """Checks the check: without the hook, no shape above would have been compared."""
    quotas, bedrock = clients("service-quotas"), clients("bedrock")
    quotas.list_service_quotas(ServiceCode="bedrock")
    quotas.list_aws_default_service_quotas(ServiceCode="bedrock")
    quotas.get_service_quota(
        ServiceCode="bedrock", QuotaCode=served_account.applied[0]["QuotaCode"]
    )
    bedrock.list_foundation_models()
    bedrock.get_foundation_model(modelIdentifier=served_account.models[0]["modelId"])
    bedrock.list_inference_profiles()
    identifier = served_account.profiles[0]["inferenceProfileId"]
    bedrock.get_inference_profile(inferenceProfileIdentifier=identifier)
    clients("sts").get_caller_identity()
    assert len(set(clients.replies)) == 8
