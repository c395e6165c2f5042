"""`bedquota routes`: every way to invoke a model, each pool of quotas once; and `capacity` over several of them."""

import csv
import io
import json
import shutil

import pytest
from account_server import ACCOUNT, APPLICATION, MODEL, PROFILE, REPLIES, RPM, SYSTEM, TPM, AccountServer, denied, profile, profiles, quota
from processes import Emulator
from support import REGION, with_credentials
from test_commands import assert_failed

SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS = "anthropic.claude-opus-4-7"
AVAILABILITY = "foundation-model-availability/amazon.nova-pro-v1%3A0"
GRANTED = {
    "modelId": MODEL, "agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE",
}
SIZES = ("--input-tokens", "900", "--output-tokens", "100", "--max-tokens", "100", "--burndown", "1")


@pytest.fixture
def routes(run):
    """The JSON of `routes` against the built-in account."""

    def call(*arguments):
        return json.loads(run.output("routes", *arguments, "--emulator", "--output", "json"))

    return call


@pytest.fixture
def ask(run, environment):
    """Runs a command against a server."""

    def call(server, *arguments):
        return run(*arguments, "--endpoint-url", server.url, environment=with_credentials(environment))

    return call


def by_kind(answer, kind):
    return [route for route in answer["routes"] if route["kind"] == kind]


def limits(pool):
    return {limit["measure"]: limit for limit in pool["quotas"]}


def test_every_way_and_its_quotas(routes, built_in_account):
    answer = routes(MODEL)
    assert (answer["modelId"], answer["name"]) == (MODEL, "Nova Pro")
    assert [(route["kind"], route.get("pool")) for route in answer["routes"]] == [
        ("provisioned", None), ("provisioned", None), ("system-profile", 1), ("model", 2)]
    assert [limits(pool)["tpm"]["code"] for pool in answer["pools"]] == ["L-C0326783", "L-CE33604C"]
    for pool in answer["pools"]:
        for limit in pool["quotas"]:
            assert limit["appliedValue"] == built_in_account.union[limit["code"]]["Value"]
    assert answer["total"]["tokensPerMinute"] == 1_600_000 + 400_000 and answer["total"]["pools"] == [1, 2]
    # The tokens of a day are one quota of both pools, and another one of all models.
    assert {shared["code"]: shared["pools"] for shared in answer["total"]["shared"]}["L-D690997B"] == [1, 2]


def test_provisioned_throughput(routes):
    steady, tuned = by_kind(routes(MODEL), "provisioned")
    assert steady["provisioned"]["modelUnits"] == 2 and steady["usable"] and steady["status"] == "InService"
    assert [need["code"] for need in tuned["needs"]] == ["custom-model", "status"] and not tuned["usable"]
    [ids] = routes("nova-pro-steady")["models"].values()
    assert ids == [steady["id"], f"us.{MODEL}", MODEL]


def test_an_application_profile_shares_a_pool(routes):
    answer = routes(SONNET)
    [own] = by_kind(answer, "application-profile")
    assert own["id"].startswith("arn:") and own["pool"] == 1 and answer["pools"][0]["ids"] == [f"us.{SONNET}", own["id"]]
    assert answer["total"]["tokensPerMinute"] == 8_000_000 + 5_000_000
    assert answer["models"] == {"claude-sonnet-4-5": [f"us.{SONNET}"]} and answer["otherGeographies"] == [f"global.{SONNET}"]
    assert routes(own["id"])["modelId"] == SONNET


def test_profiles_alone_and_bedrock_mantle(run, routes):
    answer = routes(OPUS)
    [own] = by_kind(answer, "model")
    assert [need["code"] for need in own["needs"]] == ["profile"] and "pool" not in own and not own["usable"]
    assert f"us.{OPUS}" in own["needs"][0]["message"]
    [mantle] = by_kind(answer, "mantle")
    assert limits(answer["pools"][mantle["pool"] - 1]).keys() == {"input-tpm", "output-tpm"}
    assert answer["total"]["mantleInputTokensPerMinute"] == 20_000_000
    assert mantle["pool"] not in answer["total"]["pools"]
    text = run.output("routes", OPUS, "--emulator")
    assert "bedrock-mantle counts apart" in text and "profile: On-demand throughput isn't supported" in text
    assert text.endswith(f"models:\n  claude-opus-4-7: [us.{OPUS}]\n  # global.{OPUS} would process requests in any commercial Region\n")


def test_the_use_of_the_last_hour(run, routes):
    answer = routes(MODEL)
    reports = json.loads(run.output("usage", f"us.{MODEL}", MODEL, "--hours", "1", "--emulator", "--output", "json"))
    for pool, report in zip(answer["pools"], reports, strict=True):
        peaks = {peak["measure"]: peak for peak in report["peaks"] if "value" in peak}
        for measure in ("rpm", "tpm"):
            limit = limits(pool)[measure]
            assert limit["quota"] == peaks[measure]["quota"] if measure in peaks else limit["peak"] == 0
            assert limit["free"] == pytest.approx(max(0, limit["quota"] - limit["peak"]))
    assert sum(limits(pool)["tpm"]["peak"] for pool in answer["pools"]) > 0
    assert "peak" not in limits(answer["pools"][0])["tpd"], "an hour doesn't tell a day"


@pytest.mark.parametrize("text", [MODEL, f"us.{MODEL}", "nova-pro", "Nova Pro", "nova pro", f"{MODEL}:300k", "nova-pro-steady"])
def test_a_model_as_people_name_it(routes, text):
    assert routes(text, "--no-usage")["modelId"] == MODEL


@pytest.mark.parametrize("text, names", [("opus", [OPUS, "anthropic.claude-opus-4-6-v1"]), ("claude", [SONNET, OPUS])])
def test_several_models_are_named(run, text, names):
    done = run("routes", text, "--emulator", "--quiet")
    assert_failed(done, 64, f'"{text}" may mean', *names)
    assert_failed(run("capacity", text, "--routes", "--emulator", "--quiet"), 64, *names)


@pytest.mark.parametrize("text, word", [("acme.rocket-9-v1:0", "no model"), ("rocket", "no model"), ("amazon.nova-por-v1:0", MODEL)])
def test_an_unknown_model(run, text, word):
    assert_failed(run("routes", text, "--emulator", "--quiet"), 1, text, word)


@pytest.mark.parametrize("text", ["", " ", ".", "a\nb", "\x1b]52;c;x\x07", "m" * 100_000, "\u202ea.b"])
def test_no_model_at_all(run, text):
    for command in (["routes", text], ["capacity", text, "--routes"]):
        done = run(*command, "--emulator", "--quiet")
        assert_failed(done, 64)
        assert len(done.stderr) < 2_000 and "\x1b" not in done.stderr


@pytest.fixture(scope="module")
def two_regions(built_in_account, tmp_path_factory):
    folder = tmp_path_factory.mktemp("two") / "account"
    for region in (REGION, "us-west-2"):
        shutil.copytree(built_in_account.directory, folder / region)
        file = folder / region / "account.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"region": region}))
    return folder


def test_two_regions(run, two_regions):
    options = ("routes", MODEL, "--regions", f"{REGION},us-west-2", "--emulator", "--account", str(two_regions))
    answer = json.loads(run.output(*options, "--output", "json"))
    assert [pool["region"] for pool in answer["pools"]] == [REGION, REGION, "us-west-2", "us-west-2"]
    assert [pool["pool"] for pool in answer["pools"]] == [1, 2, 3, 4]
    assert answer["total"]["tokensPerMinute"] == 2 * 2_000_000
    [ids] = answer["models"].values()
    assert ids.count(f"us.{MODEL}") == 1 and ids[-1] == MODEL
    table = run.output(*options)
    assert "Nova Pro (amazon.nova-pro-v1:0) in 2 Regions" in table and "REGION" in table
    rows = list(csv.DictReader(io.StringIO(run.output(*options, "--output", "csv"))))
    assert {row["region"] for row in rows} == {REGION, "us-west-2"} and {row["tpm"] for row in rows if row["kind"] == "model"} == {"400000"}


def test_a_region_that_can_not_be_read(run):
    done = run("routes", MODEL, "--regions", f"{REGION},eu-central-1", "--emulator", "--output", "json")
    assert done.returncode == 0 and "eu-central-1: The emulator serves only us-east-1." in done.stderr
    assert json.loads(done.stdout)["failures"] == [{"error": "The emulator serves only us-east-1.", "region": "eu-central-1"}]
    assert_failed(run("routes", MODEL, "--regions", "eu-central-1", "--emulator", "--quiet"), 1, "eu-central-1")


def test_no_access(run, bedquota, environment):
    server = Emulator(bedquota, environment, "--deny-model", MODEL, "--no-auth")
    try:
        here = with_credentials(environment) | {"AWS_ENDPOINT_URL": server.url}
        answer = json.loads(run.output("routes", MODEL, "--no-usage", "--output", "json", environment=here))
        text = run.output("routes", MODEL, "--no-usage", environment=here)
    finally:
        assert server.stop() == 0
    assert all("access" in [need["code"] for need in route["needs"]] for route in answer["routes"])
    assert answer["access"][0]["entitlement"] == "NOT_AVAILABLE"
    assert "access: The account has no access to the model." in text


def test_without_cloudwatch_the_use_is_unknown(ask):
    with AccountServer(**{"ListMetrics": denied, AVAILABILITY: GRANTED}) as server:
        done = ask(server, "routes", MODEL, "--output", "json")
        table = ask(server, "routes", MODEL)
    assert done.returncode == 0 and done.stderr.count("\n") == 1
    assert "the use of the last hour is unknown" in done.stderr and "cloudwatch:ListMetrics" in done.stderr
    [pool] = [pool for pool in json.loads(done.stdout)["pools"] if pool["quotas"]]
    assert limits(pool)["rpm"]["quota"] == 100 and not {"peak", "free"} & set(limits(pool)["rpm"])
    assert any(line.split()[:6] == ["1", "cross-region", "rpm", "100", "–", "–"] for line in table.stdout.splitlines()), table.stdout


def test_as_few_calls_as_needed(ask):
    with AccountServer(**{AVAILABILITY: GRANTED}) as server:
        assert ask(server, "routes", MODEL, "--no-usage", "--quiet").returncode == 0
        lists = ["ListServiceQuotas", "ListAWSDefaultServiceQuotas", "foundation-models", SYSTEM, APPLICATION, "provisioned-model-throughputs"]
        assert dict(server.requests) == dict.fromkeys([*lists, AVAILABILITY], 1)
        assert ask(server, "routes", MODEL, "--quiet").returncode == 0
        assert (server.requests["ListMetrics"], server.requests["GetMetricData"]) == (1, 1)


def test_access_and_provisioned_throughput_that_are_denied(ask):
    with AccountServer(**{AVAILABILITY: denied, "provisioned-model-throughputs": denied}) as server:
        done = ask(server, "routes", MODEL, "--no-usage")
    assert done.returncode == 0 and "Access to the model: unknown." in done.stdout
    assert "Provisioned throughput could not be listed." in done.stdout
    assert "bedrock:GetFoundationModelAvailability" in done.stderr and "bedrock:ListProvisionedModelThroughputs" in done.stderr


def test_quotas_that_are_denied(ask):
    with AccountServer(**{"ListServiceQuotas": denied, "ListAWSDefaultServiceQuotas": denied, AVAILABILITY: GRANTED}) as server:
        done = ask(server, "routes", MODEL, "--no-usage", "--output", "json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and "quotas can't be listed" in done.stderr
    assert [route["kind"] for route in answer["routes"]] == ["system-profile", "model"]
    assert "tokensPerMinute" not in answer["total"] and all(pool["quotas"] == [] for pool in answer["pools"])


def test_a_model_of_bedrock_mantle_alone(ask):
    pair = [
        quota("L-00000003", "[bedrock-mantle endpoint] Input tokens per minute for GPT-5.4", 5_000_000.0),
        quota("L-00000004", "[bedrock-mantle endpoint] Output tokens per minute for GPT-5.4", 500_000.0),
    ]
    for text in ("openai.gpt-5.4", "gpt 5.4"):
        with AccountServer(ListServiceQuotas={"Quotas": [RPM, TPM, *pair]}) as server:
            answer = json.loads(ask(server, "routes", text, "--output", "json").stdout)
            assert server.requests["ListMetrics"] == 1 and not any("availability" in name for name in server.requests)
        assert [route["id"] for route in answer["routes"]] == ["openai.gpt-5.4"] and answer["models"] == {}
        assert limits(answer["pools"][0])["output-tpm"]["free"] == 500_000


def test_a_quota_of_0_and_another_geography(ask):
    japan = profile(f"jp.{MODEL}", "ap-northeast-1", "ap-northeast-3")
    changed = {SYSTEM: profiles(*REPLIES[SYSTEM]["inferenceProfileSummaries"], japan), AVAILABILITY: GRANTED}
    with AccountServer(**changed) as server:
        text = ask(server, "routes", MODEL, "--no-usage").stdout
    assert f'  nova-pro: ["jp.{MODEL}", "{MODEL}"]\n  # "{PROFILE}" would process requests in us-east-1, us-east-2, us-west-2\n' in text
    with AccountServer(ListServiceQuotas={"Quotas": [RPM | {"Value": 0.0}, TPM]}, **{AVAILABILITY: GRANTED}) as server:
        answer = json.loads(ask(server, "routes", MODEL, "--no-usage", "--output", "json").stdout)
    assert [need["code"] for need in by_kind(answer, "system-profile")[0]["needs"]] == ["quota"]
    assert answer["models"] == {"nova-pro": [MODEL]} and "tokensPerMinute" not in answer["total"]


def test_the_forms_agree(run, routes):
    answer = routes(SONNET)
    rows = list(csv.DictReader(io.StringIO(run.output("routes", SONNET, "--emulator", "--output", "csv"))))
    assert [row["id"] for row in rows] == [route["id"] for route in answer["routes"]]
    for row, route in zip(rows, answer["routes"]):
        assert row["pool"] == str(route.get("pool", "")) and row["needs"].split() == [need["code"] for need in route["needs"]]
        if "pool" in route:
            tokens = limits(answer["pools"][route["pool"] - 1])["tpm"]
            assert (float(row["tpm"]), row["tpmCode"]) == (tokens["quota"], tokens["code"])
    markdown = run.output("routes", SONNET, "--emulator", "--output", "markdown").splitlines()
    assert len(markdown) == 2 + len(rows) and all(route["id"] in line for line, route in zip(markdown[2:], answer["routes"]))


def test_capacity_over_several_ids(run):
    arguments = ("capacity", f"us.{MODEL}", MODEL, f"us.{MODEL}", *SIZES, "--emulator", "--quiet")
    answer = json.loads(run.output(*arguments, "--output", "json"))
    single = [json.loads(run.output("capacity", id, *SIZES, "--emulator", "--quiet", "--output", "json")) for id in (f"us.{MODEL}", MODEL)]
    assert answer["capacities"] == single
    assert answer["total"]["requestsPerMinute"] == sum(each["requestsPerMinute"] for each in single)
    assert answer["total"]["pools"] == 2 and answer["total"]["unknown"] == []
    assert "Together: 300 requests per minute over 2 pools of quotas" in run.output(*arguments)
    rows = list(csv.DictReader(io.StringIO(run.output(*arguments, "--output", "csv"))))
    assert [row["id"] for row in rows] == [each["id"] for each in single for _ in each["limits"]]


def test_capacity_over_the_routes_of_a_model(run, routes):
    answer = json.loads(run.output("capacity", "sonnet 4.5", "--routes", *SIZES, "--emulator", "--quiet", "--output", "json"))
    assert [each["id"] for each in answer["capacities"]] == [f"us.{SONNET}", f"global.{SONNET}"]
    [own] = by_kind(routes(SONNET, "--no-usage"), "application-profile")
    assert answer["total"]["shared"] == [{"id": own["id"], "with": f"us.{SONNET}"}]
    assert answer["total"]["tokensPerMinute"] == 13_000_000
    both = json.loads(run.output("capacity", OPUS, "--routes", *SIZES, "--emulator", "--quiet", "--output", "json"))
    assert [each["endpoint"] for each in both["capacities"]] == ["runtime", "runtime", "mantle"]


@pytest.mark.parametrize("arguments", [
    (MODEL, f"us.{MODEL}", "--hours", "1"), (MODEL, f"us.{MODEL}", "--concurrency", "3"), (MODEL, "--routes", "--concurrency", "3"),
    (MODEL, f"us.{MODEL}", "--routes"), ("--routes",), (MODEL, "--routes", "--endpoint", "mantle"),
], ids=" ".join)
def test_what_several_ids_can_not_have(run, arguments):
    assert_failed(run("capacity", *arguments, "--emulator", "--quiet"), 64, "--")


def test_accounts_that_are_one(run, environment, bedquota, tmp_path):
    """Two names of one account have the same quotas, which count once."""
    server = Emulator(bedquota, environment, "--no-auth")
    settings = f"region={REGION}\nendpoint_url={server.url}\naws_access_key_id=AKIA\naws_secret_access_key=s\n"
    (tmp_path / "config").write_text("".join(f"[profile {name}]\n{settings}" for name in ("one", "two")))
    (tmp_path / "accounts").write_text("one\ntwo\n")
    try:
        options = ("routes", MODEL, "--accounts", str(tmp_path / "accounts"), "--no-usage", "--output", "json")
        answer = json.loads(run.output(*options, environment=environment | {"AWS_CONFIG_FILE": str(tmp_path / "config")}))
    finally:
        assert server.stop() == 0
    assert [pool["account"] for pool in answer["pools"]] == ["one", "one", "two", "two"]
    assert answer["total"]["tokensPerMinute"] == 2_000_000 and ACCOUNT not in json.dumps(answer["total"])
