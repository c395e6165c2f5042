"""A relay of bytes in front of a server, which keeps all that its clients send: what really went out, whoever wrote it. It can answer for
models itself, with any bytes."""

import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Recorded:
    """One request, read by the strictest rules of RFC 9112."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


class Incomplete(AssertionError):
    """The last request of a connection has no end, or not yet."""


def parse(stream: bytes, start: int = 0) -> list[Recorded]:
    """The requests of one connection that begin at `start` or later; an AssertionError if any of it could be read in two ways."""
    requests, size = [], len(stream)
    while stream:
        begin = size - len(stream)
        head, found, rest = stream.partition(b"\r\n\r\n")
        if not found:
            raise Incomplete(f"a head without its end: {head[:200]!r}")
        first, *lines = head.decode("latin-1").split("\r\n")
        assert not any(mark in head.replace(b"\r\n", b"") for mark in (b"\r", b"\n", b"\0")), head
        method, target, version = first.split(" ")
        assert version == "HTTP/1.1" and target.startswith("/"), first
        headers = []
        for line in lines:
            name, colon, value = line.partition(":")
            assert colon and name and not any(c in name for c in " \t"), line
            headers.append((name, value.strip()))
        request = Recorded(method, target, headers, b"")
        for name in ("host", "authorization", "x-amz-date"):
            assert len(request.values(name)) == 1, (name, headers)
        assert not request.values("transfer-encoding"), headers
        lengths = request.values("content-length")
        assert len(lengths) <= 1, headers
        length = int(lengths[0]) if lengths else 0
        if len(rest) < length:
            raise Incomplete(f"{len(rest)} of {length} bytes")
        request.body, stream = rest[:length], rest[length:]
        if begin >= start:
            requests.append(request)
    return requests


class RawRecorder:
    """Listens on a free port until it is left."""

    def __init__(self, upstream: str):
        parts = urlsplit(upstream)
        self.address = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1_024)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.streams: list[bytearray] = []
        # What requests to models are answered with, instead of by the server; the connection ends then.
        self.answer: bytes | None = None

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def mark(self) -> list[int]:
        """What has come so far, for `requests`, which then tells what came later."""
        with self.lock:
            return [len(stream) for stream in self.streams]

    def requests(self, mark: list[int] = []) -> list[Recorded]:
        """What began after `mark`. The gateway reads quotas by itself at any time: a request that is on its way has ten seconds to end."""
        end = time.monotonic() + 10
        while True:
            with self.lock:
                streams = [bytes(stream) for stream in self.streams]
            starts = mark + [0] * (len(streams) - len(mark))
            try:
                return [request for stream, start in zip(streams, starts) for request in parse(stream, start)]
            except Incomplete:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def to_models(self, mark: list[int] = []) -> list[Recorded]:
        """The requests for which somebody pays."""
        return [request for request in self.requests(mark) if request.method == "POST" and request.target.startswith("/model/")]

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            kept = bytearray()
            with self.lock:
                self.streams.append(kept)
            server = socket.create_connection(self.address)
            threading.Thread(target=self._pass, args=(client, server, kept), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, None), daemon=True).start()

    def _pass(self, source, target, kept):
        try:
            while data := source.recv(65_536):
                if kept is not None:
                    with self.lock:
                        kept += data
                    if self.answer is not None and data.startswith(b"POST /model/"):
                        source.sendall(self.answer)
                        break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
