"""Processes that share a quota through real Redis and Valkey servers: runs, gateways, faults, and what an operator sees of them."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest
from emulator_control import eventually
from fleet_stores import Cluster, Replicated, Sentinel, Server, resume, suspend, valkey_program
from fleet_world import PROFILE, FleetWorld
from processes import Runner
from support import BINARY, clean_environment

TPM = 300_000


@pytest.fixture(params=["redis-server", "valkey-server"])
def store(request):
    with Server(program="redis-server" if request.param == "redis-server" else valkey_program()) as server:
        yield server


@pytest.fixture
def redis():
    with Server() as server:
        yield server


def world(folder: Path, url: str, *options: str, **settings) -> FleetWorld:
    return FleetWorld(BINARY, clean_environment(folder), folder, "--fleet", url, *options, tpm=TPM, records=3_000, **settings)


def delivered(fleet: FleetWorld, seconds: float):
    """A share of what is measured: a busy machine delivers less, but AWS never throttles."""
    with fleet.measured() as figures:
        time.sleep(seconds)
    assert figures.throttled == 0, f"{figures.throttled} of {figures.accepted + figures.throttled} throttled"
    assert 0.7 <= figures.delivered <= 1.15, f"{figures.delivered:.1%} delivered"
    return figures


def gauge(page: str, name: str) -> float:
    return float(re.search(rf"^{name}\{{.*\}} (\S+)$", page, re.MULTILINE)[1])


def test_runs_and_a_gateway_share_one_quota(store, tmp_path):
    with world(tmp_path, store.url) as fleet:
        fleet.runs(3)
        fleet.gateways(1, workers=24)
        fleet.begun()
        figures = delivered(fleet, 20)
        assert figures.jain > 0.9, figures.shares
        status = json.loads(Runner(BINARY, fleet.environment).output("fleet", "status", "--fleet", store.url, "--output", "json"))
        [scope] = status["scopes"]
        assert len(scope["members"]) == 4 and scope["limitsOrigin"] == "quotas"
        assert [meter["limit"] for meter in scope["meters"]][:2] == [TPM, 1_000_000]
        page = fleet.members[-1].page("/metrics")
        assert gauge(page, "bedquota_fleet_members") == 4 and gauge(page, "bedquota_fleet_store_up") == 1
        [pool] = json.loads(fleet.members[-1].page("/status"))["pools"]
        assert pool["fleet"]["members"] == 4 and not pool["fleet"]["isStoreAway"]
        assert not fleet.members[-1].errors
    # Everybody has left.
    text = Runner(BINARY, fleet.environment).output("fleet", "status", "--fleet", store.url, "--output", "json")
    assert json.loads(text)["scopes"][0]["members"] == []


def test_a_weight_is_a_part(redis, tmp_path):
    with world(tmp_path, redis.url) as fleet:
        fleet.runs(1)
        fleet.runs(1, "--fleet-weight", "3")
        fleet.begun()
        figures = delivered(fleet, 20)
        assert 2.3 < figures.shares[1] / figures.shares[0] < 3.7, figures.shares


def test_a_store_that_forgets_everything_does_no_harm(redis, tmp_path):
    with world(tmp_path, redis.url) as fleet:
        [run, _] = fleet.runs(2)
        fleet.begun()
        with fleet.measured() as figures:
            for _ in range(3):
                time.sleep(5)
                redis.forget_all()
        assert figures.throttled == 0 and figures.delivered > 0.7
        eventually(lambda: "has lost what it knew" in run.said(), "it says so")


def test_the_dead_and_the_stopped_hold_up_nobody(redis, tmp_path):
    with world(tmp_path, redis.url) as fleet:
        [killed, stopped, *_] = fleet.runs(4)
        fleet.begun()
        killed.kill()
        suspend(stopped.process)
        with fleet.measured() as figures:
            time.sleep(20)
        resume(stopped.process)
        assert figures.throttled == 0 and figures.delivered > 0.7, figures.delivered
        killed.start("--resume")
        before = (killed.done(), stopped.done())
        eventually(lambda: killed.done() > before[0] and stopped.done() > before[1], "both go on", 60)


def test_without_the_store_each_goes_on_with_its_part(redis, tmp_path):
    with world(tmp_path, redis.url) as fleet:
        [run, _] = fleet.runs(2)
        [gateway] = fleet.gateways(1, workers=16)
        fleet.begun()
        time.sleep(8)
        redis.stop()
        eventually(lambda: "goes on with" in run.said(), "it says that the store is away", 20)
        with fleet.measured() as figures:
            time.sleep(15)
        assert figures.throttled == 0 and figures.delivered > 0.6, figures.delivered
        page = gateway.page("/metrics")
        assert gauge(page, "bedquota_fleet_store_up") == 0 and gauge(page, "bedquota_fleet_fallback") == 1
        redis.start()
        eventually(lambda: "answers again" in run.said(), "it says that the store is back", 30)
        eventually(lambda: gauge(gateway.page("/metrics"), "bedquota_fleet_store_up") == 1, "the metric says so too")
        delivered(fleet, 15)
        assert not gateway.errors, gateway.errors


def test_closed_sends_nothing_without_the_store(redis, tmp_path):
    with world(tmp_path, redis.url, "--fleet-fallback", "closed") as fleet:
        [run] = fleet.runs(1)
        fleet.begun()
        redis.stop()
        eventually(lambda: "wait for it" in run.said(), "it says that the store is away", 20)
        time.sleep(3)
        with fleet.measured() as figures:
            time.sleep(5)
        assert figures.accepted == 0
        redis.start()
        eventually(lambda: "answers again" in run.said(), "it says that the store is back", 30)
        before = run.done()
        eventually(lambda: run.done() > before, "it goes on")


def test_a_promoted_replica_is_followed(tmp_path):
    with Replicated() as store, world(tmp_path, store.url) as fleet:
        fleet.runs(2)
        fleet.begun()
        with fleet.measured() as figures:
            time.sleep(5)
            store.promote()
            time.sleep(15)
        assert figures.throttled == 0 and figures.delivered > 0.6, figures.delivered
        before = [member.done() for member in fleet.members]
        eventually(lambda: all(now.done() > then for now, then in zip(fleet.members, before, strict=True)), "all go on", 60)


def test_a_host_of_a_cluster_that_is_gone_is_left(tmp_path):
    with Cluster() as store, world(tmp_path, store.url) as fleet:
        [run] = fleet.runs(1)
        fleet.begun()
        store.nodes[0].stop()
        # Who has lost the connection asks the next host where the keys are.
        for node in store.nodes[1:]:
            node.command("CLIENT", "KILL", "TYPE", "normal")
        fleet.runs(1)
        fleet.begun()
        before = run.done()
        eventually(lambda: run.done() > before, "it goes on", 30)
        delivered(fleet, 15)
        command = Runner(BINARY, fleet.environment | {"AWS_ENDPOINT_URL": fleet.url, "AWS_REGION": "us-east-1"})
        [scope] = json.loads(command.output("fleet", "status", PROFILE, "--fleet", store.url, "--output", "json"))["scopes"]
        assert len(scope["members"]) == 2


def test_several_hosts_that_are_no_cluster_are_refused(redis, tmp_path):
    with Server() as other:
        done = Runner(BINARY, clean_environment(tmp_path))("fleet", "status", "--fleet", f"{redis.url},127.0.0.1:{other.port}")
        assert done.returncode == 1 and "no node of a cluster" in done.stderr, done.stderr


def test_a_limit_by_hand_holds_for_all(redis, tmp_path):
    with world(tmp_path, redis.url) as fleet:
        runs = fleet.runs(2)
        fleet.begun()
        command = Runner(BINARY, fleet.environment | {"AWS_ENDPOINT_URL": fleet.url, "AWS_REGION": "us-east-1"})
        scoped = (PROFILE, "--fleet", redis.url)
        assert command("fleet", "limit", PROFILE, "tpm=1", "--fleet", redis.url).returncode == 64
        command.output("fleet", "limit", PROFILE, f"tpm={TPM // 3}", "--for-hours", "1", "--yes", "--fleet", redis.url)
        eventually(lambda: all(f"{TPM // 3} tokens per minute" in run.said() for run in runs), "both say it")
        time.sleep(3)
        with fleet.measured() as figures:
            time.sleep(15)
        assert 0.2 < figures.delivered < 0.45 and figures.throttled == 0, figures.delivered
        [scope] = json.loads(command.output("fleet", "status", *scoped, "--output", "json"))["scopes"]
        assert scope["limitsOrigin"] == "manual" and scope["meters"][0]["measure"] == "tpm"
        text = command.output("fleet", "status", *scoped)
        assert "set by hand" in text and PROFILE in text
        # However busy the machine is.
        patient = ("--max-answer-time", "60000")
        assert command("fleet", "check", *scoped, *patient).returncode == 0
        assert command("fleet", "check", "--scope", "nobody", "--fleet", redis.url, *patient).returncode == 2
        member = scope["members"][0]["member"]
        command.output("fleet", "forget", member, *scoped)
        assert command("fleet", "forget", "nobody", *scoped).returncode == 1
        command.output("fleet", "reset", *scoped, "--yes")
        assert command("fleet", "reset", "--scope", "nobody", "--yes", "--fleet", redis.url).returncode == 1
        before = runs[0].done()
        eventually(lambda: runs[0].done() > before, "it goes on")


def test_no_password_is_shown_anywhere(tmp_path):
    password = "hunter2-of-this-test"
    with Server("--requirepass", password) as store:
        environment = clean_environment(tmp_path) | {"THE_STORE": f"redis://:{password}@127.0.0.1:{store.port}"}
        with FleetWorld(BINARY, environment, tmp_path, "--fleet", "env:THE_STORE", "--verbose", tpm=TPM, records=2_000) as fleet:
            [run] = fleet.runs(1)
            [gateway] = fleet.gateways(1, workers=4, quiet=False)
            fleet.begun()
            shown = subprocess.run(["ps", "-ef", "ww"], capture_output=True, text=True, check=True).stdout
            store.stop()
            eventually(lambda: "is away" in run.said() and "is away" in gateway.gateway.read_log(), "both say that the store is away", 20)
            shown += run.said() + gateway.gateway.read_log() + gateway.page("/metrics") + gateway.page("/status")
            assert password not in shown
            store.start()
        command = Runner(BINARY, environment | {"THE_STORE": f"redis://:wrong{password}@127.0.0.1:{store.port}"})
        done = command("fleet", "status", "--fleet", "env:THE_STORE", "--verbose")
        assert done.returncode == 1 and password not in done.stdout + done.stderr and "password" in done.stderr
        done = command("fleet", "status", "--fleet", f"redis://:{password}@127.0.0.1:{store.port}")
        assert done.returncode == 64 and password not in done.stdout + done.stderr


def test_sentinels_have_a_password_of_their_own(tmp_path):
    password, own = "hunter2-of-the-servers", "hunter2-of-the-sentinels"
    with Server("--requirepass", password) as store:
        lines = (f"requirepass {own}", f"sentinel monitor quotas 127.0.0.1 {store.port} 1", f"sentinel auth-pass quotas {password}")
        with Sentinel(*lines) as sentinel:
            address = f"redis+sentinel://:{password}@127.0.0.1:{sentinel.port}/quotas?sentinel_password="
            environment = clean_environment(tmp_path) | {"RIGHT": address + own, "WRONG": address + "hunter2-wrong"}
            command = Runner(BINARY, environment)
            eventually(lambda: command("fleet", "status", "--fleet", "env:RIGHT").returncode == 0, "the sentinel answers", 30)
            done = command("fleet", "status", "--fleet", "env:WRONG", "--verbose")
            assert done.returncode == 1 and "sentinel_password" in done.stderr and "hunter2" not in done.stdout + done.stderr
            unsafe = f"redis+sentinel://127.0.0.1:{sentinel.port}/quotas?sentinel_password={own}"
            done = command("fleet", "status", "--fleet", unsafe)
            assert done.returncode == 64 and "environment variable" in done.stderr and "hunter2" not in done.stdout + done.stderr


def test_a_store_that_is_away_at_the_start_is_said_at_once(tmp_path):
    with Server() as store:
        port = store.port
    with world(tmp_path, f"redis://127.0.0.1:{port}") as fleet:
        [run] = fleet.runs(1)
        run.process.wait(60)
        assert run.process.returncode == 1 and "never had a share" in run.said() and run.done() == 0
        assert fleet.counted("Invocations") == [0]
        fleet.members = []


def test_the_documented_rights_are_those_that_are_tested(tmp_path):
    command = Runner(BINARY, clean_environment(tmp_path))
    line = command.output("fleet", "acl").strip()
    assert line in (Path(__file__).parents[2] / "docs/fleet.md").read_text(encoding="utf-8").splitlines()
    assert command.output("fleet", "function").startswith("#!lua name=bedquota\n")
    with Server() as store:
        words = line.replace("PASSWORD", "secret-of-a-user").split()
        assert store.command(*words) == b"+OK\r\n"
        environment = clean_environment(tmp_path) | {"STORE": f"redis://bedquota:secret-of-a-user@127.0.0.1:{store.port}"}
        with FleetWorld(BINARY, environment, tmp_path, "--fleet", "env:STORE", tpm=TPM, records=500) as fleet:
            fleet.runs(1)
            fleet.begun()
            assert "1 member, " in Runner(BINARY, fleet.environment).output("fleet", "status", "--fleet", "env:STORE")
