"""An AWS of a test's own: answers the calls that read an account as told, with Nova Pro's quotas by default."""

import json
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from fault_server import QUOTA, error
from scripted_server import ScriptedHandler, ScriptedServer

ACCOUNT = "111122223333"
PROFILE = "us.amazon.nova-pro-v1:0"
MODEL = "amazon.nova-pro-v1:0"
DENIED = error("AccessDeniedException", "No.")
SYSTEM, APPLICATION = "profiles SYSTEM_DEFINED", "profiles APPLICATION"


def quota(code, name, value, adjustable=True):
    names = {"QuotaCode": code, "QuotaName": name, "Value": value, "Adjustable": adjustable}
    return QUOTA | names | {"QuotaArn": f"arn:aws:servicequotas:us-east-1:{ACCOUNT}:bedrock/{code}"}


RPM = quota("L-00000001", "Cross-region model inference requests per minute for Amazon Nova Pro", 100.0)
TPM = quota("L-00000002", "Cross-region model inference tokens per minute for Amazon Nova Pro", 400_000.0)
NOVA = {"modelId": MODEL, "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}", "inferenceTypesSupported": ["ON_DEMAND"]}


def profile(identifier, *regions, model=MODEL, kind="SYSTEM_DEFINED"):
    prefix = "" if kind == "SYSTEM_DEFINED" else "application-"
    return {
        "inferenceProfileId": identifier,
        "inferenceProfileName": identifier,
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:{prefix}inference-profile/{identifier}",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model}"} for region in regions],
        "status": "ACTIVE",
        "type": kind,
    }


def profiles(*those):
    return {"inferenceProfileSummaries": list(those)}


REPLIES = {
    "ListServiceQuotas": {"Quotas": [RPM, TPM]},
    "ListAWSDefaultServiceQuotas": {"Quotas": [RPM | {"Value": 50.0}, TPM]},
    "foundation-models": {"modelSummaries": [NOVA]},
    SYSTEM: profiles(profile(PROFILE, "us-east-1", "us-east-2", "us-west-2")),
    APPLICATION: profiles(),
    "provisioned-model-throughputs": {"provisionedModelSummaries": []},
    "ListMetrics": {"Metrics": []},
    "GetMetricData": {"MetricDataResults": []},
}


def denied(handler, token):
    return 400 if handler.operation else 403, DENIED


def refusing_first_token(member, code, first, second, message=""):
    """A listing of two pages; the token between them is refused once."""

    def answer(handler, token):
        if token is None:
            handler.server.lists += 1
            name = "NextToken" if handler.operation else "nextToken"
            return 200, {member: first, name: f"page {handler.server.lists}"}
        if token == "page 1":
            return 400, error(code, message)
        return 200, {member: second}

    return answer


class AccountHandler(ScriptedHandler):
    content_type = "application/x-amz-json-1.1"

    def do_GET(self):
        path, query = urlsplit(self.path).path.strip("/"), parse_qs(urlsplit(self.path).query)
        name = f"profiles {query['type'][0]}" if path == "inference-profiles" else path
        self.play(name, query.get("nextToken", [None])[0])

    def do_POST(self):
        self.body = self.read_body()
        self.play(self.operation, json.loads(self.body or b"{}").get("NextToken"))

    def play(self, name, token):
        with self.server.lock:
            self.server.requests[name] += 1
        reply = self.server.replies.get(name, (404, error("UnknownOperationException")))
        status, body = reply(self, token) if callable(reply) else reply if isinstance(reply, tuple) else (200, reply)
        self.answer(status, body)


class AccountServer(ScriptedServer):
    """`replies` replace those of REPLIES: a body, a status with a body, or a function of (handler, token) that returns both."""

    def __init__(self, **replies):
        super().__init__(AccountHandler)
        self.replies = REPLIES | replies
        self.requests = Counter()
        self.lists = 0
