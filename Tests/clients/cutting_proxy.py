"""A proxy between the gateway and AWS that cuts replies of models, stalls them, or refuses a key; it notes which keys signed."""

import re
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

KEY_OF = re.compile(rb"(?i)authorization: [^\r]*Credential=([^/]+)/")
EXPIRED = b'{"message":"The security token included in the request is expired"}'
REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nx-amzn-ErrorType: ExpiredTokenException\r\n"
    b"x-amzn-RequestId: 1\r\nContent-Length: %d\r\n\r\n%s" % (len(EXPIRED), EXPIRED)
)


@dataclass
class Fault:
    """What becomes of a reply: its first `head_bytes` of the head or `body_bytes` of the body pass, or so many `chunks` of a stream
    and a half of the next one if `is_within`. Then the connection is cut, or nothing follows if it `stalls`."""

    head_bytes: int | None = None
    body_bytes: int | None = None
    chunks: int | None = None
    is_within: bool = False
    stalls: bool = False

    def passed(self, reply: bytes) -> int | None:
        """The bytes that pass, as far as these tell; nil while that isn't known and all that came may pass."""
        if self.head_bytes is not None:
            return self.head_bytes
        end = reply.find(b"\r\n\r\n") + 4
        if end < 4:
            return None
        if self.body_bytes is not None:
            return end + self.body_bytes
        for _ in range(self.chunks):
            if (line := reply.find(b"\r\n", end)) < 0 or not (size := int(reply[end:line], 16)):
                return None
            end = line + 2 + size + 2
            if end > len(reply):
                return None
        if not self.is_within:
            return end
        if (line := reply.find(b"\r\n", end)) < 0:
            return None
        return line + 2 + int(reply[end:line], 16) // 2


class CuttingProxy:
    """`faults` are played in their order, one for each reply of a model; then replies pass as they are."""

    def __init__(self, upstream: str):
        parts = urlsplit(upstream)
        self.address = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.faults: list[Fault] = []
        self.played = 0
        self.refused_keys: set[str] = set()
        self.keys = Counter()
        self.open: set[socket.socket] = set()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        with self.lock:
            connections = list(self.open)
        for connection in connections:
            self._end(connection)

    def _accept(self):
        try:
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()
        except OSError:
            pass

    def _serve(self, client: socket.socket):
        try:
            server = socket.create_connection(self.address)
        except OSError:
            return client.close()
        state = Passage()
        with self.lock:
            self.open |= {client, server}
        threading.Thread(target=self._replies, args=(server, client, state), daemon=True).start()
        try:
            while data := client.recv(65_536):
                if b" HTTP/1.1\r\n" in data and data.startswith((b"POST /model/", b"POST /anthropic/", b"POST /openai/")):
                    key = KEY_OF.search(data)
                    name = key[1].decode() if key else ""
                    with self.lock:
                        self.keys[name] += 1
                        is_refused = name in self.refused_keys
                        state.begin(None if is_refused or not self.faults else self.faults.pop(0))
                        self.played += state.fault is not None
                    if is_refused:
                        client.sendall(REFUSAL)
                        continue
                elif b" HTTP/1.1\r\n" in data:
                    state.begin(None)
                server.sendall(data)
        except OSError:
            pass
        self._end(server)
        self._end(client)

    def _replies(self, server: socket.socket, client: socket.socket, state: "Passage"):
        try:
            while data := server.recv(65_536):
                passed, is_over = state.let_through(data)
                client.sendall(passed)
                if is_over and not state.fault.stalls:
                    break
        except OSError:
            pass
        self._end(client)
        self._end(server)

    def _end(self, connection: socket.socket):
        with self.lock:
            self.open.discard(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()


class Passage:
    """One connection's reply: how much of it has passed."""

    def __init__(self):
        self.begin(None)

    def begin(self, fault: Fault | None):
        self.fault, self.reply, self.sent = fault, b"", 0

    def let_through(self, data: bytes) -> tuple[bytes, bool]:
        """What passes of these bytes, and whether nothing more will."""
        if self.fault is None:
            return data, False
        self.reply += data
        end = self.fault.passed(self.reply)
        is_over = end is not None and end <= len(self.reply)
        passed = self.reply[self.sent : end if is_over else len(self.reply)]
        self.sent += len(passed)
        return passed, is_over
