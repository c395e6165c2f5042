"""boto3 asks for more quota, and lists Provisioned Throughputs."""

import json
import shutil
from datetime import datetime, timezone

import pytest
from aws_clients import Clients, failure, plain
from processes import Emulator
from support import ACCOUNT_FILES, PROVISIONED_FILE

OPEN_REQUESTS_MAX = 20


@pytest.fixture
def own(bedquota, environment, built_in_account):
    """Clients of an emulator that no other test sees."""
    server = Emulator(bedquota, environment, *built_in_account.options)
    yield Clients(server.url)
    assert server.stop() == 0


@pytest.fixture(scope="module")
def adjustable(built_in_account) -> list[dict]:
    """Adjustable quotas, each with the value that counts and the one to ask for."""
    defaults = {quota["QuotaCode"]: quota["Value"] for quota in built_in_account.defaults}
    return [
        quota | {"Desired": max(quota["Value"], defaults[quota["QuotaCode"]]) + 1}
        for quota in built_in_account.applied
        if quota["Adjustable"]
    ]


def ask(client, quota, **arguments):
    named = {"ServiceCode": "bedrock", "QuotaCode": quota["QuotaCode"]}
    named["DesiredValue"] = quota["Desired"]
    return client.request_service_quota_increase(**named | arguments)["RequestedQuota"]


def codes(client, size=None, operation="list_requested_service_quota_change_history", **arguments):
    paginator = client.get_paginator(operation)
    pages = paginator.paginate(PaginationConfig={"PageSize": size} if size else {}, **arguments)
    return [request["QuotaCode"] for page in pages for request in page["RequestedQuotas"]]


def test_an_increase_is_requested(own, adjustable, built_in_account):
    quotas, quota = own("service-quotas"), adjustable[0]
    before = datetime.now(timezone.utc)
    request = ask(quotas, quota)
    assert request["Status"] == "PENDING"
    assert request["DesiredValue"] == quota["Desired"]
    for member in ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "Unit"):
        assert request[member] == quota[member]
    assert request["GlobalQuota"] is False
    assert request["QuotaRequestedAtLevel"] == "ACCOUNT"
    assert abs((request["Created"] - before).total_seconds()) < 60
    assert request["LastUpdated"] == request["Created"]
    account = built_in_account.account_id
    assert json.loads(request["Requester"]) == {
        "accountId": account,
        "callerArn": f"arn:aws:iam::{account}:user/emulator",
    }
    found = quotas.get_requested_service_quota_change(RequestId=request["Id"])
    assert found["RequestedQuota"] == request
    applied = quotas.get_service_quota(ServiceCode="bedrock", QuotaCode=quota["QuotaCode"])
    assert applied["Quota"]["Value"] == quota["Value"], "asking alone changes nothing"


def test_one_open_request_per_quota(own, adjustable):
    quotas = own("service-quotas")
    ask(quotas, adjustable[0])
    code, status, message = failure(ask, quotas, adjustable[0])
    assert (code, status) == ("ResourceAlreadyExistsException", 400)
    assert message == "Only one open service quota increase request is allowed per quota."


def test_as_many_open_requests_as_an_account_may_have(own, adjustable):
    quotas = own("service-quotas")
    assert len(adjustable) > OPEN_REQUESTS_MAX
    for quota in adjustable[:OPEN_REQUESTS_MAX]:
        ask(quotas, quota)
    assert failure(ask, quotas, adjustable[OPEN_REQUESTS_MAX])[0] == "QuotaExceededException"


def test_without_a_support_case(own, adjustable):
    quotas = own("service-quotas")
    assert ask(quotas, adjustable[0], SupportCaseAllowed=False)["Status"] == "NOT_APPROVED"
    assert ask(quotas, adjustable[0], SupportCaseAllowed=True)["Status"] == "PENDING"


@pytest.mark.parametrize("size", [1, 2, 100, None])
def test_the_history_both_ways(own, adjustable, size):
    quotas = own("service-quotas")
    first, second, third = adjustable[:3]
    ask(quotas, first, SupportCaseAllowed=False)
    for quota in (second, third, first):
        ask(quotas, quota)
    newest_first = [quota["QuotaCode"] for quota in (first, third, second, first)]
    assert codes(quotas, size) == newest_first
    assert codes(quotas, size, ServiceCode="bedrock", Status="PENDING") == newest_first[:3]
    assert codes(quotas, size, Status="NOT_APPROVED") == [first["QuotaCode"]]
    assert codes(quotas, size, QuotaRequestedAtLevel="RESOURCE") == []
    assert codes(quotas, size, QuotaRequestedAtLevel="ALL") == newest_first
    of_one = {"ServiceCode": "bedrock", "QuotaCode": first["QuotaCode"]}
    by_quota = "list_requested_service_quota_change_history_by_quota"
    assert codes(quotas, size, by_quota, **of_one) == [first["QuotaCode"]] * 2
    assert codes(quotas, size, by_quota, **of_one, Status="APPROVED") == []


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"QuotaCode": "L-00000000"}, "NoSuchResourceException"),
        ({"ServiceCode": "no-such-service"}, "NoSuchResourceException"),
        ({"DesiredValue": 0}, "IllegalArgumentException"),
        ({"DesiredValue": -1}, "IllegalArgumentException"),
        ({"DesiredValue": 1e11}, "IllegalArgumentException"),
        ({"DesiredValue": float("nan")}, "SerializationException"),
        ({"DesiredValue": float("inf")}, "SerializationException"),
        ({"ContextId": "arn:aws:bedrock:us-east-1::x"}, "IllegalArgumentException"),
    ],
)
def test_requests_that_cannot_be(clients, served_account, change, expected):
    quota = next(quota for quota in served_account.applied if quota["Adjustable"])
    client = clients("service-quotas", parameter_validation=False)
    assert failure(ask, client, quota | {"Desired": 1e10}, **change)[:2] == (expected, 400)


@pytest.mark.parametrize("missing", ["ServiceCode", "QuotaCode", "DesiredValue"])
def test_a_part_is_missing(clients, served_account, missing):
    code = served_account.applied[0]["QuotaCode"]
    arguments = {"ServiceCode": "bedrock", "QuotaCode": code, "DesiredValue": 1e10}
    del arguments[missing]
    call = clients("service-quotas", parameter_validation=False).request_service_quota_increase
    expected = ("IllegalArgumentException", 400, f"{missing} is required.")
    assert failure(call, **arguments) == expected


def test_an_increase_must_be_one(clients, served_account):
    """More than the current value, no less than the default, and of an adjustable quota."""
    quotas = clients("service-quotas")
    defaults = {quota["QuotaCode"]: quota["Value"] for quota in served_account.defaults}
    fixed = next(quota for quota in served_account.applied if not quota["Adjustable"])
    code, _, message = failure(ask, quotas, fixed | {"Desired": fixed["Value"] + 1})
    assert code == "IllegalArgumentException" and "not adjustable" in message
    for quota in [quota for quota in served_account.applied if quota["Adjustable"]][:50]:
        least = max(quota["Value"], defaults[quota["QuotaCode"]])
        refused = {quota["Value"], quota["Value"] / 2, least - 1 if least > quota["Value"] else 0}
        for value in refused:
            code, _, message = failure(ask, quotas, quota | {"Desired": value})
            assert code == "IllegalArgumentException"
            # AWS's words: github.com/cloud-custodian/cloud-custodian/pull/8939.
            low = "You must provide a quota value greater than the current quota value."
            assert message == low if value <= quota["Value"] else "default" in message


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ({"MaxResults": 0}, "IllegalArgumentException"),
        ({"MaxResults": 101}, "IllegalArgumentException"),
        ({"Status": "OPEN"}, "IllegalArgumentException"),
        ({"QuotaRequestedAtLevel": "REGION"}, "IllegalArgumentException"),
        ({"NextToken": "bm90IGEgdG9rZW4="}, "InvalidPaginationTokenException"),
        ({"ServiceCode": "no-such-service"}, "NoSuchResourceException"),
    ],
)
def test_histories_that_cannot_be(clients, served_account, arguments, expected):
    client = clients("service-quotas", parameter_validation=False)
    call = client.list_requested_service_quota_change_history
    assert failure(call, **arguments)[:2] == (expected, 400)
    by_quota = client.list_requested_service_quota_change_history_by_quota
    of_one = {"ServiceCode": "bedrock", "QuotaCode": served_account.applied[0]["QuotaCode"]}
    assert failure(by_quota, **of_one | arguments)[:2] == (expected, 400)


def test_a_request_that_nobody_made(clients):
    call = clients("service-quotas").get_requested_service_quota_change
    assert failure(call, RequestId="nobody")[:2] == ("NoSuchResourceException", 400)


def test_defaults_one_by_one(clients, served_account):
    get = clients("service-quotas").get_aws_default_service_quota
    for quota in served_account.defaults[:: max(1, len(served_account.defaults) // 20)]:
        reply = get(ServiceCode="bedrock", QuotaCode=quota["QuotaCode"])
        assert plain(reply) == {"Quota": quota}
    error, _, _ = failure(get, ServiceCode="bedrock", QuotaCode="L-00000000")
    assert error == "NoSuchResourceException"


def throughput(number: int, **members) -> dict:
    model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:300k"
    account = "arn:aws:bedrock:us-east-1:111122223333"
    created = f"2026-{number + 1:02}-01T00:00:00+00:00"
    return {
        "provisionedModelName": f"model-{number}",
        "provisionedModelArn": f"{account}:provisioned-model/{number:012}",
        "modelArn": model,
        "desiredModelArn": model,
        "foundationModelArn": model,
        "modelUnits": number + 1,
        "desiredModelUnits": number + 1,
        "status": "InService",
        "creationTime": created,
        "lastModifiedTime": created,
    } | members


THROUGHPUTS = [
    throughput(2, commitmentDuration="OneMonth", commitmentExpirationTime="2026-04-01T00:00:00Z"),
    throughput(0, status="Creating"),
    throughput(3, status="Failed"),
    throughput(1, status="Updating"),
    throughput(4, modelArn="arn:aws:bedrock:us-east-1:111122223333:custom-model/a.b/abcdefghijkl"),
]


@pytest.fixture(scope="module")
def provisioned(bedquota, environment, built_in_account, tmp_path_factory):
    """Bedrock in an account that has all kinds of Provisioned Throughputs."""
    directory = tmp_path_factory.mktemp("provisioned")
    for file in ACCOUNT_FILES:
        shutil.copy(built_in_account.directory / file, directory)
    text = json.dumps({"provisionedModelSummaries": THROUGHPUTS})
    (directory / PROVISIONED_FILE).write_text(text, encoding="utf-8")
    server = Emulator(bedquota, environment, "--account", str(directory))
    yield Clients(server.url)
    assert server.stop() == 0


def listed(client, size=None, **arguments):
    paging = {"PageSize": size} if size else {}
    paginator = client.get_paginator("list_provisioned_model_throughputs")
    pages = [plain(page) for page in paginator.paginate(PaginationConfig=paging, **arguments)]
    assert all(len(page["provisionedModelSummaries"]) <= (size or 1000) for page in pages)
    return [summary for page in pages for summary in page["provisionedModelSummaries"]]


def numbers(summaries) -> list[int]:
    return [int(summary["provisionedModelName"].removeprefix("model-")) for summary in summaries]


@pytest.mark.parametrize("size", [1, 2, 1000, None])
def test_all_provisioned_throughputs(provisioned, size):
    summaries = listed(provisioned("bedrock"), size)
    assert numbers(summaries) == [2, 0, 3, 1, 4]
    assert summaries[1] == THROUGHPUTS[1]


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ({"sortOrder": "Ascending"}, [0, 1, 2, 3, 4]),
        ({"sortBy": "CreationTime", "sortOrder": "Descending"}, [4, 3, 2, 1, 0]),
        ({"statusEquals": "InService"}, [2, 4]),
        ({"statusEquals": "Failed"}, [3]),
        ({"nameContains": "-3"}, [3]),
        ({"nameContains": "nobody"}, []),
        ({"modelArnEquals": THROUGHPUTS[4]["modelArn"]}, [4]),
        ({"creationTimeAfter": datetime(2026, 3, 1, tzinfo=timezone.utc)}, [3, 4]),
        ({"creationTimeBefore": datetime(2026, 2, 1, 0, 0, 1, tzinfo=timezone.utc)}, [0, 1]),
    ],
)
def test_filters_and_order(provisioned, arguments, expected):
    for size in (1, None):
        assert numbers(listed(provisioned("bedrock"), size, **arguments)) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        {"maxResults": 0},
        {"maxResults": 1001},
        {"nextToken": "never-given"},
        {"statusEquals": "Ready"},
        {"sortBy": "Name"},
        {"sortOrder": "Up"},
    ],
)
def test_throughput_pages_that_cannot_be(provisioned, arguments):
    client = provisioned("bedrock", parameter_validation=False)
    call = client.list_provisioned_model_throughputs
    assert failure(call, **arguments)[:2] == ("ValidationException", 400)


def test_throughputs_one_by_one(provisioned):
    get = provisioned("bedrock").get_provisioned_model_throughput
    for summary in listed(provisioned("bedrock")):
        arn = summary["provisionedModelArn"]
        for reference in (arn, arn.split("/")[1], summary["provisionedModelName"]):
            reply = plain(get(provisionedModelId=reference))
            assert bool(reply.pop("failureMessage", None)) == (summary["status"] == "Failed")
            assert reply == summary


def test_an_unknown_throughput(provisioned):
    call = provisioned("bedrock").get_provisioned_model_throughput
    assert failure(call, provisionedModelId="nobody")[:2] == ("ResourceNotFoundException", 404)


def test_the_account_of_the_file(own, built_in_account):
    """The built-in account has two; `record` saved them as the AWS CLI prints them."""
    recorded = built_in_account.provisioned
    assert listed(own("bedrock")) == recorded
    assert [summary["status"] for summary in recorded] == ["InService", "Creating"]


def test_an_account_without_the_file(bedquota, environment, built_in_account, tmp_path):
    for file in ACCOUNT_FILES:
        shutil.copy(built_in_account.directory / file, tmp_path)
    server = Emulator(bedquota, environment, "--account", str(tmp_path))
    try:
        assert listed(Clients(server.url)("bedrock")) == []
    finally:
        server.stop()


def test_every_operation_is_judged_by_its_model(own, adjustable):
    """Guards the guard, as in test_boto3."""
    quotas, bedrock = own("service-quotas"), own("bedrock")
    request = ask(quotas, adjustable[0])
    quotas.get_requested_service_quota_change(RequestId=request["Id"])
    of_one = {"ServiceCode": "bedrock", "QuotaCode": adjustable[0]["QuotaCode"]}
    quotas.list_requested_service_quota_change_history()
    quotas.list_requested_service_quota_change_history_by_quota(**of_one)
    quotas.get_aws_default_service_quota(**of_one)
    summaries = bedrock.list_provisioned_model_throughputs()["provisionedModelSummaries"]
    arn = summaries[0]["provisionedModelArn"]
    bedrock.get_provisioned_model_throughput(provisionedModelId=arn)
    assert len(set(own.replies)) == 7
