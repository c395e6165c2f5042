"""The live page of a gateway and of `serve`, `/status` beside it, `top` and `exporter`, over the emulator."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest
from gateway_world import World
from prometheus_client.parser import text_string_to_metric_families as families
from runtime_calls import PROFILE, RPM_CODE
from support import with_credentials

CONVERSE = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 20}}).encode()


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as reply:
        return reply.read().decode()


def status_of(url):
    return json.loads(get(f"{url}/status"))


def converse(url, caller):
    request = urllib.request.Request(
        f"{url}/model/{PROFILE}/converse", CONVERSE, {"Authorization": f"Bearer {caller}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.loads(reply.read())


def wait_for(what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it never happened")


@pytest.fixture(scope="module")
def shown(bedquota, environment):
    """A gateway whose quota holds three requests, of which one waits."""
    with World(bedquota, environment, quotas={RPM_CODE: 3}, emulator=("--latency", "0.1", "--tokens-per-second", "1000")) as world:
        for _ in range(3):
            converse(world.url, "alice")
        waiting = threading.Thread(target=converse, args=(world.url, "bob"), daemon=True)
        waiting.start()
        wait_for(lambda: any(pool.get("waiting") for pool in status_of(world.url)["pools"]))
        yield world
        waiting.join(60)


def test_who_waits_is_told_everywhere(shown, run):
    [pool] = [pool for pool in status_of(shown.url)["pools"] if pool["id"] == PROFILE]
    assert pool["waiting"] == 1 and pool["longestWaitSeconds"] >= 0
    assert sum(pool["lastHour"]["demand"]) == 4 and len(pool["lastHour"]["demand"]) == 60
    [requests] = [quota for quota in pool["quotas"] if quota["measure"] == "rpm"]
    assert requests["limit"] == 3 and requests["reserved"] == 0 and 0 < requests["used"] <= 3
    metrics = {sample.name: sample.value for family in families(get(f"{shown.url}/metrics")) for sample in family.samples
               if sample.labels.get("pool") == PROFILE}
    assert metrics["bedquota_pool_waiting"] == 1 and metrics["bedquota_pool_longest_wait_seconds"] >= 0
    table = run.output("top", "--gateway", shown.url)
    assert PROFILE in table and "WAITING" in table
    assert json.loads(run.output("top", "--gateway", shown.url, "--output", "json"))["source"] == "gateway"


def test_the_page_is_whole_without_a_script(shown):
    page = get(shown.url)
    assert page.startswith("<!doctype html>") and PROFILE in page
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page)
    assert len(page) < 100_000


def test_the_events_follow_what_happens(shown):
    with urllib.request.urlopen(f"{shown.url}/events", timeout=30) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream") and stream.headers["Cache-Control"] == "no-store"
        events = (json.loads(line[6:]) for line in map(bytes.decode, stream) if line.startswith("data: "))
        first = next(events)
        assert first["order"] and any(PROFILE in html for html in first["parts"].values())
        converse_later = threading.Thread(target=converse, args=(shown.url, "carol"), daemon=True)
        converse_later.start()
        began = time.monotonic()
        following = next(event for event in events if any("carol" in html for html in (event.get("parts") or {}).values()))
        assert "order" not in following or following["order"] == first["order"]
        assert time.monotonic() - began < 30
    converse_later.join(60)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Host": "evil.example"}])
@pytest.mark.parametrize("path", ["/", "/events", "/status"])
def test_no_other_page_may_read_it(shown, path, headers):
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(shown.url + path, **headers)
    assert refused.value.code == 403


# Without a gateway


class Watching:
    """`exporter` or `serve`, on a free port."""

    def __init__(self, bedquota, environment, *arguments):
        self.process = subprocess.Popen(
            [str(bedquota), *arguments, "--port", "0"], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.url = self.process.stdout.readline().strip().removesuffix("/metrics")

    def ready(self):
        def is_ready():
            try:
                return get(f"{self.url}/readyz") == "ok\n"
            except urllib.error.HTTPError:
                return False

        wait_for(is_ready, 60)
        return self

    def end(self, which=signal.SIGTERM):
        self.process.send_signal(which)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def samples(text):
    return [sample for family in families(text) for sample in family.samples]


def test_the_exporter_says_what_it_costs_and_reads_once_an_interval(bedquota, environment):
    with Watching(bedquota, environment, "exporter", "--emulator") as exporter:
        exporter.ready()

        def calls():
            [value] = [each.value for each in samples(get(f"{exporter.url}/metrics")) if each.name == "bedquota_cloudwatch_calls_total"]
            return value

        # The first reading of a day, and one as they go on.
        time.sleep(3)
        first = calls()
        for _ in range(20):
            get(f"{exporter.url}/metrics")
        assert calls() == first
        up = [each for each in samples(get(f"{exporter.url}/metrics")) if each.name == "bedquota_place_up"]
        assert [each.value for each in up] == [1]
        text = get(f"{exporter.url}/metrics", Accept="application/openmetrics-text")
        assert text.endswith("# EOF\n")
        with pytest.raises(urllib.error.HTTPError) as missing:
            get(f"{exporter.url}/status")
        assert missing.value.code == 404
        code, errors = exporter.end()
        price = re.search(r"(\d+) calls? of GetMetricData with ([\d,]+) metrics, about ([\d.,]+) US dollars a month", errors)
        metrics = int(price[2].replace(",", ""))
        assert code == 0 and abs(float(price[3].replace(",", "")) - metrics * 0.01 / 1000 * 30 * 86400 / 300) <= 0.011


def test_serve_shows_its_status_as_a_page(bedquota, environment):
    with Watching(bedquota, environment, "serve", "--emulator") as serve:
        serve.ready()
        status = status_of(serve.url)
        assert status["source"] == "cloudwatch" and status["pools"] and "gateway" not in status
        page = get(serve.url)
        assert all(pool["id"] in page for pool in status["pools"])
        assert all("reserved" not in quota for pool in status["pools"] for quota in pool["quotas"])
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(serve.url, Origin="http://evil.example")
        assert refused.value.code == 403
        assert serve.end(signal.SIGINT)[0] == 0


def test_another_address_needs_a_secret(bedquota, environment, run):
    done = run("serve", "--emulator", "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 64 and "BEDQUOTA_ADMIN_SECRET" in done.stderr
    with Watching(bedquota, environment | {"BEDQUOTA_ADMIN_SECRET": "a-secret-of-20-chars\n"}, "serve", "--emulator") as serve:
        with pytest.raises(urllib.error.HTTPError) as asked:
            get(serve.url)
        assert asked.value.code == 401 and asked.value.headers["WWW-Authenticate"].startswith("Basic ")
        assert get(serve.url, Authorization="Basic YW55Ym9keTphLXNlY3JldC1vZi0yMC1jaGFycw==").startswith("<!doctype html>")


@pytest.mark.parametrize("secret", ["short", "a secret with blanks in it", "\u00e4" * 20])
def test_a_secret_that_guards_nothing_is_refused(bedquota, environment, secret):
    here = environment | {"BEDQUOTA_ADMIN_SECRET": secret}
    for command in (["serve", "--emulator"], ["top", "--gateway", "http://127.0.0.1:1"]):
        done = subprocess.run([str(bedquota), *command], env=here, text=True, capture_output=True, timeout=60)
        assert done.returncode == 64 and "BEDQUOTA_ADMIN_SECRET" in done.stderr and secret not in done.stderr


def test_a_region_that_is_none_is_told_beside_one_that_is(bedquota, environment):
    with Watching(bedquota, environment, "exporter", "--emulator", "--regions", "us-east-1,nowhere") as exporter:
        exporter.ready()
        up = wait_for(lambda: {each.labels["region"]: each.value for each in samples(get(f"{exporter.url}/metrics"))
                               if each.name == "bedquota_place_up"})
        wait_for(lambda: {each.labels["region"]: each.value for each in samples(get(f"{exporter.url}/metrics"))
                          if each.name == "bedquota_place_up"} == {"us-east-1": 1, "nowhere": 0})
        assert up["nowhere"] == 0
        assert "nowhere" in exporter.end()[1]


def test_a_taken_port_is_one_line(bedquota, environment):
    with Watching(bedquota, environment, "exporter", "--emulator") as exporter:
        port = exporter.url.rpartition(":")[2]
        command = [str(bedquota), "serve", "--emulator", "--port", port]
        done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and "--port, --host" in done.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1:65536", "http://u:secret@127.0.0.1", "http://127.0.0.1/#secret", "http://a%0d%0ab", "x"])
def test_an_address_that_is_none_is_bad_usage(run, url):
    done = run("top", "--gateway", url)
    assert done.returncode == 64 and "secret" not in done.stderr and "Error: " in done.stderr


def test_web_pages_may_not_read_the_exporter(bedquota, environment):
    with Watching(bedquota, environment, "exporter", "--emulator") as exporter:
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            with pytest.raises(urllib.error.HTTPError) as refused:
                get(f"{exporter.url}/metrics", **headers)
            assert refused.value.code == 403


def test_an_id_that_may_be_misspelled_is_told(run):
    wrong, right = (run("exporter", model, "--emulator", "--once") for model in ("us.amazon.nova-pr-v1:0", "us.amazon.nova-pro-v1:0"))
    assert wrong.returncode == 0 and "doesn't list us.amazon.nova-pr-v1:0" in wrong.stderr and "us.amazon.nova-pro-v1:0" in wrong.stderr
    assert "doesn't list" not in right.stderr


def test_once_prints_gauges_or_writes_them(run, tmp_path):
    text = run.output("exporter", "--emulator", "--once")
    names = {sample.name for sample in samples(text)}
    assert {"bedquota_quota_limit", "bedquota_quota_used", "bedquota_quota_utilization_ratio", "bedquota_place_up"} <= names
    assert not any(name.startswith("bedquota_model_requests") for name in names)
    file = tmp_path / "bedquota.prom"
    assert run("exporter", "--emulator", "--once", "--textfile", file).returncode == 0
    assert {sample.name for sample in samples(file.read_text())} == names
    assert file.stat().st_mode & 0o777 == 0o644 & ~umask()
    gone = run("exporter", "--emulator", "--textfile", tmp_path / "missing" / "x.prom")
    assert gone.returncode == 1 and len(gone.stderr.splitlines()) == 1
    assert run("exporter", "--emulator", "--once", "--textfile", tmp_path / "x.txt").returncode == 64


def test_a_place_that_cannot_be_read_is_one_line(run, environment):
    done = run("exporter", "--once", environment=with_credentials(environment) | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert 'bedquota_place_up{account="own",region="us-east-1"} 0' in done.stdout
    done = run("top", "--gateway", "http://127.0.0.1:1")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "127.0.0.1:1" in done.stderr
