"""`bedquota list` against the account folders themselves."""

import csv
import io
import json
import re

import pytest

SCOPES = {
    *("on-demand", "cross-region", "global", "custom-deployment", "latency-optimized"),
    *("provisioned", "batch", "mantle", "other"),
}
MEASURES = {
    *("rpm", "tpm", "input-tpm", "output-tpm", "tpd", "concurrent"),
    *("model-units", "rate", "count", "size", "other"),
}
INFERENCE = re.compile(
    r"model inference|model invocation max|invokemodel|\[bedrock-mantle endpoint\]|custom model deployment",
    re.IGNORECASE,
)
CROSS_MODEL = "Cross-Model Max Tokens Per Day"


@pytest.fixture(scope="module")
def list_quotas(run, served_account):
    """Runs `list` on the account; its reply's quotas, or its text in another format."""

    def call(*options, output="json"):
        arguments = ("--emulator", *served_account.options, "--output", output, *options)
        text = run.output("list", *arguments)
        return json.loads(text)["quotas"] if output == "json" else text

    return call


@pytest.fixture(scope="module")
def listed(list_quotas):
    return list_quotas()


def test_every_code_once_and_sorted(listed, served_account):
    codes = [quota["code"] for quota in listed]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(served_account.union)
    assert codes == sorted(codes)


def test_values_are_those_of_the_two_lists(listed, served_account):
    applied = {quota["QuotaCode"]: quota["Value"] for quota in served_account.applied}
    defaults = {quota["QuotaCode"]: quota["Value"] for quota in served_account.defaults}
    for quota in listed:
        code = quota["code"]
        assert quota.get("appliedValue", "absent") == applied.get(code, "absent"), code
        assert quota.get("defaultValue", "absent") == defaults.get(code, "absent"), code


def test_what_else_the_lists_say(listed, served_account):
    for quota in listed:
        source = served_account.union[quota["code"]]
        assert quota["name"] == source["QuotaName"]
        assert quota["adjustable"] == source["Adjustable"]
        assert ("usageMetric" in quota) == ("UsageMetric" in source), quota["code"]


def test_scopes_and_measures_are_those_of_the_contract(listed):
    assert {quota["scope"] for quota in listed} <= SCOPES
    assert {quota["measure"] for quota in listed} <= MEASURES


def test_no_inference_quota_is_other(listed):
    inference = [quota for quota in listed if INFERENCE.search(quota["name"])]
    assert inference
    lost = [quota for quota in inference if "other" in (quota["scope"], quota["measure"])]
    assert not lost, json.dumps(lost, indent=1)


def test_the_cross_model_quota(listed):
    found = {(quota["scope"], quota["measure"]) for quota in listed if quota["name"] == CROSS_MODEL}
    assert found == {("other", "tpd")}


@pytest.mark.parametrize(
    "key, value", [("scope", "cross-region"), ("measure", "rpm"), ("measure", "tpd")]
)
def test_filters_by_key(list_quotas, listed, key, value):
    expected = [quota for quota in listed if quota[key] == value]
    assert expected
    assert list_quotas(f"--{key}", value) == expected


def test_filters_by_family(list_quotas, listed):
    family = next(quota["family"] for quota in listed if "Claude" in quota["name"])
    expected = [quota for quota in listed if quota.get("family") == family]
    assert list_quotas("--family", family) == expected


def test_filters_by_text(list_quotas):
    found = list_quotas("--search", "nova")
    assert found
    assert all("nova" in json.dumps(quota).lower() for quota in found)


def test_filters_by_model(list_quotas, listed, run, served_account):
    identifier = next(
        p["inferenceProfileId"] for p in served_account.profiles if "claude" in str(p)
    )
    arguments = ("--emulator", *served_account.options, "--output", "json")
    [resolved] = json.loads(run.output("resolve", identifier, *arguments))
    found = {quota["code"] for quota in list_quotas("--model", identifier)}
    assert {quota["code"] for quota in resolved["quotas"]} <= found
    assert len(found) < len(listed)


def test_csv_has_a_row_per_quota(list_quotas, listed):
    header, *rows = csv.reader(io.StringIO(list_quotas(output="csv")))
    assert "code" in header
    assert all(len(row) == len(header) for row in rows)
    assert [row[header.index("code")] for row in rows] == [quota["code"] for quota in listed]


def test_markdown_tables_are_whole(list_quotas, listed):
    text = list_quotas(output="markdown")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
    assert len({len(row) for row in cells}) == 1, "rows of different lengths"
    assert any(
        all(re.fullmatch(" *:?-+:? *", cell) for cell in row) for row in cells
    ), "no separator"
    found = set(re.findall(r"\bL-[0-9A-F]{8}\b", "\n".join(rows)))
    assert found == {quota["code"] for quota in listed}


def test_the_table_shows_every_code_without_colours(list_quotas, listed):
    text = list_quotas(output="table")
    assert {quota["code"] for quota in listed} <= set(re.findall(r"\bL-[0-9A-F]{8}\b", text))
    assert "\x1b" not in text, "stdout is no terminal"


def test_two_runs_print_the_same(list_quotas, listed):
    assert list_quotas() == listed


def test_regions_side_by_side(run, served_account):
    arguments = ("--emulator", *served_account.options, "--output", "json")
    reply = json.loads(run.output("list", "--regions", "us-east-1,us-west-2", *arguments))
    assert [entry["region"] for entry in reply] == ["us-east-1", "us-west-2"]
    assert all(set(entry) in ({"region", "quotas"}, {"region", "error"}) for entry in reply)
    assert {quota["code"] for quota in reply[0]["quotas"]} == set(served_account.union)


def test_one_region_names_itself(run, served_account):
    arguments = ("--emulator", *served_account.options, "--output", "json")
    assert json.loads(run.output("list", *arguments))["region"] == "us-east-1"
