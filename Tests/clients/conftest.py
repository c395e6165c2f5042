"""Fixtures: the binary, the accounts it serves, a running emulator, and clients that talk to it."""

import os

import pytest
from aws_clients import Clients
from batch_runs import Batch
from emulator_control import control_of
from gateway_world import World
from metric_days import Moto
from processes import Emulator, Runner
from runtime_shapes import RuntimeClients
from support import BINARY, SHARED, Account, clean_environment, with_credentials


# Those that take longest, which begin first, so that none is left running alone at the end.
LONGEST = ["probe", "libraries", "fleet", "dashboard", "throttle_share", "situations", "gateway_docs", "run_routes", "live_page"]
LONGEST += ["gateway_holding", "gateway_changes", "fleet_parity", "gateway_ends", "credentials_http", "docs_site", "deploy"]


def pytest_collection_modifyitems(items):
    ranks = {f"test_{name}": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


@pytest.fixture(scope="session")
def bedquota():
    if not os.access(BINARY, os.X_OK):
        pytest.fail(f"{BINARY} is missing: run `swift build` or set BEDQUOTA_BINARY")
    return BINARY.resolve()


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory):
    """An environment without the user's AWS account; the test process gets it too."""
    clean = clean_environment(tmp_path_factory.mktemp("aws"))
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(clean):
            patch.delenv(name)
        for name, value in clean.items():
            patch.setenv(name, value)
        yield clean


@pytest.fixture(scope="session")
def run(bedquota, environment):
    """Runs bedquota without credentials; `--emulator` needs none."""
    return Runner(bedquota, environment)


@pytest.fixture(scope="session")
def account_dir():
    directory = SHARED / "data/account-us-east-1"
    if not directory.is_dir():
        pytest.skip(f"no recorded account at {directory}; BEDQUOTA_SHARED names another folder")
    return directory


@pytest.fixture(scope="session")
def recorded_account(account_dir):
    return Account("recorded", account_dir, ("--account", str(account_dir)))


@pytest.fixture(scope="session")
def built_in_account(run, tmp_path_factory):
    directory = tmp_path_factory.mktemp("record") / "built-in"
    run.output("record", directory, "--emulator")
    return Account("built-in", directory, ())


@pytest.fixture(scope="session", params=["recorded", "built-in"])
def served_account(request):
    return request.getfixturevalue(request.param.replace("-", "_") + "_account")


@pytest.fixture(scope="session")
def emulator(bedquota, environment, served_account):
    server = Emulator(bedquota, environment, *served_account.options)
    yield server
    assert server.stop() == 0, "SIGTERM must end the emulator with exit code 0"


@pytest.fixture(scope="session")
def client_environment(environment, emulator):
    """The environment of a separate process that uses the emulator as AWS."""
    return with_credentials(environment) | {"AWS_ENDPOINT_URL": emulator.url}


@pytest.fixture
def clients(emulator):
    """boto3 clients: `clients("bedrock")`."""
    return Clients(emulator.url)


@pytest.fixture
def control(server):
    """The control API of the module's `server`, reset to its start; a gateway forgets what it learned."""
    control = control_of(server)
    control.reset()
    return control


@pytest.fixture
def runtime(server, control):
    """A boto3 client of the Bedrock runtime of the module's `server`."""
    return RuntimeClients(server.url).runtime()


@pytest.fixture
def batch(bedquota, environment, server, control, tmp_path):
    """`bedquota run` on files of its own, against the module's `server`."""
    return Batch(bedquota, with_credentials(environment), server.url, tmp_path)


@pytest.fixture
def world(bedquota, environment):
    """Makes worlds of a gateway and an emulator, which end with the test: `world(rpm=600)`."""
    worlds = []

    def make(*options, **settings):
        worlds.append(World(bedquota, environment, *options, **settings))
        return worlds[-1]

    yield make
    for one in worlds:
        one.__exit__(None)


@pytest.fixture(scope="session")
def moto_process():
    moto = Moto()
    yield moto
    moto.stop()


@pytest.fixture
def moto(moto_process):
    moto_process.reset()
    return moto_process
