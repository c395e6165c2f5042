"""The programs in Examples/ do what they show, against the emulator."""

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from servers import emulator_fixture
from runtime_calls import PROFILE, RPM_CODE
from support import with_credentials


server = emulator_fixture("--history", "0", "--latency", "0.05", "--tokens-per-second", "400")


@pytest.fixture(scope="module")
def client_environment(environment, server):
    return with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url, "MODEL": PROFILE}


def test_the_script(bedquota, client_environment, control):
    control.quota(RPM_CODE, 6_000)
    done = subprocess.run(
        [bedquota.parent / "example-script"], env=client_environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "100 succeeded, 0 throttled" in done.stdout
    assert len([line for line in done.stdout.splitlines() if line[0].isdigit()]) == 101


@pytest.fixture
def service(bedquota, client_environment):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [bedquota.parent / "example-service"],
        env=client_environment | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/statistics", timeout=5)
            break
        except urllib.error.URLError:
            time.sleep(0.05)
    yield process, url, port
    process.kill()
    process.wait()


def ask(url, prompt="How are you?"):
    return urllib.request.urlopen(f"{url}/ask", data=prompt.encode(), timeout=60).read().decode()


def statistics(url):
    lines = urllib.request.urlopen(f"{url}/statistics", timeout=5).read().decode().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_the_service_streams(service):
    _, url, _ = service
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda number: ask(url, f"Number {number}"), range(20)))
    assert all(len(reply) > 10 for reply in replies)
    assert statistics(url) | {"failed": "0"} == {"succeeded": "20", "failed": "0", "throttled": "0"}


def test_who_hangs_up_holds_nothing(service, control):
    _, url, port = service
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nHi")
        assert caller.recv(400).startswith(b"HTTP/1.1 200")
    deadline = time.monotonic() + 10
    while control.in_flight() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert control.in_flight() == 0
    assert len(ask(url)) > 10


def test_an_empty_prompt(service):
    _, url, _ = service
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(url, "")
    assert refused.value.code == 400


def test_it_drains_before_it_stops(service):
    process, url, _ = service
    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(ask, url)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert len(reply.result()) > 10
    assert process.wait(timeout=30) == 0
