"""LiteLLM's SDK with a gateway as Bedrock, as OpenAI and as Anthropic. BEDQUOTA_TOKEN is the key that it has there."""

import os

import litellm
from common import CLAUDE, GPT, PROMPT, URL, tell

litellm.suppress_debug_info = True
TOKEN = os.environ["BEDQUOTA_TOKEN"]
AT = {
    f"bedrock/{CLAUDE}": {"aws_bedrock_runtime_endpoint": URL, "aws_region_name": "us-east-1"},
    f"bedrock/invoke/{CLAUDE}": {"aws_bedrock_runtime_endpoint": URL, "aws_region_name": "us-east-1"},
    f"openai/{GPT}": {"api_base": f"{URL}/v1", "api_key": TOKEN},
    f"anthropic/{CLAUDE}": {"api_base": URL, "api_key": TOKEN},
}


def ask(model, **more):
    messages = [{"role": "user", "content": PROMPT}]
    return litellm.completion(model=model, messages=messages, max_tokens=1000, num_retries=0, **AT[model], **more)


def streamed(model):
    pieces = ask(model, stream=True, stream_options={"include_usage": True})
    return [piece.usage.completion_tokens for piece in pieces if getattr(piece, "usage", None)][-1]


tell(text=[ask(model).usage.completion_tokens for model in AT], stream=[streamed(model) for model in AT])
