"""boto3 clients of the emulator whose every reply is judged by botocore's model."""

from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from shapes import check_reply
from support import KEY, REGION, SECRET


class Clients:
    """Makes clients of one endpoint; they send once, so that a fault shows as it is."""

    def __init__(self, url: str):
        self.url = url
        self.replies = []

    def __call__(self, service, key=KEY, secret=SECRET, token=None, **settings):
        client = boto3.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 1}, **settings),
        )
        client.meta.events.register("before-parse.*.*", self.judge)
        return client

    def judge(self, operation_model, **details):
        check_reply(operation_model, **details)
        self.replies.append(operation_model.name)


def plain(reply):
    """A parsed reply as the AWS CLI would print it: no metadata, times as text."""
    if isinstance(reply, dict):
        return {key: plain(value) for key, value in reply.items() if key != "ResponseMetadata"}
    if isinstance(reply, list):
        return [plain(element) for element in reply]
    return reply.isoformat() if isinstance(reply, datetime) else reply


def failure(call, *arguments, **named) -> tuple[str, int, str]:
    """The code, HTTP status and message with which a call fails."""
    try:
        reply = call(*arguments, **named)
    except ClientError as error:
        described = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return described["Code"], status, described["Message"]
    raise AssertionError(f"the call succeeded: {plain(reply)!r:.200}")
