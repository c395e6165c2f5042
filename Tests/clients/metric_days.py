"""Known days of metrics in moto's CloudWatch, and what pandas makes of the same points."""

import json
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timezone

import boto3
import numpy as np
import pandas as pd
import pytest
from support import KEY, REGION, ROOT, SECRET, with_credentials

NAMESPACE = "AWS/Bedrock"
COUNTS = {
    "invocations": "Invocations",
    "throttles": "InvocationThrottles",
    "clientErrors": "InvocationClientErrors",
    "serverErrors": "InvocationServerErrors",
    "inputTokens": "InputTokenCount",
    "outputTokens": "OutputTokenCount",
}
NEW_CACHE = {
    "cacheReadTokens": "CacheReadInputTokenCount",
    "cacheWriteTokens": "CacheWriteInputTokenCount",
}
OLD_CACHE = {
    "cacheReadTokens": "CacheReadInputTokens",
    "cacheWriteTokens": "CacheWriteInputTokens",
}
ALL = [*COUNTS, *NEW_CACHE]
DAY = 86_400
PUT_MAX = 1_000


def ago(seconds: int, period: int = 60) -> int:
    """A time in the past at which a period begins."""
    return (int(time.time()) - seconds) // period * period


def iso(seconds) -> str:
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Moto:
    """moto in a process of its own; its CloudWatch is written with boto3."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "Tests/clients/moto_server.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), f"moto said {self.url!r}"
        self.cloudwatch = boto3.Session().client(
            "cloudwatch",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def stop(self):
        self.process.communicate(timeout=10)

    def reset(self):
        url = f"{self.url}/moto-api/reset"
        urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=30).close()

    def put(self, frame, *dimensions, names=COUNTS | NEW_CACHE, namespace=NAMESPACE):
        """Every number of a frame as a datapoint; `dimensions` are pairs, or a ModelId."""
        pairs = [("ModelId", each) if isinstance(each, str) else each for each in dimensions]
        data = [
            {
                "MetricName": names[column],
                "Dimensions": [{"Name": name, "Value": value} for name, value in pairs],
                "Timestamp": int(at),
                "Value": value,
            }
            for column in names
            for at, value in frame[column].dropna().items()
        ]
        for first in range(0, len(data), PUT_MAX):
            batch = data[first : first + PUT_MAX]
            self.cloudwatch.put_metric_data(Namespace=namespace, MetricData=batch)


def usage_of(run, environment, lists, moto):
    """A call of `usage` that returns its reports, with the lists of an emulator and the metrics of moto."""
    urls = {"AWS_ENDPOINT_URL": lists.url, "AWS_ENDPOINT_URL_CLOUDWATCH": moto.url}

    def call(*arguments):
        arguments = ("usage", *arguments, "--output", "json", "--quiet")
        done = run(*arguments, environment=with_credentials(environment) | urls)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return call


def traffic(start: int, requests, seed: int = 1, limit: float = np.inf) -> pd.DataFrame:
    """Requests of each minute with tokens to them; above the limit they are throttled.

    As Bedrock publishes no zeros, what did not happen is NaN.
    """
    random = np.random.default_rng(seed)
    asked = np.asarray(requests, dtype=float)
    accepted = np.minimum(asked, limit)
    frame = pd.DataFrame(
        {
            "invocations": accepted,
            "throttles": asked - accepted,
            "clientErrors": random.binomial(accepted.astype(int), 0.02),
            "serverErrors": random.binomial(accepted.astype(int), 0.005),
            "inputTokens": accepted * random.integers(200, 3_000, len(asked)),
            "outputTokens": accepted * random.integers(10, 900, len(asked)),
            "cacheReadTokens": accepted * random.integers(0, 5_000, len(asked)),
            "cacheWriteTokens": accepted * random.integers(0, 300, len(asked)),
        },
        index=start + 60 * np.arange(len(asked)),
    ).astype(float)
    return frame.mask(frame == 0)


def normal_day(start, seed=1, limit=95.0):
    wave = 60 + 40 * np.sin(np.arange(1440) / 1440 * 2 * np.pi)
    return traffic(start, np.random.default_rng(seed).poisson(wave), seed, limit)


def spiky_day(start, seed=2, limit=150.0):
    requests = np.random.default_rng(seed).integers(0, 3, 1440)
    requests[[17, 600, 601, 1439]] = [2_000, 900, 901, 1_777]
    return traffic(start, requests, seed, limit)


def day_of_gaps(start, seed=3, limit=95.0):
    """Hours of nothing, minutes that only throttled, and minutes of which only tokens are known."""
    frame = normal_day(start, seed, limit)
    frame.iloc[100:340] = np.nan
    frame.iloc[1000:1003] = np.nan
    frame.iloc[1400:] = np.nan
    frame.iloc[500:520, :] = np.nan
    frame.iloc[500:520, frame.columns.get_loc("throttles")] = 7.0
    frame.iloc[700:710, frame.columns.get_loc("invocations")] = np.nan
    return frame


def summed(*frames) -> pd.DataFrame:
    return pd.concat(frames).groupby(level=0).sum(min_count=1)


def by_period(frame, period: int) -> pd.DataFrame:
    return frame.groupby(frame.index // period * period).sum(min_count=1)


def quota_tokens(frame, burndown: int):
    known = frame.dropna(how="all").fillna(0)
    return known.inputTokens + known.cacheWriteTokens + burndown * known.outputTokens


def near(value):
    """What floating point makes of the same sum, in another order."""
    return pytest.approx(value, rel=1e-12, abs=0)


def peaks_of(report, measure) -> list[dict]:
    return [peak for peak in report["peaks"] if peak["measure"] == measure]


def assert_agrees(report, frame, burndown: int, period: int = 60):
    """Totals, peaks, percentiles and series of a report are those of a frame of its period."""
    known = frame.dropna(how="all").fillna(0)
    tokens = quota_tokens(frame, burndown)
    for name in ALL:
        assert report[name] == frame[name].sum(), name
    throttles, demand = known.throttles.sum(), (known.invocations + known.throttles).sum()
    assert report["periodSeconds"] == period
    assert report["demand"] == demand
    assert report["throttleRate"] == throttles / demand
    assert report["quotaTokens"] == tokens.sum()
    assert report["dataUntil"] == iso(known.index[-1] + period)
    for measure, values in (("rpm", known.invocations), ("tpm", tokens)):
        [peak] = peaks_of(report, measure)
        assert_peak(peak, values, period)
    asked = known.invocations + known.throttles
    assert report["peakDemand"]["value"] * period / 60 == near(asked.max())
    assert report["peakDemand"]["at"] == iso(asked.idxmax())
    names = ["invocations", "throttles", "inputTokens", "outputTokens"]
    expected = known[names].assign(quotaTokens=tokens)
    expected.index = [iso(at) for at in expected.index]
    series = pd.DataFrame(report["series"]).set_index("at")[[*names, "quotaTokens"]]
    pd.testing.assert_frame_equal(series.astype(float), expected, check_names=False)


def assert_peak(peak, values, period: int = 60):
    per_minute = values * 60 / period
    assert peak["value"] == near(per_minute.max())
    assert peak["at"] == iso(values.idxmax())
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        assert peak[name] == near(per_minute.quantile(share)), name
    if peak.get("quota"):
        above = int((per_minute > 0.8 * peak["quota"]).sum())
        assert peak["minutesAbove80"] == above * period / 60
        assert peak["utilization"] == near(per_minute.max() / peak["quota"])


def assert_worst_day(peak, tokens, start: int, end: int, period: int):
    grid = tokens.reindex(np.arange(start, end, period)).fillna(0)
    days = grid.rolling(DAY // period).sum().dropna()
    assert peak["value"] == days.max()
    assert peak["at"] == iso(days.idxmax() - DAY + period)
