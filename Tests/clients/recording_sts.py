"""moto as STS on loopback, behind a server that keeps each request: who signed what for which Region."""

import re
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote_plus
from xml.sax.saxutils import escape

CREDENTIAL = re.compile(r"Credential=([^/]*)/[^/]*/([^/]*)/")
# What STS says to a session of this name.
DENIED = "denied"
DENIAL = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::123456789012:user/me is not "
    "authorized to perform: sts:AssumeRole on resource: x</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)
# A session of this name gets an error that repeats the request.
ECHO = "echo"
# A name that the client made up.
MADE_UP = re.compile(r"(botocore-session|bedquota)-\d+")


@dataclass(frozen=True)
class Call:
    """A call as STS sees it. Keys that moto made up differ from run to run, and so are left out."""

    action: str
    parameters: tuple[tuple[str, str], ...]
    key: str | None
    token: str | None
    region: str | None


class RecordingSTS:
    """Each situation has a path of its own (`/12/ours`), by which its calls are told apart."""

    def __init__(self, moto_url: str):
        self.moto_url = moto_url
        self.calls: dict[str, list[Call]] = {}
        self.made: set[str] = set()
        # Secret keys and tokens of roles.
        self.secrets: set[str] = set()
        self.lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                owner.answer(self)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        call = self.note(handler.path.strip("/"), body.decode(), handler.headers)
        if dict(call.parameters).get("RoleSessionName") == DENIED:
            return self.send(handler, 403, DENIAL.encode())
        if dict(call.parameters).get("RoleSessionName") == ECHO:
            return self.send(handler, 400, self.echo(body.decode(), handler.headers))
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() in ("authorization", "content-type", "x-amz-date", "x-amz-security-token")
        }
        request = urllib.request.Request(f"{self.moto_url}/", data=body, headers=headers)
        # Without a signature, moto can't tell which service is meant.
        request.add_header("Host", "sts.us-east-1.amazonaws.com")
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status, text = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        with self.lock:
            self.made |= set(re.findall(r"<AccessKeyId>([^<]*)<", text.decode(errors="replace")))
            self.secrets |= set(re.findall(r"<(?:SecretAccessKey|SessionToken)>([^<]*)<", text.decode(errors="replace")))
        self.send(handler, status, text)

    @staticmethod
    def echo(body, headers):
        """What AWS says to a wrong signature repeats the session token; here, whatever was sent is repeated."""
        sent = f"{unquote_plus(body)} {headers.get('X-Amz-Security-Token', '')}"
        return f"<ErrorResponse><Error><Code>ValidationError</Code><Message>{escape(sent)}</Message></Error></ErrorResponse>".encode()

    @staticmethod
    def send(handler, status, text):
        handler.send_response(status)
        handler.send_header("Content-Type", "text/xml")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def note(self, path, body, headers):
        parameters = dict(parse_qsl(body, keep_blank_values=True))
        action = parameters.pop("Action", "")
        parameters.pop("Version", None)
        if MADE_UP.fullmatch(parameters.get("RoleSessionName", "")):
            parameters["RoleSessionName"] = "made up"
        signed = CREDENTIAL.search(headers.get("Authorization", ""))
        key, region = signed.groups() if signed else (None, None)
        token = headers.get("X-Amz-Security-Token")
        with self.lock:
            if key in self.made:
                key, token = "of a role", "of a role" if token else None
            call = Call(action, tuple(sorted(parameters.items())), key, token, region)
            self.calls.setdefault(path, []).append(call)
        return call
