"""HTTP/2 by prior knowledge, frame for frame: requests as a client sends them, and what none should send."""

import contextlib
import socket
from urllib.parse import urlsplit

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset
from hyperframe.frame import Frame
from raw_http import TIMEOUT_SECONDS

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def head(method="POST", path="/", *fields, authority="127.0.0.1", scheme="http"):
    """A request's fields; one that is None is left out."""
    pseudo = [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)]
    return [(name, value) for name, value in pseudo if value is not None] + list(fields)


class Connection:
    """A connection that sends what it is told, valid or not, and gathers what comes back."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout)
        checks = {"validate_outbound_headers": False, "normalize_outbound_headers": False}
        self.h2 = H2Connection(H2Configuration(header_encoding="utf-8", **checks))
        self.h2.initiate_connection()
        self.statuses: dict[int, str] = {}
        self.bodies: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self.resets: dict[int, int] = {}
        self.gone: int | None = None
        self.is_closed = False
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.raw(self.h2.data_to_send())

    def raw(self, data: bytes):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self.is_closed = True

    def end(self):
        """Says that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def send(self, frame: Frame):
        self.raw(frame.serialize())

    def request(self, fields, body: bytes | None = b"") -> int:
        """Sends a request; without a body that ends, if it is None."""
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, fields, end_stream=body == b"")
        if body:
            while body:
                size = min(len(body), self.h2.max_outbound_frame_size, self.h2.local_flow_control_window(stream))
                if not size:
                    self.flush()
                    self.receive()
                    continue
                self.h2.send_data(stream, body[:size], end_stream=size == len(body))
                body = body[size:]
        self.flush()
        return stream

    def receive(self):
        """Takes in what has come, and waits for it."""
        try:
            data = self.socket.recv(65_536)
        except ConnectionResetError:
            data = b""
        if not data:
            self.is_closed = True
            return
        for event in self.h2.receive_data(data):
            match event:
                case ResponseReceived():
                    self.statuses[event.stream_id] = dict(event.headers)[":status"]
                case DataReceived():
                    self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
                    if event.flow_controlled_length:
                        self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                case StreamEnded():
                    self.ended.add(event.stream_id)
                case StreamReset():
                    self.resets[event.stream_id] = event.error_code
                case ConnectionTerminated():
                    self.gone = int(event.error_code)
        self.flush()

    def until(self, condition):
        while not condition() and not self.is_closed:
            self.receive()

    def reply(self, stream: int) -> tuple[str | None, bytes]:
        """The status and body of a reply; the status is None if the server broke it off."""
        self.until(lambda: stream in self.ended or stream in self.resets or self.gone)
        return self.statuses.get(stream), self.bodies.get(stream, b"")

    def until_closed(self):
        self.until(lambda: False)
