"""What people read whose files, variables or network are not as they should be: one line that says what to do, at once."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from credential_server import HANG, CredentialServer
from http_credentials import LOGIN_FILE, LOGIN_SESSION, OIDC, PORTAL, SESSION, SIGN_IN, login_token, sso_file, sso_token
from network_servers import free_port
from processes import Runner
from servers import emulator_fixture
from support import KEY, SECRET
from test_commands import assert_failed

MODEL = "amazon.nova-pro-v1:0"
NOBODY = 65_534
COMMANDS = {
    "whoami": ["whoami"],
    "list": ["list"],
    "check": ["check", MODEL],
    "invoke": ["invoke", MODEL, "hi"],
}
VARIABLES = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}

SIGN_IN_CONFIG = f"[default]\nlogin_session = {LOGIN_SESSION}\n"

server = emulator_fixture()


@pytest.fixture
def user(bedquota, server, tmp_path):
    """Runs bedquota with files of its own, against an emulator as AWS."""

    def run(*command, config="", files=None, **variables):
        for path, text in ({".aws/config": config} | (files or {})).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(text if isinstance(text, bytes) else text.encode())
        environment = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": server.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "us-east-1",
        }
        return Runner(bedquota, environment | {name: str(value) for name, value in variables.items()})(*command)

    return run


# Files


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[default]\n# caf\xe9\n", "it isn't UTF-8"),
        ("[default]\n".encode("utf-16"), "it isn't UTF-8"),
        (b"[default]\n" + b"#" * 17_000_000, "it has more than 16384 KB"),
    ],
    ids=["latin-1", "utf-16", "huge"],
)
def test_a_config_file_that_is_none(user, content, words):
    assert_failed(user("whoami", files={".aws/config": content}), 1, ".aws/config can't be read", words)


def test_a_folder_in_place_of_the_config_file(user, tmp_path):
    assert_failed(user("whoami", AWS_CONFIG_FILE=tmp_path), 1, f"{tmp_path} is a folder; name a file in it")


@pytest.mark.parametrize("writes", ['printf %s "$TEXT"', 'sleep 0.2; printf %s "$TEXT"'], ids=["at once", "later"])
def test_a_pipe_as_the_config_file(bedquota, server, writes):
    """`AWS_CONFIG_FILE=<(…)`; a writer may have ended before anybody reads."""
    text = f"[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n"
    script = f"AWS_CONFIG_FILE=<({writes}) exec {bedquota} whoami --output json"
    environment = {"PATH": os.environ["PATH"], "TEXT": text, "AWS_ENDPOINT_URL": server.url, "AWS_REGION": "us-east-1"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["source"] == "config-file", done.stderr


@pytest.mark.parametrize("closed", [".aws", ".aws/config"])
def test_files_of_somebody_else(bedquota, closed):
    """Root may read everything, so another user asks then. A folder that is closed may have no files in it at all."""
    home = Path(tempfile.mkdtemp(prefix="bedquota-home-"))
    home.chmod(0o755)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\nregion = us-east-1\n")
    (home / closed).chmod(0)
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1"}
    try:
        done = subprocess.run([bedquota, "whoami"], env=environment, capture_output=True, text=True, timeout=60, cwd="/", **other)
    except PermissionError:
        pytest.skip("another user may not run this binary")
    finally:
        (home / closed).chmod(0o700)
    words = {
        ".aws": "(no permission to look into its folder)",
        ".aws/config": ".aws/config can't be read; check its permissions.",
    }
    assert_failed(done, 1, words[closed])


def test_a_profile_that_is_not_there(user):
    assert_failed(user("whoami", "--profile", "dev", config="[dev]\n"), 1, "must be called [profile dev]")
    many = "".join(f"[profile p{number:04}]\n" for number in range(1_000))
    done = user("whoami", "--profile", "dev", config=many)
    assert_failed(done, 1, "p0000, p0001", "and 980 more")
    assert len(done.stderr) < 500


def test_certificates_as_browsers_save_them(user, tmp_path):
    done = user("whoami", files={"ca.der": b"\x30\x82\x01\x00" + bytes(256)}, AWS_CA_BUNDLE=tmp_path / "ca.der", **VARIABLES)
    assert_failed(done, 1, "is in DER form", "openssl x509 -inform der")


@pytest.mark.parametrize(("config", "path"), [(SESSION, sso_file("corp")), (SIGN_IN_CONFIG, LOGIN_FILE)], ids=["sso", "console"])
def test_a_token_that_is_there_and_cannot_be_read(user, tmp_path, config, path):
    (tmp_path / path).mkdir(parents=True)
    assert_failed(user("whoami", config=config), 1, f"can't be read from {tmp_path / path}; sign in again.")


# Keys


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
def test_a_key_with_a_line_break(user, server, name):
    """As `export AWS_SESSION_TOKEN="$(cat file) "` and Windows' line ends leave it. It isn't sent, if only as something else."""
    done = user("whoami", **VARIABLES | {"AWS_SESSION_TOKEN": "token", name: "sesame\r\nX-Other: 1"})
    assert_failed(done, 1, "has a line break or another character that no header may have")
    assert "sesame" not in done.stderr


def test_a_bedrock_api_key_alone_invokes(user):
    done = user("invoke", MODEL, "hi", AWS_BEARER_TOKEN_BEDROCK=SECRET)
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
    assert "quotas can't be listed, so the answer does without them. No AWS credentials" in done.stderr
    assert_failed(user("list", AWS_BEARER_TOKEN_BEDROCK=SECRET), 1, "No AWS credentials")


# Programs


def test_a_program_that_may_not_be_run(user, tmp_path):
    config = f"[default]\ncredential_process = {tmp_path}/tool\n"
    assert_failed(user("whoami", config=config, files={"tool": "#!/bin/sh\n"}), 1, "is no program that you may run")
    assert_failed(user("whoami", config=config.replace("tool", "none")), 1, "there is no program")


@pytest.mark.parametrize("stream", [1, 2])
def test_a_program_that_writes_without_end(user, stream):
    done = user("whoami", config=f"[default]\ncredential_process = sh -c 'exec yes >&{stream}'\n")
    assert_failed(done, 1, "wrote more than 64 KB to stdout, or 1 MB to stderr")


def test_a_program_that_leaves_another_one_behind(user, tmp_path):
    """Such as an agent, which keeps the pipe open."""
    keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET}
    config = f"[default]\ncredential_process = sh -c 'sleep 60 & echo $! > {tmp_path}/pid; cat {tmp_path}/keys'\n"
    try:
        done = user("whoami", config=config, files={"keys": json.dumps(keys)})
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 9)
    assert done.returncode == 0, done.stderr


# Networks


@pytest.mark.parametrize("answer", [(302, b"", [("Location", "http://hotel.test/")]), (200, b"<html>Welcome to our hotel", [])], ids=["redirect", "page"])
@pytest.mark.parametrize(
    ("path", "config", "files"),
    [
        (PORTAL, SESSION, {sso_file("corp"): sso_token(7_200)}),
        (OIDC, SESSION, {sso_file("corp"): sso_token(-60)}),
        (SIGN_IN, SIGN_IN_CONFIG, {LOGIN_FILE: login_token(-60)}),
    ],
    ids=["portal", "token", "console"],
)
def test_a_network_that_wants_a_sign_in(user, answer, path, config, files):
    """What has to be signed in to is the network and not AWS."""
    with CredentialServer({path: [answer]}) as hotel:
        places = {f"AWS_ENDPOINT_URL_{name}": hotel.url for name in ("SSO", "SSO_OIDC", "SIGNIN")}
        done = user("list", config=config, files=files, **places)
    assert_failed(done, 1, "Something other than", "check whether a proxy or the network wants you to sign in.")
    assert "aws sso login" not in done.stderr and "aws login" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_identity_center_is_away(user, command):
    """One line and one round of attempts, whatever the command needs the keys for."""
    with CredentialServer({PORTAL: [(500, {})]}) as away:
        files = {sso_file("corp"): sso_token(7_200)}
        done = user(*COMMANDS[command], config=SESSION, files=files, AWS_ENDPOINT_URL_SSO=away.url)
        assert_failed(done, 1, "IAM Identity Center didn't give role", "(HTTP 500); try again.")
        assert len(away.requests) == 3


@pytest.mark.parametrize("attempts", [1, 2])
def test_the_users_attempts_and_time_outs_hold_for_signing_in(user, attempts):
    with CredentialServer({PORTAL: [HANG]}) as silent:
        places = {"AWS_ENDPOINT_URL_SSO": silent.url, "AWS_MAX_ATTEMPTS": attempts}
        done = user("whoami", "--timeout", "0.5", config=SESSION, files={sso_file("corp"): sso_token(7_200)}, **places)
        assert_failed(done, 1, "IAM Identity Center didn't answer in time")
        assert len(silent.requests) == attempts


def test_a_variable_that_is_left_over_from_a_container(user):
    setting = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    done = user("whoami", **{setting: f"http://localhost:{free_port()}/"})
    assert_failed(done, 1, "gave no reply", f"unset {setting} if this is no container")


def test_a_role_of_the_command_line_is_named(user):
    """Of several roles, or of a wrong one, the refusal alone doesn't tell which it is about."""
    role = "arn:aws:iam::123456789012:role/x"
    done = user("list", "--role-arn", role, AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{free_port()}", **VARIABLES)
    assert_failed(done, 1, f"{role} can't be assumed. After 3 attempts: 127.0.0.1:")


def test_the_endpoint_of_a_command_is_no_advice_for_sts(user):
    config = f"[default]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n[profile base]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    done = user("whoami", config=config, AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{free_port()}")
    assert_failed(done, 1, "can't be reached")
    assert "--endpoint-url" not in done.stderr
