"""The data plane, and what surrounds it, through the AWS CLI with its default settings."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from runtime_prompts import (
    BLOCKS,
    CLAUDE,
    CLAUDE_TPM,
    MESSAGES,
    NOVA,
    OUTPUT_TOKENS,
    PROMPT_OPTIONS,
    PROMPT_TOKENS,
)
from servers import emulator_fixture, not_through_gateway
from support import aws_command, with_credentials

# Every test finds the emulator as it was at the start.
pytestmark = pytest.mark.usefixtures("control")


server = emulator_fixture(*PROMPT_OPTIONS)


@pytest.fixture
def aws(server, environment):
    """Runs the AWS CLI."""
    variables = with_credentials(environment) | {
        "AWS_ENDPOINT_URL": server.control_url, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
    }

    def call(*arguments):
        return subprocess.run(
            [aws_command(), *arguments, "--output", "json"],
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return call


def printed(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cli_converse(aws, model=NOVA):
    return aws(
        "bedrock-runtime", "converse", "--model-id", model, "--messages", json.dumps(BLOCKS)
    )


def test_cli_converse(aws):
    """A whole reply, whose usage is the prompt's bytes and the length that was asked for."""
    reply = printed(cli_converse(aws))
    assert reply["stopReason"] == "end_turn"
    assert reply["output"]["message"]["content"][0]["text"]
    assert reply["usage"]["inputTokens"] == PROMPT_TOKENS
    assert reply["usage"]["outputTokens"] == OUTPUT_TOKENS
    assert reply["usage"]["totalTokens"] == PROMPT_TOKENS + OUTPUT_TOKENS


def test_cli_invoke_model_writes_the_body(aws, tmp_path):
    """The file holds the body of the family, the terminal the content type."""
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": MESSAGES}
    file = tmp_path / "reply.json"
    # Version 1 takes the body as it is, and knows no option for that.
    version = aws("--version").stdout
    raw = ("--cli-binary-format", "raw-in-base64-out") if "aws-cli/2" in version else ()
    options = ("--body", json.dumps(body), str(file), *raw)
    done = aws("bedrock-runtime", "invoke-model", "--model-id", CLAUDE, *options)
    assert printed(done)["contentType"] == "application/json"
    reply = json.loads(file.read_text(encoding="utf-8"))
    assert (reply["type"], reply["role"], reply["stop_reason"]) == (
        "message",
        "assistant",
        "max_tokens",
    )
    assert reply["usage"]["input_tokens"] == PROMPT_TOKENS
    assert reply["usage"]["output_tokens"] == 50


def test_cli_count_tokens(aws):
    asked = json.dumps({"converse": {"messages": BLOCKS}})
    done = aws("bedrock-runtime", "count-tokens", "--model-id", CLAUDE.removeprefix("us."), "--input", asked)
    assert printed(done) == {"inputTokens": PROMPT_TOKENS}


def test_cli_metrics_after_traffic(aws):
    """An invoked id is a dimension at once, and its sum is the number of invocations."""
    printed(cli_converse(aws))
    dimension = {"Name": "ModelId", "Value": NOVA}
    named = ("--namespace", "AWS/Bedrock", "--metric-name", "OutputTokenCount")
    listed = printed(aws("cloudwatch", "list-metrics", *named))["Metrics"]
    assert [dimension] in [metric["Dimensions"] for metric in listed]
    now = datetime.now(UTC)
    window = ("--start-time", (now - timedelta(minutes=10)).isoformat())
    window += ("--end-time", (now + timedelta(minutes=2)).isoformat(), "--period", "60")
    by = ("--statistics", "Sum", "--dimensions", json.dumps([dimension]))
    points = printed(aws("cloudwatch", "get-metric-statistics", *named, *window, *by))["Datapoints"]
    assert sum(point["Sum"] for point in points) == OUTPUT_TOKENS


def test_cli_requests_an_increase(aws):
    """A request stays open; a second one for the same quota is refused."""
    wish = ("request-service-quota-increase", "--service-code", "bedrock")
    wish += ("--quota-code", CLAUDE_TPM, "--desired-value", "9000000")
    made = printed(aws("service-quotas", *wish))["RequestedQuota"]
    assert made["QuotaCode"] == CLAUDE_TPM and made["DesiredValue"] == 9_000_000
    assert made["Status"] in ("PENDING", "CASE_OPENED")
    again = aws("service-quotas", *wish)
    assert again.returncode in (254, 255)
    assert "(ResourceAlreadyExistsException)" in again.stderr


def test_cli_lists_provisioned_throughputs(aws):
    listed = printed(aws("bedrock", "list-provisioned-model-throughputs"))
    assert isinstance(listed["provisionedModelSummaries"], list)


@pytest.mark.parametrize(
    "model, code",
    [
        ("no.such-model-v1:0", "ValidationException"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "ValidationException"),
    ],
)
def test_cli_tells_an_error(aws, model, code):
    done = cli_converse(aws, model)
    assert done.returncode in (254, 255), done.stdout
    assert f"({code}) when calling the Converse operation" in done.stderr


@not_through_gateway("a quota of 0 is said at once, as something that no retry mends")
def test_cli_gives_up_on_a_quota_of_zero(control, aws):
    """It tries as often as it does by default, and then says that it did."""
    control.quota(CLAUDE_TPM, 0)
    done = cli_converse(aws, CLAUDE)
    assert done.returncode in (254, 255), done.stdout
    assert "(ThrottlingException) when calling the Converse operation (reached max" in done.stderr
    assert re.search("Too many tokens( per day)?, please wait before trying again.", done.stderr)
