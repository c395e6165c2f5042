"""Who may use the emulator: no web page, and nobody from elsewhere its control API."""

import http.client
import json
import re
from urllib.parse import urlsplit

import pytest
from emulator_control import Control
from processes import Emulator
from raw_http import FAST, request, send, signed

MODEL = "/model/us.amazon.nova-pro-v1%3A0/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}).encode()
PAGE = {
    "Origin": "http://evil.example",
    "Sec-Fetch-Site": "cross-site",
    "Referer": "http://evil.example/",
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST)
    yield server
    assert server.stop() == 0


def call(server, method, path, body=None, **headers):
    """The status and the reply of the control API."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"/_emulator/{path}", body, names)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read() or b"null")


CHANGES = [
    ("POST", "faults", '{"internal-server-error": 1}'),
    ("PUT", "quotas", '{"code": "L-ED46B8C5", "value": 0}'),
    ("POST", "clock", '{"advanceSeconds": 31622400}'),
    ("POST", "reset", None),
    ("POST", "access", '{"denied": []}'),
    ("GET", "state", None),
    ("GET", "clock", None),
    ("OPTIONS", "faults", None),
]


@pytest.mark.parametrize("method, path, body", CHANGES)
@pytest.mark.parametrize(
    "headers",
    [PAGE, PAGE | JSON, {"Origin": "null"} | JSON, {"Sec-Fetch-Site": "cross-site"} | JSON],
    ids=["page", "json", "sandbox", "image"],
)
def test_no_page_reaches_the_control_api(server, method, path, body, headers):
    before = call(server, "GET", "faults")
    assert call(server, method, path, body, **headers)[0] == 403
    assert call(server, "GET", "faults") == before


@pytest.mark.parametrize("method, path, body", CHANGES)
def test_a_name_that_resolves_to_this_machine_is_no_name_of_it(server, method, path, body):
    for host in (
        "rebind.evil.example",
        "rebind.evil.example:80",
        "127.0.0.1.evil.example",
        "10.0.0.1",
    ):
        assert call(server, method, path, body, Host=host, **JSON)[0] == 403


def test_names_of_this_machine_are_answered(server):
    port = urlsplit(server.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", "[::1]", "127.1.2.3"):
        assert call(server, "GET", "state", Host=host)[0] == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_changes_are_json(server, kind):
    headers = {"Content-Type": kind} if kind else {}
    for method in ("PUT", "POST"):
        assert call(server, method, "faults", '{"cut": 0.1}', **headers)[0] == 415
    assert call(server, "GET", "faults")[1]["cut"] == 0
    assert call(server, "POST", "faults", '{"cut": 0}', **JSON)[0] == 200


def test_another_name_can_be_allowed(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--allow-host", "emulator.test")
    try:
        assert call(server, "GET", "state", Host="emulator.test:8080")[0] == 200
        assert call(server, "GET", "state", Host="other.test")[0] == 403
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("options", [(), ("--no-auth",)], ids=["signed", "no-auth"])
def test_no_page_invokes_a_model(bedquota, environment, options):
    server = Emulator(bedquota, environment, *FAST, *options)
    try:
        headers = signed("POST", MODEL, BODY)
        assert send(server.url, request("POST", MODEL, headers, BODY))[0] == 200
        for name, value in PAGE.items():
            if name != "Referer":
                page = [*headers, (name, value)]
                assert send(server.url, request("POST", MODEL, page, BODY))[0] == 403
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("options", [(), ("--no-auth",)], ids=["signed", "no-auth"])
def test_beyond_loopback_a_token_is_needed(bedquota, environment, options):
    server = Emulator(
        bedquota, environment, *FAST, "--host", "0.0.0.0", *options, anywhere=True
    )
    try:
        log = server.read_log()
        assert "Warning: other machines can call this emulator" in log
        [token] = re.findall(r"X-Emulator-Token: (\w{32})", log)
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert call(server, "GET", "state")[0] == 401
        assert call(server, "POST", "reset")[0] == 401
        assert call(server, "POST", "reset", X_Emulator_Token=token[:-1])[0] == 401
        assert call(server, "POST", "reset", X_Emulator_Token=token)[0] == 200
        assert call(server, "GET", "state", X_Emulator_Token=token, Host="emulator:8080")[0] == 200
        assert call(server, "GET", "state", X_Emulator_Token=token, **PAGE)[0] == 403
    finally:
        assert server.stop() == 0


def test_a_given_token_is_not_printed(bedquota, environment):
    given = environment | {"BEDQUOTA_CONTROL_TOKEN": "a-token-of-mine"}
    server = Emulator(bedquota, given, *FAST, "--host", "0.0.0.0", anywhere=True)
    try:
        assert "a-token-of-mine" not in server.read_log()
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert call(server, "GET", "state", X_Emulator_Token="a-token-of-mine")[0] == 200
    finally:
        assert server.stop() == 0


def test_the_clock_can_be_moved_and_always_comes_back(server):
    control = Control(server.url)
    control("POST", "reset")
    start = control("GET", "clock")
    refused = 0
    for _ in range(130):
        status, _ = call(server, "POST", "clock", '{"advanceSeconds": 31622400}', **JSON)
        refused += status == 400
    # Each jump is 366 days, and 100 years of 365 days have room for 99 of them.
    assert refused == 31
    call(server, "PUT", "clock", '{"scale": 10000}', **JSON)
    assert send(server.url, request("POST", MODEL, signed("POST", MODEL, BODY), BODY))[0] == 200
    control("POST", "reset")
    clock = control("GET", "clock")
    assert clock["scale"] == 1
    assert 0 <= clock["epochSeconds"] - start["epochSeconds"] < 60
    assert send(server.url, request("POST", MODEL, signed("POST", MODEL, BODY), BODY))[0] == 200
