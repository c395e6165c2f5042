"""A gateway in front of an emulator, and the books of both: what was used, what is held, what the process has open."""

import json
import os
import re
import signal
import socket
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlsplit

from aws_clients import Clients
from emulator_control import Control, eventually
from processes import Emulator, Gateway
from runtime_calls import PROFILE, RPM_CODE, TPD_CODE, TPM_CODE
from runtime_shapes import RuntimeClients
from support import with_credentials

SERIES = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="([^"]*)"')
# So large that its refill is small beside what the requests of a test take, and so small that these show.
TOKENS_PER_DAY = 5_000_000
MEMORY_SLACK_BYTES = 40 << 20


class World:
    """An emulator with these quotas, a gateway in front of it, and `between` them what a function of the emulator's URL makes."""

    def __init__(self, binary, environment, *options, rpm=1e6, tpm=1e9, tpd=TOKENS_PER_DAY, quotas=None, emulator=(), between=None, **gateway):
        for option in ("--latency", "--tokens-per-second"):
            emulator = emulator if option in emulator else (*emulator, option, "0")
        self.emulator = Emulator(binary, environment, "--history", "0", *emulator)
        try:
            self.control = Control(self.emulator.url)
            for code, value in ((RPM_CODE, rpm), (TPM_CODE, tpm), (TPD_CODE, tpd), *(quotas or {}).items()):
                self.control.quota(code, value)
            self.between = between(self.emulator.url).__enter__() if between else None
            upstream = self.between.url if self.between else self.emulator.url
            variables = gateway.pop("variables", with_credentials(environment))
            self.gateway = Gateway(binary, variables, upstream, *options, **gateway)
        except BaseException:
            self.emulator.kill()
            raise
        self.url = self.gateway.url
        self.clients: list[socket.socket] = []
        self.port = urlsplit(self.url).port
        eventually(lambda: self.page("/readyz")[0] == 200, "the gateway is ready")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for client in self.clients:
            client.close()
        ends = {self.gateway: None, self.emulator: None}
        for server in ends:
            if kind is None and server.process.poll() is None:
                # On SIGINT the gateway doesn't wait for a load balancer first.
                ends[server] = server.stop(signal.SIGINT)
            else:
                server.kill()
        if self.between:
            self.between.__exit__()
        assert kind or not any(ends.values()), f"exit codes {list(ends.values())}; the gateway said:\n{self.gateway.read_log()}"

    # What it shows

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def status(self) -> dict:
        return json.loads(self.page("/status")[1])

    def pool(self) -> dict:
        """The pool of the one model that a test uses; without requests there is none."""
        return next((pool for pool in self.status()["pools"] if pool["id"] == PROFILE), {"inFlight": 0, "waiting": 0, "quotas": []})

    def waiting(self) -> int:
        return self.pool()["waiting"]

    def metric(self, name: str, **labels) -> float:
        """The sum of the series of a metric that have these labels."""
        lines = (SERIES.fullmatch(line) for line in self.page("/metrics")[1].splitlines() if not line.startswith("#"))
        found = ((match[1], dict(LABEL.findall(match[2] or "")), float(match[3])) for match in lines if match)
        return sum(value for series, has, value in found if series == name and labels.items() <= has.items())

    def outcomes(self) -> dict[str, int]:
        names = ("succeeded", "refused", "throttled", "failed", "denied", "invalid", "abandoned", "broken")
        counts = {name: int(self.metric("bedquota_requests_total", outcome=name)) for name in names}
        return {name: count for name, count in counts.items() if count}

    def used_by_gateway(self, measure="tpd") -> float:
        """What is gone of a quota by the gateway's books; it leaves a twentieth of each free."""
        [quota] = [quota for quota in self.pool()["quotas"] if quota["measure"] == measure]
        return 0.95 * quota["limit"] - quota["level"]

    def counted(self, *metrics: str, model=PROFILE) -> dict[str, int]:
        """The emulator's CloudWatch over all its time."""
        now = datetime.now(timezone.utc)
        calls = Clients(self.emulator.url)("cloudwatch")
        sums = {}
        for name in metrics:
            found = calls.get_metric_statistics(
                Namespace="AWS/Bedrock", MetricName=name, Dimensions=[{"Name": "ModelId", "Value": model}],
                StartTime=now - timedelta(hours=2), EndTime=now + timedelta(minutes=2), Period=86_400, Statistics=["Sum"],
            )
            sums[name] = int(sum(point["Sum"] for point in found["Datapoints"]))
        return sums

    # What its process holds

    @property
    def pid(self) -> int:
        return self.gateway.process.pid

    def resident(self) -> int:
        """Resident memory in bytes."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))

    def files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def connections(self) -> int:
        """Connections of clients that the process holds, by the system's table."""
        inodes = set()
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                inodes.add(os.readlink(f"/proc/{self.pid}/fd/{name}"))
            except FileNotFoundError:
                continue
        with open("/proc/net/tcp", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        port = f":{self.port:04X}"
        return sum(row[1].endswith(port) and row[3] != "0A" and f"socket:[{row[9]}]" in inodes for row in rows)

    # The end of every test

    def holds_nothing(self):
        eventually(lambda: self.control.in_flight() == 0, "the emulator has nothing in flight")

        def is_quiet():
            status = self.status()
            held = [pool[count] for pool in status["pools"] for count in ("inFlight", "waiting")]
            return not any([*held, status["gateway"]["openStreams"], status["gateway"]["heldBytes"]])

        eventually(is_quiet, f"the gateway holds nothing: {self.status()}")
        # One connection is that of the question itself.
        eventually(lambda: self.connections() <= 1, f"the gateway has no client: {self.connections()}")

    def rests(self, tolerance=500):
        """Nothing is held any more, and both books tell the same of what is gone of the quota."""
        self.holds_nothing()
        ours, theirs = self.used_by_gateway(), self.control.used(TPD_CODE)
        assert abs(ours - theirs) <= tolerance, f"the gateway says that {ours} tokens are gone, the emulator {theirs}"

    def tokens_agree(self):
        """To the token: for requests of which every reply came whole."""
        ours = [int(self.metric("bedquota_tokens_total", type=kind)) for kind in ("input", "output")]
        theirs = self.counted("InputTokenCount", "OutputTokenCount")
        assert ours == list(theirs.values()), f"tokens by the gateway {ours}, by CloudWatch {theirs}"

    # Clients

    def boto3(self, **settings):
        return RuntimeClients(self.url).runtime(**settings)

    def begin(self, operation="converse", name="alice", tokens=100, text="One river, please.", model=PROFILE, receives=None, **headers) -> socket.socket:
        """Sends a request on a connection of its own, whose end is that of the reply."""
        fields = {"Host": f"127.0.0.1:{self.port}", "Authorization": f"Bearer {name}", "Content-Type": "application/json"}
        body = json.dumps({"messages": [{"role": "user", "content": [{"text": text}]}], "inferenceConfig": {"maxTokens": tokens}})
        fields |= {key.replace("_", "-"): value for key, value in headers.items()}
        fields |= {"Content-Length": len(body.encode()), "Connection": "close"}
        head = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
        connection = socket.socket()
        self.clients.append(connection)
        if receives:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(f"POST /model/{quote(model, safe='')}/{operation} HTTP/1.1\r\n{head}\r\n{body}".encode())
        return connection


def answer(connection: socket.socket) -> tuple[int | None, bytes]:
    """The status and the bytes after the head, until the server ends the connection."""
    reply = b""
    with connection:
        try:
            while part := connection.recv(262_144):
                reply += part
        except ConnectionResetError:
            pass
    status = re.match(rb"HTTP/1\.1 (\d{3})", reply)
    return (int(status[1]) if status else None), reply.partition(b"\r\n\r\n")[2]


def patiently(seconds: float, condition) -> bool:
    """Whether a condition stays true for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            return False
        time.sleep(0.05)
    return True
