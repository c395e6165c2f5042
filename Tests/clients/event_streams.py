"""Random event streams, and botocore's reading of them."""

import random
import struct
from binascii import crc32
from dataclasses import dataclass, field

from botocore.eventstream import EventStreamBuffer

# Ordinary characters, and text in two to four bytes (é twice: composed and not).
LETTERS = "abcXYZ019:-_ \"\\\x00ée\u0301ñ漢🚀"
NUMBERS = {2: "b", 3: "h", 4: "i", 5: "q", 8: "q"}
UUID_BYTES = 16


@dataclass
class Reading:
    """The messages that a stream begins with, headers and payload, and the error that it ends with."""

    messages: list[tuple[dict, bytes]] = field(default_factory=list)
    error: Exception | None = None


def botocore_reading(stream: bytes) -> Reading:
    reading = Reading()
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    try:
        for message in buffer:
            reading.messages.append((message.headers, message.payload))
    except Exception as error:  # beside its own: struct.error, KeyError, UnicodeDecodeError
        reading.error = error
    return reading


def are_well_formed(headers: bytes) -> bool:
    """Whether they are headers by the book: botocore takes values that are cut short, and names of no bytes."""
    names = set()
    try:
        while headers:
            length = headers[0]
            name, kind, rest = headers[1 : 1 + length].decode(), headers[1 + length], headers[2 + length :]
            if not name or name in names:
                return False
            names.add(name)
            size = size_of_value(kind, rest)
            if size > len(rest):
                return False
            if kind == 7:
                rest[2:size].decode()
            headers = rest[size:]
    except (IndexError, KeyError, UnicodeDecodeError, struct.error):
        return False
    return True


def size_of_value(kind: int, data: bytes) -> int:
    if kind in (6, 7):
        return 2 + struct.unpack("!H", data[:2])[0]
    return {0: 0, 1: 0, 9: UUID_BYTES}[kind] if kind in (0, 1, 9) else struct.calcsize("!" + NUMBERS[kind])


def random_message(rng: random.Random) -> tuple[dict, dict[str, int], bytes]:
    """Headers by name, the types of their values, and a payload; never over 128 KiB of headers."""
    headers, kinds = {}, {}
    for _ in range(rng.choice([0, 1, 2, 3, 12])):
        name = "".join(rng.choices(LETTERS, k=rng.choice([1, 5, 20, 63])))
        kinds[name] = rng.randrange(10)
        headers[name] = random_value(rng, kinds[name])
    return headers, kinds, rng.randbytes(70_000 if rng.random() < 0.02 else rng.choice([0, 1, 30, 500]))


def random_value(rng: random.Random, kind: int):
    if kind in NUMBERS:
        bits = 8 * struct.calcsize("!" + NUMBERS[kind])
        low = -(1 << bits - 1)
        return rng.choice([low, -low - 1, 0, -1, rng.randrange(low, -low)])
    if kind == 7:
        return "".join(rng.choices(LETTERS, k=rng.choice([0, 1, 20, 300])))
    if kind == 6:
        return rng.randbytes(rng.choice([0, 1, 20, 9_000]))
    return rng.randbytes(UUID_BYTES) if kind == 9 else kind == 0


def frame(headers: dict, kinds: dict[str, int], payload: bytes) -> bytes:
    """The message as the specification lays it out."""
    head = b""
    for name, value in headers.items():
        kind = kinds[name]
        head += bytes([len(name.encode())]) + name.encode() + bytes([kind])
        if kind in NUMBERS:
            head += struct.pack("!" + NUMBERS[kind], value)
        elif kind in (6, 7):
            data = value.encode() if kind == 7 else value
            head += struct.pack("!H", len(data)) + data
        elif kind == 9:
            head += value
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    checked = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return checked + struct.pack("!I", crc32(checked))
