"""Event streams: what we read in them, and write, is what botocore does.

`BEDQUOTA_SEED` repeats a run; pytest shows the seed with every failure.
"""

import json
import os
import random
import subprocess

import pytest
from botocore.eventstream import ChecksumMismatch
from event_streams import NUMBERS, Reading, are_well_formed, botocore_reading, frame, random_message

STREAMS = 300
MUTATED_STREAMS = 3_000


@pytest.fixture
def seed():
    seed = int(os.environ.get("BEDQUOTA_SEED") or random.SystemRandom().randrange(2**32))
    print(f"BEDQUOTA_SEED={seed}")
    return seed


@pytest.fixture
def rng(seed):
    return random.Random(seed)


@pytest.fixture
def tool(bedquota):
    binary = bedquota.with_name("event-stream-fuzz")
    if not os.access(binary, os.X_OK):
        pytest.fail(f"{binary} is missing: run `swift build`")

    def lines(*options, given=""):
        done = subprocess.run([binary, *options], input=given, capture_output=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return lines


@pytest.fixture
def decode(tool):
    def decode(streams):
        replies = tool("--decode", given="".join(stream.hex() + "\n" for stream in streams))
        assert len(replies) == len(streams)
        return [json.loads(reply) for reply in replies]

    return decode


def value_of(kind: str, text: str):
    if kind in ("0", "1"):
        return kind == "0"
    if kind == "7":
        return text
    return int(text) if int(kind) in NUMBERS else bytes.fromhex(text)


def messages_of(reply: dict) -> list[tuple[dict, bytes]]:
    """Ours as botocore gives them."""
    return [
        ({name: value_of(kind, text) for name, kind, text in message["headers"]}, bytes.fromhex(message["payload"]))
        for message in reply["messages"]
    ]


def test_sound_streams(decode, rng):
    streams, expected = [], []
    for _ in range(STREAMS):
        messages = [random_message(rng) for _ in range(rng.choice([1, 1, 2, 5]))]
        streams.append(b"".join(frame(*message) for message in messages))
        expected.append(messages)
    for stream, messages, reply in zip(streams, expected, decode(streams)):
        assert reply["failure"] == "" and reply["consumed"] == len(stream)
        assert messages_of(reply) == [(headers, payload) for headers, _, payload in messages]
        kinds = [{name: int(kind) for name, kind, _ in message["headers"]} for message in reply["messages"]]
        assert kinds == [kinds for _, kinds, _ in messages]
        encoded = bytes.fromhex(reply["encoded"])
        assert encoded == stream
        assert botocore_reading(encoded) == Reading(messages_of(reply))


@pytest.mark.parametrize("kind", [6, 7], ids=["bytes", "string"])
@pytest.mark.parametrize("length", [0, 32_767, 32_768, 65_535])
def test_long_values(decode, kind, length):
    headers = {"a": b"x" * length if kind == 6 else "x" * length}
    stream = frame(headers, {"a": kind}, b"")
    [reply] = decode([stream])
    assert messages_of(reply) == botocore_reading(stream).messages == [(headers, b"")]
    assert bytes.fromhex(reply["encoded"]) == stream


def test_a_damaged_bit_is_refused_by_both(decode, rng):
    streams, sound = [], []
    for _ in range(STREAMS):
        good = frame(*random_message(rng)) if rng.random() < 0.5 else b""
        bad = bytearray(frame(*random_message(rng)))
        bad[rng.randrange(min(len(bad), 300))] ^= 1 << rng.randrange(8)
        streams.append(good + bytes(bad))
        sound.append(good)
    for stream, good, reply in zip(streams, sound, decode(streams)):
        theirs = botocore_reading(stream)
        assert isinstance(theirs.error, ChecksumMismatch)
        assert reply["failure"] in ("preludeChecksum", "messageChecksum")
        assert reply["consumed"] == len(good)
        assert messages_of(reply) == theirs.messages


def test_mutated_streams(tool, decode, seed):
    """Ours rejects more than botocore, but only what violates the format."""
    streams = [bytes.fromhex(line) for line in tool("--print", "--count", str(MUTATED_STREAMS), "--seed", str(seed))]
    seen = set()
    for stream, reply in zip(streams, decode(streams)):
        ours, theirs = messages_of(reply), botocore_reading(stream)
        seen.add(reply["failure"])
        assert theirs.messages[: len(ours)] == ours, stream.hex()
        rest = stream[reply["consumed"] :]
        match reply["failure"]:
            case "":
                assert theirs == Reading(ours), stream.hex()
            case "preludeChecksum" | "messageChecksum":
                assert isinstance(theirs.error, ChecksumMismatch), stream.hex()
            case "header":
                assert not are_well_formed(headers_of(rest)), stream.hex()
            case "length":
                total, head = int.from_bytes(rest[:4]), int.from_bytes(rest[4:8])
                assert head > 128 << 10 or not 0 <= total - head - 16 <= 24 << 20, stream.hex()
    assert seen == {"", "preludeChecksum", "messageChecksum", "header", "length"}


def headers_of(rest: bytes) -> bytes:
    return rest[12 : 12 + int.from_bytes(rest[4:8])]
