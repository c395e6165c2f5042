"""`bedquota check`: its lines for monitoring systems, and exit codes that a script can trust."""

import csv
import io
import json
import re
import subprocess
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import metric_days as days
import numpy as np
import pytest
from aws_clients import failure
from cloudwatch_server import MetricServer, data, result
from fault_server import always, error
from metric_days import DAY, ago, iso, near
from processes import Emulator
from servers import emulator_fixture
from runtime_calls import OPTIONS, PROFILE, RPM_CODE, TPD_CODE, TPM_CODE, converse
from support import with_credentials

RPM = 200
IDLE = "us.meta.llama4-scout-17b-instruct-v1:0"
CLOSED, CLOSED_TPM = "global.openai.gpt-5.6-terra", "L-8E752C84"
UNKNOWN = "acme.rocket-9-v1:0"
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
FIRST = re.compile(r"BEDROCK QUOTA (?P<status>OK|WARNING|CRITICAL|UNKNOWN) - (?P<text>[^|]+?)(?: \| (?P<data>[^|]+))?")
LINE = re.compile(
    r"(?P<status>OK|WARNING|CRITICAL|UNKNOWN) (?P<id>\S+) (?P<measure>rpm|tpm|tpd|throttling): (?P<text>[^|]+)"
)
DATUM = re.compile(
    rf"'(?P<label>[^'=|]+)'=(?P<value>{NUMBER}|U)(?P<unit>%?);(?P<warn>{NUMBER});(?P<critical>{NUMBER});"
    rf"(?P<min>{NUMBER});(?P<max>{NUMBER})"
)


def read_plugin(text):
    """The first line, the other ones, and the performance data by label, of a plugin's output."""
    head, *rest = text.splitlines()
    first = FIRST.fullmatch(head)
    assert first, head
    lines = [LINE.fullmatch(line) for line in rest]
    assert all(lines), text
    data = first["data"] or ""
    found = [each for each in DATUM.finditer(data)]
    assert " ".join(each[0] for each in found) == data
    labels = {each["label"]: each for each in found}
    assert len(labels) == len(found), data
    return first, lines, labels


# An emulator for the account's lists alone.
lists = emulator_fixture("--history", "0")


@pytest.fixture
def check(run, environment, lists, moto):
    """Runs `check` with the lists of our emulator and the metrics of moto."""
    urls = {"AWS_ENDPOINT_URL": lists.url, "AWS_ENDPOINT_URL_CLOUDWATCH": moto.url, "TZ": "UTC"}

    def call(*arguments):
        return run("check", *arguments, "--quiet", environment=with_credentials(environment) | urls)

    return call


@pytest.fixture
def start():
    return ago(3 * 3_600)


def assert_unknown(done, *words):
    """One line on stdout for the monitoring system, the reason on stderr too, and exit code 3."""
    assert done.returncode == 3, done.stderr
    first = FIRST.fullmatch(done.stdout.splitlines()[0])
    assert first and first["status"] == "UNKNOWN", done.stdout
    assert done.stderr
    for word in words:
        assert word.lower() in done.stdout.lower(), f"{word!r} is not in {done.stdout!r}"


def hour(start):
    return ("--start", iso(start), "--end", iso(start + 3_600))


def peak_of(start, requests, throttles=0.0):
    """An hour of one request a minute with 100 tokens, but for one minute in the middle."""
    frame = days.traffic(start, np.ones(60))
    frame[["inputTokens", "outputTokens"]] = 50.0
    frame[["cacheReadTokens", "cacheWriteTokens"]] = np.nan
    frame.loc[start + 1_800, ["invocations", "throttles"]] = [requests, throttles]
    return frame


def verdicts(done):
    return {verdict["measure"]: verdict for verdict in json.loads(done.stdout)}


@pytest.mark.parametrize(
    "requests, arguments, code, status",
    [
        (159, [], 0, "ok"),
        (160, [], 1, "warning"),
        (189, [], 1, "warning"),
        (190, [], 2, "critical"),
        (260, [], 2, "critical"),
        (160, ["--warn", "80.1"], 0, "ok"),
        (100, ["--warn", "50", "--critical", "50"], 2, "critical"),
        (2, ["--warn", "0.9", "--critical", "99"], 1, "warning"),
        (190, ["--warn", "96", "--critical", "96"], 0, "ok"),
        (260, ["--warn", "200", "--critical", "300"], 0, "ok"),
    ],
)
def test_thresholds(check, moto, start, requests, arguments, code, status):
    moto.put(peak_of(start, requests), PROFILE)
    done = check(PROFILE, *hour(start), *arguments, "--output", "json")
    assert (done.returncode, done.stderr) == (code, "")
    found = verdicts(done)
    assert set(found) == {"rpm", "tpm"}
    rpm = found["rpm"]
    assert (rpm["status"], rpm["value"], rpm["quota"], rpm["code"]) == (
        status,
        requests,
        RPM,
        RPM_CODE,
    )
    assert rpm["utilization"] == near(requests / RPM)
    assert rpm["at"] == iso(start + 1_800)
    assert (found["tpm"]["status"], found["tpm"]["code"]) == ("ok", TPM_CODE)


def test_the_percentile_forgives_a_minute(check, moto, start):
    frame = peak_of(start, 260)
    moto.put(frame, PROFILE)
    at_peak = check(PROFILE, *hour(start), "--output", "json")
    at_p99 = check(PROFILE, *hour(start), "--at", "p99", "--output", "json")
    assert (at_peak.returncode, at_p99.returncode) == (2, 0)
    rpm = verdicts(at_p99)["rpm"]
    assert rpm["value"] == near(frame.invocations.quantile(0.99))
    assert rpm["utilization"] == near(rpm["value"] / RPM)
    assert "at" not in rpm


def test_a_day_has_tokens_per_day(check, moto):
    start = ago(DAY + 3 * 3_600)
    frame = peak_of(start + 7_200, 20)
    moto.put(frame, PROFILE)
    day = ("--start", iso(start), "--end", iso(start + DAY), "--output", "json")
    found = verdicts(check(PROFILE, *day))
    assert set(found) == {"rpm", "tpm", "tpd"}
    assert (found["tpd"]["code"], found["tpd"]["value"]) == (TPD_CODE, 6_000)
    almost = ("--start", iso(start + 60), "--end", iso(start + DAY), "--output", "json")
    assert set(verdicts(check(PROFILE, *almost))) == {"rpm", "tpm"}


def test_lines_and_performance_data(check, moto, start):
    moto.put(peak_of(start, 171, throttles=3), PROFILE)
    done = check(PROFILE, IDLE, *hour(start))
    as_json = check(PROFILE, IDLE, *hour(start), "--output", "json")
    assert done.returncode == as_json.returncode == 1
    expected = json.loads(as_json.stdout)
    first, lines, data = read_plugin(done.stdout)
    assert first["status"] == "WARNING" and "(2 warning, 3 ok)" in first["text"]
    assert "85.50 %" in first["text"] and "3 throttled" in first["text"]
    assert len(lines) == len(expected) == 5
    for line, verdict in zip(lines, expected, strict=True):
        assert line["status"] == verdict["status"].upper()
        assert (line["id"], line["measure"]) == (verdict["id"], verdict["measure"])
        assert line["text"] == verdict["message"]
    quotas = [verdict for verdict in expected if verdict["measure"] != "throttling"]
    assert len(data) == len(quotas) + 2
    for verdict in quotas:
        assert verdict["code"] in verdict["message"]
        datum = data[f"{verdict['id']} {verdict['measure']}"]
        assert float(datum["value"]) == verdict.get("value", 0)
        assert float(datum["warn"]) == near(0.8 * verdict["quota"])
        assert float(datum["critical"]) == near(0.95 * verdict["quota"])
        assert (float(datum["min"]), float(datum["max"])) == (0, verdict["quota"])
    for identifier, percent in ((PROFILE, 1.29), (IDLE, 0)):
        datum = data[f"{identifier} throttled"]
        assert (float(datum["value"]), datum["unit"]) == (percent, "%")
        assert [float(datum[name]) for name in ("warn", "critical", "min", "max")] == [1, 10, 0, 100]
    [rpm] = [verdict for verdict in quotas if verdict["status"] == "warning"]
    assert iso(start + 1_800)[11:16] in rpm["message"]
    assert "no traffic" in quotas[-1]["message"]


@pytest.mark.parametrize(
    "requests, throttles, arguments, code",
    [
        (100, 1, [], 0),
        (100, 4, [], 1),
        (100, 18, [], 2),
        (100, 18, ["--throttle-rate", "50"], 0),
        (100, 18, ["--throttle-rate", "5,50"], 1),
        (100, 18, ["--throttle-rate", "10"], 2),
        (np.nan, 4, [], 2),
        (np.nan, 4, ["--throttle-rate", "150"], 0),
    ],
)
def test_throttled_requests(check, moto, start, requests, throttles, arguments, code):
    """Beside 59 accepted requests in the other minutes; without any, everything is refused."""
    frame = peak_of(start, requests, throttles)
    if np.isnan(requests):
        frame = frame[["throttles"]]
    moto.put(frame, PROFILE, names={name: days.COUNTS.get(name) or days.NEW_CACHE[name] for name in frame})
    done = check(PROFILE, *hour(start), *arguments, "--output", "json")
    assert (done.returncode, done.stderr) == (code, "")
    throttling = verdicts(done)["throttling"]
    assert throttling["status"] == ["ok", "warning", "critical"][code]
    accepted = 0 if np.isnan(requests) else 59 + requests
    assert throttling["throttleRate"] == near(throttles / (accepted + throttles))
    text = check(PROFILE, *hour(start), *arguments).stdout
    assert read_plugin(text)[0]["status"] == ["OK", "WARNING", "CRITICAL"][code]
    assert ("tokens per day" in text) == (accepted == 0)


def test_formats_agree(check, moto, start):
    moto.put(peak_of(start, 171, throttles=3), PROFILE)
    outputs = {}
    for output in ("json", "csv", "markdown"):
        done = check(PROFILE, IDLE, *hour(start), "--output", output)
        assert done.returncode == 1
        outputs[output] = done.stdout
    expected = json.loads(outputs["json"])
    rows = list(csv.DictReader(io.StringIO(outputs["csv"])))
    for row, verdict in zip(rows, expected, strict=True):
        for name in ("id", "measure", "status", "code", "at"):
            assert row[name] == verdict.get(name, "")
        for name in ("value", "quota", "utilization", "throttles", "throttleRate"):
            assert (float(row[name]) if row[name] else None) == verdict.get(name), name
    lines = outputs["markdown"].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    marked = [dict(zip(cells[0], each, strict=True)) for each in cells[2:]]
    for row, verdict in zip(marked, expected, strict=True):
        assert (row["id"], row["status"]) == (verdict["id"], verdict["status"])
        used = verdict.get("utilization")
        assert row["utilization"] == ("–" if used is None else f"{100 * used:.2f} %")


def last_clock_back(zone):
    """The last time at which clocks were put back an hour, in Unix seconds."""
    hour = int(time.time()) // 3_600 * 3_600
    while datetime.fromtimestamp(hour - 3_600, zone).hour != datetime.fromtimestamp(hour, zone).hour:
        hour -= 3_600
    return hour


def test_an_hour_that_comes_twice(run, environment, lists, moto):
    """The clock shows one o'clock twice; the quota is full the second time."""
    zone = "America/New_York"
    second = last_clock_back(ZoneInfo(zone))
    frame = days.traffic(second - 3_600, [5 * 60])
    frame.loc[second] = frame.loc[second - 3_600] * 38
    moto.put(frame[["invocations"]], PROFILE, names={"invocations": "Invocations"})
    urls = {"AWS_ENDPOINT_URL": lists.url, "AWS_ENDPOINT_URL_CLOUDWATCH": moto.url, "TZ": zone}
    window = ("--start", iso(second - 3 * 3_600), "--end", iso(second + 3 * 3_600), "--period", "3600")
    done = run("check", PROFILE, *window, "--quiet", environment=with_credentials(environment) | urls)
    assert done.returncode == 2
    local = datetime.fromtimestamp(second, ZoneInfo(zone))
    assert f"95.00 % used, 190 of 200 at {local:%Y-%m-%d %H:%M} UTC-05:00 (" in done.stdout


def test_without_an_id_all_with_traffic_are_checked(check, moto):
    start = ago(1_800)
    frame = days.traffic(start, np.ones(20))
    moto.put(frame, PROFILE)
    moto.put(frame * 2, "us.amazon.nova-lite-v1:0")
    moto.put(frame, "us.amazon.nova-micro-v1:0", namespace="Mine")
    moto.put(frame, ("ModelId", IDLE), ("ServiceTier", "flex"))
    moto.put(days.traffic(ago(3 * DAY), np.ones(20)), "us.amazon.nova-premier-v1:0")
    done = check("--output", "json")
    assert done.returncode == 0
    found = [verdict["id"] for verdict in json.loads(done.stdout)]
    assert list(dict.fromkeys(found)) == ["us.amazon.nova-lite-v1:0", PROFILE]


def test_no_traffic_at_all(check):
    done = check("--output", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    done = check()
    assert (done.returncode, done.stdout) == (0, "BEDROCK QUOTA OK - no model had traffic in this time\n")


@pytest.mark.parametrize("throttles, code, status", [(4, 2, "CRITICAL"), (0, 0, "OK")])
def test_a_quota_of_nothing(check, moto, start, throttles, code, status):
    frame = peak_of(start, np.nan)[["throttles", "clientErrors"]]
    frame.loc[start + 60] = [throttles or np.nan, 1.0]
    moto.put(frame, CLOSED, names={name: days.COUNTS[name] for name in frame})
    done = check(CLOSED, *hour(start))
    first, lines, data = read_plugin(done.stdout)
    assert (done.returncode, first["status"]) == (code, status)
    [line] = [line for line in lines if line["measure"] == "tpm"]
    assert line["status"] == status and CLOSED_TPM in line["text"] and "quota is 0" in line["text"]
    assert float(data[f"{CLOSED} tpm"]["max"]) == 0


def test_an_id_that_has_no_quotas(check, moto, start):
    done = check(UNKNOWN, *hour(start))
    assert done.returncode == 3
    assert done.stdout.startswith(f"BEDROCK QUOTA UNKNOWN - {UNKNOWN}: no quota of it is known.")
    assert f"\nUNKNOWN {UNKNOWN}: " in done.stdout
    both = check(PROFILE, UNKNOWN, *hour(start))
    assert both.returncode == 3 and both.stdout.startswith("BEDROCK QUOTA UNKNOWN - ")
    assert f"\nUNKNOWN {UNKNOWN}" in both.stdout and f"\nOK {PROFILE}" in both.stdout
    moto.put(peak_of(start, 170), PROFILE)
    assert check(PROFILE, UNKNOWN, *hour(start)).returncode == 1


def test_an_unknown_id_with_traffic_is_no_failure_where_nobody_asked(check, moto):
    moto.put(days.traffic(ago(1_800), np.ones(20)), UNKNOWN)
    done = check()
    assert done.returncode == 0
    first, line = done.stdout.splitlines()
    assert first.startswith(f"BEDROCK QUOTA OK - {UNKNOWN}: no quota of it is known.")
    assert re.fullmatch(rf"UNKNOWN {re.escape(UNKNOWN)}: [^|\n]+", line)


def listed(*identifiers):
    dimensions = [[{"Name": "ModelId", "Value": each}] for each in identifiers]
    common = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    return always(200, {"Metrics": [common | {"Dimensions": each} for each in dimensions]})


@pytest.mark.parametrize("arguments", [[], [PROFILE]], ids=["all", "one"])
def test_without_quotas_nothing_is_said_to_be_fine(run, environment, arguments):
    at = ago(1_200)
    plays = {
        "ListServiceQuotas": always(400, error("AccessDeniedException", "No.")),
        "ListMetrics": listed(PROFILE),
        "GetMetricData": data(Invocations=[(at, 5_000)], InvocationThrottles=[(at, 900)]),
    }
    with MetricServer(**plays) as server:
        done = run(
            *("check", *arguments, "--endpoint-url", server.url, "--no-color"),
            environment=with_credentials(environment),
        )
    assert_unknown(done, "servicequotas:ListServiceQuotas")


def test_metrics_in_part_are_not_fine(run, environment, lists):
    def broken(handler, attempt):
        series = result(handler, "Invocations", [(ago(1_200), 5)], "InternalError")
        handler.answer(200, {"MetricDataResults": [series]})

    with MetricServer(ListMetrics=listed(PROFILE), GetMetricData=broken) as server:
        urls = {"AWS_ENDPOINT_URL": lists.url, "AWS_ENDPOINT_URL_CLOUDWATCH": server.url}
        done = run("check", PROFILE, "--quiet", environment=with_credentials(environment) | urls)
    assert_unknown(done, PROFILE, "a part of the data")


def test_a_quota_whose_use_cannot_be_told(run, bedquota, environment, moto, recorded_account):
    """The quota is known; the burndown is not."""
    fable = "us.anthropic.claude-fable-5"
    moto.put(days.traffic(ago(1_200), np.full(10, 50)), fable)
    emulator = Emulator(bedquota, environment, *recorded_account.options)
    urls = {"AWS_ENDPOINT_URL": emulator.url, "AWS_ENDPOINT_URL_CLOUDWATCH": moto.url}
    try:
        done = run("check", fable, "--quiet", environment=with_credentials(environment) | urls)
    finally:
        assert emulator.stop() == 0
    assert_unknown(done, fable, "burndown")


def test_help_tells_the_default_time(run):
    assert not re.search(r"hours\.\s+\(default:\s+24\)", run.output("check", "--help"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["a b"],
        ["--warn", "0"],
        ["--warn=-5"],
        ["--warn", "nan"],
        ["--warn", "inf"],
        ["--critical", "inf"],
        ["--warn", "90", "--critical", "80"],
        ["--warn", "96"],
        ["--at", "p95"],
        ["--throttle-rate", "0"],
        ["--throttle-rate", "10,1"],
        ["--throttle-rate", "1,2,3"],
        ["--thresholds", "1"],
        ["--hours", "0"],
        ["--start", "2999-01-01"],
        ["--period", "61"],
    ],
)
def test_bad_usage(run, arguments):
    assert_unknown(run("check", "--emulator", *arguments))


def test_no_credentials(run):
    assert_unknown(run("check", "--region", "us-east-1", "--quiet"), "credentials")


def test_an_endpoint_that_is_not_there(run, environment):
    arguments = ("check", "--endpoint-url", "http://127.0.0.1:9", "--timeout", "2", "--quiet")
    assert_unknown(run(*arguments, environment=with_credentials(environment)), "127.0.0.1:9")


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_a_failure_in_a_format_for_programs(run, form):
    """Where data are expected, the line would be none."""
    done = run("check", "--emulator", "a b", "--output", form)
    assert (done.returncode, done.stdout) == (3, "") and "a b" in done.stderr


def test_help_is_no_failure(run):
    done = run("check", "--help")
    assert (done.returncode, done.stderr) == (0, "") and "BEDROCK" not in done.stdout


# In scripts

SCRIPT = """
if "$BEDQUOTA" check "$ID" --quiet > lines; then echo fine; else echo "code $?"; fi
set -e
"$BEDQUOTA" check "$ID" --quiet > /dev/null
echo went on
"""


server = emulator_fixture(*OPTIONS, is_still=True)


@pytest.mark.parametrize(
    "quota, code, words", [(100, 0, "fine\nwent on\n"), (5, 2, "code 2\n")], ids=["far", "full"]
)
def test_a_shell_script(
    bedquota, environment, server, control, runtime, tmp_path, quota, code, words
):
    control.quota(RPM_CODE, quota)
    for _ in range(5):
        converse(runtime)
    if quota == 5:
        assert failure(converse, runtime)[0] == "ThrottlingException"
    settings = {"BEDQUOTA": str(bedquota), "ID": PROFILE, "AWS_ENDPOINT_URL": server.url}
    done = subprocess.run(
        ["bash", "-c", SCRIPT],
        env=with_credentials(environment) | settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, words, "")
    first, _, data = read_plugin((tmp_path / "lines").read_text("utf-8"))
    assert first["status"] == ("OK" if code == 0 else "CRITICAL")
    datum = data[f"{PROFILE} rpm"]
    assert (float(datum["value"]), float(datum["max"])) == (5, quota)


@pytest.mark.parametrize("command", ["check", f"usage {PROFILE} --output json"])
def test_head_in_a_shell(bedquota, environment, command):
    line = f"'{bedquota}' {command} --emulator --quiet | head -1"
    done = subprocess.run(
        line, shell=True, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
