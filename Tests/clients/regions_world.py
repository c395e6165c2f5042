"""A gateway in front of several Regions, with an emulator for each."""

import json
import signal
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from emulator_control import eventually
from gateway_world import LABEL, SERIES
from processes import Gateway
from region_emulators import RegionEmulators
from support import with_credentials


class Regions(RegionEmulators):
    """`quotas` are values by code and Region, also of an emulator that is started again."""

    def __init__(self, binary, environment, folders: dict, configuration: str, quotas=None, options=(), variables=None):
        self.quotas = quotas or {}
        super().__init__(binary, environment, folders, *options)
        try:
            self.gateway = Gateway(binary, with_credentials(environment) | (variables or {}), self.aws.url, configuration=configuration)
            self.closing.callback(self.gateway.kill)
            self.url = self.gateway.url
            eventually(lambda: self.page("/readyz")[0] == 200, "the gateway is ready")
            eventually(lambda: all("quotas" in region for region in self.status()["accounts"][0]["regions"]), "it has read every Region")
        except BaseException:
            self.closing.close()
            raise

    def start(self, region: str):
        super().start(region)
        self.set_quotas(region, **self.quotas.get(region, {}))

    def counted(self, region: str, *metrics: str, model: str) -> list[int]:
        """The emulator's CloudWatch since its start."""
        return [int(sum(point["Sum"] for point in self.statistics(region, name, model)["Datapoints"])) for name in metrics]

    def statistics(self, region, name, model):
        now = datetime.now(timezone.utc)
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        calls = boto3.client("cloudwatch", region_name=region, endpoint_url=self.emulators[region].url, **keys)
        try:
            return calls.get_metric_statistics(
                Namespace="AWS/Bedrock", MetricName=name, Dimensions=[{"Name": "ModelId", "Value": model}],
                StartTime=now - timedelta(hours=2), EndTime=now + timedelta(minutes=2), Period=86_400, Statistics=["Sum"],
            )
        finally:
            calls.close()

    # The gateway

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def status(self) -> dict:
        return json.loads(self.page("/status")[1])

    def candidates(self, name: str) -> dict[str, dict]:
        """What is shown of a name's candidates, by Region."""
        [route] = [route for route in self.status()["routes"] if route["name"] == name]
        return {candidate["region"]: candidate for candidate in route["candidates"]}

    def metric(self, metric: str, /, **labels) -> float:
        """The sum of the series of a metric that have these labels."""
        lines = (SERIES.fullmatch(line) for line in self.page("/metrics")[1].splitlines() if not line.startswith("#"))
        found = ((match[1], dict(LABEL.findall(match[2] or "")), float(match[3])) for match in lines if match)
        return sum(value for series, has, value in found if series == metric and labels.items() <= has.items())

    def boto3(self, **settings):
        """As a program has it, but for the endpoint."""
        return boto3.Session().client(
            "bedrock-runtime", region_name="us-east-1", endpoint_url=self.url, aws_access_key_id="alice", aws_secret_access_key="any",
            config=boto3.session.Config(**settings),
        )

    def reload(self, configuration: str):
        with open(self.gateway.file.name, "w", encoding="utf-8") as file:
            file.write(configuration)
        self.gateway.process.send_signal(signal.SIGHUP)

