"""strands over the APIs of OpenAI and Anthropic, on both endpoints: text, tools, structured output."""

from city import City
from common import CLAUDE, MANTLE, PROMPT, URL, tell, weather
from strands import Agent, tool
from strands.models.anthropic import AnthropicModel
from strands.models.openai import OpenAIModel
from strands.models.openai_responses import OpenAIResponsesModel

GPT = "us.openai.gpt-5.6-terra"
KEY = "emulator"


RUNTIME = f"{URL}/openai/v1"


def openai(kind, model, base, **params):
    return lambda: kind(model_id=model, params=params, client_args={"base_url": base, "api_key": KEY, "max_retries": 0})


def anthropic(model, base):
    at = {"base_url": base, "api_key": KEY, "max_retries": 0}
    return lambda: AnthropicModel(model_id=model, max_tokens=2000, client_args=at)


def ask(make, tools=(), **more):
    """An agent runs in an event loop of its own, and so needs a model of its own."""
    return Agent(model=make(), tools=list(tools), callback_handler=None)(PROMPT, **more)


def tokens(make):
    return ask(make).metrics.accumulated_usage["outputTokens"]


runtime = [
    openai(OpenAIModel, GPT, RUNTIME, max_completion_tokens=2000),
    openai(OpenAIResponsesModel, GPT, RUNTIME, max_output_tokens=2000),
    anthropic(CLAUDE, f"{URL}/anthropic"),
]
mantle = [
    openai(OpenAIModel, "openai.gpt-oss-20b", f"{MANTLE}/v1"),
    openai(OpenAIResponsesModel, "openai.gpt-5.6-terra", f"{MANTLE}/openai/v1"),
    anthropic("anthropic.claude-opus-4-7", f"{MANTLE}/anthropic"),
]
tell(
    text=[tokens(make) for make in runtime],
    tools=[ask(make, [tool(weather)]).stop_reason for make in runtime],
    structured=[ask(make, structured_output_model=City).structured_output.model_dump() for make in runtime],
    mantle=[tokens(make) for make in mantle],
)
