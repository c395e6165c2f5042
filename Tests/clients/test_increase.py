"""Quota increases: the plan, the question before anything is sent, AWS's refusals, and what became of requests."""

import json
import shlex
import signal
import subprocess
import threading

import pytest
from account_server import PROFILE, RPM, TPM, AccountServer
from aws_clients import Clients, failure
from emulator_control import Control
from metric_days import ago
from recording_proxy import proxy  # noqa: F401
from runtime_calls import OPTIONS, TPM_CODE, converse, failure_or_none
from runtime_calls import PROFILE as NOVA
from runtime_shapes import RuntimeClients
from shapes import check_request
from servers import emulator_fixture
from support import aws_command, with_credentials
from terminals import on_terminal

REQUEST, HISTORY = "RequestServiceQuotaIncrease", "ListRequestedServiceQuotaChangeHistory"
SENT = f"servicequotas:{REQUEST}"


def filed(code="L-00000002", status="PENDING", value=800_000.0, number=1):
    return {
        "Id": f"request{number}", "ServiceCode": "bedrock", "QuotaCode": code, "QuotaName": "A quota", "DesiredValue": value,
        "Status": status, "Created": 1_795_000_000.0 + number, "LastUpdated": 1_795_000_100.0,
    }  # fmt: skip


def listing(*requests, token=None):
    return {"RequestedQuotas": list(requests)} | ({"NextToken": token} if token else {})


@pytest.fixture
def account():
    """An AWS that counts what it is asked, with no requests so far."""
    server = AccountServer(**{HISTORY: listing(), REQUEST: {"RequestedQuota": filed()}})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def increase(run, environment, account):
    def call(*arguments):
        return run("increase", *arguments, environment=with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url})

    return call


def traffic(account, minutes):
    """Minutes of (requests, throttles, input tokens, output tokens), an hour ago."""
    start = ago(3_600)
    names = ("Invocations", "InvocationThrottles", "InputTokenCount", "OutputTokenCount")
    columns = {name: [row[place] for row in minutes] for place, name in enumerate(names)}
    times = [start + 60 * index for index in range(len(minutes))]

    def answer(handler, token):
        results = []
        for query in json.loads(handler.body)["MetricDataQueries"]:
            values = columns.get(query["MetricStat"]["Metric"]["MetricName"])
            known = values and query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] == PROFILE
            results.append(
                {"Id": query["Id"], "StatusCode": "Complete", "Timestamps": times if known else [], "Values": values if known else []}
            )
        return 200, {"MetricDataResults": results}

    account.replies["GetMetricData"] = answer


def plan_of(increase, *arguments):
    done = increase("plan", PROFILE, *arguments, "--output", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# The plan


def test_the_evidence_and_the_value(increase, account):
    # Steady 100,000 tokens and 20 requests a minute; the busiest minute has 390,000 and 40, and 10 throttled.
    traffic(account, [(20, 0, 90_000, 10_000)] * 9 + [(40, 10, 350_000, 40_000)])
    plan = plan_of(increase)
    evidence = plan["evidence"]
    assert evidence["tokensPerMinute"]["steady"] == 100_000 and evidence["tokensPerMinute"]["peak"] == 390_000
    assert evidence["requestsPerMinute"]["steady"] == 20 and evidence["requestsPerMinute"]["peak"] == 40
    assert (evidence["requests"], evidence["throttles"], evidence["peakDemand"]) == (230, 10, 50)
    assert evidence["averageInputTokens"] == pytest.approx((9 * 90_000 + 350_000) / 220)
    assert plan["code"] == "L-00000002" and plan["obstacles"] == []
    # 390,000 at 80 % utilization, up to two digits.
    assert plan["desiredValue"] == 490_000
    assert any("97 %" in reason or "98 %" in reason for reason in plan["reasons"])
    assert account.requests[REQUEST] == 0


def test_a_quiet_model_gets_no_proposal(increase, account):
    traffic(account, [(2, 0, 9_000, 1_000)] * 10)
    plan = plan_of(increase)
    assert "desiredValue" not in plan and "command" not in plan
    assert any("nothing speaks for an increase" in reason for reason in plan["reasons"])
    assert plan_of(increase, "--value", "500000")["desiredValue"] == 500_000
    assert plan_of(increase, "--factor", "3")["desiredValue"] == 1_200_000
    rpm = plan_of(increase, "--factor", "2", "--measure", "rpm")
    assert (rpm["code"], rpm["desiredValue"]) == ("L-00000001", 200)


@pytest.mark.parametrize(
    "quota, requests, options, code, words",
    [
        (TPM | {"Adjustable": False}, [], ["--factor", "2"], "not-adjustable", "limit increase form"),
        (TPM, [filed()], ["--factor", "2"], "already-open", "request1, PENDING, for 800,000"),
        (TPM, [filed(status="CASE_OPENED")], ["--factor", "2"], "already-open", "CASE_OPENED"),
        (TPM, [filed(f"L-X{n}", number=n) for n in range(20)], ["--factor", "2"], "too-many-open", "takes 20 per account"),
        (TPM, [], ["--value", "400000"], "not-above-applied", "above the 400,000"),
        (TPM | {"Value": 1_000.0}, [], ["--value", "2000"], "below-default", "below AWS's default of 400,000"),
    ],
    ids=["not adjustable", "pending", "case opened", "20 open", "not above", "below default"],
)
def test_what_aws_would_refuse_is_not_sent(increase, account, quota, requests, options, code, words):
    account.replies["ListServiceQuotas"] = {"Quotas": [RPM, quota]}
    account.replies[HISTORY] = listing(*requests)
    plan = plan_of(increase, *options)
    [obstacle] = plan["obstacles"]
    assert obstacle["code"] == code and words in obstacle["message"] and "command" not in plan
    done = increase("request", PROFILE, *options, "--yes")
    assert done.returncode == 1 and words in done.stderr.splitlines()[-1]
    assert account.requests[REQUEST] == 0


def test_two_open_requests_fill_a_region_that_must_be_enabled(run, environment, account):
    account.replies[HISTORY] = listing(filed("L-X1", number=1), filed("L-X2", number=2))
    here = with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url}
    ask = ("increase", "plan", PROFILE, "--factor", "2", "--output", "json")
    [obstacle] = json.loads(run(*ask, "--region", "me-central-1", environment=here).stdout)["obstacles"]
    assert obstacle["code"] == "too-many-open" and "takes 2" in obstacle["message"]
    plan = json.loads(run(*ask, environment=here).stdout)
    assert plan["obstacles"] == [] and any("AWS documents a limit of 2" in note for note in plan["notes"])


def test_requests_on_later_pages_count(increase, account):
    def pages(handler, token):
        return (200, listing(filed("L-OTHER", "DENIED"), token="2")) if token is None else (200, listing(filed()))

    account.replies[HISTORY] = pages
    assert [each["code"] for each in plan_of(increase, "--factor", "2")["obstacles"]] == ["already-open"]


def test_without_the_history_the_plan_says_so(increase, account):
    account.replies[HISTORY] = (400, {"__type": "AccessDeniedException", "Message": "No."})
    plan = plan_of(increase, "--factor", "2")
    assert plan["desiredValue"] == 800_000 and plan["obstacles"] == []
    assert any("not known" in note and "servicequotas:ListRequested" in note for note in plan["notes"])


def test_the_text_of_a_support_case(increase, account):
    traffic(account, [(20, 0, 90_000, 10_000)] * 9 + [(40, 10, 350_000, 40_000)])
    text = increase("plan", PROFILE, "--output", "markdown").stdout
    assert text.startswith("# Increase of an Amazon Bedrock quota")
    for part in ("us-east-1", "L-00000002", "490,000", "390,000", "Use case", "PER MINUTE"):
        assert part in text, part
    assert "emulator" not in text, "keys are no part of it"


# Sending


@pytest.mark.parametrize("answer, count", [(b"n\n", 0), (b"\n", 0), (b"\x04", 0), (b"y\n", 1)])
def test_a_request_asks_first(bedquota, environment, account, answer, count):
    here = with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url}
    screen = on_terminal([bedquota, "increase", "request", PROFILE, "--factor", "2"], here, 120, answer)
    assert "Continue? [y/N]" in screen.text and "asked for: 800,000" in screen.text and screen.code == 0
    assert account.requests[REQUEST] == count
    assert ("Nothing was sent." in screen.text) == (count == 0)


def test_without_a_terminal_nothing_is_sent(increase, account):
    done = increase("request", PROFILE, "--factor", "2")
    assert done.returncode == 64 and "pass --yes" in done.stderr
    assert account.requests[REQUEST] == 0


def test_no_value_is_no_request(increase, account):
    done = increase("request", PROFILE, "--yes")
    assert done.returncode == 1 and "--value, --factor" in done.stderr and account.requests[REQUEST] == 0


def test_yes_sends_once_and_shows_what_aws_filed(increase, account):
    done = increase("request", PROFILE, "--factor", "2", "--yes", "--output", "json")
    assert done.returncode == 0, done.stderr
    [record] = json.loads(done.stdout)
    assert (record["id"], record["status"], record["open"]) == ("request1", "PENDING", True)
    assert account.requests[REQUEST] == 1


def broken(handler, token):
    handler.connection.close()
    raise ConnectionAbortedError


@pytest.mark.parametrize(
    "reply, words",
    [
        (broken, "may have received"),
        ((200, {"Nonsense": 1}), "may have received"),
        ((500, {"__type": "ServiceException", "Message": "x"}), "not certain"),
        ((503, {}), "not certain"),
        ((400, {"__type": "TooManyRequestsException", "Message": "x"}), "repeat the command in a minute"),
    ],
    ids=["broken", "nonsense", "500", "503", "throttled"],
)
def test_nothing_is_sent_again_unasked(increase, account, reply, words):
    account.replies[REQUEST] = reply
    done = increase("request", PROFILE, "--factor", "2", "--yes")
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert account.requests[REQUEST] == 1


@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_it_is_sent_says_that_it_may_have_arrived(bedquota, environment, account, how, code):
    def interrupting(handler, token):
        process.send_signal(how)
        handler.server.stopping.wait(60)
        return 200, {}

    account.replies[REQUEST] = interrupting
    here = with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url}
    command = [bedquota, "increase", "request", PROFILE, "--factor", "2", "--yes"]
    process = subprocess.Popen(command, env=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, errors = process.communicate(timeout=60)
    account.stopping.set()
    assert process.returncode == code and "may have received the request" in errors.splitlines()[-1]
    assert account.requests[REQUEST] == 1


def test_a_lost_answer_is_no_reason_to_try_again(increase, account):
    account.replies[REQUEST] = lambda handler, token: (handler.server.stopping.wait(30), (200, {}))[1]
    done = increase("request", PROFILE, "--factor", "2", "--yes", "--timeout", "1")
    account.stopping.set()
    assert done.returncode == 1 and account.requests[REQUEST] == 1
    assert "may have received" in done.stderr and "try again" not in done.stderr and "--timeout" not in done.stderr


def test_botocore_would_send_the_same_request(increase, account):
    sent = []

    def keeping(name, reply):
        def answer(handler, token):
            check_request("service-quotas", name, json.loads(handler.body))
            sent.append(name)
            return 200, reply

        account.replies[name] = answer

    of_quota = f"{HISTORY}ByQuota"
    for name, reply in ((HISTORY, listing()), (of_quota, listing()), (REQUEST, {"RequestedQuota": filed()})):
        keeping(name, reply)
    assert increase("request", PROFILE, "--factor", "2", "--yes").returncode == 0
    assert increase("status", PROFILE).returncode == 0
    assert sent == [HISTORY, REQUEST, of_quota, of_quota]


# Quotas of 0 and of a day


TPD = TPM | {
    "QuotaCode": "L-00000003", "QuotaName": "Model invocation max tokens per day for Amazon Nova Pro (doubled for cross-region calls)",
    "Value": 700_000.0,
}  # fmt: skip


def test_averages_of_minutes_are_called_so(increase, account):
    traffic(account, [(20, 0, 90_000, 10_000)] * 20)
    assert not [note for note in plan_of(increase)["notes"] if "averages" in note]
    assert [note for note in plan_of(increase, "--hours", "500")["notes"] if "averages of 5 minutes" in note]


def test_a_quota_of_0_gets_the_default(increase, account):
    account.replies["ListServiceQuotas"] = {"Quotas": [RPM, TPM | {"Value": 0.0}]}
    traffic(account, [(0, 5, 0, 0)] * 10)
    plan = plan_of(increase)
    assert (plan["code"], plan["desiredValue"]) == ("L-00000002", 400_000) and "command" in plan
    assert "every request is throttled" in plan["reasons"][0]
    assert "desiredValue" not in plan_of(increase, "--factor", "2")


def test_tokens_per_day_are_counted_against_what_is_doubled(increase, account):
    account.replies["ListServiceQuotas"] = account.replies["ListAWSDefaultServiceQuotas"] = {"Quotas": [RPM, TPM, TPD]}
    traffic(account, [(20, 0, 90_000, 10_000)] * 9 + [(40, 0, 350_000, 40_000)])
    plan = plan_of(increase, "--measure", "tpd")
    # 1,290,000 of twice 700,000; at 80 % that is 806,250 for the value that is doubled.
    assert plan["evidence"]["tokensPerDay"]["peak"] == 1_290_000 and plan["desiredValue"] == 810_000
    assert "1,290,000 of 1,400,000, twice the account's value (92 %)" in plan["reasons"][0]
    assert "80 %" in plan["reasons"][-1]


def test_a_model_with_a_quota_per_day_only(increase, account):
    account.replies["ListServiceQuotas"] = account.replies["ListAWSDefaultServiceQuotas"] = {"Quotas": [TPD]}
    assert plan_of(increase, "--factor", "2")["desiredValue"] == 1_400_000


def test_the_command_names_the_endpoint_and_never_an_emulator(increase, run, account):
    command = plan_of(increase, "--factor", "2", "--endpoint-url", account.url)["command"]
    assert command.endswith(f"--endpoint-url {account.url}")
    plan = json.loads(run.output("increase", "plan", NOVA, "--factor", "2", "--emulator", "--output", "json"))
    assert plan["desiredValue"] == 3_200_000 and "command" not in plan


# Against the emulator


server = emulator_fixture(*OPTIONS, "--no-auth")


@pytest.fixture
def emulated(run, environment, control, proxy):
    def call(*arguments):
        here = with_credentials(environment) | {"AWS_ENDPOINT_URL": proxy.url}
        return run("increase", *arguments, environment=here)

    return call


# Every error in botocore's model of RequestServiceQuotaIncrease, and the words of its sentence.
REFUSALS = {
    "AccessDeniedException": "servicequotas:RequestServiceQuotaIncrease",
    "DependencyAccessDeniedException": "a service that it depends on",
    "IllegalArgumentException": "doesn't take this value",
    "InvalidResourceStateException": "a state in which AWS takes no request",
    "NoSuchResourceException": "doesn't know L-C0326783 in this Region",
    "QuotaExceededException": "as many open requests as AWS allows",
    "ResourceAlreadyExistsException": "has an open request already",
    "ServiceException": "not certain",
    "TooManyRequestsException": "repeat the command in a minute",
}


def test_the_table_of_refusals_is_whole(server):
    model = Clients(server.url)("service-quotas").meta.service_model.operation_model(REQUEST)
    assert {shape.name for shape in model.error_shapes} == set(REFUSALS)


@pytest.mark.parametrize("code", REFUSALS)
def test_each_refusal_has_a_sentence_of_its_own(emulated, control, proxy, code):
    control("PUT", "quota-requests", {"refusals": [code]})
    done = emulated("request", NOVA, "--factor", "2", "--yes")
    assert done.returncode == 1 and proxy.operations[SENT] == 1
    last = done.stderr.splitlines()[-1]
    assert REFUSALS[code] in last
    assert not [words for other, words in REFUSALS.items() if other != code and words in last and words != REFUSALS[code]]
    # The refusal is used up, and nothing was filed.
    assert emulated("status").stdout.startswith("No requests")


def test_refusals_that_need_no_script(server, control):
    client = Clients(server.url)("service-quotas")

    def ask(code=TPM_CODE, value=3_200_000):
        return failure(client.request_service_quota_increase, ServiceCode="bedrock", QuotaCode=code, DesiredValue=value)[0]

    assert ask("L-NOTHING1") == "NoSuchResourceException"
    assert ask(value=1) == "IllegalArgumentException"
    client.request_service_quota_increase(ServiceCode="bedrock", QuotaCode=TPM_CODE, DesiredValue=3_200_000)
    assert ask() == "ResourceAlreadyExistsException"


def test_a_request_from_its_beginning_to_its_end(emulated, control, server):
    control("PUT", "quota-requests", {"steps": [
        {"afterSeconds": 60, "status": "CASE_OPENED"}, {"afterSeconds": 3_600, "status": "APPROVED"},
    ]})  # fmt: skip
    [record] = json.loads(emulated("request", NOVA, "--factor", "2", "--yes", "--output", "json").stdout)
    assert record["status"] == "PENDING" and record["desiredValue"] == 3_200_000

    def status(*arguments):
        [found] = json.loads(emulated("status", *arguments, "--output", "json").stdout)
        assert found["id"] == record["id"]
        return found["status"], found["appliedValue"], found["outcome"]

    assert status() == ("PENDING", 1_600_000, "open: AWS has not decided yet")
    control.advance(60)
    assert status(NOVA)[:2] == ("CASE_OPENED", 1_600_000) and "support case (case-" in status()[2]
    refused = emulated("request", NOVA, "--factor", "2", "--yes")
    assert refused.returncode == 1 and record["id"] in refused.stderr
    control.advance(3_540)
    assert status() == status(NOVA) == ("APPROVED", 3_200_000, "approved, and in force")
    # boto3 sees the same, and so do requests for models.
    client = Clients(server.url)("service-quotas")
    reply = client.get_requested_service_quota_change(RequestId=record["id"])["RequestedQuota"]
    assert reply["Status"] == "APPROVED" and reply["CaseId"].startswith("case-")
    converse(RuntimeClients(server.url).runtime())
    assert control.meters()[TPM_CODE]["quota"] == 3_200_000


def test_an_approval_changes_what_is_enforced_without_anybody_asking(control, server):
    control.quota(TPM_CODE, 1)
    client = Clients(server.url)("service-quotas")
    control("PUT", "quota-requests", {"steps": [{"afterSeconds": 30, "status": "APPROVED"}]})
    client.request_service_quota_increase(ServiceCode="bedrock", QuotaCode=TPM_CODE, DesiredValue=1_000_000)
    runtime = RuntimeClients(server.url).runtime()
    assert failure_or_none(runtime)
    control.advance(60)
    assert not failure_or_none(runtime)


def test_a_denied_request_shows_what_holds(emulated, control):
    [record] = json.loads(emulated("request", NOVA, "--factor", "2", "--yes", "--output", "json").stdout)
    control("PUT", "quota-requests", {"id": record["id"], "status": "DENIED"})
    assert "not granted; the applied value is 1,600,000" in emulated("status").stdout
    assert emulated("request", NOVA, "--factor", "2", "--yes").returncode == 0


def test_a_request_of_boto3_is_seen(emulated, server):
    client = Clients(server.url)("service-quotas")
    client.request_service_quota_increase(ServiceCode="bedrock", QuotaCode=TPM_CODE, DesiredValue=4_000_000)
    [found] = json.loads(emulated("status", NOVA, "--output", "json").stdout)
    assert (found["desiredValue"], found["code"]) == (4_000_000, TPM_CODE)


def test_the_command_of_the_plan_works(emulated, environment, server):
    plan = json.loads(emulated("plan", NOVA, "--value", "2400000", "--output", "json").stdout)
    words = shlex.split(plan["command"])
    assert words[0] == "aws"
    here = with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url}
    done = subprocess.run([aws_command(), *words[1:]], env=here, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)["RequestedQuota"]
    assert (reply["QuotaCode"], reply["DesiredValue"], reply["Status"]) == (TPM_CODE, 2_400_000, "PENDING")


@pytest.mark.parametrize(
    "course",
    [
        {"refusals": ["Nonsense"]}, {"refusals": "x"}, {"steps": [{"afterSeconds": 1, "status": "PENDING"}]},
        {"steps": [{"afterSeconds": -1, "status": "DENIED"}]},
        {"steps": [{"afterSeconds": 9, "status": "DENIED"}, {"afterSeconds": 1, "status": "APPROVED"}]},
    ],
)  # fmt: skip
def test_a_course_that_makes_no_sense_is_refused(control, course):
    with pytest.raises(Exception, match="400"):
        control("PUT", "quota-requests", course)
