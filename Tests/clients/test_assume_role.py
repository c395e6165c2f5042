"""AssumeRole: temporary credentials that the other services accept until they expire, and nothing else."""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from aws_clients import Clients, failure
from runtime_calls import OPTIONS
from servers import emulator_fixture
from support import KEY, REGION, SECRET

server = emulator_fixture(*OPTIONS)
ROLE = "arn:aws:iam::111122223333:role/team/reader"
SESSION = "arn:aws:sts::111122223333:assumed-role/reader/me"


@pytest.fixture
def clients(server):
    return Clients(server.url)


def assume(clients, **more):
    return clients("sts").assume_role(**{"RoleArn": ROLE, "RoleSessionName": "me"} | more)


def keys(reply):
    found = reply["Credentials"]
    return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]


@pytest.mark.parametrize("seconds", [None, 900, 43200])
def test_a_role_is_assumed(clients, seconds):
    reply = assume(clients, **({} if seconds is None else {"DurationSeconds": seconds}))
    left = reply["Credentials"]["Expiration"] - datetime.now(timezone.utc)
    assert timedelta(0) < timedelta(seconds=seconds or 3600) - left < timedelta(seconds=60)
    assert reply["AssumedRoleUser"]["Arn"] == SESSION
    assert reply["AssumedRoleUser"]["AssumedRoleId"].endswith(":me")
    assert reply["Credentials"]["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize(
    "service, call, arguments",
    [
        ("bedrock", "list_foundation_models", {}),
        ("service-quotas", "list_service_quotas", {"ServiceCode": "bedrock"}),
        ("cloudwatch", "list_metrics", {}),
        ("bedrock-runtime", "count_tokens", None),
    ],
)
def test_its_credentials_open_every_service(clients, service, call, arguments):
    client = clients(service, *keys(assume(clients)))
    if arguments is None:
        messages = [{"role": "user", "content": [{"text": "hi"}]}]
        assert client.converse(modelId="us.amazon.nova-pro-v1:0", messages=messages)["usage"]
    else:
        assert getattr(client, call)(**arguments)


def test_they_are_the_roles(clients):
    mine = clients("sts", *keys(assume(clients))).get_caller_identity()
    assert mine["Arn"] == SESSION and mine["UserId"].endswith(":me")
    assert clients("sts").get_caller_identity()["Arn"].endswith(":user/emulator")


def test_a_session_can_assume_the_next_role(clients):
    first = keys(assume(clients))
    other = ROLE.replace("reader", "writer")
    second = clients("sts", *first).assume_role(RoleArn=other, RoleSessionName="again")
    assert second["AssumedRoleUser"]["Arn"].endswith(":assumed-role/writer/again")


def test_they_need_their_token(clients):
    key, secret, _ = keys(assume(clients))
    for token in (None, "another"):
        code, _, _ = failure(clients("bedrock", key, secret, token).list_foundation_models)
        assert code == "UnrecognizedClientException"
        assert (
            failure(clients("sts", key, secret, token).get_caller_identity)[0]
            == "InvalidClientTokenId"
        )


def test_a_wrong_secret_is_refused(clients):
    key, _, token = keys(assume(clients))
    call = clients("bedrock", key, "wrong", token).list_foundation_models
    assert failure(call)[0] == "InvalidSignatureException"


@pytest.mark.parametrize(
    "arguments",
    [
        {"RoleArn": "arn:aws:iam::111122223333:user/somebody"},
        {"RoleArn": "a name that is long enough"},
        {"RoleArn": "short"},
        {"RoleSessionName": "x"},
        {"RoleSessionName": "with a space"},
        {"DurationSeconds": 899},
        {"DurationSeconds": 43201},
        {"RoleSessionName": ""},
    ],
)
def test_what_cannot_be_assumed(clients, arguments):
    arguments = {"RoleArn": ROLE, "RoleSessionName": "me"} | arguments
    call = clients("sts", parameter_validation=False).assume_role
    assert failure(call, **arguments)[:2] == ("ValidationError", 400)


def test_a_profile_with_a_role_works_as_it_does_on_aws(server, tmp_path, monkeypatch):
    """boto3 assumes the role by itself, from the config file."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
        f"[profile reader]\nrole_arn = {ROLE}\nsource_profile = base\nrole_session_name = me\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    session = boto3.Session(profile_name="reader", region_name=REGION)
    assert session.client("sts").get_caller_identity()["Arn"] == SESSION
    assert session.client("bedrock").list_foundation_models()["modelSummaries"]
