"""`bedquota usage` after real traffic: it counts what boto3 counted."""

import csv
import io
import json
import re
from collections import Counter
from datetime import datetime, timedelta, timezone

import metric_days as days
import pandas as pd
import pytest
from aws_clients import Clients
from botocore.exceptions import ClientError
from emulator_control import Control
from metric_days import ago, assert_agrees, iso, near, peaks_of
from processes import Emulator
from runtime_calls import MESSAGES, OPTIONS, OPUS, PROFILE, RPM_CODE, invoke
from runtime_shapes import RuntimeClients, read_events
from support import with_credentials
from test_runtime_accounts import APPLICATION, APPLICATION_ID, add_application_profile, edit

IDLE = "us.meta.llama4-scout-17b-instruct-v1:0"
SONNET, SONNET_TPD = "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "L-381AD9EE"
RPM = 15
MAX_TOKENS = 2_000
KINDS = {
    "invocations": "Invocations",
    "inputTokens": "InputTokenCount",
    "cacheReadTokens": "CacheReadInputTokenCount",
    "cacheWriteTokens": "CacheWriteInputTokenCount",
}


@pytest.fixture(scope="module")
def server(run, bedquota, environment, tmp_path_factory):
    """An account with an application profile, whose time nearly stands still."""
    account = tmp_path_factory.mktemp("record") / "own"
    run.output("record", account, "--emulator")
    edit(account / "list-inference-profiles.json", add_application_profile)
    emulator = Emulator(bedquota, environment, "--account", str(account), *OPTIONS)
    Control(emulator.url).slow_down()
    yield emulator
    assert emulator.stop() == 0


def converse(runtime, identifier, **more):
    config = {"maxTokens": 100} | more.pop("config", {})
    reply = runtime.converse(
        modelId=identifier, messages=MESSAGES, inferenceConfig=config, **more
    )
    return reply["usage"]


def stream(runtime, identifier):
    config = {"maxTokens": 100}
    call = runtime.converse_stream
    reply = call(modelId=identifier, messages=MESSAGES, inferenceConfig=config)
    return read_events(reply["stream"])[-1]["metadata"]["usage"]


def invoke_model(runtime, identifier):
    return json.loads(invoke(runtime, identifier))["usage"]


def invalid(runtime, identifier):
    return converse(runtime, identifier, config={"temperature": 7.0})


def caching(runtime, identifier):
    system = [{"text": "four" * 2_000}, {"cachePoint": {"type": "default"}}]
    return converse(runtime, identifier, system=system)


NAMES = {
    "inputTokens": "inputTokens",
    "outputTokens": "outputTokens",
    "cacheReadInputTokens": "cacheReadTokens",
    "cacheWriteInputTokens": "cacheWriteTokens",
}


def send(runtime, identifier, way) -> Counter:
    """One request, as its client counts it."""
    try:
        used = way(runtime, identifier)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ThrottlingException":
            return Counter(throttles=1)
        assert error.response["Error"]["Code"] == "ValidationException"
        return Counter(clientErrors=1)
    return Counter({ours: used.get(name, 0) for name, ours in NAMES.items()}, invocations=1)


@pytest.fixture(scope="module")
def counted(server):
    """What the client counted for each id; some of it throttled, some of it refused."""
    control, runtime = Control(server.url), RuntimeClients(server.url).runtime()
    control.quota(RPM_CODE, RPM)
    counts = {}
    for identifier, ways in {
        PROFILE: [converse, invoke_model, stream, invalid] * 3,
        APPLICATION: [converse, stream, invoke_model] * 5,
        OPUS: [converse, caching, caching, stream, invalid, caching],
    }.items():
        counts[identifier] = sum((send(runtime, identifier, way) for way in ways), Counter())
    Clients(server.url)("cloudwatch").put_metric_data(
        Namespace="Mine",
        MetricData=[
            {
                "MetricName": "Invocations",
                "Dimensions": [{"Name": "ModelId", "Value": OPUS}],
                "Value": 1_000,
            }
        ],
    )
    return counts


@pytest.fixture(scope="module")
def usage(run, environment, server, counted):
    """Runs `usage` against the emulator after all the traffic."""
    credentials = with_credentials(environment) | {"TZ": "UTC", "NO_COLOR": "1"}

    def call(*arguments, output="json"):
        options = ("--endpoint-url", server.url, "--output", output, "--quiet", "--hours", 1)
        done = run("usage", *arguments, *options, environment=credentials)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout) if output == "json" else done.stdout

    return call


def assert_counts(report, counts, burndown):
    assert counts["invocations"] and counts["outputTokens"] and counts["clientErrors"]
    for name in (*days.ALL, "demand"):
        expected = counts[name] or 0
        if name == "demand":
            expected = counts["invocations"] + counts["throttles"]
        assert report[name] == expected, name
    quota = counts["inputTokens"] + counts["cacheWriteTokens"] + burndown * counts["outputTokens"]
    assert report["quotaTokens"] == report["estimatedQuotaTokens"] == quota
    assert report["throttleRate"] == near(counts["throttles"] / report["demand"])
    assert not any("EstimatedTPMQuotaUsage" in note for note in report["notes"])


@pytest.mark.parametrize("asked", [PROFILE, APPLICATION])
def test_profiles_of_one_quota_are_summed(usage, counted, asked):
    [report] = usage(asked)
    counts = counted[PROFILE] + counted[APPLICATION]
    assert RPM <= counts["invocations"] and counts["throttles"] > 5
    assert_counts(report, counts, burndown=1)
    parts = {part.pop("id"): part for part in report["parts"]}
    [application] = set(parts) - {PROFILE}
    assert application in (APPLICATION, APPLICATION_ID)
    for part, counts in ((parts[PROFILE], PROFILE), (parts[application], APPLICATION)):
        assert part == {name: counted[counts][name] for name in part}


def test_cached_prompts(usage, counted):
    [report] = usage(OPUS)
    assert counted[OPUS]["cacheReadTokens"] > counted[OPUS]["cacheWriteTokens"] > 1_000
    assert_counts(report, counted[OPUS], burndown=5)


def test_throttles_bind_the_requests(usage):
    [report] = usage(PROFILE)
    [peak] = peaks_of(report, "rpm")
    assert (peak["code"], peak["quota"]) == (RPM_CODE, RPM)
    assert peak["utilization"] == near(peak["value"] / RPM)
    assert report["throttledBy"] == "rpm"
    assert any(RPM_CODE in line for line in report["advice"])


def read_minutes(url, identifier, names, start, end):
    """What boto3 reads of a model's minutes: a frame with a column for each name."""
    cloudwatch = Clients(url)("cloudwatch")
    common = {"Namespace": "AWS/Bedrock", "Dimensions": [{"Name": "ModelId", "Value": identifier}]}
    columns = {}
    for column, name in names.items():
        stat = {"Metric": common | {"MetricName": name}, "Stat": "Sum", "Period": 60}
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[{"Id": "m", "MetricStat": stat}], StartTime=start, EndTime=end
        )
        points = {}
        for page in pages:
            [result] = page["MetricDataResults"]
            points.update(zip(result["Timestamps"], result["Values"], strict=True))
        columns[column] = pd.Series({int(at.timestamp()): value for at, value in points.items()})
    return pd.DataFrame(columns).astype(float)


def test_reservations_are_estimated(usage, server):
    now = datetime.now(timezone.utc)
    frame = read_minutes(server.url, OPUS, KINDS, now - timedelta(hours=1), now)
    frame = frame.fillna(0)
    reserved = frame.drop(columns="invocations").sum(axis=1) + MAX_TOKENS * frame.invocations
    [report] = usage(OPUS, "--max-tokens", MAX_TOKENS)
    peak = report["reservationPeak"]
    [tpm] = peaks_of(report, "tpm")
    assert (peak["measure"], peak["code"], peak["quota"]) == ("tpm", tpm["code"], tpm["quota"])
    assert peak["value"] == reserved.max()
    assert peak["at"] == iso(reserved.idxmax())
    assert peak["utilization"] == near(peak["value"] / peak["quota"])
    assert "reservationPeak" not in usage(OPUS)[0]


def test_an_idle_model_is_no_failure(usage):
    text = usage(IDLE, output="table")
    assert "No CloudWatch data" in text and IDLE in text
    [report] = usage(IDLE)
    assert report["series"] == report["parts"] == []
    assert not {"invocations", "throttleRate", "quotaTokens", "dataUntil"} & set(report)
    assert all("value" not in peak for peak in report["peaks"])
    assert peaks_of(report, "rpm")[0]["quota"] > 0


def test_csv_says_what_json_says(usage):
    reports = usage(PROFILE, OPUS, IDLE)
    rows = list(csv.DictReader(io.StringIO(usage(PROFILE, OPUS, IDLE, output="csv"))))
    assert [row["id"] for row in rows] == [PROFILE, OPUS, IDLE]
    for row, report in zip(rows, reports, strict=True):
        for name, cell in row.items():
            if name in ("start", "end", "dataUntil"):
                assert bool(cell) == (name in report)
            elif name in report:
                assert cell == str(report[name]) or float(cell) == report[name], name
            elif not name.startswith(("rpm", "tpm", "tpd", "latency", "timeToFirstToken")):
                assert cell == "", name
        for measure in ("rpm", "tpm"):
            peak = (peaks_of(report, measure) or [{}])[0]
            for column, name in {
                "Quota": "quota",
                "Peak": "value",
                "Utilization": "utilization",
                "P50": "p50",
                "P90": "p90",
                "P99": "p99",
                "MinutesAbove80": "minutesAbove80",
            }.items():
                cell = row[f"{measure}{column}"]
                assert (float(cell) if cell else None) == peak.get(name), (measure, name)
            assert row[f"{measure}Code"] == peak.get("code", "")
            assert row[f"{measure}PeakAt"] == peak.get("at", "")


def number(cell):
    return None if cell == "–" else float(cell.replace(",", "").removesuffix(" %"))


def test_markdown_says_what_json_says(usage):
    lines = usage(PROFILE, OPUS, IDLE, output="markdown").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]
    reports = usage(PROFILE, OPUS, IDLE)
    assert len(rows) == len(reports)
    for row, report in zip(rows, reports, strict=True):
        assert row["id"] == report["id"]
        for name, key in {
            "requests": "demand",
            "accepted": "invocations",
            "throttled": "throttles",
            "input tokens": "inputTokens",
            "output tokens": "outputTokens",
            "quota tokens": "quotaTokens",
        }.items():
            assert number(row[name]) == report.get(key), name
        rate = report.get("throttleRate")
        assert number(row["throttle rate"]) == (None if rate is None else round(100 * rate, 2))
        assert row["throttled by"] == report.get("throttledBy", "")


def test_the_table(usage, counted):
    counts = counted[PROFILE] + counted[APPLICATION]
    demand = counts["invocations"] + counts["throttles"]
    text = usage(PROFILE, output="table")
    assert re.search(r"[▁▂▃▄▅▆▇█]", text)
    rate = f"{100 * counts['throttles'] / demand:.2f} %"
    assert f"requests {demand} · accepted {counts['invocations']} · throttled {counts['throttles']} ({rate})" in text
    assert re.search(r"Data to \d\d:\d\d", text)
    assert re.search(rf"^  rpm .* {RPM_CODE}$", text, re.MULTILINE)
    assert PROFILE in text and APPLICATION_ID in text
    assert "\x1b" not in text


def test_a_day_of_no_tokens_binds(usage, server):
    """As in new accounts: every request is throttled, whatever a minute would hold."""
    Control(server.url).quota(SONNET_TPD, 0)
    counts = send(RuntimeClients(server.url).runtime(), SONNET, converse)
    assert counts == Counter(throttles=1)
    [report] = usage(SONNET)
    assert report["throttleRate"] == 1
    assert report["throttledBy"] == "tpd"
    assert any(SONNET_TPD in line for line in report["advice"])


@pytest.fixture(scope="module")
def past(bedquota, environment):
    emulator = Emulator(bedquota, environment, *OPTIONS[:-4], "--history", "3")
    yield emulator
    assert emulator.stop() == 0


@pytest.mark.parametrize(
    "identifier, burndown",
    [
        ("amazon.nova-pro-v1:0", 1),
        ("meta.llama3-70b-instruct-v1:0", 1),
        (SONNET, 5),
    ],
)
def test_a_made_up_day_agrees_with_pandas(run, environment, past, identifier, burndown):
    start = ago(26 * 3_600)
    end = start + 86_400
    frame = read_minutes(past.url, identifier, days.COUNTS | days.NEW_CACHE, start, end)
    arguments = ("--start", iso(start), "--end", iso(end), "--output", "json")
    text = run.output(
        *("usage", identifier, "--endpoint-url", past.url, *arguments),
        environment=with_credentials(environment),
    )
    [report] = json.loads(text)
    assert len(frame) > 1_000
    assert_agrees(report, frame.sort_index(), burndown)
