"""A proxy that notes which operations of AWS pass through it; botocore's models say which request is which operation."""

import http.client
import re
import threading
from collections import Counter
from functools import cache
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from scripted_server import ScriptedHandler, ScriptedServer

HOP = {"connection", "content-length", "host", "transfer-encoding", "keep-alive", "date", "server"}


@cache
def routes():
    """The REST operations of Bedrock: (method, pattern of the path, name)."""
    session = botocore.session.get_session()
    found = []
    for service in ("bedrock", "bedrock-runtime"):
        model = session.get_service_model(service)
        for name in model.operation_names:
            described = model.operation_model(name).http
            path = re.escape(described["requestUri"].split("?")[0].rstrip("/"))
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", path)
            found.append((described["method"], re.compile(f"{pattern}/?"), name))
    return found


def operation_of(method, target, headers, body) -> str:
    """`servicequotas:ListServiceQuotas`, with the prefix that IAM gives the service."""
    if aimed := headers.get("X-Amz-Target", ""):
        service, _, name = aimed.rpartition(".")
        return f"{'servicequotas' if service.startswith('ServiceQuotas') else 'cloudwatch'}:{name}"
    path = urlsplit(target).path
    if path == "/" and b"Action=" in body:
        return f"sts:{parse_qs(body.decode())['Action'][0]}"
    [name] = [name for verb, pattern, name in routes() if verb == method and pattern.fullmatch(path)]
    return f"bedrock:{name}"


class RecordingHandler(ScriptedHandler):
    def do_GET(self):
        self.relay()

    def do_POST(self):
        self.relay()

    def relay(self):
        body = self.read_body()
        operation = operation_of(self.command, self.path, self.headers, body)
        with self.server.lock:
            self.server.operations[operation] += 1
        upstream = http.client.HTTPConnection(urlsplit(self.server.upstream).netloc, timeout=60)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        upstream.request(self.command, self.path, body, kept)
        reply = upstream.getresponse()
        headers = [pair for pair in reply.getheaders() if pair[0].lower() not in HOP]
        self.answer(reply.status, reply.read(), headers=[(n.title() if n.lower() == "content-type" else n, v) for n, v in headers])
        upstream.close()


class RecordingProxy(ScriptedServer):
    """In front of a server that checks no signatures, because a signature holds for one host."""

    def __init__(self, upstream: str):
        super().__init__(RecordingHandler)
        self.upstream = upstream
        self.operations = Counter()


@pytest.fixture
def proxy(server):
    """Between bedquota and the module's server."""
    proxy = RecordingProxy(server.url)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()
