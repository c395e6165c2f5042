"""boto3 clients that know nothing of the user's AWS set-up."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


def session() -> Any:
    """A boto3 session that takes nothing from the environment and AWS's files."""
    try:
        boto3, botocore = import_module("boto3"), import_module("botocore.session")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "client() needs boto3, which is not installed: pip install boto3. Other clients take .url or .environment.", name=error.name
        ) from None
    core = botocore.Session()
    settings = core.get_component("config_store")
    for name, (_, _, default, _) in core.SESSION_VARIABLES.items():
        settings.set_config_variable(name, default)
    settings.set_config_variable("config_file", os.devnull)
    settings.set_config_variable("credentials_file", os.devnull)
    return boto3.Session(botocore_session=core)


def client(session: Any, service: str, *, url: str, region: str | None, key: str, secret: str, settings: dict[str, Any]) -> Any:
    """A client of a server on this machine; `settings` are the user's, and win."""
    config = import_module("botocore.config").Config
    # Without a version of the signature, AWS_BEARER_TOKEN_BEDROCK would be sent. A proxy does not reach this machine.
    ours = config(signature_version="v4", proxies={})
    theirs = settings.pop("config", None)
    defaults = {"endpoint_url": url, "region_name": region, "aws_access_key_id": key, "aws_secret_access_key": secret}
    return session.client(service, **{**defaults, **settings, "config": ours.merge(theirs) if theirs else ours})
