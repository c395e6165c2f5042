"""Signatures in URLs, and the API keys that are made of one: only what AWS's SDKs write is accepted."""

import base64
import datetime
import hashlib
import json
import re
from unittest import mock
from urllib.parse import quote, urlsplit

import boto3
import botocore.auth
import openai
import pytest
import requests
from aws_bedrock_token_generator import BedrockTokenGenerator
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from processes import Emulator
from raw_http import FAST, request, send, signed
from support import KEY, REGION, SECRET

CONVERSE = "/model/us.amazon.nova-pro-v1%3A0/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}).encode()
HOST = "127.0.0.1"
WEEK = 604_800
HALF_DAY = 43_200
GOOD = Credentials(KEY, SECRET)


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST)
    yield server
    assert server.stop() == 0


def now(seconds=0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)


def at(date):
    """botocore's clock, stopped at a date."""
    return mock.patch.object(botocore.auth, "get_current_datetime", lambda *_: date.replace(tzinfo=None))


class QueryAuth(SigV4QueryAuth):
    """botocore's signature of a body that stays a body; botocore itself would move it into the query."""

    def __init__(self, body, *arguments, **options):
        super().__init__(*arguments, **options)
        self.body = body

    def payload(self, request):
        return hashlib.sha256(self.body).hexdigest()


def presign(
    method="POST", target=CONVERSE, body=BODY, *, expires=60, service="bedrock", region=REGION, credentials=GOOD, age=0, headers=()
):
    """The target with botocore's signature in its query."""
    asked = AWSRequest(method, f"http://{HOST}{target}", {"Host": HOST, **dict(headers)})
    with at(now(-age)):
        QueryAuth(body, credentials, service, region, expires=expires).add_auth(asked)
    parts = urlsplit(asked.url)
    return f"{parts.path}?{parts.query}"


def status(server, target, headers=(), body=BODY, method="POST"):
    return send(server.url, request(method, target, [("Host", HOST), *headers], body))[0]


def edited(old, new, **options):
    """A signed target with something replaced after signing."""

    def make():
        target = presign(**options)
        assert old in target
        return target.replace(old, new, 1)

    return make


def without(name):
    def make():
        path, _, query = presign().partition("?")
        return f"{path}?{'&'.join(pair for pair in query.split('&') if not pair.startswith(name + '='))}"

    return make


ACCEPTED = {
    "plain": presign,
    "for a week": lambda: presign(expires=WEEK),
    "six days old": lambda: presign(expires=WEEK, age=6 * 86_400),
    "a clock that is four minutes ahead": lambda: presign(age=-240),
    "a query of its own": lambda: presign(target=f"{CONVERSE}?a=b&c="),
    "in another order": lambda: "?".join(
        [CONVERSE, "&".join(reversed(presign().partition("?")[2].split("&")))]
    ),
}

REFUSED = {
    "a wrong secret": lambda: presign(credentials=Credentials(KEY, "x")),
    "an unknown key": lambda: presign(credentials=Credentials("AKIA", SECRET)),
    "another body": lambda: presign(body=b"{}"),
    "no body": lambda: presign(body=b""),
    "another path": edited("nova-pro", "nova-lite"),
    "another method": lambda: presign(method="PUT"),
    "another service": lambda: presign(service="monitoring"),
    "for longer than a week": lambda: presign(expires=WEEK + 1),
    "for no time": lambda: presign(expires=0),
    "for less than no time": lambda: presign(expires=-60),
    "for half a second": lambda: presign(expires="0.5"),
    "for very long": lambda: presign(expires="9" * 40),
    "a longer time, after signing": edited("Expires=60", "Expires=600"),
    "expired": lambda: presign(expires=60, age=70),
    "a week and a day old": lambda: presign(expires=WEEK, age=WEEK + 86_400),
    "six minutes ahead": lambda: presign(age=-360),
    "another date": edited("X-Amz-Date=2", "X-Amz-Date=3"),
    "no algorithm": without("X-Amz-Algorithm"),
    "no credential": without("X-Amz-Credential"),
    "no date": without("X-Amz-Date"),
    "no expiry": without("X-Amz-Expires"),
    "no names": without("X-Amz-SignedHeaders"),
    "no signature": without("X-Amz-Signature"),
    "another algorithm": edited("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"),
    "an algorithm of curves": edited("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
    "names in lower case": edited("X-Amz-Signature", "x-amz-signature"),
    "a wrong signature": lambda: presign()[:-4] + "0000",
    "a short signature": lambda: presign()[:-1],
    "an upper-case signature": lambda: (lambda parts: parts[0] + "X-Amz-Signature=" + parts[2].upper())(
        presign().partition("X-Amz-Signature=")
    ),
    "two signatures": lambda: presign() + "&X-Amz-Signature=" + "0" * 64,
    "two signatures, the first is wrong": edited("?", "?X-Amz-Signature=" + "0" * 64 + "&"),
    "two expiries": lambda: presign() + "&X-Amz-Expires=600",
    "a second expiry, encoded": lambda: presign() + "&X-Amz%2DExpires=600",
    "two credentials": lambda: presign() + "&X-Amz-Credential=x",
    "a parameter that is added": lambda: presign() + "&a=b",
    "a token that is added": lambda: presign() + "&X-Amz-Security-Token=abc",
    "host not signed": lambda: presign().replace("SignedHeaders=host", "SignedHeaders=x-a"),
    "no names at all": lambda: presign().replace("SignedHeaders=host", "SignedHeaders="),
    "a name that isn't there": lambda: presign(headers=[("x-a", "b")]),
    "bad percents": lambda: presign().replace("X-Amz-Date=", "X-Amz-Date=%zz"),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_sdks_write_is_accepted(server, what):
    assert status(server, ACCEPTED[what]()) == 200


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused(server, what):
    assert status(server, REFUSED[what]()) in (400, 403)


def test_headers_that_must_be_signed(server):
    assert status(server, presign(), [("x-amzn-bedrock-service-tier", "flex")]) == 403
    target = presign(headers=[("x-amz-meta", "1")])
    assert status(server, target, [("x-amz-meta", "1")]) == 200
    assert status(server, target, [("x-amz-meta", "2")]) == 403
    assert send(server.url, request("POST", presign(), [("Host", "evil.example")], BODY))[0] == 403


def test_two_signatures_are_one_too_many(server):
    """As many answers to the question who sent this."""
    for target in (presign(), presign(credentials=Credentials("a", "b")), f"{CONVERSE}?X-Amz-Signature=0"):
        headers = [pair for pair in signed("POST", target, BODY) if pair[0] != "host"]
        assert status(server, target, headers) == 400
        assert status(server, target, [("Authorization", "Bearer emulator")]) == 400


def client(service, url):
    return boto3.client(
        service, region_name=REGION, endpoint_url=url, aws_access_key_id=KEY, aws_secret_access_key=SECRET
    )


def test_boto3_presigns_calls(server):
    """GetCallerIdentity is the URL by which others are told who one is."""
    url = client("sts", server.url).generate_presigned_url("get_caller_identity", HttpMethod="GET")
    reply = requests.get(url, timeout=10)
    assert reply.status_code == 200 and "GetCallerIdentityResult" in reply.text
    assert requests.get(url + "0", timeout=10).status_code == 403
    url = client("bedrock", server.url).generate_presigned_url("list_foundation_models", HttpMethod="GET")
    assert requests.get(url, timeout=10).json()["modelSummaries"]


def test_boto3_presigns_with_temporary_credentials(server):
    role = client("sts", server.url).assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")["Credentials"]
    temporary = Credentials(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    assert status(server, presign(credentials=temporary)) == 200
    assert status(server, presign(credentials=Credentials(temporary.access_key, temporary.secret_key))) == 403
    assert status(server, presign(credentials=Credentials(temporary.access_key, temporary.secret_key, "other"))) == 403


@pytest.mark.parametrize("service", ["bedrock", "bedrock-mantle"])
def test_urls_of_mantle_are_signed_for_either_service(server, service):
    """As headers are; on a path of both endpoints, the service of the signature names the one."""
    models = "/bedrock-mantle/v1/models"
    assert status(server, presign("GET", models, b"", service=service), (), b"", "GET") == 200
    assert status(server, presign("GET", models, b"", service="monitoring"), (), b"", "GET") == 403
    model = "openai.gpt-5.6-terra" if service == "bedrock-mantle" else "us.openai.gpt-5.6-terra"
    body = json.dumps({"model": model, "input": "Hi"}).encode()
    assert status(server, presign("POST", "/openai/v1/responses", body, service=service), (), body) == 200


# API keys


def key(credentials=GOOD, region=REGION, age=0, expires=None):
    """A short-term key from AWS's own generator, or one with another expiry."""
    with at(now(-age)):
        if expires is None:
            return BedrockTokenGenerator().get_token(credentials, region)
        asked = AWSRequest(
            "POST", "https://bedrock.amazonaws.com/", {"host": "bedrock.amazonaws.com"}, params={"Action": "CallWithBearerToken"}
        )
        SigV4QueryAuth(credentials, "bedrock", region, expires=expires).add_auth(asked)
    return packed(asked.url.replace("https://", "") + "&Version=1")


def packed(url):
    return "bedrock-api-key-" + base64.b64encode(url.encode()).decode()


def unpacked(token):
    return base64.b64decode(token.removeprefix("bedrock-api-key-")).decode()


def changed(old, new):
    def make():
        url = unpacked(key())
        assert old in url
        return packed(url.replace(old, new, 1))

    return make


def bearer(server, token, target=CONVERSE):
    return send(server.url, request("POST", target, [("Host", HOST), ("Authorization", f"Bearer {token}")], BODY))


GOOD_KEYS = {
    "the generator's": key,
    "eleven hours old": lambda: key(age=11 * 3_600),
    "for a minute": lambda: key(expires=60),
    "long-term": lambda: SECRET,
}

BAD_KEYS = {
    "a wrong secret": lambda: key(Credentials(KEY, "x")),
    "an unknown access key": lambda: key(Credentials("AKIA", SECRET)),
    "thirteen hours old": lambda: key(age=13 * 3_600),
    "for a minute, two minutes ago": lambda: key(expires=60, age=120),
    "for longer than twelve hours": lambda: key(expires=HALF_DAY + 1),
    "from tomorrow": lambda: key(age=-86_400),
    "another action": changed("CallWithBearerToken", "Other"),
    "another Region": changed("us-east-1", "us-west-2"),
    "a longer time": changed("Expires=43200", "Expires=43100"),
    "another service": changed("bedrock%2Faws4", "sts%2Faws4"),
    "another host": changed("bedrock.amazonaws.com", "evil.example"),
    "another version": changed("&Version=1", "&Version=2"),
    "a parameter more": changed("&Version=1", "&a=b&Version=1"),
    "no version": changed("&Version=1", ""),
    "no prefix": lambda: key().removeprefix("bedrock-api-key-"),
    "no base64": lambda: "bedrock-api-key-%%%",
    "no text": lambda: "bedrock-api-key-" + base64.b64encode(b"\xff\xfe").decode(),
    "nothing in it": lambda: "bedrock-api-key-",
    "cut": lambda: key()[:-8],
    "very long": lambda: "bedrock-api-key-" + "A" * 60_000,
    "a long-term key that nobody has": lambda: "ABSK" + base64.b64encode(b"a:b").decode(),
}


@pytest.mark.parametrize("what", GOOD_KEYS)
def test_a_good_key_is_accepted(server, what):
    assert bearer(server, GOOD_KEYS[what]())[0] == 200


@pytest.mark.parametrize("what", BAD_KEYS)
def test_a_bad_key_is_refused(server, what):
    code, reply = bearer(server, BAD_KEYS[what]())
    assert code == 403 and json.loads(reply)["message"]


def test_an_expired_key_says_so(server):
    assert "expired" in json.loads(bearer(server, key(age=13 * 3_600))[1])["message"]


def test_a_key_of_temporary_credentials(server):
    role = client("sts", server.url).assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")["Credentials"]
    temporary = Credentials(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
    assert bearer(server, key(temporary))[0] == 200
    assert bearer(server, key(Credentials(temporary.access_key, temporary.secret_key)))[0] == 403


def test_a_key_is_for_its_region(server):
    code, reply = bearer(server, key(region="eu-west-1"))
    assert code == 403 and b"eu-west-1" in reply


def test_a_key_is_for_bedrock(server):
    headers = [("Host", HOST), ("Authorization", f"Bearer {key()}"), ("X-Amz-Target", "ServiceQuotasV20190624.ListServiceQuotas")]
    assert send(server.url, request("POST", "/", headers, b"{}"))[0] in (400, 403)


def test_boto3_takes_the_key_from_the_environment(bedquota, environment, monkeypatch):
    """It sends a key over TLS only."""
    server = Emulator(bedquota, environment, *FAST, "--tls", anywhere=True)
    try:
        monkeypatch.setenv("AWS_CA_BUNDLE", re.search(r"AWS_CA_BUNDLE=(\S+)", server.read_log())[1])
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key())
        runtime = boto3.client("bedrock-runtime", region_name=REGION, endpoint_url=server.url)
        messages = [{"role": "user", "content": [{"text": "Hi"}]}]
        assert runtime.converse(modelId="us.amazon.nova-pro-v1:0", messages=messages)["stopReason"]
    finally:
        assert server.stop() == 0


def test_openai_takes_the_key(server):
    chat = openai.OpenAI(base_url=f"{server.url}/openai/v1", api_key=key(), max_retries=0).chat.completions
    reply = chat.create(model="openai.gpt-oss-20b-1:0", messages=[{"role": "user", "content": "Hi"}], max_completion_tokens=9)
    assert reply.choices


def test_a_long_term_key_by_its_name(bedquota, environment):
    secret = "ABSK" + base64.b64encode(b"BedrockAPIKey-abcd-at-111122223333:" + hashlib.sha256(b"x").digest()).decode()
    server = Emulator(bedquota, environment, *FAST, "--credentials", f"BedrockAPIKey-abcd-at-111122223333:{secret}")
    try:
        assert bearer(server, secret)[0] == 200
        assert bearer(server, SECRET)[0] == 403
    finally:
        assert server.stop() == 0


def test_without_credentials_any_key_and_url_will_do(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--no-auth")
    try:
        assert bearer(server, key(Credentials("a", "b")))[0] == 200
        assert bearer(server, "ABSKxyz")[0] == 200
        assert status(server, presign(credentials=Credentials("a", "b"), age=WEEK)) == 200
        assert b"eu-west-1" in bearer(server, key(Credentials("a", "b"), region="eu-west-1"))[1], "the Region still counts"
    finally:
        assert server.stop() == 0


# CloudWatch in a protocol that isn't served


def test_cbor_is_refused_in_words(server):
    from botocore import loaders, model, parsers

    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    headers = [("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")]
    sent = signed("POST", path, b"\xa0", service="monitoring", headers=headers)
    reply = requests.post(server.url + quote(path), b"\xa0", headers=dict(sent), timeout=10)
    assert reply.status_code == 404 and reply.headers["smithy-protocol"] == "rpc-v2-cbor"
    service = model.ServiceModel(loaders.Loader().load_service_model("cloudwatch", "service-2"), "cloudwatch")
    response = {"status_code": 404, "headers": dict(reply.headers), "body": reply.content}
    shape = service.operation_model("ListMetrics").output_shape
    error = parsers.create_parser("smithy-rpc-v2-cbor").parse(response, shape)["Error"]
    assert error["Code"] == "UnknownOperationException" and "rpcv2Cbor" in error["Message"]
    unsigned = requests.post(server.url + path, b"\xa0", headers=dict(headers), timeout=10)
    assert unsigned.status_code == 403 and unsigned.headers["content-type"] == "application/cbor"
