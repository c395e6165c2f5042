"""Commands with keys that come over HTTP, and what people read who must sign in."""

import pytest
from credential_server import CredentialServer
from http_credentials import (
    CONTAINER,
    IMDS_TOKEN,
    LOGIN_FILE,
    LOGIN_SESSION,
    NEW_LOGIN,
    NEW_TOKEN,
    OIDC,
    PORTAL,
    ROLE,
    ROLES,
    SESSION,
    SIGN_IN,
    local_keys,
    login_token,
    role_keys,
    sso_file,
    sso_token,
)
from support import KEY, SECRET

SSO_KEYS = role_keys(accessKeyId=KEY, secretAccessKey=SECRET)
HOST_KEYS = local_keys(AccessKeyId=KEY, SecretAccessKey=SECRET)
NEW_KEYS = (200, NEW_LOGIN[1] | {"accessToken": {"accessKeyId": KEY, "secretAccessKey": SECRET, "sessionToken": "new-token"}})
SECRETS = ("token-1", "token-2", "session+token", "refresh-", "client-secret", "local-token", "new-token", "PRIVATE KEY", "imds-token")


@pytest.fixture
def home(environment, emulator, tmp_path):
    """Writes a home folder, and returns the environment of a user who has it."""

    def write(config, files=(), **more):
        for path, text in (dict(files) | {".aws/config": config}).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return environment | {
            "HOME": str(tmp_path),
            "AWS_CONFIG_FILE": str(tmp_path / ".aws/config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / ".aws/credentials"),
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": emulator.url,
            **more,
        }

    return write


def quiet_about_secrets(done):
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]
    return done


@pytest.fixture
def list_with(run):
    def listing(environment, *options):
        return quiet_about_secrets(run("list", "--family", "nova", "--verbose", *options, environment=environment))

    return listing


def dev(config):
    return config.replace("[default]", "[profile dev]")


def test_identity_center(home, list_with):
    with CredentialServer({PORTAL: [SSO_KEYS], OIDC: [NEW_TOKEN]}) as server:
        places = {"AWS_ENDPOINT_URL_SSO": server.url, "AWS_ENDPOINT_URL_SSO_OIDC": server.url}
        done = list_with(home(dev(SESSION), {sso_file("corp"): sso_token(-60)}, **places), "--profile", "dev")
        assert done.returncode == 0, done.stderr
        # Once, although a listing takes several calls.
        assert [note["request"] for note in server.requests] == [OIDC, PORTAL]


def test_a_session_that_has_ended(home, list_with):
    done = list_with(home(dev(SESSION), {sso_file("corp"): sso_token(-60, None)}), "--profile", "dev")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("has ended; sign in again. Run `aws sso login --profile dev`.")


def test_a_profile_whose_name_a_shell_would_split(home, list_with):
    config = SESSION.replace("[default]", '[profile "my dev"]')
    done = list_with(home(config), "--profile", "my dev")
    assert done.returncode == 1 and "Run `aws sso login --profile 'my dev'`." in done.stderr


def test_console_login(home, list_with):
    config = f"[profile dev]\nlogin_session = {LOGIN_SESSION}\n"
    with CredentialServer({SIGN_IN: [NEW_KEYS]}) as server:
        environment = home(config, {LOGIN_FILE: login_token(-60)}, AWS_ENDPOINT_URL_SIGNIN=server.url)
        done = list_with(environment, "--profile", "dev")
        assert done.returncode == 0, done.stderr
        assert [note["proof"] for note in server.requests] == [None]
    done = list_with(home(config, {LOGIN_FILE: "{}"}), "--profile", "dev")
    assert done.returncode == 1 and "Run `aws login --profile dev`." in done.stderr


def test_a_container(home, list_with):
    with CredentialServer({CONTAINER: [HOST_KEYS]}) as server:
        environment = home("", AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/v1/credentials")
        done = list_with(environment)
        assert done.returncode == 0, done.stderr
        assert len(server.requests) == 1


def test_an_instance(home, list_with):
    answers = {IMDS_TOKEN: [(200, b"imds-token==")], ROLES: [(200, b"web-role")], ROLE: [HOST_KEYS]}
    with CredentialServer(answers) as server:
        places = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url}
        done = list_with(home("", **places))
        assert done.returncode == 0, done.stderr
        assert [note["request"] for note in server.requests] == [IMDS_TOKEN, ROLES, ROLE]


def test_nothing_at_all(home, list_with):
    with CredentialServer({}) as server:
        places = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url}
        done = list_with(home("", **places))
        assert done.returncode == 1 and "No AWS credentials" in done.stderr

