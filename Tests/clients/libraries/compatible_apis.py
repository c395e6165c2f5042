"""Libraries that know OpenAI's and Anthropic's APIs, pointed at Bedrock's: Chat Completions, Responses, Messages."""

import asyncio

import litellm
from agents import Agent as OpenAIAgent
from agents import ModelSettings, Runner, function_tool, set_default_openai_client
from agents import set_tracing_disabled
from anthropic import AsyncAnthropic
from city import City
from common import CLAUDE, MANTLE, PROMPT, URL, tell, weather
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

GPT = "us.openai.gpt-5.6-terra"
OPENAI, ANTHROPIC, KEY = f"{URL}/openai/v1", f"{URL}/anthropic", "emulator"
MESSAGES = [{"role": "user", "content": PROMPT}]


def langchain():
    asked = {"base_url": OPENAI, "api_key": KEY, "max_retries": 0}
    models = [ChatOpenAI(model=GPT, use_responses_api=use, **asked) for use in (False, True)]
    models += [ChatAnthropic(model=CLAUDE, base_url=ANTHROPIC, api_key=KEY, max_tokens=2000, max_retries=0)]
    return {
        "text": [model.invoke(PROMPT).usage_metadata["output_tokens"] for model in models],
        "stream": [len("".join(piece.text for piece in model.stream(PROMPT))) for model in models],
        "tools": [
            model.bind_tools([City], tool_choice="City").invoke(PROMPT).tool_calls[0]["args"]
            for model in models
        ],
        "structured": [
            model.with_structured_output(City).invoke(PROMPT).model_dump() for model in models
        ],
    }


def pydantic_ai():
    """Each run has an event loop of its own, and so a client of its own."""

    def openai():
        client = AsyncOpenAI(base_url=OPENAI, api_key=KEY, max_retries=0)
        return OpenAIProvider(openai_client=client)

    def models():
        client = AsyncAnthropic(base_url=ANTHROPIC, api_key=KEY, max_retries=0)
        yield OpenAIChatModel(GPT, provider=openai())
        yield OpenAIResponsesModel(GPT, provider=openai())
        yield AnthropicModel(CLAUDE, provider=AnthropicProvider(anthropic_client=client))

    async def stream(model):
        async with Agent(model).run_stream(PROMPT) as reply:
            return len("".join([text async for text in reply.stream_text(delta=True)]))

    return {
        "text": [Agent(model).run_sync(PROMPT).usage.output_tokens for model in models()],
        "stream": [asyncio.run(stream(model)) for model in models()],
        "structured": [
            Agent(model, output_type=City).run_sync(PROMPT).output.model_dump()
            for model in models()
        ],
    }


def mantle():
    """LiteLLM's provider of bedrock-mantle, which finds the path of a model's API itself, but that of Chat Completions."""
    base = MANTLE

    def asked(model, api_base=base):
        return {"model": f"bedrock_mantle/{model}", "api_base": api_base, "api_key": KEY}

    chat = litellm.completion(messages=MESSAGES, **asked("openai.gpt-oss-20b", f"{base}/v1"))
    claude = litellm.completion(messages=MESSAGES, max_tokens=2000, **asked("anthropic.claude-opus-4-7"))
    response = litellm.responses(input=PROMPT, **asked("openai.gpt-5.6-terra"))
    return [chat.usage.completion_tokens, claude.usage.completion_tokens, response.usage.output_tokens]


def lite():
    openai = {"model": f"openai/{GPT}", "api_base": OPENAI, "api_key": KEY}
    claude = {"model": f"anthropic/{CLAUDE}", "api_base": ANTHROPIC, "api_key": KEY}
    ways = ({**openai, "messages": MESSAGES}, {**claude, "messages": MESSAGES, "max_tokens": 2000})
    return {
        "text": [litellm.completion(**way).usage.completion_tokens for way in ways],
        "stream": [
            len("".join(piece.choices[0].delta.content or "" for piece in litellm.completion(stream=True, **way)))
            for way in ways
        ],
        "responses": litellm.responses(input=PROMPT, **openai).usage.output_tokens,
        "mantle": mantle(),
    }


def agents():
    """An agent that must call a tool first, then answers."""
    set_tracing_disabled(True)
    set_default_openai_client(AsyncOpenAI(base_url=OPENAI, api_key=KEY, max_retries=0))
    agent = OpenAIAgent(
        name="agent",
        model=GPT,
        tools=[function_tool(weather)],
        model_settings=ModelSettings(tool_choice="required"),
    )
    return len(Runner.run_sync(agent, PROMPT).final_output)


tell(langchain=langchain(), pydantic_ai=pydantic_ai(), litellm=lite(), agents=agents())
