"""Closed, full and broken streams, and terminals of odd sizes: each has one clear end."""

import fcntl
import os
import pty
import struct
import subprocess
import termios

import pytest
from support import with_credentials
from test_commands import assert_failed

MODEL = "us.amazon.nova-pro-v1:0"
COMMANDS = [["list"], ["resolve", MODEL], ["models"], ["routes", MODEL], ["capacity", MODEL], ["usage", MODEL, "--hours", "1"],
            ["check", MODEL, "--hours", "1", "--critical", "10000", "--warn", "10000"], ["invoke", MODEL, "hi"], ["list", "--output", "json"]]


def failed(arguments):
    """The exit code of a failure: monitoring systems read 1 as a warning."""
    return 3 if arguments[0] == "check" else 1


def shell(bedquota, environment, redirection, arguments, **more):
    command = ["bash", "-c", f'exec "$@" {redirection}', "_", str(bedquota), *arguments, "--emulator", "--quiet"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **more)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_closed_stdout_is_a_failure(bedquota, environment, arguments):
    assert_failed(shell(bedquota, environment, ">&-", arguments), failed(arguments), "can't be written")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_stdout_is_a_failure(bedquota, environment, arguments):
    assert_failed(shell(bedquota, environment, ">/dev/full", arguments), failed(arguments), "no space left")


def test_a_closed_stdout_gets_no_file(bedquota, environment, tmp_path):
    """The first file that is opened would take the number of stdout."""
    file = tmp_path / "chart.svg"
    file.write_text("before")
    done = shell(bedquota, environment, ">&-", ["usage", MODEL, "--hours", "1", "--svg", str(file)])
    assert_failed(done, 1, "can't be written")
    text = file.read_text()
    assert text.startswith("<svg") and text.endswith("</svg>\n")


@pytest.mark.parametrize("redirection", ["<&-", "2>&-", "<&- 2>&-"])
def test_other_closed_streams_do_no_harm(bedquota, environment, redirection):
    done = shell(bedquota, environment, redirection, ["resolve", MODEL])
    assert done.returncode == 0 and MODEL in done.stdout and done.stderr == ""


def test_a_prompt_from_a_closed_stdin(bedquota, environment):
    assert_failed(shell(bedquota, environment, "<&-", ["invoke", MODEL, "-"]), 1, "stdin can't be read")


@pytest.mark.parametrize("prompt, words", [(b"", "empty"), (b"a\xff", "UTF-8"), (b"x" * 25_000_001, "25 MB")])
def test_a_prompt_that_is_none(bedquota, environment, prompt, words):
    done = subprocess.run([bedquota, "invoke", MODEL, "-", "--emulator", "--quiet"], env=environment, input=prompt, capture_output=True, timeout=60)
    assert done.returncode in (1, 64) and words in done.stderr.decode()


def test_a_prompt_from_stdin(bedquota, environment):
    done = subprocess.run([bedquota, "invoke", MODEL, "-", "--emulator", "--quiet"], env=environment, input="Grüße\n", capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.strip()


@pytest.mark.parametrize("columns", ["0", "1", "-5", "1000000000", "x", "", "9" * 30])
@pytest.mark.parametrize("arguments, code", [(["list", "--help"], 0), (["--help"], 0), (["list", "--nonsense"], 64), (["resolve", MODEL, "--emulator"], 0)],
                         ids=lambda v: " ".join(v)[:20] if isinstance(v, list) else None)
def test_columns_of_any_value(run, environment, columns, arguments, code):
    done = run(*arguments, environment=environment | {"COLUMNS": columns})
    assert done.returncode == code and (done.stdout or done.stderr)


@pytest.mark.parametrize("width", [0, 1, 2, 65_535])
def test_terminals_of_any_width(bedquota, environment, width):
    for arguments in (["list", "--help"], ["resolve", MODEL, "--emulator"], ["list", "--nonsense"]):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        process = subprocess.Popen([bedquota, *arguments], env=environment, stdin=follower, stdout=follower, stderr=follower)
        os.close(follower)
        received = b""
        try:
            while data := os.read(leader, 65_536):
                received += data
        except OSError:
            pass
        os.close(leader)
        assert process.wait(30) in (0, 64) and received


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}, {"NO_COLOR": "1", "TERM": "xterm"}])
def test_colors_can_be_turned_off(bedquota, environment, more):
    leader, follower = pty.openpty()
    environment = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "TERM")} | more
    subprocess.run([bedquota, "resolve", MODEL, "--emulator", "--quiet"], env=environment, stdin=follower, stdout=follower, stderr=follower,
                   check=True, timeout=60)
    os.close(follower)
    text = os.read(leader, 65_536)
    os.close(leader)
    assert (b"\x1b[" in text) == (more == {"TERM": ""})


def test_a_reader_of_notes_that_leaves_ends_no_work(bedquota, environment):
    """`2>&1 >FILE | head`: the work is done all the same."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([bedquota, "invoke", MODEL, "hi", "--emulator"], env=environment, stdout=subprocess.PIPE, stderr=writer, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)
    os.close(writer)
    assert done.returncode == 0 and done.stdout.strip()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["", "x", "http://127.0.0.1:1"])
def test_odd_proxies(run, environment, variable, value):
    """An emulator inside the process is reached without a proxy; AWS through it, or with one clear line."""
    assert run("resolve", MODEL, "--emulator", environment=environment | {variable: value}).returncode == 0
