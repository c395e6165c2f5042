"""One name over the quotas of three Regions: all of them are filled, failures go round a Region that is away, conversations stay."""

import json
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from dialects import CLAUDE
from emulator_control import eventually
from recording_upstream import ask
from region_emulators import region_accounts
from regions_world import Regions
from runtime_calls import MESSAGES, PROFILE, RPM_CODE

# In the order in which they are asked; the gateway's own Region comes last.
FIRST, SECOND, HOME = REGIONS = ("us-west-2", "us-east-2", "us-east-1")
ACCOUNTS = "accounts: [{regions: [us-east-1, us-east-2, us-west-2]}]\n"
ENTRIES = ", ".join(f"{{id: '{PROFILE}', region: {region}}}" for region in REGIONS)
CONFIGURATION = f"{ACCOUNTS}models:\n  nova: [{ENTRIES}]\n"
INSTANT = ("--latency", "0", "--tokens-per-second", "0", "--output-tokens", "20")
# Long enough to be cached.
SYSTEM = [{"text": "Answer like a pirate. " * 400}, {"cachePoint": {"type": "default"}}]


@pytest.fixture(scope="session")
def folders(built_in_account, tmp_path_factory):
    return region_accounts(built_in_account.directory, tmp_path_factory.mktemp("regions"), REGIONS)


@pytest.fixture
def regions(bedquota, environment, folders):
    worlds = []

    def make(configuration=CONFIGURATION, options=INSTANT, **settings):
        worlds.append(Regions(bedquota, environment, folders, configuration, options=options, **settings))
        return worlds[-1]

    yield make
    for world in worlds:
        world.__exit__()


def converse(runtime, model="nova", tokens=50, **arguments):
    """The metadata of a reply."""
    return runtime.converse(modelId=model, messages=MESSAGES, inferenceConfig={"maxTokens": tokens}, **arguments)["ResponseMetadata"]


def route(metadata) -> str:
    return metadata["HTTPHeaders"]["x-bedquota-route"]


def listed(world) -> list[str]:
    request = urllib.request.Request(f"{world.url}/v1/models", headers={"Authorization": "Bearer alice"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return [model["id"] for model in json.load(reply)["data"]]


def at(region: str) -> str:
    return f"{PROFILE}@{region}/own"


def test_three_quotas_are_filled_and_nobody_sees_a_429(regions):
    """Requests leave evenly, at the rate of the three quotas together: 20 a second."""
    quotas, count = dict(zip(REGIONS, (300, 400, 500), strict=True)), 400
    world = regions(quotas={region: {RPM_CODE: value} for region, value in quotas.items()})
    runtime, begun = world.boto3(max_pool_connections=40), time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        replies = list(pool.map(lambda _: converse(runtime), range(count)))
    took, rate = time.monotonic() - begun, sum(quotas.values()) / 60
    assert {reply["RetryAttempts"] for reply in replies} == {0}
    assert count / took >= 0.85 * rate, f"{count / took:.1f} a second of {rate}"
    served, taken = Counter(map(route, replies)), Counter(world.aws.taken())
    assert sum(taken.values()) == count, "none was sent twice"
    for region, quota in quotas.items():
        assert served[at(region)] == taken[region]
        assert 0.85 <= taken[region] / (count * quota / sum(quotas.values())) <= 1.15, served
        assert world.counted(region, "InvocationThrottles", model=PROFILE) == [0]
    assert {name: int(world.metric("bedquota_routed_requests_total", name="nova", route=name)) for name in served} == served


def test_an_entry_without_a_region_stands_for_all(regions):
    """In the order of the account: what the first Region has no room for goes to the second."""
    world = regions(f"{ACCOUNTS}models:\n  nova: ['{PROFILE}']\n", quotas={HOME: {RPM_CODE: 60}})
    runtime = world.boto3(max_pool_connections=30)
    with ThreadPoolExecutor(30) as pool:
        served = Counter(pool.map(lambda _: route(converse(runtime)), range(30)))
    assert served[at(HOME)] >= 1 and served[at(SECOND)] >= 20 and served[at(FIRST)] == 0, served


class Load:
    """Workers that call until they are told to stop; an SDK's own retries are a part of it."""

    def __init__(self, world, workers=8):
        self.runtime, self.stopping = world.boto3(max_pool_connections=workers), threading.Event()
        self.served, self.errors = Counter(), []
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(workers)]

    def work(self):
        while not self.stopping.is_set():
            try:
                self.served[route(converse(self.runtime))] += 1
            except (ClientError, BotoCoreError) as error:
                self.errors.append(str(error))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


def test_a_region_dies_and_comes_back(regions):
    """Its requests go to the next one, no client gets an error, and it is used again when it is back."""
    world = regions(options=("--latency", "0.1", "--tokens-per-second", "0", "--output-tokens", "20"))
    with Load(world) as load:
        eventually(lambda: load.served[at(FIRST)] > 30, "the first Region serves")
        world.kill(FIRST)
        eventually(lambda: load.served[at(SECOND)] > 30, "the second one serves")
        assert "restingUntil" in world.candidates("nova")[FIRST]
        assert world.metric("bedquota_route_resting", name="nova", route=at(FIRST)) == 1
        world.start(FIRST)
        before = load.served[at(FIRST)]
        eventually(lambda: load.served[at(FIRST)] > before + 30, "the first one serves again", 90)
    assert load.errors == []
    assert "restingUntil" not in world.candidates("nova")[FIRST]
    assert load.served[at(HOME)] == 0, "the second one had room"


def test_an_attempt_that_is_not_paid_goes_on_elsewhere(regions, tmp_path):
    log = tmp_path / "access.log"
    world = regions(f"{CONFIGURATION}access_log: {log}\n")
    world.control(FIRST).faults(service_unavailable=1)
    metadata = converse(world.boto3())
    assert route(metadata) == at(SECOND) and metadata["RetryAttempts"] == 0
    line = eventually(lambda: log.exists() and log.read_text().strip() and json.loads(log.read_text().splitlines()[-1]), "it is logged")
    assert (line["route"], line["moved"], line["attempts"], line["region"]) == (at(SECOND), 1, 2, SECOND)
    # It rests, so the next one isn't sent there first.
    assert route(converse(world.boto3())) == at(SECOND)
    eventually(lambda: len(log.read_text().splitlines()) == 2, "it is logged")
    line = json.loads(log.read_text().splitlines()[-1])
    assert line["attempts"] == 1 and "moved" not in line


def test_a_conversation_stays_where_it_is_cached(regions):
    world = regions(quotas={SECOND: {RPM_CODE: 120}})
    runtime = world.boto3()
    world.control(FIRST).faults(service_unavailable=1)
    assert route(converse(runtime, system=SYSTEM)) == at(SECOND)
    world.control(FIRST).faults()
    eventually(lambda: route(converse(runtime)) == at(FIRST), "the first Region is back")
    assert world.candidates("nova")[SECOND]["sessions"] == 1
    # Its cache is worth more than the order, as long as its quota lasts.
    for _ in range(6):
        time.sleep(0.7)
        assert route(converse(runtime, system=SYSTEM)) == at(SECOND)
    assert world.metric("bedquota_routed_spills_total", name="nova") == 0
    spilled = [route(converse(runtime, system=SYSTEM)) for _ in range(20)]
    assert spilled[-1] == at(FIRST) and at(HOME) not in spilled
    first = spilled.index(at(FIRST))
    assert set(spilled[first:]) == {at(FIRST)}, "it is cached there now"
    assert world.metric("bedquota_routed_spills_total", name="nova") == 1
    shown = world.candidates("nova")
    assert (shown[FIRST]["sessions"], shown[SECOND]["sessions"]) == (1, 0)


def test_a_conversation_may_have_a_name(regions):
    """Requests that begin differently stay together, and another name is another conversation."""
    world = regions()
    world.control(FIRST).faults(service_unavailable=1)

    def said(name, text):
        headers = [("Authorization", "Bearer alice"), ("Content-Type", "application/json"), ("x-bedquota-session", name)]
        body = {"system": [{"text": text * 800}, SYSTEM[1]], "messages": MESSAGES, "inferenceConfig": {"maxTokens": 50}}
        status, replied, _ = ask(world.url, "/model/nova/converse", headers, json.dumps(body).encode())
        assert status == 200
        return dict(replied)["x-bedquota-route"]

    assert said("one", "Be kind. ") == at(SECOND)
    world.control(FIRST).faults()
    runtime = world.boto3()
    eventually(lambda: route(converse(runtime)) == at(FIRST), "the first Region is back")
    assert said("one", "Be short. ") == at(SECOND)
    assert said("third", "Be kind. ") == at(FIRST)


def test_a_reload_keeps_what_is_cached_where(regions):
    world = regions()
    runtime = world.boto3()
    world.control(FIRST).faults(service_unavailable=1)
    assert route(converse(runtime, system=SYSTEM)) == at(SECOND)
    world.control(FIRST).faults()
    eventually(lambda: route(converse(runtime)) == at(FIRST), "the first Region is back")
    world.reload(f"{CONFIGURATION}  other: '{PROFILE}'\n")
    eventually(lambda: "other" in listed(world), "the configuration is read again")
    assert route(converse(runtime, system=SYSTEM)) == at(SECOND)


def test_a_stream_that_has_begun_stays_where_it_is(regions):
    world = regions(options=("--latency", "0", "--tokens-per-second", "20", "--output-tokens", "100-101"))
    stream = world.boto3(retries={"total_max_attempts": 1}).converse_stream(
        modelId="nova", messages=MESSAGES, inferenceConfig={"maxTokens": 200})
    assert route(stream["ResponseMetadata"]) == at(FIRST)
    events = iter(stream["stream"])
    while "contentBlockDelta" not in next(events):
        pass
    world.kill(FIRST)
    with pytest.raises((ClientError, BotoCoreError)):
        for _ in events:
            pass
    time.sleep(1)
    assert world.aws.taken() == [FIRST], "it was sent once"


def test_a_name_in_a_body_becomes_the_id_of_its_candidate(regions):
    """Two ids of one Region; the account may not have the first one."""
    other = CLAUDE.replace("us.", "global.", 1)
    world = regions(f"accounts: [{{regions: [us-east-1]}}]\nmodels:\n  claude: [{CLAUDE!r}, {other!r}]\n")
    headers = [("Authorization", "Bearer alice"), ("Content-Type", "application/json"), ("anthropic-version", "2023-06-01")]
    body = json.dumps({"model": "claude", "max_tokens": 50, "messages": [{"role": "user", "content": "Hi"}]}).encode()
    for denied, served in (([], CLAUDE), ([CLAUDE], other)):
        world.control(HOME).deny(*denied)
        status, replied, text = ask(world.url, "/anthropic/v1/messages", headers, body)
        assert status == 200, text
        assert dict(replied)["x-bedquota-route"] == f"{served}@us-east-1/own"
        assert world.counted(HOME, "Invocations", model=served)[0] >= 1
    assert "claude" in listed(world)


def test_nothing_goes_where_the_list_does_not_lead(regions):
    """All that the list names is away; another Region that has room is not asked."""
    world = regions(f"{ACCOUNTS}models:\n  nova: [{{id: '{PROFILE}', region: {FIRST}}}, {{id: '{PROFILE}', region: {SECOND}}}]\n")
    for region in (FIRST, SECOND):
        world.control(region).faults(service_unavailable=1)
    with pytest.raises(ClientError) as caught:
        converse(world.boto3(retries={"total_max_attempts": 1}))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert set(world.aws.taken()) == {FIRST, SECOND}


def test_a_list_that_leads_twice_to_a_place_is_refused(run, tmp_path):
    file = tmp_path / "gateway.yaml"
    file.write_text(f"{ACCOUNTS}models:\n  nova: ['{PROFILE}', {{id: '{PROFILE}', region: us-west-2}}]\n")
    done = run("gateway", "check", file)
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    assert f"{file}:3: models.nova leads twice to {PROFILE} in us-west-2 of the account own" in said
