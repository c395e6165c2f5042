"""`whoami`: who calls, where to, and why. What it finds is compared with botocore in test_credentials_botocore.py."""

import csv
import io
import json
import os

import pytest
from processes import Runner
from servers import emulator_fixture
from support import KEY, SECRET

server = emulator_fixture()


@pytest.fixture
def user(bedquota, server, tmp_path):
    """Runs whoami against an emulator as AWS, with files of its own."""
    (tmp_path / ".aws").mkdir()

    def whoami(*options, config="", **variables):
        (tmp_path / ".aws/config").write_text(config)
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": server.url}
        environment |= {"AWS_EC2_METADATA_DISABLED": "true"} | variables
        return Runner(bedquota, environment)("whoami", *options)

    return whoami


VARIABLES = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
PROFILES = f"""
[profile base]
aws_access_key_id = {KEY}
aws_secret_access_key = {SECRET}
[profile role]
region = us-east-1
role_arn = arn:aws:iam::111122223333:role/reader
role_session_name = me.myself
source_profile = base
"""


def test_with_the_emulator(run):
    found = json.loads(run.output("whoami", "--emulator", "--output", "json"))
    assert found["source"] == "the emulator" and found["regionSource"] == "the emulator" and found["steps"] == []
    assert found["accessKeyId"] == "*" * 16 + KEY[-4:]
    assert set(found["endpoints"]) == {"bedrock", "bedrock_runtime", "service_quotas", "cloudwatch", "sts"}


def test_a_role_and_the_way_to_it(user, server):
    done = user("--profile", "role", "--output", "json", config=PROFILES)
    found = json.loads(done.stdout)
    assert found["arn"].endswith(":assumed-role/reader/me.myself")
    assert (found["source"], found["place"]) == ("assume-role", 'role_arn in profile "role"')
    assert (found["region"], found["regionSource"]) == ("us-east-1", 'profile "role"')
    assert set(found["endpoints"].values()) == {server.url}
    assert found["expiration"].endswith("Z") and found["bedrockApiKey"] is False
    # The keys of the source were found before the role that they assume.
    assert [(step["source"], step["depth"]) for step in found["steps"] if step["finding"] == "found"] == [
        ("config-file", 1),
        ("assume-role", 0),
    ]


def test_each_format_says_the_same(user):
    texts = {form: user("--output", form, AWS_REGION="us-east-1", **VARIABLES).stdout for form in ("table", "csv", "markdown")}
    [row] = csv.DictReader(io.StringIO(texts["csv"]))
    assert row["source"] == "env" and row["regionSource"] == "AWS_REGION" and row["endpoints.sts"]
    for text in texts.values():
        assert row["account"] in text and row["arn"] in text and row["accessKeyId"].strip("*") in text
    assert "us-east-1, from AWS_REGION" in texts["table"]
    assert "AWS_ACCESS_KEY_ID in the environment" in texts["table"]


def test_without_a_region(user):
    done = user(**VARIABLES)
    assert done.returncode == 0, done.stderr
    assert "none: set AWS_REGION" in done.stdout
    found = json.loads(user("--output", "json", **VARIABLES).stdout)
    assert "region" not in found and "regionSource" not in found


@pytest.mark.parametrize(
    "options, variables, origin",
    [
        (["--region", "us-east-1"], {"AWS_REGION": "eu-west-1"}, "the command line"),
        ([], {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "AWS_REGION"),
        ([], {"AWS_DEFAULT_REGION": "us-east-1"}, "AWS_DEFAULT_REGION"),
        ([], {}, 'profile "default"'),
    ],
)
def test_where_the_region_comes_from(user, options, variables, origin):
    config = "[default]\nregion = us-east-1\n"
    found = json.loads(user("--output", "json", *options, config=config, **VARIABLES, **variables).stdout)
    assert (found["region"], found["regionSource"]) == ("us-east-1", origin)


def test_a_bedrock_api_key_is_told(user):
    done = user(AWS_REGION="us-east-1", AWS_BEARER_TOKEN_BEDROCK="sesame-open", **VARIABLES)
    assert "AWS_BEARER_TOKEN_BEDROCK" in done.stdout and "sesame" not in done.stdout


def test_verbose_shows_the_search_even_if_it_fails(user):
    done = user("--verbose", "--profile", "role", config=PROFILES.replace("[profile base]", "[profile other]"))
    assert done.returncode == 1
    assert 'source_profile = base, a profile that isn\'t in the files' in done.stderr
    assert "finding=failed" in done.stderr and 'place=role_arn in profile "role"' in done.stderr


def test_other_commands_show_it_too(bedquota, server, environment):
    variables = environment | VARIABLES | {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.url}
    done = Runner(bedquota, variables)("list", "--verbose", "--search", "nova lite")
    lines = [line for line in done.stderr.splitlines() if "AWS credentials" in line]
    # Once, however many calls there are.
    assert len(lines) == 1 and "finding=found" in lines[0] and "source=env" in lines[0]


def test_without_credentials(user):
    done = user(AWS_REGION="us-east-1", AWS_SECRET_ACCESS_KEY="sesame")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith("bedquota: No AWS credentials: looked in the environment (AWS_ACCESS_KEY_ID), profile \"default\"")
    assert "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID" in done.stderr and "sesame" not in done.stderr
