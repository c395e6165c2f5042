"""The emulator over TLS, with the authority that it makes and with a certificate of the user's."""

import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError
from certificates import Authority
from processes import Emulator
from raw_http import FAST, HOST, receive, request
from support import KEY, REGION, SECRET, with_credentials

CLOCK = "/_emulator/clock"
CLAUDE = "us.anthropic.claude-opus-4-7"
MESSAGES = [{"role": "user", "content": [{"text": "Hi"}]}]


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--tls", anywhere=True)
    assert server.url.startswith("https://127.0.0.1:")
    yield server
    assert server.stop() == 0
    assert not authority(server).parent.exists(), "the folder goes with the emulator"


def authority(server) -> Path:
    [line] = [line for line in server.read_log().splitlines() if line.startswith("export ")]
    assert f"AWS_ENDPOINT_URL={server.url} " in line
    return Path(re.search(r"AWS_CA_BUNDLE=(\S+)", line)[1])


def curl(server, *options, path=CLOCK):
    """The reply, and in a line of its own the version of HTTP and the status."""
    url = server.url + path if path.startswith("/") else path
    command = ["curl", "-sS", "-w", "\n%{http_version} %{http_code}", *map(str, options), url]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("flag, version", [("--http2", "2"), ("--http1.1", "1.1"), ("--http1.0", "1"), ("--no-alpn", "1.1")])
def test_curl_negotiates(server, flag, version):
    done = curl(server, flag, "--cacert", authority(server))
    assert done.stdout.endswith(f"\n{version} 200"), done.stderr


def sign(service):
    """curl signs by itself; the versions of 2023 do it wrong for paths with a colon, which AWS refuses too."""
    return "--aws-sigv4", f"aws:amz:{REGION}:{service}", "--user", f"{KEY}:{SECRET}"


@pytest.mark.parametrize("flag, version", [("--http2", "2"), ("--http1.1", "1.1")])
def test_curl_calls_every_api(server, flag, version):
    json_body, bearer = ("-H", "Content-Type: application/json", "-d"), ("-H", f"Authorization: Bearer {SECRET}")
    text = [{"role": "user", "content": "Hi"}]
    body = json.dumps({"messages": MESSAGES, "inferenceConfig": {"maxTokens": 9}})
    chat = json.dumps({"model": "openai.gpt-oss-20b-1:0", "messages": text, "max_tokens": 9, "stream": True})
    message = json.dumps(
        {"model": CLAUDE, "messages": text, "max_tokens": 9, "stream": True, "anthropic_version": "2023-06-01"}
    )
    response = json.dumps({"model": "openai.gpt-5.6-terra", "input": "Hi", "max_output_tokens": 9})

    def call(path, body, *who):
        done = curl(server, flag, "--cacert", authority(server), *who, *json_body, body, path=path)
        reply, _, last = done.stdout.rpartition("\n")
        assert last == f"{version} 200", done.stdout + done.stderr
        return reply

    assert json.loads(call(f"/model/{CLAUDE}/converse", body, *sign("bedrock")))["usage"]["outputTokens"] == 9
    assert call("/openai/v1/chat/completions", chat, *bearer).rstrip().endswith("data: [DONE]")
    assert "event: message_stop" in call("/anthropic/v1/messages", message, "-H", f"x-api-key: {SECRET}")
    reply = json.loads(call("/bedrock-mantle/openai/v1/responses", response, *sign("bedrock-mantle")))
    assert reply["usage"]["output_tokens"] == 9


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_the_names_of_this_machine_are_in_the_certificate(server, name):
    port = server.url.rpartition(":")[2]
    assert curl(server, "--cacert", authority(server), path=f"https://{name}:{port}{CLOCK}").stdout.endswith(" 200")


def test_another_name_is_not(server):
    port = server.url.rpartition(":")[2]
    url = f"https://aws.test:{port}{CLOCK}"
    done = curl(server, "--cacert", authority(server), "--resolve", f"aws.test:{port}:127.0.0.1", path=url)
    assert done.returncode == 60, "curl's code for a certificate that doesn't fit"


def test_nobody_trusts_it_unasked(server):
    assert curl(server).returncode == 60


def test_python_trusts_it_strictly(server):
    """Python 3.13 demands key identifiers and key usages, as this flag does in older ones."""
    context = ssl.create_default_context(cafile=authority(server))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            assert connection.selected_alpn_protocol() == "h2"
            assert connection.version() == "TLSv1.3"


def test_old_versions_of_tls_are_refused(server):
    assert curl(server, "--cacert", authority(server), "--tlsv1.1", "--tls-max", "1.1").returncode != 0


def test_boto3(server, monkeypatch):
    def runtime():
        return boto3.client(
            "bedrock-runtime",
            region_name=REGION,
            endpoint_url=server.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 1}),
        )

    with pytest.raises(SSLError):
        runtime().converse(modelId="us.amazon.nova-pro-v1:0", messages=MESSAGES)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority(server)))
    assert runtime().converse(modelId="us.amazon.nova-pro-v1:0", messages=MESSAGES)["stopReason"]
    stream = runtime().converse_stream(modelId="us.amazon.nova-pro-v1:0", messages=MESSAGES)["stream"]
    assert any("messageStop" in event for event in stream)


def test_bedquota_itself(server, run, environment):
    variables = with_credentials(environment) | {"AWS_CA_BUNDLE": str(authority(server))}
    done = run("list", "--endpoint-url", server.url, "--output", "json", environment=variables)
    assert done.returncode == 0 and done.stdout.startswith("{")


def test_clear_text_gets_no_reply(server):
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 10) as connection:
        connection.sendall(request("GET", CLOCK, [HOST]))
        assert b"HTTP" not in receive(connection)


def test_the_authority_is_private_and_has_no_key(server):
    file = authority(server)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700 and file.parent.stat().st_uid == os.getuid()
    assert os.listdir(file.parent) == [file.name]
    text = file.read_text()
    assert text.count("BEGIN CERTIFICATE") == 1 and "PRIVATE" not in text


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_stop_removes_the_folder(bedquota, environment, how):
    server = Emulator(bedquota, environment, *FAST, "--tls", anywhere=True)
    folder = authority(server).parent
    assert folder.exists() and server.stop(how) == 0 and not folder.exists()


# The user's own certificate


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("own"))


def test_a_certificate_of_ones_own(bedquota, environment, own, tmp_path):
    chain, key = own.server("good")
    server = Emulator(bedquota, environment, *FAST, "--tls-certificate", chain, "--tls-key", key, anywhere=True)
    try:
        root = tmp_path / "root.pem"
        root.write_bytes(own.root.pem)
        assert "export" not in server.read_log()
        assert curl(server, "--cacert", root).stdout.endswith("\n2 200")
    finally:
        assert server.stop() == 0


def test_files_that_do_not_fit_are_named(run, own, tmp_path):
    (good, key), (_, other) = own.server("good"), own.server("expired")
    text = tmp_path / "text"
    text.write_text("no PEM")

    def refusal(certificate, key):
        done = run("emulate", "--tls-certificate", certificate, "--tls-key", key)
        assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1
        return done.stderr

    assert str(text) in refusal(text, key) and "--tls-certificate" in refusal(text, key)
    assert str(text) in refusal(good, text) and "--tls-key" in refusal(good, text)
    assert "not the key" in refusal(good, other)
    assert str(tmp_path / "none") in refusal(tmp_path / "none", key)
    assert run("emulate", "--tls-key", key).returncode == 64
