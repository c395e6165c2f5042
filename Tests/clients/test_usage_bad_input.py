"""`bedquota usage` with wrong arguments, a CloudWatch that refuses, and odd datapoints."""

import json

import pytest
from cloudwatch_server import MODEL, MetricServer, data, pages, result
from fault_server import always, error
from metric_days import DAY, ago, iso
from support import with_credentials
from test_commands import assert_failed

START = ago(2 * 3_600)
END = START + 3_600
HOUR = ("--start", iso(START), "--end", iso(END))


def at(minute):
    return START + 60 * minute


def past(days):
    return iso(ago(days * DAY))


# Arguments


BAD_IDS = ["", "a b", "us.", "arn:aws:s3:::bucket", "arn:aws:bedrock:us-east-1"]
BAD_OPTIONS = {
    "no hours": (["--hours", "0"], "hours"),
    "hours before none": (["--hours=-1"], "hours"),
    "a negative word": (["--hours", "-1"], "--hours"),
    "hours of no number": (["--hours", "nan"], "hours"),
    "endless hours": (["--hours", "inf"], "hours"),
    "hours beyond memory": (["--hours", "1e9"], "10920"),
    "a word": (["--hours", "many"], "--hours"),
    "start after end": (["--start", past(1), "--end", past(2)], "before the end"),
    "start at end": (["--start", past(1), "--end", past(1)], "before the end"),
    "the future": (["--start", "2999-01-01"], "future"),
    "before memory": (["--start", past(456)], "455"),
    "long before memory": (["--start", "1980-01-01"], "455"),
    "too few digits": (["--start", "20261124"], "invalid time"),
    "no period": (["--period", "0"], "period"),
    "a minute and a second": (["--period", "61"], "60"),
    "over a day": (["--period", "172800"], "86400"),
    "too short for its age": (["--start", past(20), "--period", "60"], "300"),
    "much too short": (["--start", past(70), "--period", "300"], "3600"),
    "hours and start": (["--hours", "1", "--start", past(1)], "--start"),
    "an end alone": (["--end", past(1)], "--start"),
    "soon": (["--start", "soon"], "soon"),
    "no such day": (["--start", "2026-02-30"], "2026-02-30"),
    "no such hour": (["--start", "2026-11-01T25:00:00Z"], "2026-11-01"),
    "no time": (["--start", ""], "--start"),
    "a far offset": (["--start", "2026-11-01T10:00:00+99:99"], "2026-11-01"),
    "no max_tokens": (["--max-tokens", "0"], "--max-tokens"),
    "an unknown format": (["--output", "yaml"], "yaml"),
}


@pytest.mark.parametrize("identifier", BAD_IDS)
def test_malformed_ids_are_bad_usage(run, identifier):
    assert_failed(run("usage", MODEL, identifier, "--emulator"), 64)


def test_an_id_is_needed(run):
    assert_failed(run("usage", "--emulator"), 64, "id")


@pytest.mark.parametrize("arguments, word", BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_options_that_cannot_be_met(run, arguments, word):
    done = run("usage", MODEL, "--emulator", *arguments)
    assert_failed(done, 64, word)
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error:")]) == 1


@pytest.mark.parametrize(
    "written",
    ["{day}T10:00:00Z", "{day}T12:30:00+02:30", "{day}T05:00:00-0500", "{day} 10:00", "{unix}"],
)
def test_ways_to_write_a_time(run, written):
    begin = ago(3 * DAY, DAY) + 10 * 3_600
    text = written.format(day=iso(begin)[:10], unix=begin)
    arguments = ("--start", text, "--end", iso(begin + 600), "--output", "json")
    [report] = json.loads(run.output("usage", MODEL, "--emulator", *arguments))
    assert (report["start"], report["end"]) == (iso(begin), iso(begin + 600))


def test_seconds_of_an_hour(run):
    """Less than a minute is the minute that has begun."""
    arguments = ("--hours", "0.0003", "--output", "json")
    [report] = json.loads(run.output("usage", MODEL, "--emulator", *arguments))
    assert report["start"] < report["end"]


def test_all_that_is_remembered(run):
    [report] = json.loads(
        run.output("usage", MODEL, "--emulator", "--hours", 455 * 24, "--output", "json")
    )
    assert report["periodSeconds"] == 3_600


def test_a_file_that_cannot_be_written(run, tmp_path):
    target = tmp_path / "nowhere" / "chart.svg"
    assert_failed(run("usage", MODEL, "--emulator", "--quiet", "--svg", target), 1, str(target))


# A service that refuses


@pytest.fixture
def ask(run, environment):
    """Runs `usage` of the hour against a server."""

    def call(server, noise="--quiet"):
        arguments = (*HOUR, "--output", "json", noise, "--endpoint-url", server.url)
        return run("usage", MODEL, *arguments, environment=with_credentials(environment))

    return call


@pytest.mark.parametrize("operation", ["ListMetrics", "GetMetricData"])
@pytest.mark.parametrize("status", [400, 403])
def test_a_denied_action_is_named(ask, operation, status):
    denied = always(status, error("AccessDeniedException", "No."))
    with MetricServer(**{operation: denied}) as server:
        assert_failed(ask(server), 1, f"cloudwatch:{operation}")
        assert server.requests[operation] == 1, "a denial is not worth a second try"


@pytest.mark.parametrize("operation", ["ListMetrics", "GetMetricData"])
@pytest.mark.parametrize("status, code", [(400, "ThrottlingException"), (400, "Throttling")])
def test_throttling_is_retried_then_said(ask, operation, status, code):
    with MetricServer(**{operation: always(status, error(code))}) as server:
        assert_failed(ask(server), 1, code, operation, "3 attempts")
        assert server.requests[operation] == 3


def test_one_throttle_is_survived(ask):
    def play(handler, attempt):
        if attempt == 1:
            handler.answer(400, error("ThrottlingException"))
        else:
            data(Invocations=[(at(1), 5)])(handler, attempt)

    with MetricServer(GetMetricData=play) as server:
        assert report_of(ask(server))["invocations"] == 5
        assert server.requests["GetMetricData"] == 2


@pytest.mark.parametrize("operation", ["ListServiceQuotas", "/foundation-models"])
def test_without_lists_there_is_use(ask, operation):
    """What may not be listed is said in a line; use is shown all the same."""
    denied = always(403, error("AccessDeniedException", "No."))
    plays = {operation: denied, "GetMetricData": data(Invocations=[(at(1), 5)])}
    with MetricServer(**plays) as server:
        done = ask(server, "--no-color")
    assert done.returncode == 0
    [report] = json.loads(done.stdout)
    assert report["invocations"] == 5
    assert done.stderr.count("can't be listed") == 1


def test_no_credentials(run):
    assert_failed(run("usage", MODEL, "--region", "us-east-1", "--quiet"), 1, "credentials")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
def test_an_unreachable_endpoint(run, environment, url):
    arguments = ("usage", MODEL, "--quiet", "--endpoint-url", url)
    done = run(*arguments, environment=with_credentials(environment))
    assert_failed(done, 1, url.split("/")[2])


def test_an_unreachable_cloudwatch(run, environment, emulator):
    urls = {
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_ENDPOINT_URL_CLOUDWATCH": "http://127.0.0.1:1",
    }
    done = run("usage", MODEL, "--quiet", environment=with_credentials(environment) | urls)
    assert_failed(done, 1, "127.0.0.1:1")


# Odd replies


def report_of(done) -> dict:
    assert (done.returncode, done.stderr) == (0, "")
    [report] = json.loads(done.stdout)
    return report


def series_of(report, name="invocations"):
    return {point["at"]: point[name] for point in report["series"]}


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity", -1, -1e300])
def test_values_that_are_no_counts_are_left_out(ask, odd):
    points = [(at(1), 5), (at(2), odd), (at(3), 7)]
    with MetricServer(GetMetricData=data(Invocations=points)) as server:
        report = report_of(ask(server))
    assert report["invocations"] == 12
    assert series_of(report) == {iso(at(1)): 5, iso(at(3)): 7}
    [note] = [note for note in report["notes"] if "left out" in note]
    assert "1 datapoint" in note and "Invocations" in note


def test_values_of_no_use_at_all(ask):
    with MetricServer(GetMetricData=data(Invocations=[(at(1), "NaN")])) as server:
        report = report_of(ask(server))
    assert "invocations" not in report
    assert any("left out" in note for note in report["notes"])


def test_times_in_any_order(ask):
    points = [(at(9), 9), (at(1), 1), (at(5), 5)]
    with MetricServer(GetMetricData=data(Invocations=points)) as server:
        report = report_of(ask(server))
    assert series_of(report) == {iso(at(minute)): minute for minute in (1, 5, 9)}
    assert report["dataUntil"] == iso(at(10))


def test_a_time_that_comes_twice_counts_once(ask):
    points = [(at(1), 5), (at(2), 6), (at(1), 5)]
    with MetricServer(GetMetricData=data(Invocations=points)) as server:
        report = report_of(ask(server))
    assert report["invocations"] == report["parts"][0]["invocations"] == 11


@pytest.mark.parametrize("odd", [START - 60, END, END + 3_600, 0, -60, 1e18, 1e300])
def test_times_out_of_range_are_left_out(ask, odd):
    points = [(odd, 100), (at(1), 5)]
    with MetricServer(GetMetricData=data(Invocations=points)) as server:
        assert report_of(ask(server))["invocations"] == 5


def test_lists_of_unequal_lengths_are_refused(ask):
    def play(handler, attempt):
        unequal = result(handler, "Invocations", [(at(1), 1), (at(2), 2)], values=[1])
        handler.answer(200, {"MetricDataResults": [unequal]})

    with MetricServer(GetMetricData=play) as server:
        assert_failed(ask(server), 1, "GetMetricData")


@pytest.mark.parametrize(
    "body", [b"", b"null", b"{}", b"[]", b"<html>", b'{"MetricDataResults": 7}']
)
def test_replies_of_something_else(ask, body):
    with MetricServer(GetMetricData=always(200, body)) as server:
        assert_failed(ask(server), 1, "GetMetricData")


def test_series_go_on_over_pages(ask):
    """Invocations on all three pages; one page is empty, and one is of another series alone."""
    replies = pages(
        lambda page: [result(page, "Invocations", [(at(1), 1)], "PartialData")],
        lambda page: [],
        lambda page: [
            result(page, "Invocations", [(at(2), 2)], "PartialData"),
            result(page, "InputTokenCount", [(at(1), 70)]),
        ],
        lambda page: [result(page, "Invocations", [(at(3), 3)])],
    )
    with MetricServer(GetMetricData=replies) as server:
        report = report_of(ask(server))
        assert server.requests["GetMetricData"] == 4
    assert series_of(report) == {iso(at(minute)): minute for minute in (1, 2, 3)}
    assert report["inputTokens"] == 70


def test_a_list_of_metrics_goes_on_over_pages(ask):
    """The old name of a metric stands on the second page, and it is the one that is asked for."""

    def play(handler, attempt):
        name = "Invocations" if attempt == 1 else "CacheReadInputTokens"
        dimensions = [{"Name": "ModelId", "Value": MODEL}]
        metric = {"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": dimensions}
        more = {"NextToken": "more"} if attempt == 1 else {}
        handler.answer(200, {"Metrics": [metric], **more})

    asked = {}

    def answer(handler, attempt):
        asked.update(handler.queries())
        data(CacheReadInputTokens=[(at(1), 40)])(handler, attempt)

    with MetricServer(ListMetrics=play, GetMetricData=answer) as server:
        assert report_of(ask(server))["cacheReadTokens"] == 40
        assert server.requests["ListMetrics"] == 2
    assert "CacheReadInputTokenCount" not in asked


@pytest.mark.parametrize("operation", ["ListMetrics", "GetMetricData"])
def test_a_token_for_ever(ask, operation):
    reply = {"Metrics": [], "MetricDataResults": [], "NextToken": "c2FtZQ=="}
    with MetricServer(**{operation: always(200, reply)}) as server:
        assert_failed(ask(server), 1, operation)
        assert server.requests[operation] <= 3


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_series_in_part_is_told(ask, status):
    def play(handler, attempt):
        broken = result(handler, "Invocations", [(at(1), 5)], status)
        handler.answer(200, {"MetricDataResults": [broken]})

    with MetricServer(GetMetricData=play) as server:
        done = ask(server, "--no-color")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["invocations"] == 5
    [note] = [note for note in json.loads(done.stdout)[0]["notes"] if "too low" in note]
    assert status in note


def test_messages_are_passed_on(ask):
    def play(handler, attempt):
        said = [{"Code": "Limit", "Value": "The limit was reached."}]
        handler.answer(200, {"MetricDataResults": [], "Messages": said})

    with MetricServer(GetMetricData=play) as server:
        done = ask(server, "--no-color")
    assert done.returncode == 0
    assert done.stderr.count("The limit was reached.") == 1
