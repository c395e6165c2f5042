"""A server that gives credentials as the test plays it: IAM Identity Center, AWS Sign-In, a container's endpoint and IMDS in one."""

import base64
import hashlib
import json
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from scripted_server import ScriptedHandler, ScriptedServer

# The headers that decide what a server does.
ESSENTIAL = (
    "Authorization",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
    "x-aws-ec2-metadata-token-ttl-seconds",
)
# As the answer to a request: no reply, until the client gives up; or the connection ends.
HANG = "hang"
CUT = "cut"


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def proof_problem(proof: str, url: str) -> str | None:
    """What is wrong with a DPoP proof (RFC 9449); None if it is valid for a POST to the URL."""
    head, payload, signature = proof.split(".")
    header, claims = json.loads(decoded(head)), json.loads(decoded(payload))
    if header["typ"] != "dpop+jwt" or header["alg"] != "ES256":
        return f"header {header}"
    if claims["htm"] != "POST" or claims["htu"] != url or not claims["jti"] or not claims["iat"]:
        return f"claims {claims}"
    x, y = (int.from_bytes(decoded(header["jwk"][name]), "big") for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = decoded(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    digest = hashlib.sha256(f"{head}.{payload}".encode()).digest()
    try:
        key.verify(
            utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        )
    except InvalidSignature:
        return "signature"
    return None


class CredentialHandler(ScriptedHandler):
    def answer_next(self):
        body = self.read_body()
        parts = urlsplit(self.path)
        with self.server.lock:
            self.server.requests.append(self.note(parts, body))
            answers = self.server.answers.get(f"{self.command} {parts.path}", [(404, {})])
            # The last answer of a path is repeated.
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == HANG:
            self.server.stopping.wait(20)
        if answer in (HANG, CUT):
            self.close_connection = True
            return
        self.answer(*answer)

    def note(self, parts, body: bytes) -> dict:
        """What must be the same whoever asks."""
        note = {"request": f"{self.command} {parts.path}", "query": sorted(parse_qsl(parts.query))}
        note |= {name: self.headers[name] for name in ESSENTIAL if name in self.headers}
        if body:
            note |= {"type": self.headers["Content-Type"], "body": json.loads(body)}
        if "DPoP" in self.headers:
            note["proof"] = proof_problem(self.headers["DPoP"], self.server.url + self.path)
        return note

    do_GET = do_PUT = do_POST = answer_next


class CredentialServer(ScriptedServer):
    """`answers`: by method and path, a list of (status, body[, headers]), HANG or CUT, one after the other."""

    def __init__(self, answers: dict):
        super().__init__(CredentialHandler)
        self.answers = {path: list(replies) for path, replies in answers.items()}
        self.requests = []
