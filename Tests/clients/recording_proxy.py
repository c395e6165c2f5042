"""A proxy that notes which operations of AWS pass through it; botocore's models say which request is which operation."""

import re
import threading
from collections import Counter
from functools import cache
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest
from scripted_server import ScriptedHandler, ScriptedServer


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
        self.note()

    def do_POST(self):
        self.note()

    def note(self):
        body = self.read_body()
        operation = operation_of(self.command, self.path, self.headers, body)
        with self.server.lock:
            self.server.operations[operation] += 1
        self.relay(self.server.upstream, body)


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
