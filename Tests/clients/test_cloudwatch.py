"""boto3 reads and writes CloudWatch metrics and alarms of the emulator."""

import uuid
from datetime import datetime, timedelta, timezone

import pytest
from aws_clients import failure

BEDROCK_METRICS = {
    "Invocations",
    "InvocationThrottles",
    "InvocationClientErrors",
    "InvocationServerErrors",
    "InvocationLatency",
    "TimeToFirstToken",
    "InputTokenCount",
    "OutputTokenCount",
    "CacheReadInputTokenCount",
    "CacheWriteInputTokenCount",
    "EstimatedTPMQuotaUsage",
}
MINUTE = timedelta(minutes=1)


def now():
    """The minute that has begun."""
    return datetime.now(timezone.utc).replace(second=0, microsecond=0)


@pytest.fixture
def cloudwatch(clients):
    return clients("cloudwatch")


@pytest.fixture
def namespace():
    """The emulator outlives a test; a namespace of its own keeps tests apart."""
    return f"Test/{uuid.uuid4().hex}"


@pytest.fixture
def prefix():
    return f"alarm-{uuid.uuid4().hex}-"


def query(name, namespace, *, id="m", dimensions=(), stat="Sum", period=60, **more):
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": list(dimensions)}
    stat = {"Metric": metric, "Stat": stat, "Period": period}
    return {"Id": id, "MetricStat": stat, **more}


def model(identifier):
    return [{"Name": "ModelId", "Value": identifier}]


def read(client, queries, start, end, **more):
    """Values by id and time, whatever pages they come in."""
    found = {}
    for page in client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end, **more
    ):
        for result in page["MetricDataResults"]:
            values = found.setdefault(result["Id"], {})
            assert not set(values) & set(result["Timestamps"]), "a datapoint came twice"
            values.update(zip(result["Timestamps"], result["Values"], strict=True))
    return found


def listed(client, **filters):
    pages = client.get_paginator("list_metrics").paginate(**filters)
    return [metric for page in pages for metric in page["Metrics"]]


# What the emulator says of its own models


@pytest.fixture
def models_with_history(cloudwatch, served_account):
    if served_account.name != "built-in":
        pytest.skip("only the built-in account has a past unless asked for one")
    found = listed(cloudwatch, Namespace="AWS/Bedrock", Dimensions=[{"Name": "ModelId"}])
    return sorted({metric["Dimensions"][0]["Value"] for metric in found})


def test_the_past_is_listed(cloudwatch, models_with_history):
    metrics = listed(cloudwatch, Namespace="AWS/Bedrock")
    assert {metric["MetricName"] for metric in metrics} == BEDROCK_METRICS
    by_model = [metric["Dimensions"] for metric in metrics]
    assert len(models_with_history) > 5
    assert all(len(each) <= 1 for each in by_model) and [] in by_model
    assert listed(cloudwatch, Namespace="AWS/Bedrock", Dimensions=model("no.such-model")) == []


def test_models_add_up_to_the_series_of_all(cloudwatch, models_with_history):
    end = now().replace(hour=0, minute=0)
    start = end - timedelta(days=7)
    queries = [
        query("Invocations", "AWS/Bedrock", id=f"m{index}", dimensions=model(name), period=3600)
        for index, name in enumerate(models_with_history[:499])
    ]
    queries.append(query("Invocations", "AWS/Bedrock", id="all", period=3600))
    found = read(cloudwatch, queries, start, end)
    every = found.pop("all")
    assert len(every) == 7 * 24
    if len(models_with_history) < 500:
        for time, count in every.items():
            assert sum(values.get(time, 0) for values in found.values()) == count


def test_the_past_has_throttles_and_tokens_that_add_up(cloudwatch, models_with_history):
    end = now().replace(hour=0, minute=0)
    names = ["InvocationThrottles", "EstimatedTPMQuotaUsage", "InputTokenCount", "OutputTokenCount"]
    queries = [query(name, "AWS/Bedrock", id=f"m{i}", period=86400) for i, name in enumerate(names)]
    found = read(cloudwatch, queries, end - timedelta(days=7), end)
    throttles, quota, read_in, written = (sum(found[f"m{i}"].values()) for i in range(4))
    assert throttles > 0
    assert quota >= read_in + written


def test_two_weeks_of_minutes(cloudwatch, models_with_history):
    """More than one page holds: 100,800 datapoints."""
    end = now()
    queries = [
        query("Invocations", "AWS/Bedrock", id=f"m{index}", dimensions=model(name))
        for index, name in enumerate(models_with_history[:12])
    ]
    found = read(cloudwatch, queries, end - timedelta(days=14), end)
    assert len(found) == len(queries)
    assert all(value >= 1 for values in found.values() for value in values.values())


def test_an_invocation_is_counted(clients, cloudwatch, served_account):
    """Whether it succeeds, is throttled or is refused: it shows in the metric for it."""
    identifier = next(
        each["modelId"]
        for each in served_account.models
        if "ON_DEMAND" in each.get("inferenceTypesSupported", [])
        and "TEXT" in each["outputModalities"]
    )
    names = ["Invocations", "InvocationThrottles", "InvocationClientErrors"]
    queries = [
        query(name, "AWS/Bedrock", id=f"m{index}", dimensions=model(identifier))
        for index, name in enumerate(names)
    ]

    def count():
        end = now() + 2 * MINUTE
        found = read(cloudwatch, queries, end - 10 * MINUTE, end)
        return sum(sum(values.values()) for values in found.values())

    before = count()
    message = {"role": "user", "content": [{"text": "Hello"}]}
    runtime = clients("bedrock-runtime")
    try:
        runtime.converse(
            modelId=identifier, messages=[message], inferenceConfig={"maxTokens": 10}
        )
    except runtime.exceptions.ClientError:
        pass
    assert count() == before + 1


# Metrics of one's own


def test_statistics(cloudwatch, namespace):
    time = now() - 5 * MINUTE
    datum = {"MetricName": "x", "Timestamp": time, "Unit": "Seconds"}
    values = {"Values": list(range(1, 101)), "Counts": [2] * 100}
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{**datum, **values}])
    statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
    percentiles = {"p0": 1, "p50": 50, "p90": 90, "p99.9": 100, "p100": 100}
    reply = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="x",
        StartTime=time,
        EndTime=time + MINUTE,
        Period=60,
        Statistics=statistics,
        ExtendedStatistics=list(percentiles),
    )
    assert reply["Label"] == "x"
    [point] = reply["Datapoints"]
    assert [point[name] for name in statistics] == [200, 50.5, 10100, 1, 100]
    assert (point["Timestamp"], point["Unit"]) == (time, "Seconds")
    assert point["ExtendedStatistics"] == pytest.approx(percentiles, rel=0.0101)


def test_a_unit_that_does_not_match_has_no_data(cloudwatch, namespace):
    cloudwatch.put_metric_data(
        Namespace=namespace, MetricData=[{"MetricName": "x", "Value": 1, "Unit": "Seconds"}]
    )
    for unit, count in [("Seconds", 1), ("Count", 0)]:
        reply = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName="x",
            StartTime=now() - 5 * MINUTE,
            EndTime=now() + 2 * MINUTE,
            Period=3600,
            Statistics=["Sum"],
            Unit=unit,
        )
        assert len(reply["Datapoints"]) == count


def test_a_statistic_set(cloudwatch, namespace):
    values = {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 5}
    time = now() - 5 * MINUTE
    cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[{"MetricName": "x", "Timestamp": time, "StatisticValues": values}],
    )
    queries = [
        query("x", namespace, id=f"m{index}", stat=stat)
        for index, stat in enumerate(["Average", "Maximum", "p50"])
    ]
    found = read(cloudwatch, queries, time, time + MINUTE)
    # Percentiles need the values themselves.
    assert found == {"m0": {time: 2.5}, "m1": {time: 5}, "m2": {}}


def test_compressed_requests(clients, namespace):
    client = clients(
        "cloudwatch", request_min_compression_size_bytes=1, disable_request_compression=False
    )
    encodings = []
    client.meta.events.register(
        "before-send.cloudwatch.PutMetricData",
        lambda request, **_: encodings.append(request.headers.get("Content-Encoding")),
    )
    data = [{"MetricName": f"x{index}", "Value": index} for index in range(200)]
    client.put_metric_data(Namespace=namespace, MetricData=data)
    assert encodings in (["gzip"], [b"gzip"])
    assert len(listed(client, Namespace=namespace)) == 200


def test_dimensions_are_part_of_a_metric(cloudwatch, namespace):
    for value in "ab":
        dimensions = [{"Name": "Color", "Value": value}, {"Name": "A", "Value": "1"}]
        cloudwatch.put_metric_data(
            Namespace=namespace,
            MetricData=[{"MetricName": "x", "Value": 1, "Dimensions": dimensions}],
        )
    color = {"Name": "Color"}
    for filters, count in [
        ({}, 2),
        ({"MetricName": "x"}, 2),
        ({"MetricName": "y"}, 0),
        ({"Dimensions": [color]}, 2),
        ({"Dimensions": [{**color, "Value": "a"}]}, 1),
        ({"Dimensions": [{**color, "Value": "a"}, {"Name": "B"}]}, 0),
        ({"RecentlyActive": "PT3H"}, 2),
    ]:
        assert len(listed(cloudwatch, Namespace=namespace, **filters)) == count
    # Their order is not.
    end = now() + 2 * MINUTE
    reverse = [{"Name": "A", "Value": "1"}, {"Name": "Color", "Value": "b"}]
    found = read(
        cloudwatch, [query("x", namespace, dimensions=reverse)], end - 10 * MINUTE, end
    )
    assert list(found["m"].values()) == [1]


def test_pages_of_metrics(cloudwatch, namespace):
    for numbers in (range(1000), range(1000, 1001)):
        data = [{"MetricName": f"x{number}", "Value": 1} for number in numbers]
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
    pages = list(cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace))
    assert [len(page["Metrics"]) for page in pages] == [500, 500, 1]
    names = {metric["MetricName"] for page in pages for metric in page["Metrics"]}
    assert len(names) == 1001


@pytest.fixture
def ten_minutes(cloudwatch, namespace):
    """A metric with the values 0 to 9, and the minute of the first one."""
    start = now() - 15 * MINUTE
    data = [
        {"MetricName": "x", "Timestamp": start + minute * MINUTE, "Value": minute}
        for minute in range(10)
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
    return start


@pytest.mark.parametrize("size", [1, 3, 10, 11, None])
@pytest.mark.parametrize("order", ["TimestampAscending", "TimestampDescending"])
def test_pages_of_data(cloudwatch, namespace, ten_minutes, size, order):
    pages = list(
        cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[query("x", namespace)],
            StartTime=ten_minutes,
            EndTime=ten_minutes + 10 * MINUTE,
            ScanBy=order,
            PaginationConfig={"PageSize": size} if size else {},
        )
    )
    results = [result for page in pages for result in page["MetricDataResults"]]
    values = [value for result in results for value in result["Values"]]
    assert values == (list(range(10)) if order.endswith("Ascending") else list(range(9, -1, -1)))
    states = ["PartialData"] * (len(results) - 1) + ["Complete"]
    assert [result["StatusCode"] for result in results] == states
    assert len(results) == -(-10 // (size or 10))


def test_metric_math(cloudwatch, namespace, ten_minutes):
    queries = [
        query("x", namespace, id="m1", ReturnData=False),
        query("x", namespace, id="m2", stat="SampleCount", ReturnData=False),
        {"Id": "sum", "Expression": "m1 + m2", "Label": "one more"},
        {"Id": "all", "Expression": "SUM(METRICS())"},
        {"Id": "ratio", "Expression": "100 * m2 / m1"},
    ]
    found = read(cloudwatch, queries, ten_minutes, ten_minutes + 10 * MINUTE)
    assert list(found) == ["sum", "all", "ratio"]
    assert sorted(found["sum"].values()) == list(range(1, 11)) == sorted(found["all"].values())
    # Nothing is divided by zero.
    assert len(found["ratio"]) == 9


def test_periods_begin_with_the_start(cloudwatch, namespace, ten_minutes):
    """As CloudWatch's: an hour from 10:05 on is one period, whatever the clock shows."""
    found = read(
        cloudwatch,
        [query("x", namespace, stat="SampleCount", period=3600)],
        ten_minutes + 5 * MINUTE,
        ten_minutes + 10 * MINUTE,
    )
    assert list(found["m"]) == [ten_minutes + 5 * MINUTE]


# Alarms


def put_alarm(client, name, namespace="AWS/Bedrock", **changes):
    definition = {
        "AlarmName": name,
        "Namespace": namespace,
        "MetricName": "x",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 2,
        "Threshold": 8,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:alarms"],
        **changes,
    }
    kept = {name: value for name, value in definition.items() if value is not None}
    client.put_metric_alarm(**kept)
    return kept


def test_an_alarm_from_its_beginning_to_its_end(cloudwatch, namespace, prefix):
    name = f"{prefix}a"
    definition = put_alarm(cloudwatch, name, namespace, AlarmDescription="Too many x")
    cloudwatch.get_waiter("alarm_exists").wait(
        AlarmNames=[name], WaiterConfig={"Delay": 1, "MaxAttempts": 1}
    )
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert {key: alarm[key] for key in definition} == definition
    assert alarm["AlarmArn"].endswith(f":alarm:{name}") and alarm["ActionsEnabled"] is True
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"

    time = now() - 3 * MINUTE
    data = [
        {"MetricName": "x", "Timestamp": time + minute * MINUTE, "Value": 9} for minute in range(2)
    ]
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name], StateValue="ALARM")["MetricAlarms"]
    assert alarm["StateReason"].startswith("Threshold Crossed")
    assert alarm["StateUpdatedTimestamp"] >= alarm["AlarmConfigurationUpdatedTimestamp"]

    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="by hand")
    [alarm] = cloudwatch.describe_alarms_for_metric(Namespace=namespace, MetricName="x")[
        "MetricAlarms"
    ]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("OK", "by hand")

    cloudwatch.delete_alarms(AlarmNames=[name])
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


def test_pages_of_alarms(cloudwatch, prefix):
    names = [f"{prefix}{index:02}" for index in range(7)]
    for name in names:
        put_alarm(cloudwatch, name)
    pages = list(
        cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=prefix, PaginationConfig={"PageSize": 3}
        )
    )
    assert [len(page["MetricAlarms"]) for page in pages] == [3, 3, 1]
    assert [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]] == names
    assert all(page["CompositeAlarms"] == [] for page in pages)
    for filters, count in [
        ({"ActionPrefix": "arn:aws:sns:"}, 7),
        ({"ActionPrefix": "arn:aws:lambda:"}, 0),
        ({"AlarmTypes": ["CompositeAlarm"]}, 0),
        ({"StateValue": "OK"}, 0),
        ({"StateValue": "INSUFFICIENT_DATA"}, 7),
    ]:
        reply = cloudwatch.describe_alarms(AlarmNamePrefix=prefix, **filters)
        assert len(reply["MetricAlarms"]) == count, filters
    cloudwatch.delete_alarms(AlarmNames=names)


def test_an_alarm_on_metric_math(cloudwatch, prefix):
    name = f"{prefix}math"
    metrics = [
        query("InvocationThrottles", "AWS/Bedrock", id="t", ReturnData=False),
        query("Invocations", "AWS/Bedrock", id="i", ReturnData=False),
        {"Id": "share", "Expression": "100 * t / (t + i)", "Label": "%", "ReturnData": True},
    ]
    unused = dict.fromkeys(["Namespace", "MetricName", "Statistic", "Period"])
    definition = put_alarm(cloudwatch, name, **{**unused, "Metrics": metrics})
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    stored = [
        {key: value for key, value in each.items() if key != "ReturnData"}
        for each in alarm["Metrics"]
    ]
    asked = [
        {key: value for key, value in each.items() if key != "ReturnData"}
        for each in definition["Metrics"]
    ]
    assert stored == asked
    cloudwatch.delete_alarms(AlarmNames=[name])


def test_deleting_is_all_or_nothing(cloudwatch, prefix):
    put_alarm(cloudwatch, f"{prefix}a")
    names = [f"{prefix}a", f"{prefix}b"]
    code, status, _ = failure(cloudwatch.delete_alarms, AlarmNames=names)
    assert (code, status) == ("ResourceNotFound", 404)
    assert len(cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]) == 1
    cloudwatch.delete_alarms(AlarmNames=names[:1])


# Errors, with the codes that botocore shows: those of the query protocol

TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)
STATISTICS = {
    "Namespace": "AWS/Bedrock",
    "MetricName": "Invocations",
    "StartTime": TIME,
    "EndTime": TIME + 60 * MINUTE,
    "Period": 60,
    "Statistics": ["Sum"],
}
DATA = {
    "MetricDataQueries": [query("Invocations", "AWS/Bedrock")],
    "StartTime": TIME,
    "EndTime": TIME + 60 * MINUTE,
}
DATUM = {"MetricName": "x", "Value": 1}
CUSTOM = {"Namespace": "Mine", "MetricData": [DATUM]}
ALARM = {
    "AlarmName": "a",
    "Namespace": "AWS/Bedrock",
    "MetricName": "Invocations",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


def expression(text):
    return {"MetricDataQueries": [*DATA["MetricDataQueries"], {"Id": "e", "Expression": text}]}


@pytest.mark.parametrize(
    "operation, arguments, changes, code",
    [
        ("get_metric_statistics", STATISTICS, {"MetricName": None}, "MissingParameter"),
        ("get_metric_statistics", STATISTICS, {"Period": 61}, "InvalidParameterValue"),
        ("get_metric_statistics", STATISTICS, {"EndTime": TIME}, "InvalidParameterValue"),
        ("get_metric_statistics", STATISTICS, {"Statistics": ["Mean"]}, "InvalidParameterValue"),
        ("get_metric_statistics", STATISTICS, {"Statistics": None}, "InvalidParameterCombination"),
        (
            "get_metric_statistics",
            STATISTICS,
            {"EndTime": TIME + timedelta(days=2)},
            "InvalidParameterCombination",
        ),
        (
            "get_metric_statistics",
            STATISTICS,
            {"ExtendedStatistics": ["tm90"]},
            "InvalidParameterValue",
        ),
        ("get_metric_data", DATA, {"NextToken": "never-given"}, "InvalidNextToken"),
        ("get_metric_data", DATA, {"EndTime": TIME}, "ValidationError"),
        ("get_metric_data", DATA, {"MaxDatapoints": 100_801}, "ValidationError"),
        ("get_metric_data", DATA, {"MetricDataQueries": []}, "ValidationError"),
        ("get_metric_data", DATA, expression("SEARCH('x', 'Sum')"), "ValidationError"),
        ("get_metric_data", DATA, expression("e + 1"), "ValidationError"),
        ("list_metrics", {}, {"NextToken": "never-given"}, "InvalidNextToken"),
        ("list_metrics", {}, {"RecentlyActive": "PT4H"}, "InvalidParameterValue"),
        ("put_metric_data", CUSTOM, {"Namespace": "AWS/Bedrock"}, "InvalidParameterValue"),
        ("put_metric_data", CUSTOM, {"Namespace": None}, "MissingParameter"),
        ("put_metric_data", CUSTOM, {"MetricData": None}, "MissingParameter"),
        (
            "put_metric_data",
            CUSTOM,
            {"MetricData": [{**DATUM, "Values": [1]}]},
            "InvalidParameterCombination",
        ),
        (
            "put_metric_data",
            CUSTOM,
            {"MetricData": [{**DATUM, "Timestamp": TIME}]},
            "InvalidParameterValue",
        ),
        ("put_metric_alarm", ALARM, {"Threshold": None}, "MissingParameter"),
        ("put_metric_alarm", ALARM, {"Period": 61}, "ValidationError"),
        ("put_metric_alarm", ALARM, {"ExtendedStatistic": "p99"}, "ValidationError"),
        ("put_metric_alarm", ALARM, {"DatapointsToAlarm": 2}, "ValidationError"),
        ("describe_alarms", {}, {"NextToken": "never-given"}, "InvalidNextToken"),
        ("describe_alarms", {}, {"MaxRecords": 101}, "ValidationError"),
    ],
)
def test_errors(clients, operation, arguments, changes, code):
    client = clients("cloudwatch", parameter_validation=False)
    asked = {name: value for name, value in {**arguments, **changes}.items() if value is not None}
    assert failure(getattr(client, operation), **asked)[:2] == (code, 400)


def test_too_many_datapoints_in_the_words_of_aws(cloudwatch):
    asked = {**STATISTICS, "EndTime": TIME + timedelta(days=2)}
    _, _, message = failure(cloudwatch.get_metric_statistics, **asked)
    assert message == (
        "You have requested up to 2,880 datapoints, which exceeds the limit of 1,440. You may "
        "reduce the datapoints requested by increasing Period, or decreasing the time range."
    )


def test_an_operation_that_is_not_served(cloudwatch):
    code, status, _ = failure(cloudwatch.list_dashboards)
    assert (code, status) == ("UnknownOperationException", 404)
