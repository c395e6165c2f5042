"""docs/gateway-operation.md against what a gateway shows: every metric, member and label that it names is there, and nothing else is."""

import http.client
import json
import re
from types import SimpleNamespace

import pytest
from cutting_proxy import CuttingProxy, Fault
from dialects import CLAUDE, CLAUDE_RPM, OSS
from emulator_control import eventually
from gateway_world import World, answer
from processes import Gateway
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from runtime_calls import PROFILE, RPM_CODE
from support import ROOT, with_credentials

PAGE = (ROOT / "docs/gateway-operation.md").read_text(encoding="utf-8")
CHAT, CI = "chat-secret-0123456789", "ci-secret-0123456789"
CONFIGURATION = """
models:
  quick: %s
  both: ["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"]
keys:
  chat: {secret: "${CHAT}"}
  ci: {secret: "${CI}", tokens_per_day: 100, requests_per_day: 10}
access_log: %s
"""
LOST = "accounts: [{regions: [us-east-1]}, {role: 'arn:aws:iam::222222222222:role/bedrock', regions: [us-east-1]}]\n"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}], "inferenceConfig": {"maxTokens": 20}}
MESSAGES = {"max_tokens": 20, "messages": [{"role": "user", "content": "Hi"}]}


# What the page says


def section(title: str) -> str:
    """From a heading to the next one of its level or above."""
    level, text = re.search(rf"^(#+) {re.escape(title)}\n(.*)", PAGE, re.MULTILINE | re.DOTALL).groups()
    return re.split(rf"^#{{2,{len(level)}}} ", text, flags=re.MULTILINE)[0]


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table whose first column has this head."""
    table = re.search(rf"^\| {re.escape(head)} \|.*\n\|[-| ]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table[1].splitlines()]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def documented_metrics() -> dict[str, str]:
    """The type of each metric, by its name."""
    metrics = {}
    for title in ("OpenTelemetry's, as Prometheus spells them", "Quotas", "Traffic", "The process"):
        for row in rows(section(title), "metric"):
            found, types = names(row[0]), row[1].split(", ")
            metrics |= dict(zip(found, types if len(types) == len(found) else types * len(found)))
    return metrics


def documented_labels(metric: str) -> set[str]:
    for title in ("OpenTelemetry's, as Prometheus spells them", "Quotas", "Traffic", "The process"):
        for row in rows(section(title), "metric"):
            if metric in names(row[0]):
                quotas = {"account", "region", "endpoint", "pool"} | ({"quota_code", "measure"} if metric.startswith("bedquota_quota_") else set())
                genai = {"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_response_model"}
                common = quotas if title == "Quotas" else genai if title.startswith("Open") else set()
                return common | {name for name in names(" ".join(row[2:])) if re.fullmatch("[a-z_]+", name)} - VALUES
    raise AssertionError(f"{metric} is not documented")


def documented_values(metric: str, label: str) -> set[str]:
    """The values that stand behind the name of a label."""
    [row] = [row for title in ("OpenTelemetry's, as Prometheus spells them", "Traffic", "The process")
             for row in rows(section(title), "metric") if metric in names(row[0])]
    text = " ".join(row[2:])
    return set(names(text[text.index(f"`{label}`") + len(label) + 2 :].split(";")[0]))


OUTCOMES = {names(row[0])[0] for row in rows(section("Traffic"), "outcome")}
REFUSALS = set(names(re.search(r"`reason` above says why: (.*)\|", section("Traffic"))[1]))
OPERATIONS = set(names(next(row for row in rows(section("Access log"), "member") if "`operation`" in row[0])[1])) - {"operation"}
# Values of labels that stand in the columns of labels.
VALUES = {"input", "output", "cache_read", "cache_write", "throttled", "server", "connection", "comment", "frame", "missing", "malformed",
          "unknown", "expired", "scope", "unsigned", "browser", "accepted", "refused", "other"}


def documented_status() -> set[tuple[str, str]]:
    """Objects and their members, as `("pools[].quotas[]", "code")`."""
    found, place = set(), ""
    for cells in rows(section("Status"), "object"):
        place = names(cells[0])[0] if cells[0] else place
        found |= {(place, name) for name in names(cells[1])}
    return found


# What a gateway shows after a bit of everything


def ask(url, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=60)
    fields = {"Authorization": f"Bearer {CHAT}", "Content-Type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body and json.dumps(body), fields)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, text


def gets(status, *arguments, **headers):
    got, text = ask(*arguments, **headers)
    assert got == status, text


@pytest.fixture(scope="module")
def shown(bedquota, environment, tmp_path_factory):
    """The pages and the access log of a gateway that has seen all kinds of requests."""
    log = tmp_path_factory.mktemp("log") / "access.log"
    variables = with_credentials(environment) | {"CHAT": CHAT, "CI": CI}
    world = World(
        bedquota, environment, quotas={CLAUDE_RPM: 60}, between=CuttingProxy, configuration=CONFIGURATION % (PROFILE, log),
        variables=variables, emulator=("--tokens-per-second", "100", "--output-tokens", "60-61"),
    )
    with world:
        url, model = world.url, f"/model/{PROFILE}"
        gets(200, url, "POST", f"{model}/converse", CONVERSE, traceparent=PARENT, User_Agent="Boto3/1.43.1")
        gets(200, url, "POST", f"{model}/converse-stream", CONVERSE)
        gets(200, url, "POST", "/v1/chat/completions", MESSAGES | {"model": OSS})
        # It names its model in another way than its caller.
        cached = [{"type": "text", "text": "Answer like a pirate. " * 400, "cache_control": {"type": "ephemeral"}}]
        for _ in range(2):
            gets(200, url, "POST", "/anthropic/v1/messages", MESSAGES | {"model": CLAUDE, "system": cached}, anthropic_version="2023-06-01")
        gets(200, url, "GET", "/foundation-models")
        gets(200, url, "GET", "/v1/models")
        gets(404, url, "GET", "/nowhere")
        gets(403, url, "POST", f"{model}/converse", CONVERSE, Authorization="Bearer somebody")
        gets(400, url, "POST", f"{model}/converse", CONVERSE, Authorization=f"Bearer {CI}")
        huge = CONVERSE | {"inferenceConfig": {"maxTokens": 20, "temperature": 0}, "system": [{"text": "x" * 4_000_000}]}
        gets(400, url, "POST", f"/model/{CLAUDE}/converse", huge)
        # As many as pass in some seconds, of clients that bear little silence.
        waiting = [world.begin("converse-stream", name=CHAT, model=CLAUDE, x_stainless_read_timeout="3") for _ in range(8)]
        assert {answer(each)[0] for each in waiting} == {200}
        world.between.faults = [Fault(chunks=3)]
        assert answer(world.begin("converse-stream", name=CHAT))[0] == 200
        held = [world.begin("converse-stream", name=CHAT) for _ in range(2)]
        eventually(lambda: world.status()["gateway"]["openStreams"] == 2, "two streams are open")
        status = world.status()
        for each in held:
            each.close()
        world.holds_nothing()
        # A name goes round the id that is denied.
        world.control.deny(PROFILE)
        gets(200, url, "POST", "/model/both/converse", CONVERSE)
        world.control.deny()
        # A quota that has fallen to nothing, of which the gateway learns by a throttle.
        world.control.quota(RPM_CODE, 0)
        gets(429, url, "POST", f"{model}/converse", CONVERSE, x_bedquota_max_wait="1")
        eventually(lambda: world.outcomes().get("abandoned") == 2, "they were left")
        eventually(lambda: '"outcome":"abandoned"' in log.read_text(encoding="utf-8"), "the log is written")
        pages = SimpleNamespace(
            prometheus=world.page("/metrics")[1], statuses=[status, world.status()],
            openmetrics=ask(url, "GET", "/metrics", Accept="application/openmetrics-text;version=1.0.0")[1].decode(),
        )
    pages.log = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    # One that can do nothing says why.
    lost = Gateway(bedquota, variables, "http://127.0.0.1:9", configuration=LOST)

    def asked():
        state = json.loads(ask(lost.url, "GET", "/status")[1])
        own, lab = state["accounts"]
        return "quotasProblem" in own["regions"][0] and "not asked" not in lab.get("credentialsProblem", "not asked") and state

    pages.statuses.append(eventually(asked, "it has tried"))
    lost.kill()
    return pages


# Metrics


def test_every_metric_is_documented_and_every_documented_one_is_there(shown):
    found = {}
    for family in prometheus(shown.prometheus):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = "info" if name.endswith("_info") else family.type
    assert found == documented_metrics()


def test_the_metrics_are_what_a_strict_reader_takes(shown):
    """OpenMetrics' own parser refuses counters without `_total`, buckets that fall, repeated series and much else."""
    plain = {family.name.removesuffix("_info") for family in prometheus(shown.prometheus)}
    strict = list(openmetrics(shown.openmetrics))
    assert {family.name for family in strict} == plain
    for family in strict:
        assert family.documentation and family.samples, family.name
        if family.type == "counter":
            assert all(sample.name == f"{family.name}_total" for sample in family.samples)


def test_histograms_are_consistent(shown):
    series = {}
    for family in prometheus(shown.prometheus):
        for sample in family.samples if family.type == "histogram" else ():
            key = family.name, tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
            series.setdefault(key, []).append(sample)
    assert {name for name, _ in series} == {name for name, kind in documented_metrics().items() if kind == "histogram"}
    for key, samples in series.items():
        buckets = [(float(sample.labels["le"]), sample.value) for sample in samples if sample.name.endswith("_bucket")]
        assert buckets == sorted(buckets) and [count for _, count in buckets] == sorted(count for _, count in buckets), key
        [count] = [sample.value for sample in samples if sample.name.endswith("_count")]
        [total] = [sample.value for sample in samples if sample.name.endswith("_sum")]
        assert buckets[-1] == (float("inf"), count) and total >= 0, key


def test_the_labels_are_those_of_the_page(shown):
    for family in prometheus(shown.prometheus):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = [set(sample.labels) - {"le"} for sample in family.samples]
        allowed = documented_labels(name)
        assert all(each <= allowed for each in labels), (name, labels, allowed)
        assert set().union(*labels) == allowed, name


CLOSED = [
    ("bedquota_refusals_total", "reason", REFUSALS),
    *(
        (metric, label, documented_values(metric, label))
        for metric, label in (
            ("gen_ai_client_token_usage", "gen_ai_token_type"), ("bedquota_tokens_total", "type"), ("bedquota_retries_total", "cause"),
            ("bedquota_keepalives_total", "form"), ("bedquota_authentication_failures_total", "reason"),
            ("bedquota_configuration_reloads_total", "result"),
        )
    ),
]


@pytest.mark.parametrize("metric, label, values", CLOSED)
def test_a_closed_label_has_the_values_of_the_page(shown, metric, label, values):
    [family] = [family for family in prometheus(shown.prometheus) if family.name == metric.removesuffix("_total")]
    assert {sample.labels[label] for sample in family.samples} == {value.split(" ")[0] for value in values}


def test_what_strangers_vary_makes_no_series(shown):
    [family] = [family for family in prometheus(shown.prometheus) if family.name == "bedquota_requests"]
    assert {sample.labels["outcome"] for sample in family.samples} <= OUTCOMES
    assert {sample.labels["operation"] for sample in family.samples} <= OPERATIONS
    assert {sample.labels["caller"] for sample in family.samples} == {"chat", "ci", "none"}


def test_the_alerts_ask_for_metrics_that_there_are():
    rules = re.search(r"```yaml\n(groups:.*?)```", PAGE, re.DOTALL)[1]
    asked = {re.sub("_bucket$", "", name) for name in re.findall(r"\bbedquota_\w+", rules)}
    assert len(asked) >= 7 and asked <= set(documented_metrics())


# The status


def members(value, place=""):
    if isinstance(value, list):
        for each in value:
            yield from members(each, place + "[]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(inner, (dict, list)) or name in ("notes", "demand", "throttles"):
                yield place, name
            else:
                yield from members(inner, f"{place}.{name}" if place else name)


def test_the_status_has_the_members_of_the_page(shown):
    found = {pair for status in shown.statuses for pair in members(status)}
    # Nobody waits when the page is read; test_live_page.py has a request that does.
    assert found | {("pools[]", "longestWaitSeconds")} == documented_status()


def test_what_is_wrong_with_a_pool_or_a_region_is_said(shown):
    busy, lost = shown.statuses[1], shown.statuses[-1]
    assert all(pool["status"] == "resolved" and pool["quotasReadAt"] for pool in busy["pools"])
    assert [region for region in busy["accounts"][0]["regions"] if "quotasProblem" in region] == []
    own, lab = lost["accounts"]
    [region] = own["regions"]
    assert "can't be read" in region["quotasProblem"] and "quotasReadAt" not in region
    assert lab["credentialsProblem"] and not lab["isReady"]
    assert lost["gateway"]["notReadyReason"]


# The access log


def test_the_log_has_the_members_of_the_page(shown):
    documented = [names(row[0]) for row in rows(section("Access log"), "member")]
    assert {name for line in shown.log for name in line} == {name for group in documented for name in group}
    assert {line["outcome"] for line in shown.log} <= OUTCOMES
    assert {line["refusal"] for line in shown.log if "refusal" in line} <= REFUSALS
    assert {line["operation"] for line in shown.log} <= OPERATIONS
    assert {name for line in shown.log for wait in line.get("waits", ()) for name in wait} == {"quota", "measure", "ms"}


def test_the_log_has_a_line_for_each_request_but_those_to_pages(shown):
    assert not [line for line in shown.log if line["path"] in ("/metrics", "/status", "/readyz")]
    counted = sum(sample.value for family in prometheus(shown.prometheus) if family.name == "bedquota_requests" for sample in family.samples)
    assert len(shown.log) == counted


def test_the_log_has_the_trace_of_its_client(shown):
    assert [line["trace_id"] for line in shown.log if "trace_id" in line] == [TRACE]


def test_the_log_has_what_a_request_reserved(shown):
    """Its input, and all of its max_tokens; a request that was never sent reserved nothing."""
    for line in shown.log:
        assert ("reserved" in line) == (line["attempts"] > 0 and line["operation"] != "Passage"), line
    assert all(line["reserved"] > 20 for line in shown.log if "reserved" in line)


def test_the_log_has_the_model_of_the_reply(shown):
    assert {line["response_model"] for line in shown.log if "response_model" in line} == {"claude-sonnet-4-5-20250929"}


def test_a_stream_that_was_kept_alive_has_awss_id(shown):
    kept = [line for line in shown.log if line.get("keepalives")]
    assert kept and all(line["upstream_request_id"] != line["request_id"] for line in kept)
