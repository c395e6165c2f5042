"""The emulator's control API, as a test uses it."""

import json
import time
import urllib.request

WAIT_SECONDS = 30
JSON = {"Content-Type": "application/json"}


class Control:
    """Reads and changes a running emulator."""

    def __init__(self, url: str, restart=None):
        """`restart` makes what is in front of the emulator forget what it learned."""
        self.url = url
        self.restart = restart

    def __call__(self, method: str, call: str, body=None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{call}", data, JSON, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read() or b"{}")

    def reset(self):
        """Resets all but the speed of the clock, which a module's server keeps."""
        scale = self("GET", "clock")["scale"]
        if self("POST", "reset")["clock"]["scale"] != scale:
            self("PUT", "clock", {"scale": scale})
        if self.restart:
            self.restart()

    def faults(self, **rates):
        self("PUT", "faults", {name.replace("_", "-"): rate for name, rate in rates.items()})

    def quota(self, code: str, value: float):
        self("PUT", "quotas", {"code": code, "value": value})

    def deny(self, *models: str):
        self("PUT", "access", {"denied": list(models)})

    def traffic(self, model: str, share: float):
        self("PUT", "traffic", {"modelId": model, "share": share})

    def advance(self, seconds: float):
        self("PUT", "clock", {"advanceSeconds": seconds})

    def slow_down(self):
        """Lets the emulator's time nearly stand still, so that no refill blurs what was taken."""
        self("PUT", "clock", {"scale": 0.001})

    def meters(self) -> dict[str, dict]:
        """The meters in use of the one Region, by their codes."""
        [region] = self("GET", "state")["regions"]
        return {meter["code"]: meter for meter in region["meters"]}

    def used(self, code: str) -> float:
        """What is gone from a meter; a refill may have brought some of it back."""
        meter = self.meters()[code]
        return meter["quota"] - meter["available"]

    def in_flight(self) -> int:
        return max((meter["inFlight"] for meter in self.meters().values()), default=0)


def control_of(server) -> Control:
    """The control API of an emulator, or of the one behind a gateway."""
    return Control(server.control_url, getattr(server, "restart", None))


def eventually(condition, what: str, seconds: float = WAIT_SECONDS):
    """Polls a condition until it holds, and returns what it gave."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"in {seconds} s never: {what}"
        time.sleep(0.02)
    return value
