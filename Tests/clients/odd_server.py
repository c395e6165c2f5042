"""A server that answers as AWS does, but with the figures that a test gives it."""

import json

from scripted_server import ScriptedHandler, ScriptedServer

NOVA = "amazon.nova-pro-v1:0"


def quota(code, name, value):
    return {"ServiceCode": "bedrock", "QuotaCode": code, "QuotaName": name, "Value": value, "Adjustable": True, "Unit": "None"}


def nova_quotas(tpm=1_000_000.0, rpm=1_000.0):
    return [
        quota("L-00000001", "On-demand model inference tokens per minute for Amazon Nova Pro", tpm),
        quota("L-00000002", "On-demand model inference requests per minute for Amazon Nova Pro", rpm),
    ]


def reply(usage, text="ok"):
    """Converse's reply; `usage` may be JSON text."""
    body = json.dumps({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "usage": "USAGE"})
    return body.replace('"USAGE"', usage if isinstance(usage, str) else json.dumps(usage)).encode()


GOOD = reply({"inputTokens": 10, "outputTokens": 5, "totalTokens": 15})


class Handler(ScriptedHandler):
    def do_GET(self):
        self.answer(200, {"modelSummaries": [], "inferenceProfileSummaries": []})

    def do_POST(self):
        body, operation = self.read_body(), self.operation
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.bodies.append((self.path, json.loads(body)))
                number = len(self.server.bodies)
            answer = self.server.model(self.path, number)
            self.answer(200, *answer) if isinstance(answer, tuple) else self.answer(200, answer)
        elif operation in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"):
            self.answer(200, self.server.quotas)
        elif operation == "ListMetrics":
            dimension = [{"Name": "ModelId", "Value": NOVA}]
            names = ("Invocations", "InputTokenCount", "OutputTokenCount", "InvocationLatency")
            self.answer(200, {"Metrics": [{"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": dimension} for name in names]})
        elif operation == "GetMetricData":
            self.answer(200, self.server.metrics(json.loads(body)))
        else:
            self.answer(404, {"__type": "UnknownOperationException"})


class OddServer(ScriptedServer):
    """`model` plays the replies of the data plane: a function of the path and the number of the request, from 1."""

    def __init__(self, model=lambda path, number: GOOD, quotas=None, metrics=lambda query: {"MetricDataResults": []}):
        super().__init__(Handler)
        self.model, self.metrics = model, metrics
        self.quotas = quotas if isinstance(quotas, bytes) else {"Quotas": nova_quotas() if quotas is None else quotas}
        self.bodies = []
