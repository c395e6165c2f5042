"""The emulator of one contender; figures come from the server wherever possible."""

import json
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

import boto3
from botocore.config import Config
from emulator_control import Control
from processes import Emulator
from support import KEY, REGION, SECRET
from workload import GRACE_SECONDS, MODEL

UNLIMITED = 100_000_000
METRICS = {
    "accepted": "Invocations",
    "throttled": "InvocationThrottles",
    "tokens": "EstimatedTPMQuotaUsage",
    "input": "InputTokenCount",
    "output": "OutputTokenCount",
}


class Referee:
    def __init__(self, binary: Path, environment: dict[str, str], *options: str):
        self.server = Emulator(binary, environment, "--history", "0", "--quiet", *options)
        self.born = time.monotonic()
        self.control = Control(self.url)

    @property
    def url(self) -> str:
        return self.server.url

    def client(self, service: str):
        return boto3.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def set_quotas(self, tokens_per_minute: int):
        """Sets this quota, and all others so high that they never bind."""
        # Meters exist from the first request on.
        message = {"role": "user", "content": [{"text": "now"}]}
        self.client("bedrock-runtime").converse(
            modelId=MODEL, messages=[message], inferenceConfig={"maxTokens": 1}
        )
        for code, meter in self.control.meters().items():
            value = tokens_per_minute if meter["measure"] == "tpm" else UNLIMITED
            self.control.quota(code, value)

    def advance_to(self, seconds: float):
        """Advances the emulator's clock to at least this time, in seconds since its start."""
        ahead = seconds - (time.monotonic() - self.born)
        if ahead > 0:
            self.control.advance(ahead)
            self.born -= ahead

    def counts(self) -> dict[str, float]:
        """Sums since the start, and the time of reading, in seconds since the emulator's start."""
        queries = [
            {
                "Id": name,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Bedrock",
                        "MetricName": metric,
                        "Dimensions": [{"Name": "ModelId", "Value": MODEL}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for name, metric in METRICS.items()
        ]
        now = time.time()
        cloudwatch = self.client("cloudwatch")
        at = time.monotonic() - self.born
        reply = cloudwatch.get_metric_data(
            MetricDataQueries=queries,
            StartTime=datetime.fromtimestamp(now - 7_200, timezone.utc),
            EndTime=datetime.fromtimestamp(now + 3_600, timezone.utc),
        )
        sums = {result["Id"]: sum(result["Values"]) for result in reply["MetricDataResults"]}
        return {"at": at} | {name: sums.get(name, 0) for name in METRICS}

    def stop(self):
        self.server.stop()


class Contender:
    """A client in a process of its own; see client_peers.py."""

    def __init__(self, command: list, environment: dict[str, str]):
        self.process = subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline().strip()
        if line != "ready":
            self.kill()
            raise SystemExit(f"{command[0]} said {line!r} and not that it is ready")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def summary(self) -> dict:
        """Waits for its end, for a bounded time."""
        text, _ = self.process.communicate(timeout=GRACE_SECONDS + 30)
        if self.process.returncode or not text.strip():
            raise SystemExit(f"{self.process.args[:4]} failed with {self.process.returncode}")
        return json.loads(text.splitlines()[-1])

    def kill(self):
        self.process.kill()
        self.process.communicate()
