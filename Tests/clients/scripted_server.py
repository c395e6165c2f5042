"""What the servers of these tests share: they answer on a free port as a test plays them, and stop with it."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Headers about one connection, and those that each server adds itself.
HOP = {"connection", "content-length", "host", "transfer-encoding", "keep-alive", "date", "server"}


class ScriptedHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    content_type = "application/json"

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    @property
    def operation(self) -> str:
        """The operation of AWS's JSON protocols; empty for others."""
        return self.headers.get("X-Amz-Target", "").rpartition(".")[2]

    def answer(self, status, body, headers=(), length=None):
        """One whole reply; `length` lies about its size."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if not any(name == "Content-Type" for name, _ in headers):
            self.send_header("Content-Type", self.content_type)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def relay(self, url: str, body: bytes):
        """Answers as the server at the URL does. It must check no signatures, because a signature holds for one host."""
        upstream = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        upstream.request(self.command, self.path, body, kept)
        reply = upstream.getresponse()
        headers = [pair for pair in reply.getheaders() if pair[0].lower() not in HOP]
        self.answer(reply.status, reply.read(), headers=[(n.title() if n.lower() == "content-type" else n, v) for n, v in headers])
        upstream.close()

    def log_message(self, *_):
        pass


class ScriptedServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, handler, port=0):
        super().__init__(("127.0.0.1", port), handler)
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """A client that hangs up is part of the play."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.shutdown()
        self.server_close()
