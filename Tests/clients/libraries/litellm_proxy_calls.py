"""LiteLLM's proxy, through OpenAI's and Anthropic's clients. BEDQUOTA_PROXY is its URL."""

import os

import anthropic
import openai
from city import City
from common import PROMPT, tell

PROXY, KEY = os.environ["BEDQUOTA_PROXY"], os.environ["BEDQUOTA_PROXY_KEY"]
MESSAGES = [{"role": "user", "content": PROMPT}]
MODELS = ("claude", "claude-invoke", "nova")
client = openai.OpenAI(base_url=f"{PROXY}/v1", api_key=KEY, max_retries=0)
claude = anthropic.Anthropic(base_url=PROXY, api_key=KEY, max_retries=0)


def ask(model, **more):
    return client.chat.completions.create(model=model, messages=MESSAGES, max_tokens=2000, **more)


def streamed(model):
    pieces = ask(model, stream=True, stream_options={"include_usage": True})
    return [piece.usage.completion_tokens for piece in pieces if piece.usage][-1]


def structured(model):
    reply = client.chat.completions.parse(model=model, messages=MESSAGES, response_format=City)
    return reply.choices[0].message.parsed.model_dump()


tell(
    text=[ask(model).usage.completion_tokens for model in MODELS],
    stream=[streamed(model) for model in MODELS],
    structured=[structured(model) for model in MODELS],
    responses=client.responses.create(model="claude", input=PROMPT).usage.output_tokens,
    messages=claude.messages.create(
        model="claude", max_tokens=2000, messages=MESSAGES
    ).usage.output_tokens,
    embeddings=[
        len(v.embedding) for v in client.embeddings.create(model="embed", input=["a", "b"]).data
    ],
)
