"""Requests over HTTP/1 that two servers could read in two ways, or that never end: each is answered or its connection closed, and
what reaches AWS is one plain request each, or nothing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from malformed import NOVA
from processes import Emulator, Gateway
from raw_http import FAST, connect, receive
from raw_recorder import RawRecorder
from support import with_credentials

BODY = b'{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":5}}'
PATH = f"/model/{NOVA}/converse".encode()
LENGTH = b"Content-Length: %d" % len(BODY)
HOST = b"Host: 127.0.0.1"
# What an attacker wants to be read as a request of its own.
HIDDEN = b"POST /model/hidden/converse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


def message(*headers: bytes, body: bytes = BODY, target: bytes = PATH, version: bytes = b"HTTP/1.1", end: bytes = b"\r\n") -> bytes:
    return end.join([b"POST %s %s" % (target, version), *headers, b"", b""]) + body


@pytest.fixture(scope="module")
def behind(bedquota, environment):
    """A gateway, and the recorder of what it sends."""
    emulator = Emulator(bedquota, environment, *FAST)
    with RawRecorder(emulator.url) as recorder:
        gateway = Gateway(bedquota, with_credentials(environment), recorder.url)
        yield gateway, recorder
        assert send(gateway.url, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")[0] == [200]
        assert not any("hidden" in request.target for request in recorder.requests())
        assert gateway.stop() == 0
    assert emulator.stop() == 0


def send(url: str, data: bytes) -> tuple[list[int], bytes]:
    """Every status that came until the server closed the connection, and all that came."""
    with connect(url, timeout=4) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        reply = b""
        try:
            while part := connection.recv(65_536):
                reply += part
        except ConnectionResetError:
            pass
        except TimeoutError:
            # It waits for a body that was announced and that it has refused already.
            assert reply, "no reply, and the connection is open"
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", reply)], reply


def assert_refused(behind, data: bytes):
    """It gets one refusal or none, the connection ends, and nothing of it reached a model."""
    gateway, recorder = behind
    before = recorder.mark()
    statuses, reply = send(gateway.url, data)
    assert len(statuses) <= 1 and all(400 <= status < 500 or status in (501, 505) for status in statuses), reply[:400]
    assert not recorder.to_models(before)


def assert_passed(behind, data: bytes, times: int = 1):
    """AWS got the request whole, once, and in the one form that the gateway writes."""
    gateway, recorder = behind
    before = recorder.mark()
    statuses, reply = send(gateway.url, data)
    assert [status for status in statuses if status != 100] == [200] * times, reply[:400]
    new = recorder.to_models(before)
    assert [request.body for request in new] == [BODY] * times
    return new


CLOSE = b"Connection: close"

LENGTHS = {
    "two that differ": [LENGTH, b"Content-Length: 5"],
    "two alike": [LENGTH, LENGTH],
    "a list": [b"Content-Length: %d, %d" % (len(BODY), len(BODY))],
    "a sign": [b"Content-Length: +%d" % len(BODY)],
    "negative": [b"Content-Length: -1"],
    "hexadecimal": [b"Content-Length: 0x5b"],
    "two numbers": [b"Content-Length: 9 1"],
    "none": [b"Content-Length:"],
    "beyond 64 bits": [b"Content-Length: 18446744073709551617"],
    "beyond every limit": [b"Content-Length: 9223372036854775807"],
    "a blank in the name": [b"Content-Length : %d" % len(BODY)],
    "on two lines": [b"Content-Length:\r\n %d" % len(BODY)],
    "with a coding": [LENGTH, b"Transfer-Encoding: chunked"],
    "after a coding": [b"Transfer-Encoding: chunked", LENGTH],
}


@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS)
def test_lengths(behind, headers):
    assert_refused(behind, message(HOST, *headers, body=BODY + HIDDEN))


CODINGS = [
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: chunkedx",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding: \x0bchunked",
    b'Transfer-Encoding: "chunked"',
    b"Transfer-Encoding:",
    b"Transfer-Encoding : chunked",
    b"Transfer-Encoding\t: chunked",
    b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    b"X: y\nTransfer-Encoding: chunked",
    b"X: y\rTransfer-Encoding: chunked",
]


@pytest.mark.parametrize("header", CODINGS)
def test_codings(behind, header):
    assert_refused(behind, message(HOST, header, body=CHUNKED + HIDDEN))
    assert_refused(behind, message(HOST, header, LENGTH, body=CHUNKED + HIDDEN))


def test_a_coding_of_http_1_0(behind):
    assert_refused(behind, message(HOST, b"Transfer-Encoding: chunked", body=CHUNKED, version=b"HTTP/1.0"))


SIZES = [b"0x5b", b"-1", b"+5b", b" 5b", b"g", b"", b"1" * 17, b"5b\n", b"5b \x00", b"\xb2"]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_of_chunks(behind, size):
    chunked = size + b"\r\n" + BODY + b"\r\n0\r\n\r\n"
    assert_refused(behind, message(HOST, b"Transfer-Encoding: chunked", body=chunked + HIDDEN))


def test_a_chunk_that_is_longer_than_its_size(behind):
    chunked = b"5\r\n" + BODY + b"\r\n0\r\n\r\n"
    assert_refused(behind, message(HOST, b"Transfer-Encoding: chunked", body=chunked + HIDDEN))


def test_chunks_arrive_as_one_body_without_extensions_and_trailers(behind):
    trailer = b"Authorization: Bearer another\r\nX-Trailer: 1\r\n"
    chunked = b"5;name=value\r\n%s\r\n%x\r\n%s\r\n0\r\n%s\r\n" % (BODY[:5], len(BODY) - 5, BODY[5:], trailer)
    (request,) = assert_passed(behind, message(HOST, CLOSE, b"Transfer-Encoding: chunked", body=chunked))
    assert not request.values("x-trailer")


@pytest.mark.parametrize("name", [b"Content-Length", b"Transfer-Encoding"])
def test_a_length_in_a_trailer(behind, name):
    chunked = CHUNKED[:-2] + name + b": 5\r\n\r\n"
    assert_refused(behind, message(HOST, CLOSE, b"Transfer-Encoding: chunked", body=chunked + HIDDEN))


HEADS = {
    "a bare line feed": message(HOST, LENGTH, end=b"\n"),
    "a line feed in a value": message(HOST, LENGTH, b"X: a\nY: b"),
    "a carriage return in a value": message(HOST, LENGTH, b"X: a\rY: b"),
    "a NUL in a value": message(HOST, LENGTH, b"X: a\0b"),
    "a NUL in a name": message(HOST, LENGTH, b"X\0Y: a"),
    "a folded line": message(HOST, LENGTH, b"X: a\r\n b"),
    "a name with a blank": message(HOST, LENGTH, b"X Y: a"),
    "no name": message(HOST, LENGTH, b": a"),
    "no colon": message(HOST, LENGTH, b"X"),
    "a blank before the first name": message(b" " + HOST, LENGTH),
    "a name that isn't ASCII": message(HOST, LENGTH, b"X\xc3\xa9: a"),
    "two hosts": message(HOST, b"Host: elsewhere", LENGTH),
    "no host": message(LENGTH),
    "another host": message(b"Host: elsewhere.example", LENGTH, CLOSE),
    "two authorizations": message(HOST, LENGTH, CLOSE, b"Authorization: Bearer a", b"Authorization: Bearer b"),
    "two dates": message(HOST, LENGTH, CLOSE, b"X-Amz-Date: 20260101T000000Z", b"X-Amz-Date: 20260102T000000Z"),
    "two tiers": message(HOST, LENGTH, CLOSE, *2 * [b"X-Amzn-Bedrock-Service-Tier: flex"]),
    "an expectation that nobody knows": message(HOST, LENGTH, b"Expect: 200-ok"),
    "another protocol": message(HOST, LENGTH, b"Connection: upgrade", b"Upgrade: websocket", b"Origin: http://page.example"),
    "HTTP/0.9": b"POST " + PATH + b"\r\n\r\n",
    "HTTP/1.2": message(HOST, LENGTH, version=b"HTTP/1.2"),
    "HTTP/2.0 on a line": message(HOST, LENGTH, version=b"HTTP/2.0"),
    "HTTP/11.1": message(HOST, LENGTH, version=b"HTTP/11.1"),
    "no HTTP": message(HOST, LENGTH, version=b"ICE/1.1"),
    "blanks after the version": message(HOST, LENGTH, version=b"HTTP/1.1 x"),
    "a method in lower case": message(HOST, LENGTH).replace(b"POST", b"post", 1),
    "a method that nobody knows": message(HOST, LENGTH, CLOSE).replace(b"POST", b"BREW", 1),
    "a head of 100 kB": message(HOST, LENGTH, b"X: " + b"x" * 100_000),
    "a target of 100 kB": message(HOST, LENGTH, target=PATH + b"?" + b"x" * 100_000),
    "1,100 fields": message(HOST, LENGTH, *[b"X-%d: 1" % number for number in range(1_100)]),
    "bytes that are no text": bytes(range(128, 256)) * 20 + b"\r\n\r\n",
    "a hello of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
}


@pytest.mark.parametrize("data", HEADS.values(), ids=HEADS)
def test_heads(behind, data):
    assert_refused(behind, data + HIDDEN)


TARGETS = [
    b"http://127.0.0.1" + PATH,
    b"https://elsewhere.example" + PATH,
    b"127.0.0.1:443",
    b"*",
    b"/" + PATH,
    b"//elsewhere.example" + PATH,
    b"/model/x/../" + NOVA.encode() + b"/converse",
    b"/model/%2e%2e/converse",
    b"/model/x%2F..%2Fy/converse",
    b"/model//converse",
    b"/model/%00/converse",
    b"/model/a%0d%0aX:%20y/converse",
    b"/model/%zz/converse",
    b"/model/a%/converse",
    b"/model/a%c0%af/converse",
    b"/model/a;b=c/converse",
    b"/model/a\\b/converse",
    b"/model/a%5cb/converse",
    PATH + b"/",
    PATH + b"#x",
    PATH + b";x",
    PATH + b"\tx",
    PATH + b"\x7f",
    "/modèl".encode() + PATH,
    PATH + b"?X-Amz-Signature=a&X-Amz-Credential=b",
]


@pytest.mark.parametrize("target", TARGETS)
def test_targets(behind, target):
    assert_refused(behind, message(HOST, LENGTH, CLOSE, target=target))


@pytest.mark.parametrize("method", [b"CONNECT", b"OPTIONS", b"TRACE"])
def test_methods_about_the_connection(behind, method):
    for target in (b"*", b"127.0.0.1:443", PATH):
        assert_refused(behind, b"%s %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % (method, target, HOST))


def test_an_encoded_slash_goes_on_as_it_came(behind):
    model = b"arn:aws:bedrock:us-east-1::foundation-model%2Famazon.nova-pro-v1:0"
    gateway, recorder = behind
    before = recorder.mark()
    send(gateway.url, message(HOST, LENGTH, CLOSE, target=b"/model/" + model + b"/converse"))
    (request,) = recorder.to_models(before)
    assert request.target == f"/model/{model.decode()}/converse"


DROPPED = [
    b"Connection: close, authorization, host, x-amz-date, content-length, x-own",
    b"Connection: close\r\nConnection: x-own",
    b"Connection: close\r\nX-Api-Key: a\r\nCookie: b\r\nX-Forwarded-Host: elsewhere\r\nX-Amz-Target: Other.Operation",
    b"Connection: close\r\nX-HTTP-Method-Override: DELETE\r\nX-Original-URL: /other\r\nProxy-Authorization: Basic YTpi",
]


@pytest.mark.parametrize("headers", DROPPED)
def test_what_is_about_the_connection_or_the_caller_stays_here(behind, headers):
    (request,) = assert_passed(behind, message(HOST, LENGTH, headers, b"TE: trailers", b"X-Own: 1"))
    assert request.values("authorization")[0].startswith("AWS4-HMAC-SHA256 ")
    names = {name.lower() for name, _ in request.headers}
    gone = {"x-api-key", "cookie", "x-forwarded-host", "te", "connection", "proxy-authorization"}
    gone |= {"x-amz-target", "x-http-method-override", "x-original-url"}
    assert not names & gone
    assert ("x-own" in names) != (b"x-own" in headers)


def test_requests_in_a_row_are_told_apart(behind):
    one = message(HOST, LENGTH)
    assert_passed(behind, one + one + message(HOST, LENGTH, CLOSE), times=3)


def test_a_bad_request_after_a_good_one_ends_the_connection(behind):
    gateway, recorder = behind
    before = recorder.mark()
    statuses, _ = send(gateway.url, message(HOST, LENGTH) + message(HOST, LENGTH, LENGTH) + HIDDEN)
    assert statuses in ([200, 400], [200])
    assert len(recorder.to_models(before)) == 1


def test_what_follows_a_refusal_is_no_request(behind):
    """The body of a request that is refused by its head."""
    assert_refused(behind, message(HOST, b"Content-Length: %d" % len(HIDDEN), CLOSE, target=b"/nowhere", body=HIDDEN))
    assert_refused(behind, message(HOST, b"Content-Length: %d" % len(HIDDEN), b"Expect: 100-continue", target=b"/no", body=HIDDEN))


def test_a_body_is_asked_for_only_once_its_head_is_admitted(behind):
    gateway, _ = behind
    _, reply = send(gateway.url, message(HOST, LENGTH, b"Origin: http://page.example", b"Expect: 100-continue", body=b""))
    assert reply.startswith(b"HTTP/1.1 403")
    assert_passed(behind, message(HOST, LENGTH, CLOSE, b"Expect: 100-continue"))


def test_a_request_of_http_1_0_is_answered(behind):
    (request,) = assert_passed(behind, message(LENGTH, HOST, version=b"HTTP/1.0"))
    assert request.target.encode() == PATH


def test_a_response_that_two_could_read_in_two_ways_is_no_reply(behind):
    """A gateway that closes is no reply either; the count in the fixture's end is what matters."""
    gateway, _ = behind
    statuses, _ = send(gateway.url, message(HOST, LENGTH, CLOSE, b"Content-Type: application/json", b"Content-Type: text/plain"))
    assert statuses == [400]


DRIPS = {
    "no byte": b"",
    "half a head": b"POST " + PATH + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "half a body": message(HOST, LENGTH, body=BODY[:10]),
    "half a chunk": message(HOST, b"Transfer-Encoding: chunked", body=CHUNKED[:10]),
    "half the preface of HTTP/2": b"PRI * HTTP/2.0\r\n",
}


def test_whoever_stops_in_the_middle_is_let_go(behind):
    gateway, recorder = behind
    before = recorder.mark()

    def is_let_go(data: bytes) -> bool:
        """The client waits far longer than the gateway; its own timeout is an error."""
        with connect(gateway.url, timeout=180) as connection:
            connection.sendall(data)
            receive(connection)
            return True

    def is_let_go_dripping() -> bool:
        """A byte of a head every second, more than the gateway has patience for."""
        with connect(gateway.url, timeout=1) as connection:
            try:
                for byte in DRIPS["half a head"] + b"X: " + b"x" * 100:
                    connection.sendall(bytes([byte]))
                    try:
                        if connection.recv(1) == b"":
                            return True
                    except TimeoutError:
                        pass
            except (BrokenPipeError, ConnectionResetError):
                return True
        return False

    with ThreadPoolExecutor(len(DRIPS) + 1) as pool:
        dripping = pool.submit(is_let_go_dripping)
        assert all(pool.map(is_let_go, DRIPS.values())) and dripping.result()
    assert not recorder.to_models(before)
