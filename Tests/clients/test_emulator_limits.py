"""Small requests that ask for much, many connections, and a stop in the middle of them."""

import json
import os
import resource
import select
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from emulator_control import Control, eventually
from processes import Emulator
from raw_http import FAST, JSON, cloudwatch_headers, connect, request, send

MODEL = "us.amazon.nova-pro-v1:0"
CONVERSE = f"/model/{MODEL}/converse"
MESSAGES = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
# What any of these requests may take; without limits they take minutes.
SECONDS = 8
STOPS = 12
DESCRIPTORS = 64


@pytest.fixture
def emulator_of(bedquota, environment):
    """Starts emulators, and sees that each still serves and ends well."""
    started = []

    def start(*options, **keywords):
        server = Emulator(bedquota, environment, *FAST, "--no-auth", *options, **keywords)
        started.append(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            assert ask(server, MESSAGES)[0] == 200
            assert server.stop() == 0


def ask(server, body, path=CONVERSE, headers=JSON):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return send(server.url, request("POST", path, headers, data))


def memory_mb(server) -> float:
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as lines:
        [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) / 1_024


def cpu_seconds(server) -> float:
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tool(schema):
    spec = {"toolSpec": {"name": "t", "inputSchema": {"json": schema}}}
    return MESSAGES | {"toolConfig": {"tools": [spec], "toolChoice": {"tool": {"name": "t"}}}}


def requiring(width, member):
    names = [f"a{index}" for index in range(width)]
    return {"type": "object", "required": names, "properties": dict.fromkeys(names, member)}


def arrays(depth):
    schema = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "minItems": 10, "items": schema}
    return requiring(1, schema)


BOMBS = {
    "three members that are the whole": requiring(3, {"$ref": "#"}),
    "a hundred members that are the whole": requiring(100, {"$ref": "#"}),
    "fourteen arrays in each other": arrays(14),
    "an array of the whole": requiring(
        1, {"type": "array", "minItems": 10, "items": {"$ref": "#"}}
    ),
    "definitions that double": requiring(2, {"$ref": "#/$defs/d0"})
    | {"$defs": {f"d{i}": requiring(2, {"$ref": f"#/$defs/d{i + 1}"}) for i in range(30)}},
    "any of the whole": requiring(4, {"anyOf": [{"oneOf": [{"$ref": "#"}]}]}),
    "a long constant, often": requiring(100, {"$ref": "#/$defs/long"})
    | {"$defs": {"long": {"const": "x" * 50_000}}},
    "many properties, searched often": requiring(100, {"$ref": "#"})
    | {"properties": {f"a{i}": {"$ref": "#"} for i in range(50_000)}},
}


def test_a_schema_that_describes_gigabytes(emulator_of):
    server = emulator_of()
    before = memory_mb(server)
    for what, schema in BOMBS.items():
        start = time.monotonic()
        status, reply = ask(server, tool(schema))
        assert status == 200 and len(reply) < 300_000, (what, status, len(reply))
        assert time.monotonic() - start < SECONDS, what
    assert memory_mb(server) - before < 400


def test_two_schemas_do_not_stop_the_server(emulator_of):
    server = emulator_of()
    bomb = tool(requiring(8, {"$ref": "#"}))
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, server, bomb) for _ in range(8)]
        assert ask(server, MESSAGES)[0] == 200
        assert [done.result()[0] for done in asked] == [200] * 8


def cloudwatch(server, operation, body):
    status, reply = ask(server, body, "/", cloudwatch_headers(operation))
    return status, json.loads(reply)


def test_alarms_by_state_come_in_pages(emulator_of):
    """Alarms on nineteen percentiles over a day; all of them at once took most of a minute."""
    server = emulator_of()
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    stat = {"Metric": metric, "Period": 60, "Stat": "p99"}
    metrics = [{"Id": f"m{i}", "MetricStat": stat, "ReturnData": False} for i in range(19)]
    metrics.append({"Id": "e", "Expression": "SUM(METRICS())"})
    alarm = {
        "EvaluationPeriods": 1440,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 1,
        "Metrics": metrics,
    }
    names = [f"a{index}" for index in range(100)]
    for name in names:
        assert cloudwatch(server, "PutMetricAlarm", alarm | {"AlarmName": name})[0] == 200
    start = time.monotonic()
    asked = {"StateValue": "INSUFFICIENT_DATA", "MaxRecords": 100}
    status, page = cloudwatch(server, "DescribeAlarms", asked)
    assert time.monotonic() - start < SECONDS
    found = []
    while True:
        assert status == 200
        found += [alarm["AlarmName"] for alarm in page["MetricAlarms"]]
        if "NextToken" not in page:
            break
        status, page = cloudwatch(
            server, "DescribeAlarms", asked | {"NextToken": page["NextToken"]}
        )
    assert sorted(found) == sorted(names)


def test_an_expression_that_repeats_itself(emulator_of):
    server = emulator_of()
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}
    queries = [
        {
            "Id": "m",
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }
    ]
    queries += [
        {"Id": f"e{i}", "Expression": "SUM([" + ",".join("m" * 900) + "])"} for i in range(400)
    ]
    now = time.time()
    asked = {"StartTime": now - 14 * 86_400, "EndTime": now, "MetricDataQueries": queries}
    start = time.monotonic()
    status, reply = cloudwatch(server, "GetMetricData", asked)
    assert status == 400 and "more data" in reply["message"]
    assert time.monotonic() - start < SECONDS


def test_bodies_that_nobody_signed_are_not_kept(bedquota, environment):
    server = Emulator(bedquota, environment, *FAST)
    before = memory_mb(server)
    head = b"POST /model/x/converse HTTP/1.1\r\nHost: a\r\nContent-Length: 25000000\r\n\r\n"
    connections = []
    try:
        for _ in range(20):
            connection = connect(server.url)
            connection.sendall(head)
            assert connection.recv(12) == b"HTTP/1.1 403"
            connection.sendall(b"a" * 8_000_000)
            connections.append(connection)
        assert memory_mb(server) - before < 80
    finally:
        for connection in connections:
            connection.close()
        assert server.stop() == 0


def test_bodies_together_have_a_limit(emulator_of):
    server = emulator_of()
    head = (
        f"POST {CONVERSE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 25000000\r\n\r\n".encode()
    )
    connections = []
    for _ in range(13):
        connection = connect(server.url)
        connection.sendall(head + b" " * 24_000_000)
        connections.append(connection)
    # All but ten bodies fit; the refusals come as soon as the bytes are counted.
    refused = 0
    while refused < 2:
        ready, _, _ = select.select(connections, [], [], SECONDS)
        assert ready, f"{refused} bodies were refused"
        for connection in ready:
            refused += connection.recv(12) == b"HTTP/1.1 503"
            connections.remove(connection)
            connection.close()
    for connection in connections:
        connection.close()
    eventually(lambda: ask(server, MESSAGES)[0] == 200, "served after they left")


def test_few_descriptors(emulator_of):
    """More connections than descriptors wait; the server neither spins nor ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    try:
        server = emulator_of()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    connections = [connect(server.url) for _ in range(150)]
    time.sleep(0.5)
    before = cpu_seconds(server)
    time.sleep(1)
    assert cpu_seconds(server) - before < 0.4
    assert server.process.poll() is None
    for connection in connections:
        connection.close()
    eventually(lambda: ask(server, MESSAGES)[0] == 200, "served after they left", 10)


def test_a_client_that_leaves_ends_its_request(emulator_of):
    """A reply that stalls for ten minutes is in flight only while its client waits."""
    server = emulator_of()
    control = Control(server.url)
    control.faults(stall=1)
    with connect(server.url) as connection:
        connection.sendall(request("POST", CONVERSE, JSON, json.dumps(MESSAGES).encode()))
        eventually(lambda: control.in_flight() == 1, "in flight")
    eventually(lambda: control.in_flight() == 0, "over when the client has left")
    control.faults()


def flood(port, stop, sends):
    """Opens connections as fast as it can, each with one request."""
    data = b"GET /_emulator/clock HTTP/1.1\r\nHost: localhost\r\n\r\n" if sends else b""
    while not stop.is_set():
        sockets = []
        for _ in range(30):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            sockets.append(one)
        for one in sockets:
            try:
                one.send(data)
            except OSError:
                pass
            one.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_stop_while_connections_come(bedquota, environment, how):
    """Half of these stops were a trap."""
    for attempt in range(STOPS):
        server = Emulator(bedquota, environment, *FAST)
        stop = threading.Event()
        port = int(server.url.rpartition(":")[2])
        threads = [
            threading.Thread(target=flood, args=(port, stop, sends), daemon=True)
            for sends in (False, True)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.1 + 0.01 * attempt)
        try:
            assert server.stop(how) == 0, server.read_log()
        finally:
            stop.set()
            for thread in threads:
                thread.join(5)
