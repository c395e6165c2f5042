"""Situations of an account, and the verdict of an experienced operator on each: `usage`, `check`, `capacity` and the page agree
with it and with one another."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from metric_days import ago, iso, near, peaks_of
from processes import Emulator
from situations import DAY, SHORT, TABLE, application
from support import with_credentials
from test_dashboard import Page

NAMESPACE = "AWS/Bedrock"
EXIT_CODES = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
PUT_MAX = 1_000
GROUP = 9


@pytest.fixture(scope="module")
def account(run, tmp_path_factory):
    """An account folder with the quotas of all situations, and the account's daily quota."""
    directory = tmp_path_factory.mktemp("situations") / "account"
    run.output("record", directory, "--emulator")
    number = json.loads((directory / "account.json").read_text("utf-8"))["accountId"]
    files = ("list-service-quotas.json", "list-aws-default-service-quotas.json")
    for file in files:
        path = directory / file
        quotas = json.loads(path.read_text("utf-8"))["Quotas"]
        kept = [quota for quota in quotas if quota["QuotaCode"] == "L-E3F10727"]
        kept += [quota for situation in TABLE for quota in situation.listed(number)]
        path.write_text(json.dumps({"Quotas": kept}), encoding="utf-8")
    (directory / "list-foundation-models.json").write_text('{"modelSummaries": []}', encoding="utf-8")
    copied = [situation for situation in TABLE if situation.others and situation.others[0][0] is application]
    profiles = [each for situation in copied for each in profiles_of(situation, number)]
    text = json.dumps({"inferenceProfileSummaries": profiles})
    (directory / "list-inference-profiles.json").write_text(text, encoding="utf-8")
    return directory


def profiles_of(situation, account):
    """The system profile of a situation, and an application profile that is copied from it."""
    model = situation.id.removeprefix("us.")
    for name, kind, path in (
        (situation.id, "SYSTEM_DEFINED", "inference-profile"),
        (application(situation), "APPLICATION", "application-inference-profile"),
    ):
        yield {
            "inferenceProfileName": name,
            "inferenceProfileId": name,
            "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:{account}:{path}/{name}",
            "models": [
                {"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model}"} for region in ("us-east-1", "us-west-2")
            ],
            "status": "ACTIVE",
            "type": kind,
        }


def put(moto, situations, start):
    moto.reset()
    data = [
        {
            "MetricName": metric,
            "Dimensions": [{"Name": "ModelId", "Value": name}, *({"Name": key, "Value": value} for key, value in more)],
            "Timestamp": at,
            "Value": value,
        }
        for situation in situations
        for name, more, metric, at, value in situation.datapoints(start)
    ]
    for first in range(0, len(data), PUT_MAX):
        moto.cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[first : first + PUT_MAX])


def groups():
    """Situations with the same window, a few at a time: moto looks through all datapoints for every period that it is asked for."""
    for minutes in (SHORT, DAY):
        those = [situation for situation in TABLE if situation.minutes == minutes]
        for first in range(0, len(those), GROUP):
            yield minutes, those[first : first + GROUP]


@pytest.fixture(scope="module")
def answers(run, bedquota, environment, moto_process, account, tmp_path_factory):
    """What each command says of each situation, by its name."""
    file = tmp_path_factory.mktemp("page") / "page.html"
    emulator = Emulator(bedquota, environment, "--account", str(account), "--history", "0")
    urls = {"AWS_ENDPOINT_URL": emulator.url, "AWS_ENDPOINT_URL_CLOUDWATCH": moto_process.url, "TZ": "UTC"}
    credentials = with_credentials(environment) | urls

    def call(*arguments) -> subprocess.CompletedProcess:
        return run(*arguments, "--quiet", environment=credentials)

    found = {}
    try:
        for minutes, those in groups():
            start = ago(60 * minutes + 600)
            window = ("--start", iso(start), "--end", iso(start + 60 * minutes))
            put(moto_process, those, start)
            ids = [situation.id for situation in those]
            done = call("dashboard", *ids, *window, "--output-file", file, "--output", "json")
            assert done.returncode == 0, done.stderr
            rows = [row for row in Page(file.read_text("utf-8")).rows if row]
            verdicts = json.loads(call("check", *ids, *window, "--output", "json").stdout)

            def alone(situation):
                # The same minutes, up to now.
                hours = (minutes + 15) / 60
                return call("check", situation.id, *window), call("capacity", situation.id, "--hours", hours, "--output", "json")

            with ThreadPoolExecutor(2) as pool:
                for situation, report, row, own in zip(
                    those, json.loads(done.stdout), rows, pool.map(alone, those), strict=True
                ):
                    mine = [verdict for verdict in verdicts if verdict["id"] == situation.id]
                    found[situation.name] = (report, row, mine, *own)
    finally:
        assert emulator.stop() == 0
    return found


def test_there_are_enough():
    assert len(TABLE) >= 60 and len({situation.name for situation in TABLE}) == len(TABLE)


@pytest.mark.parametrize("situation", TABLE, ids=lambda situation: situation.name)
def test_an_operator_agrees(answers, situation):
    report, row, verdicts, text, capacity = answers[situation.name]
    assert_usage(situation, report)
    assert_check(situation, report, verdicts, text)
    assert [cell[1] for cell in row][-2:] == [situation.by or "", situation.status]
    assert_capacity(situation, report, capacity)


def assert_usage(situation, report):
    assert report["status"] == situation.status, report
    assert report.get("throttledBy") == situation.by, report
    said = " ".join(report["notes"] + report["advice"])
    for words in situation.says:
        assert words in said
    for words in situation.silent:
        assert words not in said
    for measure, share in situation.used.items():
        [peak] = peaks_of(report, measure)
        assert peak["utilization"] == near(share)


def assert_check(situation, report, verdicts, text):
    assert text.returncode == EXIT_CODES[situation.status], text.stdout
    assert text.stdout.startswith(f"BEDROCK QUOTA {situation.status.upper()} - {situation.id}")
    statuses = [verdict["status"] for verdict in verdicts]
    assert statuses[0] == situation.status
    by_measure = {verdict.get("measure"): verdict for verdict in verdicts}
    assert ("throttling" in by_measure) == (report.get("throttles", 0) > 0)
    for peak in report["peaks"]:
        verdict = by_measure.get(peak["measure"])
        if verdict and verdict.get("code") == peak["code"]:
            assert verdict.get("utilization") == peak.get("utilization")


def assert_capacity(situation, report, capacity):
    if not situation.quotas:
        assert capacity.returncode == 1 and situation.id in capacity.stderr
        return
    assert capacity.returncode == 0, capacity.stderr
    answer = json.loads(capacity.stdout)
    if "dataUntil" not in report:
        return
    measured = answer["measured"]
    assert measured["status"] == situation.status
    assert measured.get("throttledBy") == situation.by
    assert set(report["advice"]) <= set(answer["advice"])
    assert any("were throttled" in line for line in answer["advice"]) == (report["throttles"] > 0)
    assert (answer.get("requestsPerMinute") == 0) == (0 in situation.quotas.values())
