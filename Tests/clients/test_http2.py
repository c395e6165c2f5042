"""HTTP/2 by prior knowledge on the port of HTTP/1: Node's client, curl, httpx, and clients that mean harm."""

import json
import shutil
import struct
import subprocess
import threading
from random import Random

import httpx
import pytest
from emulator_control import control_of, eventually
from http2_raw import Connection, head
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
)
from processes import Emulator
from raw_http import FAST, JSON, connect, request, send, signed
from support import ROOT
from test_emulator_limits import memory_mb

CONVERSE = "/model/us.amazon.nova-pro-v1:0/converse"
BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}).encode()
TYPE = ("content-type", "application/json")
NO_ERROR, PROTOCOL_ERROR, CALM = 0, 1, 11


@pytest.fixture(scope="module")
def server(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST, "--no-auth")
    yield server
    assert server.stop() == 0


@pytest.fixture
def serves(server):
    """Sees that the server still serves after an attack."""
    yield
    assert send(server.url, request("POST", CONVERSE, JSON, BODY))[0] == 200


def converse(connection, *fields, body=BODY):
    return connection.request(head("POST", CONVERSE, TYPE, *fields), body)


# Clients


def test_both_protocols_share_the_port(server):
    with Connection(server.url) as connection:
        status, body = connection.reply(converse(connection))
    assert status == "200" and "output" in json.loads(body)
    assert send(server.url, request("POST", CONVERSE, JSON, BODY))[0] == 200


def test_a_preface_that_comes_byte_for_byte(server):
    with Connection(server.url) as connection:
        pass
    plain = connect(server.url)
    for byte in b"POST ":
        plain.sendall(bytes([byte]))
    plain.sendall(request("POST", CONVERSE, JSON, BODY)[5:])
    assert plain.recv(12) == b"HTTP/1.1 200"
    plain.close()


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_node(bedquota, environment):
    """Node's own client: many requests at once on one connection, a stream, a request that is given up, and a signature."""
    server = Emulator(bedquota, environment, *FAST)
    try:
        port = server.url.rpartition(":")[2]
        path = CONVERSE.replace(":", "%3A")
        headers = dict(signed("POST", path, BODY, host=f"127.0.0.1:{port}"))
        stream_path = f"{path}-stream"
        stream_headers = dict(signed("POST", stream_path, BODY, host=f"127.0.0.1:{port}"))
        asked = {
            "url": server.url,
            "body": BODY.decode(),
            "plain": {"path": path, "headers": headers},
            "stream": {"path": stream_path, "headers": stream_headers},
        }
        done = subprocess.run(
            ["node", ROOT / "Tests/clients/http2_client.mjs"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        assert result["statuses"] == [200] * 50
        assert result["stream"]["status"] == 200
        assert result["stream"]["type"] == "application/vnd.amazon.eventstream"
        assert result["stream"]["bytes"] > 1_000
        assert result["refused"] == 403
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("flag, version", [("--http2-prior-knowledge", "2"), ("--http2", "1.1"), ("--http1.1", "1.1")])
def test_curl(server, flag, version):
    done = subprocess.run(
        ["curl", "-sS", flag, "-w", "\n%{http_version} %{http_code}", "-d", BODY.decode(), server.url + CONVERSE],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.endswith(f"\n{version} 200"), done.stderr


def test_httpx(server):
    with httpx.Client(http1=False, http2=True, base_url=server.url) as client:
        reply = client.post(CONVERSE, content=BODY, headers=dict([TYPE]))
        assert reply.status_code == 200 and reply.http_version == "HTTP/2"
        with client.stream("POST", f"{CONVERSE}-stream", content=BODY, headers=dict([TYPE])) as stream:
            assert stream.status_code == 200 and len(b"".join(stream.iter_bytes())) > 500


def test_a_hundred_requests_at_once(server):
    with Connection(server.url) as connection:
        streams = [converse(connection) for _ in range(100)]
        assert {connection.reply(stream)[0] for stream in streams} == {"200"}


def test_expect_is_answered_before_the_body(server):
    with Connection(server.url) as connection:
        fields = head("POST", CONVERSE, TYPE, ("expect", "100-continue"))
        stream = connection.request(fields, None)
        connection.h2.send_data(stream, BODY, end_stream=True)
        connection.flush()
        assert connection.reply(stream)[0] == "200"


def test_head_has_no_body(server):
    with Connection(server.url) as connection:
        stream = connection.request(head("HEAD", "/foundation-models"))
        status, body = connection.reply(stream)
        assert status in ("200", "404", "403") and body == b""


# Work and its clients


def stalled(connection, control):
    stream = converse(connection)
    eventually(lambda: control.in_flight() == 1, "in flight")
    return stream


def test_a_stream_that_is_reset_ends_its_request(server):
    control = control_of(server)
    control.reset()
    control.faults(stall=1)
    with Connection(server.url) as connection:
        connection.h2.reset_stream(stalled(connection, control), 8)
        connection.flush()
        eventually(lambda: control.in_flight() == 0, "over when its stream is reset")
        control.faults()
        assert connection.reply(converse(connection))[0] == "200", "the connection is as good as before"


def test_a_connection_that_is_closed_ends_its_requests(server):
    control = control_of(server)
    control.reset()
    control.faults(stall=1)
    with Connection(server.url) as connection:
        stalled(connection, control)
    eventually(lambda: control.in_flight() == 0, "over when the client has left")
    control.faults()


def test_a_client_that_does_not_read_is_not_written_to(server):
    """Streams flow with backpressure: a window of nothing holds the reply, not the server's memory."""
    long = json.dumps(
        {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 5_000}}
    ).encode()
    before = memory_mb(server)
    with Connection(server.url) as connection:
        connection.h2.update_settings({4: 0})
        connection.flush()
        streams = [connection.request(head("POST", f"{CONVERSE}-stream", TYPE), long) for _ in range(50)]
        connection.until(lambda: len(connection.statuses) == 50)
        assert not connection.bodies
        assert memory_mb(server) - before < 100
        connection.h2.update_settings({4: 1_000_000})
        connection.flush()
        assert all(connection.reply(stream)[1] for stream in streams)


def test_a_large_body_comes_whole(server):
    """Larger than any window; it is no JSON, so its refusal shows that all of it was read."""
    with Connection(server.url) as connection:
        status, body = connection.reply(converse(connection, body=b"a" * 3_000_000))
        assert status == "400" and b"message" in body


@pytest.mark.parametrize("length", ["25000000000", None])
def test_a_body_that_is_too_long(server, serves, length):
    with Connection(server.url) as connection:
        fields = [("content-length", length)] if length else []
        stream = connection.request(head("POST", CONVERSE, TYPE, *fields), None)
        if not length:
            sender = threading.Thread(target=fill, args=(connection, stream, 27_000_000), daemon=True)
            sender.start()
            sender.join(30)
        connection.until(lambda: stream in connection.statuses or connection.gone)
        assert connection.statuses.get(stream) == "413"


def fill(connection, stream, count):
    while count > 0 and stream not in connection.statuses and not connection.is_closed:
        size = min(connection.h2.local_flow_control_window(stream), connection.h2.max_outbound_frame_size, count)
        if size:
            connection.h2.send_data(stream, bytes(size))
            connection.flush()
            count -= size
        else:
            connection.receive()


# Harm


def test_rapid_resets_end_the_connection(server, serves):
    """CVE-2023-44487: requests that are taken back as fast as they are made."""
    with Connection(server.url) as connection:
        for _ in range(2_000):
            if connection.is_closed:
                break
            stream = connection.h2.get_next_available_stream_id()
            connection.h2.send_headers(stream, head("POST", CONVERSE, TYPE))
            connection.h2.reset_stream(stream, 8)
            connection.flush()
        connection.until_closed()
        assert connection.is_closed and connection.gone in (CALM, None)


def headers_frame(connection, stream, fields, end_headers=True):
    frame = HeadersFrame(stream)
    frame.data = connection.h2.encoder.encode(fields)
    frame.flags.add("END_STREAM")
    if end_headers:
        frame.flags.add("END_HEADERS")
    return frame


def test_a_flood_of_continuations_ends_the_connection(server, serves):
    """CVE-2024-27316: a head that never ends."""
    before = memory_mb(server)
    with Connection(server.url) as connection:
        connection.send(headers_frame(connection, 1, head("POST", CONVERSE), end_headers=False))
        for index in range(20_000):
            if connection.is_closed:
                break
            frame = ContinuationFrame(1)
            frame.data = connection.h2.encoder.encode([(f"x-{index}", "a" * 1_000)])
            connection.send(frame)
        connection.until_closed()
        assert connection.is_closed
    assert memory_mb(server) - before < 50


def test_a_head_that_is_too_long(server, serves):
    with Connection(server.url) as connection:
        fields = [(f"x-{index}", "a" * 1_000) for index in range(90)]
        stream = connection.request(head("POST", CONVERSE, TYPE, *fields), BODY)
        assert connection.reply(stream)[0] != "200"


def test_a_head_that_unpacks_to_much(server, serves):
    """One field of the table, named again and again: small on the wire, large in memory."""
    before = memory_mb(server)
    with Connection(server.url) as connection:
        field = ("x-bomb", "a" * 3_000)
        stream = connection.h2.get_next_available_stream_id()
        connection.send(headers_frame(connection, stream, head("POST", CONVERSE) + [field] * 4_000))
        connection.until(lambda: stream in connection.statuses or stream in connection.resets or connection.gone)
        assert connection.statuses.get(stream) != "200"
    assert memory_mb(server) - before < 100


FLOODS = {
    "pings": lambda index: PingFrame(0, struct.pack(">Q", index)),
    "settings": lambda index: SettingsFrame(0, {4: 65_535 + index % 10}),
    "priorities": lambda index: PriorityFrame(2 * index + 1, depends_on=0, stream_weight=1),
    "resets of nothing": lambda index: RstStreamFrame(1, 8),
    "empty data": lambda index: DataFrame(1),
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_ends_the_connection(server, serves, what):
    before = memory_mb(server)
    with Connection(server.url) as connection:
        connection.request(head("POST", CONVERSE, TYPE), None)
        for index in range(20_000):
            if connection.is_closed:
                break
            connection.send(FLOODS[what](index))
        connection.until_closed()
        assert connection.is_closed
    assert memory_mb(server) - before < 50


def test_more_streams_than_allowed(server, serves):
    control = control_of(server)
    control.reset()
    control.faults(stall=1)
    with Connection(server.url) as connection:
        # Before the server's settings are read, which say how many it takes.
        for _ in range(150):
            connection.request(head("POST", CONVERSE, TYPE), BODY)
        connection.until(lambda: len(connection.resets) >= 50 or connection.gone is not None)
        assert connection.gone is not None or connection.resets
    control.faults()
    eventually(lambda: control.in_flight() == 0, "over when the client has left")


HEADS = {
    "no path": head("POST", None, TYPE),
    "no method": head(None, CONVERSE, TYPE),
    "no scheme": head("POST", CONVERSE, TYPE, scheme=None),
    "an empty path": head("POST", "", TYPE),
    "two paths": head("POST", CONVERSE, TYPE) + [(":path", "/x")],
    "two methods": [(":method", "GET")] + head("POST", CONVERSE, TYPE),
    "a pseudo header of replies": [(":status", "200")] + head("POST", CONVERSE, TYPE),
    "an unknown pseudo header": [(":x", "y")] + head("POST", CONVERSE, TYPE),
    "a pseudo header after the others": [("x-a", "b")] + head("POST", CONVERSE, TYPE),
    "upper case": head("POST", CONVERSE, ("X-Upper", "a")),
    "a field of a connection": head("POST", CONVERSE, TYPE, ("connection", "keep-alive")),
    "chunks": head("POST", CONVERSE, TYPE, ("transfer-encoding", "chunked")),
    "a line end in a value": head("POST", CONVERSE, TYPE, ("x-a", "b\r\nx-c: d")),
    "a line end in the path": head("POST", f"{CONVERSE} HTTP/1.1\r\nx: y", TYPE),
    "another length": head("POST", CONVERSE, TYPE, ("content-length", "3")),
    "two lengths": head("POST", CONVERSE, TYPE, ("content-length", "60"), ("content-length", "61")),
    "two hosts": head("POST", CONVERSE, TYPE, ("host", "a"), ("host", "b")),
}


@pytest.mark.parametrize("what", HEADS)
def test_a_malformed_head_is_refused(server, serves, what):
    with Connection(server.url) as connection:
        stream = connection.request(HEADS[what], BODY)
        connection.until(lambda: stream in connection.statuses or stream in connection.resets or connection.gone is not None)
        status = connection.statuses.get(stream)
        assert status is None or status.startswith("4"), status


def test_random_frames(server, serves):
    """Whatever comes after a good preface, the server serves on."""
    for seed in range(50):
        with Connection(server.url) as connection:
            connection.raw(Random(seed).randbytes(4_096))
            # Some of them begin a frame that has not come whole.
            connection.end()
            connection.until_closed()
