"""What a mistake is answered with: one clear line that says what to do, never a misleading one."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from processes import Emulator
from scripted_server import ScriptedHandler, ScriptedServer
from support import with_credentials
from terminals import on_terminal
from test_commands import COMMANDS, assert_failed

MODEL = "us.amazon.nova-pro-v1:0"
READING = [["list"], ["models"], ["resolve", MODEL], ["routes", MODEL], ["capacity", MODEL], ["capacity"], ["usage", MODEL], ["check"], ["check", MODEL],
           ["invoke", MODEL, "hi"], ["probe", MODEL, "--dry-run"], ["record", "folder"], ["dashboard", "--output-file", "page.html"]]


@pytest.fixture(scope="module")
def emulator_here(bedquota, environment):
    emulator = Emulator(bedquota, environment)
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def elsewhere(environment, emulator_here, monkeypatch, tmp_path):
    """An environment with an emulator in another process as AWS, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return with_credentials(environment) | {"AWS_ENDPOINT_URL": emulator_here.url}


@pytest.fixture
def prompts(tmp_path):
    request = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}], "inferenceConfig": {"maxTokens": 9}}
    file = tmp_path / "prompts.jsonl"
    file.write_text("".join(json.dumps({"recordId": str(n), "modelInput": request}) + "\n" for n in range(3)))
    return file


# A Region that the emulator doesn't have.


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_the_emulator_says_which_region_it_serves(run, arguments, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, "--emulator", "--region", "eu-central-1")
    assert_failed(done, 1, "us-east-1", "eu-central-1", "--region")
    assert "offered" not in done.stderr and "access key" not in done.stderr and not list(tmp_path.glob("**/*.json"))


def test_regions_that_the_emulator_lacks(run):
    done = run("list", "--emulator", "--regions", "us-east-1,eu-central-1", "--family", "nova")
    assert done.returncode == 0 and "us-east-1" in done.stdout
    assert "eu-central-1: The emulator serves only us-east-1." in done.stderr
    assert run("list", "--emulator", "--regions", "all", "--family", "nova", "--quiet").stderr == ""


@pytest.mark.parametrize("arguments", [["list"], ["models"], ["usage", MODEL], ["invoke", MODEL, "hi"]], ids=" ".join)
def test_an_endpoint_without_the_region(run, elsewhere, arguments):
    done = run(*arguments, "--region", "eu-central-1", environment=elsewhere)
    assert done.returncode == 1 and "127.0.0.1" in done.stderr and "--region" in done.stderr
    assert "offered there" not in done.stderr and "enabled for the account" not in done.stderr


# Clocks, keys and permissions.


class Refusing(ScriptedHandler):
    """Refuses every call with the server's `refusal`; its own Date is right."""

    def do_GET(self):
        code, message = self.server.refusal
        self.answer(403, {"__type": code, "message": message}, [("x-amzn-ErrorType", code)])

    def do_POST(self):
        self.read_body()
        self.do_GET()


@pytest.fixture(scope="module")
def refusing():
    with ScriptedServer(Refusing) as server:
        yield server


def refused(run, environment, refusing, code, message, *arguments):
    refusing.refusal = (code, message)
    environment = with_credentials(environment) | {"AWS_ENDPOINT_URL": refusing.url}
    done = run(*arguments, "--quiet", environment=environment)
    if arguments[0] == "check":
        assert done.returncode == 3 and done.stdout.startswith("BEDROCK QUOTA UNKNOWN - "), done
    else:
        assert done.returncode == 1 and done.stdout == "", done
    return done.stderr.strip()


def stamp(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y%m%dT%H%M%SZ")


@pytest.mark.parametrize("arguments", [["list"], ["models"], ["resolve", MODEL], ["check", MODEL], ["invoke", MODEL, "hi"]], ids=" ".join)
@pytest.mark.parametrize("minutes, words", [(90, "90 minutes behind"), (-17, "17 minutes ahead")])
def test_a_wrong_clock(run, environment, refusing, arguments, minutes, words):
    """The clock of this machine is right and AWS's isn't, which looks the same from here."""
    way = "Signature expired: {} is now earlier than {} ({} - 5 min.)" if minutes > 0 else "Signature not yet current: {} is still later than {} ({} + 5 min.)"
    message = way.format(stamp(0), stamp(minutes - 5 if minutes > 0 else minutes + 5), stamp(minutes))
    said = refused(run, environment, refusing, "InvalidSignatureException", message, *arguments)
    assert words in said and "clock" in said and "secret" not in said


REFUSALS = [
    ("RequestExpired", "Request has expired.", "clock"),
    ("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.", "secret access key"),
    ("ExpiredTokenException", "The security token included in the request is expired", "expired"),
    ("AccessDeniedException", "User: x is not authorized to perform: servicequotas:ListServiceQuotas", "servicequotas:ListServiceQuotas"),
    ("UnrecognizedClientException", "The security token included in the request is invalid.", "access key"),
]


@pytest.mark.parametrize("code, message, words", REFUSALS, ids=[code for code, _, _ in REFUSALS])
def test_refusals_say_what_to_do(run, environment, refusing, code, message, words):
    said = refused(run, environment, refusing, code, message, "list")
    assert words in said and said.endswith(".") and "\n" not in said


# Options and commands.

SLIPS = [
    (["lst"], "Did you mean 'list'?"), (["quotas"], "Did you mean 'list'?"), (["help", "usgae"], "Did you mean 'usage'?"),
    (["list", "--query", "x"], "Did you mean '--output json | jq'?"), (["list", "--json"], "Did you mean '--output json'?"),
    (["iam-policy", "alrms"], "Did you mean 'alarms'?"), (["alarms", "apply", "--dry-run"], "Use alarms plan"),
    (["list", "-o", "json"], "Did you mean '--output'?"), (["usage", "--model", MODEL], "an option of list"),
    (["usage", MODEL, "--hours", "-1"], "above 0"), (["usage", MODEL, "--period", "-60"], "60 seconds"), (["check", "--warn", "-5"], "--warn"),
    (["capacity", MODEL, "--latency", "-1"], "--latency"), (["run", MODEL, "--deadline", "-1", "--input", "a", "--output-file", "b"], "--deadline"),
    (["probe", MODEL, "--delay", "-1"], "--delay"), (["emulate", "--port", "-1"], "--port"), (["emulate", "--latency", "-1"], "--latency"),
    (["list", "--search", "-x"], "--search=-x"), (["list", "nova"], "--search nova"), (["invoke", MODEL, "two", "words"], "quotes"),
    (["invoke", MODEL, "", "--emulator"], "bedquota invoke"), (["usage", MODEL, "--hours", "0"], "(--hours)"),
    (["probe", MODEL, "--measure", "tpd"], "'rpm', 'tpm', 'concurrent' or 'reservation'"),
    *[([*arguments, "--emulator", "--output", "csv"], "takes table or json")
      for arguments in (["invoke", MODEL, "hi"], ["record", "folder"], ["probe", MODEL], ["run", MODEL, "--input", "a", "--output-file", "b"])],
]


@pytest.mark.parametrize("arguments, words", SLIPS, ids=lambda v: " ".join(v)[:40] if isinstance(v, list) else "")
def test_slips_are_answered_with_what_was_meant(run, arguments, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # A slip that isn't refused may write a file.
    done = run(*arguments)
    assert_failed(done, 64, words)
    assert "Missing value" not in done.stderr or "--search" in words


@pytest.mark.parametrize("command", [*COMMANDS, "probe", "demo"])
def test_help_tells_each_default_once(run, environment, command):
    text = run.output(command, "--help", environment=environment | {"COLUMNS": "400"})
    for option in re.split(r"\n  (?=-)", text.partition("OPTIONS:")[2]):
        assert option.count("default:") <= 1, option


def test_help_lists_the_values_that_are_taken(run, environment):
    """A value that help lists is no bad usage."""
    text = run.output("probe", "--help", environment=environment | {"COLUMNS": "400"})
    values = re.search(r"--measure <name>.*\(values: ([^;)]*)", text)[1].split(", ")
    assert values == ["rpm", "tpm", "concurrent", "reservation"]
    for value in values:
        assert run("probe", "us.anthropic.claude-opus-4-7", "--emulator", "--dry-run", "--measure", value).returncode == 0


# Files.


@pytest.mark.parametrize("arguments", [
    ["record", "/proc/x", "--emulator"], ["record", "/dev/null/x", "--emulator"], ["demo", "--directory", "/proc/x"],
    ["demo", "--directory", "/dev/null/x"], ["list", "--emulator", "--account", "/proc/x"], ["dashboard", "--emulator", "--output-file", "/proc/x/y.svg"],
], ids=" ".join)
def test_no_sentence_of_the_system(run, arguments):
    done = run(*arguments, "--quiet")
    assert_failed(done, 1, arguments[-1].rpartition("/")[0])
    assert "operation could" not in done.stderr and "’" not in done.stderr and "Error Domain" not in done.stderr


# The question before money is spent, and plans.


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b"\x04", b"yes please\n"], ids=["n", "return", "end of input", "another"])
@pytest.mark.parametrize("command", ["run", "probe"])
def test_a_no_is_confirmed(bedquota, elsewhere, prompts, command, answer):
    more = ["--input", prompts, "--output-file", "replies.jsonl"] if command == "run" else []
    screen = on_terminal([bedquota, command, MODEL, *more], elsewhere, 100, answer=answer)
    assert screen.code == 0 and "Continue? [y/N]" in screen.text
    assert screen.text.rstrip().endswith("Nothing was sent."), screen.text
    assert not (prompts.parent / "replies.jsonl").exists()


@pytest.mark.parametrize("answer", [b"y\n", b" YES \n"])
def test_a_yes_is_one(bedquota, elsewhere, prompts, answer):
    screen = on_terminal([bedquota, "run", MODEL, "--input", prompts, "--output-file", "replies.jsonl"], elsewhere, 100, answer=answer)
    assert screen.code == 0 and len((prompts.parent / "replies.jsonl").read_text().splitlines()) == 3


def test_the_plan_of_a_probe_as_json(run):
    plan = json.loads(run.output("probe", MODEL, "--emulator", "--dry-run", "--output", "json", "--max-requests", "50"))
    assert plan["id"] == MODEL and plan["measure"] == "rpm" and plan["code"] == "L-ED46B8C5" and plan["appliedValue"] == 200
    assert plan["most"]["requests"] == 50 and plan["most"]["seconds"] == 900 and plan["warnings"]


def test_the_plan_of_a_run_as_json(run, prompts):
    arguments = ["--input", prompts, "--output-file", prompts.parent / "replies.jsonl"]
    plan = json.loads(run.output("run", MODEL, *arguments, "--emulator", "--dry-run", "--output", "json"))
    assert plan["id"] == MODEL and plan["records"] == 3 and plan["averageMaxTokens"] == 9 and plan["unreadable"] == 0
    assert plan["secondsAtLeast"] == pytest.approx(0.9)
