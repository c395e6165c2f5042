"""A proxy that notes what GetMetricData is asked for, and may publish minutes as late as CloudWatch does; the emulator publishes at once."""

import json
import time
from dataclasses import dataclass

from region_emulators import SIGNED_FOR
from scripted_server import ScriptedHandler, ScriptedServer


@dataclass(frozen=True)
class Call:
    """A call of GetMetricData."""

    at: float
    region: str
    metrics: int
    # The length of the time that it asked for.
    minutes: int
    # The last minute that was published when it came.
    shown_until: float


class MetricDataHandler(ScriptedHandler):
    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body, now = self.read_body(), time.time()
        self.shown_until = now - 60 - self.server.late_seconds
        if self.operation == "GetMetricData":
            region = (SIGNED_FOR.search(self.headers.get("Authorization", "")) or ["", ""])[1]
            asked = json.loads(body)
            minutes = int(asked["EndTime"] - asked["StartTime"]) // 60
            call = Call(now, region, len(asked["MetricDataQueries"]), minutes, self.shown_until)
            with self.server.lock:
                self.server.calls.append(call)
        self.relay(self.server.upstream, body)

    def answer(self, status, body, headers=(), length=None):
        if self.operation == "GetMetricData" and status == 200 and self.server.late_seconds:
            body = json.loads(body)
            for result in body["MetricDataResults"]:
                points = [(at, value) for at, value in zip(result["Timestamps"], result["Values"], strict=True) if at <= self.shown_until]
                result["Timestamps"], result["Values"] = [at for at, _ in points], [value for _, value in points]
        super().answer(status, body, headers, length)


class MetricDataProxy(ScriptedServer):
    """In front of a server that checks no signatures, because a signature holds for one host.

    With `late_seconds`, a minute is published whole, and so long after its end; 0 changes nothing.
    """

    def __init__(self, upstream: str, late_seconds: float = 0):
        super().__init__(MetricDataHandler)
        self.upstream, self.late_seconds = upstream, late_seconds
        self.calls: list[Call] = []

    def last(self) -> Call | None:
        with self.lock:
            return self.calls[-1] if self.calls else None
