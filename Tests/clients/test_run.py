"""`bedquota run`: whole files, and resuming after a crash."""

import json
import signal
import time

import pytest
from batch_runs import Batch, record
from emulator_control import eventually
from servers import emulator_fixture
from runtime_calls import RPM_CODE, TPM_CODE
from runtime_families import NOVA
from support import with_credentials
from test_commands import assert_failed

server = emulator_fixture("--history", "0", "--latency", "0.05", "--output-tokens", "20")


@pytest.fixture
def batch(bedquota, environment, server, control, tmp_path):
    control.quota(RPM_CODE, 60_000)
    return Batch(bedquota, with_credentials(environment), server.url, tmp_path)


def test_every_record_once(batch):
    batch.write(*map(record, range(300)))
    done = batch("--output", "json")
    assert done.returncode == 0, done.stderr
    assert sorted(batch.identifiers()) == sorted(f"r{number}" for number in range(300))
    summary = json.loads(done.stdout)
    assert (summary["succeeded"], summary["failed"], summary["throttled"]) == (300, 0, 0)
    assert (summary["inputTokens"], summary["outputTokens"]) == (300 * 100, 300 * 20)
    assert all(result["modelOutput"]["usage"]["outputTokens"] == 20 for result in batch.results)


def test_in_the_order_of_the_input(batch):
    batch.write(*map(record, range(200)))
    assert batch("--ordered").returncode == 0
    assert batch.identifiers() == [f"r{number}" for number in range(200)]


def test_bodies_of_a_family(batch):
    batch.write(*({"recordId": f"n{number}", "modelInput": NOVA.body} for number in range(3)))
    assert batch().returncode == 0
    assert all("output" in result["modelOutput"] for result in batch.results)


def test_poison_is_an_error_and_not_the_end(batch):
    wrong = {"recordId": "wrong", "modelInput": {"messages": [], "inferenceConfig": {"maxTokens": 5}}}
    large = record("large", tokens=999_000_000)
    lines = [record(1), "garbage", '{"recordId": "no input"}', '{"recordId": 7, "modelInput": 1}', "", wrong, large, record(2)]
    batch.write(*lines)
    done = batch()
    assert done.returncode == 1 and "5 records have an error" in done.stderr and "--retry-failed" in done.stderr
    results = {result["recordId"]: result for result in batch.results}
    assert set(results) == {"r1", "line-2", "no input", "7", "wrong", "rlarge", "r2"}
    errors = {name: result["error"] for name, result in results.items() if "error" in result}
    assert set(errors) == set(results) - {"r1", "r2"}
    assert all(error["errorCode"] == 400 and error["errorMessage"] for error in errors.values())
    assert results["wrong"]["modelInput"] == wrong["modelInput"] and "modelInput" not in results["line-2"]
    assert list(results["wrong"]) == ["modelInput", "recordId", "error"]
    assert "max_tokens" in errors["rlarge"]["errorMessage"]


@pytest.mark.parametrize("ordered", [[], ["--ordered"]], ids=["as they come", "ordered"])
def test_kill_and_resume(batch, control, ordered):
    """Three times kill -9 at some moment; in the end every record is there once."""
    control.quota(TPM_CODE, 60_000)
    count = 120
    batch.write(*map(record, range(count)))
    options = list(ordered)
    for kill in range(3):
        process = batch.start("--quiet", *options)
        lines = 10 * (kill + 1)
        eventually(lambda: batch.output.exists() and batch.output.read_bytes().count(b"\n") >= lines, "results", 60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if kill == 1:
            with batch.output.open("a", encoding="utf-8") as file:
                file.write('{"recordId": "torn')
        options = [*ordered, "--resume"]
    control.quota(TPM_CODE, 6_000_000)
    done = batch(*options)
    assert done.returncode == 0, done.stderr
    found = batch.identifiers()
    assert sorted(found) == sorted(f"r{number}" for number in range(count))
    assert not ordered or found == [f"r{number}" for number in range(count)]


def test_the_quota_is_kept(batch, control):
    """A third of a minute's quota goes out in a third of a minute, and nothing is throttled."""
    control.quota(TPM_CODE, 60_000)
    batch.write(*map(record, range(160)))
    start = time.monotonic()
    summary = json.loads(batch("--output", "json").stdout)
    assert (summary["succeeded"], summary["throttled"]) == (160, 0)
    assert time.monotonic() - start > 160 * 120 / 1_000 - 3


def test_what_cannot_be(batch, tmp_path):
    assert_failed(batch(), 1, "in.jsonl")
    batch.write(record(1))
    assert batch().returncode == 0
    again = batch()
    assert again.returncode == 1 and "--resume" in again.stderr
    batch.write(record(2))
    other = batch("--resume")
    assert other.returncode == 1 and "another input" in other.stderr
    arguments = [argument for argument in batch.arguments() if argument != "--yes"]
    asked = batch.runner(*arguments)
    assert asked.returncode == 64 and "--yes" in asked.stderr


def test_a_dry_run_sends_nothing(batch, control):
    batch.write(*map(record, range(50)))
    done = batch("--dry-run")
    assert done.returncode == 0 and "50 records" in done.stderr
    assert not batch.output.exists()
    assert control.meters() == {} or control.used(TPM_CODE) == 0


def test_resuming_where_nothing_was_begun_begins(batch):
    """As a supervisor does it that always says --resume."""
    batch.write(record(1), record(2))
    assert batch("--resume").returncode == 0
    assert sorted(batch.identifiers()) == ["r1", "r2"]
    # Killed before the first line of the progress file was whole.
    batch.output.unlink()
    batch.output.with_name("out.jsonl.progress").write_bytes(b"")
    assert batch("--resume").returncode == 0
    assert sorted(batch.identifiers()) == ["r1", "r2"]


def test_an_output_that_was_cut_is_not_gone_on_with(batch):
    batch.write(*(record(number) for number in range(20)))
    assert batch().returncode == 0
    batch.output.write_bytes(batch.output.read_bytes()[:100])
    done = batch("--resume")
    assert done.returncode == 1 and "is shorter than" in done.stderr and "--output-file" in done.stderr
    assert batch.output.stat().st_size == 100


def test_in_order_nobody_runs_far_ahead(batch, control):
    """One request that hangs holds back no more than there are workers."""
    control.faults(slow=0.02)
    batch.write(*(record(number) for number in range(300)))
    done = batch("--ordered", "--concurrency", "8")
    assert done.returncode == 0, done.stderr
    assert batch.identifiers() == [f"r{number}" for number in range(300)]
