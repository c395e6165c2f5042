"""CloudWatch's AWS/BedrockMantle beside what clients counted, to the token, on every level that AWS documents."""

import anthropic
import openai
import pytest
from dialects import LONG, LONG_TOKENS, MESSAGES, OPTIONS, OUTPUT_TOKENS, PROMPT, PROMPT_TOKENS
from emulator_control import control_of
from mantle import CLAUDE, CLAUDE_INPUT, GPT, GPT_INPUT, GPT_OUTPUT, OSS, anthropic_client, base, books, figures, openai_client
from servers import emulator_fixture

MOST = 100
ONE, TWO = "proj_one1", "proj_two2"

server = emulator_fixture(*OPTIONS)


@pytest.fixture(autouse=True)
def control(server):
    control = control_of(server)
    control.reset()
    return control


@pytest.fixture
def mantle(server):
    return base(server.url)


def respond(client, **more):
    return client.responses.create(model=GPT, input=PROMPT, max_output_tokens=MOST, **more)


def message(client, **more):
    return client.messages.create(model=CLAUDE, messages=MESSAGES, max_tokens=MOST, **more)


def test_nothing_without_requests(server):
    assert figures(server.control_url) == {}


def test_all_apis_and_projects_at_every_level(server, mantle):
    """Two projects by two headers, and what names none; each client counts what it was told."""
    counted = {}

    def count(project, model, usage):
        read = usage.input_tokens if hasattr(usage, "input_tokens") else usage.prompt_tokens
        written = usage.output_tokens if hasattr(usage, "output_tokens") else usage.completion_tokens
        row = counted.setdefault((project, model), [0, 0, 0, 0])
        for index, value in enumerate((1, 0, read, written)):
            row[index] += value

    for project in (ONE, TWO):
        with openai_client(f"{mantle}/openai/v1", project=project) as client:
            count(project, GPT, respond(client).usage)
            count(project, GPT, list(respond(client, stream=True))[-1].response.usage)
        headers = {"anthropic-workspace-id": project}
        with anthropic_client(f"{mantle}/anthropic", default_headers=headers) as client:
            count(project, CLAUDE, message(client).usage)
    with openai_client(f"{mantle}/v1") as client:
        count("default", OSS, client.chat.completions.create(model=OSS, messages=MESSAGES).usage)
    rows = [(*key, *row) for key, row in counted.items()]
    found = figures(server.control_url)
    assert found == books(*rows)
    assert found[("Inferences", None, None)] == 7
    assert found[("TotalOutputTokens", None, None)] == 7 * OUTPUT_TOKENS
    # By AWS's page, sums and data of a single inference are at different levels.
    assert ("TotalInputTokens", ONE, GPT) not in found and ("InputTokens", None, GPT) not in found


def test_the_namespaces_are_apart(server, mantle):
    with openai_client(f"{server.url}/openai/v1") as runtime:
        runtime.responses.create(model=f"us.{GPT}", input=PROMPT)
    assert figures(server.control_url) == {}
    with openai_client(f"{mantle}/openai/v1") as client:
        respond(client)
    assert figures(server.control_url) == books(("default", GPT, 1, 0, PROMPT_TOKENS, OUTPUT_TOKENS))


def test_throttled_requests_are_in_no_metric(server, mantle, control):
    control.quota(GPT_INPUT, 10)
    with openai_client(f"{mantle}/openai/v1") as client:
        with pytest.raises(openai.RateLimitError):
            respond(client)
    assert figures(server.control_url) == {}


def test_refusals_are_client_errors(server, mantle):
    with openai_client(f"{mantle}/openai/v1") as client:
        with pytest.raises(openai.BadRequestError):
            client.responses.create(model=GPT, input=PROMPT, max_output_tokens=0)
    with openai_client(f"{mantle}/v1", project=ONE) as client:
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(model=GPT, messages=MESSAGES)
    assert figures(server.control_url) == books(("default", GPT, 0, 1, 0, 0), (ONE, GPT, 0, 1, 0, 0))


def test_a_server_error_is_in_no_metric(server, mantle, control):
    control.faults(service_unavailable=1)
    with openai_client(f"{mantle}/openai/v1") as client:
        with pytest.raises(openai.InternalServerError):
            respond(client)
    assert figures(server.control_url) == {}


def test_a_reply_that_the_quota_cut(server, mantle, control):
    control.quota(GPT_OUTPUT, 3)
    with openai_client(f"{mantle}/openai/v1") as client:
        assert respond(client).status == "incomplete"
    found = figures(server.control_url)
    assert found[("Inferences", None, None)] == 1
    # The clock runs, so a little may have come back meanwhile.
    assert found[("TotalOutputTokens", None, None)] < OUTPUT_TOKENS


def test_cached_input_is_input(server, mantle, control):
    control.quota(CLAUDE_INPUT, 1_000_000)
    system = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}]
    with anthropic_client(f"{mantle}/anthropic") as client:
        for _ in range(2):
            message(client, system=system)
    expected = 2 * (LONG_TOKENS + PROMPT_TOKENS)
    assert figures(server.control_url) == books(("default", CLAUDE, 2, 0, expected, 2 * OUTPUT_TOKENS))


def test_headers_of_the_other_api_and_unknown_projects(mantle):
    with anthropic_client(f"{mantle}/anthropic", default_headers={"OpenAI-Project": ONE}) as client:
        with pytest.raises(anthropic.BadRequestError, match="Use `anthropic-workspace-id` instead"):
            message(client)
    for project in ("proj_", "proj_a-b", "other"):
        with openai_client(f"{mantle}/openai/v1", project=project) as client:
            with pytest.raises(openai.NotFoundError, match="not found"):
                respond(client)
