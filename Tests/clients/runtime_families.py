"""The documented request bodies of the families, and where their replies have text, usage and stop reason."""

from dataclasses import dataclass, field
from typing import Callable

PROMPT = "Name three rivers of Europe, please."  # 36 bytes, 9 tokens
PROMPT_TOKENS = 9
MAX_TOKENS = 40

NOT_TEXT = set("embed embeddings image canvas reel sonic rerank marengo pegasus".split())
NO_TALK = {"stability", "luma", "twelvelabs"}
PROFILE_PREFIXES = ("us.", "eu.", "global.", "apac.")


def tokens(text: str) -> int:
    """What the emulator counts: four bytes of UTF-8 each."""
    return -(-len(text.encode()) // 4)


def base_id(identifier: str) -> str:
    """The model's id in a profile's."""
    for prefix in PROFILE_PREFIXES:
        if identifier.startswith(prefix):
            return identifier.removeprefix(prefix)
    return identifier


def talks(identifier: str) -> bool:
    """Whether a model or profile holds conversations."""
    provider, _, name = base_id(identifier).partition(".")
    words = name.replace(".", "-").replace(":", "-").split("-")
    return provider not in NO_TALK and not NOT_TEXT & set(words)


def invocable(account) -> list[str]:
    """Every id of an account that can be invoked on demand."""
    on_demand = [
        model["modelId"]
        for model in account.models
        if "ON_DEMAND" in (model.get("inferenceTypesSupported") or ["ON_DEMAND"])
    ]
    return on_demand + [profile["inferenceProfileId"] for profile in account.profiles]


@dataclass(frozen=True)
class Family:
    """How to ask a family of models, and how to read what it says."""

    name: str
    body: dict
    text: Callable[[dict], str]
    stop: Callable[[dict], str]
    length_word: str
    usage: Callable[[dict], tuple[int, int]] | None = None
    # What a piece of a stream adds to the text.
    piece: Callable[[dict], str] = field(default=lambda chunk: "")


def anthropic_piece(chunk):
    return chunk.get("delta", {}).get("text", "")


def nova_piece(chunk):
    return chunk.get("contentBlockDelta", {}).get("delta", {}).get("text", "")


def chat_piece(chunk):
    return chunk["choices"][0]["delta"].get("content") or ""


MESSAGES = [{"role": "user", "content": PROMPT}]
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]

ANTHROPIC = Family(
    "anthropic",
    {"anthropic_version": "bedrock-2023-05-31", "max_tokens": MAX_TOKENS, "messages": MESSAGES},
    text=lambda reply: reply["content"][0]["text"],
    stop=lambda reply: reply["stop_reason"],
    length_word="max_tokens",
    usage=lambda reply: (reply["usage"]["input_tokens"], reply["usage"]["output_tokens"]),
    piece=anthropic_piece,
)
NOVA = Family(
    "nova",
    {
        "schemaVersion": "messages-v1",
        "messages": BLOCKS,
        "inferenceConfig": {"maxTokens": MAX_TOKENS, "temperature": 0.5},
    },
    text=lambda reply: reply["output"]["message"]["content"][0]["text"],
    stop=lambda reply: reply["stopReason"],
    length_word="max_tokens",
    usage=lambda reply: (reply["usage"]["inputTokens"], reply["usage"]["outputTokens"]),
    piece=nova_piece,
)
LLAMA = Family(
    "llama",
    {"prompt": PROMPT, "max_gen_len": MAX_TOKENS, "temperature": 0.5, "top_p": 0.9},
    text=lambda reply: reply["generation"],
    stop=lambda reply: reply["stop_reason"],
    length_word="length",
    usage=lambda reply: (reply["prompt_token_count"], reply["generation_token_count"]),
    piece=lambda chunk: chunk["generation"],
)
MISTRAL = Family(
    "mistral",
    {"prompt": PROMPT, "max_tokens": MAX_TOKENS, "temperature": 0.5, "top_k": 50},
    text=lambda reply: reply["outputs"][0]["text"],
    stop=lambda reply: reply["outputs"][0]["stop_reason"],
    length_word="length",
    piece=lambda chunk: chunk["outputs"][0]["text"],
)
DEEPSEEK_R1 = Family(
    "deepseek-r1",
    {"prompt": PROMPT, "max_tokens": MAX_TOKENS, "temperature": 0.5},
    text=lambda reply: reply["choices"][0]["text"],
    stop=lambda reply: reply["choices"][0]["stop_reason"],
    length_word="length",
    piece=lambda chunk: chunk["choices"][0]["text"],
)
CHAT = Family(
    "chat",
    {"messages": MESSAGES, "max_tokens": MAX_TOKENS, "temperature": 0.5},
    text=lambda reply: reply["choices"][0]["message"]["content"],
    stop=lambda reply: reply["choices"][0]["finish_reason"],
    length_word="length",
    usage=lambda reply: (reply["usage"]["prompt_tokens"], reply["usage"]["completion_tokens"]),
    piece=chat_piece,
)
PROMPT_ONLY = ("mistral-7b", "mixtral", "mistral-large-2402")


def family_of(identifier: str) -> Family:
    """The family whose body a model that talks takes."""
    provider, _, name = base_id(identifier).partition(".")
    if provider == "anthropic":
        return ANTHROPIC
    if provider == "amazon":
        return NOVA
    if provider == "meta":
        return LLAMA
    if provider == "mistral" and name.startswith(PROMPT_ONLY):
        return MISTRAL
    return DEEPSEEK_R1 if provider == "deepseek" and name.startswith("r1") else CHAT
