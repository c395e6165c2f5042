"""`bedquota resolve`: never a wrong quota, and nearly every right one."""

import json

import pytest
from support import ACCOUNT_FILES, SHARED

SINGLE = ("rpm", "tpm", "concurrent")
FOUND_SHARE = 0.98

# Rows of model-quota-pairs.json that we hold to be wrong: (invoked id, measure) -> why.
DISAGREEMENTS: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def pairs():
    path = SHARED / "data/model-quota-pairs.json"
    if not path.exists():
        pytest.skip(f"no pairs at {path}; BEDQUOTA_SHARED names another folder")
    return {pair["invoked_id"]: pair["codes"] for pair in json.loads(path.read_text("utf-8"))}


@pytest.fixture(scope="module")
def resolve(run):
    """Resolves ids in an account: a list of (measure, code) for each."""

    def call(account, *identifiers):
        arguments = (*identifiers, "--emulator", *account.options, "--output", "json")
        replies = json.loads(run.output("resolve", *arguments))
        assert [reply["id"] for reply in replies] == list(identifiers)
        return replies

    return call


def codes_of(reply) -> dict[str, set[str]]:
    codes = {}
    for quota in reply["quotas"]:
        codes.setdefault(quota["measure"], set()).add(quota["code"])
    return codes


@pytest.fixture(scope="module")
def resolved(pairs, resolve, recorded_account):
    replies = resolve(recorded_account, *pairs)
    return {reply["id"]: codes_of(reply) for reply in replies}


def test_no_wrong_code(pairs, resolved):
    wrong = []
    for identifier, expected in pairs.items():
        for measure in SINGLE:
            ours = resolved[identifier].get(measure, set())
            disputed = (identifier, measure) in DISAGREEMENTS
            if measure in expected and not disputed and ours - {expected[measure]}:
                wrong.append((identifier, measure, sorted(ours), expected[measure]))
    assert not wrong, "\n".join(map(str, wrong))


def test_nearly_every_pair_is_found(pairs, resolved, capsys):
    wanted = [
        (identifier, measure, code)
        for identifier, codes in pairs.items()
        for measure, code in codes.items()
        if (identifier, measure) not in DISAGREEMENTS
    ]
    missing = [row for row in wanted if row[2] not in resolved[row[0]].get(row[1], set())]
    found = len(wanted) - len(missing)
    with capsys.disabled():
        print(
            f"\nresolve: {found} of {len(wanted)} pairs found ({found / len(wanted):.1%})", end=" "
        )
    assert found >= FOUND_SHARE * len(wanted), "\n".join(map(str, missing))


def test_disagreements_are_about_real_pairs(pairs):
    assert all(measure in pairs.get(identifier, {}) for identifier, measure in DISAGREEMENTS)


def test_one_code_per_rate(pairs, resolve, recorded_account):
    for reply in resolve(recorded_account, *pairs):
        for measure in ("rpm", "tpm"):
            assert len(codes_of(reply).get(measure, [])) <= 1, reply
        assert all(quota["evidence"] for quota in reply["quotas"]), reply


def test_values_and_names_are_those_of_the_account(resolve, served_account):
    applied = {quota["QuotaCode"]: quota["Value"] for quota in served_account.applied}
    identifiers = [model["modelId"] for model in served_account.models]
    for reply in resolve(served_account, *identifiers):
        for quota in reply["quotas"]:
            assert quota["name"] == served_account.union[quota["code"]]["QuotaName"]
            assert quota.get("appliedValue", "absent") == applied.get(quota["code"], "absent")


def test_an_arn_resolves_as_its_id(resolve, served_account):
    for profile in served_account.profiles[:5]:
        pair = (profile["inferenceProfileId"], profile["inferenceProfileArn"])
        by_id, by_arn = resolve(served_account, *pair)
        assert by_id["quotas"] == by_arn["quotas"]
        assert by_id["status"] == by_arn["status"]


@pytest.mark.parametrize(
    "identifier",
    [
        "acme.rocket-9-v1:0",
        "us.acme.rocket-9-v1:0",
        "anthropic.claude-sonnet-99-20300101-v1:0",
        "amazon.nova-77-lite-v1:0",
    ],
)
def test_models_that_do_not_exist_have_no_quotas(resolve, served_account, identifier):
    [reply] = resolve(served_account, identifier)
    assert reply["status"] == "unknown"
    assert not {"rpm", "tpm", "concurrent"} & set(codes_of(reply))


def new_quota(template, code, name):
    arn = template["QuotaArn"].rsplit("/", 1)[0] + "/" + code
    return template | {"QuotaArn": arn, "QuotaCode": code, "QuotaName": name, "Value": 1000.0}


@pytest.fixture(scope="module")
def future_account(built_in_account, tmp_path_factory):
    """The built-in account with quotas of models that don't exist yet, named as AWS names them."""
    directory = tmp_path_factory.mktemp("future")
    names = {
        "L-AAAA0001": "On-demand model inference tokens per minute for Anthropic Claude Haiku 77",
        "L-AAAA0002": "Cross-region model inference tokens per minute for Anthropic Claude Haiku 77",
        "L-AAAA0003": "Global cross-region model inference tokens per minute for Anthropic Claude Haiku 77",
        "L-AAAA0004": "Cross-region model inference tokens per minute for Anthropic Claude Haiku 77.5",
        "L-AAAA0005": "Cross-region model inference tokens per minute for Anthropic Claude Haiku 77 1M Context Length",
    }
    for file in ACCOUNT_FILES:
        content = built_in_account.load(file)
        if "quotas" in file:
            template = content["Quotas"][0]
            content["Quotas"] += [new_quota(template, code, name) for code, name in names.items()]
        (directory / file).write_text(json.dumps(content, indent=1), encoding="utf-8")
    return type(built_in_account)("future", directory, ("--account", str(directory)))


@pytest.mark.parametrize(
    "identifier, code",
    [
        ("anthropic.claude-haiku-77-20300101-v1:0", "L-AAAA0001"),
        ("us.anthropic.claude-haiku-77-20300101-v1:0", "L-AAAA0002"),
        ("eu.anthropic.claude-haiku-77-20300101-v1:0", "L-AAAA0002"),
        ("global.anthropic.claude-haiku-77-20300101-v1:0", "L-AAAA0003"),
        ("us.anthropic.claude-haiku-77-5-20300101-v1:0", "L-AAAA0004"),
    ],
)
def test_models_that_nobody_has_seen_resolve_by_rule(resolve, future_account, identifier, code):
    [reply] = resolve(future_account, identifier)
    assert codes_of(reply).get("tpm") == {code}
