"""Unmodified clients through a gateway, without keys and with them, straight and with nginx in between as Debian sets it up."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import anthropic
import boto3
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from langchain_aws import ChatBedrockConverse
from network_servers import Daemon, free_port
from openai.providers import bedrock
from processes import Emulator, Gateway
from support import REGION, ROOT, aws_command, with_credentials
from test_gateway_configuration import exports

NOVA = "us.amazon.nova-pro-v1:0"
ARN = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{NOVA}"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
GPT, TERRA, MANTLE_CLAUDE = "openai.gpt-oss-20b-1:0", "us.openai.gpt-5.6-terra", "anthropic.claude-opus-4-7"
PROMPT = "What is a quota?"
MESSAGES = [{"role": "user", "content": PROMPT}]
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]
ANTHROPIC = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": MESSAGES}
TOKENS = 20
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--history", "0", "--output-tokens", str(TOKENS))
PROGRAMS = Path(__file__).parent / "programs"


class PlainNginx(Daemon):
    """nginx with its defaults: HTTP/1.0 to the backend, and replies that are buffered. `Host` passes, because it is signed."""

    program = "nginx"

    def __init__(self, backend: str):
        self.folder = Path(tempfile.mkdtemp(prefix="bedquota-nginx-"))
        self.folder.chmod(0o755)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        paths = "".join(f"{name}_temp_path {self.folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        file = self.folder / "nginx.conf"
        file.write_text(
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log; events {{}}"
            f"http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port};"
            f"location / {{ proxy_pass {backend}; proxy_set_header Host $http_host; }} }} }}"
        )
        super().__init__(["-c", file, "-e", self.folder / "error.log"], port)

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Place:
    """Where a client sends its requests, and with which credentials."""

    url: str
    access_key: str
    secret: str
    token: str
    has_keys: bool
    has_nginx: bool

    @property
    def pair(self) -> dict[str, str]:
        return {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret}

    @property
    def anthropic_pair(self) -> dict[str, str]:
        return {"aws_access_key": self.access_key, "aws_secret_key": self.secret, "aws_region": REGION}


@pytest.fixture(scope="module")
def emulator(bedquota, environment):
    server = Emulator(bedquota, environment, *INSTANT)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module", params=["open", "keys"])
def gateway(request, bedquota, environment, emulator):
    has_keys = request.param == "keys"
    text = "keys: {chat: {}}\n" if has_keys else ""
    variables = with_credentials(environment) | {"BEDQUOTA_GATEWAY_MASTER": "m" * 44}
    gateway = Gateway(bedquota, variables, emulator.url, configuration=text)
    gateway.has_keys = has_keys
    gateway.caller = {"AWS_ACCESS_KEY_ID": "alice", "AWS_SECRET_ACCESS_KEY": "any", "OPENAI_API_KEY": "alice"}
    if has_keys:
        printed = subprocess.run(
            [bedquota, "gateway", "key", "chat"],
            env=variables, capture_output=True, text=True, check=True, timeout=30,
        )
        gateway.caller = exports(printed.stdout)
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture(scope="module", params=["straight", "nginx"])
def place(request, gateway):
    caller = gateway.caller
    rest = (caller["AWS_ACCESS_KEY_ID"], caller["AWS_SECRET_ACCESS_KEY"], caller["OPENAI_API_KEY"], gateway.has_keys)
    if request.param == "straight":
        yield Place(gateway.url, *rest, has_nginx=False)
        return
    with PlainNginx(gateway.url) as nginx:
        yield Place(nginx.url, *rest, has_nginx=True)


# AWS's SDKs


@pytest.fixture
def runtime(place):
    once = Config(retries={"total_max_attempts": 1})
    return boto3.Session().client("bedrock-runtime", region_name=REGION, endpoint_url=place.url, config=once, **place.pair)


@pytest.mark.parametrize("identifier", [NOVA, ARN])
def test_boto3_converse(runtime, identifier):
    reply = runtime.converse(modelId=identifier, messages=BLOCKS)
    assert reply["usage"]["outputTokens"] == TOKENS and reply["ResponseMetadata"]["RequestId"]
    events = list(runtime.converse_stream(modelId=identifier, messages=BLOCKS)["stream"])
    assert events[-1]["metadata"]["usage"]["outputTokens"] == TOKENS


def test_boto3_invoke(runtime):
    reply = runtime.invoke_model(modelId=CLAUDE, body=json.dumps(ANTHROPIC))
    assert json.loads(reply["body"].read())["usage"]["output_tokens"] == TOKENS
    stream = runtime.invoke_model_with_response_stream(modelId=CLAUDE, body=json.dumps(ANTHROPIC))["body"]
    events = [json.loads(event["chunk"]["bytes"]) for event in stream]
    assert events[-1]["type"] == "message_stop"


def test_boto3_sends_a_file(runtime, tmp_path):
    """It then waits for `100 Continue` before it sends the body."""
    file = tmp_path / "body.json"
    file.write_text(json.dumps(ANTHROPIC | {"system": "x" * 100_000}))
    with file.open("rb") as body:
        reply = runtime.invoke_model(modelId=CLAUDE, body=body)
    assert json.loads(reply["body"].read())["usage"]["output_tokens"] == TOKENS


def test_boto3_counts_tokens(runtime):
    assert runtime.count_tokens(modelId=CLAUDE.removeprefix("us."), input={"converse": {"messages": BLOCKS}})["inputTokens"] > 0


def test_the_aws_cli(place, environment):
    variables = with_credentials(environment, place.access_key, place.secret) | {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": place.url}
    done = subprocess.run(
        [aws_command(), "bedrock-runtime", "converse", "--model-id", ARN, "--messages", json.dumps(BLOCKS), "--output", "json"],
        env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["usage"]["outputTokens"] == TOKENS


def test_langchain(place):
    chat = ChatBedrockConverse(model=CLAUDE, max_tokens=100, region_name=REGION, endpoint_url=place.url, **place.pair)
    assert chat.invoke(PROMPT).usage_metadata["output_tokens"] == TOKENS
    whole = None
    for chunk in chat.stream(PROMPT):
        whole = chunk if whole is None else whole + chunk
    assert whole.usage_metadata["output_tokens"] == TOKENS


# Anthropic


def anthropic_clients(place):
    once = {"max_retries": 0}
    yield anthropic.Anthropic(base_url=place.url, api_key=place.token, **once), CLAUDE
    yield anthropic.Anthropic(base_url=place.url, api_key=None, auth_token=place.token, **once), CLAUDE
    yield anthropic.Anthropic(base_url=f"{place.url}/anthropic", api_key=place.token, **once), CLAUDE
    yield anthropic.AnthropicBedrock(base_url=place.url, **place.anthropic_pair, **once), CLAUDE
    yield anthropic.AnthropicBedrock(base_url=place.url, api_key=place.token, aws_region=REGION, **once), CLAUDE
    yield anthropic.AnthropicBedrockMantle(base_url=place.url, **place.anthropic_pair, **once), MANTLE_CLAUDE
    yield anthropic.AnthropicBedrockMantle(base_url=f"{place.url}/mantle/anthropic", **place.anthropic_pair, **once), MANTLE_CLAUDE


@pytest.mark.parametrize("index", range(7))
def test_anthropic(place, index):
    client, model = list(anthropic_clients(place))[index]
    asked = {"model": model, "max_tokens": 100, "messages": MESSAGES}
    with client:
        assert client.messages.create(**asked).usage.output_tokens == TOKENS
        with client.messages.stream(**asked) as stream:
            assert "".join(stream.text_stream) and stream.get_final_message().usage.output_tokens == TOKENS


def test_anthropic_with_a_header_of_its_own(place):
    """`x-api-key` is how older releases, and Claude Code, send a key."""
    with anthropic.Anthropic(base_url=place.url, api_key=None, auth_token=None, default_headers={"x-api-key": place.token, "Authorization": anthropic.Omit()}) as client:
        assert client.messages.create(model=CLAUDE, max_tokens=100, messages=MESSAGES).usage.output_tokens == TOKENS


# OpenAI


def openai_clients(place):
    once, pair = {"max_retries": 0}, {"access_key_id": place.access_key, "secret_access_key": place.secret, "region": REGION}
    runtime = bedrock(endpoint="runtime", base_url=f"{place.url}/openai/v1", **pair)
    mantle = bedrock(endpoint="mantle", base_url=f"{place.url}/mantle/openai/v1", **pair)
    yield openai.OpenAI(base_url=f"{place.url}/v1", api_key=place.token, **once), GPT, TERRA
    yield openai.OpenAI(base_url=f"{place.url}/openai/v1", api_key=place.token, **once), GPT, TERRA
    yield openai.BedrockOpenAI(base_url=f"{place.url}/openai/v1", api_key=place.token, aws_region=REGION, **once), GPT, TERRA
    yield openai.OpenAI(provider=runtime, **once), GPT, TERRA
    yield openai.OpenAI(provider=mantle, **once), None, "openai.gpt-5.6-terra"


@pytest.mark.parametrize("index", range(5))
def test_openai(place, index):
    client, chat, responses = list(openai_clients(place))[index]
    with client:
        if chat:
            asked = {"model": chat, "messages": MESSAGES, "max_completion_tokens": 100}
            assert client.chat.completions.create(**asked).usage.completion_tokens == TOKENS
            chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
            assert chunks[-1].usage.completion_tokens == TOKENS
        asked = {"model": responses, "input": PROMPT, "max_output_tokens": 100}
        assert client.responses.create(**asked).usage.output_tokens == TOKENS
        events = list(client.responses.create(**asked, stream=True))
        assert events[-1].type == "response.completed" and events[-1].response.usage.output_tokens == TOKENS


def test_openai_lists_models(place):
    with openai.OpenAI(base_url=f"{place.url}/v1", api_key=place.token) as client:
        assert {CLAUDE, NOVA} <= {model.id for model in client.models.list()}


def test_litellm(place, environment, emulator, tmp_path):
    python = ROOT / ".build/libraries/litellm/bin/python"
    if not python.exists():
        pytest.skip(f"{python} is missing: scripts/library-environments makes it")
    variables = with_credentials(environment, place.access_key, place.secret) | {
        "AWS_ENDPOINT_URL": emulator.url, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": place.url, "BEDQUOTA_TOKEN": place.token,
        "HOME": str(tmp_path), "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False",
    }
    done = subprocess.run(
        [python, Path(__file__).parent / "libraries/litellm_gateway.py"],
        env=variables, capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"text": [TOKENS] * 4, "stream": [TOKENS] * 4}


# HTTP clients of languages

CONVERSE = f"/model/{NOVA}/converse"
BODY = json.dumps({"messages": BLOCKS})


def run_program(command, place, *more, results):
    """Runs it, and sees that each of its `results` is a status of 200 and enough bytes."""
    done = subprocess.run(
        [*command, place.url + CONVERSE, f"{place.url}{CONVERSE}-stream", place.token, *more],
        input=BODY, capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    got = json.loads(done.stdout)
    assert [status for status, _ in got] == [200] * results
    assert all(size > (150, 1_000)[index % 2] for index, (_, size) in enumerate(got)), got


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_node(place):
    more = () if place.has_nginx else ("http2",)
    run_program(["node", PROGRAMS / "gateway.mjs"], place, *more, results=4 if place.has_nginx else 6)


@pytest.mark.skipif(not shutil.which("javac"), reason="needs a Java Development Kit: default-jdk-headless")
def test_java(place):
    run_program(["java", PROGRAMS / "Gateway.java"], place, results=6)


@pytest.fixture(scope="module")
def go_program(tmp_path_factory):
    if not shutil.which("go"):
        pytest.skip("needs Go: golang-go")
    folder = tmp_path_factory.mktemp("go")
    variables = os.environ | {"GOCACHE": str(folder / "cache"), "GOPATH": str(folder / "path"), "GO111MODULE": "off"}
    subprocess.run(
        ["go", "build", "-o", folder / "gateway", PROGRAMS / "gateway.go"],
        env=variables, check=True, capture_output=True, timeout=300,
    )
    return folder / "gateway"


def test_go(place, go_program):
    run_program([go_program], place, results=4)


def curl(place, *options, path=CONVERSE, body=BODY):
    done = subprocess.run(
        ["curl", "-sS", *options, "-w", "\n%{http_version} %{http_code}", "-H", "Content-Type: application/json", "-d", body, place.url + path],
        capture_output=True, timeout=30,
    )
    assert done.returncode == 0, done.stderr
    reply, _, end = done.stdout.rpartition(b"\n")
    return reply, end.decode()


@pytest.mark.parametrize("flag, version", [("--http1.1", "1.1"), ("--http1.0", "1.1"), ("--http2", "1.1"), ("--http2-prior-knowledge", "2")])
def test_curl(place, flag, version):
    if place.has_nginx and version == "2":
        pytest.skip("Debian's nginx has no HTTP/2 in clear text")
    for name in ("Authorization: Bearer", "x-api-key:"):
        options = (flag, "-H", f"{name} {place.token}")
        reply, end = curl(place, *options)
        assert json.loads(reply)["usage"]["outputTokens"] == TOKENS
        assert end.endswith(" 200") and (flag == "--http1.0" or end.startswith(version))
        reply, end = curl(place, *options, "-N", path=f"{CONVERSE}-stream")
        assert end.endswith(" 200") and b"metadata" in reply


def test_curl_signs(place):
    """Its signatures cover other headers than those of AWS's SDKs."""
    body = json.dumps({"model": GPT, "messages": MESSAGES})
    options = ("--aws-sigv4", f"aws:amz:{REGION}:bedrock", "--user", f"{place.access_key}:{place.secret}")
    reply, end = curl(place, *options, path="/openai/v1/chat/completions", body=body)
    assert end.endswith(" 200"), reply
    assert json.loads(reply)["usage"]["completion_tokens"] == TOKENS


# Who is not let in


def test_wrong_credentials(place):
    """Without keys any name is good; with keys everything is verified, in the words of each API."""
    wrong = Place(place.url, place.access_key, "wrong", "wrong", place.has_keys, place.has_nginx)
    once = Config(retries={"total_max_attempts": 1})
    runtime = boto3.Session().client("bedrock-runtime", region_name=REGION, endpoint_url=place.url, config=once, **wrong.pair)
    clients = [(client, model) for client, model in anthropic_clients(wrong)]
    if not place.has_keys:
        assert runtime.converse(modelId=NOVA, messages=BLOCKS)["usage"]["outputTokens"] == TOKENS
        return
    with pytest.raises(ClientError) as refused:
        runtime.converse(modelId=NOVA, messages=BLOCKS)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    for client, model in clients:
        with client, pytest.raises((anthropic.PermissionDeniedError, anthropic.AuthenticationError)):
            client.messages.create(model=model, max_tokens=10, messages=MESSAGES)
    for client, _, model in openai_clients(wrong):
        with client, pytest.raises((openai.PermissionDeniedError, openai.AuthenticationError)):
            client.responses.create(model=model, input=PROMPT)
