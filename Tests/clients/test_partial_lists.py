"""A list that AWS denies costs what is in it, and nothing else; a page token that AWS refuses costs time only."""

import json

import pytest
from account_server import (
    APPLICATION, MODEL, NOVA, PROFILE, REPLIES, RPM, SYSTEM, TPM, AccountServer, denied, profile, quota,
    refusing_first_token,
)
from support import with_credentials
from test_commands import assert_failed

DEFAULTS = "ListAWSDefaultServiceQuotas"


@pytest.fixture
def ask(run, environment):
    """Runs a command against a server."""

    def call(server, *arguments):
        options = (*arguments, "--endpoint-url", server.url)
        return run(*options, environment=with_credentials(environment))

    return call


def notes(done):
    return [line for line in done.stderr.splitlines() if line.startswith("bedquota: ")]


READERS = {
    "list": ("list",),
    "list of a model": ("list", "--model", PROFILE),
    "resolve": ("resolve", PROFILE),
    "models": ("models",),
    "capacity": ("capacity", PROFILE),
    "usage": ("usage", PROFILE),
    "check": ("check", PROFILE),
}


@pytest.mark.parametrize("arguments", READERS.values(), ids=READERS)
def test_without_the_defaults_the_rest_is_shown(ask, arguments):
    with AccountServer(**{DEFAULTS: denied}) as server:
        done = ask(server, *arguments, "--output", "json")
    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout and '"defaultValue"' not in done.stdout
    [note] = notes(done)
    assert "servicequotas:ListAWSDefaultServiceQuotas" in note and "default" in note


def test_without_the_defaults_in_regions(ask):
    with AccountServer(**{DEFAULTS: denied}) as server:
        done = ask(server, "list", "--regions", "us-east-1,us-west-2", "--output", "json")
    assert done.returncode == 0, done.stderr
    assert [len(listing["quotas"]) for listing in json.loads(done.stdout)] == [2, 2]


def test_the_defaults_alone_are_needed(ask):
    with AccountServer(**{DEFAULTS: denied}) as server:
        assert_failed(ask(server, "list", "--defaults", "--quiet"), 1, f"servicequotas:{DEFAULTS}")
    with AccountServer(**{DEFAULTS: denied, "ListServiceQuotas": denied}) as server:
        assert_failed(ask(server, "list", "--quiet"), 1, "servicequotas:ListServiceQuotas")


@pytest.mark.parametrize("name", ["foundation-models", SYSTEM, APPLICATION])
def test_models_without_one_of_its_lists(ask, name):
    with AccountServer(**{name: denied}) as server:
        done = ask(server, "models", "--output", "json")
    assert done.returncode == 0, done.stderr
    found = {entry["id"] for entry in json.loads(done.stdout)}
    assert found == {MODEL, PROFILE} - {{"foundation-models": MODEL, SYSTEM: PROFILE}.get(name)}
    [note] = notes(done)
    action = "ListFoundationModels" if name == "foundation-models" else "ListInferenceProfiles"
    assert "can't be listed" in note and f"bedrock:{action}" in note


def test_models_without_both(ask):
    with AccountServer(**{"foundation-models": denied, SYSTEM: denied}) as server:
        assert_failed(ask(server, "models", "--quiet"), 1, "bedrock:ListFoundationModels")


def test_profiles_count_where_models_are_denied(ask):
    """An application profile is known by the list of profiles alone."""
    own = profile("abcd1234efgh", "us-east-1", "us-west-2", kind="APPLICATION")
    lists = {"foundation-models": denied, APPLICATION: {"inferenceProfileSummaries": [own]}}
    with AccountServer(**lists) as server:
        [reply] = json.loads(ask(server, "resolve", own["inferenceProfileArn"], "--output", "json").stdout)
    assert reply["status"] == "resolved" and reply["scope"] == "cross-region"


@pytest.mark.parametrize("name, identifier", [(SYSTEM, "us.amazon.nova-prp-v1:0"), ("foundation-models", "amazon.nova-prp-v1:0")])
def test_nothing_follows_from_a_denied_list(ask, name, identifier):
    with AccountServer(**{name: denied}) as server:
        [reply] = json.loads(ask(server, "resolve", identifier, "--output", "json").stdout)
    assert "isListed" not in reply and "doesn't list" not in reply["note"]


MORE = quota("L-00000003", "Agents per account", 7.0)
OTHER = NOVA | {"modelId": "amazon.nova-lite-v1:0", "modelArn": NOVA["modelArn"].replace("pro", "lite")}
REFUSED = [
    ("ListServiceQuotas", "Quotas", "InvalidPaginationTokenException", [RPM, TPM], [MORE]),
    (DEFAULTS, "Quotas", "InvalidPaginationTokenException", [RPM, TPM], [MORE]),
    (SYSTEM, "inferenceProfileSummaries", "ValidationException", [], REPLIES[SYSTEM]["inferenceProfileSummaries"]),
]


@pytest.mark.parametrize("name, member, code, first, second", REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refused_token_begins_the_listing_again(ask, name, member, code, first, second):
    answer = refusing_first_token(member, code, first, second, "You specified an invalid value for nextToken.")
    with AccountServer(**{name: answer}) as server:
        done = ask(server, "models" if name == SYSTEM else "list", "--output", "json")
        assert server.lists == 2 and server.requests[name] == 4
    assert done.returncode == 0, done.stderr
    assert notes(done) == []
    reply = json.loads(done.stdout)
    found = [entry["id"] for entry in reply] if name == SYSTEM else [entry["code"] for entry in reply["quotas"]]
    assert found == [MODEL, PROFILE] if name == SYSTEM else found == ["L-00000001", "L-00000002", "L-00000003"]


def test_pages_that_were_read_in_vain_are_not_counted(ask):
    answer = refusing_first_token("Quotas", "InvalidPaginationTokenException", [RPM, TPM], [MORE])
    with AccountServer(ListServiceQuotas=answer) as server:
        assert "3 quotas from 3 pages" in ask(server, "list").stderr


def test_a_token_that_is_refused_twice_ends_it(ask):
    def answer(handler, token):
        if token is None:
            return 200, {"Quotas": [RPM], "NextToken": "t"}
        return 400, {"__type": "InvalidPaginationTokenException", "message": "The pagination token is not valid."}

    with AccountServer(ListServiceQuotas=answer) as server:
        assert_failed(ask(server, "list", "--quiet"), 1, "InvalidPaginationTokenException")
        assert server.requests["ListServiceQuotas"] == 4


@pytest.mark.parametrize("code", ["InvalidNextToken", "InvalidParameterValue"])
@pytest.mark.parametrize("name, member", [("ListMetrics", "Metrics"), ("GetMetricData", "MetricDataResults")])
def test_a_refused_token_of_cloudwatch(ask, name, member, code):
    answer = refusing_first_token(member, code, [], [], "The next token specified is invalid.")
    with AccountServer(**{name: answer}) as server:
        done = ask(server, "usage", PROFILE, "--hours", "1", "--output", "json")
        assert server.lists == 2
    assert done.returncode == 0, done.stderr


def test_a_refused_token_of_provisioned_throughputs(ask):
    answer = refusing_first_token("provisionedModelSummaries", "ValidationException", [], [], "Invalid nextToken")
    with AccountServer(**{"provisioned-model-throughputs": answer}) as server:
        done = ask(server, "capacity", "--output", "json")
        assert server.lists == 2
    assert (done.returncode, json.loads(done.stdout)) == (0, {"provisioned": []})
