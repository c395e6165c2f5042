"""deploy/ and its pages: rules that fire and don't, and a dashboard whose queries run in a real Prometheus on a fleet's real metrics."""

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest
import yaml
from emulator_control import Control, eventually
from fleet_stores import Server as Store
from processes import Emulator, Exporter, Gateway
from prometheus_server import Prometheus, promtool
from runtime_calls import PROFILE, RPM_CODE
from support import ROOT, with_credentials

RULES = ROOT / "deploy/prometheus"
DASHBOARD = json.loads((ROOT / "deploy/grafana/bedquota.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/prometheus.md").read_text(encoding="utf-8")
GATEWAY_PAGE = (ROOT / "docs/gateway-operation.md").read_text(encoding="utf-8")
RUNBOOKS = (ROOT / "docs/runbooks.md").read_text(encoding="utf-8")
ALERTS = [rule for group in yaml.safe_load((RULES / "alert-rules.yml").read_text())["groups"] for rule in group["rules"]]
RECORDS = [rule for group in yaml.safe_load((RULES / "recording-rules.yml").read_text())["groups"] for rule in group["rules"]]
NAME = re.compile(r"\b(?:bedquota|gen_ai|process)_\w+")
RECORDED = re.compile(r"\bbedquota:\w+:\w+")
# Labels, not metrics.
NO_METRICS = re.compile(r"gen_ai_(operation_name|provider_name|(request|response)_model|token_type)")
SECRET = "a-secret-of-operators-0123456789"
CHAT = "chat-secret-0123456789"
CONFIGURATION = f"""
models:
  quick: ["{PROFILE}", "amazon.nova-pro-v1:0"]
keys:
  chat: {{secret: "${{CHAT}}", tokens_per_day: 100000000}}
admin: {{secret: "${{ADMIN}}"}}
"""
# A new fleet gives out its quota at its rate, so most of these wait, for ten seconds in all.
REQUESTS, REQUESTS_A_MINUTE = 50, 300
MESSAGES = [{"role": "user", "content": [{"text": "What is a quota?"}]}]
# Queries that have nothing to show here: nothing was refused or throttled, nobody asks for a quota, and no history is behind the rates.
MAY_BE_EMPTY = {"Increases asked for", "The day's tokens run out in", "Latency, by CloudWatch", "Throttled share of requests, by CloudWatch"}


def names(text: str) -> set[str]:
    return {name for name in NAME.findall(text) if not NO_METRICS.fullmatch(name)}


def panels() -> list[dict]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    return [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]


def anchors(text: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def page(url: str, body: dict | None = None, **headers) -> tuple[int, str]:
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ask(url: str, model: str, operation: str) -> int:
    body = {"messages": MESSAGES, "inferenceConfig": {"maxTokens": 100}}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {CHAT}"}
    return page(f"{url}/model/{model}/{operation}", body, **headers)[0]


# Without a server


def test_the_rules_are_valid():
    done = promtool("check", "rules", "--lint-fatal", "recording-rules.yml", "alert-rules.yml", folder=RULES)
    assert done.returncode == 0 and f"{len(ALERTS)} rules found" in done.stdout + done.stderr, done.stderr


def test_each_alert_fires_and_does_not():
    done = promtool("test", "rules", "rules-test.yml", folder=RULES)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = yaml.safe_load((RULES / "rules-test.yml").read_text())["tests"]
    fired, silent = set(), set()
    for check in (check for test in tests for check in test.get("promql_expr_test", ())):
        for alert in re.findall(r'ALERTS{alertname="(\w+)"', check["expr"]):
            (fired if check["exp_samples"] else silent).add(alert)
    assert fired == silent == {rule["alert"] for rule in ALERTS}


def test_the_configuration_is_valid(tmp_path):
    done = promtool("check", "config", "--syntax-only", "prometheus.yml", folder=RULES)
    assert done.returncode == 0, done.stderr
    # The whole check looks for the secret.
    shutil.copytree(RULES, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "prometheus.yml"
    (tmp_path / "secret").write_text(SECRET)
    file.write_text(file.read_text().replace("/etc/prometheus/bedquota-admin-secret", str(tmp_path / "secret")))
    done = promtool("check", "config", "prometheus.yml", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_an_alert_says_what_to_do(rule):
    assert rule["labels"]["severity"] in ("info", "warning", "critical")
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url"} and "{{" in notes["summary"] and "{{" in notes["description"]
    page, _, anchor = notes["runbook_url"].partition("#")
    assert page.endswith("/docs/runbooks.md") and anchor in anchors(RUNBOOKS)
    assert re.search(rf"^## {rule['alert']}$", RUNBOOKS, re.MULTILINE)


def test_runbooks_are_of_alerts():
    assert set(re.findall(r"^## (Bedquota\w+)$", RUNBOOKS, re.MULTILINE)) == {rule["alert"] for rule in ALERTS}


GROUPS = {"alarms", "fleet", "gateway", "increase"}
COMMANDS = sorted(set(re.findall(r"^bedquota ([^#\n]*[^#\n ])", f"{RUNBOOKS}\n{PAGE}", re.MULTILINE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_the_pages_commands_exist(bedquota, line):
    first, *rest = line.split()
    words = [first, rest[0]] if first in GROUPS and rest and re.fullmatch("[a-z]+", rest[0]) else [first]
    done = subprocess.run([bedquota, *words, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, words
    for option in re.findall(r"--[a-z-]+", line):
        assert option in done.stdout, f"{line}: {option}"


def test_the_dashboard_is_laid_out():
    everything = DASHBOARD["panels"]
    ids = [panel["id"] for panel in everything]
    assert len(set(ids)) == len(ids) and DASHBOARD["uid"] and DASHBOARD["schemaVersion"] >= 39
    titles = [panel["title"] for panel in panels()]
    for panel in everything:
        place = panel["gridPos"]
        assert 0 <= place["x"] and place["x"] + place["w"] <= 24 and place["w"] > 0 and place["h"] > 0, panel["title"]
    for one, other in combinations(everything, 2):
        a, b = one["gridPos"], other["gridPos"]
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert apart, f"{one['title']} overlaps {other['title']}"
    for panel in panels():
        assert panel["description"] and panel["targets"] and panel["links"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] and panel["datasource"]["uid"] == "${datasource}"
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references)
        assert all(target["expr"] and target["legendFormat"] for target in panel["targets"]), panel["title"]
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "account", "region", "model", "docs"}
    assert MAY_BE_EMPTY <= set(titles)


def test_the_dashboards_links_lead_somewhere():
    links = [link for panel in panels() for link in panel["links"]] + DASHBOARD["links"]
    for url in {link["url"] for link in links}:
        file, _, anchor = url.removeprefix("${docs}/").partition("#")
        text = (ROOT / "docs" / file).read_text(encoding="utf-8")
        assert not anchor or anchor in anchors(text), url


@pytest.mark.parametrize("page", ["prometheus.md", "runbooks.md"])
def test_a_pages_links_lead_somewhere(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        path = ROOT / "docs" / (file or page)
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), target


def test_rules_use_what_rules_record():
    recorded = {rule["record"] for rule in RECORDS}
    used = {name for rule in ALERTS + RECORDS for name in RECORDED.findall(rule["expr"] + str(rule.get("annotations", "")))}
    assert used <= recorded
    # A dashboard that needs no rules works wherever the metrics are.
    assert not any(RECORDED.search(expression) for _, expression in queries())


# With a Prometheus that scrapes an exporter and a gateway of a fleet


@pytest.fixture(scope="module")
def servers(bedquota, environment, tmp_path_factory):
    """The URLs of an exporter and of a gateway, both of one emulator, after traffic that also waited."""
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server, the store of the gateway's fleet, is not installed")
    variables = with_credentials(environment)
    # A day of made-up traffic, so that quotas of a day have a use.
    emulator = Emulator(bedquota, environment, "--history", "1", "--latency", "0.05", "--tokens-per-second", "0", "--output-tokens", "20")
    running = [emulator]
    store = Store()
    try:
        control = Control(emulator.url)
        control.quota(RPM_CODE, REQUESTS_A_MINUTE)
        exporter = Exporter(bedquota, variables | {"AWS_ENDPOINT_URL": emulator.url}, "--interval", "60")
        running.append(exporter)
        secrets = {"CHAT": CHAT, "ADMIN": SECRET}
        fleet = ("--fleet", f"redis://127.0.0.1:{store.port}")
        gateway = Gateway(bedquota, variables | secrets, emulator.url, *fleet, configuration=CONFIGURATION)
        running.append(gateway)
        eventually(lambda: page(f"{gateway.url}/readyz")[0] == 200, "the gateway is ready")
        with ThreadPoolExecutor(32) as pool:
            calls = [(PROFILE, "converse")] * (REQUESTS - 2) + [(PROFILE, "converse-stream"), ("quick", "converse")]
            assert set(pool.map(lambda call: ask(gateway.url, *call), calls)) == {200}
        eventually(lambda: page(f"{exporter.url.removesuffix('/metrics')}/readyz")[0] == 200, "the exporter has read CloudWatch")
        yield exporter.url.removesuffix("/metrics"), gateway.url
        assert [server.stop() for server in reversed(running)] == [0, 0, 0]
    finally:
        for server in running:
            if server.process.poll() is None:
                server.kill()
        store.stop()


@pytest.fixture(scope="module")
def prometheus(servers, tmp_path_factory):
    """Prometheus with the files of deploy/, which has scraped both for some seconds, and evaluated the rules."""
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copytree(RULES, folder, dirs_exist_ok=True)
    (folder / "secret").write_text(SECRET)
    text = (folder / "prometheus.yml").read_text()
    for here, there in {
        "/etc/prometheus/bedquota-admin-secret": str(folder / "secret"),
        "127.0.0.1:9464": servers[0].partition("://")[2],
        "127.0.0.1:4000": servers[1].partition("://")[2],
        "scrape_interval: 15s": "scrape_interval: 1s",
        "scrape_interval: 30s": "scrape_interval: 1s",
        "evaluation_interval: 30s": "evaluation_interval: 1s",
    }.items():
        assert here in text
        text = text.replace(here, there)
    with Prometheus(text, folder) as server:
        eventually(lambda: len(server.query("up == 1")) == 2, f"both are scraped: {server.targets()}")
        ask(servers[1], PROFILE, "converse")
        # Rates need a step between two scrapes.
        eventually(lambda: server.query('count_over_time(bedquota_ready[1m]) > 4'), "five scrapes")
        yield server


def test_both_are_scraped(prometheus, servers):
    targets = prometheus.targets()
    assert set(targets) == {"bedquota-exporter", "bedquota-gateway"}
    assert {target["lastError"] for target in targets.values()} == {""}
    # The secret of the file is what lets Prometheus in.
    assert page(f"{servers[1]}/metrics")[0] in (401, 403)


def test_the_rules_evaluate(prometheus):
    groups = prometheus.call("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) == len(ALERTS) + len(RECORDS)
    bad = {rule["name"]: rule["lastError"] for rule in rules if rule["health"] == "err"}
    assert not bad
    recorded = {rule["name"] for rule in rules if rule["type"] == "recording" and prometheus.query(rule["name"])}
    # These need half an hour of growth, or throttled requests.
    assert {rule["record"] for rule in RECORDS} - recorded <= {"bedquota:quota_day_runout:seconds", "bedquota:model_throttled:ratio15m"}
    sources = {series["metric"]["source"] for series in prometheus.query("bedquota:quota_utilization:ratio")}
    assert sources == {"exporter", "gateway"}


def as_grafana_asks(expression: str) -> str:
    for variable, value in {"$__rate_interval": "1m", "$account": ".*", "$region": ".*", "$model": ".*"}.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression
    return expression


def test_every_query_of_the_dashboard_runs(prometheus):
    empty = set()
    for title, expression in queries():
        if not prometheus.query(as_grafana_asks(expression)):
            empty.add(title)
        end = time.time()
        prometheus.call("query_range", query=as_grafana_asks(expression), start=end - 30, end=end, step=5)
    assert empty <= MAY_BE_EMPTY


def test_the_dashboards_variables_find_values(prometheus):
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"]).groups()
            values = prometheus.call(f"label/{label}/values", **{"match[]": as_grafana_asks(selector)})
            assert values, variable["name"]
            if label == "pool":
                assert PROFILE in values


def test_the_figures_are_those_of_the_traffic(prometheus):
    """The dashboard's figures, where this test knows them."""
    [asked] = prometheus.query('sum(bedquota_requests_total{outcome="succeeded"})')
    assert int(asked["value"][1]) == REQUESTS + 1
    [limit] = prometheus.query(f'max(bedquota_quota_limit{{job="bedquota-exporter", pool="{PROFILE}", measure="rpm"}})')
    assert float(limit["value"][1]) == REQUESTS_A_MINUTE
    [held] = prometheus.query('sum(bedquota_held_seconds_count{measure="rpm", sent="true"})')
    assert int(held["value"][1]) > 0


# Names


def exposed(text: str) -> dict[str, str]:
    """The names of metrics as Prometheus stores them, and their types."""
    return dict(re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE))


@pytest.fixture(scope="module")
def metrics(servers):
    """What the exporter exposes, and what the gateway does."""
    kinds = exposed(page(f"{servers[0]}/metrics")[1]), exposed(page(f"{servers[1]}/metrics", Authorization=f"Bearer {SECRET}")[1])
    assert len(kinds[0]) > 15 and len(kinds[1]) > 40
    return kinds


def parts(kinds: dict[str, str]) -> set[str]:
    """With the series of histograms and summaries."""
    ends = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
    return {name + end for name, kind in kinds.items() for end in ("", *ends.get(kind, ()))}


def rows(text: str) -> dict[str, str]:
    """The metrics in the first columns of the tables of a text, with the second column."""
    found = {}
    for first, second in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE):
        found |= {name: second for name in re.findall(r"`([a-z]\w+)`", first) if NAME.fullmatch(name)}
    return found


# An increase is seldom asked for in the emulator's account.
SELDOM = {"bedquota_quota_increase_requested"}


@pytest.mark.parametrize("what", ["rules", "dashboard", "prometheus.md", "runbooks.md"])
def test_every_name_is_one_that_programs_expose(metrics, what):
    texts = {
        "rules": "".join((RULES / name).read_text() for name in ("recording-rules.yml", "alert-rules.yml", "rules-test.yml")),
        "dashboard": "\n".join(expression for _, expression in queries()), "prometheus.md": PAGE, "runbooks.md": RUNBOOKS,
    }
    assert names(texts[what]) <= parts(metrics[0]) | parts(metrics[1]) | SELDOM


def test_every_metric_is_in_the_table(metrics):
    own, _, gateway = PAGE.partition("### What the gateway has beside")
    table = rows(own)
    assert set(table) - SELDOM == set(metrics[0])
    for name, kind in metrics[0].items():
        assert kind in table[name].split(", ") or name == "bedquota_build_info", name
    listed = names(" ".join(re.findall(r"^\| .*", gateway.partition("\n## ")[0], re.MULTILINE)))
    assert listed == set(metrics[1]) - set(metrics[0])
    assert set(metrics[1]) <= set(rows(GATEWAY_PAGE)), "docs/gateway-operation.md lacks a metric"
