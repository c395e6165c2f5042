"""`run` and `invoke` over several ids, Regions and accounts: each quota is used, and each record is sent once."""

import json
import signal
import time

import pytest
from accounts_world import LAB, OWN, ROLE, AccountsServer
from batch_runs import Batch, record
from emulator_control import Control, eventually
from processes import Emulator
from region_emulators import EAST, OHIO, WEST, RegionEmulators, region_accounts
from runtime_calls import INSTANT, OPUS, PROFILE, RPM_CODE, TPD_CODE, TPM_CODE
from runtime_families import NOVA
from support import REGION, with_credentials
from test_commands import assert_failed

THREE = ("--regions", f"{EAST},{WEST},{OHIO}")
MODEL = "amazon.nova-pro-v1:0"
# Input and output that a record of 400 letters uses.
TOKENS = 120


@pytest.fixture
def regions(bedquota, environment, built_in_account, tmp_path):
    worlds = []

    def make(*options, without=()):
        options = options or ("--latency", "0.05", "--tokens-per-second", "0")
        folders = region_accounts(built_in_account.directory, tmp_path / "aws", (EAST, WEST, OHIO), without)
        worlds.append(RegionEmulators(bedquota, environment, folders, *options, "--output-tokens", "20"))
        set_quotas(worlds[-1], 6e6)
        return worlds[-1]

    yield make
    for world in worlds:
        world.__exit__()


def set_quotas(world, tokens, *regions):
    """Sets the tokens per minute of some Regions, or of all."""
    for region in regions or world.folders:
        world.set_quotas(region, **{TPM_CODE: tokens})


@pytest.fixture
def batch_of(bedquota, environment, tmp_path):
    return lambda world: Batch(bedquota, with_credentials(environment), world.aws.url, tmp_path)


def names(count):
    return sorted(f"r{number}" for number in range(count))


def ended(batch, count, *options, **others):
    """The summary of a run in which every record has ended well, once."""
    done = batch(*options, "--output", "json", **others)
    assert done.returncode == 0, done.stderr
    assert sorted(batch.identifiers()) == names(count)
    assert all("modelOutput" in result for result in batch.results)
    return json.loads(done.stdout)


def timed(world, batch, count, *options):
    """The time of a run by the emulators' clock, in seconds, and its summary."""
    batch.output.unlink(missing_ok=True)
    batch.output.with_name("out.jsonl.progress").unlink(missing_ok=True)
    batch.write(*map(record, range(count)))
    start = world.now()
    summary = ended(batch, count, *options)
    return world.now() - start, summary


def test_three_quotas_take_a_third_of_the_time(regions, batch_of):
    world = regions()
    batch = batch_of(world)
    set_quotas(world, 180_000)
    one, _ = timed(world, batch, 700, "--regions", EAST)
    assert one > 700 * TOKENS / 3_000 - 3, "the quota binds"
    before = world.aws.served()
    assert before == {EAST: 700}
    three, summary = timed(world, batch, 2_100, *THREE)
    assert three < 2.2 * one, "three times the records take far less than three times as long"
    served = world.aws.served()
    served[EAST] -= 700
    assert sum(served.values()) == 2_100, "none is sent twice"
    assert all(0.28 < count / 2_100 < 0.39 for count in served.values()), served
    assert {scope["scope"]: scope["succeeded"] for scope in summary["scopes"]} == served
    assert sum(scope["inputTokens"] for scope in summary["scopes"]) == summary["inputTokens"]
    assert world.aws.throttled() == summary["throttled"] == 0 and world.in_flight() == 0


def test_the_plan_has_each_scope_and_their_sum(regions, batch_of):
    world = regions()
    set_quotas(world, 100_000)
    set_quotas(world, 400_000, WEST)
    batch = batch_of(world)
    batch.write(*map(record, range(6_000)))
    done = batch("--dry-run", "--output", "json", *THREE)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert [(scope["scope"], scope["tokensPerMinute"]) for scope in plan["scopes"]] == [(EAST, 1e5), (WEST, 4e5), (OHIO, 1e5)]
    assert plan["total"]["tokensPerMinute"] == 6e5
    assert plan["secondsAtLeast"] == pytest.approx(6_000 * plan["averageInputTokens"] / 1e4, rel=0.01)
    assert "over 3 scopes" in done.stderr and "at the quotas together" in done.stderr
    assert f"{WEST}" in done.stderr and "400,000" in done.stderr and "600,000" in done.stderr
    assert not batch.output.exists() and world.aws.served() == {}


def test_ids_before_regions(regions, batch_of):
    world = regions()
    batch = batch_of(world)
    batch.write(record(0))
    done = batch("--dry-run", "--output", "json", "--regions", f"{WEST},{EAST}", model=f"{PROFILE},{MODEL}")
    labels = [scope["scope"] for scope in json.loads(done.stdout)["scopes"]]
    assert labels == [f"{PROFILE} {WEST}", f"{PROFILE} {EAST}", f"{MODEL} {WEST}", f"{MODEL} {EAST}"]
    ended(batch, 1, "--regions", f"{WEST},{EAST}", model=f"{PROFILE},{MODEL}")
    assert world.aws.served() == {WEST: 1}


def test_a_region_that_dies_and_comes_back(regions, batch_of):
    world = regions()
    set_quotas(world, 60_000)
    batch = batch_of(world)
    batch.write(*map(record, range(900)))
    process = batch.start(*THREE)
    eventually(lambda: world.aws.served().get(WEST, 0) >= 20, f"replies of {WEST}", 60)
    world.kill(WEST)
    before = dict(world.aws.served())
    eventually(lambda: world.aws.served().get(EAST, 0) >= before.get(EAST, 0) + 60, "the others go on", 60)
    assert world.aws.served()[WEST] <= before[WEST] + 5
    world.start(WEST)
    set_quotas(world, 6e6)
    _, words = process.communicate(timeout=120)
    assert process.returncode == 0, words
    assert sorted(batch.identifiers()) == names(900)
    assert world.in_flight() == 0


def test_a_signal_and_then_other_regions(regions, batch_of):
    world = regions()
    set_quotas(world, 30_000)
    batch = batch_of(world)
    batch.write(*map(record, range(600)))
    process = batch.start(*THREE)
    eventually(lambda: batch.output.exists() and batch.output.read_bytes().count(b"\n") >= 30, "results", 60)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 130 and time.monotonic() - start < 20, words
    assert "finishing" in words and "--resume" in words and "THROTTLED" in words
    before = batch.identifiers()
    assert 30 <= len(before) == sum(world.aws.served().values()) < 300
    set_quotas(world, 6e6)
    ended(batch, 600, "--resume", "--regions", OHIO)
    ended(batch, 600, "--resume", "--regions", EAST, model=f"{MODEL},{PROFILE}")
    assert sum(world.aws.served().values()) == 600, "none is sent twice"


def test_kill_and_resume(regions, batch_of):
    world = regions()
    set_quotas(world, 60_000)
    batch = batch_of(world)
    batch.write(*map(record, range(200)))
    process = batch.start("--quiet", *THREE)
    eventually(lambda: batch.output.exists() and batch.output.read_bytes().count(b"\n") >= 20, "results", 60)
    process.kill()
    process.communicate()
    set_quotas(world, 6e6)
    ended(batch, 200, "--resume", *THREE)


def test_a_scope_that_cannot_be_used_is_left_out(regions, batch_of):
    world = regions(without=(WEST,))
    batch = batch_of(world)
    batch.write(*map(record, range(5)))
    done = batch("--regions", f"{WEST},eu-north-1,{EAST}")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if "left out" in line]
    assert len(lines) == 2, done.stderr
    assert any("eu-north-1" in line and "not enabled" in line for line in lines)
    assert any(line.startswith(f"bedquota: {WEST}: {PROFILE} is left out") for line in lines)
    assert world.aws.served() == {EAST: 5}
    nowhere = batch("--quiet", "--regions", f"eu-north-1,{WEST}", "--resume")
    assert_failed(nowhere, 1, "No account and Region that was named can take the requests")
    away = batch("--quiet", "--regions", "eu-north-1,eu-west-3", "--resume")
    assert_failed(away, 1, "eu-north-1: ", "not enabled")


def test_ids_of_different_forms_are_refused_before_anything_is_paid(regions, batch_of):
    world = regions()
    batch = batch_of(world)
    batch.write({"recordId": "native", "modelInput": NOVA.body})
    assert_failed(batch(model=f"{PROFILE},{OPUS}"), 1, "The body of native", OPUS, "doesn't take")
    assert world.aws.served() == {} and not batch.output.exists()
    both = batch(model=f"{PROFILE},openai.gpt-5.4")
    assert_failed(both, 1, "bedrock-runtime", "bedrock-mantle", "(--endpoint)")


@pytest.mark.parametrize(
    "options, words",
    [(("--regions", ","), "--regions"), (("--regions", "all"), "--regions"), (("--regions", EAST, "--region", WEST), "--region"),
     (("--accounts", "x", "--emulator"), "--emulator")])
def test_options_that_cannot_be(run, tmp_path, options, words):
    done = run("run", PROFILE, "--input", "x", "--output-file", tmp_path / "y", *options)
    assert_failed(done, 64, words)
    assert_failed(run("run", f"{PROFILE},", "--input", "x", "--output-file", tmp_path / "y"), 64, "is not a model id")


# MARK: Accounts


@pytest.fixture
def accounts(bedquota, environment, tmp_path):
    """Two accounts, of which the second one's role is assumed, and a file that names both."""
    emulators = [Emulator(bedquota, environment, *INSTANT, "--output-tokens", "20", "--no-auth") for _ in range(2)]
    for emulator in emulators:
        for code, value in ((RPM_CODE, 1e6), (TPM_CODE, 60_000), (TPD_CODE, 1e9)):
            Control(emulator.url).quota(code, value)
    file = tmp_path / "accounts.yaml"
    file.write_text(f"- {{regions: [{REGION}]}}\n- {{name: lab, role: '{ROLE}', regions: [{REGION}]}}\n")
    with AccountsServer(dict(zip((OWN, LAB), (each.url for each in emulators), strict=True))) as aws:
        aws.file = str(file)
        yield aws
    for emulator in emulators:
        emulator.kill()


@pytest.fixture
def account_batch(bedquota, environment, accounts, tmp_path):
    return Batch(bedquota, with_credentials(environment), accounts.url, tmp_path)


def test_two_accounts_share_the_records(accounts, account_batch):
    account_batch.write(*map(record, range(120)))
    summary = ended(account_batch, 120, "--accounts", accounts.file)
    taken = [account for account, _ in accounts.taken()]
    assert len(taken) == 120 and 40 <= taken.count(LAB) <= 80
    assert {scope["scope"]: scope["succeeded"] for scope in summary["scopes"]} == {
        "own": taken.count(OWN), "lab": taken.count(LAB)}
    assert accounts.sessions() == ["bedquota"], "the role is assumed once"


def test_a_role_that_cannot_be_assumed_is_left_out(accounts, account_batch):
    accounts.denies = lambda session: True
    account_batch.write(*map(record, range(5)))
    done = account_batch("--accounts", accounts.file)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stderr.splitlines() if "left out" in line]
    assert "lab" in line and "AssumeRole" in line
    assert {account for account, _ in accounts.taken()} == {OWN}


@pytest.mark.parametrize(
    "text, words", [("- {role: x}\n", "the ARN of an IAM role"), ("", "names no account"), ("- {}\n- {}\n", "problems")])
def test_a_file_of_accounts_that_is_wrong(accounts, account_batch, tmp_path, text, words):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    account_batch.write(record(0))
    assert_failed(account_batch("--accounts", file), 1, "wrong.yaml", words, "(--accounts)")


# MARK: One request


def test_invoke_goes_where_there_is_room(regions, run, environment):
    world = regions()
    asked = ("--endpoint-url", world.aws.url, "--regions", f"{WEST},{EAST}", "--max-tokens", "100")
    done = run("invoke", PROFILE, "Hi", *asked, environment=with_credentials(environment))
    assert done.returncode == 0 and done.stdout.strip(), done.stderr
    assert world.aws.served() == {WEST: 1} and f"{WEST}: " in done.stderr and "quota tokens" in done.stderr
    world.control(WEST).faults(service_unavailable=1)
    done = run("invoke", PROFILE, "Hi", "--stream", *asked, environment=with_credentials(environment))
    assert done.returncode == 0, done.stderr
    assert world.aws.served() == {WEST: 1, EAST: 1} and f"{EAST}: " in done.stderr


def test_invoke_refuses_ids_of_different_requests(regions, run, environment):
    world = regions()
    done = run(
        "invoke", f"{PROFILE},amazon.titan-embed-image-v1", "Hi", "--endpoint-url", world.aws.url,
        environment=with_credentials(environment))
    assert_failed(done, 1, "take different requests")
