"""The hosts of every service, Region and variant are those of botocore's rule sets."""

import subprocess

import botocore.session
import pytest
from botocore.config import Config
from botocore.endpoint_provider import EndpointProvider
from support import KEY, SECRET

# By our names of settings.
SERVICES = {
    "service_quotas": "service-quotas",
    "bedrock": "bedrock",
    "bedrock_runtime": "bedrock-runtime",
    "cloudwatch": "cloudwatch",
    "sts": "sts",
    "sso": "sso",
    "sso_oidc": "sso-oidc",
    "dynamodb": "dynamodb",
}
# AWS Sign-In has hosts by a rule of its own; botocore has no bedrock-mantle.
OTHERS = {"bedrock_mantle", "signin"}
# No endpoint of ours is global.
GLOBAL = "-global"


@pytest.fixture(scope="module")
def loader():
    return botocore.session.Session().get_component("data_loader")


@pytest.fixture(scope="module")
def regions(loader):
    partitions = loader.load_data("partitions")["partitions"]
    names = {name for partition in partitions for name in partition["regions"]}
    # Regions that AWS has not opened yet follow the same rules.
    invented = {"eu-new-7", "us-gov-new-1", "cn-new-3", "us-iso-new-2", "eusc-de-new-4"}
    return sorted(name for name in names | invented if not name.endswith(GLOBAL))


@pytest.fixture(scope="module")
def ours(bedquota, regions):
    tool = bedquota.with_name("sigv4-tool")
    done = subprocess.run(
        [tool, "endpoints"], input="\n".join(regions) + "\n", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    return {(row[0], row[1], row[2] == "true", row[3] == "true"): row[4] for row in rows}


@pytest.mark.parametrize("name, service", SERVICES.items())
def test_hosts_are_botocores(loader, regions, ours, name, service):
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    theirs = {}
    for region in regions:
        for fips in (False, True):
            for dual_stack in (False, True):
                found = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
                theirs[name, region, fips, dual_stack] = found.url.removeprefix("https://")
    assert len(theirs) == 4 * len(regions) > 200
    if not any(key[0] == name for key in ours):
        pytest.skip(f"nothing here calls {service}")
    assert {key: host for key, host in ours.items() if key[0] == name} == theirs


def test_we_call_no_service_without_a_row_here(ours):
    assert {service for service, *_ in ours} <= set(SERVICES) | OTHERS


def botocores_host(monkeypatch, environment, region="us-gov-west-1"):
    """Where a client sends a request, by the environment alone."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session()
    session.set_credentials(KEY, SECRET)
    client = session.create_client("service-quotas", region, config=Config(retries={"total_max_attempts": 1}))
    sent = []

    def stop(request, **_):
        sent.append(request.url)
        raise InterruptedError

    client.meta.events.register("before-send", stop)
    with pytest.raises(InterruptedError):
        client.list_service_quotas(ServiceCode="bedrock")
    return sent[0].split("/")[2]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_FIPS_ENDPOINT": "True", "AWS_USE_DUALSTACK_ENDPOINT": "TRUE"},
        {"AWS_USE_FIPS_ENDPOINT": "false", "AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_ENDPOINT_URL_SERVICE_QUOTAS": "http://127.0.0.1:9"},
    ],
    ids=lambda settings: "+".join(settings) or "none",
)
@pytest.mark.parametrize("place", ["environment", "profile"])
def test_settings_choose_the_host_that_botocore_chooses(run, environment, monkeypatch, tmp_path, settings, place):
    variables = dict(settings)
    if place == "profile":
        keys = {name.removeprefix("AWS_").lower(): value for name, value in settings.items() if "_USE_" in name}
        config = tmp_path / "config"
        config.write_text("[default]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()))
        variables = {name: value for name, value in settings.items() if "_USE_" not in name}
        variables["AWS_CONFIG_FILE"] = str(config)
    theirs = botocores_host(monkeypatch, variables)
    # A proxy that isn't there tells which host would have been asked, and nothing leaves this machine.
    proxied = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    done = run("list", "--region", "us-gov-west-1", environment=environment | keys | variables | proxied)
    assert done.returncode == 1
    assert f"add {theirs.split(':')[0]} to NO_PROXY" in done.stderr


@pytest.mark.parametrize("name", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
def test_a_value_that_is_neither_true_nor_false_is_refused(run, environment, name):
    """botocore takes it for false, and whoever needs FIPS wouldn't learn that."""
    done = run("list", "--region", "us-east-1", environment=environment | {name: "yes"})
    assert done.returncode == 1
    assert done.stderr == f'bedquota: {name} is "yes"; it takes true or false.\n'
