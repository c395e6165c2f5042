"""Absurd options, account folders, secrets and bodies: a clear sentence or AWS's error, no trap."""

import json
import os
import shutil
import time

import pytest
from processes import Emulator
from raw_http import FAST, JSON, cloudwatch_headers, request, send, signed

USAGE = 64
NUMBERS = (
    "-1",
    "nan",
    "inf",
    "1e308",
    "-1e308",
    "1e400",
    "abc",
    "",
    "9223372036854775808",
    "0x10",
    "٣",
)
NUMERIC = (
    "--port",
    "--latency",
    "--tokens-per-second",
    "--output-tokens",
    "--history",
    "--time-scale",
)
# 0x10 is sixteen for a Double.
TAKEN = {("--latency", "0x10"), ("--tokens-per-second", "0x10"), ("--time-scale", "0x10")}
WRONG = [
    ("--seed", "-1"),
    ("--semantics", "bucket"),
    ("--fault", "cut=nan"),
    ("--fault", "cut=1e308"),
    ("--fault", "cut"),
    ("--fault", "hole=0.5"),
    ("--foreign-traffic", "us.amazon.nova-pro-v1:0=1"),
    ("--foreign-traffic", "=0.5"),
    ("--output-tokens", "1000001"),
    ("--output-tokens", "400-50"),
    ("--output-tokens", "200x1e308"),
    ("--port", "65536"),
    ("--credentials", "a"),
    ("--credentials", "a:"),
    ("--allow-host", ""),
]


@pytest.mark.parametrize("option", NUMERIC)
def test_absurd_numbers(run, option):
    for number in NUMBERS:
        if (option, number) in TAKEN:
            continue
        done = run("emulate", f"{option}={number}", timeout=10)
        assert done.returncode == USAGE, (option, number, done.stderr)
        assert option in done.stderr and not done.stdout


@pytest.mark.parametrize("option, value", WRONG)
def test_absurd_words(run, option, value):
    done = run("emulate", f"{option}={value}", timeout=10)
    assert done.returncode == USAGE and option in done.stderr, done.stderr


FILES = {
    "list-service-quotas.json": [
        b"",
        b"[" * 100_000,
        b'{"Quotas": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"Quotas": [{"QuotaCode": "L-1", "Value": NaN}]}',
        b'{"Quotas": [{"QuotaCode": "L-1", "Value": 1e999}]}',
        b'{"Quotas": [{"QuotaCode": "L-1", "Value": "1"}]}',
        b'{"Quotas": [{"QuotaCode": 1}]}',
        b'{"Quotas": [{"QuotaCode": "L-1"}, {"QuotaCode": "L-1"}]}',
        b'{"Quotas": null}',
        b"null",
        b"\xff\xfe",
        b" " * 40_000_000,
        None,
    ],
    "list-foundation-models.json": [b'{"modelSummaries": {}}', b'{"modelSummaries": [1]}', None],
    "account.json": [b'{"accountId": "1"}', b'{"region": "../../etc"}', b'{"region": 5}'],
}


def test_absurd_account_folders(run, built_in_account, tmp_path):
    for file, contents in FILES.items():
        for content in contents:
            directory = tmp_path / "account"
            shutil.copytree(built_in_account.directory, directory)
            if content is None:
                (directory / file).unlink()
                os.mkfifo(directory / file)
            else:
                (directory / file).write_bytes(content)
            done = run("emulate", "--account", directory, timeout=20)
            shown = (content or b"a pipe")[:50]
            assert done.returncode == 1 and file in done.stderr, (file, shown, done.stderr)
            shutil.rmtree(directory)


def test_absurd_quotas_are_served(bedquota, environment, built_in_account, tmp_path):
    """A value that no quota has is a number like any other."""
    directory = tmp_path / "account"
    shutil.copytree(built_in_account.directory, directory)
    file = directory / "list-service-quotas.json"
    page = json.loads(file.read_text())
    for index, quota in enumerate(page["Quotas"]):
        quota["Value"] = (1e308, -1e308, -1, 0.5, 5e-324)[index % 5]
    file.write_text(json.dumps(page))
    server = Emulator(bedquota, environment, *FAST, "--no-auth", "--account", str(directory))
    try:
        for path in ("/_emulator/state", "/foundation-models"):
            assert send(server.url, request("GET", path, JSON))[0] == 200
        body = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}).encode()
        for model in ("us.amazon.nova-pro-v1:0", "us.anthropic.claude-opus-4-7"):
            status, _ = send(server.url, request("POST", f"/model/{model}/converse", JSON, body))
            assert status in (200, 429)
    finally:
        assert server.stop() == 0


VALUES = [0, -1, 1.5, 1e18, 1e308, -1e308, 9223372036854775807, "", "x", None, True, [], {}, [None]]


def test_absurd_metrics(bedquota, environment):
    """Every member of three CloudWatch requests, replaced by what it can't be."""
    server = Emulator(bedquota, environment, *FAST, "--no-auth")
    now = time.time()
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    stat = {"Metric": metric, "Period": 60, "Stat": "p99"}
    asked = {
        "GetMetricData": {
            "StartTime": now - 3_600,
            "EndTime": now,
            "MetricDataQueries": [
                {"Id": "m", "MetricStat": stat},
                {"Id": "e", "Expression": "m/0"},
            ],
        },
        "GetMetricStatistics": metric
        | {"StartTime": now - 3_600, "EndTime": now, "Period": 60, "Statistics": ["Sum"]},
        "PutMetricData": {
            "Namespace": "n",
            "MetricData": [{"MetricName": "m", "Values": [1], "Counts": [1], "Timestamp": now}],
        },
    }
    try:
        for operation, body in asked.items():
            for change in changes(body):
                for value in VALUES:
                    text = json.dumps(change(value)).encode()
                    data = request("POST", "/", cloudwatch_headers(operation), text)
                    status, reply = send(server.url, data)
                    assert status in (200, 400), (operation, text, status, reply)
    finally:
        assert server.stop() == 0


def changes(body):
    """For each member at any depth, a function that returns the body with another value there."""

    def paths(value, path=()):
        if path:
            yield path
        items = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        )
        for key, inner in items:
            yield from paths(inner, (*path, key))

    def changing(path):
        def change(value):
            copy = json.loads(json.dumps(body))
            place = copy
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            return copy

        return change

    return [changing(path) for path in paths(body)]


@pytest.mark.parametrize("place", ["file", "environment"])
def test_secrets_that_the_list_of_processes_does_not_show(bedquota, environment, tmp_path, place):
    text = "# two keys\nAKONE:hush-one\n\nAKTWO:hush:two\n"
    options = FAST
    if place == "file":
        file = tmp_path / "keys"
        file.write_text(text)
        options += ("--credentials-file", str(file))
    else:
        environment = environment | {
            "BEDQUOTA_EMULATOR_CREDENTIALS": "AKONE:hush-one,AKTWO:hush:two"
        }
    server = Emulator(bedquota, environment, *options)
    try:
        with open(f"/proc/{server.process.pid}/cmdline", "rb") as file:
            assert b"hush" not in file.read()
        for key, secret, status in [
            ("AKONE", "hush-one", 200),
            ("AKTWO", "hush:two", 200),
            ("AKONE", "hush:two", 403),
            ("emulator", "emulator", 403),
        ]:
            headers = signed("GET", "/foundation-models", key=key, secret=secret)
            assert send(server.url, request("GET", "/foundation-models", headers))[0] == status
    finally:
        assert server.stop() == 0


BAD_KEYS = ["AKONE", "AKONE:", ":hush-one", "AKONE:hush-one\nhush-two"]


@pytest.mark.parametrize("text", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_a_bad_file_of_secrets_is_not_shown(run, tmp_path, text):
    file = tmp_path / "keys"
    file.write_text(text)
    done = run("emulate", "--credentials-file", file, timeout=10)
    assert done.returncode == 1 and str(file) in done.stderr
    assert "hush" not in done.stderr and "AKONE" not in done.stderr
    missing = run("emulate", "--credentials-file", tmp_path / "none", timeout=10)
    assert missing.returncode == 1 and "--credentials-file" in missing.stderr
