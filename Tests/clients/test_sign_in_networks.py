"""Signing in goes the way of every other call: through the proxy, with the certificates that the user trusts."""

import pytest
from certificates import Authority
from credential_server import CredentialServer
from http_credentials import LOGIN_FILE, LOGIN_SESSION, NEW_LOGIN, NEW_TOKEN, OIDC, PORTAL, SESSION, SIGN_IN, login_token, role_keys, sso_file, sso_token
from network_servers import Nginx, Squid
from processes import Runner
from servers import emulator_fixture
from support import KEY, SECRET

server = emulator_fixture("--no-auth")
KEYS = {"accessKeyId": KEY, "secretAccessKey": SECRET}
ROLE = f"""
[default]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = base
[profile base]
aws_access_key_id = {KEY}
aws_secret_access_key = {SECRET}
"""
# Config, token files, and how many requests it takes to get keys.
WAYS = {
    "IAM Identity Center": (SESSION, {sso_file("corp"): sso_token(-60)}, 2),
    "the console": (f"[default]\nlogin_session = {LOGIN_SESSION}\n", {LOGIN_FILE: login_token(-60)}, 1),
    "a role": (ROLE, {}, 1),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def squid():
    with Squid() as squid:
        yield squid


@pytest.fixture(params=WAYS)
def way(request, bedquota, server, authority, tmp_path):
    """Runs whoami with keys that come over TLS from aws.test, which the proxy alone knows; STS itself is on this machine."""
    config, files, calls = WAYS[request.param]
    answers = {OIDC: [NEW_TOKEN], PORTAL: [role_keys(**KEYS)], SIGN_IN: [NEW_LOGIN]}
    for path, text in (files | {".aws/config": config}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    with CredentialServer(answers) as source:
        backend = server.url if request.param == "a role" else source.url
        with Nginx(backend, {"good": authority.server("good")}) as tls:
            place = tls.url("good", "aws.test")
            environment = {
                "HOME": str(tmp_path),
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_REGION": "us-east-1",
                "AWS_MAX_ATTEMPTS": "1",
                "AWS_ENDPOINT_URL": server.url,
            } | {f"AWS_ENDPOINT_URL_{name}": place for name in ("SSO", "SSO_OIDC", "SIGNIN", *["STS"] * (request.param == "a role"))}

            def whoami(*options, **variables):
                return Runner(bedquota, environment | variables)("whoami", *options)

            whoami.calls = calls
            yield whoami


@pytest.mark.parametrize("by", ["option", "variable"])
def test_through_the_proxy_with_trusted_certificates(way, squid, authority, by):
    squid.clear()
    trusted = {"AWS_CA_BUNDLE": str(authority.bundle)} if by == "variable" else {}
    option = ["--ca-bundle", authority.bundle] if by == "option" else []
    done = way(*option, HTTPS_PROXY=squid.url, **trusted)
    assert done.returncode == 0, done.stderr
    seen = squid.requests()
    assert len(seen) >= way.calls and all(line.startswith("CONNECT aws.test:") for line in seen), seen


def test_certificates_that_are_not_trusted(way, squid):
    done = way(HTTPS_PROXY=squid.url)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "its issuer \"Test Root\" is unknown here" in done.stderr and "(--ca-bundle)" in done.stderr


def test_without_the_proxy(way, authority):
    done = way(AWS_CA_BUNDLE=str(authority.bundle))
    assert done.returncode == 1 and "The name aws.test can't be resolved" in done.stderr
