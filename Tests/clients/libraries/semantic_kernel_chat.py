"""semantic-kernel: chat, streams, text completion and embeddings."""

import asyncio

import boto3
from common import CLAUDE, NOVA, PROMPT, tell
from semantic_kernel.connectors.ai.bedrock import (
    BedrockChatCompletion,
    BedrockChatPromptExecutionSettings,
    BedrockTextEmbedding,
)
from semantic_kernel.contents import ChatHistory

CLIENTS = {"runtime_client": boto3.client("bedrock-runtime"), "client": boto3.client("bedrock")}
SETTINGS = BedrockChatPromptExecutionSettings(max_tokens=2000)


def history():
    chat = ChatHistory()
    chat.add_user_message(PROMPT)
    return chat


async def chat(model):
    service = BedrockChatCompletion(model_id=model, **CLIENTS)
    return len((await service.get_chat_message_content(history(), SETTINGS)).content)


async def stream(model):
    service = BedrockChatCompletion(model_id=model, **CLIENTS)
    pieces = [
        p[0].content async for p in service.get_streaming_chat_message_contents(history(), SETTINGS)
    ]
    return len("".join(piece or "" for piece in pieces))


async def embed(model):
    service = BedrockTextEmbedding(model_id=model, **CLIENTS)
    return [len(vector) for vector in await service.generate_embeddings(["a", "b"])]


MODELS = (CLAUDE, NOVA.removeprefix("us."))
tell(
    chat=[asyncio.run(chat(model)) for model in MODELS],
    stream=[asyncio.run(stream(model)) for model in MODELS],
    embeddings=asyncio.run(embed("amazon.titan-embed-image-v1")),
)
