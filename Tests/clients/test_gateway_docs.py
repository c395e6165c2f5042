"""docs/gateway.md: its examples run as they stand, against a gateway with the emulator behind it."""

import re
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from processes import Emulator
from support import ROOT, aws_command

PAGE = (ROOT / "docs/gateway.md").read_text(encoding="utf-8")
DOCUMENTED = "http://127.0.0.1:4000"
FIRST_CALL = PAGE.split("## The first call")[1].split("\n## ")[0]
# The text before the first example sets what all of them need.
COMMON, *SECTIONS = re.split(r"^### ", FIRST_CALL, flags=re.MULTILINE)
EXAMPLES = {section.splitlines()[0]: section for section in SECTIONS}
# Clients that can't be had here.
NOT_RUN = {"Claude Code", "JavaScript", "Java", "Go"}
# Clients that exclude our other packages have environments of their own.
ELSEWHERE = {"LiteLLM": ROOT / ".build/libraries/litellm/bin/python"}


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


class EmulatedGateway(Emulator):
    """`bedquota gateway --emulator`, as the page starts it."""

    command = ("gateway", "--emulator", "--listen", "127.0.0.1:0")

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:
            return reply.read().decode()

    def outcomes(self):
        """How many requests to models and passages ended how."""
        pattern = r'^bedquota_requests_total{(?=[^}]*outcome="(\w+)")[^}]*} (\d+)'
        counts = {}
        for outcome, count in re.findall(pattern, self.get("/metrics"), flags=re.MULTILINE):
            counts[outcome] = counts.get(outcome, 0) + int(count)
        return counts


@pytest.fixture(scope="module")
def gateway(bedquota, environment):
    server = EmulatedGateway(bedquota, environment)
    yield server
    assert server.stop() == 0


def test_every_client_is_run_or_named():
    assert NOT_RUN < set(EXAMPLES)
    for name, section in EXAMPLES.items():
        assert blocks(section, "sh" if name in ("AWS CLI", "curl", "Claude Code") else r"(?:python|js|java|go)"), name


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in NOT_RUN])
def test_an_example_runs_as_it_stands(gateway, environment, name):
    python = ELSEWHERE.get(name, Path(sys.executable))
    if not python.exists():
        pytest.skip("scripts/library-environments makes the environment of this client")
    before = gateway.outcomes()
    script = "\n".join(blocks(COMMON, "sh") + blocks(EXAMPLES[name], "sh"))
    for program in blocks(EXAMPLES[name], "python"):
        script += f"\n'{python}' - <<'END'\n{program}END\n"
    assert DOCUMENTED in script
    done = subprocess.run(
        ["bash", "-euc", script.replace(DOCUMENTED, gateway.url)],
        env=environment | {"PATH": f"{Path(aws_command()).parent}:{environment['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    # The emulator's replies are words of three letters.
    assert len(re.findall(r"\b[a-z]{3}\b", done.stdout)) >= 5, done.stdout
    after = gateway.outcomes()
    assert after.pop("succeeded") > before.pop("succeeded", 0)
    assert after == before, "a request failed on the way"


def test_claude_code_is_given_models_that_there_are(gateway):
    """It is not run here; its variables are those of the gateway's own messages."""
    listed = gateway.get("/v1/models")
    for model in re.findall(r"ANTHROPIC_MODEL=(\S+)", EXAMPLES["Claude Code"]):
        assert f'"{model}"' in listed
    said = gateway.read_log().replace(gateway.url, DOCUMENTED)
    assert "export ANTHROPIC_BEDROCK_BASE_URL=" + DOCUMENTED in said
    for variable in ("ANTHROPIC_BEDROCK_BASE_URL", "ANTHROPIC_BASE_URL"):
        assert f"{variable}={DOCUMENTED}" in EXAMPLES["Claude Code"]


# Kubernetes' manifests, and the rules of Prometheus.
NOT_OURS = re.compile(r"^(apiVersion|spec|groups):", re.MULTILINE)
CONFIGURATIONS = [
    (page, text)
    for page in ("gateway.md", "gateway-configuration.md", "gateway-operation.md")
    for text in blocks((ROOT / "docs" / page).read_text(encoding="utf-8"), "yaml")
    if not NOT_OURS.search(text)
]


def test_every_page_is_checked():
    assert Counter(page for page, _ in CONFIGURATIONS) == {"gateway.md": 4, "gateway-configuration.md": 1}


@pytest.mark.parametrize("page, text", CONFIGURATIONS)
def test_a_configuration_is_valid(run, tmp_path, environment, page, text):
    """As it stands on the page, with a secret or a file where one is named."""
    secret = tmp_path / "secret"
    secret.write_text("m" * 44)
    path = tmp_path / "gateway.yaml"
    path.write_text(re.sub(r"\$\{file:[^}]+\}", f"${{file:{secret}}}", text))
    variables = {name: name.ljust(44, "m") for name in re.findall(r"\$\{(\w+)\}", text)}
    assert "is valid" in " ".join(run.output("gateway", "check", path, environment=environment | variables).split())


def test_links_lead_somewhere():
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        file, _, anchor = target.partition("#")
        if file:
            other = ROOT / "docs" / file
            assert other.exists(), target
            titles = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
            there = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert not anchor or anchor in there, target
        else:
            assert anchor in anchors, target


def test_every_line_of_a_key_serves_at_once(bedquota, environment, run, tmp_path):
    """One shell with all that `gateway key` prints: no variable for one client is in the way of another."""
    path = tmp_path / "gateway.yaml"
    path.write_text("keys: {chat: {}}\n")
    here = environment | {"BEDQUOTA_GATEWAY_MASTER": "m" * 44, "AWS_REGION": "us-east-1"}
    server = EmulatedGateway(bedquota, here, "--config", str(path))
    lines = run.output("gateway", "key", "chat", "--config", path, "--url", server.url, environment=here)
    clients = ("boto3", "LangChain", "AnthropicBedrock", "anthropic", "openai")
    programs = "".join(f"'{sys.executable}' - <<'END'\n{blocks(EXAMPLES[name], 'python')[0]}END\n" for name in clients)
    done = subprocess.run(["bash", "-euc", f"{lines}\n{programs}"], env=here, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    counts = re.findall(r'^bedquota_requests_total{caller="(\w+)",[^}]*outcome="(\w+)"', server.get("/metrics"), re.MULTILINE)
    assert set(counts) == {("chat", "succeeded")}
    assert server.stop() == 0
