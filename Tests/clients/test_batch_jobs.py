"""Batch inference jobs: their course, quotas and files, in the folder that stands for S3."""

import json
from datetime import timedelta

import pytest
from aws_clients import Clients, failure, plain
from emulator_control import Control, eventually
from processes import Emulator
from runtime_families import NOVA, PROMPT_TOKENS
from shapes import check

MODEL = "amazon.nova-pro-v1:0"
PROFILE = "us.amazon.nova-pro-v1:0"
ROLE = "arn:aws:iam::111122223333:role/batch"
LEAST, PER_JOB, PER_FILE = "L-2A3EB975", "L-89197AE6", "L-9B651738"
FILE_SIZE, JOB_SIZE, JOBS = "L-68FC8D47", "L-26B15D4D", "L-FE130012"
REPLY_TOKENS = 20
OPTIONS = ("--tokens-per-second", "0", "--history", "0", "--output-tokens", str(REPLY_TOKENS))
MESSAGES = [{"role": "user", "content": [{"text": "Hi"}]}]
BUCKET = "s3://a-bucket"
PAUSE = 5 * 60  # five latencies of a minute, before the validation and again before the start


def emulator_of(folder, *options):
    @pytest.fixture(scope="module")
    def server(bedquota, environment, request):
        emulator = Emulator(
            bedquota, environment, *OPTIONS, *options, "--s3", str(request.getfixturevalue(folder))
        )
        yield emulator
        assert emulator.stop() == 0

    return server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("s3")


server = emulator_of("folder", "--latency", "0")
# One whose jobs stand still until its clock is moved.
slow_server = emulator_of("folder", "--latency", "60")


@pytest.fixture
def slow(slow_server):
    control = Control(slow_server.url)
    control.reset()
    control.slow_down()
    return control


@pytest.fixture
def bedrock(server, control):
    return Clients(server.url)("bedrock")


@pytest.fixture
def slow_bedrock(slow_server, slow):
    return Clients(slow_server.url)("bedrock")


def record(number, body=NOVA.body):
    return {"recordId": f"REC{number:08}", "modelInput": body}


def put(folder, key, records, bucket="a-bucket"):
    """Writes JSONL where a bucket is; a text stays as it is."""
    path = folder / bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line if isinstance(line, str) else json.dumps(line) for line in records]
    path.write_text("\n".join(lines) + "\n")
    return f"s3://{bucket}/{key}"


def create(bedrock, source, name="a-job", model=MODEL, out=f"{BUCKET}/out/", **more):
    reply = bedrock.create_model_invocation_job(
        jobName=name,
        roleArn=ROLE,
        modelId=model,
        inputDataConfig={"s3InputDataConfig": {"s3Uri": source}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": out}},
        **more,
    )
    return reply["jobArn"]


def job(bedrock, arn):
    return bedrock.get_model_invocation_job(jobIdentifier=arn)


def ended(bedrock, arn):
    over = {"Completed", "PartiallyCompleted", "Expired", "Failed", "Stopped"}
    return eventually(
        lambda: found if (found := job(bedrock, arn))["status"] in over else None, "the end", 20
    )


def reaches(bedrock, arn, status):
    eventually(lambda: job(bedrock, arn)["status"] == status, status, 20)


def outputs(folder, arn, name="in.jsonl", out="a-bucket/out"):
    path = folder / out / arn.rpartition("/")[2]
    lines = (path / f"{name}.out").read_text().splitlines()
    return [json.loads(line) for line in lines], json.loads(
        (path / "manifest.json.out").read_text()
    )


# Results


def test_every_record_has_a_line_and_the_manifest_its_sums(bedrock, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(120)])
    arn = create(bedrock, source)
    done = ended(bedrock, arn)
    assert done["status"] == "Completed" and "message" not in done
    lines, manifest = outputs(folder, arn)
    assert [line["recordId"] for line in lines] == [f"REC{n:08}" for n in range(120)]
    assert all(line["modelInput"] == NOVA.body for line in lines)
    assert all(NOVA.usage(line["modelOutput"]) == (PROMPT_TOKENS, REPLY_TOKENS) for line in lines)
    assert manifest == {
        "totalRecordCount": 120,
        "processedRecordCount": 120,
        "successRecordCount": 120,
        "errorRecordCount": 0,
        "inputTokenCount": 120 * PROMPT_TOKENS,
        "outputTokenCount": 120 * REPLY_TOKENS,
    }
    counts = {name: done[name] for name in manifest if name in done}
    assert counts == {name: manifest[name] for name in counts} and len(counts) == 4


def test_converse_has_its_own_bodies(bedrock, folder):
    body = {"messages": MESSAGES, "inferenceConfig": {"maxTokens": 5}}
    source = put(folder, "converse.jsonl", [record(n, body) for n in range(100)])
    arn = create(bedrock, source, model=PROFILE, modelInvocationType="Converse")
    assert ended(bedrock, arn)["modelInvocationType"] == "Converse"
    lines, _ = outputs(folder, arn, "converse.jsonl")
    runtime = Clients(bedrock.meta.endpoint_url)("bedrock-runtime")
    shape = runtime.meta.service_model.operation_model("Converse").output_shape
    for line in lines:
        check(shape, line["modelOutput"], "modelOutput")
        assert line["modelOutput"]["usage"]["outputTokens"] == 5


def test_a_record_that_fails_has_an_error(bedrock, folder):
    records = [record(n) for n in range(100)]
    records[7] = record(7, {"messages": []})
    del records[9]["recordId"]
    arn = create(bedrock, put(folder, "errors.jsonl", records))
    done = ended(bedrock, arn)
    assert (done["status"], done["successRecordCount"], done["errorRecordCount"]) == (
        "Completed",
        99,
        1,
    )
    lines, manifest = outputs(folder, arn, "errors.jsonl")
    assert set(lines[7]) == {"recordId", "modelInput", "error"}
    assert lines[7]["error"]["errorCode"] == 400 and lines[7]["error"]["errorMessage"]
    assert len(lines[9]["recordId"]) == 11
    assert manifest["errorRecordCount"] == 1


def test_a_folder_is_read_file_by_file(bedrock, folder):
    for name in ("a.jsonl", "b.jsonl"):
        put(folder, f"many/{name}", [record(n) for n in range(60)])
    put(folder, "many/notes.txt", ["no record"])
    put(folder, "many/deeper/c.jsonl", ["no record"])
    arn = create(bedrock, f"{BUCKET}/many/")
    assert ended(bedrock, arn)["totalRecordCount"] == 120
    for name in ("a.jsonl", "b.jsonl"):
        assert len(outputs(folder, arn, name)[0]) == 60
    assert len(list((folder / "a-bucket/out" / arn.rpartition("/")[2]).iterdir())) == 3


def test_it_takes_nothing_of_the_on_demand_quotas(bedrock, folder, control):
    control.quota("L-F2717A44", 0)
    arn = create(bedrock, put(folder, "in.jsonl", [record(n) for n in range(100)]))
    assert ended(bedrock, arn)["successRecordCount"] == 100
    metrics = Clients(bedrock.meta.endpoint_url)("cloudwatch").list_metrics(Namespace="AWS/Bedrock")
    assert metrics["Metrics"] == []


# Quotas


@pytest.mark.parametrize(
    "code, value, words",
    [
        (LEAST, 121, "contains less records (120) than the required minimum of: 121"),
        (PER_JOB, 119, "contains more records (120) than the allowed maximum of: 119"),
        (PER_FILE, 59, "contains more records (60) than the allowed maximum of: 59"),
        (FILE_SIZE, 0.000001, "bytes per file"),
        (JOB_SIZE, 0.00001, "bytes per job"),
    ],
)
def test_quotas_of_records_and_sizes_fail_the_job(bedrock, folder, control, code, value, words):
    for name in ("a.jsonl", "b.jsonl"):
        put(folder, f"quotas/{name}", [record(n) for n in range(60)])
    control.quota(code, value)
    done = ended(bedrock, create(bedrock, f"{BUCKET}/quotas"))
    assert done["status"] == "Failed" and words in done["message"]


def test_at_the_quotas_it_runs(bedrock, folder, control):
    source = put(folder, "in.jsonl", [record(n) for n in range(100)])
    for code in (LEAST, PER_JOB, PER_FILE):
        control.quota(code, 100)
    assert ended(bedrock, create(bedrock, source))["status"] == "Completed"


def test_open_jobs_of_a_model_have_a_quota(slow_bedrock, slow, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(100)])
    slow.quota(JOBS, 2)
    arns = [create(slow_bedrock, source), create(slow_bedrock, source, model=PROFILE)]
    code, status, message = failure(create, slow_bedrock, source)
    assert (code, status) == ("ServiceQuotaExceededException", 400)
    assert "quota of 2 in-progress and submitted" in message
    slow_bedrock.stop_model_invocation_job(jobIdentifier=arns[0])
    assert ended(slow_bedrock, arns[0])["status"] == "Stopped"
    create(slow_bedrock, source)


# The course


def test_the_course_follows_the_clock(slow_bedrock, slow, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(200)])
    arn = create(slow_bedrock, source)
    first = job(slow_bedrock, arn)
    assert first["status"] == "Submitted" and first["totalRecordCount"] == 0
    slow.advance(PAUSE)
    reaches(slow_bedrock, arn, "Validating")
    slow.advance(PAUSE)
    reaches(slow_bedrock, arn, "InProgress")
    # A record takes a twentieth of the latency: three seconds.
    eventually(lambda: job(slow_bedrock, arn)["processedRecordCount"] == 100, "the first hundred")
    slow.advance(100 * 3)
    eventually(lambda: job(slow_bedrock, arn)["processedRecordCount"] == 200, "the second hundred")
    assert job(slow_bedrock, arn)["status"] == "InProgress"
    slow.advance(100 * 3)
    done = ended(slow_bedrock, arn)
    assert done["status"] == "Completed"
    took = done["endTime"] - done["submitTime"]
    assert timedelta(seconds=2 * PAUSE + 590) < took < timedelta(seconds=2 * PAUSE + 620)


def test_a_stopped_job_keeps_what_it_has_done(slow_bedrock, slow, folder):
    arn = create(slow_bedrock, put(folder, "in.jsonl", [record(n) for n in range(300)]))
    slow.advance(2 * PAUSE)
    eventually(lambda: job(slow_bedrock, arn)["processedRecordCount"] == 100, "the first hundred")
    slow_bedrock.stop_model_invocation_job(jobIdentifier=arn)
    assert ended(slow_bedrock, arn)["status"] == "Stopped"
    lines, manifest = outputs(folder, arn)
    assert len(lines) == manifest["processedRecordCount"] == 100
    assert manifest["totalRecordCount"] == 300
    again = failure(slow_bedrock.stop_model_invocation_job, jobIdentifier=arn)
    assert again[:2] == ("ConflictException", 400)


def test_time_that_is_over_leaves_a_part(slow_bedrock, slow, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(300)])
    arn = create(slow_bedrock, source, timeoutDurationInHours=24)
    slow.advance(2 * PAUSE)
    eventually(lambda: job(slow_bedrock, arn)["processedRecordCount"] == 100, "the first hundred")
    slow.advance(24 * 3600)
    done = ended(slow_bedrock, arn)
    assert (done["status"], done["processedRecordCount"]) == ("PartiallyCompleted", 100)
    assert len(outputs(folder, arn)[0]) == 100
    late = create(slow_bedrock, source, timeoutDurationInHours=24)
    slow.advance(24 * 3600)
    assert ended(slow_bedrock, late)["status"] == "Expired"


def test_at_most_eight_run_at_once(slow_bedrock, slow, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(200)])
    arns = [create(slow_bedrock, source) for _ in range(10)]
    slow.advance(2 * PAUSE)

    def statuses():
        found = [job(slow_bedrock, arn)["status"] for arn in arns]
        return found.count("InProgress"), found.count("Scheduled")

    eventually(lambda: statuses() == (8, 2), "eight in progress")
    slow("PUT", "clock", {"scale": 1000})
    assert {ended(slow_bedrock, arn)["status"] for arn in arns} == {"Completed"}


# Lists


def test_lists_have_pages_filters_and_order(bedrock, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(100)])
    arns = [create(bedrock, source, f"job-{n}") for n in range(5)]
    bad = create(bedrock, put(folder, "bad.jsonl", ["no record"]), "bad-job")
    for arn in [*arns, bad]:
        ended(bedrock, arn)

    def listed(**arguments):
        pages = bedrock.get_paginator("list_model_invocation_jobs").paginate(**arguments)
        return [[item["jobArn"] for item in page["invocationJobSummaries"]] for page in pages]

    newest_first = [bad, *reversed(arns)]
    assert listed(PaginationConfig={"PageSize": 4}) == [newest_first[:4], newest_first[4:]]
    assert listed(sortBy="CreationTime", sortOrder="Ascending") == [[*arns, bad]]
    assert listed(statusEquals="Failed") == [[bad]]
    assert listed(nameContains="job-3") == [[arns[3]]]
    summary = bedrock.list_model_invocation_jobs(nameContains="bad")["invocationJobSummaries"][0]
    assert plain(summary) == plain(job(bedrock, bad))


def test_ids_tokens_and_tags(bedrock, folder):
    source = put(folder, "in.jsonl", [record(n) for n in range(100)])
    tags = [{"key": "team", "value": "a"}]
    arn = create(bedrock, source, clientRequestToken="only-once", tags=tags)
    assert create(bedrock, source, clientRequestToken="only-once", tags=tags) == arn
    other = failure(create, bedrock, source, "another", clientRequestToken="only-once", tags=tags)
    assert other[:2] == ("ConflictException", 400)
    assert job(bedrock, arn.rpartition("/")[2])["jobArn"] == arn
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == tags
    for call in (bedrock.get_model_invocation_job, bedrock.stop_model_invocation_job):
        assert failure(call, jobIdentifier="abcdefghijkl")[:2] == ("ResourceNotFoundException", 404)


# Refusals and failures


@pytest.mark.parametrize(
    "lines, words",
    [
        (["{broken"], "record 1"),
        ([record(1), '{"recordId": "x"}'], "record 2"),
        ([record(1), '{"modelInput": 5}'], "record 2"),
        ([], "contains less records (0)"),
    ],
)
def test_what_is_no_record_fails_the_job(bedrock, folder, lines, words):
    done = ended(bedrock, create(bedrock, put(folder, "wrong.jsonl", lines)))
    assert done["status"] == "Failed" and words in done["message"]
    assert not (folder / "a-bucket/out" / done["jobArn"].rpartition("/")[2]).exists()


@pytest.mark.parametrize(
    "source, words",
    [(f"{BUCKET}/missing.jsonl", "can't be read"), (f"{BUCKET}/empty/", "There is no .jsonl file")],
)
def test_input_that_is_missing_fails_the_job(bedrock, folder, source, words):
    (folder / "a-bucket/empty").mkdir(parents=True, exist_ok=True)
    done = ended(bedrock, create(bedrock, source))
    assert done["status"] == "Failed" and words in done["message"]


def test_links_lead_nowhere(bedrock, folder, tmp_path):
    put(tmp_path, "secret.jsonl", [record(n) for n in range(100)], bucket="outside")
    (folder / "links").mkdir(exist_ok=True)
    for name, target in [
        ("file.jsonl", tmp_path / "outside/secret.jsonl"),
        ("dir", tmp_path / "outside"),
    ]:
        (folder / "links" / name).unlink(missing_ok=True)
        (folder / "links" / name).symlink_to(target)
    for source in ("s3://links/file.jsonl", "s3://links/dir/secret.jsonl", "s3://links/dir"):
        done = ended(bedrock, create(bedrock, source))
        assert done["status"] == "Failed" and "can't be read" in done["message"], source
    good = put(folder, "in.jsonl", [record(n) for n in range(100)])
    code, _, message = failure(create, bedrock, good, out="s3://links/dir/")
    assert code == "ValidationException" and "can't be written" in message
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["outside", "secret.jsonl"]


@pytest.mark.parametrize(
    "change, code",
    [
        ({"jobName": "no spaces"}, "ValidationException"),
        ({"roleArn": "arn:aws:s3:::a-bucket"}, "ValidationException"),
        ({"modelId": "acme.rocket-v1:0"}, "ValidationException"),
        ({"modelId": "stability.stable-image-inpaint-v1:0"}, "ValidationException"),
        ({"timeoutDurationInHours": 23}, "ValidationException"),
        ({"modelInvocationType": "Chat"}, "ValidationException"),
        (
            {"inputDataConfig": {"s3InputDataConfig": {"s3Uri": "s3://a-bucket/../x"}}},
            "ValidationException",
        ),
        (
            {"outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://../x"}}},
            "ValidationException",
        ),
        ({"outputDataConfig": {}}, "ValidationException"),
    ],
)
def test_what_is_refused(server, control, folder, change, code):
    source = put(folder, "in.jsonl", [record(1)])
    sound = {
        "jobName": "a-job",
        "roleArn": ROLE,
        "modelId": MODEL,
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": source}},
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"{BUCKET}/out/"}},
    }
    unchecked = Clients(server.url)("bedrock", parameter_validation=False)
    refused = failure(unchecked.create_model_invocation_job, **(sound | change))
    assert refused[:2] == (code, 400), refused


def test_it_stops_in_the_middle(bedquota, environment, tmp_path):
    put(tmp_path, "in.jsonl", [record(n) for n in range(5000)])
    emulator = Emulator(
        bedquota,
        environment,
        *OPTIONS,
        "--latency",
        "0.2",
        "--time-scale",
        "100",
        "--s3",
        str(tmp_path),
    )
    bedrock = Clients(emulator.url)("bedrock")
    arn = create(bedrock, f"{BUCKET}/in.jsonl")
    reaches(bedrock, arn, "InProgress")
    assert emulator.stop() == 0
    left = [path.name for path in (tmp_path / "a-bucket/out").rglob("*") if path.is_file()]
    assert left == [], "what isn't finished leaves nothing"


def test_without_a_folder_the_option_is_named(bedquota, environment):
    emulator = Emulator(bedquota, environment, *OPTIONS)
    code, _, message = failure(create, Clients(emulator.url)("bedrock"), f"{BUCKET}/in.jsonl")
    assert code == "ValidationException" and "--s3 DIR" in message
    assert emulator.stop() == 0
