"""AWS as several Regions: an emulator for each, which a request reaches by the Region of its signature."""

import http.client
import json
import re
import shutil
import signal
import urllib.error
import urllib.request
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import boto3
from emulator_control import Control, eventually
from gateway_world import LABEL, SERIES
from processes import Emulator, Gateway
from runtime_calls import RPM_CODE, TPD_CODE, TPM_CODE
from scripted_server import HOP, ScriptedHandler, ScriptedServer
from support import with_credentials

SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/")
AWAY = {"message": "The service is unable to process your request."}


class RegionsHandler(ScriptedHandler):
    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body = self.read_body()
        region = SCOPE.search(self.headers.get("Authorization", ""))[1]
        upstream = http.client.HTTPConnection(urlsplit(self.server.emulators[region]).netloc, timeout=60)
        try:
            upstream.connect()
        except ConnectionRefusedError:
            # What the front of a service says whose back is away.
            return self.answer(503, AWAY, headers=[("x-amzn-ErrorType", "ServiceUnavailableException")])
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.invoked.append(region)
        try:
            self.pass_on(upstream, body)
        except (OSError, http.client.HTTPException):
            # It broke, and nobody knows whether it was served.
            self.close_connection = True
        finally:
            upstream.close()

    def pass_on(self, upstream, body):
        """The reply piece by piece, as it comes."""
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        upstream.request(self.command, self.path, body, kept)
        reply = upstream.getresponse()
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := reply.read1(65_536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        if reply.length:
            raise http.client.IncompleteRead(b"")
        self.wfile.write(b"0\r\n\r\n")


class RegionsServer(ScriptedServer):
    """`emulators` are the URLs of emulators that check no signatures, by Region; `invoked` has the Region of each request to a model."""

    def __init__(self):
        super().__init__(RegionsHandler)
        self.emulators: dict[str, str] = {}
        self.invoked: list[str] = []

    def taken(self) -> list[str]:
        """The requests to models since the last call."""
        with self.lock:
            taken, self.invoked = self.invoked, []
            return taken


class Regions:
    """A gateway in front of an emulator for each Region. `accounts` are account folders by Region, `quotas` values by code and Region."""

    def __init__(self, binary, environment, accounts: dict, configuration: str, quotas=None, options=(), variables=None):
        self.again = (binary, environment, options)
        self.accounts, self.quotas = accounts, quotas or {}
        self.emulators: dict[str, Emulator] = {}
        self.closing = ExitStack()
        try:
            self.aws = self.closing.enter_context(RegionsServer())
            self.closing.callback(self.kill_all)
            for region in accounts:
                self.start(region)
            self.gateway = Gateway(binary, with_credentials(environment) | (variables or {}), self.aws.url, configuration=configuration)
            self.closing.callback(self.gateway.kill)
            self.url = self.gateway.url
            eventually(lambda: self.page("/readyz")[0] == 200, "the gateway is ready")
            eventually(lambda: all("quotas" in region for region in self.status()["accounts"][0]["regions"]), "it has read every Region")
        except BaseException:
            self.closing.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closing.close()

    # The Regions

    def start(self, region: str):
        binary, environment, options = self.again
        emulator = Emulator(binary, environment, "--account", str(self.accounts[region]), "--history", "0", "--no-auth", *options)
        self.emulators[region] = emulator
        for code, value in {RPM_CODE: 1e6, TPM_CODE: 1e9, TPD_CODE: 1e9, **self.quotas.get(region, {})}.items():
            self.control(region).quota(code, value)
        self.aws.emulators[region] = emulator.url

    def kill(self, region: str):
        self.emulators[region].kill()

    def kill_all(self):
        for emulator in self.emulators.values():
            if emulator.process.poll() is None:
                emulator.kill()

    def control(self, region: str) -> Control:
        return Control(self.emulators[region].url)

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


def region_accounts(directory, folder, regions) -> dict:
    """Copies of an account folder, one for each Region."""
    accounts = {}
    for region in regions:
        accounts[region] = folder / region
        shutil.copytree(directory, accounts[region])
        file = accounts[region] / "account.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"region": region}))
    return accounts
