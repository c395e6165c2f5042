"""The AWS CLI prints, through the emulator, exactly the files that it printed when they were recorded."""

import json
import subprocess

import pytest
from support import aws_command, with_credentials

QUOTAS_OF_BEDROCK = ("--service-code", "bedrock")
COMMANDS = {
    f"{operation}.json": (service, operation, *options)
    for service, operation, *options in [
        ("service-quotas", "list-service-quotas", *QUOTAS_OF_BEDROCK),
        ("service-quotas", "list-aws-default-service-quotas", *QUOTAS_OF_BEDROCK),
        ("bedrock", "list-foundation-models"),
        ("bedrock", "list-inference-profiles"),
    ]
}
PAGED = [file for file in COMMANDS if file != "list-foundation-models.json"]


@pytest.fixture
def aws(client_environment):
    def call(*arguments, environment=client_environment):
        return subprocess.run(
            [aws_command(), *arguments, "--output", "json"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return call


def printed(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("file", COMMANDS)
def test_it_prints_the_recorded_file(aws, served_account, file):
    assert printed(aws(*COMMANDS[file])) == served_account.load(file)


@pytest.mark.parametrize("file", PAGED)
def test_page_sizes_do_not_show(aws, served_account, file):
    assert printed(aws(*COMMANDS[file], "--page-size", "9")) == served_account.load(file)


def test_one_quota(aws, served_account):
    quota = served_account.applied[0]
    call = aws(
        "service-quotas",
        "get-service-quota",
        "--service-code",
        "bedrock",
        "--quota-code",
        quota["QuotaCode"],
    )
    assert printed(call) == {"Quota": quota}


def test_one_model(aws, served_account):
    model = served_account.models[0]
    call = aws("bedrock", "get-foundation-model", "--model-identifier", model["modelId"])
    assert printed(call) == {"modelDetails": model}


def test_one_profile(aws, served_account):
    profile = served_account.profiles[0]
    identifier = profile["inferenceProfileArn"]
    call = aws("bedrock", "get-inference-profile", "--inference-profile-identifier", identifier)
    assert printed(call) == profile


def test_who_am_i(aws, served_account):
    assert printed(aws("sts", "get-caller-identity"))["Account"] == served_account.account_id


@pytest.mark.parametrize(
    "command, code",
    [
        (COMMANDS["list-service-quotas.json"], "InvalidSignatureException"),
        (COMMANDS["list-foundation-models.json"], "InvalidSignatureException"),
        (("sts", "get-caller-identity"), "SignatureDoesNotMatch"),
    ],
)
def test_a_wrong_secret(aws, client_environment, command, code):
    done = aws(*command, environment=with_credentials(client_environment, secret="wrong"))
    assert done.returncode != 0
    assert f"({code})" in done.stderr
