"""`bedquota run` on files of its own, and a server that answers its requests as a test wants."""

import contextlib
import json
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from processes import Runner
from runtime_calls import PROFILE

TEXT = "x" * 400


class Batch:
    def __init__(self, bedquota, environment, url, folder):
        self.runner = Runner(bedquota, environment)
        self.url = url
        self.input, self.output = folder / "in.jsonl", folder / "out.jsonl"

    def write(self, *lines):
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        self.input.write_text("\n".join(texts) + "\n", encoding="utf-8")

    def arguments(self, *options, model=PROFILE):
        files = ("--input", self.input, "--output-file", self.output, "--endpoint-url", self.url)
        return [str(argument) for argument in ("run", model, *files, "--yes", *options)]

    def __call__(self, *options, **others):
        return self.runner(*self.arguments(*options, **others))

    def start(self, *options):
        return subprocess.Popen(
            [self.runner.binary, *self.arguments(*options)],
            env=self.runner.environment, stderr=subprocess.PIPE, text=True,
        )

    @property
    def results(self):
        return [json.loads(line) for line in self.output.read_text(encoding="utf-8").splitlines()]

    def identifiers(self):
        return [result["recordId"] for result in self.results]


def record(number, tokens=100):
    body = {
        "messages": [{"role": "user", "content": [{"text": TEXT}]}],
        "inferenceConfig": {"maxTokens": tokens},
    }
    return {"recordId": f"r{number}", "modelInput": body}


REPLY = {
    "output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
}
# No quota is known, so the client begins with an assumed one.
ACCOUNT = {
    "ListServiceQuotas": {"Quotas": []},
    "ListAWSDefaultServiceQuotas": {"Quotas": []},
    "ListMetrics": {"Metrics": []},
    "foundation-models": {"modelSummaries": []},
    "inference-profiles": {"inferenceProfileSummaries": []},
}


class ModelServer(ThreadingHTTPServer):
    """An endpoint whose model answers with what `answer(number, body)` returns: a status and a body; numbers count from 1."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, answer=lambda number, body: (200, REPLY), port=0):
        super().__init__(("127.0.0.1", port), ModelHandler)
        self.connections = set()
        self.answer = answer
        self.bodies = []
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request, address):
        self.connections.add(request)
        super().process_request(request, address)

    def cut(self):
        """Stops listening and breaks all connections."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_):
        """A client that hangs up is part of the play."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class ModelHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.bodies.append(body)
                number = len(self.server.bodies)
            status, reply = self.server.answer(number, body)
        else:
            name = self.headers.get("X-Amz-Target", "").rpartition(".")[2] or self.path.split("?")[0].strip("/")
            status, reply = (200, ACCOUNT[name]) if name in ACCOUNT else (404, {"__type": "UnknownOperationException"})
        data = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass
