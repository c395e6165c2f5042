"""Asynchronous invocations: their concurrency quotas, states over the emulator's clock, and what they write to the folder for S3."""

import json
import re
from datetime import timedelta

import pytest
from aws_clients import Clients, failure, plain
from emulator_control import Control, eventually
from processes import Emulator
from runtime_calls import REQUESTS

MODEL, QUOTA = "amazon.nova-2-multimodal-embeddings-v1:0", "L-44704E61"
SECONDS = 60  # 20 times the latency
OPTIONS = ("--latency", str(SECONDS // 20), "--tokens-per-second", "0", "--history", "0")
INPUT = {
    "taskType": "SEGMENTED_EMBEDDING",
    "segmentedEmbeddingParams": {
        "embeddingPurpose": "GENERIC_INDEX",
        "embeddingDimension": 256,
        "text": {"truncationMode": "END", "value": "A long text."},
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("s3")


@pytest.fixture(scope="module")
def server(bedquota, environment, folder):
    emulator = Emulator(bedquota, environment, *OPTIONS, "--s3", str(folder))
    Control(emulator.url).slow_down()
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def runtime(server, control):
    return Clients(server.url)("bedrock-runtime")


@pytest.fixture
def start(runtime):
    def call(uri="s3://a-bucket/out", model=MODEL, body=INPUT, **more):
        output = {"s3OutputDataConfig": {"s3Uri": uri}}
        reply = runtime.start_async_invoke(
            modelId=model, modelInput=body, outputDataConfig=output, **more
        )
        return reply["invocationArn"]

    return call


def status(runtime, arn):
    return runtime.get_async_invoke(invocationArn=arn)["status"]


def finish(runtime, control, *arns):
    control.advance(SECONDS)
    for arn in arns:
        eventually(lambda arn=arn: status(runtime, arn) != "InProgress", "the end of the job")


def test_it_completes_after_its_time(runtime, start, control, folder):
    arn = start(clientRequestToken="one-token")
    assert re.fullmatch(r"arn:aws:bedrock:us-east-1:\d{12}:async-invoke/[a-z0-9]{12}", arn)
    open_one = plain(runtime.get_async_invoke(invocationArn=arn))
    assert open_one["status"] == "InProgress" and "endTime" not in open_one
    assert open_one["modelArn"].endswith(f"::foundation-model/{MODEL}")
    assert open_one["clientRequestToken"] == "one-token"
    assert open_one["outputDataConfig"] == {"s3OutputDataConfig": {"s3Uri": "s3://a-bucket/out"}}
    control.advance(SECONDS - 2)
    assert status(runtime, arn) == "InProgress"
    finish(runtime, control, arn)
    done = runtime.get_async_invoke(invocationArn=arn)
    assert done["status"] == "Completed"
    assert done["endTime"] - done["submitTime"] >= timedelta(seconds=SECONDS)
    written = folder / "a-bucket/out" / arn.rpartition("/")[2]
    result = json.loads((written / "segmented-embedding-result.json").read_text())
    [embedding] = result["embeddingResults"]
    assert embedding["outputFileUri"] == f"s3://a-bucket/out/{written.name}/embedding-text.jsonl"
    [line] = (written / "embedding-text.jsonl").read_text().splitlines()
    assert len(json.loads(line)["embedding"]) == 256
    assert sorted(path.name for path in written.iterdir()) == [
        "embedding-text.jsonl",
        "segmented-embedding-result.json",
    ]


def test_concurrency_has_a_quota(runtime, start, control):
    control.quota(QUOTA, 2)
    arns = [start(), start()]
    assert failure(start) == REQUESTS
    assert control.meters()[QUOTA]["inFlight"] == 2
    finish(runtime, control, *arns)
    assert control.meters()[QUOTA]["inFlight"] == 0
    start()


def test_the_emulator_works_on_a_thousand_at_most(runtime, start, control):
    """A quota may be larger than what the emulator has room for."""
    control.quota(QUOTA, 2000)
    arns = [start() for _ in range(1000)]
    code, status, message = failure(start)
    assert (code, status) == ("ServiceQuotaExceededException", 400) and "1000 jobs" in message
    assert control.meters()[QUOTA]["inFlight"] == 1000
    finish(runtime, control, arns[-1])
    start()


def test_invoke_model_does_not_count_in_it(runtime, start, control):
    control.quota(QUOTA, 0)
    body = {
        "taskType": "SINGLE_EMBEDDING",
        "singleEmbeddingParams": {
            "embeddingPurpose": "GENERIC_INDEX",
            "text": {"truncationMode": "END", "value": "Hi"},
        },
    }
    control("PUT", "clock", {"scale": 1000})
    assert runtime.invoke_model(modelId=MODEL, body=json.dumps(body))["body"].read()
    control.slow_down()
    assert failure(start) == REQUESTS


def test_the_same_token_starts_one(start, control):
    assert start(clientRequestToken="again") == start(clientRequestToken="again")
    assert control.meters()[QUOTA]["inFlight"] == 1
    refused = failure(start, "s3://a-bucket/elsewhere", clientRequestToken="again")
    assert refused[:2] == ("ConflictException", 400)
    assert control.meters()[QUOTA]["inFlight"] == 1


# Lists


def test_lists_have_pages_filters_and_order(runtime, start, control):
    first = [start() for _ in range(3)]
    finish(runtime, control, *first)
    second = [start() for _ in range(2)]

    def listed(**arguments):
        pages = runtime.get_paginator("list_async_invokes").paginate(**arguments)
        sizes, arns = [], []
        for page in pages:
            sizes.append(len(page["asyncInvokeSummaries"]))
            arns += [item["invocationArn"] for item in page["asyncInvokeSummaries"]]
        return sizes, arns

    newest_first = [*reversed(second), *reversed(first)]
    assert listed(PaginationConfig={"PageSize": 2}) == ([2, 2, 1], newest_first)
    assert listed(sortBy="SubmissionTime", sortOrder="Ascending")[1] == first + second
    assert listed(statusEquals="Completed")[1] == first[::-1]
    assert listed(statusEquals="InProgress", sortOrder="Ascending")[1] == second
    assert listed(statusEquals="Failed")[1] == []
    between = runtime.get_async_invoke(invocationArn=second[0])["submitTime"] - timedelta(
        seconds=10
    )
    assert listed(submitTimeAfter=between)[1] == second[::-1]
    assert listed(submitTimeBefore=between)[1] == first[::-1]


def test_a_page_stays_right_while_jobs_are_added(runtime, start):
    arns = [start() for _ in range(3)]
    page = runtime.list_async_invokes(maxResults=2)
    start()
    rest = runtime.list_async_invokes(maxResults=2, nextToken=page["nextToken"])
    assert [item["invocationArn"] for item in rest["asyncInvokeSummaries"]] == arns[:1]
    other = failure(
        runtime.list_async_invokes, nextToken=page["nextToken"], statusEquals="InProgress"
    )
    assert other[:2] == ("ValidationException", 400)


# Refusals


@pytest.mark.parametrize(
    "change, words",
    [
        ({"model": "amazon.nova-pro-v1:0"}, "doesn't support asynchronous invocation"),
        ({"body": {}}, "modelInput"),
        ({"uri": "s3://a-bucket/../etc"}, "neither empty nor . or .."),
        ({"uri": "s3://a-bucket/a//b"}, "neither empty nor . or .."),
        ({"uri": "s3://../etc"}, "s3Uri"),
        ({"uri": "/etc/passwd"}, "s3Uri"),
        ({"uri": "s3://a-bucket/" + "x" * 300}, "s3Uri"),
    ],
)
def test_what_is_refused(server, control, folder, change, words):
    unchecked = Clients(server.url)("bedrock-runtime", parameter_validation=False)
    arguments = {"model": MODEL, "body": INPUT, "uri": "s3://a-bucket/out"} | change
    code, status, message = failure(
        unchecked.start_async_invoke,
        modelId=arguments["model"],
        modelInput=arguments["body"],
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": arguments["uri"]}},
    )
    assert (code, status) == ("ValidationException", 400) and words in message
    assert QUOTA not in control.meters() or control.meters()[QUOTA]["inFlight"] == 0


def test_a_link_is_not_followed(runtime, start, control, folder, tmp_path):
    (folder / "links").mkdir(exist_ok=True)
    (folder / "links/out").unlink(missing_ok=True)
    (folder / "links/out").symlink_to(tmp_path)
    (folder / "linked-bucket").unlink(missing_ok=True)
    (folder / "linked-bucket").symlink_to(tmp_path)
    for uri in ("s3://links/out", "s3://links/out/deeper", "s3://linked-bucket/out"):
        code, _, message = failure(start, uri)
        assert code == "ValidationException" and "can't be written" in message, uri
    arn = start("s3://links/late")
    (folder / "links/late").rmdir()
    (folder / "links/late").symlink_to(tmp_path)
    finish(runtime, control, arn)
    done = runtime.get_async_invoke(invocationArn=arn)
    assert done["status"] == "Failed" and "can't be written" in done["failureMessage"]
    assert list(tmp_path.iterdir()) == []
    (folder / "links/late").unlink()


def test_an_unknown_one(runtime):
    arn = "arn:aws:bedrock:us-east-1:111122223333:async-invoke/abcdefghijkl"
    code, status, _ = failure(runtime.get_async_invoke, invocationArn=arn)
    assert (code, status) == ("ValidationException", 400)


def test_without_a_folder_the_option_is_named(bedquota, environment):
    emulator = Emulator(bedquota, environment, *OPTIONS)
    call = Clients(emulator.url)("bedrock-runtime").start_async_invoke
    config = {"s3OutputDataConfig": {"s3Uri": "s3://a-bucket/out"}}
    code, status, message = failure(call, modelId=MODEL, modelInput=INPUT, outputDataConfig=config)
    assert (code, status) == ("ValidationException", 400) and "--s3 DIR" in message
    assert emulator.stop() == 0


def test_a_folder_that_is_none(run, tmp_path):
    done = run("emulate", "--s3", tmp_path / "missing")
    assert done.returncode == 1
    assert "can't be opened" in done.stderr and "--s3" in done.stderr


def test_it_stops_with_open_invocations(bedquota, environment, tmp_path):
    emulator = Emulator(bedquota, environment, *OPTIONS, "--s3", str(tmp_path))
    call = Clients(emulator.url)("bedrock-runtime").start_async_invoke
    call(
        modelId=MODEL,
        modelInput=INPUT,
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://a-bucket/out"}},
    )
    assert emulator.stop() == 0
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_reset_forgets_them(runtime, start, control):
    start()
    control.reset()
    assert runtime.list_async_invokes()["asyncInvokeSummaries"] == []
    eventually(lambda: control.in_flight() == 0, "the lease of the forgotten one")
