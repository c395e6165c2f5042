"""Random requests: what bedquota signs is what botocore signs, and what botocore signs the emulator accepts.

`BEDQUOTA_SEED` repeats a run; pytest shows the seed with every failure.
"""

import base64
import hashlib
import http.client
import json
import os
import random
import re
import subprocess
from datetime import datetime, timezone
from urllib.parse import urlsplit

import pytest
from signing import Identity, Request, random_request, sign
from support import KEY, REGION, SECRET

HOSTS = [
    "https://bedrock.us-east-1.amazonaws.com",
    "https://servicequotas.eu-west-1.amazonaws.com:443",
    "http://localhost:80",
    "http://127.0.0.1:4566",
    "https://example.com:8443",
    "http://[::1]:8080",
]
SIGNATURE_ERRORS = re.compile(
    "Signature|AuthenticationToken|UnrecognizedClient|InvalidClientTokenId|AccessDenied|Expired"
)
PER_KIND = 300


@pytest.fixture
def rng():
    seed = int(os.environ.get("BEDQUOTA_SEED") or random.SystemRandom().randrange(2**32))
    print(f"BEDQUOTA_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def signer(bedquota):
    tool = bedquota.with_name("sigv4-tool")
    if not os.access(tool, os.X_OK):
        pytest.fail(f"{tool} is missing: run `swift build`")

    def sign_all(tasks):
        lines = "".join(json.dumps(task) + "\n" for task in tasks)
        done = subprocess.run(
            [tool], input=lines, capture_output=True, encoding="utf-8", timeout=120
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return sign_all


def random_identity(rng):
    key = "AKID" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    secret = base64.b64encode(rng.randbytes(30)).decode()
    token = rng.choice([None, base64.b64encode(rng.randbytes(90)).decode()])
    region = rng.choice(["us-east-1", "eu-west-1"])
    return Identity(key, secret, region, rng.choice(["bedrock", "sts"]), token)


def task_of(request: Request, identity: Identity, date: datetime, s3: bool) -> dict:
    """The line of sigv4-tool's input that asks for the signature of this request."""
    task = {
        "method": request.method,
        "url": request.url,
        "headers": request.headers,
        "body": base64.b64encode(request.body).decode(),
        "region": identity.region,
        "service": identity.service,
        "accessKey": identity.key,
        "secretKey": identity.secret,
        "date": f"{date:%Y%m%dT%H%M%SZ}",
        "normalizePath": not s3,
        "doubleEncode": not s3,
    }
    return task | ({"sessionToken": identity.token} if identity.token else {})


@pytest.mark.parametrize("s3", [False, True], ids=["normal", "s3"])
def test_our_signatures_are_those_of_botocore(signer, rng, s3):
    tasks, expected = [], []
    for _ in range(PER_KIND):
        request = random_request(rng, rng.choice(HOSTS), raw_path=not s3)
        if s3:  # S3SigV4Auth always sets this header
            digest = hashlib.sha256(request.body).hexdigest()
            request.headers.append(("X-Amz-Content-SHA256", digest))
        identity = random_identity(rng)
        date = datetime.fromtimestamp(rng.randrange(1_300_000_000, 2_100_000_000), timezone.utc)
        tasks.append(task_of(request, identity, date, s3))
        expected.append(dict(sign(request, identity, date, s3)))
    replies = signer(tasks)
    assert len(replies) == len(tasks)
    for task, reply, headers in zip(tasks, replies, expected):
        assert reply["authorization"] == headers["Authorization"], json.dumps(task, indent=1)
        ours = {name.lower(): value for name, value in reply["headers"]}
        assert ours["x-amz-date"] == task["date"]
        assert ours.get("x-amz-security-token") == task.get("sessionToken")


class RawClient:
    """Sends requests byte for byte as they are, and reads the code of the error that each gets."""

    def __init__(self, url: str):
        self.base = url
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def error_of(self, request: Request, headers: list[tuple[str, str]]) -> tuple[int, str, str]:
        parts = urlsplit(request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        self.connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in headers:
            self.connection.putheader(name, value)
        if request.body or request.method in ("POST", "PUT"):
            self.connection.putheader("Content-Length", str(len(request.body)))
        self.connection.endheaders(request.body or None)
        reply = self.connection.getresponse()
        text = reply.read().decode()
        if found := re.search("<Code>(.*?)</Code>", text):
            return reply.status, found[1], text
        code = reply.headers.get("x-amzn-errortype") or json.loads(text).get("__type", "")
        return reply.status, code.split(":")[0].split("#")[-1], text


@pytest.fixture
def raw(emulator):
    client = RawClient(emulator.url)
    yield client
    client.connection.close()


def emulator_identity(rng, service="bedrock"):
    return Identity(KEY, SECRET, REGION, service, rng.choice([None, "a-session-token/+="]))


def test_the_emulator_accepts_what_botocore_signs(raw, rng):
    for _ in range(PER_KIND):
        request = random_request(rng, raw.base + "/guardrails")
        status, code, text = raw.error_of(request, sign(request, emulator_identity(rng)))
        assert 400 <= status < 500, f"{status} {text}\n{request}"
        assert not SIGNATURE_ERRORS.search(code), f"{text}\n{request}"


def flip_signature(rng, request, headers):
    """The same request with one hexadecimal digit of its signature changed."""
    changed = []
    for name, value in headers:
        if name == "Authorization":
            start = value.index("Signature=") + len("Signature=")
            at = rng.randrange(start, len(value))
            digit = rng.choice([digit for digit in "0123456789abcdef" if digit != value[at]])
            value = value[:at] + digit + value[at + 1 :]
        changed.append((name, value))
    return request, changed


def change_body(_, request, headers):
    return Request("POST", request.url, request.headers, request.body + b"!"), headers


def change_query(_, request, headers):
    separator = "&" if "?" in request.url else "?"
    return Request(request.method, f"{request.url}{separator}added=1", [], request.body), headers


def change_path(_, request, headers):
    url = request.url.replace("/q", "/Q", 1)
    return Request(request.method, url, [], request.body), headers


def change_header(_, request, headers):
    return request, [
        (name, value + "x" if name == "x-signed" else value) for name, value in headers
    ]


@pytest.mark.parametrize(
    "change", [flip_signature, change_body, change_query, change_path, change_header]
)
def test_the_emulator_refuses_what_was_changed(raw, rng, change):
    for _ in range(50):
        request = random_request(rng, raw.base + "/guardrails")
        request.headers.append(("x-signed", "value"))
        if change is change_body:
            request.method = "POST"
        headers = list(sign(request, emulator_identity(rng)))
        _, code, text = raw.error_of(*change(rng, request, headers))
        assert code == "InvalidSignatureException", f"{text}\n{request}"


@pytest.mark.parametrize(
    "method, path, service, wanted",
    [
        ("GET", "/foundation-models", "sts", "bedrock"),
        ("GET", "/inference-profiles", "servicequotas", "bedrock"),
        ("POST", "/", "bedrock", "servicequotas"),
    ],
)
def test_a_scope_of_another_service(raw, rng, method, path, service, wanted):
    request = Request(method, raw.base + path)
    if method == "POST":
        request.headers = [("X-Amz-Target", "ServiceQuotasV20190624.ListServiceQuotas")]
        request.body = b'{"ServiceCode":"bedrock"}'
    _, code, text = raw.error_of(request, sign(request, emulator_identity(rng, service)))
    assert code == "InvalidSignatureException"
    assert "scoped" in text and wanted in text
