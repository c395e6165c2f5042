"""The dashboard's files: well formed, complete, self-contained, and true to what `usage` prints."""

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest
from aws_clients import Clients
from processes import Emulator, Runner
from support import with_credentials
from test_commands import assert_failed

SVG = "{http://www.w3.org/2000/svg}"
MODELS = ["amazon.nova-pro-v1:0", "us.anthropic.claude-opus-4-7"]


def texts(path):
    root = ElementTree.parse(path).getroot()
    return [" ".join(element.itertext()) for element in root.iter(f"{SVG}text")]


class Page(HTMLParser):
    """The rows of the table, the tags in use, and the data of the panels."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.addresses, self.data = [], [], [], ""
        self.into = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        self.addresses += [value for name, value in attributes if name in ("src", "href")]
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append((values["data-key"], ""))
            self.into = "cell"
        elif tag == "script" and values.get("id") == "data":
            self.into = "data"

    def handle_endtag(self, tag):
        self.into = None

    def handle_data(self, data):
        if self.into == "cell":
            key, text = self.rows[-1][-1]
            self.rows[-1][-1] = (key, text + data)
        elif self.into == "data":
            self.data += data


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Both files of the built-in account, and the figures behind them."""
    folder = tmp_path_factory.mktemp("dashboard")
    reports = {}
    for kind in ("svg", "html"):
        file = folder / f"all.{kind}"
        output = run.output("dashboard", "--emulator", "--output-file", file, "--output", "json")
        reports[kind] = (file, json.loads(output))
    return reports


def test_a_panel_for_each_model_with_traffic(written):
    file, reports = written["svg"]
    shown = texts(file)
    assert len(reports) > 10
    assert [report["demand"] for report in reports] == sorted(
        (report["demand"] for report in reports), reverse=True
    )
    for report in reports:
        assert sum(report["id"] in text for text in shown) >= 1, report["id"]
        if report["throttles"]:
            assert any(f"({report['throttleRate'] * 100:,.2f} %)" in text for text in shown)
    root = ElementTree.parse(file).getroot()
    assert len(root.findall(f".//{SVG}g[@class='plot']")) == 3 * len(reports)


def test_the_page_needs_nothing_else(written):
    file, _ = written["html"]
    text = file.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.addresses
    assert not {"link", "img", "iframe", "object"} & set(page.tags)
    assert not re.findall(r"url\((?!#)|@import|fetch\(|XMLHttpRequest", text)
    assert set(re.findall(r"https?://[^\s\"'<>]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert "prefers-color-scheme: dark" in text and "@media print" in text


def test_the_page_holds_the_figures(written):
    file, reports = written["html"]
    page = Page(file.read_text(encoding="utf-8"))
    rows = [row for row in page.rows if row]
    assert [row[0][1] for row in rows] == [report["id"] for report in reports]
    data = json.loads(page.data)
    assert len(data["panels"]) == len(reports)
    for row, report, panel in zip(rows, reports, data["panels"]):
        assert float(row[1][0]) == report["demand"]
        assert float(row[2][0]) == report["throttles"]
        assert row[3][1] == f"{report['throttleRate'] * 100:,.2f} %"
        accepted, throttled, tokens = panel["values"]
        present = [index for index, value in enumerate(accepted) if value is not None]
        assert len(present) == len(report["series"])
        assert sum(accepted[index] for index in present) == report["invocations"]
        assert sum(throttled[index] for index in present) == report["throttles"]
        if "quotaTokens" in report:
            assert sum(tokens[index] for index in present) == report["quotaTokens"]


def test_every_plot_says_what_it_shows(written):
    for kind in ("svg", "html"):
        file, reports = written[kind]
        text = file.read_text(encoding="utf-8")
        titles = re.findall(r"<title id=\"[^\"]*\d+-\d+-title\">([^<]*)</title>", text)
        assert len(titles) == 3 * len(reports)
        for report in reports:
            for name in ("Requests per minute", "Quota tokens per minute", "Latency in seconds"):
                assert f"{name}, {report['id']}" in titles


def test_what_throttled_comes_first(run, tmp_path):
    """Four days: at weekends the built-in account throttles nothing."""
    file = tmp_path / "days.html"
    output = run.output("dashboard", "--emulator", "--hours", "96", "--output-file", file, "--output", "json", timeout=180)
    figures = re.findall(r'data-panel="(\d+)" data-kind="(\w+)"', file.read_text(encoding="utf-8"))
    reports = json.loads(output)
    for index, report in enumerate(reports):
        kinds = [kind for panel, kind in figures if int(panel) == index]
        by_tokens = report.get("throttledBy") in ("tpm", "tpd") and "countedQuotaTokens" in report
        assert kinds == (["tokens", "requests"] if by_tokens else ["requests", "tokens"]) + ["latency"], report["id"]
    throttled = {report["throttledBy"]: report["id"] for report in reports if "throttledBy" in report}
    assert {"rpm", "tpm"} <= throttled.keys()
    for measure, model in throttled.items():
        picture = tmp_path / f"{measure}.svg"
        run.output("usage", model, "--emulator", "--hours", "96", "--svg", picture)
        assert any("Quota tokens per minute" in text for text in texts(picture)) == (measure == "tpm")


def test_ids_that_were_asked_for(run, tmp_path):
    file = tmp_path / "two.svg"
    run.output("dashboard", *MODELS, "us.amazon.nova-lite-v1:0", "--emulator", "--output-file", file)
    shown = texts(file)
    for model in MODELS:
        assert any(model in text for text in shown)
    assert any("No data for us.amazon.nova-lite-v1:0" in text for text in shown)


@pytest.mark.parametrize("zone, name", [("UTC", "UTC"), ("Asia/Kolkata", "UTC+05:30")])
def test_times_are_local(bedquota, environment, tmp_path, zone, name):
    file = tmp_path / "local.svg"
    runner = Runner(bedquota, environment | {"TZ": zone})
    runner.output("dashboard", MODELS[0], "--emulator", "--hours", "6", "--output-file", file)
    assert any(name in text for text in texts(file))


def test_no_traffic_at_all(bedquota, environment, tmp_path):
    server = Emulator(bedquota, environment, "--history", "0")
    runner = Runner(bedquota, with_credentials(environment))
    for kind in ("svg", "html"):
        file = tmp_path / f"none.{kind}"
        done = runner("dashboard", "--endpoint-url", server.url, "--output-file", file)
        assert done.returncode == 0 and "No model had traffic" in done.stderr
        assert file.stat().st_size > 200
    ElementTree.parse(tmp_path / "none.svg")
    assert server.stop() == 0


def test_all_models_of_the_recorded_account(bedquota, environment, recorded_account, tmp_path):
    options = [*recorded_account.options, "--history", "2"]
    server = Emulator(bedquota, environment, *options)
    pages = Clients(server.url)("cloudwatch").get_paginator("list_metrics").paginate(
        Namespace="AWS/Bedrock", MetricName="Invocations"
    )
    metrics = [metric for page in pages for metric in page["Metrics"]]
    listed = {dimension["Value"] for metric in metrics for dimension in metric["Dimensions"]}
    file = tmp_path / "recorded.svg"
    runner = Runner(bedquota, with_credentials(environment))
    options = ["--endpoint-url", server.url, "--hours", "48", "--output-file", file]
    reports = json.loads(runner.output("dashboard", *options, "--output", "json", timeout=180))
    assert {part["id"] for report in reports for part in report["parts"]} == listed
    shown = texts(file)
    assert all(any(report["id"] in text for text in shown) for report in reports)
    assert len(reports) >= 40
    assert server.stop() == 0


def test_one_chart_of_usage(run, tmp_path):
    file = tmp_path / "usage.svg"
    # A week: at weekends the built-in account throttles nothing.
    run.output("usage", MODELS[0], "--emulator", "--hours", "168", "--svg", file)
    text = file.read_text(encoding="utf-8")
    assert "#2ca02c" in text and "#b4131d" in text and "<pattern" in text
    shown = texts(file)
    for expected in (MODELS[0], "accepted", "throttled", "quota 100 requests/min", "requests/min"):
        assert any(expected in line for line in shown), expected


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["--output-file", "d.png"], 64, [".svg or .html"]),
        ([], 64, ["--output-file"]),
        (["--output-file", "/no/such/folder/d.svg"], 1, ["/no/such/folder"]),
        (["--output-file", "/dev/d.svg", "us."], 64, ["us."]),
        (["--output-file", "d.svg", "--hours", "0"], 64, ["hours"]),
    ],
    ids=["suffix", "no file", "no folder", "id", "hours"],
)
def test_what_cannot_be_written(run, arguments, code, words):
    assert_failed(run("dashboard", "--emulator", *arguments), code, *words)


def test_a_folder_in_the_way(run, tmp_path):
    (tmp_path / "d.svg").mkdir()
    file = tmp_path / "d.svg"
    assert_failed(run("dashboard", "--emulator", "--output-file", file), 1, "folder")
