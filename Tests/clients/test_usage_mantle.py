"""`usage`, `check`, `capacity` and `dashboard` on bedrock-mantle: what they show is what the clients counted, endpoint by endpoint."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from datetime import datetime, timedelta, timezone

import openai
import pytest
from aws_clients import Clients
from dialects import MESSAGES, OPTIONS, PROMPT
from emulator_control import Control
from mantle import CLAUDE, GPT, OSS, anthropic_client, base, openai_client
from metric_days import near, peaks_of
from processes import Emulator
from support import with_credentials

# In no list of models: its quotas name it. The built-in account has none of it.
ONLY_MANTLE = "openai.gpt-5.4"
OSS_LISTED = "openai.gpt-oss-20b-1:0"
ONE, TWO = "proj_one1", "proj_two2"
MOST = 100


@pytest.fixture(scope="module")
def server(bedquota, environment, recorded_account):
    emulator = Emulator(bedquota, environment, *recorded_account.options, *OPTIONS)
    yield emulator
    assert emulator.stop() == 0


def count(usage, **more) -> Counter:
    read = usage.input_tokens if hasattr(usage, "input_tokens") else usage.prompt_tokens
    written = usage.output_tokens if hasattr(usage, "output_tokens") else usage.completion_tokens
    return Counter(invocations=1, inputTokens=read, outputTokens=written, **more)


@pytest.fixture(scope="module")
def counted(server):
    """What real clients counted, by endpoint, model and project."""
    counts = {}

    def add(endpoint, model, project, counter):
        counts.setdefault((endpoint, model, project), Counter()).update(counter)

    mantle = base(server.url)
    for project, times in ((ONE, 3), (TWO, 2)):
        with openai_client(f"{mantle}/openai/v1", project=project) as client:
            for model in (ONLY_MANTLE, GPT):
                for index in range(times):
                    asked = {"model": model, "input": PROMPT * (index + 1), "max_output_tokens": MOST}
                    add("mantle", model, project, count(client.responses.create(**asked).usage))
                    events = list(client.responses.create(**asked, stream=True))
                    add("mantle", model, project, count(events[-1].response.usage))
            with pytest.raises(openai.BadRequestError):
                client.responses.create(model=ONLY_MANTLE, input=PROMPT, max_output_tokens=0)
            add("mantle", ONLY_MANTLE, project, Counter(clientErrors=1))
    with openai_client(f"{mantle}/v1") as client:
        add("mantle", OSS, "default", count(client.chat.completions.create(model=OSS, messages=MESSAGES).usage))
    with anthropic_client(f"{mantle}/anthropic") as client:
        reply = client.messages.create(model=CLAUDE, messages=MESSAGES, max_tokens=MOST)
        add("mantle", CLAUDE, "default", count(reply.usage))
    with openai_client(f"{server.url}/openai/v1") as client:
        for _ in range(2):
            reply = client.chat.completions.create(model=OSS_LISTED, messages=MESSAGES)
            add("runtime", OSS_LISTED, None, count(reply.usage))
        for _ in range(3):
            events = list(client.responses.create(model=f"us.{GPT}", input=PROMPT, stream=True))
            add("runtime", f"us.{GPT}", None, count(events[-1].response.usage))
    return counts


def of_model(counted, endpoint, model) -> Counter:
    return sum((own for key, own in counted.items() if key[:2] == (endpoint, model)), Counter())


@pytest.fixture(scope="module")
def bedquota_of(run, environment, server, counted):
    """Runs a command against the emulator after all the traffic."""
    credentials = with_credentials(environment) | {"TZ": "UTC", "NO_COLOR": "1"}

    def call(command, *arguments, output="json", code=0, hours=True):
        options = ("--endpoint-url", server.url, "--quiet", "--output", output)
        done = run(command, *arguments, *options, *(("--hours", 1) if hours else ()), environment=credentials)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if output == "json" else done.stdout

    return call


@pytest.fixture(scope="module")
def usage(bedquota_of):
    return lambda *arguments, **more: bedquota_of("usage", *arguments, **more)


def find_codes(account, model_words):
    found = {}
    for code, quota in account.union.items():
        for kind in ("Input", "Output"):
            if quota["QuotaName"] == f"[bedrock-mantle endpoint] {kind} tokens per minute for {model_words}":
                found[kind] = code
    return found["Input"], found["Output"]


def test_a_model_of_mantle_alone(usage, counted, recorded_account):
    [report] = usage(ONLY_MANTLE)
    own = of_model(counted, "mantle", ONLY_MANTLE)
    assert (report["endpoint"], report["scope"], report["id"]) == ("mantle", "mantle", ONLY_MANTLE)
    for name in ("invocations", "inputTokens", "outputTokens", "clientErrors"):
        assert report[name] == own[name] > 0, name
    # What mantle's metrics don't tell is unknown, not 0.
    unknown = {"throttles", "demand", "throttleRate", "serverErrors", "cacheReadTokens", "quotaTokens", "throttledBy"}
    assert not unknown & set(report)
    assert any("no throttled requests" in note for note in report["notes"])
    codes = find_codes(recorded_account, "GPT-5.4")
    for measure, code in zip(("input-tpm", "output-tpm"), codes, strict=True):
        [peak] = peaks_of(report, measure)
        assert (peak["code"], peak["quota"]) == (code, recorded_account.union[code]["Value"])
        assert peak["utilization"] == near(peak["value"] / peak["quota"])
    # The series says the same minute by minute.
    points = report["series"]
    assert sum(point["inputTokens"] for point in points) == own["inputTokens"]
    assert max(p["inputTokens"] + p["outputTokens"] for p in points) == peaks_of(report, "input-tpm")[0]["value"]
    assert max(p["outputTokens"] for p in points) == peaks_of(report, "output-tpm")[0]["value"]


def test_projects_are_a_breakdown_of_the_whole(usage, counted):
    [report] = usage(ONLY_MANTLE)
    shares = {share["project"]: share for share in report["shares"]}
    assert set(shares) == {ONE, TWO}
    for project, share in shares.items():
        own = counted[("mantle", ONLY_MANTLE, project)]
        assert {name: share[name] for name in own} == dict(own)
        assert "throttles" not in share
    for name in ("invocations", "inputTokens", "outputTokens", "clientErrors"):
        assert sum(share[name] for share in shares.values()) == report[name]


def test_a_model_on_both_endpoints(usage, counted):
    """One id, two pools: neither has the other's requests."""
    runtime, mantle = usage(OSS_LISTED)
    assert [runtime["endpoint"], mantle["endpoint"]] == ["runtime", "mantle"]
    for report, model in ((runtime, OSS_LISTED), (mantle, OSS)):
        own = of_model(counted, report["endpoint"], model)
        assert {name: report[name] for name in own} == dict(own)
    # No quota of this endpoint names it.
    assert all("quota" not in peak for peak in mantle["peaks"])
    text = usage(OSS_LISTED, output="table")
    assert f"{OSS_LISTED}, bedrock-runtime, on-demand" in text and f"{OSS_LISTED}, bedrock-mantle" in text
    assert [report["endpoint"] for report in usage(OSS_LISTED, "--endpoint", "runtime")] == ["runtime"]
    assert [report["endpoint"] for report in usage(OSS_LISTED, "--endpoint", "mantle")] == ["mantle"]


def test_a_profile_has_the_runtime_alone(usage, counted):
    [report] = usage(f"us.{GPT}")
    own = of_model(counted, "runtime", f"us.{GPT}")
    assert report["endpoint"] == "runtime" and {name: report[name] for name in own} == dict(own)
    # The bare id can't be invoked there, so it has mantle alone.
    [report] = usage(GPT)
    own = of_model(counted, "mantle", GPT)
    assert report["endpoint"] == "mantle" and {name: report[name] for name in own} == dict(own)


def test_mantle_alone_has_nothing_of_a_profile(usage, bedquota_of):
    [report] = usage(f"us.{GPT}", "--endpoint", "mantle")
    assert (report["endpoint"], report["peaks"]) == ("mantle", [{"measure": "input-tpm"}, {"measure": "output-tpm"}])
    assert any("neither inference profiles nor ARNs" in note for note in report["notes"])
    bedquota_of("capacity", f"us.{GPT}", "--endpoint", "mantle", "--input-tokens", 1, output="table", code=1, hours=False)


def test_the_table_says_what_json_says(usage, counted):
    own = of_model(counted, "mantle", ONLY_MANTLE)
    text = usage(ONLY_MANTLE, output="table")
    assert f"completed {own['invocations']} · throttled unknown · client errors {own['clientErrors']}" in text
    assert f"input {own['inputTokens']} · output {own['outputTokens']} · cache read unknown" in text
    for project in (ONE, TWO):
        share = counted[("mantle", ONLY_MANTLE, project)]
        cells = [share[name] for name in ("invocations", "clientErrors", "inputTokens", "outputTokens")]
        assert re.search(rf"^  {project} +{cells[0]} +unknown +{cells[1]} +{cells[2]} +{cells[3]}$", text, re.MULTILINE)
    assert not re.search(r"^  (rpm|tpm) ", text, re.MULTILINE)


def test_csv_has_both_meters(usage):
    [row] = csv.DictReader(io.StringIO(usage(ONLY_MANTLE, output="csv")))
    [report] = usage(ONLY_MANTLE)
    assert row["endpoint"] == "mantle" and row["throttles"] == row["tpmPeak"] == row["throttleRate"] == ""
    for column, measure in (("inputTpm", "input-tpm"), ("outputTpm", "output-tpm")):
        [peak] = peaks_of(report, measure)
        assert float(row[f"{column}Peak"]) == peak["value"] and float(row[f"{column}Quota"]) == peak["quota"]
        assert row[f"{column}Code"] == peak["code"]


def test_max_tokens_are_estimated_on_the_quota_of_input(usage):
    [report] = usage(ONLY_MANTLE, "--max-tokens", MOST)
    peak = report["reservationPeak"]
    assert peak["measure"] == "input-tpm"
    assert peak["value"] == max(p["inputTokens"] + MOST * p["invocations"] for p in report["series"])


def test_all_with_traffic(bedquota_of, counted, tmp_path):
    """Without an id, every pool of both endpoints, each once."""
    reports = bedquota_of("dashboard", "--output-file", tmp_path / "all.html")
    found = {(report["endpoint"], report["id"]): report for report in reports}
    assert len(found) == len(reports)
    assert set(found) == {key[:2] for key in counted}
    for (endpoint, model), report in found.items():
        own = of_model(counted, endpoint, model)
        assert {name: report[name] for name in own} == dict(own), model


def test_the_picture_names_both_quotas(bedquota_of, tmp_path):
    file = tmp_path / "one.svg"
    bedquota_of("dashboard", ONLY_MANTLE, f"us.{GPT}", "--output-file", file, output="json")
    root = ElementTree.parse(file).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    shown = [" ".join(element.itertext()) for element in root.iter(f"{svg}text")]
    assert any(f"{ONLY_MANTLE} (mantle)" in text for text in shown)
    for words in ("input + output tokens", "output tokens", "latency p99", "first token p90"):
        assert any(words in text for text in shown), words
    assert any("bedrock-mantle publishes no latency" in text for text in shown)
    assert len(root.findall(f".//{svg}g[@class='plot']")) == 2 * 3


def test_latency_percentiles_of_streams(usage):
    [report] = usage(f"us.{GPT}")
    latencies = {latency["metric"]: latency for latency in report["latencies"]}
    assert set(latencies) == {"InvocationLatency", "TimeToFirstToken"}
    for latency in latencies.values():
        assert latency["id"] == f"us.{GPT}"
        assert 0 <= latency["p50"] <= latency["p90"] <= latency["p99"]
    [row] = csv.DictReader(io.StringIO(usage(f"us.{GPT}", output="csv")))
    for column, metric in (("latency", "InvocationLatency"), ("timeToFirstToken", "TimeToFirstToken")):
        for name in ("p50", "p90", "p99"):
            assert float(row[f"{column}{name.upper()}"]) == latencies[metric][name]
    # No stream, no first token; and none of it on bedrock-mantle.
    runtime, mantle = usage(OSS_LISTED)
    assert [latency["metric"] for latency in runtime["latencies"]] == ["InvocationLatency"]
    assert "latencies" not in mantle


def test_capacity_of_both_meters(bedquota_of, recorded_account):
    quota, output = (recorded_account.union[code]["Value"] for code in find_codes(recorded_account, "GPT-5.4"))
    sizes = ("--input-tokens", 3_000, "--cache-read-tokens", 5_000, "--cache-write-tokens", 200, "--output-tokens", 400)
    reply = bedquota_of("capacity", ONLY_MANTLE, *sizes, "--max-tokens", 1_000, hours=False)
    limits = {limit["measure"]: limit for limit in reply["limits"]}
    assert reply["endpoint"] == "mantle" and set(limits) == {"input-tpm", "output-tpm"}
    # Cached reads cost nothing here, and no burndown applies.
    assert (reply["reservationPerRequest"], reply["finalCostPerRequest"]) == (4_200, 3_600)
    assert limits["input-tpm"]["requestsPerMinute"] == near(quota / 3_600)
    assert limits["output-tpm"]["requestsPerMinute"] == near(output / 400)
    assert reply["requestsPerMinute"] == near(min(quota / 3_600, output / 400))


def test_capacity_from_what_was_measured(bedquota_of, counted):
    own = of_model(counted, "mantle", ONLY_MANTLE)
    reply = bedquota_of("capacity", ONLY_MANTLE, "--max-tokens", MOST)
    mean_input, mean_output = (round(own[name] / own["invocations"]) for name in ("inputTokens", "outputTokens"))
    assert reply["finalCostPerRequest"] == mean_input + mean_output
    assert reply["measured"]["invocations"] == own["invocations"] and "throttles" not in reply["measured"]


def test_rank_has_the_fuller_meter(usage):
    [row] = usage(ONLY_MANTLE, "--rank")
    [report] = usage(ONLY_MANTLE)
    [read], [written] = peaks_of(report, "input-tpm"), peaks_of(report, "output-tpm")
    assert row["endpoint"] == "mantle"
    assert row["freeTokensPerMinute"] == read["quota"] - read["value"]
    assert row["freeOutputTokensPerMinute"] == written["quota"] - written["value"]
    requests = report["invocations"]
    fitting = [
        row["freeTokensPerMinute"] / ((report["inputTokens"] + report["outputTokens"]) / requests),
        row["freeOutputTokensPerMinute"] / (report["outputTokens"] / requests),
    ]
    assert row["fittingRequestsPerMinute"] == near(min(fitting))


def test_alarms_count_as_usage_does(bedquota_of, server, usage):
    """An alarm on each quota, whose expressions the emulator computes; none on throttles, which mantle doesn't publish."""
    bedquota_of("alarms", "apply", ONLY_MANTLE, "--yes", hours=False)
    client = Clients(server.url)("cloudwatch")
    prefix = f"bedquota/{ONLY_MANTLE}/mantle/"
    found = client.describe_alarms(AlarmNamePrefix="bedquota/")["MetricAlarms"]
    sums = {}
    for alarm in found:
        now = datetime.now(timezone.utc)
        [result] = client.get_metric_data(
            MetricDataQueries=alarm["Metrics"], StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=1)
        )["MetricDataResults"]
        sums[alarm["AlarmName"]] = sum(result["Values"])
    [report] = usage(ONLY_MANTLE)
    both = report["inputTokens"] + report["outputTokens"]
    assert sums == {f"{prefix}input-tpm": both, f"{prefix}output-tpm": report["outputTokens"]}
    for alarm in found:
        [peak] = peaks_of(report, alarm["AlarmName"].removeprefix(prefix))
        assert alarm["Threshold"] == near(0.8 * peak["quota"])
    bedquota_of("alarms", "delete", ONLY_MANTLE, "--yes", hours=False)
    assert not client.describe_alarms(AlarmNamePrefix="bedquota/")["MetricAlarms"]


# The last test, because it changes quotas.


@pytest.mark.parametrize(("share", "code", "word"), [(0.5, 0, "OK"), (0.9, 1, "WARNING"), (0.99, 2, "CRITICAL")])
@pytest.mark.parametrize("measure", ["input-tpm", "output-tpm"])
def test_check_by_the_quota(bedquota_of, server, usage, recorded_account, measure, share, code, word):
    control = Control(server.url)
    [report] = usage(ONLY_MANTLE)
    [peak] = peaks_of(report, measure)
    control.quota(peak["code"], peak["value"] / share)
    try:
        text = bedquota_of("check", ONLY_MANTLE, output="table", code=code)
        [verdict] = [each for each in bedquota_of("check", ONLY_MANTLE, code=code) if each["measure"] == measure]
    finally:
        control.quota(peak["code"], peak["quota"])
    head, *lines = text.splitlines()
    assert head.startswith(f"BEDROCK QUOTA {word} - {ONLY_MANTLE} (mantle) ")
    assert any(line.startswith(f"{word} {ONLY_MANTLE} (mantle) {measure}: ") for line in lines)
    # Nobody knows how much was throttled, so no figure says so.
    assert "throttled" not in text and f"'{ONLY_MANTLE} (mantle) {measure}'=" in head
    assert (verdict["endpoint"], verdict["status"], verdict["value"]) == ("mantle", word.lower(), peak["value"])
    assert verdict["utilization"] == near(share) and "throttles" not in verdict
