"""A gateway with several accounts: each has its quotas, its credentials and its failures, and none of another's."""

import json
import re

import boto3
import pytest
from accounts_world import LAB, OWN, ROLE, TwoAccounts
from botocore.exceptions import ClientError
from emulator_control import eventually
from runtime_calls import MESSAGES, PROFILE
from support import KEY, REGION

HERE = f"  here: {{id: '{PROFILE}', account: {OWN}}}\n"
THERE = f"  there: {{id: '{PROFILE}', account: '{LAB}'}}\n"
NAMES = f"models:\n{HERE}{THERE}"


def accounts(**role):
    """The gateway's own account, and that of a role."""
    lab = {"role": ROLE, "regions": [REGION]} | role
    return f"accounts: {json.dumps([{'regions': [REGION]}, lab])}\n{NAMES}"


@pytest.fixture
def two(bedquota, environment):
    worlds = []

    def make(configuration, **settings):
        worlds.append(TwoAccounts(bedquota, environment, configuration, **settings))
        return worlds[-1]

    yield make
    for world in worlds:
        world.__exit__()


def test_each_account_has_its_own_quotas(two):
    """More requests than fit fill six seconds of each quota, however long they take to arrive, and AWS throttles none."""
    world = two(accounts(), rpm=(150, 300)).is_ready()
    replies = world.ask_all(*[(name, "alice", "6s") for name in ["here", "there"] * 50])
    assert {status for status, _ in replies} == {200, 429}, [body for status, body in replies if status not in (200, 429)]
    taken = [account for account, _ in world.aws.taken()]
    assert len(taken) == sum(status == 200 for status, _ in replies), "none was sent twice"
    pools = world.pools()
    limits = {name: next(q["limit"] for q in pool["quotas"] if q["measure"] == "rpm") for name, pool in pools.items()}
    assert limits[LAB] == 2 * limits[OWN]
    shares = {name: taken.count(name) / limit for name, limit in limits.items()}
    assert min(shares.values()) >= 0.06 and taken.count(LAB) > 1.2 * taken.count(OWN), shares
    assert all(pool["throttlesLastHour"] == 0 for pool in pools.values())
    text = world.page("/metrics")[1]
    for name, limit in limits.items():
        labels = f'account="{name}",endpoint="runtime",pool="{PROFILE}",region="{REGION}",measure="rpm"'
        assert re.search(rf'bedquota_quota_limit{{{labels},quota_code="L-[^"]+"}} {limit:.0f}\n', text), name
        assert f'bedquota_account_ready{{account="{name}"}} 1\n' in text


def test_a_plain_id_goes_to_the_first_account(two):
    world = two(accounts()).is_ready()
    assert world.ask(PROFILE)[0] == 200
    assert world.aws.taken() == [(OWN, "")]
    status = world.account(LAB)
    assert status["role"] == ROLE and status["isReady"] and "credentialsProblem" not in status
    [region] = status["regions"]
    assert region["region"] == REGION and region["quotas"] > 50 and "quotasReadAt" in region


def test_cloudtrail_would_show_who_called(two):
    """Each caller's requests are signed in a session of its name, which is assumed once, and by the gateway itself."""
    world = two(accounts(session_name="{key}", external_id="7f3a", duration="1h"), pause=0.3).is_ready()
    # A name of one letter is too short for AWS.
    names = {"alice": "alice", "bob": "bob", "x": "x-2d711642"}
    replies = world.ask_all(*[("there", caller) for caller in [*names] * 30])
    assert {status for status, _ in replies} == {200}
    taken = world.aws.taken()
    assert sorted(taken) == sorted((LAB, name) for name in names.values() for _ in range(30))
    assert sorted(world.aws.sessions()) == sorted(["bedquota", *names.values()]), "once for all who wait"
    assert {call["key"] for call in world.aws.assumed} == {KEY}
    assert {(call["ExternalId"], call["DurationSeconds"]) for call in world.aws.assumed} == {("7f3a", "3600")}
    # One after the other: nobody gets the credentials that were made for another.
    for caller in ["bob", "alice", "bob"]:
        world.ask("there", caller)
        assert world.aws.taken() == [(LAB, caller)]


def test_credentials_end_while_requests_wait(two):
    """They live for three or four seconds, and requests wait for longer; each is signed with what is good when its turn comes."""
    world = two(accounts(session_name="{key}"), rpm=(1e6, 120), lifetime=4.0).is_ready()
    replies = world.ask_all(*[("there", "alice")] * 24)
    assert {status for status, _ in replies} == {200}, replies
    assert len(world.aws.taken()) == 24 and world.aws.expired == 0
    assert 2 <= world.aws.sessions().count("alice") <= 12


def test_a_role_that_is_denied_harms_no_other(two):
    world = two(accounts(), denies=lambda session: True).is_ready()
    eventually(lambda: LAB in world.gateway.read_log(), "the log says what is wrong")
    assert "can't be assumed" in world.account(LAB)["credentialsProblem"] and not world.account(LAB)["isReady"]
    asked = len(world.aws.assumed)
    replies = world.ask_all(*[("there", "alice")] * 20)
    assert {status for status, _ in replies} == {502}
    assert all(ROLE not in body and "its log says why" in body for _, body in replies)
    assert len(world.aws.assumed) <= asked + 2, "STS isn't asked for each"
    assert world.ask("here")[0] == 200 and world.page("/readyz")[0] == 200
    lines = [line for line in world.gateway.read_log().splitlines() if LAB in line]
    assert len(lines) == 1 and f"{ROLE} can't be assumed" in lines[0], lines
    assert f'bedquota_account_ready{{account="{LAB}"}} 0\n' in world.page("/metrics")[1]
    world.aws.denies = lambda session: False
    eventually(lambda: world.ask("there")[0] == 200, "it works as soon as the role may be assumed")


def test_a_session_that_is_denied_harms_no_other_caller(two):
    world = two(accounts(session_name="{key}"), denies=lambda session: session == "mallory").is_ready()
    replies = world.ask_all(*[("there", caller) for caller in ["alice", "mallory"] * 10])
    assert [status for status, _ in replies] == [200, 502] * 10
    assert {session for _, session in world.aws.taken()} == {"alice"}
    assert world.account(LAB)["isReady"]
    lines = [line for line in world.gateway.read_log().splitlines() if "not authorized" in line]
    assert len(lines) == 1 and "AWS refuses the gateway" in lines[0], lines


def test_it_is_as_ready_as_its_first_account(two):
    configuration = f"accounts: {json.dumps([{'name': 'lab', 'role': ROLE, 'regions': [REGION]}, {}])}\n"
    world = two(configuration, denies=lambda session: True)
    eventually(lambda: "can't be assumed" in world.page("/readyz")[1], "the reason is the role's")
    assert world.page("/readyz")[0] == 503
    assert world.ask(PROFILE)[0] == 502


def test_a_region_that_no_account_serves(two):
    world = two(accounts(regions=[REGION, "eu-west-1"])).is_ready()
    keys = {"aws_access_key_id": "alice", "aws_secret_access_key": "any"}
    runtime = boto3.client("bedrock-runtime", region_name="us-west-2", endpoint_url=world.gateway.url, **keys)
    for model, served in ((PROFILE, f"{REGION}, eu-west-1"), ("there", f"{REGION}, eu-west-1"), ("here", REGION)):
        with pytest.raises(ClientError, match=f"the Region us-west-2; it serves {served}."):
            runtime.converse(modelId=model, messages=MESSAGES)
    runtime.close()


def test_names_change_live(two):
    world = two(accounts()).is_ready()
    world.reload(accounts().replace("here:", "elsewhere:", 1))
    eventually(lambda: world.ask("elsewhere")[0] == 200, "the new name leads to the model")
    assert world.ask("here")[0] == 400 and world.ask("there")[0] == 200


def test_accounts_change_at_a_restart_only(two):
    world = two(accounts()).is_ready()
    world.reload(accounts(name="research").replace(THERE, ""))
    eventually(lambda: "accounts has changed" in world.gateway.read_log(), "the log says what waits for a restart")
    assert [world.account(name)["name"] for name in (OWN, LAB)] == [OWN, LAB]
    world.reload(accounts(name="research").replace(f"'{LAB}'", "research"))
    eventually(lambda: "needs a restart" in world.gateway.read_log(), "a name can't lead to an account that isn't there yet")
    assert world.ask("here")[0] == 200 and world.ask("there")[0] != 200
