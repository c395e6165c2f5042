"""The pages of docs/commands show what the program prints, and the checker of the documentation finds what is dead.

BEDQUOTA_RECORD=1 writes what differs into the pages instead of failing.
"""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from fleet_stores import Server
from support import ROOT

sys.path.insert(0, str(ROOT / "scripts/site"))

import commands as site_commands  # noqa: E402
import examples as site_examples  # noqa: E402
import links  # noqa: E402

FOLDER = ROOT / "docs/commands"
PAGES = {file.stem: site_examples.read(file) for file in sorted(FOLDER.glob("*.md")) if file.stem != "index"}
RECORD = os.environ.get("BEDQUOTA_RECORD") == "1"
# Commands that serve until they are stopped, and how they are given a free port. On the pages they have their own.
SERVERS = {"gateway": "--listen 127.0.0.1:0", "emulate": "--port 0", "exporter": "--port 0", "serve": "--port 0"}
# The store of the pages; the one of the tests has a port of its own.
STORE = "redis://127.0.0.1:6379"
PYTHON = ROOT / ".build/docs/venv/bin/python"


def leaves(bedquota):
    """Every command that does something by itself, by the name of its page."""

    def walk(command):
        # The gateway serves, and has commands below it.
        if not command.subcommands or command.page == "gateway":
            yield command
        for sub in command.subcommands:
            yield from walk(sub)

    return {command.page: command for top in site_commands.commands(bedquota) for command in walk(top)}


def test_every_command_has_a_page_with_an_example_of_itself(bedquota):
    found = leaves(bedquota)
    assert set(PAGES) == set(found)
    for name, command in found.items():
        assert any(f"bedquota {command.name}" in example.command for example in PAGES[name].examples), name


def test_the_table_of_commands_has_them_all(bedquota):
    table = (FOLDER / "index.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| \[`bedquota ([a-z-]+)", table, re.MULTILINE))
    assert named == {command.name for command in site_commands.commands(bedquota)}


def test_the_configuration_for_moving_is_valid(run, environment, tmp_path):
    [text] = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/moving-from.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    path = tmp_path / "gateway.yaml"
    path.write_text(text, encoding="utf-8")
    secrets = {name: name.ljust(44, "m") for name in re.findall(r"\$\{(\w+)\}", text)}
    assert "is valid" in run.output("gateway", "check", path, environment=environment | secrets)


@pytest.fixture(scope="module")
def store():
    server = Server()
    yield f"redis://127.0.0.1:{server.port}"
    server.process.kill()
    server.process.wait()


@pytest.fixture
def shell(bedquota, environment, tmp_path):
    """The environment and the folder of a shell in which `bedquota` is the program."""
    path = tmp_path / "bin"
    path.mkdir()
    (path / "bedquota").symlink_to(bedquota)
    work = tmp_path / "work"
    work.mkdir()
    return {"env": environment | {"PATH": f"{path}:{environment['PATH']}"}, "cwd": work}


def printed_by(example, command, shell):
    """What the command prints; of a server, as many lines as are shown."""
    both = subprocess.STDOUT if example.shows("log") else subprocess.DEVNULL
    process = subprocess.Popen(
        ["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=both, encoding="utf-8", **shell
    )
    try:
        if not serves(example.command):
            text, _ = process.communicate(timeout=300)
            return text, process.returncode
        text, wanted, until = "", len(example.compared(example.output).splitlines()), time.monotonic() + 30
        while len(example.compared(text).splitlines()) < wanted:
            assert time.monotonic() < until, text
            line = process.stdout.readline()
            assert line, f"it ended: {text}"
            text += line
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        return text, process.returncode
    finally:
        process.kill()
        process.wait()


def serves(command):
    words = command.split()
    return words[1] in SERVERS and "--once" not in words and words[1:3] not in (["gateway", "key"], ["gateway", "check"])


@pytest.mark.parametrize("name", PAGES)
def test_examples_are_true(shell, request, name):
    page = PAGES[name]
    for file, text in page.files.items():
        (shell["cwd"] / file).write_text(text, encoding="utf-8")
    for example in page.examples:
        command = example.command
        if STORE in command:
            command = command.replace(STORE, request.getfixturevalue("store"))
        if serves(command):
            command = f"exec {command} {SERVERS[command.split()[1]]}"
        printed, code = printed_by(example, command, shell)
        place = f"{page.file}:{example.line}: {example.command}"
        assert code == example.exit_code, f"{place}\n{printed}"
        if RECORD and not example.shows("excerpt"):
            record(page.file, example, printed)
        else:
            assert example.is_true(printed), f"{place}\n{printed}"


def record(file, example, printed):
    """Puts what was printed where the page has something else."""
    if example.is_true(printed):
        return
    lines = [line.rstrip() for line in printed.strip().splitlines() if not (example.shows("log") and line.endswith("…"))]
    text = file.read_text(encoding="utf-8")
    before = f"$ {example.command}\n{example.output}"
    assert text.count(before) == 1, f"{file}: {example.command} is there twice"
    file.write_text(text.replace(before, "\n".join([f"$ {example.command}", *lines, ""])), encoding="utf-8")


def example_of(comment, output):
    return site_examples.Example(1, "bedquota x", output, {"varies": ("figures", "times", "port")} if comment == "all" else {"shows": (comment,)})


@pytest.mark.parametrize("shown, printed, same", [
    ("used 5.00 %  of 1,000", "used 12.5 %    of 2,000,000", True),
    ("at 2026-11-30 09:44 UTC", "at 2026-12-01 23:59 UTC", True),
    ("at http://127.0.0.1:4000", "at http://127.0.0.1:35305", True),
    ("rpm 10 (L-ED46B8C5)", "rpm 11 (L-ED46B8C6)", False),
    ("us.amazon.nova-pro-v1:0 10", "us.amazon.nova-pro-v2:0 10", False),
    ("us.amazon.nova-pro-v1:0 10", "us.amazon.nova-pro-v1:1 10", False),
    ("throttled 0 of 10", "accepted 0 of 10", False),
    ("1 line", "1 line\n1 more", False),
])
def test_rules_leave_everything_else_alone(shown, printed, same):
    assert example_of("all", shown).is_true(printed) == same


@pytest.mark.parametrize("shown, printed, same", [
    ("a\n…\nc", "a\nb\nc", True),
    ("a\n…\nc\n…", "a\nc\nd", True),
    ("…\nc", "a\nb\nc", True),
    ("a\n…\nc", "a\nb\nc\nd", False),
    ("a\n…\nd\n…", "a\nb\nc", False),
    ("a\nc\n…", "a\nb\nc", False),
])
def test_an_excerpt_leaves_out_lines_where_it_says_so(shown, printed, same):
    assert example_of("excerpt", shown).is_true(printed) == same


@pytest.mark.parametrize("body, what", [
    ('<a href="missing.html">x</a>', "no such file: missing.html"),
    ('<a href="other.html#missing">x</a>', "no such anchor: other.html#missing"),
    ('<a href="#missing">x</a>', "no such anchor: #missing"),
    ('<img src="missing.svg">', "no such file: missing.svg"),
    ('<a href="../index.html">x</a>', "no such file: ../index.html"),
    ('<a href="/other.html">x</a>', "leads out of the site: /other.html"),
    ('<script src="https://cdn.example/x.js"></script>', "would be loaded from another host: https://cdn.example/x.js"),
])
def test_a_dead_link_is_found_with_its_line(tmp_path, body, what):
    (tmp_path / "index.html").write_text(f"<html>\n<body>\n{body}\n</body></html>", encoding="utf-8")
    (tmp_path / "other.html").write_text('<p id="there">', encoding="utf-8")
    dead, _ = links.check_site(tmp_path)
    assert dead == [f"index.html:3: {what}"]


def test_living_links_pass_and_other_hosts_are_listed(tmp_path):
    (tmp_path / "index.html").write_text('<a href="other.html#there">x</a><a href="https://aws.example/">y</a>', encoding="utf-8")
    (tmp_path / "other.html").write_text('<p id="there"><a href="index.html">x</a>', encoding="utf-8")
    assert links.check_site(tmp_path) == ([], {"https://aws.example/"})


def test_a_style_sheet_must_not_load_from_another_host(tmp_path):
    (tmp_path / "site.css").write_text("a {}\n@import 'https://fonts.example/x.css';\nb { background: url(//cdn.example/x.png) }\n", encoding="utf-8")
    dead, _ = links.check_site(tmp_path)
    assert [line.split(": ")[0] for line in dead] == ["site.css:2", "site.css:3"]


def test_a_mention_of_a_missing_document_is_found(tmp_path):
    folder = "docs"
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "there.md").write_text("# There\n\n## A heading\n", encoding="utf-8")
    lines = ["there.md", "there.md#a-heading", "there.md#missing", "missing.md"]
    (tmp_path / "code.swift").write_text("".join(f"// see {folder}/{line}\n" for line in lines), encoding="utf-8")
    subprocess.run("git init -q . && git add .", shell=True, cwd=tmp_path, check=True)
    assert links.check_mentions(tmp_path) == [
        f"code.swift:3: no such heading: {folder}/there.md#missing", f"code.swift:4: no such file: {folder}/missing.md"
    ]


@pytest.mark.parametrize("text, what", [
    ("[x](GUIDES/missing.md)", "README.md:3"),
    ("[x](GUIDES/there.md#missing)", "README.md:3"),
    ("[x](#missing)", "README.md:3"),
    ("![x](GUIDES/missing.svg)", "README.md:3"),
    ("[x](GUIDES/there.md#a-heading)", None),
])
def test_a_dead_link_of_a_guide_fails_the_build(tmp_path, text, what):
    if not PYTHON.exists():
        pytest.skip("scripts/docs makes the environment of the documentation")
    (tmp_path / "root/docs").mkdir(parents=True)
    (tmp_path / "root/README.md").write_text(f"# Title\n\n{text.replace('GUIDES', 'docs')}\n", encoding="utf-8")
    (tmp_path / "root/docs/there.md").write_text("# There\n\n## A heading\n", encoding="utf-8")
    done = subprocess.run(
        [PYTHON, ROOT / "scripts/site/build.py", "--root", tmp_path / "root", "--no-libraries", "--output", tmp_path / "site", "--check"],
        capture_output=True, text=True, timeout=120,
    )
    assert (done.returncode == 0) == (what is None), done.stderr
    assert what is None or what in done.stderr
