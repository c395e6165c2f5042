"""The models, prompts and token counts of the tests with third-party clients."""

import math

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE_TPM, CLAUDE_RPM = "L-F4DDD3EB", "L-4A6BFAB1"
NOVA = "us.amazon.nova-pro-v1:0"
OUTPUT_TOKENS = 200
PROMPT = "What is a quota?"
# Four bytes are a token.
PROMPT_TOKENS = math.ceil(len(PROMPT) / 4)
MESSAGES = [{"role": "user", "content": PROMPT}]
BLOCKS = [{"role": "user", "content": [{"text": PROMPT}]}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "weather", "description": "The weather in a city.", "input_schema": SCHEMA}
# Options of an emulator that answers at once, with replies of one length.
PROMPT_OPTIONS = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
PROMPT_OPTIONS += ("--output-tokens", str(OUTPUT_TOKENS))
