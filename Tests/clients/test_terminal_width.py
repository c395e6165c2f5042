"""Every command on terminals of 60, 80, 120 and 200 columns: no line is wider, and no word is broken."""

import json
import subprocess

import pytest
from terminals import columns, on_terminal
from test_commands import COMMANDS

MODEL = "us.amazon.nova-pro-v1:0"
LONG = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ARN = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{LONG}"
WIDTHS = (60, 80, 120, 200)

ANSWERS = [
    ["list"], ["list", "--family", "claude"], ["list", "--regions", "us-east-1"], ["models"], ["resolve", MODEL, LONG, ARN, "nope.x-v1:0"],
    ["capacity", MODEL, "--hours", "2"], ["capacity", LONG, "--input-tokens", "3000", "--output-tokens", "500"], ["capacity"],
    ["usage", MODEL, "--max-tokens", "1000"], ["usage", "nope.x-v1:0"], ["check"], ["probe", MODEL, "--dry-run"],
    ["invoke", MODEL, "hi", "--max-tokens", "60"], ["invoke", MODEL, "hi", "--max-tokens", "60", "--stream"],
    ["run", MODEL, "--dry-run", "--input", "prompts.jsonl", "--output-file", "replies.jsonl"],
]
FAILURES = [["lst"], ["list", "--query", "x"], ["list", "--scope", "x"], ["usage", MODEL, "--hours", "-1"], ["list", "--profile", "x"],
            ["list", "--emulator", "--region", "eu-central-1"], ["list", "--emulator", "--account", "/no/folder"], ["resolve", "a b"]]
HELP = [[], *([command] for command in [*COMMANDS, "probe", "demo"])]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal")
    request = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    (folder / "prompts.jsonl").write_text(json.dumps({"recordId": "a", "modelInput": request}) + "\n")
    return folder


def assert_fits(screen, width):
    for line in screen.lines:
        # A word that is wider than the terminal has a line of its own, without a line feed in it that a copy would keep.
        assert columns(line) <= width or len(line.split()) == 1, f"{columns(line)} columns: {line!r}"


@pytest.mark.parametrize("arguments", ANSWERS, ids=" ".join)
def test_answers_fit(bedquota, environment, folder, monkeypatch, arguments):
    monkeypatch.chdir(folder)
    command = [bedquota, *arguments, "--emulator", "--no-color"]
    full = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert full.returncode in (0, 2), full.stderr
    # Figures change with the minute, codes and ids don't.
    names = {word for word in full.stdout.split() if word.startswith(("L-", "arn:", "us.", "amazon.", "anthropic.")) and len(word) > 9}
    for width in WIDTHS:
        screen = on_terminal(command, environment, width)
        assert screen.code == full.returncode
        assert_fits(screen, width)
        assert not names - set(screen.words), f"{width} columns: broken or missing"


@pytest.mark.parametrize("arguments", FAILURES, ids=" ".join)
def test_failures_fit(bedquota, environment, arguments):
    for width in WIDTHS:
        screen = on_terminal([bedquota, *arguments], environment, width)
        assert screen.code in (1, 64)
        assert_fits(screen, width)


@pytest.mark.parametrize("arguments", HELP, ids=lambda a: " ".join(a) or "bedquota")
def test_help_fits(bedquota, environment, arguments):
    for width in WIDTHS:
        screen = on_terminal([bedquota, *arguments, "--help"], environment, width)
        assert screen.code == 0 and screen.text.startswith("OVERVIEW: ")
        assert_fits(screen, width)


def test_the_banner_of_the_emulator_fits(bedquota, environment):
    for width in WIDTHS:
        screen = on_terminal([bedquota, "emulate"], environment, width, until=b"http://127.0.0.1:")
        assert screen.code == 0 and len(screen.lines) >= 2
        assert_fits(screen, width)


def test_names_of_wide_characters(bedquota, environment, built_in_account, tmp_path):
    """East Asian names take two columns a character, on the screen and in its arithmetic."""
    for file in built_in_account.directory.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name.startswith("list-foundation"):
            document = json.loads(text)
            document["modelSummaries"][0]["modelName"] = "日本語の模型 한국어 모델 " * 3
            document["modelSummaries"][1]["modelName"] = "🙂 " * 20
            text = json.dumps(document)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    for width in (60, 80, 200):
        screen = on_terminal([bedquota, "models", "--emulator", "--account", tmp_path], environment, width)
        assert screen.code == 0 and "日本語の模型" in screen.text
        assert_fits(screen, width)


def test_a_pipe_gets_a_row_a_line(run):
    rows = run.output("list", "--emulator", "--quiet").splitlines()
    codes = [row for row in rows if " L-" in row]
    listed = json.loads(run.output("list", "--emulator", "--quiet", "--output", "json"))
    assert len(codes) == len(listed["quotas"]) and max(map(len, codes)) > 120


def test_columns_sets_the_width(run, environment, bedquota):
    """It counts for a pipe, and before the width of a terminal."""
    piped = run.output("resolve", LONG, "--emulator", "--quiet", environment=environment | {"COLUMNS": "70"})
    assert max(map(len, piped.splitlines())) <= 70 and "L-4A6BFAB1" in piped
    screen = on_terminal([bedquota, "resolve", LONG, "--emulator", "--quiet"], environment, 200, COLUMNS="70")
    assert screen.text.strip() == piped.strip()
    documents = [run.output("resolve", LONG, "--emulator", "--quiet", "--output", form, environment=environment | {"COLUMNS": "70"})
                 for form in ("csv", "markdown", "json")]
    assert all(max(map(len, text.splitlines())) > 70 for text in documents[:2]) and json.loads(documents[2])


def test_a_script_of_completions_is_never_wrapped(run, environment):
    script = run.output("--generate-completion-script", "bash")
    assert run.output("--generate-completion-script", "bash", environment=environment | {"COLUMNS": "60"}) == script
