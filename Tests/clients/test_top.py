"""`bedquota top` on a terminal: keys, sizes, signals, and the terminal's state afterwards.

The fixture `top_command` is the command with its options. It shows at least six quotas of several models, some of them `tpm`, which
need more than 10 lines and fewer than 40, and at least one caller and one route.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import time
import urllib.request

import pytest
from gateway_world import World
from top_terminal import ENTER, LEAVE, Terminal

SIZES = [(40, 8), (45, 12), (60, 14), (80, 24), (120, 40), (200, 60), (300, 100)]
HEADING = "MODEL"


@pytest.fixture(scope="module")
def top_command(bedquota, environment):
    """`top` of a gateway that has served two callers, three models, and a name that leads to two of them."""
    models = ["us.amazon.nova-pro-v1:0", "us.anthropic.claude-opus-4-7", "openai.gpt-oss-20b-1:0", "amazon.nova-pro-v1:0"]
    body = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 20}}).encode()
    configuration = 'models:\n  both: ["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"]\n'
    with World(bedquota, environment, configuration=configuration, emulator=("--latency", "0")) as world:
        for caller, model in [("alice", model) for model in models] + [("bob", "both")]:
            headers = {"Authorization": f"Bearer {caller}", "Content-Type": "application/json"}
            request = urllib.request.Request(f"{world.url}/model/{model}/converse", body, headers)
            urllib.request.urlopen(request, timeout=60).read()
        yield [str(bedquota), "top", "--gateway", world.url]


@pytest.fixture
def terminal(top_command, environment):
    """Starts the command on a terminal, and waits for figures."""
    terminals = []

    def start(width=80, height=24, **variables):
        terminals.append(Terminal(top_command, environment, width, height, **variables))
        return terminals[-1].wait(HEADING)

    yield start
    for terminal in terminals:
        terminal.close()


def rows(terminal):
    """The lines between the heading and the footer; none if nothing is listed."""
    lines = terminal.lines
    heads = [place for place, line in enumerate(lines) if line.startswith((HEADING, "CALLER", "ROUTE"))]
    return [line for line in lines[heads[0] + 1:-1] if line] if heads else []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_each_size_is_used(terminal, size):
    screen = terminal(*size)
    assert screen.lines[0].startswith("bedquota top") and screen.lines[0].endswith(" old")
    assert screen.lines[-1].startswith("q quit") and "[1 models]" in screen.text
    # Nothing was wrapped into the next line: the heading's columns are those of the rows.
    number, heading = next((number, line) for number, line in enumerate(screen.lines) if line.startswith(HEADING))
    assert "MEASURE" in heading and "%" in heading
    cells = [screen.screen.buffer[number + 1 + row][heading.index("%")].data for row in range(len(rows(screen)))]
    assert set(cells) <= {"%", "–"}, screen.text


def test_a_small_terminal_is_told(terminal):
    screen = terminal(80, 24).resize(39, 24).wait("too small")
    screen.resize(39, 7).wait("39×7").resize(80, 24).wait(HEADING)


@pytest.mark.parametrize("size", [(10, 3), (1, 1), (39, 2)])
def test_the_smallest_terminals(top_command, environment, size):
    with Terminal(top_command, environment, *size) as screen:
        screen.wait(lambda terminal: ENTER in terminal.raw).read(0.5)
        assert screen.press("q").ended() == 0


def test_parts_are_chosen(terminal):
    screen = terminal()
    screen.press("2").wait("[2 callers]").press("3").wait("[3 routes]").press("tab").wait("[1 models]")
    screen.press("back tab").wait("[3 routes]").press("1").wait("[1 models]")


def test_sorting(terminal):
    screen = terminal(100, 40)
    assert "by fullness" in screen.text
    screen.press("s").wait("by name")
    names = [line.split()[0] for line in rows(screen) if not line.startswith(" ")]
    assert len(names) > 1
    screen.press("r").wait("by name, reversed")
    assert [line.split()[0] for line in rows(screen) if not line.startswith(" ")][0] != names[0]
    screen.press("s").wait("by waiting").press("s").wait("by throttles").press("s").wait("by fullness")


def test_a_filter(terminal):
    screen = terminal(100, 40)
    all_rows = len(rows(screen))
    screen.press("/", *"TPM").wait("Filter: TPM_").wait(lambda terminal: len(rows(terminal)) < all_rows)
    assert all("tpm" in line for line in rows(screen))
    # Letters of a filter are no commands.
    screen.press("q").wait("Nothing matches").press("backspace", "enter").wait("filter TPM")
    screen.press("escape").wait(lambda terminal: len(rows(terminal)) == all_rows, "all rows")
    screen.press("/", *"zzz").wait("Nothing matches").press("escape")
    screen.wait(lambda terminal: len(rows(terminal)) == all_rows, "all rows")


def test_scrolling(terminal):
    screen = terminal(80, 10)
    window = re.compile(r"(\d+)–(\d+) of (\d+)")

    def place():
        return tuple(map(int, window.search(screen.text).groups()))

    first, last, count = place()
    assert first == 1 and last == len(rows(screen)) < count
    screen.press("down").wait(lambda _: place()[0] == 2, "one row further")
    # The first row in sight names its model, though it may be the second one of it.
    assert rows(screen)[0][0] != " "
    screen.press("page down").wait(lambda _: place()[0] == 2 + last, "a page further")
    screen.press("end").wait(lambda _: place()[1] == count, "the end").press("down")
    screen.press("page up").wait(lambda _: place()[1] < count, "a page back")
    screen.press("home").wait(lambda _: place()[0] == 1, "the start")


def test_help(terminal):
    screen = terminal()
    screen.press("h").wait("Ctrl-C").press("q").wait(HEADING).press("?").wait("Ctrl-C").press("escape").wait(HEADING)


def test_a_pause(terminal):
    screen = terminal(100, 40)
    screen.press("p").wait("paused")
    before = rows(screen)
    screen.read(2.5)
    assert rows(screen) == before
    screen.press("p").wait_gone("paused")


def test_only_what_changes_is_written(terminal):
    screen = terminal(80, 24).press("p").wait("paused")
    screen.read(0.3)
    quiet = screen.read(2.5)
    # The age of the figures alone.
    assert b"\x1b[1;1H" in quiet and b"\x1b[2J" not in quiet and len(re.findall(rb"\x1b\[\d+;1H", quiet)) <= 4
    assert b"\x1b[2J" in screen.press("ctrl-l").read(0.5)


def test_resizing_draws_again(terminal):
    screen = terminal(80, 24)
    for width, height in [(120, 40), (45, 12), (200, 50), (80, 24)]:
        screen.resize(width, height).wait(lambda terminal: terminal.lines[-1].startswith("q quit"), "the last line")
        assert screen.lines[0].startswith("bedquota top")


@pytest.mark.parametrize("key", ["q", "ctrl-c"])
def test_quitting_leaves_the_terminal_as_it_was(top_command, environment, key):
    with Terminal(top_command, environment) as screen:
        before = screen.modes
        screen.wait(HEADING)
        assert screen.modes != before and ENTER in screen.raw and b"\x1b[?25l" in screen.raw
        assert screen.press(key).ended() in (0, 130)
        assert screen.modes == before and screen.raw.rstrip().endswith(LEAVE) and b"\x1b[?25h" in screen.raw


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT], ids=lambda number: number.name)
def test_signals_leave_the_terminal_as_it_was(top_command, environment, number):
    with Terminal(top_command, environment) as screen:
        before = screen.modes
        screen.wait(HEADING).signal(number)
        code = screen.ended()
        assert code in {signal.SIGINT: (0, 130), signal.SIGHUP: (129,)}.get(number, (143,))
        assert screen.modes == before and screen.raw.rstrip().endswith(LEAVE)


def test_a_terminal_that_goes_away_ends_it(top_command, environment):
    with Terminal(top_command, environment) as screen:
        screen.wait(HEADING)
        process = screen.process.pid
        os.close(screen.process.child_fd)
        end = time.monotonic() + 10
        while os.waitpid(process, os.WNOHANG) == (0, 0):
            assert time.monotonic() < end, "it goes on"
            time.sleep(0.05)
        screen.process.closed, screen.process.ptyproc.closed = True, True
        screen.process.terminated, screen.process.ptyproc.terminated = True, True


@pytest.fixture
def shell(top_command, environment):
    """A shell with job control, which runs the command."""
    environment = environment | {"PS1": "shell> ", "HISTFILE": "/dev/null", "BASH_SILENCE_DEPRECATION_WARNING": "1"}
    with Terminal(["bash", "--norc", "--noprofile", "-i"], environment) as shell:
        shell.command = " ".join(shlex.quote(str(word)) for word in top_command)
        yield shell.wait("shell>")


def stty(shell, name):
    """What stty tells in the shell."""
    answer = re.compile(rf"{name}-([0-9a-f:]+)-\.")
    shell.press(f"echo {name}-$(stty -g)-.", "enter").wait(lambda _: answer.search(shell.raw.decode()), "stty")
    return answer.findall(shell.raw.decode())[-1]


@pytest.mark.parametrize("how", ["key", "kill"])
def test_suspending_gives_the_terminal_to_the_shell(shell, how):
    before = stty(shell, "before")
    shell.press(f"clear; {shell.command}", "enter").wait(HEADING)
    for turn in range(2):
        mark = len(shell.raw)
        if how == "key":
            shell.press("ctrl-z")
        else:
            children = subprocess.run(["pgrep", "-P", str(shell.process.pid)], capture_output=True, text=True, check=True).stdout
            os.kill(int(children.split()[-1]), signal.SIGTSTP)
        shell.wait(lambda _: b"Stopped" in shell.raw[mark:], "the shell")
        assert LEAVE in shell.raw[mark:]
        assert stty(shell, f"stopped{turn}") == before
        mark = len(shell.raw)
        shell.press("fg", "enter").wait(lambda _: ENTER in shell.raw[mark:], "the screen").wait(HEADING)
        shell.press("2").wait("[2 callers]").press("1").wait(HEADING)
    mark = len(shell.raw)
    shell.press("q").wait(lambda _: LEAVE in shell.raw[mark:], "the end")
    assert stty(shell, "after") == before


def test_a_stop_that_nobody_asked_it_for(shell):
    """SIGSTOP leaves no time to give the terminal back; the screen is drawn again afterwards, and left as usual."""
    before = stty(shell, "before")
    shell.press(f"clear; {shell.command}", "enter").wait(HEADING)
    children = subprocess.run(["pgrep", "-P", str(shell.process.pid)], capture_output=True, text=True, check=True).stdout
    mark = len(shell.raw)
    os.kill(int(children.split()[-1]), signal.SIGSTOP)
    shell.wait(lambda _: b"Stopped" in shell.raw[mark:], "the shell")
    mark = len(shell.raw)
    shell.press("fg", "enter").wait(lambda _: b"\x1b[2J" in shell.raw[mark:], "the screen").wait(HEADING)
    mark = len(shell.raw)
    shell.press("q").wait(lambda _: LEAVE in shell.raw[mark:], "the end")
    assert stty(shell, "after") == before


def test_ctrl_z_without_a_shell(terminal):
    """Nobody could let it go on, so it goes on by itself."""
    screen = terminal()
    mark = len(screen.raw)
    screen.press("ctrl-z").wait(lambda _: ENTER in screen.raw[mark:], "the screen").wait(HEADING)
    screen.press("2").wait("[2 callers]").press("q")
    assert screen.ended() == 0


def test_suspending_stops_a_script_around_it(shell):
    before = stty(shell, "before")
    shell.press(f"clear; sh -c {shlex.quote(shell.command + '; echo script-ends')}", "enter").wait(HEADING)
    mark = len(shell.raw)
    shell.press("ctrl-z").wait(lambda _: b"Stopped" in shell.raw[mark:], "the shell")
    assert stty(shell, "stopped") == before
    mark = len(shell.raw)
    shell.press("fg", "enter").wait(lambda _: ENTER in shell.raw[mark:], "the screen").wait(HEADING)
    shell.press("q").wait("script-ends")
    assert stty(shell, "after") == before


def test_in_the_background_it_waits(shell):
    """`bg` may not take the terminal from the shell."""
    before = stty(shell, "before")
    shell.press(f"clear; {shell.command}", "enter").wait(HEADING)
    mark = len(shell.raw)
    shell.press("ctrl-z").wait(lambda _: b"Stopped" in shell.raw[mark:], "the shell")
    mark = len(shell.raw)
    shell.press("bg", "enter").read(1)
    assert ENTER not in shell.raw[mark:] and stty(shell, "background") == before
    mark = len(shell.raw)
    shell.press("fg", "enter").wait(lambda _: ENTER in shell.raw[mark:], "the screen").wait(HEADING)
    mark = len(shell.raw)
    shell.press("q").wait(lambda _: LEAVE in shell.raw[mark:], "the end")
    assert stty(shell, "after") == before


def test_color(terminal):
    styled = re.compile(rb"\x1b\[[1-9][0-9]*m")
    assert styled.search(terminal().raw)
    assert not styled.search(terminal(NO_COLOR="1").raw)


def test_ascii(terminal):
    screen = terminal(LC_ALL="C")
    screen.read(0.5)
    assert screen.raw.isascii() and "...." in screen.text


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}])
def test_a_dumb_terminal_gets_one_table(top_command, environment, variables):
    with Terminal(top_command, environment, 200, 50, **variables) as screen:
        assert screen.ended() == 0
        assert b"\x1b[" not in screen.raw and HEADING in screen.text


def test_a_pipe_gets_one_table(top_command, environment):
    command = list(map(str, top_command))
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and HEADING in done.stdout and "\x1b" not in done.stdout
