"""`bedquota capacity`: rates that follow from the quotas, in every form; provisioned throughput."""

import csv
import io
import json
import math
import shutil

import pytest
from fault_server import HEALTHY, FaultServer, Handler, error
from support import ACCOUNT_FILES, PROVISIONED_FILE, with_credentials

PROFILE = "us.anthropic.claude-opus-4-7"
SIZES = ("--input-tokens", "3000", "--output-tokens", "500")
LEAN = (*SIZES, "--max-tokens", "1000", "--latency", "7")
ARN = "arn:aws:bedrock:us-east-1"
NOVA = "amazon.nova-pro-v1:0"


@pytest.fixture
def capacity(run):
    """The JSON of `capacity` against the built-in account, or another one."""

    def call(*arguments):
        return json.loads(
            run.output("capacity", *arguments, "--emulator", "--quiet", "--output", "json")
        )

    return call


def limit(reply, measure):
    return next(entry for entry in reply["limits"] if entry["measure"] == measure)


def assert_one_line(done, code, *words):
    assert (done.returncode, done.stdout) == (code, "")
    line = done.stderr.strip().splitlines()[0]
    assert code == 64 or len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in line, done.stderr


def test_rates_are_those_of_the_formulas(capacity, built_in_account):
    reply = capacity(PROFILE, *LEAN)
    quota = built_in_account.union["L-5DB28B7B"]["Value"]
    assert reply["binding"] == {"code": "L-5DB28B7B", "measure": "tpm"}
    assert (reply["reservationPerRequest"], reply["finalCostPerRequest"]) == (4000, 5500)
    assert reply["requestsPerMinute"] == pytest.approx(quota / 5500)
    assert reply["tokensPerMinute"] == pytest.approx(quota)
    assert reply["requestsPerDay"] == pytest.approx(1440 * quota / 5500)
    assert limit(reply, "tpm")["quota"] == quota
    # The whole debt at once, and again when it leaves the window.
    assert reply["rolling"]["requestsPerMinute"] == quota // 4000
    assert (reply["contextWindow"], reply["maxOutputTokens"]) == (1_000_000, 128_000)


def test_an_unset_max_tokens_holds_the_maximum_output(capacity):
    reply = capacity(PROFILE, *SIZES, "--latency", "7")
    assert reply["reservationPerRequest"] == 131_000
    assert reply["requestsAtOnce"] == 15
    assert reply["rolling"]["share"] < 0.3
    assert any("at most 15 can be in flight on 2M TPM" in line for line in reply["advice"])


def test_what_depends_on_the_reservation_is_a_range(run, capacity):
    """Whether the reservation counts the burndown, here 5, is not known."""
    reply = capacity(PROFILE, *SIZES, "--latency", "7")
    ranges = reply["ranges"]
    assert ranges["reservationPerRequest"] == {"lower": 131_000, "upper": 643_000}
    assert ranges["requestsAtOnce"] == {"lower": 3, "upper": 15}
    rolling = ranges["rollingRequestsPerMinute"]
    assert rolling["lower"] < rolling["upper"] == reply["rolling"]["requestsPerMinute"]
    assert limit(reply, "tpm")["ranges"]["rollingRequestsPerMinute"] == rolling
    assert ranges["requestsPerMinute"]["upper"] == reply["requestsPerMinute"]
    # With three in flight for 7 s.
    assert ranges["requestsPerMinute"]["lower"] == pytest.approx(180 / 7, rel=1e-3)
    text = run.output("capacity", PROFILE, *SIZES, "--latency", "7", "--emulator", "--quiet")
    assert "a request reserves 131,000 to 643,000 tokens" in text
    assert "users who met the limit say that the burndown of 5 is counted too" in text


def test_a_request_that_may_never_fit(capacity):
    reply = capacity(PROFILE, *SIZES, "--max-tokens", "100000", "--burndown", "50", "--latency", "7")
    assert reply["ranges"]["requestsPerMinute"]["lower"] == 0
    assert reply["ranges"]["requestsPerMinute"]["upper"] == reply["requestsPerMinute"] > 0
    assert any("none is ever admitted; with max_tokens of at most 39.9k it fits" in line for line in reply["advice"])


@pytest.mark.parametrize("arguments", [(NOVA,), (PROFILE, "--burndown", "1")])
def test_without_a_burndown_there_is_no_range(capacity, arguments):
    reply = capacity(*arguments, *SIZES, "--max-tokens", "1000", "--latency", "7")
    assert "ranges" not in reply and not any("ranges" in each for each in reply["limits"])
    assert not any("burndown" in line for line in reply["advice"])


def test_a_client_that_is_the_limit_itself(capacity):
    reply = capacity(PROFILE, *LEAN, "--concurrency", "10")
    assert reply["binding"] == {"measure": "concurrent"}
    assert reply["requestsPerMinute"] == pytest.approx(600 / 7)
    assert any("43 would reach" in line for line in reply["advice"])


def test_cache_reads_are_reserved_and_free_in_the_end(capacity):
    options = ("--cache-read-tokens", "9000", "--cache-write-tokens", "700", "--burndown", "2")
    reply = capacity(PROFILE, *LEAN, *options)
    assert (reply["reservationPerRequest"], reply["finalCostPerRequest"]) == (13_700, 4700)


def test_no_sizes_no_rates(capacity):
    reply = capacity(PROFILE)
    for absent in ("binding", "requestsPerMinute", "tokensPerMinute", "finalCostPerRequest"):
        assert absent not in reply
    assert limit(reply, "tpm")["quota"] == 2_000_000
    assert "--input-tokens" in " ".join(reply["advice"])


def test_a_quota_of_nothing(capacity):
    reply = capacity("global.openai.gpt-5.6-terra", *LEAN)
    assert reply["requestsPerMinute"] == 0
    assert any("may not use the model" in line for line in reply["advice"])


def test_a_price_is_no_limit(capacity):
    across = next(
        entry for entry in capacity(PROFILE, *LEAN)["limits"] if entry["code"] == "L-E3F10727"
    )
    assert not {"requestsPerDay", "requestsPerMinute"} & set(across)


@pytest.mark.parametrize("arguments", [LEAN, SIZES, (*LEAN, "--concurrency", "3"), ()])
@pytest.mark.parametrize("identifier", [PROFILE, NOVA, f"us.{NOVA}", f"{NOVA}:300k"])
def test_the_forms_agree(run, capacity, identifier, arguments):
    def output(form):
        command = ("capacity", identifier, *arguments, "--emulator", "--quiet", "--output", form)
        return run.output(*command)

    limits = capacity(identifier, *arguments)["limits"]
    rows = list(csv.DictReader(io.StringIO(output("csv"))))
    columns = ("quota", "requestsPerMinute", "rollingRequestsPerMinute", "requestsPerDay")
    assert [row["code"] for row in rows] == [entry.get("code", "") for entry in limits]
    for row, entry in zip(rows, limits):
        for name in ("requestsPerMinute", "rollingRequestsPerMinute"):
            ends = entry.get("ranges", {}).get(name, {})
            assert (row[f"{name}Lower"], row[f"{name}Upper"]) == tuple(
                "" if end not in ends else row[f"{name}{end.title()}"] for end in ("lower", "upper")
            )
            assert [float(row[f"{name}{end.title()}"]) for end in ends] == list(ends.values())
        assert (row["id"], row["measure"]) == (identifier, entry["measure"])
        for column in columns:
            assert (float(row[column]) if row[column] else None) == entry.get(column)
    markdown = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in output("markdown").splitlines()
    ]
    assert markdown[0] == list(rows[0])
    table = output("table")
    for cells, entry in zip(markdown[2:], limits, strict=True):
        shown = dict(zip(markdown[0], cells, strict=True))
        assert entry.get("code", "") in table and entry["name"] in table
        for column in columns:
            if column in entry:
                assert shown[column] in table
                number = float(shown[column].replace(",", ""))
                assert math.isclose(number, entry[column], rel_tol=0.06, abs_tol=0.06)
            else:
                assert shown[column] == "–"


@pytest.mark.parametrize(
    "identifier, why",
    [
        ("acme.rocket-9-v1:0", "no quota is known"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        (f"{ARN}:111122223333:provisioned-model/aaaaaaaaaaaa", "no such provisioned throughput"),
        ("nobody", "no quota is known"),
    ],
)
def test_ids_without_quotas_fail(run, identifier, why):
    done = run("capacity", identifier, *SIZES, "--emulator", "--quiet")
    assert_one_line(done, 1, identifier, why)


@pytest.mark.parametrize("identifier", ["", "a b", "us.", "arn:aws:s3:::bucket"])
def test_malformed_ids(run, identifier):
    assert_one_line(run("capacity", identifier, "--emulator"), 64)


@pytest.mark.parametrize("option", ["input-tokens", "output-tokens", "max-tokens", "concurrency"])
@pytest.mark.parametrize("value", ["-1", "1e99", "NaN", "9223372036854775808", "2000000000", "x"])
def test_numbers_that_are_none(run, option, value):
    done = run("capacity", PROFILE, f"--{option}={value}", "--emulator")
    assert_one_line(done, 64, f"--{option}")


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1e99"])
def test_times_that_are_none(run, value):
    done = run("capacity", PROFILE, f"--latency={value}", "--emulator")
    assert_one_line(done, 64, "--latency")


@pytest.mark.parametrize(
    "option", ["--max-tokens=0", "--concurrency=0", "--burndown=0", "--burndown=1001"]
)
def test_numbers_below_their_least(run, option):
    done = run("capacity", PROFILE, option, "--emulator")
    assert_one_line(done, 64, option.split("=")[0])


def test_sizes_go_with_an_id(run):
    assert_one_line(run("capacity", *SIZES, "--emulator"), 64, "id")


@pytest.fixture
def folder(built_in_account, tmp_path):
    """The built-in account with provisioned throughputs of its own."""

    def make(summaries):
        for file in ACCOUNT_FILES:
            shutil.copy(built_in_account.directory / file, tmp_path)
        content = {"provisionedModelSummaries": summaries}
        (tmp_path / PROVISIONED_FILE).write_text(json.dumps(content), encoding="utf-8")
        return ("--account", str(tmp_path))

    return make


def throughput(name, model, **members):
    foundation = f"{ARN}::foundation-model/{model}"
    created = "2026-10-01T00:00:00+00:00"
    return {
        "provisionedModelName": name,
        "provisionedModelArn": f"{ARN}:111122223333:provisioned-model/{name:a>12}",
        "modelArn": foundation,
        "desiredModelArn": foundation,
        "foundationModelArn": foundation,
        "modelUnits": 3,
        "desiredModelUnits": 3,
        "status": "InService",
        "creationTime": created,
        "lastModifiedTime": created,
    } | members


EXPIRES = "2027-04-01T00:00:00+00:00"
OWN = [
    throughput(
        "steady", f"{NOVA}:24k", commitmentDuration="SixMonths", commitmentExpirationTime=EXPIRES
    ),
    throughput("free", f"{NOVA}:300k", desiredModelUnits=5, status="Updating"),
    throughput("other", "cohere.command-text-v14"),
]


def test_all_provisioned_throughput(capacity, folder):
    found = {entry["name"]: entry for entry in capacity(*folder(OWN))["provisioned"]}
    assert set(found) == {"steady", "free", "other"}
    steady, free = found["steady"], found["free"]
    assert (steady["modelUnits"], steady["status"]) == (3, "InService")
    assert steady["modelId"] == f"{NOVA}:24k"
    assert (steady["commitment"], steady["commitmentExpires"][:10]) == ("SixMonths", EXPIRES[:10])
    assert (free["desiredModelUnits"], free["status"]) == (5, "Updating")
    assert "commitment" not in free
    codes = {name: [quota["code"] for quota in entry["quotas"]] for name, entry in found.items()}
    assert codes["steady"] == ["L-9C8C5911"]
    assert codes["free"] == ["L-E48B7984", "L-FE44174A"]
    assert all(quota["measure"] == "model-units" for quota in free["quotas"])


def test_the_forms_of_provisioned_throughput_agree(run, capacity, folder):
    account = folder(OWN)

    def output(form):
        return run.output("capacity", *account, "--emulator", "--quiet", "--output", form)

    expected = [
        (entry["name"], quota.get("code", ""))
        for entry in capacity(*account)["provisioned"]
        for quota in entry["quotas"] or [{}]
    ]
    rows = list(csv.DictReader(io.StringIO(output("csv"))))
    assert [(row["name"], row["code"]) for row in rows] == expected
    lines = output("markdown").splitlines()[2:]
    assert [tuple(line.split(" | ")[0:8:7]) for line in lines] == [
        (f"| {name}", code) for name, code in expected
    ]
    table = output("table")
    assert len(table.splitlines()) == 1 + len(rows)
    assert all(name in table and code in table for name, code in expected)


def test_the_provisioned_throughput_of_a_model(capacity, folder):
    account = folder(OWN)
    for identifier in (NOVA, f"us.{NOVA}", f"{NOVA}:24k"):
        names = {entry["name"] for entry in capacity(identifier, *account)["provisioned"]}
        assert names == {"steady", "free"}
    assert capacity(PROFILE, *account)["provisioned"] == []
    for identifier in ("free", OWN[1]["provisionedModelArn"]):
        reply = capacity(identifier, *account)
        assert [entry["name"] for entry in reply["provisioned"]] == ["free"]
        assert reply["limits"] == []


def test_no_provisioned_throughput(run, capacity, folder):
    account = folder([])
    assert capacity(*account) == {"provisioned": []}
    done = run("capacity", *account, "--emulator")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no provisioned throughput" in done.stderr


def test_help_names_what_people_look_for(run):
    text = " ".join(run.output("capacity", "--help").split())
    assert "no command get-foundation-model-throughput-capacity" in text
    assert "bedrock:ListProvisionedModelThroughputs" in text


QUOTA = HEALTHY["ListServiceQuotas"]["Quotas"][0] | {
    "QuotaName": "Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7"
}


class Denying(Handler):
    """An account that may list everything but its provisioned throughput."""

    def play(self, operation):
        if operation == "/provisioned-model-throughputs":
            self.answer(403, error("AccessDeniedException", "No."))
        elif "Quotas" in operation:
            self.answer(200, {"Quotas": [QUOTA | {"Value": 1e6}]})
        else:
            super().play(operation)


def test_a_denied_listing_is_missed_only_without_an_id(run, environment):
    with FaultServer() as server:
        server.RequestHandlerClass = Denying
        options = ("--endpoint-url", server.url, "--output", "json")
        keys = with_credentials(environment)
        with_id = run("capacity", PROFILE, *LEAN, *options, environment=keys)
        without = run("capacity", *options, environment=keys)
    assert with_id.returncode == 0, with_id.stderr
    reply = json.loads(with_id.stdout)
    assert reply["requestsPerMinute"] == pytest.approx(1e6 / 5500)
    assert "provisioned" not in reply
    assert "bedrock:ListProvisionedModelThroughputs" in with_id.stderr
    assert_one_line(without, 1, "bedrock:ListProvisionedModelThroughputs")
