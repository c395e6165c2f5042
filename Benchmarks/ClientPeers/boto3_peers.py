"""Plain boto3, and the client that tutorials build on it."""

import random
import threading
import time

import boto3
from botocore.config import Config
from workload import KEY, MAX_TOKENS, MODEL, REGION, SECRET, WORKERS

TUTORIAL_RETRIES = 3


def converse(url: str, **retries):
    """A function (text) -> None that shares one client among all threads."""
    client = boto3.Session().client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(retries=retries, max_pool_connections=WORKERS),
    )

    def send(text: str):
        client.converse(
            modelId=MODEL,
            messages=[{"role": "user", "content": [{"text": text}]}],
            inferenceConfig={"maxTokens": MAX_TOKENS},
        )

    send.throttled = client.exceptions.ThrottlingException
    return send


def plain(url: str, mode: str):
    """What most programs do: the retries of the SDK, with their defaults."""
    return converse(url, mode=mode)


class RequestBucket:
    """A fixed number of requests per minute; the first minute's may start at once."""

    def __init__(self, per_minute: float):
        self.capacity = self.level = per_minute
        self.rate = per_minute / 60
        self.at = time.monotonic()
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            now = time.monotonic()
            self.level = min(self.capacity, self.level + (now - self.at) * self.rate) - 1
            self.at = now
            wait = -self.level / self.rate
        if wait > 0:
            time.sleep(wait)


def tutorial(url: str, per_minute: float):
    """A bucket of requests before the call, and retries after 1, 2 and 4 s ± 20 %."""
    send_once = converse(url, total_max_attempts=1)
    bucket = RequestBucket(per_minute)

    def send(text: str):
        for attempt in range(TUTORIAL_RETRIES + 1):
            bucket.take()
            try:
                return send_once(text)
            except send_once.throttled:
                if attempt == TUTORIAL_RETRIES:
                    raise
                time.sleep(2**attempt * random.uniform(0.8, 1.2))

    return send
