"""Asks botocore who the caller is, for situations on stdin: a line of JSON each, in and out."""

import getpass
import json
import os
import sys


class MFA(Exception):
    """botocore wants a code."""


def no_terminal(prompt):
    raise MFA(prompt)


# botocore takes the function when it is imported.
getpass.getpass = no_terminal

import botocore.session  # noqa: E402
from botocore.config import Config  # noqa: E402

CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1})


def identity(situation):
    os.environ.clear()
    os.environ.update(situation["environment"])
    try:
        session = botocore.session.Session(profile=situation["profile"])
        if situation["region"]:
            session.set_config_variable("region", situation["region"])
        credentials = session.get_credentials()
        if credentials is None:
            return {"error": "NoCredentialsError"}
        client = session.create_client("sts", config=CONFIG)
        caller = client.get_caller_identity()
        frozen = credentials.get_frozen_credentials()
        return {
            "arn": caller["Arn"],
            "account": caller["Account"],
            "key": frozen.access_key[-4:],
            "source": credentials.method,
            "region": session.get_config_variable("region") or None,
            "endpoint": client.meta.endpoint_url,
        }
    except Exception as error:  # noqa: BLE001 - its kind is the answer
        return {"error": type(error).__name__, "message": str(error)}


# All at once: a process that botocore starts inherits stdin.
for line in sys.stdin.readlines():
    print(json.dumps(identity(json.loads(line))), flush=True)
