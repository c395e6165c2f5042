"""A CloudWatch of a test's own: replies to ListMetrics and GetMetricData as they are told.

A play is a function of (handler, attempt), as in fault_server; attempts count from 1.
"""

import json

from fault_server import HEALTHY, FaultServer, Handler, always

MODEL = "us.amazon.nova-pro-v1:0"
QUIET = {"Metrics": []}
EMPTY = {"MetricDataResults": []}


class MetricHandler(Handler):
    def play(self, operation):
        if operation == "GetMetricData" and self.asks_percentiles():
            # They come after the sums, in calls of their own; no play is about them.
            self.answer(200, EMPTY)
            return
        attempt = self.server.count(operation)
        if operation in self.server.plays:
            self.server.plays[operation](self, attempt)
        elif operation in HEALTHY:
            self.answer(200, HEALTHY[operation])
        else:
            self.answer(404, {"__type": "UnknownOperationException"})

    def queries(self) -> dict[str, str]:
        """The ids of the queries that the request carries, by metric."""
        queries = json.loads(self.body)["MetricDataQueries"]
        return {query["MetricStat"]["Metric"]["MetricName"]: query["Id"] for query in queries}

    def asks_percentiles(self) -> bool:
        queries = json.loads(self.body)["MetricDataQueries"]
        return all(query["MetricStat"]["Stat"].startswith("p") for query in queries)

    def token(self):
        return json.loads(self.body).get("NextToken")


class MetricServer(FaultServer):
    """Lists no quotas of MODEL; CloudWatch is silent unless a play says otherwise."""

    def __init__(self, **plays):
        super().__init__()
        self.RequestHandlerClass = MetricHandler
        silent = {"ListMetrics": always(200, QUIET), "GetMetricData": always(200, EMPTY)}
        self.plays = silent | plays


def result(handler, metric, points, status="Complete", values=None):
    """One series of a reply: pairs of Unix time and value."""
    if values is None:
        values = [value for _, value in points]
    times = [at for at, _ in points]
    identifier = handler.queries()[metric]
    return {
        "Id": identifier,
        "Label": metric,
        "StatusCode": status,
        "Timestamps": times,
        "Values": values,
    }


def data(**series):
    """GetMetricData answers with these points, by metric, and with nothing else."""

    def play(handler, attempt):
        results = [result(handler, name, points) for name, points in series.items()]
        handler.answer(200, {"MetricDataResults": results, "Messages": []})

    return play


def pages(*replies):
    """One reply after the other, each (handler) -> results, with tokens between them."""

    def play(handler, attempt):
        token = handler.token()
        number = int(token.removeprefix("page")) if token else 0
        reply = {"MetricDataResults": replies[number](handler)}
        if number + 1 < len(replies):
            reply["NextToken"] = f"page{number + 1}"
        handler.answer(200, reply)

    return play
