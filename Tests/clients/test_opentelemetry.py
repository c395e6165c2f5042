"""Traces and metrics of `gateway`, `run` and `invoke` at an OpenTelemetry collector, whose messages are the official ones."""

import json
import signal
import time
import urllib.request

import pytest
from batch_runs import record
from certificates import Authority
from emulator_control import eventually
from network_servers import Nginx, free_port
from otlp_collector import Collector, away, hang, refuse
from processes import Emulator, Gateway
from prometheus_client.parser import text_string_to_metric_families as prometheus
from raw_http import FAST
from recording_upstream import RecordingUpstream, Reply
from runtime_calls import PROFILE
from support import SECRET, with_credentials

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
USAGE = {"inputTokens": 12, "outputTokens": 7, "totalTokens": 19}
PROMPT = "whatever-nobody-may-read"
# What a collector's key must not be seen in.
KEY = "collector-key-0123456789"


@pytest.fixture(scope="module")
def server(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST, "--no-auth")
    yield emulator
    assert emulator.stop() == 0


def variables(environment, url, **others):
    """An environment with a collector, which gets metrics soon."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_METRIC_EXPORT_INTERVAL": "300", "OTEL_BSP_SCHEDULE_DELAY": "200"}
    return with_credentials(environment) | settings | others


def converse(url, **headers):
    body = {"messages": [{"role": "user", "content": [{"text": PROMPT}]}], "inferenceConfig": {"maxTokens": 20}}
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"{url}/model/{PROFILE}/converse", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def attributes(item) -> dict:
    """The attributes of a span or a point, by name, without their types."""
    return {pair["key"]: next(iter(pair["value"].values())) for pair in item.get("attributes", [])}


def check_secrets(collector):
    sent = json.dumps([request["body"] for request in collector.requests])
    for secret in (PROMPT, SECRET + '"', KEY):
        assert secret not in sent, f"{secret} was sent"
    assert collector.requests and not collector.problems, collector.problems
    # The official messages were there to check with.
    assert all(request["message"] is not None for request in collector.requests)


def test_a_gateway_is_part_of_its_clients_traces(bedquota, environment, server):
    with Collector() as collector, RecordingUpstream(server.url) as upstream:
        reply = {"output": {"message": {"role": "assistant", "content": []}}, "stopReason": "end_turn", "usage": USAGE}
        upstream.reply = Reply(headers=[("Content-Type", "application/json")], pieces=[json.dumps(reply).encode()])
        gateway = Gateway(bedquota, variables(environment, collector.url), upstream.url)
        assert converse(gateway.url, traceparent=f"00-{TRACE}-{PARENT}-01")["usage"] == USAGE
        assert gateway.stop() == 0
        spans = {span["name"]: span for span in collector.spans if span["traceId"] == TRACE}
        # Nothing waited, so there is no gateway.hold.
        assert set(spans) == {"gateway.request", f"chat {PROFILE}", "gateway.upstream"}
        request = spans.pop("gateway.request")
        assert request["parentSpanId"] == PARENT
        assert {span["parentSpanId"] for span in spans.values()} == {request["spanId"]}
        told = attributes(request)
        assert told["gen_ai.request.model"] == PROFILE and told["http.response.status_code"] == "200"
        assert told["gen_ai.usage.input_tokens"] == "12"
        assert told["gen_ai.usage.output_tokens"] == "7"
        assert collector.resource["service.name"] == {"stringValue": "bedquota-gateway"}
        # AWS, or what stands before it, is told of the attempt.
        [sent] = upstream.requests
        assert sent.values("traceparent") == [f"00-{TRACE}-{spans['gateway.upstream']['spanId']}-01"]
        check_secrets(collector)


def test_a_gateways_metrics_say_what_its_page_says(bedquota, environment, server):
    with Collector() as collector:
        gateway = Gateway(bedquota, variables(environment, collector.url), server.url)
        usages = [converse(gateway.url)["usage"] for _ in range(3)]
        with urllib.request.urlopen(gateway.url + "/metrics", timeout=10) as reply:
            families = {family.name: family for family in prometheus(reply.read().decode())}
        eventually(lambda: "gen_ai.client.token.usage" in collector.metrics, "metrics of tokens")
        assert gateway.stop() == 0
        metrics = collector.metrics
        tokens = {
            attributes(point)["gen_ai.token.type"]: point for point in metrics["gen_ai.client.token.usage"]["histogram"]["dataPoints"]
        }
        for kind in ("input", "output"):
            # Each request once, though a client of the library is behind the gateway.
            assert tokens[kind]["count"] == "3"
            assert tokens[kind]["sum"] == sum(usage[f"{kind}Tokens"] for usage in usages)
        shown = {
            (sample.labels["measure"], sample.value)
            for sample in families["bedquota_quota_limit"].samples if sample.labels["pool"] == PROFILE
        }
        sent = {
            (attributes(point)["measure"], point["asDouble"])
            for point in metrics["bedquota.quota_limit"]["gauge"]["dataPoints"] if attributes(point)["pool"] == PROFILE
        }
        assert sent == shown and len(shown) >= 3
        assert not [name for name in metrics if name.startswith("bedquota.client.")]
        check_secrets(collector)


def test_a_run_sends_its_last_spans(bedquota, batch, environment):
    batch.write(*(record(number) for number in range(5)))
    with Collector() as collector:
        # So rarely that only the last export can have sent them.
        rare = {"OTEL_METRIC_EXPORT_INTERVAL": "600000", "OTEL_BSP_SCHEDULE_DELAY": "600000"}
        batch.runner.environment = variables(environment, collector.url, OTEL_SERVICE_NAME="summaries", **rare)
        done = batch()
        assert done.returncode == 0, done.stderr
        usages = [result["modelOutput"]["usage"] for result in batch.results]
        [points] = [
            metric["histogram"]["dataPoints"] for name, metric in collector.metrics.items() if name == "gen_ai.client.token.usage"
        ]
        sums = {attributes(point)["gen_ai.token.type"]: (point["count"], point["sum"]) for point in points}
        assert sums == {kind: ("5", sum(usage[f"{kind}Tokens"] for usage in usages)) for kind in ("input", "output")}
        spans = [span for span in collector.spans if span["name"] == f"chat {PROFILE}"]
        assert len(spans) == len({span["traceId"] for span in spans}) == 5
        assert collector.resource["service.name"] == {"stringValue": "summaries"}
        check_secrets(collector)


def test_invoke_over_tls(bedquota, environment, server, run, tmp_path):
    """The collector is reached as AWS is: by its certificates, or not at all."""
    authority = Authority(tmp_path)
    headers = {"OTEL_EXPORTER_OTLP_HEADERS": f"x-key={KEY}"}
    with Collector() as collector, Nginx(collector.url, {"good": authority.server("good")}, {}) as nginx:
        trusting = variables(environment, nginx.url("good"), AWS_CA_BUNDLE=str(authority.bundle), **headers)
        arguments = ("invoke", PROFILE, PROMPT, "--endpoint-url", server.url)
        done = run(*arguments, environment=trusting)
        assert done.returncode == 0, done.stderr
        assert {request["headers"].get("x-key") for request in collector.requests} == {KEY}
        assert [span["name"] for span in collector.spans] == [f"chat {PROFILE}"]
        check_secrets(collector)
        got = len(collector.requests)
        trusting.pop("AWS_CA_BUNDLE")
        done = run(*arguments, environment=trusting)
        assert done.returncode == 0 and done.stdout, "the reply was paid for"
        assert "certificate" in done.stderr and KEY not in done.stderr
        assert len(collector.requests) == got


@pytest.mark.parametrize("play", ["hang", "down", "refuse", "nobody"])
def test_a_collector_that_is_away_harms_no_run(batch, environment, play):
    batch.write(*(record(number) for number in range(3)))
    plays = {"hang": hang, "down": away(1 << 30), "refuse": refuse(401, f"no {KEY}")}
    with Collector(traces=plays.get(play, hang), metrics=plays.get(play, hang)) as collector:
        url = collector.url if play in plays else f"http://127.0.0.1:{free_port()}"
        batch.runner.environment = variables(environment, url, OTEL_EXPORTER_OTLP_HEADERS=f"authorization=Bearer {KEY}")
        started = time.monotonic()
        done = batch()
        took = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    assert len(batch.results) == 3
    # The run, and at most the time that the last export has.
    assert took < 30
    warnings = [line for line in done.stderr.splitlines() if "collector" in line.lower() or url in line]
    assert warnings, done.stderr
    assert KEY not in done.stderr and "\n\n\n" not in done.stderr


def test_a_gateway_says_once_that_its_collector_is_away_and_when_it_is_back(bedquota, environment, server):
    with Collector(traces=away(5), metrics=away(5)) as collector:
        short = {"OTEL_METRIC_EXPORT_TIMEOUT": "2000", "OTEL_BSP_EXPORT_TIMEOUT": "2000"}
        gateway = Gateway(bedquota, variables(environment, collector.url, **short), server.url)
        # Spans that couldn't be sent are dropped, so only new ones show that they can be.
        eventually(lambda: converse(gateway.url) and gateway.read_log().count("again") >= 2, "both signals are well again")
        assert "gen_ai.client.token.usage" in collector.metrics and collector.spans
        assert gateway.stop(signal.SIGINT) == 0
        log = gateway.read_log()
        lines = [line for line in log.splitlines() if collector.url in line]
        # Away and back, for each signal.
        assert len(lines) == 4, log


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:70000"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:99999999999999999999"),
        ("OTEL_EXPORTER_OTLP_HEADERS", KEY),
        ("OTEL_METRIC_EXPORT_INTERVAL", "soon"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
    ],
)
def test_a_variable_that_cannot_be_used_ends_the_command(run, environment, server, name, value):
    settings = variables(environment, "http://127.0.0.1:4318", **{name: value})
    for arguments in (("invoke", PROFILE, PROMPT), ("gateway", "--listen", "127.0.0.1:0")):
        done = run(*arguments, "--endpoint-url", server.url, environment=settings)
        assert done.returncode == 1
        [line] = done.stderr.strip().splitlines()
        assert name in line and KEY not in line


def test_nothing_is_sent_without_an_endpoint(run, environment, server):
    with Collector() as collector:
        off = variables(environment, collector.url, OTEL_SDK_DISABLED="true")
        none = variables(environment, collector.url, OTEL_TRACES_EXPORTER="none", OTEL_METRICS_EXPORTER="none")
        for settings in (off, none):
            done = run("invoke", PROFILE, PROMPT, "--endpoint-url", server.url, environment=settings)
            assert done.returncode == 0, done.stderr
        assert not collector.requests
