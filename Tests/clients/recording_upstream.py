"""AWS as it is behind a gateway: an emulator, but for the requests to models, which are noted byte for byte and answered as a test says."""

import http.client
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scripted_server import ScriptedHandler, ScriptedServer

MODEL_PATHS = ("/model/", "/openai/", "/anthropic/", "/v1/", "/guardrail/")


@dataclass(frozen=True)
class Recorded:
    """A request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for each, value in self.headers if each.lower() == name]


@dataclass
class Reply:
    """A reply as it is sent: each piece of the body at once, as a chunk if it is `chunked`."""

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=lambda: [b"{}"])
    chunked: bool = False
    # Whether it breaks off after the last piece.
    breaks: bool = False
    # What it waits for after the last piece, before the body ends.
    ends: threading.Event | None = None

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


class UpstreamHandler(ScriptedHandler):
    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body = self.read_body()
        if not self.path.startswith(MODEL_PATHS):
            return self.relay(self.server.aws, body)
        with self.server.lock:
            self.server.requests.append(Recorded(self.command, self.path, self.headers.items(), body))
        self.play(self.server.reply)

    def play(self, reply: Reply):
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"HTTP/1.1 {reply.status} Any", *(f"{name}: {value}" for name, value in reply.headers)]
        length = len(reply.body) + (1 if reply.breaks else 0)
        lines.append("Transfer-Encoding: chunked" if reply.chunked else f"Content-Length: {length}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode())
        for piece in reply.pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if reply.chunked else piece)
            self.wfile.flush()
        if reply.ends:
            reply.ends.wait(30)
        if reply.breaks:
            self.close_connection = True
        elif reply.chunked:
            self.wfile.write(b"0\r\n\r\n")


class RecordingUpstream(ScriptedServer):
    """`aws` is the URL of an emulator that checks no signatures, because a signature holds for one host."""

    def __init__(self, aws: str):
        super().__init__(UpstreamHandler)
        self.aws = aws
        self.requests: list[Recorded] = []
        self.reply = Reply()

    def last(self) -> Recorded:
        """The one request since the last call."""
        with self.lock:
            [found], self.requests = self.requests, []
        return found


def ask(url: str, target: str, headers, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Sends exactly this; `headers` are pairs, and may repeat a name."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.putrequest("POST", target, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    reply = connection.getresponse()
    try:
        return reply.status, reply.getheaders(), reply.read()
    finally:
        connection.close()
