"""Parts of a model's usage in moto's CloudWatch, by whichever names and levels an account has: shown, and counted once."""

import metric_days as days
import numpy as np
import pytest
from mantle import GPT, NAMESPACE
from metric_days import ago, iso, peaks_of
from servers import emulator_fixture

PROFILE = "us.amazon.nova-pro-v1:0"
ONE, TWO = "proj_one1", "proj_two2"
TOTALS = {"inputTokens": "TotalInputTokens", "outputTokens": "TotalOutputTokens"}
SINGLE = {"inputTokens": "InputTokens", "outputTokens": "OutputTokens"}
REQUESTS = {"invocations": "Inferences", "clientErrors": "InferenceClientErrors"}
BOTH = [REQUESTS, TOTALS, SINGLE]
# The names that each account has at the levels account, project, model, and project with model.
ACCOUNTS = {
    "AWS's page": ([REQUESTS, TOTALS], [REQUESTS, TOTALS], [REQUESTS, TOTALS], [REQUESTS, SINGLE]),
    "both names everywhere": (BOTH, BOTH, BOTH, BOTH),
    "the other name everywhere": (4 * ([REQUESTS, SINGLE],)),
    "projects with models alone": ([], [], [], [REQUESTS, SINGLE]),
    "projects with models alone, both names": ([], [], [], BOTH),
    "models alone": ([], [], [REQUESTS, TOTALS], []),
    "tokens by model, requests by project and model": ([], [], [TOTALS], [REQUESTS]),
}
COLUMNS = ("invocations", "clientErrors", "inputTokens", "outputTokens")

lists = emulator_fixture("--history", "0")


@pytest.fixture
def usage(run, environment, lists, moto):
    return days.usage_of(run, environment, lists, moto)


@pytest.fixture
def start():
    return ago(2 * 3_600)


def hour_from(start):
    return ("--start", iso(start), "--end", iso(start + 3_600))


def publish(moto, frames, levels, model="Model", project="Project"):
    """Frames by project, at the levels of an account."""
    account, by_project, by_model, by_both = levels
    whole = days.summed(*frames.values())

    def put(frame, names, *dimensions):
        for each in names:
            moto.put(frame, *dimensions, names=each, namespace=NAMESPACE)

    put(whole, account)
    put(whole, by_model, (model, GPT))
    for name, frame in frames.items():
        put(frame, by_project, (project, name))
        put(frame, by_both, (model, GPT), (project, name))


@pytest.fixture
def frames(start):
    return {
        ONE: days.traffic(start, np.arange(1, 61), seed=1),
        TWO: days.traffic(start + 600, np.arange(50, 0, -1), seed=2),
    }


@pytest.mark.parametrize("dimensions", [("Model", "Project"), ("ModelId", "ProjectId")])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_level_is_counted_once(usage, moto, start, frames, account, dimensions):
    publish(moto, frames, ACCOUNTS[account], *dimensions)
    [report] = usage(GPT, *hour_from(start))
    whole = days.summed(*frames.values()).fillna(0)
    assert report["endpoint"] == "mantle"
    for name in COLUMNS:
        assert report[name] == whole[name].sum(), name
    assert peaks_of(report, "input-tpm")[0]["value"] == (whole.inputTokens + whole.outputTokens).max()
    assert peaks_of(report, "output-tpm")[0]["value"] == whole.outputTokens.max()
    shares = {share["project"]: share for share in report.get("shares", [])}
    if not ACCOUNTS[account][3]:
        assert not shares
        return
    assert set(shares) == {ONE, TWO}
    for project, frame in frames.items():
        assert shares[project]["invocations"] == frame.invocations.sum()
        if SINGLE in ACCOUNTS[account][3]:
            assert shares[project]["inputTokens"] == frame.inputTokens.sum()
        else:
            assert "inputTokens" not in shares[project]


def test_tiers_are_a_breakdown_of_the_whole(usage, moto, start):
    """Asked for and resolved may differ; none of it is added to the model's own series."""
    tiers = {
        ("default", "default"): days.traffic(start, np.full(60, 5), seed=3),
        ("flex", "flex"): days.traffic(start, np.full(60, 3), seed=4, limit=2),
        ("priority", "default"): days.traffic(start, np.full(30, 2), seed=5),
    }
    whole = days.summed(*tiers.values())
    moto.put(whole, PROFILE)
    for (asked, resolved), frame in tiers.items():
        moto.put(frame, PROFILE, ("ServiceTier", asked), ("ResolvedServiceTier", resolved))
    [report] = usage(PROFILE, *hour_from(start))
    days.assert_agrees(report, whole, 1)
    found = {(share["serviceTier"], share["resolvedServiceTier"]): share for share in report["shares"]}
    assert set(found) == set(tiers)
    for key, frame in tiers.items():
        for name in ("invocations", "throttles", "inputTokens", "outputTokens", "clientErrors"):
            assert found[key][name] == frame[name].sum(), (key, name)


def test_other_dimensions_are_no_breakdown(usage, moto, start):
    frame = days.traffic(start, np.full(60, 5))
    moto.put(frame, PROFILE)
    moto.put(frame, PROFILE, ("ImageSize", "512"), ("BucketedStepSize", "50"))
    [report] = usage(PROFILE, *hour_from(start))
    days.assert_agrees(report, frame, 1)
    assert "shares" not in report
