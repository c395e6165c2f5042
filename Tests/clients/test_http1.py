"""HTTP/1 as old, careful and careless clients speak it: Expect, HTTP/1.0, pipelines, and heads that could be read in two ways."""

import io
import json
import re
import socket
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.handlers import add_expect_header
from processes import Emulator
from raw_http import FAST, HOST, JSON, connect, receive, request
from support import KEY, REGION, SECRET

MODEL = "us.amazon.nova-pro-v1:0"
CONVERSE = f"/model/{MODEL}/converse"
BODY = json.dumps(
    {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 20}}
).encode()
CLOCK = "/_emulator/clock"


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--no-auth")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def signed_server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST)
    yield server
    assert server.stop() == 0


def head(*fields, version="1.1", method="POST", target=CONVERSE, length=len(BODY)):
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in fields)]
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()


def exchange(server, data):
    with connect(server.url) as connection:
        connection.sendall(data)
        return receive(connection)


def one_reply(connection) -> tuple[str, bytes]:
    """The head and body of one reply whose length is announced."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        assert part, f"closed after {data!r}"
        data += part
    text, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", text)[1])
    while len(body) < length:
        body += connection.recv(65_536)
    return text.decode(), body


# Expect


def test_a_body_is_asked_for_once_its_head_is_accepted(server):
    with connect(server.url) as connection:
        connection.sendall(head(*JSON, ("Expect", "100-continue")))
        assert connection.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        text, body = one_reply(connection)
        assert text.startswith("HTTP/1.1 200") and b"output" in body
        connection.sendall(head(*JSON) + BODY)
        assert one_reply(connection)[0].startswith("HTTP/1.1 200"), "the connection can be used again"


def test_a_head_that_is_refused_gets_no_body(signed_server):
    """Whether a body follows a refusal, only the client knows, so the connection ends."""
    with connect(signed_server.url) as connection:
        connection.sendall(head(*JSON, ("Expect", "100-continue"), length=20_000_000))
        reply = receive(connection)
    assert reply.startswith(b"HTTP/1.1 403") and b"100 Continue" not in reply
    assert b"connection: close" in reply.lower()


def test_a_body_that_would_be_too_long_is_not_asked_for(server):
    with connect(server.url) as connection:
        connection.sendall(head(*JSON, ("Expect", "100-continue"), length=20_000_000_000))
        reply = receive(connection)
    assert reply.startswith(b"HTTP/1.1 413") and b"100 Continue" not in reply


def test_another_expectation_is_refused(server):
    assert exchange(server, head(*JSON, ("Expect", "a miracle"))).startswith(b"HTTP/1.1 417")


def test_http_1_0_expects_nothing(server):
    reply = exchange(server, head(*JSON, ("Expect", "100-continue"), version="1.0") + BODY)
    assert reply.startswith(b"HTTP/1.0 200")


def test_boto3_with_a_file_as_the_body(signed_server):
    """botocore sends Expect with such a body to S3, and with this handler to Bedrock too; it waits for the answer."""
    seen = []
    client = boto3.client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=signed_server.url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-call.bedrock-runtime", add_expect_header)
    client.meta.events.register(
        "before-send.*.*", lambda request, **_: seen.append(request.headers.get("Expect"))
    )
    body = io.BytesIO(json.dumps({"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}).encode())
    reply = client.invoke_model(modelId="openai.gpt-oss-20b-1:0", body=body)
    assert "choices" in json.loads(reply["body"].read())
    assert seen in ([b"100-continue"], ["100-continue"])


def test_curl_with_a_large_body(server, tmp_path):
    file = tmp_path / "body"
    file.write_bytes(b"a" * 3_000_000)
    done = subprocess.run(
        ["curl", "-sSv", "-H", "Expect: 100-continue", "--data-binary", f"@{file}", server.url + CONVERSE],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "< HTTP/1.1 100 Continue" in done.stderr and "< HTTP/1.1 400" in done.stderr


# HTTP/1.0


def test_http_1_0_ends_the_connection(server):
    reply = exchange(server, head(version="1.0", target=CLOCK, method="GET", length=0))
    assert reply.startswith(b"HTTP/1.0 403"), "the control API needs a Host"
    reply = exchange(server, head(*JSON, version="1.0") + BODY)
    assert reply.startswith(b"HTTP/1.0 200") and b"output" in reply and b"connection: close" in reply.lower()


def test_http_1_0_keeps_the_connection_if_asked(server):
    with connect(server.url) as connection:
        for _ in range(3):
            connection.sendall(head(*JSON, ("Connection", "keep-alive"), version="1.0") + BODY)
            text, body = one_reply(connection)
            assert text.startswith("HTTP/1.0 200") and "connection: keep-alive" in text.lower() and b"output" in body


@pytest.mark.parametrize("fields", [[], [("Connection", "keep-alive")]])
def test_http_1_0_gets_no_chunks(server, fields):
    """Only the end of the connection shows where such a stream ends, whatever the client asked for."""
    data = head(*JSON, *fields, version="1.0", target=f"{CONVERSE}-stream") + BODY
    text, _, body = exchange(server, data).partition(b"\r\n\r\n")
    assert text.startswith(b"HTTP/1.0 200") and b"connection: close" in text.lower()
    assert b"chunked" not in text.lower() and b"content-length" not in text.lower()
    # The frame's length is its first four bytes, so nothing stands before it.
    assert len(body) > int.from_bytes(body[:4]) > 0 and b"messageStop" in body


def test_http_1_0_has_no_chunks_either(server):
    data = f"POST {CONVERSE} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode()
    assert exchange(server, data).startswith(b"HTTP/1.0 400")


# Connections


def test_requests_in_one_piece_are_answered_in_their_order(server):
    with connect(server.url) as connection:
        connection.sendall(b"".join(head(*JSON) + BODY for _ in range(20)) + request("GET", CLOCK, [HOST]))
        reply = receive(connection)
    assert reply.count(b"HTTP/1.1 200") == 21 and b'"now"' in reply.rpartition(b"HTTP/1.1 200")[2]


def test_nothing_follows_the_last_request(server):
    data = request("GET", CLOCK, [HOST]) + request("GET", CLOCK, [HOST])
    assert exchange(server, data).count(b"HTTP/1.1 200") == 1


def test_curl_asks_for_http_2_twice(server):
    """It offers HTTP/2 by Upgrade on each connection. The second request must not wait on the first one's."""
    url = server.url + CLOCK
    done = subprocess.run(
        ["curl", "-sS", "--http2", "-m", "10", "-w", "%{http_version} %{http_code}\n", "-o", "/dev/null", url, "-o", "/dev/null", url],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == "1.1 200\n" * 2, done.stderr


OTHER_PROTOCOLS = {
    "CONNECT": b"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
    "WebSocket": head(*JSON, ("Connection", "Upgrade"), ("Upgrade", "websocket")) + BODY,
    "HTTP/2": head(*JSON, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")) + BODY,
}


@pytest.mark.parametrize("what", OTHER_PROTOCOLS)
def test_another_protocol_is_not_spoken_and_ends_the_connection(server, what):
    reply = exchange(server, OTHER_PROTOCOLS[what])
    assert reply.startswith(b"HTTP/1.1 4" if what == "CONNECT" else b"HTTP/1.1 200")
    assert b"connection: close" in reply.lower() and b"101" not in reply[:20]


def test_a_client_that_closes_its_side_is_answered(server):
    with connect(server.url) as connection:
        connection.sendall(head(HOST, target=CLOCK, method="GET", length=0))
        connection.shutdown(socket.SHUT_WR)
        assert receive(connection).startswith(b"HTTP/1.1 200")


def test_half_a_request_is_refused(server):
    with connect(server.url) as connection:
        connection.sendall(head(*JSON) + BODY[:10])
        connection.shutdown(socket.SHUT_WR)
        assert receive(connection)[:12] in (b"HTTP/1.1 400", b"")


def test_head_has_no_body(server):
    with connect(server.url) as connection:
        connection.sendall(head(HOST, target=CLOCK, method="HEAD", length=0))
        connection.sendall(request("GET", CLOCK, [HOST]))
        text, _, rest = receive(connection).partition(b"\r\n\r\n")
    assert rest.startswith(b"HTTP/1.1 200"), "what follows the head is the next reply"


def test_every_reply_has_its_date(server):
    reply = exchange(server, request("GET", CLOCK, [HOST]))
    assert re.search(rb"(?i)\r\ndate: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\r\n", reply)


LINE = f"POST {CONVERSE} HTTP/1.1\r\n".encode()
ODD = {
    "no Host": LINE + b"Content-Length: 0\r\n\r\n",
    "two Hosts": LINE + b"Host: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n",
    "two lengths": LINE + b"Host: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
    "a length and chunks": LINE + b"Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": LINE + b"Host: a\r\nTransfer-Encoding: x, y\r\n\r\n0\r\n\r\n",
    "chunks twice": LINE + b"Host: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a negative length": LINE + b"Host: a\r\nContent-Length: -1\r\n\r\n",
    "a length that overflows": LINE + b"Host: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "a blank before the colon": LINE + b"Host: a\r\nContent-Length : 0\r\n\r\n",
    "a folded line": LINE + b"Host: a\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.2": f"POST {CONVERSE} HTTP/1.2\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode(),
    "HTTP/2.0 in a line": f"POST {CONVERSE} HTTP/2.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode(),
    "HTTP/0.9": b"GET /\r\n\r\n",
    "half a preface": b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    "a head of 90 kB": LINE + b"Host: a\r\nX-A: " + b"a" * 90_000 + b"\r\n\r\n",
    "many fields": LINE + b"Host: a\r\n" + b"X-A: b\r\n" * 2_000 + b"\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
}


@pytest.mark.parametrize("what", ODD)
def test_what_could_be_read_in_two_ways_is_refused(server, what):
    reply = exchange(server, ODD[what])
    assert reply == b"" or reply.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), reply[:200]
    assert reply.count(b"HTTP/1.") <= 1
