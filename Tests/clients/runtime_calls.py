"""One question to a model in all the ways that boto3 has."""

import json

from botocore.exceptions import ClientError
from runtime_families import NOVA, PROMPT
from runtime_shapes import read_events

PROFILE = "us.amazon.nova-pro-v1:0"
RPM_CODE, TPM_CODE, TPD_CODE = "L-ED46B8C5", "L-C0326783", "L-D690997B"
OPUS, OPUS_TPM = "us.anthropic.claude-opus-4-7", "L-5DB28B7B"
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
WAIT = ", please wait before trying again."
REQUESTS = ("ThrottlingException", 429, f"Too many requests{WAIT}")
TOKENS = ("ThrottlingException", 429, f"Too many tokens{WAIT}")
PER_DAY = ("ThrottlingException", 429, f"Too many tokens per day{WAIT}")
REPLY_TOKENS = 20
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
OPTIONS = (*INSTANT, "--output-tokens", str(REPLY_TOKENS))


def converse(runtime, identifier=PROFILE, tokens=100, **arguments):
    config = {} if tokens is None else {"inferenceConfig": {"maxTokens": tokens}}
    return runtime.converse(modelId=identifier, messages=MESSAGES, **config, **arguments)


def converse_stream(runtime, identifier=PROFILE):
    config = {"maxTokens": 100}
    call = runtime.converse_stream
    reply = call(modelId=identifier, messages=MESSAGES, inferenceConfig=config)
    return read_events(reply["stream"])


def invoke(runtime, identifier=PROFILE):
    return runtime.invoke_model(modelId=identifier, body=json.dumps(NOVA.body))["body"].read()


def invoke_stream(runtime, identifier=PROFILE):
    call = runtime.invoke_model_with_response_stream
    return read_events(call(modelId=identifier, body=json.dumps(NOVA.body))["body"])


def failure_or_none(runtime, **arguments):
    """The error of a conversation, or None if it is accepted."""
    try:
        converse(runtime, **arguments)
    except ClientError as error:
        return error
    return None
