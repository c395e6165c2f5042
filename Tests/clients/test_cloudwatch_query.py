"""CloudWatch's query protocol, which clients of 2025 and before speak: the same answers as in JSON."""

import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import botocore.session
import pytest
from aws_clients import Clients, plain
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from runtime_calls import OPTIONS, PROFILE, converse
from runtime_shapes import RuntimeClients
from servers import emulator_fixture
from support import KEY, REGION, SECRET

server = emulator_fixture(*OPTIONS)
MINUTE = timedelta(minutes=1)


class QueryClient:
    """Sends a form and reads XML, with botocore's serializer and parser for that protocol."""

    def __init__(self, url):
        self.url = url
        self.model = botocore.session.get_session().get_service_model("cloudwatch")

    def __call__(self, name, **arguments):
        operation = self.model.operation_model(name)
        sent = create_serializer("query", include_validation=False).serialize_to_request(
            arguments, operation
        )
        request = AWSRequest(
            "POST", self.url + "/", data=sent["body"], headers=dict(sent["headers"])
        )
        SigV4Auth(Credentials(KEY, SECRET), "monitoring", REGION).add_auth(request)
        prepared = request.prepare()
        wire = urllib.request.Request(
            prepared.url,
            urllib.parse.urlencode(sent["body"]).encode(),
            dict(prepared.headers),
            method="POST",
        )
        try:
            reply = urllib.request.urlopen(wire, timeout=30)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            assert reply.headers["Content-Type"] == "text/xml"
            received = {
                "body": reply.read(),
                "headers": dict(reply.headers),
                "status_code": reply.status,
            }
        return create_parser("query").parse(received, operation.output_shape)


@pytest.fixture
def query(server, control):
    return QueryClient(server.url)


@pytest.fixture
def cloudwatch(server):
    return Clients(server.url)("cloudwatch")


@pytest.fixture
def window(server, control):
    """Metrics of a few requests, and the ten minutes around them."""
    runtime = RuntimeClients(server.url).runtime()
    for _ in range(3):
        converse(runtime)
    end = datetime.now(timezone.utc).replace(second=0, microsecond=0) + MINUTE
    return {"StartTime": end - 10 * MINUTE, "EndTime": end}


MODEL = [{"Name": "ModelId", "Value": PROFILE}]


def stat(name):
    metric = {"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": MODEL}
    return {"Metric": metric, "Period": 60, "Stat": "Sum"}


def test_list_metrics(query, cloudwatch, window):
    arguments = {"Namespace": "AWS/Bedrock", "Dimensions": [{"Name": "ModelId"}]}
    assert (
        query("ListMetrics", **arguments)["Metrics"]
        == cloudwatch.list_metrics(**arguments)["Metrics"]
        != []
    )


@pytest.mark.parametrize("ascending", ["TimestampAscending", "TimestampDescending"])
def test_get_metric_data(query, cloudwatch, window, ascending):
    queries = [
        {"Id": "n", "MetricStat": stat("Invocations"), "ReturnData": False},
        {"Id": "t", "MetricStat": stat("InputTokenCount"), "Label": "in & out <1>"},
        {"Id": "e", "Expression": "t / n"},
    ]
    arguments = {"MetricDataQueries": queries, "ScanBy": ascending, **window}
    found = query("GetMetricData", **arguments)["MetricDataResults"]
    assert found == cloudwatch.get_metric_data(**arguments)["MetricDataResults"]
    assert [result["Label"] for result in found] == ["in & out <1>", "e"] and found[0]["Values"]


def test_pages_of_get_metric_data(query, window):
    queries = [{"Id": f"q{n}", "MetricStat": stat("Invocations")} for n in range(3)]
    found, token = [], None
    for _ in range(5):
        more = {"NextToken": token} if token else {}
        page = query("GetMetricData", MetricDataQueries=queries, MaxDatapoints=1, **window, **more)
        found += [result["Id"] for result in page["MetricDataResults"] if result["Values"]]
        if not (token := page.get("NextToken")):
            break
    assert token is None and sorted(set(found)) == ["q0", "q1", "q2"]


def test_get_metric_statistics(query, cloudwatch, window):
    arguments = {
        "Namespace": "AWS/Bedrock",
        "MetricName": "InvocationLatency",
        "Dimensions": MODEL,
        "Period": 60,
        **window,
    }
    for asked in ({"Statistics": ["Sum", "SampleCount"]}, {"ExtendedStatistics": ["p50", "p99"]}):
        found = query("GetMetricStatistics", **arguments, **asked)
        assert (
            found["Datapoints"]
            == cloudwatch.get_metric_statistics(**arguments, **asked)["Datapoints"]
            != []
        )


def test_put_metric_data(query, cloudwatch):
    namespace, when = (
        f"Test/{uuid.uuid4().hex}",
        datetime.now(timezone.utc).replace(second=0, microsecond=0),
    )
    data = [
        {
            "MetricName": "One",
            "Value": 2.5,
            "Unit": "Count",
            "Timestamp": when,
            "Dimensions": MODEL,
        },
        {"MetricName": "Many", "Values": [1.0, 3.0], "Counts": [2.0, 1.0], "Timestamp": when},
        {
            "MetricName": "Set",
            "StatisticValues": {"SampleCount": 2, "Sum": 5, "Minimum": 1, "Maximum": 4},
            "Timestamp": when,
        },
    ]
    query("PutMetricData", Namespace=namespace, MetricData=data)
    for name, dimensions, total in [("One", MODEL, 2.5), ("Many", [], 5.0), ("Set", [], 5.0)]:
        [point] = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=dimensions,
            StartTime=when - MINUTE,
            EndTime=when + MINUTE,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        assert point["Sum"] == total


def test_alarms(query, cloudwatch):
    name = f"alarm {uuid.uuid4().hex}"
    query(
        "PutMetricAlarm",
        AlarmName=name,
        Namespace="AWS/Bedrock",
        MetricName="InvocationThrottles",
        Dimensions=MODEL,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=0.5,
        ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=False,
    )
    query("SetAlarmState", AlarmName=name, StateValue="ALARM", StateReason="a test & more")
    [in_xml] = query("DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
    [in_json] = plain(cloudwatch.describe_alarms(AlarmNames=[name]))["MetricAlarms"]
    assert plain(in_xml) == in_json
    assert (in_json["StateValue"], in_json["Threshold"], in_json["ActionsEnabled"]) == (
        "ALARM",
        0.5,
        False,
    )
    found = query(
        "DescribeAlarmsForMetric",
        Namespace="AWS/Bedrock",
        MetricName="InvocationThrottles",
        Dimensions=MODEL,
    )
    assert name in [alarm["AlarmName"] for alarm in found["MetricAlarms"]]
    query("DeleteAlarms", AlarmNames=[name])
    assert query("DescribeAlarms", AlarmNames=[name])["MetricAlarms"] == []


@pytest.mark.parametrize(
    "operation, arguments, code",
    [
        ("DeleteAlarms", {"AlarmNames": ["never"]}, "ResourceNotFound"),
        ("ListMetrics", {"NextToken": "never"}, "InvalidNextToken"),
        (
            "GetMetricStatistics",
            {"Namespace": "A", "MetricName": "B", "Period": 7},
            "MissingParameter",
        ),
        ("PutMetricData", {"Namespace": "A", "MetricData": [{"Value": 1.0}]}, "MissingParameter"),
        ("ListDashboards", {}, "InvalidAction"),
    ],
)
def test_errors_have_the_codes_of_that_protocol(query, operation, arguments, code):
    reply = query(operation, **arguments)
    assert reply["Error"]["Code"] == code and reply["Error"]["Type"] == "Sender"
    assert reply["ResponseMetadata"]["HTTPStatusCode"] in (400, 404)
