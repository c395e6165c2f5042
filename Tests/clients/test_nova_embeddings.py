"""Amazon Nova Multimodal Embeddings through boto3."""

import json

import pytest
from aws_clients import failure
from runtime_calls import OPTIONS
from servers import emulator_fixture

server = emulator_fixture(*OPTIONS)

# Source: docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html


def embed(runtime, **parameters):
    parameters = {"embeddingPurpose": "GENERIC_INDEX"} | parameters
    body = {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters}
    reply = runtime.invoke_model(
        modelId="amazon.nova-2-multimodal-embeddings-v1:0", body=json.dumps(body)
    )
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    return json.loads(reply["body"].read())["embeddings"], headers[
        "x-amzn-bedrock-input-token-count"
    ]


TEXT = {"truncationMode": "END", "value": "12345678"}
BYTES = {"bytes": "iVBORw0KGgo="}
VIDEO = {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v.mp4"}}}


@pytest.mark.parametrize("size", [None, 256, 384, 1024, 3072])
def test_nova_embeds_text(runtime, size):
    more = {} if size is None else {"embeddingDimension": size}
    [vector], tokens = embed(runtime, text=TEXT, **more)
    assert vector["embeddingType"] == "TEXT" and len(vector["embedding"]) == (size or 3072)
    assert sum(x * x for x in vector["embedding"]) == pytest.approx(1, abs=1e-4)
    assert tokens == "2"


@pytest.mark.parametrize(
    "content, types",
    [
        ({"image": {"format": "png", "source": BYTES}}, ["IMAGE"]),
        ({"image": {"format": "png", "source": BYTES, "detailLevel": "DOCUMENT_IMAGE"}}, ["IMAGE"]),
        ({"audio": {"format": "mp3", "source": BYTES}}, ["AUDIO"]),
        ({"video": VIDEO | {"embeddingMode": "AUDIO_VIDEO_COMBINED"}}, ["AUDIO_VIDEO_COMBINED"]),
        ({"video": VIDEO | {"embeddingMode": "AUDIO_VIDEO_SEPARATE"}}, ["VIDEO", "AUDIO"]),
    ],
)
def test_nova_embeds_pictures_and_sounds(runtime, content, types):
    vectors, _ = embed(runtime, **content)
    assert [vector["embeddingType"] for vector in vectors] == types


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"text": {"value": "x"}},
        {"text": {"truncationMode": "END", "value": ""}},
        {"text": {"truncationMode": "NONE", "value": "x" * 8193}},
        {"text": TEXT, "embeddingDimension": 512},
        {"text": TEXT, "embeddingPurpose": "ANY"},
        {"text": TEXT, "image": {"format": "png", "source": BYTES}},
        {"image": {"format": "bmp", "source": BYTES}},
        {"image": {"format": "png"}},
        {"video": VIDEO},
    ],
)
def test_nova_refuses_what_its_schema_does_not_have(runtime, parameters):
    assert failure(embed, runtime, **parameters)[:2] == ("ValidationException", 400)
