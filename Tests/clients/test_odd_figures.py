"""Absurd figures from outside: no command ends by a trap, and one odd reply harms no other request."""

import json

import pytest
from odd_server import GOOD, NOVA, OddServer, nova_quotas, quota, reply
from processes import Runner
from support import with_credentials

MAX = 2**63 - 1


@pytest.fixture
def bed(bedquota, environment):
    runner = Runner(bedquota, with_credentials(environment))

    def call(server, *arguments):
        return runner(*map(str, arguments), "--endpoint-url", server.url)

    return call


def assert_no_trap(done):
    """A trap ends a process by a signal, which Python gives as a negative code."""
    assert done.returncode >= 0, done.stderr[-2_000:]
    assert "Fatal error" not in done.stderr


USAGES = [
    '{"inputTokens":1,"outputTokens":9e18}',
    f'{{"inputTokens":{MAX},"outputTokens":{MAX},"cacheReadInputTokens":{MAX},"cacheWriteInputTokens":{MAX}}}',
    '{"inputTokens":5000000000000000000,"outputTokens":1,"cacheReadInputTokens":5000000000000000000}',
    '{"inputTokens":-5,"outputTokens":-7}',
    '{"inputTokens":1e300,"outputTokens":1}',
]


@pytest.mark.parametrize("usage", USAGES)
def test_the_usage_of_a_reply(bed, usage):
    with OddServer(lambda path, number: reply(usage)) as server:
        done = bed(server, "invoke", NOVA, "hi", "--max-tokens", 100)
    assert done.returncode == 0 and done.stdout == "ok\n", done.stderr
    assert "-5" not in done.stderr and "-7" not in done.stderr


@pytest.mark.parametrize("counts", [(MAX, MAX), (-1, -1), ("9" * 30, "1"), ("1e9", "x")])
def test_the_usage_of_headers(bed, counts):
    names = ("X-Amzn-Bedrock-Input-Token-Count", "X-Amzn-Bedrock-Output-Token-Count")
    headers = [(name, str(count)) for name, count in zip(names, counts)]
    with OddServer(lambda path, number: (GOOD, headers)) as server:
        done = bed(server, "invoke", NOVA, "hi", "--api", "invoke-model")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("usage", [USAGES[0], '{"inputTokens":10,"outputTokens":2000000}', '{"inputTokens":1e9,"outputTokens":5}'])
def test_one_odd_reply_in_a_run(bed, tmp_path, usage):
    """Old: a trap, or most of the other records refused for a debt that nobody owes."""
    records = [
        {"recordId": f"r{n}", "modelInput": {"messages": [{"role": "user", "content": [{"text": "hi"}]}], "inferenceConfig": {"maxTokens": 100}}}
        for n in range(100)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    with OddServer(lambda path, number: reply(usage) if number == 20 else GOOD) as server:
        done = bed(server, "run", NOVA, "--input", tmp_path / "in.jsonl", "--output-file", tmp_path / "out.jsonl", "--yes", "--deadline", 20)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(results) == 100 and all("modelOutput" in result for result in results)
    assert "more tokens than its request allows" in done.stderr


LINES = [
    '{"modelInput":{"anthropic_version":"bedrock-2023-05-31","max_tokens":9e18,"messages":[{"role":"user","content":"hi"}]}}',
    '{"modelInput":{"anthropic_version":"bedrock-2023-05-31","max_tokens":-9e18,"messages":[]}}',
    '{"modelInput":{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":%d}}}' % MAX,
    '{"modelInput":{"prompt":%s}}' % ("1" * 10_000),
    '{"modelInput":{"prompt":%s}}' % ("[" * 10_000 + "]" * 10_000),
    '{"recordId":"\\u0000\\u001b[31m%s","modelInput":{"prompt":"x"}}' % ("x" * 2_000),
]


def test_the_plan_of_absurd_lines(bed, tmp_path):
    (tmp_path / "in.jsonl").write_text("\n".join(LINES * 3) + "\n")
    with OddServer() as server:
        done = bed(server, "run", NOVA, "--input", tmp_path / "in.jsonl", "--output-file", tmp_path / "out.jsonl", "--dry-run")
    assert done.returncode == 0, done.stderr


QUOTAS = [
    nova_quotas(1e30, 1e308),
    nova_quotas(-1, -1e308),
    nova_quotas(0.5, 0.1),
    [quota("L-" + "x" * 5_000, "On-demand model inference tokens per minute for Amazon Nova Pro", 7.0)],
    [quota("L-1\u001b[31m\u0000", "On-demand model inference tokens\u0007 per minute for Amazon Nova Pro\n", 1e18)],
]


@pytest.mark.parametrize("quotas", QUOTAS)
def test_the_value_of_a_quota(bed, quotas):
    with OddServer(quotas=quotas) as server:
        for command in [("list", "--output", "json"), ("resolve", NOVA), ("invoke", NOVA, "hi", "--deadline", "3")]:
            assert_no_trap(bed(server, *command))
        sizes = ("--input-tokens", 1_000, "--output-tokens", 500, "--max-tokens", 10**9, "--latency", 7)
        assert_no_trap(bed(server, "capacity", NOVA, *sizes, "--output", "json"))


def points(values):
    """GetMetricData with these values in each minute of the window."""

    def metrics(query):
        times = list(range(int(query["StartTime"]), int(query["EndTime"]), 60))
        return {
            "MetricDataResults": [
                {"Id": one["Id"], "Timestamps": times, "Values": [values[n % len(values)] for n in range(len(times))], "StatusCode": "Complete"}
                for one in query["MetricDataQueries"]
            ]
        }

    return metrics


@pytest.mark.parametrize("values", [["NaN", 5, 7], [1e308], ["Infinity", "-Infinity"], [-1, 3], [0.25], [1e15, 1e300]])
def test_the_values_of_cloudwatch(bed, values):
    with OddServer(metrics=points(values)) as server:
        for arguments in [("usage", NOVA, "--hours", 1, "--output", "json"), ("check", NOVA, "--hours", 1)]:
            done = bed(server, *arguments)
            assert_no_trap(done)
            assert "Unable to encode" not in done.stderr and "nan" not in done.stdout.lower()
        assert_no_trap(bed(server, "capacity", NOVA, "--hours", 1))
