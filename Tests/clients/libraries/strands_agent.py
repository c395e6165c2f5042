"""strands: whole and streamed, tools, structured output, reasoning."""

import asyncio

from botocore.config import Config
from city import City
from common import CLAUDE, NOVA, PROMPT, URL, tell, weather
from strands import Agent, tool
from strands.models import BedrockModel


def agent(model=CLAUDE, tools=(), **settings):
    once = Config(retries={"total_max_attempts": 1})
    settings = {"max_tokens": 2000} | settings
    bedrock = BedrockModel(
        model_id=model,
        endpoint_url=URL,
        region_name="us-east-1",
        boto_client_config=once,
        **settings,
    )
    return Agent(model=bedrock, tools=list(tools), callback_handler=None)


def tokens(result):
    return result.metrics.accumulated_usage["outputTokens"]


async def streamed():
    return "".join(
        [event["data"] async for event in agent().stream_async(PROMPT) if "data" in event]
    )


thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
thoughtful = agent(additional_request_fields=thinking)(PROMPT).message["content"]
tell(
    text=[tokens(agent(model)(PROMPT)) for model in (CLAUDE, NOVA)],
    whole=tokens(agent(streaming=False)(PROMPT)),
    stream=len(asyncio.run(streamed())),
    tools=agent(tools=[tool(weather)])(PROMPT).stop_reason,
    structured=agent()(PROMPT, structured_output_model=City).structured_output.model_dump(),
    thinking=[next(iter(block)) for block in thoughtful],
)
