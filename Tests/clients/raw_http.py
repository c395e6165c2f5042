"""HTTP byte for byte, and signatures of which every part can be wrong on purpose."""

import datetime
import hashlib
import hmac
import re
import socket
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS = 10
# Options of an emulator that answers at once and has no past.
FAST = ("--latency", "0", "--tokens-per-second", "0", "--history", "0", "--quiet")
HOST = ("Host", "127.0.0.1")
JSON = [HOST, ("Content-Type", "application/json")]


def cloudwatch_headers(operation: str) -> list[tuple[str, str]]:
    """The headers of an unsigned call of CloudWatch in awsJson1_0."""
    return [
        HOST,
        ("Content-Type", "application/x-amz-json-1.0"),
        ("X-Amz-Target", f"GraniteServiceVersion20100801.{operation}"),
    ]


def connect(url: str, timeout: float = TIMEOUT_SECONDS) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout)


def receive(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    reply = b""
    try:
        while part := connection.recv(65_536):
            reply += part
    except ConnectionResetError:
        pass
    return reply


def send(url: str, data: bytes) -> tuple[int | None, bytes]:
    """The status and body of the reply to one request, which must end the connection."""
    with connect(url) as connection:
        connection.sendall(data)
        reply = receive(connection)
    status = re.match(rb"HTTP/1\.1 (\d{3})", reply)
    return (int(status[1]) if status else None), reply.partition(b"\r\n\r\n")[2]


def request(method: str, target: str, headers, body: bytes = b"") -> bytes:
    """A request that ends its connection; `headers` are pairs."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed(
    method,
    target,
    body=b"",
    *,
    service="bedrock",
    region="us-east-1",
    key="emulator",
    secret="emulator",
    host="127.0.0.1",
    date=None,
    stamp=None,
    day=None,
    headers=(),
    names=None,
    body_hash=None,
):
    """The headers of a request that is signed by hand.

    `headers` are added and signed, `names` are the signed headers if they are not all.
    """
    date = date or datetime.datetime.now(datetime.timezone.utc)
    stamp = stamp or f"{date:%Y%m%dT%H%M%SZ}"
    day = stamp[:8] if day is None else day
    sent = [
        ("host", host),
        ("x-amz-date", stamp),
        *((name.lower(), value) for name, value in headers),
    ]
    names = sorted({name for name, _ in sent}) if names is None else names
    folded = {}
    for name, value in sent:
        folded.setdefault(name, []).append(" ".join(value.split()))
    lines = "".join(f"{name}:{','.join(folded.get(name, []))}\n" for name in names)
    body_hash = body_hash or hashlib.sha256(body).hexdigest()
    canonical = "\n".join(
        [method, quote(target, safe="/-_.~"), "", lines, ";".join(names), body_hash]
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    derived = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        derived = _hmac(derived, part)
    signature = hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()
    return sent + [
        (
            "authorization",
            f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={';'.join(names)}, "
            f"Signature={signature}",
        )
    ]
