"""The table of IAM actions: what commands really call, the policies that are made of it, and the help that names it."""

import json
import re
import threading

import parliament
import pytest
from account_server import DENIED, AccountServer
from processes import Gateway
from recording_proxy import proxy  # noqa: F401
from runtime_calls import INSTANT, PROFILE
from runtime_shapes import RuntimeClients
from servers import emulator_fixture
from support import with_credentials

# Actions whose operations have other names. Source: the API reference of Converse and ConverseStream.
ACTIONS = {"bedrock:Converse": "bedrock:InvokeModel", "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream"}
# Every identity may call it.
FREE = {"sts:GetCallerIdentity"}

# Runs of each command that together call everything that it may call, but for NEVER: what needs a situation that other tests make.
RUNS = {
    "list": [["list"], ["list", "--model", PROFILE]],
    "resolve": [["resolve", PROFILE]],
    "models": [["models"]],
    "routes": [["routes", PROFILE]],
    "capacity": [["capacity", PROFILE, "--hours", "1"]],
    "usage": [["usage", PROFILE]],
    "dashboard": [["dashboard", PROFILE, "--output-file", "{folder}/board.svg"]],
    "check": [["check", PROFILE]],
    "exporter": [["exporter", PROFILE, "--once"]],
    "top": [["top", PROFILE]],
    "alarms plan": [["alarms", "plan", PROFILE]],
    "alarms apply": [["alarms", "apply", PROFILE, "--yes"]],
    "alarms delete": [["alarms", "apply", PROFILE, "--yes"], "clear", ["alarms", "delete", PROFILE, "--yes"]],
    "increase plan": [["increase", "plan", PROFILE]],
    "increase request": [["increase", "request", PROFILE, "--factor", "2", "--yes"]],
    "increase status": [["increase", "status"], ["increase", "status", PROFILE]],
    "probe": [["probe", PROFILE, "--yes", "--max-requests", "2", "--output-file", "{folder}/probe.json"]],
    "invoke": [["invoke", PROFILE, "Hi", "--max-tokens", "5"]],
    "run": [["run", PROFILE, "--input", "{folder}/in.jsonl", "--output-file", "{folder}/out.jsonl", "--yes"]],
    "record": [["record", "{folder}/account"]],
    "doctor": [["doctor", "increase", "capacity", "routes", "alarms", "plan", "invoke", "--model", PROFILE]],
    "facts": [["facts", PROFILE], ["facts", "--check"], ["facts", "--check", PROFILE]],
}
NEVER = {
    "alarms apply": {"cloudwatch:DeleteAlarms"},  # test_alarms.py: a quota that is gone
    # test_runtime_*.py and test_invoke.py: a denied stream, a quota that changes, counting tokens; test_client_mantle.py
    "invoke": {"bedrock-mantle:CreateInference", "bedrock:InvokeModel", "bedrock:CountTokens", "servicequotas:GetServiceQuota"},
    "run": {"bedrock-mantle:CreateInference", "bedrock:InvokeModel", "bedrock:CountTokens", "servicequotas:GetServiceQuota"},
}
# Types of resources that AWS lists for InvokeModel and that are no ids of ours.
NEVER_INVOKED = {"async-invoke", "default-prompt-router", "marketplace"}
# CountTokens knows it.
COUNTED = "anthropic.claude-sonnet-4-20250514-v1:0"
# Called by a server, which doesn't end by itself; test_the_gateway_* has it.
SERVERS = ["gateway", "serve"]
# Called for application profiles alone; test_an_application_profile has one.
PROFILES = "bedrock:GetInferenceProfile"


server = emulator_fixture(*INSTANT, "--no-auth")


@pytest.fixture
def calls(run, environment, proxy, control, tmp_path):
    """The IAM actions that runs of bedquota used."""
    record = {"recordId": "1", "modelInput": {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}}
    (tmp_path / "in.jsonl").write_text(json.dumps(record) + "\n")
    here = with_credentials(environment) | {"AWS_ENDPOINT_URL": proxy.url}

    def call(runs):
        for arguments in runs:
            if arguments == "clear":
                proxy.operations.clear()
            else:
                done = run(*(each.format(folder=tmp_path) for each in arguments), environment=here)
                assert done.returncode == 0, done.stderr
        return {ACTIONS.get(name, name) for name in proxy.operations} - FREE

    return call


def policy(run, *arguments):
    return json.loads(run.output("iam-policy", *arguments))


def actions(document):
    return {action for statement in document["Statement"] for action in statement["Action"]}


def commands(run):
    """Every command that has no subcommands, as help lists them."""

    def listed(*path):
        text = run.output(*path, "--help")
        found = re.search(r"SUBCOMMANDS:\n(.*?)\n\n", text + "\n\n", re.DOTALL)
        return re.findall(r"^  ([a-z][a-z-]*)(?:  |$)", found[1], re.MULTILINE) if found else []

    top = listed()
    assert "list" in top
    return [" ".join(path) for name in top for path in ([name, sub] for sub in listed(name))] + [
        name for name in top if not listed(name)
    ]


# They need a store, and read quotas as `resolve` does.
WITH_STORE = {f"fleet {name}" for name in ("check", "forget", "limit", "reset", "status")}


@pytest.mark.parametrize("name", sorted(WITH_STORE))
def test_commands_of_a_fleet_read_quotas_alone(run, name):
    assert actions(policy(run, *name.split())) == actions(policy(run, "resolve"))


def test_the_live_page_reads_what_the_exporter_reads(run):
    assert actions(policy(run, "serve")) == actions(policy(run, "exporter"))


def test_every_command_is_in_the_table_or_calls_nothing(run):
    without = [name for name in commands(run) if name not in RUNS and name not in WITH_STORE and name not in SERVERS]
    assert sorted(without) == [
        "demo", "emulate", "fleet acl", "fleet function", "gateway check", "gateway key", "iam-policy", "merge", "whoami",
    ]
    for name in without:
        done = run("iam-policy", *name.split())
        assert done.returncode == 64 and "needs no permission" in done.stderr


@pytest.mark.parametrize("command", RUNS)
def test_the_table_says_what_is_called(run, calls, command):
    allowed = actions(policy(run, *command.split()))
    used = calls(RUNS[command])
    assert used <= allowed, "called, and not in the table"
    assert allowed - used - NEVER.get(command, set()) - {PROFILES} == set(), "in the table, and never called"


def test_the_gateway_calls_what_the_table_says(run, bedquota, environment, proxy, control):
    """What its clients call, and what it calls by itself."""
    gateway = Gateway(bedquota, with_credentials(environment), proxy.url)
    runtime = RuntimeClients(gateway.url).runtime()
    messages = [{"role": "user", "content": [{"text": "Hi"}]}]
    runtime.converse(modelId=PROFILE, messages=messages)
    for _ in runtime.converse_stream(modelId=PROFILE, messages=messages)["stream"]:
        pass
    runtime.count_tokens(modelId=COUNTED, input={"converse": {"messages": messages}})
    assert gateway.stop() == 0
    allowed = actions(policy(run, "gateway"))
    used = {ACTIONS.get(name, name) for name in proxy.operations} - FREE
    assert used <= allowed, "called, and not in the table"
    # test_mantle*.py, test_guardrails.py, a quota that changes
    never = {"bedrock-mantle:CreateInference", "bedrock:ApplyGuardrail", "servicequotas:GetServiceQuota", PROFILES}
    assert allowed - used == never, "in the table, and never called"


@pytest.mark.parametrize("command", [*RUNS, *SERVERS])
def test_help_names_the_same_actions(run, command):
    text = " ".join(run.output(*command.split(), "--help").split())
    paragraph = text[text.index("IAM actions:") :].partition("EXAMPLE")[0]
    named = set(re.findall(r"\b(?:servicequotas|bedrock|bedrock-mantle|cloudwatch|sts):\w+", paragraph))
    assert named == actions(policy(run, *command.split()))


def test_an_application_profile(calls):
    found = calls([["resolve", "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefabcdef"]])
    assert PROFILES in found


@pytest.mark.parametrize("arguments", [[], ["gateway"], *([*command.split()] for command in RUNS), ["run", "alarms", "--region", "us-gov-west-1"]])
def test_policies_are_sound(run, arguments):
    document = policy(run, *arguments)
    assert document["Version"] == "2012-10-17"
    assert all(set(each) == {"Sid", "Effect", "Action", "Resource"} for each in document["Statement"])
    found = parliament.analyze_policy_string(json.dumps(document)).findings
    # parliament's table of AWS's actions ends in 2025 and lacks bedrock-mantle, and its remark on a resource * is what AWS says of these actions.
    known = [each for each in found if each.issue not in ("UNKNOWN_ACTION", "UNKNOWN_PREFIX", "RESOURCE_STAR")]
    # It also misses each type of resource that an action can have and that no command uses.
    missed = [row["required_format"] for each in known if each.issue == "RESOURCE_MISMATCH" for row in each.detail]
    assert {each.issue for each in known} <= {"RESOURCE_MISMATCH"}, known
    assert {each.split(":")[5].split("/")[0] for each in missed} <= NEVER_INVOKED


def test_resources_are_as_narrow_as_aws_allows(run):
    document = policy(run, "run", "alarms", "increase", "--region", "eu-central-1")
    resources = {action: each["Resource"] for each in document["Statement"] for action in each["Action"]}
    assert resources["servicequotas:ListServiceQuotas"] == ["*"]
    assert resources["servicequotas:RequestServiceQuotaIncrease"] == ["arn:aws:servicequotas:eu-central-1:*:bedrock/*"]
    assert resources["cloudwatch:PutMetricAlarm"] == ["arn:aws:cloudwatch:eu-central-1:*:alarm:bedquota/*"]
    assert "arn:aws:bedrock:*::foundation-model/*" in resources["bedrock:InvokeModelWithResponseStream"]
    assert "arn:aws:bedrock:eu-central-1:*:inference-profile/*" in resources["bedrock:InvokeModelWithResponseStream"]
    assert "arn:aws-us-gov:bedrock:*::foundation-model/*" in str(policy(run, "run", "--region", "us-gov-west-1"))


def test_without_a_command_it_is_what_reading_needs(run):
    reading = actions(policy(run))
    assert not [action for action in reading if re.search(r":(Invoke|Put|Delete|Request|Count)", action)]
    assert {"cloudwatch:GetMetricData", "servicequotas:ListServiceQuotas", "bedrock:ListInferenceProfiles"} <= reading


def test_a_slip_is_answered_with_what_was_meant(run):
    done = run("iam-policy", "usge")
    assert done.returncode == 64 and "Did you mean 'usage'?" in done.stderr


def test_a_denied_call_names_the_action_of_the_table(run, environment):
    """The same table names the action in the message."""
    account = AccountServer(ListServiceQuotas=(400, DENIED))
    threading.Thread(target=account.serve_forever, daemon=True).start()
    done = run("list", environment=with_credentials(environment) | {"AWS_ENDPOINT_URL": account.url})
    account.shutdown()
    account.server_close()
    [named] = re.findall(r"servicequotas:\w+", done.stderr)
    assert done.returncode == 1 and named in actions(policy(run, "list"))
