"""What an account without quotas answers, and what its model says."""

USAGE = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}
REPLY = {
    "output": {"message": {"role": "assistant", "content": [{"text": "ok"}]}},
    "stopReason": "end_turn",
    "usage": USAGE,
}
# No quota is known, so a client begins with an assumed one.
ANSWERS = {
    "ListServiceQuotas": {"Quotas": []},
    "ListAWSDefaultServiceQuotas": {"Quotas": []},
    "ListMetrics": {"Metrics": []},
    "foundation-models": {"modelSummaries": []},
    "inference-profiles": {"inferenceProfileSummaries": []},
}


def answer(operation, path):
    """The status and the body for a call that is no invocation: `operation` names it, or else its path does."""
    name = operation or path.split("?")[0].strip("/")
    return (200, ANSWERS[name]) if name in ANSWERS else (404, {"__type": "UnknownOperationException"})
