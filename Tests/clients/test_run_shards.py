"""`run --shard` in several processes, one of which is killed, and `merge`."""

import gzip
import json
import signal

import pytest
from batch_runs import Batch, record
from emulator_control import eventually
from runtime_calls import RPM_CODE, TPM_CODE
from servers import emulator_fixture
from support import with_credentials
from test_commands import assert_failed

COUNT = 400
SHARDS = 4

server = emulator_fixture("--history", "0", "--latency", "0.2", "--output-tokens", "20")


@pytest.fixture
def batch(bedquota, environment, server, control, tmp_path):
    control.quota(RPM_CODE, 60_000)
    control.quota(TPM_CODE, 60_000_000)
    batch = Batch(bedquota, with_credentials(environment), server.url, tmp_path)
    batch.write(*map(record, range(COUNT)))
    return batch


def part(batch, index):
    return batch.output.with_name(f"out.jsonl.{index:05}-of-{SHARDS:05}")


def merge(batch, *options):
    return batch.runner("merge", str(batch.output), "--input", str(batch.input), *options)


def test_processes_divide_a_file_and_one_is_killed(batch):
    processes = [batch.start("--concurrency", "5", "--shard", f"{index}/{SHARDS}") for index in range(SHARDS)]
    eventually(lambda: part(batch, 1).exists() and part(batch, 1).stat().st_size > 0, "a result of the second shard", 60)
    processes[1].send_signal(signal.SIGKILL)
    for index, process in enumerate(processes):
        _, words = process.communicate(timeout=120)
        assert process.returncode == (-signal.SIGKILL if index == 1 else 0), words
    assert_failed(merge(batch), 1, "out.jsonl.00001-of-00004")
    assert not batch.output.exists()
    again = batch("--shard", f"1/{SHARDS}", "--resume")
    assert again.returncode == 0, again.stderr
    done = merge(batch, "--output", "json")
    assert done.returncode == 0, done.stderr
    merged = json.loads(done.stdout)
    # What was in flight when it was killed may have been sent twice; each record has one result.
    assert merged == {"outputFile": str(batch.output), "shards": SHARDS, "results": COUNT, "errors": 0}
    assert sorted(batch.identifiers()) == sorted(f"r{number}" for number in range(COUNT))
    assert_failed(merge(batch), 1, "is there already")


@pytest.mark.parametrize(
    "job",
    [
        {"JOB_COMPLETION_INDEX": "2"},
        {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "4"},
        {"AWS_BATCH_JOB_ARRAY_INDEX": "2"},
    ],
    ids=["Kubernetes", "Slurm", "AWS Batch"],
)
def test_the_environment_of_a_job_tells_which(batch, job):
    batch.runner.environment = {**batch.runner.environment, **job}
    done = batch("--shard", "auto" if "SLURM_ARRAY_TASK_COUNT" in job else f"auto/{SHARDS}")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in part(batch, 2).read_text(encoding="utf-8").splitlines()]
    numbers = sorted(int(line["recordId"][1:]) for line in lines)
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert abs(len(numbers) - COUNT / SHARDS) <= 5


def test_what_can_not_be_cut_is_refused(batch, tmp_path):
    whole = batch.input.read_bytes()
    batch.input = tmp_path / "in.jsonl.gz"
    batch.input.write_bytes(gzip.compress(whole))
    assert_failed(batch("--shard", "0/2"), 1, "compressed")
    assert not list(tmp_path.glob("out*"))


def test_an_input_that_has_grown_is_refused(batch):
    """The cuts have moved, so the shards would hold other lines."""
    done = batch("--shard", f"0/{SHARDS}")
    assert done.returncode == 0, done.stderr
    with batch.input.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record(COUNT)) + "\n")
    again = batch("--shard", f"0/{SHARDS}", "--resume")
    assert again.returncode == 1 and "another size" in again.stderr
