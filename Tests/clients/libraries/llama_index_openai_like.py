"""llama-index's class for servers that speak OpenAI's APIs, on both endpoints: chat, streams, tools, structured output."""

from city import City
from common import GPT, MANTLE, PROMPT, URL, tell, weather
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from llama_index.llms.openai_like.responses import OpenAILikeResponses

CHAT = [ChatMessage(role="user", content=PROMPT)]
ABILITIES = {"is_chat_model": True, "is_function_calling_model": True, "should_use_structured_outputs": True}


def model(kind, name, base, **more):
    at = {"api_base": base, "api_key": "emulator", "max_retries": 0}
    return kind(model=name, **at, **ABILITIES, **more)


def calls(model):
    reply = model.chat_with_tools([FunctionTool.from_defaults(weather)], user_msg=PROMPT, tool_required=True)
    return [call.tool_name for call in model.get_tool_calls_from_response(reply)]


models = [
    model(OpenAILike, GPT, f"{URL}/openai/v1", max_tokens=2000),
    model(OpenAILike, "openai.gpt-oss-20b", f"{MANTLE}/v1", max_tokens=2000),
    # Its default is 0.1, which GPT-5.6 refuses.
    model(OpenAILikeResponses, "openai.gpt-5.6-terra", f"{MANTLE}/openai/v1", max_output_tokens=2000, temperature=1),
]
tell(
    chat=[len(model.chat(CHAT).message.content) for model in models],
    stream=[len("".join(piece.delta for piece in model.stream_chat(CHAT))) for model in models],
    tools=[calls(model) for model in models],
    structured=[model.as_structured_llm(City).complete(PROMPT).raw.model_dump() for model in models],
)
