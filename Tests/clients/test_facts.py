"""The dated facts, and what the commands say of a model: figures that are certain, ranges where sources disagree, and what nobody knows."""

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from test_commands import assert_failed

FACTS = Path(__file__).parents[2] / "Sources/BedrockQuotas/Resources/facts.json"
SONNET, KIMI, UNKNOWN = "us.anthropic.claude-sonnet-4-6", "moonshotai.kimi-k3", "openai.gpt-9-sol"
OPUS = "anthropic.claude-opus-4-7"


@pytest.fixture(scope="module")
def resolve(run):
    def call(identifier, *options):
        return run.output("resolve", identifier, "--emulator", *options)

    return call


@pytest.mark.parametrize(
    "identifier, window, output, burndown",
    [
        ("us.openai.gpt-6.1-sol", 1_000_000, 131_072, 10),
        ("global.anthropic.claude-haiku-5-5", 1_000_000, 128_000, None),
        ("openai.gpt-5.6-sol", 1_050_000, 128_000, 10),
        ("openai.gpt-5.6-cyber", None, None, None),
        ("deepseek.v3.2", 164_000, 8_192, 1),
        (UNKNOWN, None, None, None),
    ],
)
def test_what_is_certain_is_a_figure(resolve, identifier, window, output, burndown):
    [reply] = json.loads(resolve(identifier, "--output", "json"))
    found = tuple(reply.get(key) for key in ("contextWindow", "maxOutputTokens", "outputBurndown"))
    assert found == (window, output, burndown)
    assert "disputed" not in reply


def test_what_sources_dispute_is_a_range(resolve):
    [reply] = json.loads(resolve(SONNET, "--output", "json"))
    assert "maxOutputTokens" not in reply and reply["disputed"] == {"maxOutputTokens": [64_000, 128_000]}
    assert "maximum output 64,000 to 128,000 (sources disagree)" in resolve(SONNET)
    [reply] = json.loads(resolve(KIMI, "--output", "json"))
    assert "outputBurndown" not in reply and reply["disputed"] == {"outputBurndown": [1, 10]}
    assert "output tokens count 1× to 10× (burndown; sources disagree)" in resolve(KIMI)


def test_what_nobody_knows_is_said(resolve):
    assert "context window unknown · maximum output unknown · burndown unknown" in resolve(UNKNOWN)


@pytest.fixture(scope="module")
def disputed(environment, tmp_path_factory):
    """An environment whose facts give the maximum output of a model that the built-in account lists as a range."""
    facts = json.loads(FACTS.read_text("utf-8"))
    [row] = [row for row in facts["models"] if row["modelId"] == OPUS]
    row["maxOutputTokens"] = [64_000, 128_000]
    path = tmp_path_factory.mktemp("facts") / "facts.json"
    path.write_text(json.dumps(facts), "utf-8")
    return environment | {"BEDQUOTA_FACTS": str(path)}


def test_capacity_asks_for_what_is_disputed(run, disputed):
    sizes = ("--emulator", "--input-tokens", "1000", "--output-tokens", "200", "--latency", "5", "--output", "json")
    reply = json.loads(run.output("capacity", f"us.{OPUS}", *sizes, environment=disputed))
    assert "reservationPerRequest" not in reply and reply["disputed"] == {"maxOutputTokens": [64_000, 128_000]}
    assert any("sources give 64,000 to 128,000" in line and "--max-tokens" in line for line in reply["advice"])
    reply = json.loads(run.output("capacity", f"us.{OPUS}", *sizes, "--max-tokens", "300", environment=disputed))
    assert reply["reservationPerRequest"] == 1_300


def test_the_listing_has_ranges(run, disputed):
    rows = json.loads(run.output("models", "--emulator", "--output", "json", environment=disputed))
    [row] = [row for row in rows if row["id"] == OPUS]
    assert row["disputed"] == {"maxOutputTokens": [64_000, 128_000]} and "maxOutputTokens" not in row
    assert "64000–128000" in run.output("models", "--emulator", "--output", "csv", environment=disputed)


# `facts`


def of_fact(rows, name):
    return [row for row in rows if row["fact"] == name]


def test_every_row_of_the_file_is_printed(run):
    """With age and source, in each format."""
    rows = json.loads(run.output("facts", "--output", "json"))
    file = json.loads(FACTS.read_text("utf-8"))
    for name in ("contextWindow", "maxOutputTokens"):
        expected = [
            (row["modelId"], row[name], row["asOf"], row["source"]) for row in file["models"] if name in row
        ]
        assert [(row["subject"], row["value"], row["asOf"], row["source"]) for row in of_fact(rows, name)] == expected
    tables = {
        "outputBurndown": "burndowns", "reservationFactor": "reservations", "quotaName": "aliases", "countTokens": "tokenCounts",
        "mediaTokens": "media", "throttleText": "throttles", "metric": "metrics", "mantlePath": "mantle",
    }  # fmt: skip
    for name, table in tables.items():
        assert [row["source"] for row in of_fact(rows, name)] == [row["source"] for row in file[table]]
        assert [row.get("value") is None for row in of_fact(rows, name)] == [
            name == "outputBurndown" and "rate" not in row and row.get("applies", True) for row in file[table]
        ]
    assert all(row["ageMonths"] >= 0 for row in rows)
    assert len(run.output("facts", "--output", "csv").splitlines()) == len(rows) + 1
    assert len(run.output("facts", "--output", "markdown").splitlines()) == len(rows) + 2


def test_of_one_model(run):
    rows = json.loads(run.output("facts", "us.anthropic.claude-haiku-5-5", "--output", "json"))
    assert {row["subject"] for row in rows} == {"anthropic.claude-haiku-5-5"}
    assert [row["value"] for row in of_fact(rows, "maxOutputTokens")] == [128_000]
    [burndown] = of_fact(rows, "outputBurndown")
    assert "value" not in burndown and "names no rate" in burndown["source"]
    assert [row["value"] for row in of_fact(rows, "reservationFactor")] == ["1", "burndown"]
    # Where the burndown is 1, both readings are the same.
    assert of_fact(json.loads(run.output("facts", "amazon.nova-pro-v1:0", "--output", "json")), "reservationFactor") == []
    text = run.output("facts", SONNET)
    assert "64,000 to 128,000 (sources disagree)" in text and "pull request 424" in text
    [row] = of_fact(json.loads(run.output("facts", UNKNOWN, "--output", "json")), "contextWindow")
    assert row == {"fact": "contextWindow", "subject": UNKNOWN}
    assert "none was found" in run.output("facts", UNKNOWN)


def test_the_age_is_counted_in_months(run, environment, tmp_path):
    now = datetime.now(timezone.utc)
    file = json.loads(FACTS.read_text("utf-8"))
    dates = {0: now.strftime("%Y-%m"), 1: f"{now.year - (now.month == 1)}-{(now.month - 2) % 12 + 1:02}", 24: f"{now.year - 2}-{now.month:02}"}  # fmt: skip
    for row, date in zip(file["models"], dates.values()):
        row["asOf"] = date
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(file), "utf-8")
    for (months, _), row, words in zip(dates.items(), file["models"], ["this month", "1 month ", "24 months"]):
        options = {"environment": environment | {"BEDQUOTA_FACTS": str(path)}}
        [found] = of_fact(json.loads(run.output("facts", row["modelId"], "--output", "json", **options)), "contextWindow")
        assert found["ageMonths"] == months
        assert words in run.output("facts", row["modelId"], **options)


def test_what_is_unknown_of_the_account(run):
    done = run("facts", "--check", "--emulator", "--output", "json")
    assert done.returncode == 0, done.stderr
    check = json.loads(done.stdout)
    listed = {row["id"] for row in json.loads(run.output("models", "--emulator", "--output", "json"))}
    assert {gap["model"] for gap in check["gaps"]} <= listed
    assert check["complete"] == check["models"] - len({gap["model"] for gap in check["gaps"]}) > 0
    assert f"{check['complete']} have every fact" in done.stderr
    # What it says is what a resolution knows.
    for gap in check["gaps"]:
        [known] = json.loads(run.output("resolve", gap["model"], "--emulator", "--output", "json"))
        assert gap["fact"] not in known and known.get("disputed", {}).get(gap["fact"]) == gap.get("disputed")
    assert not any("embed" in gap["model"] for gap in check["gaps"])


def test_what_follows(run, disputed, environment, tmp_path):
    def check(identifier, environment=None):
        return json.loads(
            run.output("facts", "--check", identifier, "--emulator", "--output", "json", environment=environment)
        )["gaps"]

    unknown = check(UNKNOWN)
    assert [gap["fact"] for gap in unknown] == ["contextWindow", "maxOutputTokens", "outputBurndown"]
    assert unknown[1]["consequence"].startswith("max_tokens must be set")
    [gap] = check(f"us.{OPUS}", disputed)
    assert gap["disputed"] == [64_000, 128_000] and "64,000 to 128,000 tokens" in gap["consequence"]
    assert check(f"us.{OPUS}") == []
    done = run("facts", "--check", OPUS, "--emulator")
    assert done.stdout.strip() == "" and "Every fact is known." in done.stderr


def test_an_id_that_names_no_model(run):
    profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl"
    assert_failed(run("facts", profile), 64, "--check")
    assert_failed(run("facts", profile, "--check", "--emulator"), 64, "name the model")
    assert_failed(run("facts", "no such id"), 64, "not a model id")
