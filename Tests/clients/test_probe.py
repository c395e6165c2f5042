"""`bedquota probe`: what it sends, what it finds, and where it stops."""

import json
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from emulator_control import Control
from processes import Emulator, Runner
from servers import emulator_fixture
from runtime_calls import PROFILE, RPM_CODE, TPM_CODE
from support import with_credentials
from test_commands import assert_failed


server = emulator_fixture("--history", "0", "--latency", "0.05")


@pytest.fixture
def probe(bedquota, environment, server, control, tmp_path):
    return Probe(bedquota, with_credentials(environment), server.url, tmp_path)


class Probe:
    def __init__(self, bedquota, environment, url, folder):
        self.runner = Runner(bedquota, environment)
        self.url, self.file = url, folder / "report.json"

    def arguments(self, *options):
        fixed = ("probe", PROFILE, "--endpoint-url", self.url, "--output-file", self.file)
        return [str(argument) for argument in (*fixed, *options)]

    def __call__(self, *options, **others):
        return self.runner(*self.arguments("--yes", *options), **others)

    @property
    def report(self):
        return json.loads(self.file.read_text(encoding="utf-8"))


def attempts(url):
    """Invocations that the server has accepted, and throttled."""
    keys = {"aws_access_key_id": "emulator", "aws_secret_access_key": "emulator", "region_name": "us-east-1"}
    metrics = boto3.client("cloudwatch", endpoint_url=url, **keys)
    now = datetime.now(timezone.utc)
    total = 0
    for name in ("Invocations", "InvocationThrottles"):
        points = metrics.get_metric_statistics(
            Namespace="AWS/Bedrock", MetricName=name, Dimensions=[{"Name": "ModelId", "Value": PROFILE}],
            StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=2), Period=60, Statistics=["Sum"],
        )["Datapoints"]  # fmt: skip
        total += sum(point["Sum"] for point in points)
    return total


def test_a_dry_run_sends_nothing(probe, server):
    done = probe("--dry-run")
    assert done.returncode == 0
    assert "never more than" in done.stderr and RPM_CODE in done.stderr
    assert attempts(server.url) == 0 and not probe.file.exists()


def test_it_asks_first(probe):
    done = probe.runner(*probe.arguments())
    assert done.returncode == 64 and "--yes" in done.stderr and "never more than" in done.stderr


def test_a_limit_is_bracketed_before_the_time_is_up(probe, control, tmp_path):
    control.quota(RPM_CODE, 600)
    picture = tmp_path / "probe.svg"
    done = probe("--max-duration", "25", "--svg", picture, "--output", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report == probe.report
    found = report["semantics"]
    assert found["measure"] == "rpm"
    assert found["ratePerMinute"]["low"] <= 630 and found["ratePerMinute"]["high"] >= 570
    assert report["stopReason"] == "durationMax"
    assert report["summary"]["attempted"] == sum(step["attempted"] for step in report["steps"])
    assert picture.read_text().startswith("<svg")


FAULTS = [
    "internal-server-error", "service-unavailable", "model-not-ready", "model-timeout", "slow", "stall", "cut", "drop", "no-usage",
]  # fmt: skip


@pytest.mark.parametrize("limit", [["--max-requests", "37"], ["--max-tokens-spent", "20000"]])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_caps_hold_at_the_server(probe, server, control, fault, limit):
    control.faults(**{fault: 0.3})
    done = probe(*limit, "--timeout", "3")
    assert done.returncode == 0, done.stderr
    summary = probe.report["summary"]
    sent = summary["attempted"]
    assert sent == 37 or summary["tokens"] <= 20_000
    # What broke before it was counted is in no metric.
    assert attempts(server.url) <= sent
    assert probe.report["stopReason"] in ("requestsMax", "tokensMax")
    assert "throttled" in done.stdout


def planned(text):
    """Requests and quota tokens that the plan allows; it names no other amounts."""
    amounts = re.findall(r"([\d,]+) requests, ([\d,]+) quota tokens", text)
    assert len(amounts) == 1, text
    return [int(amount.replace(",", "")) for amount in amounts[0]]


@pytest.mark.parametrize(
    "options",
    [["--measure", "rpm"], ["--measure", "tpm"], ["--mode", "steps", "--requests-per-batch", "30"], ["--measure", "rpm", "--mode", "steps"]],  # fmt: skip
)
def test_a_plan_is_a_bound(probe, server, control, options):
    """The service enforces much more than the applied value that the plan was made with."""
    control.quota(RPM_CODE, 20_000)
    control.quota(TPM_CODE, 9_000_000)
    small = probe.runner(*probe.arguments("--dry-run", *options))
    requests, tokens = planned(small.stderr)
    assert (requests, tokens) != (20_000, 20_000_000)
    done = probe(*options, "--max-duration", "6")
    requests, tokens = planned(done.stderr)
    summary = probe.report["summary"]
    assert 0 < summary["attempted"] <= requests and summary["tokens"] <= tokens
    assert attempts(server.url) <= requests


def test_accepted_batches_show_no_rate(probe, control):
    control.quota(RPM_CODE, 6_000)
    done = probe("--mode", "steps", "--delay", "0")
    assert done.returncode == 0 and probe.report["stopReason"] == "batchesDone"
    assert "doesn't show how fast the quota is refilled" in done.stdout and "per minute" not in done.stdout


def test_steps(probe, control):
    control.quota(RPM_CODE, 30)
    done = probe("--mode", "steps", "--delay", "0")
    assert done.returncode == 0, done.stderr
    report = probe.report
    assert report["stopReason"] == "throttledBatch"
    assert [step["attempted"] for step in report["steps"] if step["kind"] == "batch"][:2] == [10, 20]


def test_a_quota_of_nothing(probe, control):
    control.quota(RPM_CODE, 0)
    done = probe()
    assert done.returncode == 1 and "is 0" in done.stdout
    assert probe.report["summary"]["attempted"] <= 3


def test_no_access(probe, control):
    control.deny(PROFILE)
    done = probe()
    assert done.returncode == 1 and "request access to this model" in done.stdout
    assert probe.report["stopReason"] == "denied" and probe.report["summary"]["attempted"] <= 2


def test_no_capacity(probe, control):
    control.faults(**{"service-unavailable": 1})
    done = probe(timeout=120)
    assert done.returncode == 1 and "503" in done.stdout
    assert probe.report["stopReason"] == "onlyCapacity"


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_was_measured(probe, control, number, code):
    control.quota(RPM_CODE, 300)
    process = subprocess.Popen(
        [probe.runner.binary, *probe.arguments("--yes")],
        env=probe.runner.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    time.sleep(5)
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == code and "Stopped before the end" in output
    assert probe.report["stopReason"] == "interrupted" and probe.report["summary"]["attempted"] > 20


@pytest.mark.parametrize(
    "options",
    [["--measure", "tpd"], ["--max-requests", "0"], ["--max-duration", "nan"], ["--mode", "all"], ["--delay", "-1"], ["--svg", ""],
     ["--by-reservation", "--measure", "rpm"], ["--by-reservation", "--mode", "steps"],
     ["--measure", "reservation", "--mode", "steps"], ["--measure", "reservation", "--by-reservation"],
     # Nova's output tokens count once.
     ["--measure", "reservation"]],
)
def test_bad_usage(probe, options):
    assert_failed(probe(*options), 64)


def test_how_many_run_at_once(bedquota, environment, tmp_path):
    account = tmp_path / "account"
    run = Runner(bedquota, environment)
    assert run("record", account, "--emulator").returncode == 0
    for name in ("list-service-quotas.json", "list-aws-default-service-quotas.json"):
        file = account / name
        listing = json.loads(file.read_text(encoding="utf-8"))
        quota = dict(listing["Quotas"][0], QuotaCode="L-00C0FFEE", Value=25.0)
        quota["QuotaName"] = "On-demand InvokeModel concurrent requests for Amazon Nova Pro"
        listing["Quotas"].append(quota)
        file.write_text(json.dumps(listing), encoding="utf-8")
    report = tmp_path / "report.json"
    options = ("--emulator", "--account", account, "--yes", "--output-file", report)
    done = run("probe", "amazon.nova-pro-v1:0", "--measure", "concurrent", *options)
    assert done.returncode == 0, done.stderr
    assert "L-00C0FFEE" in done.stderr and "25 requests may run concurrently" in done.stdout
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["semantics"] == {"measure": "concurrent", "concurrent": {"low": 25, "high": 25}}
    assert found["stopReason"] == "found" and found["summary"]["attempted"] < 200


OPUS, OPUS_TPM_CODE = "us.anthropic.claude-opus-4-7", "L-5DB28B7B"


def test_tokens_by_reservation(bedquota, environment, tmp_path):
    """Answers of a word hold a quota of tokens, and tell its rate for a fraction of them."""
    emulator = Emulator(bedquota, environment, "--history", "0", "--latency", "1")
    report = tmp_path / "report.json"
    try:
        Control(emulator.url).quota(OPUS_TPM_CODE, 60_000)
        run = Runner(bedquota, with_credentials(environment))
        options = ("--endpoint-url", emulator.url, "--yes", "--output-file", report)
        done = run("probe", OPUS, "--by-reservation", *options, timeout=200)
    finally:
        emulator.stop()
    assert done.returncode == 0, done.stderr + done.stdout
    found = json.loads(report.read_text(encoding="utf-8"))
    semantics = found["semantics"]
    assert semantics["measure"] == "tpm" and semantics["name"] == "bucket60"
    assert abs(semantics["ratePerMinute"]["estimate"] / 60_000 - 1) < 0.05
    assert abs(semantics["burst"] / 60_000 - 1) < 0.1
    assert found["summary"]["tokens"] < 40_000
    requests, tokens = planned(done.stderr)
    assert found["summary"]["attempted"] <= requests and found["summary"]["tokens"] <= tokens


GPT, GPT_TPM_CODE = "us.openai.gpt-5.6-terra", "L-99936FBF"


def test_whether_max_tokens_count_as_output_does(bedquota, environment, tmp_path):
    """Three servers in real time, in parallel: the reservation's factor, with a dozen requests at most."""
    cases = [
        (OPUS, OPUS_TPM_CODE, "burndown", 200_000, 5),
        (OPUS, OPUS_TPM_CODE, "1", 100_000, 1),
        # The maximum output of 128,000 is too small to be throttled alone, so two requests are in flight at once.
        (GPT, GPT_TPM_CODE, "1", 1_000_000, 1),
    ]

    def run(number):
        model, code, factor, quota, _ = cases[number]
        # A model of OpenAI takes no stop sequences, so its answers must be short by themselves.
        options = ("--history", "0", "--latency", "1", "--output-tokens", "2", "--reservation-factor", factor)
        emulator = Emulator(bedquota, environment, *options)
        try:
            Control(emulator.url).quota(code, quota)
            report = tmp_path / f"{number}.json"
            probe = Runner(bedquota, with_credentials(environment))
            options = ("--measure", "reservation", "--endpoint-url", emulator.url, "--yes", "--output-file", report)
            return probe("probe", model, *options, timeout=400), json.loads(report.read_text(encoding="utf-8"))
        finally:
            emulator.stop()

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(run, range(3)))
    for (_, code, _, quota, truth), (process, report) in zip(cases, done):
        assert process.returncode == 0, process.stderr + process.stdout
        found = report["semantics"]["reservation"]
        assert report["stopReason"] == "found" and report["semantics"]["measure"] == "reservation"
        assert found["factor"] == truth, (found, report["advice"])
        requests, tokens = planned(process.stderr)
        assert requests == 12 and report["summary"]["attempted"] <= 12 and report["summary"]["tokens"] <= tokens
        assert sum(trial["together"] for trial in found["trials"]) == report["summary"]["attempted"] - 1
        assert "waits a minute in silence" in process.stderr and "may reach max_tokens of 128,000" in process.stderr
        if "throttledMaxTokens" in found:
            assert found["passedMaxTokens"] * truth <= quota <= found["throttledMaxTokens"] * truth + 100
        assert code in process.stderr and "max_tokens count" in process.stdout


def test_a_factor_out_of_reach(bedquota, environment, tmp_path):
    emulator = Emulator(bedquota, environment, "--history", "0", "--latency", "1")
    try:
        Control(emulator.url).quota(OPUS_TPM_CODE, 50_000_000)
        run = Runner(bedquota, with_credentials(environment))
        options = ("--measure", "reservation", "--endpoint-url", emulator.url, "--output-file", tmp_path / "report.json")
        plan = run("probe", OPUS, *options, "--dry-run", "--output", "json")
        assert json.loads(plan.stdout)["most"]["requests"] == 12
        done = run("probe", OPUS, *options, "--yes", timeout=200)
    finally:
        emulator.stop()
    assert done.returncode == 1
    assert "between 1 and 5 times" in done.stdout and "in flight at once" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["stopReason"] == "unclear" and report["summary"]["attempted"] == 2
    assert "factor" not in report["semantics"]["reservation"]


def test_in_real_time(bedquota, environment, tmp_path):
    """Three servers in real time, in parallel: the enforced limit, and which quota it is."""
    cases = [("bucket60", 240, 1e7, "rpm", 240), ("bucket5", 600, 1e7, "rpm", 600), ("bucket60", 20_000, 150_000, "tpm", 150_000)]

    def run(number):
        semantics, rpm, tpm, _, _ = cases[number]
        emulator = Emulator(bedquota, environment, "--history", "0", "--latency", "0.2", "--semantics", semantics)
        try:
            control = Control(emulator.url)
            control.quota(RPM_CODE, rpm)
            control.quota(TPM_CODE, tpm)
            folder = tmp_path / str(number)
            folder.mkdir()
            probe = Probe(bedquota, with_credentials(environment), emulator.url, folder)
            done = probe("--max-duration", "400", timeout=500)
            assert done.returncode == 0, done.stderr
            return probe.report
        finally:
            emulator.stop()

    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(run, range(3)))
    for (semantics, _, _, measure, truth), report in zip(cases, reports):
        found = report["semantics"]
        assert report["stopReason"] == "found", report["advice"]
        assert found["measure"] == measure and found["name"] == semantics, found
        assert abs(found["ratePerMinute"]["estimate"] / truth - 1) < 0.04, found
