"""Random config files: what bedquota reads in them is what botocore reads, and what botocore refuses bedquota refuses with the line.

`BEDQUOTA_SEED` repeats a run; pytest shows the seed with every failure.
"""

import base64
import json
import os
import random
import re
import subprocess

import pytest
from botocore.configloader import build_profile_map, raw_config_parse
from botocore.exceptions import ConfigParseError

COUNT = 5_000

NAMES = ["region", "Region", "output", "s3", "role_arn", "x", "aws_access_key_id", "é", "ſ", "a b"]
VALUES = ["us-east-1", "a#b", "a # b", "a ; b", "", " ", "=", ":", "x = y", "x:y", "é\u00a0", '"q"', "[x]", "a]"]
HEADERS = [
    "default",
    "profile a",
    'profile "a"',
    "profile 'my team'",
    'profile "my team"',
    "profile  b",
    "profile a b",
    'profile "a',
    "profile\\ a",
    "profile a\\",
    'profile "a\\"b"',
    'profile ""',
    "profilex a",
    "profile",
    "profile default",
    " profile a ",
    "DEFAULT",
    "services local",
    "sso-session s",
    "plain",
    "profile é",
    "profile a#b",
    " ",
    "",
]
INDENTS = ["", "", "", " ", "  ", "\t", "    ", "\u00a0"]
DELIMITERS = ["=", " = ", ":", " : ", "= ", "==", " =: ", ""]
BREAKS = ["\n"] * 8 + ["\r\n"] * 2 + ["\r", "\n\n", "\n \n", "\u2028", "\x0b\n", "\x1c"]


def random_header(rng):
    opening = rng.choice(["["] * 20 + ["", "[["])
    closing = rng.choice(["]"] * 20 + ["", "] # c", "]x=1", "][y]", "] ]"])
    return opening + rng.choice(HEADERS) + closing


def random_line(rng):
    kind = rng.random()
    if kind < 0.2:
        return random_header(rng)
    if kind < 0.3:
        return rng.choice(["# comment", "; comment", "#", "  # [x]"])
    if kind < 0.35:
        return rng.choice(VALUES)
    return rng.choice(NAMES) + rng.choice(DELIMITERS) + rng.choice(VALUES)


def random_file(rng):
    lines = [random_header(rng)] if rng.random() < 0.9 else []
    lines += [rng.choice(INDENTS) + random_line(rng) for _ in range(rng.randint(0, 8))]
    text = "".join(line + rng.choice(BREAKS) for line in lines)
    return ("\ufeff" if rng.random() < 0.01 else "") + text


def flattened(settings):
    flat = {}
    for name, value in settings.items():
        nested = isinstance(value, dict)
        flat |= {f"{name}.{inner}": text for inner, text in value.items()} if nested else {name: value}
    return flat


def botocores(path):
    """What botocore reads; None if it refuses the file."""
    try:
        raw = raw_config_parse(str(path))
    except ConfigParseError:
        return None
    mapped = build_profile_map(raw)

    def all_of(sections):
        return {name: flattened(settings) for name, settings in sections.items()}

    return {
        "sections": all_of(raw),
        "profiles": all_of(mapped["profiles"]),
        "services": all_of(mapped["services"]),
    }


@pytest.fixture
def rng():
    seed = int(os.environ.get("BEDQUOTA_SEED") or random.SystemRandom().randrange(2**32))
    print(f"BEDQUOTA_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def read(bedquota):
    tool = bedquota.with_name("config-tool")
    if not os.access(tool, os.X_OK):
        pytest.fail(f"{tool} is missing: run `swift build`")

    def read_all(texts):
        lines = b"".join(base64.b64encode(text) + b"\n" for text in texts)
        done = subprocess.run([tool], input=lines, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return read_all


def agree(texts, read, path):
    """Compares, and returns how many were read and how many refused."""
    counts = {"read": 0, "refused": 0, "glued": 0}
    for text, ours in zip(texts, read(texts), strict=True):
        path.write_bytes(text)
        theirs = botocores(path)
        if theirs is None:
            assert "error" in ours, f"botocore refuses what bedquota reads: {text!r}\n{ours}"
            assert re.match(r"config, line [1-9]\d*: |not UTF-8", ours["error"]), ours
            counts["refused"] += 1
        elif any("]" in header for header in theirs["sections"]):
            # botocore takes two headers on a line for one name, which no profile can have.
            assert "two sections stand on one line" in ours["error"], text
            counts["glued"] += 1
        else:
            assert ours == theirs, f"{text!r}"
            counts["read"] += 1
    return counts


def test_random_files(rng, read, tmp_path):
    texts = [random_file(rng).encode() for _ in range(COUNT)]
    counts = agree(texts, read, tmp_path / "config")
    # Each kind must have been met, or the comparison says little.
    assert min(counts.values()) > COUNT / 200 and counts["read"] > COUNT / 10, counts


FILES = [
    b"",
    b"\n\n",
    b"# only a comment\n",
    b"[default]\nregion = us-east-1 # no comment\n",
    b"[default]\nregion = us-east-1\n# a comment\n  ; another\noutput=json\n",
    b'[profile "my team"]\nregion = x\n[profile \'b\']\nregion = y\n',
    b"[profile a]\nregion = x\n[profile \"a\"]\noutput = y\n",
    b"[default]\nregion = 1\n[profile default]\noutput = 2\n",
    b"[profile default]\nregion = 1\n[default]\noutput = 2\n",
    b"  [default]\n  region = x\n  output = y\n",
    b"[default]\n  region = x\n  output = y\n",
    b"[default]\n  region = x\n    continued\n\n    more\n  output = y\n",
    b"[default]\ns3 =\n  max = 1\n  Case = 2\nregion = x\n",
    b"[default]\ns3 =\n  no equals\n",
    b"[default]\ns3 =\n  a = 1\n\n\n  b = 2\n\n",
    b"[default]\nregion\n",
    b"[default]\nregion = a\nregion = b\n",
    b"[default]\nregion = a\nREGION = b\n",
    b"[default]\n[default]\n",
    b"[profile a][profile b]\nregion = x\n",
    b"[profile a] [profile b]\nregion = x\n",
    b"[profile a] # why not\nregion = x\n",
    b"region = x\n",
    b"[default\nregion = x\n",
    b"[]\nregion = x\n",
    b"[default]\n= x\n",
    b"\xef\xbb\xbf[default]\nregion = x\n",
    b"[default]\r\nregion = x\r\noutput=json\r\n",
    b"[default]\rregion = x\routput=json\r",
    b"[DEFAULT]\nregion = x\n[profile a]\noutput = y\n[default]\nregion = z\n",
    b"[default]\nregion: x\nendpoint_url: http://a:1\n",
    b"[default]\nregion = \xff\n",
    "[profile é]\nregion = ü\n".encode(),
    b"[default]\nregion =\n",
    b"[default]\nregion = x",
]


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_known_files(text, read, tmp_path):
    agree([text], read, tmp_path / "config")
