"""Requests over HTTP/2 that would be another request, or two, once they are written as HTTP/1 to AWS. Floods are in test_http2.py: it is the
same server."""

import json

import pytest
from http2_raw import Connection, head
from hyperframe.frame import DataFrame
from processes import Emulator, Gateway
from raw_http import FAST
from raw_recorder import RawRecorder
from support import with_credentials
from test_http2 import BODY, CONVERSE, HEADS, TYPE

HIDDEN = b"POST /model/hidden/converse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def behind(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST)
    with RawRecorder(emulator.url) as recorder:
        gateway = Gateway(bedquota, with_credentials(environment), recorder.url)
        yield gateway, recorder
        with Connection(gateway.url) as connection:
            assert connection.reply(connection.request(head("POST", CONVERSE, TYPE), BODY))[0] == "200"
        assert not any("hidden" in request.target for request in recorder.requests())
        assert gateway.stop() == 0
    assert emulator.stop() == 0


MORE = {
    "a coding of transfer": head("POST", CONVERSE, TYPE, ("transfer-encoding", "chunked, identity")),
    "te": head("POST", CONVERSE, TYPE, ("te", "gzip")),
    "an upgrade": head("POST", CONVERSE, TYPE, ("upgrade", "websocket")),
    "a proxy's connection": head("POST", CONVERSE, TYPE, ("proxy-connection", "keep-alive")),
    "a request in a value": head("POST", CONVERSE, TYPE, ("x-a", "b\r\n\r\n" + HIDDEN.decode())),
    "a request in a name": head("POST", CONVERSE, TYPE, ("x-a: b\r\n\r\nget / http/1.1\r\nx", "y")),
    "a request in the method": head("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST", CONVERSE, TYPE),
    "a request in the authority": head("POST", CONVERSE, TYPE, authority="127.0.0.1\r\nX-A: b"),
    "a colon in a name": head("POST", CONVERSE, TYPE, ("x-a:b", "c")),
    "a blank in a name": head("POST", CONVERSE, TYPE, ("x a", "c")),
    "no name": head("POST", CONVERSE, TYPE, ("", "c")),
    "a NUL": head("POST", CONVERSE, TYPE, ("x-a", "b\0c")),
    "an absolute path": head("POST", "http://elsewhere.example" + CONVERSE, TYPE),
    "a path without its slash": head("POST", CONVERSE[1:], TYPE),
    "dots": head("POST", "/model/x/../y/converse", TYPE),
    "another authority": head("POST", CONVERSE, TYPE, authority="elsewhere.example"),
    "an authority and another host": head("POST", CONVERSE, TYPE, ("host", "elsewhere.example")),
    "no authority and no host": head("POST", CONVERSE, TYPE, authority=None),
    "two authorizations": head("POST", CONVERSE, TYPE, ("authorization", "Bearer a"), ("authorization", "Bearer b")),
    "a length with a sign": head("POST", CONVERSE, TYPE, ("content-length", f"+{len(BODY)}")),
    "a connect": head("CONNECT", None, TYPE, scheme=None),
    "a connect with a protocol": head("CONNECT", CONVERSE, TYPE, (":protocol", "websocket")),
}


@pytest.mark.parametrize("fields", [*HEADS.values(), *MORE.values()], ids=[*HEADS, *MORE])
def test_what_is_malformed_goes_nowhere(behind, fields):
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url) as connection:
        stream = connection.request(fields, BODY)
        connection.until(lambda: stream in connection.statuses or stream in connection.resets or connection.gone is not None)
        status = connection.statuses.get(stream)
        assert status is None or status[0] == "4" or status == "501", status
    assert not recorder.to_models(before)


@pytest.mark.parametrize("length", [0, 3, len(BODY) + 1, 10**12])
def test_a_body_of_another_length(behind, length):
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url) as connection:
        stream = connection.request(head("POST", CONVERSE, TYPE, ("content-length", str(length))), BODY)
        connection.until(lambda: stream in connection.ended or stream in connection.resets or connection.gone is not None)
        assert connection.statuses.get(stream) != "200"
    assert not recorder.to_models(before)


def test_a_body_that_is_a_request_stays_a_body(behind):
    """It has no length of its own, so the gateway gives it one."""
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url) as connection:
        status, body = connection.reply(connection.request(head("POST", CONVERSE, TYPE), HIDDEN))
    assert status == "400", body
    for request in recorder.to_models(before):
        assert request.target == CONVERSE and request.body == HIDDEN


def test_trailers_are_no_headers(behind):
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url) as connection:
        stream = connection.h2.get_next_available_stream_id()
        connection.h2.send_headers(stream, head("POST", CONVERSE, TYPE))
        connection.h2.send_data(stream, BODY)
        connection.h2.send_headers(stream, [("authorization", "Bearer x"), ("x-trailer", "1")], end_stream=True)
        connection.flush()
        status, body = connection.reply(stream)
    assert status == "200" and "output" in json.loads(body)
    (request,) = recorder.to_models(before)
    assert request.body == BODY and not request.values("x-trailer")


def test_data_after_the_end_is_no_second_body(behind):
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url) as connection:
        stream = connection.request(head("POST", CONVERSE, TYPE), BODY)
        late = DataFrame(stream)
        late.data = HIDDEN
        connection.send(late)
        connection.until(lambda: stream in connection.ended or stream in connection.resets or connection.gone is not None)
    assert [request.body for request in recorder.to_models(before)] in ([BODY], [])


def test_a_slow_body_is_let_go(behind):
    gateway, recorder = behind
    before = recorder.mark()
    with Connection(gateway.url, timeout=40) as connection:
        stream = connection.h2.get_next_available_stream_id()
        connection.h2.send_headers(stream, head("POST", CONVERSE, TYPE))
        connection.h2.send_data(stream, BODY[:10])
        connection.flush()
        connection.until(lambda: stream in connection.ended or stream in connection.resets or connection.gone is not None)
        assert connection.statuses.get(stream) != "200"
    assert not recorder.to_models(before)
