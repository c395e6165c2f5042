"""Several accounts and Regions in one call: list, check, usage and dashboard, and where one model has most headroom."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from emulator_control import Control
from processes import Emulator
from support import REGION, with_credentials
from test_commands import assert_failed

MODEL, RPM, TPM = "us.amazon.nova-pro-v1:0", "L-ED46B8C5", "L-C0326783"
ROLE = "arn:aws:iam::{}:role/team/Reader"


@pytest.fixture(scope="module")
def servers(bedquota, environment, built_in_account, tmp_path_factory):
    """An emulator of one Region with traffic, and one of two Regions without."""
    folder = tmp_path_factory.mktemp("two") / "account"
    for region in (REGION, "eu-central-1"):
        shutil.copytree(built_in_account.directory, folder / region)
        file = folder / region / "account.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"region": region}))
    started = [Emulator(bedquota, environment, "--history", "1", "--no-auth"), Emulator(bedquota, environment, "--account", folder, "--no-auth")]
    Control(started[0].url).quota(RPM, 100)
    yield started
    for server in started:
        assert server.stop() == 0


@pytest.fixture
def profiles(environment, servers, tmp_path):
    """Profiles of both, and one whose endpoint can't be reached."""
    urls = {"busy": servers[0].url, "quiet one": servers[1].url, "away": "http://127.0.0.1:1"}
    text = "".join(
        f"[profile '{name}']\nregion={REGION}\nendpoint_url={url}\naws_access_key_id=AKIA{name[:1]}\naws_secret_access_key=secret\n"
        for name, url in urls.items())
    (tmp_path / "config").write_text(text)
    return environment | {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_MAX_ATTEMPTS": "1"}


@pytest.fixture
def accounts(tmp_path):
    def write(text):
        file = tmp_path / "accounts"
        file.write_text(text)
        return str(file)
    return write


BOTH = "# of my team\nbusy\n\nsecond = quiet one  # a comment\n"


def read(run, profiles, *arguments):
    return json.loads(run.output(*arguments, "--output", "json", environment=profiles))


def places(answers):
    return [(answer.get("account"), answer.get("region")) for answer in answers]


def test_every_account_in_its_own_region(run, profiles, accounts):
    listed = read(run, profiles, "list", "--accounts", accounts(BOTH), "--scope", "cross-region", "--family", "nova")
    assert places(listed) == [("busy", REGION), ("second", REGION)]
    values = [next(q["appliedValue"] for q in answer["quotas"] if q["code"] == RPM) for answer in listed]
    assert values == [100, 200]
    table = run.output("list", "--accounts", accounts(BOTH), "--scope", "cross-region", "--family", "nova", environment=profiles)
    assert f"busy {REGION}  second {REGION}" in table


def test_accounts_times_regions(run, profiles, accounts):
    answers = read(run, profiles, "usage", MODEL, "--accounts", accounts(BOTH), "--regions", f"{REGION},eu-central-1")
    assert places(answers) == [("busy", REGION), ("second", REGION), ("second", "eu-central-1"), ("busy", "eu-central-1")]
    assert "eu-central-1" in answers[3]["error"] and set(answers[3]) == {"account", "error", "region"}
    assert [answer.get("invocations", 0) > 0 for answer in answers] == [True, False, False, False]


def test_csv_tells_the_place(run, profiles, accounts):
    for command in (["usage", MODEL], ["check", MODEL], ["usage", MODEL, "--rank"]):
        text = run(*command, "--accounts", accounts(BOTH), "--output", "csv", environment=profiles).stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [*rows[0]][:2] == ["account", "region"] and {row["account"] for row in rows} == {"busy", "second"}
    # Without several places, the columns are those of before.
    [row] = csv.DictReader(io.StringIO(run.output("usage", MODEL, "--profile", "busy", "--output", "csv", environment=profiles)))
    assert [*row][0] == "id"


def test_the_rank(run, profiles, accounts):
    ranked = read(run, profiles, "usage", MODEL, "--rank", "--accounts", accounts(BOTH), "--regions", f"{REGION},eu-central-1")
    assert places(ranked)[:3] == [("second", REGION), ("second", "eu-central-1"), ("busy", REGION)] and "error" in ranked[3]
    first, busy = ranked[0], ranked[2]
    assert first["freeRequestsPerMinute"] == first["rpmQuota"] == 200 and first["freeTokensPerMinute"] == first["tpmQuota"]
    [usage] = read(run, profiles, "usage", MODEL, "--profile", "busy")
    peaks = {peak["measure"]: peak for peak in usage["peaks"] if peak.get("value")}
    assert busy["freeRequestsPerMinute"] == pytest.approx(100 - peaks["rpm"]["value"])
    assert busy["freeTokensPerMinute"] == pytest.approx(peaks["tpm"]["quota"] - peaks["tpm"]["value"])
    size = usage["countedQuotaTokens"] / usage["invocations"]
    for row in (first, busy):
        assert row["fittingRequestsPerMinute"] == pytest.approx(min(row["freeRequestsPerMinute"], row["freeTokensPerMinute"] / size))
    table = run.output("usage", MODEL, "--rank", "--accounts", accounts(BOTH), environment=profiles).splitlines()
    assert table[0].split()[:3] == ["ACCOUNT", "REGION", "ID"] and [line.split()[0] for line in table[1:]] == ["second", "busy"]


def test_the_rank_of_ids_in_one_region(run):
    ids = [MODEL, "us.anthropic.claude-opus-4-6-v1", "us.unknown.model-v1:0"]
    ranked = json.loads(run.output("usage", *ids, "--rank", "--emulator", "--output", "json"))
    assert sorted(row["id"] for row in ranked) == sorted(ids) and ranked[-1]["id"] == ids[2]
    assert "fittingRequestsPerMinute" not in ranked[-1] and all("region" not in row for row in ranked)
    fits = [row["fittingRequestsPerMinute"] for row in ranked[:-1]]
    assert fits == sorted(fits, reverse=True)


def test_check_is_unknown_where_a_place_is(run, profiles, accounts):
    done = run("check", MODEL, "--accounts", accounts(BOTH + "away\n"), environment=profiles)
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    assert lines[0].startswith("BEDROCK QUOTA UNKNOWN - away us-east-1: ") and "1 unknown" in lines[0] and "4 ok" in lines[0]
    assert f"'busy {REGION} {MODEL} rpm'=" in lines[0] and f"'second {REGION} {MODEL} tpm'=" in lines[0] and lines[0].count("|") == 1
    assert lines[-1].startswith("UNKNOWN away us-east-1")
    # A threshold that is crossed outweighs it.
    worse = run("check", MODEL, "--accounts", accounts(BOTH + "away\n"), "--warn", "0.1", "--critical", "0.2", "--hours", "24", environment=profiles)
    assert worse.returncode == 2 and worse.stdout.startswith(f"BEDROCK QUOTA CRITICAL - busy {REGION} {MODEL}")
    verdicts = json.loads(run("check", MODEL, "--accounts", accounts(BOTH + "away\n"), "--output", "json", environment=profiles).stdout)
    assert verdicts[-1]["account"] == "away" and verdicts[-1]["status"] == "unknown" and "id" not in verdicts[-1]
    assert {(v["account"], v["region"]) for v in verdicts[:-1]} == {("busy", REGION), ("second", REGION)}


@pytest.mark.parametrize("arguments", [["list"], ["usage", MODEL], ["usage", MODEL, "--rank"]], ids=" ".join)
def test_failures_stand_apart(run, profiles, accounts, arguments):
    done = run(*arguments, "--accounts", accounts(BOTH + "away\n"), environment=profiles)
    assert done.returncode == 0 and "busy" in done.stdout
    assert [line for line in done.stderr.splitlines() if "can't be reached" in line] == [
        line for line in done.stderr.splitlines() if line.startswith("bedquota: away us-east-1: ")] != []
    assert_failed(run(*arguments, "--accounts", accounts("away\n"), "--quiet", environment=profiles), 1, "away us-east-1: ")


def test_a_dashboard_of_several_places(run, profiles, accounts, tmp_path):
    for name in ("page.html", "page.svg"):
        run.output("dashboard", MODEL, "--accounts", accounts(BOTH), "--output-file", tmp_path / name, environment=profiles)
        text = (tmp_path / name).read_text()
        assert f"busy {REGION} {MODEL}" in text and f"second {REGION} {MODEL}" in text and "2 accounts" in text
    file = tmp_path / "kept.svg"
    file.write_text("before")
    assert_failed(run("dashboard", MODEL, "--accounts", accounts("away\n"), "--output-file", file, "--quiet", environment=profiles), 1, "away")
    assert file.read_text() == "before"


def test_roles(run, profiles, servers):
    """Roles of two accounts, assumed with the profile's keys."""
    roles = [option for number in ("123456789012", "210987654321") for option in ("--role-arn", ROLE.format(number))]
    answers = read(run, profiles, "usage", MODEL, "--profile", "busy", *roles)
    assert places(answers) == [("123456789012/Reader", REGION), ("210987654321/Reader", REGION)]
    # One role alone answers as its account would.
    [alone] = read(run, profiles, "usage", MODEL, "--profile", "busy", "--role-arn", ROLE.format("123456789012"))
    assert places([alone]) == [(None, None)] and alone["invocations"] == answers[0]["invocations"]


def test_a_role_in_the_file(run, profiles, accounts):
    answers = read(run, profiles | {"AWS_PROFILE": "busy"}, "usage", MODEL, "--accounts", accounts(f"quiet one\n{ROLE.format('123456789012')}\n"))
    assert places(answers) == [("quiet one", REGION), ("123456789012/Reader", REGION)]
    assert [answer["invocations"] > 0 for answer in answers if "invocations" in answer] == [True]


def test_a_file_may_begin_with_a_byte_order_mark(run, profiles, accounts):
    answers = read(run, profiles, "usage", MODEL, "--accounts", accounts("\ufeffbusy\r\n"))
    assert places(answers) == [("busy", REGION)] and "error" not in answers[0]


@pytest.mark.parametrize("text, words", [
    ("", "names no account"), ("# nothing\n\n", "names no account"), ("busy\nbusy\n", "line 2"), ("= busy\n", "line 1"), ("a =\n", "line 1"),
], ids=repr)
def test_a_file_of_accounts_that_is_wrong(run, profiles, accounts, text, words):
    assert_failed(run("list", "--accounts", accounts(text), environment=profiles), 1, words, "--accounts")


def test_a_profile_that_does_not_exist_is_a_failure_of_its_account(run, profiles, accounts):
    done = run("usage", MODEL, "--accounts", accounts("busy\nnobody\nbad = arn:aws:iam::1:user/x\n"), environment=profiles)
    assert done.returncode == 0 and "bedquota: nobody: No profile" in done.stderr and "bedquota: bad: " in done.stderr


@pytest.mark.parametrize("options, words", [
    (["--regions", "a", "--region", "b"], "--regions takes the place"), (["--regions", ","], "Regions with commas"), (["--regions", "all,us-east-1"], "or all"),
    (["--accounts", "f", "--role-arn", "r"], "--role-arn"), (["--accounts", "f", "--profile", "p"], "--profile"), (["--accounts", "f", "--emulator"], "--emulator"),
    (["--role-arn", "r", "--emulator"], "--emulator"),
], ids=" ".join)
@pytest.mark.parametrize("command", [["list"], ["usage", MODEL], ["check"], ["dashboard", "--output-file", "x.svg"]], ids=lambda c: c[0])
def test_options_that_exclude_each_other(run, command, options, words):
    assert_failed(run(*command, *options), 3 if command == ["check"] else 64, words)


def test_a_missing_file_and_a_wrong_arn(run, environment):
    environment = with_credentials(environment)
    assert_failed(run("list", "--accounts", "/no/such/file", environment=environment), 1, "can't be read", "--accounts")
    assert_failed(run("list", "--role-arn", "Reader", environment=environment), 1, "not the ARN of a role", "--role-arn")
    assert not Path("x.svg").exists()
