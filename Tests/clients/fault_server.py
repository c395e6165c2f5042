"""A server that answers as AWS does, until it is told to misbehave.

A fault is a function of (handler, attempt) that plays one reply to ListServiceQuotas; attempts count from 1.
"""

import json
from collections import Counter

from scripted_server import ScriptedHandler, ScriptedServer

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


class Handler(ScriptedHandler):
    content_type = "application/x-amz-json-1.1"

    def do_GET(self):
        self.play(self.path.split("?")[0])

    def do_POST(self):
        self.body = self.read_body()
        self.play(self.operation)

    def play(self, operation):
        attempt = self.server.count(operation)
        if operation == FAULTY and self.server.fault:
            self.server.fault(self, attempt)
        elif operation in HEALTHY:
            self.answer(200, HEALTHY[operation])
        else:
            self.answer(404, {"__type": "UnknownOperationException"})

    def hang(self):
        """Says no more until the server ends."""
        self.wfile.flush()
        self.server.stopping.wait()
        self.close_connection = True


class FaultServer(ScriptedServer):
    def __init__(self, fault=None):
        super().__init__(Handler)
        self.fault = fault
        self.requests = Counter()

    def count(self, operation) -> int:
        with self.lock:
            self.requests[operation] += 1
            return self.requests[operation]


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
