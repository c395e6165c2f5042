"""Processes that share a quota through a table of DynamoDB."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from fleet_stores import Table
from fleet_world import FleetWorld
from processes import Runner
from support import BINARY, clean_environment, with_credentials

TPM = 300_000


@pytest.fixture(scope="module")
def table():
    if not Table.program.exists():
        pytest.skip(f"{Table.program} is missing: scripts/library-environments makes it")
    with Table() as table:
        yield table


def test_the_emulator_itself_is_atomic(table):
    """Else nothing else that is found here would mean anything."""
    limit, workers = 100, 16

    def draw(_):
        calls, drawn = Table.client(table.endpoint), 0
        for _ in range(limit // 4):
            try:
                calls.update_item(
                    TableName=Table.name, Key={"pk": {"S": "atomic"}, "sk": {"S": "s"}}, UpdateExpression="ADD n :one",
                    ConditionExpression="attribute_not_exists(n) OR n < :limit",
                    ExpressionAttributeValues={":one": {"N": "1"}, ":limit": {"N": str(limit)}},
                )
                drawn += 1
            except ClientError as error:
                assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
        return drawn

    with ThreadPoolExecutor(workers) as pool:
        assert sum(pool.map(draw, range(workers))) == limit


def test_runs_and_a_gateway_share_one_quota(table, tmp_path):
    with FleetWorld(BINARY, clean_environment(tmp_path), tmp_path, "--fleet", table.url, tpm=TPM, records=3_000) as fleet:
        fleet.runs(3)
        fleet.gateways(1, workers=24)
        fleet.begun()
        time.sleep(5)
        with fleet.measured() as figures:
            time.sleep(25)
        assert figures.throttled == 0 and 0.7 <= figures.delivered <= 1.15, (figures.throttled, figures.delivered)
        assert figures.jain > 0.85, figures.shares
        command = Runner(BINARY, fleet.environment | {"AWS_REGION": "us-east-1"})
        [scope] = json.loads(command.output("fleet", "status", "--fleet", table.url, "--output", "json"))["scopes"]
        assert len(scope["members"]) == 4 and scope["meters"][0]["limit"] == TPM
        assert command("fleet", "check", "--fleet", table.url, "--max-answer-time", "60000").returncode == 0
        assert not fleet.members[-1].errors
    status = json.loads(command.output("fleet", "status", "--fleet", table.url, "--output", "json"))
    assert status["scopes"][0]["members"] == []


def test_what_is_wrong_with_a_table_is_said(table, tmp_path):
    command = Runner(BINARY, with_credentials(clean_environment(tmp_path)) | {"AWS_REGION": "us-east-1"})
    for address, words in (
        (f"dynamodb://missing-table?endpoint={table.endpoint}", "missing-table"),
        ("dynamodb://bedquota-fleet?endpoint=http://127.0.0.1:1", "be reached"),
    ):
        done = command("fleet", "status", "--fleet", address)
        assert done.returncode == 1 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr
    for address in ("dynamodb://x", "dynamodb://table?region=nowhere", "dynamodb://table?what=1", "dynamo://table"):
        done = command("fleet", "status", "--fleet", address)
        assert done.returncode == 64 and "address of the fleet's store" in done.stderr, done.stderr
