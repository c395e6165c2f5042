"""The binary as a user meets it: exit codes, streams, account folders, signals."""

import json
import re
import signal
import subprocess

import pytest
from processes import Emulator
from support import ACCOUNT_FILES, PROVISIONED_FILE, with_credentials

COMMANDS = ["list", "resolve", "models", "routes", "capacity", "usage", "dashboard", "check", "invoke", "run", "record", "emulate", "whoami"]
NOWHERE = "http://127.0.0.1:1"


def assert_failed(done, code, *words):
    """One line on stderr that holds all the words, nothing on stdout, and the exit code; `check` answers as a plugin."""
    if done.args[1] == "check":
        assert done.returncode == 3, done.stderr
        assert done.stdout.startswith("BEDROCK QUOTA UNKNOWN - ") and done.stdout.count("\n") == 1
    else:
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert lines, "failed without a word"
    assert code != 1 or len(lines) == 1, done.stderr
    for word in words:
        assert word.lower() in done.stderr.lower(), f"{word!r} is not in {done.stderr!r}"


@pytest.mark.parametrize(
    "identifier", ["", "a b", "us.", "arn:aws:s3:::bucket", "arn:aws:bedrock:us-east-1"]
)
def test_malformed_ids_are_bad_usage(run, identifier):
    assert_failed(run("resolve", identifier, "--emulator"), 64)


def test_one_malformed_id_among_good_ones(run):
    assert_failed(run("resolve", "amazon.nova-pro-v1:0", "a b", "--emulator"), 64, "a b")


def test_an_unknown_id_is_no_failure(run):
    reply = json.loads(
        run.output("resolve", "acme.rocket-9-v1:0", "--emulator", "--output", "json")
    )
    assert [entry["status"] for entry in reply] == ["unknown"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--no-such-option"],
        ["no-such-command"],
        ["list", "--emulator", "--output", "yaml"],
        ["list", "--emulator", "--scope", "no-such-scope"],
        ["list", "--emulator", "--measure", "no-such-measure"],
        ["resolve", "--emulator"],
        ["emulate", "--port", "99999999"],
    ],
)
def test_bad_usage(run, arguments):
    done = run(*arguments)
    assert done.returncode == 64
    assert done.stdout == ""
    assert done.stderr


def test_no_credentials(run):
    assert_failed(run("list", "--region", "us-east-1", "--quiet"), 1, "credentials")


def test_no_region(run, environment):
    credentials = with_credentials(environment)
    del credentials["AWS_REGION"], credentials["AWS_DEFAULT_REGION"]
    assert_failed(run("list", "--quiet", environment=credentials), 1, "region")


@pytest.mark.parametrize(
    "region", ["not-a-region", "us east 1", "us-east-1.example.com", "../us-east-1"]
)
def test_a_region_that_is_none(run, environment, region):
    done = run("list", "--quiet", "--region", region, environment=with_credentials(environment))
    assert_failed(done, 1, region)


@pytest.mark.parametrize("url", [NOWHERE, "http://no-such-host.invalid"])
def test_an_unreachable_endpoint(run, environment, url):
    credentials = with_credentials(environment)
    assert_failed(
        run("list", "--quiet", "--endpoint-url", url, environment=credentials), 1, url.split("/")[2]
    )


def test_an_unknown_profile(run):
    done = run("list", "--quiet", "--region", "us-east-1", "--profile", "nobody")
    assert_failed(done, 1, "nobody")


@pytest.mark.parametrize("key, secret", [("emulator", "wrong"), ("AKIDNOBODY", "emulator")])
def test_wrong_credentials(run, client_environment, key, secret):
    done = run("list", "--quiet", environment=with_credentials(client_environment, key, secret))
    assert_failed(done, 1)
    assert re.search("InvalidSignatureException|UnrecognizedClientException", done.stderr)


def test_another_process_as_the_emulator(run, client_environment, served_account):
    """AWS_ENDPOINT_URL and --endpoint-url lead to the same place."""
    by_variable = run.output("list", "--output", "json", environment=client_environment)
    without = {**client_environment, "AWS_ENDPOINT_URL": NOWHERE}
    option = ("--endpoint-url", client_environment["AWS_ENDPOINT_URL"])
    assert run.output("list", "--output", "json", *option, environment=without) == by_variable
    assert len(json.loads(by_variable)["quotas"]) == len(served_account.union)


@pytest.mark.parametrize("ignored", [False, True], ids=["SIGPIPE as usual", "SIGPIPE ignored"])
def test_a_closed_pipe_ends_quietly(bedquota, environment, ignored):
    process = subprocess.Popen(
        [bedquota, "list", "--emulator", "--quiet"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        restore_signals=not ignored,
    )
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) in (0, 128 + signal.SIGPIPE, -signal.SIGPIPE)
    process.stderr.close()


def test_head_in_a_shell(bedquota, environment):
    command = f"'{bedquota}' list --emulator --quiet | head -1"
    done = subprocess.run(
        command, shell=True, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_record_gives_back_the_account(run, served_account, tmp_path):
    text = run.output(
        "record", tmp_path / "copy", "--emulator", "--output", "json", *served_account.options
    )
    files = [*ACCOUNT_FILES, PROVISIONED_FILE, "account.json"]
    assert sorted(json.loads(text)["files"]) == sorted(files)
    assert sorted(file.name for file in (tmp_path / "copy").iterdir()) == sorted(files)
    for file in ACCOUNT_FILES:
        assert json.loads((tmp_path / "copy" / file).read_text("utf-8")) == served_account.load(
            file
        )
    provisioned = json.loads((tmp_path / "copy" / PROVISIONED_FILE).read_text("utf-8"))
    assert provisioned == {"provisionedModelSummaries": served_account.provisioned}


def test_models_shows_every_id(run, served_account):
    text = run.output("models", "--emulator", *served_account.options, "--output", "json")
    json.loads(text)
    ids = [model["modelId"] for model in served_account.models]
    ids += [profile["inferenceProfileId"] for profile in served_account.profiles]
    assert all(json.dumps(identifier) in text for identifier in ids)


@pytest.mark.parametrize("command", [["list"], ["models"], ["resolve", "amazon.nova-pro-v1:0"]])
def test_stdout_has_only_data(run, command):
    for noise in ("--verbose", "--quiet", "--no-color"):
        json.loads(run.output(*command, "--emulator", "--output", "json", noise))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run, command):
    assert re.search(
        rf"example[\s\S]*bedquota {command}", run.output(command, "--help"), re.IGNORECASE
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(run, shell):
    assert "bedquota" in run.output("--generate-completion-script", shell)


def test_version(run):
    assert re.search(r"\d+\.\d+", run.output("--version"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_the_emulator(bedquota, environment, how):
    assert Emulator(bedquota, environment).stop(how) == 0


def test_a_port_in_use(run, emulator):
    port = emulator.url.rsplit(":", 1)[1]
    assert_failed(run("emulate", "--port", port), 1, port)


@pytest.fixture
def folder(built_in_account, tmp_path):
    """A copy of the built-in account, to be damaged; indented so that every value has its own line."""
    for file in ACCOUNT_FILES:
        text = json.dumps(built_in_account.load(file), indent=1)
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


COMMANDS_ON_A_FOLDER = [["list", "--quiet", "--emulator"], ["emulate"]]


@pytest.mark.parametrize("command", COMMANDS_ON_A_FOLDER, ids=["list", "emulate"])
@pytest.mark.parametrize("file", ACCOUNT_FILES)
def test_a_missing_file_is_named(run, folder, command, file):
    (folder / file).unlink()
    assert_failed(run(*command, "--account", folder), 1, file)


@pytest.mark.parametrize("command", COMMANDS_ON_A_FOLDER, ids=["list", "emulate"])
@pytest.mark.parametrize("file", ACCOUNT_FILES)
def test_broken_json_is_named_with_its_line(run, folder, command, file):
    lines = (folder / file).read_text("utf-8").splitlines()
    lines[6] = " not JSON"
    (folder / file).write_text("\n".join(lines), encoding="utf-8")
    done = run(*command, "--account", folder)
    assert_failed(done, 1, file)
    assert re.search(r"\b7\b", done.stderr.replace(str(folder), "")), done.stderr


@pytest.mark.parametrize(
    "content", ["", "[]", "null", "{}", '{"Quotas": [{"QuotaCode": 7}]}', "\0", '{"Quotas": [']
)
def test_a_file_of_something_else_is_named(run, folder, content):
    (folder / ACCOUNT_FILES[0]).write_text(content, encoding="utf-8")
    assert_failed(run("list", "--quiet", "--emulator", "--account", folder), 1, ACCOUNT_FILES[0])


def test_no_folder_at_all(run, tmp_path):
    done = run("list", "--quiet", "--emulator", "--account", tmp_path / "nowhere")
    assert_failed(done, 1, "nowhere")


def test_recorded_files_are_private(run, tmp_path):
    """Also those that replace files that everybody could read."""
    directory = tmp_path / "account"
    for _ in range(2):
        run.output("record", directory, "--emulator", "--quiet")
        files = list(directory.iterdir())
        assert len(files) >= 5
        assert {file.name: file.stat().st_mode & 0o777 for file in files} == {
            file.name: 0o600 for file in files
        }
        for file in files:
            file.chmod(0o644)


def test_record_into_a_file(run, tmp_path):
    (tmp_path / "file").touch()
    assert_failed(run("record", tmp_path / "file", "--emulator", "--quiet"), 1, "file")
