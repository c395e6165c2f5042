"""Shared by the scripts of this folder, each of which runs one library in an environment of its own and prints what it got."""

import json
import os

# Where all of AWS is; where its models are, which may be a gateway; and bedrock-mantle there.
AWS = os.environ["AWS_ENDPOINT_URL"]
URL = os.environ.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", AWS)
MANTLE = os.environ.get("AWS_ENDPOINT_URL_BEDROCK_MANTLE", f"{URL}/bedrock-mantle")
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
NOVA = "us.amazon.nova-pro-v1:0"
GPT = "openai.gpt-oss-20b-1:0"
COHERE_EMBED, NOVA_EMBED = "cohere.embed-v4:0", "amazon.nova-2-multimodal-embeddings-v1:0"
PROMPT = "What is a quota?"


def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: its name
    """
    return "sunny"


def tell(**results):
    print(json.dumps(results))
