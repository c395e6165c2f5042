"""Makes malformed requests: right ones of every operation and family, broken in many ways."""

import copy
import json

CLAUDE_MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE = f"us.{CLAUDE_MODEL}"
NOVA = "us.amazon.nova-pro-v1:0"
LLAMA = "meta.llama3-70b-instruct-v1:0"
MISTRAL = "mistral.mistral-large-2402-v1:0"
COHERE = "cohere.embed-v4:0"
DEEPSEEK = "deepseek.v3.2"
OPENAI = "openai.gpt-oss-20b-1:0"
JSON = {"Content-Type": "application/json"}
CLOUDWATCH = "GraniteServiceVersion20100801"
QUOTAS = "ServiceQuotasV20190624"

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
SAID = [{"role": "user", "content": "Hello there"}]
BLOCKS = [{"role": "user", "content": [{"text": "Hello there"}]}]
CONVERSE = {
    "messages": BLOCKS,
    "system": [{"text": "Be brief."}],
    "inferenceConfig": {"maxTokens": 50, "temperature": 0.5, "topP": 0.9, "stopSequences": ["X"]},
    "toolConfig": {
        "tools": [{"toolSpec": {"name": "w", "description": "d", "inputSchema": {"json": SCHEMA}}}],
        "toolChoice": {"auto": {}},
    },
}
ANTHROPIC = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 50,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        *SAID,
        {"role": "assistant", "content": [{"type": "text", "text": "Hello."}]},
        {"role": "user", "content": [{"type": "text", "text": "And now?"}]},
    ],
    "tools": [{"name": "w", "description": "d", "input_schema": SCHEMA}],
    "tool_choice": {"type": "auto"},
    "temperature": 0.5,
    "stop_sequences": ["X"],
}
BODIES = {
    CLAUDE: ANTHROPIC,
    NOVA: {"messages": BLOCKS, "inferenceConfig": {"maxTokens": 50, "temperature": 0.5}},
    LLAMA: {"prompt": "Hello", "max_gen_len": 50, "temperature": 0.5, "top_p": 0.9},
    MISTRAL: {"prompt": "<s>[INST] Hello [/INST]", "max_tokens": 50, "temperature": 0.5},
    COHERE: {"texts": ["a", "b"], "input_type": "search_document", "embedding_types": ["float"]},
    DEEPSEEK: {"messages": SAID, "max_tokens": 50, "temperature": 0.5},
    OPENAI: {"messages": SAID, "max_completion_tokens": 50, "temperature": 0.5},
}
STREAMING = [model for model in BODIES if model != COHERE]
GOOD = [
    *[(f"/model/{model}/invoke", body) for model, body in BODIES.items()],
    *[(f"/model/{model}/invoke-with-response-stream", BODIES[model]) for model in STREAMING],
    *[(f"/model/{model}/converse", CONVERSE) for model in (CLAUDE, NOVA)],
    *[(f"/model/{model}/converse-stream", CONVERSE) for model in (CLAUDE, NOVA)],
    (f"/model/{CLAUDE_MODEL}/count-tokens", {"input": {"converse": {"messages": BLOCKS}}}),
]
DIMENSIONS = [{"Name": "ModelId", "Value": NOVA}]
STATISTICS = {
    "Namespace": "AWS/Bedrock",
    "MetricName": "Invocations",
    "Dimensions": DIMENSIONS,
    "StartTime": 1795532000,
    "EndTime": 1795532600,
    "Period": 60,
    "Statistics": ["Sum"],
}
QUERY = {
    "Id": "q1",
    "MetricStat": {
        "Metric": {key: STATISTICS[key] for key in ("Namespace", "MetricName", "Dimensions")},
        "Period": 60,
        "Stat": "Sum",
    },
}
TIMES = {"StartTime": 1795532000, "EndTime": 1795532600}
DATUM = {"MetricName": "m", "Value": 1.5, "Timestamp": 1795532000, "Unit": "Count"}
ALARM = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
} | {key: STATISTICS[key] for key in ("Namespace", "MetricName", "Dimensions", "Period")}
TARGETS = {
    f"{CLOUDWATCH}.GetMetricStatistics": STATISTICS,
    f"{CLOUDWATCH}.GetMetricData": {"MetricDataQueries": [QUERY], **TIMES},
    f"{CLOUDWATCH}.ListMetrics": {"Namespace": "AWS/Bedrock", "Dimensions": DIMENSIONS},
    f"{CLOUDWATCH}.PutMetricData": {"Namespace": "n", "MetricData": [DATUM]},
    f"{CLOUDWATCH}.PutMetricAlarm": ALARM | {"Statistic": "Sum"},
    f"{CLOUDWATCH}.DeleteAlarms": {"AlarmNames": ["a"]},
    f"{CLOUDWATCH}.SetAlarmState": {"AlarmName": "a", "StateValue": "OK", "StateReason": "r"},
    f"{QUOTAS}.ListServiceQuotas": {"ServiceCode": "bedrock", "MaxResults": 5},
    f"{QUOTAS}.GetServiceQuota": {"ServiceCode": "bedrock", "QuotaCode": "L-F4DDD3EB"},
    f"{QUOTAS}.RequestServiceQuotaIncrease": {
        "ServiceCode": "bedrock",
        "QuotaCode": "L-F4DDD3EB",
        "DesiredValue": 9e6,
    },
}
# None of them may take effect if it is sent by chance: a fault would excuse a 5xx.
CONTROLS = {
    "faults": {"cut": "much"},
    "replies": {"replies": [{"text": 1, "tool": {"name": "t", "input": []}}]},
    "quotas": {"code": "L-00000000", "value": 5},
    "traffic": {"modelId": "none", "share": 0.3},
    "access": {"denied": "all"},
    "quota-requests": {"id": "none", "status": "APPROVED"},
    "clock": {"advanceSeconds": "long"},
}
WRONG = [
    None, True, -1, 0, 1.5, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -1e308, 5e-324,
    "", "x", "\0", "\ud800", "\U0001f600" * 50, "9" * 400, [], {}, [[]], [{}], [None], {"": {}},
    {"a": [{"b": None}]}, [1, "a", {}], "NaN", float("nan"), float("inf"), "x" * 20_000,
]  # fmt: skip


def make(random):
    """A request: method, path, headers, body."""
    kinds = [runtime] * 7 + [targeted, targeted, control]
    return random.choice(kinds)(random)


def runtime(random):
    path, body = random.choice(GOOD)
    data = broken(random, body)
    if random.random() < 0.25:
        path = broken_path(random, path)
    if random.random() < 0.05:
        path += "?" + gibberish(random)
    return "POST", path, JSON, data


def targeted(random):
    target, body = random.choice(list(TARGETS.items()))
    if random.random() < 0.05:
        target = target[: random.randrange(len(target))]
    version = "1.0" if target.startswith(CLOUDWATCH) else "1.1"
    headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}
    return "POST", "/", headers, broken(random, body)


def control(random):
    call, body = random.choice(list(CONTROLS.items()))
    # A single change could make the body right, and the clock run away.
    whole = random.random() < 0.4
    data = encoded(random.choice(WRONG[:3])) if whole else bytes_broken(random, body)
    if random.random() < 0.2:
        call = gibberish(random)
    return random.choice(["PUT", "POST"]), f"/_emulator/{call}", JSON, data


def broken(random, body):
    choice = random.random()
    if choice < 0.7:
        return encoded(mutated(random, body))
    return bytes_broken(random, body)


def encoded(value):
    return json.dumps(value).encode()


def mutated(random, body):
    """The body with a few of its values replaced, removed or buried."""
    body = copy.deepcopy(body)
    for _ in range(random.choice([1, 2, 3, 5])):
        places = list(containers(body))
        if not places:
            return copy.deepcopy(random.choice(WRONG))
        holder = random.choice(places)
        key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        change = random.random()
        if change < 0.15:
            del holder[key]
        elif change < 0.2:
            holder[key] = nested(random)
        elif change < 0.25:
            holder[key] = [copy.deepcopy(holder[key]) for _ in range(random.choice([0, 2, 300]))]
        else:
            holder[key] = copy.deepcopy(random.choice(WRONG))
    return body


def containers(value, depth=0):
    """Every object and array in it that holds something, those buried deep left out."""
    if isinstance(value, (dict, list)) and value and depth < 40:
        yield value
        for element in value.values() if isinstance(value, dict) else value:
            yield from containers(element, depth + 1)


def nested(random):
    value = random.choice([[], {}, "x"])
    for _ in range(random.choice([5, 60, 300])):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def bytes_broken(random, body):
    """Bodies that are not JSON, or only by accident."""
    data = encoded(body)
    place = random.randrange(len(data))
    return random.choice(
        [
            data[:place],
            data[:place] + bytes([random.randrange(256)]) + data[place + 1 :],
            data + data,
            b"[" * random.choice([500, 100_000]),
            b'{"a":' * 50_000,
            random.randbytes(random.choice([0, 1, 50, 5000])),
            b"\xff\xfe" + data,
            b"\xef\xbb\xbf" + data[:place],
            data.replace(b'"', b"'"),
            data.replace(b":", b": 1e999999999, ", 1),
            b'"' + b"\\u12" + data,
        ]
    )


def broken_path(random, path):
    parts = path.split("/")
    place = random.randrange(1, len(parts))
    parts[place] = random.choice([gibberish(random), "", "..", "%2F", "%", "%zz", "%00", "%ff%fe"])
    return "/".join(parts)


def gibberish(random):
    alphabet = "abcXYZ019-._~:;@!$&'()*+,=/%"
    text = "".join(random.choice(alphabet) for _ in range(random.choice([1, 8, 60, 2000])))
    return text + random.choice(["", "%", "%4", "%C3%A9", "%ED%A0%80", "arn:aws:bedrock:::"])
