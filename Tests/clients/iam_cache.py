"""A cache of ElastiCache or MemoryDB, as far as logins by IAM go: TLS in front of a Redis server, which takes the tokens itself."""

import contextlib
import datetime
import socket
import ssl
import threading
from pathlib import Path
from unittest import mock
from urllib.parse import parse_qs, urlencode, urlsplit

import botocore.auth
import botocore.session
from botocore.credentials import Credentials
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from fleet_stores import Server


def botocore_token(token: str, name: str, parameters: dict[str, str], service: str, region: str, credentials: Credentials) -> str:
    """The token that botocore makes in the second in which this one was made, as AWS's examples do."""
    stamp = parse_qs(urlsplit(f"http://{token}").query)["X-Amz-Date"][0]
    date = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
    emitter = botocore.session.get_session().get_component("event_emitter")
    signer = RequestSigner(ServiceId(service), region, service, "v4", credentials, emitter)
    request = {"method": "GET", "url": f"http://{name}/?{urlencode(parameters)}", "body": {}, "headers": {}, "context": {}}
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda *_: date):
        url = signer.generate_presigned_url(request, operation_name="connect", expires_in=900, region_name=region)
    return url.removeprefix("http://")


class IAMCache:
    """`files`: the certificate and the key of `localhost`. Whoever names a user and a token is let in, unless `refuses`."""

    user, name = "bedquota", "my-cache"

    def __init__(self, files: tuple[Path, Path], bundle: Path):
        self.bundle, self.refuses = bundle, False
        self.logins: list[list[str]] = []
        self.open: list[ssl.SSLSocket] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*files)
        self.server = Server()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"rediss://{self.user}@localhost:{self.port}/?iam={self.name}&ca={self.bundle}"

    @property
    def tokens(self) -> list[str]:
        return [words[-1] for words in self.logins]

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket):
        """One command after the other, since a TLS connection is no place for two threads."""
        with contextlib.suppress(OSError, ValueError), socket.create_connection(("127.0.0.1", self.server.port)) as upstream:
            with self.context.wrap_socket(connection, server_side=True) as client:
                self.open.append(client)
                commands, replies = client.makefile("rb"), upstream.makefile("rb")
                while words := self.command(commands):
                    if words[0] == b"AUTH" or words[2:3] == [b"AUTH"]:
                        self.logins.append([word.decode() for word in words])
                        if self.refuses:
                            client.sendall(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n")
                            continue
                        words = [b"PING"] if words[0] == b"AUTH" else words[:2]
                    upstream.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words))
                    client.sendall(self.reply(replies))

    @staticmethod
    def command(file) -> list[bytes]:
        count = int(file.readline()[1:] or 0)
        return [file.read(int(file.readline()[1:]) + 2)[:-2] for _ in range(count)]

    @classmethod
    def reply(cls, file) -> bytes:
        """One reply of RESP3, as its bytes."""
        line = file.readline()
        kind, rest = line[:1], line[1:].strip()
        if kind in (b"$", b"=", b"!"):
            return line + (file.read(int(rest) + 2) if int(rest) >= 0 else b"")
        count = int(rest) * (2 if kind == b"%" else 1) if kind in (b"*", b"~", b">", b"%") else 0
        return line + b"".join(cls.reply(file) for _ in range(count))

    def cut(self):
        """Ends all connections."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()
        self.server.__exit__()
