"""Ids that the account doesn't list: every command says so, with the nearest that it lists. Application profiles."""

import json

import pytest
from account_server import ACCOUNT, APPLICATION, MODEL, PROFILE, SYSTEM, AccountServer, profile, profiles
from servers import emulator_fixture
from support import with_credentials

server = emulator_fixture("--history", "0", "--latency", "0", "--tokens-per-second", "0")

FOREIGN = f"arn:aws:bedrock:us-east-1:999999999999:inference-profile/{PROFILE}"
UNLISTED = {
    "no revision": ("us.amazon.nova-pro-v1", PROFILE),
    "another geography": (f"eu.{MODEL}", PROFILE),
    "a typing error": ("us.amazon.nova-prp-v1:0", PROFILE),
    "a provider's typing error": ("us.amzon.nova-pro-v1:0", PROFILE),
    "another account's ARN": (FOREIGN, PROFILE),
    "a bare id without revision": ("amazon.nova-pro-v1", MODEL),
    "no date": ("us.anthropic.claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
}


@pytest.fixture
def ask(run, environment, server):
    def call(*arguments):
        return run(*arguments, "--endpoint-url", server.url, environment=with_credentials(environment))

    return call


@pytest.mark.parametrize("identifier, nearest", UNLISTED.values(), ids=UNLISTED)
def test_resolve_says_so(ask, identifier, nearest):
    done = ask("resolve", identifier)
    assert done.returncode == 0
    head, note = done.stdout.splitlines()[:2]
    assert head.endswith(", not listed")
    assert f"doesn't list {identifier} in us-east-1" in note and nearest in note
    [reply] = json.loads(ask("resolve", identifier, "--output", "json").stdout)
    assert reply["isListed"] is False and reply["nearest"][0] == nearest and nearest in reply["note"]


@pytest.mark.parametrize("identifier", [PROFILE, MODEL, "us.anthropic.claude-sonnet-4-5-20250929-v1:0"])
def test_what_is_listed_has_no_such_note(ask, identifier):
    [reply] = json.loads(ask("resolve", identifier, "--output", "json").stdout)
    assert reply["isListed"] is True and "nearest" not in reply
    assert "list" not in reply.get("note", "")
    assert ask("check", identifier).stderr.count("list") == 0


COMMANDS = {
    "list": (("list", "--model"), 0),
    "capacity": (("capacity",), 0),
    "capacity as CSV": (("capacity", "--output", "csv"), 0),
    "resolve as CSV": (("resolve", "--output", "csv"), 0),
    "usage": (("usage",), 0),
    "usage as Markdown": (("usage", "--output", "markdown"), 0),
    "check": (("check",), None),
    "dashboard": (("dashboard", "--output-file", "-"), 0),
    "probe": (("probe", "--dry-run"), 0),
    "invoke": (("invoke",), 1),
    "run": (("run", "--yes"), 1),
}


@pytest.mark.parametrize("arguments, code", COMMANDS.values(), ids=COMMANDS)
def test_every_command_says_so_once(ask, tmp_path, arguments, code):
    identifier = "us.amazon.nova-pro-v1"
    more = []
    if arguments[0] == "invoke":
        more = ["Hi"]
    if arguments[0] == "run":
        (tmp_path / "in.jsonl").write_text('{"recordId": "1", "modelInput": {"messages": []}}\n')
        more = ["--input", tmp_path / "in.jsonl", "--output-file", tmp_path / "out.jsonl"]
    done = ask(*arguments, identifier, *more)
    assert code is None or done.returncode == code, done.stderr
    text = done.stdout + done.stderr
    assert text.count(f"The account doesn't list {identifier} in us-east-1") == 1, text
    assert f"The nearest that it lists: {PROFILE}" in text


def test_another_account_is_named(ask):
    text = ask("resolve", FOREIGN).stdout
    assert "The ARN is of the account 999999999999; this account is" in text


# Application profiles


def resolved(ask_server, run, environment, *identifiers):
    arguments = ("resolve", *identifiers, "--output", "json", "--endpoint-url", ask_server.url)
    return json.loads(run.output(*arguments, environment=with_credentials(environment)))


def arn(identifier, kind="application-inference-profile", account=ACCOUNT):
    return f"arn:aws:bedrock:us-east-1:{account}:{kind}/{identifier}"


@pytest.fixture(scope="module")
def copies():
    """Profiles of when their sources had other Regions."""
    copied = {
        "fewer1234567": ["us-east-1", "us-west-2"],
        "other1234567": ["us-east-1", "us-west-1"],
        "same12345678": ["us-west-2", "us-east-2", "us-east-1"],
        "world1234567": ["", "us-east-1", "eu-west-1"],
    }
    own = [profile(name, *regions, kind="APPLICATION") for name, regions in copied.items()]
    system = profiles(
        profile(PROFILE, "us-east-1", "us-east-2", "us-west-2"),
        profile(f"global.{MODEL}", "", "us-east-1", "eu-west-1", "ap-south-1"),
    )
    with AccountServer(**{APPLICATION: profiles(*own), SYSTEM: system}) as server:
        yield server


@pytest.mark.parametrize("name", ["fewer1234567", "other1234567", "same12345678"])
@pytest.mark.parametrize("kind", ["application-inference-profile", "inference-profile", None])
def test_a_copy_has_the_quotas_of_its_source(copies, run, environment, name, kind):
    identifier = arn(name, kind) if kind else name
    copy, source = resolved(copies, run, environment, identifier, PROFILE)
    assert copy["status"] == "resolved" and copy["scope"] == "cross-region"
    assert copy["quotas"] == source["quotas"] and copy["modelId"] == MODEL
    assert copy["isListed"] is True and PROFILE in copy["note"]
    assert "/inference-profile/" not in copies.requests, "what is listed is not read again"


def test_a_copy_of_a_global_profile_is_global(copies, run, environment):
    [copy] = resolved(copies, run, environment, arn("world1234567"))
    assert copy["scope"] == "global"


@pytest.mark.parametrize("identifier", ["fewer1234568", arn("fewer1234568"), arn("fewer1234567", account="999999999999")])
def test_an_unlisted_copy_is_never_its_own_suggestion(copies, run, environment, identifier):
    [reply] = resolved(copies, run, environment, identifier)
    assert reply["status"] == "unknown"
    assert identifier not in reply["nearest"] and reply["nearest"][0] == arn("fewer1234567")
