"""`doctor` in situations that people are in: nothing wrong, and one thing at a time."""

import json
import re
import time

import pytest
from emulator_control import Control, eventually
from network_servers import free_port
from processes import Emulator, Gateway
from raw_http import FAST
from runtime_calls import PROFILE
from scripted_server import ScriptedHandler, ScriptedServer
from support import with_credentials

PASSWORD = "sesame-0123456789"
READS = {
    "servicequotas:ListServiceQuotas", "servicequotas:ListAWSDefaultServiceQuotas", "bedrock:ListFoundationModels",
    "bedrock:ListInferenceProfiles", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData",
}


@pytest.fixture(scope="module")
def server(bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST)
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def doctor(run, environment, server):
    """The checks by name, with the exit code they belong to."""

    def doctor(*arguments, url=server.url, code=0, variables=None):
        here = with_credentials(environment) | {"AWS_ENDPOINT_URL": url} | (variables or {})
        here = {name: value for name, value in here.items() if value}
        started = time.monotonic()
        done = run("doctor", *arguments, "--output", "json", environment=here)
        assert done.returncode == code, done.stdout + done.stderr
        assert time.monotonic() - started < 30
        answer = json.loads(done.stdout)
        assert PASSWORD not in done.stdout + done.stderr and answer["failures"] == sum(one["finding"] == "failed" for one in answer["checks"])
        return {one["name"]: (one["finding"], one["text"]) for one in answer["checks"]}

    return doctor


def failed(checks):
    return {name for name, (finding, _) in checks.items() if finding == "failed"}


def test_nothing_is_wrong(doctor, server):
    checks = doctor()
    assert READS <= set(checks)
    assert not [name for name, (finding, _) in checks.items() if finding in ("failed", "warning")]
    assert checks["region"] == ("ok", "us-east-1, from AWS_REGION")
    assert checks["endpoints"] == ("ok", f"{server.url} for all services")
    assert checks["proxy"] == ("ok", "none")
    assert "111122223333" in checks["caller"][1]
    assert checks["clock"][0] == "ok"
    assert re.search(r"with \d+ quotas", checks["emulator"][1])


def test_commands_say_what_is_tried(doctor):
    checks = doctor("alarms", "apply")
    assert checks["cloudwatch:DescribeAlarms"] == ("ok", "allowed")
    assert checks["cloudwatch:PutMetricAlarm"] == ("not checked", "it would change the account")
    assert "cloudwatch:GetMetricData" not in checks
    checks = doctor("run")
    assert checks["bedrock:InvokeModel"] == ("not checked", "it needs a model")


def test_a_model_is_called_and_not_invoked(doctor, server):
    checks = doctor("run", "--model", PROFILE)
    assert checks["bedrock:InvokeModel"] == ("ok", "not denied: AWS answered ValidationException")
    assert checks["bedrock:InvokeModelWithResponseStream"][0] == "ok"
    # An invalid request takes nothing.
    meters = Control(server.url).meters()
    assert meters and all((meter["inFlight"], meter["available"]) == (0, meter["quota"]) for meter in meters.values()), meters


@pytest.mark.parametrize(
    ("variables", "name", "words"),
    [
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "region", "Region"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials", "credentials"),
        ({"AWS_PROFILE": "nobody"}, "settings", "nobody"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "caller", "signature"),
    ],
)
def test_one_setting_is_wrong(doctor, variables, name, words):
    checks = doctor(code=1, variables=variables)
    assert name in failed(checks) and words in checks[name][1]
    # What doesn't depend on it goes on.
    assert checks["emulator"][0] == "ok"
    if name in ("region", "credentials"):
        assert failed(checks) == {name}
        assert checks["servicequotas:ListServiceQuotas"][0] == "not checked"


def test_nobody_is_there(doctor):
    checks = doctor(code=1, url=f"http://127.0.0.1:{free_port()}")
    assert READS | {"caller"} <= failed(checks)
    assert checks["clock"][0] == "not checked"


class Silent(ScriptedHandler):
    def do_POST(self):
        self.read_body()
        self.server.stopping.wait(60)
        self.close_connection = True

    do_GET = do_POST


def test_a_server_that_never_answers_takes_ten_seconds(doctor):
    with ScriptedServer(Silent) as silent:
        checks = doctor(code=1, url=silent.url)
    assert READS | {"caller"} <= failed(checks)
    assert "5 seconds" in checks["caller"][1]


class Denying(ScriptedHandler):
    """An account whose role may not read metrics, as AWS words it, and whose clock is half an hour before ours."""

    def do_POST(self):
        body = self.read_body()
        if self.headers.get("X-Amz-Target", "").endswith(("GetMetricData", "ListMetrics")):
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            sentence = f"User: arn:aws:iam::111122223333:user/me is not authorized to perform: cloudwatch:{operation} because no identity-based policy allows it"
            return self.answer(403, {"__type": "com.amazon.coral.service#AccessDeniedException", "message": sentence})
        self.relay(self.server.aws, body)

    def do_GET(self):
        self.relay(self.server.aws, self.read_body())

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() - 1_800)


def test_a_denied_action_is_named(doctor, bedquota, environment):
    emulator = Emulator(bedquota, environment, *FAST, "--no-auth")
    with ScriptedServer(Denying) as denying:
        denying.aws = emulator.url
        checks = doctor(code=1, url=denying.url, variables={"AWS_SECRET_ACCESS_KEY": PASSWORD})
    assert emulator.stop() == 0
    assert failed(checks) == {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "clock"}
    assert "cloudwatch:GetMetricData" in checks["cloudwatch:GetMetricData"][1]
    assert checks["clock"][1].startswith("30 minutes ahead of AWS's")


def test_a_gateway_that_is_ready_and_one_that_is_not(run, bedquota, environment, server):
    gateway = Gateway(bedquota, with_credentials(environment), server.url)
    eventually(lambda: run("doctor", "--gateway", gateway.url).returncode == 0, "the gateway is ready")
    assert run.output("doctor", "--gateway", gateway.url).splitlines()[-1] == "Nothing is wrong in 1 check."
    done = run("doctor", "--gateway", gateway.url, "--output", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["checks"] == [{"name": "gateway", "finding": "ok", "text": "ready"}]
    assert gateway.stop() == 0
    done = run("doctor", "--gateway", gateway.url, "--output", "json")
    [check] = json.loads(done.stdout)["checks"]
    assert done.returncode == 1 and check["finding"] == "failed" and check["text"].endswith("can't be reached, or is no gateway")
    done = run("doctor", "--gateway", server.url.replace("http:", "https:"), "--output", "json")
    [check] = json.loads(done.stdout)["checks"]
    assert done.returncode == 1 and "doesn't speak TLS; is the endpoint http:// rather than https://?" in check["text"]
    without = {name: value for name, value in environment.items() if not name.startswith("AWS_ACCESS")}
    gateway = Gateway(bedquota, without | {"AWS_REGION": "us-east-1"}, server.url)
    done = run("doctor", "--gateway", gateway.url, "--output", "json")
    [check] = json.loads(done.stdout)["checks"]
    assert done.returncode == 1 and "credentials" in check["text"].lower()
    assert gateway.stop() == 0


def test_bad_usage(run):
    for arguments in (["nothing"], ["whoami"], ["--gateway", "ftp://x"], ["run", "--gateway", "http://127.0.0.1:1"]):
        done = run("doctor", *arguments)
        assert done.returncode == 64 and done.stderr.startswith("Error: ")


def test_the_version_names_what_it_was_built_from(run):
    text = run.output("--version").strip()
    assert re.fullmatch(r"bedquota \d+\.\d+\.\d+ \(commit (unknown|[0-9a-f]{40}(-changed)?), Swift \d\.\d+[\w ]*, (x86_64|arm64) \w+\)", text)
