"""pydantic-ai with Bedrock's Converse, with Anthropic's client, and its embeddings."""

import asyncio

from anthropic import AsyncAnthropicBedrock
from city import City
from common import CLAUDE, COHERE_EMBED, NOVA, NOVA_EMBED, PROMPT, URL, tell
from pydantic_ai import Agent, Embedder, NativeOutput, PromptedOutput
from pydantic_ai.embeddings.bedrock import BedrockEmbeddingModel
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.bedrock import BedrockProvider

provider = BedrockProvider(region_name="us-east-1", base_url=URL)
claude, nova = (BedrockConverseModel(model, provider=provider) for model in (CLAUDE, NOVA))
SETTINGS = {"max_tokens": 2000}


def direct():
    """A client for one run, because each run has an event loop of its own."""
    client = AsyncAnthropicBedrock(base_url=URL, aws_region="us-east-1", max_retries=0)
    return AnthropicModel(CLAUDE, provider=AnthropicProvider(anthropic_client=client))


def run(model, output=str, **settings):
    agent = Agent(direct() if model is None else model, output_type=output)
    return agent.run_sync(PROMPT, model_settings=SETTINGS | settings)


async def stream(model):
    async with Agent(model).run_stream(PROMPT, model_settings=SETTINGS) as reply:
        return "".join([text async for text in reply.stream_text(delta=True)])


def thoughts(model, **settings):
    return [part.part_kind for part in run(model, **settings).all_messages()[-1].parts]


def vectors(model):
    embedder = Embedder(BedrockEmbeddingModel(model, provider=provider))
    return [len(vector) for vector in asyncio.run(embedder.embed_documents(["a", "b"])).embeddings]


thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
tell(
    text=[run(model).usage.output_tokens for model in (claude, nova, None)],
    stream=[len(asyncio.run(stream(model))) for model in (claude, nova)],
    tool=[run(model, City).output.model_dump() for model in (claude, nova, None)],
    native=[run(model, NativeOutput(City)).output.model_dump() for model in (claude, None)],
    prompted=[
        run(model, PromptedOutput(City)).output.model_dump() for model in (claude, nova, None)
    ],
    thinking=[
        thoughts(claude, bedrock_additional_model_requests_fields=thinking),
        thoughts(None, anthropic_thinking=thinking["thinking"]),
    ],
    embeddings=[vectors(COHERE_EMBED), vectors(NOVA_EMBED)],
)
