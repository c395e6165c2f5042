"""`gateway check` and `gateway key` as operators use them."""

import base64
import hashlib
import hmac
import shlex

import pytest
from test_commands import assert_failed

MASTER = "m" * 44


def derived(name, serial):
    message = f"bedquota gateway key\n{name}\n{serial}".encode()
    return base64.b64encode(hmac.new(MASTER.encode(), message, hashlib.sha256).digest()).decode()


def exports(text):
    """The variables that a shell would set."""
    words = (shlex.split(line)[1] for line in text.splitlines() if line.startswith("export "))
    return dict(word.split("=", 1) for word in words)


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "gateway.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def with_master(environment):
    return environment | {"BEDQUOTA_GATEWAY_MASTER": MASTER}


def test_a_valid_file_is_summed_up(run, file, with_master):
    path = file("listen: 0.0.0.0:4000\nmodels: {opus: us.anthropic.claude-opus-4-8}\nkeys: {chat: {}, batch: {priority: low}}\n")
    said = " ".join(run.output("gateway", "check", path, environment=with_master).split())
    assert said.startswith(f"{path} is valid: 2 keys, 1 model name, listening on 0.0.0.0:4000.")
    assert "clear text" in said


def test_every_problem_is_named_with_its_line(run, file):
    path = file("listen: 4000\nkeys:\n  chat: {secret: not-in-the-file-please}\n  ci: {share: many}\nqueues: {}\n")
    done = run("gateway", "check", path)
    assert (done.returncode, done.stdout) == (1, "")
    lines = [line for line in done.stderr.splitlines() if line.startswith(f"{path}:")]
    assert [line[len(f"{path}:") :].split(":")[0] for line in lines] == ["1", "3", "4", "4", "5"]
    assert "not-in-the-file-please" not in done.stderr


def test_a_file_that_is_not_there(run, tmp_path):
    done = run("gateway", "check", tmp_path / "none.yaml")
    assert_failed(done, 1, "none.yaml", "doesn't exist")


@pytest.mark.parametrize("serial", [1, 7])
def test_a_key_is_the_documented_one(run, with_master, serial):
    options = [] if serial == 1 else ["--serial", serial]
    variables = exports(run.output("gateway", "key", "my-app.v2", *options, environment=with_master))
    secret = derived("my-app.v2", serial)
    assert variables["AWS_ACCESS_KEY_ID"] == f"BEDQUOTA_KEY_{serial}_my_app_v2"
    assert variables["AWS_SECRET_ACCESS_KEY"] == secret
    assert variables["ANTHROPIC_AUTH_TOKEN"] == variables["OPENAI_API_KEY"] == secret
    # botocore sends no bearer token in clear text, and fails instead.
    assert "AWS_BEARER_TOKEN_BEDROCK" not in variables
    assert variables["OPENAI_BASE_URL"] == "http://127.0.0.1:4000/v1"


def test_a_key_follows_the_configuration(run, file, tmp_path):
    (tmp_path / "master").write_text(MASTER + "\n", encoding="utf-8")
    path = file(
        f'master: "${{file:{tmp_path}/master}}"\nlisten: 127.0.0.1:5000\nkeys: {{chat: {{serial: [2, 3]}}, ci: {{sha256: {"ab" * 32}}}}}\n'
    )
    variables = exports(run.output("gateway", "key", "chat", "--config", path, "--url", "https://gateway.example"))
    assert variables["AWS_SECRET_ACCESS_KEY"] == derived("chat", 3)
    assert variables["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] == "https://gateway.example"
    assert variables["AWS_BEARER_TOKEN_BEDROCK"] == derived("chat", 3)
    assert exports(run.output("gateway", "key", "chat", "--config", path))["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:5000"
    assert_failed(run("gateway", "key", "ci", "--config", path), 1, "only the hash of the key 'ci'")
    done = run("gateway", "key", "new", "--config", path)
    assert done.returncode == 0
    assert "add 'new: {}' under keys" in done.stderr


def test_a_key_needs_a_master_secret(run, environment):
    assert_failed(run("gateway", "key", "chat"), 1, "no master secret", "BEDQUOTA_GATEWAY_MASTER")
    weak = environment | {"BEDQUOTA_GATEWAY_MASTER": "only-20-characters--"}
    assert_failed(run("gateway", "key", "chat", environment=weak), 1, "fewer than 32 characters")
    assert_failed(run("gateway", "key", "a", "--config", "/nowhere/g.yaml"), 1, "/nowhere/g.yaml: the file doesn't exist.")
    assert "only-20" not in run("gateway", "key", "chat", environment=weak).stderr


@pytest.mark.parametrize("arguments", [["a b"], ["chat", "--serial", "0"], [""]])
def test_names_and_serials_that_are_none(run, with_master, arguments):
    done = run("gateway", "key", *arguments, environment=with_master)
    assert done.returncode == 64


def test_a_bad_file_is_one_line_elsewhere(run, file, with_master):
    path = file("listen: 4000\ndrain: soon\n")
    done = run("gateway", "key", "chat", "--config", path, environment=with_master)
    assert_failed(done, 1, f"{path}:1: listen must be", "There are 2 problems", f"bedquota gateway check {path}")
