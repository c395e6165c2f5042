"""Secrets are planted in every place that is searched for credentials; none of them may appear in any output, log or error."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from metric_days import Moto
from processes import Runner
from recording_sts import RecordingSTS

# Long enough that nothing contains it by chance, and in parts that a line break or a JSON escape could not hide.
SECRETS = {name: f"{name}{'Sesame' * 4}" for name in ("env", "tok", "file", "proc", "web", "sso", "line", "bearer")}
ROLE = "arn:aws:iam::123456789012:role/x"
BASE = f"[base]\naws_access_key_id = AKIDEXAMPLE0BASE\naws_secret_access_key = {SECRETS['file']}\naws_session_token = {SECRETS['tok']}\n"
VARIABLES = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0VARS",
    "AWS_SECRET_ACCESS_KEY": SECRETS["env"],
    "AWS_SESSION_TOKEN": SECRETS["tok"],
}
PRINTED = json.dumps(
    {"Version": 1, "AccessKeyId": "AKIDEXAMPLE0PROC", "SecretAccessKey": SECRETS["proc"], "SessionToken": SECRETS["tok"]}
)

# Config, credentials, variables.
PLACES = {
    "variables": ("", "", VARIABLES),
    "half of the variables": ("", "", {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE0VARS", "AWS_SESSION_TOKEN": SECRETS["tok"]}),
    "the other half": ("", "", {"AWS_SECRET_ACCESS_KEY": SECRETS["env"]}),
    "a key with line breaks": ("", "", VARIABLES | {"AWS_SESSION_TOKEN": SECRETS["tok"] + "\nx"}),
    "the credentials file": ("", BASE.replace("base", "default"), {}),
    "the config file": (BASE.replace("base", "default"), "", {}),
    "a role": (f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n", BASE, {}),
    "a role that is denied": (f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nrole_session_name = denied\n", BASE, {}),
    "a role that echoes": (f"[default]\nrole_arn = {ROLE}\nsource_profile = base\nrole_session_name = echo\n", BASE, {}),
    "a process": ("[default]\ncredential_process = cat {home}/printed\n", "", {}),
    "a process that fails": ("[default]\ncredential_process = sh -c 'cat {home}/printed; exit 1'\n", "", {}),
    "a process of another version": ("[default]\ncredential_process = sed s/1,/2,/ {home}/printed\n", "", {}),
    "a process that prints a secret": (f"[default]\ncredential_process = echo {SECRETS['proc']}\n", "", {}),
    "a process that needs more than keys": (
        "[default]\ncredential_process = {python} -c \"print(open('{home}/printed').read().replace('SecretAccessKey', 'x'))\"\n",
        "",
        {},
    ),
    "web identity": ("", "", {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE}),
    "web identity that is denied": (
        "",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE, "AWS_ROLE_SESSION_NAME": "denied"},
    ),
    "web identity that echoes": (
        "",
        "",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE, "AWS_ROLE_SESSION_NAME": "echo"},
    ),
    "IAM Identity Center": (
        "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n"
        "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n",
        "",
        {"AWS_ENDPOINT_URL_SSO": "{sts}", "AWS_ENDPOINT_URL_SSO_OIDC": "{sts}"},
    ),
    "a line without a name": (f"[default]\n{SECRETS['line']}\n", "", {}),
    "a line before the sections": (f"{SECRETS['line']} = {SECRETS['line']}\n[default]\n", "", {}),
    "a setting twice": ("", f"[default]\naws_secret_access_key = {SECRETS['line']}\naws_secret_access_key = {SECRETS['file']}\n", {}),
    "nested settings": (f"[default]\naws_secret_access_key =\n  {SECRETS['line']}\n", "", {}),
    "a Region that is a secret": ("", "", VARIABLES | {"AWS_SESSION_TOKEN": SECRETS["tok"], "AWS_DEFAULT_REGION": "eu-west-3 # x"}),
    "a Bedrock API key": ("", "", VARIABLES | {"AWS_BEARER_TOKEN_BEDROCK": SECRETS["bearer"]}),
}
COMMANDS = [
    *[["whoami", "--output", form] for form in ("table", "json", "csv", "markdown")],
    ["list"],
    ["models"],
    ["check", "us.amazon.nova-lite-v1:0"],
    ["invoke", "us.amazon.nova-lite-v1:0", "hi"],
]


@pytest.fixture(scope="module")
def sts():
    moto = Moto()
    server = RecordingSTS(moto.url)
    yield server
    server.stop()
    moto.stop()


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_in_any_output(place, bedquota, sts, tmp_path):
    config, credentials, variables = PLACES[place]
    values = {"home": str(tmp_path), "python": sys.executable, "sts": sts.url}
    (tmp_path / ".aws/sso/cache").mkdir(parents=True)
    token = {"accessToken": SECRETS["sso"], "refreshToken": SECRETS["sso"], "clientSecret": SECRETS["sso"], "expiresAt": "2035-01-01T00:00:00Z"}
    # The names that the AWS CLI gives: the hash of the session's name, or of the start URL.
    for name in ("a0f1490a20d0211c997b44bc357e1972deab8ae3", "0" * 40):
        (tmp_path / f".aws/sso/cache/{name}.json").write_text(json.dumps(token))
    (tmp_path / "printed").write_text(PRINTED)
    (tmp_path / "token").write_text(SECRETS["web"])
    (tmp_path / ".aws/config").write_text(config.replace("{home}", values["home"]).replace("{python}", values["python"]))
    (tmp_path / ".aws/credentials").write_text(credentials)
    environment = {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": sts.url,
        "AWS_MAX_ATTEMPTS": "1",
    } | {name: value.format_map(values) for name, value in variables.items()}
    run = Runner(bedquota, environment)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda command: run(*command, "--verbose"), COMMANDS))
    # They did look for credentials, or there would be nothing to leak.
    assert any("AWS credentials" in each.stderr or "line " in each.stderr or "Region" in each.stderr for each in done)
    secrets = [*SECRETS.values(), *sts.secrets]
    for command, each in zip(COMMANDS, done, strict=True):
        output = each.stdout + each.stderr
        for secret in secrets:
            # Half of a secret is a leak as well.
            assert secret[: len(secret) // 2] not in output, f"{command}: {output}"
            assert secret[len(secret) // 2 :] not in output, f"{command}: {output}"


def test_the_planted_secrets_reach_the_program(sts):
    """The roles above were assumed, so that their secrets are among those that were looked for."""
    assert len(sts.secrets) >= 4
