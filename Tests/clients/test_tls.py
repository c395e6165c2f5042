"""Against a real TLS server: whom we trust by which setting, and what people are told of a certificate that isn't trusted."""

import json
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError
from certificates import Authority, Certificate
from network_servers import Nginx, RawServer, Squid
from processes import Emulator
from raw_http import FAST
from support import KEY, SECRET, with_credentials

KINDS = ["good", "expired", "early", "other-host", "self-signed", "lacks-intermediate", "sends-root"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST)
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="module")
def tls(server, authority):
    certificates = {kind: authority.server(kind) for kind in KINDS} | {"old": authority.server("good")}
    with Nginx(server.url, certificates, {"old": "TLSv1 TLSv1.1"}) as nginx:
        yield nginx


@pytest.fixture
def call(run, environment):
    def call(url, *arguments, **variables):
        return run("list", "--endpoint-url", url, *arguments, environment=with_credentials(environment) | variables)

    return call


def refusal(done) -> str:
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("bedquota: ") and done.stderr.count("\n") == 1
    assert "After" not in done.stderr, "another attempt can't help"
    return done.stderr


SETTINGS = {
    "option": lambda bundle, _: (["--ca-bundle", bundle], {}),
    "AWS_CA_BUNDLE": lambda bundle, _: ([], {"AWS_CA_BUNDLE": bundle}),
    "REQUESTS_CA_BUNDLE": lambda bundle, _: ([], {"REQUESTS_CA_BUNDLE": bundle}),
    "SSL_CERT_FILE": lambda bundle, _: ([], {"SSL_CERT_FILE": bundle}),
    "SSL_CERT_DIR": lambda bundle, _: ([], {"SSL_CERT_DIR": f"/usr/share/doc:{bundle.parent}"}),
    "profile": lambda bundle, folder: ([], {"AWS_CONFIG_FILE": config(folder, bundle)}),
}


def config(folder, bundle) -> str:
    file = folder / "config"
    file.write_text(f"[default]\nca_bundle = {bundle}\n")
    return str(file)


@pytest.fixture
def bundle(authority, tmp_path):
    """A file beside which nothing else stands, for the settings that take folders."""
    file = tmp_path / "ca.pem"
    file.write_bytes(b"# Our authority\n" + authority.root.pem)
    return file


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_setting_makes_a_private_authority_trusted(call, tls, bundle, tmp_path, setting):
    options, variables = SETTINGS[setting](bundle, tmp_path)
    done = call(tls.url("good"), *options, **{name: str(value) for name, value in variables.items()})
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" or "Warning" not in done.stderr


def test_the_first_setting_wins(call, tls, bundle, tmp_path, authority):
    """In botocore's order; OpenSSL's variables come last. The wrong authority in a winner makes the call fail."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(Certificate("Wrong Root", is_authority=True).pem)
    order = ["option", "AWS_CA_BUNDLE", "profile", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    folder = tmp_path / "folder"
    folder.mkdir()
    for winner, loser in zip(order, order[1:]):
        for first, second, works in [(bundle, wrong, True), (wrong, bundle, False)]:
            copy = folder / "ca.pem"
            copy.write_bytes(second.read_bytes())
            options, variables = SETTINGS[winner](first, tmp_path)
            more, others = SETTINGS[loser](copy, tmp_path)
            settings = {name: str(value) for name, value in (others | variables).items()}
            done = call(tls.url("good"), *options, *more, **settings)
            assert (done.returncode == 0) == works, f"{winner} before {loser}: {done.stderr}"


@pytest.mark.parametrize(
    "kind, words",
    [
        ("good", 'is not trusted: its issuer "Test Root" is unknown here, and the server didn\'t send that one\'s certificate.'),
        ("sends-root", 'is not trusted: its authority "Test Root" is unknown here.'),
        ("self-signed", "is not trusted: it is signed by itself."),
    ],
)
def test_an_unknown_authority_is_named(call, tls, kind, words):
    text = refusal(call(tls.url(kind)))
    assert f"The certificate of localhost:{tls.ports[kind]} {words}" in text
    assert text.endswith(
        "If your network has an authority of its own, save its certificate as a PEM file and name that in AWS_CA_BUNDLE (--ca-bundle).\n"
    )


@pytest.mark.parametrize(
    "kind, words",
    [
        ("expired", 'can\'t be trusted: that of "Server expired" expired on 20'),
        ("early", 'can\'t be trusted: that of "Server early" is valid from 20'),
        ("other-host", "is for other.test, more.test, not for localhost; check the endpoint"),
        ("self-signed", "is not trusted: it is signed by itself (AWS_CA_BUNDLE trusts "),
        ("lacks-intermediate", 'is not trusted: its issuer "Test Intermediate" is unknown here, and the server didn\'t send'),
    ],
)
def test_a_fault_is_named_even_if_the_authority_is_trusted(call, tls, authority, kind, words):
    text = refusal(call(tls.url(kind), AWS_CA_BUNDLE=str(authority.bundle)))
    assert f"The certificate of localhost:{tls.ports[kind]} {words}" in text
    assert ("renew it, or set this machine's clock" in text) == (kind in ["expired", "early"])


def test_a_self_signed_certificate_is_trusted_if_it_is_in_the_bundle(call, tls, authority):
    chain, _ = authority.server("self-signed")
    # The server has its certificate since its start; this one is another of the same name.
    assert call(tls.url("self-signed"), AWS_CA_BUNDLE=str(chain)).returncode == 1


def test_an_address_is_a_name_too(call, tls, authority):
    url = tls.url("good", "127.0.0.1")
    assert call(url, AWS_CA_BUNDLE=str(authority.bundle)).returncode == 0


def test_the_fault_is_seen_through_a_proxy(call, tls):
    with Squid() as squid:
        text = refusal(call(tls.url("expired", "aws.test"), HTTPS_PROXY=squid.url))
        assert f"CONNECT aws.test:{tls.ports['expired']} 200" in squid.requests()
    assert f'The certificate of aws.test:{tls.ports["expired"]} can\'t be trusted: that of "Server expired" expired' in text


def test_old_tls_is_refused(call, tls, authority):
    text = refusal(call(tls.url("old"), AWS_CA_BUNDLE=str(authority.bundle)))
    assert f"localhost:{tls.ports['old']} offers neither TLS 1.2 nor a newer one" in text


def test_plain_http_at_an_https_address(call, server):
    text = refusal(call(server.url.replace("http:", "https:")))
    assert "doesn't speak TLS; is the endpoint http:// rather than https://? (--endpoint-url)" in text or "(--endpoint-url)?" in text


def test_a_connection_that_ends_in_the_handshake(call):
    with RawServer(b"") as silent:
        done = call(f"https://127.0.0.1:{silent.port}", AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1
    assert f"127.0.0.1:{silent.port}" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("content", [None, "", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_bundle_without_a_certificate_is_refused(call, tls, tmp_path, name, content):
    path = tmp_path / "folder" / "ca.pem"
    path.parent.mkdir()
    if content is not None:
        path.write_text(content)
    named = path.parent if name == "SSL_CERT_DIR" else path
    text = refusal(call(tls.url("good"), **{name: str(named)}))
    problem = {None: "doesn't exist", "": "holds no", "hello": "holds no"}.get(content, "holds a damaged certificate")
    if name == "SSL_CERT_DIR" and content is None:
        problem = "holds no"
    assert text.startswith(f"bedquota: {name}: {named} {problem}")
    assert text.endswith("; name a PEM file of the certificates to trust.\n")


def test_no_verify_ssl_is_refused_with_what_to_do_instead(call, tls):
    done = call(tls.url("good"), "--no-verify-ssl")
    assert done.returncode == 64
    assert "--no-verify-ssl isn't supported" in done.stderr and "--ca-bundle FILE" in done.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trusts", [None, "root", "middle", "both", "other"])
def test_botocore_trusts_the_same(call, tls, authority, environment, monkeypatch, tmp_path, kind, trusts):
    variables = {}
    if trusts:
        parts = {
            "root": [authority.root],
            "middle": [authority.middle],
            "both": [authority.middle, authority.root],
            "other": [Certificate("Other Root", is_authority=True)],
        }[trusts]
        file = tmp_path / "ca.pem"
        file.write_bytes(b"".join(part.pem for part in parts))
        variables["AWS_CA_BUNDLE"] = str(file)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(file))
    session = botocore.session.Session()
    session.set_credentials(KEY, SECRET)
    client = session.create_client(
        "service-quotas", "us-east-1", endpoint_url=tls.url(kind), config=Config(retries={"total_max_attempts": 1})
    )
    try:
        client.list_service_quotas(ServiceCode="bedrock", MaxResults=1)
        theirs = True
    except SSLError:
        theirs = False
    done = call(tls.url(kind), **variables)
    assert (done.returncode == 0) == theirs, done.stderr
