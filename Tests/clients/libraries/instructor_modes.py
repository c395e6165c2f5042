"""instructor: every mode that it has for Bedrock, and Anthropic's client."""

import boto3
import instructor
from anthropic import AnthropicBedrock
from city import City
from common import CLAUDE, NOVA, PROMPT, URL, tell

runtime = boto3.client("bedrock-runtime")
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]
MESSAGES = [{"role": "user", "content": PROMPT}]


def converse(mode, model):
    client = instructor.from_bedrock(runtime, mode=mode)
    return client.chat.completions.create(
        modelId=model,
        messages=BLOCKS,
        inferenceConfig={"maxTokens": 2000},
        response_model=City,
        max_retries=1,
    ).model_dump()


def direct(mode):
    bedrock = AnthropicBedrock(base_url=URL, aws_region="us-east-1", max_retries=0)
    client = instructor.from_anthropic(bedrock, mode=mode)
    return client.messages.create(
        model=CLAUDE, max_tokens=2000, messages=MESSAGES, response_model=City, max_retries=1
    ).model_dump()


Mode = instructor.Mode
tell(
    tools=[converse(Mode.BEDROCK_TOOLS, model) for model in (CLAUDE, NOVA)],
    json=[converse(Mode.BEDROCK_JSON, model) for model in (CLAUDE, NOVA)],
    markdown=converse(Mode.MD_JSON, CLAUDE),
    anthropic=[direct(mode) for mode in (Mode.ANTHROPIC_TOOLS, Mode.ANTHROPIC_JSON)],
)
