"""LiteLLM's SDK: both of its routes to Bedrock, structured output, reasoning, embeddings."""

import asyncio

import litellm
from city import City
from common import CLAUDE, COHERE_EMBED, GPT, NOVA, NOVA_EMBED, PROMPT, URL, tell

litellm.suppress_debug_info = True
AT = {"aws_bedrock_runtime_endpoint": URL, "aws_region_name": "us-east-1", "num_retries": 0}
MESSAGES = [{"role": "user", "content": PROMPT}]
MODELS = [f"bedrock/{CLAUDE}", f"bedrock/invoke/{CLAUDE}", f"bedrock/{NOVA}", f"bedrock/{GPT}"]
TOOL = {"name": "city", "description": "A city.", "parameters": City.model_json_schema()}


def ask(model, **more):
    return litellm.completion(model=model, messages=MESSAGES, max_tokens=4000, **AT, **more)


def streamed(model):
    pieces = ask(model, stream=True, stream_options={"include_usage": True})
    usages = [piece.usage.completion_tokens for piece in pieces if getattr(piece, "usage", None)]
    return usages[-1]


def called(model):
    tools = [{"type": "function", "function": TOOL}]
    reply = ask(model, tools=tools, tool_choice="required")
    return [
        City.model_validate_json(c.function.arguments).name
        for c in reply.choices[0].message.tool_calls
    ]


def structured(model):
    return City.model_validate_json(
        ask(model, response_format=City).choices[0].message.content
    ).model_dump()


def thoughts(model):
    message = ask(model, reasoning_effort="low").choices[0].message
    return [len(message.reasoning_content or ""), bool(message.thinking_blocks[0]["signature"])]


def vectors(model):
    found = litellm.embedding(model=f"bedrock/{model}", input=["a", "b"], **AT).data
    return [len(vector["embedding"]) for vector in found]


messages = asyncio.run(
    litellm.anthropic_messages(model=MODELS[0], messages=MESSAGES, max_tokens=2000, **AT)
)
tell(
    text=[ask(model).usage.completion_tokens for model in MODELS],
    stream=[streamed(model) for model in MODELS],
    tools=[called(model) for model in MODELS],
    structured=[structured(model) for model in MODELS],
    thinking=[thoughts(model) for model in MODELS[:2]],
    embeddings=[vectors(model) for model in (COHERE_EMBED, NOVA_EMBED)],
    messages=messages["usage"]["output_tokens"],
    responses=litellm.responses(model=MODELS[0], input=PROMPT, **AT).usage.output_tokens,
)
