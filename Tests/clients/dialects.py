"""The APIs of OpenAI and Anthropic on Bedrock: models, clients and prompts of their tests."""

import anthropic
import openai
from anthropic.types import Message, RawMessageStreamEvent
from openai.providers import bedrock
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel
from support import KEY, REGION, SECRET

GPT, GPT_TPM = "us.openai.gpt-5.6-terra", "L-99936FBF"
OSS, OSS_RPM, OSS_TPM = "openai.gpt-oss-20b-1:0", "L-AF7F0545", "L-036E14D8"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE_TPM, CLAUDE_RPM = "L-F4DDD3EB", "L-4A6BFAB1"
BURNDOWN = {GPT: 10, CLAUDE: 5}
PROMPT = "What is a quota?"  # 16 bytes, 4 tokens
PROMPT_TOKENS = 4
MESSAGES = [{"role": "user", "content": PROMPT}]
OUTPUT_TOKENS = 20
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
OPTIONS = (*INSTANT, "--output-tokens", str(OUTPUT_TOKENS))
IMAGE_TOKENS = 1_568
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
LONG = "Answer like a pirate. " * 400  # 8,800 bytes, 2,200 tokens
LONG_TOKENS = 2_200
THROTTLED = "Too many tokens, please wait before trying again."
STRICT = {"_strict_response_validation": True}
# The packages' types of a whole reply and of an event, by the names that `--api` takes.
WHOLE = {"chat": ChatCompletion, "responses": Response, "messages": Message}
EVENTS = {"chat": ChatCompletionChunk, "responses": ResponseStreamEvent, "messages": RawMessageStreamEvent}


class Weather(BaseModel):
    """What structured output asks for."""

    city: str
    days: int


def openai_client(url: str, key: str = KEY, retries: int = 0, kind=openai.OpenAI):
    """A client with an API key; every reply is judged by the package's types."""
    return kind(base_url=f"{url}/openai/v1", api_key=key, max_retries=retries, **STRICT)


def signing_openai_client(url: str):
    """A client that signs as for bedrock-runtime."""
    keys = {"access_key_id": KEY, "secret_access_key": SECRET, "region": REGION}
    provider = bedrock(endpoint="runtime", base_url=f"{url}/openai/v1", **keys)
    return openai.OpenAI(provider=provider, max_retries=0, **STRICT)


def anthropic_client(url: str, key: str = KEY, retries: int = 0, kind=anthropic.Anthropic, **more):
    return kind(base_url=f"{url}/anthropic", api_key=key, max_retries=retries, **STRICT, **more)


def error_of(raised) -> tuple[int, str, str, str]:
    """The status, type, code and message of an error of OpenAI's package."""
    error = raised.value
    return error.status_code, error.type, error.code, error.body["message"]
