"""Random requests, and botocore's signature of them."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from unittest import mock
from urllib.parse import quote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# Ordinary characters, every one that URLs treat specially, and text in one to four bytes (é twice: composed and not).
LETTERS = "abcXYZ019" * 4 + "-_.~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}" + "ée\u0301ñ漢🚀"
SUB_DELIMITERS = "!$&'()*+,;=:@"
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
# Each name is the start of another, so that sorting "name=value" as one string gives another order.
QUERY_NAMES = ["a", "a-", "a b", "a%", "ab", "A", "é", "list-type", "漢"]
METHODS = ["GET", "POST", "PUT", "DELETE"]


@dataclass
class Request:
    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


@dataclass
class Identity:
    """Who signs, and for what."""

    key: str
    secret: str
    region: str
    service: str
    token: str | None = None


def random_request(rng: random.Random, base: str, raw_path: bool = True) -> Request:
    """A request to `base`; `raw_path` allows characters in its path that need no percent-encoding there."""
    method = rng.choice(METHODS)
    body = b"" if method in ("GET", "DELETE") else rng.randbytes(rng.choice([0, 1, 200, 5000]))
    url = base + random_path(rng, raw_path) + random_query(rng)
    return Request(method, url, random_headers(rng), body)


def random_text(rng: random.Random, longest: int = 12) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randint(1, longest)))


def random_path(rng: random.Random, raw: bool) -> str:
    segments = ["q"]
    for _ in range(rng.randint(0, 4)):
        kind = rng.random()
        if kind < 0.1:
            segments.append("")
        elif kind < 0.2:
            segments.append(".")
        elif kind < 0.3:
            segments += ["gone", ".."]
        else:
            kept = SUB_DELIMITERS if raw and rng.random() < 0.3 else ""
            segments.append(quote("s" + random_text(rng), safe="-_.~" + kept))
    if segments[-1] in (".", ".."):  # signers disagree about a last dot, and no client sends one
        segments.append("end")
    return "/" + "/".join(segments) + rng.choice(["", "", "/"])


def random_query(rng: random.Random) -> str:
    pairs = []
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        name = quote(rng.choice(QUERY_NAMES), safe="-_.~")
        value = quote(random_text(rng), safe="-_.~")
        pairs.append(rng.choice([f"{name}={value}", f"{name}={value}", f"{name}=", name]))
    return "?" + "&".join(pairs) if pairs else ""


def random_headers(rng: random.Random) -> list[tuple[str, str]]:
    headers = []
    for _ in range(rng.choice([0, 1, 2, 4])):
        name = rng.choice(["X-Amz-Meta-", "x-", "My-Header", "accept-"]) + str(rng.randint(1, 9))
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            headers.append((name, random_value(rng)))
    if rng.random() < 0.3:
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    return headers


def random_value(rng: random.Random) -> str:
    words = ["".join(rng.choices(PRINTABLE, k=rng.randint(0, 8))) for _ in range(rng.randint(0, 4))]
    return rng.choice(["", " ", "   "]).join(words)


def sign(request: Request, identity: Identity, date: datetime | None = None, s3: bool = False):
    """All headers of the request as botocore signs it: at `date`, or now; `s3` leaves the path as it is."""
    signed = AWSRequest(method=request.method, url=request.url, data=request.body)
    for name, value in request.headers:
        signed.headers.add_header(name, value)
    credentials = Credentials(identity.key, identity.secret, identity.token)
    signer = (S3SigV4Auth if s3 else SigV4Auth)(credentials, identity.service, identity.region)
    if date is None:
        signer.add_auth(signed)
    else:
        with mock.patch("botocore.auth.get_current_datetime", lambda *_: date):
            signer.add_auth(signed)
    return signed.headers.items()
