"""A server that answers as AWS does, until it is told to misbehave.

A fault is a function of (handler, attempt) that plays one reply to ListServiceQuotas; attempts count from 1.
"""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

QUOTA = {
    "ServiceCode": "bedrock",
    "ServiceName": "Amazon Bedrock",
    "QuotaArn": "arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-AAAAAAAA",
    "QuotaCode": "L-AAAAAAAA",
    "QuotaName": "Agents per account",
    "Value": 7.0,
    "Unit": "None",
    "Adjustable": True,
    "GlobalQuota": False,
    "QuotaAppliedAtLevel": "ACCOUNT",
}
HEALTHY = {
    "ListServiceQuotas": {"Quotas": [QUOTA]},
    "ListAWSDefaultServiceQuotas": {"Quotas": [QUOTA | {"Value": 5.0}]},
    "/foundation-models": {"modelSummaries": []},
    "/inference-profiles": {"inferenceProfileSummaries": []},
}
FAULTY = "ListServiceQuotas"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        self.play(self.path.split("?")[0])

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.play(self.headers.get("X-Amz-Target", "").rpartition(".")[2])

    def play(self, operation):
        attempt = self.server.count(operation)
        if operation == FAULTY and self.server.fault:
            self.server.fault(self, attempt)
        elif operation in HEALTHY:
            self.answer(200, HEALTHY[operation])
        else:
            self.answer(404, {"__type": "UnknownOperationException"})

    def answer(self, status, body, headers=(), length=None):
        """One whole reply; `length` lies about its size."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang(self):
        """Says no more until the server ends."""
        self.wfile.flush()
        self.server.stopping.wait()
        self.close_connection = True

    def log_message(self, *_):
        pass


class FaultServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, fault=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.requests = Counter()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def count(self, operation) -> int:
        with self.lock:
            self.requests[operation] += 1
            return self.requests[operation]

    def handle_error(self, *_):
        """A client that hangs up is part of the play."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.shutdown()
        self.server_close()


def always(status, body, headers=(), length=None):
    return lambda handler, attempt: handler.answer(status, body, headers, length)


def once(status, body, headers=()):
    """The fault on the first attempt, a healthy reply ever after."""

    def play(handler, attempt):
        if attempt == 1:
            handler.answer(status, body, headers)
        else:
            handler.answer(200, HEALTHY[FAULTY])

    return play


def error(code, message="Rate exceeded"):
    return {"__type": code, "Message": message}


def close_at_once(handler, attempt):
    handler.close_connection = True


def truncated(handler, attempt):
    """Half of the body that was promised, and the connection is gone."""
    body = json.dumps(HEALTHY[FAULTY]).encode()
    handler.answer(200, body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def close_in_the_headers(handler, attempt):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    handler.close_connection = True


def no_http(handler, attempt):
    handler.wfile.write(b"\x16\x03\x01 SSH-2.0 hello\r\n\r\n")
    handler.close_connection = True


def hang(handler, attempt):
    handler.hang()


def hang_in_the_body(handler, attempt):
    handler.answer(200, b'{"Quotas": [', length=1000)
    handler.hang()


def drip(handler, attempt):
    """A byte now and then, so that no idle time-out ever ends it."""
    handler.answer(200, b"{", length=1_000_000)
    while not handler.server.stopping.wait(0.2):
        handler.wfile.write(b" ")


def same_token(handler, attempt):
    handler.answer(200, {"Quotas": [QUOTA], "NextToken": "c2FtZQ=="})


def empty_pages(handler, attempt):
    """Pages 1 to 3 hold nothing but a token, the fourth the quota."""
    if attempt <= 3:
        handler.answer(200, {"Quotas": [], "NextToken": f"page{attempt}"})
    else:
        handler.answer(200, {"Quotas": [QUOTA]})
