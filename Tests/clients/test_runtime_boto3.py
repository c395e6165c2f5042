"""boto3 invokes every model of both accounts; its own service model judges all that comes back."""

import json
import re

import pytest
from aws_clients import failure
from processes import Emulator
from runtime_families import MAX_TOKENS, PROMPT, PROMPT_TOKENS, family_of, invocable, talks, tokens
from runtime_shapes import RuntimeClients, chunks, read_events

REPLY_TOKENS = 60
OPTIONS = ("--latency", "0", "--tokens-per-second", "0", "--history", "0")
PROFILE = "us.amazon.nova-pro-v1:0"
MESSAGES = [{"role": "user", "content": [{"text": PROMPT}]}]
# The models for which CountTokens counts.
COUNTED = re.compile(r"anthropic\.claude-(3-[57]|(sonnet|opus|haiku)-4-(2025|[156]))")
TOKEN_HEADER = "x-amzn-bedrock-{}-token-count"


@pytest.fixture(scope="module")
def account_emulator(bedquota, environment, served_account):
    fixed = ("--output-tokens", str(REPLY_TOKENS))
    server = Emulator(bedquota, environment, *served_account.options, *OPTIONS, *fixed)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def runtime(account_emulator):
    return RuntimeClients(account_emulator.url).runtime()


@pytest.fixture(scope="module")
def open_ids(served_account):
    """What this account may invoke: a quota of 0 lets nothing in."""
    return [identifier for identifier in invocable(served_account) if talks(identifier)]


@pytest.fixture(scope="module")
def named_ids(open_ids):
    """Those that say which family they are of: an application profile's id does not."""
    return [identifier for identifier in open_ids if "." in identifier]


def attempt(call, **arguments):
    """The reply, or None if the account's quota for the model is 0."""
    try:
        return call(**arguments)
    except call.__self__.exceptions.ThrottlingException:
        return None


def each(ids, call, **arguments):
    """Replies by id; most of the account's models must have answered."""
    replies = {id: attempt(call, modelId=id, **arguments) for id in ids}
    answered = {id: reply for id, reply in replies.items() if reply is not None}
    assert len(answered) > len(ids) * 0.7, sorted(set(ids) - set(answered))
    return answered


def header(reply, name):
    return reply["ResponseMetadata"]["HTTPHeaders"][name]


def invoke(runtime, identifier, body, **arguments):
    return attempt(runtime.invoke_model, modelId=identifier, body=json.dumps(body), **arguments)


def test_every_family_is_invoked(runtime, named_ids):
    answered = 0
    for identifier in named_ids:
        family = family_of(identifier)
        reply = invoke(runtime, identifier, family.body)
        if reply is None:
            continue
        answered += 1
        body = json.loads(reply["body"].read())
        assert tokens(family.text(body)) == MAX_TOKENS, identifier
        assert family.stop(body) == family.length_word, identifier
        assert family.usage is None or family.usage(body) == (PROMPT_TOKENS, MAX_TOKENS), identifier
        assert reply["contentType"] == "application/json"
        assert header(reply, TOKEN_HEADER.format("input")) == str(PROMPT_TOKENS), identifier
        assert header(reply, TOKEN_HEADER.format("output")) == str(MAX_TOKENS), identifier
        assert int(header(reply, "x-amzn-bedrock-invocation-latency")) >= 0
    assert answered > len(named_ids) * 0.7


def test_every_family_is_streamed(runtime, named_ids):
    for identifier in named_ids:
        family = family_of(identifier)
        call = runtime.invoke_model_with_response_stream
        reply = attempt(call, modelId=identifier, body=json.dumps(family.body))
        if reply is None:
            continue
        assert reply["contentType"] == "application/json", identifier
        pieces = chunks(read_events(reply["body"]))
        text = "".join(map(family.piece, pieces))
        assert tokens(text) == MAX_TOKENS, identifier
        assert pieces[-1]["amazon-bedrock-invocationMetrics"] == {
            "inputTokenCount": PROMPT_TOKENS,
            "outputTokenCount": MAX_TOKENS,
            "invocationLatency": pytest.approx(0, abs=5_000),
            "firstByteLatency": pytest.approx(0, abs=5_000),
        }, identifier


def test_every_model_converses(runtime, open_ids):
    for identifier, reply in each(open_ids, runtime.converse, messages=MESSAGES).items():
        usage = reply["usage"]
        text = reply["output"]["message"]["content"][0]["text"]
        assert reply["stopReason"] == "end_turn", identifier
        assert usage["inputTokens"] == PROMPT_TOKENS, identifier
        assert usage["outputTokens"] == REPLY_TOKENS == tokens(text), identifier
        assert usage["totalTokens"] == PROMPT_TOKENS + REPLY_TOKENS
        assert reply["metrics"]["latencyMs"] >= 0


def test_every_model_streams_a_conversation(runtime, open_ids):
    config = {"maxTokens": MAX_TOKENS}
    asked = {"messages": MESSAGES, "inferenceConfig": config}
    for identifier, reply in each(open_ids, runtime.converse_stream, **asked).items():
        events = read_events(reply["stream"])
        kinds = [next(iter(event)) for event in events]
        assert kinds[0] == "messageStart" and kinds[-3:] == [
            "contentBlockStop",
            "messageStop",
            "metadata",
        ], identifier
        assert set(kinds[1:-3]) == {"contentBlockDelta"}
        deltas = [event["contentBlockDelta"]["delta"]["text"] for event in events[1:-3]]
        assert tokens("".join(deltas)) == MAX_TOKENS
        assert events[-2]["messageStop"]["stopReason"] == "max_tokens"
        assert events[-1]["metadata"]["usage"]["outputTokens"] == MAX_TOKENS
        assert events[-1]["metadata"]["usage"]["inputTokens"] == PROMPT_TOKENS


EMBEDDINGS = {
    "amazon.titan-embed-image-v1": ({"inputText": PROMPT}, lambda reply: reply["embedding"], 1024),
    "cohere.embed-v4:0": (
        {"texts": [PROMPT], "input_type": "search_document"},
        lambda reply: reply["embeddings"][0],
        1536,
    ),
}


@pytest.mark.parametrize("identifier", EMBEDDINGS)
def test_embeddings(runtime, identifier):
    asked, vector_of, dimensions = EMBEDDINGS[identifier]
    reply = invoke(runtime, identifier, asked)
    vector = vector_of(json.loads(reply["body"].read()))
    assert len(vector) == dimensions
    assert sum(value * value for value in vector) == pytest.approx(1, rel=0.01)
    assert header(reply, TOKEN_HEADER.format("input")) == str(PROMPT_TOKENS)


@pytest.mark.parametrize("identifier", EMBEDDINGS)
def test_embeddings_neither_converse_nor_stream(runtime, identifier):
    code, status, message = failure(runtime.converse, modelId=identifier, messages=MESSAGES)
    assert (code, status) == ("ValidationException", 400)
    assert "support" in message
    body = json.dumps(EMBEDDINGS[identifier][0])
    call = runtime.invoke_model_with_response_stream
    code, status, _ = failure(call, modelId=identifier, body=body)
    assert (code, status) == ("ValidationException", 400)


def test_counted_tokens_are_those_of_the_call(runtime, open_ids):
    """CountTokens says of both forms of a request what the request itself then costs."""
    counted_ids = 0
    for identifier in open_ids:
        model = identifier.partition(".")[2]
        if not COUNTED.match(model):
            continue
        counted_ids += 1
        family = family_of(identifier)
        asked = {"converse": {"messages": MESSAGES, "system": [{"text": "Be brief."}]}}
        counted = runtime.count_tokens(modelId=model, input=asked)["inputTokens"]
        reply = attempt(runtime.converse, modelId=identifier, **asked["converse"])
        assert reply is None or counted == reply["usage"]["inputTokens"], identifier
        body = json.dumps(family.body)
        asked = {"invokeModel": {"body": body}}
        assert runtime.count_tokens(modelId=model, input=asked)["inputTokens"] == PROMPT_TOKENS
    assert counted_ids


def test_a_body_that_is_not_utf8_ascii_counts_bytes(runtime):
    """Tokens are bytes of UTF-8: a letter of two bytes is half a token."""
    messages = [{"role": "user", "content": [{"text": "äöüß" * 5}]}]
    assert runtime.converse(modelId=PROFILE, messages=messages)["usage"]["inputTokens"] == 10
