"""A quota "doubled for cross-region calls" has an applied and an effective value: both are named, and the same everywhere.

Also figures that are not known: they are said to be unknown, never 0.
"""

import json

import pytest
from account_server import MODEL, PROFILE, AccountServer
from fault_server import always
from metric_days import ago, iso
from runtime_calls import TPD_CODE
from servers import emulator_fixture
from support import with_credentials

APPLIED, EFFECTIVE = 576_000_000, 1_152_000_000
server = emulator_fixture("--history", "1")


@pytest.fixture
def ask(run, environment, server):
    def call(*arguments):
        return run(*arguments, "--endpoint-url", server.url, environment=with_credentials(environment))

    return call


@pytest.fixture
def reply(ask):
    """The JSON of a command, and in it the quota of tokens per day."""

    def call(*arguments):
        done = ask(*arguments, "--quiet", "--output", "json")
        found = json.loads(done.stdout)
        while isinstance(found, list):
            [found] = found if "check" not in arguments else [[each for each in found if each.get("code") == TPD_CODE][0]]
        for member in ("quotas", "limits", "peaks"):
            if member in found:
                [found] = [each for each in found[member] if each.get("code") == TPD_CODE]
        return found

    return call


IDS = {PROFILE: EFFECTIVE, MODEL: APPLIED}


@pytest.mark.parametrize("identifier, effective", IDS.items())
def test_the_same_two_values_everywhere(reply, identifier, effective):
    named = {
        "resolve": reply("resolve", identifier),
        "list": reply("list", "--model", identifier),
    }
    assert {name: (each["appliedValue"], each["effectiveValue"]) for name, each in named.items()} == dict.fromkeys(
        named, (APPLIED, effective)
    )
    day = (identifier, "--hours", "24")
    used = {"capacity": reply("capacity", identifier), "usage": reply("usage", *day), "check": reply("check", *day)}
    assert {name: (each["appliedValue"], each["quota"]) for name, each in used.items()} == dict.fromkeys(
        used, (APPLIED, effective)
    )
    assert (f"applied value {APPLIED:,}" in used["check"]["message"]) == (APPLIED != effective)


def test_models_have_both(ask):
    entries = {entry["id"]: entry for entry in json.loads(ask("models", "--output", "json").stdout)}
    for identifier, effective in IDS.items():
        [day] = [quota for quota in entries[identifier]["quotas"] if quota["code"] == TPD_CODE]
        assert (day["appliedValue"], day["effectiveValue"]) == (APPLIED, effective)


def test_a_list_without_an_id_has_both(reply):
    quotas = reply("list", "--search", TPD_CODE)
    assert (quotas["appliedValue"], quotas["effectiveValue"], quotas["crossRegionValue"]) == (APPLIED, APPLIED, EFFECTIVE)


TABLES = {
    "resolve": ("resolve", PROFILE),
    "list": ("list", "--family", "Nova"),
    "list of an id": ("list", "--model", PROFILE),
    "models": ("models", "--search", "nova pro"),
    "capacity": ("capacity", PROFILE),
    "usage": ("usage", PROFILE, "--hours", "2"),
}


@pytest.mark.parametrize("arguments", TABLES.values(), ids=TABLES)
def test_people_read_both(ask, arguments):
    done = ask(*arguments)
    text = done.stdout + done.stderr
    assert f"{APPLIED:,}" in text and f"{EFFECTIVE:,}" in text
    assert "effective" in text.lower() and "applied" in text.lower()


def test_capacity_counts_with_the_effective_value(ask):
    sizes = ("--input-tokens", "1000", "--output-tokens", "1000", "--max-tokens", "1000")
    reply = json.loads(ask("capacity", PROFILE, *sizes, "--output", "json").stdout)
    [day] = [each for each in reply["limits"] if each.get("code") == TPD_CODE]
    assert day["requestsPerDay"] == EFFECTIVE / 2_000


# Unknown figures


IMPORTED = "arn:aws:bedrock:us-east-1:111122223333:imported-model/zxcv1234abcd"
START = ago(7_200)
HOUR = ("--start", iso(START), "--end", iso(START + 3_600))
TOKENS = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "quotaTokens")


@pytest.fixture
def uncounted(run, environment):
    """Runs a command where CloudWatch has the requests of an imported model and nothing else."""

    def answer(handler, token):
        return 200, {
            "MetricDataResults": [
                {"Id": "m0_0", "Timestamps": [START + 60, START + 120], "Values": [6, 4], "StatusCode": "Complete"}
            ]
        }

    def call(*arguments):
        metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
        metrics = {"Metrics": [metric | {"Dimensions": [{"Name": "ModelId", "Value": IMPORTED}]}]}
        with AccountServer(ListMetrics=metrics, GetMetricData=answer) as server:
            return run(*arguments, "--endpoint-url", server.url, environment=with_credentials(environment))

    return call


def test_uncounted_tokens_are_unknown(uncounted):
    done = uncounted("usage", IMPORTED, *HOUR, "--output", "json")
    [report] = json.loads(done.stdout)
    assert report["invocations"] == 10
    assert not any(name in report for name in (*TOKENS, "averageInputTokens"))
    assert not any(name in point for point in [*report["series"], *report["parts"]] for name in TOKENS)
    assert any("not their tokens" in note for note in report["notes"])


def test_uncounted_tokens_are_said_to_be_unknown(uncounted):
    done = uncounted("usage", IMPORTED, *HOUR)
    line = next(line for line in done.stdout.splitlines() if line.strip().startswith("tokens"))
    assert line.count("unknown") == 5 and " 0" not in line
    [head, row] = uncounted("usage", IMPORTED, *HOUR, "--output", "csv").stdout.splitlines()
    figures = dict(zip(head.split(","), row.split(",")))
    assert figures["invocations"] == "10" and not any(figures[name] for name in TOKENS)


def test_capacity_takes_no_average_of_them(uncounted):
    done = uncounted("capacity", PROFILE, "--hours", "3")
    assert done.returncode == 0, done.stderr
    assert "--input-tokens, --output-tokens" in done.stdout
