"""Absurd options of every command but emulate, run and probe: one sentence and the right exit code, never a trap or a hang."""

import json
import subprocess

import pytest
from support import with_credentials

MODEL = "us.amazon.nova-pro-v1:0"
HUGE = "9" * 40
NUMBERS = ["", "x", "nan", "inf", "-1", "1e308", "-1e308", HUGE, "1\n2", "\u0661"]
# Each option with values that it must refuse.
WINDOWS = [
    *[("--hours", value) for value in [*NUMBERS, "0"]],
    *[("--period", value) for value in ["", "x", "0", "-60", "59", HUGE, "1e3", "9223372036854775807"]],
    *[("--start", value) for value in ["", "x", "nan", HUGE, "2026-13-01", "0000-00-00", "9999-12-31", "a\nb", "\x1b[2J", "t" * 100_000]],
]
SIZES = [(f"--{name}", value) for name in ("input-tokens", "output-tokens", "max-tokens", "cache-read-tokens", "cache-write-tokens",
                                           "concurrency", "burndown") for value in ["", "x", "-1", HUGE, "1.5", "9223372036854775807"]]
REFUSED = [
    *[(["usage", MODEL], *case) for case in WINDOWS],
    *[(["dashboard", "--output-file", "-"], *case) for case in WINDOWS[:11]],
    *[(["check"], *case) for case in WINDOWS[:11]],
    *[(["usage", MODEL], "--max-tokens", value) for value in ["", "x", "0", "-1", HUGE, "9223372036854775807"]],
    *[(["check"], "--warn", value) for value in ["", "x", "nan", "inf", "-1", "0", "1e308"]],
    *[(["check"], "--throttle-rate", value) for value in ["", "x", "nan", "inf", "-1", "0", "1e308", "1,2,3", "2,1", ","]],
    *[(["check"], "--critical", value) for value in ["", "x", "nan", "inf", "-1", "0", "1e308"]],
    *[(["capacity", MODEL], *case) for case in SIZES],
    *[(["capacity", MODEL], "--hours", value) for value in [*NUMBERS, "0"]],
    *[(["capacity", MODEL], "--latency", value) for value in ["", "x", "nan", "inf", "-1", "-1e308"]],
    *[(["invoke", MODEL, "hi"], "--max-tokens", value) for value in ["", "x", "0", "-1", HUGE]],
    *[(["invoke", MODEL, "hi"], "--deadline", value) for value in ["", "x", "nan", "inf", "-1", "0"]],
    *[(["list"], "--timeout", value) for value in ["", "x", "nan", "inf", "-1", "0", "1e308"]],
    *[(["list"], option, value) for option in ("--output", "--scope", "--measure") for value in ["", "x", "a\nb", "\x1b[2J", "t" * 100_000]],
    *[(["list"], "--regions", value) for value in ["", ",", "all,us-east-1", " , "]],
    *[(["list"], "--model", value) for value in ["", "a b", "a\nb", "m" * 100_000, "\x1b[2J"]],
]


def assert_sentence(done):
    # The parser lists the values that an option takes on lines of their own.
    message = done.stderr.split("\nUsage:")[0].split("\nHelp:")[0].split(" Please provide one of")[0].strip()
    assert message and "\n" not in message and len(message) < 5_000, done.stderr[:500]
    assert not [c for c in done.stderr if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160]


def assert_one_sentence(done, code):
    assert done.returncode == code, (done.returncode, done.stderr[:500])
    assert done.stdout == ""
    assert_sentence(done)


def assert_bad_usage(done, command):
    """`check` also answers the monitoring system, in one line."""
    if command != "check":
        return assert_one_sentence(done, 64)
    assert done.returncode == 3, (done.returncode, done.stderr[:500])
    assert done.stdout.startswith("BEDROCK QUOTA UNKNOWN - ") and len(done.stdout) < 2_000
    assert done.stdout.count("\n") == 1 and "|" not in done.stdout
    assert not [c for c in done.stdout[:-1] if ord(c) < 32 or 127 <= ord(c) < 160]
    assert_sentence(done)


@pytest.mark.parametrize("command, option, value", REFUSED, ids=lambda v: (v if isinstance(v, str) else v[0])[:12].encode("unicode_escape").decode())
def test_absurd_values_are_bad_usage(run, command, option, value):
    assert_bad_usage(run(*command, "--emulator", "--quiet", f"{option}={value}"), command[0])


@pytest.mark.parametrize("id", ["", " ", "a\nb", "a b", "\x1b]52;c;x\x07", "m" * 100_000, "\u202ea.b", "a.b\n", "arn:aws:bedrock:" + ":" * 1_000])
@pytest.mark.parametrize("command", ["resolve", "usage", "capacity", "check", "invoke"])
def test_absurd_ids_are_bad_usage(run, command, id):
    assert_bad_usage(run(command, id, *(["hi"] if command == "invoke" else []), "--emulator", "--quiet"), command)


@pytest.mark.parametrize("arguments", [
    ["list", "--search", "\x1b[2J\n"], ["list", "--family", "f" * 100_000], ["list", "--search", ""], ["models", "--search", "a\nb" * 10_000],
    ["usage", MODEL, "--hours", "0.000001"], ["usage", MODEL, "--max-tokens", "100000000"], ["check", "--critical", "10000", "--hours", "1"],
    ["capacity", MODEL, "--latency", "1e-308", "--input-tokens", "1", "--output-tokens", "1", "--concurrency", "1"],
    ["capacity", MODEL, "--latency", "1e300", "--input-tokens", "1", "--output-tokens", "1", "--concurrency", "1"],
    ["list", "--timeout", "86400"],
], ids=lambda a: " ".join(a)[:30].encode("unicode_escape").decode())
def test_odd_values_end_well(run, arguments):
    for form in ("table", "csv", "json", "markdown"):
        done = run(*arguments, "--emulator", "--output", form)
        assert done.returncode in (0, 1 if arguments[0] == "check" else 0, 2, 64), (done.returncode, done.stderr[:500])
        assert form != "json" or done.returncode == 64 or json.loads(done.stdout) is not None
        assert len(done.stderr) < 10_000


@pytest.mark.parametrize("region", ["a\nb", "\x1b[2J", "r" * 10_000, "..", "us-east-1/x"])
def test_absurd_regions(run, environment, region):
    done = run("list", "--quiet", f"--region={region}", environment=with_credentials(environment))
    assert_one_sentence(done, 1)


@pytest.mark.parametrize("url", ["x", "http://", "http://[", "ftp://x", "http://a\nb", "http://127.0.0.1:99999", "file:///etc/passwd"])
def test_absurd_endpoints(run, environment, url):
    done = run("list", "--quiet", f"--endpoint-url={url}", environment=with_credentials(environment))
    assert_one_sentence(done, 1)


def test_an_argument_that_is_not_utf_8(bedquota, environment, tmp_path):
    for arguments in ([b"resolve", b"a\xff", b"--emulator"], [b"usage", MODEL.encode(), b"--emulator", b"--svg", bytes(tmp_path) + b"/\xff.svg"]):
        done = subprocess.run([bytes(bedquota), *arguments], env=environment, capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
        assert done.returncode == 64 and b"not UTF-8" in done.stderr
    assert list(tmp_path.iterdir()) == []
