"""`bedquota run` on files of its own, and a server that answers its requests as a test wants."""

import contextlib
import json
import socket
import subprocess

import bare_account
from bare_account import REPLY
from processes import Runner
from runtime_calls import PROFILE
from scripted_server import ScriptedHandler, ScriptedServer

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


class ModelServer(ScriptedServer):
    """An endpoint whose model answers with what `answer(number, body)` returns: a status and a body; numbers count from 1."""

    def __init__(self, answer=lambda number, body: (200, REPLY), port=0):
        super().__init__(ModelHandler, port)
        self.connections = set()
        self.answer = answer
        self.bodies = []

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


class ModelHandler(ScriptedHandler):
    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.read_body()
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.bodies.append(body)
                number = len(self.server.bodies)
            return self.answer(*self.server.answer(number, body))
        self.answer(*bare_account.answer(self.operation, self.path))
