"""haystack: chat, streams, tools, and embedders of texts and documents."""

from common import CLAUDE, COHERE_EMBED, NOVA, PROMPT, tell, weather
from haystack import Document
from haystack.dataclasses import ChatMessage
from haystack.tools import create_tool_from_function
from haystack_integrations.components.embedders.amazon_bedrock import (
    AmazonBedrockDocumentEmbedder,
    AmazonBedrockTextEmbedder,
)
from haystack_integrations.components.generators.amazon_bedrock import AmazonBedrockChatGenerator


def reply(model, **settings):
    generator = AmazonBedrockChatGenerator(model, generation_kwargs={"maxTokens": 2000}, **settings)
    return generator.run([ChatMessage.from_user(PROMPT)])["replies"][0]


pieces = []
streamed = reply(CLAUDE, streaming_callback=lambda piece: pieces.append(piece.content))
documents = AmazonBedrockDocumentEmbedder(COHERE_EMBED, input_type="search_document").run(
    [Document(content="a"), Document(content="b")]
)["documents"]
tell(
    chat=[reply(model).meta["usage"]["completion_tokens"] for model in (CLAUDE, NOVA)],
    stream=[len("".join(pieces)), len(streamed.text)],
    tools=len(reply(CLAUDE, tools=[create_tool_from_function(weather)]).text),
    embeddings=[len(AmazonBedrockTextEmbedder(COHERE_EMBED).run("a")["embedding"])]
    + [len(document.embedding) for document in documents],
)
