"""llama-index: completion, chat, streams, tools, structured output, embeddings."""

import asyncio

from city import City
from common import CLAUDE, COHERE_EMBED, NOVA, PROMPT, URL, tell, weather
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.bedrock import BedrockEmbedding
from llama_index.llms.bedrock_converse import BedrockConverse

AT = {"region_name": "us-east-1", "endpoint_url": URL}
CHAT = [ChatMessage(role="user", content=PROMPT)]


def calls(model):
    reply = model.chat_with_tools(
        [FunctionTool.from_defaults(weather)], user_msg=PROMPT, tool_required=True
    )
    return [call.tool_name for call in model.get_tool_calls_from_response(reply)]


models = [
    BedrockConverse(model=model, max_tokens=2000, max_retries=1, **AT) for model in (CLAUDE, NOVA)
]
tell(
    complete=[len(model.complete(PROMPT).text) for model in models],
    chat=[len(asyncio.run(model.achat(CHAT)).message.content) for model in models],
    stream=[len("".join(piece.delta for piece in model.stream_chat(CHAT))) for model in models],
    tools=[calls(model) for model in models],
    structured=[
        model.as_structured_llm(City).complete(PROMPT).raw.model_dump() for model in models
    ],
    embeddings=[
        len(BedrockEmbedding(model_name=model, **AT).get_text_embedding("a"))
        for model in (COHERE_EMBED, "amazon.titan-embed-image-v1")
    ],
)
