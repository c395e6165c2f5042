"""Texts of a server that want to steer a terminal, a spreadsheet, a page or a document, in every output."""

import csv
import functools
import io
import json
import os
import pty
import re
import select
import time
from html.parser import HTMLParser

import pytest
from fault_server import FaultServer, Handler
from model_server import event
from support import with_credentials

MODEL = "us.amazon.nova-pro-v1:0"
STEER = "\x1b]52;c;cHduZWQ=\x07\x1b[2J\x1b]8;;http://evil\x07x\x1b]8;;\x07\u009b31m\u202ey\u2066z\u200b\u2028w\x7f"
FORMULA = '=HYPERLINK("http://evil","x")'
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
# An accent makes one character of the two, which looks like no quotation mark to Swift.
QUOTE = '"\u0301 onmouseover=alert(1) x="'
TEXTS = [STEER, FORMULA, HTML, QUOTE, "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1+1", "\r=1+1", "a|b`c`[x](javascript:alert(1))",
         "two\nlines", "{{title}} {{{data}}}", "![x](http://evil)"]


def quota(number, name):
    return {"ServiceCode": "bedrock", "QuotaCode": f"L-{number:08X}", "QuotaName": name, "Value": 100, "Adjustable": True,
            "QuotaArn": "arn:aws:servicequotas:us-east-1:123456789012:bedrock/x", "Unit": name}


def model(number, text):
    return {"modelId": f"evil.m{number}-v1:0", "modelName": text, "providerName": text, "modelLifecycle": {"status": text},
            "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/evil.m{number}-v1:0", "inferenceTypesSupported": ["ON_DEMAND"],
            "inputModalities": ["TEXT"], "outputModalities": ["TEXT"], "responseStreamingSupported": True}


REPLY = {"output": {"message": {"role": "assistant", "content": [{"text": f"{STEER}\nsecond\tline\n"}]}},
         "stopReason": "end_turn", "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}


class HostileHandler(Handler):
    def play(self, operation):
        metrics = ("Invocations", "InputTokenCount", "OutputTokenCount", "InvocationThrottles")
        ids = [MODEL, HTML, QUOTE, STEER, FORMULA, "a'b=c|d;e"]
        if "Quotas" in operation:
            self.answer(200, {"Quotas": [quota(n, text) for n, text in enumerate(TEXTS)]})
        elif operation == "/foundation-models":
            self.answer(200, {"modelSummaries": [model(n, text) for n, text in enumerate(TEXTS)]})
        elif operation == "/inference-profiles":
            self.answer(200, {"inferenceProfileSummaries": []})
        elif operation.startswith("/provisioned"):
            self.answer(200, {"provisionedModelSummaries": []})
        elif operation == "DescribeAlarms":
            ours = "Made by Bedquota."
            self.answer(200, {"MetricAlarms": [{"AlarmName": f"bedquota/{text}/tpm", "AlarmDescription": f"{text} {ours}",
                                                "AlarmActions": [text], "Threshold": 1} for text in TEXTS]})
        elif operation == "ListRequestedServiceQuotaChangeHistory":
            self.answer(200, {"RequestedQuotas": [{"Id": text, "CaseId": text, "QuotaCode": f"L-{n:08X}", "QuotaName": text, "Status": text,
                                                   "DesiredValue": 1e308, "Created": -1e300} for n, text in enumerate(TEXTS)]})
        elif operation == "ListMetrics":
            found = [{"Namespace": "AWS/Bedrock", "MetricName": m, "Dimensions": [{"Name": "ModelId", "Value": i}]}
                     for i in ids for m in metrics]
            self.answer(200, {"Metrics": found})
        elif operation == "GetMetricData":
            at = int(time.time()) // 60 * 60 - 600
            results = [{"Id": q["Id"], "Label": STEER, "StatusCode": "PartialData", "Timestamps": [at, at + 60], "Values": [50, 90]}
                       for q in json.loads(self.body)["MetricDataQueries"]]
            self.answer(200, {"MetricDataResults": results, "Messages": [{"Code": STEER, "Value": STEER + HTML}]})
        else:
            self.answer(404, {"__type": "ResourceNotFoundException", "message": STEER})

    def do_POST(self):
        if not self.path.startswith("/model/"):
            return super().do_POST()
        self.read_body()
        if not self.path.endswith("stream"):
            # Not escaped, as JSON allows for all but C0.
            return self.answer(200, json.dumps(REPLY, ensure_ascii=False).encode())
        # Members on lines of their own.
        spread = functools.partial(event, indent=1)
        parts = [STEER[:1], STEER[1:8], STEER[8:], "\nsecond\tline\n"]
        events = [spread("messageStart", {"role": "assistant"})]
        events += [spread("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": part}}) for part in parts]
        events += [spread("messageStop", {"stopReason": "end_turn"}), spread("metadata", {"usage": REPLY["usage"]})]
        self.answer(200, b"".join(events), [("Content-Type", "application/vnd.amazon.eventstream")])


@pytest.fixture(scope="module")
def server():
    with FaultServer() as server:
        server.RequestHandlerClass = HostileHandler
        yield server


@pytest.fixture(scope="module")
def hostile(environment, server):
    return with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url, "TERM": "xterm"}


def on_terminal(bedquota, environment, arguments) -> str:
    """What a terminal receives as stdout and stderr."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(bedquota, [str(bedquota), *arguments], environment)
    received, end = b"", time.monotonic() + 30
    while time.monotonic() < end:
        ready, _, _ = select.select([terminal], [], [], 1)
        try:
            data = os.read(terminal, 65_536) if ready else None
        except OSError:
            break
        if data == b"":
            break
        received += data or b""
    os.close(terminal)
    os.waitpid(pid, 0)
    return received.decode()


# Colors, and the line of progress: all that the program itself sends.
OWN = re.compile(r"\x1b\[(?:0|1|2|31|32|33)m|\r\x1b\[K|\r?\n|\t")
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    "arguments",
    [
        *[["list", "--output", form] for form in ("table", "csv", "json", "markdown")],
        *[["models", "--output", form] for form in ("table", "csv", "json", "markdown")],
        *[["usage", MODEL, "--hours", "1", "--output", form] for form in ("table", "csv", "json", "markdown")],
        *[["check", "--hours", "1", "--output", form] for form in ("table", "csv", "json", "markdown")],
        ["resolve", MODEL], ["resolve", MODEL, "--output", "json"], ["routes", MODEL], ["capacity", MODEL], ["list", "--verbose"],
        *[["alarms", "plan", "--output", form] for form in ("table", "csv", "json", "markdown")],
        *[["alarms", "plan", "--format", form] for form in ("cloudformation", "terraform")],
        *[["increase", "status", "--output", form] for form in ("table", "csv", "json", "markdown")],
        *[["invoke", MODEL, "hi", *more] for more in ([], ["--stream"], ["--output", "json"], ["--stream", "--output", "json"])],
        ["list", "--family", STEER.replace("\x00", "")], ["resolve", f"a{STEER}"], ["list", "--measure", STEER], ["usage", MODEL, f"--start={STEER}"],
    ],
    ids=lambda a: " ".join(a)[:40].encode("ascii", "replace").decode(),
)
def test_nothing_steers_the_terminal(bedquota, hostile, arguments):
    text = on_terminal(bedquota, hostile, arguments)
    assert text
    rest = OWN.sub("", text)
    assert not UNSAFE.search(rest), repr(rest)


def test_a_reply_is_clean_on_a_terminal_and_untouched_in_a_pipe(run, bedquota, hostile):
    for more in ([], ["--stream"]):
        assert run.output("invoke", MODEL, "hi", *more, environment=hostile) == f"{STEER}\nsecond\tline\n"
        shown = on_terminal(bedquota, hostile, ["invoke", MODEL, "hi", *more, "--quiet", "--no-color"])
        assert shown.endswith("\r\nsecond\tline\r\n") and shown.startswith(" ]52;c;")


def test_json_means_what_the_server_sent(run, hostile):
    quotas = json.loads(run.output("list", "--output", "json", environment=hostile))["quotas"]
    assert {quota["name"] for quota in quotas} == set(TEXTS)
    assert json.loads(run.output("invoke", MODEL, "hi", "--output", "json", environment=hostile)) == REPLY
    lines = run.output("invoke", MODEL, "hi", "--stream", "--output", "json", environment=hostile).splitlines()
    events = [json.loads(line) for line in lines]
    assert "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e) == f"{STEER}\nsecond\tline\n"


@pytest.mark.parametrize("command", [["list"], ["models"], ["usage", MODEL, "--hours", "1"], ["alarms", "plan"], ["increase", "status"]], ids=lambda c: c[0])
def test_a_spreadsheet_finds_no_formula(run, hostile, command):
    rows = list(csv.reader(io.StringIO(run.output(*command, "--output", "csv", environment=hostile))))
    assert len({len(row) for row in rows}) == 1
    number = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?")
    cells = [cell for row in rows for cell in row if cell.strip() and not number.fullmatch(cell)]
    assert cells and not [cell for cell in cells if cell.strip()[0] in "=+-@\t\r"]


def test_markdown_is_text(run, hostile):
    lines = run.output("list", "--output", "markdown", environment=hostile).splitlines()
    assert len(lines) == 2 + len(TEXTS)
    bars = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines]
    assert len(set(bars)) == 1
    text = "\n".join(lines)
    for sign in (r"<", r"\[", r"`", r"!"):
        assert not re.search(rf"(?<!\\){sign}", text), sign


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.handlers = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]


def test_pages_and_pictures_hold_text_only(run, hostile, tmp_path):
    for name in ("page.html", "picture.svg"):
        run.output("dashboard", "--hours", "1", "--quiet", "--output-file", tmp_path / name, environment=hostile)
        text = (tmp_path / name).read_text(encoding="utf-8")
        page = Page()
        page.feed(text)
        assert page.tags.count("script") == (2 if name == "page.html" else 0)
        assert "img" not in page.tags and not page.handlers
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
