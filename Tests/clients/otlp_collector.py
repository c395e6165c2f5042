"""An OpenTelemetry collector of a test's own: takes OTLP/HTTP in JSON, and answers as the test plays it.

Every body is parsed into the official protobuf messages, if `opentelemetry-proto` is there, so that a name or a type that the schema
doesn't have is a failure. Without it, the JSON alone is kept.

A play is a function of (handler, attempt); attempts of a path count from 1. Run as a program, it prints its URL, and then each body
on a line: `otlp_collector.py [--play 503]`.
"""

import argparse
import base64
import copy
import gzip
import json
import sys
import threading

from scripted_server import ScriptedHandler, ScriptedServer

try:
    from google.protobuf import json_format
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    MESSAGES = {
        "/v1/traces": trace_service_pb2.ExportTraceServiceRequest,
        "/v1/metrics": metrics_service_pb2.ExportMetricsServiceRequest,
    }
except ImportError:
    json_format, MESSAGES = None, {}

# OTLP has them in hexadecimal; the JSON form of protobuf has bytes in base64.
IDS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
# Of the 64-bit integers; protobuf's parser takes numbers too, but collectors in JavaScript would round them.
TEXTS = {"intValue", "asInt", "timeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "count", "bucketCounts"}
# Of enumerations and small integers.
NUMBERS = {"kind", "code", "flags", "aggregationTemporality", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount"}


def problems(value, path="") -> list[str]:
    """What protobuf's parser would let pass, but OTLP doesn't allow."""
    if isinstance(value, list):
        return [found for index, part in enumerate(value) for found in problems(part, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    found = []
    for name, part in value.items():
        here = f"{path}.{name}"
        if name in IDS and (len(part) != IDS[name] or set(part) - set("0123456789abcdefABCDEF") or not part.strip("0")):
            found.append(f"{here} is no id: {part!r}")
        if name in TEXTS and not all(isinstance(one, str) for one in (part if isinstance(part, list) else [part])):
            found.append(f"{here} is no text: {part!r}")
        if name in NUMBERS and (not isinstance(part, int) or isinstance(part, bool)):
            found.append(f"{here} is no number: {part!r}")
        found += problems(part, here)
    return found


def with_base64(value):
    if isinstance(value, list):
        return [with_base64(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64encode(bytes.fromhex(part)).decode() if name in IDS else with_base64(part) for name, part in value.items()
    }


def message(path: str, body: dict):
    """The body as the official message; None without the package. Raises for names and types that the schema doesn't have."""
    if path not in MESSAGES:
        return None
    return json_format.ParseDict(with_base64(copy.deepcopy(body)), MESSAGES[path]())


class CollectorHandler(ScriptedHandler):
    def do_POST(self):
        body = self.read_body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        attempt, play = self.server.take(self.path, dict(self.headers.items()), body)
        play(self, attempt)


class Collector(ScriptedServer):
    """Takes everything unless a play says otherwise.

    `plays`: by path, such as `/v1/traces`.
    """

    def __init__(self, port=0, **plays):
        super().__init__(CollectorHandler, port)
        self.plays = {f"/v1/{name}": play for name, play in plays.items()}
        self.requests: list[dict] = []
        self.attempts: dict[str, int] = {}
        self.problems: list[str] = []

    def take(self, path, headers, body):
        request = {"path": path, "headers": headers, "body": None, "message": None}
        try:
            if headers.get("Content-Type") != "application/json":
                raise ValueError(f"Content-Type {headers.get('Content-Type')}")
            request["body"] = json.loads(body)
            found = problems(request["body"])
            request["message"] = message(path, request["body"])
        except Exception as error:  # noqa: BLE001: any of them is what a test is to see
            found = [f"{type(error).__name__}: {error}"]
        with self.lock:
            self.problems += [f"{path}: {problem}" for problem in found]
            self.requests.append(request)
            self.attempts[path] = self.attempts.get(path, 0) + 1
            return self.attempts[path], self.plays.get(path, accept)

    @property
    def spans(self) -> list[dict]:
        """All spans of all requests, those of attempts that failed too."""
        return [span for scope in self.parts("resourceSpans", "scopeSpans") for span in scope["spans"]]

    @property
    def metrics(self) -> dict[str, dict]:
        """The last state of each metric, by its name."""
        return {metric["name"]: metric for scope in self.parts("resourceMetrics", "scopeMetrics") for metric in scope["metrics"]}

    @property
    def resource(self) -> dict[str, dict]:
        """The attributes of the last resource, by name."""
        last = self.requests[-1]["body"]
        [resource] = last.get("resourceSpans") or last.get("resourceMetrics")
        return {pair["key"]: pair["value"] for pair in resource["resource"]["attributes"]}

    def parts(self, outer, inner):
        with self.lock:
            bodies = [request["body"] or {} for request in self.requests]
        return [scope for body in bodies for resource in body.get(outer, []) for scope in resource[inner]]


def accept(handler, attempt):
    handler.answer(200, {})


def partly(rejected, text, name="rejectedSpans"):
    """Takes a request but for some of its spans or points."""
    return lambda handler, attempt: handler.answer(200, {"partialSuccess": {name: str(rejected), "errorMessage": text}})


def refuse(status=400, text="bad data"):
    return lambda handler, attempt: handler.answer(status, {"message": text})


def away(times, status=503, retry_after=None):
    """Answers so many times that it is overloaded."""

    def play(handler, attempt):
        headers = [("Retry-After", str(retry_after))] if retry_after is not None else []
        handler.answer(*((status, {}, headers) if attempt <= times else (200, {})))

    return play


def hang(handler, attempt):
    """No reply until the test is over."""
    handler.server.stopping.wait(60)
    handler.close_connection = True


def slow(seconds):
    def play(handler, attempt):
        handler.server.stopping.wait(seconds)
        handler.answer(200, {})

    return play


PLAYS = {
    "accept": accept,
    "partly": partly(1, "one too many"),
    "400": refuse(),
    "401": refuse(401, "who are you"),
    "503": away(2),
    "retry-after": away(1, retry_after=1),
    "hang": hang,
    "slow": slow(1),
    "down": away(1 << 30),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--play", choices=PLAYS, default="accept")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    play = PLAYS[options.play]
    with Collector(options.port, traces=play, metrics=play) as collector:
        print(collector.url, flush=True)
        shown = 0
        while True:
            threading.Event().wait(0.1)
            for request in collector.requests[shown:]:
                print(json.dumps({"path": request["path"], "isChecked": request["message"] is not None, "body": request["body"]}))
                shown += 1
            for problem in collector.problems:
                print(problem, file=sys.stderr)
            collector.problems.clear()
            sys.stdout.flush()


if __name__ == "__main__":
    main()
