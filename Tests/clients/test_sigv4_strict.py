"""Every part of a signed request that could be wrong: only what AWS's SDKs send is accepted."""

import datetime
import hashlib
import json
import re

import pytest
from processes import Emulator
from raw_http import FAST, connect, request, send, signed

TARGET = "/model/us.amazon.nova-pro-v1%3A0/converse"
BODY = json.dumps(
    {
        "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        "inferenceConfig": {"maxTokens": 20},
    }
).encode()
LISTING = ("x-amz-target", "ServiceQuotasV20190624.ListServiceQuotas")
METRICS = [
    ("content-type", "application/x-amz-json-1.0"),
    ("x-amz-target", "GraniteServiceVersion20100801.ListMetrics"),
]


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST)
    yield server
    assert server.stop() == 0


def status(server, headers, *, method="POST", target=TARGET, body=BODY):
    return send(server.url, request(method, target, headers, body))[0]


def sign(**options):
    return signed("POST", TARGET, options.pop("body", BODY), **options)


def now(seconds=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


def changed(change):
    """A good request with another Authorization header."""
    return [(name, change(value) if name == "authorization" else value) for name, value in sign()]


def replaced(old, new):
    return lambda: changed(lambda header: header.replace(old, new))


def without(*names):
    return [(name, value) for name, value in sign() if name not in names]


ACCEPTED = {
    "plain": sign,
    "no blanks after commas": replaced(", ", ","),
    "four minutes old": lambda: sign(date=now(-240)),
    "four minutes ahead": lambda: sign(date=now(240)),
    "more headers signed": lambda: sign(
        headers=[("content-type", "application/json"), ("x-a", " b  c ")]
    ),
    "a header twice": lambda: sign(headers=[("x-a", "1"), ("x-a", "2")]),
    "a hash of the body": lambda: sign(
        headers=[("x-amz-content-sha256", hashlib.sha256(BODY).hexdigest())]
    ),
    "what SDKs leave unsigned": lambda: (
        sign()
        + [
            ("user-agent", "x"),
            ("amz-sdk-request", "attempt=1"),
            ("amz-sdk-invocation-id", "x"),
            ("x-amzn-trace-id", "Root=1-2-3"),
            ("x-amz-user-agent", "aws-sdk-php"),
            ("accept", "*/*"),
        ]
    ),
    "a session token added later": lambda: sign() + [("x-amz-security-token", "abc")],
    "an API key": lambda: [("host", "127.0.0.1"), ("authorization", "Bearer emulator")],
}

REFUSED = {
    "a wrong secret": lambda: sign(secret="x"),
    "an unknown key": lambda: sign(key="AKIA"),
    "a key in another case": lambda: sign(key="Emulator"),
    "an empty key": lambda: sign(key="", secret=""),
    "another body": lambda: sign(body=b"{}"),
    "an unsigned body": lambda: sign(
        body_hash="UNSIGNED-PAYLOAD", headers=[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
    ),
    "host not signed": lambda: sign(names=["x-amz-date"]),
    "date not signed": lambda: sign(names=["host"]),
    "nothing signed": lambda: sign(names=[]),
    "no date": lambda: without("x-amz-date"),
    "two dates": lambda: sign() + [("x-amz-date", f"{now():%Y%m%dT%H%M%SZ}")],
    "x-amz-target not signed": lambda: sign() + [LISTING],
    "x-amz-anything not signed": lambda: sign() + [("x-amz-meta", "x")],
    "the service tier not signed": lambda: sign() + [("x-amzn-bedrock-service-tier", "flex")],
    "the guardrail not signed": lambda: sign() + [("X-Amzn-Bedrock-GuardrailIdentifier", "x")],
    "six minutes old": lambda: sign(date=now(-360)),
    "six minutes ahead": lambda: sign(date=now(360)),
    "year 0": lambda: sign(stamp="00000101T000000Z"),
    "30 February": lambda: sign(stamp="20260230T000000Z"),
    "second 60": lambda: sign(stamp=f"{now():%Y%m%dT%H%M}60Z"),
    "the day before": lambda: sign(day=f"{now(-86_400):%Y%m%d}"),
    "no day": lambda: sign(day=""),
    "the year as the day": lambda: sign(day=f"{now():%Y}"),
    "the month as the day": lambda: sign(day=f"{now():%Y%m}"),
    "the whole date as the day": lambda: sign(day=f"{now():%Y%m%dT%H%M%SZ}"),
    "another service": lambda: sign(service="monitoring"),
    "a service in upper case": lambda: sign(service="BEDROCK"),
    "no Region": lambda: sign(region=""),
    "a slash in the Region": lambda: sign(region="us-east-1/x"),
    "an upper-case signature": lambda: changed(
        lambda header: re.sub(
            r"Signature=(\w+)", lambda found: "Signature=" + found[1].upper(), header
        )
    ),
    "a short signature": lambda: changed(lambda header: header[:-1]),
    "a long signature": lambda: changed(lambda header: header + "0"),
    "no signature": lambda: changed(lambda header: re.sub(r"Signature=\w+", "Signature=", header)),
    "another algorithm": replaced("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
    "the algorithm in lower case": replaced("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
    "a second Authorization": lambda: (
        sign() + [("authorization", "AWS4-HMAC-SHA256 Credential=x/y")]
    ),
    "a first Authorization": lambda: (
        [("authorization", "AWS4-HMAC-SHA256 Credential=x/y")] + sign()
    ),
    "an API key and a signature": lambda: sign() + [("authorization", "Bearer emulator")],
    "a second signature": lambda: changed(lambda header: header + ", Signature=" + "0" * 64),
    "a signature before it": replaced("Signature=", "Signature=" + "0" * 64 + ", Signature="),
    "a second scope": lambda: changed(lambda header: header + ", Credential=x"),
    "another field": lambda: changed(lambda header: header + ", x=y"),
    "thousands of fields": lambda: changed(
        lambda header: header + ", " + ", ".join(f"x{i}=y" for i in range(5_000))
    ),
    "unsorted names": replaced("host;x-amz-date", "x-amz-date;host"),
    "upper-case names": replaced("host;x-amz-date", "Host;X-Amz-Date"),
    "a name twice": replaced("host;x-amz-date", "host;host;x-amz-date"),
    "an empty name": replaced("host;x-amz-date", "host;;x-amz-date"),
    "a name that isn't there": replaced("host;", "host;x-a;"),
    "another Host": lambda: [
        (name, "evil.example" if name == "host" else value) for name, value in sign()
    ],
    "a second Host": lambda: sign() + [("host", "evil.example")],
    "another API key": lambda: [("host", "127.0.0.1"), ("authorization", "Bearer Emulator")],
    "an empty API key": lambda: [("host", "127.0.0.1"), ("authorization", "Bearer ")],
    "Basic": lambda: [("host", "127.0.0.1"), ("authorization", "Basic ZW11bGF0b3I6ZW11bGF0b3I=")],
    "nothing": lambda: [("host", "127.0.0.1")],
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_sdks_send_is_accepted(server, what):
    assert status(server, ACCEPTED[what]()) == 200


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused(server, what):
    assert status(server, REFUSED[what]()) in (400, 403)


def test_a_signature_is_for_one_request(server):
    assert status(server, sign(), target=TARGET.replace("pro", "lite")) == 403
    assert status(server, sign(), target=TARGET + "?a=b") == 403
    assert status(server, sign(), target=TARGET.replace("%3A", ":")) == 403
    assert status(server, sign(), body=BODY + b" ") == 403
    assert status(server, signed("PUT", TARGET, BODY)) == 403


def test_a_key_is_for_one_service(server):
    body = b"{}"
    headers = signed("POST", "/", body, service="monitoring", headers=METRICS)
    assert status(server, headers, target="/", body=body) == 200
    headers = signed("POST", "/", body, service="bedrock", headers=METRICS)
    assert status(server, headers, target="/", body=body) in (400, 403)
    key = [("host", "127.0.0.1"), ("authorization", "Bearer emulator"), *METRICS]
    assert status(server, key, target="/", body=body) in (400, 403)


def test_the_head_is_judged_before_the_body_comes(server):
    """A request without a valid head gets its reply although its body never comes."""
    head = request("POST", TARGET, [("host", "127.0.0.1")]).replace(
        b"Length: 0", b"Length: 20000000"
    )
    with connect(server.url) as connection:
        connection.sendall(head)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 403")
