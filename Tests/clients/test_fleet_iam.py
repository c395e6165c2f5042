"""A fleet whose store is a cache of AWS's: logins by IAM, with tokens as botocore makes them."""

import subprocess

import pytest
from botocore.credentials import Credentials
from certificates import Authority
from emulator_control import eventually
from fleet_world import FleetWorld
from iam_cache import IAMCache, botocore_token
from processes import Runner
from support import BINARY, KEY, REGION, SECRET, clean_environment, with_credentials

TPM = 300_000
SESSION_TOKEN = "a+session/token=" * 8


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def cache(authority):
    with IAMCache(authority.server("good"), authority.bundle) as cache:
        yield cache


@pytest.mark.parametrize("region", [None, "eu-west-1"])
@pytest.mark.parametrize("session", [None, SESSION_TOKEN])
@pytest.mark.parametrize("kind", ["elasticache", "serverless", "memorydb"])
def test_a_token_is_that_of_botocore(cache, tmp_path, kind, session, region):
    environment = with_credentials(clean_environment(tmp_path)) | ({"AWS_SESSION_TOKEN": session} if session else {})
    url = cache.url + f"&service={kind}" + (f"&region={region}" if region else "")
    for _ in range(2):
        Runner(BINARY, environment).output("fleet", "status", "--fleet", url)
    assert [words[:-1] for words in cache.logins] == [["HELLO", "3", "AUTH", cache.user]] * 2
    parameters = {"Action": "connect", "User": cache.user} | ({"ResourceType": "ServerlessCache"} if kind == "serverless" else {})
    service = "memorydb" if kind == "memorydb" else "elasticache"
    for token in cache.tokens:
        assert token == botocore_token(token, cache.name, parameters, service, region or REGION, Credentials(KEY, SECRET, session))


def test_runs_and_a_gateway_log_in_and_show_no_token(cache, tmp_path):
    with FleetWorld(BINARY, clean_environment(tmp_path), tmp_path, "--fleet", cache.url, "--verbose", tpm=TPM, records=2_000) as fleet:
        [run] = fleet.runs(1)
        [gateway] = fleet.gateways(1, workers=4, quiet=False)
        fleet.begun()
        shown = subprocess.run(["ps", "-ef", "ww"], capture_output=True, text=True, check=True).stdout
        cache.refuses = True
        cache.cut()
        for said in (run.said, gateway.gateway.read_log):
            eventually(lambda said=said: "is away" in said(), "it says that the store is away", 30)
        cache.refuses = False
        eventually(lambda: "answers again" in run.said(), "it logs in again", 30)
        before = run.done()
        eventually(lambda: run.done() > before, "it goes on", 30)
        shown += run.said() + gateway.gateway.read_log() + gateway.page("/metrics") + gateway.page("/status")
        assert len(cache.tokens) >= 4
        for token in cache.tokens:
            assert token.rpartition("X-Amz-Signature=")[2] not in shown


def test_what_keeps_it_from_logging_in_is_said(cache, tmp_path):
    clean = clean_environment(tmp_path)
    keys = with_credentials(clean)
    bare = {name: value for name, value in keys.items() if name not in ("AWS_REGION", "AWS_DEFAULT_REGION")}
    cache.refuses = True
    for environment, words in ((keys, "elasticache:Connect"), (clean | {"AWS_REGION": REGION}, "No AWS credentials"), (bare, "No Region")):
        done = Runner(BINARY, environment)("fleet", "status", "--fleet", cache.url)
        assert done.returncode == 1 and words in done.stderr, done.stderr
        assert "Signature" not in done.stderr
    for url, words in (
        (cache.url.replace("rediss:", "redis:"), "rediss://"),
        (cache.url.replace(f"{cache.user}@", ""), "needs a user"),
        (cache.url + "&service=redis", "unknown service"),
    ):
        done = Runner(BINARY, keys)("fleet", "status", "--fleet", url)
        assert done.returncode == 64 and words in done.stderr, done.stderr
