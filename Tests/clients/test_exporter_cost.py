"""What the exporter asks of CloudWatch for 40 models in three Regions: what it prints, what it counts, and what a proxy saw."""

import math
import os
import re
import time
import urllib.request

import pytest
from emulator_control import eventually
from many_models import REGIONS, ask_all, models, write_account
from metric_data_proxy import MetricDataProxy
from processes import Exporter
from prometheus_client.parser import text_string_to_metric_families as families
from region_emulators import RegionEmulators
from runtime_calls import INSTANT
from support import with_credentials

MODELS = models(40)
INTERVAL_SECONDS = 60
PRICE = re.compile(
    r"Reads (\d+) ids in 3 accounts and Regions every 60 s: ([\d,]+) calls of GetMetricData with ([\d,]+) metrics, "
    r"about ([\d,.]+) US dollars a month"
)
slow = pytest.mark.skipif(os.environ.get("BEDQUOTA_SLOW") != "1", reason="takes minutes; BEDQUOTA_SLOW=1 runs it")


class RegionsExporter(Exporter):
    """`bedquota exporter` of the three Regions."""

    command = (*Exporter.command, "--regions", ",".join(REGIONS), "--interval", str(INTERVAL_SECONDS))

    def counted(self) -> dict[str, tuple[int, int]]:
        """Its own counts of calls and of metrics, by Region."""
        with urllib.request.urlopen(f"{self.url.removesuffix('/metrics')}/metrics", timeout=30) as reply:
            samples = [sample for family in families(reply.read().decode()) for sample in family.samples]
        calls, metrics = (
            {sample.labels["region"]: int(sample.value) for sample in samples if sample.name == f"bedquota_cloudwatch_{what}_total"}
            for what in ("calls", "metrics")
        )
        return {region: (calls[region], metrics[region]) for region in calls}


@pytest.fixture(scope="module")
def proxy(bedquota, environment, run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    run.output("record", folder / "built-in", "--emulator")
    with RegionEmulators(bedquota, environment, write_account(folder / "built-in", folder / "regions", len(MODELS)), *INSTANT) as regions:
        ask_all(regions, MODELS)
        with MetricDataProxy(regions.aws.url) as proxy:
            yield proxy


@pytest.fixture(scope="module")
def exporter(bedquota, environment, proxy):
    exporter = RegionsExporter(bedquota, with_credentials(environment) | {"AWS_ENDPOINT_URL": proxy.url})
    # Its first reading is of a day, and the next one at once, of an hour.
    eventually(lambda: PRICE.search(exporter.read_log()), "it prints the price")
    yield exporter
    assert exporter.stop() == 0


def asked(calls) -> tuple[int, int]:
    """How many calls these are, and how many metrics they ask for."""
    return len(calls), sum(call.metrics for call in calls)


def of_hours(proxy) -> list:
    """The calls of readings that go on: of an hour, and if one was late, of a little more."""
    return [call for call in proxy.calls if call.minutes < 24 * 60]


def of_days(proxy) -> list:
    """The calls of the first reading."""
    return [call for call in proxy.calls if call.minutes >= 24 * 60]


def test_the_price_is_that_of_what_was_asked(exporter, proxy):
    ids, *counts, dollars = (value.replace(",", "") for value in PRICE.search(exporter.read_log()).groups())
    assert int(ids) == len(MODELS) * len(REGIONS)
    assert tuple(map(int, counts)) == asked(of_hours(proxy))
    readings_a_month = 30 * 86_400 / INTERVAL_SECONDS
    exact = int(counts[1]) * 0.01 / 1_000 * readings_a_month
    assert exact <= float(dollars) < exact + 0.011


def test_its_counters_are_what_was_asked(exporter, proxy):
    seen = {region: asked([call for call in proxy.calls if call.region == region]) for region in REGIONS}
    assert exporter.counted() == seen


@pytest.mark.parametrize("readings", [of_days, of_hours])
def test_no_call_could_be_spared(proxy, exporter, readings):
    """Each call is as full as CloudWatch takes it: 500 metrics, or 100,800 datapoints."""
    for region in REGIONS:
        calls = [call for call in readings(proxy) if call.region == region]
        full = min(500, 100_800 // calls[0].minutes)
        count, metrics = asked(calls)
        assert metrics >= len(MODELS) and metrics % len(MODELS) == 0
        assert max(call.metrics for call in calls) <= full and count == math.ceil(metrics / full)


def test_scrapes_cost_nothing(exporter, proxy):
    before = len(proxy.calls)
    for _ in range(5):
        exporter.counted()
    assert len(proxy.calls) == before


@slow
def test_later_readings_cost_what_is_printed(exporter, proxy):
    before = len(of_hours(proxy))
    eventually(lambda: len(of_hours(proxy)) > before, "it reads again", 2 * INTERVAL_SECONDS)
    eventually(lambda: time.time() - proxy.last().at > 5, "the reading is over")
    calls, metrics = (int(value.replace(",", "")) for value in PRICE.search(exporter.read_log()).groups()[1:3])
    # The price tells of one reading; these are two.
    assert asked(of_hours(proxy)) == (2 * calls, 2 * metrics)
    test_its_counters_are_what_was_asked(exporter, proxy)
