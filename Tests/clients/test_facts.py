"""What the commands say of a model: figures that are certain, ranges where sources disagree, and what nobody knows."""

import json
from pathlib import Path

import pytest

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
