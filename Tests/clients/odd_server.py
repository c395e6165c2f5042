"""A server that answers as AWS does, but with the figures that a test gives it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        self.answer({"modelSummaries": [], "inferenceProfileSummaries": []})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if self.path.startswith("/model/"):
            with self.server.lock:
                self.server.bodies.append((self.path, json.loads(body)))
                number = len(self.server.bodies)
            answer = self.server.model(self.path, number)
            self.answer(*answer) if isinstance(answer, tuple) else self.answer(answer)
        elif operation in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"):
            self.answer(self.server.quotas)
        elif operation == "ListMetrics":
            dimension = [{"Name": "ModelId", "Value": NOVA}]
            names = ("Invocations", "InputTokenCount", "OutputTokenCount", "InvocationLatency")
            self.answer({"Metrics": [{"Namespace": "AWS/Bedrock", "MetricName": name, "Dimensions": dimension} for name in names]})
        elif operation == "GetMetricData":
            self.answer(self.server.metrics(json.loads(body)))
        else:
            self.answer({"__type": "UnknownOperationException"}, (), 404)

    def answer(self, body, headers=(), status=200):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OddServer(ThreadingHTTPServer):
    """`model` plays the replies of the data plane: a function of the path and the number of the request, from 1."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, model=lambda path, number: GOOD, quotas=None, metrics=lambda query: {"MetricDataResults": []}):
        super().__init__(("127.0.0.1", 0), Handler)
        self.model, self.metrics = model, metrics
        self.quotas = quotas if isinstance(quotas, bytes) else {"Quotas": nova_quotas() if quotas is None else quotas}
        self.bodies = []
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """A client that hangs up is part of the play."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
