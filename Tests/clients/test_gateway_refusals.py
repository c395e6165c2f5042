"""What the gateway itself refuses: status, code and words are those of docs/gateway.md."""

import http.client
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from processes import Emulator
from support import ROOT, with_credentials
from test_commands import assert_failed

PAGE = (ROOT / "docs/gateway.md").read_text(encoding="utf-8")
TABLE = PAGE.split("## Every refusal")[1].split("\n## ")[0]
ROWS = [row.split(" | ") for row in TABLE.splitlines() if row.startswith("| ") and "---" not in row]
NOVA, SONNET = "us.amazon.nova-pro-v1:0", "us.anthropic.claude-sonnet-4-20250514-v1:0"
CHAT, CI = "chat-secret-0123456789", "ci-secret-0123456789"
CONFIGURATION = f"""
keys:
  chat: {{secret: "${{CHAT}}", models: ["us.a*"]}}
  ci: {{secret: "${{CI}}", tokens_per_day: 100}}
  once: {{secret: "${{ONCE}}", requests_per_day: 1}}
admin: {{secret: "${{ADMIN}}"}}
accounts: [{{regions: [us-east-1]}}]
limits: {{body: 2MB}}
"""


class RefusingGateway(Emulator):
    """`bedquota gateway --emulator`, with `options`."""

    command = ("gateway", "--emulator", "--listen", "127.0.0.1:0")

    def get(self, path, **headers):
        with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=10) as reply:
            return reply.read().decode()

    def send(self, path, body=None, method="POST", **headers):
        """The status, the code or type of the error, its message, and the headers of a reply."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body if isinstance(body, (bytes, type(None))) else json.dumps(body), headers)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        got = {name.lower(): value for name, value in reply.getheaders()}
        document = json.loads(text or b"{}")
        error = document.get("error") or document
        code = got.get("x-amzn-errortype", "").split(":")[0] or error.get("code") or error.get("type")
        return reply.status, code, error.get("message"), got


def converse(text="Hi", tokens=None):
    limit = {} if tokens is None else {"inferenceConfig": {"maxTokens": tokens}}
    return {"messages": [{"role": "user", "content": [{"text": text}]}]} | limit


def dialect(model, tokens=100):
    return {"model": model, "max_tokens": tokens, "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture(scope="module")
def gateway(bedquota, environment):
    server = RefusingGateway(bedquota, environment)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def keyed(bedquota, environment, tmp_path_factory):
    path = tmp_path_factory.mktemp("gateway") / "gateway.yaml"
    path.write_text(CONFIGURATION)
    secrets = {"CHAT": CHAT, "CI": CI, "ONCE": "once-secret-0123456789", "ADMIN": "admin-secret-0123456789"}
    server = RefusingGateway(bedquota, environment | secrets, "--config", str(path))
    yield server
    assert server.stop() == 0


def is_documented(status, code, message):
    """Whether a row of the table has the status and the code, and the beginning of the message, without its figures."""

    def words(text):
        text = re.sub(r"'[^']*'|\"[^\"]*\"|L-[0-9A-Z…]+|\d+T\d+Z|…|[\d,.]+", "", text)
        return re.sub(r"\W+", " ", text).strip().lower()

    for row in ROWS:
        said = [words(part) for part in row[1].split(" · ")]
        if str(status) in row[0] and (code is None or f"`{code}`" in row[0]):
            if any(part and (part in words(message) or words(message) in part) for part in said):
                return True
    return False


BEARER = {"authorization": f"Bearer {CHAT}"}
SIGNED = "AWS4-HMAC-SHA256 Credential=chat/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=aa"
OPEN = [
    ("no operation", "/model/a/explode", converse(), {}, 404, "UnknownOperationException"),
    ("no operation, OpenAI", "/v1/embeddings", converse(), {}, 404, "not_found"),
    ("OpenAI's base URL without /v1", "/chat/completions", dialect(NOVA), {}, 404, "UnknownOperationException"),
    ("two-way streams", f"/model/{NOVA}/invoke-with-bidirectional-stream", b"", {}, 501, "UnknownOperationException"),
    ("dots", "/model/../x", b"", {}, 400, "ValidationException"),
    ("no id", "/model/no%20such/converse", converse(), {}, 400, "ValidationException"),
    ("no model", "/v1/chat/completions", {}, {}, 400, "validation_error"),
    ("no JSON", "/v1/chat/completions", b"x", {}, 400, "validation_error"),
    ("a web page", f"/model/{NOVA}/converse", converse(), {"origin": "http://a.example"}, 403, "AccessDeniedException"),
    ("a web page's name", f"/model/{NOVA}/converse", converse(), {"host": "a.example"}, 403, "AccessDeniedException"),
    ("never fits", f"/model/{SONNET}/converse", converse(tokens=640_000), {}, 400, "ValidationException"),
    ("never fits InvokeModel", f"/model/{SONNET}/invoke", dialect(SONNET, 640_000), {}, 400, "ServiceQuotaExceededException"),
    ("presigned", f"/model/{NOVA}/converse?X-Amz-Signature=a&X-Amz-Algorithm=AWS4-HMAC-SHA256", converse(), {}, 400, "IncompleteSignatureException"),
    ("no Region", f"/model/{NOVA}/converse", converse(), {"authorization": SIGNED.replace("us-east-1", "cn-north-1")}, 403, "AccessDeniedException"),
]
KEYED = [
    ("nobody", f"/model/{NOVA}/converse", converse(), {}, 403, "MissingAuthenticationTokenException"),
    ("an unknown key", f"/model/{NOVA}/converse", converse(), {"authorization": "Bearer nobody"}, 403, "AccessDeniedException"),
    ("an unknown key, OpenAI", "/v1/chat/completions", dialect(NOVA), {"authorization": "Bearer nobody"}, 403, "access_denied"),
    ("an unknown key, Anthropic", "/v1/messages", dialect(NOVA), {"x_api_key": "nobody"}, 403, "permission_error"),
    ("another model", "/model/openai.gpt-oss-20b-1:0/converse", converse(), BEARER, 403, "AccessDeniedException"),
    ("another date", f"/model/{NOVA}/converse", converse(), {"authorization": SIGNED, "x_amz_date": "20260102T000000Z"}, 403, "InvalidSignatureException"),
    ("an old date", f"/model/{NOVA}/converse", converse(), {"authorization": SIGNED, "x_amz_date": "20260101T000000Z"}, 403, "InvalidSignatureException"),
    ("two keys", f"/model/{NOVA}/converse", converse(), BEARER | {"x_api_key": "other"}, 400, "IncompleteSignatureException"),
    ("beyond the budget", f"/model/{NOVA}/converse", converse(), {"authorization": f"Bearer {CI}"}, 400, "ServiceQuotaExceededException"),
    ("beyond the budget, OpenAI", "/v1/chat/completions", dialect("openai.gpt-oss-20b-1:0", 5_000), {"authorization": f"Bearer {CI}"}, 403, "access_denied"),
    ("a long body", f"/model/{NOVA}/converse", b" " * 2_000_001, BEARER, 413, "RequestEntityTooLargeException"),
    ("a long body, OpenAI", "/v1/chat/completions", b" " * 2_000_001, BEARER, 413, "validation_error"),
    ("operators", "/status", None, BEARER, 403, "AccessDeniedException"),
]
# Outside AWS's APIs, an error's type or code is the dialect's own.
AWS_CODES = re.compile(r"[A-Z]\w+Exception")


@pytest.mark.parametrize("path, body, headers, status, code", [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_without_keys(gateway, path, body, headers, status, code):
    refused_as_documented(gateway, path, body, headers, status, code)


@pytest.mark.parametrize("path, body, headers, status, code", [row[1:] for row in KEYED], ids=[row[0] for row in KEYED])
def test_with_keys(keyed, path, body, headers, status, code):
    refused_as_documented(keyed, path, body, headers, status, code)


def refused_as_documented(server, path, body, headers, status, code):
    method = "GET" if body is None else "POST"
    got_status, got_code, message, got = server.send(path, body, method, **headers)
    assert (got_status, got_code) == (status, code), message
    assert message and is_documented(status, code if AWS_CODES.fullmatch(code) else None, message), message
    final = status in (400, 403) and ("budget" in message or "can cost" in message or "ever has" in message)
    assert got.get("x-should-retry") == ("false" if final else None)
    assert not re.search("chat-secret|ci-secret|nobody", message)


def test_failed_authentications_are_counted(keyed):
    def count(reason):
        page = keyed.get("/metrics", authorization="Bearer admin-secret-0123456789")
        [figure] = re.findall(rf'^bedquota_authentication_failures_total{{reason="{reason}"}} (\d+)', page, re.MULTILINE)
        return int(figure)

    before = count("missing"), count("unknown")
    keyed.send("/v1/messages", dialect(NOVA))
    keyed.send("/v1/messages", dialect(NOVA), x_api_key="nobody")
    assert (count("missing"), count("unknown")) == (before[0] + 1, before[1] + 1)


def test_a_budget_of_requests(keyed):
    once = {"authorization": "Bearer once-secret-0123456789"}
    assert keyed.send(f"/model/{NOVA}/converse", converse(tokens=10), **once)[0] == 200
    status, code, message, headers = keyed.send(f"/model/{NOVA}/converse", converse(tokens=10), **once)
    assert (status, code) == (400, "ServiceQuotaExceededException")
    assert is_documented(status, code, message) and headers["x-should-retry"] == "false"


def test_no_turn_in_time(gateway):
    """Each reserves a third of the quota, so of eight at a time some can't have their turn in a second."""
    body = converse(tokens=64_000)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: gateway.send(f"/model/{SONNET}/converse", body, x_bedquota_max_wait="1s"), range(8)))
    refused = [reply for reply in replies if reply[0] != 200]
    assert refused and len(refused) < 8
    for status, code, message, headers in refused:
        assert (status, code) == (429, "ThrottlingException")
        assert is_documented(status, code, message)
        assert 1 <= int(headers["retry-after"]) <= 60
        assert "x-should-retry" not in headers


class UnemulatedGateway(RefusingGateway):
    command = ("gateway", "--listen", "127.0.0.1:0", "--region", "us-east-1")


def test_a_gateway_without_credentials(bedquota, environment):
    server = UnemulatedGateway(bedquota, environment)
    status, code, message, headers = server.send(f"/model/{NOVA}/converse", converse())
    assert (status, code) == (502, "BadGatewayException") and headers["x-should-retry"] == "false"
    assert is_documented(status, code, message) and "its log says why" in message
    status, _, _, _ = server.send("/health", method="GET")
    assert status == 503
    assert server.stop() == 0
    assert "error: There are no AWS credentials" in server.read_log()


def test_what_cannot_be_reached(bedquota, environment):
    server = UnemulatedGateway(bedquota, with_credentials(environment), "--endpoint-url", "http://127.0.0.1:9")
    status, code, message, _ = server.send(f"/model/{NOVA}/converse", converse())
    assert (status, code) == (503, "ServiceUnavailableException")
    assert is_documented(status, code, message), message
    assert server.stop() == 0


@pytest.mark.parametrize(
    "options, words",
    [
        (["--emulator", "--listen", "0.0.0.0:0"], ["can be reached from other machines", "keys"]),
        (["--emulator", "--config", "/nowhere.yaml"], ["/nowhere.yaml", "doesn't exist"]),
        (["--listen", "127.0.0.1:0"], ["No Region", "--region"]),
        (["--emulator", "--listen", "127.0.0.1:{port}"], ["127.0.0.1:{port}", "Address already in use"]),
        (["--region", "eu-west-1", "--config", "{file}"], ["us-east-1, us-west-2", "not to eu-west-1", "--region"]),
    ],
)
def test_a_start_that_fails_is_one_line(gateway, run, tmp_path, options, words):
    (tmp_path / "gateway.yaml").write_text("accounts: [{regions: [us-east-1, us-west-2]}]\n")
    here = {"port": urlsplit(gateway.url).port, "file": tmp_path / "gateway.yaml"}
    done = run("gateway", *(option.format(**here) for option in options))
    assert_failed(done, 1, *(word.format(**here) for word in words))


def test_what_it_says_when_it_starts(gateway):
    """Its Region, the lines to paste, and that it is ready, with how many quotas it read."""
    said = gateway.read_log()
    assert said.startswith("Serving Bedrock in us-east-1, emulated")
    for line in (
        f"export AWS_ENDPOINT_URL_BEDROCK_RUNTIME={gateway.url}",
        f"export ANTHROPIC_BEDROCK_BASE_URL={gateway.url}",
        f"export OPENAI_BASE_URL={gateway.url}/v1 OPENAI_API_KEY=me",
    ):
        assert line in said.splitlines()
    assert re.search(r"notice: The gateway is ready\. \(quotas read: \d\d+, region: us-east-1\)", said)
