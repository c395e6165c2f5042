"""A quota of 0 admits nothing: every command names it, whether it is adjustable, and what to do."""

import json

import pytest
from account_server import PROFILE, RPM, TPM, AccountServer, quota
from batch_runs import Batch, record
from support import with_credentials

PER_DAY = "Model invocation max tokens per day for Amazon Nova Pro (doubled for cross-region calls)"
SUPPORT = "It is not adjustable: open a case with AWS Support, or use another model, inference profile or Region"
INCREASE = "It is adjustable: request an increase of it in Service Quotas"
ZERO = {
    "tokens per day": ([RPM, TPM, quota("L-00000009", PER_DAY, 0.0, False)], "L-00000009 (tokens per day)", SUPPORT),
    "adjustable tokens per minute": ([RPM, TPM | {"Value": 0.0}], "L-00000002 (tokens per minute)", INCREASE),
    "fixed requests per minute": (
        [RPM | {"Value": 0.0, "Adjustable": False}, TPM], "L-00000001 (requests per minute)", SUPPORT,
    ),
    "all models together": (
        [RPM, TPM, quota("L-E3F10727", "Cross-Model Max Tokens Per Day", 0.0, False)], "L-E3F10727 (tokens per day)", SUPPORT,
    ),
}


@pytest.fixture(params=ZERO.values(), ids=ZERO)
def zero(request):
    """A server, and the sentence that all commands say."""
    quotas, name, remedy = request.param
    lists = {"Quotas": quotas}
    with AccountServer(ListServiceQuotas=lists, ListAWSDefaultServiceQuotas=lists) as server:
        server.sentence = f"{name} is 0: this account may not use the model. {remedy}."
        server.code = name.split()[0]
        yield server


SIZES = ("--input-tokens", "3000", "--output-tokens", "500", "--max-tokens", "1000", "--latency", "7")


@pytest.mark.parametrize("sizes", [(), SIZES], ids=["unknown sizes", "known sizes"])
def test_capacity_is_0(run, environment, zero, sizes):
    options = ("capacity", PROFILE, *sizes, "--endpoint-url", zero.url)
    text = run.output(*options, environment=with_credentials(environment))
    head = text.splitlines()[0]
    assert ": 0 requests per minute, bound by " in head and f"({zero.code})" in head
    assert zero.sentence in text
    reply = json.loads(run.output(*options, "--output", "json", environment=with_credentials(environment)))
    assert reply["binding"]["code"] == zero.code and zero.sentence in reply["advice"]
    assert (reply["requestsPerMinute"], reply["requestsPerDay"], reply["rolling"]["requestsPerMinute"]) == (0, 0, 0)


@pytest.mark.parametrize("stream", [(), ("--stream",)])
def test_invoke_refuses(run, environment, zero, stream):
    options = ("invoke", PROFILE, "Hi", "--endpoint-url", zero.url, *stream)
    done = run(*options, environment=with_credentials(environment))
    assert (done.returncode, done.stdout) == (1, "")
    assert zero.sentence in done.stderr
    assert not any("converse" in name or name.startswith("model/") for name in zero.requests), "nothing is sent"


def test_run_refuses(bedquota, environment, zero, tmp_path):
    batch = Batch(bedquota, with_credentials(environment), zero.url, tmp_path)
    batch.write(record(1), record(2))
    done = batch()
    assert done.returncode == 1 and zero.sentence in done.stderr
    assert [result["error"]["errorMessage"] for result in batch.results] == [zero.sentence] * 2


def test_what_is_larger_than_a_quota_names_it(run, environment):
    small = {"Quotas": [RPM, TPM | {"Value": 5_000.0, "Adjustable": False}]}
    with AccountServer(ListServiceQuotas=small, ListAWSDefaultServiceQuotas=small) as server:
        options = ("invoke", PROFILE, "Hi", "--max-tokens", "9000", "--endpoint-url", server.url)
        done = run(*options, environment=with_credentials(environment))
    assert done.returncode == 1
    words = ("L-00000002 (tokens per minute), more than the 5,000", "not adjustable", "AWS Support", "--max-tokens")
    assert all(word in done.stderr for word in words), done.stderr
