"""Alarms: applied to moto and read back with boto3, written as code, and going off in the emulator."""

import json
import re
import signal
import subprocess
import threading
import time

import cfnlint.api
import hcl2
import pytest
from account_server import APPLICATION, MODEL, PROFILE, RPM, TPM, AccountServer, profile, profiles
from aws_clients import Clients
from emulator_control import Control
from metric_days import NAMESPACE
from processes import Emulator
from recording_proxy import RecordingProxy
from runtime_calls import OPTIONS, OPUS, RPM_CODE, converse, failure_or_none
from runtime_calls import PROFILE as NOVA
from runtime_shapes import RuntimeClients
from shapes import check_request
from support import with_credentials
from terminals import on_terminal

TOPIC = "arn:aws:sns:us-east-1:111122223333:alarms"
PREFIX = f"bedquota/{MODEL}/cross-region/"
CHANGING = {"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"}
PROPERTIES = {
    "AlarmName", "AlarmDescription", "ComparisonOperator", "Threshold", "EvaluationPeriods", "DatapointsToAlarm",
    "TreatMissingData", "AlarmActions", "OKActions",
}


def serving(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Bench:
    """bedquota against an account of ours, with moto as CloudWatch behind a proxy that counts."""

    def __init__(self, run, environment, moto, **replies):
        self.run, self.moto = run, moto
        self.account = serving(AccountServer(**replies))
        self.proxy = serving(RecordingProxy(moto.url))
        urls = {"AWS_ENDPOINT_URL": self.account.url, "AWS_ENDPOINT_URL_CLOUDWATCH": self.proxy.url}
        self.environment = with_credentials(environment) | urls

    def __call__(self, *arguments):
        return self.run("alarms", *arguments, environment=self.environment)

    def json(self, *arguments):
        done = self(*arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def changes(self, *arguments):
        """The calls of a run that change alarms."""
        self.proxy.operations.clear()
        done = self(*arguments)
        assert done.returncode == 0, done.stderr
        return {name: count for name, count in self.proxy.operations.items() if name in CHANGING}

    @property
    def alarms(self):
        found = self.moto.cloudwatch.describe_alarms()["MetricAlarms"]
        return {alarm["AlarmName"]: alarm for alarm in found}

    def close(self):
        for server in (self.account, self.proxy):
            server.shutdown()
            server.server_close()


@pytest.fixture
def bench(run, environment, moto):
    bench = Bench(run, environment, moto)
    yield bench
    bench.close()


def measures(alarms):
    return {name.rpartition("/")[2]: alarm for name, alarm in alarms.items()}


def test_a_plan_changes_nothing(bench):
    plan = bench.json("plan", PROFILE, "--sns-topic", TOPIC)
    assert bench.alarms == {} and not CHANGING & set(bench.proxy.operations)
    assert [(alarm["name"], alarm["change"]) for alarm in plan["alarms"]] == [
        (PREFIX + name, "new") for name in ("rpm", "throttles", "tpm")
    ]
    text = bench("plan", PROFILE).stdout
    assert "3 new" in text and "They notify nobody" in text and "charges an alarm on metric math for each" in text


def test_applied_alarms_are_those_of_the_plan(bench):
    plan = bench.json("plan", PROFILE, "--at", "75", "--sns-topic", TOPIC, "--notify-ok")
    assert bench.changes("apply", PROFILE, "--at", "75", "--sns-topic", TOPIC, "--notify-ok", "--yes") == {
        "cloudwatch:PutMetricAlarm": 3
    }
    assert set(bench.alarms) == {alarm["name"] for alarm in plan["alarms"]}
    for planned in plan["alarms"]:
        alarm = bench.alarms[planned["name"]]
        assert alarm["Threshold"] == planned["threshold"]
        assert alarm["AlarmActions"] == planned["notifies"] == [TOPIC] == alarm["OKActions"]
        assert sum("MetricStat" in query for query in alarm["Metrics"]) == planned["metrics"]
        assert alarm["AlarmDescription"].endswith("Made by Bedquota.") and alarm["AlarmDescription"].isascii()
        assert alarm["TreatMissingData"] == "notBreaching" and alarm["ActionsEnabled"]
    by_measure = measures(bench.alarms)
    assert by_measure["rpm"]["Threshold"] == 75 and by_measure["tpm"]["Threshold"] == 300_000
    assert (by_measure["throttles"]["Threshold"], by_measure["throttles"]["ComparisonOperator"]) == (
        0, "GreaterThanThreshold",
    )
    assert "reserves" in by_measure["tpm"]["AlarmDescription"]


def test_the_metrics_are_those_of_usage(bench):
    bench("apply", PROFILE, "--yes")
    for alarm in bench.alarms.values():
        [watched] = [query for query in alarm["Metrics"] if query["ReturnData"]]
        assert "Expression" in watched and watched == alarm["Metrics"][-1]
        for query in alarm["Metrics"]:
            if stat := query.get("MetricStat"):
                assert stat["Metric"]["Namespace"] == NAMESPACE and (stat["Period"], stat["Stat"]) == (60, "Sum")
                assert stat["Metric"]["Dimensions"] == [{"Name": "ModelId", "Value": PROFILE}]
    names = {
        measure: [query["MetricStat"]["Metric"]["MetricName"] for query in alarm["Metrics"] if "MetricStat" in query]
        for measure, alarm in measures(bench.alarms).items()
    }
    assert names == {
        "rpm": ["Invocations", "InvocationThrottles"],
        "throttles": ["InvocationThrottles"],
        "tpm": ["InputTokenCount", "CacheWriteInputTokenCount", "OutputTokenCount", "EstimatedTPMQuotaUsage"],
    }


def test_applied_twice_changes_nothing(bench):
    first = bench.changes("apply", PROFILE, "--sns-topic", TOPIC, "--yes")
    assert first == {"cloudwatch:PutMetricAlarm": 3}
    before = bench.alarms
    assert bench.changes("apply", PROFILE, "--sns-topic", TOPIC, "--yes") == {}
    # It has nothing to ask either.
    done = bench("apply", PROFILE, "--sns-topic", TOPIC)
    assert (done.returncode, "Nothing to change." in done.stderr) == (0, True)
    assert bench.alarms == before
    assert {alarm["change"] for alarm in bench.json("plan", PROFILE)["alarms"]} == {"unchanged"}


def test_thresholds_follow_the_quota(bench):
    bench("apply", PROFILE, "--sns-topic", TOPIC, "--yes")
    bench.account.replies["ListServiceQuotas"] = {"Quotas": [RPM, TPM | {"Value": 800_000.0}]}
    [changed] = [alarm for alarm in bench.json("plan", PROFILE)["alarms"] if alarm["change"] == "changed"]
    assert changed["name"] == PREFIX + "tpm"
    [difference] = [each for each in changed["differences"] if each["field"] == "Threshold"]
    assert (difference["old"], difference["new"]) == ("320,000", "640,000")
    assert "Threshold: 320,000 → 640,000" in bench("plan", PROFILE).stdout
    assert bench.changes("apply", PROFILE, "--yes") == {"cloudwatch:PutMetricAlarm": 1}
    alarm = bench.alarms[PREFIX + "tpm"]
    assert alarm["Threshold"] == 640_000 and "800,000" in alarm["AlarmDescription"]
    # Without the option, the topics stay.
    assert alarm["AlarmActions"] == [TOPIC]


def test_what_somebody_has_switched_off_stays_off(bench):
    bench("apply", PROFILE, "--yes")
    bench.moto.cloudwatch.disable_alarm_actions(AlarmNames=[PREFIX + "tpm"])
    assert bench.changes("apply", PROFILE, "--yes") == {}
    assert bench.changes("apply", PROFILE, "--at", "50", "--yes") == {"cloudwatch:PutMetricAlarm": 2}
    assert not bench.alarms[PREFIX + "tpm"]["ActionsEnabled"]


def test_alarms_of_quotas_that_are_gone_are_removed(bench):
    bench("apply", PROFILE, "--yes")
    bench.account.replies["ListServiceQuotas"] = {"Quotas": [TPM]}
    bench.account.replies["ListAWSDefaultServiceQuotas"] = {"Quotas": [TPM]}
    assert bench.changes("apply", PROFILE, "--yes") == {"cloudwatch:DeleteAlarms": 1}
    assert set(measures(bench.alarms)) == {"tpm", "throttles"}


def other_alarm(bench, name, description="Somebody's"):
    bench.moto.cloudwatch.put_metric_alarm(
        AlarmName=name, AlarmDescription=description, Namespace="x", MetricName="y", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip


def test_delete_removes_only_ours(bench):
    bench("apply", PROFILE, "--yes")
    others = ["other", "bedquota", "bedquota/mine", PREFIX + "mine"]
    for name in others:
        other_alarm(bench, name)
    other_alarm(bench, "theirs/x", "Made by Bedquota.")
    done = bench("delete")
    assert done.returncode == 64 and "removes 3 alarms" in done.stderr and "pass --yes." in done.stderr and len(bench.alarms) == 8
    assert bench.changes("delete", "--yes") == {"cloudwatch:DeleteAlarms": 1}
    assert set(bench.alarms) == {*others, "theirs/x"}
    assert bench.changes("delete", "--yes") == {}


def test_delete_of_an_id_leaves_other_models(bench):
    bench("apply", PROFILE, "--yes")
    other = "bedquota/amazon.nova-lite-v1:0/cross-region/tpm"
    other_alarm(bench, other, "x Made by Bedquota.")
    bench("delete", PROFILE, "--yes")
    assert set(bench.alarms) == {other}
    assert "1 alarm of Bedquota for other models" in bench("plan", PROFILE).stdout


def test_a_name_that_is_taken_is_left_alone(bench):
    other_alarm(bench, PREFIX + "tpm")
    before = bench.alarms[PREFIX + "tpm"]
    plan = bench.json("plan", PROFILE)
    assert any("rename or delete it" in left["reason"] for left in plan["leftOut"])
    bench("apply", PROFILE, "--yes")
    assert bench.alarms[PREFIX + "tpm"] == before and PREFIX + "rpm" in bench.alarms


@pytest.mark.parametrize("answer, count", [(b"n\n", 0), (b"\n", 0), (b"\x04", 0), (b"y\n", 3)])
def test_apply_asks_first(bench, bedquota, answer, count):
    screen = on_terminal([bedquota, "alarms", "apply", PROFILE], bench.environment, 120, answer)
    assert "Continue? [y/N]" in screen.text and screen.code == 0
    assert bench.proxy.operations["cloudwatch:PutMetricAlarm"] == count == len(bench.alarms)
    assert ("Nothing was changed." in screen.text) == (count == 0)


def test_without_a_terminal_nothing_is_changed(bench):
    done = bench("apply", PROFILE)
    assert done.returncode == 64 and "pass --yes" in done.stderr and bench.alarms == {}


def test_application_profiles_count_with_their_original(bench):
    names = [f"abc123def45{number}" for number in range(3)]
    regions = ("us-east-1", "us-east-2", "us-west-2")
    bench.account.replies[APPLICATION] = profiles(*(profile(name, *regions, kind="APPLICATION") for name in names))

    def put(model, *metrics):
        dimensions = [{"Name": "ModelId", "Value": model}]
        data = [{"MetricName": metric, "Dimensions": dimensions, "Value": 1} for metric in metrics]
        bench.moto.cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data)

    put(PROFILE, "Invocations")
    put(names[0], "InputTokenCount", "CacheWriteInputTokens")
    bench("apply", PROFILE, "--yes")
    tokens = bench.alarms[PREFIX + "tpm"]["Metrics"]
    counted = [query["MetricStat"]["Metric"] for query in tokens if "MetricStat" in query]
    assert {metric["Dimensions"][0]["Value"] for metric in counted} == {PROFILE, names[0]}
    # Of two names of a metric, the one that is listed.
    assert {"CacheWriteInputTokens", "CacheWriteInputTokenCount"} <= {metric["MetricName"] for metric in counted}
    for name in names[1:]:
        put(name, "Invocations")
    # The formula would need 16 metrics, and an alarm may have ten.
    bench("apply", PROFILE, "--yes")
    tokens = bench.alarms[PREFIX + "tpm"]
    assert [q["MetricStat"]["Metric"]["MetricName"] for q in tokens["Metrics"] if "MetricStat" in q] == [
        "EstimatedTPMQuotaUsage"
    ] * 4
    assert "alone" in tokens["AlarmDescription"]
    # Without an id: every model with traffic, which is the same one here.
    assert bench.changes("apply", "--yes") == {}


UNKNOWN = "us.amazon.nova-micro-v1:0"


def test_an_id_without_quotas(bench):
    done = bench("plan", UNKNOWN, "--output", "json")
    plan = json.loads(done.stdout)
    assert plan["alarms"] == [] and "no quota of it is known" in plan["leftOut"][0]["reason"]
    # It may be a slip, which a script must not miss.
    assert done.returncode == 1 and f"no alarm for {UNKNOWN}" in done.stderr
    assert bench("apply", UNKNOWN, "--yes").returncode == 1 and bench.alarms == {}
    done = bench("plan", UNKNOWN, "--format", "cloudformation")
    assert (done.returncode, done.stdout) == (1, "")


def test_a_slip_among_ids_stops_none_of_the_others(bench):
    done = bench("apply", UNKNOWN, PROFILE, "--yes")
    assert done.returncode == 1 and f"no alarm for {UNKNOWN}" in done.stderr
    assert set(measures(bench.alarms)) == {"rpm", "tpm", "throttles"}


def test_without_traffic_there_is_no_code(bench):
    assert bench.json("plan")["alarms"] == []
    done = bench("plan", "--format", "terraform")
    assert (done.returncode, done.stdout) == (1, "") and "name ids" in done.stderr


def test_what_ids_share_is_said_once(run):
    text = run.output("alarms", "plan", "--emulator", "--wide")
    [line] = [line for line in text.splitlines() if "accounts it by price" in line]
    assert " ids (" in line and "L-E3F10727" in line


def test_requests_that_cloudwatch_does_not_tell_apart_are_named(run):
    plan = json.loads(run.output("alarms", "plan", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "--emulator", "--output", "json"))
    [left] = [left for left in plan["leftOut"] if "1m-context" in left["reason"]]
    assert "doesn't tell such requests" in left["reason"] and "code" not in left


@pytest.mark.parametrize("at, threshold", [("55", 55), ("7", 7), ("33.3", 33.3)])
def test_thresholds_are_round(bench, at, threshold):
    plan = bench.json("plan", PROFILE, "--at", at)
    assert measures({alarm["name"]: alarm for alarm in plan["alarms"]})["rpm"]["threshold"] == threshold


# The requests themselves


def parameters(service, sent):
    """An answer that keeps what it was asked, once botocore has approved of it."""

    def answer(handler, token):
        body = json.loads(handler.body)
        check_request(service, handler.operation, body)
        sent.append((handler.operation, body))
        return 200, {"MetricAlarms": [{"AlarmName": PREFIX + "tpd", "AlarmDescription": "Made by Bedquota."}]} if "Describe" in handler.operation else {}

    return answer


def test_botocore_would_send_the_same_requests(run, environment):
    sent = []
    answer = parameters("cloudwatch", sent)
    with AccountServer(DescribeAlarms=answer, PutMetricAlarm=answer, DeleteAlarms=answer) as account:
        here = with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url}
        done = run("alarms", "apply", PROFILE, "--sns-topic", TOPIC, "--notify-ok", "--yes", environment=here)
    assert done.returncode == 0, done.stderr
    assert [operation for operation, _ in sent] == ["DescribeAlarms", *["PutMetricAlarm"] * 3, "DeleteAlarms"]
    for operation, body in sent:
        if operation == "PutMetricAlarm":
            assert len(body["AlarmName"]) <= 255 and len(body["AlarmDescription"]) <= 1024
            identifiers = [query["Id"] for query in body["Metrics"]]
            assert len(set(identifiers)) == len(identifiers) and all(re.fullmatch("[a-z][a-zA-Z0-9_]*", each) for each in identifiers)
            assert sum("MetricStat" in query for query in body["Metrics"]) <= 10


@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_says_how_far_it_came(bedquota, environment, how, code):
    puts = []

    def put(handler, token):
        puts.append(handler)
        if len(puts) == 2:
            process.send_signal(how)
            handler.server.stopping.wait(60)
        return 200, {}

    with AccountServer(DescribeAlarms={"MetricAlarms": []}, PutMetricAlarm=put) as account:
        here = with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url}
        command = [bedquota, "alarms", "apply", PROFILE, "--yes"]
        process = subprocess.Popen(command, env=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code and "Interrupted after 1 of 3 changes" in errors, errors


def test_a_topic_elsewhere_is_refused(bench):
    done = bench("plan", PROFILE, "--sns-topic", "arn:aws:sns:eu-west-1:111122223333:alarms")
    assert done.returncode == 64 and "another Region" in done.stderr
    assert bench("plan", PROFILE, "--sns-topic", "alarms").returncode == 64
    assert bench("plan", PROFILE, "--at", "0").returncode == 64


# Code


def applied(bench, *options):
    """The alarms that applying makes, as boto3 reads them."""
    bench("apply", PROFILE, *options, "--yes")
    kept = PROPERTIES | {"Metrics"}
    return {name: {key: alarm[key] for key in kept} for name, alarm in bench.alarms.items()}


def test_cloudformation(bench):
    text = bench("plan", PROFILE, "--sns-topic", TOPIC, "--format", "cloudformation").stdout
    assert cfnlint.api.lint(text, config={"regions": ["us-east-1"]}) == []
    resources = json.loads(text)["Resources"]
    assert {resource["Type"] for resource in resources.values()} == {"AWS::CloudWatch::Alarm"}
    coded = {each["Properties"]["AlarmName"]: each["Properties"] for each in resources.values()}
    assert coded == applied(bench, "--sns-topic", TOPIC)


def terraform_values(block):
    """An alarm of Terraform with CloudWatch's names."""

    def plain(text):
        return text.strip('"') if isinstance(text, str) else text

    names = {
        "AlarmName": "alarm_name", "AlarmDescription": "alarm_description", "ComparisonOperator": "comparison_operator",
        "Threshold": "threshold", "EvaluationPeriods": "evaluation_periods", "DatapointsToAlarm": "datapoints_to_alarm",
        "TreatMissingData": "treat_missing_data",
    }  # fmt: skip
    alarm = {ours: plain(block[theirs]) for ours, theirs in names.items()}
    alarm["AlarmActions"] = [plain(each) for each in block.get("alarm_actions", [])]
    alarm["OKActions"] = [plain(each) for each in block.get("ok_actions", [])]
    alarm["Metrics"] = []
    for query in block["metric_query"]:
        made = {"Id": plain(query["id"]), "ReturnData": query["return_data"]}
        if "expression" in query:
            made |= {"Expression": plain(query["expression"]), "Label": plain(query["label"])}
        else:
            [metric] = query["metric"]
            dimensions = [{"Name": plain(n), "Value": plain(v)} for n, v in metric["dimensions"].items()]
            made["MetricStat"] = {
                "Metric": {
                    "Namespace": plain(metric["namespace"]), "MetricName": plain(metric["metric_name"]), "Dimensions": dimensions,
                },
                "Period": metric["period"],
                "Stat": plain(metric["stat"]),
            }  # fmt: skip
        alarm["Metrics"].append(made)
    return alarm


def test_terraform(bench):
    text = bench("plan", PROFILE, "--sns-topic", TOPIC, "--notify-ok", "--format", "terraform").stdout
    blocks = hcl2.loads(text)["resource"]
    coded = [
        terraform_values(block)
        for resource in blocks
        for kind, named in resource.items()
        if kind.strip('"') == "aws_cloudwatch_metric_alarm"
        for block in named.values()
    ]
    assert {alarm["AlarmName"]: alarm for alarm in coded} == applied(bench, "--sns-topic", TOPIC, "--notify-ok")


def test_code_needs_no_alarms_of_the_account(bench):
    bench("plan", PROFILE, "--format", "terraform")
    assert bench.proxy.operations["cloudwatch:DescribeAlarms"] == 0
    assert bench("plan", PROFILE, "--format", "cloudformation", "--output", "json").returncode == 64


# In the emulator


@pytest.fixture
def emulated(bedquota, environment, run):
    server = Emulator(bedquota, environment, *OPTIONS)
    endpoint = with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url}

    def call(*arguments):
        done = run(*arguments, environment=endpoint)
        assert done.returncode == 0, done.stderr
        return done.stdout

    call.url = server.url
    yield call
    assert server.stop() == 0


def states(url):
    found = Clients(url)("cloudwatch").describe_alarms(AlarmNamePrefix="bedquota/")["MetricAlarms"]
    return {alarm["AlarmName"].rpartition("/")[2]: alarm["StateValue"] for alarm in found}


def test_an_alarm_goes_off_when_a_model_is_throttled(emulated):
    control = Control(emulated.url)
    control.slow_down()
    control.quota(RPM_CODE, 10)
    emulated("alarms", "apply", NOVA, "--yes")
    runtime = RuntimeClients(emulated.url).runtime()
    converse(runtime)
    control.advance(60)
    assert states(emulated.url) == {"rpm": "OK", "tpm": "OK", "tpd": "OK", "throttles": "OK"}
    refused = [failure_or_none(runtime) for _ in range(15)]
    assert any(refused)
    control.advance(60)
    assert states(emulated.url) == {"rpm": "ALARM", "tpm": "OK", "tpd": "OK", "throttles": "ALARM"}
    # A larger quota moves the threshold, after which the same minute is below it.
    control.quota(RPM_CODE, 1_000)
    emulated("alarms", "apply", NOVA, "--yes")
    assert states(emulated.url)["rpm"] == "OK"


@pytest.mark.parametrize("identifier, measures", [(NOVA, {"rpm", "tpm", "tpd"}), (OPUS, {"tpm", "tpd"})], ids=["burndown 1", "5"])
def test_the_arithmetic_is_that_of_usage(emulated, identifier, measures):
    """The emulator computes the alarms' expressions; `usage` computes the same figures by itself."""
    emulated("alarms", "apply", identifier, "--yes")
    runtime = RuntimeClients(emulated.url).runtime()
    for tokens in (10, 50, 100):
        converse(runtime, identifier, tokens=tokens)
    [report] = json.loads(emulated("usage", identifier, "--hours", "1", "--output", "json"))
    client = Clients(emulated.url)("cloudwatch")
    found = client.describe_alarms(AlarmNamePrefix="bedquota/")["MetricAlarms"]
    sums = {}
    for alarm in found:
        # A window of whole days, for the alarm of a day.
        day = int(time.time()) // 86_400 * 86_400
        [result] = client.get_metric_data(
            MetricDataQueries=alarm["Metrics"], StartTime=day - 86_400, EndTime=day + 86_400
        )["MetricDataResults"]
        sums[alarm["AlarmName"].rpartition("/")[2]] = sum(result["Values"])
    assert set(sums) == measures | {"throttles"}
    assert sums["tpm"] == sums["tpd"] == report["quotaTokens"] > 0 and sums["throttles"] == 0
    assert report["quotaTokens"] > report["inputTokens"] + report["outputTokens"] or identifier == NOVA
    assert sums.get("rpm", 3) == report["invocations"] + report["throttles"] == 3
