"""`bedquota usage` of known days in moto's CloudWatch says what pandas says of the same points."""

import json

import metric_days as days
import numpy as np
import pytest
from metric_days import DAY, ago, assert_agrees, iso, peaks_of
from processes import Emulator
from support import with_credentials
from test_runtime_accounts import APPLICATION, APPLICATION_ID, add_application_profile, edit

PROFILE = "us.amazon.nova-pro-v1:0"
SYSTEM_ARN = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{PROFILE}"
RPM_CODE, TPM_CODE, TPD_CODE, PRICED_CODE = "L-ED46B8C5", "L-C0326783", "L-D690997B", "L-E3F10727"
SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
GEO_SONNET = f"us.{SONNET}"
OPUS = "anthropic.claude-opus-4-6-v1"
BURNDOWN = {PROFILE: 1, GEO_SONNET: 5}
SHAPES = [
    (days.normal_day, PROFILE),
    (days.normal_day, GEO_SONNET),
    (days.spiky_day, PROFILE),
    (days.day_of_gaps, GEO_SONNET),
]


@pytest.fixture(scope="module")
def lists(run, bedquota, environment, tmp_path_factory):
    """An emulator for the account's lists, which hold an application profile of PROFILE."""
    account = tmp_path_factory.mktemp("record") / "own"
    run.output("record", account, "--emulator")
    edit(account / "list-inference-profiles.json", add_application_profile)
    emulator = Emulator(bedquota, environment, "--account", str(account), "--history", "0")
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def usage(run, environment, lists, moto):
    """The reports on some ids, with the lists of our emulator and the metrics of moto."""
    return days.usage_of(run, environment, lists, moto)


@pytest.fixture
def start():
    return ago(30 * 3_600)


def day_from(start):
    return ("--start", iso(start), "--end", iso(start + DAY))


@pytest.mark.parametrize("shape, identifier", SHAPES)
def test_a_day(usage, moto, built_in_account, start, shape, identifier):
    frame = shape(start)
    moto.put(frame, identifier)
    [report] = usage(identifier, *day_from(start))
    assert (report["start"], report["end"]) == (iso(start), iso(start + DAY))
    assert_agrees(report, frame, BURNDOWN[identifier])
    assert [part["id"] for part in report["parts"]] == [identifier]
    for peak in report["peaks"]:
        value = built_in_account.union[peak["code"]]["Value"]
        doubled = "doubled for cross" in built_in_account.union[peak["code"]]["QuotaName"]
        assert peak["quota"] == value * (2 if doubled else 1)
    by_day = [peak for peak in peaks_of(report, "tpd") if "value" in peak]
    for peak in by_day:
        assert peak["value"] == report["quotaTokens"]
        assert peak["at"] == report["start"]


def test_the_quotas_are_those_of_the_profile(usage, moto, start):
    moto.put(days.traffic(start, np.full(60, 10)), PROFILE)
    [report] = usage(PROFILE, "--start", iso(start), "--end", iso(start + 3_600))
    codes = [(peak["measure"], peak["code"]) for peak in report["peaks"]]
    assert codes[:2] == [("rpm", RPM_CODE), ("tpm", TPM_CODE)]
    assert sorted(codes[2:]) == [("tpd", TPD_CODE), ("tpd", PRICED_CODE)]
    [priced] = [peak for peak in report["peaks"] if peak["code"] == PRICED_CODE]
    assert "price" in priced["note"]
    assert not {"value", "utilization", "at"} & set(priced)


def test_decoys_are_not_counted(usage, moto, start):
    frame = days.traffic(start, np.arange(1, 61))
    moto.put(frame, PROFILE)
    tiers = [("ModelId", PROFILE), ("ServiceTier", "default"), ("ResolvedServiceTier", "default")]
    moto.put(frame * 3, *tiers)
    moto.put(frame * 7)
    tutorial = {"invocations": "InvokeModel", "throttles": "InvokeModelThrottled"}
    moto.put(frame.fillna(9), PROFILE, names=tutorial)
    [report] = usage(PROFILE, "--start", iso(start), "--end", iso(start + 3_600))
    assert_agrees(report, frame, 1)


@pytest.mark.parametrize("asked", [PROFILE, APPLICATION, SYSTEM_ARN])
@pytest.mark.parametrize("named", [APPLICATION_ID, APPLICATION], ids=["id", "ARN"])
def test_two_profiles_on_one_quota(usage, moto, start, asked, named):
    system = days.traffic(start, np.arange(1, 61), seed=4, limit=40)
    copied = days.traffic(start + 600, np.arange(60, 0, -1), seed=5, limit=30)
    moto.put(system, PROFILE)
    moto.put(copied, named)
    moto.put(system, SONNET)
    [report] = usage(asked, "--start", iso(start), "--end", iso(start + 2 * 3_600))
    assert_agrees(report, days.summed(system, copied), 1)
    parts = {part.pop("id"): part for part in report["parts"]}
    assert set(parts) == {PROFILE, named}
    for part, frame in ((parts[PROFILE], system), (parts[named], copied)):
        assert part == {name: frame[name].sum() for name in part}
    assert [peak["code"] for peak in peaks_of(report, "rpm")] == [RPM_CODE]


@pytest.mark.parametrize("hours", ["1", "400"])
def test_only_ids_that_have_data_are_told(usage, moto, hours):
    """CloudWatch lists series of two weeks, and the account's own models are candidates only."""
    [report] = usage(PROFILE, "--hours", hours)
    assert not any("Other ids" in note for note in report["notes"])
    moto.put(days.traffic(ago(3 * 3_600), np.full(20, 10)), PROFILE.removeprefix("us."))
    [report] = usage(PROFILE, "--hours", hours)
    told = [note for note in report["notes"] if "Other ids" in note]
    expected = [f"Other ids of the model have data: {PROFILE.removeprefix('us.')}."]
    assert told == (expected if hours == "400" else [])


@pytest.mark.parametrize("names", [days.OLD_CACHE, days.NEW_CACHE], ids=["old", "new"])
def test_cache_tokens_under_one_name(usage, moto, start, names):
    frame = days.traffic(start, np.full(60, 10))
    moto.put(frame, SONNET, names=days.COUNTS | names)
    [report] = usage(SONNET, "--start", iso(start), "--end", iso(start + 3_600))
    assert_agrees(report, frame, 5)


def test_cache_tokens_under_both_names_are_the_same_tokens(usage, moto, start):
    frame = days.traffic(start, np.full(60, 10))
    moto.put(frame, SONNET, names=days.COUNTS | days.NEW_CACHE)
    moto.put(frame, SONNET, names=days.OLD_CACHE)
    [report] = usage(SONNET, "--start", iso(start), "--end", iso(start + 3_600))
    assert_agrees(report, frame, 5)


def test_a_name_that_changes_within_the_hour(usage, moto, start):
    """The old name till the half hour, the new one from a little before it."""
    frame = days.traffic(start, np.full(60, 10))
    moto.put(frame, SONNET, names=days.COUNTS)
    moto.put(frame.iloc[:30], SONNET, names=days.OLD_CACHE)
    moto.put(frame.iloc[27:], SONNET, names=days.NEW_CACHE)
    [report] = usage(SONNET, "--start", iso(start), "--end", iso(start + 3_600))
    assert_agrees(report, frame, 5)


def test_profiles_of_one_model_stay_apart(usage, moto, start):
    identifiers = [OPUS, f"us.{OPUS}", f"global.{OPUS}"]
    frames = [days.traffic(start, np.full(60, 10 + seed), seed) for seed in range(3)]
    for identifier, frame in zip(identifiers, frames, strict=True):
        moto.put(frame, identifier)
    reports = usage(*identifiers, "--start", iso(start), "--end", iso(start + 3_600))
    assert [report["id"] for report in reports] == identifiers
    for report, frame in zip(reports, frames, strict=True):
        assert_agrees(report, frame, 5)
    assert len({peaks_of(report, "tpm")[0]["code"] for report in reports}) == 3


def test_the_edges_of_the_time(usage, moto, start):
    """A minute that has begun is in; the one that begins at the end is not."""
    frame = days.traffic(start - 60, np.arange(1, 14))
    moto.put(frame, PROFILE)
    [report] = usage(PROFILE, "--start", iso(start + 30), "--end", iso(start + 599))
    assert (report["start"], report["end"]) == (iso(start), iso(start + 600))
    assert_agrees(report, frame.loc[start : start + 599], 1)


@pytest.mark.parametrize("age, period", [(14, 60), (20, 300), (64, 3_600), (100, 3_600)])
def test_old_days_have_longer_periods(usage, moto, age, period):
    start = ago(age * DAY, 3_600)
    frame = days.day_of_gaps(start).iloc[:600]
    moto.put(frame, PROFILE)
    [report] = usage(PROFILE, "--start", iso(start), "--end", iso(start + DAY))
    assert_agrees(report, days.by_period(frame, period), 1, period)
    told = [note for note in report["notes"] if f"averages of {period // 60} minutes" in note]
    assert len(told) == (period > 60)


def test_the_worst_day_of_three(usage, moto):
    period = 300
    start = ago(4 * DAY, period)
    frame = days.traffic(start, np.random.default_rng(6).integers(0, 50, 3 * 1440))
    frame = days.by_period(frame.iloc[::7], period)
    moto.put(frame, PROFILE)
    times = ("--start", iso(start), "--end", iso(start + 3 * DAY))
    [report] = usage(PROFILE, *times, "--period", period)
    assert_agrees(report, frame, 1, period)
    [peak] = [peak for peak in peaks_of(report, "tpd") if peak["code"] == TPD_CODE]
    tokens = days.quota_tokens(frame, 1)
    days.assert_worst_day(peak, tokens, start, start + 3 * DAY, period)


def test_moto_alone(run, environment, moto, start):
    """Without a list of quotas use is what it is, and that is said."""
    frame = days.traffic(start, np.arange(1, 61), limit=50)
    moto.put(frame, PROFILE)
    arguments = ("--start", iso(start), "--end", iso(start + 3_600), "--output", "json")
    done = run(
        *("usage", PROFILE, "--endpoint-url", moto.url, *arguments),
        environment=with_credentials(environment),
    )
    assert done.returncode == 0, done.stderr
    assert "quotas can't be listed" in done.stderr
    [report] = json.loads(done.stdout)
    assert_agrees(report, frame, 1)
    assert not any("quota" in peak or "utilization" in peak for peak in report["peaks"])


def test_the_estimate_of_aws_is_compared(usage, moto, start):
    """Twice the tokens of our formula is worth a word; the same tokens are not."""
    frame = days.traffic(start, np.full(60, 10))
    moto.put(frame, SONNET)
    moto.put(frame, GEO_SONNET)
    estimate = {"estimated": "EstimatedTPMQuotaUsage"}
    for identifier, factor in ((SONNET, 1), (GEO_SONNET, 2)):
        own = (days.quota_tokens(frame, 5) * factor).to_frame("estimated")
        moto.put(own, identifier, names=estimate)
    window = ("--start", iso(start), "--end", iso(start + 3_600))
    same, twice = usage(SONNET, GEO_SONNET, *window)
    assert same["estimatedQuotaTokens"] == same["quotaTokens"]
    assert twice["estimatedQuotaTokens"] == 2 * twice["quotaTokens"]
    assert not any("EstimatedTPMQuotaUsage" in note for note in same["notes"])
    assert any("EstimatedTPMQuotaUsage" in note for note in twice["notes"])
