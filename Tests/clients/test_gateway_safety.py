"""What the gateway lets nobody do: to the account, to other callers, to the one who runs it."""

import hashlib
import json
import socket
import ssl
from contextlib import contextmanager

import pytest
from certificates import Authority
from emulator_control import Control, eventually
from malformed import NOVA
from processes import Emulator, Gateway
from raw_http import FAST, connect, receive, request, send, signed
from raw_recorder import RawRecorder
from support import with_credentials

BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 5}}).encode()
MESSAGES = {"max_tokens": 5, "messages": [{"role": "user", "content": "Hi"}]}
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CONVERSE = f"/model/{NOVA}/converse"
HOST = ("Host", "127.0.0.1")
TYPE = ("Content-Type", "application/json")
SECRETS = {"CHAT": "c" * 32, "CI": "i" * 32, "ADMIN": "a" * 32}
KEYS = """
listen: 127.0.0.1:0
models: {quick: %s, clever: %s}
keys:
  chat: {secret: "${CHAT}"}
  ci: {secret: "${CI}", models: [us.amazon.*], tokens_per_day: 1M, max_body: 10kB}
""" % (NOVA, CLAUDE)


def bearer(secret: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {SECRETS[secret]}")


@contextmanager
def gateway(bedquota, environment, upstream, text="", tmp_path=None, *options):
    settings = with_credentials(environment) | SECRETS
    if text:
        (tmp_path / "gateway.yaml").write_text(text, encoding="utf-8")
        options = ("--config", str(tmp_path / "gateway.yaml"), *options)
    running = Gateway(bedquota, settings, upstream, *options)
    try:
        yield running
        assert running.stop() == 0
    finally:
        log = running.read_log()
        assert not [name for name, secret in SECRETS.items() if secret in log], "a secret in the log"


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST)
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="module")
def recorder(emulator):
    with RawRecorder(emulator.url) as recorder:
        yield recorder


@pytest.fixture(scope="module")
def keyed(bedquota, environment, recorder, tmp_path_factory):
    with gateway(bedquota, environment, recorder.url, KEYS, tmp_path_factory.mktemp("keyed")) as running:
        yield running


@pytest.fixture(scope="module")
def open_one(bedquota, environment, recorder):
    with gateway(bedquota, environment, recorder.url) as running:
        yield running


def post(running, path, body, *headers):
    status, reply = send(running.url, request("POST", path, [HOST, TYPE, *headers], body))
    return status, json.loads(reply) if reply else None


# Names of models


@pytest.mark.parametrize("operation", ["converse", "invoke"])
def test_a_name_in_a_path_becomes_the_id(keyed, recorder, operation):
    mark = recorder.mark()
    assert post(keyed, f"/model/quick/{operation}", BODY, bearer("CHAT"))[0] == 200
    (sent,) = recorder.to_models(mark)
    assert sent.target.replace("%3A", ":") == f"/model/{NOVA}/{operation}" and sent.body == BODY


def test_a_name_in_a_body_becomes_the_id_and_nothing_else_changes(keyed, recorder):
    mark = recorder.mark()
    body = json.dumps({"messages": MESSAGES["messages"], "model": "clever", "max_tokens": 5}, indent=1).encode()
    status, reply = post(keyed, "/anthropic/v1/messages", body, bearer("CHAT"), ("anthropic-version", "2023-06-01"))
    assert status == 200, reply
    (sent,) = [request for request in recorder.requests(mark) if request.target.startswith("/anthropic")]
    assert sent.body == body.replace(b"clever", CLAUDE.encode())
    assert sent.values("content-length") == [str(len(sent.body))]
    assert not sent.values("x-amz-content-sha256") or sent.values("x-amz-content-sha256") == [hashlib.sha256(sent.body).hexdigest()]


def test_a_name_is_counted_by_its_id(keyed, recorder):
    mark = recorder.mark()
    body = json.dumps({"input": {"converse": {"messages": json.loads(BODY)["messages"]}}}).encode()
    post(keyed, "/model/clever/count-tokens", body, bearer("CHAT"))
    (sent,) = recorder.to_models(mark)
    assert sent.target.replace("%3A", ":") == f"/model/{CLAUDE}/count-tokens"


# A caller with a key


@pytest.mark.parametrize("path", ["/model/clever/converse", f"/model/{CLAUDE}/converse", f"/model/{CLAUDE}/count-tokens"])
def test_a_key_opens_its_models_only(keyed, recorder, path):
    mark = recorder.mark()
    status, reply = post(keyed, path, BODY, bearer("CI"))
    assert status == 403 and "may not invoke" in reply["message"]
    assert not recorder.to_models(mark)


def test_a_key_sees_its_models_only(keyed):
    status, reply = send(keyed.url, request("GET", "/v1/models", [HOST, bearer("CI")]))
    ids = [model["id"] for model in json.loads(reply)["data"]]
    assert status == 200 and "quick" in ids and "clever" not in ids and not [id for id in ids if "anthropic" in id]


@pytest.mark.parametrize("path", ["/async-invoke", "/model-invocation-job"])
def test_a_budget_is_not_spent_where_nobody_counts(keyed, recorder, path):
    mark = recorder.mark()
    status, reply = post(keyed, path, b"{}", bearer("CI"))
    assert status == 403 and "budget" in reply["message"]
    assert not [request for request in recorder.requests(mark) if request.target == path]
    # AWS says what is wrong with it.
    assert post(keyed, path, b"{}", bearer("CHAT"))[0] == 400


def test_a_body_is_bounded_by_its_key(keyed):
    large = BODY + b" " * 20_000
    assert send(keyed.url, request("POST", CONVERSE, [HOST, TYPE, bearer("CI")], large))[0] == 413
    assert post(keyed, CONVERSE, large, bearer("CHAT"))[0] == 200


def test_hanging_up_is_no_way_around_a_budget(bedquota, environment, tmp_path):
    """The reply is lost, and AWS may have written it."""
    emulator = Emulator(bedquota, environment, *FAST)
    text = KEYS + "admin: {secret: '${ADMIN}'}\n"
    with gateway(bedquota, environment, emulator.url, text, tmp_path) as running:

        def used() -> int:
            status, reply = send(running.url, request("GET", "/status", [HOST, bearer("ADMIN")]))
            assert status == 200
            return {caller["name"]: caller for caller in json.loads(reply)["callers"]}["ci"].get("tokensToday", 0)

        assert used() == 0
        control = Control(emulator.url)
        control.faults(stall=1)
        with connect(running.url) as connection:
            connection.sendall(request("POST", CONVERSE, [HOST, TYPE, bearer("CI")], BODY))
            eventually(lambda: control.in_flight() == 1, "at the model")
        eventually(lambda: control.in_flight() == 0, "given up")
        eventually(lambda: used() > 0, "charged")
    assert emulator.stop() == 0


# A caller without a key


def test_failures_beyond_a_few_end_their_connections_and_valid_keys_go_on(keyed):
    wrong = request("POST", CONVERSE, [HOST, TYPE, ("Authorization", "Bearer wrong")], BODY).replace(b"Connection: close\r\n", b"")
    with connect(keyed.url, timeout=5) as connection:
        connection.sendall(wrong * 200)
        reply = receive(connection)
    assert 0 < reply.count(b"HTTP/1.1 403") < 200 and reply.count(b"Connection: close") <= 1
    assert post(keyed, CONVERSE, BODY, bearer("CHAT"))[0] == 200


def test_a_wrong_signature_for_a_known_key(keyed, recorder):
    mark = recorder.mark()
    headers = signed("POST", CONVERSE, BODY, key="chat", secret="x" * 32)
    status, reply = send(keyed.url, request("POST", CONVERSE, headers, BODY))
    other = signed("POST", CONVERSE, BODY, key="nobody", secret="x" * 32)
    assert (status, send(keyed.url, request("POST", CONVERSE, other, BODY))[0]) == (403, 403)
    assert b"signature" in reply and not recorder.to_models(mark)
    right = signed("POST", CONVERSE, BODY, key="chat", secret=SECRETS["CHAT"])
    assert send(keyed.url, request("POST", CONVERSE, right, BODY))[0] == 200


@pytest.mark.parametrize("header", [("Origin", "http://page.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")])
@pytest.mark.parametrize("path", [CONVERSE, "/metrics", "/status", "/v1/models"])
def test_a_web_page_gets_nothing(open_one, recorder, header, path):
    mark = recorder.mark()
    method = "POST" if path == CONVERSE else "GET"
    assert send(open_one.url, request(method, path, [HOST, header], BODY if method == "POST" else b""))[0] == 403
    assert not recorder.to_models(mark)


def test_a_name_that_points_here_is_not_this_machine(open_one):
    assert send(open_one.url, request("GET", "/status", [("Host", "rebound.example")]))[0] == 403
    assert send(open_one.url, request("POST", CONVERSE, [("Host", "rebound.example"), TYPE], BODY))[0] == 403


@pytest.mark.parametrize("region", ["us-evil-9", "evil.example", "us-east-1.evil", "us-east-1/x", "US-EAST-1", ""])
@pytest.mark.parametrize("method, path", [("GET", "/foundation-models"), ("POST", CONVERSE)])
def test_a_signature_names_no_host(open_one, recorder, region, method, path):
    mark = recorder.mark()
    body = BODY if method == "POST" else b""
    status, reply = send(open_one.url, request(method, path, signed(method, path, body, region=region), body))
    # Without keys, a signature that can't be read is no signature, and the Region is the gateway's own.
    assert status in (400, 403) or region in ("evil.example", "us-east-1.evil", "us-east-1/x", "US-EAST-1", ""), (status, reply)
    assert all(request.values("host")[0].startswith("127.0.0.1") for request in recorder.requests(mark))
    assert not [request for request in recorder.requests(mark) if "evil" in request.values("authorization")[0]]


# The one who runs it


def test_pages_for_operators_on_an_address_of_their_own(bedquota, environment, emulator, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = KEYS + f"admin: {{listen: 127.0.0.1:{port}, secret: '${{ADMIN}}'}}\n"
    with gateway(bedquota, environment, emulator.url, text, tmp_path) as running:
        admin = f"http://127.0.0.1:{port}"
        for path in ("/metrics", "/status"):
            assert send(running.url, request("GET", path, [HOST, bearer("ADMIN")]))[0] == 404
            assert send(admin, request("GET", path, [HOST]))[0] == 403
            assert send(admin, request("GET", path, [HOST, bearer("CHAT")]))[0] == 403
            assert send(admin, request("GET", path, [HOST, bearer("ADMIN")]))[0] == 200
        assert send(admin, request("GET", "/livez", [HOST]))[0] == 200
        assert send(running.url, request("POST", CONVERSE, [HOST, ("Authorization", "Bearer wrong")], BODY))[0] == 403
        metrics = send(admin, request("GET", "/metrics", [HOST, bearer("ADMIN")]))[1]
        assert b'bedquota_authentication_failures_total{reason="unknown"} 1' in metrics
        assert send(admin, request("POST", CONVERSE, [HOST, bearer("CHAT")], BODY))[0] == 404
        assert f"127.0.0.1:{port}" in running.read_log()


def test_what_aws_says_of_the_gateways_identity_is_not_for_callers(bedquota, environment, tmp_path):
    emulator = Emulator(bedquota, environment, *FAST)
    settings = with_credentials(environment, secret="wrong") | SECRETS
    (tmp_path / "gateway.yaml").write_text(KEYS, encoding="utf-8")
    running = Gateway(bedquota, settings, emulator.url, "--config", str(tmp_path / "gateway.yaml"))
    paths = [CONVERSE, f"/model/{NOVA}/count-tokens", "/guardrail/a/version/1/apply"]
    for path in paths:
        status, reply = post(running, path, BODY, bearer("CHAT"))
        assert status == 502 and "gateway" in reply["message"], (path, status, reply)
    assert send(running.url, request("GET", "/foundation-models", [HOST, bearer("CHAT")]))[0] == 502
    assert running.stop() == 0 and emulator.stop() == 0


def test_a_request_has_a_deadline_from_its_head_to_its_last_byte(bedquota, environment, tmp_path):
    emulator = Emulator(bedquota, environment, *FAST)
    control = Control(emulator.url)
    with gateway(bedquota, environment, emulator.url, KEYS + "queue: {max_wait: 1s}\nlimits: {time: 2s}\n", tmp_path) as running:
        control.faults(stall=1)
        for path in (CONVERSE, CONVERSE + "-stream"):
            with connect(running.url, timeout=120) as connection:
                connection.sendall(request("POST", path, [HOST, TYPE, bearer("CHAT")], BODY))
                eventually(lambda: control.in_flight() == 1, "it is at AWS, which never answers")
                # Nothing but the deadline ends it: the socket's own timeout is an error.
                reply = receive(connection)
            assert not reply.endswith(b"0\r\n\r\n") if path.endswith("-stream") else not reply.startswith(b"HTTP/1.1 200")
            eventually(lambda: control.in_flight() == 0, "given up")
    assert emulator.stop() == 0


def test_keys_travel_in_tls_of_this_decade(bedquota, environment, emulator, tmp_path):
    authority = Authority(tmp_path)
    cert, key = authority.server("good")
    text = KEYS + f"tls: {{cert: {cert}, key: {key}}}\n"
    settings = with_credentials(environment) | SECRETS
    (tmp_path / "gateway.yaml").write_text(text, encoding="utf-8")
    running = Gateway(bedquota, settings, emulator.url, "--config", str(tmp_path / "gateway.yaml"), anywhere=True)
    port = int(running.url.rpartition(":")[2])
    assert running.url.startswith("https://")

    def greet(version=None, protocols=("h2", "http/1.1")):
        context = ssl.create_default_context(cafile=str(authority.bundle))
        context.set_alpn_protocols(list(protocols))
        if version:
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.maximum_version = version
        with socket.create_connection(("127.0.0.1", port), 10) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                return secure.version(), secure.selected_alpn_protocol()

    assert greet() == ("TLSv1.3", "h2") and greet(ssl.TLSVersion.TLSv1_2)[0] == "TLSv1.2"
    assert greet(protocols=["http/1.1"])[1] == "http/1.1"
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        greet(ssl.TLSVersion.TLSv1_1)
    # A request in clear text is no request.
    status, _ = send(f"http://127.0.0.1:{port}", request("POST", CONVERSE, [HOST, bearer("CHAT")], BODY))
    assert status is None
    assert running.stop() == 0


def test_a_request_keeps_the_configuration_that_it_came_under(bedquota, environment, tmp_path):
    """While its body arrives, its key is withdrawn and the name of its model becomes another's."""
    emulator = Emulator(bedquota, environment, *FAST)
    with RawRecorder(emulator.url) as recorder, gateway(bedquota, environment, recorder.url, KEYS, tmp_path) as running:
        data = request("POST", "/model/quick/converse", [HOST, TYPE, bearer("CHAT")], BODY)
        with connect(running.url) as connection:
            connection.sendall(data[:-10])
            changed = KEYS.replace("quick: " + NOVA, "quick: " + CLAUDE).replace('chat: {secret: "${CHAT}"}', 'new: {secret: "${CHAT}x"}')
            assert changed.count("new") == 1
            (tmp_path / "gateway.yaml").write_text(changed.replace("${CHAT}x", "${ADMIN}"), encoding="utf-8")
            eventually(lambda: post(running, CONVERSE, BODY, bearer("CHAT"))[0] == 403, "read again")
            connection.sendall(data[-10:])
            assert receive(connection).startswith(b"HTTP/1.1 200")
        (sent,) = recorder.to_models()[-1:]
        assert sent.target.replace("%3A", ":") == f"/model/{NOVA}/converse"
    assert emulator.stop() == 0


def test_log_lines_and_labels_hold_nothing_of_strangers(bedquota, environment, emulator, tmp_path):
    log = tmp_path / "access.log"
    with gateway(bedquota, environment, emulator.url, f"listen: 127.0.0.1:0\naccess_log: {log}\n", tmp_path) as running:
        evil = 'x"},{"level":"error"\x1b[31m'.encode()
        send(running.url, b'GET /a"b\\c HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: ' + evil + b"\r\nConnection: close\r\n\r\n")
        headers = [HOST, TYPE, ("Authorization", "Bearer x\" y"), ("User-Agent", "\xff\xfe<script>")]
        send(running.url, request("POST", "/model/made.up%22%0Aname/converse", headers, BODY))
        send(running.url, request("POST", "/model/made.up-by-a-stranger/converse", [HOST, TYPE], BODY))
        metrics = send(running.url, request("GET", "/metrics", [HOST]))[1]
    assert b"stranger" not in metrics and b"<script>" not in metrics and b"\x1b" not in metrics
    lines = log.read_bytes().splitlines()
    assert len(lines) >= 2 and all(json.loads(line) for line in lines)
    assert not [line for line in lines if b"\x1b" in line or b"script" in line]
