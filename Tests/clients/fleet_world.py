"""An emulator whose one quota a fleet shares: processes of `bedquota run`, and gateways with boto3 behind them."""

import contextlib
import json
import signal
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
from aws_clients import Clients
from emulator_control import Control, eventually
from processes import Emulator, Gateway
from runtime_calls import PROFILE, RPM_CODE, TPD_CODE, TPM_CODE
from support import REGION, with_credentials

PROMPT = "How does a river find the sea? " * 80
MAX_TOKENS = 400
# A reply takes 0.4 s and 100 tokens.
REPLIES = ("--latency", "0.2", "--tokens-per-second", "500", "--output-tokens", "60-140")
BODY = {"messages": [{"role": "user", "content": [{"text": PROMPT}]}], "inferenceConfig": {"maxTokens": MAX_TOKENS}}


class Runs:
    """A `bedquota run` with a file of its own that is never done in time, and what it has written."""

    def __init__(self, world, name: str, *options: str):
        self.world, self.name, self.options = world, name, options
        self.input, self.output = world.folder / f"{name}.in.jsonl", world.folder / f"{name}.out.jsonl"
        line = json.dumps(BODY)
        with self.input.open("w", encoding="utf-8") as file:
            file.writelines(f'{{"recordId": "{name}-{number}", "modelInput": {line}}}\n' for number in range(world.records))
        self.start()

    def start(self, *options: str):
        command = [self.world.binary, "run", PROFILE, "--input", self.input, "--output-file", self.output, "--yes", "--output", "json"]
        command += ["--concurrency", "64", "--endpoint-url", self.world.url, *self.world.fleet, *self.options, *options]
        self.log = (self.world.folder / f"{self.name}.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(word) for word in command], env=self.world.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def done(self) -> int:
        if not self.output.exists():
            return 0
        with self.output.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self) -> dict:
        """Ends it as Ctrl-C does; its summary."""
        self.process.send_signal(signal.SIGINT)
        text, _ = self.process.communicate(timeout=60)
        self.log.close()
        return json.loads(text) if text else {}

    def said(self) -> str:
        return (self.world.folder / f"{self.name}.log").read_text(encoding="utf-8")


class Callers:
    """boto3 behind a gateway, as many workers as keep it saturated."""

    def __init__(self, world, name: str, workers: int, quiet: bool = True, pause: float = 0, configuration: str = ""):
        fleet = [word for word in world.fleet if not (quiet and word == "--verbose")]
        self.gateway = Gateway(world.binary, world.environment, world.url, *["--quiet"] * quiet, *fleet, configuration=configuration)
        self.pause = pause
        self.name, self.answers, self.errors, self.stopping = name, 0, Counter(), threading.Event()
        self.client = boto3.Session().client(
            "bedrock-runtime", region_name=REGION, endpoint_url=self.gateway.url, aws_access_key_id=name, aws_secret_access_key="any",
            config=boto3.session.Config(max_pool_connections=workers),
        )
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(workers)]
        for thread in self.threads:
            thread.start()

    def work(self):
        while not self.stopping.wait(self.pause):
            try:
                self.client.converse(modelId=PROFILE, **BODY)
                self.answers += 1
            except Exception as error:
                self.errors[f"{type(error).__name__}: {error}"[:160]] += 1

    def done(self) -> int:
        return self.answers

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.gateway.url + path, timeout=10) as reply:
            return reply.read().decode()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)
        self.client.close()
        self.gateway.stop(signal.SIGINT)


class FleetWorld:
    """`fleet`: options of every member."""

    def __init__(self, binary, environment, folder: Path, *fleet: str, tpm: float, records: int = 20_000):
        self.binary, self.folder, self.fleet, self.tpm, self.records = binary, folder, fleet, tpm, records
        self.environment = with_credentials(environment)
        self.emulator = Emulator(binary, environment, "--history", "0", *REPLIES)
        self.url, self.control = self.emulator.url, Control(self.emulator.url)
        for code, value in ((RPM_CODE, 1e6), (TPM_CODE, tpm), (TPD_CODE, 1e10)):
            self.control.quota(code, value)
        self.members = []

    def runs(self, count: int, *options: str):
        self.members += [Runs(self, f"run{len(self.members) + place}", *options) for place in range(count)]
        return self.members[-count:]

    def gateways(self, count: int, workers: int = 48, **options):
        first = len(self.members)
        self.members += [Callers(self, f"gateway{first + place}", workers, **options) for place in range(count)]
        return self.members[-count:]

    def begun(self):
        """Returns when every member has had replies."""
        eventually(lambda: all(member.done() > 0 for member in self.members), "every member has replies", 120)

    def counted(self, *metrics: str) -> list[int]:
        """The emulator's CloudWatch over all its time."""
        now = datetime.now(timezone.utc)
        calls = Clients(self.emulator.url)("cloudwatch")
        sums = []
        for name in metrics:
            found = calls.get_metric_statistics(
                Namespace="AWS/Bedrock", MetricName=name, Dimensions=[{"Name": "ModelId", "Value": PROFILE}],
                StartTime=now - timedelta(hours=2), EndTime=now + timedelta(minutes=2), Period=86_400, Statistics=["Sum"],
            )
            sums.append(int(sum(point["Sum"] for point in found["Datapoints"])))
        return sums

    @contextlib.contextmanager
    def measured(self):
        """Yields a `Figures` that is complete at the end."""
        names = ("EstimatedTPMQuotaUsage", "Invocations", "InvocationThrottles")
        figures, before, begun = Figures(), self.counted(*names), time.monotonic()
        shares = [member.done() for member in self.members]
        yield figures
        figures.seconds = time.monotonic() - begun
        used, figures.accepted, figures.throttled = (last - first for first, last in zip(before, self.counted(*names), strict=True))
        figures.delivered = used / (self.tpm * figures.seconds / 60)
        figures.shares = [member.done() - share for member, share in zip(self.members, shares, strict=True)]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for member in self.members:
            with contextlib.suppress(Exception) if kind else contextlib.nullcontext():
                member.stop()
        self.emulator.kill()


class Figures:
    """What was delivered: a part of the quota, requests that the service took and throttled, and replies of each member."""

    delivered = seconds = 0.0
    accepted = throttled = 0
    shares: list[int] = []

    @property
    def jain(self) -> float:
        squares = sum(share * share for share in self.shares)
        return sum(self.shares) ** 2 / (len(self.shares) * squares) if squares else 0
