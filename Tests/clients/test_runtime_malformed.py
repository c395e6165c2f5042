"""Ten thousand broken requests: each has its 4xx, and the emulator serves on as if nothing were."""

import http.client
import json
import os
import random
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import malformed
import pytest
from emulator_control import eventually
from processes import Emulator

SEED = int(os.environ.get("BEDQUOTA_MALFORMED_SEED") or 20261124)
REQUESTS = int(os.environ.get("BEDQUOTA_MALFORMED_REQUESTS") or 10_000)
THREADS = 8
TIMEOUT = 10
# A mutation may leave a request right; more than this share would test too little.
MOST_ACCEPTED = 0.15


@pytest.fixture(scope="module")
def server(bedquota, environment):
    """An emulator whose quotas are no excuse for a refusal."""
    options = ("--no-auth", "--latency", "0", "--tokens-per-second", "0", "--output-tokens", "20")
    server = Emulator(bedquota, environment, *options, "--history", "0", "--quiet")
    raise_quotas(server)
    yield server
    assert server.stop() == 0


def control(server, method, call, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/_emulator/{call}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def raise_quotas(server):
    """Quotas of every meter that good requests open, at the most that Service Quotas takes."""
    for path, body in malformed.GOOD:
        send(server, http.client.HTTPConnection(urlsplit(server.url).netloc), path, body)
    for meter in meters(server):
        control(server, "PUT", "quotas", {"code": meter["code"], "value": 1e10})


def meters(server):
    regions = control(server, "GET", "state")["regions"]
    return [meter for region in regions for meter in region["meters"]]


def in_flight(server):
    return [meter for meter in meters(server) if meter["inFlight"]]


def send(server, connection, path, body):
    """A well-formed request, which must be served."""
    connection.timeout = TIMEOUT
    headers = {"Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body).encode(), headers)
    reply = connection.getresponse()
    data = reply.read()
    assert reply.status == 200, f"{path}: {reply.status} {data!r:.300}"


class Worker:
    """One keep-alive connection that sends a share of the requests."""

    def __init__(self, server, first):
        self.address = urlsplit(server.url).netloc
        self.first = first
        self.statuses = {}
        self.failures = []
        self.connection = None

    def run(self):
        for number in range(self.first, REQUESTS, THREADS):
            # Its own generator for each request: one number is enough to make it again.
            request = malformed.make(random.Random(f"{SEED}/{number}"))
            status, problem = self.exchange(request)
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if problem := problem or verdict(status):
                told = f"seed {SEED}, request {number}: {problem}\n  {shown(request)}"
                self.failures.append(told)
            if len(self.failures) >= 5:
                break
        return self

    def exchange(self, request):
        """The status, or what went wrong instead of one."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, timeout=TIMEOUT)
        try:
            method, path, headers, body = request
            self.connection.request(method, path, body, headers)
            reply = self.connection.getresponse()
            data = reply.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.connection = None
            return None, f"no reply: {error!r}"
        problem = None if reply.status < 400 or data else f"{reply.status} without a body"
        return reply.status, problem


def verdict(status):
    if status is None or status == 200 or (400 <= status < 500 and status != 429):
        return None
    return f"answered with {status}"


def shown(request):
    method, path, headers, body = request
    return f"{method} {path[:300]} {headers} {len(body)} bytes {body[:600]!r}"


def test_ten_thousand_malformed_requests(server):
    print(f"BEDQUOTA_MALFORMED_SEED={SEED}")
    with ThreadPoolExecutor(THREADS) as pool:
        workers = list(pool.map(Worker.run, [Worker(server, first) for first in range(THREADS)]))
    failures = [failure for worker in workers for failure in worker.failures]
    statuses = {}
    for worker in workers:
        for status, count in worker.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    print(statuses)
    assert not failures, f"{statuses}\n" + "\n".join(failures[:20])
    assert statuses.get(200, 0) <= MOST_ACCEPTED * REQUESTS, statuses
    # Before the reset, which would take a request that leaked with it.
    eventually(lambda: not in_flight(server), "nothing in flight")
    # What the garbage did to faults and quotas is no part of what follows.
    control(server, "POST", "reset")
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=TIMEOUT)
    for path, body in malformed.GOOD:
        send(server, connection, path, body)
    assert in_flight(server) == []


@pytest.mark.parametrize("number", range(len(malformed.GOOD)))
def test_what_is_mutated_is_right(server, number):
    """The requests that the mutations start from are served, so that the mutation is at fault."""
    control(server, "POST", "reset")
    path, body = malformed.GOOD[number]
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=TIMEOUT)
    send(server, connection, quote(path, safe="/:-."), body)
