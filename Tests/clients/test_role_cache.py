"""Roles: the cache that bedquota shares with the AWS CLI, and the code of an MFA device."""

import json
import os
import stat

import pytest
from metric_days import Moto
from processes import Runner
from recording_sts import RecordingSTS
from support import aws_command
from terminals import on_terminal

SERIAL = "arn:aws:iam::123456789012:mfa/me"
CONFIG = f"""
[profile plain]
role_arn = arn:aws:iam::123456789012:role/plain
source_profile = base
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/mfa
source_profile = base
mfa_serial = {SERIAL}
external_id = é "x"
duration_seconds = 3600
[profile base]
aws_access_key_id = AKIDEXAMPLE0BASE
aws_secret_access_key = secret
"""


@pytest.fixture(scope="module")
def sts():
    moto = Moto()
    server = RecordingSTS(moto.url)
    yield server
    server.stop()
    moto.stop()


@pytest.fixture
def home(tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def user(bedquota, sts, home):
    """Runs bedquota and the AWS CLI as the user of this home, and gives the STS calls of each run."""

    class User:
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_STS": f"{sts.url}/{home.name}",
        }
        cache = home / ".aws/cli/cache"

        def calls(self, work):
            sts.calls.pop(home.name, None)
            done = work()
            return done, [call.action for call in sts.calls.get(home.name, [])]

        def bedquota(self, profile):
            run = Runner(bedquota, self.environment)
            return self.calls(lambda: run.output("whoami", "--output", "json", "--profile", profile))

        def aws(self, profile):
            run = Runner(aws_command(), self.environment)
            return self.calls(lambda: run.output("sts", "get-caller-identity", "--profile", profile))

        def with_code(self, code):
            command = [bedquota, "whoami", "--profile", "mfa"]
            return self.calls(lambda: on_terminal(command, self.environment, 200, answer=code))

    return User()


def test_the_second_run_assumes_no_role(user):
    _, first = user.bedquota("plain")
    text, second = user.bedquota("plain")
    assert first == ["AssumeRole", "GetCallerIdentity"] and second == ["GetCallerIdentity"]
    assert json.loads(text)["source"] == "assume-role" and json.loads(text)["expiration"]


def test_the_aws_cli_finds_what_bedquota_keeps(user):
    user.bedquota("plain")
    text, calls = user.aws("plain")
    assert calls == ["GetCallerIdentity"]
    assert ":assumed-role/plain/bedquota-" in json.loads(text)["Arn"]


def test_bedquota_finds_what_the_aws_cli_keeps(user):
    user.aws("plain")
    text, calls = user.bedquota("plain")
    assert calls == ["GetCallerIdentity"]
    assert ":assumed-role/plain/botocore-session-" in json.loads(text)["arn"]


def test_a_code_is_asked_for_once_and_counts_for_the_aws_cli_too(user, sts, home):
    screen, calls = user.with_code(b"123456\n")
    assert screen.code == 0 and f"Enter MFA code for {SERIAL}: " in screen.raw, screen.text
    assert calls == ["AssumeRole", "GetCallerIdentity"]
    assumed = dict(sts.calls[home.name][0].parameters)
    assert (assumed["SerialNumber"], assumed["TokenCode"], assumed["ExternalId"]) == (SERIAL, "123456", 'é "x"')
    # Neither has a terminal now.
    assert user.bedquota("mfa")[1] == ["GetCallerIdentity"]
    assert user.aws("mfa")[1] == ["GetCallerIdentity"]


def test_no_code_is_no_call(user):
    screen, calls = user.with_code(b"\n")
    assert screen.code == 1 and calls == []
    assert f"No code of the MFA device {SERIAL} was given" in screen.text


def test_only_the_user_can_read_it(user):
    os.umask(os.umask(0o022))
    user.bedquota("plain")
    [file] = user.cache.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(user.cache.stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Credentials": {"AccessKeyId": "x"}}', "null", "\x00"])
def test_a_broken_file_is_replaced(text, user):
    user.bedquota("plain")
    [file] = user.cache.iterdir()
    whole = set(json.loads(file.read_text())["Credentials"])
    file.write_text(text)
    _, calls = user.bedquota("plain")
    assert calls == ["AssumeRole", "GetCallerIdentity"]
    assert set(json.loads(file.read_text())["Credentials"]) == whole


def test_a_session_that_ends_soon_is_replaced(user):
    user.bedquota("plain")
    [file] = user.cache.iterdir()
    entry = json.loads(file.read_text())
    entry["Credentials"]["Expiration"] = "2020-01-01T00:00:00UTC"
    file.write_text(json.dumps(entry))
    assert user.bedquota("plain")[1] == ["AssumeRole", "GetCallerIdentity"]


def test_a_cache_that_cannot_be_written_is_no_error(user, home):
    (home / ".aws/cli").write_text("a file where the folder should be")
    assert user.bedquota("plain")[1] == ["AssumeRole", "GetCallerIdentity"]
