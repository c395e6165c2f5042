"""The files of `bedquota run`: none is harmed, odd ones are told apart, and no byte of a request or reply changes."""

import gzip
import json
import os
import resource
import signal
import stat
import subprocess
import threading
import time

import pytest
from batch_runs import REPLY, Batch, ModelServer, record
from emulator_control import eventually
from support import with_credentials


@pytest.fixture
def server():
    with ModelServer() as server:
        yield server


@pytest.fixture
def batch(bedquota, environment, server, tmp_path):
    batch = Batch(bedquota, with_credentials(environment), server.url, tmp_path)
    batch.write(*map(record, range(5)))
    return batch


def run(batch, input, *options, stdin=None, timeout=30):
    arguments = batch.arguments(*options)
    arguments[arguments.index("--input") + 1] = str(input)
    return subprocess.run(
        [batch.runner.binary, *arguments], env=batch.runner.environment, input=stdin, capture_output=True, timeout=timeout
    )


def identifiers(batch):
    return sorted(batch.identifiers())


FIVE = [f"r{number}" for number in range(5)]


# MARK: Two runs


def test_a_second_run_is_refused(batch, server):
    release = threading.Event()
    server.answer = lambda number, body: (release.wait(20), (200, REPLY))[1]
    first = batch.start()
    eventually(lambda: len(server.bodies) == 5, "requests", 30)
    for options in ([], ["--resume"], ["--retry-failed"]):
        second = batch(*options)
        assert second.returncode == 1 and f"process {first.pid}" in second.stderr
    release.set()
    assert first.wait(30) == 0
    assert identifiers(batch) == FIVE and len(server.bodies) == 5


def test_two_runs_at_the_same_moment(batch, server):
    both = [batch.start(), batch.start()]
    codes = sorted(process.wait(30) for process in both)
    assert codes == [0, 1] and identifiers(batch) == FIVE and len(server.bodies) == 5


def test_the_lock_of_a_killed_run_blocks_nobody(batch, server):
    release = threading.Event()
    server.answer = lambda number, body: (release.wait(20), (200, REPLY))[1]
    first = batch.start()
    eventually(lambda: len(server.bodies) == 5, "requests", 30)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    release.set()
    assert batch("--resume").returncode == 0 and identifiers(batch) == FIVE


def test_an_output_that_is_deleted_ends_the_run(batch, server):
    server.answer = lambda number, body: (batch.output.exists() and number > 2 and batch.output.unlink(), (200, REPLY))[1]
    batch.write(*map(record, range(60)))
    done = batch("--concurrency", "1")
    assert done.returncode == 1 and "was deleted" in done.stderr
    assert len(server.bodies) < 60


def test_only_the_owner_may_read_them(batch):
    assert batch().returncode == 0
    journal = batch.output.with_name("out.jsonl.progress")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (batch.output, journal)] == [0o600, 0o600]


# MARK: Inputs


def test_inputs_that_can_be_read_once(batch, tmp_path):
    text = batch.input.read_bytes()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for name in ("-", "/dev/stdin"):
        assert run(batch, name, stdin=text).returncode == 0
        assert identifiers(batch) == FIVE
        # And with a file in place of the pipe.
        assert run(batch, name, "--resume", stdin=text).returncode == 0
        batch.output.unlink()
    writer = threading.Thread(target=lambda: fifo.write_bytes(text), daemon=True)
    writer.start()
    assert run(batch, fifo).returncode == 0 and identifiers(batch) == FIVE
    batch.output.unlink()
    shell = f'exec "$0" "$@" --input <(cat {batch.input})'
    arguments = batch.arguments()
    at = arguments.index("--input")
    command = ["bash", "-c", shell, str(batch.runner.binary), *arguments[:at], *arguments[at + 2 :]]
    assert subprocess.run(command, env=batch.runner.environment | {"PATH": os.environ["PATH"]}, timeout=30).returncode == 0
    assert identifiers(batch) == FIVE


def test_the_standard_input_is_not_the_output(batch):
    before = batch.input.read_bytes()
    with batch.input.open("rb") as file:
        arguments = batch.arguments("--resume")
        arguments[arguments.index("--input") + 1] = "-"
        arguments[arguments.index("--output-file") + 1] = str(batch.input)
        done = subprocess.run([batch.runner.binary, *arguments], env=batch.runner.environment, stdin=file, capture_output=True)
    assert done.returncode == 1 and batch.input.read_bytes() == before


def test_a_pipe_that_nobody_writes_to(batch, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    done = run(batch, tmp_path / "fifo")
    assert done.returncode == 1 and b"nothing writes to" in done.stderr


@pytest.mark.parametrize("input", [".", "/dev/zero", "/dev/null"])
def test_what_is_no_file_is_said(batch, input):
    done = run(batch, input)
    assert done.returncode == 1 and b"can't be read" in done.stderr and not batch.output.exists()


def test_the_standard_output_is_refused(batch):
    arguments = batch.arguments()
    arguments[arguments.index("--output-file") + 1] = "-"
    done = batch.runner(*arguments)
    assert done.returncode == 64 and "--output-file" in done.stderr


def test_an_input_with_the_journals_name_stays(batch, tmp_path):
    journal = tmp_path / "out.jsonl.progress"
    journal.write_bytes(batch.input.read_bytes())
    for options in ([], ["--resume"]):
        done = run(batch, journal, *options)
        assert done.returncode == 1 and b"--output-file" in done.stderr
    assert journal.read_bytes() == batch.input.read_bytes()


def test_gzip_in_and_out(batch, tmp_path, server):
    """Resumed too: each batch of results is a member of its own."""
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(batch.input.read_bytes()[:300]) + gzip.compress(batch.input.read_bytes()[300:]))
    batch.output = tmp_path / "out.jsonl.gz"
    server.answer = lambda number, body: (200, REPLY) if number <= 2 else (400, {"__type": "ValidationException", "message": "no"})
    assert run(batch, packed, "--concurrency", "1").returncode == 1
    server.answer = lambda number, body: (200, REPLY)
    assert run(batch, packed, "--retry-failed").returncode == 0
    results = [json.loads(line) for line in gzip.decompress(batch.output.read_bytes()).splitlines()]
    assert sorted(result["recordId"] for result in results) == FIVE and all("modelOutput" in result for result in results)


def test_a_record_over_25_MB_is_its_own_error(batch, server):
    """Before, a line of 30 MB hung the run."""
    huge = record("huge")
    huge["modelInput"]["messages"][0]["content"][0]["text"] = "a" * 30_000_000
    batch.write(record(0), huge, record(1))
    assert batch("--allow-failures").returncode == 0
    results = {result["recordId"]: result for result in batch.results}
    assert "over 25 MB" in results["rhuge"]["error"]["errorMessage"]
    assert set(results) == {"r0", "r1", "rhuge"} and len(server.bodies) == 2


def test_repeated_ids_are_said_before_the_start(batch):
    batch.write(record(1), record(1), record(2))
    done = batch("--dry-run")
    assert '1 record has the recordId of an earlier one, the first of them "r1"' in done.stderr


def test_few_open_files(batch, server):
    """As many requests in flight as there can be connections. Before, the others failed."""
    batch.write(*map(record, range(300)))
    server.answer = lambda number, body: (time.sleep(0.3), (200, REPLY))[1]
    limit = (100, 100)
    done = subprocess.run(
        [batch.runner.binary, *batch.arguments()], env=batch.runner.environment, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit), timeout=60,
    )
    assert done.returncode == 0 and "can't have more connections open" in done.stderr, done.stderr
    assert sorted(batch.identifiers()) == sorted(f"r{number}" for number in range(300))


# MARK: Bytes

ODD = b'{"a":9007199254740993,"b":1.0,"c":1e2,"d":0.10,"e":-0,"f":12345678901234567890,"g":1e-7,"i":123456789012345678}'


def test_bytes_pass_as_they_are(batch, server):
    body = b'{"messages": [{"role":"user","content":[{"text":"x \\u0000 / \\/ \\u2028"}]}],"inferenceConfig":{"maxTokens":20},"x":' + ODD + b"}"
    reply = b'{"output":{"message":{"role":"assistant","content":[{"text":"\\u0000 \\/"}]}},\n "usage":{"inputTokens":1,"outputTokens":1},\r\n"n":' + ODD + b"}"
    batch.input.write_bytes(b'{"recordId":"\\u0061\\/","modelInput": ' + body + b" }\n")
    server.answer = lambda number, body: (200, reply)
    assert batch().returncode == 0
    assert server.bodies == [body]
    flat = reply.replace(b"\n", b" ").replace(b"\r", b" ")
    assert batch.output.read_bytes() == b'{"recordId":"\\u0061\\/","modelOutput":' + flat + b"}\n"


def test_max_tokens_is_the_only_byte_that_is_filled_in(batch, server):
    body = b'{"messages":[{"role":"user","content":[{"text":"x"}]}], "x":' + ODD + b"}"
    batch.input.write_bytes(b'{"recordId":"a","modelInput":' + body + b"}\n")
    assert batch("--max-tokens", "7").returncode == 0
    assert server.bodies == [body[:-1] + b',"inferenceConfig":{"maxTokens":7}}']
